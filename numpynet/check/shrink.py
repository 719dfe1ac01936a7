"""Steps from an array to simpler numbers: as a whole first, else element by element."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from numpynet.types import Array


def simpler(array: Array, pool: Sequence[float]) -> Iterator[Callable[[Array], Array | None]]:
    """Steps to simpler numbers, the pool's first being the simplest; each is None where it changes nothing."""

    def filled(value: float) -> Callable[[Array], Array | None]:
        return lambda now: None if _rank(now, pool) <= pool.index(value) else np.full_like(now, value, dtype=float)

    def replaced(index: tuple[int, ...], value: float) -> Callable[[Array], Array | None]:
        def step(now: Array) -> Array | None:
            if _rank(now[index], pool) <= pool.index(value):
                return None
            new = now.astype(float)
            new[index] = value
            return new

        return step

    yield from map(filled, pool)
    if array.size > 1:
        for index in np.ndindex(array.shape):
            yield from (replaced(index, value) for value in pool)


def _rank(values: Any, pool: Sequence[float]) -> int:
    """How simple the least simple of the values is: its place in the pool."""
    return max(pool.index(float(value)) if float(value) in pool else len(pool) for value in np.ravel(values))
