"""Mistakes planted in numpynet's own functions: each turns the comparison red, at the row that it spoils first."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from problems import DTYPES, OPTIMIZERS, random_step

import numpynet
from numpynet import dropout, network, normalization, optimizers, schedules
from numpynet.activations import ACTIVATIONS, Activation, softmax, softmax_backward
from numpynet.losses import LOSSES, Loss, log_softmax
from numpynet.optimizers import Optimizer
from numpynet.parity import Step, compare, numpy_trace
from numpynet.parity.run import free_run, numpy_maker
from numpynet.schedules import SCHEDULES, Schedule
from numpynet.training import Batches
from numpynet.types import Array, Parameters
from torch_reference import TORCH, draw, torch_trace

NLL, MSE, CROSS = LOSSES["nll"], LOSSES["mse"], LOSSES["cross_entropy"]  # before anything is planted
Pair = tuple[Callable[..., Any], Callable[..., Any]]
SOFTMAX: dict[str, tuple[Pair, str]] = {
    "over the examples": ((lambda Z: np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True), softmax_backward), "A2"),
    "not normalised": ((lambda Z: np.exp(Z - Z.max(axis=0)), softmax_backward), "A2"),
    "slope of a sigmoid": ((softmax, lambda dA, Z: dA * softmax(Z) * (1 - softmax(Z))), "dZ2"),
    "sum over the examples": (
        (softmax, lambda dA, Z: softmax(Z) * (dA - (dA * softmax(Z)).sum(axis=1, keepdims=True))),
        "dZ2",
    ),
}
LOSS: dict[tuple[str, str], tuple[Pair, str]] = {
    ("mse", "half"): ((lambda A, Y: np.mean((A - Y) ** 2) / 2, lambda A, Y: (A - Y) / len(A)), "cost"),
    ("mse", "the 2 is forgotten"): ((MSE.forward, lambda A, Y: (A - Y) / len(A)), "dA2"),
    ("mse", "mean over columns"): ((lambda A, Y: np.sum((A - Y) ** 2) / A.shape[1], lambda A, Y: 2 * (A - Y)), "cost"),
    ("mse", "1/m twice"): ((MSE.forward, lambda A, Y: 2 * (A - Y) / A.size / A.shape[1]), "dA2"),
    ("nll", "one-hot shifted by one"): (
        (lambda A, Y: NLL.forward(A, np.roll(Y, 1, axis=0)), NLL.backward),
        "cost",
    ),
    ("nll", "of every class"): ((NLL.forward, lambda A, Y: -1 / A), "dA2"),
    ("nll", "Ŷ − Y before the softmax"): ((NLL.forward, lambda A, Y: A - Y), "dA2"),
    ("nll", "1/m twice"): ((lambda A, Y: NLL.forward(A, Y) / A.shape[1], NLL.backward), "cost"),
    ("cross_entropy", "without the softmax"): ((CROSS.forward, lambda A, Y: A - Y), "dA2"),
    ("cross_entropy", "over the examples"): (
        (
            lambda A, Y: -np.sum(Y * log_softmax(A.T).T) / A.shape[1],
            CROSS.backward,
        ),
        "cost",
    ),
    ("cross_entropy", "mean over classes, too"): (
        (lambda A, Y: -np.mean(Y * log_softmax(A)), CROSS.backward),
        "cost",
    ),
    ("cross_entropy", "one-hot shifted by one"): (
        (CROSS.forward, lambda A, Y: softmax(A) - np.roll(Y, 1, axis=0)),
        "dA2",
    ),
}


def seen_as_softmax(forward: Callable[..., Any], backward: Callable[..., Any]) -> Activation:
    """A row whose functions are recorded like the right ones."""

    def softmax(Z: Array) -> Any:
        return forward(Z)

    def softmax_backward(dA: Array, Z: Array) -> Any:
        return backward(dA, Z)

    return Activation(softmax, softmax_backward, elementwise=False)


def first_of(step: Step) -> str | None:
    """The row that the comparison blames on NumPy."""
    first = compare(numpy_trace(step), torch_trace(step)).first_divergence
    assert first is None or first.outcome == "numpy-wrong"
    return None if first is None else first.name


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("mistake", SOFTMAX)
def test_a_mistake_in_softmax(mistake: str, dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = random_step([3, 5, 4], ["tanh", "softmax"], 12, 4, dtype, loss="nll")
    assert first_of(given) is None
    (forward, backward), row = SOFTMAX[mistake]
    monkeypatch.setitem(ACTIVATIONS, "softmax", seen_as_softmax(forward, backward))
    assert first_of(given) == row


def test_softmax_without_the_greatest_taken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    given = random_step([3, 5, 4], ["linear", "softmax"], 12, 4, "float64", loss="nll", data_scale=3000)
    compare(numpy_trace(given), torch_trace(given))
    plain = Activation(lambda Z: np.exp(Z) / np.exp(Z).sum(axis=0), softmax_backward, elementwise=False)
    monkeypatch.setitem(ACTIVATIONS, "softmax", plain)
    assert first_of(given) == "A2"


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("loss", "mistake"), LOSS)
def test_a_mistake_in_a_loss(loss: str, mistake: str, dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = random_step([3, 5, 4], ["tanh", LOSSES[loss].output], 12, 4, dtype, loss=loss)
    assert first_of(given) is None
    pair, row = LOSS[loss, mistake]
    right = LOSSES[loss]
    monkeypatch.setitem(LOSSES, loss, Loss(*pair, right.output, right.targets, right.prediction))
    assert first_of(given) == row


Rule = Callable[..., Array]


def _rate_inside(theta: Array, g: Array, state: Parameters, t: int, *, lr: float, momentum: float, **_: Any) -> Array:
    state["momentum_buffer"] = momentum * state["momentum_buffer"] + lr * g
    after: Array = theta - state["momentum_buffer"]
    return after


def _nesterov_late(theta: Array, g: Array, state: Parameters, t: int, *, lr: float, momentum: float, **_: Any) -> Array:
    old = state["momentum_buffer"]
    state["momentum_buffer"] = g if t == 1 else momentum * old + g
    after: Array = theta - lr * (g + momentum * old)
    return after


def _adam(correct: bool = True, inside: bool = False, decay: bool = True) -> Rule:
    def step(
        theta: Array, g: Array, state: Parameters, t: int, *, lr: float, betas: Any, eps: float, weight_decay: float
    ) -> Array:
        beta1, beta2 = betas
        g = g + weight_decay * theta if decay else g
        v = state["exp_avg"] = beta1 * state["exp_avg"] + (1 - beta1) * g
        s = state["exp_avg_sq"] = beta2 * state["exp_avg_sq"] + (1 - beta2) * g * g
        if correct:
            v, s = v / (1 - beta1**t), s / (1 - beta2**t)
        root = np.sqrt(s + eps) if inside else np.sqrt(s) + eps
        after: Array = theta - lr * v / root
        return after

    return step


def _only_weights(right: Rule) -> Rule:
    """Weight decay that leaves the biases out."""
    return lambda theta, g, state, t, **hyper: right(
        theta, g, state, t, **(hyper | {"weight_decay": 0.0} if theta.shape[1] == 1 else hyper)
    )


def _with(right: Rule, **other: Any) -> Rule:
    return lambda theta, g, state, t, **hyper: right(theta, g, state, t, **(hyper | other))


def _root_inside(right: Rule, key: str) -> Rule:
    def step(theta: Array, g: Array, state: Parameters, t: int, *, lr: float, eps: float, **hyper: Any) -> Array:
        right(theta, g, state, t, lr=lr, eps=eps, **hyper)
        after: Array = theta - lr * (g + hyper["weight_decay"] * theta) / np.sqrt(state[key] + eps)
        return after

    return step


sgd, adagrad, rmsprop, adam, adamw = (optimizers.OPTIMIZERS[name].step for name in optimizers.OPTIMIZERS)
STEPS: dict[tuple[str, str], tuple[Rule, str]] = {
    ("momentum", "the rate inside the velocity"): (_rate_inside, "momentum_buffer.W1'"),
    ("dampening", "forgotten"): (_with(sgd, dampening=0.0), "momentum_buffer.W1'"),
    ("sgd, decay", "biases not decayed"): (_only_weights(sgd), "b1'"),
    ("nesterov", "one step late"): (_nesterov_late, "momentum_buffer.W1'"),
    ("nesterov", "left out"): (_with(sgd, nesterov=False), "W1'"),
    ("adagrad, decay", "eps inside the root"): (_root_inside(adagrad, "sum"), "W1'"),
    ("adagrad, decay", "biases not decayed"): (_only_weights(adagrad), "sum.b1'"),
    ("adagrad", "forgets"): (lambda theta, g, state, t, **h: rmsprop(theta, g, R(state), t, **h), "sum.W1'"),
    ("rmsprop", "eps inside the root"): (_root_inside(rmsprop, "square_avg"), "W1'"),
    ("rmsprop", "another alpha"): (_with(rmsprop, alpha=0.9), "square_avg.W1'"),
    ("rmsprop, decay", "biases not decayed"): (_only_weights(rmsprop), "square_avg.b1'"),
    ("adam", "no bias correction"): (_adam(correct=False), "W1'"),
    ("adam", "eps inside the root"): (_adam(inside=True), "W1'"),
    ("adam", "the step counted from 0"): (lambda theta, g, state, t, **h: adam(theta, g, state, t + 1, **h), "W1'"),
    ("adam, decay", "biases not decayed"): (_only_weights(adam), "exp_avg.b1'"),
    ("adamw, strong", "as L2"): (adam, "exp_avg.W1'"),
    ("adamw, strong", "no decay"): (_with(adamw, weight_decay=0.0), "W1'"),
    ("adamw, strong", "biases not decayed"): (_only_weights(adamw), "b1'"),
}


class R(dict[str, Array]):
    """A state under another name: what rmsprop calls `square_avg` is kept as `sum`."""

    def __init__(self, state: Parameters) -> None:
        super().__init__(square_avg=state["sum"])
        self.kept = state

    def __setitem__(self, key: str, value: Array) -> None:
        super().__setitem__(key, value)
        self.kept["sum"] = value


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("name", "mistake"), STEPS)
def test_a_mistake_in_an_optimizer(name: str, mistake: str, dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    optimizer, hyperparameters = OPTIMIZERS[name]
    given = random_step(
        [3, 5, 4], ["tanh", "linear"], 12, 4, dtype, loss="mse", optimizer=optimizer, hyperparameters=hyperparameters
    )
    given = given.following(torch_trace(given).values)
    assert first_of(given) is None
    wrong, row = STEPS[name, mistake]
    right = optimizers.OPTIMIZERS[optimizer]

    def step(theta: Array, g: Array, state: Parameters, t: int, **hyper: Any) -> Array:
        return wrong(theta, g, state, t, **hyper)

    step.__kwdefaults__ = dict(right.defaults)
    monkeypatch.setitem(optimizers.OPTIMIZERS, optimizer, Optimizer(step, right.state))
    assert first_of(given) == row


def test_a_last_batch_weighed_as_a_full_one(monkeypatch: pytest.MonkeyPatch) -> None:
    given, batches = random_step([3, 5, 1], ["tanh", "sigmoid"], 20, 4, "float64"), Batches(8, 1)
    test = given.X, given.Y

    def first() -> str | None:
        drifted, _ = free_run(given, numpy_maker(), TORCH, test, 3, 1, batches)
        row = drifted.report.first_divergence
        return None if row is None else row.name

    assert first() is None
    right = network.single_layer_backward_propagation

    def of_8(*arguments: Any, **keywords: Any) -> tuple[Array, Array, Array]:
        dA_prev, dW, db = right(*arguments, **keywords)
        return dA_prev, dW * dA_prev.shape[1] / 8, db * dA_prev.shape[1] / 8

    monkeypatch.setattr(network, "single_layer_backward_propagation", of_8)
    assert first() == "dW2"


def with_options(dtype: str = "float64") -> Step:
    """Batch norm and dropout in both hidden layers; what is remembered is not what the batch has."""
    layers = [4, 6, 5, 1]
    step = random_step(layers, ["tanh", "relu", "sigmoid"], 20, 5, dtype)
    architecture = [dict(layer) for layer in step.nn_architecture]
    for layer in architecture[:-1]:
        layer |= {"batch_norm": True, "dropout": 0.3}
    stream, params_values = np.random.default_rng(1), dict(step.params_values)
    for i, n in ((1, 6), (2, 5)):
        for kind in ("gamma", "beta", "running_mean", "running_var"):
            params_values[f"{kind}{i}"] = np.abs(stream.standard_normal((n, 1))) + 0.1
    schedule = Schedule("exponential", 0.1, {"gamma": 0.9})
    return Step(step.X, step.Y, params_values, architecture, schedule=schedule).drawn_by(draw)  # type: ignore[arg-type]


def _running_in_training(
    A_prev: Array, layer_idx: int, activation: str, params_values: Parameters, memory: Parameters, training: bool
) -> tuple[Array, Array]:
    A, Z = NORMALIZED(A_prev, layer_idx, activation, params_values, memory, False)
    for name in ("mean", "var"):
        memory[f"{name}{layer_idx}"] = params_values[f"running_{name}{layer_idx}"]
    return A, Z


def _dropout_in_evaluation(X: Array, params_values: Parameters, architecture: Any, *, kept: Any = None) -> Any:
    A, memory = FULL(X, params_values, architecture, kept=kept)
    return (A * 0.7 if kept is None else A), memory


def _backward(*left_out: str) -> Callable[..., Any]:
    def batch_norm_backward(dN: Array, Z: Array, gamma: Array, mean: Array, var: Array) -> Any:
        x_hat = normalization.normalize(Z, mean, var)
        dgamma, dbeta = np.mean(dN * x_hat, axis=1, keepdims=True), np.mean(dN, axis=1, keepdims=True)
        taken = ("dbeta" not in left_out) * dbeta + ("dgamma" not in left_out) * x_hat * dgamma
        shown = np.mean(dN * Z, axis=1, keepdims=True) if "x_hat" in left_out else dgamma
        return gamma / np.sqrt(var + 1e-5) * (dN - taken), shown, dbeta

    return batch_norm_backward


def _biased(params_values: Parameters, memory: Parameters, architecture: Any) -> Parameters:
    shrunk = {name: v * 19 / 20 if name.startswith("var") else v for name, v in memory.items()}
    return RUNNING(params_values, shrunk, architecture)


NORMALIZED, RUNNING = normalization.normalized_forward, normalization.update_running
FULL = network.full_forward_propagation
OPTIONS: dict[str, tuple[Any, str, Any, str]] = {
    "mask without 1/(1 − p)": (dropout, "make_mask", lambda kept, p, dtype: kept.astype(dtype), "mask1"),
    "mask of the share that is kept": (
        dropout,
        "make_mask",
        lambda kept, p, dtype: kept / np.asarray(p, dtype),
        "mask1",
    ),
    "mask inverted": (dropout, "make_mask", lambda kept, p, dtype: np.asarray(~kept / (1 - p), dtype), "mask1"),
    "mask applied twice": (dropout, "dropout", lambda A, mask: A * mask * mask, "D1"),
    "mask applied twice, backward": (network, "dropout_backward", lambda dD, mask: dD * mask * mask, "dA2"),
    "mask forgotten, backward": (network, "dropout_backward", lambda dD, mask: dD * 1, "dA2"),
    "eps outside the root": (normalization, "normalize", lambda Z, mean, var: (Z - mean) / (np.sqrt(var) + 1e-5), "N1"),
    "n − 1 in training": (normalization, "normalize", lambda Z, mean, var: (Z - mean) / np.sqrt(var * 20 / 19), "N1"),
    "running statistics in training": (network, "normalized_forward", _running_in_training, "N1"),
    "without the mean of dN": (normalization, "batch_norm_backward", _backward("dbeta"), "dZ2"),
    "without the mean of dN · x̂": (normalization, "batch_norm_backward", _backward("dgamma"), "dZ2"),
    "without either": (normalization, "batch_norm_backward", _backward("dbeta", "dgamma"), "dZ2"),
    "gamma's gradient from Z": (normalization, "batch_norm_backward", _backward("x_hat"), "dgamma2"),
    "biased running variance": ("numpynet.parity.trace", "update_running", _biased, "running_var1'"),
    "dropout in evaluation": (network, "full_forward_propagation", _dropout_in_evaluation, "evaluated"),
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("mistake", OPTIONS)
def test_a_mistake_in_an_option_is_caught(mistake: str, dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, name, planted, row = OPTIONS[mistake]
    step = with_options(dtype)
    assert first_of(step) is None
    planted.__name__ = name
    if mistake == "dropout in evaluation":
        monkeypatch.setattr(numpynet, name, planted)
    else:
        monkeypatch.setattr(place if not isinstance(place, str) else sys.modules[place], name, planted)
    assert first_of(step) == row


def _never_taken(*given: Any, training: bool) -> Any:
    return NORMALIZED(*given, False)  # type: ignore[call-arg]


FORGOTTEN: dict[str, tuple[Any, str, Any, str]] = {
    "dropout forgotten": (network, "drop_out", lambda A, *rest: A, "mask1"),
    "statistics never taken": (
        network, "normalized_forward", _never_taken, "running_var1'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", FORGOTTEN)
def test_an_option_that_is_forgotten_turns_its_rows_red(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, name, planted, said = FORGOTTEN[mistake]
    step, theirs = with_options(), torch_trace(with_options())
    monkeypatch.setattr(place, name, planted)
    report = compare(numpy_trace(step), theirs)
    assert report.outcome == "fail"
    assert said in {row.name for row in report.rows if row.outcome == "numpy-wrong"}


@pytest.mark.parametrize("name", [name for name in SCHEDULES if name != "constant"])
@pytest.mark.parametrize("late", [-1, 1])
def test_a_schedule_an_epoch_off_is_caught(name: str, late: int, monkeypatch: pytest.MonkeyPatch) -> None:
    right = SCHEDULES[name]
    options = {"step": {"step_size": 1}, "cosine": {"T_max": 10}}.get(name, {})
    step = replace(with_options(), schedule=Schedule(name, 0.1, options), epoch=2)
    assert first_of(step) is None

    def planted(lr: float, epoch: int, **given: Any) -> float:
        return right(lr, epoch + late, **given)

    planted.__kwdefaults__ = right.__kwdefaults__
    monkeypatch.setitem(schedules.SCHEDULES, name, planted)
    assert first_of(step) == "lr'"
