"""Whose fault it is: what uses a part that is wrong, or that could not be judged, is not accused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from numpynet.check.objects.calls import kinds_of
from numpynet.check.objects.reach import reached
from numpynet.check.objects.thing import Thing
from numpynet.check.result import FAILED, GOOD, FunctionGrade, Outcome

MOVING = {"backward", "step", "train"}  # what a step hangs on


def excused(one: FunctionGrade, says: str) -> FunctionGrade:
    """The row of what is not accused."""
    return replace(one, outcome=Outcome.CANNOT_JUDGE, says=says, cause=None, cells=(), witness=None, place=None)


def blamed(rows: Mapping[str, FunctionGrade], things: Mapping[str, Thing]) -> dict[str, FunctionGrade]:
    """The rows, those excused that call what is wrong or not known; `things` are objects of the judged classes."""
    of_bases = {base: thing for thing in things.values() for base in thing.bases} | dict(things)
    return {name: _judged(one, rows, of_bases.get(name.rpartition(".")[0])) for name, one in rows.items()}


def _judged(one: FunctionGrade, rows: Mapping[str, FunctionGrade], thing: Thing | None) -> FunctionGrade:
    functions = thing.session.loaded.functions if thing is not None else {}
    if thing is None or one.outcome not in FAILED or one.function not in functions:
        return one
    used = [other for other in reached(thing, functions[one.function]) if other.theirs != one.function]
    wrong = [other for other in used if other.theirs in rows and rows[other.theirs].outcome in FAILED]
    for other in wrong:
        if one.function not in [back.theirs for back in reached(thing, other)]:
            return excused(one, f"it may be right: {other.theirs} is wrong")
    for other in used:
        known = other.theirs in rows and rows[other.theirs].outcome in GOOD
        if other.owner and not known and MOVING & kinds_of(other.name):
            either = f"it, or {other.theirs} that it calls, is wrong: {one.says}"
            if other.name.startswith("_") and one.cause is not None:  # a part of it
                return replace(one, says=either, cause=replace(one.cause, rationale=f"I{either[1:]}."), place=None)
            return excused(one, either)
    return one
