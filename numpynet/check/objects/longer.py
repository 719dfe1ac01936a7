"""What shows of a training in several batches, or in a second epoch alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from numpynet.check.objects.asked import Asked, first_of
from numpynet.check.objects.calls import ROLES, arguments_for, squeezed
from numpynet.check.objects.fits import examples_in, is_sum, times
from numpynet.check.objects.net import near, numbers_for
from numpynet.sandbox import Definition
from numpynet.sandbox.messages import Path
from numpynet.types import Array

USUAL = 0.5  # a rate at which it shows which weights a step is made of
TINY = 1e-9  # a rate at which a training is the sum of its steps from the same weights
BATCH = 2  # examples
EPOCHS = 3  # in which any example has its turn
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
        if not self._has("m") or not self.loss:
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
        used = examples_in(net, Y, every, self.loss)
        if self._has("epochs") and used == [*range(BATCH)]:
            why = f"With batches of {BATCH} and {m} examples only the first {BATCH} are ever used."
            return "every batch is the first one", why
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
        for path, one in first.items():
            second = both[path] - one
            if one.size > 3 and afresh is not None and _is_along(second, one) and not _is_along(afresh[path], one):
                why = (
                    "The second epoch's gradients are made of the first's activations: the forward pass must be done "
                    "again whenever the weights have moved."
                )
                return "it does not do the forward pass again", why
        return None

    def _has(self, role: str) -> bool:
        """Whether it can be told that number."""
        return bool(self._held(role)) or any(re.fullmatch(ROLES[role], squeezed(one)) for one in self.entry.parameters)

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
