"""Small examples for each function, the smallest first: whole numbers as far as they go, to be checked with a pencil.

An example's `numbers` may be chosen freely, and are made smaller still where the mistake allows it; what follows from
them (Z of W, b and A_prev; the memory of a forward propagation) is computed when the function is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product
from typing import Any

import numpy as np

import numpynet
from numpynet import names
from numpynet.activations import ACTIVATIONS
from numpynet.losses import LOSSES
from numpynet.types import Architecture, Array, Layer

WHOLE = (0.0, 1.0)  # what a number is made smaller to, the simplest first
LIKELY = (0.5, 0.25, 0.75)  # the same of a probability
POSITIVE, MIXED = (1, 2, 1, 2, 3), (1, -1, 2, 0, -2)
RATE = 0.5
FAR = (5.0, 10.0, 40.0, -40.0, 1e-7, 0.1, 800.0, -800.0)  # where no small number shows it
LAYERS = [(1, 1, 1), (1, 1, 2), (1, 2, 1), (2, 1, 1), (2, 1, 2), (1, 2, 2), (2, 2, 1), (2, 2, 2), (1, 2, 3), (2, 3, 2)]
NETWORKS = [((1, 1), 1), ((1, 1), 2), ((2, 1), 1), ((1, 1, 1), 1), ((2, 1), 2), ((1, 2), 1), ((1, 1, 1), 2),
            ((2, 1, 1), 1), ((1, 2, 1), 1), ((2, 1, 1), 2), ((2, 2, 1), 2), ((2, 2, 2), 2), ((1, 1, 1, 1), 1),
            ((2, 3, 2, 1), 3)]  # widths, m  # fmt: skip
_WIDTHS = list(dict.fromkeys(widths for widths, _ in NETWORKS))
OTHER_HIDDEN = [((1, 1, 1), 1), ((2, 1, 1), 2), ((2, 2, 1), 2)]  # tried with another hidden activation, too
TWICE = 6  # so many of them with other numbers, too
TRAINED = [((1, 1), 1, 1), ((1, 1), 2, 1), ((1, 1), 1, 2), ((2, 1), 2, 1), ((2, 1), 1, 2), ((1, 1, 1), 1, 1),
           ((1, 1), 3, 3), ((2, 1), 2, 4), ((2, 2, 1), 3, 5), ((2, 3, 1), 5, 6)]  # widths, m, epochs  # fmt: skip


@dataclass(frozen=True)
class Example:
    """`numbers` by name, free; `fixed` arguments by role; `pools`, for a name, what its numbers are made smaller to.

    `flags` as in a case: `raises` where the call must be refused, `nan`, `default`.
    """

    numbers: Mapping[str, Array]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    pools: Mapping[str, Sequence[float]] = field(default_factory=dict)
    flags: Mapping[str, Any] = field(default_factory=dict)

    def arguments(self, operation: str, dtype: np.dtype[Any]) -> dict[str, Any]:
        """The call's arguments by role, in the dtype."""
        given = {name: np.array(value, dtype) for name, value in self.numbers.items()}
        fixed = {role: _in(dtype, value) for role, value in self.fixed.items()}
        return {**_COMPLETED.get(operation, _as_they_are)(given, fixed), **fixed}


def _in(dtype: np.dtype[Any], value: Any) -> Any:
    """An array in the dtype, unless it holds whole numbers: those are labels."""
    return value.astype(dtype) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value


@dataclass(frozen=True)
class Setting:
    """What the examples are to be made of: activations of a layer, (hidden, last) ones of a network, and losses.

    None stands for an argument that is left out. `roles` are the arguments that there are, where that is known.
    """

    roles: frozenset[str] = frozenset()

    activations: tuple[str | None, ...] = ("relu", "sigmoid", None)
    networks: tuple[tuple[str, str], ...] = (("relu", "sigmoid"), ("sigmoid", "sigmoid"))
    losses: tuple[str | None, ...] = (None,)
    unknown: tuple[str, ...] = ("softsign",)
    far: float = 20.0  # a logit whose p is near 1, and still told from it


def examples(operation: str, setting: Setting) -> Iterator[Example]:
    """In the order of size. ValueError for an operation that is not known."""
    if operation in _EXAMPLES and not (operation == "linear_backward" and "dA" in setting.roles):  # the activation's
        return _EXAMPLES[operation](setting)
    if operation.removesuffix("_backward") in ACTIVATIONS:
        return _slope(setting) if operation.endswith("_backward") else _activation(setting)
    raise ValueError(f"there are no examples for {operation!r}")


def _filled(values: Sequence[float], start: int, *shape: int) -> Array:
    """The values again and again, from one of them on."""
    return np.resize(np.roll(np.array(values, dtype=float), -start), shape)


def _activation(setting: Setting) -> Iterator[Example]:
    for Z in (1, -1, 0, 2, -2):
        yield Example({"Z": np.array([[Z]])})
    for shape in ((1, 2), (2, 1), (2, 2), (2, 3)):
        yield Example({"Z": _filled(MIXED, 0, *shape)})
    for far in (*FAR, -5.0, -10.0, -1e-7):
        yield Example({"Z": np.array([[far]])})


def _slope(setting: Setting) -> Iterator[Example]:
    for dA, Z in ((1, 1), (1, -1), (1, 0), (2, 1), (-1, 1), (-1, -1), (2, -2), (-2, 0)):
        yield Example({"dA": np.array([[dA]]), "Z": np.array([[Z]])})
    for shape in ((1, 2), (2, 1), (2, 2), (2, 3)):
        yield Example({"dA": _filled(POSITIVE, 1, *shape), "Z": _filled(MIXED, 0, *shape)})
    for far in (*FAR, -5.0, -10.0, -1e-7):
        yield Example({"dA": np.array([[1]]), "Z": np.array([[far]])})
        yield Example({"dA": np.array([[far]]), "Z": np.array([[1]])})


def _shaped(roles: Sequence[str], activations: Sequence[str | None]) -> Iterator[tuple[dict[str, Array], str | None]]:
    """W, b, A_prev of a layer and dA, and its activation."""
    for number, (n_out, n_in, m) in enumerate(LAYERS):
        for values in (POSITIVE, MIXED) if number < TWICE else (MIXED,):
            for activation in activations if number < 4 else activations[:1]:
                yield _layer(n_out, n_in, m, values), activation
    for role, far in product([role for role in roles if role not in ("W", "b")], FAR):
        yield {**_layer(1, 1, 1, (1,)), "b": np.zeros((1, 1)), role: np.array([[far]])}, activations[0]


def _layer(n_out: int, n_in: int, m: int, values: Sequence[float]) -> dict[str, Array]:
    return {
        "dA": _filled(values, 1, n_out, m),
        "dZ": _filled(values, 1, n_out, m),
        "A_prev": _filled(values, 0, n_in, m),
        "W": _filled(values, 1, n_out, n_in),
        "b": _filled(values, 0, n_out, 1),
    }


def _of_layer(*roles: str, activated: bool = True) -> Callable[[Setting], Iterator[Example]]:
    """The examples of a function that takes these; at the end an activation that there is not."""

    def found(setting: Setting) -> Iterator[Example]:
        activations = setting.activations if activated else (None,)
        for layer, activation in _shaped(roles, activations):
            numbers = {role: layer[role] for role in roles}
            fixed = {} if activation is None else {"activation": activation}
            left_out = activated and activation is None
            yield Example(numbers, fixed, flags={"default": "activation"} if left_out else {})
        for unknown in setting.unknown if activated else ():
            layer = _layer(1, 1, 1, (1,))
            yield Example({role: layer[role] for role in roles}, {"activation": unknown}, flags={"raises": True})

    return found


def _with_Z(given: dict[str, Any], fixed: Mapping[str, Any]) -> dict[str, Any]:
    return {**given, "Z": given["W"] @ given["A_prev"] + given["b"]}


def architecture(widths: Sequence[int], hidden: str, last: str) -> Architecture:
    """Layers of these widths."""
    pairs = list(pairwise(widths))
    return [
        Layer(input_dim=n_in, output_dim=n_out, activation=last if number == len(pairs) else hidden)
        for number, (n_in, n_out) in enumerate(pairs, start=1)
    ]


def weights(layers: Architecture, values: Sequence[float]) -> dict[str, Array]:
    """W1, b1, … of these values."""
    P = {}
    for layer_idx, layer in enumerate(layers, start=1):
        P[names.W(layer_idx)] = _filled(values, layer_idx, layer["output_dim"], layer["input_dim"])
        P[names.b(layer_idx)] = _filled((0, 1, -1), layer_idx, layer["output_dim"], 1)
    return P


def _networks(setting: Setting) -> Iterator[tuple[Architecture, dict[str, Array]]]:
    """The layers, X and the weights."""
    for number, (hidden, last) in enumerate(setting.networks):
        for widths, m in OTHER_HIDDEN if number else NETWORKS:
            layers, first = _ending(widths, hidden, last), (widths, m) in NETWORKS[:TWICE]
            for values in ((1, -1, 2), MIXED) if first else (MIXED,):
                yield layers, {"X": _filled((1, 2), 0, widths[0], m), **weights(layers, values)}
    for far, widths in product((10.0, setting.far, 1e-7), ((1, 1), (1, 1, 1))):
        layers = _ending(widths, *setting.networks[0])
        yield layers, {"X": np.array([[far]]), **weights(layers, (1,))}


def _ending(widths: Sequence[int], hidden: str, last: str) -> Architecture:
    """Two units at the end where it is softmax: one alone is always 1."""
    *before, outputs = widths
    return architecture((*before, max(outputs, 2) if last == "softmax" else outputs), hidden, last)


def _forward(setting: Setting) -> Iterator[Example]:
    for layers, numbers in _networks(setting):
        yield Example(numbers, {"nn_architecture": layers})


def _targets(loss: str | None, outputs: int, m: int, start: int = 0) -> Array:
    """Labels 1, 0, …, or for several classes columns with a single 1."""
    if LOSSES[loss or "bce"].targets == "classes":
        return np.eye(outputs)[:, (np.arange(m) + start) % outputs]
    return (np.arange(outputs * m).reshape(outputs, m) + 1.0 + start) % 2


def _backward(setting: Setting) -> Iterator[Example]:
    for loss, (number, (layers, numbers)) in product(setting.losses, enumerate(list(_networks(setting)))):
        outputs, m = layers[-1]["output_dim"], numbers["X"].shape[1]
        single = number < 2 or number >= len(NETWORKS) + TWICE  # the one label, and then the other
        for start in (0, 1) if single else (number // 4 % 2,):
            fixed = {"nn_architecture": layers, "Y": _targets(loss, outputs, m, start)}
            yield Example(numbers, fixed | ({"loss": loss} if loss else {}))


def _as_they_are(given: dict[str, Any], fixed: Mapping[str, Any]) -> dict[str, Any]:
    return given


def _grouped(given: dict[str, Any], fixed: Mapping[str, Any]) -> dict[str, Any]:
    """params_values and grads_values of W1, b1, dW1, db1 …."""
    groups = {"W": "params_values", "b": "params_values", "dW": "grads_values", "db": "grads_values"}
    found: dict[str, Any] = {}
    for name, value in given.items():
        group = groups.get(names.kind(name)) if names.layer_of(name) else None
        if group is None:
            found[name] = value
        else:
            found.setdefault(group, {})[name] = value
    return found


def _remembered(given: dict[str, Any], fixed: Mapping[str, Any]) -> dict[str, Any]:
    """Ŷ and the memory of a forward propagation."""
    found = _grouped(given, fixed)
    X, P = found.pop("X"), found["params_values"]
    Y_hat, memory = numpynet.full_forward_propagation(X, P, fixed["nn_architecture"])
    return {"Y_hat": Y_hat, "memory": memory, **found}


def _cost(setting: Setting) -> Iterator[Example]:
    for loss in setting.losses:
        fixed = {"loss": loss} if loss else {}
        probabilities = LOSSES[loss or "bce"].output in ("sigmoid", "softmax")
        for shape, start in product(((1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (2, 3)), (0, 1)):
            if LOSSES[loss or "bce"].targets == "classes":
                yield from _of_classes(loss or "", max(shape[0], 2), shape[1], start, fixed)
                continue
            numbers = {"Y_hat": _filled(LIKELY if probabilities else MIXED, start, *shape)}
            numbers["Y"] = _targets(loss, *shape, start)
            yield Example(numbers, fixed, {"Y_hat": LIKELY} if probabilities else {})
        for Y_hat, Y in product((0.9, 1e-3, 1e-7, 1e-9, 1 - 1e-9) if probabilities else FAR, (0, 1)):
            yield Example({}, {**fixed, "Y_hat": np.array([[Y_hat]]), "Y": np.array([[float(Y)]])})
    for missing in (np.array([[np.nan]]), np.array([[0.5, np.nan]])):
        yield Example({}, {"Y_hat": missing, "Y": np.ones_like(missing)}, flags={"nan": True})


def _of_classes(loss: str, classes: int, m: int, start: int, fixed: Mapping[str, Any]) -> Iterator[Example]:
    """Columns of probabilities or of scores, and the label of each, in columns with a single 1."""
    Y = _targets(loss, classes, m, start)
    if LOSSES[loss].output == "softmax":
        share = np.resize([0.25, 0.5], m)
        columns = np.vstack([share, *[(1 - share) / (classes - 1)] * (classes - 1)])
        yield Example({}, {**fixed, "Y_hat": columns, "Y": Y})
    else:
        yield Example({"Y_hat": _filled(MIXED, start, classes, m)}, {**fixed, "Y": Y})


def _scores(setting: Setting) -> Iterator[Example]:
    """Scores of classes, and labels that are numbers."""
    for (classes, m), start in product(((2, 1), (3, 1), (2, 2), (3, 2), (3, 3)), (0, 1)):
        labels = (np.arange(m) + start) % classes
        yield Example({"Z": _filled(MIXED, start, classes, m)}, {"Y": labels})
    for far in FAR:
        yield Example({"Z": np.array([[far], [0.0]])}, {"Y": np.array([0])})


def _classes(setting: Setting) -> Iterator[Example]:
    above = float(np.nextafter(np.float32(0.5), np.float32(1)))
    for p in (0.5, 0.75, 0.25, 0.0, 1.0):
        yield Example({"probs": np.array([[p]])}, pools={"probs": ()})
    for shape in ((1, 2), (2, 1), (2, 2), (2, 3)):
        yield Example({"probs": _filled((0.25, 0.75, 0.5), 0, *shape)}, pools={"probs": LIKELY})
    for p in (0.4, 0.6, 0.45, 0.55, 0.49, 0.51, above):
        yield Example({"probs": np.array([[p]])}, pools={"probs": ()})


def _accuracy(setting: Setting) -> Iterator[Example]:
    for shape in ((1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (2, 3)):
        for start, labels in product((0, 1, 2), (0, 1)):
            numbers = {"Y_hat": _filled((0.75, 0.25, 0.5, 0.25), start, *shape), "Y": _targets(None, *shape, labels)}
            yield Example(numbers, pools={"Y_hat": (0.75, 0.25)})


def _update(setting: Setting) -> Iterator[Example]:
    for widths in [*_WIDTHS, (1,) * 11]:
        layers = architecture(widths, *setting.networks[0])
        yield Example(_moved(layers), {"nn_architecture": layers, "learning_rate": RATE})
    for rate, scale in product((1.0, 2.0, 0.1, 0.001), (1, 0.1, 5)):
        layers = architecture((1, 1), *setting.networks[0])
        numbers = {name: value * scale for name, value in _moved(layers).items()}
        yield Example(numbers, {"nn_architecture": layers, "learning_rate": rate})


def _moved(layers: Architecture) -> dict[str, Array]:
    P = weights(layers, POSITIVE)
    return P | {names.d(name): value + 2 for name, value in P.items()}


def _init_layers(setting: Setting) -> Iterator[Example]:
    for widths, given in product([*_WIDTHS, (2, 2)], ({"seed": 1}, {})):
        yield Example({}, {"nn_architecture": architecture(widths, *setting.networks[0]), **given})


def _train(setting: Setting) -> Iterator[Example]:
    for widths, m, epochs in TRAINED:
        fixed = {
            "nn_architecture": architecture(widths, *setting.networks[0]),
            "Y": _targets(None, widths[-1], m),
            "epochs": epochs,
            "learning_rate": RATE,
            "verbose": False,
        }
        yield Example({"X": _filled((1, 2, -1), 0, widths[0], m)}, fixed)


_EXAMPLES: dict[str, Callable[[Setting], Iterator[Example]]] = {
    "init_layers": _init_layers,
    "linear_forward": _of_layer("A_prev", "W", "b", activated=False),
    "linear_backward": _of_layer("dZ", "A_prev", "W", "b", activated=False),
    "single_layer_forward_propagation": _of_layer("A_prev", "W", "b"),
    "single_layer_backward_propagation": _of_layer("dA", "A_prev", "W", "b"),
    "full_forward_propagation": _forward,
    "full_backward_propagation": _backward,
    "get_cost_value": _cost,
    "loss_and_gradient": _scores,
    "convert_prob_into_class": _classes,
    "get_accuracy_value": _accuracy,
    "update": _update,
    "train": _train,
}
_COMPLETED: dict[str, Callable[[dict[str, Any], Mapping[str, Any]], dict[str, Any]]] = {
    "single_layer_backward_propagation": _with_Z,
    "full_forward_propagation": _grouped,
    "full_backward_propagation": _remembered,
    "update": _grouped,
}
