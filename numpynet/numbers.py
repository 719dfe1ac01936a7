"""Plain numbers: an array with the operations that the definitions are written in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from numpynet.types import Array, Value


class Numbers(np.ndarray[Any, np.dtype[Any]]):
    """Plain numbers: what a definition gives for these is an array in their own precision."""

    def exp(self) -> Value:
        """e^x."""
        return np.exp(self)

    def expm1(self) -> Value:
        """e^x − 1."""
        return np.expm1(self)

    def log(self) -> Value:
        """The natural logarithm."""
        return np.log(self)

    def log1p(self) -> Value:
        """log(1 + x)."""
        return np.log1p(self)

    def log_complement(self) -> Value:
        """log(1 − x)."""
        return np.log1p(-self)

    def tanh(self) -> Value:
        """The hyperbolic tangent."""
        return np.tanh(self)

    def square(self) -> Value:
        """x²."""
        return np.square(self)

    def sqrt(self) -> Value:
        """√x."""
        return np.sqrt(self)

    def plus_positive(self, constant: float) -> Value:
        """x + c of an x and a c that are not negative."""
        return self + constant

    def magnitude(self) -> Value:
        """|x|."""
        return np.abs(self)

    def times_complement(self) -> Value:
        """x (1 − x)."""
        return self * (1 - self)

    def maximum(self, floor: float) -> Value:
        """max(x, floor)."""
        return np.maximum(self, floor)

    def above(self, boundary: float, then: Value, otherwise: Value) -> Value:
        """`then` where x lies above the boundary, else `otherwise`."""
        return np.asarray(np.where(self > boundary, then, otherwise), self.dtype).view(Numbers)

    def labelled(self, Y: Array, other: Value) -> Value:
        """Y x + (1 − Y) y, for labels that are 0 or 1: one of the two."""
        return np.where(Y == 1, self, other).view(Numbers)

    def increasing(self, f: Callable[[Value], Value], sign: str = "", most: float = np.inf) -> Value:
        """f(x)."""
        return f(self)

    def rounded(self, times: float = 1) -> Value:
        """The numbers themselves: they are rounded as it is."""
        return self

    def via(self, other: Value, times: float) -> Value:
        """The numbers themselves."""
        return self

    def average(self, less: int = 0) -> Value:
        """Σ x / (m − less) over each row, in a column."""
        return np.sum(self, axis=1, keepdims=True) / (self.shape[1] - less)

    def beside(self, other: Value) -> Value:
        """The numbers themselves."""
        return self

    def over(self, n: int) -> Value:
        """x / n."""
        return self / n

    def shifted(self) -> Value:
        """x less the greatest of its column."""
        return self - np.max(self, axis=0)

    def exponentials(self) -> Value:
        """e^x over that of the greatest of its column."""
        return np.exp(self.shifted())

    def total(self) -> Value:
        """Σ x over each column, in a row."""
        return np.sum(self, axis=0, keepdims=True)

    def log_total(self) -> Value:
        """log Σ e^x over each column, beside `shifted`."""
        return np.log(self.exponentials().total())

    def within(self, least: float, most: float) -> Value:
        """The numbers themselves."""
        return self

    def chosen(self, Y: Array, all_known: bool = False) -> Value:
        """x where the label is 1, else 0."""
        return np.where(Y == 1, self, 0).view(Numbers)
