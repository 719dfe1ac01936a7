"""Binary cross-entropy is torch.nn.BCELoss's: the gradient bit for bit, the cost within rounding, saturation included."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from numpynet import get_cost_value
from numpynet.losses import bce_backward
from numpynet.types import Array

UNIT_ROUNDOFF = {"float32": 2.0**-24, "float64": 2.0**-53}
UNITS = {
    "float32": 4.5,
    "float64": 2.0,
}  # how far the losses of one example may differ, in units of roundoff, relatively


def probabilities(dtype: str, m: int, seed: int) -> Array:
    """Ordinary, near 0, near 1, and exactly 0 and 1."""
    stream = np.random.default_rng(seed)
    near_zero = 10.0 ** stream.uniform(-45 if dtype == "float32" else -300, -1, m)
    kinds = [stream.uniform(0, 1, m), near_zero, 1 - 10.0 ** stream.uniform(-17, -1, m), stream.integers(0, 2, m)]
    return np.choose(stream.integers(0, 4, m), kinds).astype(dtype)[np.newaxis]


def torch_bce(p: Array, Y: Array, reduction: str) -> tuple[float, Array]:
    prediction = torch.from_numpy(p).requires_grad_()
    loss = torch.nn.BCELoss(reduction=reduction)(prediction, torch.from_numpy(Y))
    loss.backward()
    assert prediction.grad is not None
    return loss.item(), prediction.grad.numpy()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_gradient_is_torchs_bit_for_bit(dtype: str) -> None:
    p = probabilities(dtype, 100_000, seed=0)
    Y = np.random.default_rng(1).integers(0, 2, p.shape).astype(dtype)
    _, expected = torch_bce(p, Y, "sum")
    dA = bce_backward(p, Y)
    assert dA.dtype == expected.dtype
    assert np.isfinite(dA).all()
    np.testing.assert_array_equal(dA, expected)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("m", [1, 2, 7, 64, 900, 10_000])
def test_cost_is_torchs_within_rounding(dtype: str, m: int) -> None:
    for seed in range({1: 5000, 10_000: 20}.get(m, 200)):
        p = probabilities(dtype, m, seed)
        Y = np.random.default_rng(seed).integers(0, 2, p.shape).astype(dtype)
        expected, _ = torch_bce(p, Y, "mean")
        cost = get_cost_value(p, Y)
        assert np.isfinite(cost)
        units = UNITS[dtype] + np.log2(m)  # both sum in blocks: the depth of the tree of additions
        assert abs(cost - expected) <= units * UNIT_ROUNDOFF[dtype] * abs(expected), (seed, cost, expected)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_saturation_has_torchs_values(dtype: str) -> None:
    p = np.array([[0, 1, 0, 1]], dtype)
    Y = np.array([[0, 1, 1, 0]], dtype)
    assert get_cost_value(p, Y) == 50.0  # 0, 0, 100, 100
    floor = np.float32(1e-12).astype(dtype)
    np.testing.assert_array_equal(bce_backward(p, Y), [[0, 0, -1 / floor, 1 / floor]])


def test_cost_adds_the_outputs_and_averages_the_examples() -> None:
    Y_hat, Y = np.full((3, 5), 0.5), np.ones((3, 5))
    assert get_cost_value(Y_hat, Y) == pytest.approx(3 * np.log(2), rel=1e-15)


def test_nan_stays_nan() -> None:
    Y_hat = np.array([[0.2, np.nan, 0.9]])
    assert np.isnan(get_cost_value(Y_hat, np.array([[0.0, 1.0, 1.0]])))
    assert np.isnan(bce_backward(Y_hat, np.array([[0.0, 1.0, 1.0]]))[0, 1])
