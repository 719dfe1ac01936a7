"""Two implementations trained freely from the same weights: how far apart they drift."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

import numpynet
from numpynet.metrics import scores
from numpynet.normalization import update_running
from numpynet.optimizers import optimizer_step
from numpynet.parity.compare import Report, at_step, worse
from numpynet.parity.step import Draw, Step, draw
from numpynet.parity.trace import functions_of, implementation_error, loss_argument, private_copy
from numpynet.training import Batches
from numpynet.types import Array, Parameters
from numpynet.validation import check_parameters

ROWS = 12
ALL = Batches()


@dataclass(frozen=True)
class Epoch:
    """One epoch of one implementation: the mean cost of its steps, Z{l} > 0 of each layer, and the weights after it.

    `active` is None where the implementation keeps its Z out of sight. With the optimizer's state after the epoch, and
    the number of steps that it took; and the learning rate of the next epoch, where there is a schedule.
    """

    cost: float
    active: Sequence[Array] | None
    params_values: Parameters
    state: Parameters = field(default_factory=dict)
    steps: int = 1
    next_rate: float | None = None


@dataclass(frozen=True)
class DriftRow:
    """After `epoch` epochs: the weight that is furthest apart, by how much, and both costs before that epoch's step.

    `max_ulp` is the greatest distance of any weight in units of its last place.
    """

    epoch: int
    name: str
    max_abs: float
    max_ulp: float
    numpy_cost: float
    torch_cost: float


@dataclass(frozen=True)
class Flip:
    """The first epoch at which a ReLU takes different sides of zero in the two, and its layer."""

    epoch: int
    layer: int


@dataclass(frozen=True)
class Evaluation:
    """Weights judged on data: the cost in training, and what the loss's targets are measured by, by name.

    "accuracy", or "r2" and "rmse"; `test` is empty where there are no examples.
    """

    cost: float
    train: Mapping[str, float]
    test: Mapping[str, float]


@dataclass(frozen=True)
class Drift:
    """Of so many epochs a dozen rows, and all that were taken; the first flip, if any; the judged steps; both final
    weights."""

    epochs: int
    rows: Sequence[DriftRow]
    curve: Sequence[DriftRow]
    flip: Flip | None
    report: Report
    judged: int
    numpy_weights: Parameters
    torch_weights: Parameters


def numpy_epochs(
    step: Step, batches: Batches = ALL, draw: Draw = draw, implementation: Any = numpynet
) -> Iterator[Epoch]:
    """An implementation, trained without end from the step's weights by its own functions; dropout keeps what `draw`
    says.

    ImplementationError where one of them raises.
    """
    X, Y, params_values, nn_architecture = private_copy(step)
    forward, cost_of, backward, update = functions_of(implementation).values()
    loss, m = loss_argument(step, implementation), X.shape[1]
    state, t = {name: value.copy() for name, value in step.state.items()}, step.t
    keys = [step.activated(layer_idx) for layer_idx in range(1, len(nn_architecture) + 1)]
    lr = step.learning_rate
    for epoch, chosen in enumerate(batches.epochs(m), start=step.epoch + 1):
        cost, seen, visible = 0.0, [], True
        for columns in chosen:
            X_batch, Y_batch = X[:, columns], Y[:, columns]
            options = {}
            if not step.is_tutorials:
                options = {"kept": draw(nn_architecture, X_batch.shape[1], step.dtype, step.seed, t)}
            with np.errstate(all="ignore"), implementation_error(implementation, "a training step"):
                Y_hat, memory = forward(X_batch, params_values, nn_architecture, **options)
                if options:
                    update_running(params_values, memory, nn_architecture)
                share = X_batch.shape[1] / m
                cost += share * float(np.squeeze(cost_of(Y_hat, Y_batch, **loss)))
                above = _above_zero(memory, keys)
                visible = visible and above is not None
                seen.append(above or [])
                grads_values = backward(Y_hat, Y_batch, memory, params_values, nn_architecture, **loss)
                if step.is_plain:
                    params_values = update(params_values, grads_values, nn_architecture, lr)
                else:
                    optimizer_step(params_values, grads_values, state, t, step.optimizer, **step.hyper | {"lr": lr})
                params_values |= {name: step.params_values[name].copy() for name in step.absent}
                t += 1
                weights = {name: np.array(params_values[name]) for name in step.params_values}
                check_parameters(weights, nn_architecture)
        active = [np.concatenate(layer, axis=1) for layer in zip(*seen, strict=True)] if visible else None
        if step.schedule is not None:
            lr = step.schedule.rate(epoch)
        remembered = {name: value.copy() for name, value in state.items()}
        yield Epoch(cost, active, weights, remembered, len(chosen), lr)


def _above_zero(memory: Any, keys: Sequence[str]) -> list[Array] | None:
    """Z > 0 of each layer, where the memory shows it; None where it does not."""
    if hasattr(memory, "above_zero"):  # in a process of its own
        found = memory.above_zero()
        return [found[name] for name in keys] if all(name in found for name in keys) else None
    if not isinstance(memory, dict) or any(name not in memory for name in keys):
        return None
    return [memory[name] > 0 for name in keys]


def numpy_evaluation(step: Step, X_test: Array, Y_test: Array, implementation: Any = numpynet) -> Evaluation:
    """Cost and accuracy of the step's weights on the step's data, and accuracy on the test data."""
    with np.errstate(all="ignore"), implementation_error(implementation, "the evaluation"):
        X, Y, params_values, nn_architecture = private_copy(step)
        forward, cost_of, *_ = functions_of(implementation).values()
        Y_hat, _ = forward(X, params_values, nn_architecture)
        cost = float(np.squeeze(cost_of(Y_hat, Y, **loss_argument(step, implementation))))
        Y_test_hat, _ = forward(X_test.copy(), params_values, nn_architecture)
        return evaluation(step, cost, Y_hat, Y_test_hat, Y_test)


def evaluation(step: Step, cost: float, Y_hat: Array, Y_test_hat: Array, Y_test: Array) -> Evaluation:
    """Of predictions for the step's examples and for the test's, all (outputs, m)."""
    test = scores(step.loss, Y_test_hat, Y_test) if Y_test.shape[1] else {}
    return Evaluation(cost, scores(step.loss, Y_hat, step.Y), test)


def drift(
    step: Step,
    numpy_run: Iterator[Epoch],
    torch_run: Iterator[Epoch],
    judge: Callable[[Step, Sequence[Any]], Report],
    epochs: int,
    every: int,
    batches: Batches = ALL,
    progress: Callable[[int], object] = lambda epoch: None,
    stop: Callable[[], bool] = lambda: False,
) -> Drift:
    """Run both for `epochs` epochs, or until `stop`.

    `judge` every so many epochs, and the last, from torch's weights and state before it, given its batches.

    The dozen rows are spread evenly on a logarithmic scale; a row is taken at every judged step, too.
    """
    shown = {int(epoch) for epoch in np.rint(np.geomspace(1, epochs, ROWS))}
    curve: list[DriftRow] = []
    flip = report = None
    judged = 0
    order = batches.epochs(step.X.shape[1])
    before, lr, number = (step.params_values, step.state, step.t), step.learning_rate, step.epoch
    for epoch, chosen, ours, theirs in zip(range(1, epochs + 1), order, numpy_run, torch_run, strict=False):
        flip = flip or _flip(step, epoch, ours, theirs)
        is_last = epoch == epochs or stop()
        is_judged = epoch % every == 0 or is_last
        if is_judged:
            start = replace(step, learning_rate=lr, epoch=number, kept={}).starting_from(*before)
            found = at_step(judge(start, chosen), epoch - 1)
            report = found if report is None else worse(report, found)
            judged += 1
        if is_judged or epoch in shown:
            curve.append(_row(epoch, ours, theirs))
        if not is_last:
            step.check_start(theirs.params_values | theirs.state)
            before = theirs.params_values, theirs.state, before[2] + theirs.steps
            lr, number = lr if theirs.next_rate is None else theirs.next_rate, number + 1
        progress(epoch)
        if is_last:
            break
    assert report is not None, "epochs is at least 1"
    rows = [row for row in curve if row.epoch in shown or row.epoch == epoch]
    return Drift(epoch, rows, curve, flip, report, judged, ours.params_values, theirs.params_values)


def _row(epoch: int, ours: Epoch, theirs: Epoch) -> DriftRow:
    apart, ulps = {}, []
    for name, weight in theirs.params_values.items():
        difference = np.abs(ours.params_values[name] - weight)
        apart[name] = float(difference.max())
        last_place = np.spacing(np.maximum(np.abs(ours.params_values[name]), np.abs(weight)).astype(weight.dtype))
        ulps.append(float((difference / last_place).max()))
    name = max(apart, key=lambda name: apart[name])
    return DriftRow(epoch, name, apart[name], max(ulps), ours.cost, theirs.cost)


def _flip(step: Step, epoch: int, ours: Epoch, theirs: Epoch) -> Flip | None:
    layers = zip(step.nn_architecture, ours.active or (), theirs.active or (), strict=False)
    for layer_idx, (layer, mine, other) in enumerate(layers, start=1):
        if layer["activation"] == "relu" and not np.array_equal(mine, other):
            return Flip(epoch, layer_idx)
    return None
