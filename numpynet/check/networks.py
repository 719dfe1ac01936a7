"""Small networks as examples: for what goes through several layers, or changes their weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, product
from typing import Any

import numpy as np

import numpynet
from numpynet import names
from numpynet.check.example import MIXED, POSITIVE, Example, Setting, filled, takes_classes, targets
from numpynet.types import Architecture, Array, Layer

RATE = 0.5
NETWORKS = [((1, 1), 1), ((1, 1), 2), ((2, 1), 1), ((1, 1, 1), 1), ((2, 1), 2), ((1, 2), 1), ((1, 1, 1), 2),
            ((2, 1, 1), 1), ((1, 2, 1), 1), ((2, 1, 1), 2), ((2, 2, 1), 2), ((1, 1, 1, 1), 1)]  # widths, m  # fmt: skip
LARGER = [((2, 2, 2), 2), ((2, 3, 2, 1), 3)]
_WIDTHS = list(dict.fromkeys(widths for widths, _ in (*NETWORKS, *LARGER)))
OTHER_HIDDEN = [((1, 1, 1), 1), ((2, 1, 1), 2), ((2, 2, 1), 2)]  # tried with another hidden activation, too
TWICE = 6  # so many of them with other numbers, too
TRAINED = [((1, 1), 1, 1), ((1, 1), 2, 1), ((1, 1), 1, 2), ((2, 1), 2, 1), ((2, 1), 1, 2), ((1, 1, 1), 1, 1),
           ((1, 1), 2, 3), ((2, 1), 2, 4), ((2, 2, 1), 3, 5), ((2, 3, 1), 5, 6)]  # widths, m, epochs  # fmt: skip


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
        P[names.W(layer_idx)] = filled(values, layer_idx - 1, layer["output_dim"], layer["input_dim"])
        P[names.b(layer_idx)] = filled((2, 0, -1), layer_idx - 1, layer["output_dim"], 1)
    return P


def _networks(setting: Setting) -> Iterator[tuple[Architecture, dict[str, Array]]]:
    """The layers, X and the weights."""
    for number, (hidden, last) in enumerate(setting.networks):
        for widths, m in OTHER_HIDDEN if number else NETWORKS:
            layers, first = _ending(widths, hidden, last, setting), (widths, m) in NETWORKS[:TWICE]
            for values in ((2, 1, -1), MIXED) if first else (MIXED,):
                yield layers, {"X": filled((1, 2), 0, widths[0], m), **weights(layers, values)}
    for far, widths in product((10.0, setting.far, 1e-7), ((1, 1), (1, 1, 1))):
        layers = _ending(widths, *setting.networks[0], setting)
        yield layers, {"X": np.array([[far]]), **weights(layers, (1,))}
    for widths, m in LARGER:
        layers = _ending(widths, *setting.networks[0], setting)
        yield layers, {"X": filled((1, 2), 0, widths[0], m), **weights(layers, MIXED)}


def _ending(widths: Sequence[int], hidden: str, last: str, setting: Setting) -> Architecture:
    """Two units at the end where they are classes: one alone is always right."""
    *before, outputs = widths
    classes = last == "softmax" or any(map(takes_classes, setting.losses))
    return architecture((*before, max(outputs, 2) if classes else outputs), hidden, last)


def forward(setting: Setting) -> Iterator[Example]:
    """X and weights."""
    for layers, numbers in _networks(setting):
        yield Example(numbers, {"nn_architecture": layers}, complete=_grouped)


def backward(setting: Setting) -> Iterator[Example]:
    """The same with labels; memory and Ŷ follow from them."""
    for loss, (number, (layers, numbers)) in product(setting.losses, enumerate(list(_networks(setting)))):
        outputs, m = layers[-1]["output_dim"], numbers["X"].shape[1]
        both = number < 2 or number >= len(NETWORKS) + TWICE  # the one label, and then the other
        for start in (0, 1) if both else (number // 4 % 2,):
            fixed = {"nn_architecture": layers, "Y": targets(loss, outputs, m, start)}
            yield Example(numbers, fixed | ({"loss": loss} if loss else {}), complete=_remembered)


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
    return {"Y_hat": Y_hat, "Y": fixed["Y"], "memory": memory, **found}


def update(setting: Setting) -> Iterator[Example]:
    """Weights and gradients."""
    for widths in [*_WIDTHS, (1,) * 11]:
        layers = architecture(widths, *setting.networks[0])
        yield Example(_moved(layers), {"nn_architecture": layers, "learning_rate": RATE}, complete=_grouped)
    for rate, scale in product((1.0, 2.0, 0.1, 0.001), (1, 0.1, 5)):
        layers = architecture((1, 1), *setting.networks[0])
        numbers = {name: value * scale for name, value in _moved(layers).items()}
        yield Example(numbers, {"nn_architecture": layers, "learning_rate": rate}, complete=_grouped)


def _moved(layers: Architecture) -> dict[str, Array]:
    P = weights(layers, POSITIVE)
    return P | {names.d(name): value + 2 for name, value in P.items()}


def init_layers(setting: Setting) -> Iterator[Example]:
    """Architectures, with a seed and without."""
    for widths, given in product([*_WIDTHS, (2, 2)], ({"seed": 1}, {})):
        yield Example({}, {"nn_architecture": architecture(widths, *setting.networks[0]), **given})


def train(setting: Setting) -> Iterator[Example]:
    """Few examples, few epochs."""
    for widths, m, epochs in TRAINED:
        fixed = {
            "nn_architecture": architecture(widths, *setting.networks[0]),
            "Y": targets(None, widths[-1], m),
            "epochs": epochs,
            "learning_rate": RATE,
            "verbose": False,
        }
        yield Example({"X": filled((1, 2, -1), 0, widths[0], m)}, fixed)
        if epochs > m:  # nothing to be learned but b
            yield Example({"X": np.zeros((widths[0], m))}, fixed)
