"""What a stand-in will compute: a file may ask it for anything, and it runs in the checker's own process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from numpynet.sandbox import TooMuchError
from numpynet.types import Array

MOST_ELEMENTS = 2**20  # of an array that goes in, and of all that are made: the largest case has some 30,000
MOST_MULTIPLICATIONS = 2 * 10**8
EVERY_LAYER = 10**4  # what a layer costs besides, in multiplications


def check_bearable(function: str, given: Mapping[str, Any]) -> None:
    """TooMuchError where the reference would make too large an array, or multiply too often, for these arguments.

    Layer l of a network multiplies n_out · n_in · m times forward, twice that backward, at every epoch.
    """
    arrays = list(_arrays(given))
    sizes = [array.shape for array in arrays]
    axes = max((axis for shape in sizes for axis in shape), default=1)
    m = max((shape[-1] for shape in sizes if shape), default=1)
    layers = list(_layers(given))
    epochs = max(_whole(given.get("epochs")), 1)
    try:
        pairs = np.broadcast_shapes(*(shape for role, shape in _shapes(given) if role not in ("W", "b", "A_prev")))
    except ValueError:  # shapes that do not fit: the reference says so itself
        pairs = ()
    elements = max([axes, _product(pairs), *map(_product, sizes)])
    elements = max(elements, sum(n_out * (n_in + 2 * m) + n_in * m for n_in, n_out in layers))
    if elements > MOST_ELEMENTS:
        raise TooMuchError(
            f"asked {function} for arrays of {elements:,} numbers: {MOST_ELEMENTS:,} are more than enough here"
        )
    work = epochs * sum(3 * n_in * n_out * m + EVERY_LAYER for n_in, n_out in layers)
    if work > MOST_MULTIPLICATIONS:
        raise TooMuchError(
            f"asked {function} for {work:,} multiplications: {MOST_MULTIPLICATIONS:,} are more than enough here"
        )


def _arrays(given: Mapping[str, Any]) -> Iterator[Array]:
    for value in given.values():
        for item in value.values() if isinstance(value, Mapping) else (value,):
            if isinstance(item, np.ndarray):
                yield item


def _shapes(given: Mapping[str, Any]) -> Iterator[tuple[str, tuple[int, ...]]]:
    return ((role, value.shape) for role, value in given.items() if isinstance(value, np.ndarray))


def _layers(given: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    """(n_in, n_out) of every layer that the call is about."""
    W = given.get("W")
    if isinstance(W, np.ndarray) and W.ndim == 2:
        yield W.shape[1], W.shape[0]
    architecture = given.get("nn_architecture")
    for layer in architecture if isinstance(architecture, (list, tuple)) else ():
        if isinstance(layer, Mapping):
            yield _whole(layer.get("input_dim")), _whole(layer.get("output_dim"))


def _whole(value: Any) -> int:
    """A whole number of at least 0, also out of an array of one; 0 for anything else."""
    if isinstance(value, np.ndarray) and value.size == 1 and value.dtype.kind in "iu":
        value = int(value.item())
    return max(value, 0) if isinstance(value, int) else 0


def _product(shape: tuple[int, ...]) -> int:
    size = 1
    for axis in shape:
        size *= axis
    return size
