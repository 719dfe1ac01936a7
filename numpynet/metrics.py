"""How good predictions are: the share of right classes, the error of numbers."""

from __future__ import annotations

import numpy as np

from numpynet.losses import LOSSES
from numpynet.types import Array


def convert_prob_into_class(probs: Array) -> Array:
    """A new array: 1 where p > 0.5, 0 where p ≤ 0.5 (0.5 itself is class 0); NaN stays NaN."""
    return np.where(probs > 0.5, 1, np.where(probs <= 0.5, 0, probs))


def get_accuracy_value(Y_hat: Array, Y: Array) -> float:
    """Share of the columns of Y_hat, (outputs, m), whose every class equals Y's."""
    return float((convert_prob_into_class(Y_hat) == Y).all(axis=0).mean())


def class_accuracy(Y_hat: Array, Y: Array) -> float:
    """Share of the columns of Y_hat, (classes, m), whose greatest element is where Y has its 1."""
    return float((Y_hat.argmax(axis=0) == Y.argmax(axis=0)).mean())


def rmse(Y_hat: Array, Y: Array) -> float:
    """The root of the mean squared error, in the targets' own unit. Both (outputs, m)."""
    return float(np.sqrt(np.mean((Y_hat - Y) ** 2)))


def r2(Y_hat: Array, Y: Array) -> float:
    """1 − Σ (Ŷ − Y)² / Σ (Y − mean Y)², the mean over the outputs, (outputs, m): 1 is perfect, 0 as good as the mean.

    NaN where an output's targets are all the same.
    """
    spread = np.sum((Y - Y.mean(axis=1, keepdims=True)) ** 2, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(spread > 0, np.sum((Y_hat - Y) ** 2, axis=1) / spread, np.nan)
    return float(np.mean(1 - shares))


METRICS = {
    "binary": {"accuracy": get_accuracy_value},
    "classes": {"accuracy": class_accuracy},
    "real": {"r2": r2, "rmse": rmse},
}


def scores(loss: str, Y_hat: Array, Y: Array) -> dict[str, float]:
    """What is told of predictions for the targets of a loss, by name: its accuracy, or R² and RMSE."""
    row = LOSSES[loss]
    return {name: metric(row.prediction(Y_hat), Y) for name, metric in METRICS[row.targets].items()}
