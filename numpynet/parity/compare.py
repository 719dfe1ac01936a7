"""Two traces of one step, judged number by number: a row a tensor, an outcome a row, and who is wrong.

Where the time goes (`python -m cProfile -s tottime -m numpynet compare --steps 20`): in float64, half of a judged step
of the reference network is the walks' matrix products in longdouble, which no BLAS computes; a quarter is differences
and copies in longdouble. In float32 the wider precision is float64, and no one thing dominates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import reduce
from typing import Any

import numpy as np

from numpynet import names
from numpynet.definitions import ACTIVATIONS, LOSSES, Guard, Loss, guarded
from numpynet.memory import keep_freed_memory
from numpynet.parity.exact import Exact, Rounding, rounding_of
from numpynet.parity.step import Step
from numpynet.parity.trace import Trace
from numpynet.parity.walk import walk
from numpynet.printable import listed
from numpynet.types import Array


class Outcome(StrEnum):
    """What can be said of a tensor, the worst last; in several steps one comparison outweighs any that said nothing."""

    IDLE = "idle"
    PASS = "pass"
    NOT_OBSERVED = "not-observed"
    GUARDED = "guarded"
    KINK = "kink"
    CLAMPED = "clamped"
    SATURATED = "saturated"
    UNDECIDABLE = "undecidable"
    INHERITED = "inherited"
    TORCH_WRONG = "torch-wrong"
    NUMPY_WRONG = "numpy-wrong"
    BOTH_WRONG = "both-wrong"


WRONG = (Outcome.TORCH_WRONG, Outcome.NUMPY_WRONG, Outcome.BOTH_WRONG)
FAILURES = (*WRONG, Outcome.INHERITED, Outcome.UNDECIDABLE, Outcome.SATURATED)


class ParityError(AssertionError):
    """Two traces differ by more than rounding explains; the message names the first divergent tensor."""


@dataclass(frozen=True)
class Judged:
    """One implementation's tensor at its worst element: `ratio` = |value − exact| / allowed.

    `ratio` is None where nothing could be judged, and infinite where nothing is allowed or the value is no number.
    """

    ratio: float | None = None
    index: tuple[int, ...] = ()
    value: float = np.nan
    exact: float = np.nan
    allowed: float = np.nan
    undecided: bool = False
    error: float = np.nan  # |value − exact| before exact is rounded to what is shown

    @property
    def fails(self) -> bool:
        """A value lies outside its bound. A NaN ratio does, too."""
        return self.ratio is not None and not self.ratio <= 1


@dataclass(frozen=True)
class Row:
    """One tensor. `index`, `numpy`, `torch`, `difference`, `allowed` and `ratio` belong to the element where the ratio
    |difference|/allowed is greatest, `max_abs` to the greatest |difference|; they are None where there is nothing to
    compare, and `message` says why.

    `local` judges each implementation's operation on its own inputs, `end_to_end` its value against the exact step.
    """

    name: str
    shape: tuple[int, ...]
    outcome: Outcome
    max_abs: float | None = None
    index: tuple[int, ...] | None = None
    numpy: float | None = None
    torch: float | None = None
    difference: float | None = None
    allowed: float | None = None
    ratio: float | None = None
    ulp: float | None = None
    local: Mapping[str, Judged] = field(default_factory=dict)
    end_to_end: Mapping[str, Judged] = field(default_factory=dict)
    compared: int = 0
    identical: int = 0
    message: str | None = None
    step: int = 0

    @property
    def fails(self) -> bool:
        """Wrong, or not to be judged; a clamp counts where it moves what training uses."""
        if self.outcome == Outcome.CLAMPED:
            return names.kind(self.name) not in ("dA", "dZ")
        return self.outcome in FAILURES


@dataclass(frozen=True)
class Elements:
    """Of every element of a tensor the |difference| of the two implementations and how much of it rounding allows, to
    both together and to the first."""

    difference: Array
    allowed: Array
    first: Array

    @property
    def ratio(self) -> Array:
        """difference/allowed, 0 where nothing differs."""
        with np.errstate(all="ignore"):
            return _ratio(self.difference, self.allowed)


@dataclass(frozen=True)
class Report:
    """The rows in order of computation, and where the step left the ground of the bounds.

    `kinks`: (layer, unit, example) where the two took different sides of an activation's boundary, such as ReLU's 0.
    `clamped`, `saturated`: (output, example) where BCE's clamp acts, and where the prediction is so near 0 or 1 that
    the loss cannot be told from it. `elements` is filled where it was asked for. `somebodys`: one of the traces is that
    of somebody's own code, of which a row that says nothing is no pass.
    """

    dtype: np.dtype[Any]
    numpy_maker: str
    torch_maker: str
    rows: Sequence[Row]
    loss: str = "bce"
    somebodys: bool = False
    kinks: Sequence[tuple[int, ...]] = ()
    clamped: Sequence[tuple[int, ...]] = ()
    saturated: Sequence[tuple[int, ...]] = ()
    notes: Sequence[str] = ()
    elements: Mapping[str, Elements] = field(default_factory=dict)

    @property
    def first_divergence(self) -> Row | None:
        """The first row that is wrong, else the first that fails; later ones may only have inherited the error."""
        rows = sorted(self.rows, key=lambda row: _is_last(row.name))
        wrong = (row for row in rows if row.outcome in WRONG)
        return next(wrong, next((row for row in rows if row.fails), None))

    @property
    def unproven(self) -> list[Row]:
        """The rows of somebody's own code in which nothing could differ: no pass."""
        return [row for row in self.rows if row.outcome == Outcome.IDLE and self.somebodys]

    @property
    def outcome(self) -> str:
        """ "pass" or "fail"."""
        return "fail" if self.unproven or any(row.fails for row in self.rows) else "pass"

    @property
    def outcomes(self) -> dict[str, int]:
        """How many rows have each outcome."""
        return {str(outcome): sum(row.outcome == outcome for row in self.rows) for outcome in Outcome}

    def raise_on_mismatch(self) -> None:
        """ParityError that names the first divergent tensor, the index, both values and the allowance, or what could
        not be compared."""
        row, makers = self.first_divergence, f"{self.numpy_maker} and {self.torch_maker}"
        if row is not None:
            raise ParityError(f"{makers} first differ at {describe(row)}")
        if self.unproven:
            raise ParityError(f"{makers}: of {self.unproven[0].name} nothing was compared: {self.unproven[0].message}")


def describe(row: Row) -> str:
    """'dW3[4, 7]: 0.5 against 0.25, |difference| 0.25, allowed 2.6e-17; numpy-wrong: …'."""
    text = row.name
    if row.ratio is not None:
        difference, allowed = told_apart(row.difference or 0.0, row.allowed or 0.0)
        text = (
            f"{element(row.name, row.index)}: {row.numpy!r} against {row.torch!r}, "
            f"|difference| {difference}, allowed {allowed}"
        )
    return f"{text}; {row.outcome}" + (f": {row.message}" if row.message else "")


def element(name: str, index: tuple[int, ...] | None) -> str:
    """'dW3[4, 7]'; a scalar has no brackets."""
    return f"{name}[{', '.join(map(str, index))}]" if index else name


def compare(numpy_trace: Trace, torch_trace: Trace, *, elements: bool = False) -> Report:
    """Judge every quantity of the step in both traces; ValueError if they are of different steps."""
    return compare_each(numpy_trace, [torch_trace], elements=elements)[0]


def compare_each(numpy_trace: Trace, others: Sequence[Trace], *, elements: bool = False) -> list[Report]:
    """One trace beside each of several of the same step, which is walked from end to end once for all of them."""
    step = numpy_trace.step
    for other in others:
        if step.dtype != other.step.dtype or step.shapes() != other.step.shapes():
            raise ValueError("the traces are of different steps: give both makers the same Step")
    with np.errstate(all="ignore"):
        keep_freed_memory()
        every = rounding_of(step.dtype, numpy_trace.arithmetic, *(other.arithmetic for other in others))
        ours = _Side("numpy", numpy_trace)
        rest = [_Side("torch", other) for other in others]
        seen: dict[str, Array] = {}  # on which sides of the boundaries they lie: as the first has it, where Z is seen
        for side in (*rest, ours):
            seen |= side.own
        exact = walk(step, every, sides=seen)
        ours, notes = _judged_in_its_own_way(ours, exact, every, seen)
        reports = []
        for number, theirs in enumerate(rest, start=1):
            apart = _apart(step, ours, theirs)
            theirs.judge(walk(step, every, sides=theirs.own) if apart else exact, number)
            reports.append(_report(ours, theirs, exact, apart, (*notes, *theirs.trace.notes), elements))
    return reports


def _judged_in_its_own_way(
    ours: _Side, exact: Mapping[str, Exact], rounding: Rounding, sides: Mapping[str, Array]
) -> tuple[_Side, Sequence[str]]:
    """The first side, judged; and in another way, with a note, where that is how it is right.

    dA and dZ may be those of the mean loss: then they are taken times m. A small number may be added in the loss, as a
    guard. What was seen of dA and dZ may be something else, where every gradient that came of them is right.
    """
    ours.judge(exact, 0)
    trace, output, notes = ours.trace, names.dA(len(ours.trace.step.nn_architecture)), list(ours.trace.notes)
    if output in ours.local and ours.local[output].fails:
        divided_early = _Side(ours.name, trace, factor=trace.step.X.shape[1])
        divided_early.judge(exact, 0)
        if not divided_early.local[output].fails or (trace.somebodys and guard_of(divided_early)):
            notes.append(f"{trace.maker} divides by m in {output}, not in dW and db; dA and dZ are shown times m")
            ours = divided_early
    if not trace.somebodys:
        return ours, notes
    if (found := guard_of(ours, rounding, sides)) is not None:
        loss, says = found
        notes.append(f"{trace.maker} {says}, as a guard: it is judged with that, and differs from torch by as much")
        ours.loss, ours.guarded = loss, True
        ours.judge(walk(trace.step, rounding, sides=sides, loss=loss), 0)
    if unlike := _something_else(ours):
        seen = {name: value for name, value in trace.values.items() if name not in unlike}
        notes.append(
            f"every dW and db of {trace.maker} is right: what it keeps or hands on in the place of {listed(unlike)} is "
            "something else, in a way of its own"
        )
        trace = replace(trace, values=seen, not_observed=(*trace.not_observed, *unlike))
        ours = ours.of(trace)
        ours.judge(walk(trace.step, rounding, sides=sides, loss=ours.loss) if ours.guarded else exact, 0)
    return ours, notes


SMALL = (*(10.0**-k for k in range(5, 17)), *(float(np.finfo(kind).eps) for kind in (np.float32, np.float64)))
SLIGHT = 1e-2
GUARDS = [
    guard
    for eps in SMALL
    for guard in (Guard(eps, eps), Guard(eps), Guard(0.0, eps), Guard(eps, -eps), Guard(to_product=eps))
]


def guard_of(
    side: _Side, rounding: Rounding | None = None, sides: Mapping[str, Array] | None = None
) -> tuple[Loss, str] | None:
    """The small number that somebody adds in the cost, and in the gradient, and what is to be said of it.

    Where dA_L is not to be seen, the last layer's dW and db say it: given the rounding, from the start of the step.
    """
    step, L = side.trace.step, len(side.trace.step.nn_architecture)
    A, dA, last = names.A(L), names.dA(L), (names.dW(L), names.db(L))
    if step.loss not in ("bce", "nll") or A not in side.own:
        return None
    prediction, Y = Exact(side.own[A], side.rounding), side.rounding.wide.lift(step.Y)
    none = Guard()

    def fits(name: str, exact: Exact) -> bool:
        return bool(np.all(np.abs(side.own[name] - exact.value) <= exact.by(0)))

    def is_last(guard: Guard) -> bool:
        assert rounding is not None
        exact = walk(step, rounding, sides=sides, loss=guarded(step.loss, none, guard))
        return all(name in side.own and fits(name, exact[name]) for name in last)

    in_cost = in_gradient = none
    if "cost" in side.local and side.local["cost"].fails:
        found = (
            one
            for one in GUARDS
            if not one.to_product and fits("cost", guarded(step.loss, one, one).cost(prediction, Y))
        )
        in_cost = next(found, none)
    if dA in side.local and side.local[dA].fails:
        found = (one for one in GUARDS if fits(dA, guarded(step.loss, one, one).gradient(prediction, Y)))
        in_gradient = next(found, none)
    elif dA not in side.own and rounding is not None and any(_is_slightly_off(side, name) for name in last):
        in_gradient = next(filter(is_last, GUARDS), none)
    where = {"the logarithms of the cost": in_cost, f"the denominators of {dA}": in_gradient}
    said = [f"adds {max(guard):g} in {place}" for place, guard in where.items() if guard != none]
    return (guarded(step.loss, in_cost, in_gradient), " and ".join(said)) if said else None


def _is_slightly_off(side: _Side, name: str) -> bool:
    """Whether it is wrong by so little that a guard may do it."""
    judged = side.end_to_end.get(name)
    return judged is not None and judged.fails and judged.error <= SLIGHT * float(np.abs(_near(side.own[name])).max())


def _fails(judged: Mapping[str, Judged], name: str) -> bool:
    return name in judged and judged[name].fails


def _something_else(side: _Side) -> list[str]:
    """The dA, dZ and Z that are not what they were taken for: wrong, while all that comes of them is right."""
    step = side.trace.step
    results = [names.d(name) for name in step.params_values if names.is_learned(name)]
    results += [names.A(len(step.nn_architecture)), "cost"]
    if any(name not in side.end_to_end or side.end_to_end[name].fails for name in results):
        return []
    inside = [name for name in side.own if names.kind(name) in ("dA", "dZ")]
    for i, layer in enumerate(step.nn_architecture, start=1):  # a ReLU that overwrites its argument
        if layer["activation"] == "relu" and names.Z(i) in side.own:
            inside += [names.Z(i)] * np.array_equal(side.own[names.Z(i)], side.own.get(names.A(i), np.nan))
    return [name for name in inside if _fails(side.local, name) or _fails(side.end_to_end, name)]


def _report(
    ours: _Side,
    theirs: _Side,
    exact: Mapping[str, Exact],
    apart: Mapping[int, Array],
    notes: Sequence[str],
    elements: bool,
) -> Report:
    """The two sides, judged, side by side."""
    step = ours.trace.step
    kinks = []
    for layer_idx, boundary in apart.items():
        taken = step.activated(layer_idx)
        near = np.abs(exact[taken].value - boundary) <= np.maximum(ours.bounds[taken], theirs.bounds[taken])
        kinks += [(layer_idx, *index) for index in _indices(near)]
    clamped, saturated = _indices(ours.clamped | theirs.clamped), _indices(ours.saturated | theirs.saturated)
    regime = _Regime(bool(kinks), bool(clamped), bool(saturated))
    judged: list[Row] = []
    idle, shapes = idle_products(step, ours.own, theirs.own), step.shapes()
    for name in sorted(shapes, key=_is_last):
        row = _row(name, shapes[name], ours, theirs, judged, regime)
        if row.outcome == Outcome.PASS and name in idle:
            row = replace(row, outcome=Outcome.IDLE, message=idle[name])
        judged.append(row)
    rows = sorted(judged, key=lambda row: list(shapes).index(row.name))
    kept = {
        name: Elements(
            _distance(ours.own[name], theirs.own[name]), ours.bounds[name] + theirs.bounds[name], ours.bounds[name]
        )
        for name in step.shapes()
        if elements and name in ours.own and name in theirs.own
    }
    makers, somebodys = (ours.trace.maker, theirs.trace.maker), ours.trace.somebodys or theirs.trace.somebodys
    return Report(step.dtype, *makers, rows, step.loss, somebodys, kinks, clamped, saturated, tuple(notes), kept)


def _is_last(name: str) -> bool:
    """Whether it is a parameter after the step: what the optimizer remembers is shown after it, and computed before."""
    return names.kind(name) in ("W'", "b'", "gamma'", "beta'")


def idle_products(step: Step, *seen: Mapping[str, Array]) -> dict[str, str]:
    """Products with what is 0 everywhere, dW, db, dA …, in all that were seen, and why: none of them could be wrong.

    So is what an optimizer made of such gradients, where it remembered nothing.

    An activation and its slope are no products: where they are 0, that is what was tested.
    """

    def silent(name: str) -> bool:
        found = [step.params_values[name]] if name in step.params_values else [one[name] for one in seen if name in one]
        return bool(found) and not any(one.any() for one in found)

    def off(i: int) -> str:
        """Why dZ{i} is 0: what, from there on, lets nothing through first."""
        for j in range(i, len(step.nn_architecture) + 1):
            if not silent(names.dA(j)):
                return f"layer {j} {'is off for every example' if silent(names.A(j)) else 'lets no gradient through'}"
            if step.passed_on(j) == names.D(j) and not silent(names.d(names.D(j))):
                return f"dropout lets nothing of {names.d(names.D(j))} through"
            if j < len(step.nn_architecture) and silent(names.W(j + 1)) and not silent(names.dZ(j + 1)):
                return f"{names.W(j + 1)} is 0 everywhere"
        return "the gradient of the loss is 0 everywhere"

    idle: dict[str, str] = {}
    for i in range(1, len(step.nn_architecture) + 1):
        given, D = step.passed_on(i - 1), names.D(i)
        before = "the data are" if i == 1 else f"{given} is"
        if silent(names.dZ(i)):
            normalization = [names.make("dgamma", i), names.make("dbeta", i)]
            idle |= dict.fromkeys((names.dW(i), names.db(i), names.d(given), *normalization), off(i))
        elif silent(given):
            idle[names.dW(i)] = f"{before} 0 everywhere"
        elif silent(names.W(i)):
            idle[names.d(given)] = f"{names.W(i)} is 0 everywhere"
        if step.passed_on(i) == D and silent(names.A(i)):
            idle[D] = f"{names.A(i)} is 0 everywhere"
        if step.passed_on(i) == D and silent(names.d(D)):
            idle[names.dA(i)] = f"{names.d(D)} is 0 everywhere"
    for name in step.state:
        if silent(names.after(name)):
            idle[names.after(name)] = f"{names.d(name.rpartition('.')[2])} is 0 everywhere, and so was {name}"
    return idle


def worst(reports: Iterable[Report]) -> Report:
    """One report over several steps: each tensor at the first step of its worst outcome, else of its greatest ratio."""
    return reduce(worse, (at_step(report, number) for number, report in enumerate(reports)))


def at_step(report: Report, number: int) -> Report:
    """The report with its rows numbered."""
    return replace(report, rows=[replace(row, step=number) for row in report.rows])


def worse(first: Report, second: Report) -> Report:
    """Of each tensor the worse row, with the numbers compared in both."""
    rows, elements = [], {}
    for pair in zip(first.rows, second.rows, strict=True):
        compared, identical = (sum(getattr(row, name) for row in pair) for name in ("compared", "identical"))
        row = max(pair, key=_badness)
        rows.append(replace(row, compared=compared, identical=identical))
        chosen = first if row is pair[0] else second
        if row.name in chosen.elements:
            elements[row.name] = chosen.elements[row.name]
    kinks, clamped, saturated, notes = (
        tuple(dict.fromkeys([*getattr(first, name), *getattr(second, name)]))
        for name in ("kinks", "clamped", "saturated", "notes")
    )
    return replace(first, rows=rows, kinks=kinks, clamped=clamped, saturated=saturated, notes=notes, elements=elements)


def _badness(row: Row) -> tuple[int, float]:
    wrong = row.outcome in WRONG  # among wrong rows the first counts, not the one whose error has grown most
    return list(Outcome).index(row.outcome), 0.0 if wrong else row.ratio or 0.0


class _Side:
    """One implementation: its numbers in the wide precision, and each of them judged."""

    def __init__(self, name: str, trace: Trace, factor: int = 1) -> None:
        """`factor` goes into dA and dZ: m for an implementation whose dA_L is that of the mean loss."""
        shapes = trace.step.shapes()
        self.name, self.trace, self.factor = name, trace, factor
        self.loss: Loss | None = None  # where it has a guard
        self.guarded = False
        self.rounding = rounding_of(trace.step.dtype, trace.arithmetic)
        lift = self.rounding.wide.lift
        self.own = {name: lift(value) for name, value in trace.values.items() if value.shape == shapes.get(name)}
        if factor != 1:
            self.own |= {name: self.own[name] * factor for name in self.own if names.kind(name) in ("dA", "dZ")}
        self.clamped = self.saturated = np.zeros(trace.step.Y.shape, dtype=bool)

    def of(self, trace: Trace) -> _Side:
        """The same way of judging for another trace."""
        side = _Side(self.name, trace, self.factor)
        side.loss, side.guarded = self.loss, self.guarded
        return side

    def judge(self, exact: Mapping[str, Exact], arithmetic: int) -> None:
        """Against the exact step from end to end, and each operation on its own inputs."""
        self.bounds = {name: one.by(arithmetic) for name, one in exact.items()}
        self.end_to_end = {
            name: _judged(value, exact[name].value, self.bounds[name]) for name, value in self.own.items()
        }
        local = walk(self.trace.step, self.rounding, own=self.own, loss=self.loss)
        self.local = {
            name: _judged(self.own[name], one.value, one.by(0)) for name, one in local.items() if name in self.own
        }
        self.clamped, self.saturated = self._regimes()
        if self.clamped.any():
            self._judge_clamped(local)

    def _regimes(self) -> tuple[Array, Array]:
        """Where the loss's clamp acts on this prediction, and where no loss can be told from it: (outputs, m) each."""
        step, L = self.trace.step, len(self.trace.step.nn_architecture)
        loss = LOSSES[step.loss]
        if loss.picked is None or names.A(L) not in self.own:
            return self.clamped, self.saturated
        A = self.own[names.A(L)]
        saturated = (loss.picked(A, step.Y) <= 0) | ~np.isfinite(self.bounds[names.dA(L)])
        return self.clamped if loss.clamp_acts is None else loss.clamp_acts(A, step.Y), saturated

    def _judge_clamped(self, local: Mapping[str, Exact]) -> None:
        """Where the clamp acts, torch's clamped value is right, and so is the tutorial's, which may be inf or NaN."""
        step, L = self.trace.step, len(self.trace.step.nn_architecture)
        clamped = LOSSES[step.loss].clamped
        assert clamped is not None
        A, Y = Exact(self.own[names.A(L)], self.rounding), self.rounding.wide.lift(step.Y)
        undefined = (A.value <= 0) | (A.value >= 1)
        right = {
            "cost": (clamped.cost(A, Y), undefined.any()),
            names.dA(L): (clamped.gradient(A, Y), undefined),
        }
        for name, (one, no_number) in right.items():
            if name in self.own:
                value, exact, bound = self.own[name], one.value, one.by(0)
                use = (self.clamped if name != "cost" else True) & (np.abs(value - exact) <= bound)
                use |= no_number & ~np.isfinite(value)
                exact = np.where(use, np.where(np.isfinite(value), exact, value), local[name].value)
                self.local[name] = _judged(value, exact, np.where(use, bound, local[name].by(0)))


def _judged(value: Array, exact: Array, allowed: Array) -> Judged:
    """The element with the greatest test ratio among those that can be judged."""
    ratio = _ratio(_distance(value, exact), allowed)
    undecided = False
    at = _greatest(ratio)
    if not (np.isfinite(ratio[at]) and np.isfinite(allowed.max())):
        decided = np.isfinite(_near(exact)) & np.isfinite(allowed)
        if not decided.any():
            return Judged(undecided=True)
        at, undecided = _greatest(np.where(decided, ratio, -1)), not decided.all()
    error = float(_distance(value[at], exact[at]))
    return Judged(float(ratio[at]), at, float(value[at]), float(exact[at]), float(allowed[at]), undecided, error)


def _distance(x: Array, y: Array) -> Array:
    return np.abs(_near(x - y))


def _near(wide: Array) -> Array:
    return np.asarray(wide).astype(np.float64, copy=False)


def _ratio(error: Array, allowed: Array) -> Array:
    """|error/allowed|, where 0/0 is 0 and a NaN is infinite. A bound may be −0.0: error/−0.0 by itself would pass."""
    if not error.any():
        return error
    ratio = np.asarray(np.abs(error / allowed))
    if np.isnan(ratio.max()):
        ratio[np.isnan(ratio)] = np.inf
        ratio[error == 0] = 0
    return ratio


def _greatest(ratio: Array) -> tuple[int, ...]:
    return tuple(map(int, np.unravel_index(np.argmax(ratio), ratio.shape)))


def _apart(step: Step, ours: _Side, theirs: _Side) -> dict[int, Array]:
    """Layer → the boundary of the activation between the two, NaN where both lie on one side of it; only the layers
    where somewhere they do not."""
    apart: dict[int, Array] = {}
    for layer_idx, layer in enumerate(step.nn_architecture, start=1):
        name = step.activated(layer_idx)
        for boundary in ACTIVATIONS[layer["activation"]].boundaries:
            if name in ours.own and name in theirs.own:
                differ = (ours.own[name] > boundary) != (theirs.own[name] > boundary)
                if differ.any():
                    apart[layer_idx] = np.where(differ, boundary, apart.get(layer_idx, np.nan))
    return apart


def _indices(where: Array) -> list[tuple[int, ...]]:
    return [tuple(map(int, index)) for index in np.argwhere(where)]


@dataclass(frozen=True)
class _Regime:
    kinks: bool
    clamped: bool
    saturated: bool


def _row(name: str, shape: tuple[int, ...], ours: _Side, theirs: _Side, before: Sequence[Row], regime: _Regime) -> Row:
    row = _difference(name, shape, ours, theirs)
    edge = (regime.clamped or regime.saturated) and (name == "cost" or names.phase(name) != "forward")
    wrong, inherited, unseen, outside, undecided = [], [], [], False, False
    for side in (ours, theirs):
        local, end_to_end = side.local.get(name), side.end_to_end.get(name)
        source = next((earlier.name for earlier in before if _accuses(earlier.outcome, side)), None)
        if name in side.trace.not_observed:
            unseen.append(f"{side.trace.maker} computes it out of sight")
        elif name not in side.own:
            wrong.append((side, _absence(name, shape, side.trace)))
        elif local is not None and local.fails:
            wrong.append((side, _evidence(name, side, local, "from its own inputs")))
        elif end_to_end is not None and end_to_end.fails and source is not None and local is None:
            wrong.append((side, f"{side.trace.maker} is off, as {source} was; its own operation cannot be seen"))
        elif end_to_end is not None and end_to_end.fails and source is not None:
            inherited.append(f"{side.trace.maker}'s own operation is right, and its inputs bring the error of {source}")
        elif end_to_end is not None and end_to_end.fails and not edge:
            wrong.append((side, _evidence(name, side, end_to_end, "from the start of the step")))
        else:
            outside |= end_to_end is not None and end_to_end.fails
            undecided |= any(judged is not None and judged.undecided for judged in (local, end_to_end))
    if wrong:
        outcome = Outcome.BOTH_WRONG if len(wrong) == 2 else _ACCUSATION[wrong[0][0].name]
        return replace(row, outcome=outcome, message="; ".join([*(message for _, message in wrong), *inherited]))
    if inherited:
        return replace(row, outcome=Outcome.INHERITED, message="; ".join(inherited))
    if unseen:
        return replace(row, outcome=Outcome.NOT_OBSERVED, message="; ".join(unseen))
    if outside or (undecided and edge):
        return replace(row, outcome=Outcome.SATURATED if regime.saturated else Outcome.CLAMPED)
    if undecided:
        return replace(row, outcome=Outcome.UNDECIDABLE)
    if row.ratio is not None and row.ratio > 1 and (regime.kinks or ours.guarded):
        return replace(row, outcome=Outcome.KINK if regime.kinks else Outcome.GUARDED)
    return row


_ACCUSATION = {"numpy": Outcome.NUMPY_WRONG, "torch": Outcome.TORCH_WRONG}


def _accuses(outcome: Outcome, side: _Side) -> bool:
    return outcome in (_ACCUSATION[side.name], Outcome.BOTH_WRONG)


def _absence(name: str, shape: tuple[int, ...], trace: Trace) -> str:
    if name in trace.values:
        return f"{trace.maker} has shape {trace.values[name].shape}, expected {shape}"
    return f"{trace.maker} does not give it: {trace.problem or 'it was not returned as numbers'}"


def _evidence(name: str, side: _Side, judged: Judged, inputs: str) -> str:
    maker, where = side.trace.maker, element(name, judged.index)
    apart = told_apart(judged.error, judged.allowed)
    if not np.isfinite(judged.value):
        bad = int((~np.isfinite(side.trace.values[name])).sum())
        total = side.trace.values[name].size
        return (
            f"{maker} has {judged.value} at {where} ({bad} of {total} are not finite); exact {inputs} {judged.exact!r}"
        )
    return (
        f"{maker} has {where} = {judged.value!r}, exact {inputs} {judged.exact!r}, error {apart[0]}, allowed {apart[1]}"
    )


def told_apart(*numbers: float) -> list[str]:
    """The numbers with three digits, or as many as show that they are not the same."""
    for digits in range(3, 18):
        shown = [f"{number:.{digits}g}" for number in numbers]
        if len({float(text) for text in shown}) == len(set(numbers)):
            break
    return shown


def _difference(name: str, shape: tuple[int, ...], ours: _Side, theirs: _Side) -> Row:
    """The row but for its outcome: how far the two are apart, and what the sum of their bounds allows."""
    judged = {
        kind: {side.name: getattr(side, kind)[name] for side in (ours, theirs) if name in getattr(side, kind)}
        for kind in ("local", "end_to_end")
    }
    row = Row(name, shape, Outcome.PASS, local=judged["local"], end_to_end=judged["end_to_end"])
    if name not in ours.own or name not in theirs.own:
        return row
    x, y = ours.own[name], theirs.own[name]
    difference = _distance(x, y)
    allowed = ours.bounds[name] + theirs.bounds[name]
    ratio = _ratio(difference, allowed)
    at = _greatest(ratio)
    spacing = np.spacing(ours.trace.step.dtype.type(max(abs(x[at]), abs(y[at]))))
    return replace(
        row,
        max_abs=float(difference.max()),
        index=at,
        numpy=float(x[at]),
        torch=float(y[at]),
        difference=float(difference[at]),
        allowed=float(allowed[at]),
        ratio=float(ratio[at]),
        ulp=float(difference[at] / spacing),
        compared=difference.size,
        identical=int(np.sum(difference == 0)),
    )
