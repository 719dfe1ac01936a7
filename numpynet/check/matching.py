"""Whether a reading explains an observation."""

from __future__ import annotations

from collections.abc import Container, Sequence

import numpy as np

from numpynet.check.readings import READINGS, Reading
from numpynet.check.result import Cause, Observation
from numpynet.types import Array

ENOUGH = 2  # inputs


def close(got: Array | None, predicted: Array, allowed: Array | None = None, exact: Array | None = None) -> bool:
    """The file's numbers are the reading's, but for rounding; where they are wrong, the reading says by how much."""
    if got is None:
        return False
    predicted = np.asarray(predicted)
    if got.shape != predicted.shape or got.size == 0:
        return False
    got, predicted = got.astype(float), predicted.astype(float)
    same = (got == predicted) | (np.isnan(got) & np.isnan(predicted))
    finite = np.isfinite(predicted)
    scale = np.abs(predicted[finite]).max() if finite.any() else 0.0
    room = 1e-10 * np.abs(predicted) + 1e-14 * scale
    if allowed is not None and exact is not None and allowed.shape == got.shape:
        wrong = np.abs(got - exact)
        room = np.minimum(room, 1e-3 * np.where(wrong > allowed, wrong, np.inf)) + 8 * allowed
    return bool(np.all(same | (np.abs(got - predicted) <= room)))


def explains(one: Observation, reading: Reading, wrong: Sequence[str]) -> bool:
    """Every value of those that are `wrong` is the reading's, and no other value speaks against it."""
    if any(name not in reading.values for name in wrong) or (one.problem and set(reading.values) != set(one.values)):
        return False
    for name, predicted in reading.values.items():
        exact, got = one.case.expected.get(name), one.values.get(name)
        if not (close(got, predicted) if exact is None else close(got, predicted, exact.allowed, exact.value)):
            return False
    return True


def explaining(
    function: str, one: Observation, among: Container[str] | None = None
) -> tuple[dict[str, Reading], set[str]]:
    """The readings that explain it, the first of each id, and the ids of all that fit its shapes; `among` these ids."""
    found: dict[str, Reading] = {}
    ids, wrong = set[str](), one.wrong
    for reading in READINGS[function](one):
        if reading.id not in found and (among is None or reading.id in among) and reading.values:
            ids.add(reading.id)
            if explains(one, reading, wrong):
                found[reading.id] = reading
    return found, ids


def reading_of(function: str, numbers: Sequence[Observation]) -> Reading | None:
    """The first reading that explains every input that shows a mistake, at least two, and no right one speaks against.

    At least one of them must tell it from what is simpler.
    """
    called = sorted((one for one in numbers if one.values and one.raised is None), key=lambda one: one.case.large)
    shown = [(one, bool(one.wrong or one.problem)) for one in called]
    first = next((one for one, wrong in shown if wrong), None)
    if function not in READINGS or first is None:
        return None
    with np.errstate(all="ignore"):
        readings, told = explaining(function, first)[0], set[str]()
        count = dict.fromkeys(readings, 0)
        for one, wrong in shown if readings else ():
            found, ids = explaining(function, one, count)
            told |= {id for id, reading in found.items() if wrong and reading.told}
            count = {id: n + (id in found) for id, n in count.items() if id in found or not (wrong or id in ids)}
    return next((readings[id] for id, n in count.items() if n >= ENOUGH and id in told), None)


def read_numbers(function: str, numbers: Sequence[Observation]) -> Cause | None:
    """The cause that the numbers say."""
    reading = reading_of(function, numbers)
    return reading and Cause(reading.id.partition(":")[0], reading.says)


def agreed(said: Sequence[tuple[str, str] | None]) -> tuple[str, str] | None:
    """What was seen to be handed wrongly in at least two calls, the first of what all share."""
    known = [one for one in said if one is not None]
    ids = [id for id, _ in known]
    most = max(dict.fromkeys(ids), key=ids.count, default="")
    if ids.count(most) < ENOUGH or ids.count(most) < 0.6 * len(ids):
        return None
    return next(one for one in known if one[0] == most)
