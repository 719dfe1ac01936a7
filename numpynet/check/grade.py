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
from collections.abc import Callable, Sequence, Set
from dataclasses import replace
from pathlib import Path

import numpy as np

from numpynet.check import training
from numpynet.check.advice import completed, gradcheck
from numpynet.check.alone import Alone
from numpynet.check.answers import NOTHING
from numpynet.check.cases import SURE, Case
from numpynet.check.contract import OPERATIONS, means, roles_of
from numpynet.check.courses import course_of
from numpynet.check.diagnosis import gist
from numpynet.check.doubt import refusals, unproven
from numpynet.check.evidence import cells_of
from numpynet.check.guards import guarded
from numpynet.check.listen import ALL, Listener, StuckError, probe
from numpynet.check.manner import PLAIN
from numpynet.check.naming import NothingKnownError
from numpynet.check.objects import thing as objects
from numpynet.check.objects.merge import CLASSES, with_others
from numpynet.check.objects.predicted import judge_classes
from numpynet.check.place import place_of
from numpynet.check.raising import with_raising
from numpynet.check.reader import AS_IT_IS, Reader, Reading
from numpynet.check.result import FAILED, GOOD, Cause, FunctionGrade, Grade, Observation, Outcome, is_near
from numpynet.check.settle import settle
from numpynet.check.speaker import Speaker
from numpynet.check.spread import matrix_of
from numpynet.check.start import judge_only_start, judge_start
from numpynet.check.template import at
from numpynet.check.traits import OfLoss
from numpynet.printable import printable
from numpynet.sandbox import Definition, Limits, LoadError, Session, read_source

OVER = "did not end within"  # of a call: where there was time for it, it is the function's own fault
AHEAD = "get_cost_value"  # from here on the fresh process is started, which takes a moment
# What the checker's own code may fail with where a file returns what nobody thought of.
UNFORESEEN = (*objects.UNFORESEEN, AssertionError, MemoryError, RecursionError)
NOTHING_KNOWN = "none of the functions that are checked is in the file, by the names that are known"
UNMADE = "needs arguments that nobody gave"  # of a class: here they are found
NO_DICT = "params_values is "  # of what a training returns: something else than the weights
BACK = "full_backward_propagation"
PREDICTS = "full_forward_propagation"
REPLACED = ("init_layers", PREDICTS, "full_backward_propagation", "update")  # in train, by the reference
LABELS = "y|y_?(true|test|train)|labels?|targets?"
GUARDED = 1e-3  # of the greatest number, that guards in helpers may move


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
        reader = Reader(path, reading, limits)
        with reader.session as session, np.errstate(all="ignore"):
            try:
                reader.read()
            except NothingKnownError as error:
                return _of_classes(file, session) or _of_nothing_known(file, session, str(error))
            return completed(Grader(file, reader, seed, progress).grade(), session)
    except LoadError as error:
        return Grade(file, "error", problem=printable(str(error)))
    except UNFORESEEN as error:
        return Grade(file, "error", problem=f"it cannot be judged: {_failed_on(error)}")


def _of_classes(file: str, session: Session) -> Grade | None:
    """The grade of a file that has classes alone; None where these are not known either."""
    rows, reads_like = with_raising(session, *with_others(session, {}, ()))
    if not rows:
        return None
    grades = tuple(rows.values())
    grade = Grade(
        file, _outcome(grades), grades, skipped=session.loaded.skipped, reads_like=reads_like,
        isolation=session.isolation, advice=gradcheck(session) if _is_unread(grades) else "",
    )  # fmt: skip
    return completed(grade, session)


def _of_nothing_known(file: str, session: Session, error: str) -> Grade:
    """The grade of a file that has functions, and none that is known; an error where there are none."""
    if not session.loaded.functions or session.loaded.unparsed:
        return Grade(file, "error", problem=printable(error))
    grade = Grade(
        file, "cannot-judge", (), skipped=session.loaded.skipped, notes=(NOTHING_KNOWN,),
        isolation=session.isolation, advice=gradcheck(session),
    )  # fmt: skip
    return completed(grade, session)


def _outcome(grades: Sequence[FunctionGrade]) -> str:
    if any(one.outcome in FAILED for one in grades):
        return "fail"
    return "cannot-judge" if any(one.outcome == Outcome.CANNOT_JUDGE for one in grades) else "pass"


def _is_unread(grades: Sequence[FunctionGrade]) -> bool:
    """Whether a function could not be judged for another reason than a module or a function that is not there."""
    unknown = [one.says for one in grades if one.outcome == Outcome.CANNOT_JUDGE]
    known = ("--trust", "which is not", "it may be right", "gradients that are right")
    return any(not any(words in says for words in known) for says in unknown)


class Grader:
    """Grades the functions of one loaded file."""

    def __init__(self, file: str, reader: Reader, seed: int, progress: Callable[[str], object]) -> None:
        self.file, self.reader, self.seed, self.progress = file, reader, seed, progress
        self.session, self.found, self.roles = reader.session, reader.functions, reader.roles
        self.settled = settle(reader, seed)
        self.whole, self.course = self.settled.whole, course_of(reader)
        self.speaker = Speaker(reader, self.settled.dialect, self.settled.maker(seed))
        self.grades: dict[str, FunctionGrade] = {}
        self.reads_like = self.course.name
        self.alone = Alone(reader, self.settled, self.speaker, self.grades)

    def grade(self) -> Grade:
        """All functions, in the order in which they need each other."""
        names = [name for name in OPERATIONS if name in self.found or name in self.course.functions]
        for name in names:
            if name == "update" and name not in self.found and self.reader.steps:
                continue  # the backward pass has it in it
            self.progress(name)
            if name == AHEAD and not any(one.outcome not in (*GOOD, Outcome.MISSING) for one in self.grades.values()):
                self.session.prepare()
            if name == "train":
                self.alone.in_pairs()
            self.grades[name] = self._judged(name)
        self.alone.in_pairs()
        good = all(one.outcome in (*GOOD, Outcome.MISSING) for one in self.grades.values())
        if good and not self.alone.penalised:  # the reference has no penalty: together its numbers are others
            self._in_a_fresh_process()
        self.alone.in_rows()
        for entry in self.session.loaded.functions.values():
            if not entry.owner and re.fullmatch("predict(ions?|_class(es)?)?", entry.name.lower()):
                self._predict(entry)
        self.grades, other = with_others(
            self.session, self.grades, self.course.needed, understood=self.settled.dialect.holder is not None
        )
        self.grades |= unproven(self.reader, self.grades, self.alone.seen, self.speaker.dialect.rows)
        self.grades, other = with_raising(self.session, self.grades, other)
        self.reads_like = other or self.reads_like
        return self._graded()

    def _graded(self) -> Grade:
        wrong = {one.theirs for one in self.grades.values() if one.outcome in FAILED and one.theirs}
        grades = tuple(self._known(one, wrong) for one in self.grades.values())
        lacking = {one.function for one in grades if one.outcome == Outcome.MISSING}
        outcome = _outcome(grades)
        if outcome == "pass" and lacking & set(self.course.needed):
            outcome = "cannot-judge"
        loaded, made = self.session.loaded, self.settled.dialect.holder is not None
        said = (*self.reader.taken, *(self.reader.lacking if made else ()))
        notes = tuple(
            note
            for note in self.reader.notes
            if note not in said and not (self.reads_like == CLASSES and UNMADE in note)
        )
        mapped = {theirs: ours for theirs, ours in self.reader.mapped.items() if ours in self.grades}
        return Grade(
            self.file, outcome, grades, tuple(self.speaker.speaking().sentences()), loaded.skipped, notes,
            mapped, self.session.isolation, reads_like=self.reads_like,
            advice=gradcheck(self.session) if lacking >= set(self.course.needed) or _is_unread(grades) else "",
        )  # fmt: skip

    def _known(self, one: FunctionGrade, wrong: Set[str]) -> FunctionGrade:
        """Without the place of a function that asks another one that is wrong: that may be why."""
        text = self.session.source_of(one.theirs) if one.place is not None and one.theirs else None
        asked = {name.rpartition(".")[2] for name in wrong - {one.theirs}} & set(re.findall(r"\w+", text or ""))
        return replace(one, place=None) if asked else one

    # ── one function ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _judged(self, name: str) -> FunctionGrade:
        """The function's grade; where its answers are such that judging them fails, it cannot be judged."""
        enough = self.session.seconds_left > self.session.limits.call_seconds
        try:
            grade = self._of(name)
            if grade.outcome in FAILED and self.session.seconds_left <= 0 and not (enough and OVER in grade.says):
                says = f"the {self.session.limits.seconds:g} s for the whole file are used up: --timeout gives it more"
                found = self.found[name]
                return FunctionGrade(name, Outcome.CANNOT_JUDGE, found.theirs, found.line, says)
            return grade
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
            theirs = self.session.loaded.functions[found.theirs].parameters
            wanted, given = ", ".join(OPERATIONS[name].arguments), ", ".join(theirs)
            says = f"its arguments ({given}) are not those that are known of it ({wanted})"
            return replace(base, outcome=Outcome.CANNOT_JUDGE, says=says)
        self.speaker.stuck = False
        kept = {"params_values", "nn_architecture"} & set(OPERATIONS[name].arguments) - set(self.roles[name] or ())
        if found.kind == "method" and kept and self.settled.dialect.holder is None:
            own = re.findall(r"\bself\.(\w+)", self.session.source_of(found.theirs) or "")
            says = "on which inputs it can be tried is not known"
            if all(any(means(one, role) for one in own) for role in kept):
                roles = " and ".join(sorted(kept))
                says = f"it reads {roles} from self: in which of its attributes could not be found out"
            return replace(base, outcome=Outcome.CANNOT_JUDGE, says=says)
        weights = {"params_values", "nn_architecture"} & {*(self.roles[name] or ())}
        if name == "full_forward_propagation" and found.kind == "function" and not weights:
            says = "it takes the weights from the file's top level, where nobody can put others"
            return replace(base, outcome=Outcome.CANNOT_JUDGE, says=says)
        if name == "init_layers":
            return self._start(base)
        if self._leaves_in_self(name):
            says = "it reads from self what the file's other methods leave there: alone it cannot be asked"
            unknown = replace(base, outcome=Outcome.CANNOT_JUDGE, says=says)
            return self.alone.does_its_part(name, base) if self.settled.whole else unknown
        if name == "train":
            return self._train(base)
        return self.alone.judge(name, base)

    def _start(self, base: FunctionGrade, *, again: bool = False) -> FunctionGrade:
        """Of init_layers; of the only network that it makes, where it is given no widths."""
        if self._is_sized():
            return judge_start(self.speaker, base, again=again)
        return judge_only_start(self.speaker, base)

    def _leaves_in_self(self, name: str) -> bool:
        """Whether it is a method that gets no gradients, or no memory, and no examples to make one of."""
        needs = {"update": {"grads_values"}, "full_backward_propagation": {"memory", "X"}}.get(name, set())
        return self.found[name].kind == "method" and bool(needs) and not needs & {*(self.roles[name] or ())}

    def _is_sized(self) -> bool:
        """Whether the file's start is for the network that it is asked for."""
        sized = {"nn_architecture", "n_x"} & {*(self.roles["init_layers"] or ())}
        made = self.reader.reading.init is None and self.found["init_layers"].kind != "function"
        return bool(sized) or made

    def _predict(self, entry: Definition) -> None:
        """Of a function that makes classes of what the file's own forward propagation, if right, predicts."""
        forward = self.grades.get(PREDICTS)
        labels = [one for one in entry.parameters if re.fullmatch(LABELS, one.lower())]  # to print the accuracy
        own = [one for one in entry.parameters if one not in labels]
        roles = roles_of(PREDICTS, own, entry.required - len(set(entry.parameters[: entry.required]) & set(labels)))
        plain = forward is not None and forward.outcome in GOOD and self.found[PREDICTS].kind == "function"
        if not plain or roles is None or entry.theirs in {one.theirs for one in self.grades.values()}:
            return
        outputs = self.settled.asked()[-1]["output_dim"]
        if outputs == 1 and "argmax" in (self.session.source_of(entry.theirs) or ""):
            return  # it is for several outputs
        values, predictions = [], []
        for seed in (7, 8, 9, 10):  # for predictions on both sides of 0.5
            step = probe(self.settled.asked(), self.settled.loss, seed)
            weights = {"params_values": step.params_values, "nn_architecture": step.nn_architecture}
            given = self.speaker.given(PREDICTS, Case("", {"X": step.X, **weights}))
            answer = self.speaker.raw(PREDICTS, given)
            Y_hat = at(answer.value, self.speaker.manner(PREDICTS).places.get("Y_hat", self.settled.dialect.Y_hat_at))
            named = {one: given[role] for one, role in zip(own, roles, strict=False) if role in given}
            if len(own) == 1 and (means(own[0], "Y_hat") or means(own[0], "probs") or matrix_of(own[0])):
                named = {own[0]: Y_hat}
            named |= dict.fromkeys(labels, self.settled.dialect.theirs("Y", step.Y))
            found = self.session.call(entry.theirs, [], named)
            if answer.raised or found.raised or not isinstance(Y_hat, np.ndarray) or Y_hat.ndim != 2:
                return
            predictions.append(Y_hat if self.settled.dialect.rows else Y_hat.T)
            values.append(found.value)
        row = judge_classes(entry, values, predictions)
        self.grades |= {entry.theirs: row} if row is not None else {}

    # ── functions together ───────────────────────────────────────────────────────────────────────────────────────────

    def _in_a_fresh_process(self) -> None:
        """What is right alone must be right with the file's own others, on inputs that nobody could know."""
        self.speaker.maker = self.settled.maker(secrets.randbits(64), long=True)
        self.session.renew()
        self.speaker.stuck = False
        sound = not self.whole or bool(self.alone.guarded) or self._is_sound() or self.speaker.stuck
        for name, one in self.grades.items():
            if one.outcome in GOOD and name not in self.alone.innocent:
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

    def _train(self, base: FunctionGrade) -> FunctionGrade:
        """Of train; where it is right only if another function returned what the tutorial's does, that one is wrong."""
        if {*REPLACED} & {*self.reader.spread} or self.reader.steps:
            return self._train_with_its_own(base)
        unknown = [one for name, one in self.grades.items() if name in REPLACED and one.outcome == Outcome.CANNOT_JUDGE]
        grade = training.judge(self.speaker, base)
        if grade.outcome == Outcome.ERROR and unknown:
            says = f"it needs {unknown[0].theirs}, which could not be judged: {grade.says}"
            return replace(base, outcome=Outcome.CANNOT_JUDGE, says=says)
        if NO_DICT in grade.says and self.settled.dialect.holder is not None:
            says = "it leaves the weights in its object, and what it makes of them there could not be followed"
            return replace(base, outcome=Outcome.CANNOT_JUDGE, says=says)
        for name, manner in list(self.speaker.manners.items()) if grade.outcome in FAILED else ():
            if manner.places and self.grades[name].outcome in GOOD:
                self.speaker.manners[name] = PLAIN
                if (other := training.judge(self.speaker, base)).outcome in GOOD:
                    self.alone.refuse(name, manner)
                    return other
                self.speaker.manners[name] = manner
        return grade

    def _train_with_its_own(self, base: FunctionGrade) -> FunctionGrade:
        """Of a train that hands every matrix on by itself: nothing can stand in for those that it calls."""
        known = (*GOOD, Outcome.MISSING)
        wrong = [
            one for one in self.grades.values() if one.outcome not in known and one.function != "get_accuracy_value"
        ]
        if wrong:
            says = f"it may be right: {wrong[0].theirs or wrong[0].function}, which it needs, is not shown to be"
            return replace(base, outcome=Outcome.CANNOT_JUDGE, says=says)
        if "init_layers" in self.found and not self._is_sized():
            says = "it trains the one network that the file makes, and cannot be asked for another"
            return replace(base, outcome=Outcome.CANNOT_JUDGE, says=says)
        grade = training.judge(self.speaker, base, own=True, guarded=bool(self.alone.guarded))
        if grade.outcome == Outcome.ERROR or (grade.outcome in FAILED and "has shape" in grade.says):
            says = f"it may make another network than the one that it is asked for: {grade.says}"
            return replace(base, outcome=Outcome.CANNOT_JUDGE, says=says)
        return grade

    def _own_train(self, one: FunctionGrade) -> FunctionGrade:
        """Of train with the file's own functions: an update that returns nothing is none that it can go on with."""
        grade = training.judge(self.speaker, one, own=True, guarded=bool(self.alone.guarded))
        update = self.grades.get("update")
        if grade.outcome in FAILED and update is not None and NOTHING in update.conventions:
            cause = Cause("returns-nothing", "It returns nothing, and train goes on with what it returns.")
            self.grades["update"] = replace(
                update, outcome=Outcome.FAIL, says="it returns None", cause=cause, conventions=()
            )
            return one
        return grade

    def _together(self, one: FunctionGrade, sound: bool) -> FunctionGrade:
        """A function that is right alone, with the file's own others."""
        name, self.speaker.stuck = one.function, False
        if name == "update" and not sound:
            says = "the file's own step, from forward propagation to update, is right on some inputs and not on others"
            return replace(one, outcome=Outcome.FAIL, says=says, conventions=())
        if name == "init_layers":
            return self._start(one, again=True)
        if name == "train":
            of_another = any(isinstance(trait.expected, OfLoss) for trait in self.speaker.manner(BACK).traits)
            return one if of_another else self._own_train(one)  # the reference trains on the tutorial's loss
        seen, _ = self.alone.seen_in(name, self.speaker.manner(name), own=True)
        failing = [shown for shown in seen if shown.fails]
        if (
            not failing
            or (self.alone.guarded and _differs_little(failing))
            or (name in self.alone.guarded and guarded(name, seen))
            or len(refusals(self.reader, name, failing)) == len(failing)
            or any("α" in (roles or ()) for roles in self.roles.values())  # its default is another than the table's
        ):
            return one
        if failing[0].raised and "for the whole file" in failing[0].raised.text:
            says = f"{failing[0].raised.text}: alone it is right"
            return replace(one, outcome=Outcome.CANNOT_JUDGE, says=says, conventions=())
        says = (
            "it is right alone, with the reference in the place of the file's other functions, but not with them, "
            f"in a fresh process and on new inputs: {gist(name, failing)}"
        )
        place = place_of(self.speaker, name, seen, self.speaker.manner(name), None)
        return replace(one, outcome=Outcome.FAIL, says=says, cells=cells_of(failing), conventions=(), place=place)


def _differs_little(failing: Sequence[Observation]) -> bool:
    """By no more than a guard makes of it where predictions are not near 0 and 1; or in what is made of a NaN."""
    return all(
        one.case.nan or one.case.label.endswith(SURE)
        or (not one.problem and not one.changed and not one.case.raises and is_near(one, GUARDED))
        for one in failing
    )  # fmt: skip


def _failed_on(error: BaseException) -> str:
    """What is said where the checker's own code fails on what a file returned."""
    return printable(
        "the checker itself failed on what the file returned or asked for: please report it with the file "
        f"({type(error).__name__}: {error})"
    )
