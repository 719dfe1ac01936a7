"""What people add so that a logarithm, a quotient or an exponential does not fail: no mistake, but told in numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from numpynet.check.matching import reading_of
from numpynet.check.result import Observation

ARTICLES = ("A ", "The ", "This ", "Where ")
PARAMETER = re.compile(r"where Z < 0 it (?:is|passes on) (\S+) ·")  # of leaky ReLU and ELU


def guarded(name: str, seen: Sequence[Observation]) -> str | None:
    """The guard in a sentence, with what it changes, where that is all in which the function differs."""
    failing = [one for one in seen if one.fails]
    if failing and all(one.case.nan for one in failing):
        return "a prediction that is NaN does not count in the cost: a network that is broken goes unnoticed"
    numbers = [one for one in seen if not one.case.raises and not one.case.nan]
    if any(one.problem or one.changed or one.case.raises for one in failing):
        return None
    reading = reading_of(name, numbers)
    if reading is None or not reading.harmless:
        return None
    says = reading.says.rstrip(".")
    says = says[0].lower() + says[1:] if says.startswith(ARTICLES) else says
    if PARAMETER.match(says):
        return says
    most, due = _moved(failing)
    return f"{says}; on the inputs tried it moves the result by at most {most:.2g}, where that is {due:.3g}"


def _moved(failing: Sequence[Observation]) -> tuple[float, float]:
    """The greatest difference that the guard makes, where both are finite, and the result without it there."""
    found = [(0.0, 0.0)]
    for one in failing:
        for name in one.wrong:
            due = one.case.expected[name].value
            error = np.abs(one.values[name] - due)
            error = np.where(np.isfinite(error), error, 0)
            found += [(float(error.max()), float(due.flat[error.argmax()]))] if error.size else []
    return max(found)
