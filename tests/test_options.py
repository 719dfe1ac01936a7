"""Dropout, batch norm, initializers and schedules: each beside torch, alone and together."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from conftest import Finished
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from problems import DTYPES, random_step

import numpynet
from numpynet import dropout, normalization, training_steps
from numpynet.activations import HIDDEN_ACTIVATIONS
from numpynet.files import Weights, load_weights, save_weights
from numpynet.initializers import INITIALIZERS
from numpynet.parity import Step, Trace, compare, numpy_trace
from numpynet.parity.drift import numpy_epochs
from numpynet.parity.run import free_run, numpy_maker
from numpynet.parity.trace import tape_trace
from numpynet.problem import make_architecture
from numpynet.schedules import Schedule, make_schedule
from numpynet.training import Batches
from numpynet.types import Layer
from torch_reference import TORCH, draw, torch_default, torch_epochs, torch_trace

Command = Callable[..., Finished]
BOTH = ("--batch-norm", "--dropout", "0.2")


def optional(step: Step, batch_norm: list[bool], shares: list[float], **others: Any) -> Step:
    """The step with those options in its layers, from γ, β and running statistics that say something."""
    architecture: list[Layer] = [{**layer} for layer in step.nn_architecture]
    stream, params_values = np.random.default_rng(7), dict(step.params_values)
    for i, (layer, normalized, share) in enumerate(zip(architecture, batch_norm, [*shares, 0], strict=True), start=1):
        if share:
            layer["dropout"] = share
        if normalized:
            layer["batch_norm"] = True
            for kind in ("gamma", "beta", "running_mean", "running_var"):
                drawn = stream.standard_normal((layer["output_dim"], 1))
                params_values[f"{kind}{i}"] = np.abs(drawn) + 0.1 if kind == "running_var" else drawn
    return replace(step, nn_architecture=architecture, params_values=params_values, kept={}, **others).drawn_by(draw)


# ── parity ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    widths=st.lists(st.integers(1, 12), min_size=2, max_size=5),
    m=st.integers(2, 30),
    seed=st.integers(0, 2**32 - 1),
    dtype=st.sampled_from(DTYPES),
    data=st.data(),
)
def test_any_mixture_of_options_is_torchs(
    widths: list[int], m: int, seed: int, dtype: str, data: st.DataObject
) -> None:
    layers = len(widths) - 1
    names = data.draw(st.lists(st.sampled_from(HIDDEN_ACTIVATIONS), min_size=layers - 1, max_size=layers - 1))
    normalized = data.draw(st.lists(st.booleans(), min_size=layers, max_size=layers))
    shares = data.draw(st.lists(st.sampled_from([0, 0.1, 0.5, 0.9]), min_size=layers - 1, max_size=layers - 1))
    step = optional(random_step(widths, [*names, "sigmoid"], m, seed, dtype), normalized, shares)
    ours = numpy_trace(step)
    assert set(ours.values) == set(step.shapes())
    for theirs in (torch_trace(step), tape_trace(step)):
        report = compare(ours, theirs)
        assert not [row for row in report.rows if row.outcome in ("numpy-wrong", "torch-wrong", "both-wrong")]


@pytest.mark.parametrize("dtype", DTYPES)
def test_50_steps_with_both_are_torchs_running_statistics_included(dtype: str) -> None:
    start = random_step([4, 6, 5, 3], ["tanh", "relu", "linear"], 20, 5, dtype, loss="cross_entropy", optimizer="adam")
    schedule = Schedule("cosine", 0.01, {"T_max": 50})
    now = optional(start, [True, True, False], [0.2, 0.5], schedule=schedule, learning_rate=0.01)
    first, masks, rates = now.params_values, [], [now.learning_rate]
    for _ in range(50):
        ours, theirs = numpy_trace(now), torch_trace(now)
        compare(ours, theirs).raise_on_mismatch()
        masks.append(now.kept["mask1"])
        assert {ours.values[f"{name}'"].dtype for name in now.params_values} == {np.dtype(dtype)}
        now = now.following(theirs.values).drawn_by(draw)
        rates.append(now.learning_rate)
    assert all(not np.array_equal(one, other) for one, other in pairwise(masks))
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] == pytest.approx(0, abs=1e-15)
    for name in ("W1", "gamma1", "beta2", "running_mean1", "running_var2"):
        assert np.abs(now.params_values[name] - first[name]).max() > 1e-3


@pytest.mark.parametrize("size", [None, 7])
@pytest.mark.parametrize("schedule", [None, "exponential"])
def test_free_runs_from_the_same_masks_stay_together(size: int | None, schedule: str | None) -> None:
    """By momentum: Adam divides by its own size what before batch norm is nothing but rounding, the gradient of b."""
    start = random_step(
        [4, 8, 6, 3], ["tanh", "tanh", "softmax"], 40, 5, "float64", loss="nll", hyperparameters={"momentum": 0.9}
    )
    rates = Schedule(schedule, 0.01) if schedule else None
    start = optional(start, [True, True, False], [0.2, 0], learning_rate=0.01, schedule=rates)
    runs = numpy_epochs(start, Batches(size, 3), TORCH.draw), torch_epochs(start, Batches(size, 3))
    for ours, theirs in islice(zip(*runs, strict=False), 20):
        assert ours.cost == pytest.approx(theirs.cost, rel=1e-11)
        assert ours.next_rate == pytest.approx(theirs.next_rate, rel=1e-14)
        for name, value in theirs.params_values.items():
            np.testing.assert_allclose(ours.params_values[name], value, rtol=0, atol=1e-11, err_msg=name)


def test_what_dropout_leaves_nothing_of_is_idle_and_says_why() -> None:
    given = optional(random_step([2, 4, 3, 1], ["tanh", "tanh", "sigmoid"], 3, 1, "float64"), [False] * 3, [0, 0.9])
    step = next(one for t in range(1, 200) if not (one := replace(given, t=t).drawn_by(draw)).kept["mask2"].any())
    rows = {row.name: row for row in compare(numpy_trace(step), torch_trace(step)).rows}
    idle = [name for name, row in rows.items() if row.outcome == "idle"]
    assert idle == ["dW3", "dW2", "db2", "dA1", "dW1", "db1"]
    assert rows["dW2"].message == "dropout lets nothing of dD2 through"
    assert rows["D2"].outcome == rows["dA2"].outcome == "pass"  # A2 and dD2 are not 0: here a wrong mask would show


def test_masks_that_torch_did_not_draw_are_told() -> None:
    step = optional(random_step([3, 9, 1], ["relu", "sigmoid"], 20, 1, "float64"), [False, False], [0.5])
    with pytest.raises(ValueError, match=r"mask1 was not drawn by torch: take it from step.drawn_by"):
        torch_trace(replace(step, kept={}))
    assert not np.array_equal(draw(step.nn_architecture, 20, step.dtype, 2, 1)["mask1"],
                              draw(step.nn_architecture, 20, step.dtype, 2, 2)["mask1"])  # fmt: skip


def test_drawing_leaves_torchs_own_stream_alone() -> None:
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    assert draw(make_architecture([3, 9, 1], "relu", "sigmoid", dropout=0.5), 20, np.dtype(float), 2, 1)
    assert torch.equal(torch.rand(3), expected)


# ── what each does ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_mask_keeps_the_mean_and_is_0_or_one_over_the_share_that_is_kept() -> None:
    architecture = make_architecture([3, 400, 1], "relu", "sigmoid", dropout=0.2)
    kept = dropout.draw_kept(architecture, 500, np.random.default_rng(0))["mask1"]
    mask = dropout.make_mask(kept, 0.2, np.dtype(np.float32))
    assert (mask.dtype, set(np.unique(mask))) == (np.dtype(np.float32), {np.float32(0), np.float32(1.25)})
    assert mask.mean() == pytest.approx(1, abs=0.01)


def test_batch_norm_brings_each_unit_to_mean_0_and_variance_1() -> None:
    """By hand: Z = (1, 3) has mean 2 and variance 1; the variance that is remembered has n − 1 = 1 below: 2."""
    architecture = make_architecture([1, 1, 1], "linear", "linear", batch_norm=True)
    params_values = numpynet.init_layers(architecture)
    params_values["W1"], params_values["b1"] = np.ones((1, 1)), np.zeros((1, 1))
    _, memory = numpynet.full_forward_propagation(np.array([[1.0, 3.0]]), params_values, architecture, kept={})
    np.testing.assert_allclose(memory["N1"], np.array([[-1, 1]]) / np.sqrt(1 + 1e-5), rtol=1e-15)
    normalization.update_running(params_values, memory, architecture)
    assert params_values["running_mean1"] == pytest.approx(0.2)
    assert params_values["running_var1"] == pytest.approx(0.9 + 0.1 * 2)
    _, memory = numpynet.full_forward_propagation(np.array([[1.0, 3.0]]), params_values, architecture)
    np.testing.assert_allclose(memory["N1"], (np.array([[1, 3]]) - 0.2) / np.sqrt(1.1 + 1e-5), rtol=1e-14)


def test_evaluation_leaves_dropout_out_and_no_option_changes_nothing() -> None:
    X = np.random.default_rng(0).standard_normal((2, 9))
    plain = make_architecture([2, 5, 1], "relu", "sigmoid")
    dropped = make_architecture([2, 5, 1], "relu", "sigmoid", dropout=0.5)
    without = [{**layer, "dropout": 0, "batch_norm": False} for layer in plain]
    params_values = numpynet.init_layers(plain)
    expected, memory = numpynet.full_forward_propagation(X, params_values, plain)
    for architecture in (dropped, without):
        found, remembered = numpynet.full_forward_propagation(X, params_values, architecture)  # type: ignore[arg-type]
        np.testing.assert_array_equal(found, expected)
        assert remembered.keys() == memory.keys()
    kept = {"mask1": np.ones((5, 9), bool)}
    found, _ = numpynet.full_forward_propagation(X, params_values, dropped, kept=kept)
    assert not np.array_equal(found, expected)


@pytest.mark.parametrize(
    ("initializer", "by_torch"),
    [
        ("he_normal", lambda W: torch.nn.init.kaiming_normal_(W, nonlinearity="relu")),
        ("he_uniform", lambda W: torch.nn.init.kaiming_uniform_(W, nonlinearity="relu")),
        ("glorot_normal", torch.nn.init.xavier_normal_),
        ("glorot_uniform", torch.nn.init.xavier_uniform_),
        ("lecun_normal", lambda W: torch.nn.init.kaiming_normal_(W, nonlinearity="linear")),
        ("lecun_uniform", lambda W: torch.nn.init.kaiming_uniform_(W, nonlinearity="linear")),
    ],
)
def test_the_scale_of_an_initializer_is_torchs(initializer: str, by_torch: Callable[..., Any]) -> None:
    n_out, n_in = 300, 700
    W, b = INITIALIZERS[initializer](np.random.RandomState(0), n_out, n_in)
    torch.manual_seed(0)
    theirs = by_torch(torch.empty(n_out, n_in, dtype=torch.float64)).numpy()
    assert (W.shape, b.shape) == ((n_out, n_in), (n_out, 1))
    assert not b.any()
    assert W.std() == pytest.approx(theirs.std(), rel=0.01)
    assert abs(W.mean()) < 0.01 * W.std()
    if "uniform" in initializer:  # 210,000 numbers come as near to the limit as this
        assert np.abs(W).max() == pytest.approx(np.abs(theirs).max(), rel=1e-3)


def test_every_initializer_is_tried_against_torch() -> None:
    tried = {mark.args[1][k][0] for mark in test_the_scale_of_an_initializer_is_torchs.pytestmark for k in range(6)}
    assert tried == set(INITIALIZERS) - {"tutorial"}


def test_torch_default_is_what_nn_linear_draws() -> None:
    architecture = make_architecture([3, 4, 2], "relu", "sigmoid", batch_norm=True)
    torch.manual_seed(5)
    first, second = torch.nn.Linear(3, 4, dtype=torch.float64), torch.nn.Linear(4, 2, dtype=torch.float64)
    found = torch_default(architecture, 5, np.dtype(np.float64))
    for i, linear in enumerate((first, second), start=1):
        np.testing.assert_array_equal(found[f"W{i}"], linear.weight.detach().numpy())
        np.testing.assert_array_equal(found[f"b{i}"][:, 0], linear.bias.detach().numpy())
    assert found["gamma1"].all()
    assert not found["running_mean1"].any()


@pytest.mark.parametrize(
    ("name", "options", "scheduler"),
    [
        ("constant", {}, lambda o: torch.optim.lr_scheduler.LambdaLR(o, lambda epoch: 1.0)),
        ("step", {"step_size": 7, "gamma": 0.3}, lambda o: torch.optim.lr_scheduler.StepLR(o, 7, 0.3)),
        ("exponential", {"gamma": 0.9}, lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.9)),
        ("cosine", {"T_max": 20, "eta_min": 0.01}, lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 20, 0.01)),
        ("warmup", {"total_iters": 9}, lambda o: torch.optim.lr_scheduler.LinearLR(o, total_iters=9)),
    ],
)
def test_a_schedule_is_torchs(name: str, options: dict[str, float], scheduler: Callable[..., Any]) -> None:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.3)
    theirs, ours = scheduler(optimizer), make_schedule(name, 0.3, options)
    for epoch in range(60):
        assert ours.rate(epoch) == pytest.approx(theirs.get_last_lr()[0], rel=1e-12, abs=1e-16)
        optimizer.step()
        theirs.step()


def test_training_follows_the_schedule() -> None:
    X, Y = np.random.default_rng(0).standard_normal((2, 20)), np.ones((1, 20))
    layers = make_architecture([2, 3, 1], "tanh", "sigmoid")

    def weights(**options: Any) -> Any:
        return [step.params_values["W1"].copy() for step in training_steps(X, Y, layers, 3, 0.1, **options)]

    falling = weights(schedule="step", schedule_options={"step_size": 1, "gamma": 0.0001})
    np.testing.assert_array_equal(falling[0], weights()[0])
    assert np.abs(falling[2] - falling[0]).max() < 1e-3 * np.abs(weights()[2] - weights()[0]).max()
    np.testing.assert_array_equal(weights(schedule="constant"), weights())


# ── at the door ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"dropout": 1}, r"nn_architecture\[0\]\['dropout'\] is 1: .* from 0 and below 1"),
        ({"dropout": 1.5}, "is 1.5"),
        ({"dropout": -0.1}, "is -0.1"),
        ({"dropout": float("nan")}, "is nan"),
        ({"dropout": "0.2"}, "is '0.2'"),
        ({"dropout": True}, "is True"),
        ({"batch_norm": 1}, r"\['batch_norm'\] is 1: expected True or False"),
        ({"dropuot": 0.2}, r"nn_architecture\[0\] has 'dropuot': expected input_dim, .*, dropout"),
    ],
)
def test_a_wrong_option_is_refused(options: dict[str, Any], words: str) -> None:
    layers = make_architecture([2, 3, 1], "relu", "sigmoid")
    with pytest.raises((ValueError, KeyError), match=words):
        numpynet.init_layers([{**layers[0], **options}, layers[1]])  # type: ignore[typeddict-item]


def test_dropout_of_the_prediction_is_refused() -> None:
    layers = make_architecture([2, 3, 1], "relu", "sigmoid")
    with pytest.raises(ValueError, match="the last layer's activations are the prediction"):
        numpynet.init_layers([layers[0], {**layers[1], "dropout": 0.1}])


@pytest.mark.parametrize(
    ("m", "size", "words"),
    [(1, None, "batch norm of one example"), (9, 1, "each batch has one example"), (9, 4, "the last batch of 9")],
)
def test_a_batch_of_one_is_refused(m: int, size: int | None, words: str) -> None:
    layers = make_architecture([2, 3, 1], "relu", "sigmoid", batch_norm=True)
    with pytest.raises(ValueError, match=words):
        training_steps(np.ones((2, m)), np.ones((1, m)), layers, 1, 0.1, batch_size=size)
    training_steps(np.ones((2, m)), np.ones((1, m)), make_architecture([2, 3, 1], "relu", "sigmoid"), 1, 0.1)


def test_the_way_back_needs_a_forward_pass_in_training() -> None:
    layers = make_architecture([2, 3, 1], "relu", "sigmoid", batch_norm=True)
    params_values, X, Y = numpynet.init_layers(layers), np.ones((2, 4)), np.ones((1, 4))
    Y_hat, memory = numpynet.full_forward_propagation(X, params_values, layers)
    with pytest.raises(KeyError, match="a forward pass in training leaves there; give full_forward_propagation kept="):
        numpynet.full_backward_propagation(Y_hat, Y, memory, params_values, layers)
    for kept, words in (({}, "kept has no 'mask1'"), ({"mask1": np.ones((3, 4))}, "dtype float64: expected bool")):
        dropped = make_architecture([2, 3, 1], "relu", "sigmoid", dropout=0.5)
        with pytest.raises((KeyError, ValueError), match=words):
            numpynet.full_forward_propagation(X, params_values, dropped, kept=kept)


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("cosin", {}, "unknown schedule 'cosin': choose from constant"),
        ("cosine", {}, "needs T_max"),
        ("step", {"T_max": 3}, "no option 'T_max': choose from step_size, gamma"),
        ("step", {"step_size": 2.5}, "step_size is 2.5: expected a whole number"),
        ("exponential", {"gamma": 0.0}, "gamma is 0.0: expected more than 0"),
        ("cosine", {"T_max": 5, "eta_min": -1}, "eta_min is -1: expected at least 0"),
        ("warmup", {"start_factor": 2}, "start_factor is 2: expected at most 1"),
    ],
)
def test_a_wrong_schedule_is_refused(name: str, options: dict[str, Any], words: str) -> None:
    with pytest.raises((ValueError, KeyError), match=words):
        make_schedule(name, 0.1, options)


def test_functions_of_the_options_look_at_their_arguments() -> None:
    layers = make_architecture([2, 3, 1], "relu", "sigmoid", batch_norm=True, dropout=0.5)
    params_values, X, Y = numpynet.init_layers(layers), np.ones((2, 4)), np.ones((1, 4))
    stream = np.random.default_rng(0)
    for arguments, words in (
        ((layers, 4, 0), "stream is 0: expected a generator"),
        ((layers, 0, stream), "m is 0: expected how many examples"),
        (([{}], 4, stream), r"nn_architecture\[0\] has no 'input_dim'"),
    ):
        with pytest.raises((ValueError, KeyError), match=words):
            numpynet.draw_kept(*arguments)
    kept = numpynet.draw_kept(layers, 4, stream)
    wrong: Any
    for wrong, words in ((True, "kept is True"), ({"mask1": [[True] * 4] * 3}, "is list: expected an array of bool")):
        with pytest.raises(ValueError, match=words):
            numpynet.full_forward_propagation(X, params_values, layers, kept=wrong)
    _, evaluated = numpynet.full_forward_propagation(X, params_values, layers)
    with pytest.raises(KeyError, match="memory has no 'mean1'"):
        numpynet.update_running(params_values, evaluated, layers)
    Y_hat, memory = numpynet.full_forward_propagation(X, params_values, layers, kept=kept)
    for name in ("N1", "var1", "D1"):
        less = {other: value for other, value in memory.items() if other != name}
        with pytest.raises(KeyError, match=f"memory has no '{name}'"):
            numpynet.full_backward_propagation(Y_hat, Y, less, params_values, layers)


def test_numpys_own_numbers_are_options_of_a_schedule() -> None:
    schedule = make_schedule("step", 0.1, {"step_size": np.int64(2), "gamma": np.float32(0.5)})
    assert schedule.options == {"step_size": 2, "gamma": 0.5}
    with pytest.raises(ValueError, match="expected a dict"):
        make_schedule("step", 0.1, "gamma")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"schedule is \['step'\]: expected a name"):
        make_schedule(["step"], 0.1)  # type: ignore[arg-type]


def test_train_starts_where_it_is_told() -> None:
    X, Y = np.random.default_rng(0).standard_normal((2, 20)), np.ones((1, 20))
    layers = make_architecture([2, 3, 1], "tanh", "sigmoid")
    found = numpynet.train(X, Y, layers, 0, 0.1, initializer="he_normal")
    np.testing.assert_array_equal(found["W1"], numpynet.init_layers(layers, 2, initializer="he_normal")["W1"])
    (step,) = training_steps(X, Y, layers, 1, 0.0, initializer="he_normal")
    np.testing.assert_array_equal(step.params_values["W1"], found["W1"])


# ── what somebody found ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "elu"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_kink_behind_batch_norm_accuses_nobody(numpynet_command: Command, activation: str, dtype: str) -> None:
    """The middle x is the mean: N is 0 there, but for rounding."""
    rows = "".join(f"{i / 10},{(i / 10) ** 2}\n" for i in range(21))
    Path("line.csv").write_text(f"x,y\n{rows}", encoding="utf-8")
    finished = numpynet_command(
        *("compare", "--data", "line.csv", "--target", "regression", "--test", 0, "--layers", "1-8-1"),
        *("--batch-norm", "--activation", activation, "--dtype", dtype),
    )
    assert finished.code == 0, finished.out
    assert "wrong" not in finished.out
    if "kink" in finished.out:
        assert "N1[" in finished.out


@pytest.mark.parametrize("schedule", ["exponential,gamma=1e300", "step,gamma=1e308,step_size=1"])
def test_a_rate_beyond_all_numbers_is_a_sentence(numpynet_command: Command, schedule: str) -> None:
    compared = numpynet_command("compare", "--layers", "2-4-1", "--schedule", schedule, "--steps", 4)
    assert (compared.code, "lower the schedule's gamma" in compared.err) == (2, True), compared
    trained = numpynet_command("train", "--layers", "2-4-1", "--epochs", 9, "--schedule", schedule, "--save", "w.npz")
    assert trained.code == 2
    assert "Traceback" not in trained.err


def test_the_judged_step_has_the_rate_of_its_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the end of a cosine it is 0."""
    start = random_step([2, 3, 1], ["tanh", "sigmoid"], 8, 1, "float64")
    schedule, seen = Schedule("cosine", 0.1, {"T_max": 3}), []

    def spied(ours: Trace, theirs: Trace, **options: Any) -> Any:
        seen.append(ours.step.learning_rate)
        return compare(ours, theirs, **options)

    monkeypatch.setattr(sys.modules["numpynet.parity.run"], "compare", spied)
    free_run(replace(start, schedule=schedule), numpy_maker(), TORCH, (start.X, start.Y), 5, 1)
    assert seen == [pytest.approx(schedule.rate(epoch), abs=1e-15) for epoch in range(5)]
    assert abs(seen[3]) < 1e-15


def test_a_wrong_memory_of_gamma_is_the_first_culprit() -> None:
    start = random_step([3, 4, 1], ["tanh", "sigmoid"], 9, 1, "float64", hyperparameters={"momentum": 0.9})
    start = optional(start, [True, False], [0])
    step = start.following(torch_trace(start).values)
    spoilt = replace(step, state={**step.state, "momentum_buffer.gamma1": step.state["momentum_buffer.gamma1"] * 1.5})
    report = compare(Trace("spoilt", step, numpy_trace(spoilt).values), torch_trace(step))
    assert report.first_divergence is not None
    assert report.first_divergence.name == "momentum_buffer.gamma1'"
    assert {row.name: row.outcome for row in report.rows}["gamma1'"] == "inherited"


def test_no_hidden_layer_has_no_options(numpynet_command: Command) -> None:
    for option in (("--dropout", "0.5"), ("--batch-norm",)):
        refused = numpynet_command("compare", "--layers", "2-1", *option)
        assert (refused.code, "are those of hidden layers, and it has none" in refused.err) == (2, True)


def test_a_first_step_says_what_it_cannot_show(numpynet_command: Command) -> None:
    first = numpynet_command("compare", "--layers", "2-3-1", *BOTH)
    assert "a term that somebody forgot" in " ".join(first.out.split())
    for more in (("--steps", 3), ("--epochs", 2)):
        assert "a term that somebody" not in numpynet_command("compare", "--layers", "2-3-1", *BOTH, *more).out


# ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_trained_weights_keep_their_options(numpynet_command: Command) -> None:
    train = numpynet_command("train", "--data", "iris", "--layers", "4-8-3", *BOTH, "--epochs", "30", "--optimizer",
                             "adam", "--learning-rate", "0.05", "--save", "w.npz", "--json")  # fmt: skip
    saved = load_weights(Path("w.npz"))
    assert saved.nn_architecture[0]["batch_norm"] is True
    assert saved.nn_architecture[0]["dropout"] == 0.2
    assert "batch_norm" not in saved.nn_architecture[1]
    assert saved.params_values["running_var1"].any()
    assert json.loads(train.out)["final"]["test_accuracy"] > 0.9
    Path("new.csv").write_text("5.1,3.5,1.4,0.2\n6.7,3.0,5.2,2.3\n", encoding="utf-8")
    assert numpynet_command("predict", "--weights", "w.npz", "new.csv").out.count("\n") == 3
    assert numpynet_command("compare", "--data", "iris", "--weights", "w.npz").code == 0
    refused = numpynet_command("compare", "--data", "iris", "--weights", "w.npz", "--dropout", "0.1")
    assert (refused.code, "--weights brings its own network" in refused.err) == (2, True)


def test_negative_running_variances_are_refused(tmp_path: Path) -> None:
    layers = make_architecture([2, 3, 1], "relu", "sigmoid", batch_norm=True)
    params_values = numpynet.init_layers(layers)
    params_values["running_var1"][1] = -1
    save_weights(tmp_path / "w.npz", Weights(params_values, layers))
    with pytest.raises(ValueError, match=r"running_var1 is -1\.0 at its least: expected variances"):
        load_weights(tmp_path / "w.npz")


@pytest.mark.parametrize("initializer", [*INITIALIZERS, "torch_default"])
def test_compare_from_any_start(numpynet_command: Command, initializer: str) -> None:
    finished = numpynet_command(
        "compare", "--layers", "2-9-5-1", "--examples", "40", "--initializer", initializer, *BOTH, "--json"
    )
    told = json.loads(finished.out)
    assert (finished.code, told["summary"]["initializer"]) == (0, initializer)
    assert {told["summary"]["batch_norm"], told["summary"]["dropout"]} == {True, 0.2}
    assert {"N1", "mask1", "D1", "evaluated", "dgamma1", "running_var1'"} <= {row["name"] for row in told["rows"]}


def test_compare_says_what_was_asked_for(numpynet_command: Command) -> None:
    finished = numpynet_command(
        "compare", "--layers", "2-9-1", *BOTH, "--steps", "3", "--schedule", "step,step_size=2,gamma=0.5"
    )
    assert finished.code == 0
    assert "batch norm, dropout 0.2" in finished.out
    assert "schedule step (step_size 2, gamma 0.5)" in finished.out
    for arguments, words in (
        (("--schedule", "linear"), "'linear': choose from constant"),
        (("--schedule", "step,gamma"), "expected a name and a number, such as step,gamma=0.1"),
        (("--schedule", "step,gama=2"), "no option 'gama': choose from step_size, gamma"),
        (("--dropout", "1"), "1"),
    ):
        refused = numpynet_command("compare", *arguments)
        assert (refused.code, words in refused.err) == (2, True), refused.err


def test_somebodys_functions_know_no_options(numpynet_command: Command) -> None:
    Path("mine.py").write_text(
        (Path(__file__).parent / "implementations" / "tutorial.py").read_text(encoding="utf-8"), encoding="utf-8"
    )
    refused = numpynet_command("compare", "--implementation", "mine.py", "--dropout", "0.2")
    assert (
        refused.code,
        "is asked for batch norm or dropout, which a file's functions do not know" in refused.err,
    ) == (2, True)


def test_a_page_and_a_plot_of_a_network_with_options(numpynet_command: Command) -> None:
    page = numpynet_command("compare", "--layers", "2-4-1", *BOTH, "--schedule", "warmup", "--html", "page.html")
    assert (page.code, "dgamma1" in Path("page.html").read_text(encoding="utf-8")) == (0, True)


def test_the_digits_with_options_end_within_one_example(numpynet_command: Command) -> None:
    arguments = ("compare", "--data", "digits", "--layers", "64-32-10", *BOTH, "--optimizer", "adam", "--schedule",
                 "cosine", "--batch-size", "32", "--epochs", "20", "--every", "10", "--json")  # fmt: skip
    finished = numpynet_command(*arguments)
    told = json.loads(finished.out)
    assert told["outcome"] == "pass"
    ours, theirs = (told["drift"]["final"][side] for side in ("numpy", "torch"))
    assert abs(ours["test_accuracy"] - theirs["test_accuracy"]) * 360 <= 1.001
    assert ours["test_accuracy"] > 0.96
    assert ours["cost"] == pytest.approx(theirs["cost"], rel=1e-6)
