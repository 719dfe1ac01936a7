"""Which of a file's functions is which of the contract's: by mapping, by name, as a method, by a near name."""

from __future__ import annotations

import builtins
import difflib
import re
from collections.abc import Mapping
from typing import NamedTuple

from .source import LoadingError

globals()["__builtins__"] = dict(vars(builtins))  # the functions below keep theirs, whatever a file does to its own

CONTRACT = (
    "init_layers",
    "sigmoid",
    "relu",
    "sigmoid_backward",
    "relu_backward",
    "single_layer_forward_propagation",
    "full_forward_propagation",
    "get_cost_value",
    "convert_prob_into_class",
    "get_accuracy_value",
    "single_layer_backward_propagation",
    "full_backward_propagation",
    "update",
    "train",
)
# Other people's names for the same thing, in lower case and without underscores.
USUAL = {
    "init_layers": "initializeparameters initparameters initializeparametersdeep initparams initializeparams "
    "initweights initializeweights initializelayers initlayer initlayers",
    "sigmoid": "sigmoidforward sigmoidactivation sigmoidfunction logistic sigm",
    "relu": "reluforward reluactivation relufunction rectifiedlinear",
    "sigmoid_backward": "sigmoidbackprop sigmoidbackwards sigmoidbackwardpropagation backwardsigmoid",
    "relu_backward": "relubackprop relubackwards relubackwardpropagation backwardrelu",
    "single_layer_forward_propagation": "singlelayerforward linearactivationforward layerforward singleforward "
    "singlelayerforwardprop singleforwardpropagation forwardsinglelayer onelayerforward layerforwardpropagation",
    "full_forward_propagation": "fullyforwardpropagation forwardpropagation forwardprop fullforward fullforwardprop "
    "modelforward lmodelforward forward feedforward forwardpass fullforwardpass networkforward forwardpropagate",
    "get_cost_value": "computecost costfunction getcost calculatecost cost crossentropy computeloss getloss "
    "costvalue crossentropycost binarycrossentropy calculateloss lossfunction calccost crossentropyloss getlossvalue",
    "convert_prob_into_class": "predictclass convertprobtoclass probtoclass probintoclass "
    "convertprobabilitiesintoclass convertprobintoclasses probabilitiestoclasses convertintoclass",
    "get_accuracy_value": "getaccuracy accuracy computeaccuracy calculateaccuracy accuracyvalue calcaccuracy "
    "accuracyscore",
    "single_layer_backward_propagation": "singlelayerbackward linearactivationbackward layerbackward singlebackward "
    "singlelayerbackwardprop singlebackwardpropagation backwardsinglelayer onelayerbackward layerbackwardpropagation "
    "singlelayerbackpropagation",
    "full_backward_propagation": "fullybackwardpropagation backwardpropagation backwardprop fullbackward "
    "fullbackwardprop modelbackward lmodelbackward backward backpropagation backprop backwardpass "
    "fullbackpropagation networkbackward backpropagate fullbackprop",
    "update": "updateparameters updateparams updateweights updatevalues updateparameter gradientdescentstep "
    "applygradients updateparametersvalues",
    "train": "trainmodel trainnetwork fit trainnn trainnetworkmodel training lmodel nnmodel",
}
NEAR = 0.84
DIRECTION = re.compile("forward|backward")


class Definition(NamedTuple):
    """A function of the file: where it is, and how it is called."""

    name: str
    owner: str  # its class, or ""
    kind: str  # "function", "method", "static", "class"
    line: int
    parameters: tuple[str, ...]
    required: int
    unfinished: bool
    compared: tuple[str, ...] = ()  # the texts that its body compares something with

    @property
    def theirs(self) -> str:
        """The name with its class: `relu`, `Network.relu`."""
        return f"{self.owner}.{self.name}" if self.owner else self.name


def find(
    inventory: Mapping[str, Definition],
    classes: list[str],
    mapping: Mapping[str, str],
    class_name: str | None,
    notes: list[str],
) -> dict[str, Definition]:
    """The file's function for each of the contract's names: by `mapping`, the same name, a method, a near name."""
    if class_name is not None and class_name not in classes:
        raise LoadingError(f"there is no class {class_name}; the file has {listed(classes)}")
    found: dict[str, Definition] = {}
    for theirs, ours in mapping.items():
        if ours not in CONTRACT:
            raise LoadingError(f"{ours} is none of the functions that are checked: {', '.join(CONTRACT)}")
        matches = [entry for entry in inventory.values() if theirs in (entry.theirs, entry.name)]
        if not matches:
            raise LoadingError(f"there is no function {theirs}; the file has {listed(list(inventory))}")
        if ours in found:
            raise LoadingError(f"{ours} is mapped to two functions: {found[ours].theirs} and {theirs}")
        found[ours] = min(matches, key=lambda entry: entry.theirs != theirs)
    chosen = [class_name] if class_name else by_use(inventory, classes)
    owners = [*chosen, ""] if class_name else ["", *chosen]
    taken = {entry.theirs for entry in found.values()}
    for owner in owners:
        for entry in inventory.values():
            if entry.owner == owner and entry.name in CONTRACT and entry.theirs not in taken:
                found.setdefault(entry.name, entry)
    taken = {entry.theirs for entry in found.values()}
    names = {entry.name for entry in found.values()}
    candidates = []
    for entry in inventory.values():
        if entry.theirs in taken or entry.name in names or entry.owner not in owners:
            continue
        score, ours = max((likeness(entry.name, ours), ours) for ours in CONTRACT)
        if score >= NEAR and ours not in found:
            candidates.append((-score, owners.index(entry.owner), entry.line, ours, entry))
    for _, _, _, ours, entry in sorted(candidates, key=lambda candidate: candidate[:3]):
        if ours not in found:
            found[ours] = entry
            notes.append(f"{entry.theirs} is taken to be {ours}")
    if not found:
        raise LoadingError(
            f"none of the functions that are checked is in the file; it defines {listed([*inventory, *classes])}"
        )
    for owner in sorted({entry.owner for entry in found.values() if entry.kind == "method"}):
        made = inventory.get(f"{owner}.__init__")
        if made is not None and made.required:
            notes.append(
                f"{owner}.__init__ needs arguments that nobody gave: its methods run without what it keeps in self"
            )
    return {ours: found[ours] for ours in CONTRACT if ours in found}


def by_use(inventory: Mapping[str, Definition], classes: list[str]) -> list[str]:
    """The classes, the one with the most of the contract's functions first."""
    counts = dict.fromkeys(classes, 0)
    for entry in inventory.values():
        if entry.owner in counts and entry.name in CONTRACT:
            counts[entry.owner] += 1
    return sorted(classes, key=lambda name: -counts[name])


def squeezed(name: str) -> str:
    """Lower case, without underscores, the usual misspellings put right."""
    name = name.lower().replace("_", "")
    return name.replace("propogation", "propagation").replace("backword", "backward").replace("foward", "forward")


def likeness(name: str, ours: str) -> float:
    """2 for the same name, 1 for a usual other one, else difflib's ratio, which must reach `NEAR`."""
    short = squeezed(name)
    if short == squeezed(ours):
        return 2.0
    if short in USUAL[ours].split():
        return 1.0
    if set(DIRECTION.findall(short)) != set(DIRECTION.findall(ours)):
        return 0.0
    return difflib.SequenceMatcher(None, short, squeezed(ours)).ratio()


def listed(names: list[str]) -> str:
    """The names in a row, not too many."""
    shown_names = ", ".join(names[:20]) or "no definitions"
    return shown_names + (f" and {len(names) - 20} more" if len(names) > 20 else "")
