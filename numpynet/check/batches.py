"""A training in batches, followed call by call: whose columns, labels and gradients, and from which weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from numpynet import names
from numpynet.check.handed import nearly
from numpynet.check.result import Called, Cause, Observation
from numpynet.types import Array

IN_BATCHES = "it trains in batches, each with its own labels"
FORWARD, BACKWARD = "full_forward_propagation", "full_backward_propagation"


class Batches(NamedTuple):
    """What is said of it: wrong where there is a `cause`, unknown where it only `says` something, else right."""

    says: str = ""
    cause: Cause | None = None


def columns_of(part: Any, whole: Array) -> Array | None:
    """Which columns of an array these are; None where they are not its columns."""
    if not isinstance(part, np.ndarray) or part.ndim != 2 or len(part) != len(whole) or not part.size:
        return None
    found: Array = np.abs(part[:, :, None] - whole[:, None, :]).max(axis=0).argmin(axis=1)
    return found if nearly(part, whole[:, found]) else None


def labels_at(Y: Array, columns: Array) -> Array:
    """The labels of these examples."""
    labels: Array = Y[..., columns]
    return labels


def labels_due(log: Sequence[Called], X: Array, Y: Array) -> list[tuple[Called, Array | None]]:
    """Every call that gets a prediction, and the labels of its examples; None where it is not known whose it is."""
    found, passes = list[tuple[Called, Array | None]](), list[tuple[Array, Array]]()
    for call in log:
        if call.function == FORWARD and (columns := columns_of(call.arguments.get("X"), X)) is not None:
            passes = [*passes[-1:], (np.asarray(call.result[0]) if call.result else np.empty(0), columns)]
        elif isinstance(got := call.arguments.get("Y_hat"), np.ndarray):
            own = (labels_at(Y, columns) for Y_hat, columns in reversed(passes) if nearly(got, Y_hat))
            found.append((call, next(own, None)))
    return found


def passes_of(one: Observation) -> list[Array | None]:
    """Of every forward pass the examples that it gets; None where they are not those of X."""
    X = one.case.arguments["X"]
    return [columns_of(call.arguments.get("X"), X) for call in one.called if call.function == FORWARD]


def sees_all(one: Observation) -> bool:
    """Whether every forward pass gets all examples in their order, if there is one that can be seen."""
    passes, m = passes_of(one), one.case.arguments["X"].shape[1]
    return bool(passes) and all(columns is not None and np.array_equal(columns, np.arange(m)) for columns in passes)


def in_batches(one: Observation) -> Batches | None:
    """What is to be said of it; None where every forward pass gets the same examples, or something else."""
    passes = passes_of(one)
    parts = [columns for columns in passes if columns is not None]
    if not parts or len(parts) < len(passes):
        return None
    reordered = len(parts[0]) == one.case.arguments["X"].shape[1] and np.diff(parts[0]).min(initial=1) < 0
    if not reordered and all(np.array_equal(columns, parts[0]) for columns in parts):
        return None
    return _Walk(one).followed()


@dataclass
class _Walk:
    """The calls of one training, in their order; `weights` are those that the last step left."""

    one: Observation
    weights: Mapping[str, Any] = field(default_factory=dict)
    passes: list[tuple[Array, Array]] = field(default_factory=list)  # since the last step: Ŷ, and its columns
    columns: Array | None = None  # of the gradients that no step has taken yet
    gradients: Mapping[str, Any] = field(default_factory=dict)
    used: Array = field(init=False)  # how often each example was part of a step

    def __post_init__(self) -> None:
        self.used = np.zeros(self.one.case.arguments["X"].shape[1], int)

    def followed(self) -> Batches | None:
        for call in self.one.called:
            if (said := self._of(call)) is not None:
                return said
        if self.one.raised or self.one.problem or self.one.changed:
            return None
        if not self._arrived(self.one.values):
            return Batches("it trains in batches, and what it returns is not what its last step was seen to leave")
        return self._covered(self.one.case.arguments["epochs"])

    def _of(self, call: Called) -> Batches | None:
        given = self.one.case.arguments
        if call.result is None:  # it raised
            return None
        if call.function == "init_layers":
            if self.used.any():
                return _wrong("starts-again", "init_layers runs after a step: what was trained is thrown away.")
            self.weights = call.result
        elif call.function == FORWARD:
            columns = columns_of(call.arguments.get("X"), given["X"])
            if columns is None or not self._arrived(call.arguments.get("params_values", {})):
                return Batches("it trains in batches, and its steps could not be followed from one to the next")
            self.passes = [*self.passes[-3:], (call.result[0], columns)]
        elif call.function == BACKWARD:
            return self._labels(call, given["Y"])
        elif call.function == "update":
            return self._step(call, given["learning_rate"])
        return None

    def _arrived(self, weights: Mapping[str, Any]) -> bool:
        """Whether these are the current weights, or what a step written into train makes of them."""
        if not self.weights or _are(weights, self.weights):
            self.weights = weights
            return True
        rate = self.one.case.arguments["learning_rate"]
        if self.columns is None or not all(names.d(name) in self.gradients for name in self.weights):
            return False
        stepped = {name: value - rate * self.gradients[names.d(name)] for name, value in self.weights.items()}
        return _are(weights, stepped) and self._stepped(weights)

    def _stepped(self, weights: Mapping[str, Any]) -> bool:
        assert self.columns is not None
        np.add.at(self.used, self.columns, 1)
        self.weights, self.columns, self.passes = weights, None, []
        return True

    def _labels(self, call: Called, Y: Array) -> Batches | None:
        Y_hat, got = call.arguments.get("Y_hat"), call.arguments.get("Y")
        columns = next((columns for one, columns in reversed(self.passes) if nearly(Y_hat, one)), None)
        if columns is None or not isinstance(got, np.ndarray):
            return Batches("it trains in batches, and whose predictions it goes back with could not be seen")
        if not nearly(got, labels_at(Y, columns)):
            if not np.isin(got, Y).all():
                return Batches("it trains in batches, and what it makes of the labels is not known")
            if len(columns) == Y.shape[-1]:
                return _wrong("reordered", "Forward propagation gets the examples in another order, the labels do not.")
            return _wrong("batch-labels", "Backward propagation gets other labels than those of the batch.")
        self.columns, self.gradients = columns, call.result
        return None

    def _step(self, call: Called, rate: float) -> Batches | None:
        weights, gradients = call.arguments.get("params_values", {}), call.arguments.get("grads_values", {})
        if self.columns is None or not _are(gradients, self.gradients):
            return Batches("it trains in batches, and whose gradients it takes a step with could not be seen")
        if not _are(weights, self.weights):
            return Batches("it trains in batches, and its steps could not be followed from one to the next")
        if call.arguments.get("learning_rate", rate) != rate:
            return Batches(f"it trains in batches, and not at the learning rate {rate:g} that it was given")
        self._stepped(call.result)
        return None

    def _covered(self, epochs: int) -> Batches:
        """Every epoch must go through all examples."""
        times, m = int(self.used[0]), len(self.used)
        if (self.used == epochs).all():
            return Batches()
        if (self.used == times).all():
            return _wrong("step-count", f"It goes through the examples {times} times in {epochs} epochs.")
        left = int((self.used == 0).sum())
        if left:
            return Batches(f"it trains in batches, and {left} of {m} examples are in none: that may be meant")
        return Batches("it trains in batches, and not every epoch goes through each example once: that may be meant")


def _wrong(id: str, says: str) -> Batches:
    return Batches(f"{says[0].lower()}{says[1:]}".rstrip("."), Cause(id, says))


def _are(found: Mapping[str, Any], due: Mapping[str, Any]) -> bool:
    """Whether all these arrays are there."""
    return bool(due) and nearly(found, due)
