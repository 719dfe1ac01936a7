"""One element of a quantity: its value, and the arithmetic that makes it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

from numpynet.explain.model import Lesson, Quantity, Sum
from numpynet.parity.compare import element
from numpynet.types import Array

Index: TypeAlias = tuple[int, int]


def named(quantity: Quantity, index: Index) -> str:
    """'dW2[0, 1]'; a scalar has no brackets."""
    return element(quantity.name, index[: len(quantity.shape)])


def value_at(quantity: Quantity, index: Index) -> float:
    """NumPy's number there."""
    return item(quantity.values["numpy"], index)


def item(array: Array, index: Index) -> float:
    """The element; a scalar's only one."""
    return float(array[index[: array.ndim]])


def beside(quantity: Quantity, index: Index) -> Index:
    """Where a formula for the element at `index` reads the quantity: a single row or column stands for all of them."""
    rows, columns = quantity.shape or (1, 1)
    return 0 if rows == 1 else index[0], 0 if columns == 1 else index[1]


def total_at(lesson: Lesson, recipe: Sum, index: Index) -> dict[str, Any]:
    """The sum of the products in double precision, `divide`, `plus`, and the result."""
    products = [product(factors) for factors in products_at(lesson, recipe, index)]
    total = math.fsum(products) if all(map(math.isfinite, products)) else sum(products)
    plus = None
    if recipe.plus is not None:
        plus = value_at(lesson.quantities[recipe.plus.name], recipe.plus.index(*index, 0))
    result = total / (recipe.divide or 1) + (plus or 0)
    return {"sum": total, "divide": recipe.divide, "plus": plus, "result": result}


def products_at(lesson: Lesson, recipe: Sum, index: Index) -> list[list[tuple[Quantity, Index]]]:
    """For every k the factors: each a quantity, and at which row and column."""
    return [
        [(lesson.quantities[factor.name], factor.index(*index, k)) for factor in recipe.factors]
        for k in range(recipe.count)
    ]


def product(factors: Sequence[tuple[Quantity, Index]]) -> float:
    """Of the factors' values."""
    return math.prod(value_at(*factor) for factor in factors)
