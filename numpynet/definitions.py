"""The operations as mathematics, each once: value, slope and kinks of an activation, terms and gradient of a loss.

Everything that judges, explains or differentiates reads these; they know nothing of the functions that are judged. They
are written in terms of a value's own operations (+, ·, exp, …), so that a value may be whatever has them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from numpynet.registry import Registry
from numpynet.types import Array

Value = Any


class Activation(NamedTuple):
    """A = value(Z); slope(Z, A) as people compute it, from the result where they do, or None where it is 1.

    `kinks`: where two pieces meet, and rounding may choose either.
    """

    value: Callable[[Value], Value]
    slope: Callable[[Value, Value], Value] | None
    kinks: tuple[float, ...] = ()


def sigmoid(Z: Value) -> Value:
    """1 / (1 + e^−Z)."""
    return Z.increasing(lambda z: 1 / (1 + (-z).exp()))


ACTIVATIONS = Registry(
    "activation",
    {
        "relu": Activation(lambda Z: Z.maximum(0), lambda Z, A: Z.value > 0, kinks=(0.0,)),
        "sigmoid": Activation(sigmoid, lambda Z, A: A.times_complement()),
        "tanh": Activation(lambda Z: Z.tanh(), lambda Z, A: 1 - A.square()),
        "linear": Activation(lambda Z: Z, None),
    },
)


class Loss(NamedTuple):
    """Of A_L and Y, (outputs, m): what each element adds to the loss, and the gradient of their sum, dA_L.

    The cost is the mean over the m columns, or over all elements where `averages_outputs`. `extra` are roundings that
    people's forms of it add. With the activation that it `fuses` with, dZ_L = A_L − Y. `clamped` stands in for it where
    `clamp_acts`, of A_L and Y.
    """

    terms: Callable[[Value, Array], Value]
    gradient: Callable[[Value, Array], Value]
    averages_outputs: bool
    extra: int
    fuses: str = ""
    clamped: Loss | None = None
    clamp_acts: Callable[[Array, Array], Array] | None = None

    def cost(self, A: Value, Y: Array) -> Value:
        """The mean."""
        outputs, m = Y.shape
        return self.terms(A, Y).sum(extra=self.extra).over(outputs * m if self.averages_outputs else m)


LOG_FLOOR, DENOMINATOR_FLOOR = -100, float(np.float32(1e-12))  # of torch.nn.BCELoss


def _picked(A: Value, Y: Array) -> Value:
    """The probability of the label that is true: A, or 1 − A."""
    return A.where(Y == 1, 1 - A)


# As torch.nn.BCELoss documents it: each logarithm at least −100, and backward (1−A)A at least 1e-12. It is not the
# mathematical loss where a clamp acts.
CLAMPED = Loss(
    lambda A, Y: -_picked(A, Y).log().maximum(LOG_FLOOR),
    lambda A, Y: ((A - Y) / ((1 - A) * A).maximum(DENOMINATOR_FLOOR)).rounded(2),
    averages_outputs=False,
    extra=4,
)
LOSSES = Registry(
    "loss",
    {
        "bce": Loss(
            lambda A, Y: -_picked(A, Y).log(),
            lambda A, Y: (1 / (-A).where(Y == 1, 1 - A)).rounded(3),
            averages_outputs=False,
            extra=4,
            fuses="sigmoid",
            clamped=CLAMPED,
            clamp_acts=lambda A, Y: (
                ((1 - A) * A < DENOMINATOR_FLOOR) | (np.where(Y == 1, A, 1 - A) < np.exp(LOG_FLOOR))
            ),
        ),
        "bce_with_logits": Loss(
            lambda Z, Y: (Z.maximum(0) - Z * Y + (-Z.magnitude()).increasing(lambda z: z.exp().log1p())).via(Z, 2),
            lambda Z, Y: (sigmoid(Z) - Y).over(len(Y)).rounded(3),
            averages_outputs=True,
            extra=1,
        ),
    },
)
