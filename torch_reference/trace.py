"""The twin's training steps: torch's forward, torch's autograd, torch's optimizer."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

import torch

from numpynet import names
from numpynet.parity.drift import Epoch, Evaluation, accuracy
from numpynet.parity.run import Maker
from numpynet.parity.step import Step, UndefinedStepError
from numpynet.parity.trace import Trace
from numpynet.types import Array
from torch_reference import convert
from torch_reference.model import LOSSES, Twin


def torch_trace(step: Step) -> Trace:
    """Every quantity of the step as torch computes it, in the tutorial's layout and convention.

    UndefinedStepError where a prediction lies outside [0, 1], where torch.nn.BCELoss is not defined.
    """
    twin = Twin(step.nn_architecture, step.params_values)
    optimizer = torch.optim.SGD(twin.parameters(), lr=step.learning_rate)
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
    optimizer.step()
    values |= {names.after(name): value for name, value in twin.params_values().items()}
    return Trace("torch", step, values, arithmetic="torch")


def twin_cost(Y_hat: torch.Tensor, Y: torch.Tensor, loss: str) -> torch.Tensor:
    """The cost of predictions for labels, both (m, outputs), by torch's own loss of that name."""
    row = LOSSES[loss]
    outside = torch.nonzero(~((Y_hat >= 0) & (Y_hat <= 1)))
    if row.probabilities and len(outside):
        example, output = outside[0].tolist()
        value = Y_hat[example, output].item()
        advice = "lower the learning rate" if isnan(value) else "give the last layer the activation sigmoid"
        raise UndefinedStepError(
            f"torch's prediction for example {example}, output {output} is {value:g}: binary cross-entropy is defined "
            f"from 0 to 1; {advice}"
        )
    return convert.cost(row.module()(Y_hat, Y), Y_hat.shape[1] if row.adds_outputs else 1)


def torch_epochs(step: Step) -> Iterator[Epoch]:
    """The twin, trained without end from the step's weights on its data."""
    twin = Twin(step.nn_architecture, step.params_values)
    optimizer = torch.optim.SGD(twin.parameters(), lr=step.learning_rate)
    X, Y = convert.to_rows(step.X), convert.to_rows(step.Y)
    while True:
        layers = list(twin.layers(X))
        cost = twin_cost(layers[-1][1], Y, step.loss)
        optimizer.zero_grad()
        cost.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        yield Epoch(
            cost=cost.item(),
            active=[convert.to_columns(Z > 0) for Z, _ in layers],
            params_values=twin.params_values(),
        )


def torch_evaluation(step: Step, X_test: Array, Y_test: Array) -> Evaluation:
    """Cost and accuracy of the step's weights on the step's data, and accuracy on the test data."""
    twin = Twin(step.nn_architecture, step.params_values)
    with torch.no_grad():
        Y_hat, Y_test_hat = twin(convert.to_rows(step.X)), twin(convert.to_rows(X_test))
        cost = twin_cost(Y_hat, convert.to_rows(step.Y), step.loss).item()
    columns = convert.to_columns(Y_hat), convert.to_columns(Y_test_hat)
    return Evaluation(cost, accuracy(step, columns[0], step.Y), accuracy(step, columns[1], Y_test))


TORCH = Maker(torch_trace, torch_epochs, torch_evaluation)
