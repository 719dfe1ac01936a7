"""The training loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from numpynet import names
from numpynet.activations import ACTIVATIONS
from numpynet.losses import get_cost_value
from numpynet.memory import keep_freed_memory
from numpynet.metrics import get_accuracy_value
from numpynet.network import full_backward_propagation, full_forward_propagation, init_layers
from numpynet.optimizers import update
from numpynet.types import Architecture, Array, Parameters
from numpynet.validation import check_architecture, check_examples, check_finite, check_parameters, fetch

REPORT_EVERY = 50
TRAINING_SEED = 2


class TrainingStep(NamedTuple):
    """A finished step: cost and accuracy of the weights it started from, and the weights it ended with."""

    epoch: int
    cost: float
    accuracy: float
    params_values: Parameters


def training_steps(
    X: Array,
    Y: Array,
    nn_architecture: Architecture,
    epochs: int,
    learning_rate: float,
    *,
    params_values: Parameters | None = None,
) -> Iterator[TrainingStep]:
    """Full-batch gradient descent, one step an item; X is (n_0, m), Y (n_L, m).

    Starts from a copy of `params_values`, by default `init_layers(nn_architecture, 2)`, in X's dtype (float64 where X
    is neither float32 nor float64). The yielded weights are updated in place: copy what is to be kept.
    ValueError for NaN, infinity, labels other than 0 and 1, or shapes that do not fit.
    """
    check_architecture(nn_architecture)
    X, Y = check_examples(X, Y, nn_architecture)
    if isinstance(epochs, bool) or not isinstance(epochs, (int, np.integer)) or epochs < 0:
        raise ValueError(f"epochs is {epochs!r}: expected a whole number of at least 0")
    if not np.isfinite(learning_rate):
        raise ValueError(f"learning_rate is {learning_rate!r}: expected a finite number")
    start = init_layers(nn_architecture, TRAINING_SEED) if params_values is None else params_values
    return _steps(X, Y, nn_architecture, epochs, learning_rate, starting_parameters(start, nn_architecture, X.dtype))


def starting_parameters(params_values: Parameters, nn_architecture: Architecture, dtype: np.dtype) -> Parameters:
    """A copy of W1, b1 … in `dtype`; KeyError or ValueError where one is missing, misshapen, NaN or infinite."""
    check_parameters(params_values, nn_architecture)
    copy = {}
    for layer_idx in range(1, len(nn_architecture) + 1):
        for name in (names.W(layer_idx), names.b(layer_idx)):
            check_finite(name, params_values[name])
            copy[name] = np.array(fetch("params_values", params_values, name), dtype=dtype)
    return copy


def _steps(
    X: Array, Y: Array, nn_architecture: Architecture, epochs: int, learning_rate: float, params_values: Parameters
) -> Iterator[TrainingStep]:
    keep_freed_memory()
    for epoch in range(epochs):
        Y_hat, memory = full_forward_propagation(X, params_values, nn_architecture)
        cost = get_cost_value(Y_hat, Y)
        accuracy = get_accuracy_value(Y_hat, Y)
        grads_values = full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture)
        params_values = update(params_values, grads_values, nn_architecture, learning_rate)
        yield TrainingStep(epoch, cost, accuracy, params_values)


def train(
    X: Array,
    Y: Array,
    nn_architecture: Architecture,
    epochs: int,
    learning_rate: float,
    verbose: bool = True,
    callback: Callable[[int, Parameters], object] | None = None,
) -> Parameters:
    """The weights after `epochs` steps of full-batch gradient descent from `init_layers(nn_architecture, 2)`.

    Every 50 epochs it prints cost and accuracy (if `verbose`) and calls `callback(epoch, params_values)`.
    """
    params_values = init_layers(nn_architecture, TRAINING_SEED)
    for step in training_steps(X, Y, nn_architecture, epochs, learning_rate, params_values=params_values):
        params_values = step.params_values
        if step.epoch % REPORT_EVERY == 0:
            if verbose:
                print(f"Iteration: {step.epoch:05} - cost: {step.cost:.5f} - accuracy: {step.accuracy:.5f}")
            if callback is not None:
                callback(step.epoch, params_values)
    return params_values


def dead_layers(X: Array, params_values: Parameters, nn_architecture: Architecture) -> list[int]:
    """The layers, counted from 1, whose slope f′(Z) is 0 for every unit and every example of X, (n_0, m)."""
    _, memory = full_forward_propagation(X, params_values, nn_architecture)
    every = [memory[names.Z(layer_idx)] for layer_idx in range(1, len(nn_architecture) + 1)]
    slopes = [
        ACTIVATIONS[layer["activation"]].backward(np.ones_like(Z), Z)
        for Z, layer in zip(every, nn_architecture, strict=True)
    ]
    return [layer_idx for layer_idx, slope in enumerate(slopes, start=1) if not slope.any()]
