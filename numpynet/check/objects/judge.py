"""Which of a file's classes are networks, which layers, activations, losses, optimizers; a verdict on each method."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from numpynet.check.objects.calls import ROLES, kinds_of, squeezed
from numpynet.check.objects.containers import assembled
from numpynet.check.objects.example import INPUTS
from numpynet.check.objects.example import SIZES as SMALL
from numpynet.check.objects.fits import GIVEN, Fit
from numpynet.check.objects.gradients import NetJudge
from numpynet.check.objects.leaves import Leaf, pairs_of, parts_of
from numpynet.check.objects.net import M, Net
from numpynet.check.objects.steppers import judge_stepper
from numpynet.check.objects.thing import Thing, make
from numpynet.check.place import only_place
from numpynet.check.result import FAILED, GOOD, Cause, FunctionGrade, Outcome, Witness
from numpynet.sandbox import Session

SIZES = [3, 5, 2]
MOST_INPUTS = 8
# What the checker's own code may fail with where a file returns what nobody thought of.
UNFORESEEN = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
SINGLY = ("it raises", "where it leaves")  # what may be said of what takes one example at a time
RANK = (Outcome.PASS, Outcome.CONVENTION, Outcome.FAIL, Outcome.ERROR, Outcome.CANNOT_JUDGE)
Rows = list[FunctionGrade]


class Classes:
    """Judges the classes of one file: first each by itself, then those that are made of others."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.found: dict[str, Rows] = {}
        self.judges: list[NetJudge] = []

    def judge(self) -> Rows:
        """One row a method. What several classes inherit is right where it is right for one of them."""
        for owner in self.session.loaded.classes:
            self._note(self._network(owner) or self._leaf(owner))
        layers = [one for one in self.judges if one.fit is not None and one.fit.loss == GIVEN]
        for layer in layers[:1]:
            for owner in self._unknown():
                self._note(judge_stepper(self.session, owner, layer))
            for owner in self._unknown():
                self._note(self._made_of_layers(owner, layer.thing.owner))
        for pair in pairs_of(self.session):
            self._note(Leaf(pair[0].entry.name, pair).judge())
        return [self._placed(min(rows, key=lambda one: RANK.index(one.outcome))) for rows in self.found.values()]

    def _placed(self, one: FunctionGrade) -> FunctionGrade:
        """With the place of the fault; of a step it may be what is missing."""
        if one.outcome not in FAILED or (one.cause is not None and one.cause.id == "step"):
            return one
        return replace(one, place=only_place(self.session, self.session.loaded.functions[one.function]))

    def _note(self, rows: Rows) -> None:
        for one in rows:
            self.found.setdefault(one.function, []).append(one)

    def _unknown(self) -> list[str]:
        """The classes on which nothing is said so far."""
        said = {name.rpartition(".")[0] for name in self.found}
        return [owner for owner in self.session.loaded.classes if owner not in said]

    def _leaf(self, owner: str) -> Rows:
        """Of an activation or a loss; what hands its input on may be a network that has no layers yet."""
        thing = make(self.session, owner, {"rate": 0.1, "numbers": []})
        try:
            leaf = Leaf(owner, parts_of(thing) if thing is not None else [])
            rows = leaf.judge()
        except UNFORESEEN:
            return []
        return rows if leaf.read != "linear" or re.search("linear|identity", owner.lower()) else []

    def _network(self, owner: str) -> Rows:
        """On several examples, from two starts, as units of relu may all be at work in one; else on one example."""
        rows = _worst(self._from_a_start(owner, M, 1.0), self._from_a_start(owner, M, -1.0))
        failed = [one.function for one in rows if one.outcome in FAILED and not _is_of_training(one)]
        if not failed and any(one.outcome == Outcome.CANNOT_JUDGE for one in rows):
            single = {one.function: one for one in self._from_a_start(owner, 1, 1.0)}
            rows = [single.get(one.function, one) if one.says.startswith(SINGLY) else one for one in rows]
            failed = [one.function for one in rows if one.outcome in FAILED and not _is_of_training(one)]
        rows = [_excused(one, failed[0]) if failed and _is_of_training(one) else one for one in rows]
        missed = {name: fit for one in self.judges if one.thing.owner == owner for name, fit in one.missed.items()}
        examples = self._examples(owner, missed)
        return [replace(one, witness=examples.get(one.function)) for one in rows]

    def _examples(self, owner: str, missed: Mapping[str, Fit]) -> dict[str, Witness]:
        """Of methods whose gradients are wrong a small network on which the same are."""
        found: dict[str, Witness] = {}
        for inputs in INPUTS if missed else ():
            thing = make(self.session, owner, known_sizes(SMALL))
            with contextlib.suppress(*UNFORESEEN):
                net = None if thing is None else Net(thing, np.array(inputs, dtype=float), whole=True)
                if net is not None and net.find(False) and net.differentiate():
                    for name in set(missed) - set(found):
                        shown = NetJudge(net).example(self.session.loaded.functions[name], missed[name])
                        found |= {name: shown} if shown is not None else {}
        return found

    def _from_a_start(self, owner: str, examples: int, sign: float) -> Rows:
        X = sign * np.random.default_rng(5).uniform(-1, 1, (examples, MOST_INPUTS))
        Y = (np.arange(examples) % 2)[:, None].astype(float)
        for extra in ({}, {"X": X[:, : SIZES[0]], "Y": Y, "numbers": [X[:, : SIZES[0]], Y]}):
            thing = make(self.session, owner, known_sizes(SIZES) | extra)
            if thing is None:
                continue
            if not extra and (lacking := _lacks_a_layer(thing)) is not None:
                return [lacking]
            for width in _widths(thing):
                try:
                    net = Net(thing, X[:, :width])
                    if net.find(bool(extra)) and net.differentiate():
                        self.judges.append(NetJudge(net))
                        return self.judges[-1].judge()
                except UNFORESEEN:
                    return []
        return []

    def _made_of_layers(self, owner: str, layer: str) -> Rows:
        """A network that is given layer objects; where one of these is wrong, it may be right."""
        two = [one for one in self.session.loaded.classes if self._takes_labels(one)]
        said = {name.rpartition(".")[0] for name in self.found} - {layer}
        activations = [one for one in self.session.loaded.classes if one in said and one not in two]
        failed = [one.function for rows in self.found.values() for one in rows if one.outcome in FAILED]
        X = np.random.default_rng(5).uniform(-1, 1, (M, SIZES[0]))
        for thing in assembled(self.session, owner, layer, activations, two, SIZES):
            try:
                net = Net(thing, X)
                if net.find(False) and net.differentiate():
                    rows = NetJudge(net).judge()
                    return [_excused(one, failed[0]) if failed and one.outcome in FAILED else one for one in rows]
            except UNFORESEEN:
                continue
        return []

    def _takes_labels(self, owner: str) -> bool:
        """Whether the class is a loss: what it computes, it computes of predictions and labels."""
        entries = [one for one in self.session.loaded.functions.values() if one.owner == owner]
        return any(one.required == 2 and kinds_of(one.name) & {"cost", "forward"} for one in entries)


def _worst(rows: Rows, again: Rows) -> Rows:
    """Of two runs: wrong where one of them is."""
    other = {one.function: one for one in again}
    return [
        other[one.function] if one.outcome in GOOD and one.function in other and other[one.function].outcome in FAILED
        else one for one in rows
    ]  # fmt: skip


def _is_of_training(one: FunctionGrade) -> bool:
    return one.cause is not None and one.cause.id == "training"


def _excused(one: FunctionGrade, wrong: str) -> FunctionGrade:
    says = f"it may be right: {wrong} is wrong"
    return replace(one, outcome=Outcome.CANNOT_JUDGE, says=says, cause=None, cells=())


def known_sizes(sizes: list[int]) -> dict[str, Any]:
    """What a constructor may want."""
    n_in, n_hidden, n_out = sizes
    return {"n_in": n_in, "n_hidden": n_hidden, "n_out": n_out, "sizes": sizes, "numbers": sizes, "rate": 0.1,
            "activation": "sigmoid", "small": 0.1, "seed": 1}  # fmt: skip


def _widths(thing: Thing) -> Iterator[int]:
    """How many inputs the network may have. A penalty that it has is made one that shows."""
    values = thing.session.inside(thing.ref).values
    thing.put({path: 0.1 for path, value in values.items()
               if type(value) is float and re.fullmatch(ROLES["reg"], squeezed(str(path[-1][1])))})  # fmt: skip
    sides = [side for value in thing.arrays().values() for side in value.shape if side <= MOST_INPUTS]
    yield from dict.fromkeys((SIZES[0], *sides))


def _lacks_a_layer(thing: Thing) -> FunctionGrade | None:
    """Made of sizes, it has weights for the first of the two layers alone."""
    entry = thing.session.loaded.functions.get(f"{thing.owner}.__init__")
    shapes: Sequence[set[int]] = [set(value.shape) for value in thing.arrays().values() if value.ndim == 2]
    first, second = set(SIZES[:2]), set(SIZES[1:])
    of_sizes = isinstance(thing.made, list) and SIZES in thing.made
    if entry is None or not of_sizes or first not in shapes or second in shapes:
        return None
    text = "ade of the sizes [3, 5, 2] it has weights for the layer from 3 to 5, and none for that from 5 to 2"
    return FunctionGrade(entry.theirs, Outcome.FAIL, entry.theirs, entry.line, f"m{text}", Cause("layers", f"M{text}."))
