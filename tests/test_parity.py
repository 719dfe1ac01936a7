"""NumPy and PyTorch compute the same training step, tensor by tensor."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from problems import DTYPES, PROBLEMS, REFERENCE, random_step, report, step

from numpynet import training_steps
from numpynet.activations import ACTIVATIONS
from numpynet.parity import Row, compare, numpy_trace
from numpynet.parity.compare import WRONG, describe
from numpynet.parity.drift import numpy_epochs
from torch_reference import torch_epochs, torch_trace


def row(problem: str, dtype: str, name: str) -> Row:
    return next(row for row in report(problem, dtype).rows if row.name == name)


@pytest.mark.parametrize("name", step(REFERENCE, "float64").shapes())
@pytest.mark.parametrize("dtype", DTYPES)
def test_parity(dtype: str, name: str) -> None:
    judged = row(REFERENCE, dtype, name)
    assert judged.outcome == "pass", describe(judged)


@pytest.mark.parametrize(
    ("problem", "name"),
    [(problem, name) for problem in PROBLEMS if problem != REFERENCE for name in step(problem, "float64").shapes()],
)
@pytest.mark.parametrize("dtype", DTYPES)
def test_parity_of_other_networks(dtype: str, problem: str, name: str) -> None:
    judged = row(problem, dtype, name)
    assert judged.outcome == "pass", describe(judged)


def test_reference_network_has_42_tensors_in_order_of_computation() -> None:
    assert " ".join(row.name for row in report(REFERENCE, "float64").rows) == (
        "A0 Z1 A1 Z2 A2 Z3 A3 Z4 A4 Z5 A5 cost "
        "dA5 dZ5 dW5 db5 dA4 dZ4 dW4 db4 dA3 dZ3 dW3 db3 dA2 dZ2 dW2 db2 dA1 dZ1 dW1 db1 "
        "W1' b1' W2' b2' W3' b3' W4' b4' W5' b5'"
    )
    assert len(report(REFERENCE, "float64").rows) == 42


@pytest.mark.parametrize("dtype", DTYPES)
def test_parity_over_50_steps_from_the_same_weights_each(dtype: str) -> None:
    now = step(REFERENCE, dtype)
    for _ in range(50):
        theirs = torch_trace(now)
        compare(numpy_trace(now), theirs).raise_on_mismatch()
        now = now.starting_from({name: theirs.values[f"{name}'"] for name in now.params_values})


def test_free_running_weights_stay_together_for_1000_steps() -> None:
    start = step(REFERENCE, "float64")
    for ours, theirs in islice(zip(numpy_epochs(start), torch_epochs(start), strict=False), 1000):
        for name, weight in theirs.params_values.items():
            np.testing.assert_allclose(ours.params_values[name], weight, rtol=0, atol=1e-14, err_msg=name)
        assert ours.cost == pytest.approx(theirs.cost, rel=1e-14)


def test_free_run_is_what_train_does() -> None:
    start = step(REFERENCE, "float64")
    run = islice(numpy_epochs(start), 20)
    trained = training_steps(start.X, start.Y, start.nn_architecture, 20, 0.01, params_values=start.params_values)
    for epoch, ours in zip(run, trained, strict=True):
        assert epoch.cost == ours.cost
        for name, weight in ours.params_values.items():
            np.testing.assert_array_equal(epoch.params_values[name], weight)


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    widths=st.lists(st.integers(1, 20), min_size=2, max_size=6),
    m=st.integers(1, 40),
    seed=st.integers(0, 2**32 - 1),
    data_scale=st.sampled_from([0.01, 1, 10]),
    weight_scale=st.sampled_from([0.05, 0.3, 0.5]),
    dtype=st.sampled_from(DTYPES),
    data=st.data(),
)
def test_parity_of_any_network(
    widths: list[int], m: int, seed: int, data_scale: float, weight_scale: float, dtype: str, data: st.DataObject
) -> None:
    hidden = data.draw(st.lists(st.sampled_from(list(ACTIVATIONS)), min_size=len(widths) - 2, max_size=len(widths) - 2))
    problem = random_step(widths, [*hidden, "sigmoid"], m, seed, dtype, data_scale, weight_scale)
    judged = compare(numpy_trace(problem), torch_trace(problem))
    assert not [describe(row) for row in judged.rows if row.outcome in WRONG]
    if not judged.saturated and not judged.clamped:
        judged.raise_on_mismatch()
