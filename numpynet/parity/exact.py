"""A value that knows its allowance: how far a rendering of the same arithmetic in working precision may be from it.

Notation: u, the unit roundoff (2⁻²⁴ of float32, 2⁻⁵³ of float64). x is the exact value, x̂ what was computed, and
E_x ≥ |x̂ − x| the allowance, elementwise; it is 0 for the inputs of an operation that is judged alone. Each rule below
gives E of a result from those of its operands: what their errors do to it, and what its own rounding adds, one u of
the greatest |result| that is possible. `tiny`, the least normal number, covers underflow. E is computed in float64,
where a NaN means that nothing is known: infinity.

Several arithmetics can be asked at once: E has a first axis with an entry for each, none where only values are wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from numpynet.numbers import Numbers
from numpynet.parity.wide import Wide, wide_for
from numpynet.types import Array

LARGE = 1e-3  # an error of x beyond which the rules may be too careful
GREATEST = 1e300  # of an |x| in a rule, so that nothing overflows there

# Relative errors in units of u: of "numpy" and of "torch", in float32 and in float64. From NumPy's validation sets
# (float32: exp 3, log 4, tanh 2 ulp; float64: 1, 1, 2) plus half an ulp each, and SLEEF's functions of 1.0 ulp. Tests
# measure them on the running machine.
FUNCTIONS = {
    ("numpy", "float32"): {"exp": 7, "expm1": 5, "log": 9, "log1p": 5, "tanh": 5},
    ("numpy", "float64"): {"exp": 3, "expm1": 3, "log": 3, "log1p": 3, "tanh": 5},
    ("torch", "float32"): {"exp": 2, "expm1": 2, "log": 2, "log1p": 2, "tanh": 2},
    ("torch", "float64"): {"exp": 2, "expm1": 2, "log": 2, "log1p": 2, "tanh": 2},
}
# Roundings on the way from the prediction to dZ_L, and 1 where dZ already carries the factor 1/m. The tape's functions
# are NumPy's, and it divides by m at the start, not at the end.
ARITHMETICS = {"numpy": ("numpy", 6, 0), "torch": ("torch", 9, 1), "tape": ("numpy", 7, 1)}


@dataclass(frozen=True)
class Rounding:
    """Who computed, and how that rounds; every other figure has shape (k, 1, 1), for k arithmetics.

    A number beyond `greatest` may be infinite there, and nothing is known of it.
    """

    wide: Wide
    greatest: float
    u: Array
    tiny: Array
    exp: Array
    expm1: Array
    log: Array
    log1p: Array
    tanh: Array
    output: Array
    mean: Array


def rounding_of(
    dtype: np.dtype[Any], *arithmetics: str, wide: Wide | None = None, unit: float | None = None
) -> Rounding:
    """For runs in float32 or float64 by "numpy", "torch" or "tape". `unit` takes the place of dtype's own u."""

    def each(figures: Sequence[float]) -> Array:
        return np.array(figures, dtype=float).reshape(-1, 1, 1)

    rows = [ARITHMETICS[name] for name in arithmetics]
    functions = [FUNCTIONS[library, np.dtype(dtype).name] for library, _, _ in rows]
    information = np.finfo(dtype)
    return Rounding(
        wide or wide_for(dtype),
        min(float(information.max), GREATEST) if unit is None else GREATEST,
        u=each([float(information.eps) / 2 if unit is None else unit] * len(rows)),
        tiny=each([float(information.tiny) if unit is None else 0.0] * len(rows)),
        **{name: each([row[name] for row in functions]) for name in FUNCTIONS["numpy", "float64"]},
        output=each([output for _, output, _ in rows]),
        mean=each([mean for _, _, mean in rows]),
    )


def _known(allowed: Array) -> Array:
    """The allowance, infinite where it is NaN."""
    if allowed.size and np.isnan(allowed.max()):
        return np.where(np.isnan(allowed), np.inf, allowed)
    return allowed


class Bounded(NamedTuple):
    """A value, and how far from it each element may lie: infinite where that is not known."""

    value: Array
    allowed: Array


class Exact:
    """An array in the wide precision, and its allowance: (k, …) for k arithmetics, or 0 where it is given."""

    __array_ufunc__ = None  # array * Exact is for the Exact to answer

    def __init__(
        self, value: Any, rounding: Rounding, allowed: Array | float = 0.0, sides: Array | None = None
    ) -> None:
        """`sides` are the numbers that say on which side of a boundary each element lies, if not the value itself."""
        self.value, self.rounding, self.allowed, self.sides = np.asarray(value), rounding, allowed, sides
        self.least = 0.0  # that |x| can be in any rendering
        self._size: Array | None = None

    @property
    def size(self) -> Array:
        """|x| in float64, at most `GREATEST`."""
        if self._size is None:
            near = np.array(self.value, np.float64)
            self._size = np.minimum(np.abs(near, out=near), GREATEST, out=near)
        return self._size

    @property
    def _near(self) -> Array:
        """x in float64."""
        return self.value.astype(np.float64)

    def by(self, arithmetic: int) -> Array:
        """The allowance of one of the arithmetics, in the value's shape; infinite where it is not known."""
        shape = self.value.shape or (1, 1)
        found = np.broadcast_to(self._unless_beyond().allowed, (len(self.rounding.u), *shape))[arithmetic]
        return _known(found).reshape(self.value.shape)

    def rounded(self, times: Array | float = 1.0) -> Exact:
        """The value after so many roundings: E + times · u (|x| + E) + tiny."""
        allowed = self.size + self.allowed
        allowed = allowed * (times * self.rounding.u)
        allowed += self.allowed
        allowed += self.rounding.tiny
        return self.off(allowed)

    def _unless_beyond(self) -> Exact:
        """The value; nothing is known of it where it may lie beyond the greatest number.

        Of e^x + 1 and its like that is not asked: their reciprocal is 0, as it should be.
        """
        if not self.size.size or self.size.max() < self.rounding.greatest:
            return self
        return self.off(np.where(self.size >= self.rounding.greatest, np.inf, self.allowed))

    def off(self, allowed: Array) -> Exact:
        """The same value, with another allowance."""
        found = Exact(self.value, self.rounding, _known(allowed))
        found._size = self._size
        return found

    def via(self, other: Exact, times: float) -> Exact:
        """The value where people's forms pass through `other`, which cancels: E + times · u |y|."""
        return self.off(self.allowed + times * self.rounding.u * other.size)

    def increasing(self, f: Callable[[Any], Any], sign: str = "", most: float = np.inf) -> Exact:
        """f(x) of an increasing f, and of an x that is at `most` so large.

        The rules add small errors up; a large one moves f to f(x ± E) at the most.
        """
        found: Exact = f(self)
        if not np.any(self.allowed > LARGE):
            return found
        near, alone = self.value.astype(np.float64).view(Numbers), f(Exact(self.value, self.rounding))
        here = f(near)
        moved = [np.maximum(f(np.minimum(near + E, most)) - here, here - f(near - E)) for E in np.asarray(self.allowed)]
        return found.off(np.minimum(found.allowed, np.stack(moved) * (1 + LARGE) + alone.allowed))

    def average(self, less: int = 0) -> Exact:
        """Σ x / (m − less) over each row, in a column."""
        return self.sum(axis=1, extra=2).over(self.value.shape[1] - less)

    def beside(self, other: Exact) -> Exact:
        """The value where people's forms add `other`, which is 0 but for its errors."""
        return self.off(self.allowed + other.allowed + other.size)

    def over(self, n: int) -> Exact:
        """x / n without a rounding: those of a mean are counted with its sum."""
        return Exact(self.value / n, self.rounding, self.allowed / n)

    @property
    def T(self) -> Exact:
        """Transposed."""
        allowed = self.allowed if isinstance(self.allowed, float) else np.swapaxes(self.allowed, -1, -2)
        return Exact(self.value.T, self.rounding, allowed)

    def _operand(self, other: Any) -> Exact:
        """A constant is rounded, too, unless float32 holds it."""
        if isinstance(other, Exact):
            return other
        with np.errstate(over="ignore"):
            inexact = isinstance(other, float) and float(np.float32(other)) != other
        rounded = self.rounding.u * (abs(other) + self.rounding.tiny) if inexact else 0.0
        return Exact(self.rounding.wide.lift(other), self.rounding, rounded)

    def __neg__(self) -> Exact:
        """−x: exact."""
        return Exact(-self.value, self.rounding, self.allowed)

    def __add__(self, other: Any) -> Exact:
        """x + y: E_x + E_y, and its rounding; exact where two numbers that are known cancel."""
        y = self._operand(other)
        found = Exact(self.value + y.value, self.rounding, self.allowed + y.allowed)
        cancelled = (found.value == 0) & (found.allowed == 0)
        found = found.rounded()
        return found.off(np.where(cancelled, 0, found.allowed)) if cancelled.any() else found

    def __mul__(self, other: Any) -> Exact:
        """x y: |x| E_y + |y| E_x + E_x E_y, and its rounding; x where y is a mask, which chooses and rounds nothing.

        Of an infinite x that is not chosen nothing is known: people write x y, a NaN, or choose 0.
        """
        if isinstance(other, np.ndarray) and other.dtype == bool:
            allowed = np.where(other, self.allowed, 0)
            if not (np.isfinite(self._near.sum()) and np.isfinite(np.sum(self.allowed))):
                allowed = np.where(other | (np.isfinite(self._near) & np.isfinite(self.allowed)), allowed, np.inf)
            return Exact(np.where(other, self.value, 0), self.rounding, allowed)
        y = self._operand(other)
        allowed = y.size * self.allowed + (self.size + self.allowed) * y.allowed
        return Exact(self.value * y.value, self.rounding, allowed).rounded()._unless_beyond()

    def __truediv__(self, other: Any) -> Exact:
        """x / y: (E_x + |x/y| E_y) / (|y| − E_y), and its rounding; unknown where y may be 0."""
        y = self._operand(other)
        value = self.rounding.wide.divide(self.value, y.value)
        quotient, least = Exact(value, self.rounding), np.maximum(y.size - y.allowed, y.least)
        moved = (self.allowed + quotient.size * y.allowed) / np.where(least > 0, least, 1)
        return quotient.off(np.where(least > 0, moved, np.inf)).rounded()

    def __sub__(self, other: Any) -> Exact:
        """x − y."""
        return self + -self._operand(other)

    def __rsub__(self, other: Any) -> Exact:
        """y − x of a constant y."""
        return self._operand(other) + -self

    def __rtruediv__(self, other: Any) -> Exact:
        """y / x of a constant y."""
        return self._operand(other) / self

    __radd__, __rmul__ = __add__, __mul__

    def square(self) -> Exact:
        """x²: 2|x| E + E², and its rounding."""
        found = Exact(self.value * self.value, self.rounding, (2 * self.size + self.allowed) * self.allowed)
        return found.rounded()._unless_beyond()

    def sqrt(self) -> Exact:
        """√x: E / √x, at most √E, and its rounding."""
        found = Exact(self.rounding.wide.sqrt(self.value), self.rounding)
        allowed = np.asarray(self.allowed)
        steep = allowed / np.where(found.size > 0, found.size, 1)
        found = found.off(np.where(found.size > 0, np.minimum(steep, np.sqrt(allowed)), np.sqrt(allowed))).rounded()
        found.least = np.sqrt(self.least) * (1 - 2 * float(self.rounding.u.max(initial=0)))
        return found

    def plus_positive(self, constant: float) -> Exact:
        """x + c of an x and a c that are not negative: nothing that is computed for it is less than c."""
        found = self + constant
        found.least = constant * (1 - 2 * float(self.rounding.u.max(initial=0)))
        return found

    def times_complement(self) -> Exact:
        """x (1 − x), whose factors err together: |1 − 2x| E + E², and two roundings."""
        value = self.value * (1 - self.value)
        return Exact(value, self.rounding, (np.abs(1 - 2 * self._near) + self.allowed) * self.allowed).rounded(2)

    def exp(self) -> Exact:
        """e^x: e^x (e^E − 1), and the function's own error."""
        found = Exact(self.rounding.wide.exp(self.value), self.rounding)
        moved = found.size * np.expm1(self.allowed)
        if np.any(self.allowed > 1):  # e^x may be 0, and e^E infinite
            moved = np.where(self.allowed > 1, np.exp(self._near + self.allowed), moved)
        return found.off(moved).rounded(self.rounding.exp)

    def log(self) -> Exact:
        """log x: −log(1 − E/x), and the function's own error; unknown where x may be 0."""
        found = Exact(self.rounding.wide.log(self.value), self.rounding)
        if not np.any(self.allowed):
            return found.rounded(self.rounding.log)
        ratio = np.where(self.allowed > 0, self.allowed / self.size, 0)
        return found.off(np.where(ratio < 1, -np.log1p(-np.minimum(ratio, 1)), np.inf)).rounded(self.rounding.log)

    def expm1(self) -> Exact:
        """e^x − 1: e^x (e^E − 1), and the function's own error."""
        found, slope = Exact(self.rounding.wide.expm1(self.value), self.rounding), np.exp(np.minimum(self._near, 700))
        return found.off(slope * np.expm1(self.allowed)).rounded(self.rounding.expm1)

    def log1p(self) -> Exact:
        """log(1 + x): E / (1 + x − E), and the function's own error; unknown where 1 + x may be 0."""
        found = Exact(self.rounding.wide.log1p(self.value), self.rounding)
        least = 1 + self._near - self.allowed
        allowed = np.where(least > 0, self.allowed / np.where(least > 0, least, 1), np.inf)
        return found.off(allowed).rounded(self.rounding.log1p)

    def log_complement(self) -> Exact:
        """log(1 − x), where people round 1 − x."""
        return (1 - self).log()

    def tanh(self) -> Exact:
        """tanh x: E / cosh² of the least |x| that is possible, and the function's own error."""
        found = Exact(self.rounding.wide.tanh(self.value), self.rounding)
        nearest = np.minimum(np.maximum(0, self.size - self.allowed), 350)
        return found.off(self.allowed / np.square(np.cosh(nearest))).rounded(self.rounding.tanh)

    def maximum(self, floor: float) -> Exact:
        """max(x, floor): E above the floor, below it what may stick out. Choosing a side rounds nothing."""
        value = np.where(self.value <= floor, floor, self.value)
        if not isinstance(self.allowed, np.ndarray):
            return Exact(value, self.rounding)
        out = np.minimum(self.allowed, np.maximum(0, self._near - floor + self.allowed))
        return Exact(value, self.rounding, _known(np.where(self.value > floor, self.allowed, out)))

    def magnitude(self) -> Exact:
        """|x|: E."""
        return Exact(np.abs(self.value), self.rounding, self.allowed)

    def where(self, mask: Array, other: Exact) -> Exact:
        """x where the mask is true, else y: exact."""
        value = np.where(mask, self.value, other.value)
        return Exact(value, self.rounding, np.where(mask, self.allowed, other.allowed))

    def labelled(self, Y: Array, other: Exact) -> Exact:
        """x where the label is 1, y where it is 0: exact."""
        return self.where(Y == 1, other)

    def chosen(self, Y: Array, all_known: bool = False) -> Exact:
        """x where the label is 1, else 0: exact. Where 0 must be computed from x, too, x must be known."""
        allowed = np.broadcast_to(self.allowed, (len(self.rounding.u), *self.value.shape))
        kept = np.where((Y == 1) | (np.isinf(allowed) & all_known), allowed, 0)
        return Exact(np.where(Y == 1, self.value, 0), self.rounding, kept)

    def shifted(self) -> Exact:
        """x less the greatest of its column, which cancels in what is made of it: an error of that is left out.

        E of x itself, and the subtraction's rounding.
        """
        found = Exact(self.value - self.value.max(axis=0, keepdims=True), self.rounding)
        greatest = np.max(self.allowed, axis=-2, keepdims=True) if isinstance(self.allowed, np.ndarray) else 0.0
        rounded = self.rounding.u * (found.size + self.allowed + greatest)
        return found.off(self.allowed + rounded)

    def exponentials(self) -> Exact:
        """e^x over that of the greatest of its column."""
        return self.shifted().exp()

    def total(self) -> Exact:
        """Σ x over each column, in a row."""
        return self.sum(axis=0)

    def log_total(self) -> Exact:
        """log Σ e^x over each column, beside `shifted`: no more off than the worst x is, and its own roundings."""
        found = self.exponentials().total().log()
        if not np.any(self.allowed > LARGE):
            return found
        alone = Exact(self.value, self.rounding).log_total()
        return found.off(np.minimum(found.allowed, np.max(self.allowed, axis=-2, keepdims=True) + alone.allowed))

    def within(self, least: float, most: float) -> Exact:
        """The value, of which every rendering lies between the two but for its roundings."""
        room = np.maximum(self.value - least, most - self.value).astype(np.float64)
        return self.off(np.minimum(self.allowed, np.maximum(room, 0) + 4 * self.rounding.u * most))

    def above(self, boundary: float, then: Any, otherwise: Any) -> Any:
        """`then` where x lies above the boundary, else `otherwise`: exact. A mask where those are 1 and 0."""
        mask = (self.value if self.sides is None else self.sides) > boundary
        if isinstance(then, int) and (then, otherwise) == (1, 0):
            return mask
        return self._operand(then).where(mask, self._operand(otherwise))

    def minus(self, other: Any, times: Array) -> Exact:
        """x − y of a constant y, formed in another way with so many roundings: E + times · u |x − y|."""
        found = Exact(self.value - other, self.rounding)
        return found.off(self.allowed + times * self.rounding.u * found.size + self.rounding.tiny)

    def sum(self, axis: int | None = None, extra: int = 0) -> Exact:
        """Σ x of n terms in any order, and `extra` roundings: Σ E + (n + extra) u Σ|x|.

        C.-P. Jeannerod and S. M. Rump, "Improved error bounds for inner products in floating-point arithmetic", SIAM
        J. Matrix Anal. Appl. 34 (2013): the error of a sum or dot product of n terms, blocked or not, with fused
        multiply-add or not, is at most n u times that of the |terms|.
        """
        n = self.value.size if axis is None else self.value.shape[axis]
        each = self.allowed + (n + extra) * self.rounding.u * self.size
        value = self.value.sum() if axis is None else self.value.sum(axis=axis, keepdims=True)
        over = (-2, -1) if axis is None else axis - self.value.ndim
        allowed = each.sum(axis=over, keepdims=True) + self.rounding.tiny

        def total() -> Array:
            return np.asarray(self.size.sum(axis=over, keepdims=True))

        return Exact(value, self.rounding, self._of_terms(allowed, n + extra, total))

    def _of_terms(self, allowed: Array, terms: Array | float, total: Callable[[], Array]) -> Array:
        """The allowance of a sum of so many terms; infinite where their |total| may lie beyond the greatest number."""
        least = terms * self.rounding.u * self.rounding.greatest  # is allowed where it does
        if allowed.size and not allowed.max() < np.min(least):  # or NaN
            return np.where(total() >= self.rounding.greatest, np.inf, allowed)
        return allowed

    def dot(self, other: Exact, extra: Array | float = 0.0) -> Exact:
        """X Y of n terms in any order, and `extra` roundings: |X| E_Y + E_X (|Y| + E_Y) + (n + extra) u |X| |Y|."""
        x, y = self.size, other.size
        allowed = ((self.value.shape[1] + extra) * self.rounding.u * x + self.allowed) @ y
        if isinstance(other.allowed, np.ndarray):
            allowed += (x + self.allowed) @ other.allowed
        allowed += self.rounding.tiny
        allowed = self._of_terms(allowed, self.value.shape[1] + extra, lambda: x @ y)
        return Exact(self.rounding.wide.dot(self.value, other.value), self.rounding, allowed)

    def affine(self, W: Exact, b: Exact) -> Exact:
        """W x + b, a sum of n + 1 terms: |W| E_x + (n + 1) u (|W| |x| + |b|), for W and b that are given."""
        k = (W.value.shape[1] + 1) * self.rounding.u
        allowed = W.size @ (self.allowed + k * self.size)
        allowed += k * b.size + self.rounding.tiny
        allowed = self._of_terms(allowed, W.value.shape[1] + 1, lambda: W.size @ self.size + b.size)
        return Exact(self.rounding.wide.dot(W.value, self.value) + b.value, self.rounding, allowed)
