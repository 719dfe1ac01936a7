"""Losses: the cost beside its gradient with respect to the prediction."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from numpynet.activations import sigmoid
from numpynet.registry import Registry
from numpynet.types import Array


class Loss(NamedTuple):
    """cost = forward(Y_hat, Y), and dA_L = backward(Y_hat, Y) = m · ∂cost/∂Y_hat (1/m waits until dW and db).

    `output` is the activation that goes before it, `probability` what makes probabilities of Y_hat.
    """

    forward: Callable[[Array, Array], float]
    backward: Callable[[Array, Array], Array]
    output: str
    probability: Callable[[Array], Array]


LOG_FLOOR = -100.0  # torch.nn.BCELoss clamps each logarithm here
DENOMINATOR_FLOOR = float(np.float32(1e-12))  # and the gradient's denominator here: a float32 constant in both dtypes


def bce(Y_hat: Array, Y: Array) -> float:
    """Binary cross-entropy −(1/m) Σ [Y log Ŷ + (1 − Y) log(1 − Ŷ)], each log clamped at −100 as in torch.nn.BCELoss.

    Y_hat and Y are (outputs, m); every output adds its own term. NaN stays NaN.
    """
    m = Y_hat.shape[1]
    with np.errstate(divide="ignore"):
        log_p = np.maximum(np.log(Y_hat), LOG_FLOOR)
        log_q = np.maximum(np.log1p(-Y_hat), LOG_FLOOR)
    return float(-np.sum(Y * log_p + (1 - Y) * log_q) / m)


def bce_backward(Y_hat: Array, Y: Array) -> Array:
    """dA_L = −(Y/Ŷ − (1−Y)/(1−Ŷ)) = (Ŷ − Y) / ((1−Ŷ)Ŷ), the denominator at least 1e-12 as in torch.nn.BCELoss.

    Both (outputs, m). Finite for every Ŷ in [0, 1]; bit for bit what torch computes before its factor 1/m.
    """
    dA: Array = (Y_hat - Y) / np.maximum((1 - Y_hat) * Y_hat, DENOMINATOR_FLOOR)
    return dA


def bce_with_logits(Y_hat: Array, Y: Array) -> float:
    """Binary cross-entropy of logits z = Y_hat: mean of max(z, 0) − zY + log(1 + e^−|z|), exact where Ŷ would saturate.

    Both (outputs, m); the mean is over all elements, as in torch.nn.BCEWithLogitsLoss.
    """
    return float(np.mean(np.maximum(Y_hat, 0) - Y_hat * Y + np.log1p(np.exp(-np.abs(Y_hat)))))


def bce_with_logits_backward(Y_hat: Array, Y: Array) -> Array:
    """dA_L = (σ(z) − Y) / outputs for logits z = Y_hat, both (outputs, m)."""
    dA: Array = (sigmoid(Y_hat) - Y) / Y_hat.shape[0]
    return dA


LOSSES = Registry(
    "loss",
    {
        "bce": Loss(bce, bce_backward, "sigmoid", lambda Y_hat: Y_hat),
        "bce_with_logits": Loss(bce_with_logits, bce_with_logits_backward, "linear", sigmoid),
    },
)


def get_cost_value(Y_hat: Array, Y: Array, *, loss: str = "bce") -> float:
    """The cost of predictions Y_hat for labels Y, both (outputs, m): binary cross-entropy, or the `loss` named."""
    return LOSSES[loss].forward(Y_hat, np.asarray(Y, dtype=Y_hat.dtype))
