"""From probabilities to classes, and how many are right."""

from __future__ import annotations

import numpy as np

from numpynet.types import Array


def convert_prob_into_class(probs: Array) -> Array:
    """A new array: 1 where p > 0.5, 0 where p ≤ 0.5 (0.5 itself is class 0); NaN stays NaN."""
    return np.where(probs > 0.5, 1, np.where(probs <= 0.5, 0, probs))


def get_accuracy_value(Y_hat: Array, Y: Array) -> float:
    """Share of the columns of Y_hat, (outputs, m), whose every class equals Y's."""
    return float((convert_prob_into_class(Y_hat) == Y).all(axis=0).mean())
