"""The twin's training steps: torch's forward, torch's autograd, torch's optimizer."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

import torch

from numpynet import names
from numpynet.parity.drift import ALL, Epoch, Evaluation, evaluation
from numpynet.parity.run import Maker
from numpynet.parity.step import Step, UndefinedStepError
from numpynet.parity.trace import Trace
from numpynet.training import Batches
from numpynet.types import Array, Parameters
from torch_reference import convert
from torch_reference.model import LOSSES, OPTIMIZERS, Twin

WRITTEN_OUT = {"bce": "binary cross-entropy", "nll": "the logarithm of a probability"}


def torch_trace(step: Step) -> Trace:
    """Every quantity of the step as torch computes it, in the tutorial's layout and convention.

    UndefinedStepError where a prediction lies outside [0, 1], where torch.nn.BCELoss is not defined.
    """
    twin = Twin(step.nn_architecture, step.params_values)
    optimizer = make_optimizer(twin, step)
    X = convert.to_rows(step.X)
    layers = list(twin.layers(X))
    for Z, A in layers:
        Z.retain_grad()
        A.retain_grad()
    cost = twin_cost(layers[-1][1], convert.to_rows(step.Y), step.loss)
    cost.backward()  # type: ignore[no-untyped-call]

    values: dict[str, Array] = {"A0": convert.to_columns(X), "cost": convert.to_columns(cost)}
    for layer_idx, (Z, A) in enumerate(layers, start=1):
        values[names.Z(layer_idx)] = convert.to_columns(Z)
        values[names.A(layer_idx)] = convert.to_columns(A)
        values[names.dZ(layer_idx)] = convert.of_the_sum(convert.gradient_of(Z))
        values[names.dA(layer_idx)] = convert.of_the_sum(convert.gradient_of(A))
    values |= twin.grads_values()
    take_step(optimizer, step)
    after = twin.params_values() | remembered(twin, optimizer, step)
    values |= {names.after(name): value for name, value in after.items()}
    return Trace("torch", step, values, arithmetic="torch")


def make_optimizer(twin: Twin, step: Step) -> torch.optim.Optimizer:
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


def remembered(twin: Twin, optimizer: torch.optim.Optimizer, step: Step) -> Parameters:
    """The optimizer's state after its step, exp_avg.W1 …, in the tutorial's layout."""
    found = {}
    for name, parameter in twin.named().items():
        for key in dict.fromkeys(key.partition(".")[0] for key in step.state):
            value = optimizer.state[parameter][key]
            found[names.kept(key, name)] = convert.as_columns(value) if value.dim() == 1 else convert.weight(value)
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


def torch_epochs(step: Step, batches: Batches = ALL) -> Iterator[Epoch]:
    """The twin, trained without end from the step's weights on its data."""
    twin = Twin(step.nn_architecture, step.params_values)
    optimizer = make_optimizer(twin, step)
    X, Y = convert.to_rows(step.X), convert.to_rows(step.Y)
    for chosen in batches.epochs(len(X)):
        cost, seen = 0.0, []
        for examples in chosen:
            layers = list(twin.layers(X[examples]))
            loss = twin_cost(layers[-1][1], Y[examples], step.loss)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            take_step(optimizer, step)
            cost += loss.item() * len(X[examples]) / len(X)
            seen.append([Z > 0 for Z, _ in layers])
        yield Epoch(
            cost,
            active=[convert.to_columns(torch.cat(layer)) for layer in zip(*seen, strict=True)],
            params_values=twin.params_values(),
            state=remembered(twin, optimizer, step),
            steps=len(chosen),
        )


def torch_evaluation(step: Step, X_test: Array, Y_test: Array) -> Evaluation:
    """Cost and accuracy of the step's weights on the step's data, and accuracy on the test data."""
    twin = Twin(step.nn_architecture, step.params_values)
    with torch.no_grad():
        Y_hat, Y_test_hat = twin(convert.to_rows(step.X)), twin(convert.to_rows(X_test))
        cost = twin_cost(Y_hat, convert.to_rows(step.Y), step.loss).item()
    return evaluation(step, cost, convert.to_columns(Y_hat), convert.to_columns(Y_test_hat), Y_test)


TORCH = Maker(torch_trace, torch_epochs, torch_evaluation)
