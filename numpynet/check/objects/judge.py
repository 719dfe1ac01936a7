"""Which of a file's classes are networks, which layers, activations, losses, optimizers; a verdict on each method."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from numpynet.check.objects.asked import PENALTY, RESHAPED, labels_of
from numpynet.check.objects.blame import blamed, excused
from numpynet.check.objects.calls import ROLES, kinds_of, squeezed
from numpynet.check.objects.containers import assembled
from numpynet.check.objects.example import INPUTS
from numpynet.check.objects.example import SIZES as SMALL
from numpynet.check.objects.fits import GIVEN, Fit
from numpynet.check.objects.gradients import NetJudge
from numpynet.check.objects.leaves import OF_LABELS, Leaf, functions_of, pairs_of, parts_of
from numpynet.check.objects.net import M, Net
from numpynet.check.objects.reach import used_by
from numpynet.check.objects.steppers import judge_stepper
from numpynet.check.objects.thing import UNFORESEEN, Thing, make
from numpynet.check.place import only_place
from numpynet.check.result import FAILED, GOOD, Cause, FunctionGrade, Outcome, Witness
from numpynet.sandbox import Session

SIZES = [3, 5, 2]
MOST_INPUTS = 8
SINGLY = ("it raises", "where it leaves", RESHAPED)  # what may be said of what takes one example at a time
SHAPELESS = "has not the shape of"
RANK = (Outcome.PASS, Outcome.CONVENTION, Outcome.FAIL, Outcome.ERROR, Outcome.CANNOT_JUDGE)
OPTIONS = {  # of a constructor: the name, squeezed, and what may be asked for
    ".*(activation|act|nonlin(earity)?)(function|func|fn|type)?": ("relu", "tanh", "sigmoid", "leaky_relu"),
    "loss(function|func|fn|type|name)?|cost|criterion": ("mse", "bce", "cross_entropy", "binary_crossentropy"),
    "(.*reg(ulari[sz]ation|ulari[sz]er)?|penalty)(type)?": ("l1", "l2", "L1", "L2"),
}
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
        for pair in pairs_of(self.session):
            with contextlib.suppress(*UNFORESEEN):
                self._note(Leaf(pair[0].entry.name, pair).judge())
        layers = [one for one in self.judges if one.fit is not None and one.fit.loss == GIVEN]
        for layer in layers[:1]:
            for owner in self._unknown():
                fresh = self._as_new(layer) if self._steps(owner) else layer
                with contextlib.suppress(*UNFORESEEN):
                    self._note(judge_stepper(self.session, owner, fresh))
            for owner in self._unknown():
                self._note(self._made_of_layers(owner, layer.thing.owner))
        best = {name: min(rows, key=lambda one: RANK.index(one.outcome)) for name, rows in self.found.items()}
        things = {one.thing.owner: one.thing for one in self.judges}
        return [self._placed(one) for one in blamed(best, things).values()]

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
        thing = make(self.session, owner, {"rate": 0.1, "numbers": []} | functions_of(self.session))
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
        if failed and any(SHAPELESS in one.says + (one.cause.rationale if one.cause else "") for one in rows):
            alone = self._from_a_start(owner, 1, 1.0) if self._takes_one_example(owner) else []
            if alone and not any(one.outcome in FAILED for one in alone):
                return [
                    replace(one, conventions=(*one.conventions, "it takes one example at a time"))
                    if one.function in failed else one for one in alone
                ]  # fmt: skip
        if not failed and any(one.outcome == Outcome.CANNOT_JUDGE for one in rows):
            single = {one.function: one for one in self._from_a_start(owner, 1, 1.0)}
            rows = [single.get(one.function, one) if one.says.startswith(SINGLY) else one for one in rows]
        mine = [one for one in self.judges[::-1] if one.thing.owner == owner]  # what the first said is what is told
        missed = {name: fit for one in mine for name, fit in one.missed.items()}
        examples = self._examples(owner, missed)
        rows = [replace(one, witness=examples.get(one.function)) for one in rows]
        for option in self._options(owner) if rows else ():
            rows = _worst(rows, self._with_option(owner, option))
        return rows

    def _options(self, owner: str) -> Iterator[dict[str, str]]:
        """What a constructor can be asked for by name, as the file mentions it: another activation, loss or penalty."""
        start = next((one for base in self.session.bases().get(owner, [owner])
                      if (one := self.session.loaded.functions.get(f"{base}.__init__")) is not None), None)  # fmt: skip
        for parameter in start.parameters if start is not None else ():
            for pattern, values in OPTIONS.items():
                if re.fullmatch(pattern, squeezed(parameter)):
                    yield from (
                        {parameter: one}
                        for one in values
                        if self.session.mentions(one) or (one == "sigmoid" and self.session.contains(r"exp\("))
                    )  # what is left, as an else

    def _with_option(self, owner: str, option: Mapping[str, str]) -> Rows:
        """The rows of a network that is made with it, where it has gradients; each says with what it was made."""
        before = len(self.judges)
        rows = _worst(self._from_a_start(owner, M, 1.0, option), self._from_a_start(owner, M, -1.0, option))
        del self.judges[before:]
        made = ", ".join(f"{name}={value!r}" for name, value in option.items())
        return [
            replace(one, says=f"made with {made}: {one.says}",
                    cause=one.cause and replace(one.cause, rationale=f"Made with {made}: {one.cause.rationale}"))
            for one in rows if not _is_of_training(one)
        ]  # fmt: skip

    def _takes_one_example(self, owner: str) -> bool:
        """Whether nothing in the class adds up over examples, or divides by their number."""
        texts = (self.session.source_of(one.theirs) or "" for one in self.session.loaded.functions.values()
                 if one.owner in self.session.bases().get(owner, [owner]))  # fmt: skip
        return not any(re.search(r"sum\(|mean\(|ones\(|/ *(m|n|N|len\(|\w+\.(shape|size))\b", text) for text in texts)

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

    def _from_a_start(self, owner: str, examples: int, sign: float, option: Mapping[str, str] | None = None) -> Rows:
        X = sign * np.random.default_rng(5).uniform(-1, 1, (examples, MOST_INPUTS))
        Y = labels_of(examples)[:, None]
        W = np.random.default_rng(6).uniform(-1, 1, SIZES[::2])
        rows, columns = ({"W": one, "b": np.zeros(b)} for one, b in ((W, W.shape[1]), (W.T, (W.shape[1], 1))))
        for extra in (rows, columns, {"X": X[:, : SIZES[0]], "Y": Y, "numbers": [X[:, : SIZES[0]], Y]}):
            thing = make(self.session, owner, known_sizes(SIZES) | extra, option)
            if thing is None:
                continue
            data = "X" in extra
            if extra is columns and not any(isinstance(one, np.ndarray) for one in _parts(thing.made)):
                continue
            if not data and (lacking := _lacks_a_layer(thing)) is not None:
                return [lacking]
            for width in _widths(thing):
                try:
                    net = Net(thing, X[:, :width])
                    if net.find(data) and net.differentiate():
                        self.judges.append(NetJudge(net))
                        return self.judges[-1].judge()
                except UNFORESEEN:
                    return []
        return []

    def _steps(self, owner: str) -> bool:
        """Whether the class has what an optimizer has."""
        functions = self.session.loaded.functions.values()
        return any(one.owner == owner and "step" in kinds_of(one.name) for one in functions)

    def _as_new(self, layer: NetJudge) -> NetJudge:
        """The same layer as it is when nothing has used it: some optimizers keep what they remember in the layer."""
        before = len(self.judges)
        self._from_a_start(layer.thing.owner, M, 1.0)
        return self.judges.pop() if len(self.judges) > before else layer

    def _made_of_layers(self, owner: str, layer: str) -> Rows:
        """A network that is given layer objects; where one of these is wrong, it may be right."""
        two = [one for one in self.session.loaded.classes if self._takes_labels(one)]
        said = {name.rpartition(".")[0] for name in self.found} - {layer}
        activations = [one for one in self.session.loaded.classes if one in said and one not in two]
        failed = [one.function for rows in self.found.values() for one in rows if one.outcome in FAILED]
        X = np.random.default_rng(5).uniform(-1, 1, (M, SIZES[0]))
        ends = [one.function.rpartition(".")[0] for rows in self.found.values() for one in rows
                if any(note.startswith(OF_LABELS) for note in one.conventions)]  # fmt: skip
        for thing in assembled(self.session, owner, layer, activations, ends, two, SIZES):
            try:
                net = Net(thing, X)
                if net.find(False) and net.differentiate():
                    used = used_by(self.session, owner)
                    at_fault = next((one for one in failed if one in used), "")
                    says = f"it may be right: {at_fault} is wrong"
                    rows = NetJudge(net).judge()
                    return [excused(one, says) if at_fault and one.outcome in FAILED else one for one in rows]
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


def known_sizes(sizes: list[int]) -> dict[str, Any]:
    """What a constructor may want."""
    n_in, n_hidden, n_out = sizes
    return {"n_in": n_in, "n_hidden": n_hidden, "n_out": n_out, "sizes": sizes, "numbers": sizes, "rate": 0.1,
            "activation": "sigmoid", "small": 0.1, "seed": 1, "epochs": 1, "m": M}  # fmt: skip


def _widths(thing: Thing) -> Iterator[int]:
    """How many inputs the network may have. A penalty that it has is made one that shows."""
    values = thing.session.inside(thing.ref).values
    thing.put({path: PENALTY for path, value in values.items()
               if type(value) is float and re.fullmatch(ROLES["reg"], squeezed(str(path[-1][1])))})  # fmt: skip
    sides = [side for value in thing.arrays().values() for side in value.shape if side <= MOST_INPUTS]
    yield from dict.fromkeys((SIZES[0], *sides))


def _parts(made: Any) -> list[Any]:
    """What the constructor was given."""
    return list(made.values()) if isinstance(made, dict) else list(made)


def _lacks_a_layer(thing: Thing) -> FunctionGrade | None:
    """Made of sizes, it has weights for the first of the two layers alone."""
    entry = thing.session.loaded.functions.get(f"{thing.owner}.__init__")
    shapes: Sequence[set[int]] = [set(value.shape) for value in thing.arrays().values() if value.ndim == 2]
    first, second = set(SIZES[:2]), set(SIZES[1:])
    of_sizes = isinstance(thing.made, list) and any(one == SIZES for one in thing.made if isinstance(one, list))
    if entry is None or not of_sizes or first not in shapes or second in shapes:
        return None
    text = "ade of the sizes [3, 5, 2] it has weights for the layer from 3 to 5, and none for that from 5 to 2"
    return FunctionGrade(entry.theirs, Outcome.FAIL, entry.theirs, entry.line, f"m{text}", Cause("layers", f"M{text}."))
