"""A wider precision than the one that is judged: float64 for float32; for float64, `longdouble` or mpmath."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from numpynet.types import Array

MPMATH_BITS = 113


@dataclass(frozen=True)
class Wide:
    """`lift` brings an array into it exactly; `unit` is its own unit roundoff; the functions are elementwise."""

    name: str
    unit: float
    lift: Callable[[Any], Array]
    divide: Callable[[Any, Any], Array]
    exp: Callable[[Array], Array]
    expm1: Callable[[Array], Array]
    log: Callable[[Array], Array]
    log1p: Callable[[Array], Array]
    tanh: Callable[[Array], Array]
    sqrt: Callable[[Array], Array]

    def dot(self, x: Array, y: Array) -> Array:
        """x @ y. Outside BLAS a product is fastest where the inner loop runs through memory in order.

        A processor takes a hundred times as long over a longdouble that is no number: what becomes of those is found
        in float64, from signs alone, and the product is made without them.
        """
        if self.name != "float64":
            x, y = np.ascontiguousarray(x), np.asfortranarray(y)
        if self.name != "longdouble" or (np.isfinite(x).all() and np.isfinite(y).all()):
            return np.asarray(np.dot(x, y))
        fate = np.dot(*(np.where(np.isfinite(one), np.sign(one), one).astype(np.float64) for one in (x, y)))
        rest = np.dot(*(np.where(np.isfinite(one), one, 0) for one in (x, y)))
        return np.where(np.isfinite(fate), rest, fate)


def _native(kind: type[np.floating[Any]]) -> Wide:
    def lift(x: Any) -> Array:
        return np.asarray(x).astype(kind, copy=False)

    unit = float(np.finfo(kind).eps) / 2
    return Wide(kind.__name__, unit, lift, np.divide, np.exp, np.expm1, np.log, np.log1p, np.tanh, np.sqrt)


@cache
def mpmath_arithmetic() -> Wide:
    """Arrays of mpmath numbers: on any platform, and some thousand times slower."""
    import mpmath

    mp = mpmath.MPContext()
    mp.prec = MPMATH_BITS

    def each(function: Callable[..., Any], arguments: int = 1) -> Callable[..., Array]:
        ufunc = np.frompyfunc(function, arguments, 1)
        return lambda *x: np.asarray(ufunc(*x), dtype=object)

    def exactly(x: Any) -> Any:
        near = float(x)
        rest = x - np.longdouble(near) if isinstance(x, np.longdouble) and np.isfinite(near) else 0.0
        return mp.mpf(near) + mp.mpf(float(rest))

    def divided(x: Any, y: Any) -> Any:
        return x / y if y != 0 else mp.nan if x == 0 else mp.sign(x) * mp.inf

    return Wide(
        f"mpmath, {MPMATH_BITS} bits",
        2.0**-MPMATH_BITS,
        lift=each(exactly),
        divide=each(divided, 2),
        exp=each(mp.exp),
        expm1=each(mp.expm1),
        log=each(lambda x: mp.log(x) if x > 0 else -mp.inf if x == 0 else mp.nan),
        log1p=each(lambda x: mp.log1p(x) if x > -1 else -mp.inf if x == -1 else mp.nan),
        tanh=each(mp.tanh),
        sqrt=each(lambda x: mp.sqrt(x) if x >= 0 else mp.nan),
    )


def wide_for(dtype: np.dtype[Any]) -> Wide:
    """What a run in `dtype` is judged in."""
    if dtype == np.float32:
        return _native(np.float64)
    return _native(np.longdouble) if np.finfo(np.longdouble).nmant >= 63 else mpmath_arithmetic()
