"""Losses: the cost beside its gradient with respect to the prediction."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from numpynet.activations import sigmoid, softmax
from numpynet.registry import Registry
from numpynet.types import Array


class Loss(NamedTuple):
    """cost = forward(Y_hat, Y), and dA_L = backward(Y_hat, Y) = m · ∂cost/∂Y_hat (1/m waits until dW and db).

    `output` is the activation that goes before it. `targets` says what Y holds: "binary", labels 0 or 1; "classes", a
    single 1 a column; "real", any numbers. `prediction` makes of Y_hat what is told to people: probabilities, or
    numbers like the targets.
    """

    forward: Callable[[Array, Array], float]
    backward: Callable[[Array, Array], Array]
    output: str
    targets: str
    prediction: Callable[[Array], Array]


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


def mse(Y_hat: Array, Y: Array) -> float:
    """Mean squared error, the mean of (Ŷ − Y)² over all elements, as in torch.nn.MSELoss. Both (outputs, m).

    Many a course has ½ before it, or adds the outputs up: its gradient is then half of this one, or `outputs` times it.
    """
    return float(np.mean((Y_hat - Y) ** 2))


def mse_backward(Y_hat: Array, Y: Array) -> Array:
    """dA_L = 2 (Ŷ − Y) / outputs, both (outputs, m)."""
    dA: Array = 2 * (Y_hat - Y) / Y_hat.shape[0]
    return dA


def nll(Y_hat: Array, Y: Array) -> float:
    """Negative log-likelihood −(1/m) Σ log p, where p is the probability that Ŷ gives to the class of the label.

    Both (classes, m), a column of Y with a single 1. As torch.nn.NLLLoss of log Ŷ; infinite where a p is 0.
    """
    with np.errstate(divide="ignore"):
        return float(-np.sum(np.log(np.sum(Y * Y_hat, axis=0))) / Y_hat.shape[1])


def nll_backward(Y_hat: Array, Y: Array) -> Array:
    """dA_L = −1/Ŷ for the class of the label, else 0; both (classes, m). Through softmax it becomes dZ_L = Ŷ − Y."""
    with np.errstate(divide="ignore"):
        return np.where(Y == 1, -1 / Y_hat, 0)


def log_softmax(Z: Array) -> Array:
    """log softmax(Z) = Z − log Σ_j e^Z_j over the units of each example, (units, m), which no small e^Z spoils."""
    Z = Z - np.max(Z, axis=0)
    log_p: Array = Z - np.log(np.sum(np.exp(Z), axis=0))
    return log_p


def cross_entropy(Y_hat: Array, Y: Array) -> float:
    """−(1/m) Σ log softmax(z) at the class of the label, for logits z = Y_hat, as in torch.nn.CrossEntropyLoss.

    Both (classes, m), a column of Y with a single 1. The softmax is inside: the last layer is linear.
    """
    return float(-np.sum(Y * log_softmax(Y_hat)) / Y_hat.shape[1])


def cross_entropy_backward(Y_hat: Array, Y: Array) -> Array:
    """dA_L = softmax(z) − Y for logits z = Y_hat, both (classes, m)."""
    return softmax(Y_hat) - Y


def _as_it_is(Y_hat: Array) -> Array:
    return Y_hat


LOSSES = Registry(
    "loss",
    {
        "bce": Loss(bce, bce_backward, "sigmoid", "binary", _as_it_is),
        "bce_with_logits": Loss(bce_with_logits, bce_with_logits_backward, "linear", "binary", sigmoid),
        "mse": Loss(mse, mse_backward, "linear", "real", _as_it_is),
        "nll": Loss(nll, nll_backward, "softmax", "classes", _as_it_is),
        "cross_entropy": Loss(cross_entropy, cross_entropy_backward, "linear", "classes", softmax),
    },
)


def get_cost_value(Y_hat: Array, Y: Array, *, loss: str = "bce") -> float:
    """The cost of predictions Y_hat for labels Y, both (outputs, m): binary cross-entropy, or the `loss` named."""
    return LOSSES[loss].forward(Y_hat, np.asarray(Y, dtype=Y_hat.dtype))
