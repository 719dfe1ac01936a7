"""A function with right inputs and right helpers, in the first way in which it is right; who must go along with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from numpynet import names
from numpynet.check.contract import ALPHA, CACHE_NAMES, CONTRACT, OPERATIONS, activation_of, claimed
from numpynet.check.doubt import accepted, is_for_one_example
from numpynet.check.guards import PARAMETER, guarded
from numpynet.check.leeway import at_a_kink, in_float32, loosened
from numpynet.check.listen import ALL, Listener, probe
from numpynet.check.manner import FORWARD_OF, NEEDED, PLAIN, Manner
from numpynet.check.penalty import WITHOUT_PENALTY, penalised
from numpynet.check.reader import BACK, Reader
from numpynet.check.reference import refer
from numpynet.check.result import FAILED, FLOAT32, GOOD, Cause, FunctionGrade, Observation, Outcome, is_near
from numpynet.check.settle import Settled
from numpynet.check.speaker import Speaker, amiss
from numpynet.check.template import Leaf, names_in, pair_in
from numpynet.check.traits import (
    ALONE,
    FROM_OUTPUT,
    OF_CLASSES,
    OF_OTHERS,
    ONE_HOT,
    OPPOSITE,
    PERCENT,
    RECTIFIED,
    SLOPES,
    TRAITS,
    OfLoss,
    Trait,
    differ_in_outputs,
    of_loss,
    of_scores,
)
from numpynet.check.wrong import Wrong
from numpynet.definitions import ACTIVATIONS
from numpynet.printable import sentence
from numpynet.types import Array

GUARD = 1e-6  # of the greatest number, that a guard may move where nothing is near 0
GROSS = 1e-3  # of the greatest number
PARTS = [  # of a step
    name for name, one in OPERATIONS.items()
    if one.arguments in (("Z",), ("dA", "Z")) or name.startswith(("single", "linear", "full"))
]  # fmt: skip
LAID_OUT = {  # whose arrays show whether examples are rows
    name for name, one in OPERATIONS.items()
    if {"A_prev", "X"} & set(one.arguments) or name.startswith("softmax") or name == "loss_and_gradient"
}  # fmt: skip
OF_LOSS = ("get_cost_value", "full_backward_propagation")
ROUNDED = 1e-9  # of the greatest prediction: what is added to keep a logarithm finite
ADDED = "its prediction differs from the exact one by less than a billionth of the greatest"
ONE = "it is for one example at a time"
MAKES_THE_STEP = "it moves the weights itself: how far they go shows its gradients"
OVERWRITES = "it overwrites its argument Z: whoever called it finds other numbers there"
OF_SCORES = ("softmax", "softmax_backward", "loss_and_gradient")
SCORES = re.compile(r"(?i)z\w*|x|\w*(logits?|scores?)\w*")  # what is called so is no probability yet
PRODUCERS = {  # whose dicts, and the names in them, a function is given
    "full_forward_propagation": ("init_layers",),
    "full_backward_propagation": ("init_layers", "full_forward_propagation"),
    "update": ("init_layers", "full_backward_propagation"),
    "train": ("init_layers",),
}


class Alone:
    """Judges the functions of one file, each alone; `grades` are those of the functions before it."""

    def __init__(self, reader: Reader, settled: Settled, speaker: Speaker, grades: dict[str, FunctionGrade]) -> None:
        self.reader, self.found, self.roles = reader, reader.functions, reader.roles
        self.settled, self.speaker, self.grades, self.wrong = settled, speaker, grades, Wrong(speaker)
        self.seen: dict[str, list[Observation]] = {}
        self.guarded: set[str] = set()  # right but for a guard
        self.innocent: set[str] = set()  # right as a part of the whole alone
        self.unsure: dict[str, str] = {}  # why a function that is right in no way cannot be judged
        self.penalised = False  # a gradient has the slope of a penalty on the weights

    def judge(self, name: str, base: FunctionGrade) -> FunctionGrade:
        """The function with right inputs and right helpers, in the first way in which it is right."""
        own = "activation" in OPERATIONS[name].arguments and "activation" not in (self.roles[name] or ())
        seen, manner = self._of_one_activation(name) if own else self.seen_in(name, PLAIN)
        if not seen:
            return replace(
                base, outcome=Outcome.CANNOT_JUDGE, says="none of the inputs that are tried can be given to it"
            )
        if fails(seen):
            for other in self._other_ways(name, seen):
                if other is not None:
                    seen, manner = other
                    break
        self.seen[name] = seen
        self.speaker.manners[name] = manner
        if name == "full_backward_propagation" and not fails(seen):
            self._on_its_own_memory()
        if not fails(seen) and FROM_OUTPUT in manner.traits and (handed := self._handed_scores(name)):
            why = (
                f"It is the slope where it is given A, as in A (1 − A), and the file hands it {handed}, which is no A."
            )
            return replace(base, outcome=Outcome.FAIL, says="slope is wrong", cause=Cause("from-output", why))
        if not fails(seen) and OPPOSITE in manner.traits and name == BACK and self.reader.steps:
            why = "It moves the weights uphill: the cost grows. They become W − α dW."
            return replace(base, outcome=Outcome.FAIL, says="it adds the gradients", cause=Cause("uphill", why))
        if not fails(seen):
            notes = (*(trait.says for trait in manner.traits), *_notes(seen), *self._returned(name, manner))
            notes += (MAKES_THE_STEP,) * (name == BACK and self.reader.steps)
            notes += (WITHOUT_PENALTY,) * ("λ" in (self.roles[name] or ()))
            return replace(base, outcome=Outcome.CONVENTION if notes else Outcome.PASS, conventions=notes)
        if name == "softmax" and self._spoils(seen):  # no gradient needs its Z
            self.innocent |= {name, "full_forward_propagation"}
            return replace(base, outcome=Outcome.CONVENTION, conventions=(OVERWRITES, *_notes(seen)))
        if (guard := guarded(name, seen)) is not None:
            self.guarded.add(name)
            return replace(base, outcome=Outcome.CONVENTION, conventions=(guard, *_notes(seen)))
        if (penalty := penalised(self.reader, name, seen)) is not None:
            self.innocent.add(name)
            self.penalised = True
            return replace(base, outcome=Outcome.CONVENTION, conventions=(penalty, *_notes(seen)))
        if name == "update" and self._remembers(seen):
            says = "it keeps something from one call to the next: an optimizer with a memory, not judged by one step"
            return replace(base, outcome=Outcome.CANNOT_JUDGE, says=says)
        if self._is_right_as_a_part(name, seen):
            return self.does_its_part(name, base)
        failing = [one for one in seen if one.fails]
        if name == "full_forward_propagation" and all(_is_rounded(one) for one in failing):
            self.guarded.add(name)
            return replace(base, outcome=Outcome.CONVENTION, conventions=(ADDED, *_notes(seen)))
        formal = any(one.problem and one.raised is None for one in failing)
        known = name == "full_backward_propagation" and not formal and self._as_its_cost()
        if known:  # what is told is in the cost's own multiple of its loss
            seen, self.speaker.manners[name] = known
            self.seen[name] = seen
        if name in OF_LOSS and self.settled.activations["s"] == "linear" and not known:
            says = "its last layer has no activation: of which loss its numbers must be is not known"
            return replace(base, outcome=Outcome.CANNOT_JUDGE, says=says)
        if name == "get_cost_value" and self._may_be_of_classes():
            says = "it may be the cost of several classes, after a softmax: whether it is could not be found out"
            return replace(base, outcome=Outcome.CANNOT_JUDGE, says=says)
        if name == "full_forward_propagation" and self._has_another_activation(seen):
            says = "a hidden layer has an activation that is none of those that are known, or not that of the others"
            self.unsure |= {name: says, "full_backward_propagation": says}
        if name == "full_backward_propagation" and self._is_of_squares(name):
            self.unsure[name] = (
                "its gradients are those of the squared error, and no cost of the file says what is meant"
            )
        if name == "full_backward_propagation" and self._is_of_another_multiple(name):
            self.unsure[name] = "its gradients are those of another multiple of the loss than the cost is: one is wrong"
        if name in self.unsure:
            return replace(base, outcome=Outcome.CANNOT_JUDGE, says=self.unsure[name])
        if said := self._is_right_for_one(name, seen):
            self.innocent.add(name)
            return replace(base, outcome=Outcome.CONVENTION, conventions=(said, *_notes(seen)))
        if name == "get_accuracy_value" and self._lies_across(name):
            along = "rows" if self.speaker.dialect.rows else "columns"
            why = f"It takes the greatest over the examples, not over the classes: examples are {along} here."
            return replace(base, outcome=Outcome.FAIL, says="accuracy is wrong", cause=Cause("axis", why))
        self._goes_along(name)
        return self.wrong.grade(name, base, seen)

    def _has_another_activation(self, seen: Sequence[Observation]) -> bool:
        """Whether all that is wrong comes of what a hidden layer makes of its right Z, where nobody asks for that."""
        failing = [one for one in seen if one.fails]
        if not self.settled.dialect.uniform or any(one.problem or one.changed or one.case.raises for one in failing):
            return False
        return all(map(_is_of_an_activation, failing))

    def _remembers(self, seen: Sequence[Observation]) -> bool:
        """Whether the same call comes to something else the second time."""
        one = next((one for one in seen if one.fails and one.values and not one.problem), None)
        if one is None or self.speaker.stuck:
            return False
        again = [self.speaker.read("update", self.speaker.ask("update", one.case), PLAIN) for _ in range(2)]
        return (
            not again[0].problem
            and not again[1].problem
            and any(
                key in again[1].values and not np.array_equal(value, again[1].values[key], equal_nan=True)
                for key, value in again[0].values.items()
            )
        )

    def _may_be_single(self, name: str) -> bool:
        """Whether the function may compute in float32: the file asks for it in more places than one function."""
        if not self.reader.session.contains(FLOAT32):
            return False
        texts = [self.reader.session.source_of(one.theirs) or "" for one in self.found.values()]
        asking = sum(re.search(FLOAT32, text) is not None for text in texts)  # 0: a constant of the file does
        return asking != 1 or name not in CONTRACT

    def _is_right_as_a_part(self, name: str, seen: Sequence[Observation]) -> bool:
        """Grossly another function on the very numbers with which the whole step is right."""
        first = next((one for one in seen if one.fails and not one.case.raises), None)
        if (
            not self.settled.whole
            or name not in PARTS
            or name in self.reader.spread
            or first is None
            or self.speaker.stuck
        ):
            return False
        if not first.problem and not any(
            is_gross(first.values[key], first.case.expected[key].value) for key in first.wrong
        ):
            return False
        step = probe(self.settled.asked(), self.settled.loss)
        listener = Listener(self.reader, free=bool(self.settled.dialect.activations))
        listener.start(step.nn_architecture)
        if listener.hear(step).right < ALL:
            return False
        calls = listener.calls(self.found[name].theirs, step, self.settled.dialect)
        return not all(self._is_the_tutorials(name, *call) for call in calls)

    def does_its_part(self, name: str, base: FunctionGrade) -> FunctionGrade:
        """Of one that is right in the file's own step, whatever it is alone."""
        self.innocent.add(name)
        self.speaker.stays.add(name)
        says = "alone it is not the tutorial's; in the file's own step, which is right as a whole, it does its part"
        return replace(base, outcome=Outcome.CONVENTION, conventions=(says,))

    def _is_the_tutorials(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> bool:
        """Whether the function did there what the tutorial's does."""
        dialect, roles = self.speaker.speaking(), self.roles[name] or []
        named = dict(zip(self.found[name].parameters, roles, strict=False))
        given = {role: value for role, value in zip(roles, args, strict=False) if role}
        given |= {role: value for key, value in kwargs.items() if (role := named.get(key))}
        try:
            right = refer(name, {role: dialect.ours(role, value) for role, value in given.items()})
        except (LookupError, TypeError, ValueError):
            return False
        ours = result if isinstance(result, tuple) else (result,)
        right = right if isinstance(right, tuple) else (right,)
        pairs = list(zip(OPERATIONS[name].results, ours, right, strict=False))
        return all(
            isinstance(one, np.ndarray) and not is_gross(dialect.ours(role, one), other)
            for role, one, other in pairs
            if isinstance(other, np.ndarray)
        )

    def _goes_along(self, name: str) -> None:
        """What stands in for a function that is wrong goes along with its partner's way."""
        for other, manner in list(self.speaker.manners.items()):
            for trait in manner.traits:
                if (trait.partner or {}).get(other) == name:
                    self.speaker.manners[name] = Manner(traits=(trait,))

    def seen_in(self, name: str, manner: Manner, **how: bool) -> tuple[list[Observation], Manner]:
        """What the function returns in that manner, as `Speaker.observe` has it."""
        seen, manner = self.speaker.observe(name, manner, **how)
        return self._lenient(name, accepted(self.reader, name, seen)), manner

    def _lenient(self, name: str, seen: list[Observation]) -> list[Observation]:
        """A function that asks for all names but one takes any other for that one: no mistake, as it is one of them."""
        compared = set(self.found[name].compared) & set(ACTIVATIONS)
        has = {*self.settled.activations.values(), *self.settled.more}
        seen = [loosened(name, one) for one in seen]
        if any(one.fails for one in seen) and self._may_be_single(name):
            seen = [in_float32(one) for one in seen]
        kept = [one for one in seen if not (one.fails and at_a_kink(one))]
        seen = kept if any(not one.case.raises for one in kept) else seen
        plain = [one for one in seen if not one.case.default]
        if len(plain) < len(seen) and not any(one.fails for one in plain) and any(one.fails for one in seen):
            note = "where no activation is given it takes another one than relu"
            seen = [replace(plain[0], notes=(*plain[0].notes, note)), *plain[1:]]
        if not any(one.case.raises and one.fails for one in seen) or (compared and has <= compared):
            return seen
        if not compared and len(has) == 1 and not any(one.fails and not one.case.raises for one in seen):
            note = f"it takes every activation for {has.pop()}, as the file has no other"
            return [replace(seen[0], notes=(*seen[0].notes, note)), *(one for one in seen[1:] if not one.case.raises)]
        if not compared:
            return seen
        kept = [one for one in seen if not one.case.raises]
        note = f"any activation but {' and '.join(sorted(compared))} is taken for the other one"
        return [replace(kept[0], notes=(*kept[0].notes, note)), *kept[1:]] if kept else kept

    def _returned(self, name: str, manner: Manner) -> tuple[str, ...]:
        roles = OPERATIONS[name].results
        if not manner.places or len(roles) == 1:
            return ()
        return ("it returns its values in another order, or among others",)

    def _other_ways(self, name: str, seen: list[Observation]) -> Iterator[tuple[list[Observation], Manner] | None]:
        """Ways in which the function is right; None for one that it is not."""
        if self.speaker.stuck or self._spoils(seen):
            return
        yield self._with_traits(name)
        yield self._of_a_pair(name)
        yield self._of_one_hot(name)
        yield self._the_other_way_round(name)
        yield self._of_others_blame(name)
        yield self._with_own_memory(name, seen)
        yield self._of_another_loss(name)

    def in_rows(self) -> None:
        """A softmax that is right along the other axis, where no function shows how the file's arrays lie."""
        if any(one.outcome in GOOD for key, one in self.grades.items() if key in LAID_OUT - {*OF_SCORES}):
            return
        before = self.speaker.dialect
        for name in OF_SCORES:
            if name not in self.grades or self.grades[name].outcome not in FAILED:
                continue
            self.speaker.dialect = replace(before, rows=not before.rows)
            if self._right(name, PLAIN) is not None:
                base = FunctionGrade(name, Outcome.CONVENTION, self.grades[name].theirs, self.grades[name].line)
                along = "columns" if before.rows else "rows"
                self.grades[name] = replace(base, conventions=(f"examples are {along}",))
        self.speaker.dialect = before

    def _spoils(self, seen: Sequence[Observation]) -> bool:
        """What it returns is right as it is; it only changes its arguments."""
        return all(one.changed and not one.wrong and not one.problem for one in seen if one.fails)

    def _right(self, name: str, manner: Manner) -> tuple[list[Observation], Manner] | None:
        quick, found = self.seen_in(name, manner, quick=True)
        if not quick or fails(quick):
            return None
        seen, found = self.seen_in(name, manner)
        return None if fails(seen) else (seen, found)

    def _of_others_blame(self, name: str) -> tuple[list[Observation], Manner] | None:
        """Right, if those whose numbers or answers it gets spoke as the tutorial does: then they are wrong, not it."""
        if (right := self._of_a_wrong_slope(name)) is not None:
            return right
        forward = FORWARD_OF.get(name, "")
        if "cache" in (self.roles[name] or ()) and forward in self.grades:
            self.speaker.repaired.add(forward)
            right = self._right(name, PLAIN) or self._with_traits(name)
            if right is not None:
                kept = {*names_in(self.speaker.kept_by(forward) or ())}
                lacking = " and ".join(sorted(NEEDED[name] - kept)) or "what the layer was given"
                says = f"what it keeps for the way back does not hold {lacking}"
                self.grades[forward] = replace(
                    self.grades[forward], outcome=Outcome.FAIL, says=says, conventions=(),
                    cause=Cause("cache", f"What it keeps for backward propagation does not hold {lacking}."),
                )  # fmt: skip
                return right
            self.speaker.repaired.discard(forward)
        if (right := self._of_a_slope(name)) is not None:
            return right
        others = [
            one for one, manner in self.speaker.manners.items()
            if not manner.is_plain and one != name and (one in PRODUCERS.get(name, ()) or one in self._called_by(name))
        ]  # fmt: skip
        for number in range(1, len(others) + 1):
            for group in combinations(others, number):
                before = dict(self.speaker.manners)
                for one in group:
                    self.speaker.manners[one] = PLAIN
                if (right := self._right(name, PLAIN) or self._but_for_a_guard(name)) is not None:
                    for one in group:
                        self.refuse(one, before[one])
                    return right
                self.speaker.manners = before
        return None

    def _but_for_a_guard(self, name: str) -> tuple[list[Observation], Manner] | None:
        """Right but for a guard."""
        seen, manner = self.seen_in(name, PLAIN)
        return (seen, manner) if guarded(name, seen) is not None else None

    def _has_a_wrong_slope(self) -> bool:
        """Whether a slope is wrong anyway: it may have been meant of the layer's output."""
        return any(one.outcome in FAILED for key, one in self.grades.items() if key in {*SLOPES, *ALONE})

    def _may_keep_its_output(self) -> bool:
        """Whether a slope is taken from it, or may have been meant to be."""
        taken = any(FROM_OUTPUT in manner.traits for manner in self.speaker.manners.values())
        return taken or self._has_a_wrong_slope()

    def _may_keep_a_rectified_output(self) -> bool:
        """Whether the file's slope is as right of relu's output as of Z: with Z < 0 for Z ≤ 0 it is not, at 0."""
        slopes = ("relu_backward", "relu_slope", "single_layer_backward_propagation")
        name = next((one for one in slopes if one in self.found and self.roles[one] is not None), "")
        if not name:
            return False
        plain, of_output = (
            self.speaker.observe(name, Manner(traits=traits), own=True)[0] for traits in ((), (RECTIFIED,))
        )
        return amiss(of_output) <= amiss(plain)

    def _of_a_wrong_slope(self, name: str) -> tuple[list[Observation], Manner] | None:
        """Right, if those whom it calls took the slope from what the layers keep, the output."""
        forward = self.speaker.manner("single_layer_forward_propagation")
        if (FROM_OUTPUT not in forward.traits and name != BACK) or not self._has_a_wrong_slope():
            return None
        before = dict(self.speaker.manners)
        for one in self._called_by(name) & {*FROM_OUTPUT.of}:
            self.speaker.manners[one] = replace(self.speaker.manner(one), traits=(FROM_OUTPUT,))
        right = self._right(name, PLAIN) or self._with_traits(name)
        if right is None:
            self.speaker.manners = before
        return right

    def _of_a_slope(self, name: str) -> tuple[list[Observation], Manner] | None:
        """Right, if a slope that it calls were taken from what the layers keep, the output, as another slope is."""
        if not any(FROM_OUTPUT in manner.traits for manner in self.speaker.manners.values()):
            return None
        for one in self._called_by(name) & {*SLOPES, *ALONE}:
            before = self.speaker.manner(one)
            if before.traits or self.grades[one].outcome not in GOOD:
                continue
            self.speaker.manners[one] = replace(before, traits=(FROM_OUTPUT,))
            if (right := self._right(name, PLAIN) or self._with_traits(name)) is not None:
                cause = Cause("kept-A", "It takes the slope at Z, but gets what the layer keeps, its output A.")
                says = "it takes what it gets for Z, and gets A"
                self.grades[one] = replace(
                    self.grades[one], outcome=Outcome.FAIL, says=says, cause=cause, conventions=()
                )
                return right
            self.speaker.manners[one] = before
        return None

    def _called_by(self, name: str) -> set[str]:
        """Whom the function calls, as far as the stand-ins were asked."""
        asked = self.speaker.asked(name, PLAIN, quick=True)
        return {call.function for one in asked for call in one.called}

    def _on_its_own_memory(self) -> None:
        """Where forward propagation files less than the tutorial's: that is enough for its own backward propagation."""
        name, forward = "full_backward_propagation", self.grades.get("full_forward_propagation")
        if forward is None or forward.outcome not in GOOD or self.speaker.own_memory:
            return
        if "full_forward_propagation" in self.reader.spread:
            return  # what it returns has names of its own
        self.speaker.strict = True
        lacks = fails(self.seen_in("full_forward_propagation", PLAIN, quick=True)[0])
        self.speaker.strict, self.speaker.own_memory = False, lacks
        if lacks and fails(self.seen_in(name, self.speaker.manner(name), quick=True)[0]):
            self.speaker.strict, self.speaker.own_memory = True, False
            base = replace(forward, outcome=Outcome.PASS, conventions=())
            self.grades["full_forward_propagation"] = self.judge("full_forward_propagation", base)
        self.speaker.own_memory = False

    def _try_along(self, name: str, manner: Manner) -> None:
        """A function that is wrong, in the way of its partner: there less of it may be."""
        seen, manner = self.seen_in(name, manner)
        if amiss(seen) < amiss(self.seen[name]):
            one = self.grades[name]
            self.seen[name], self.speaker.manners[name] = seen, manner
            told = self.wrong.grade(name, FunctionGrade(name, Outcome.PASS, one.theirs, one.line), seen)
            self.grades[name] = replace(told, cause=None, witness=None)  # these are of the tutorial's way

    def refuse(self, name: str, manner: Manner) -> None:
        """A way of its own that nobody goes along with is a mistake after all; or that of those whom it calls is."""
        for one in self._called_by(name) & set(self.speaker.manners):
            before = self.speaker.manner(one)
            if not before.is_plain:
                self.speaker.manners[one] = PLAIN
                if (right := self._right(name, PLAIN)) is not None:
                    self.seen[name], self.speaker.manners[name] = right
                    self.grades[name] = replace(self.grades[name], outcome=Outcome.PASS, conventions=())
                    self.refuse(one, before)
                    return
                self.speaker.manners[one] = before
        seen = self.speaker.observe(name, PLAIN)[0]
        seen = (
            [self.speaker.read(name, one, PLAIN) for one in self.speaker.asked(name, PLAIN)]
            if not fails(seen)
            else seen
        )
        told = self._as_its_cost() if name == "full_backward_propagation" else None
        self.seen[name], self.speaker.manners[name] = told if told and fails(told[0]) else (seen, PLAIN)
        seen = self.seen[name]
        base = replace(self.grades[name], outcome=Outcome.PASS, conventions=())
        is_part = bool(manner.traits) and self._is_right_as_a_part(name, seen)
        self.grades[name] = self.does_its_part(name, base) if is_part else self.wrong.grade(name, base, seen, manner)

    def _with_traits(self, name: str) -> tuple[list[Observation], Manner] | None:
        usual = self.found[name].name == name
        mine = [trait for trait in TRAITS if name in trait.of and not (usual and trait in (*OF_OTHERS, PERCENT))]
        if name == "single_layer_forward_propagation" and not self._may_keep_its_output():
            mine.remove(FROM_OUTPUT)
        if name == "get_accuracy_value" and self._shows_layout(self.found[name].theirs):
            mine = [trait for trait in mine if trait not in OF_CLASSES["rows"]]  # where the file's are columns
        if name in SLOPES and self.speaker.manner(activation_of(name)).whole == (Leaf("A"), Leaf("Z")):
            mine.remove(FROM_OUTPUT)  # the file hands it Z
        if RECTIFIED in mine and not self._may_keep_a_rectified_output():
            mine.remove(RECTIFIED)
        for number in (1, 2):
            for traits in combinations(mine, number):
                if sum(trait in OF_OTHERS for trait in traits) > 1:
                    continue  # each is what it is given
                if (right := self._right(name, Manner(traits=traits))) is not None:
                    return right
        return None

    def _handed_scores(self, name: str) -> str:
        """What a slope is always handed, where that is a product of weights and no activation's; "" where it is not."""
        theirs, session = self.found[name].theirs, self.reader.session
        texts = (session.source_of(one) or "" for one in session.loaded.functions)
        handed = [one for text in texts for one in re.findall(rf"(?<!def )\b{re.escape(theirs)}\(([^()]*)\)", text)]
        for base in {re.sub(r"s?\W.*", "", one.strip()) for one in handed}:
            product = session.contains(rf"\b{base}\w* *= *(np\.(dot|matmul)\(|[\w.\[\]'\"-]+ *(@|\.dot\())")
            activated = session.contains(rf"(?i)\b{base}\w* *=[^=\n]*(sig|tanh|act|relu|exp|max)\w*\(")
            if base[:1] not in ("z", "Z") or not product or activated:
                return ""
        return handed[0] if handed else ""

    def _shows_layout(self, theirs: str) -> bool:
        """Whether a right function shows how predictions lie, and nobody hands them on transposed."""
        right = any(self.grades[one].outcome in GOOD for one in LAID_OUT & self.grades.keys())
        session, call = self.reader.session, rf"\b{re.escape(theirs)}\("
        texts = (session.source_of(one) or "" for one in session.loaded.functions if one != theirs)
        turned = any(re.search(call, text) and re.search(r"\.T\b|transpose", text) for text in texts)
        return right and not turned and not session.contains(rf"{call}[^\n]*\.T\b")

    def _is_right_for_one(self, name: str, seen: Sequence[Observation]) -> str:
        """What is said of it, where it is right of one example and by its text is meant for such; "" where not."""
        text = self.reader.session.source_of(self.found[name].theirs) or ""
        if not name.startswith("full") or not is_for_one_example(self.reader, name, text):
            return ""
        ways = [("", seen)]
        for trait in of_loss(self.speaker.maker) if name == BACK and "get_cost_value" not in self.found else ():
            of = trait.expected
            if isinstance(of, OfLoss) and of.loss == "mse" and not of.scale.of_m and of.scale.of_outputs >= 0:
                ways.append(
                    ("; its gradients are those of a squared error", self.seen_in(name, Manner(traits=(trait,)))[0])
                )
        for said, every in ways:
            alone = [one for one in every if _examples_in(one) == 1 and not one.case.raises]
            if alone and not fails(alone):
                return ONE + said
        return ""

    def _lies_across(self, name: str) -> bool:
        """Whether it would be right for predictions that lie across the file's."""
        across = (Manner(traits=(trait,)) for trait in OF_CLASSES["rows"])
        return self._shows_layout(self.found[name].theirs) and any(self._right(name, one) for one in across)

    def _of_a_pair(self, name: str) -> tuple[list[Observation], Manner] | None:
        """A slope whose cache is Z and the output A, as the file's layers keep them, or as nothing in it denies."""
        roles, found, paired = self.roles[name] or [], self.found[name], self.speaker.paired
        if name not in SLOPES or "Z" not in roles or not CACHE_NAMES.fullmatch(found.parameters[roles.index("Z")]):
            return None
        if isinstance(self.speaker.manner(activation_of(name)).whole, tuple):
            return None
        layer, kept = "single_layer_forward_propagation", None
        if layer in self.found and self.roles[layer] is not None:
            kept = pair_in(self.speaker.observe(layer, own=True, quick=True)[1].whole)
            if kept is None:
                return None
        for place in (0, 1) if kept is None else (kept.index("Z"),):
            paired[name] = place
            seen, manner = self._right(name, PLAIN) or self.seen_in(name, PLAIN)
            if kept is not None or not fails(seen):
                note = f"its cache is a pair, {'Z and A' if place == 0 else 'A and Z'}"
                return [replace(seen[0], notes=(*seen[0].notes, note)), *seen[1:]], manner
            del paired[name]
        return None

    def _of_one_hot(self, name: str) -> tuple[list[Observation], Manner] | None:
        """A loss whose labels are 0 and 1 for each class, right but for a guard."""
        if name not in ONE_HOT.of:
            return None
        seen, manner = self.seen_in(name, Manner(traits=(ONE_HOT,)))
        plain = not any(one.problem or one.changed or set(one.wrong) - {"cost"} for one in seen)
        if not plain or sum(one.fails and not is_near(one, GUARD) for one in seen) > 1:  # where p is near 0
            return None
        self.innocent.add(name)
        note = "a guard is in its logarithm: where a probability is near 0, the cost is another number"
        return [replace(one, case=replace(one.case, expected={}), notes=(note,)) for one in seen], manner

    def _the_other_way_round(self, name: str) -> tuple[list[Observation], Manner] | None:
        """A slope whose second argument is the gradient from above, where its name does not say what it is."""
        roles, named = self.roles[name], claimed(name, self.found[name].parameters)
        if name not in SLOPES or roles not in (["dA", "Z"], ["Z", "dA"]) or len(named) == len(roles):
            return None
        self.roles[name] = roles[::-1]
        right = self._right(name, PLAIN) or self._with_traits(name)
        self.roles[name] = roles if right is None else roles[::-1]
        return right

    def _with_own_memory(self, name: str, seen: Sequence[Observation]) -> tuple[list[Observation], Manner] | None:
        """Backward propagation on what the file's own forward propagation files, whatever that is; if right, or where
        on anything else it misses a key."""
        forward = self.grades.get("full_forward_propagation")
        known = self.roles.get("full_forward_propagation") is not None
        if name != "full_backward_propagation" or forward is None or not known or self.speaker.own_memory:
            return None
        self.speaker.own_memory = True
        right = self._right(name, PLAIN) or self._with_traits(name)
        lacks = any(one.raised and one.raised.text.startswith("KeyError") for one in seen)
        if right is None and lacks and all(one.problem for one in seen if one.fails):
            own, manner = self.seen_in(name, PLAIN)
            if own and not any(one.problem for one in own):
                if forward.outcome not in FAILED:
                    return own, manner
                self.unsure[name] = (
                    f"it may be right: it reads what {forward.theirs} files, which is not shown to be right"
                )
        if right is None:
            self.speaker.own_memory = False
        elif forward.outcome in FAILED:
            base = FunctionGrade(forward.function, Outcome.PASS, forward.theirs, forward.line)
            self.grades["full_forward_propagation"] = self.judge("full_forward_propagation", base)
        return right

    def _of_one_activation(self, name: str) -> tuple[list[Observation], Manner]:
        """A layer's function that is not told its activation has one of its own."""
        maker = self.speaker.maker
        before = dict(maker.activations)
        try:
            for activation in dict.fromkeys((before["r"], "sigmoid", "relu", "tanh", *ACTIVATIONS)):
                maker.activations = {**before, "r": activation}
                for traits in ((), *((trait,) for trait in TRAITS if name in trait.of)):
                    right = self._right(name, Manner(activation=activation, traits=traits))
                    if right is not None:
                        return right
        finally:
            maker.activations = before
        return self.seen_in(name, Manner(activation=before["r"]))

    def _of_another_loss(self, name: str) -> tuple[list[Observation], Manner] | None:
        if name == "get_cost_value":
            for trait in of_loss(self.speaker.maker):
                if (right := self._right(name, Manner(traits=(trait,)))) is not None:
                    return right
            if self._may_be_of_scores() and (right := self._of_scores(name)) is not None:
                return right
            if self._may_be_of_classes():
                return self._of_classes(name)
        if name == "full_backward_propagation":
            for trait in self._losses():
                for more in ((), (OPPOSITE,)):
                    if (right := self._right(name, Manner(traits=(trait, *more)))) is not None:
                        return right
        return None

    def _of_classes(self, name: str) -> tuple[list[Observation], Manner] | None:
        """The cost of several classes."""
        self.speaker.maker.loss = "nll"
        right = self._right(name, PLAIN)
        self.speaker.maker.loss = "bce"
        if right is None:
            return None
        self.innocent.add(name)  # its way is of this loss alone
        note = "its loss is cross-entropy, of several classes"
        return [replace(one, notes=(*one.notes, note)) for one in right[0]], right[1]

    def _may_be_of_scores(self) -> bool:
        """Whether the cost says that it takes scores, and nothing shows that it is given probabilities."""
        parameters, roles = self.found["get_cost_value"].parameters, self.roles["get_cost_value"] or []
        theirs = parameters[roles.index("Y_hat")] if "Y_hat" in roles else ""
        return SCORES.fullmatch(theirs) is not None and not self.settled.whole

    def _of_scores(self, name: str) -> tuple[list[Observation], Manner] | None:
        """The cost of scores, of several classes or one output, a guard in it or none."""
        usual = self.speaker.maker.loss
        try:
            for self.speaker.maker.loss in ("nll", "bce"):
                seen, manner = self.seen_in(name, Manner(traits=(of_scores(self.speaker.maker),)))
                guard = guarded(name, seen) if fails(seen) else ""
                if guard is None:
                    continue
                self.innocent.add(name)  # its way is of this loss alone
                told = [replace(one, case=replace(one.case, expected={}), notes=(guard,)) for one in seen]
                return told if guard else seen, manner
        finally:
            self.speaker.maker.loss = usual
        return None

    def _is_of_squares(self, name: str) -> bool:
        """Whether a file without a cost has the gradients of the squared error."""
        if "get_cost_value" in self.found or self.speaker.stuck:
            return False
        return any(
            self._right(name, Manner(traits=(one,))) is not None
            for one in of_loss(self.speaker.maker)
            if isinstance(one.expected, OfLoss) and one.expected.loss == "mse"
        )

    def _losses(self) -> Iterator[Trait]:
        """Of which loss the gradients may be: the cost's, whose number of outputs is not seen; any of its multiples
        where the cost itself is wrong or not there."""
        traits, maker = self.speaker.manner("get_cost_value").traits, self.speaker.maker
        known = self.grades["get_cost_value"].outcome in GOOD if "get_cost_value" in self.grades else False
        yield from traits
        source = self.reader.session.source_of(self.found["full_backward_propagation"].theirs) or ""
        by_rows = not self.settled.dialect.rows and re.search(r"len\(|\.shape\[0\]", source)
        for other in of_loss(maker):
            scale = other.expected.scale if isinstance(other.expected, OfLoss) else None
            if by_rows and scale is not None and (scale.of_m, scale.of_outputs) == (1, -1):
                continue  # it divides by the number of rows, where examples are columns
            if (known and any(differ_in_outputs(one, other) for one in traits)) or (
                not known and isinstance(other.expected, OfLoss) and other.expected.loss == maker.loss
            ):
                yield other

    def _of_one_parameter(self) -> None:
        """A slope must be that of the activation with the parameter that this has below 0."""
        for name, usual in ALPHA.items():
            back = self.grades.get(f"{name}_backward")
            own, slope = _parameter(self.grades.get(name), usual), _parameter(back, usual)
            if back is not None and own is not None and slope is not None and own != slope:
                says = f"{name} has {own:g} below 0, and its slope {slope:g}"
                cause = Cause("parameter", sentence(f"{says}: they must be the same"))
                self.grades[f"{name}_backward"] = replace(
                    back, outcome=Outcome.FAIL, says=says, cause=cause, conventions=()
                )

    def in_pairs(self) -> None:
        """A trait that another function must have, too: where that one is right without it, this one is wrong."""
        self._of_one_parameter()
        for name, manner in list(self.speaker.manners.items()):
            for trait in manner.traits:
                partner = (trait.partner or {}).get(name, "")
                other = self.grades.get(partner)
                if other is not None and other.outcome == Outcome.FAIL and self.grades[name].outcome in GOOD:
                    self._try_along(partner, Manner(traits=(trait,)))
                if self.grades[name].outcome not in GOOD or other is None or other.outcome not in GOOD:
                    continue
                theirs = self.speaker.manner(partner).traits
                if any(one == trait or differ_in_outputs(one, trait) for one in theirs):
                    continue
                if trait == FROM_OUTPUT and self._has_a_wrong_slope():
                    continue
                if name == "get_cost_value" and self._is_a_total(trait):
                    says = "it returns the sum over the examples, not their mean, and calls it a total"
                    self.grades[name] = replace(self.grades[name], conventions=(says,))
                elif name == "get_cost_value" and self._is_named_so(trait):
                    says = "it is the squared error, as its name says: the gradients are those of another loss"
                    self.grades[name] = replace(self.grades[name], conventions=(says,))
                else:
                    self.refuse(name, manner)

    def _is_named_so(self, trait: Trait) -> bool:
        """Whether a cost that is the squared error is called so."""
        squared = isinstance(trait.expected, OfLoss) and trait.expected.loss == "mse"
        return squared and re.search("(?i)mse|square|quadratic", self.found["get_cost_value"].name) is not None

    def _as_its_cost(self) -> tuple[list[Observation], Manner] | None:
        """What backward propagation returns, judged by the loss that the file's right cost is; None without one."""
        cost = self.grades.get("get_cost_value")
        if self.speaker.maker.loss != "mse" or cost is None or cost.outcome not in GOOD:
            return None
        ways = [self.seen_in("full_backward_propagation", Manner(traits=(one,))) for one in self._losses()]
        ways += (
            [] if self.speaker.manner("get_cost_value").traits else [self.seen_in("full_backward_propagation", PLAIN)]
        )
        return min(ways, key=lambda way: (sum(len(one.wrong) for one in way[0]), _off_in_size(way[0])), default=None)

    def _is_of_another_multiple(self, name: str) -> bool:
        """Whether its gradients are right for a loss as the cost's, but another number of times."""
        if self.speaker.maker.loss != "mse":
            return False
        ways = (Manner(traits=(one,)) for one in of_loss(self.speaker.maker) if isinstance(one.expected, OfLoss)
                and one.expected.loss == "mse")  # fmt: skip
        return any(self._right(name, one) for one in (PLAIN, *ways))

    def _may_be_of_classes(self) -> bool:
        """Whether the file has softmax, or nothing like sigmoid, and no right step shows which loss it trains with."""
        contains = self.reader.session.contains
        of_classes = contains("(?i)softmax") or not contains(r"(?i)sigm|logistic|expit|binary|bce|\(1\.?0? *\+")
        return self.speaker.maker.loss == "bce" and not self.settled.whole and of_classes

    def _is_a_total(self, trait: Trait) -> bool:
        """Whether a cost that is m times the tutorial's is meant as a sum: whoever calls it divides."""
        scale = trait.expected.scale if isinstance(trait.expected, OfLoss) else None
        text = self.reader.session.source_of(self.found["get_cost_value"].theirs) or ""
        return scale is not None and scale.of_m == 1 and "total" in text.lower()


def _parameter(grade: FunctionGrade | None, usual: float) -> float | None:
    """What an activation, or its slope, has below 0; None where it is not right."""
    if grade is None or grade.outcome not in GOOD:
        return None
    return next((float(found[1]) for text in grade.conventions if (found := PARAMETER.match(text))), usual)


def _is_of_an_activation(one: Observation) -> bool:
    """Whether the first that is wrong is a hidden layer's A, and it is neither Z itself nor its negative part."""
    given = one.case.arguments
    for k in range(1, len(given["nn_architecture"])):
        A, P = names.A(k), given["params_values"]
        if A not in one.wrong:
            continue
        kept, value = one.case.expected.get(names.A(k - 1)), one.values.get(A)
        before = given["X"] if k == 1 else kept.value if kept is not None else None
        if before is None or value is None or names.Z(k) in one.wrong:
            return False
        Z = P[names.W(k)] @ before + P[names.b(k)]
        if value.shape != Z.shape:
            return False
        return not (np.allclose(value, Z) or np.allclose(value, np.minimum(0, Z)))
    return False


def _is_rounded(one: Observation) -> bool:
    """Whether its prediction alone is another, by next to nothing."""
    plain = not (one.problem or one.changed or one.case.raises)
    return plain and {*one.wrong} == {"Y_hat"} and is_near(one, ROUNDED)


def _examples_in(one: Observation) -> int:
    """How many examples it was given; 0 where that is not known."""
    given = one.case.arguments
    return next((given[role].shape[-1] for role in ("Y", "X", "A_prev") if role in given), 0)


def is_gross(value: Array, exact: Array) -> bool:
    """No matter of rounding: another shape, or another number in the first digits."""
    if value.shape != exact.shape:
        return True
    return bool((np.abs(value - exact) > GROSS * np.abs(exact).max(initial=0)).any())


def _off_in_size(seen: Sequence[Observation]) -> float:
    """By how much the numbers are off, whatever their signs."""
    pairs = [(one.values.get(name), one.case.expected[name].value) for one in seen for name in one.wrong]
    return sum(float(np.abs(np.abs(value) - np.abs(exact)).sum()) for value, exact in pairs
               if value is not None and value.shape == exact.shape)  # fmt: skip


def fails(seen: Sequence[Observation]) -> bool:
    """Whether anything is not as it must be."""
    return any(one.fails for one in seen)


def _notes(seen: Sequence[Observation]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(note for one in seen for note in one.notes))
