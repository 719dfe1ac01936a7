"""The verdict on what turns predictions into classes: beside the predictions that it makes them of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from numpynet.check.objects.thing import flat
from numpynet.check.result import Cause, Cell, FunctionGrade, Outcome
from numpynet.sandbox import Definition
from numpynet.types import Array


def judge_classes(entry: Definition, values: Sequence[Any], predictions: Sequence[Array]) -> FunctionGrade | None:
    """Of what several calls returned, each for predictions, examples in rows; None where no classes are understood."""
    row = FunctionGrade(entry.theirs, Outcome.PASS, entry.theirs, entry.line)
    if values and all(_is_over_examples(value, A) for value, A in zip(values, predictions, strict=True)):
        why = "The greatest is taken over the examples: of each example it must be the greatest of its own predictions."
        says = f"it returns {predictions[0].shape[1]} numbers for {len(predictions[0])} examples"
        return replace(row, outcome=Outcome.FAIL, says=says, cause=Cause("classes", why))
    found: list[Array] = []
    for value, A in zip(values, predictions, strict=True):
        one = next((one.astype(float) for _, one in flat(value) if one.size in (len(A), A.size)), None)
        if one is None:
            return None
        found.append(one.reshape(A.shape) if one.size != len(A) and one.shape == A.shape else
                     one.T.reshape(A.shape) if one.size != len(A) else one.ravel())  # fmt: skip
    classes, A = np.concatenate(found), np.concatenate(predictions)
    single, probable = A.shape[1] == 1, bool(((A > 0) & (A < 1)).all())
    due = (A[:, 0] > 0.5 if single else A.argmax(axis=1)).astype(float)
    if not values or (single and not probable):
        return None
    if classes.ndim == 2:  # a yes or no for each output
        if np.array_equal(classes, np.eye(A.shape[1])[A.argmax(axis=1)]):
            return row
        if not probable:
            return None
        classes, A = classes.reshape(-1), A.reshape(-1, 1)
        due = (A[:, 0] > 0.5).astype(float)
    if np.array_equal(classes, due):
        return row
    if not np.isin(classes, np.arange(max(A.shape[1], 2))).all():
        return None
    place = int((classes != due).argmax())
    case = f"predictions {', '.join(f'{one:.4g}' for one in A[place])}"
    cell, why = Cell(case, "class", (place,), float(classes[place]), float(due[place])), _why(classes, A)
    says = why[0].lower() + why[1:].rstrip(".")
    return replace(row, outcome=Outcome.FAIL, says=says, cause=Cause("classes", why), cells=(cell,))


def _is_over_examples(value: Any, A: Array) -> bool:
    """Whether it is the example with the greatest prediction, for each of several outputs."""
    m, outputs = A.shape
    found = [one for _, one in flat(value)]
    return outputs not in (1, m) and len(found) == 1 and np.array_equal(found[0].ravel(), A.argmax(axis=0))


def _why(found: Array, A: Array) -> str:
    if A.shape[1] > 1:
        least = np.array_equal(found, A.argmin(axis=1))
        return f"It is {'the least' if least else 'not the greatest'} of an example's predictions that names its class."
    ones, zeros = A[found == 1, 0], A[found == 0, 0]
    if not zeros.size or not ones.size:
        return (
            f"Every example is put into class {int(found[0])}: a prediction above 0.5 is class 1, one below it class 0."
        )
    if zeros.min() > ones.max():
        return "The classes have changed places: a prediction above 0.5 is class 1."
    if zeros.max() < ones.min():
        return f"The threshold is not 0.5: it lies between {zeros.max():.4g} and {ones.min():.4g}."
    return "The classes are not those of its predictions: one above 0.5 is class 1, one below it class 0."
