"""Of a class that cannot be judged: what its constructor or its forward pass raises, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from numpynet.check.objects.calls import arguments_for, constructors, kinds_of
from numpynet.check.objects.judge import SIZES, known_sizes
from numpynet.check.objects.merge import CLASSES, Rows
from numpynet.check.objects.net import M
from numpynet.check.objects.thing import Thing
from numpynet.check.place import placed
from numpynet.check.result import FAILED, GOOD, FunctionGrade, Outcome, Place
from numpynet.sandbox import Answer, Definition, Session
from numpynet.types import Array

OF_WHAT_IS_GIVEN = re.compile(r"'(int|float|str|list|tuple|dict|NoneType)' object")  # it wants something else
OTHERS = {"backward", "cost", "step", "train"}  # what a network has beside its forward pass


class Raising(NamedTuple):
    """A method that raises, what it raised, in which line, and for what."""

    entry: Definition
    text: str
    line: int
    given: str


def with_raising(session: Session, rows: Rows, reads_like: str) -> tuple[Rows, str]:
    """The rows with those of the networks that cannot be run; what the file reads like then."""
    for owner in session.loaded.classes:
        methods = [one for one in session.loaded.functions.values() if one.owner == owner]
        kinds = {kind for one in methods for kind in kinds_of(one.name)}
        mine = {one.theirs: one for one in rows.values() if one.theirs in {entry.theirs for entry in methods}}
        judged = any(
            one.outcome in (*GOOD, *FAILED) and kinds_of(name.rpartition(".")[2]) for name, one in mine.items()
        )
        if (
            judged
            or "forward" not in kinds
            or not kinds & OTHERS
            or owner in session.loaded.torch
            or (rows and not mine)
        ):
            continue
        if (found := _raising(session, owner, methods)) is not None:
            asked = [one for one in methods if kinds_of(one.name) and one != found.entry]
            own = [_row(session, found), *(_row_behind(one, found) for one in asked)]
            named = {one.theirs for one in own}
            left = {
                name: one for name, one in rows.items() if one.theirs not in named and one.outcome != Outcome.MISSING
            }
            rows = left | {one.function: one for one in own}
            reads_like = CLASSES
    return rows, reads_like


def _row(session: Session, found: Raising) -> FunctionGrade:
    entry = found.entry
    says = f"{found.given} raises {found.text}"
    return FunctionGrade(
        entry.theirs, Outcome.CANNOT_JUDGE, entry.theirs, entry.line, says, place=_place(session, found.line)
    )


def _row_behind(entry: Definition, found: Raising) -> FunctionGrade:
    """Of another method of the class."""
    says = f"it cannot be tried as long as {found.entry.theirs} raises"
    return FunctionGrade(entry.theirs, Outcome.CANNOT_JUDGE, entry.theirs, entry.line, says)


def _place(session: Session, line: int) -> Place | None:
    """The line, in the function in which it is."""
    before = [one for one in session.loaded.functions.values() if one.line <= line]
    entry = max(before, key=lambda one: one.line, default=None)
    text = session.source_of(entry.theirs) if entry is not None else None
    if entry is None or text is None:
        return None
    return placed(session, entry.theirs, entry.line, text, (line - entry.line + 1, line - entry.line + 1))


def _raising(session: Session, owner: str, methods: list[Definition]) -> Raising | None:
    """What the constructor raises in every way in which it may be called, or the forward pass in every layout of X."""
    entry = next((one for one in methods if one.name == "__init__"), None)
    ways = constructors(entry, known_sizes(SIZES))
    answers = [(way, session.new(owner, [], way) if isinstance(way, dict) else session.new(owner, way)) for way in ways]
    made = [(way, answer.kept.value) for way, answer in answers if answer.raised is None and answer.kept is not None]
    if not made:
        given = [(_called(owner, way), answer) for way, answer in answers]
        return _first(entry, given) if entry is not None else None
    way, ref = made[0]
    thing = Thing(session, owner, ref, way)
    forward = min(
        (one for one in methods if "forward" in kinds_of(one.name)), key=lambda one: one.name.startswith("predict")
    )
    tried = [
        (f"{_called(owner, way)}.{forward.name}(X) with X of shape {X.shape}", answer)
        for X, answer in _forward(thing, forward)
    ]
    found = _first(forward, tried)
    return None if found is None or OF_WHAT_IS_GIVEN.search(found.text) else found


def _forward(thing: Thing, entry: Definition) -> Iterator[tuple[Array, Answer]]:
    """The forward pass of examples in rows, in columns, and of a single one."""
    X = np.random.default_rng(5).uniform(-1, 1, (M, SIZES[0]))
    for one in (X, X.T, X[0]):
        if (args := arguments_for(entry, {"X": one}, ("X",))) is not None:
            yield one, thing.call(entry, args)


def _first(entry: Definition, tried: list[tuple[str, Answer]]) -> Raising | None:
    """The first exception out of the file itself; None where one of the calls ended without any."""
    raised = [(given, answer.raised) for given, answer in tried if answer.raised is not None]
    if len(raised) < len(tried):
        return None
    for given, one in raised:
        if one.kind == "exception" and one.line is not None:
            return Raising(entry, one.text, one.line, given)
    return None


def _called(owner: str, way: list[Any] | Mapping[str, Any]) -> str:
    """`Net(3, 5, 2)`."""
    named = isinstance(way, Mapping)
    given = [f"{name}={value!r}" for name, value in way.items()] if named else list(map(repr, way))  # type: ignore[union-attr]
    return f"{owner}({', '.join(given)})"
