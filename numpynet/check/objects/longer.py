"""What shows of a training in several batches, or in a second epoch alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from numpynet.check.objects.asked import Asked, first_of
from numpynet.check.objects.calls import arguments_for
from numpynet.check.objects.fits import examples_in, is_sum, times
from numpynet.check.objects.losses import LOSSES
from numpynet.check.objects.net import near, numbers_for
from numpynet.check.objects.reach import reached
from numpynet.sandbox import Definition
from numpynet.sandbox.messages import Path
from numpynet.types import Array

USUAL = 0.5  # a rate at which it shows which weights a step is made of
TINY = 1e-9  # a rate at which a training is the sum of its steps from the same weights
BATCH = 2  # examples
EPOCHS = 3  # in which any example has its turn
RANDOM = "random|shuffle|permut|choice|rng"
STOPS = "break|tol|patience|converge|early|best"
Moved = dict[Path, Array]


@dataclass
class Longer:
    """A training that is right in one epoch with all examples in one batch, with what it was given by role."""

    asked: Asked
    entry: Definition
    known: Mapping[str, Any]
    loss: str
    penalty: bool

    def fault(self, doubt: str) -> tuple[str, str] | None:
        """What is wrong with it, and why; `doubt` is why a right one may move the weights otherwise."""
        return self._of_batches(doubt) or self._of_the_second_epoch()

    def _of_batches(self, doubt: str) -> tuple[str, str] | None:
        if not (self._has("m") and self._has("rate")):
            return None
        wanted = {"m": BATCH, "epochs": EPOCHS, "rate": TINY}
        m = len(self.asked.Y)
        even = {role: first_of(one, m // BATCH * BATCH, m) for role, one in self.known.items()}
        moved = self._moved(wanted) or self._moved({**even, **wanted})
        if moved is None:
            return None
        net, Y, every = self.asked.net, self.asked.Y, np.concatenate([one.ravel() for one in moved.values()])
        if is_sum(net, Y, every, self.loss, self.penalty) is False and not doubt:
            why = "Right with all examples in one batch: with several, inputs and labels of different ones may meet."
            return f"with batches of {BATCH} the weights do not go along the examples' gradients", why
        losses = [self.loss] if self.loss else [*LOSSES]
        used = next((found for loss in losses if (found := examples_in(net, Y, every, loss))), [])
        if not self._has("epochs"):
            return None
        last = [*range((m - 1) // BATCH * BATCH, m)]
        if used == [*range(BATCH)]:
            why = f"With batches of {BATCH} and {m} examples only the first {BATCH} are ever used."
            return "every batch is the first one", why
        if used in (last, [*range(m - BATCH, m)]) and not self._reads(RANDOM):
            return (
                "the last batch alone moves the weights",
                "The step must be done for every batch, in the loop over them.",
            )
        return None

    def _of_the_second_epoch(self) -> tuple[str, str] | None:
        """Whether it goes on as it began, where from the weights between the two it would go elsewhere."""
        if not self._has("epochs"):
            return None
        net = self.asked.net
        first, both = (self._moved({"epochs": count, "rate": USUAL}) for count in (1, 2))
        if first is None or both is None:
            return None
        between = {path: net.start[path] + one.reshape(net.start[path].shape) for path, one in first.items()}
        afresh = self._moved({"epochs": 1, "rate": USUAL}, between)
        moves = any(one.any() for one in first.values())
        moves = moves and afresh is not None and any(one.any() for one in afresh.values())
        if moves and all(np.array_equal(both[path], one) for path, one in first.items()) and not self._reads(STOPS):
            return (
                "two epochs do what one does",
                "The number of epochs changes nothing: after the first one the weights stay.",
            )
        for path, one in first.items():
            second = both[path] - one
            if one.size > 3 and afresh is not None and _is_along(second, one) and not _is_along(afresh[path], one):
                why = (
                    "The second epoch's gradients are made of the first's activations: the forward pass must be done "
                    "again whenever the weights have moved."
                )
                return "it does not do the forward pass again", why
        return None

    def _reads(self, pattern: str) -> bool:
        """Whether there is such a text in it, or in what it calls."""
        texts = (self.asked.thing.session.source_of(one.theirs) or "" for one in reached(self.asked.thing, self.entry))
        return any(re.search(pattern, text.lower()) for text in texts)

    def _has(self, role: str) -> bool:
        """Whether it is told that number: what stands behind an argument that is not known keeps its default."""
        told = object()
        args = arguments_for(self.entry, {**self.known, role: told, "X2": self.known["X"]}, ("X", "Y"))
        return bool(self._held(role)) or any(one is told for one in args or ())

    def _held(self, role: str) -> list[Path]:
        return numbers_for(self.asked.thing, role)

    def _moved(self, other: Mapping[str, Any], weights: Mapping[Path, Array] | None = None) -> Moved | None:
        """How far it moves the weights with other numbers, from other weights; None where it raises."""
        asked, thing = self.asked, self.asked.thing
        start = {**asked.net.start, **(weights or {})}
        asked.ahead(start)
        held = {path: value for role, value in other.items() for path in self._held(role)}
        inside = thing.session.inside(thing.ref).values
        before = {path: inside[path] for path in held}
        thing.put({**start, **held})
        known = {**self.known, **other}
        args = arguments_for(self.entry, known | {"X2": known["X"]}, ("X", "Y"))
        answer = None if args is None else thing.call(self.entry, args)
        after = thing.arrays()
        asked.moved()
        thing.put(before)
        if answer is None or answer.raised is not None:
            return None
        return {path: np.asarray(after.get(path, start[path]), float) - start[path] for path in asked.net.parameters}


def _is_along(one: Array, other: Array) -> bool:
    """Whether it is some times the other, in the same direction."""
    k = times(one, other)
    return k > 0 and near(one, k * other)
