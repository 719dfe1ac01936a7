"""Every rule of the value that knows its allowance, alone: no rendering leaves it, and one comes near it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from problems import DTYPES

from numpynet.parity.exact import Exact, Rounding, rounding_of
from numpynet.parity.wide import mpmath_arithmetic, wide_for
from numpynet.types import Array

N = 4000


class Rule(NamedTuple):
    """The rule, the same in working precision, where its operands come from, and what it must come up to: by its own
    rounding alone, and by its operands' errors alone."""

    exact: Callable[..., Exact]
    rendered: Callable[..., Array]
    draw: Callable[[np.random.Generator, tuple[int, int]], list[Array]]
    own: float
    passed_on: float = 0.9


def spread(stream: np.random.Generator, shape: tuple[int, int]) -> Array:
    """Either sign, of every size from 1e-3 to 1e3."""
    drawn: Array = stream.choice([-1, 1], shape) * 10.0 ** stream.uniform(-3, 3, shape)
    return drawn


def one(stream: np.random.Generator, shape: tuple[int, int]) -> list[Array]:
    return [spread(stream, shape)]


def two(stream: np.random.Generator, shape: tuple[int, int]) -> list[Array]:
    return [spread(stream, shape), spread(stream, shape)]


def between(least: float, most: float) -> Callable[[np.random.Generator, tuple[int, int]], list[Array]]:
    return lambda stream, shape: [stream.uniform(least, most, shape)]


def products(stream: np.random.Generator, shape: tuple[int, int]) -> list[Array]:
    return [spread(stream, (shape[0] // 40, 8)), spread(stream, (8, 40))]


RULES = {
    "x + y": Rule(lambda x, y: x + y, lambda x, y: x + y, two, 0.9),
    "x − y": Rule(lambda x, y: x - y, lambda x, y: x - y, two, 0.9),
    "x · y": Rule(lambda x, y: x * y, lambda x, y: x * y, two, 0.9),
    "x / y": Rule(lambda x, y: x / y, lambda x, y: x / y, two, 0.9),
    "−x": Rule(lambda x: -x, lambda x: -x, one, 0),
    "|x|": Rule(lambda x: x.magnitude(), np.abs, one, 0),
    "max(x, ½)": Rule(lambda x: x.maximum(0.5), lambda x: np.maximum(x, x.dtype.type(0.5)), one, 0),
    "a mask": Rule(lambda x: x * (x.value > 0), lambda x: np.where(x > 0, x, 0), one, 0),
    "x²": Rule(lambda x: x.square(), lambda x: x * x, one, 0.9),
    "x(1 − x)": Rule(lambda x: x.times_complement(), lambda x: x * (1 - x), between(0, 1), 0.4),
    "exp": Rule(lambda x: x.exp(), np.exp, between(-20, 20), 0.2),
    "expm1": Rule(lambda x: x.expm1(), np.expm1, between(-20, 20), 0.15),
    "log(1 − x)": Rule(lambda x: x.log_complement(), lambda x: np.log(1 - x), between(-3, 0.999), 0.15),
    "x², or x, above 0": Rule(lambda x: x.above(0, x.square(), x), lambda x: np.where(x > 0, x * x, x), one, 0.9),
    "x · 0.1": Rule(lambda x: x * 0.1, lambda x: x * x.dtype.type(0.1), one, 0.4),
    "log": Rule(lambda x: x.log(), np.log, between(1e-6, 1), 0.15),
    "log1p": Rule(lambda x: x.log1p(), np.log1p, between(-0.999, 3), 0.2),
    "tanh": Rule(lambda x: x.tanh(), np.tanh, between(-4, 4), 0.15),
    "Σ over a row": Rule(lambda x: x.sum(axis=1), lambda x: np.cumsum(x, axis=1)[:, -1:], one, 0.03, 0.3),
    "Σ over all": Rule(lambda x: x.sum(), lambda x: np.cumsum(x)[-1], one, 0.0001, 0.02),
    "X Y": Rule(lambda x, y: x.dot(y), lambda x, y: x @ y, products, 0.1, 0.4),
}  # fmt: skip


def judged(
    rule: Rule, dtype: str, seed: int, relative: float, arithmetic: Callable[[Rounding], Rounding] = lambda one: one
) -> Array:
    """|rendered − exact| / allowed, where operands are off by up to `relative` of themselves, at random or to the end."""
    stream, rounding = np.random.default_rng(seed), arithmetic(rounding_of(np.dtype(dtype), "numpy"))
    lift, operands, rendered = rounding.wide.lift, [], []
    for drawn in rule.draw(stream, (N // 10, 10)):
        x = drawn.astype(dtype)
        allowed = (relative * np.abs(x)).astype(np.float64)
        moved = stream.choice([-1.0, 1.0, 0.3], x.shape) * allowed
        true = lift(x) + lift(moved)
        allowed = np.maximum(allowed, np.abs(true - lift(x)).astype(np.float64) * (1 + 1e-15))  # as far as it did move
        operands.append(Exact(true, rounding, allowed[np.newaxis]) if relative else Exact(lift(x), rounding))
        rendered.append(x)
    with np.errstate(all="ignore"):
        exact = rule.exact(*operands)
        error, allowed = np.abs(lift(rule.rendered(*rendered)) - exact.value), exact.by(0)
        ratio = error / np.where(allowed == 0, np.nan, allowed)
    return np.asarray(np.where((error == 0) | np.isinf(allowed), 0, ratio)).astype(float)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("dtype", DTYPES)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), size=st.one_of(st.just(0.0), st.floats(-17, -0.2).map(lambda power: 10.0**power)))
def test_no_rendering_leaves_its_allowance(name: str, dtype: str, seed: int, size: float) -> None:
    ratio = judged(RULES[name], dtype, seed, size)
    assert not np.isnan(ratio).any(), "an error where none is allowed"
    assert ratio.max() <= 1 + 1e-9  # the allowance is a float64 number itself


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.own])
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_rendering_comes_near_what_its_own_rounding_is_allowed(name: str, dtype: str) -> None:
    assert max(judged(RULES[name], dtype, seed, 0).max() for seed in range(20)) > RULES[name].own


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_rendering_comes_near_what_its_operands_errors_allow(name: str, dtype: str) -> None:
    assert max(judged(RULES[name], dtype, seed, 1e-3).max() for seed in range(20)) > RULES[name].passed_on


@pytest.mark.parametrize("name", RULES)
def test_values_are_those_of_mpmath(name: str) -> None:
    stream = np.random.default_rng(3)
    drawn = [x[:40, :40] for x in RULES[name].draw(stream, (40, 10))]
    ours, judge = (
        rounding_of(np.dtype(np.float64), "numpy"),
        rounding_of(np.dtype(np.float64), "numpy", wide=mpmath_arithmetic()),
    )
    value = RULES[name].exact(*(Exact(ours.wide.lift(x), ours) for x in drawn)).value
    exact = RULES[name].exact(*(Exact(judge.wide.lift(x), judge) for x in drawn)).value
    apart = np.asarray(np.abs(judge.wide.lift(value) - exact)).astype(float)
    scale = float(np.max(np.abs(np.asarray(exact).astype(float))))
    assert apart.max() <= 100 * ours.wide.unit * scale


def test_the_side_of_a_boundary_is_the_one_that_is_given() -> None:
    """A number that lies above the exact boundary, and was taken to lie below it."""
    none = rounding_of(np.dtype(np.float64))
    x = Exact(none.wide.lift(np.array([[0.25]])), none, 0.0, np.array([[-0.5]]))
    assert x.above(0, x * 4, 7.0).value == 7.0
    assert not x.above(0, 1, 0)
    assert Exact(x.value, none).above(0, x * 4, 7.0).value == 1.0


def test_a_constant_is_exact_where_float32_holds_it() -> None:
    rounding = rounding_of(np.dtype(np.float32), "numpy")
    x = Exact(np.ones((1, 1)), rounding)
    assert 1.9 < (x * 0.1).by(0) / (x * 0.125).by(0) * 1.25 < 2.1


def asked(**figures: Any) -> Exact:
    """One number, 2, with an allowance of 0.5, by two arithmetics."""
    both = rounding_of(np.dtype(np.float64), "numpy", "torch")
    return Exact(both.wide.lift(np.array([[2.0]])), both, np.full((2, 1, 1), 0.5))


def test_arithmetics_are_asked_at_once_and_apart() -> None:
    together = asked().exp()
    for number, name in enumerate(("numpy", "torch")):
        alone = rounding_of(np.dtype(np.float64), name)
        value = Exact(alone.wide.lift(np.array([[2.0]])), alone, np.full((1, 1, 1), 0.5)).exp()
        np.testing.assert_array_equal(together.by(number), value.by(0))


def test_values_alone_cost_no_allowance() -> None:
    none = rounding_of(np.dtype(np.float64))
    found = 1 / (1 + (-Exact(none.wide.lift(np.array([[0.0, 3.0]])), none)).exp())
    np.testing.assert_allclose(found.value.astype(float), [[0.5, 0.9525741268224334]], rtol=1e-15)
    assert np.shape(found.allowed) == (0, 1, 2)


@pytest.mark.parametrize(
    "unknown",
    [
        lambda x: 1 / (x - 2),  # 0 ± 0.5
        lambda x: (x - 1.75).log(),
        lambda x: (x - 2.75).log1p(),
    ],
)
def test_what_is_not_known_is_infinite(unknown: Callable[[Exact], Exact]) -> None:
    with np.errstate(all="ignore"):
        assert np.isinf(unknown(asked()).by(0)).all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_product_with_what_is_no_number(dtype: str) -> None:
    wide, stream = wide_for(np.dtype(dtype)), np.random.default_rng(1)
    x, y = stream.standard_normal((30, 6)), 1e300 * stream.standard_normal((6, 30))
    x[stream.random(x.shape) < 0.1] = stream.choice([np.nan, np.inf, -np.inf, 0])
    y[stream.random(y.shape) < 0.1] = np.inf
    x[3:9] = stream.standard_normal((6, 6))
    y[:, 5:11] = 1
    with np.errstate(all="ignore"):
        expected = np.array([[(wide.lift(row) * wide.lift(column)).sum() for column in y.T] for row in x])
        found = wide.dot(wide.lift(x), wide.lift(y))
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    np.testing.assert_array_equal(np.isinf(found), np.isinf(expected))
    np.testing.assert_allclose(found.astype(float), expected.astype(float), rtol=1e-12, equal_nan=True)
