"""The definitions: each slope against differences of its own value, and the same formula in each of its readings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from problems import DTYPES
from test_explain import evaluated

from numpynet.activations import HIDDEN_ACTIVATIONS
from numpynet.definitions import ACTIVATIONS, LOSSES, Loss
from numpynet.explain.symbol import Symbol
from numpynet.numbers import Numbers
from numpynet.parity.exact import Exact, rounding_of
from numpynet.parity.wide import mpmath_arithmetic
from numpynet.types import Array

JUDGE = rounding_of(np.dtype(np.float64), wide=mpmath_arithmetic())
AT = np.concatenate([np.linspace(-8, 8, 41) + 1e-3, [-30, -1.278, -0.751, 19.9, 20.1, 25, 300]]).reshape(1, -1)
H = 1e-12


def exact(value: Array) -> Exact:
    return Exact(JUDGE.wide.lift(value), JUDGE)


def slopes(f: Any, x: Array) -> Array:
    """(f(x + h) − f(x − h)) / 2h, whose truncation is of order h²."""
    at, h = JUDGE.wide.lift(x), JUDGE.wide.lift(np.asarray(H))
    return np.asarray((f(Exact(at + h, JUDGE)).value - f(Exact(at - h, JUDGE)).value) / (2 * h)).astype(float)


@pytest.mark.parametrize("name", HIDDEN_ACTIVATIONS)
def test_a_slope_is_that_of_its_value(name: str) -> None:
    f, Z = ACTIVATIONS[name], exact(AT)
    slope = 1 if f.slope is None else f.slope(Z, f.value(Z))
    ours = np.asarray(getattr(slope, "value", slope) * np.ones_like(AT)).astype(float)
    np.testing.assert_allclose(ours, slopes(f.value, AT), rtol=1e-9, atol=1e-12)


def test_a_slope_that_is_slightly_wrong_is_caught() -> None:
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(
            (1 - np.tanh(AT) ** 2) * (1 + 1e-7), slopes(ACTIVATIONS["tanh"].value, AT), rtol=1e-9, atol=1e-12
        )


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("clamped", [False, True])
def test_a_losss_gradient_is_that_of_its_terms(name: str, clamped: bool) -> None:
    loss: Loss | None = LOSSES[name].clamped if clamped else LOSSES[name]
    if loss is None:
        return
    A = np.random.default_rng(1).uniform(0.01, 0.99, (3, 20))
    Y = JUDGE.wide.lift(np.arange(3)[:, np.newaxis] == np.arange(20) % 3)
    ours = np.asarray(loss.slope(exact(A), Y).value).astype(float)
    np.testing.assert_allclose(ours, of_each(lambda a: loss.terms(a, Y), A), rtol=1e-9, atol=1e-12)


def of_each(f: Any, x: Array, weights: Any = 1) -> Array:
    """∂ Σ weights · f / ∂x of the columns, a row of x at a time: what a column gives depends on that column alone."""
    found = []
    for row in range(len(x)):
        h = JUDGE.wide.lift(H * (np.arange(len(x)) == row)[:, np.newaxis])
        at = JUDGE.wide.lift(x)
        apart = (f(Exact(at + h, JUDGE)).value - f(Exact(at - h, JUDGE)).value) * weights
        found.append(np.asarray(apart.sum(axis=0) / (2 * JUDGE.wide.lift(np.asarray(H)))).astype(float))
    return np.array(found)


def test_softmaxs_product_is_that_with_the_jacobian_of_its_value() -> None:
    stream, f = np.random.default_rng(1), ACTIVATIONS["softmax"]
    Z, dA = 3 * stream.standard_normal((4, 15)), stream.standard_normal((4, 15))
    ours = np.asarray(f.backward(exact(dA), exact(Z), f.value(exact(Z))).value).astype(float)
    np.testing.assert_allclose(ours, of_each(f.value, Z, JUDGE.wide.lift(dA)), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", HIDDEN_ACTIVATIONS)
def test_plain_numbers_a_formula_and_an_exact_value_are_of_one_function(name: str, dtype: str) -> None:
    f, x = ACTIVATIONS[name], AT.astype(dtype)
    with np.errstate(over="ignore"):  # in the piece that is not chosen
        true, plain = np.asarray(f.value(exact(x)).value).astype(float), np.asarray(f.value(x.view(Numbers)))
    assert plain.dtype == dtype
    eps = float(np.finfo(dtype).eps)
    np.testing.assert_allclose(plain.astype(float), true, rtol=1e4 * eps, atol=1e2 * eps)
    tree = f.value(Symbol("Z1")).tree
    by_formula = np.array([evaluated(tree, lambda _, z=z: float(z)) for z in x[0]])  # type: ignore[misc]
    np.testing.assert_allclose(by_formula, true[0], rtol=1e-12, atol=1e-14)
