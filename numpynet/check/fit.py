"""Which network a file computes of those that may be asked of it, and its functions for that."""

from __future__ import annotations

import os
from collections.abc import Set
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from numpynet.check.advice import WRITE
from numpynet.check.implementation import Implementation
from numpynet.check.listen import Heard, StuckError, meant, understand
from numpynet.check.reader import Reader
from numpynet.losses import LOSSES
from numpynet.printable import listed, typed
from numpynet.problem import make_architecture
from numpynet.types import Architecture

NOT_OF_A_STEP = ("init_layers", "convert_prob_into_class", "get_accuracy_value", "train")
SQUASHED = {("cross_entropy", "softmax"): "nll", ("bce_with_logits", "sigmoid"): "bce"}


class LacksError(ValueError):
    """The file has not what was asked for: an activation, a loss, a precision."""


class CannotJudgeError(ValueError):
    """What the file computes depends on something that is not there: neither right nor wrong."""


@dataclass(frozen=True)
class Fit:
    """The file's functions, and the network, the loss and the precision of which they are."""

    implementation: Implementation
    nn_architecture: Architecture
    loss: str
    dtype: np.dtype[Any]

    @property
    def layers(self) -> str:
        """The widths, "2-25-1"."""
        return "-".join(map(str, _widths(self.nn_architecture)))


def fit(
    reader: Reader, nn_architecture: Architecture, loss: str, dtype: np.dtype[Any], free: Set[str] = frozenset()
) -> Fit:
    """The file on this network; what is `free` ("layers", "activation", "loss", "dtype") may be what the file has.

    LacksError where it computes something else that is not free, CannotJudgeError where it needs what is not there.
    """
    name, notes = reader.path.name, []
    if any(layer.get("batch_norm") or layer.get("dropout") for layer in nn_architecture):
        raise LacksError(f"{name} is asked for batch norm or dropout, which a file's functions do not know")
    if reader.spread:
        spread = listed([reader.functions[one].theirs for one in reader.spread])
        raise CannotJudgeError(
            f"{name}: {spread} take or return every matrix by itself, and compare hands them on in dictionaries. "
            f"numpynet check {typed(reader.path)} judges them as they are"
        )
    try:
        heard, layers = understand(reader, nn_architecture, loss, may_choose="layers" in free)
    except StuckError as error:
        raise CannotJudgeError(f"{name}: {error}") from None
    dialect = heard.dialect
    if not heard.right or heard.unread:
        _check_it_can(reader, heard, layers, loss)
    elif not dialect.loss and LOSSES[loss].targets == "binary" and layers[-1]["output_dim"] > 1:
        one = understand(reader, [*layers[:-1], {**layers[-1], "output_dim": 1}], loss, may_choose=False)[0]
        if one.dialect.loss:
            raise LacksError(f"the cost of {name} is that of one output")
    theirs = meant(layers, dialect)
    if theirs[-1]["activation"] == "softmax" and theirs[-1]["output_dim"] == 1:
        raise LacksError(
            f"{name} ends in softmax, which of one output is always 1: give data with classes (--data iris)"
        )
    activations = listed(dict.fromkeys(layer["activation"] for layer in theirs))
    found = Fit(Implementation(reader, dialect, layers), theirs, loss, dtype)
    if theirs != list(nn_architecture):
        if "activation" not in free:
            raise LacksError(f"{name} computes with {activations}")
        notes.append(f"{name} computes {found.layers} with {activations}: it is compared on that")
    theirs_loss = dialect.loss or SQUASHED.get((loss, theirs[-1]["activation"]), loss)
    if theirs_loss != loss:
        if "loss" not in free:
            raise LacksError(f"the cost of {name} is {theirs_loss}")
        notes.append(f"the cost of {name} is {theirs_loss}: it is compared on that")
    if heard.casts and dtype != np.float32:
        if "dtype" not in free:
            raise LacksError(f"{name} computes in float32")
        dtype = np.dtype(np.float32)
        if not dialect.single:
            notes.append(f"{name} casts to float32 on its way: it is compared in float32")
    found = Fit(Implementation(reader, replace(dialect, loss=theirs_loss), layers), theirs, theirs_loss, dtype)
    unjudged = [one for one in NOT_OF_A_STEP if one in reader.functions]
    if unjudged:
        which = f"{listed(unjudged)} {'are' if len(unjudged) > 1 else 'is'}"
        notes.append(f"{which} not judged here: numpynet check {os.path.relpath(reader.path)} does that")
    found.implementation.notes += notes
    return found


def _check_it_can(reader: Reader, heard: Heard, layers: Architecture, loss: str) -> None:
    """Nothing is right: raise, where that is for want of a module, an activation or a loss, not by its own fault."""
    name = reader.path.name
    if reader.stand_ins:
        modules = listed(dict.fromkeys(one.partition(".")[0] for one in reader.stand_ins))
        raise CannotJudgeError(
            f"{name} computes with {modules}, which is not here. Put what it uses of it into the file, or give --trust "
            "to run it with everything that is installed."
        )
    for owner, init in reader.unmade.items():
        if not reader.made_for(layers):
            raise LacksError(f"{owner}.__init__({', '.join(init.parameters)}) wants arguments: give --init 'ARGS'")
    own, its_layers = understand(reader, layers, loss, may_choose=True)
    if own.right:
        raise LacksError(f"{name} computes {'-'.join(map(str, _widths(its_layers)))}")
    plain = make_architecture(_widths(layers), "relu", "sigmoid")
    is_plain = plain == list(layers) and loss == "bce"
    if not is_plain and understand(reader, plain, "bce", may_choose=False)[0].right:
        asked = listed(dict.fromkeys(layer["activation"] for layer in layers))
        raise LacksError(f"{name} works with relu, sigmoid and bce, not with {asked} and {loss}")
    if heard.unread or not heard.is_known:
        forward, backward = (reader.functions[f"full_{way}_propagation"].theirs for way in ("forward", "backward"))
        seen = f"in the tutorial's way, {forward} raises {heard.raised}" if heard.raised else f"{forward} gives another"
        why = f"{backward} returns no gradients by name" if heard.unread else seen
        raise CannotJudgeError(f"{name}: what its functions take and return could not be found out ({why}). {WRITE}")


def _widths(layers: Architecture) -> list[int]:
    return [layers[0]["input_dim"], *(layer["output_dim"] for layer in layers)]
