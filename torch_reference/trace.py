"""The twin's training steps: torch's forward, torch's autograd, torch's optimizer."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from math import isnan
from typing import Any, Protocol, TypeAlias

import numpy as np
import torch
from torch import nn
from torch.optim.lr_scheduler import LRScheduler

from numpynet import names
from numpynet.parity.drift import ALL, Epoch, Evaluation, evaluation
from numpynet.parity.run import Maker
from numpynet.parity.step import EVALUATED, MOST_STEPS, Draw, Step, UndefinedStepError
from numpynet.parity.trace import Trace
from numpynet.training import Batches
from numpynet.types import Architecture, Array, Parameters
from torch_reference import convert
from torch_reference.model import LOSSES, OPTIMIZERS, SCHEDULES, Twin

CostOf: TypeAlias = Callable[[torch.Tensor, torch.Tensor, str], torch.Tensor]
WRITTEN_OUT = {"bce": "binary cross-entropy", "nll": "the logarithm of a probability"}


def torch_trace(step: Step) -> Trace:
    """Every quantity of the step as torch computes it, in the tutorial's layout and convention.

    UndefinedStepError where a prediction lies outside [0, 1], where torch.nn.BCELoss is not defined.
    """
    twin = Twin(step.nn_architecture, step.params_values, step.absent)
    optimizer = make_optimizer(twin, step)
    X = convert.to_rows(step.X)
    with seeded(step.seed, step.t):
        masks = [module(torch.ones(len(X), n, dtype=X.dtype)) for module, n in dropouts(step.nn_architecture)]
    with seeded(step.seed, step.t):
        layers = list(twin.layers(X))
    for made in layers:
        for tensor in made.values():
            tensor.retain_grad()
    cost = twin_cost(layers[-1]["A"], convert.to_rows(step.Y), step.loss)
    cost.backward()  # type: ignore[no-untyped-call]

    values: dict[str, Array] = {"A0": convert.to_columns(X), "cost": convert.to_columns(cost)}
    for layer_idx, made in enumerate(layers, start=1):
        for kind, tensor in made.items():
            name = names.make(kind, layer_idx)
            values[name] = convert.to_columns(tensor)
            values[names.d(name)] = convert.of_the_sum(convert.gradient_of(tensor))
    if not step.is_tutorials:
        with torch.no_grad():
            evaluated = Twin(step.nn_architecture, step.params_values, step.absent).eval()(X)
        values[EVALUATED] = convert.to_columns(evaluated)
    dropped = [(layer_idx, made) for layer_idx, made in enumerate(layers, start=1) if "D" in made]
    for (layer_idx, made), mask in zip(dropped, masks, strict=True):
        assert torch.equal(made["D"], made["A"] * mask), "nn.Dropout drew another mask than the time before"
        values[names.mask(layer_idx)] = convert.to_columns(mask)
        if not np.array_equal(values[names.mask(layer_idx)] != 0, step.kept[names.mask(layer_idx)]):
            raise ValueError(
                f"what the step keeps in {names.mask(layer_idx)} was not drawn by torch: take it from "
                "step.drawn_by(torch_reference.draw)"
            )
    values |= twin.grads_values() | updated(twin, optimizer, step)
    return Trace("torch", step, values, arithmetic="torch")


class Network(Protocol):
    """What a step trains: the twin, or somebody's own module."""

    def layers(self, X: torch.Tensor) -> Iterable[Mapping[str, torch.Tensor]]:
        """Z, N with batch norm, and A of each layer for X, (m, n_0); of the last A a cost can be made."""

    def named(self) -> dict[str, torch.Tensor]:
        """The parameters that are trained, W1, b1 …"""

    def parameters(self) -> Iterator[nn.Parameter]:
        """The same, for an optimizer."""

    def params_values(self) -> Parameters:
        """W1, b1 … in the tutorial's layout, with what batch norm remembers; copies."""


def updated(network: Network, optimizer: torch.optim.Optimizer, step: Step) -> Parameters:
    """The optimizer's step, taken: W1', b1' …, exp_avg.W1' … and the next learning rate."""
    take_step(optimizer, step)
    after = network.params_values() | remembered(network, optimizer, step)
    values = {names.after(name): value for name, value in after.items()}
    if step.schedule is not None:
        after_it = make_scheduler(optimizer, step, step.epoch + 1).get_last_lr()[0]
        values[names.after("lr")] = np.array(float(after_it))
    return values


def dropouts(nn_architecture: Architecture) -> list[tuple[torch.nn.Dropout, int]]:
    """Torch's modules, each with how many units it has."""
    return [(torch.nn.Dropout(p), layer["output_dim"]) for layer in nn_architecture if (p := layer.get("dropout"))]


@contextmanager
def seeded(seed: int, t: int) -> Iterator[None]:
    """Torch's own stream for step t; afterwards it goes on as if nothing had been drawn."""
    stream = torch.default_generator  # torch.manual_seed also seeds devices: 4 ms a call, of an epoch's 8
    before = stream.get_state()
    stream.manual_seed(seed_of(seed, t))
    try:
        yield
    finally:
        stream.set_state(before)


def seed_of(seed: int, t: int) -> int:
    """Torch's seed for step t."""
    return (seed * MOST_STEPS + t) % 2**63


def draw(nn_architecture: Architecture, m: int, dtype: np.dtype[Any], seed: int, t: int) -> Mapping[str, Array]:
    """What torch's nn.Dropout keeps of m examples in step t: mask1 … of bool, (n_out, m)."""
    kept = {}
    with seeded(seed, t):
        for layer_idx, layer in enumerate(nn_architecture, start=1):
            if p := layer.get("dropout"):
                rows = torch.from_numpy(np.ones((m, layer["output_dim"]), dtype))
                kept[names.mask(layer_idx)] = convert.to_columns(torch.nn.Dropout(p)(rows)) != 0
    return kept


def make_scheduler(optimizer: torch.optim.Optimizer, step: Step, epoch: int) -> LRScheduler:
    """Torch's own, after so many epochs: it makes each rate of the one before."""
    schedule = step.schedule
    assert schedule is not None
    for group in optimizer.param_groups:
        group["lr"] = group["initial_lr"] = schedule.lr
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that nothing was optimized between these steps
        scheduler = SCHEDULES[schedule.name](optimizer, **schedule.options)
        for _ in range(epoch):
            scheduler.step()
    return scheduler


def make_optimizer(twin: Network, step: Step) -> torch.optim.Optimizer:
    """Torch's own, with the state that it has before the step."""
    optimizer: torch.optim.Optimizer = OPTIMIZERS[step.optimizer](twin.parameters(), **step.hyper)
    if step.t > 1:
        for name, parameter in twin.named().items():
            keys = {key.partition(".")[0] for key in step.state}
            kept = {key: convert.to_parameter(step.state[names.kept(key, name)], parameter) for key in keys}
            optimizer.state[parameter] = {"step": torch.tensor(float(step.t - 1)), **kept}
    return optimizer


def take_step(optimizer: torch.optim.Optimizer, step: Step) -> None:
    """The optimizer's step. UndefinedStepError where a factor of it is too large for the parameters' dtype."""
    try:
        optimizer.step()
    except RuntimeError as error:
        raise UndefinedStepError(
            f"torch's {step.optimizer} cannot take the step in {step.dtype}: {error}; lower the learning rate "
            f"{step.learning_rate:g}"
        ) from error


def remembered(twin: Network, optimizer: torch.optim.Optimizer, step: Step) -> Parameters:
    """The optimizer's state after its step, exp_avg.W1 …, in the tutorial's layout."""
    found = {}
    for name, parameter in twin.named().items():
        for key in dict.fromkeys(key.partition(".")[0] for key in step.state):
            value = optimizer.state[parameter][key]
            found[names.kept(key, name)] = convert.in_columns(value)
    return found


def twin_cost(Y_hat: torch.Tensor, Y: torch.Tensor, loss: str) -> torch.Tensor:
    """The cost of predictions for labels, both (m, outputs), by torch's own loss of that name."""
    row = LOSSES[loss]
    outside = torch.nonzero(~((Y_hat >= 0) & (Y_hat <= 1)))
    if row.probabilities and len(outside):
        example, output = outside[0].tolist()
        value = Y_hat[example, output].item()
        advice = "lower the learning rate" if isnan(value) else "give the last layer the activation sigmoid"
        raise UndefinedStepError(
            f"torch's prediction for example {example}, output {output} is {value:g}: {WRITTEN_OUT.get(loss, loss)} is "
            f"defined from 0 to 1; {advice}"
        )
    targets = convert.to_classes(Y) if row.classes else Y
    return convert.cost(row.module()(Y_hat, targets), Y_hat.shape[1] if row.adds_outputs else 1)


def torch_epochs(step: Step, batches: Batches = ALL, draw: Draw = draw) -> Iterator[Epoch]:
    """The twin, trained without end from the step's weights on its data. Dropout draws itself, and no one else."""
    return epochs_of(Twin(step.nn_architecture, step.params_values, step.absent), twin_cost, step, batches)


def epochs_of(twin: Network, cost_of: CostOf, step: Step, batches: Batches) -> Iterator[Epoch]:
    """The same of any network of torch's, which has the step's weights; it goes on where they end."""
    optimizer, scheduler, t = make_optimizer(twin, step), None, step.t
    if step.schedule is not None:
        scheduler = make_scheduler(optimizer, step, step.epoch)
    X, Y = convert.to_rows(step.X), convert.to_rows(step.Y)
    for chosen in batches.epochs(len(X)):
        cost, seen = 0.0, []
        for examples in chosen:
            with seeded(step.seed, t):
                layers = list(twin.layers(X[examples]))
            loss = cost_of(layers[-1]["A"], Y[examples], step.loss)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            take_step(optimizer, step)
            cost += loss.item() * len(X[examples]) / len(X)
            seen.append([made.get("N", made["Z"]) > 0 for made in layers])
            t += 1
        if scheduler is not None:
            scheduler.step()
        yield Epoch(
            cost,
            active=[convert.to_columns(torch.cat(layer)) for layer in zip(*seen, strict=True)],
            params_values=twin.params_values(),
            state=remembered(twin, optimizer, step),
            steps=len(chosen),
            next_rate=float(optimizer.param_groups[0]["lr"]),
        )


def torch_evaluation(step: Step, X_test: Array, Y_test: Array) -> Evaluation:
    """Cost and accuracy of the step's weights on the step's data, and accuracy on the test data: evaluation mode."""
    twin = Twin(step.nn_architecture, step.params_values, step.absent).eval()
    with torch.no_grad():
        return evaluation_of(twin, twin_cost, step, X_test, Y_test)


def evaluation_of(
    predict: Callable[[torch.Tensor], torch.Tensor], cost_of: CostOf, step: Step, X_test: Array, Y_test: Array
) -> Evaluation:
    """The same of any prediction in evaluation, (m, n_0) → (m, outputs)."""
    Y_hat, Y_test_hat = predict(convert.to_rows(step.X)), predict(convert.to_rows(X_test))
    cost = cost_of(Y_hat, convert.to_rows(step.Y), step.loss).item()
    return evaluation(step, cost, convert.to_columns(Y_hat), convert.to_columns(Y_test_hat), Y_test)


TORCH = Maker(torch_trace, torch_epochs, torch_evaluation, draw)
