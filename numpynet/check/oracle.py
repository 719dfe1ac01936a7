"""What each function must return for its arguments: exact values, each with the error that rounding may make.

Values and allowances are those of the definitions (`parity.exact`), the allowances doubled: somebody else's formula may
round once more. Arguments are by role, in the tutorial's layout. Any activation and any loss of the tables may be asked
for; where none is named, they are relu and bce, as in the lab.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np

import numpynet
from numpynet import names
from numpynet.definitions import ACTIVATIONS, LOSSES
from numpynet.parity.exact import Bounded, Exact, rounding_of
from numpynet.parity.step import Step
from numpynet.parity.walk import walk
from numpynet.parity.wide import wide_for
from numpynet.types import Architecture, Array, Parameters
from numpynet.validation import check_targets

FAR_OUT = 1e-30  # where σ underflows, 0 and a tiny number are the same
OTHERS = 2  # somebody else's formula may round once more in every operation
TRAINING_SEED = 2


class Oracle:
    """What a right function returns, computed in this dtype: `Oracle(dtype).expected("relu", {"Z": Z})["A"]`."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.dtype, self.usual = dtype, "relu"  # the activation of a layer that is not told one
        self.rounding = rounding_of(dtype, "numpy", wide=wide_for(np.dtype(np.float64)))
        self.u = float(np.finfo(dtype).eps) / 2

    def expected(self, operation: str, arguments: Mapping[str, Any]) -> dict[str, Bounded]:
        """The results by name. KeyError for an operation that is not known."""
        with np.errstate(all="ignore"):
            return _EXPECTED[operation](self, dict(arguments))

    def given(self, value: Any) -> Exact:
        """What a function is given, with nothing allowed."""
        return Exact(self.rounding.wide.lift(value), self.rounding)

    def bound(self, exact: Exact, more: Array | float = 0.0) -> Bounded:
        """What it must return: the value in float64, and what another rendering may be off; `more` besides."""
        tiny = float(np.finfo(self.dtype).tiny)
        return Bounded(exact.value.astype(np.float64), OTHERS * (exact.by(0) + more) + tiny)

    def backward(self, activation: str, dA: Array, Z: Array) -> Exact:
        """dZ = dA · f′(Z). σ′ is even, and either half may be the one that is computed."""
        f, gradient = ACTIVATIONS[activation], self.given(dA)
        dZ: Exact = f.backward(gradient, self.given(Z), f.value(self.given(Z)))
        if activation == "sigmoid" and f.slope is not None:
            mirrored = gradient * f.slope(self.given(-Z), f.value(self.given(-Z)))
            dZ = dZ.off(dZ.allowed + mirrored.allowed)
        return Exact(dZ.value, dZ.rounding, dZ.allowed)

    def gradients(self, dZ: Exact, A_prev: Array, W: Array) -> dict[str, Bounded]:
        """Of a layer: dA_prev = Wᵀ dZ, dW = dZ A_prevᵀ / m, db = the row sums of dZ / m."""
        m = A_prev.shape[1]
        return {
            "dA_prev": self.bound(self.given(W).T.dot(dZ)),
            "dW": self.bound(dZ.dot(self.given(A_prev).T, extra=1).over(m)),
            "db": self.bound(dZ.sum(axis=1, extra=1).over(m)),
        }

    def slopes_apart(self, step: Step, exact: Mapping[str, Bounded]) -> dict[str, Array]:
        """How far dW and db may be off besides, where a slope's σ is computed apart from Ŷ, or as σ(−Z).

        Its 1 − σ has then lost u e^|z| of itself: dZ_L = dA_L σ(1 − σ) has an error of u e^|z| |Ŷ − Y|, and dZ of a
        hidden layer one of u |dA|. From there it is passed on as the gradients are.
        """
        layers, m = step.nn_architecture, step.X.shape[1]
        size = {name: np.abs(one.value) for name, one in exact.items()}
        found = {}
        error = np.zeros_like(size[names.Z(len(layers))])
        for layer_idx, layer in reversed(list(enumerate(layers, start=1))):
            if layer["activation"] == "sigmoid" and layer_idx == len(layers):
                error = 16 * self.u * np.exp(size[names.Z(layer_idx)]) * size[names.dZ(layer_idx)]
            elif layer["activation"] == "sigmoid":
                error = error / 4 + 4 * self.u * size[names.dA(layer_idx)]
            found[names.dW(layer_idx)] = error @ size[names.A(layer_idx - 1)].T / m
            found[names.db(layer_idx)] = error.sum(axis=1, keepdims=True) / m
            error = np.abs(step.params_values[names.W(layer_idx)]).T @ error
        return found

    def trained(self, P: Parameters) -> dict[str, Bounded]:
        """The weights after a training, as far as another rendering of all its steps may be off."""
        room = 1e-13 if self.dtype == np.float64 else 1e-5
        return {name: Bounded(value.astype(float), room * (np.abs(value) + 0.1)) for name, value in P.items()}


Arguments: TypeAlias = dict[str, Any]


def _init_layers(oracle: Oracle, given: Arguments) -> dict[str, Bounded]:
    stream, found = np.random.RandomState(given.get("seed", 99)), {}
    for layer_idx, layer in enumerate(given["nn_architecture"], start=1):
        for name, columns in ((names.W(layer_idx), layer["input_dim"]), (names.b(layer_idx), 1)):
            value = stream.randn(layer["output_dim"], columns) * 0.1
            found[name] = oracle.bound(oracle.given(value).rounded(2))
    return found


def _activation(name: str) -> Callable[[Oracle, Arguments], dict[str, Bounded]]:
    def expected(oracle: Oracle, given: Arguments) -> dict[str, Bounded]:
        Z = given["Z"]
        return {"A": oracle.bound(ACTIVATIONS[name].value(oracle.given(Z)), FAR_OUT * (np.abs(Z) > 500))}

    return expected


def _slope(name: str) -> Callable[[Oracle, Arguments], dict[str, Bounded]]:
    def expected(oracle: Oracle, given: Arguments) -> dict[str, Bounded]:
        dA, Z = given["dA"], given["Z"]
        return {"dZ": oracle.bound(oracle.backward(name, dA, Z), FAR_OUT * (np.abs(Z) > 500))}

    return expected


def _derivative(name: str) -> Callable[[Oracle, Arguments], dict[str, Bounded]]:
    def expected(oracle: Oracle, given: Arguments) -> dict[str, Bounded]:
        return {"slope": _slope(name)(oracle, {**given, "dA": np.ones_like(given["Z"])})["dZ"]}

    return expected


def _scores(oracle: Oracle, given: Arguments) -> Exact:
    return oracle.given(given["A_prev"]).affine(oracle.given(given["W"]), oracle.given(given["b"]))


def _linear_forward(oracle: Oracle, given: Arguments) -> dict[str, Bounded]:
    return {"Z": oracle.bound(_scores(oracle, given))}


def _single_forward(oracle: Oracle, given: Arguments) -> dict[str, Bounded]:
    Z = _scores(oracle, given)
    return {"A": oracle.bound(ACTIVATIONS[given.get("activation", oracle.usual)].value(Z)), "Z": oracle.bound(Z)}


def _linear_backward(oracle: Oracle, given: Arguments) -> dict[str, Bounded]:
    """Of a layer without its activation."""
    return oracle.gradients(oracle.given(given["dZ"]), given["A_prev"], given["W"])


def _single_backward(oracle: Oracle, given: Arguments) -> dict[str, Bounded]:
    dZ = oracle.backward(given.get("activation", oracle.usual), given["dA"], given["Z"])
    return oracle.gradients(dZ, given["A_prev"], given["W"])


def _full_forward(oracle: Oracle, given: Arguments) -> dict[str, Bounded]:
    """Ŷ, and what memory must hold: A0 … A{L−1}, Z1 … ZL."""
    A, As, Zs = oracle.given(given["X"]), {}, {}
    P = {name: oracle.given(value) for name, value in given["params_values"].items()}
    for layer_idx, layer in enumerate(given["nn_architecture"], start=1):
        As[names.A(layer_idx - 1)] = oracle.bound(A)
        Z = A.affine(P[names.W(layer_idx)], P[names.b(layer_idx)])
        A = ACTIVATIONS[layer["activation"]].value(Z)
        Zs[names.Z(layer_idx)] = oracle.bound(Z)
    return {"Y_hat": oracle.bound(A), **As, **Zs}


def _full_backward(oracle: Oracle, given: Arguments) -> dict[str, Bounded]:
    """dW and db of every layer, from end to end: X is memory's A0, and Ŷ is made of it."""
    step = Step(
        given["memory"][names.A(0)], given["Y"], given["params_values"], given["nn_architecture"],
        loss=given.get("loss", "bce"),
    )  # fmt: skip
    exact = {name: oracle.bound(one) for name, one in walk(step, oracle.rounding).items()}
    more = oracle.slopes_apart(step, exact)
    gradients = {name: exact[name] for name in map(names.d, step.params_values)}
    return {name: Bounded(one.value, one.allowed + more[name]) for name, one in gradients.items()}


def _cost(oracle: Oracle, given: Arguments) -> dict[str, Bounded]:
    loss = LOSSES[given.get("loss", "bce")]
    outputs, m = given["Y_hat"].shape
    Y = check_targets(given["Y"], outputs, m, given.get("loss", "bce"))
    cost = loss.cost(oracle.given(given["Y_hat"]), oracle.rounding.wide.lift(Y))
    return {"cost": oracle.bound(cost, cost.by(0))}


def _loss_and_gradient(oracle: Oracle, given: Arguments) -> dict[str, Bounded]:
    """Of scores Z, (classes, m), and labels Y, whole numbers: the mean cross-entropy, and its gradient, 1/m in it."""
    Z, name = given["Z"], given.get("loss", "cross_entropy")
    classes, m = Z.shape
    Y = oracle.rounding.wide.lift(check_targets(given["Y"], classes, m, name))
    cost = LOSSES[name].cost(oracle.given(Z), Y)
    dZ = LOSSES[name].gradient(oracle.given(Z), Y).rounded().over(m)
    return {"cost": oracle.bound(cost, cost.by(0)), "dZ": oracle.bound(dZ, dZ.by(0))}


def _classes(oracle: Oracle, given: Arguments) -> dict[str, Bounded]:
    return {"classes": oracle.bound(oracle.given(given["probs"] > 0.5))}


def _accuracy(oracle: Oracle, given: Arguments) -> dict[str, Bounded]:
    share = np.mean(((given["Y_hat"] > 0.5) == (given["Y"] == 1)).all(axis=0))
    return {"accuracy": oracle.bound(oracle.given(share).rounded(2))}


def _update(oracle: Oracle, given: Arguments) -> dict[str, Bounded]:
    G, rate = given["grads_values"], given["learning_rate"]
    return {
        name: oracle.bound(oracle.given(theta) - oracle.given(G[names.d(name)]) * rate)
        for name, theta in given["params_values"].items()
    }


def _train(oracle: Oracle, given: Arguments) -> dict[str, Bounded]:
    arguments = (given[role] for role in ("X", "Y", "nn_architecture", "epochs", "learning_rate"))
    return oracle.trained(trained(*arguments))


def passed_through(
    X: Array,
    Y: Array,
    layers: Architecture,
    epochs: int,
    learning_rate: float,
    seed: int = TRAINING_SEED,
    start: Parameters | None = None,
    loss: str = "bce",
) -> Iterator[Parameters]:
    """The reference's weights in X's dtype: at the start, drawn from `seed`, and after each of `epochs` steps."""
    P = {name: value.astype(X.dtype) for name, value in (start or numpynet.init_layers(layers, seed)).items()}
    yield P
    for step in numpynet.training_steps(X, Y, layers, epochs, learning_rate, params_values=P, loss=loss):
        yield {name: value.copy() for name, value in step.params_values.items()}


def trained(
    X: Array, Y: Array, layers: Architecture, epochs: int, learning_rate: float, seed: int = TRAINING_SEED
) -> Parameters:
    """The last of the weights that `passed_through` yields."""
    *_, last = passed_through(X, Y, layers, epochs, learning_rate, seed)
    return last


_EXPECTED: dict[str, Callable[[Oracle, Arguments], dict[str, Bounded]]] = {
    **{name: _activation(name) for name in ACTIVATIONS},
    **{f"{name}_backward": _slope(name) for name in ACTIVATIONS},
    **{f"{name}_slope": _derivative(name) for name in ACTIVATIONS},
    "init_layers": _init_layers,
    "linear_forward": _linear_forward,
    "linear_backward": _linear_backward,
    "single_layer_forward_propagation": _single_forward,
    "single_layer_backward_propagation": _single_backward,
    "full_forward_propagation": _full_forward,
    "full_backward_propagation": _full_backward,
    "get_cost_value": _cost,
    "loss_and_gradient": _loss_and_gradient,
    "convert_prob_into_class": _classes,
    "get_accuracy_value": _accuracy,
    "update": _update,
    "train": _train,
}
