"""From names, widths and files to a network on data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from numpynet.datasets import DATASETS, TEST_SHARE, Dataset, from_file, random
from numpynet.files import Scaler, Weights
from numpynet.losses import LOSSES
from numpynet.memory import Need, check_memory
from numpynet.network import init_layers
from numpynet.printable import counted
from numpynet.types import Architecture, Layer, Parameters
from numpynet.validation import check_architecture, check_finite, check_pairing

HIDDEN = "25-50-50-25"
RANDOM_EXAMPLES = 900
WITH_OPTIONS = 9  # arrays of a layer's size in a step, where there are four without: N, dN, mask, D and dD, too
OUTPUTS = ("sigmoid", "softmax")  # that a loss of logits does without


DEFAULT_LOSS = {"binary": "bce", "classes": "cross_entropy", "real": "mse"}


@dataclass(frozen=True)
class Problem:
    """Data, a network that fits them, its weights, all in one dtype, and the loss."""

    data: Dataset
    nn_architecture: Architecture
    params_values: Parameters
    loss: str = "bce"

    @property
    def layers(self) -> str:
        """The widths, "2-25-50-50-25-1"."""
        widths = [self.nn_architecture[0]["input_dim"], *(layer["output_dim"] for layer in self.nn_architecture)]
        return "-".join(map(str, widths))


def load_problem(
    data: str,
    standardize: bool = False,
    layers: str | None = None,
    activation: str = "relu",
    output: str | None = None,
    dtype: str | None = None,
    seed: int = 2,
    examples: int | None = None,
    weights: Weights | None = None,
    loss: str | None = None,
    hidden: str = HIDDEN,
    need: Need | None = None,
    test: float = TEST_SHARE,
    target: str | None = None,
    batch_norm: bool = False,
    dropout: float = 0.0,
    initializer: str = "tutorial",
) -> Problem:
    """A data set by name or file, first `examples` of them; the network of `weights`, or a fresh one from `seed`.

    The loss is the one for such targets, or the one named; one of logits takes the place of what ends the network.
    Without `layers` the widths are those that the data need, with `hidden` between. `need` says how much memory is
    wanted for what is to be done with it. Batch norm and dropout are those of every hidden layer. A `target` of
    "regression" takes a file's last column as numbers.

    ValueError where they do not fit together; OSError where a file cannot be read.
    """
    need = need or Need()
    if batch_norm or dropout:
        need = need._replace(copies=-(-need.copies * WITH_OPTIONS // 4))
    kind = np.dtype(dtype or (weights.dtype if weights else np.float64))
    if weights is not None:
        widths = [weights.nn_architecture[0]["input_dim"], weights.nn_architecture[-1]["output_dim"]]
        loss = loss or weights.loss
    elif layers is not None:
        widths = parse_widths(layers)
    else:
        widths = [2, 2 if loss and LOSSES[loss].targets == "classes" else 1]
    if data == "random":
        m, targets = examples or RANDOM_EXAMPLES, LOSSES[loss].targets if loss else "binary"
        check_memory([widths[0], widths[-1]], m, np.dtype(float), Need(2))  # the data themselves
        dataset = random(widths[0], widths[-1], m, seed, targets)
    else:
        if data in DATASETS:
            dataset = DATASETS[data](test)
        else:
            dataset = from_file(Path(data), test, "real" if target == "regression" else None)
        dataset = dataset.first(examples) if examples is not None else dataset
    if dataset.scaler is None and weights is not None and weights.scaler is not None:
        dataset = dataset.scaled(weights.scaler)
    elif dataset.scaler is None and standardize:
        dataset = dataset.scaled(Scaler.fit(dataset.X_train))

    loss = loss or DEFAULT_LOSS[dataset.targets]
    try:
        dataset = dataset.for_targets(LOSSES[loss].targets)
    except ValueError as error:
        raise ValueError(f"loss {loss} on {data}: {error}") from None
    features, outputs = len(dataset.X_train), len(dataset.Y_train)
    if weights is None:
        widths = parse_widths(layers or f"{features}-{hidden}-{outputs}")
        if len(widths) == 2 and (batch_norm or dropout):
            raise ValueError(f"layers {layers}: batch norm and dropout are those of hidden layers, and it has none")
        check_memory(widths, dataset.X_train.shape[1], kind, need)
        nn_architecture: Architecture = make_architecture(
            widths, activation, output or LOSSES[loss].output, batch_norm, dropout
        )
        check_architecture(nn_architecture)
        params_values = init_layers(nn_architecture, seed, initializer=initializer)
    else:
        nn_architecture, params_values = weights.nn_architecture, weights.params_values
        every = [widths[0], *(layer["output_dim"] for layer in nn_architecture)]
        check_memory(every, dataset.X_train.shape[1], kind, need)
        if nn_architecture[-1]["activation"] in OUTPUTS:
            nn_architecture = [*nn_architecture[:-1], {**nn_architecture[-1], "activation": LOSSES[loss].output}]
    check_pairing(nn_architecture, loss)
    if (widths[0], widths[-1]) != (features, outputs):
        raise ValueError(
            f"the network has {counted(widths[0], 'input')} and {counted(widths[-1], 'output')}: "
            f"{data} needs {counted(features, 'input')} (features) and {counted(outputs, 'output')} (labels)"
        )
    params_values = {name: value.astype(kind) for name, value in params_values.items()}
    with np.errstate(over="ignore"):
        dataset = dataset.astype(kind)
    check_finite(f"in {kind}, {data}: X", dataset.X_train)
    return Problem(dataset, nn_architecture, params_values, loss)


def parse_widths(layers: str) -> list[int]:
    """[2, 25, 1] from "2-25-1"."""
    widths = [int(width) if width.isdecimal() else 0 for width in layers.split("-")]
    if len(widths) < 2 or min(widths) < 1:
        raise ValueError(f"layers {layers!r}: expected two or more widths, each at least 1, such as 2-{HIDDEN}-1")
    return widths


def make_architecture(
    widths: list[int], activation: str, output: str, batch_norm: bool = False, dropout: float = 0.0
) -> list[Layer]:
    """`nn_architecture` of the widths: one activation, and the options, in the hidden layers, another in the last."""
    options: dict[str, Any] = ({"batch_norm": True} if batch_norm else {}) | ({"dropout": dropout} if dropout else {})
    hidden = len(widths) - 2
    each = [(activation, options)] * hidden + [(output, {})]
    return [
        {"input_dim": n_in, "output_dim": n_out, "activation": name, **optional}  # type: ignore[typeddict-item]
        for n_in, n_out, (name, optional) in zip(widths[:-1], widths[1:], each, strict=True)
    ]
