"""The black box tells right gradients from wrong ones, by the cost alone, and says what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from problems import random_step

from numpynet import losses, network
from numpynet.activations import HIDDEN_ACTIVATIONS
from numpynet.losses import LOSSES
from numpynet.parity.gradients import UnjudgeableError, check_gradients
from numpynet.types import Array, Parameters

Cost = Callable[[dict[str, Array]], Any]


def random_network(seed: int) -> tuple[Cost, Parameters, Parameters, int]:
    """(cost, parameters, their gradients, m) of a network drawn from all tables."""
    stream = np.random.default_rng(seed)
    widths = [int(stream.integers(1, 7)) for _ in range(int(stream.integers(2, 5)))]
    loss = str(stream.choice(list(LOSSES)))
    widths[-1] = max(widths[-1], 2 if LOSSES[loss].targets == "classes" else 1)
    names = [str(stream.choice(HIDDEN_ACTIVATIONS)) for _ in widths[2:]] + [LOSSES[loss].output]
    step = random_step(widths, names, int(stream.integers(2, 20)), seed, "float64", weight_scale=0.5, loss=loss)

    def cost(params: dict[str, Array]) -> float:
        Y_hat, _ = network.full_forward_propagation(step.X, params, step.nn_architecture)
        return losses.get_cost_value(Y_hat, step.Y, loss=loss)

    Y_hat, memory = network.full_forward_propagation(step.X, step.params_values, step.nn_architecture)
    grads = network.full_backward_propagation(
        Y_hat, step.Y, memory, step.params_values, step.nn_architecture, loss=loss
    )
    return cost, step.params_values, {name: grads[f"d{name}"] for name in step.params_values}, step.X.shape[1]


@pytest.mark.parametrize("hundred", range(2))
def test_right_gradients_are_never_accused(hundred: int) -> None:
    for seed in range(100 * hundred, 100 * (hundred + 1)):
        cost, params, grads, _ = random_network(seed)
        check_gradients(cost, params, grads).raise_on_mismatch()


MISTAKES: dict[str, tuple[Callable[[Array, Array, int], Array], str]] = {
    "sign": (lambda g, theta, m: -g, "opposite sign"),
    "twice": (lambda g, theta, m: 2 * g, "twice as large"),
    "m": (lambda g, theta, m: (m + 1) * g, "times what it should be"),
    "1/m": (lambda g, theta, m: g / (m + 1), "of what it should be"),
    "transposed": (lambda g, theta, m: g.T.copy() if g.shape[0] == g.shape[1] else -g, "transposed"),
    "a row off": (lambda g, theta, m: np.roll(g, 1, axis=0), "row off"),
    "a column off": (lambda g, theta, m: np.roll(g, 1, axis=1), "column off"),
    "decay": (lambda g, theta, m: g + 0.3 * theta, "times the parameter added"),
    "zero": (lambda g, theta, m: 0 * g, "0 everywhere"),
}


def test_planted_mistakes_are_caught_and_named() -> None:
    planted = named = 0
    for seed in range(300):
        kind = list(MISTAKES)[seed % len(MISTAKES)]
        make, words = MISTAKES[kind]
        cost, params, grads, m = random_network(seed)
        name = next(name for name in reversed(params) if name.startswith("W"))
        wrong = make(grads[name], params[name], m)
        if np.allclose(wrong, grads[name], rtol=1e-3, atol=1e-9):
            continue  # a mistake that changes nothing here
        report = check_gradients(cost, params, {**grads, name: wrong})
        planted += 1
        assert [row.name for row in report.rows if row.outcome == "fail"] == [name], f"{seed}: {kind}"
        named += words in next(row.how for row in report.rows if row.name == name)
    assert planted > 200
    assert named > 0.8 * planted


def test_another_layers_gradient_is_named() -> None:
    cost, params, grads, _ = random_network(0)
    twins = {"V": params["W1"], "W": params["W1"] + 0.5}
    both = check_gradients(
        lambda p: float(np.sum(p["V"] ** 2) + np.sum(p["W"] ** 3)), twins,
        {"V": 3 * twins["W"] ** 2, "W": 3 * twins["W"] ** 2},
    )  # fmt: skip
    assert [row.outcome for row in both.rows] == ["fail", "pass"]
    assert both.rows[0].how == "it is the gradient of W"
    assert cost(params) > 0
    assert grads


def test_where_it_begins_is_said() -> None:
    step = random_step([3, 4, 4, 1], ["tanh", "tanh", "sigmoid"], 8, 1, "float64")

    def cost(params: dict[str, Array]) -> float:
        Y_hat, _ = network.full_forward_propagation(step.X, params, step.nn_architecture)
        return losses.get_cost_value(Y_hat, step.Y)

    Y_hat, memory = network.full_forward_propagation(step.X, step.params_values, step.nn_architecture)
    found = network.full_backward_propagation(Y_hat, step.Y, memory, step.params_values, step.nn_architecture)
    grads = {name: found[f"d{name}"] for name in step.params_values}
    spoilt = {name: g + 0.1 * np.arange(g.size).reshape(g.shape) if name[1] in "12" else g for name, g in grads.items()}
    report = check_gradients(cost, step.params_values, spoilt)
    assert report.notes == (
        "From layer 3 on everything is right: what goes wrong happens between layer 3 and layer 2.",
    )
    halved = check_gradients(cost, step.params_values, {name: g / 2 for name, g in grads.items()})
    assert halved.notes == ("All of them: it is half as large.",)
    with pytest.raises(AssertionError, match=r"W3: 4 of 4 elements are wrong; .*half as large"):
        halved.raise_on_mismatch()


def test_a_kink_is_no_fault() -> None:
    params = {"a": np.array([0.0, 1.0, -2.0])}
    for at_zero in (0.0, 1.0, 0.5):
        report = check_gradients(lambda p: np.maximum(p["a"], 0).sum(), params, {"a": np.array([at_zero, 1.0, 0.0])})
        (row,) = report.rows
        assert (row.outcome, row.undecided) == ("pass", 1)
    alone = check_gradients(lambda p: abs(p["a"]).sum(), {"a": np.zeros(2)}, {"a": np.ones(2)})
    assert alone.outcome == "cannot-judge"
    assert "kink at every element" in str(alone)


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.longdouble])
def test_every_precision_of_the_cost(kind: type[np.floating[Any]]) -> None:
    params = {"W": np.random.default_rng(0).standard_normal((5, 4)).astype(kind)}

    def cost(p: dict[str, Array]) -> Any:
        return np.mean(np.tanh(p["W"].astype(kind)) ** 2)

    right = (2 * np.tanh(params["W"]) * (1 - np.tanh(params["W"]) ** 2) / 20).astype(kind)
    check_gradients(cost, params, {"W": right}).raise_on_mismatch()
    wrong = right.copy()
    wrong[1, 2] *= kind(1.2)
    report = check_gradients(cost, params, {"W": wrong})
    assert (report.outcome, report.rows[0].index, report.rows[0].wrong) == ("fail", (1, 2), 1)


def test_large_tensors_are_sampled() -> None:
    params = {"W": np.linspace(-1, 1, 3000).reshape(60, 50)}
    report = check_gradients(lambda p: float(np.sum(p["W"] ** 2)), params, {"W": 4 * params["W"]})
    assert (report.rows[0].checked, report.rows[0].how) == (400, "it is twice as large")


CALLS = iter(range(10**6))


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        (lambda p: 1 / 0, "cost raised ZeroDivisionError"),
        (lambda p: p["a"], r"cost returned ndarray of shape \(2,\): expected one number"),
        (lambda p: float("nan"), "cost is nan: expected a finite number"),
        (lambda p: "1", "cost returned str"),
        (lambda p: 1j, "cost returned complex"),
        (lambda p: next(CALLS), "for the same parameters: seed what it draws"),
        (lambda p: float(np.sum(p["a"].__imul__(2))), "cost changes a, which it is given"),
    ],
)
def test_a_cost_that_cannot_be_asked(cost: Cost, words: str) -> None:
    with pytest.raises(UnjudgeableError, match=words):
        check_gradients(cost, {"a": np.ones(2)}, {"a": np.ones(2)})


@pytest.mark.parametrize(
    ("params", "grads", "words"),
    [
        ([1], {}, "params is list: expected a dict of arrays"),
        ({}, {}, "expected a dict of arrays"),
        ({"a": np.ones(2)}, [1], "grads is list"),
        ({"a": np.ones(2)}, {"da": np.ones(2)}, "grads has no 'a'; it has da"),
        ({"a": np.ones(2)}, {"a": np.ones(3)}, r"grads\['a'\] has shape \(3,\): expected \(2,\)"),
        ({"a": np.ones(2)}, {"a": np.ones(2), "b": 1}, "grads has b, which params has not"),
        ({"a": np.array([1, np.nan])}, {"a": np.ones(2)}, r"params\['a'\] holds NaN"),
        ({"a": np.ones(2)}, {"a": np.ones(2) * 1j}, r"grads\['a'\] has dtype complex128"),
        ({"a": np.array([None])}, {"a": np.ones(1)}, r"params\['a'\] has dtype object"),
        ({"a": np.ones(0)}, {"a": np.ones(0)}, "expected at least one number"),
    ],
)
def test_what_does_not_fit_is_refused(params: Any, grads: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check_gradients(lambda p: 0.0, params, grads)
