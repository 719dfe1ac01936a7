"""What is shown of a function that is wrong: its worst elements, and what of it is right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from numpynet.check.result import Cell, Observation


def cells_of(failing: Sequence[Observation]) -> tuple[Cell, ...]:
    """The worst element of the first two inputs on which there are numbers to compare."""
    cells = []
    for one in failing:
        for name in one.wrong:
            value, exact = one.values.get(name), one.case.expected[name]
            if value is None or value.shape != exact.value.shape:
                continue
            with np.errstate(all="ignore"):
                error = np.abs(value.astype(np.longdouble) - exact.value) / np.maximum(exact.allowed, 1e-300)
            error = np.where(np.isnan(error), np.inf, error)
            finite = np.where(np.isfinite(np.asarray(value, dtype=float)), error, -1)
            at = np.unravel_index(int(np.argmax(finite if finite.max() > 1 else error)), error.shape)
            index = tuple(map(int, at))
            cells.append(Cell(one.case.label, name, index, float(value[index]), float(exact.value[index])))
            break
        if len(cells) == 2:
            break
    return tuple(cells)


def fine_of(seen: Sequence[Observation]) -> tuple[str, ...]:
    """What is right about it on every input."""
    judged = [one for one in seen if not one.case.raises and not one.case.nan]
    if not judged or any(one.problem for one in judged):
        return ()
    fine: dict[str, bool] = {}
    for one in judged:
        wrong = set(one.wrong)
        for name in one.case.expected:
            kind = name.rstrip("0123456789")
            fine[kind] = fine.get(kind, True) and name not in wrong
    return tuple(name for name, good in fine.items() if good)
