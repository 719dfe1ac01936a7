"""The training loop."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from numpynet import names
from numpynet.activations import ACTIVATIONS
from numpynet.dropout import draw_kept
from numpynet.losses import LOSSES, get_cost_value
from numpynet.memory import keep_freed_memory
from numpynet.metrics import scores
from numpynet.network import full_backward_propagation, full_forward_propagation, init_layers
from numpynet.normalization import update_running
from numpynet.optimizers import initial_state, optimizer_step, update
from numpynet.schedules import make_schedule
from numpynet.types import Architecture, Array, Layer, Parameters
from numpynet.validation import (
    check_architecture,
    check_batch,
    check_examples,
    check_finite,
    check_hyperparameters,
    check_learning_rate,
    check_pairing,
    check_parameters,
    check_probabilities,
    parameter_shapes,
)

REPORT_EVERY = 50
TRAINING_SEED = 2
DROPOUT = 1  # its stream beside that of the batches, from one seed


class TrainingStep(NamedTuple):
    """A finished epoch: cost and accuracy on the way, each batch by the weights it found, and the weights at its end.

    Both are means over the examples. There is no accuracy of numbers: NaN.
    """

    epoch: int
    cost: float
    accuracy: float
    params_values: Parameters


@dataclass(frozen=True)
class Batches:
    """Which examples each step takes: all of them, or `size` at a time, shuffled from `seed` anew every epoch."""

    size: int | None = None
    seed: int = TRAINING_SEED

    def __post_init__(self) -> None:
        whole = isinstance(self.size, (int, np.integer)) and not isinstance(self.size, bool)
        if self.size is not None and (not whole or self.size < 1):
            raise ValueError(f"batch_size is {self.size!r}: expected a whole number of at least 1")

    def epochs(self, m: int) -> Iterator[list[Any]]:
        """For every epoch, without end, what picks each batch's columns of m; the last batch may be smaller."""
        stream = np.random.default_rng(self.seed)
        while True:
            if self.size is None or self.size >= m:
                yield [slice(None)]
            else:
                order = stream.permutation(m)
                yield [order[start : start + self.size] for start in range(0, m, self.size)]


def training_steps(
    X: Array,
    Y: Array,
    nn_architecture: Architecture,
    epochs: int,
    learning_rate: float,
    *,
    params_values: Parameters | None = None,
    loss: str = "bce",
    optimizer: str = "sgd",
    batch_size: int | None = None,
    seed: int = TRAINING_SEED,
    initializer: str = "tutorial",
    schedule: str | None = None,
    schedule_options: Mapping[str, Any] | None = None,
    **hyperparameters: Any,
) -> Iterator[TrainingStep]:
    """Training, one epoch an item; X is (n_0, m), Y (n_L, m), or for a loss of classes their numbers, (m,).

    All examples are in each step, or `batch_size` of them, shuffled from `seed` every epoch; dropout draws from `seed`,
    too. The hyperparameters have torch's names (`momentum`, `betas` …), and so have the schedule's options (`gamma`,
    `T_max` …). Starts from a copy of `params_values`, by default `init_layers(nn_architecture, 2)` of the initializer,
    in X's dtype (float64 where X is neither float32 nor float64). The yielded weights change with the next epoch: copy
    what is to be kept.
    ValueError or KeyError for NaN, infinity, targets that the loss does not take, shapes or names that do not fit.
    """
    check_architecture(nn_architecture)
    check_pairing(nn_architecture, loss)
    check_probabilities(nn_architecture, loss)
    X, Y = check_examples(X, Y, nn_architecture, loss)
    hyperparameters = check_hyperparameters(optimizer, hyperparameters, X.dtype)
    if isinstance(epochs, bool) or not isinstance(epochs, (int, np.integer)) or epochs < 0:
        raise ValueError(f"epochs is {epochs!r}: expected a whole number of at least 0")
    check_learning_rate(learning_rate)
    drawn = init_layers(nn_architecture, TRAINING_SEED, initializer=initializer)
    start = drawn if params_values is None else params_values
    start = starting_parameters(start, nn_architecture, X.dtype)
    batches, rates = Batches(batch_size, seed), make_schedule(schedule, learning_rate, schedule_options, epochs)
    check_batch(nn_architecture, X.shape[1], batch_size)
    step = stepper(nn_architecture, start, optimizer, hyperparameters)
    return _epochs(X, Y, nn_architecture, epochs, start, loss, batches, step, rates.rate)


def starting_parameters(params_values: Parameters, nn_architecture: Architecture, dtype: np.dtype) -> Parameters:
    """A copy of W1, b1 … in `dtype`; KeyError or ValueError where one is missing, misshapen, NaN or infinite."""
    check_parameters(params_values, nn_architecture)
    copy = {}
    for name in parameter_shapes(nn_architecture):
        check_finite(name, params_values[name])
        copy[name] = np.array(params_values[name], dtype=dtype)
        if names.kind(name) == "running_var" and (copy[name] < 0).any():
            raise ValueError(f"{name} is {copy[name].min()} at its least: expected variances, at least 0")
    return copy


def stepper(
    nn_architecture: Architecture,
    params_values: Parameters,
    optimizer: str,
    hyperparameters: Mapping[str, Any],
) -> Callable[[Parameters, Parameters, float], Parameters]:
    """(parameters, gradients, rate) → the parameters after the next step; what the optimizer remembers stays inside."""
    if optimizer == "sgd" and not any(hyperparameters.values()):
        return lambda params_values, grads_values, lr: update(params_values, grads_values, nn_architecture, lr)
    state, count = initial_state(params_values, optimizer, **hyperparameters), itertools.count(1)
    return lambda params_values, grads_values, lr: optimizer_step(
        params_values, grads_values, state, next(count), optimizer, **{**hyperparameters, "lr": lr}
    )


def _epochs(
    X: Array,
    Y: Array,
    nn_architecture: Architecture,
    epochs: int,
    params_values: Parameters,
    loss: str,
    batches: Batches,
    step: Callable[[Parameters, Parameters, float], Parameters],
    rates: Callable[[int], float],
) -> Iterator[TrainingStep]:
    keep_freed_memory()
    stream = np.random.default_rng([batches.seed, DROPOUT])
    m, is_classified = X.shape[1], LOSSES[loss].targets != "real"
    for epoch, chosen in zip(range(epochs), batches.epochs(m), strict=False):
        cost = accuracy = 0.0
        for columns in chosen:
            X_batch, Y_batch = X[:, columns], Y[:, columns]
            kept = draw_kept(nn_architecture, X_batch.shape[1], stream)
            Y_hat, memory = full_forward_propagation(X_batch, params_values, nn_architecture, kept=kept)
            params_values = update_running(params_values, memory, nn_architecture)
            share = X_batch.shape[1] / m
            cost += share * get_cost_value(Y_hat, Y_batch, loss=loss)
            if is_classified:
                accuracy += share * scores(loss, Y_hat, Y_batch)["accuracy"]
            grads_values = full_backward_propagation(Y_hat, Y_batch, memory, params_values, nn_architecture, loss=loss)
            params_values = step(params_values, grads_values, rates(epoch))
        yield TrainingStep(epoch, cost, accuracy if is_classified else float("nan"), params_values)


def train(
    X: Array,
    Y: Array,
    nn_architecture: Architecture,
    epochs: int,
    learning_rate: float,
    verbose: bool = True,
    callback: Callable[[int, Parameters], object] | None = None,
    **options: Any,
) -> Parameters:
    """The weights after `epochs` epochs from `init_layers(nn_architecture, 2)`; the lab's, without `options`.

    Every 50 epochs it prints cost and accuracy (if `verbose`) and calls `callback(epoch, params_values)`. The options
    are those of `training_steps`: `loss`, `optimizer` with its hyperparameters, `batch_size`, `seed`,
    `initializer`, `schedule` with its `schedule_options`.
    """
    initializer = options.pop("initializer", "tutorial")
    params_values = init_layers(nn_architecture, TRAINING_SEED, initializer=initializer)
    for step in training_steps(X, Y, nn_architecture, epochs, learning_rate, params_values=params_values, **options):
        params_values = step.params_values
        if step.epoch % REPORT_EVERY == 0:
            if verbose:
                accuracy = "" if np.isnan(step.accuracy) else f" - accuracy: {step.accuracy:.5f}"
                print(f"Iteration: {step.epoch:05} - cost: {step.cost:.5f}{accuracy}")
            if callback is not None:
                callback(step.epoch, params_values)
    return params_values


def dead_layers(X: Array, params_values: Parameters, nn_architecture: Architecture) -> list[int]:
    """The layers, counted from 1, whose slope f′(Z) is 0 for every unit and every example of X, (n_0, m)."""
    _, memory = full_forward_propagation(X, params_values, nn_architecture)
    taken = (names.N if layer.get("batch_norm") else names.Z for layer in nn_architecture)
    every = [memory[name(layer_idx)] for layer_idx, name in enumerate(taken, start=1)]
    slopes = [
        ACTIVATIONS[layer["activation"]].backward(np.ones_like(Z), Z) if _is_elementwise(layer) else np.ones(1)
        for Z, layer in zip(every, nn_architecture, strict=True)
    ]
    return [layer_idx for layer_idx, slope in enumerate(slopes, start=1) if not slope.any()]


def _is_elementwise(layer: Layer) -> bool:
    return ACTIVATIONS[layer["activation"]].elementwise


def troubles(
    X: Array, Y: Array, params_values: Parameters, nn_architecture: Architecture, loss: str = "bce"
) -> list[str]:
    """Sentences on why the network cannot have learned, or does not any more; X is (n_0, m), Y (n_L, m)."""
    with np.errstate(all="ignore"):
        Y_hat, memory = full_forward_propagation(X, params_values, nn_architecture)
        dead = dead_layers(X, params_values, nn_architecture)
    found = [
        f"Layer {layer_idx} is dead: every unit's slope is 0 for every example, and no gradient passes it. "
        "Try another --seed, another --activation, or a lower --learning-rate."
        for layer_idx in dead
    ]
    if not any(value.any() for name, value in params_values.items() if names.kind(name) == "W"):
        found.append("Every weight is 0: all units of a layer do the same, whatever they are given.")
    elif not dead and Y_hat.shape[1] > 1 and (np.ptp(Y_hat, axis=1) == 0).all() and np.ptp(Y, axis=1).any():
        found.append("Every example gets the same prediction: the network does not use its data.")
    for layer_idx, layer in enumerate(nn_architecture, start=1):
        Z = memory.get(names.N(layer_idx), memory[names.Z(layer_idx)])
        if layer["activation"] == "sigmoid" and Z.min() < -np.log(np.finfo(Z.dtype).max):
            found.append(
                f"In layer {layer_idx} e^−Z overflows where Z is {Z.min():g}: that is harmless, σ(Z) is 0 there."
            )
    least, most = RANGES.get(nn_architecture[-1]["activation"], (-np.inf, np.inf))
    if LOSSES[loss].targets == "real" and (Y.min() < least or Y.max() > most):
        found.append(
            f"The targets go from {Y.min():g} to {Y.max():g}, and what the last layer gives from {least:g} to "
            f"{most:g}: it can never fit them. Give it --output {LOSSES[loss].output}."
        )
    return found


RANGES = {"relu": (0, np.inf), "sigmoid": (0, 1), "tanh": (-1, 1), "softplus": (0, np.inf), "softmax": (0, 1)}
