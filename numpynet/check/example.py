"""One small example of a call: the numbers that may be chosen freely, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from numpynet.losses import LOSSES
from numpynet.types import Array

WHOLE = (0.0, 1.0)  # what a number is made smaller to, the simplest first
LIKELY = (0.5, 0.25, 0.75)  # the same of a probability
POSITIVE, MIXED = (1, 2, 1, 2, 3), (1, -1, 2, 0, -2)
Complete: TypeAlias = Callable[[dict[str, Any], Mapping[str, Any]], dict[str, Any]]


def as_they_are(given: dict[str, Any], fixed: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers are the arguments."""
    return given


@dataclass(frozen=True)
class Example:
    """`numbers` by name, free; `fixed` arguments by role; `pools`, for a name, what its numbers are made smaller to.

    `flags` as in a case: `raises` where the call must be refused, `nan`, `default`. `complete` makes the arguments of
    the numbers.
    """

    numbers: Mapping[str, Array]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    pools: Mapping[str, Sequence[float]] = field(default_factory=dict)
    flags: Mapping[str, Any] = field(default_factory=dict)
    complete: Complete = as_they_are

    def arguments(self, dtype: np.dtype[Any]) -> dict[str, Any]:
        """The call's arguments by role, in the dtype."""
        given = {name: np.array(value, dtype) for name, value in self.numbers.items()}
        fixed = {role: _in(dtype, value) for role, value in self.fixed.items()}
        return {**self.complete(given, fixed), **fixed}


def _in(dtype: np.dtype[Any], value: Any) -> Any:
    """An array in the dtype, unless it holds whole numbers: those are labels."""
    return value.astype(dtype) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value


@dataclass(frozen=True)
class Setting:
    """What the examples are to be made of: activations of a layer, (hidden, last) ones of a network, and losses.

    None stands for an argument that is left out. `roles` are the arguments that there are, where that is known, and
    `outputs` how many a cost is asked of: the lab's is that of one.
    """

    roles: frozenset[str] = frozenset()
    activations: tuple[str | None, ...] = ("relu", "sigmoid", None)
    networks: tuple[tuple[str, str], ...] = (("relu", "sigmoid"), ("sigmoid", "sigmoid"))
    losses: tuple[str | None, ...] = (None,)
    unknown: tuple[str, ...] = ("softsign",)
    outputs: int = 1
    far: float = 20.0  # a logit whose p is near 1, and still told from it


def filled(values: Sequence[float], start: int, *shape: int) -> Array:
    """The values again and again, from one of them on."""
    return np.resize(np.roll(np.array(values, dtype=float), -start), shape)


def takes_classes(loss: str | None) -> bool:
    """Whether the labels are columns with a single 1."""
    return LOSSES[loss or "bce"].targets == "classes"


def targets(loss: str | None, outputs: int, m: int, start: int = 0) -> Array:
    """Labels 1, 0, …, or for several classes columns with a single 1."""
    if takes_classes(loss):
        return np.eye(outputs)[:, (np.arange(m) + start) % outputs]
    return (np.arange(outputs * m).reshape(outputs, m) + 1.0 + start) % 2
