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
    claim,
    json_option,
    load,
    problem_options,
    progress_bar,
    wrong_call,
)
from numpynet.files import Weights, save_weights
from numpynet.losses import LOSSES
from numpynet.network import full_forward_propagation
from numpynet.training import dead_layers, training_steps
from numpynet.types import Architecture, Array, Parameters


@click.command()
@problem_options()
@batch_option
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
    help="Draw the cost and, for two features, the decision boundary.",
)
@json_option  # fmt: skip
def train(
    epochs: int, save: Path | None, plot: Path | None, as_json: bool, learning_rate: float, **options: Any
) -> int:
    """Train the NumPy network by full-batch gradient descent, and save its weights.

    Ctrl-C stops after the step under way and keeps the weights so far.

    \b
    Examples:
      numpynet train --plot moons.svg
      numpynet train --data breast_cancer --layers 30-16-1 --epochs 2000 --save cancer.npz
      numpynet compare --data breast_cancer --weights cancer.npz
    """
    from numpynet.parity.drift import numpy_evaluation
    from numpynet.parity.step import Step
    from numpynet.views.console import echo
    from numpynet.views.json import to_json

    with wrong_call():
        problem = load(options)
        data, nn_architecture, params_values = problem.data, problem.nn_architecture, problem.params_values
        examples = data.X_train, data.Y_train, nn_architecture
        steps = training_steps(*examples, epochs, learning_rate, params_values=params_values)
    costs: list[float] = []
    quiet = np.errstate(over="ignore", invalid="ignore")  # the cost's NaN speaks for itself
    with asked_to_stop() as stopping, progress_bar("training", epochs) as progress, quiet:
        with wrong_call():
            save = save or claim(Path("weights.npz"))  # from here on Ctrl-C finishes the step and keeps the weights
        for epoch, cost, accuracy, params_values in steps:
            if not np.isfinite(cost):
                raise _no_number(epoch, learning_rate, data.X_train, params_values, nn_architecture)
            costs.append(cost)
            progress(epoch + 1, f"cost {cost:.5f}, accuracy {accuracy:.4f}")
            if stopping():
                break
    if not all(np.isfinite(value).all() for value in params_values.values()):
        raise _no_number(len(costs), learning_rate, data.X_train, params_values, nn_architecture)
    final = numpy_evaluation(Step(*examples[:2], params_values, nn_architecture), data.X_test, data.Y_test)
    if not np.isfinite(final.cost):
        raise _no_number(len(costs), learning_rate, data.X_train, params_values, nn_architecture)
    with wrong_call():
        save_weights(save, Weights(params_values, nn_architecture, data.scaler))
        if plot:
            from numpynet.views.plots import plot_training

            plot_training(plot, costs, data, params_values, nn_architecture)
    dead = dead_layers(data.X_train, params_values, nn_architecture)
    if as_json:
        files = {"weights": str(save), "plot": str(plot) if plot else None}
        echo(to_json({"epochs": len(costs), "interrupted": stopping(), "final": final, **files, "costs": costs,
                      "dead_layers": dead}))  # fmt: skip
    else:
        test = "" if final.test_accuracy is None else f", {final.test_accuracy:.4g} in the test"
        echo(
            f"{'Interrupted' if stopping() else 'Finished'} after {len(costs):,} of {epochs:,} epochs: "
            f"cost {final.cost:.4f}, accuracy {final.train_accuracy:.4g} in training{test}."
        )
        for layer_idx in dead:
            echo(
                f"Layer {layer_idx} is dead: every unit's slope is 0 for every example, and no gradient passes it. "
                "Try another --seed, another --activation, or a lower --learning-rate."
            )
        echo(f"Weights: {save}" + (f"  Plot: {plot}" if plot else ""))
    if stopping():
        raise KeyboardInterrupt
    return OK


def _no_number(
    epoch: int, learning_rate: float, X: Array, params_values: Parameters, nn_architecture: Architecture
) -> CallError:
    """The error for a cost that is no number: of predictions that are no probabilities, or of weights beyond bounds."""
    with np.errstate(all="ignore"):
        Y_hat, _ = full_forward_propagation(X, params_values, nn_architecture)
    outside = np.argwhere((Y_hat < 0) | (Y_hat > 1))
    if len(outside) and np.isfinite(Y_hat).all():
        output, example = outside[0]
        return CallError(
            f"after {epoch} epochs the prediction for example {example}, output {output} is "
            f"{Y_hat[output, example]:g}: binary cross-entropy is defined from 0 to 1; give the last layer the "
            f"activation {LOSSES['bce'].output}"
        )
    return CallError(f"after {epoch} epochs the network is no number: lower --learning-rate {learning_rate:g}")
