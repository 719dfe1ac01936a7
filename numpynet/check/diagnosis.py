"""The likely cause: what the function computes instead, found by explaining its numbers.

A *reading* is a formula over the right quantities, such as "dW without the division by m", with what it would return.
Where the file's result equals one reading's on two different inputs, and on every input that shows a mistake, that is
the cause. A function that calls others is read by what it hands to them. Where nothing fits, the pattern of the numbers
is said; no cause is better than a wrong one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

from numpynet import names
from numpynet.check.handed import HANDED
from numpynet.check.matching import agreed, read_numbers
from numpynet.check.patterns import pattern_of, what_raised
from numpynet.check.result import Cause, Observation


def explain(function: str, seen: Sequence[Observation]) -> Cause | None:
    """The cause of what fails, or None."""
    failing = [one for one in seen if one.fails]
    if not failing:
        return None
    refused = [one for one in failing if one.case.raises]
    if refused and len(refused) == len(failing):
        return Cause(
            "unknown-accepted", "An unknown activation is accepted: a typing error would train another network."
        )
    if all(one.changed for one in failing) and not any(one.wrong or one.problem for one in failing):
        what = ", ".join(dict.fromkeys(place.partition("[")[0] for one in failing for place in one.changed))
        return Cause(
            "changes-argument", f"It overwrites its argument {what}: whoever called it finds other numbers there."
        )
    counts = {one.problem for one in failing if one.problem and one.problem.startswith("it returns ")}
    if counts and len([one for one in failing if one.problem in counts]) == len(failing):
        said = next(iter(counts))
        return Cause("returned-count", f"I{said[1:]}.") if len(counts) == 1 or "values" in said else None
    hidden = [one for one in failing if one.case.nan]
    if hidden and len(hidden) == len(failing):
        return Cause(
            "hides-nan", "A prediction that is NaN does not make the cost NaN: a broken network goes unnoticed."
        )
    passed_on = agreed([handed_on(function, one) for one in seen if not one.case.raises])
    if passed_on:
        return Cause(*passed_on)
    numbers = [one for one in seen if not one.case.raises and not one.case.nan]
    found = read_numbers(function, numbers)
    return found or what_raised(failing) or pattern_of(function, numbers)


def handed_on(function: str, one: Observation) -> tuple[str, str] | None:
    """What the function hands to the others, as far as that can be read: it may be anything."""
    with contextlib.suppress(ValueError, TypeError, KeyError, IndexError, AttributeError, ZeroDivisionError):
        return HANDED[function](one) if function in HANDED else None
    return None


def gist(function: str, failing: Sequence[Observation], theirs: Callable[[str, Any], Any] | None = None) -> str:
    """What is wrong, in half a sentence; shapes as the file has them, where `theirs` says how that is."""
    values = [one for one in failing if one.wrong]
    if values:
        kinds = list(dict.fromkeys(name.rstrip("0123456789") if len(one.case.expected) > 3 else name
                                   for one in values for name in one.wrong))  # fmt: skip
        first = values[0]
        for name in first.wrong:
            got, exact = first.values.get(name), first.case.expected[name].value
            if got is not None and got.shape != exact.shape:
                found, due = (one if theirs is None else theirs(names.kind(name), one) for one in (got, exact))
                return f"{name} has shape {found.shape}, expected {due.shape} ({first.case.label})"
        verb = "is" if len(kinds) == 1 else "are"
        return f"{', '.join(kinds)} {verb} wrong"
    problems = [one for one in failing if one.problem and not one.case.raises]
    if problems:
        first = problems[0]
        line = f", line {first.raised.line}" if first.raised and first.raised.line else ""
        return f"{first.problem}{line} ({first.case.label})"
    changed = [place for one in failing for place in one.changed]
    return f"it changes {changed[0]}" if changed else "it accepts an unknown activation"
