"""The weights that a layer starts from: W (n_out, n_in) and b (n_out, 1), drawn from a stream of NumPy's.

A weight that is too large or too small for its layer makes what passes through grow or shrink from layer to layer. The
scale of each row is that of torch.nn.init, of `fan_in` = n_in numbers that a unit adds up, and fan_out = n_out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from numpynet.registry import Registry
from numpynet.types import Array

Initializer: TypeAlias = Callable[[np.random.RandomState, int, int], tuple[Array, Array]]


def tutorial(stream: np.random.RandomState, n_out: int, n_in: int) -> tuple[Array, Array]:
    """The lab's: each weight and each bias 0.1 × standard normal."""
    W = stream.randn(n_out, n_in) * 0.1
    b = stream.randn(n_out, 1) * 0.1
    return W, b


def he_normal(stream: np.random.RandomState, n_out: int, n_in: int) -> tuple[Array, Array]:
    """W ~ N(0, 2 / n_in), for ReLU, which halves what passes. K. He et al., "Delving deep into rectifiers" (2015)."""
    return stream.randn(n_out, n_in) * np.sqrt(2 / n_in), np.zeros((n_out, 1))


def he_uniform(stream: np.random.RandomState, n_out: int, n_in: int) -> tuple[Array, Array]:
    """W ~ U(−√(6 / n_in), √(6 / n_in)): the same variance."""
    limit = np.sqrt(6 / n_in)
    return stream.uniform(-limit, limit, (n_out, n_in)), np.zeros((n_out, 1))


def glorot_normal(stream: np.random.RandomState, n_out: int, n_in: int) -> tuple[Array, Array]:
    """W ~ N(0, 2 / (n_in + n_out)), for tanh: a compromise of forward and backward. X. Glorot and Y. Bengio (2010)."""
    return stream.randn(n_out, n_in) * np.sqrt(2 / (n_in + n_out)), np.zeros((n_out, 1))


def glorot_uniform(stream: np.random.RandomState, n_out: int, n_in: int) -> tuple[Array, Array]:
    """W ~ U(−√(6 / (n_in + n_out)), √(6 / (n_in + n_out))): the same variance."""
    limit = np.sqrt(6 / (n_in + n_out))
    return stream.uniform(-limit, limit, (n_out, n_in)), np.zeros((n_out, 1))


def lecun_normal(stream: np.random.RandomState, n_out: int, n_in: int) -> tuple[Array, Array]:
    """W ~ N(0, 1 / n_in): Z has the variance of A. Y. LeCun et al., "Efficient BackProp" (1998)."""
    return stream.randn(n_out, n_in) * np.sqrt(1 / n_in), np.zeros((n_out, 1))


def lecun_uniform(stream: np.random.RandomState, n_out: int, n_in: int) -> tuple[Array, Array]:
    """W ~ U(−√(3 / n_in), √(3 / n_in)): the same variance."""
    limit = np.sqrt(3 / n_in)
    return stream.uniform(-limit, limit, (n_out, n_in)), np.zeros((n_out, 1))


INITIALIZERS: Registry[Initializer] = Registry(
    "initializer",
    {
        "tutorial": tutorial,
        "he_normal": he_normal,
        "he_uniform": he_uniform,
        "glorot_normal": glorot_normal,
        "glorot_uniform": glorot_uniform,
        "lecun_normal": lecun_normal,
        "lecun_uniform": lecun_uniform,
    },
)
