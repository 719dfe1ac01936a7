"""The verdict on what makes mini-batches: every example must be beside its own label; one in none, or two, is told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from numpynet.check.contract import BESIDE, means
from numpynet.check.result import Cause, FunctionGrade, Outcome
from numpynet.sandbox import Definition, Session
from numpynet.types import Array

NAME = "batch"
SIZE = r"(mini_?)?batch(es)?(_?size)?|size|bs"
FEATURES, M, EACH = 6, 10, 4  # the last batch is a smaller one
DRAWN = "choice|randint|integers|sample"  # with which an example may be in several batches on purpose
Batch = tuple[Array, Array]


def judge_minibatches(session: Session) -> list[FunctionGrade]:
    """Of every function that returns a list of batches."""
    rows = (_judged(session, one) for one in session.loaded.functions.values()
            if re.search(NAME, one.name.lower()) and not one.owner and not one.unfinished)  # fmt: skip
    return [row for row in rows if row is not None]


def _arguments(entry: Definition, X: Array, Y: Array) -> dict[str, object] | None:
    """What it is given, by name; None where that is not known."""
    given: dict[str, object] = {}
    for place, name in enumerate(entry.parameters):
        if means(name, "X") or means(name, "Y"):
            given[name] = X if means(name, "X") else Y
        elif re.fullmatch(SIZE, name.lower()):
            given[name] = EACH
        elif means(name, "seed") or re.fullmatch(BESIDE["m"], name.lower()):
            given[name] = 3 if means(name, "seed") else M
        elif place < entry.required:
            return None
    return (
        given if any(value is X for value in given.values()) and any(value is Y for value in given.values()) else None
    )


def _judged(session: Session, entry: Definition) -> FunctionGrade | None:
    """In columns, or in rows, whichever is right; None where it is not understood in either."""
    row = FunctionGrade(entry.theirs, Outcome.PASS, entry.theirs, entry.line)
    examples = np.arange(1.0, M + 1)
    X, Y, wrong = examples + 100 * np.arange(FEATURES)[:, None], -examples[None], ""
    told: FunctionGrade | None = None
    for in_rows in (False, True):
        given = _arguments(entry, *((X.T.copy(), Y.T.copy()) if in_rows else (X, Y)))
        value = None if given is None else session.call(entry.theirs, [], given).value
        batches = [(one[0].T, one[1].T) if in_rows else one for one in _pairs(value)]
        batches = [(x, y) for x, y in batches if x.size or y.size]
        if not batches or not all(_are_of(x, X) and _are_of(y, Y) for x, y in batches):
            continue
        drawn = re.search(DRAWN, session.source_of(entry.theirs) or "") is not None
        if not (fault := _fault(batches, X) or _too_many(batches, drawn)):
            if not (note := _note(batches)):
                return row
            told = told or replace(row, outcome=Outcome.CONVENTION, conventions=(note,))
        wrong = wrong or fault
    if told is not None:
        return told
    cause = Cause("mini-batches", f"{wrong[:1].upper()}{wrong[1:]}.")
    return replace(row, outcome=Outcome.FAIL, says=wrong, cause=cause) if wrong else None


def _are_of(part: Array, whole: Array) -> bool:
    """Whether each of its rows has numbers of that row alone, whatever their order."""
    return len(part) == len(whole) and all(np.isin(*both).all() for both in zip(part, whole, strict=True))


def _pairs(value: object) -> Iterator[Batch]:
    """The batches of X and Y, each as wide as the other's; none where there is something else among them."""
    for one in value if isinstance(value, (list, tuple)) else ():
        both = one if isinstance(one, (list, tuple)) and len(one) == 2 else ()
        if not both or not all(isinstance(part, np.ndarray) and part.ndim == 2 for part in both):
            return
        yield both[0], both[1]


def _fault(batches: Sequence[Batch], X: Array) -> str:
    """What is wrong with them; "" where nothing is."""
    if any(x.shape[1] != y.shape[1] for x, y in batches):
        return "a batch has not as many labels as examples"
    for x, y in batches:
        if not np.array_equal(x, x[0] + X[:, :1] - X[0, 0]):
            return "the features of an example do not stay together"
        if not np.array_equal(y[0], -x[0]):
            return "examples and labels lose their order: a label is not beside its own example"
    return ""


def _too_many(batches: Sequence[Batch], drawn: bool) -> str:
    """Whether examples are taken twice, where none are drawn, or a batch has more than one and a rest; "" if not."""
    numbers = np.concatenate([x[0] for x, _ in batches])
    more = len(numbers) - len({*numbers})
    if more and not drawn:
        return (
            f"of {M} examples in batches of {EACH}, some are in more than one batch: together these have {len(numbers)}"
        )
    most = max(x.shape[1] for x, _ in batches)
    return f"a batch of at most {EACH} has {most} examples" if most >= 2 * EACH else ""


def _note(batches: Sequence[Batch]) -> str:
    """What is to be known of batches that are right."""
    numbers = np.concatenate([x[0] for x, _ in batches])
    lost = M - len({*numbers})
    if lost:
        return f"of {M} examples in batches of {EACH}, {lost} {'are' if lost > 1 else 'is'} in no batch"
    most = max(x.shape[1] for x, _ in batches)
    return f"a batch of at most {EACH} has {most} examples" if most > EACH else ""
