"""Activation functions, each forward beside its backward. All are elementwise: any shape in, the same shape out."""

from __future__ import annotations

import math
from typing import NamedTuple, Protocol

import numpy as np

from numpynet.registry import Registry
from numpynet.types import Array


class Forward(Protocol):
    """A = forward(Z)."""

    __name__: str

    def __call__(self, Z: Array, *, out: Array | None = None) -> Array: ...  # noqa: D102


class Backward(Protocol):
    """dZ = backward(dA, Z) = dA · f′(Z)."""

    __name__: str

    def __call__(self, dA: Array, Z: Array, *, out: Array | None = None) -> Array: ...  # noqa: D102


class Activation(NamedTuple):
    """A pair of functions. Each returns a new array, or writes into `out`, which may be its first argument."""

    forward: Forward
    backward: Backward


def relu(Z: Array, *, out: Array | None = None) -> Array:
    """A = max(0, Z)."""
    Z = np.asarray(Z)
    zeros = np.zeros(Z.shape[-1:], Z.dtype)  # NumPy takes the maximum with a row faster than with a number
    A: Array = np.maximum(Z, zeros, out=out)
    return A


def relu_backward(dA: Array, Z: Array, *, out: Array | None = None) -> Array:
    """dZ = dA where Z > 0, else 0. At Z = 0 the slope is taken as 0, as PyTorch does; a NaN in Z stops nothing."""
    dZ: Array = np.multiply(dA, ~(Z <= 0), out=out)  # faster than dZ[Z <= 0] = 0
    return dZ


def sigmoid(Z: Array, *, out: Array | None = None) -> Array:
    """A = σ(Z) = 1 / (1 + e^−Z). Where e^−Z overflows, A is 0: its limit."""
    with np.errstate(over="ignore"):
        A: Array = np.divide(1, 1 + np.exp(-Z), out=out)
    return A


def sigmoid_backward(dA: Array, Z: Array, *, out: Array | None = None) -> Array:
    """dZ = dA · σ(Z) (1 − σ(Z))."""
    s = sigmoid(Z)
    dZ: Array = np.multiply(dA * s, 1 - s, out=out)
    return dZ


def tanh(Z: Array, *, out: Array | None = None) -> Array:
    """A = tanh(Z)."""
    A: Array = np.tanh(Z, out=out)
    return A


def tanh_backward(dA: Array, Z: Array, *, out: Array | None = None) -> Array:
    """dZ = dA · (1 − tanh²(Z))."""
    dZ: Array = np.multiply(dA, 1 - np.tanh(Z) ** 2, out=out)
    return dZ


def identity(Z: Array, *, out: Array | None = None) -> Array:
    """A = Z, a copy: the output of a network whose loss takes logits."""
    A: Array = np.positive(Z, out=out)
    return A


def identity_backward(dA: Array, Z: Array, *, out: Array | None = None) -> Array:
    """dZ = dA, a copy."""
    dZ: Array = np.positive(dA, out=out)
    return dZ


def leaky_relu(Z: Array, *, out: Array | None = None) -> Array:
    """A = Z where Z > 0, else 0.01 Z."""
    A: Array = np.maximum(Z, 0.01 * Z, out=out)
    return A


def leaky_relu_backward(dA: Array, Z: Array, *, out: Array | None = None) -> Array:
    """dZ = dA where Z > 0, else 0.01 dA."""
    dZ: Array = np.multiply(dA, np.where(Z > 0, 1, 0.01).astype(dA.dtype), out=out)
    return dZ


def elu(Z: Array, *, out: Array | None = None) -> Array:
    """A = Z where Z > 0, else e^Z − 1."""
    A: Array = np.maximum(Z, np.expm1(np.minimum(Z, 0)), out=out)  # e^Z − 1 ≥ Z, and 0 for what is above 0
    return A


def elu_backward(dA: Array, Z: Array, *, out: Array | None = None) -> Array:
    """dZ = dA where Z > 0, else dA · e^Z."""
    dZ: Array = np.multiply(dA, np.exp(np.minimum(Z, 0)), out=out)
    return dZ


def softplus(Z: Array, *, out: Array | None = None) -> Array:
    """A = log(1 + e^Z), and Z itself where Z > 20, as in torch.nn.Softplus."""
    A: Array = np.positive(np.where(Z > 20, Z, np.log1p(np.exp(np.minimum(Z, 20)))), out=out)
    return A


def softplus_backward(dA: Array, Z: Array, *, out: Array | None = None) -> Array:
    """dZ = dA · σ(Z), and dA itself where Z > 20."""
    dZ: Array = np.multiply(dA, np.where(Z > 20, 1, sigmoid(Z)), out=out)
    return dZ


def silu(Z: Array, *, out: Array | None = None) -> Array:
    """A = Z · σ(Z)."""
    A: Array = np.multiply(Z, sigmoid(Z), out=out)
    return A


def silu_backward(dA: Array, Z: Array, *, out: Array | None = None) -> Array:
    """dZ = dA · σ(Z) (1 + Z (1 − σ(Z)))."""
    s = sigmoid(Z)
    dZ: Array = np.multiply(dA, s * (1 + Z * (1 - s)), out=out)
    return dZ


SQRT_2_OVER_PI = math.sqrt(2 / math.pi)


def gelu(Z: Array, *, out: Array | None = None) -> Array:
    """A = ½ Z (1 + tanh(√(2/π) (Z + 0.044715 Z³))): the form that torch.nn.GELU calls approximate="tanh".

    D. Hendrycks and K. Gimpel, "Gaussian Error Linear Units (GELUs)", 2016. The exact one has the normal distribution
    in the place of ½ (1 + tanh …).
    """
    A: Array = np.multiply(0.5 * Z, 1 + np.tanh(SQRT_2_OVER_PI * (Z + 0.044715 * Z * Z * Z)), out=out)
    return A


def gelu_backward(dA: Array, Z: Array, *, out: Array | None = None) -> Array:
    """dZ = dA · (½ (1 + t) + ½ Z (1 − t²) √(2/π) (1 + 3 · 0.044715 Z²)), where t is the tanh of forward."""
    t = np.tanh(SQRT_2_OVER_PI * (Z + 0.044715 * Z * Z * Z))
    slope = 0.5 * (1 + t) + 0.5 * Z * (1 - t * t) * SQRT_2_OVER_PI * (1 + 3 * 0.044715 * Z * Z)
    dZ: Array = np.multiply(dA, slope, out=out)
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
    },
)
