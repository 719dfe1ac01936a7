"""Where no reading fits: what was raised, and the pattern of the numbers."""

# fmt: off
from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from numpynet.check.matching import ENOUGH
from numpynet.check.result import Cause, Observation
from numpynet.types import Array


def what_raised(failing: Sequence[Observation]) -> Cause | None:
    """The exception in words, where every call that fails raises the same kind."""
    raised = [one.raised for one in failing if one.raised is not None]
    if len(raised) < len(failing) or any(one.kind != "exception" for one in raised):
        return None
    kinds = {one.text.partition(":")[0] for one in raised}
    text = raised[0].text.partition(": ")[2]
    if kinds == {"NameError"} or kinds == {"UnboundLocalError"}:
        return Cause("undefined-name", f"It uses a name that does not exist there: {text}.")
    if kinds <= {"KeyError", "UnknownNameError"}:
        if re.fullmatch(r"'(d?W|d?b|Z)0'", text):
            return Cause("counts-from-0", f"It counts the layers from 0 and asks for the key {text}: they are numbered from 1.")
        return Cause("missing-key", f"It asks a dictionary for a key that is not there: {text}.")
    if kinds == {"TypeError"} and "argument" in text:
        return Cause("call-arguments", f"It calls a function with the wrong arguments: {text}.")
    if kinds == {"ValueError"} and "truth value" in text:
        return Cause("array-as-truth", "It asks a whole array for one truth value: if, and, max() decide once, not element by element.")
    if kinds == {"TypeError"} and ("0-dimensional" in text or "size-1" in text or "only length-1" in text):
        return Cause("scalar-function", "A function for one number, as in math, gets a whole array.")
    if kinds == {"ValueError"} and ("not aligned" in text or "broadcast" in text or "mismatch" in text):
        return Cause("shapes", f"Two arrays meet whose shapes do not fit: {text}.")
    if kinds == {"AttributeError"}:
        return Cause("missing-attribute", f"It asks for an attribute that does not exist: {text}.")
    return None


def pattern_of(function: str, numbers: Sequence[Observation]) -> Cause | None:
    """A constant ratio or offset, lost digits, a lost axis: what the numbers say by themselves, on two inputs."""
    shown = [one for one in numbers if one.wrong]
    by_kind: dict[str, list[tuple[Observation, str]]] = {}
    for one in shown:
        for name in one.wrong:
            by_kind.setdefault(name.rstrip("0123456789"), []).append((one, name))
    said: dict[str, list[str]] = {}
    for kind, places in by_kind.items():
        pairs = [(one, one.values[name].astype(float), one.case.expected[name]) for one, name in places if name in one.values]
        if len(pairs) != len(places) or len({id(one) for one, *_ in pairs}) < ENOUGH:
            return None
        found = next((word for test in _PATTERNS if (word := test(pairs))), None)
        if found is None:
            return None
        said.setdefault(found, []).append(kind)
    if not said:
        return None
    each = (f"{', '.join(kinds)} {word if len(kinds) == 1 else _of_several(word)}" for word, kinds in said.items())
    text = "; ".join(each)
    return Cause("pattern", f"{text}.")


def _of_several(word: str) -> str:
    """`is` and `has`, with which what is said begins, of several."""
    return re.sub("^(is|has)", lambda verb: "are" if verb[0] == "is" else "have", word)


Pairs = Sequence[tuple[Any, Array, Any]]


def _is_transposed(pairs: Pairs) -> str | None:
    if all(got.shape == exact.value.T.shape and got.shape != exact.value.shape and np.allclose(got, exact.value.T) for _, got, exact in pairs):
        return "is transposed"
    return None


def _has_lost_an_axis(pairs: Pairs) -> str | None:
    if all(got.size == exact.value.size and got.ndim < exact.value.ndim and np.allclose(got.ravel(), exact.value.ravel()) for _, got, exact in pairs):
        return "has the right numbers, but has lost an axis"
    return None


def _is_added_up(pairs: Pairs) -> str | None:
    if all(got.size == 1 and np.allclose(got.sum(), exact.value.sum(), atol=1e-12) for _, got, exact in pairs) and any(
        exact.value.size > 1 for *_, exact in pairs
    ):
        return "is one number, the sum over all units: it must be summed over the examples alone, for each unit"
    return None


def _is_a_multiple(pairs: Pairs) -> str | None:
    ratios = []
    for _, got, exact in pairs:
        if got.shape != exact.value.shape:
            return None
        big = np.abs(exact.value) > 1e-6 * np.abs(exact.value).max()
        if not big.any() or np.abs(got[~big]).max(initial=0) > 1e-6 * np.abs(got).max():
            return None  # where it must be 0, it is not
        each = got[big] / exact.value[big]
        ratio = float(np.median(each))
        spread = np.abs(each - ratio).max()
        if not np.isfinite(ratio) or spread > min(1e-9 * abs(ratio), 1e-3 * abs(ratio - 1)):
            return None
        ratios.append(ratio)
    if np.allclose(ratios, ratios[0], rtol=1e-9, atol=0):
        if abs(ratios[0] - 1) < 1e-6:
            return f"is {ratios[0] - 1:+.2g}, relatively, off everywhere"
        return "is zero everywhere" if ratios[0] == 0 else f"is exactly {ratios[0]:.6g} times the right one, on every input"
    sizes = np.array([_m_of(one) or 0 for one, *_ in pairs], dtype=float)
    if sizes.min() > 1:
        for word, factors in {
            "m": sizes, "1/m": 1 / sizes, "1/m²": 1 / sizes**2, "m/(m − 1)": sizes / (sizes - 1),
            "m/(m + 1)": sizes / (sizes + 1), "−m": -sizes, "−1/m": -1 / sizes,
        }.items():
            if np.allclose(ratios, factors, rtol=1e-9, atol=0):
                return f"is {word} times the right one, m being the number of examples"
    return None


def _m_of(one: Observation) -> int | None:
    for role in ("A_prev", "Y_hat", "X", "Y", "dA", "Z"):
        value = one.case.arguments.get(role)
        if isinstance(value, np.ndarray) and value.ndim == 2:
            return int(value.shape[1])
    return None


def _is_shifted(pairs: Pairs) -> str | None:
    shifts = []
    for _, got, exact in pairs:
        if got.shape != exact.value.shape:
            return None
        each = got - exact.value
        if not np.isfinite(each).all() or not np.allclose(each, each.flat[0], rtol=1e-4, atol=4 * float(exact.allowed.max())):
            return None
        shifts.append(float(np.median(each)))
    if shifts[0] and np.allclose(shifts, shifts[0], rtol=1e-3):
        return f"is {shifts[0]:+.3g} off everywhere"
    return None


def _is_rounded(pairs: Pairs) -> str | None:
    if any(got.shape != exact.value.shape for _, got, exact in pairs):
        return None
    for decimals in range(1, 13):
        if all(np.allclose(got, np.round(exact.value, decimals), rtol=1e-14, atol=1e-16) for _, got, exact in pairs):
            return f"is rounded to {decimals} decimals"
    if all(np.array_equal(got, np.trunc(exact.value)) for _, got, exact in pairs):
        return "is cut to whole numbers"
    return "is rounded down to whole numbers" if all(np.array_equal(got, np.floor(exact.value)) for _, got, exact in pairs) else None


def _has_lost_digits(pairs: Pairs) -> str | None:
    """Every number is one that the narrower type holds: nothing else makes them so."""
    for kind, digits, greatest in ((np.float16, 3, 2.0**-9), (np.float32, 7, 2.0**-21)):
        if all(
            got.shape == exact.value.shape and np.isfinite(got).all() and np.array_equal(got, got.astype(kind))
            and np.allclose(got, exact.value, rtol=greatest, atol=greatest * np.abs(exact.value).max())
            for _, got, exact in pairs
        ):  # fmt: skip
            return f"has lost digits as by {np.dtype(kind).name}: about {digits} of them are right"
    return None


_PATTERNS = (_is_transposed, _has_lost_an_axis, _is_added_up, _is_a_multiple, _is_shifted, _is_rounded, _has_lost_digits)
