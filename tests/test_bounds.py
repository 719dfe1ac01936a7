"""The bounds are bounds, and no wider than they need be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from catalogue import TUTORIAL
from problems import DTYPES, OPTIMIZERS, REFERENCE, random_step, step

from numpynet import definitions
from numpynet.activations import HIDDEN_ACTIVATIONS
from numpynet.losses import LOSSES
from numpynet.parity import Step, compare, numpy_trace
from numpynet.parity import exact as exact_values
from numpynet.parity.compare import WRONG, _ratio, describe
from numpynet.parity.exact import FUNCTIONS, Exact, rounding_of
from numpynet.parity.loader import load_implementation
from numpynet.parity.walk import walk
from numpynet.parity.wide import mpmath_arithmetic, wide_for
from numpynet.types import Array
from torch_reference import torch_trace

POINTS = 1_000_000
RANGES: dict[str, Callable[[np.random.Generator, int], Array]] = {
    "exp": lambda stream, n: stream.uniform(-87, 88, n),
    "expm1": lambda stream, n: np.exp(stream.uniform(-12, 4, n)) * stream.choice([-1, 1], n),
    "log": lambda stream, n: np.exp(stream.uniform(-87, 0, n)),
    "log1p": lambda stream, n: np.concatenate([-np.exp(stream.uniform(-60, 0, n // 2)), np.exp(stream.uniform(-60, 0, n // 2))]),
    "tanh": lambda stream, n: np.exp(stream.uniform(-12, 4, n)) * stream.choice([-1, 1], n),
}  # fmt: skip


@pytest.mark.parametrize("library", ["numpy", "torch"])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("function", RANGES)
def test_elementary_function_keeps_to_its_constant(function: str, dtype: str, library: str) -> None:
    x = RANGES[function](np.random.default_rng(0), POINTS).astype(dtype)
    x = x[(x > -1) | (function != "log1p")]
    computed = getattr(np, function)(x) if library == "numpy" else getattr(torch, function)(torch.from_numpy(x)).numpy()
    wide, information = wide_for(np.dtype(dtype)), np.finfo(dtype)
    if wide.name.startswith("mpmath"):
        x, computed = x[::1000], computed[::1000]
    exact = getattr(wide, function)(wide.lift(x))
    error = (np.abs(wide.lift(computed) - exact) / np.abs(exact)).astype(float)
    worst = float(np.max(error[np.abs(computed) > information.tiny])) / (float(information.eps) / 2)
    assert worst <= FUNCTIONS[library, dtype][function], (
        f"{library} {dtype} {function}: {worst:.2f} roundoffs at the worst"
    )
    assert worst > 0.4, "so exact a result was not computed in this precision"


def sequential(terms: Array) -> Any:
    """One term after the other, each sum rounded: what `cumsum` does."""
    return np.cumsum(terms)[-1]


@pytest.mark.parametrize("arithmetic", ["numpy", "torch"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_sum_in_sequence_nearly_reaches_its_bound(dtype: str, arithmetic: str) -> None:
    rounding, m = rounding_of(np.dtype(dtype), arithmetic), 4096
    terms = np.full((1, m), np.finfo(dtype).eps / 2, dtype)
    terms[0, 0] = 1  # 1 + u rounds to 1, m − 1 times
    dZ, ones = (Exact(rounding.wide.lift(value), rounding) for value in (terms, np.ones((1, m), dtype)))
    computed, zero = sequential(terms[0]), Exact(rounding.wide.lift(np.zeros((1, 1))), rounding)
    for exact, value in (
        (dZ.sum(axis=1, extra=1).over(m), computed / terms.dtype.type(m)),
        (dZ.dot(ones.T, extra=1).over(m), computed / terms.dtype.type(m)),
        (dZ.T.affine(ones, zero), computed),
        (ones.dot(dZ.T), computed),
        (dZ.sum(), computed),
    ):
        error = float(np.abs(value - exact.value).max())
        assert 0.9 < error / exact.by(0).max() <= 1


ORDERS: dict[str, Callable[[Array], Array]] = {
    "as it is": lambda x: x,
    "ascending": lambda x: x[np.argsort(np.abs(x))],
    "descending": lambda x: x[np.argsort(-np.abs(x))],
    "positive first": lambda x: x[np.argsort(-np.sign(x), kind="stable")],
    "signs in turn": lambda x: np.sort(x).reshape(2, -1).T.ravel(),
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_no_order_of_summation_leaves_the_bound(dtype: str, order: str) -> None:
    rounding = rounding_of(np.dtype(dtype), "numpy")
    for seed in range(200):
        stream = np.random.default_rng(seed)
        m = 2 * int(stream.integers(1, 400))
        terms = (stream.standard_normal(m) * 10.0 ** stream.uniform(-6, 6, m)).astype(dtype)
        terms[-1] = -terms[:-1].sum()  # almost everything cancels
        db = sequential(ORDERS[order](terms)) / terms.dtype.type(m)
        exact = Exact(rounding.wide.lift(terms[np.newaxis]), rounding).sum(axis=1, extra=1).over(m)
        assert abs(db - exact.value) <= exact.by(0)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", HIDDEN_ACTIVATIONS)
def test_the_walk_agrees_with_mpmath(activation: str, loss: str) -> None:
    output = LOSSES[loss].output
    optimizer, hyperparameters = OPTIMIZERS[list(OPTIMIZERS)[len(activation + loss) % len(OPTIMIZERS)]]
    given = random_step(
        [3, 4, 4, 2], [activation, activation, output], 5, 1, "float64",
        loss=loss, optimizer=optimizer, hyperparameters=hyperparameters,
    )  # fmt: skip
    given = given.following(torch_trace(given).values)
    mpmath, lift = rounding_of(given.dtype, "torch", wide=mpmath_arithmetic()), mpmath_arithmetic().lift
    exact, ours = walk(given, mpmath), walk(given, rounding_of(given.dtype, "torch"))
    for name, one in exact.items():
        apart = np.abs(one.value - lift(ours[name].value))
        assert np.all(np.asarray(apart).astype(float) <= 0.01 * ours[name].by(0)), name
    alone = walk(given, mpmath, own={name: one.value for name, one in exact.items()})
    for name, one in exact.items():
        scale = float(np.max(np.abs(one.value)))
        assert float(np.max(np.abs(alone[name].value - one.value))) < 1e-30 * (1 + scale), name


def test_mpmath_judges_where_longdouble_is_too_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact_values, "wide_for", lambda dtype: mpmath_arithmetic())
    given = random_step([3, 4, 2], ["relu", "sigmoid"], 6, 0, "float64")
    ours, theirs = numpy_trace(given), torch_trace(given)
    assert {row.outcome for row in compare(ours, theirs).rows} == {"pass"}
    ours.values["dW1"][1, 2] *= 1 + 1e-11
    first = compare(ours, theirs).first_divergence
    assert first is not None
    assert (first.name, first.outcome, first.local["numpy"].index) == ("dW1", "numpy-wrong", (1, 2))


SEQUENTIAL_DOT = "np.cumsum(({x})[:, :, np.newaxis] * ({y})[np.newaxis], axis=1)[:, -1]"
VARIANTS = {
    "sequential sums": [
        ("np.dot(W_curr, A_prev)", SEQUENTIAL_DOT.format(x="W_curr", y="A_prev")),
        ("np.dot(dZ_curr, A_prev.T)", SEQUENTIAL_DOT.format(x="dZ_curr", y="A_prev.T")),
        ("np.dot(W_curr.T, dZ_curr)", SEQUENTIAL_DOT.format(x="W_curr.T", y="dZ_curr")),
        ("np.sum(dZ_curr, axis=1, keepdims=True)", "np.cumsum(dZ_curr, axis=1)[:, -1:]"),
    ],
    "einsum": [
        ("np.dot(W_curr, A_prev)", 'np.einsum("oi,im->om", W_curr, A_prev)'),
        ("np.dot(dZ_curr, A_prev.T)", 'np.einsum("om,im->oi", dZ_curr, A_prev)'),
        ("np.dot(W_curr.T, dZ_curr)", 'np.einsum("oi,om->im", W_curr, dZ_curr)'),
    ],
    "stable sigmoid": [
        ("return 1 / (1 + np.exp(-Z))", "e = np.exp(-np.abs(Z)); return np.where(Z >= 0, 1, e) / (1 + e)"),
    ],
    "fused gradient": [
        ("    dZ_curr = backward_activation_func(dA_curr, Z_curr)",
         '    dZ_curr = dA_curr if activation == "sigmoid" else relu_backward(dA_curr, Z_curr)'),
        ("dA_prev = -(np.divide(Y, Y_hat) - np.divide(1 - Y, 1 - Y_hat))", "dA_prev = Y_hat - Y"),
        ("def single_layer_backward_propagation(", "def one_layer_back("),
        ("= single_layer_backward_propagation(", "= one_layer_back("),
    ],
    "Fortran order": [
        ("np.dot(W_curr, A_prev)", "np.asfortranarray(W_curr) @ np.asfortranarray(A_prev)"),
        ("np.dot(dZ_curr, A_prev.T)", "np.asfortranarray(dZ_curr) @ np.asfortranarray(A_prev.T)"),
    ],
    "(AᵀWᵀ)ᵀ": [
        ("np.dot(W_curr, A_prev)", "np.dot(A_prev.T, W_curr.T).T"),
        ("np.dot(dZ_curr, A_prev.T)", "np.dot(A_prev, dZ_curr.T).T"),
        ("np.dot(W_curr.T, dZ_curr)", "np.dot(dZ_curr.T, W_curr).T"),
    ],
    "divided first": [("np.dot(dZ_curr, A_prev.T) / m", "np.dot(dZ_curr / m, A_prev.T)")],
    "log1p": [("np.log(1 - Y_hat)", "np.log1p(-Y_hat)")],
    "one fraction": [("-(np.divide(Y, Y_hat) - np.divide(1 - Y, 1 - Y_hat))", "(Y_hat - Y) / (Y_hat * (1 - Y_hat))")],
}  # fmt: skip


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("variant", VARIANTS)
def test_right_variant_passes(variant: str, dtype: str, tmp_path: Path) -> None:
    source = TUTORIAL.read_text(encoding="utf-8")
    for before, after in VARIANTS[variant]:
        assert before in source
        source = source.replace(before, after)
    (tmp_path / "variant.py").write_text(source, encoding="utf-8")
    module = load_implementation(tmp_path / "variant.py")
    for seed in range(12):
        stream = np.random.default_rng(seed)
        widths = [*map(int, stream.integers(1, 30, int(stream.integers(1, 5)))), 1]
        hidden = ["relu"] if variant == "fused gradient" else ["relu", "sigmoid"]
        names = [*stream.choice(hidden, len(widths) - 2), "sigmoid"]
        given = random_step(widths, list(map(str, names)), int(stream.integers(1, 200)), seed, dtype)
        report = compare(numpy_trace(given, module), torch_trace(given))
        assert not [describe(row) for row in report.rows if row.outcome in WRONG]


@pytest.mark.parametrize(
    ("change", "first"),
    [
        (("np.dot(W_curr, A_prev) + b_curr", "np.dot(W_curr, A_prev) + b_curr + 1e-9"), "Z1"),
        (("A_prev.T) / m", "A_prev.T) / (m - 1)"), "dW5"),
        (("np.dot(dZ_curr, A_prev.T)", "np.dot(dZ_curr.astype(np.float32), A_prev.T)"), "dW5"),
        (("return np.maximum(0, Z)", "return np.maximum(0, Z).astype(np.float32)"), "A1"),
    ],
)
def test_subtle_fault_is_caught_in_float64(change: tuple[str, str], first: str, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(TUTORIAL.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    given = step(REFERENCE, "float64")
    report = compare(numpy_trace(given, load_implementation(tmp_path / "mine.py")), torch_trace(given))
    assert report.first_divergence is not None
    assert (report.first_divergence.name, report.first_divergence.outcome) == (first, "numpy-wrong")


def test_a_fault_of_torchs_is_laid_at_torchs_door() -> None:
    given = step(REFERENCE, "float64")
    ours, theirs = numpy_trace(given), torch_trace(given)
    theirs.values["dZ3"][4, 5] += 1e-9
    report = compare(ours, theirs)
    assert report.first_divergence is not None
    assert (report.first_divergence.name, report.first_divergence.outcome) == ("dZ3", "torch-wrong")
    ours.values["dZ3"][4, 5] += 1e-9
    assert {row.outcome for row in compare(ours, theirs).rows if row.name == "dZ3"} == {"both-wrong"}


def near_zero(seed: int, dtype: str) -> Step:
    """A network whose first-layer Z are all 0 but for rounding: b = −W x, and every example is x."""
    given = random_step([9, 40, 3, 1], ["relu", "relu", "sigmoid"], 12, seed, dtype)
    x = given.X[:, :1]
    params_values = dict(given.params_values)
    params_values["b1"] = -(params_values["W1"].astype(np.longdouble) @ x.astype(np.longdouble)).astype(dtype)
    return Step(np.repeat(x, 12, axis=1), given.Y, params_values, given.nn_architecture, 0.1)


SEQUENTIAL_FORWARD = ("np.dot(W_curr, A_prev) + b_curr", SEQUENTIAL_DOT.format(x="W_curr", y="A_prev") + " + b_curr")


@pytest.mark.parametrize("dtype", DTYPES)
def test_kinks_accuse_nobody(dtype: str, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        TUTORIAL.read_text(encoding="utf-8").replace(*SEQUENTIAL_FORWARD), encoding="utf-8"
    )
    module = load_implementation(tmp_path / "mine.py")
    kinks = disagreements = 0
    for seed in range(30):
        given = near_zero(seed, dtype)
        report = compare(numpy_trace(given, module), torch_trace(given))
        assert not [describe(row) for row in report.rows if row.fails]
        kinks += len(report.kinks)
        disagreements += report.outcomes["kink"]
    assert kinks > 100
    assert disagreements > 100


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("name", "boundary"), [(name, one) for name, f in definitions.ACTIVATIONS.items() for one in f.boundaries]
)
def test_either_side_of_a_boundary_is_right(name: str, boundary: float, dtype: str) -> None:
    """A first layer that lies on the boundary but for rounding; another summation order is a bias that is an ulp off."""
    kinks = 0
    for seed in range(20):
        given = random_step([9, 40, 3, 1], [name, name, "sigmoid"], 12, seed, dtype)
        x, stream = given.X[:, :1], np.random.default_rng(seed)
        bias = boundary - given.params_values["W1"].astype(np.longdouble) @ x.astype(np.longdouble)
        theta = {**given.params_values, "b1": bias.astype(dtype), "W2": given.params_values["W2"] / 50}
        given = Step(np.repeat(x, 12, axis=1), given.Y, theta, given.nn_architecture, 0.1)
        b1 = given.params_values["b1"]
        moved = np.nextafter(b1, stream.choice([-np.inf, np.inf], b1.shape).astype(dtype))
        theirs = torch_trace(replace(given, params_values={**given.params_values, "b1": moved}))
        theirs.step, theirs.values["b1'"] = given, b1 - given.learning_rate * theirs.values["db1"]
        report = compare(numpy_trace(given), theirs)
        report.raise_on_mismatch()
        assert not report.saturated
        kinks += len(report.kinks)
    assert kinks > 100


def test_a_mask_that_differs_outside_the_bound_is_a_fault(tmp_path: Path) -> None:
    source = TUTORIAL.read_text(encoding="utf-8").replace("dZ[Z <= 0] = 0", "dZ[Z <= 1e-9] = 0")
    (tmp_path / "mine.py").write_text(source, encoding="utf-8")
    given = near_zero(0, "float64")
    given.params_values["b1"][7] += 1e-10
    report = compare(numpy_trace(given, load_implementation(tmp_path / "mine.py")), torch_trace(given))
    assert report.first_divergence is not None
    assert (report.first_divergence.name, report.first_divergence.outcome) == ("dZ1", "numpy-wrong")


def saturated(z: float, y: int, dtype: str, loss: str) -> Step:
    """One logistic unit with weight z, on one ordinary example and one x = 1 of label y."""
    output = "sigmoid" if loss == "bce" else "linear"
    params_values = {"W1": np.array([[z]]), "b1": np.array([[0.0]])}
    X, Y = np.array([[0.01, 1.0]], dtype), np.array([[1, y]])
    return Step(X, Y, params_values, [{"input_dim": 1, "output_dim": 1, "activation": output}], 0.1, loss)


@pytest.mark.parametrize(
    ("z", "y", "dtype", "outcome", "fails"),
    [
        (17, 0, "float32", "saturated", True),  # p = 1: loss 100 and gradient 0, where 17 and 1 are true
        (40, 0, "float64", "saturated", True),
        (-800, 1, "float64", "saturated", True),
        (30, 0, "float64", "clamped", True),  # (1 − p)p < 1e-12: the clamp moves dW
        (30, 1, "float64", "clamped", True),
        (36.7, 1, "float64", "clamped", False),  # the right label, and so near: dA moves, dW does not
        (12, 0, "float64", "pass", False),
    ],
)
@pytest.mark.parametrize("file", ["numpynet", "tutorial"])
def test_saturation_is_said_and_decided_by_logits(
    z: float, y: int, dtype: str, outcome: str, fails: bool, file: str
) -> None:
    given = saturated(z, y, dtype, "bce")
    ours = numpy_trace(given, load_implementation(TUTORIAL)) if file == "tutorial" else numpy_trace(given)
    report = compare(ours, torch_trace(given))
    assert not [describe(row) for row in report.rows if row.outcome in WRONG]
    assert outcome in {str(row.outcome) for row in report.rows}
    assert (report.outcome == "fail") == fails
    assert ((0, 1) in report.clamped or (0, 1) in report.saturated) == (outcome != "pass")
    given = saturated(z, y, dtype, "bce_with_logits")
    compare(numpy_trace(given), torch_trace(given)).raise_on_mismatch()


def test_a_fault_is_a_fault_beside_saturation_too(tmp_path: Path) -> None:
    source = TUTORIAL.read_text(encoding="utf-8").replace("A_prev.T) / m", "A_prev.T) / (m + 1)")
    (tmp_path / "mine.py").write_text(source, encoding="utf-8")
    given = saturated(30, 0, "float64", "bce")
    report = compare(numpy_trace(given, load_implementation(tmp_path / "mine.py")), torch_trace(given))
    assert report.first_divergence is not None
    assert (report.first_divergence.name, report.first_divergence.outcome) == ("dW1", "numpy-wrong")


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_nothing_allowed_is_nothing_allowed(zero: float) -> None:
    with np.errstate(all="ignore"):
        ratio = _ratio(np.array([0.0, 1e-300, np.nan]), np.full(3, zero))
    np.testing.assert_array_equal(ratio, [0, np.inf, np.inf])
