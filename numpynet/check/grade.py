"""A file's grade: each function alone, the reference standing in for the others; then the step as a whole.

A function is blamed for what it does with right inputs and right helpers, so a mistake is blamed once. It may be right
in a way of its own (`traits`, the manner in which it returns its numbers): then whoever calls it must go along, and if
that one is right only with the tutorial's way, the function is wrong. What is right as a whole is not accused in parts.

Alone, a function meets inputs that the file's own bytes give, so that its report is the same from run to run; a file
could compute them, or ask the stand-ins for the answers. What is right alone is therefore tried once more in a fresh
process, without stand-ins, on inputs from a secret seed.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np

from numpynet.check import training
from numpynet.check.advice import gradcheck
from numpynet.check.cases import Case
from numpynet.check.contract import OPERATIONS
from numpynet.check.courses import course_of
from numpynet.check.diagnosis import explain, gist
from numpynet.check.evidence import cells_of, fine_of
from numpynet.check.guards import guarded
from numpynet.check.listen import ALL, Listener, StuckError, probe
from numpynet.check.manner import FORWARD_OF, PLAIN, Manner
from numpynet.check.reader import AS_IT_IS, UNSENDABLE, Reader, Reading
from numpynet.check.result import FAILED, Cause, FunctionGrade, Grade, Observation, Outcome, Witness
from numpynet.check.settle import settle
from numpynet.check.snippet import to_copy
from numpynet.check.speaker import Speaker
from numpynet.check.start import judge_start
from numpynet.check.traits import TRAITS, Trait, of_loss
from numpynet.check.witness import smallest
from numpynet.definitions import ACTIVATIONS
from numpynet.printable import printable
from numpynet.sandbox import Limits, LoadError, read_source
from numpynet.types import Array

AHEAD = "get_cost_value"  # from here on the fresh process is started, which takes a moment
# What the checker's own code may fail with where a file returns what nobody thought of.
UNFORESEEN = (ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError)
GOOD = (Outcome.PASS, Outcome.CONVENTION)
GROSS, GUARDED = 1e-3, 1e-3
PARTS = [  # of a step
    name for name, one in OPERATIONS.items()
    if one.arguments in (("Z",), ("dA", "Z")) or name.startswith(("single", "linear", "full"))
]  # fmt: skip
PRODUCERS = {  # whose dicts, and the names in them, a function is given
    "full_forward_propagation": ("init_layers",),
    "full_backward_propagation": ("init_layers", "full_forward_propagation"),
    "update": ("init_layers", "full_backward_propagation"),
    "train": ("init_layers",),
}


def grade_file(
    path: Path,
    reading: Reading = AS_IT_IS,
    *,
    limits: Limits | None = None,
    progress: Callable[[str], object] = lambda function: None,
) -> Grade:
    """Grade the file. OSError where it cannot be read; it is run in a process of its own, never in this one."""
    limits = limits or Limits()
    file = printable(path.name)
    try:
        seed = int.from_bytes(hashlib.sha256(read_source(path, limits)).digest()[:6], "big")
        with Reader(path, reading, limits) as reader, np.errstate(all="ignore"):
            return Grader(file, reader, seed, progress).grade()
    except LoadError as error:
        return Grade(file, "error", problem=printable(str(error)))
    except UNFORESEEN as error:
        return Grade(file, "error", problem=f"it cannot be judged: {_failed_on(error)}")


class Grader:
    """Grades the functions of one loaded file."""

    def __init__(self, file: str, reader: Reader, seed: int, progress: Callable[[str], object]) -> None:
        self.file, self.reader, self.seed, self.progress = file, reader, seed, progress
        self.session, self.found, self.roles = reader.session, reader.functions, reader.roles
        self.settled = settle(reader, seed)
        self.whole, self.course = self.settled.whole, course_of(reader)
        self.speaker = Speaker(reader, self.settled.dialect, self.settled.maker(seed))
        self.grades: dict[str, FunctionGrade] = {}
        self.seen: dict[str, list[Observation]] = {}
        self.guarded: set[str] = set()  # right but for a guard
        self.innocent: set[str] = set()  # right as a part of the whole alone
        self._called: set[str] | None = None

    def grade(self) -> Grade:
        """All functions, in the order in which they need each other."""
        names = [name for name in OPERATIONS if name in self.found or name in self.course.functions]
        for name in names:
            self.progress(name)
            if name == AHEAD and not any(one.outcome not in (*GOOD, Outcome.MISSING) for one in self.grades.values()):
                self.session.prepare()
            if name == "train":
                self._in_pairs()
            self.grades[name] = self._judged(name)
        self._in_pairs()
        if all(one.outcome in (*GOOD, Outcome.MISSING) for one in self.grades.values()):
            self._in_a_fresh_process()
        return self._graded()

    def _graded(self) -> Grade:
        grades = tuple(self.grades.values())
        lacking = {one.function for one in grades if one.outcome == Outcome.MISSING}
        outcome = "pass"
        if any(one.outcome in FAILED for one in grades):
            outcome = "fail"
        elif any(one.outcome == Outcome.CANNOT_JUDGE for one in grades):
            outcome = "cannot-judge"
        elif lacking & set(self.course.needed):
            outcome = "fail"
        loaded, made = self.session.loaded, self.settled.dialect.holder is not None
        said = (*self.reader.taken, *(self.reader.lacking if made else ()))
        notes = tuple(note for note in self.reader.notes if note not in said)
        return Grade(
            self.file, outcome, grades, tuple(self.speaker.speaking().sentences()), loaded.skipped, notes,
            self.reader.mapped, self.session.isolation, reads_like=self.course.name,
            advice=gradcheck(self.reader) if self._is_unread(grades) else "",
        )  # fmt: skip

    def _is_unread(self, grades: Sequence[FunctionGrade]) -> bool:
        """Whether a function could not be judged for another reason than a module or a function that is not there."""
        unknown = [one.says for one in grades if one.outcome == Outcome.CANNOT_JUDGE]
        return any("--trust" not in says and "which is not" not in says for says in unknown)

    # ── one function ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _judged(self, name: str) -> FunctionGrade:
        """The function's grade; where its answers are such that judging them fails, it cannot be judged."""
        try:
            return self._of(name)
        except UNFORESEEN as error:
            found = self.found[name]
            says = f"it cannot be judged: {_failed_on(error)}"
            return FunctionGrade(name, Outcome.CANNOT_JUDGE, found.theirs, found.line, says)

    def _of(self, name: str) -> FunctionGrade:
        found = self.found.get(name)
        if found is None:
            return FunctionGrade(name, Outcome.MISSING, says="not in the file")
        base = FunctionGrade(name, Outcome.PASS, found.theirs, found.line)
        if found.unfinished:
            return replace(base, outcome=Outcome.UNFINISHED, says="it has no body yet")
        if (place := self.session.loaded.rebound.get(found.theirs)) is not None:
            says = f"{place} defines {found.theirs} again, in a statement that is not run: which counts is not known"
            return replace(base, outcome=Outcome.CANNOT_JUDGE, says=says)
        if self.roles[name] is None:
            wanted, given = ", ".join(OPERATIONS[name].arguments), ", ".join(found.parameters)
            says = f"its arguments ({given}) are not those that are known of it ({wanted})"
            return replace(base, outcome=Outcome.CANNOT_JUDGE, says=says)
        self.speaker.stuck = False
        kept = {"params_values", "nn_architecture"} & set(OPERATIONS[name].arguments) - set(self.roles[name] or ())
        if found.kind == "method" and kept and self.settled.dialect.holder is None:
            says = f"it takes {' and '.join(sorted(kept))} out of self, where what they are could not be found"
            return replace(base, outcome=Outcome.CANNOT_JUDGE, says=says)
        if name == "init_layers":
            return judge_start(self.speaker, base)
        if name == "train":
            return training.judge(self.speaker, base)
        return self._alone(name, base)

    def _alone(self, name: str, base: FunctionGrade) -> FunctionGrade:
        """The function with right inputs and right helpers, in the first way in which it is right."""
        own = "activation" in OPERATIONS[name].arguments and "activation" not in (self.roles[name] or ())
        seen, manner = self._of_one_activation(name) if own else self._seen_in(name, PLAIN)
        if not seen:
            return replace(
                base, outcome=Outcome.CANNOT_JUDGE, says="none of the inputs that are tried can be given to it"
            )
        if _fails(seen):
            for other in self._other_ways(name, seen):
                if other is not None:
                    seen, manner = other
                    break
        self.seen[name] = seen
        self.speaker.manners[name] = manner
        if name == "full_backward_propagation" and not _fails(seen):
            self._on_its_own_memory()
        if not _fails(seen):
            notes = (*(trait.says for trait in manner.traits), *_notes(seen), *self._returned(name, manner))
            return replace(base, outcome=Outcome.CONVENTION if notes else Outcome.PASS, conventions=notes)
        if (guard := guarded(name, seen)) is not None:
            self.guarded.add(name)
            return replace(base, outcome=Outcome.CONVENTION, conventions=(guard, *_notes(seen)))
        if self._is_right_as_a_part(name, seen):
            self.innocent.add(name)
            says = "alone it is not the tutorial's; in the file's own step, which is right as a whole, it does its part"
            return replace(base, outcome=Outcome.CONVENTION, conventions=(says,))
        self._goes_along(name)
        return self._failed(name, base, seen)

    def _is_right_as_a_part(self, name: str, seen: Sequence[Observation]) -> bool:
        """Grossly another function, on ordinary numbers, and yet one with which the whole step is right."""
        if not self.whole or name not in PARTS or not seen or self.speaker.stuck:
            return False
        first = seen[0]
        gross = bool(first.problem) or any(
            _is_gross(first.values[key], first.case.expected[key].value) for key in first.wrong()
        )
        return gross and self.found[name].theirs in self._own_calls()

    def _own_calls(self) -> set[str]:
        """Which of its functions the file's own forward and backward propagation call."""
        if self._called is None:
            self._called = set(
                Listener(self.reader).calls(probe(self.settled.asked(), self.settled.loss), self.settled.dialect)
            )
        return self._called

    def _goes_along(self, name: str) -> None:
        """What stands in for a function that is wrong goes along with its partner's way."""
        for other, manner in list(self.speaker.manners.items()):
            for trait in manner.traits:
                if (trait.partner or {}).get(other) == name:
                    self.speaker.manners[name] = Manner(traits=(trait,))

    def _seen_in(self, name: str, manner: Manner, **how: bool) -> tuple[list[Observation], Manner]:
        seen, manner = self.speaker.observe(name, manner, **how)
        return self._lenient(name, seen), manner

    def _lenient(self, name: str, seen: list[Observation]) -> list[Observation]:
        """A function that asks for all names but one takes any other for that one: no mistake, as it is one of them."""
        compared = set(self.found[name].compared) & set(ACTIVATIONS)
        has = {*self.settled.activations.values(), *self.settled.more}
        if not any(one.case.raises and one.fails for one in seen) or (compared and has <= compared):
            return seen
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
        yield self._of_others_blame(name)
        yield self._with_own_memory(name)
        yield self._of_another_loss(name)

    def _spoils(self, seen: Sequence[Observation]) -> bool:
        """What it returns is right as it is; it only changes its arguments."""
        return all(one.changed and not one.wrong() and not one.problem for one in seen if one.fails)

    def _right(self, name: str, manner: Manner) -> tuple[list[Observation], Manner] | None:
        quick, found = self._seen_in(name, manner, quick=True)
        if not quick or _fails(quick):
            return None
        seen, found = self._seen_in(name, manner)
        return None if _fails(seen) else (seen, found)

    def _of_others_blame(self, name: str) -> tuple[list[Observation], Manner] | None:
        """Right, if those whose numbers or answers it gets spoke as the tutorial does: then they are wrong, not it."""
        forward = FORWARD_OF.get(name, "")
        if "cache" in (self.roles[name] or ()) and forward in self.grades:
            self.speaker.repaired.add(forward)
            right = self._right(name, PLAIN) or self._with_traits(name)
            if right is not None:
                says = "what it keeps for the way back does not hold what the layer was given"
                self.grades[forward] = replace(
                    self.grades[forward], outcome=Outcome.FAIL, says=says, conventions=(),
                    cause=Cause("cache", "What it keeps for backward propagation does not hold A_prev and W."),
                )  # fmt: skip
                return right
            self.speaker.repaired.discard(forward)
        others = [
            one for one, manner in self.speaker.manners.items()
            if not manner.is_plain and one != name and (one in PRODUCERS.get(name, ()) or one in self._called_by(name))
        ]  # fmt: skip
        for number in range(1, len(others) + 1):
            for group in combinations(others, number):
                before = dict(self.speaker.manners)
                for one in group:
                    self.speaker.manners[one] = PLAIN
                if (right := self._right(name, PLAIN)) is not None:
                    for one in group:
                        self._refuse(one, before[one])
                    return right
                self.speaker.manners = before
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
        self.speaker.strict = True
        lacks = _fails(self._seen_in("full_forward_propagation", PLAIN, quick=True)[0])
        self.speaker.strict, self.speaker.own_memory = False, lacks
        if lacks and _fails(self._seen_in(name, self.speaker.manner(name), quick=True)[0]):
            self.speaker.strict, self.speaker.own_memory = True, False
            base = replace(forward, outcome=Outcome.PASS, conventions=())
            self.grades["full_forward_propagation"] = self._alone("full_forward_propagation", base)
        self.speaker.own_memory = False

    def _refuse(self, name: str, manner: Manner) -> None:
        """A way of its own that nobody goes along with is a mistake after all; or that of those whom it calls is."""
        for one in self._called_by(name) & set(self.speaker.manners):
            before = self.speaker.manner(one)
            if not before.is_plain:
                self.speaker.manners[one] = PLAIN
                if (right := self._right(name, PLAIN)) is not None:
                    self.seen[name], self.speaker.manners[name] = right
                    self.grades[name] = replace(self.grades[name], outcome=Outcome.PASS, conventions=())
                    self._refuse(one, before)
                    return
                self.speaker.manners[one] = before
        seen = self.speaker.observe(name, PLAIN)[0]
        seen = (
            [self.speaker.read(name, one, PLAIN) for one in self.speaker.asked(name, PLAIN)]
            if not _fails(seen)
            else seen
        )
        self.seen[name], self.speaker.manners[name] = seen, PLAIN
        base = replace(self.grades[name], outcome=Outcome.PASS, conventions=())
        self.grades[name] = self._failed(name, base, seen, manner)

    def _with_traits(self, name: str) -> tuple[list[Observation], Manner] | None:
        mine = [trait for trait in TRAITS if name in trait.of]
        for number in (1, 2):
            for traits in combinations(mine, number):
                if (right := self._right(name, Manner(traits=traits))) is not None:
                    return right
        return None

    def _with_own_memory(self, name: str) -> tuple[list[Observation], Manner] | None:
        """Backward propagation on what the file's own forward propagation files, whatever that is."""
        forward = self.grades.get("full_forward_propagation")
        if name != "full_backward_propagation" or forward is None or self.speaker.own_memory:
            return None
        self.speaker.own_memory = True
        right = self._right(name, PLAIN) or self._with_traits(name)
        if right is None:
            self.speaker.own_memory = False
        elif forward.outcome in FAILED:
            self.grades["full_forward_propagation"] = self._judged("full_forward_propagation")
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
        return self._seen_in(name, Manner(activation=before["r"]))

    def _of_another_loss(self, name: str) -> tuple[list[Observation], Manner] | None:
        if name == "get_cost_value":
            for trait in of_loss(self.speaker.maker):
                if (right := self._right(name, Manner(traits=(trait,)))) is not None:
                    return right
        cost = self.speaker.manner("get_cost_value").traits
        if name == "full_backward_propagation":
            for trait in cost:
                for more in ((), TRAITS[3:4]):
                    if (right := self._right(name, Manner(traits=(trait, *more)))) is not None:
                        return right
        return None

    def _failed(self, name: str, base: FunctionGrade, seen: list[Observation], manner: Manner = PLAIN) -> FunctionGrade:
        """What is said of a function that is right in no way."""
        failing = [one for one in seen if one.fails]
        if any(one.raised and "for the whole file" in one.raised.text for one in failing) and len(seen) == 1:
            return replace(base, outcome=Outcome.CANNOT_JUDGE, says="the time for the whole file is used up")
        if (why := self._cannot_be_judged(name, failing)) is not None:
            return replace(base, outcome=Outcome.CANNOT_JUDGE, says=why)
        if manner.places and len(OPERATIONS[name].results) > 1:
            says = "returns its values in another order than the contract's"
            cause = Cause("returned-order", f"It {says}.", "")
            return replace(
                base, outcome=Outcome.FAIL, says=gist(name, failing) if failing else says, cause=cause,
                witness=self._witness(name, failing),
            )  # fmt: skip
        nothing = [one for one in failing if one.nothing]
        if nothing and len(nothing) == len([one for one in seen if not one.case.raises]):
            return replace(base, outcome=Outcome.UNFINISHED, says="it returns None", cause=Cause(
                "returns-nothing", "It ends without returning anything."))  # fmt: skip
        likely = explain(name, seen)
        numbers = [one for one in failing if one.raised is None or one.case.raises]
        outcome = Outcome.FAIL if numbers else Outcome.ERROR
        return replace(
            base, outcome=outcome, says=gist(name, failing), cause=likely, cells=cells_of(failing),
            witness=self._witness(name, failing), fine=fine_of(seen),
        )  # fmt: skip

    def _witness(self, name: str, failing: Sequence[Observation]) -> Witness | None:
        """The smallest example on which the function fails; none where it takes too long to be asked."""
        manner = self.speaker.manner(name)

        def judge(case: Case) -> Observation:
            return self.speaker.read(name, self.speaker.ask(name, case), manner)

        found = None if self.speaker.stuck else smallest(name, judge, self.settled.dialect.dtype, failing)
        if found is None:
            return None
        return replace(found, numpy=to_copy(name, found, self.reader, self.speaker.speaking()))

    def _cannot_be_judged(self, name: str, failing: Sequence[Observation]) -> str | None:
        """Why a failure says nothing of this function: what it needs is missing, has failed, or was never made."""
        if all(one.raised and one.raised.text.startswith(UNSENDABLE) for one in failing):
            return failing[0].raised.text if failing[0].raised else None
        if (needed := self._needs(failing)) is not None:
            return needed
        if (unknown := self.speaker.without(name, failing)) is not None:
            return unknown
        owner = self.found[name].owner
        stateful = owner and owner in self.reader.unmade
        if stateful and all(one.raised and "has no attribute" in one.raised.text for one in failing):
            return f"it uses what {owner}.__init__ keeps in self, and __init__ needs arguments that nobody gave"
        return None

    def _needs(self, failing: Sequence[Observation]) -> str | None:
        """What is not there, where every failure is for want of it: another function, a module."""
        if self.reader.stand_ins and all(one.raised or one.problem for one in failing):
            modules = ", ".join(dict.fromkeys(one.partition(".")[0] for one in self.reader.stand_ins))
            if all(
                "stand-in" in (one.problem or "") or (one.raised and "NameError" in one.raised.text) for one in failing
            ):
                return f"it needs {modules}, which is not here: put what it uses of it into the file, or give --trust"
        undefined = set()
        for one in failing:
            match = re.match(r"NameError: name '(\w+)' is not defined", one.raised.text) if one.raised else None
            undefined.add(match[1] if match else "")
        missing = [name for name in OPERATIONS if name in undefined and name not in self.found]
        if undefined and len(missing) == len(undefined):
            return f"it needs {missing[0]}, which is not in the file or does not parse"
        return None

    # ── functions together ───────────────────────────────────────────────────────────────────────────────────────────

    def _in_pairs(self) -> None:
        """A trait that another function must have, too: where that one is right without it, this one is wrong."""
        for name, manner in list(self.speaker.manners.items()):
            for trait in manner.traits:
                partner = (trait.partner or {}).get(name, "")
                other = self.grades.get(partner)
                if self.grades[name].outcome not in GOOD or other is None or other.outcome not in GOOD:
                    continue
                if trait not in self.speaker.manner(partner).traits:
                    self._refuse(name, manner)

    def _in_a_fresh_process(self) -> None:
        """What is right alone must be right with the file's own others, on inputs that nobody could know."""
        self.speaker.maker = self.settled.maker(secrets.randbits(64), long=True)
        self.session.renew()
        self.speaker.stuck = False
        sound = not self.whole or self._is_sound() or self.speaker.stuck
        for name, one in self.grades.items():
            if one.outcome in GOOD and name not in self.innocent:
                self.grades[name] = self._together(one, sound)

    def _is_sound(self) -> bool:
        """The file's own step, from forward to update, is right on new inputs."""
        layers = self.settled.asked()
        listener = Listener(self.reader, free=bool(self.settled.dialect.activations))
        try:
            listener.start(layers)
            return listener.hear(probe(layers, self.settled.loss, seed=secrets.randbits(32))).right >= ALL
        except StuckError:
            return True

    def _together(self, one: FunctionGrade, sound: bool) -> FunctionGrade:
        """A function that is right alone, with the file's own others."""
        name, self.speaker.stuck = one.function, False
        if name == "update" and not sound:
            says = "the file's own step, from forward propagation to update, is right on some inputs and not on others"
            return replace(one, outcome=Outcome.FAIL, says=says, conventions=())
        if name == "init_layers":
            return judge_start(self.speaker, one, again=True)
        if name == "train":
            return training.judge(self.speaker, one, own=True, guarded=bool(self.guarded))
        seen, _ = self._seen_in(name, self.speaker.manner(name), own=True)
        failing = [shown for shown in seen if shown.fails]
        if not failing or (self.guarded and _differs_little(failing)) or (name in self.guarded and guarded(name, seen)):
            return one
        if failing[0].raised and "for the whole file" in failing[0].raised.text:
            says = f"{failing[0].raised.text}: alone it is right"
            return replace(one, outcome=Outcome.CANNOT_JUDGE, says=says, conventions=())
        says = (
            "it is right alone, with the reference in the place of the file's other functions, but not with them, "
            f"in a fresh process and on new inputs: {gist(name, failing)}"
        )
        return replace(one, outcome=Outcome.FAIL, says=says, cells=cells_of(failing), conventions=())


def _is_gross(value: Array, exact: Array, share: float = GROSS) -> bool:
    """No matter of rounding: another shape, or another number in the first digits."""
    if value.shape != exact.shape:
        return True
    return bool((np.abs(value - exact) > share * np.abs(exact).max(initial=0)).any())


def _differs_little(failing: Sequence[Observation]) -> bool:
    """By no more than a guard makes of it, or in what is made of a prediction that is NaN."""
    return all(
        one.case.nan or (not one.problem and not one.changed and not one.case.raises
        and not any(_is_gross(one.values[key], one.case.expected[key].value, GUARDED) for key in one.wrong()))
        for one in failing
    )  # fmt: skip


def _fails(seen: Sequence[Observation]) -> bool:
    return any(one.fails for one in seen)


def _notes(seen: Sequence[Observation]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(note for one in seen for note in one.notes))


def _failed_on(error: BaseException) -> str:
    """What is said where the checker's own code fails on what a file returned."""
    return printable(
        "the checker itself failed on what the file returned or asked for: please report it with the file "
        f"({type(error).__name__}: {error})"
    )


__all__ = ["Grade", "Grader", "Trait", "grade_file"]
