"""Activation functions, each forward beside its backward. All but softmax are elementwise, of any shape."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from numpynet.registry import Registry
from numpynet.types import Array


class Activation(NamedTuple):
    """A = forward(Z), and dZ = backward(dA, Z) = dA · f′(Z): new arrays of Z's shape.

    One that is not `elementwise` mixes the units of an example: it may only end a network.
    """

    forward: Callable[[Array], Array]
    backward: Callable[[Array, Array], Array]
    elementwise: bool = True


def relu(Z: Array) -> Array:
    """A = max(0, Z)."""
    return np.maximum(0, Z)


def relu_backward(dA: Array, Z: Array) -> Array:
    """dZ = dA where Z > 0, else 0. At Z = 0 the slope is taken as 0, as PyTorch does; a NaN in Z stops nothing."""
    return dA * ~(Z <= 0)


def sigmoid(Z: Array) -> Array:
    """A = σ(Z) = 1 / (1 + e^−Z). Where e^−Z overflows, A is 0: its limit."""
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-Z))


def sigmoid_backward(dA: Array, Z: Array) -> Array:
    """dZ = dA · σ(Z) (1 − σ(Z))."""
    s = sigmoid(Z)
    dZ: Array = dA * s * (1 - s)
    return dZ


def tanh(Z: Array) -> Array:
    """A = tanh(Z)."""
    return np.tanh(Z)


def tanh_backward(dA: Array, Z: Array) -> Array:
    """dZ = dA · (1 − tanh²(Z))."""
    dZ: Array = dA * (1 - np.tanh(Z) ** 2)
    return dZ


def identity(Z: Array) -> Array:
    """A = Z, a copy: the output of a network whose loss takes logits."""
    return np.positive(Z)


def identity_backward(dA: Array, Z: Array) -> Array:
    """dZ = dA, a copy."""
    return np.positive(dA)


def leaky_relu(Z: Array) -> Array:
    """A = Z where Z > 0, else 0.01 Z."""
    return np.maximum(Z, 0.01 * Z)


def leaky_relu_backward(dA: Array, Z: Array) -> Array:
    """dZ = dA where Z > 0, else 0.01 dA."""
    return np.where(Z > 0, dA, 0.01 * dA)


def elu(Z: Array) -> Array:
    """A = Z where Z > 0, else e^Z − 1."""
    return np.where(Z > 0, Z, np.expm1(np.minimum(Z, 0)))


def elu_backward(dA: Array, Z: Array) -> Array:
    """dZ = dA where Z > 0, else dA · e^Z."""
    return dA * np.exp(np.minimum(Z, 0))


def softplus(Z: Array) -> Array:
    """A = log(1 + e^Z), and Z itself where Z > 20, as in torch.nn.Softplus."""
    return np.where(Z > 20, Z, np.log1p(np.exp(np.minimum(Z, 20))))


def softplus_backward(dA: Array, Z: Array) -> Array:
    """dZ = dA · σ(Z), and dA itself where Z > 20."""
    return np.where(Z > 20, dA, dA * sigmoid(Z))


def silu(Z: Array) -> Array:
    """A = Z · σ(Z)."""
    return Z * sigmoid(Z)


def silu_backward(dA: Array, Z: Array) -> Array:
    """dZ = dA · σ(Z) (1 + Z (1 − σ(Z)))."""
    s = sigmoid(Z)
    dZ: Array = dA * s * (1 + Z * (1 - s))
    return dZ


SQRT_2_OVER_PI = math.sqrt(2 / math.pi)


def gelu(Z: Array) -> Array:
    """A = ½ Z (1 + tanh(√(2/π) (Z + 0.044715 Z³))): the form that torch.nn.GELU calls approximate="tanh".

    D. Hendrycks and K. Gimpel, "Gaussian Error Linear Units (GELUs)", 2016. The exact one has the normal distribution
    in the place of ½ (1 + tanh …).
    """
    A: Array = 0.5 * Z * (1 + np.tanh(SQRT_2_OVER_PI * (Z + 0.044715 * Z * Z * Z)))
    return A


def gelu_backward(dA: Array, Z: Array) -> Array:
    """dZ = dA · (½ (1 + t) + ½ Z (1 − t²) √(2/π) (1 + 3 · 0.044715 Z²)), where t is the tanh of forward."""
    t = np.tanh(SQRT_2_OVER_PI * (Z + 0.044715 * Z * Z * Z))
    dZ: Array = dA * (0.5 * (1 + t) + 0.5 * Z * (1 - t * t) * SQRT_2_OVER_PI * (1 + 3 * 0.044715 * Z * Z))
    return dZ


def softmax(Z: Array) -> Array:
    """A_k = e^Z_k / Σ_j e^Z_j over the units of each example, (units, m): probabilities that add up to 1.

    The greatest Z of the example is taken off first. That changes no A, and nothing overflows.
    """
    e = np.exp(Z - np.max(Z, axis=0))
    A: Array = e / np.sum(e, axis=0)
    return A


def softmax_backward(dA: Array, Z: Array) -> Array:
    """dZ_k = A_k (dA_k − Σ_j dA_j A_j): every A depends on every Z of its example."""
    A = softmax(Z)
    dZ: Array = A * (dA - np.sum(dA * A, axis=0))
    return dZ


ACTIVATIONS = Registry(
    "activation",
    {
        "relu": Activation(relu, relu_backward),
        "sigmoid": Activation(sigmoid, sigmoid_backward),
        "tanh": Activation(tanh, tanh_backward),
        "linear": Activation(identity, identity_backward),
        "leaky_relu": Activation(leaky_relu, leaky_relu_backward),
        "elu": Activation(elu, elu_backward),
        "softplus": Activation(softplus, softplus_backward),
        "silu": Activation(silu, silu_backward),
        "gelu": Activation(gelu, gelu_backward),
        "softmax": Activation(softmax, softmax_backward, elementwise=False),
    },
)
HIDDEN_ACTIVATIONS = [name for name, activation in ACTIVATIONS.items() if activation.elementwise]
