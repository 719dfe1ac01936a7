"""What a check finds: what was seen of each call, and what is said of each function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np

from numpynet.check.cases import Case
from numpynet.parity.exact import Bounded
from numpynet.sandbox import Raised
from numpynet.types import Array


class Outcome(StrEnum):
    """What can be said of a function."""

    PASS = "pass"
    CONVENTION = "convention"
    MISSING = "missing"
    CANNOT_JUDGE = "cannot-judge"
    UNFINISHED = "unfinished"
    ERROR = "error"
    FAIL = "fail"


FLOAT32 = r"float32|\bnp\.single\b"  # what asks for it in a file
SINGLE = 1e-5  # of the greatest number, that rounding to float32 makes of a step
GOOD = (Outcome.PASS, Outcome.CONVENTION)
FAILED = (Outcome.FAIL, Outcome.ERROR, Outcome.UNFINISHED)


@dataclass(frozen=True)
class Called:
    """A call that the function made of another one: who, with what by role."""

    function: str
    arguments: Mapping[str, Any]
    result: Any = None


@dataclass(frozen=True)
class Observation:
    """What one call gave: numbers by name, or why there are none. `after`: arguments as they are now, by role."""

    case: Case
    values: Mapping[str, Array] = field(default_factory=dict)
    problem: str | None = None
    raised: Raised | None = None
    nothing: bool = False
    changed: tuple[str, ...] = ()
    after: Mapping[str, Any] = field(default_factory=dict)
    called: tuple[Called, ...] = ()
    notes: tuple[str, ...] = ()

    @cached_property
    def wrong(self) -> list[str]:
        """The names whose values are not what they must be."""
        if self.case.raises or self.problem:
            return []
        if self.case.nan:
            return [name for name in self.case.expected if name in self.values and np.isfinite(self.values[name]).all()]
        return [name for name, exact in self.case.expected.items() if not right(self.values.get(name), exact)]

    @property
    def fails(self) -> bool:
        """Anything is not as it must be."""
        if self.case.raises:
            return self.raised is None or self.raised.kind != "exception"
        return bool(self.problem or self.changed or self.wrong)


def right(value: Array | None, exact: Bounded) -> bool:
    """Within what rounding allows, everywhere; NaN only where NaN is due."""
    if value is None or value.shape != exact.value.shape or value.dtype.kind not in "fiub":
        return False
    error = np.abs(value.astype(np.longdouble) - exact.value)
    return bool(np.all((error <= exact.allowed) | (np.isnan(value) & np.isnan(exact.value))))


def is_near(one: Observation, share: float) -> bool:
    """Whether every result is near the right one, beside the greatest of all: a sum such as db may cancel to little."""
    exact = {name: bounded.value for name, bounded in one.case.expected.items()}
    greatest = max((float(np.abs(value).max()) for value in exact.values() if value.size), default=0.0)
    pairs = ((one.values[name], exact[name]) for name in one.wrong)
    return all(value.shape == due.shape and (np.abs(value - due) <= share * greatest).all() for value, due in pairs)


@dataclass(frozen=True)
class Cell:
    """One element: the file's and the right one, on one input."""

    case: str
    name: str
    index: tuple[int, ...]
    yours: float
    expected: float

    @property
    def ratio(self) -> float:
        """yours / expected."""
        return self.yours / self.expected if self.expected else float("nan")


@dataclass(frozen=True, eq=False)
class Witness:
    """A small example on which a mistake shows: `given` by role, in the tutorial's layout, `expected` and `yours`.

    `yours` is text where there are no numbers: what is raised, or what is wrong with the answer. `wrong` are the names
    of the results that are not as expected. `changed` are arguments that may only be read, as they were and as they are
    after the call. `refuses`: the call must raise an exception. `numpy` is the example as code to be copied.
    """

    given: Mapping[str, Any]
    expected: Mapping[str, Array] = field(default_factory=dict)
    yours: Mapping[str, Array | str] | str = ""
    wrong: tuple[str, ...] = ()
    changed: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    refuses: bool = False
    numpy: str = ""

    def plain(self) -> dict[str, Any]:
        """The same as lists, numbers and text."""
        return {
            "given": _plain(self.given),
            "expected": "an exception" if self.refuses else _plain(self.expected),
            "yours": _plain(self.yours),
            "wrong": list(self.wrong),
            "changed": {
                name: {"before": _plain(old), "after": _plain(new)} for name, (old, new) in self.changed.items()
            },
        }

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Witness) and repr(self.plain()) == repr(other.plain()) and self.numpy == other.numpy

    __hash__ = None  # type: ignore[assignment]


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value


@dataclass(frozen=True)
class Cause:
    """Why, as far as the numbers say: what the function computes instead, and what to do about it."""

    id: str
    rationale: str
    help: str = ""


@dataclass(frozen=True)
class Place:
    """The statement at fault: the line in which it begins, and its text; of a notebook the cell, and the line in it."""

    line: int
    text: str
    cell: int | None = None


@dataclass(frozen=True)
class FunctionGrade:
    """One function: the outcome, and for what is not right the evidence and the likely cause."""

    function: str
    outcome: Outcome
    theirs: str | None = None
    line: int | None = None
    says: str = ""
    cause: Cause | None = None
    cells: tuple[Cell, ...] = ()
    witness: Witness | None = None
    fine: tuple[str, ...] = ()
    conventions: tuple[str, ...] = ()
    place: Place | None = None


@dataclass(frozen=True)
class Grade:
    """A file's grade. `outcome`: pass, fail, cannot-judge, or error where it cannot be loaded at all."""

    file: str
    outcome: str
    functions: tuple[FunctionGrade, ...] = ()
    conventions: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    mapped: Mapping[str, str] = field(default_factory=dict)
    isolation: str = ""
    problem: str | None = None
    reads_like: str = ""  # whose functions they are
    advice: str = ""  # what to do, for what cannot be judged
    unparsed: tuple[str, ...] = ()  # where it does not parse, and why
    unread: tuple[str, ...] = ()  # functions on which nothing is said
