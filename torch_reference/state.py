"""A state_dict: read from a file without running anything in it, put into its module, or read alone."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import BinaryIO

import torch
from torch import nn

from numpynet.parity.trace import said
from torch_reference.model import ACTIVATIONS
from torch_reference.recording import ModuleError

State = Mapping[str, torch.Tensor]
COUNTED = "num_batches_tracked"
NORMALIZED = ("weight", "bias", "running_mean", "running_var", COUNTED)


def load_state(file: BinaryIO, name: str) -> State:
    """The state_dict in a file that torch.save wrote. ModuleError where it holds anything but tensors by name."""
    try:
        found = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:
        why = said(error).partition(". ")[0]
        raise ModuleError(
            f"{name} is no state_dict of plain tensors ({why}): save model.state_dict(), not the model"
        ) from error
    others = [key for key, value in found.items() if not isinstance(value, torch.Tensor)] if _is_dict(found) else []
    if others or not _is_dict(found):
        what = f"{others[0]!r}, a {type(found[others[0]]).__name__}" if others else f"a {type(found).__name__}"
        raise ModuleError(f"{name} holds {what}: expected a state_dict, tensors by name, and nothing else")
    return dict(found)


def _is_dict(found: object) -> bool:
    return isinstance(found, Mapping) and bool(found)


def with_state(model: nn.Module, state: State, name: str) -> None:
    """Put it into the module. ModuleError where a name or a shape is another one."""
    given, wanted = bare(state), bare(model.state_dict(keep_vars=True))
    here = [key for key in wanted if not key.endswith(COUNTED)]
    missing = [key for key in here if key not in given]
    unknown = [key for key in given if key not in wanted]
    if missing or unknown:
        what = f"has no {missing[0]}" if missing else f"has {unknown[0]}"
        raise ModuleError(f"{name} {what}: {type(model).__name__} has {', '.join(here[:8])}{' …' * (len(here) > 8)}")
    for key in here:
        if given[key].shape != wanted[key].shape:
            shapes = f"{tuple(given[key].shape)}: {type(model).__name__} has {tuple(wanted[key].shape)} there"
            raise ModuleError(f"{name}: {key} has shape {shapes}")
    with torch.no_grad():
        for key in here:
            wanted[key].copy_(given[key])


def bare(state: State) -> dict[str, torch.Tensor]:
    """Without the prefixes that nn.DataParallel and torch.compile put before the names."""
    found = {key.replace("_orig_mod.", ""): tensor for key, tensor in state.items()}
    while found and all(key.startswith("module.") for key in found):
        found = {key.removeprefix("module."): tensor for key, tensor in found.items()}
    return found


def chain_of(state: State, name: str, activation: str, output: str) -> nn.Module:
    """The network of a state_dict alone: its Linear and BatchNorm1d in the order of their names in the file.

    `activation` follows every layer but the last, `output` that. ModuleError where it holds something else.
    """
    modules: list[nn.Module] = []
    for prefix, tensors in _by_module(bare(state)).items():
        made = _module(tensors)
        if made is None or (isinstance(made, nn.BatchNorm1d) and not modules):
            each = ", ".join(f"{key} {tuple(tensor.shape)}" for key, tensor in tensors.items())
            raise ModuleError(
                f"{name}: {prefix or 'the file'} has {each}: alone, a state_dict can be read where it holds Linear and "
                "BatchNorm1d after them; else give --torch, the module's file, too"
            )
        if isinstance(made, nn.Linear) and modules:
            modules.append(ACTIVATIONS[activation].module())
        modules.append(made)
    modules.append(ACTIVATIONS[output].module())
    return nn.Sequential(*modules)


def _by_module(state: State) -> dict[str, dict[str, torch.Tensor]]:
    """ "net.0.weight" as "net.0" and "weight"."""
    found: dict[str, dict[str, torch.Tensor]] = OrderedDict()
    for key, tensor in state.items():
        prefix, _, last = key.rpartition(".")
        found.setdefault(prefix, {})[last] = tensor
    return found


def _module(tensors: Mapping[str, torch.Tensor]) -> nn.Module | None:
    """A Linear or a BatchNorm1d with these tensors, or None."""
    shapes = {key: tensor.dim() for key, tensor in tensors.items() if key != COUNTED}
    first = next(iter(tensors.values()))
    if not first.is_floating_point():
        return None
    if shapes in ({"weight": 2}, {"weight": 2, "bias": 1}):
        n_out, n_in = tensors["weight"].shape
        made: nn.Module = nn.Linear(n_in, n_out, bias="bias" in shapes, dtype=first.dtype)
    elif {"running_mean", "running_var"} <= set(shapes) <= set(NORMALIZED) and set(shapes.values()) == {1}:
        made = nn.BatchNorm1d(len(first), affine="weight" in shapes, dtype=first.dtype)
    else:
        return None
    every = made.state_dict(keep_vars=True)
    if any(key not in tensors or tensors[key].shape != every[key].shape for key in shapes):
        return None
    with torch.no_grad():
        for key in shapes:
            every[key].copy_(tensors[key])
    return made
