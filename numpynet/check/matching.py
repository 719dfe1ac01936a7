"""Whether a reading explains an observation."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

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


def explains(one: Observation, reading: Reading) -> bool:
    """Every value that is wrong is the reading's, and no other value speaks against it."""
    wrong = one.wrong()
    if any(name not in reading.values for name in wrong) or (one.problem and set(reading.values) != set(one.values)):
        return False
    for name, predicted in reading.values.items():
        exact = one.case.expected.get(name)
        got = one.values.get(name)
        if exact is None:
            if not close(got, predicted):
                return False
        elif not close(got, predicted, exact.allowed, exact.value):
            return False
    return True


def read_numbers(function: str, numbers: Sequence[Observation]) -> Cause | None:
    """The first reading that explains every input that shows a mistake, at least two."""
    read = READINGS.get(function)
    shown = [one for one in numbers if one.values and (one.wrong() or one.problem) and one.raised is None]
    if read is None or not shown:
        return None
    with np.errstate(all="ignore"):
        sets: list[dict[str, Reading]] = []
        for one in shown:
            sets.append({})
            for reading in tried(read(one)):
                if explains(one, reading):
                    sets[-1].setdefault(reading.id, reading)
        common = [id for id in sets[0] if all(id in other for other in sets)]
        quiet = [one for one in numbers if one.values and one not in shown and one.raised is None]
        for id in common:
            spoken = [[reading for reading in tried(read(one)) if reading.id == id] for one in quiet]
            if any(
                yields and not any(explains(one, reading) for reading in yields)
                for one, yields in zip(quiet, spoken, strict=True)
            ):
                continue
            if len(shown) >= ENOUGH or any(
                reading.id == id and explains(one, reading)
                for one in numbers
                if one.values and one not in shown
                for reading in tried(read(one))
            ):
                return Cause(id.partition(":")[0], sets[0][id].says)
    return None


def tried(readings: Iterator[Reading]) -> Iterator[Reading]:
    """The readings up to the first that this input's shapes do not allow."""
    with contextlib.suppress(ValueError, KeyError, IndexError, ZeroDivisionError):
        yield from readings


def agreed(said: Sequence[tuple[str, str] | None], failing: Sequence[Observation]) -> tuple[str, str] | None:
    """What was seen to be handed wrongly in at least two calls, the first of what all share."""
    known = [one for one in said if one is not None]
    if len(known) < ENOUGH:
        return None
    ids = [id for id, _ in known]
    most = max(dict.fromkeys(ids), key=ids.count)
    if ids.count(most) < ENOUGH or ids.count(most) < 0.6 * len(ids):
        return None
    return next(one for one in known if one[0] == most)
