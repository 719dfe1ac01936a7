"""Which optimizer moved arrays so: what the numbers of four steps say of the formula behind them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from numpynet.check.objects.optimizers import drawn
from numpynet.check.objects.textbook import Verdict, verdict
from numpynet.types import Array

RATE, B1, B2, BETA = 0.0625, 0.7, 0.95, 0.8
HYPER = {"rate": RATE, "beta1": B1, "beta2": B2, "beta": BETA}
Step = Callable[[Array, Array, Array, Array, int], Array]  # of g, m, v, the m before, t


def judged(promised: str, step: Step, *, handed_t: bool = True, share: float = 1 - B1, b: float = B1) -> Verdict:
    """Of the steps that an optimizer with these moments takes."""
    _, G = drawn({"W": (2, 2), "b": (2, 1)})
    moves = {}
    for name, gs in G.items():
        m, v, found = np.zeros_like(gs[0]), np.zeros_like(gs[0]), []
        for t, g in enumerate(gs, start=1):
            old, m, v = m, b * m + share * g, B2 * v + (1 - B2) * g**2
            with np.errstate(all="ignore"):
                found.append(step(g, m, v, old, t))
        moves[name] = np.array(found)
    return verdict(promised, moves, G, HYPER, handed_t=handed_t)


ADAM: dict[str, tuple[Step, str]] = {
    "right": (lambda g, m, v, old, t: RATE * m / (1 - B1**t) / (np.sqrt(v / (1 - B2**t)) + 1e-8), ""),
    "rate": (lambda g, m, v, old, t: RATE * np.sqrt(1 - B2**t) / (1 - B1**t) * m / (np.sqrt(v) + 1e-8), ""),
    "root of the correction": (
        lambda g, m, v, old, t: RATE * (1 - B2**t) / (1 - B1**t) * m / (np.sqrt(v) + 1e-8),
        "The root of 1 − β₂ᵗ is missing.",
    ),
    "product": (
        lambda g, m, v, old, t: RATE * m / (1 - B1 * t) / (np.sqrt(v / (1 - B2**t)) + 1e-8),
        "The first moment is divided by 1 − β₁ · t; it is divided by 1 − β₁ᵗ.",
    ),
    "power": (
        lambda g, m, v, old, t: RATE * m / (1 - B1) / (np.sqrt(v / (1 - B2**t)) + 1e-8),
        "The power t is missing: the first moment is divided by 1 − β₁ in every step.",
    ),
    "other β": (
        lambda g, m, v, old, t: RATE * m / (1 - B1**t) / (np.sqrt(v / (1 - B1**t)) + 1e-8),
        "The second moment is divided by 1 − βᵗ with the β of the other moment; it is β₂.",
    ),
    "t of one": (
        lambda g, m, v, old, t: RATE * m / (1 - B1**t) / (np.sqrt(v / (1 - B2 ** (t + 1))) + 1e-8),
        "In the correction of the second moment t is one too great.",
    ),
    "t of both": (
        lambda g, m, v, old, t: RATE * m / (1 - B1) / (np.sqrt(v / (1 - B2)) + 1e-8),
        "t is not counted: the correction is always that of the first step.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", ADAM)
def test_correction_of_adam_is_named(kind: str) -> None:
    step, why = ADAM[kind]
    assert judged("adam", step).why == why


def test_a_t_that_stays_0_is_named_where_nobody_hands_it_over() -> None:
    found = judged("adam", lambda g, m, v, old, t: RATE * np.full_like(g, np.nan), handed_t=False)
    assert found.why.startswith("Every step is nan or infinite: it divides by 0")
    assert not judged("adam", lambda g, m, v, old, t: RATE * np.full_like(g, np.nan)).why


MOMENTUM: dict[str, tuple[Step, str]] = {
    "right": (lambda g, m, v, old, t: RATE * m, ""),
    "nesterov": (lambda g, m, v, old, t: RATE * ((1 + BETA) * m - BETA * old), ""),
    "nesterov's sign": (
        lambda g, m, v, old, t: RATE * ((1 + BETA) * m + BETA * old),
        "It is Nesterov's step, with μ times the old velocity added; it is subtracted.",
    ),
    "old": (lambda g, m, v, old, t: RATE * old, "The step uses the velocity from before it, not the new one."),
    "rate twice": (lambda g, m, v, old, t: RATE * RATE * m, "The learning rate is applied twice."),
    "rate missing": (lambda g, m, v, old, t: m, "The learning rate is missing."),
}  # fmt: skip


@pytest.mark.parametrize("share", [1.0, 1 - BETA])
@pytest.mark.parametrize("kind", MOMENTUM)
def test_step_of_momentum_is_named(kind: str, share: float) -> None:
    step, why = MOMENTUM[kind]
    assert judged("momentum", step, share=share, b=BETA).why == why
