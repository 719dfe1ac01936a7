"""Somebody's own nn.Module, read from what it computes: its layers, and where their parameters are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from numpynet import names
from numpynet.types import Layer
from torch_reference.operations import CHAIN, ORDER, Operation, operations
from torch_reference.recording import ModuleError, Recording, Watched

DTYPES: dict[torch.dtype, np.dtype[Any]] = {torch.float32: np.dtype(np.float32), torch.float64: np.dtype(np.float64)}
PROBED = 4  # examples


@dataclass(frozen=True)
class Chain:
    """What one run computed: the layers; W1, b1 … by the module's own names of them; Z1, A1 … each with its operation.

    `absent`: b of a layer without bias, gamma and beta of a batch norm without them. With `log_softmax` at its end,
    which torch's NLLLoss takes, the last A is what that is taken of: the loss of both together is cross_entropy.
    """

    nn_architecture: list[Layer]
    tensors: dict[str, str]
    absent: tuple[str, ...]
    made: dict[str, Operation]
    log_softmax: bool

    def same_as(self, other: Chain, dropout: bool = True) -> bool:
        """Whether the other run computed the same, but for dropout where that is not looked at."""
        ours, theirs = (
            [layer if dropout else {**layer, "dropout": 0.0} for layer in one.nn_architecture] for one in (self, other)
        )
        same = self.tensors == other.tensors and self.log_softmax == other.log_softmax
        return same and [{"dropout": 0.0, **one} for one in ours] == [{"dropout": 0.0, **one} for one in theirs]


def read(recording: Recording) -> Chain:
    """The chain of layers that the run computed. ModuleError where it is none, or has what numpynet has not."""
    layers = _layers(operations(recording), recording)
    nn_architecture: list[Layer] = []
    tensors: dict[str, str] = {}
    absent: list[str] = []
    made: dict[str, Operation] = {}
    for i, layer in enumerate(layers, start=1):
        linear, norm, activation = layer["linear"], layer.get("batch_norm"), layer.get("activation")
        n_out, n_in = recording.watched.parameters[linear.tensors["W"]].shape
        name = "linear" if activation is None or activation.name == "log_softmax" else activation.name
        one: Layer = {"input_dim": n_in, "output_dim": n_out, "activation": name}
        made[names.Z(i)] = made[names.A(i)] = linear
        has = {"W", "b"} - set(linear.tensors)
        if norm is not None:
            one["batch_norm"] = True
            made[names.N(i)] = made[names.A(i)] = norm
            has |= {"gamma", "beta"} - set(norm.tensors)
        if name != "linear" and activation is not None:
            made[names.A(i)] = activation
        if "dropout" in layer:
            one["dropout"] = layer["dropout"].p
            made[names.D(i)] = layer["dropout"]
        absent += [names.make(kind, i) for kind in sorted(has)]
        tensors |= {names.make(kind, i): at for each in layer.values() for kind, at in each.tensors.items()}
        nn_architecture.append(one)
    _check_all_used(recording, set(tensors.values()))
    last = layers[-1].get("activation")
    return Chain(nn_architecture, tensors, tuple(absent), made, last is not None and last.name == "log_softmax")


def _layers(operations: Sequence[Operation], recording: Recording) -> list[dict[str, Operation]]:
    """The operations by layer, in their order; the last has no dropout."""
    layers: list[dict[str, Operation]] = []
    for operation in operations:
        what, place = operation.name or operation.kind, operation.made.place
        before = list(layers[-1])[-1] if layers else ""
        if operation.kind == "linear":
            layers.append({})
        elif not layers:
            raise ModuleError(f"{place}: {what} before the first Linear; {CHAIN}")
        elif ORDER.index(operation.kind) <= ORDER.index(before):
            earlier = layers[-1][before]
            after = earlier.name or earlier.kind
            raise ModuleError(f"{place}: {what} after the {after} of {earlier.made.place}, in the same layer; {CHAIN}")
        layers[-1][operation.kind] = operation
    if not layers:
        raise ModuleError(f"{recording.watched.name} applies no Linear to the data; {CHAIN}")
    for layer in layers[:-1]:
        if "activation" in layer and layer["activation"].name in ("softmax", "log_softmax"):
            activation = layer["activation"]
            raise ModuleError(f"{activation.made.place}: {activation.name} may only end a network; {CHAIN}")
    if "dropout" in layers[-1]:
        place = layers[-1]["dropout"].made.place
        raise ModuleError(f"{place}: dropout after the last layer would drop parts of the prediction; take it out")
    return layers


def _check_all_used(recording: Recording, used: set[str]) -> None:
    """ModuleError for a parameter that has no part in the prediction."""
    unused = [name for name in recording.watched.parameters if name not in used]
    if unused:
        place = recording.watched.place(unused[0].rpartition(".")[0])
        name = unused[0].replace("_orig_mod.", "")
        raise ModuleError(f"{place}: {name} has no part in the prediction: use it, or take it out of the module")


def dtype_of(watched: Watched) -> np.dtype[Any]:
    """float32 or float64, that of every parameter."""
    found: dict[torch.dtype, str] = {}
    for name, parameter in watched.parameters.items():
        found.setdefault(parameter.dtype, name)
    if not found:
        raise ModuleError(f"{watched.name} has no parameters; {CHAIN}")
    if len(found) > 1 or not set(found) <= set(DTYPES):
        each = ", ".join(f"{name} is {str(dtype).removeprefix('torch.')}" for dtype, name in found.items())
        raise ModuleError(f"in {watched.name} {each}: expected every parameter in float32, or every one in float64")
    return DTYPES[min(found, key=str)]


def probe(shape: Sequence[int], dtype: np.dtype[Any]) -> torch.Tensor:
    """A few examples of that shape, always the same ones."""
    drawn = np.random.default_rng(0).standard_normal((PROBED, *shape))
    return torch.from_numpy(drawn.astype(dtype))


def width_of(watched: Watched, dtype: np.dtype[Any]) -> tuple[int, ...]:
    """(n_0,), of the widths that its weights take the first one with which the module can be read."""
    matrices = [parameter for parameter in watched.parameters.values() if parameter.dim() == 2]
    widths = dict.fromkeys([matrix.shape[1] for matrix in matrices] + [matrix.shape[0] for matrix in matrices])
    if not widths:
        raise ModuleError(f"{watched.name} has no Linear; {CHAIN}")
    first: ModuleError | None = None
    runs = False
    for width in widths:
        recording = None
        try:
            recording = watched.run(probe((width,), dtype), training=True)
            read(recording)
        except ModuleError as error:
            first = error if first is None or recording is not None else first
            runs = runs or recording is not None
        else:
            return (width,)
    assert first is not None
    _check_kinds(watched)
    raise first if runs else ModuleError(f"{first}, when it is run on examples of {_either(widths)} numbers")


def _check_kinds(watched: Watched) -> None:
    """ModuleError for a layer of torch's own that has parameters and is none that can be read."""
    for dotted, one in watched.module.named_modules():
        is_torchs = type(one).__module__.startswith("torch.nn.") and any(True for _ in one.parameters(recurse=False))
        if is_torchs and not isinstance(one, (torch.nn.Linear, torch.nn.BatchNorm1d)):
            raise ModuleError(f"{watched.place(dotted)} cannot be read: it is no Linear and no BatchNorm1d; {CHAIN}")


def _either(widths: Iterable[int]) -> str:
    return " or ".join(map(str, widths))
