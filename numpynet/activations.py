"""Activation functions, each forward beside its backward. All are elementwise: any shape in, the same shape out."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from numpynet.registry import Registry
from numpynet.types import Array


class Activation(NamedTuple):
    """A = forward(Z), and dZ = backward(dA, Z) = dA · f′(Z)."""

    forward: Callable[[Array], Array]
    backward: Callable[[Array, Array], Array]


def relu(Z: Array) -> Array:
    """A = max(0, Z)."""
    A: Array = np.maximum(0, Z)
    return A


def relu_backward(dA: Array, Z: Array) -> Array:
    """dZ = dA where Z > 0, else 0. At Z = 0 the slope is taken as 0, as PyTorch does; a NaN in Z stops nothing."""
    return np.where(Z <= 0, 0, dA)


def sigmoid(Z: Array) -> Array:
    """A = σ(Z) = 1 / (1 + e^−Z). Where e^−Z overflows, A is 0: its limit."""
    with np.errstate(over="ignore"):
        A: Array = 1 / (1 + np.exp(-Z))
    return A


def sigmoid_backward(dA: Array, Z: Array) -> Array:
    """dZ = dA · σ(Z) (1 − σ(Z))."""
    s = sigmoid(Z)
    dZ: Array = dA * s * (1 - s)
    return dZ


def tanh(Z: Array) -> Array:
    """A = tanh(Z)."""
    A: Array = np.tanh(Z)
    return A


def tanh_backward(dA: Array, Z: Array) -> Array:
    """dZ = dA · (1 − tanh²(Z))."""
    dZ: Array = dA * (1 - np.tanh(Z) ** 2)
    return dZ


def identity(Z: Array) -> Array:
    """A = Z, a copy: the output of a network whose loss takes logits."""
    return np.array(Z)


def identity_backward(dA: Array, Z: Array) -> Array:
    """dZ = dA, a copy."""
    return np.array(dA)


ACTIVATIONS = Registry(
    "activation",
    {
        "relu": Activation(relu, relu_backward),
        "sigmoid": Activation(sigmoid, sigmoid_backward),
        "tanh": Activation(tanh, tanh_backward),
        "linear": Activation(identity, identity_backward),
    },
)
