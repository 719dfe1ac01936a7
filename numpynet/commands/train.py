"""`numpynet train`: the NumPy network, trained and saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import numpy as np

from numpynet.commands.options import (
    OK,
    CallError,
    TargetFile,
    Whole,
    asked_to_stop,
    batch_option,
    chosen_optimizer,
    claim,
    examples_option,
    json_option,
    load,
    loss_option,
    optimizer_options,
    problem_options,
    progress_bar,
    wrong_call,
)
from numpynet.files import Weights, save_weights
from numpynet.losses import LOSSES
from numpynet.network import full_forward_propagation
from numpynet.problem import Problem
from numpynet.training import dead_layers, training_steps, troubles
from numpynet.types import Parameters


@click.command()
@problem_options()
@examples_option
@batch_option
@loss_option
@optimizer_options
@click.option("--epochs", type=Whole(min=0), default=10_000, show_default=True, metavar="N")
@click.option(
    "--save",
    type=TargetFile(".npz"),
    metavar="FILE.npz",
    help="Where the weights go.  [default: weights.npz, or the next free weights-2.npz, weights-3.npz, ...]",
)
@click.option(
    "--plot",
    type=TargetFile(".svg", ".png"),
    metavar="FILE.svg|png",
    help="Draw the cost and, for two features and two classes, the decision boundary.",
)
@json_option  # fmt: skip
def train(
    epochs: int, save: Path | None, plot: Path | None, as_json: bool, batch_size: int | None, **options: Any
) -> int:
    """Train the NumPy network, and save its weights.

    Ctrl-C stops after the epoch under way and keeps the weights so far.

    \b
    Examples:
      numpynet train --plot moons.svg
      numpynet train --data digits --layers 64-32-10 --optimizer adam --batch-size 32 --epochs 60
      numpynet train --data mine.csv --target regression --optimizer adam --standardize
      numpynet predict --weights weights.npz new.csv
    """
    from numpynet.parity.drift import numpy_evaluation
    from numpynet.parity.step import Step
    from numpynet.views.console import echo
    from numpynet.views.json import evaluation_data, to_json
    from numpynet.views.words import arrived

    chosen = chosen_optimizer(options)
    with wrong_call():
        problem = load(options)
        data, nn_architecture, params_values = problem.data, problem.nn_architecture, problem.params_values
        examples = data.X_train, data.Y_train, nn_architecture
        steps = training_steps(
            *examples, epochs, chosen.learning_rate, params_values=params_values, loss=problem.loss,
            optimizer=chosen.optimizer, batch_size=batch_size, seed=options["seed"], schedule=chosen.schedule,
            schedule_options=chosen.schedule_options, **chosen.hyperparameters,
        )  # fmt: skip
    costs: list[float] = []
    quiet = np.errstate(all="ignore")  # the cost's NaN speaks for itself
    with asked_to_stop() as stopping, progress_bar("training", epochs) as progress, quiet:
        with wrong_call():
            save = save or claim(Path("weights.npz"))  # from here on Ctrl-C finishes the epoch and keeps the weights
        for epoch, cost, accuracy, params_values in steps:
            if not np.isfinite(cost):
                raise _no_number(epoch, chosen.learning_rate, problem, params_values)
            costs.append(cost)
            progress(epoch + 1, f"cost {cost:.5f}" + ("" if np.isnan(accuracy) else f", accuracy {accuracy:.4f}"))
            if stopping():
                break
    if not all(np.isfinite(value).all() for value in params_values.values()):
        raise _no_number(len(costs), chosen.learning_rate, problem, params_values)
    step = Step(*examples[:2], params_values, nn_architecture, loss=problem.loss)
    final = numpy_evaluation(step, data.X_test, data.Y_test)
    if not np.isfinite(final.cost):
        raise _no_number(len(costs), chosen.learning_rate, problem, params_values)
    with wrong_call():
        save_weights(save, Weights(params_values, nn_architecture, data.scaler, problem.loss, data.classes))
        if plot:
            from numpynet.views.plots import plot_training

            plot_training(plot, costs, problem, params_values)
    dead = dead_layers(data.X_train, params_values, nn_architecture)
    said = troubles(data.X_train, data.Y_train, params_values, nn_architecture, problem.loss) if costs else []
    if as_json:
        files = {"weights": str(save), "plot": str(plot) if plot else None}
        echo(to_json({"epochs": len(costs), "interrupted": stopping(), "final": evaluation_data(final), **files,
                      "costs": costs, "dead_layers": dead, "troubles": said}))  # fmt: skip
    else:
        echo(
            f"{'Interrupted' if stopping() else 'Finished'} after {len(costs):,} of {epochs:,} epochs: "
            f"cost {final.cost:.4f}, {arrived(final)}."
        )
        for sentence in said:
            echo(sentence)
        echo(f"Weights: {save}" + (f"  Plot: {plot}" if plot else ""))
    if stopping():
        raise KeyboardInterrupt
    return OK


def _no_number(epoch: int, learning_rate: float, problem: Problem, params_values: Parameters) -> CallError:
    """The error for a cost that is no number: of predictions that are no probabilities, or of weights beyond bounds."""
    with np.errstate(all="ignore"):
        Y_hat, _ = full_forward_propagation(problem.data.X_train, params_values, problem.nn_architecture)
    outside = np.argwhere((Y_hat < 0) | (Y_hat > 1))
    if problem.loss == "bce" and len(outside) and np.isfinite(Y_hat).all():
        output, example = outside[0]
        return CallError(
            f"after {epoch} epochs the prediction for example {example}, output {output} is "
            f"{Y_hat[output, example]:g}: binary cross-entropy is defined from 0 to 1; give the last layer the "
            f"activation {LOSSES['bce'].output}"
        )
    if problem.loss == "nll" and np.isfinite(Y_hat).all():
        return CallError(
            f"after {epoch} epochs the probability of a label is 0 and its logarithm infinite: take the loss "
            "cross_entropy"
        )
    return CallError(f"after {epoch} epochs the network is no number: lower --learning-rate {learning_rate:g}")
