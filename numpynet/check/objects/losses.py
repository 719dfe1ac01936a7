"""What a network's predictions may be measured by, and how the value moves with each prediction."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from numpynet.types import Array


def softmax(A: Array) -> Array:
    """Over the last axis."""
    e = np.exp(A - A.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def _sigmoid(A: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-A)))


# Of predictions A, rows of examples, and labels Y of the same shape: each example's loss, and its slope by A.
LOSSES: dict[str, tuple[Callable[[Array, Array], Array], Callable[[Array, Array], Array]]] = {
    "binary cross-entropy": (
        lambda A, Y: -(Y * np.log(A) + (1 - Y) * np.log(1 - A)).sum(axis=1), lambda A, Y: (A - Y) / (A * (1 - A))
    ),
    "the squared error": (lambda A, Y: ((A - Y) ** 2).sum(axis=1), lambda A, Y: 2 * (A - Y)),
    "cross-entropy": (lambda A, Y: -(Y * np.log(A)).sum(axis=1), lambda A, Y: -Y / A),
    "cross-entropy of softmax": (
        lambda A, Y: -(Y * np.log(softmax(A))).sum(axis=1), lambda A, Y: softmax(A) * Y.sum(axis=1, keepdims=True) - Y
    ),
    "binary cross-entropy of logits": (
        lambda A, Y: (np.logaddexp(0, A) - Y * A).sum(axis=1), lambda A, Y: _sigmoid(A) - Y
    ),
    "cross-entropy of log-probabilities": (lambda A, Y: -(Y * A).sum(axis=1), lambda A, Y: -Y),
    "the absolute error": (lambda A, Y: np.abs(A - Y).sum(axis=1), lambda A, Y: np.sign(A - Y)),
}  # fmt: skip
FACTORS = ("1", "1/m", "1/2", "1/2m", "1/n", "1/mn", "1/2mn", "1/2n")


def factors(m: int, n: int) -> dict[str, float]:
    """By what a sum over all examples and outputs may be divided."""
    return {one: 1 / eval_factor(one, m, n) for one in FACTORS}


def eval_factor(text: str, m: int, n: int) -> float:
    """The divisor that a factor such as 1/2m names."""
    divisor = 1.0
    for sign in text.removeprefix("1").removeprefix("/"):
        divisor *= {"2": 2.0, "m": float(m), "n": float(n)}[sign]
    return divisor
