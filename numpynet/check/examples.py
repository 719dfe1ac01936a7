"""Small examples for each function, the smallest first: whole numbers as far as they go, to be checked with a pencil.

An example's `numbers` may be chosen freely, and are made smaller still where the mistake allows it; what follows from
them (Z of W, b and A_prev; the memory of a forward propagation) is computed when the function is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from numpynet.check import networks
from numpynet.check.example import (
    LIKELY,
    MIXED,
    POSITIVE,
    Example,
    Setting,
    as_they_are,
    filled,
    takes_classes,
    targets,
)
from numpynet.definitions import ACTIVATIONS
from numpynet.losses import LOSSES
from numpynet.types import Array

SHAPES = ((1, 2), (2, 1), (2, 2), (2, 3))
FAR = (5.0, 10.0, 40.0, -40.0, 1e-7, 0.1, 800.0, -800.0)  # where no small number shows it
LAYERS = [(1, 1, 1), (1, 1, 2), (1, 2, 1), (2, 1, 1), (2, 1, 2), (1, 2, 2), (2, 2, 1), (2, 2, 2), (1, 2, 3), (2, 3, 2)]
TWICE = 6  # so many of them with other numbers, too
SECOND = 4  # so many of them with another activation, too


def examples(operation: str, setting: Setting) -> Iterator[Example]:
    """In the order of size. ValueError for an operation that is not known."""
    if operation in _EXAMPLES and not (operation == "linear_backward" and "dA" in setting.roles):  # the activation's
        return _EXAMPLES[operation](setting)
    if operation.removesuffix("_backward") in ACTIVATIONS:
        name = operation.removesuffix("_backward")
        return _activation(name) if name == operation else _slope(name)
    raise ValueError(f"there are no examples for {operation!r}")


def _activation(name: str) -> Iterator[Example]:
    pools = _pools(name)
    for Z in (1, -1, 0, 2, -2):
        yield Example({"Z": np.array([[Z]])}, pools=pools)
    for shape in SHAPES:
        yield Example({"Z": filled(MIXED, 0, *shape)}, pools=pools)
    for far in (*FAR, -5.0, -10.0, -1e-7):
        yield Example({"Z": np.array([[far]])}, pools=pools)


def _slope(name: str) -> Iterator[Example]:
    pools = _pools(name)
    for dA, Z in ((1, 1), (1, -1), (2, 1), (-1, 1), (-1, -1), (1, 0), (2, -2), (-2, 0)):
        yield Example({"dA": np.array([[dA]]), "Z": np.array([[Z]])}, pools=pools)
    for shape in SHAPES:
        yield Example({"dA": filled(POSITIVE, 1, *shape), "Z": filled(MIXED, 0, *shape)}, pools=pools)
    for far in (*FAR, -5.0, -10.0, -1e-7):
        yield Example({"dA": np.array([[1]]), "Z": np.array([[far]])}, pools=pools)
        yield Example({"dA": np.array([[far]]), "Z": np.array([[1]])}, pools=pools)


def _pools(activation: str) -> dict[str, Sequence[float]]:
    """Z is not made 0 where two pieces of the activation meet: what the slope is there is a convention."""
    return {"Z": (1.0, -1.0)} if 0 in ACTIVATIONS[activation].boundaries else {}


def _shaped(roles: Sequence[str], activations: Sequence[str | None]) -> Iterator[tuple[dict[str, Array], str | None]]:
    """W, b, A_prev of a layer and dA, and its activation."""
    for number, (n_out, n_in, m) in enumerate(LAYERS):
        for values in (POSITIVE, MIXED) if number < TWICE else (MIXED,):
            for activation in activations if number < SECOND else activations[:1]:
                yield _layer(n_out, n_in, m, values), activation
    for role, far in product([role for role in roles if role not in ("W", "b")], FAR):
        yield {**_layer(1, 1, 1, (1,)), "b": np.zeros((1, 1)), role: np.array([[far]])}, activations[0]


def _layer(n_out: int, n_in: int, m: int, values: Sequence[float]) -> dict[str, Array]:
    return {
        "dA": filled(values, 1, n_out, m),
        "dZ": filled(values, 1, n_out, m),
        "A_prev": filled(values, 0, n_in, m),
        "W": filled(values, 1, n_out, n_in),
        "b": filled(values, 0, n_out, 1),
    }


def _of_layer(*roles: str, activated: bool = True) -> Callable[[Setting], Iterator[Example]]:
    """The examples of a function that takes these; at the end an activation that there is not."""

    def found(setting: Setting) -> Iterator[Example]:
        activations = setting.activations if activated else (None,)
        complete = _with_Z if "dA" in roles else as_they_are
        for layer, activation in _shaped(roles, activations):
            numbers = {role: layer[role] for role in roles}
            fixed = {} if activation is None else {"activation": activation}
            left_out = activated and activation is None
            flags = {"default": "activation"} if left_out else {}
            yield Example(numbers, fixed, flags=flags, complete=complete)
        for unknown in setting.unknown if activated else ():
            layer = _layer(1, 1, 1, (1,))
            numbers, fixed = {role: layer[role] for role in roles}, {"activation": unknown}
            yield Example(numbers, fixed, flags={"raises": True}, complete=complete)

    return found


def _with_Z(given: dict[str, Any], fixed: Mapping[str, Any]) -> dict[str, Any]:
    return {**given, "Z": given["W"] @ given["A_prev"] + given["b"]}


def _cost(setting: Setting) -> Iterator[Example]:
    for loss in setting.losses:
        fixed = {"loss": loss} if loss else {}
        for (outputs, m), start in product(((1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (2, 3)), (0, 1)):
            if takes_classes(loss):
                yield from _of_classes(loss or "", max(outputs, 2), m, start, fixed)
            elif outputs <= setting.outputs:
                yield _of_numbers(loss, outputs, m, start, fixed)
        likely = LOSSES[loss or "bce"].output == "sigmoid"
        for Y_hat, Y in product((0.9, 1e-3, 1e-7, 1e-9, 1 - 1e-9) if likely else FAR, (0.0, 1.0)):
            if not takes_classes(loss):
                yield Example({}, {**fixed, "Y_hat": np.array([[Y_hat]]), "Y": np.array([[Y]])})
    for missing in (np.array([[np.nan]]), np.array([[0.5, np.nan]])):
        yield Example({}, {"Y_hat": missing, "Y": np.ones_like(missing)}, flags={"nan": True})


def _of_numbers(loss: str | None, outputs: int, m: int, start: int, fixed: Mapping[str, Any]) -> Example:
    """Probabilities, or any numbers, and their targets."""
    likely = LOSSES[loss or "bce"].output == "sigmoid"
    numbers = {"Y_hat": filled(LIKELY if likely else MIXED, start, outputs, m), "Y": targets(loss, outputs, m, start)}
    return Example(numbers, fixed, {"Y_hat": LIKELY} if likely else {})


def _of_classes(loss: str, classes: int, m: int, start: int, fixed: Mapping[str, Any]) -> Iterator[Example]:
    """Columns of probabilities or of scores, and the label of each, in columns with a single 1."""
    Y = targets(loss, classes, m, start)
    if LOSSES[loss].output == "softmax":
        share = np.resize([0.25, 0.5], m)
        columns = np.vstack([share, *[(1 - share) / (classes - 1)] * (classes - 1)])
        yield Example({}, {**fixed, "Y_hat": columns, "Y": Y})
    else:
        yield Example({"Y_hat": filled(MIXED, start, classes, m)}, {**fixed, "Y": Y})


def _scores(setting: Setting) -> Iterator[Example]:
    """Scores of classes, and labels that are numbers."""
    for (classes, m), start in product(((2, 1), (3, 1), (2, 2), (3, 2), (3, 3)), (0, 1)):
        labels = (np.arange(m) + start) % classes
        yield Example({"Z": filled(MIXED, start, classes, m)}, {"Y": labels})
    for far in FAR:
        yield Example({"Z": np.array([[far], [0.0]])}, {"Y": np.array([0])})


def _classes(setting: Setting) -> Iterator[Example]:
    above = float(np.nextafter(np.float32(0.5), np.float32(1)))
    for p in (0.5, 0.75, 0.25, 0.0, 1.0):
        yield Example({"probs": np.array([[p]])}, pools={"probs": ()})
    for shape in ((1, 2), (2, 1), (2, 2), (2, 3)):
        yield Example({"probs": filled((0.25, 0.75, 0.5), 0, *shape)}, pools={"probs": LIKELY})
    for p in (0.4, 0.6, 0.45, 0.55, 0.49, 0.51, above):
        yield Example({"probs": np.array([[p]])}, pools={"probs": ()})


def _accuracy(setting: Setting) -> Iterator[Example]:
    for shape in ((1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (2, 3)):
        for start, labels in product((0, 1, 2), (0, 1)):
            numbers = {"Y_hat": filled((0.75, 0.25, 0.5, 0.25), start, *shape), "Y": targets(None, *shape, labels)}
            yield Example(numbers, pools={"Y_hat": (0.75, 0.25)})


_EXAMPLES: dict[str, Callable[[Setting], Iterator[Example]]] = {
    "init_layers": networks.init_layers,
    "linear_forward": _of_layer("A_prev", "W", "b", activated=False),
    "linear_backward": _of_layer("dZ", "A_prev", "W", "b", activated=False),
    "single_layer_forward_propagation": _of_layer("A_prev", "W", "b"),
    "single_layer_backward_propagation": _of_layer("dA", "A_prev", "W", "b"),
    "full_forward_propagation": networks.forward,
    "full_backward_propagation": networks.backward,
    "get_cost_value": _cost,
    "loss_and_gradient": _scores,
    "convert_prob_into_class": _classes,
    "get_accuracy_value": _accuracy,
    "update": networks.update,
    "train": networks.train,
}
