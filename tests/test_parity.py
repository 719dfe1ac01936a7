"""NumPy and PyTorch compute the same training step, tensor by tensor."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from problems import DTYPES, OPTIMIZERS, PROBLEMS, REFERENCE, UNDER_TEST, judged, random_step, report, step

from numpynet import training_steps
from numpynet.activations import HIDDEN_ACTIVATIONS
from numpynet.losses import LOSSES
from numpynet.optimizers import OPTIMIZERS as TABLE
from numpynet.parity import Row, compare, numpy_trace
from numpynet.parity.compare import WRONG, describe
from numpynet.parity.drift import numpy_epochs
from numpynet.training import Batches
from torch_reference import torch_epochs, torch_trace


def row(problem: str, dtype: str, name: str) -> Row:
    found = judged(problem, dtype)
    if isinstance(found, str):
        pytest.skip(found)
    row = next((row for row in found.rows if row.name == name), None)
    if row is None:
        pytest.skip(f"the file's own network has no {name}")
    if UNDER_TEST and row.outcome in ("not-observed", "guarded"):
        pytest.skip(f"{row.outcome}: {row.message or 'a small number is added in the loss'}")
    return row


@pytest.mark.parametrize("name", step(REFERENCE, "float64").shapes())
@pytest.mark.parametrize("dtype", DTYPES)
def test_parity(dtype: str, name: str) -> None:
    found = row(REFERENCE, dtype, name)
    assert found.outcome == "pass", describe(found)


@pytest.mark.parametrize(
    ("problem", "name"),
    [(problem, name) for problem in PROBLEMS if problem != REFERENCE for name in step(problem, "float64").shapes()],
)
@pytest.mark.parametrize("dtype", DTYPES)
def test_parity_of_other_networks(dtype: str, problem: str, name: str) -> None:
    found = row(problem, dtype, name)
    assert found.outcome == "pass", describe(found)


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
        now = now.following(theirs.values)


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
    hidden = data.draw(
        st.lists(st.sampled_from(HIDDEN_ACTIVATIONS), min_size=len(widths) - 2, max_size=len(widths) - 2)
    )
    loss = data.draw(st.sampled_from(list(LOSSES)))
    optimizer, hyperparameters = data.draw(st.sampled_from(list(OPTIMIZERS.values())))
    widths[-1] += LOSSES[loss].targets == "classes"
    problem = random_step(
        widths, [*hidden, LOSSES[loss].output], m, seed, dtype, data_scale, weight_scale,
        loss=loss, optimizer=optimizer, hyperparameters=hyperparameters,
    )  # fmt: skip
    theirs = torch_trace(problem)
    problem = data.draw(st.sampled_from([problem, problem.following(theirs.values)]))
    judged = compare(numpy_trace(problem), torch_trace(problem))
    assert not [describe(row) for row in judged.rows if row.outcome in WRONG]
    if not judged.saturated and not judged.clamped:
        judged.raise_on_mismatch()


def test_every_optimizer_of_the_table_is_tried() -> None:
    assert {optimizer for optimizer, _ in OPTIMIZERS.values()} == set(TABLE)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_50_steps_of_an_optimizer_are_torchs_with_what_it_remembers(name: str, dtype: str) -> None:
    optimizer, hyperparameters = OPTIMIZERS[name]
    now = random_step(
        [4, 6, 5, 3], ["tanh", "relu", "linear"], 20, 5, dtype,
        loss="cross_entropy", optimizer=optimizer, hyperparameters=hyperparameters,
    )  # fmt: skip
    now = replace(now, learning_rate=0.01)
    moved = now.params_values
    for t in range(1, 51):
        assert now.t == t
        ours, theirs = numpy_trace(now), torch_trace(now)
        compare(ours, theirs).raise_on_mismatch()
        moved_to = [name for name in now.shapes() if name.endswith("'")]
        assert {trace.values[name].dtype for trace in (ours, theirs) for name in moved_to} == {np.dtype(dtype)}
        now = now.following(theirs.values)
    assert all(np.abs(now.params_values[f"W{i}"] - moved[f"W{i}"]).max() > 1e-3 for i in (1, 2, 3))
    kept = {key.partition(".")[0] for key in now.state}
    assert kept == set(TABLE[optimizer].state(TABLE[optimizer].defaults | hyperparameters))
    assert all(value.any() for value in now.state.values())


@pytest.mark.parametrize("size", [None, 7, 20])
@pytest.mark.parametrize("name", ["sgd", "nesterov", "adam"])
def test_free_runs_on_the_same_batches_stay_together(name: str, size: int | None) -> None:
    optimizer, hyperparameters = OPTIMIZERS[name]
    start = random_step(
        [4, 8, 3], ["tanh", "softmax"], 40, 5, "float64", loss="nll",
        optimizer=optimizer, hyperparameters=hyperparameters,
    )  # fmt: skip
    start, batches = replace(start, learning_rate=0.01), Batches(size, 3)
    runs = numpy_epochs(start, batches), torch_epochs(start, batches)
    trained = training_steps(
        start.X, start.Y, start.nn_architecture, 40, 0.01, params_values=start.params_values, loss="nll",
        optimizer=optimizer, batch_size=size, seed=3, **hyperparameters,
    )  # fmt: skip
    for ours, theirs, own in zip(*runs, trained, strict=False):
        assert ours.steps == theirs.steps == -(-40 // (size or 40))
        assert ours.cost == own.cost
        assert ours.cost == pytest.approx(theirs.cost, rel=1e-12)
        for weight, value in theirs.params_values.items():
            np.testing.assert_array_equal(ours.params_values[weight], own.params_values[weight])
            np.testing.assert_allclose(ours.params_values[weight], value, rtol=0, atol=1e-11, err_msg=weight)
        assert set(ours.state) == set(theirs.state) == set(start.state)


def test_an_epoch_is_a_pass_over_the_data_and_its_cost_weighs_every_example_alike() -> None:
    stream = Batches(7, 3).epochs(40)
    first, second = next(stream), next(stream)
    assert [len(chosen) for chosen in first] == [7, 7, 7, 7, 7, 5]
    assert sorted(np.concatenate(first)) == sorted(np.concatenate(second)) == list(range(40))
    assert list(np.concatenate(first)) != list(np.concatenate(second))
    start = random_step([4, 3, 1], ["tanh", "sigmoid"], 40, 5, "float64")
    still = training_steps(
        start.X, start.Y, start.nn_architecture, 1, 0.0, params_values=start.params_values, batch_size=7
    )
    whole = training_steps(start.X, start.Y, start.nn_architecture, 1, 0.0, params_values=start.params_values)
    for batches, full in zip(still, whole, strict=True):
        assert batches.cost == pytest.approx(full.cost, rel=1e-13)
        assert batches.accuracy == pytest.approx(full.accuracy, rel=1e-13)
