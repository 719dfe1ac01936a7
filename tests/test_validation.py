"""A bad call raises an exception that names the value, the place and the expectation."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import numpynet as nn
from numpynet.parity import Step

ARCHITECTURE: Any = [
    {"input_dim": 2, "output_dim": 3, "activation": "relu"},
    {"input_dim": 3, "output_dim": 1, "activation": "sigmoid"},
]
X, Y = np.ones((2, 5)), np.ones((1, 5))
P = nn.init_layers(ARCHITECTURE)
Y_HAT, MEMORY = nn.full_forward_propagation(X, P, ARCHITECTURE)
GRADS = nn.full_backward_propagation(Y_HAT, Y, MEMORY, P, ARCHITECTURE)


def layers(*changes: tuple[int, str, Any]) -> Any:
    changed = [dict(layer) for layer in ARCHITECTURE]
    for index, key, value in changes:
        changed[index][key] = value
    return changed


def without(values: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}


def with_value(array: Any, index: Any, value: float) -> Any:
    changed = np.array(array, dtype=float)
    changed[index] = value
    return changed


LINEAR = layers((1, "activation", "linear"))
BAD_CALLS: list[tuple[Callable[[], object], type[Exception], str]] = [
    (lambda: nn.train(X, Y, ARCHITECTURE, 1, "0.1"), ValueError, "learning_rate is '0.1': expected a finite number"),  # type: ignore[arg-type]
    (lambda: nn.train(X, Y, LINEAR, 1, 0.1), ValueError, "loss is 'bce', as where none is given, and the last layer is linear"),
    (lambda: nn.predict(X, nn.Weights(P, LINEAR)), ValueError, "take the loss cross_entropy for classes"),
    (lambda: nn.predict(X, P), ValueError, "weights is a dict: expected numpynet.Weights(params_values"),  # type: ignore[arg-type]
    (lambda: nn.save_weights("d.npz", P), ValueError, "weights is a dict: expected numpynet.Weights(params_values"),  # type: ignore[arg-type]
    (lambda: nn.save_weights("d", nn.Weights(P, ARCHITECTURE)), ValueError, "'d': expected a name that ends in .npz"),
    (lambda: nn.init_layers([]), ValueError, "nn_architecture is []: expected a list"),
    (lambda: nn.init_layers(["relu"]), ValueError, "nn_architecture[0] is 'relu': expected a dict"),  # type: ignore[list-item]
    (lambda: nn.init_layers(layers((0, "output_dim", 0))), ValueError, "[0]['output_dim'] is 0: expected a whole"),
    (lambda: nn.init_layers(layers((0, "output_dim", 2.5))), ValueError, "[0]['output_dim'] is 2.5: expected a whole"),
    (lambda: nn.init_layers(layers((1, "input_dim", 4))), ValueError, "nn_architecture[1]['input_dim'] is 4: expected 3"),
    (lambda: nn.init_layers(layers((1, "activation", "rleu"))), KeyError,
     f"nn_architecture[1]: unknown activation 'rleu': choose from {', '.join(nn.ACTIVATIONS)}"),
    (lambda: nn.init_layers([{"input_dim": 2, "output_dim": 1}]), KeyError,  # type: ignore[typeddict-item]
     "nn_architecture[0] has no 'activation'; it has input_dim, output_dim"),
    (lambda: nn.single_layer_forward_propagation(X, P["W1"], P["b1"], "rleu"), KeyError,
     f"unknown activation 'rleu': choose from {', '.join(nn.ACTIVATIONS)}"),
    (lambda: nn.single_layer_forward_propagation(X.T, P["W1"], P["b1"]), ValueError,
     "A_prev has shape (5, 2): expected (2, m)"),
    (lambda: nn.single_layer_forward_propagation(X, P["W1"], P["b1"][:, 0]), ValueError,
     "b_curr has shape (3,): expected (3, 1)"),
    (lambda: nn.full_forward_propagation(X.T, P, ARCHITECTURE), ValueError, "X has shape (5, 2): expected (2, m)"),
    (lambda: nn.full_forward_propagation(X, without(P, "b2"), ARCHITECTURE), KeyError,
     "params_values has no 'b2'; it has W1, b1, W2"),
    (lambda: nn.full_forward_propagation(X, {**P, "W2": P["W2"].T}, ARCHITECTURE), ValueError,
     "W2 has shape (3, 1): expected (1, 3)"),
    (lambda: nn.get_cost_value(Y_HAT, Y.T), ValueError, "Y has shape (5, 1): expected (1, 5)"),
    (lambda: nn.get_cost_value(Y_HAT[0], Y), ValueError, "Y_hat has shape (5,): expected (outputs, m)"),
    (lambda: nn.get_accuracy_value(Y_HAT, Y[:, :3]), ValueError, "Y has shape (1, 3): expected (1, 5)"),
    (lambda: nn.single_layer_backward_propagation(Y_HAT, P["W1"], P["b1"], MEMORY["Z1"], X), ValueError,
     "dA_curr has shape (1, 5): expected (3, 5)"),
    (lambda: nn.single_layer_backward_propagation(MEMORY["A1"], P["W1"], P["b1"], X, X), ValueError,
     "Z_curr has shape (2, 5): expected (3, 5)"),
    (lambda: nn.full_backward_propagation(Y_HAT, Y[:, :4], MEMORY, P, ARCHITECTURE), ValueError,
     "Y has shape (1, 4): expected (1, 5)"),
    (lambda: nn.full_backward_propagation(Y_HAT, Y, without(MEMORY, "Z2"), P, ARCHITECTURE), KeyError,
     "memory has no 'Z2'; it has A0, Z1, A1"),
    (lambda: nn.update(P, without(GRADS, "db1"), ARCHITECTURE, 0.1), KeyError, "grads_values has no 'db1'"),
    (lambda: nn.update(P, {**GRADS, "db1": np.ones((1, 1))}, ARCHITECTURE, 0.1), ValueError,
     "db1 has shape (1, 1): expected (3, 1)"),
    (lambda: nn.train(with_value(X, (1, 3), np.nan), Y, ARCHITECTURE, 1, 0.1), ValueError, "X[1, 3] is nan: expected"),
    (lambda: nn.train(with_value(X, (0, 4), np.inf), Y, ARCHITECTURE, 1, 0.1), ValueError, "X[0, 4] is inf: expected"),
    (lambda: nn.train(X, with_value(Y, (0, 2), 2), ARCHITECTURE, 1, 0.1), ValueError,
     "Y[0, 2] is 2.0: expected a label, 0 or 1"),
    (lambda: nn.train(X, Y[0], ARCHITECTURE, 1, 0.1), ValueError, "Y has shape (5,): expected (1, 5)"),
    (lambda: nn.train(X[:, :0], Y[:, :0], ARCHITECTURE, 1, 0.1), ValueError, "at least one example"),
    (lambda: nn.train(X, Y, ARCHITECTURE, -1, 0.1), ValueError, "epochs is -1: expected a whole number"),
    (lambda: nn.train(X, Y, ARCHITECTURE, 1, float("nan")), ValueError, "learning_rate is nan: expected a finite"),
    (lambda: nn.train(np.array([["a"] * 5] * 2), Y, ARCHITECTURE, 1, 0.1), ValueError, "X has dtype <U1: expected numbers"),
    (lambda: nn.training_steps(X, Y, ARCHITECTURE, 1, 0.1, params_values={**P, "b1": P["b1"] * np.nan}), ValueError,
     "b1[0, 0] is nan: expected finite"),
    (lambda: Step(X, Y, P, ARCHITECTURE, float("inf")), ValueError, "learning_rate is inf: expected 0 or more, finite in float64"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "kind", "words"), BAD_CALLS, ids=[words for _, _, words in BAD_CALLS])
def test_bad_call_names_value_place_and_expectation(
    call: Callable[[], object], kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind) as raised:
        call()
    assert words in str(raised.value)


@pytest.mark.parametrize(
    "name",
    ["init_layers", "single_layer_forward_propagation", "full_forward_propagation", "update", "get_cost_value",
     "single_layer_backward_propagation", "full_backward_propagation", "get_accuracy_value"],
)  # fmt: skip
def test_behind_the_door_is_the_function_itself(name: str) -> None:
    """With its name, its text and its arguments; a call that is too short says which one is missing."""
    public = getattr(nn, name)
    plain = inspect.unwrap(public)
    assert plain is not public
    assert (public.__name__, public.__doc__, inspect.signature(public)) == (
        plain.__name__, plain.__doc__, inspect.signature(plain),
    )  # fmt: skip
    assert "check" not in inspect.getsource(plain)
    with pytest.raises(TypeError, match="missing a required argument"):
        public()
