"""The learning rate of an epoch, counted from 0: what torch.optim.lr_scheduler makes of the first rate."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Any

from numpynet.registry import Registry, UnknownNameError


def constant(lr: float, epoch: int) -> float:
    """lr."""
    return lr


def step(lr: float, epoch: int, *, step_size: int = 30, gamma: float = 0.1) -> float:
    """lr · γ^⌊epoch / step_size⌋: a fall every `step_size` epochs. As StepLR."""
    return lr * gamma ** (epoch // step_size)


def exponential(lr: float, epoch: int, *, gamma: float = 0.99) -> float:
    """lr · γ^epoch. As ExponentialLR."""
    return lr * gamma**epoch


def cosine(lr: float, epoch: int, *, T_max: int = 0, eta_min: float = 0.0) -> float:
    """eta_min + (lr − eta_min) (1 + cos(π epoch / T_max)) / 2: slowly at first and at the end. As CosineAnnealingLR.

    I. Loshchilov and F. Hutter, "SGDR" (2017). T_max is the whole training where it is not given.
    """
    return eta_min + (lr - eta_min) * (1 + math.cos(math.pi * epoch / T_max)) / 2


def warmup(
    lr: float, epoch: int, *, start_factor: float = 1 / 3, end_factor: float = 1.0, total_iters: int = 5
) -> float:
    """lr times a factor that goes evenly from `start_factor` to `end_factor` in `total_iters` epochs. As LinearLR."""
    done = min(epoch, total_iters) / total_iters
    return lr * (start_factor + (end_factor - start_factor) * done)


SCHEDULES: Registry[Callable[..., float]] = Registry(
    "schedule",
    {"constant": constant, "step": step, "exponential": exponential, "cosine": cosine, "warmup": warmup},
)


@dataclass(frozen=True)
class Schedule:
    """A schedule by name, the rate `lr` that it starts from, and its options, the defaults among them.

    KeyError for a name that is not known, ValueError for a value out of range.
    """

    name: str
    lr: float
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str):
            raise ValueError(f"schedule is {self.name!r}: expected a name, {', '.join(SCHEDULES)}")
        known = dict(SCHEDULES[self.name].__kwdefaults__ or {})
        if not isinstance(self.options, Mapping):
            raise ValueError(
                f"schedule {self.name}'s options are {self.options!r}: expected a dict, such as {{'gamma': 0.5}}"
            )
        for key, value in self.options.items():
            if key not in known:
                choose = f"choose from {', '.join(known)}" if known else "it has none"
                raise UnknownNameError(f"schedule {self.name} has no option {key!r}: {choose}")
            whole, place = isinstance(known[key], int), f"schedule {self.name}'s {key} is {value!r}"
            if isinstance(value, bool) or not isinstance(value, Integral if whole else Real):
                raise ValueError(f"{place}: expected a {'whole ' * whole}number")
            if not math.isfinite(value):
                raise ValueError(f"{place}: expected a finite number")
            if float(value) < 0 or (value == 0 and key not in ("eta_min", "end_factor")):
                raise ValueError(f"{place}: expected {'at least 0' if key == 'eta_min' else 'more than 0'}")
            if key.endswith("_factor") and float(value) > 1:
                raise ValueError(f"{place}: expected at most 1, as torch's warm-up does")
        given = {key: type(known[key])(value) for key, value in self.options.items()}
        options = known | given
        if options.get("T_max") == 0:
            raise ValueError("schedule cosine needs T_max: over how many epochs the rate falls")
        object.__setattr__(self, "options", options)

    def rate(self, epoch: int) -> float:
        """Of that epoch, counted from 0; infinite beyond the greatest number."""
        try:
            return SCHEDULES[self.name](self.lr, epoch, **self.options)
        except OverflowError:
            return math.inf


def make_schedule(
    name: str | None, lr: float, options: Mapping[str, Any] | None = None, epochs: int | None = None
) -> Schedule:
    """By name, none is constant; the cosine's T_max is the number of epochs where it is not given."""
    given = options if options is not None else {}
    if name == "cosine" and epochs is not None and isinstance(given, Mapping):
        given = {"T_max": max(1, int(epochs)), **given}
    return Schedule("constant" if name is None else name, float(lr), given)
