"""The witness: the smallest example with small numbers on which a mistake shows, to be checked with a pencil.

The examples are tried in the order of size, and the first on which the function fails as it does on the large inputs is
made smaller still: its numbers become 0 or 1, one after another, where it goes on failing. Hypothesis shrinks what
fails in the same way; this search needs some sixty calls at the most, and no more than the judge of a single call.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from numpynet import names
from numpynet.check.cases import Case
from numpynet.check.example import WHOLE, Example, Setting
from numpynet.check.examples import examples
from numpynet.check.oracle import Oracle
from numpynet.check.result import Observation, Witness, is_near
from numpynet.check.shrink import simpler
from numpynet.definitions import ACTIVATIONS
from numpynet.types import Array

CALLS, TRIED = 60, 45  # of the function at the most, and of these before the first example that fails
SECONDS = 2.0  # of a slow function, which has other things to be asked
FINE = 1e-6  # of the greatest number
MANY = 64  # numbers of one result are not shown
VALUES, NOT_FINITE, CHANGED = "other numbers", "not finite", "changed arguments"
SIZES = "sizes"  # of the arrays: with one unit there is no difference
Judge = Callable[[Case], Observation]


def smallest(operation: str, judge: Judge, dtype: np.dtype[Any], failing: Sequence[Observation] = ()) -> Witness | None:
    """The smallest example on which the function fails, or None where no small one shows it.

    `judge` calls the function. `failing` is where it fails already: it says which activations to try, and an example
    on which it fails in the same way goes before another one.
    """
    search = _Search(operation, judge, dtype, failing)
    try:
        found = search.first(examples(operation, setting_of(failing, dtype)))
    except ValueError:  # there are no examples of such a function
        return None
    return None if found is None else witness_of(search.shrunk(*found))


def setting_of(failing: Sequence[Observation], dtype: np.dtype[Any]) -> Setting:
    """The activations, networks and losses of what fails; the lab's where nothing does yet."""
    far = 20.0 if dtype == np.float64 else 10.0
    given = [one.case.arguments for one in failing if not one.case.raises]
    layers = [arguments["nn_architecture"] for arguments in given if "nn_architecture" in arguments]
    if not given:
        return Setting(far=far)
    outputs = max(len(arguments["Y_hat"]) if "Y_hat" in arguments else 1 for arguments in given)
    usual = Setting(far=far, roles=frozenset().union(*given), outputs=outputs)
    named = tuple(dict.fromkeys(arguments.get("activation") for arguments in given))
    named = tuple(name for name in named if name is not None)[:2] or (None,)
    ends = [(one[0]["activation"] if len(one) > 1 else "relu", one[-1]["activation"]) for one in layers]
    losses = tuple(dict.fromkeys(arguments.get("loss") for arguments in given))
    return replace(usual, activations=named, networks=tuple(dict.fromkeys(ends))[:2] or usual.networks, losses=losses)


class _Search:
    """The calls that are left, and what counts as failing in the same way."""

    def __init__(self, operation: str, judge: Judge, dtype: np.dtype[Any], failing: Sequence[Observation]) -> None:
        self.operation, self.judge, self.dtype = operation, judge, dtype
        self.oracle, self.left, self.end = Oracle(dtype), CALLS, time.monotonic() + SECONDS
        self.sorts = {sort_of(one) for one in failing}
        best = next((one for one in (SIZES, VALUES) if one in self.sorts), None)
        self.sorts &= {best} if best else self.sorts
        values = [one for one in failing if sort_of(one) == VALUES]
        self.fine = all(is_near(one, FINE) for one in values)  # it is all that there is
        self.raises = {one.case.raises for one in failing} or {False, True}
        self.nan = {one.case.nan for one in failing} or {False, True}

    def first(self, small: Iterator[Example]) -> tuple[Example, Observation] | None:
        """The first example that fails in the same way, or at all."""
        second = None
        for example in small:
            if self.left <= CALLS - TRIED:
                break
            if example.flags.get("raises", False) not in self.raises or example.flags.get("nan", False) not in self.nan:
                continue
            one = self.asked(example)
            if one is None or not one.fails or self.hides(one):
                continue
            if not self.sorts or sort_of(one) in self.sorts:
                return example, one
            second = second or (example, one)
        return second

    def hides(self, one: Observation) -> bool:
        """Whether nothing shows but what a guard moves, where elsewhere more does."""
        return not self.fine and sort_of(one) == VALUES and not one.changed and is_near(one, FINE)

    def asked(self, example: Example, kinked: bool = True) -> Observation | None:
        """What the function makes of it; None where it was not asked, or gave up for want of time.

        Unless `kinked`, it is not asked where two pieces of an activation meet: the slope there is a convention.
        """
        if not self.left or time.monotonic() > self.end:
            return None
        case = self.case(example)
        if case is None or (not kinked and at_a_kink(case)):
            return None
        self.left -= 1
        one = self.judge(case)
        if one.raised is not None and one.raised.kind != "exception":
            self.left = 0
            return None
        return one

    def case(self, example: Example) -> Case | None:
        """The example as a case; None where no result is defined for it."""
        arguments = example.arguments(self.dtype)
        case = Case("a small example", arguments, **example.flags)
        if case.raises:
            return case
        try:
            expected = self.oracle.expected(self.operation, arguments)
        except ValueError:
            return None
        known = all(np.isfinite(one.allowed).all() for one in expected.values())
        return replace(case, expected=expected) if known or case.nan else None

    def shrunk(self, example: Example, one: Observation) -> Observation:
        """The same mistake on smaller numbers: an array as a whole, else element by element."""
        goal, kinked = (sort_of(one), one.wrong, one.changed), at_a_kink(one.case)
        for name in example.numbers:
            for smaller in simpler(example.numbers[name], example.pools.get(name, WHOLE)):
                array = smaller(example.numbers[name])
                if array is None:
                    continue
                trial = replace(example, numbers={**example.numbers, name: array})
                seen = self.asked(trial, kinked)
                if seen is None or not seen.fails or self.hides(seen):
                    continue
                if (sort_of(seen), seen.wrong, seen.changed) == goal:
                    example, one = trial, seen
        return one


def at_a_kink(case: Case) -> bool:
    """Whether a slope is asked for where two pieces of an activation meet."""
    given = case.arguments
    if "memory" in given:
        named = {names.Z(k): layer["activation"] for k, layer in enumerate(given["nn_architecture"], start=1)}
        Zs = [(given["memory"][name], activation) for name, activation in named.items()]
    else:
        Zs = [(given["Z"], given.get("activation", "relu"))] if "Z" in given and "A_prev" in given else []
    return any(
        (boundary == Z).any() for Z, activation in Zs if activation in ACTIVATIONS
        for boundary in ACTIVATIONS[activation].boundaries
    )  # fmt: skip


def sort_of(one: Observation) -> str:
    """In which way it fails."""
    if one.case.raises:
        return "accepted"
    if one.raised is not None:
        return one.raised.text.partition(":")[0]
    if one.problem is not None:
        return "missing" if " missing" in one.problem else one.problem[:12]
    wrong = [one.values.get(name) for name in one.wrong]
    if not wrong:
        return CHANGED
    due = [one.case.expected[name].value for name in one.wrong]
    pairs = [(value, exact) for value, exact in zip(wrong, due, strict=True) if value is not None]
    if any(value.size != exact.size and exact.any() for value, exact in pairs):
        return SIZES
    finite = all(value is not None and value.dtype.kind in "fiub" and np.isfinite(value).all() for value in wrong)
    return VALUES if finite or one.case.nan else NOT_FINITE


def witness_of(one: Observation) -> Witness:
    """What an observation that fails shows."""
    case, expected = one.case, {name: np.array(exact.value, float) for name, exact in one.case.expected.items()}
    if case.raises:
        return Witness(case.arguments, yours="raises nothing", refuses=True)
    if one.raised is not None:
        line = f", line {one.raised.line}" if one.raised.line else ""
        return Witness(case.arguments, expected, f"raises {one.raised.text}{line}", tuple(expected))
    yours = {name: shown(one.values[name]) for name in (*expected, *_unasked(one)) if name in one.values}
    if one.problem is not None and not yours:
        return Witness(case.arguments, expected, one.problem, tuple(expected))
    if one.case.nan:
        expected = {name: np.array(np.nan) for name in expected}
    wrong = tuple(replace(one, problem=None).wrong)
    return Witness(case.arguments, expected, yours, wrong, changed_in(one))


def _unasked(one: Observation) -> list[str]:
    """Names under which the function returns something, where those that must be there are missing."""
    return [name for name in one.values if name not in one.case.expected] if one.problem else []


def shown(value: Array) -> Array | str:
    """A result as it can be shown: small and of numbers, else in words."""
    if value.dtype.kind not in "fiub":
        return f"an array of {value.dtype}"
    return value if value.size <= MANY else f"an array of shape {value.shape}"


def changed_in(one: Observation) -> dict[str, tuple[Any, Any]]:
    """The arguments that it changes, and may only read: each as it was, and as it is after the call."""
    found = {}
    for place in one.changed:
        role, _, key = place.partition("[")
        before, after = one.case.arguments.get(role), one.after.get(role)
        name = key.rstrip("]").strip("'")
        if isinstance(before, Mapping) and isinstance(after, Mapping) and name in before:
            role, before, after = name, before[name], after.get(name)
        found[role] = before, shown(after) if isinstance(after, np.ndarray) else after
    return found
