"""What is said of a file's classes beside what is said of its functions: one row a method."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from numpynet.check.dropout import judge_dropout
from numpynet.check.minibatches import judge_minibatches
from numpynet.check.objects.blame import excused
from numpynet.check.objects.calls import kinds_of
from numpynet.check.objects.judge import Classes
from numpynet.check.objects.optimizers import judge_optimizers
from numpynet.check.objects.reach import is_named, used_by
from numpynet.check.objects.thing import UNFORESEEN
from numpynet.check.objects.whole import judge_whole
from numpynet.check.penalty import WITHOUT_PENALTY
from numpynet.check.regularised import judge_regularised
from numpynet.check.result import FAILED, GOOD, FunctionGrade, Outcome
from numpynet.definitions import ACTIVATIONS
from numpynet.sandbox import Session

CLASSES = "a network made of classes"
OPTIMIZERS = "optimizers"
WHOLE = "a step of training in one function"
MORE = "penalties, dropout or mini-batches beside a network"
PART = "alone it is not the tutorial's; in the class whose numbers are right as a whole, it does its part"
SLOPES = ("_slope", "_backward")  # of activations, as the functions of a course are called
Rows = dict[str, FunctionGrade]


def with_others(
    session: Session, grades: Mapping[str, FunctionGrade], needed: Sequence[str], *, understood: bool = False
) -> tuple[Rows, str]:
    """The rows with those of everything that is not a course's; what the file reads like, if not like a course.

    Where there is an optimizer, no `update` is missed; where nothing that a training step needs is there, nothing is.
    """
    rows, is_class = _with_classes(session, grades, needed, understood=understood)
    alone = all(rows[name].outcome == Outcome.MISSING for name in needed if name in rows and name != "update")
    known = {one.theirs or "" for name, one in rows.items()
             if one.outcome in (*GOOD, *FAILED) and not (alone and name == "update")}  # fmt: skip
    told = {one.theirs for one in rows.values() if one.outcome == Outcome.CANNOT_JUDGE}
    try:
        whole = judge_whole(session, known) if alone and not is_class else []
        optimizers = judge_optimizers(session, known)
        more = _beside(session, rows)
    except UNFORESEEN:
        whole, optimizers, more = [], [], []
    tried = {one.theirs for one in more if one.outcome in GOOD}
    rows = {name: _with_penalty(one) if one.theirs in tried else one for name, one in rows.items()}
    found = {one.function: one for one in (*optimizers, *whole, *more)
             if (one.theirs not in known or (one in more and one.outcome in FAILED and _is_good(one, rows)))
             and (one.outcome != Outcome.CANNOT_JUDGE or one.theirs not in told)}  # fmt: skip
    if not found:
        return rows, CLASSES if is_class else ""
    kept = {name: _unless_called(session, one, more) for name, one in rows.items() if one.theirs not in found
            and (one.outcome != Outcome.MISSING or not (alone or name == "update"))}  # fmt: skip
    other = WHOLE if whole else OPTIMIZERS if alone and optimizers else MORE if alone else ""
    return kept | found, CLASSES if is_class else other


def _with_penalty(one: FunctionGrade) -> FunctionGrade:
    """The row of what was tried with a penalty, too."""
    notes = tuple(note for note in one.conventions if note != WITHOUT_PENALTY)
    outcome = Outcome.PASS if one.outcome == Outcome.CONVENTION and not notes else one.outcome
    return replace(one, outcome=outcome, conventions=notes)


def _is_good(one: FunctionGrade, rows: Mapping[str, FunctionGrade]) -> bool:
    """Whether the function is right in what else is known of it."""
    return any(other.theirs == one.theirs and other.outcome in GOOD for other in rows.values())


def _beside(session: Session, rows: Mapping[str, FunctionGrade]) -> list[FunctionGrade]:
    """What stands beside a network's functions; nobody is accused who calls one of them that is wrong."""
    found = (*judge_regularised(session), *judge_dropout(session), *judge_minibatches(session))
    return [_unless_called(session, one, rows.values()) for one in found]


def _unless_called(session: Session, one: FunctionGrade, others: Iterable[FunctionGrade]) -> FunctionGrade:
    """The row, excused where it calls one of the others that is wrong."""
    wrong = {
        other.theirs for other in others if other.outcome in FAILED and other.theirs and other.theirs != one.theirs
    }
    names, seen = [one.theirs] if wrong and one.outcome in FAILED and one.theirs else [], set[str]()
    while names:
        seen |= {name := names.pop()}
        words = {*re.findall(r"\w+", session.source_of(name) or "")}
        names += [other for other in words & session.loaded.functions.keys() if other not in seen]
    called = wrong & seen
    return excused(one, f"it may be right: {min(called)} is wrong") if called else one


def _with_classes(
    session: Session, grades: Mapping[str, FunctionGrade], needed: Sequence[str], *, understood: bool
) -> tuple[Rows, bool]:
    """The rows with those of the methods of classes; whether the file's network is such a class.

    It is not where functions that a training step needs, those in `needed`, are judged; else none of them is missed.
    A method that was judged as a course's function keeps that verdict, but where it could not be judged, or was called
    wrong and is right among its own; where the class is `understood` as a course's functions, only then. What is wrong
    beside a wrong helper may be right; and what helps in a class whose numbers are right is not accused.
    """
    classes = Classes(session)
    found = {one.function: one for one in classes.judge()}
    if not found:
        return dict(grades), False
    has_weights = bool(classes.judges)
    inherited = {base for own, *bases in session.bases().values() for base in bases}
    grades = {
        name: one for name, one in grades.items()
        if one.outcome != Outcome.UNFINISHED or (one.theirs or "").rpartition(".")[0] not in inherited
    }  # fmt: skip
    owners = {name.rpartition(".")[0] for name in found}
    judged = {name: one for name, one in grades.items() if one.outcome in (*GOOD, *FAILED)}
    free = [name for name, one in judged.items() if (one.theirs or "").rpartition(".")[0] not in owners]
    is_class = (has_weights or not judged) and not set(needed) <= set(free)
    if understood and not any(found[one.theirs].outcome in GOOD for one in judged.values()
                              if one.outcome in FAILED and one.theirs in found):  # fmt: skip
        return grades, False
    rows = {name: one for name, one in grades.items() if not (is_class and one.outcome == Outcome.MISSING)}
    judged_so = list(found.values())
    for name, one in list(rows.items()):
        own = found.pop(one.theirs or "", None)
        if own is not None and _knows_better(one, own):
            del rows[name]
            found[own.function] = own
    if is_class:
        rows = {name: _of_helper(name, one, classes, judged_so) for name, one in rows.items()}
    wrong = [one.theirs for one in rows.values() if one.outcome in FAILED]
    for name, own in found.items():
        used = used_by(session, name.rpartition(".")[0]) if own.outcome in FAILED else set()
        at_fault = next((one for one in wrong if one in used), None)
        if at_fault is not None:
            found[name] = excused(own, f"it may be right: {at_fault} is wrong")
    both = {**rows, **found}
    return {name: one for name, one in both.items() if not _is_inner(one, owners)}, is_class


def _knows_better(one: FunctionGrade, own: FunctionGrade) -> bool:
    """Whether the verdict among its own methods counts, and not that on the function alone."""
    if own.outcome in FAILED:
        return one.outcome in (Outcome.CANNOT_JUDGE, Outcome.CONVENTION)
    return one.outcome not in GOOD


def _of_helper(name: str, one: FunctionGrade, classes: Classes, methods: Sequence[FunctionGrade]) -> FunctionGrade:
    """The row of a function beside the classes, or of a method that helps: what does its part is not accused."""
    theirs = one.theirs or ""
    has_body = one.outcome in FAILED and one.outcome != Outcome.UNFINISHED
    if has_body and _does_its_part(name, theirs, classes, methods, GOOD):
        kept = replace(one, says="", cause=None, witness=None, cells=(), place=None)
        return replace(kept, outcome=Outcome.CONVENTION, conventions=(PART,))
    is_method = theirs.rpartition(".")[0] in {each.function.rpartition(".")[0] for each in methods}
    if one.outcome == Outcome.ERROR and (
        is_method or "has no attribute" in one.says or _does_its_part(name, theirs, classes, methods, (*GOOD, *FAILED))
    ):
        return excused(one, "on which inputs it can be tried is not known")
    return one


def _does_its_part(
    name: str, theirs: str, classes: Classes, methods: Sequence[FunctionGrade], outcomes: Sequence[Outcome]
) -> bool:
    """Whether an activation, or its slope, was really used in the methods of a class that all have such outcomes."""
    is_value = name in ACTIVATIONS
    activation = name if is_value else name.rpartition("_")[0]
    if not is_value and not name.endswith(SLOPES):
        return False
    judged = {one.thing.owner: one for one in classes.judges}
    for owner in dict.fromkeys(one.function.rpartition(".")[0] for one in methods):
        judge, kinds = judged.get(owner), {"forward"} if is_value else {"backward", "train"}
        known = [one.outcome for one in methods
                 if one.function.rpartition(".")[0] == owner and kinds_of(one.function.rpartition(".")[2]) & kinds
                 and one.outcome in (*GOOD, *FAILED)]  # fmt: skip
        handed_over = theirs.rpartition(".")[0] in ("", owner) and not is_named(classes.session, theirs)
        uses = handed_over or theirs in used_by(classes.session, owner, direct=judge is None)
        if not set(known) <= set(outcomes) or not uses:
            continue
        read: tuple[str, ...] | None = judge.net.read if judge is not None else None
        several = judge is not None and len(judge.net.layers()) > 1
        read = read if several or read is None else read[1:]
        used = {"linear", *(one.replace(" ", "_") for one in read)} if read is not None else {activation}
        if known and activation in used and not (judge is not None and read is None and activation == "softmax"):
            return True
    return False


def _is_inner(one: FunctionGrade, owners: set[str]) -> bool:
    """A method for the class's own use alone that cannot be judged by itself."""
    owner, _, name = (one.theirs or "").rpartition(".")
    is_private = name.startswith("_") and not name.startswith("__")
    return owner in owners and is_private and one.outcome == Outcome.CANNOT_JUDGE
