"""The oracle: the same step from the definitions, in a wider precision. It calls nothing of the network.

float64 for a float32 step; for float64, `longdouble` where it has at least 63 bits, else mpmath with 113.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from numpynet.parity.step import Step
from numpynet.registry import Registry
from numpynet.types import Array

MPMATH_BITS = 113


@dataclass(frozen=True)
class Arithmetic:
    """A wider precision: `lift` brings an array into it exactly; the functions are elementwise."""

    name: str
    lift: Callable[[Any], Array]
    reciprocal: Callable[[Array], Array]
    exp: Callable[[Array], Array]
    log: Callable[[Array], Array]
    log1p: Callable[[Array], Array]
    tanh: Callable[[Array], Array]

    def dot(self, x: Array, y: Array) -> Array:
        """x @ y. Outside BLAS a product is fastest where the inner loop runs through memory in order."""
        if self.name != "float64":
            x, y = np.ascontiguousarray(x), np.asfortranarray(y)
        return np.asarray(np.dot(x, y))


def _native(kind: type[np.floating[Any]]) -> Arithmetic:
    def lift(x: Any) -> Array:
        return np.asarray(x).astype(kind)

    return Arithmetic(kind.__name__, lift, np.reciprocal, np.exp, np.log, np.log1p, np.tanh)


@cache
def mpmath_arithmetic() -> Arithmetic:
    """Arrays of mpmath numbers: on any platform, and some thousand times slower."""
    import mpmath

    mp = mpmath.MPContext()
    mp.prec = MPMATH_BITS

    def each(function: Callable[[Any], Any]) -> Callable[[Any], Array]:
        ufunc = np.frompyfunc(function, 1, 1)
        return lambda x: np.asarray(ufunc(x), dtype=object)

    def exactly(x: Any) -> Any:
        near = float(x)
        rest = x - np.longdouble(near) if isinstance(x, np.longdouble) and np.isfinite(near) else 0.0
        return mp.mpf(near) + mp.mpf(float(rest))

    return Arithmetic(
        f"mpmath, {MPMATH_BITS} bits",
        lift=each(exactly),
        reciprocal=each(lambda x: 1 / x if x != 0 else mp.inf),
        exp=each(mp.exp),
        log=each(lambda x: mp.log(x) if x > 0 else -mp.inf if x == 0 else mp.nan),
        log1p=each(lambda x: mp.log1p(x) if x > -1 else -mp.inf if x == -1 else mp.nan),
        tanh=each(mp.tanh),
    )


def arithmetic_for(dtype: np.dtype[Any]) -> Arithmetic:
    """What the oracle of a run in `dtype` computes with."""
    if dtype == np.float32:
        return _native(np.float64)
    return _native(np.longdouble) if np.finfo(np.longdouble).nmant >= 63 else mpmath_arithmetic()


class Definition(NamedTuple):
    """f and its derivative f′, of Z, elementwise; `kink` where f′ jumps at 0."""

    value: Callable[[Array, Arithmetic], Array]
    slope: Callable[[Array, Arithmetic], Array]
    kink: bool = False


def _sigmoid(Z: Array, wide: Arithmetic) -> Array:
    return wide.reciprocal(1 + wide.exp(-Z))


ACTIVATIONS = Registry(
    "activation",
    {
        "relu": Definition(lambda Z, wide: np.where(Z <= 0, 0, Z), lambda Z, wide: Z > 0, kink=True),
        "sigmoid": Definition(_sigmoid, lambda Z, wide: _sigmoid(Z, wide) * _sigmoid(-Z, wide)),
        "tanh": Definition(lambda Z, wide: wide.tanh(Z), lambda Z, wide: (1 - wide.tanh(Z)) * (1 + wide.tanh(Z))),
        "linear": Definition(lambda Z, wide: Z, lambda Z, wide: wide.lift(1)),
    },
)


class LossDefinition(NamedTuple):
    """Of (A_L, Y), both (outputs, m): what each element adds to m times the cost, and the gradient of that sum."""

    terms: Callable[[Array, Array, Arithmetic], Array]
    gradient: Callable[[Array, Array, Arithmetic], Array]

    def cost(self, A: Array, Y: Array, wide: Arithmetic) -> Array:
        """The mean over the m columns."""
        return np.asarray(self.terms(A, Y, wide).sum() / A.shape[1])


def _bce(A: Array, Y: Array, wide: Arithmetic) -> Array:
    return -np.where(Y == 1, wide.log(A), wide.log1p(-A))


def _bce_gradient(A: Array, Y: Array, wide: Arithmetic) -> Array:
    return wide.reciprocal(np.where(Y == 1, -A, 1 - A))


def _bce_with_logits(Z: Array, Y: Array, wide: Arithmetic) -> Array:
    terms: Array = (np.maximum(Z, 0) - Z * Y + wide.log1p(wide.exp(-np.abs(Z)))) / len(Z)
    return terms


def _bce_with_logits_gradient(Z: Array, Y: Array, wide: Arithmetic) -> Array:
    return np.where(Y == 1, -_sigmoid(-Z, wide), _sigmoid(Z, wide)) / len(Z)


LOSSES = Registry(
    "loss",
    {
        "bce": LossDefinition(_bce, _bce_gradient),
        "bce_with_logits": LossDefinition(_bce_with_logits, _bce_with_logits_gradient),
    },
)
LOG_FLOOR, DENOMINATOR_FLOOR = -100, float(np.float32(1e-12))


def _clamped_bce(A: Array, Y: Array, wide: Arithmetic) -> Array:
    return np.minimum(_bce(A, Y, wide), -LOG_FLOOR)


def _clamped_bce_gradient(A: Array, Y: Array, wide: Arithmetic) -> Array:
    return (A - Y) * wide.reciprocal(np.maximum((1 - A) * A, wide.lift(DENOMINATOR_FLOOR)))


# Binary cross-entropy as torch.nn.BCELoss documents it: with each logarithm at least −100, and backward (1−A)A at least
# 1e-12. It is not the mathematical loss where a clamp acts.
CLAMPED = LossDefinition(_clamped_bce, _clamped_bce_gradient)


def exact_step(
    step: Step, wide: Arithmetic, own: Mapping[str, Array] | None = None, sides: Mapping[str, Array] | None = None
) -> dict[str, Array]:
    """Every quantity of `step.shapes()`, exact but for the wider precision's rounding.

    Each is computed from the exact ones before it or, where `own` is given, from an implementation's own inputs of
    that one operation (already in the wider precision; what lacks an input is left out). `sides`: each ReLU takes the
    side of zero that this Z1, Z2 … takes, not that of the exact one: a kink is not an error.
    """
    exact: dict[str, Array] = {}
    inputs = exact if own is None else own
    W = {name: wide.lift(value) for name, value in step.params_values.items()}
    Y, m, alpha = wide.lift(step.Y), step.X.shape[1], wide.lift(step.learning_rate)
    layers = list(enumerate(step.nn_architecture, start=1))
    L, loss = len(layers), LOSSES[step.loss]

    def has(*names: str) -> bool:
        return all(name in inputs for name in names)

    exact["A0"] = wide.lift(step.X)
    for i, layer in layers:
        if has(f"A{i - 1}"):
            exact[f"Z{i}"] = wide.dot(W[f"W{i}"], inputs[f"A{i - 1}"]) + W[f"b{i}"]
        if has(f"Z{i}"):
            exact[f"A{i}"] = ACTIVATIONS[layer["activation"]].value(inputs[f"Z{i}"], wide)
    if has(f"A{L}"):
        exact["cost"] = loss.cost(inputs[f"A{L}"], Y, wide)
        exact[f"dA{L}"] = loss.gradient(inputs[f"A{L}"], Y, wide)
    for i, layer in reversed(layers):
        if i == L and is_fused(step, own) and has(f"A{i}"):
            exact[f"dZ{i}"] = inputs[f"A{i}"] - Y
        elif has(f"dA{i}", f"Z{i}"):
            f = ACTIVATIONS[layer["activation"]]
            Z = sides.get(f"Z{i}", inputs[f"Z{i}"]) if sides and f.kink else inputs[f"Z{i}"]
            exact[f"dZ{i}"] = inputs[f"dA{i}"] * f.slope(Z, wide)
        if has(f"dZ{i}"):
            if has(f"A{i - 1}"):
                exact[f"dW{i}"] = wide.dot(inputs[f"dZ{i}"], inputs[f"A{i - 1}"].T) / m
            exact[f"db{i}"] = inputs[f"dZ{i}"].sum(axis=1, keepdims=True) / m
            if i > 1:
                exact[f"dA{i - 1}"] = wide.dot(W[f"W{i}"].T, inputs[f"dZ{i}"])
    for name, theta in W.items():
        if has(f"d{name}"):
            exact[f"{name}'"] = theta - alpha * inputs[f"d{name}"]
    return exact


def is_fused(step: Step, own: Mapping[str, Array] | None) -> bool:
    """Whether dZ_L is taken as A_L − Y, which equals dA_L · f′(Z_L): the product itself is hopeless at saturation.

    Only an implementation's own dA_L, where it is seen, says how the product was formed.
    """
    sigmoid_bce = step.loss == "bce" and step.nn_architecture[-1]["activation"] == "sigmoid"
    return sigmoid_bce and (own is None or f"dA{len(step.nn_architecture)}" not in own)
