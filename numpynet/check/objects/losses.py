"""What a network's predictions may be measured by, and how the value moves with each prediction."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from numpynet.types import Array


def softmax(A: Array) -> Array:
    """Over the last axis."""
    e = np.exp(A - A.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def _sigmoid(A: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-A)))


OF_LOGS = "cross-entropy of log-probabilities"
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
    OF_LOGS: (lambda A, Y: -(Y * A).sum(axis=1), lambda A, Y: -Y),
    "the absolute error": (lambda A, Y: np.abs(A - Y).sum(axis=1), lambda A, Y: np.sign(A - Y)),
}  # fmt: skip


def slopes_of(A: Array) -> Iterator[tuple[str, Callable[[Array, Array], Array]]]:
    """The slopes of the losses that predictions such as A may have: only log-probabilities are taken for such."""
    with np.errstate(all="ignore"):
        sums = np.exp(A).sum(axis=1)
    for loss, (_, slope) in LOSSES.items():
        if loss != OF_LOGS or np.allclose(sums, 1, atol=1e-3):
            yield loss, slope


def factors(m: int, n: int) -> list[float]:
    """What a sum over m examples and n outputs may be multiplied by: the mean over either, over both, half of it."""
    return [1 / divisor for divisor in (1, m, 2, 2 * m, n, m * n, 2 * m * n, 2 * n)]
