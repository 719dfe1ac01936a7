"""Two traces of one step, compared: a row a tensor, each difference against what rounding explains."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from numpynet.parity.trace import Trace
from numpynet.types import Array

PASS, FAIL, NOT_OBSERVED = "pass", "fail", "not-observed"
RELATIVE_TOLERANCE = {np.dtype(np.float64): 1e-12, np.dtype(np.float32): 2e-4}


class ParityError(AssertionError):
    """Two traces differ by more than is allowed; the message names the first divergent tensor."""


@dataclass(frozen=True)
class Row:
    """One tensor. `index`, `numpy`, `torch`, `allowed` and `ratio` belong to the element where the ratio
    error/allowed is greatest; they are None where there is nothing to compare, and `message` says why.
    """

    name: str
    shape: tuple[int, ...]
    outcome: str
    max_abs: float | None = None
    index: tuple[int, ...] | None = None
    numpy: float | None = None
    torch: float | None = None
    allowed: float | None = None
    ratio: float | None = None
    compared: int = 0
    identical: int = 0
    message: str | None = None
    step: int = 0


@dataclass(frozen=True)
class Report:
    """The rows in order of computation."""

    dtype: np.dtype[Any]
    numpy_maker: str
    torch_maker: str
    rows: Sequence[Row]
    notes: Sequence[str] = field(default_factory=tuple)

    @property
    def first_divergence(self) -> Row | None:
        """The first row that fails: what comes after it may only have inherited the error."""
        return next((row for row in self.rows if row.outcome == FAIL), None)

    @property
    def outcome(self) -> str:
        """ "pass" or "fail"."""
        return PASS if self.first_divergence is None else FAIL

    @property
    def outcomes(self) -> dict[str, int]:
        """How many rows have each outcome."""
        return {outcome: sum(row.outcome == outcome for row in self.rows) for outcome in (PASS, FAIL, NOT_OBSERVED)}

    def raise_on_mismatch(self) -> None:
        """ParityError that names the first divergent tensor, the index, both values and the allowance."""
        row = self.first_divergence
        if row is not None:
            raise ParityError(f"{self.numpy_maker} and {self.torch_maker} first differ at {describe(row)}")


def describe(row: Row) -> str:
    """'dW3[4, 7]: 0.5 against 0.25, |difference| 0.25, allowed 2.6e-13', or the row's message."""
    if row.message is not None:
        return f"{row.name}: {row.message}"
    return (
        f"{element(row)}: {row.numpy!r} against {row.torch!r}, "
        f"|difference| {row.max_abs:.3g}, allowed {row.allowed:.3g} ({row.ratio:.3g} times that)"
    )


def element(row: Row) -> str:
    """'dW3[4, 7]'; a scalar has no brackets."""
    return f"{row.name}[{', '.join(map(str, row.index))}]" if row.index else row.name


def compare(numpy_trace: Trace, torch_trace: Trace) -> Report:
    """Judge every quantity of the step. The second trace is the reference; ValueError if the steps differ."""
    ours, theirs = numpy_trace.step, torch_trace.step
    if ours.dtype != theirs.dtype or ours.shapes() != theirs.shapes():
        raise ValueError("the traces are of different steps: give both makers the same Step")
    rows = [_judge(name, shape, numpy_trace, torch_trace) for name, shape in ours.shapes().items()]
    return Report(ours.dtype, numpy_trace.maker, torch_trace.maker, rows, tuple(numpy_trace.notes + torch_trace.notes))


def worst(reports: Iterable[Report]) -> Report:
    """One report over several steps: each tensor at its first failing step, else where its ratio is greatest."""
    reports = list(reports)
    rows = []
    for candidates in zip(*(report.rows for report in reports), strict=True):
        numbered = [replace(row, step=step) for step, row in enumerate(candidates)]
        failing = [row for row in numbered if row.outcome == FAIL]
        row = failing[0] if failing else max(numbered, key=lambda row: -1 if row.ratio is None else row.ratio)
        compared, identical = (sum(getattr(row, name) for row in candidates) for name in ("compared", "identical"))
        rows.append(replace(row, compared=compared, identical=identical))
    notes = tuple(dict.fromkeys(note for report in reports for note in report.notes))
    return replace(reports[0], rows=rows, notes=notes)


def _judge(name: str, shape: tuple[int, ...], numpy_trace: Trace, torch_trace: Trace) -> Row:
    row = Row(name, shape, FAIL)
    for trace in (numpy_trace, torch_trace):
        if name in trace.not_observed:
            return replace(row, outcome=NOT_OBSERVED, message=f"not observed: {trace.maker} computes it out of sight")
        if name not in trace.values:
            return replace(row, message=f"missing in {trace.maker}: {trace.problem or 'it was not returned'}")
        if trace.values[name].shape != shape:
            return replace(row, message=f"{trace.maker} has shape {trace.values[name].shape}, expected {shape}")
    x, reference = numpy_trace.values[name], torch_trace.values[name]
    for trace, values in ((numpy_trace, x), (torch_trace, reference)):
        bad = np.argwhere(~np.isfinite(values))
        if len(bad):
            index = tuple(map(int, bad[0]))
            row = replace(row, index=index, numpy=float(x[index]), torch=float(reference[index]))
            what = f"{values[index]} at {element(row)}" if index else str(values[index])
            return replace(row, message=f"{trace.maker} has {what} ({len(bad)} of {values.size} are not finite)")
    difference = np.abs(x.astype(reference.dtype) - reference)
    ratios = difference / allowance(name, torch_trace)
    index = tuple(map(int, np.unravel_index(np.argmax(ratios), shape)))
    ratio = float(ratios[index])
    return replace(
        row,
        outcome=PASS if ratio <= 1 else FAIL,
        max_abs=float(difference.max()),
        index=index,
        numpy=float(x[index]),
        torch=float(reference[index]),
        allowed=allowance(name, torch_trace),
        ratio=ratio,
        compared=difference.size,
        identical=int(np.sum(difference == 0)),
    )


def allowance(name: str, reference: Trace) -> float:
    """How far an element may be off: the dtype's tolerance times the greatest |element| of the reference tensor.

    A sum over examples may cancel, so dW and db are measured by the terms they sum, max|dZ| · max(1, |A_prev|). A
    weight after the step may be off by what its gradient may be off, and by its own rounding.
    """
    values, dtype = reference.values, reference.step.dtype
    scale = _norm(values[name])
    if name.startswith(("dW", "db")):
        layer_idx = int(name[2:])
        scale = max(scale, _norm(values[f"dZ{layer_idx}"]) * max(1.0, _norm(values[f"A{layer_idx - 1}"])))
    if name.endswith("'"):
        of_gradient = allowance(f"d{name[:-1]}", reference) * abs(reference.step.learning_rate)
        return of_gradient + 2 * float(np.finfo(dtype).eps) * scale
    return RELATIVE_TOLERANCE[dtype] * scale + float(np.finfo(dtype).tiny)


def _norm(array: Array) -> float:
    return float(np.abs(array).max())
