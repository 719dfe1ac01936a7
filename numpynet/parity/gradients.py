"""The black box: are these the gradients of that cost? Asked of nothing but the cost, a function of the parameters.

∂cost/∂θ is the central difference D(h) = (cost(θ + h) − cost(θ − h)) / 2h but for two errors. Truncation falls with
h², so D(h) − D(h/2) is three times that of D(h/2), which is taken. The rounding of the cost, divided by h, grows as h
falls; how large it is is measured, from differences of high order along a line, of which a smooth cost has none
(J. Moré and S. Wild, "Estimating computational noise", SIAM J. Sci. Comput. 33 (2011)). A gradient is wrong where it is
further from D than both, and than a share of the tensor's greatest that rounding may have cost its own computation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from numpynet.printable import listed
from numpynet.types import Array

Cost: TypeAlias = Callable[[dict[str, Array]], Any]
Structure: TypeAlias = Callable[[Mapping[str, Array]], Any]
GRADIENT_OF = ("{}", "d{}", "grad_{}", "{}_grad", "d_{}", "g{}")  # what the gradient of W1 is called
SAMPLE = 400  # elements of a tensor that are looked at; all of a smaller one
STEP = 1e-4  # of h, relative to 1 or to θ where that is larger
LEAST_STEP = 1e-7
POINTS = 10  # on the line along which the noise is measured
SAFETY = 8.0
CLOSE = 1e-2  # how near a wrong gradient must be to an explanation of it, relative to its size


class UnjudgeableError(ValueError):
    """The cost cannot be asked: it raises, gives no number, or another one each time."""


@dataclass(frozen=True)
class ParameterRow:
    """One parameter: how many elements were looked at, how many are wrong, and the worst of them.

    `outcome` is "pass", "fail" or "cannot-judge"; `how` says in words what is wrong with it, where the numbers show it.
    """

    name: str
    shape: tuple[int, ...]
    outcome: str
    checked: int
    undecided: int
    wrong: int
    index: tuple[int, ...] | None
    given: float | None
    expected: float | None
    allowed: float | None
    how: str = ""


@dataclass(frozen=True)
class GradientReport:
    """The verdict: a row a parameter, and sentences on what the rows have in common."""

    rows: tuple[ParameterRow, ...]
    notes: tuple[str, ...] = ()

    @property
    def outcome(self) -> str:
        """ "fail" where a parameter is wrong, else "cannot-judge" where one could not be decided, else "pass"."""
        outcomes = {row.outcome for row in self.rows}
        return next(
            (one for one in ("fail", "cannot-judge") if one in outcomes), "pass" if self.rows else "cannot-judge"
        )

    def __str__(self) -> str:
        lines = [describe(row) for row in self.rows if row.outcome != "pass"]
        right = sum(row.outcome == "pass" for row in self.rows)
        return "\n".join([*lines, *self.notes, f"{right} of {len(self.rows)} gradients are right: {self.outcome}"])

    def raise_on_mismatch(self) -> None:
        """AssertionError, with the rows that are not right, unless the outcome is "pass"."""
        if self.outcome != "pass":
            raise AssertionError(str(self))


def describe(row: ParameterRow) -> str:
    """A line on a row."""
    if row.outcome == "cannot-judge":
        return f"{row.name}: cannot judge; {row.how}"
    if row.index is None:
        return f"{row.name}: {row.how or row.outcome}"
    where = f"[{', '.join(map(str, row.index))}]" if row.index else ""
    how = f"; {row.how}" if row.how else ""
    return (
        f"{row.name}: {row.wrong} of {row.checked} elements are wrong; {row.name}{where} is {row.given:.6g}, the "
        f"cost's slope there is {row.expected:.6g}{how}"
    )


def check_gradients(
    cost: Cost, params: Mapping[str, Any], grads: Mapping[str, Any], *, seed: int = 0
) -> GradientReport:
    """Whether `grads` are the gradients of `cost` at `params`: dicts of arrays with the same names and shapes.

    `cost` takes such a dict and returns one number. Nothing else is asked of the code. Of a tensor with more than 400
    elements a sample is looked at, drawn from `seed`. ValueError for names, shapes or numbers that do not fit;
    UnjudgeableError where the cost raises, is no number, or is another one each time.
    """
    theta, given = _checked(params, grads)
    asked = _Asked(cost, theta, np.random.default_rng(seed))
    slopes = {name: asked.slopes(name) for name in theta}
    rows = [_judged(name, theta[name], given, slopes) for name in theta]
    return GradientReport(tuple(rows), tuple(_in_common(rows)))


def _checked(params: Mapping[str, Any], grads: Mapping[str, Any]) -> tuple[dict[str, Array], dict[str, Array]]:
    """Both as arrays; ValueError that names what does not fit."""
    if not isinstance(params, Mapping) or not params:
        raise ValueError(f"params is {type(params).__name__}: expected a dict of arrays, such as {{'W1': …, 'b1': …}}")
    if not isinstance(grads, Mapping):
        raise ValueError(
            f"grads is {type(grads).__name__}: expected a dict with the names of params, {', '.join(params)}"
        )
    theta: dict[str, Array] = {}
    given: dict[str, Array] = {}
    for name, value in params.items():
        if name not in grads:
            raise ValueError(f"grads has no {name!r}; it has {', '.join(map(str, grads)) or 'nothing'}")
        for place, one, found in (("params", value, theta), ("grads", grads[name], given)):
            array = np.asarray(one)
            if array.dtype.kind not in "fiu":
                raise ValueError(f"{place}[{name!r}] has dtype {array.dtype}: expected real numbers")
            if not np.isfinite(array).all():
                raise ValueError(f"{place}[{name!r}] holds NaN or infinity: expected finite numbers")
            found[name] = array if array.dtype.kind == "f" else array.astype(float)
        if given[name].shape != theta[name].shape:
            raise ValueError(
                f"grads[{name!r}] has shape {given[name].shape}: expected {theta[name].shape}, as in params"
            )
        if not theta[name].size:
            raise ValueError(f"params[{name!r}] has shape {theta[name].shape}: expected at least one number")
    more = [str(name) for name in grads if name not in params]
    if more:
        raise ValueError(f"grads has {', '.join(more)}, which params has not")
    return theta, given


@dataclass(frozen=True)
class _Slopes:
    """Of the elements `at` of a tensor (flat indices) ∂cost/∂θ, and how far it may be off: infinite where undecided."""

    at: Array
    value: Array
    allowed: Array


class _Asked:
    """The cost, asked at θ and near it, in the widest precision that it keeps."""

    def __init__(self, cost: Cost, theta: dict[str, Array], stream: np.random.Generator) -> None:
        self.cost, self.stream = cost, stream
        self.kind: type[np.floating[Any]] = np.float64
        self.theta: dict[str, Array] = {name: value.astype(np.float64) for name, value in theta.items()}
        first, second = self.at(self.theta), self.at(self.theta)
        if first != second:
            raise UnjudgeableError(
                f"cost gives {float(first)!r} and then {float(second)!r} for the same parameters: seed what it draws "
                "(dropout, a shuffled batch) inside"
            )
        self.value, self.centre = float(first), first
        self.noise = self._measured(np.float64)
        if np.finfo(np.longdouble).eps < np.finfo(np.float64).eps:
            self._try_longdouble()

    def at(self, theta: Mapping[str, Array]) -> Any:
        """The cost there, which may not change its parameters."""
        given = {name: value.copy() for name, value in theta.items()}
        try:
            with np.errstate(all="ignore"):
                found = self.cost(given)
        except (KeyboardInterrupt, UnjudgeableError):
            raise
        except BaseException as error:
            raise UnjudgeableError(f"cost raised {type(error).__name__}: {error}") from error
        try:
            number = np.asarray(found)
        except ValueError:  # of unequal lengths
            number = np.asarray(None)
        if number.size != 1 or number.dtype.kind not in "fiu":
            shape = f" of shape {number.shape}" if isinstance(found, np.ndarray) else ""
            raise UnjudgeableError(f"cost returned {type(found).__name__}{shape}: expected one number")
        number = number.reshape(())[()]
        if not np.isfinite(number):
            raise UnjudgeableError(f"cost is {float(number)}: expected a finite number")
        for name, value in theta.items():
            if given[name].shape != value.shape or not np.array_equal(given[name], value):
                raise UnjudgeableError(f"cost changes {name}, which it is given: let it work on a copy")
        return number

    def _try_longdouble(self) -> None:
        wide = {name: value.astype(np.longdouble) for name, value in self.theta.items()}
        try:
            is_wide = np.asarray(self.at(wide)).dtype == np.longdouble
        except UnjudgeableError:
            return
        if is_wide:
            before, self.theta = self.theta, wide
            noise = self._measured(np.longdouble)
            if noise < self.noise / 16:
                self.kind, self.noise, self.centre = np.longdouble, noise, self.at(wide)
            else:  # it rounds to float64 on its way
                self.theta = before

    def _measured(self, kind: type[np.floating[Any]]) -> float:
        """How far rounding throws the cost: the greatest of several lines through θ, with a margin."""
        eps, greatest = float(np.finfo(kind).eps), 0.0
        size = max(1.0, *(float(np.abs(value).max()) for value in self.theta.values()))
        for spacing in (64 * eps, 1e-9, 1e-7, 1e-6):  # a cost that rounds to float32 inside stands still at the first
            line = {name: self.stream.standard_normal(value.shape) for name, value in self.theta.items()}
            h = spacing * size
            table = np.array([
                self.at({name: value + (k * h * line[name]).astype(kind) for name, value in self.theta.items()})
                for k in range(POINTS)
            ])  # fmt: skip
            levels = []
            for order in range(1, POINTS - 3):
                table = np.diff(table)
                scale = math.factorial(order) ** 2 / math.factorial(2 * order)
                levels.append(math.sqrt(scale * float(np.mean(np.square(table)))))
            greatest = max(greatest, *levels[2:])
        return SAFETY * max(greatest, eps * abs(self.value) / 4)

    def slopes(self, name: str) -> _Slopes:
        """Of all elements, or of a sample."""
        size = self.theta[name].size
        at = np.arange(size) if size <= SAMPLE else np.sort(self.stream.choice(size, SAMPLE, replace=False))
        found = np.array([self._slope(name, int(place)) for place in at])
        return _Slopes(at, *found.T)

    def _slope(self, name: str, place: int) -> tuple[float, float]:
        """(∂cost/∂θ, how far it may be off): of the step at which the two errors are smallest."""
        start = float(self.theta[name].reshape(-1)[place])
        h = max(STEP, (self.noise / max(1.0, abs(self.value))) ** (1 / 3)) * max(1.0, abs(start))
        best = (0.0, math.inf)
        while h >= LEAST_STEP:
            whole, half = self._both_sides(name, place, h), self._both_sides(name, place, h / 2)
            rounded = 2 * self.noise / h
            truncated = abs(sum(whole) - sum(half)) / 2
            bent, bent_half = abs(whole[1] - whole[0]), abs(half[1] - half[0])
            # of a smooth cost the two sides differ by h times its curvature: half of that at half of h
            is_kinked = abs(bent - 2 * bent_half) > 0.1 * bent + 8 * rounded
            if not is_kinked and truncated + rounded < best[1]:
                best = sum(half) / 2, truncated + rounded
            if not is_kinked and truncated <= rounded:
                break
            h /= 4
        return best

    def _both_sides(self, name: str, place: int, h: float) -> tuple[float, float]:
        """The slopes from θ − h to θ, and from θ to θ + h."""
        found = []
        for step in (-h, h):
            moved = self.theta[name].copy()
            moved.reshape(-1)[place] += self.kind(step)
            found.append(float((self.at(self.theta | {name: moved}) - self.centre) / self.kind(step)))
        return found[0], found[1]


# ── the verdict ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _judged(name: str, theta: Array, grads: Mapping[str, Array], slopes: Mapping[str, _Slopes]) -> ParameterRow:
    found, g = slopes[name], grads[name].reshape(-1)[slopes[name].at].astype(float)
    own = 4 * math.sqrt(float(np.finfo(grads[name].dtype).eps)) * float(np.abs(grads[name]).max())
    decided = np.isfinite(found.allowed)
    error = np.abs(g - found.value)
    wrong = decided & (error > found.allowed + own)
    counts = {"checked": len(g), "undecided": int((~decided).sum()), "wrong": int(wrong.sum())}
    if not decided.any():
        how = "the cost has a kink at every element, or is too rough, for a slope"
        return ParameterRow(
            name, theta.shape, "cannot-judge", index=None, given=None, expected=None, allowed=None, how=how, **counts
        )  # fmt: skip
    ratio = np.where(decided, error / np.maximum(found.allowed + own, 1e-300), -1)
    worst = int(np.argmax(np.where(wrong, error, -1) if wrong.any() else ratio))
    index = tuple(map(int, np.unravel_index(found.at[worst], theta.shape)))
    outcome = "fail" if wrong.any() else "pass"
    how = _how(name, theta, grads, slopes) if wrong.any() else ""
    return ParameterRow(
        name, theta.shape, outcome, index=index, given=float(g[worst]), expected=float(found.value[worst]),
        allowed=float(found.allowed[worst] + own), how=how, **counts,
    )  # fmt: skip


def _how(name: str, theta: Array, grads: Mapping[str, Array], slopes: Mapping[str, _Slopes]) -> str:
    """What is wrong, where the numbers show it; "" where they do not."""
    found = slopes[name]
    decided = np.isfinite(found.allowed)
    at, D = found.at[decided], found.value[decided]
    g, value = grads[name].reshape(-1)[at].astype(float), theta.reshape(-1)[at].astype(float)
    size = float(np.linalg.norm(g))
    if not size:
        return "it is 0 everywhere"

    def explains(other: Array) -> bool:
        return bool(np.linalg.norm(g - other) <= CLOSE * size)

    if D @ D > 0:
        factor = float(g @ D / (D @ D))
        if explains(factor * D) and factor:
            return _factor(factor)
    whole = len(at) == theta.size
    if whole and theta.ndim == 2:
        full: Array = np.empty(theta.size)
        full[at] = D
        full = full.reshape(theta.shape)
        if theta.shape[0] == theta.shape[1] and explains(full.T.reshape(-1)[at]):
            return "it is the transposed one"
        for axis, word in ((0, "row"), (1, "column")):
            for shift in (1, -1):
                if theta.shape[axis] > 1 and explains(np.roll(full, shift, axis).reshape(-1)[at]):
                    return f"it is one {word} off"
    for other, theirs in slopes.items():
        same = other != name and grads[other].shape == theta.shape and np.array_equal(theirs.at, found.at)
        if same and np.linalg.norm(theirs.value) and explains(theirs.value[decided]):
            return f"it is the gradient of {other}"
    if value @ value > 0:
        extra = float((g - D) @ value / (value @ value))
        if explains(D + extra * value):
            return f"it has {extra:.4g} times the parameter added: a weight decay that the cost lacks"
    return ""


def _factor(factor: float) -> str:
    named = {-1: "it has the opposite sign", 2: "it is twice as large", 0.5: "it is half as large"}
    for exact, words in named.items():
        if abs(factor - exact) < 1e-3 * abs(exact):
            return words
    sign = "-" if factor < 0 else ""
    inverse = 1 / abs(factor)
    if abs(factor) < 1 and abs(inverse - round(inverse)) < 1e-3 * inverse:
        return f"it is {sign}1/{round(inverse)} of what it should be"
    if abs(abs(factor) - round(abs(factor))) < 1e-3 * abs(factor):
        return f"it is {sign}{round(abs(factor))} times what it should be"
    return f"it is {factor:.6g} times what it should be"


def _in_common(rows: list[ParameterRow]) -> list[str]:
    """Where what goes wrong begins, if the last layer is right, or the same in all."""
    layers: dict[int, set[str]] = {}
    for row in rows:
        digits = "".join(sign for sign in row.name if sign.isdigit())
        if digits:
            layers.setdefault(int(digits), set()).add(row.outcome)
    wrong = sorted(layer for layer, outcomes in layers.items() if "fail" in outcomes)
    right = sorted(layer for layer, outcomes in layers.items() if outcomes == {"pass"})
    if wrong and right and max(wrong) < min(right):
        begins = f"what goes wrong happens between layer {min(right)} and layer {max(wrong)}"
        return [f"From layer {min(right)} on everything is right: {begins}."]
    hows = {row.how for row in rows if row.outcome == "fail"}
    if len(hows) == 1 and len(wrong) == len(layers) > 1 and "" not in hows:
        return [f"All of them: {hows.pop()}."]
    return []


def by_name(value: Any) -> tuple[dict[str, Array], Structure]:
    """Arrays by name, and back: of a dict, of a list or a tuple by their places, of one array."""
    if isinstance(value, dict):
        return {str(key): np.asarray(one) for key, one in value.items() if isinstance(one, (np.ndarray, float))}, dict
    if isinstance(value, (list, tuple)) and all(isinstance(one, np.ndarray) for one in value):
        kind = type(value)
        return {str(place): one for place, one in enumerate(value)}, lambda found: kind(found.values())
    if isinstance(value, np.ndarray):
        return {"theta": value}, lambda found: found["theta"]
    return {}, dict


def gradients_by_name(function: str, value: Any, params: Mapping[str, Array]) -> dict[str, Any]:
    """The gradients under the names of the parameters, out of a pair with the cost where they are in one.

    ValueError where there is none.
    """
    returned = value
    if isinstance(value, tuple) and len(value) == 2 and list(params) != ["0", "1"]:
        value = next((one for one in value if isinstance(one, (dict, list, tuple))), value[-1])
    found, _ = by_name(value)
    keys = {name: next((one for form in GRADIENT_OF if (one := form.format(name)) in found), None) for name in params}
    if not any(keys.values()):
        there = f"a {type(returned).__name__}" + (f" with {listed(found)}" if isinstance(returned, dict) else "")
        raise ValueError(f"--gradients {function} returned {there}: expected the gradients of {listed(params)}")
    return {name: found[key] for name, key in keys.items() if key is not None}
