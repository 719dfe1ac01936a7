"""`numpynet compare`: a training step of the NumPy network beside PyTorch's."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

import numpynet
from numpynet import names
from numpynet.commands.options import (
    EXISTING_FILE,
    MISMATCH,
    OK,
    CallError,
    TargetFile,
    Whole,
    asked_to_stop,
    batch_option,
    check_target,
    check_weights_alone,
    chosen_optimizer,
    command_line,
    examples_option,
    json_option,
    loss_option,
    optimizer_options,
    problem_of,
    problem_options,
    progress_bar,
    say_what_was_read,
    setting,
    weights_option,
    wrong_call,
)
from numpynet.commands.somebodys import (
    asks_for_reading,
    compared,
    open_file,
    reading_of,
    reading_options,
)
from numpynet.commands.torch_module import chosen_module, problem_with, torch_options
from numpynet.files import load_weights
from numpynet.memory import Need
from numpynet.training import Batches
from numpynet.validation import check_batch

if TYPE_CHECKING:
    from numpynet.parity.run import Comparison, Setting
    from numpynet.parity.step import Step
    from numpynet.problem import Problem
    from torch_reference import ReadModule

JUDGED_STEPS = 100
TORCH_DEFAULT = "torch_default"  # an initializer: what nn.Linear itself draws
FRESH = (
    "At the start of batch norm gamma is 1, beta and the running mean are 0: a factor or a term that somebody forgot "
    "would not show here. With --steps 3 it does."
)
SEEDS_TRIED = 10  # for one with which every tensor has a signal


@click.command()
@problem_options(initializers=[TORCH_DEFAULT])
@examples_option
@batch_option
@loss_option
@optimizer_options
@click.option(
    "--steps",
    type=Whole(min=1),
    default=1,
    show_default=True,
    metavar="K",
    help="K steps, both restarted from the same weights each step; of each tensor the worst is shown.",
)
@click.option(
    "--epochs",
    type=Whole(min=1),
    metavar="N",
    help="Both train freely for N epochs: how far their weights drift; steps on the way are judged.",
)
@click.option(
    "--every",
    type=Whole(min=1),
    metavar="K",
    help=f"With --epochs: judge every Kth step, and the last.  [default: about {JUDGED_STEPS}, spread over the run]",
)
@click.option(
    "--plot",
    type=TargetFile(".svg", ".png"),
    metavar="FILE.svg|png",
    help="With --epochs: draw the drift.",
)
@click.option(
    "--implementation",
    type=EXISTING_FILE,
    metavar="FILE",
    help="Somebody's own functions (.py or .ipynb) in place of numpynet's, in a process of their own.",
)
@reading_options
@torch_options
@weights_option
@click.option(
    "--html",
    type=TargetFile(".html", ".htm"),
    metavar="FILE.html",
    help="Write the result as one offline page, with the code of both beside each tensor.",
)
@json_option  # fmt: skip
def compare(
    steps: int,
    epochs: int | None,
    every: int | None,
    plot: Path | None,
    implementation: Path | None,
    torch_file: str | None,
    state_file: Path | None,
    weights_file: Path | None,
    html: Path | None,
    as_json: bool,
    batch_size: int | None,
    **options: Any,
) -> int:
    """Compare a training step of the NumPy network with PyTorch's, tensor by tensor.

    \b
    Examples:
      numpynet compare
      numpynet compare --data breast_cancer --layers 30-16-1 --dtype float32
      numpynet compare --implementation mine.py
      numpynet compare --implementation theirs.py --class Network --init '[2, 25, 1]' --map my_update=update
      numpynet compare --torch net.py:Net --state net.pt --data digits
      numpynet compare --epochs 10000 --plot drift.svg
      numpynet compare --html compare.html
    """
    if epochs is not None and steps > 1:
        raise click.UsageError("--steps and --epochs exclude each other: restarted every step, or running freely")
    if epochs is None and (every is not None or plot is not None):
        raise click.UsageError("--every and --plot are about a free run: give --epochs too")
    if implementation is None and (about := asks_for_reading(options)):
        raise click.UsageError(f"{about[0]} is about somebody's file: give --implementation FILE too")
    reading = reading_of(options)
    if batch_size is not None and epochs is None:
        raise click.UsageError("--batch-size is about a free run: give --epochs too, or --examples for one step")
    chosen = chosen_optimizer(options)
    check_weights_alone(weights_file, options)
    # NumPy's threads and torch's take turns on the same cores: those that wait must not spin
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from numpynet.parity.step import Step
    from numpynet.parity.trace import loss_argument

    theirs = chosen_module(torch_file, state_file, weights_file, options)
    with wrong_call():
        weights, need = load_weights(weights_file) if weights_file else None, Need(copies=20)
        module: Any = numpynet

        def loaded(options: dict[str, Any]) -> Problem:
            return problem_with(theirs, options, need) if theirs else problem_of(_known(options), weights, need)

        check_target(options)
        problem = loaded(options)
        say_what_was_read(options, problem)
        if implementation is not None:
            from numpynet.check.fit import CannotJudgeError

            brought_by = "--torch" if theirs else "--weights" if weights else ""
            try:
                problem, module = compared(open_file(implementation, reading), problem, options, loaded, brought_by)
            except CannotJudgeError as error:
                return _cannot_judge(str(error), as_json)
        problem, data = _started(problem, options), problem.data
        schedule = chosen.scheduled(epochs or steps)
        step = Step(
            data.X_train, data.Y_train, problem.params_values, problem.nn_architecture,
            schedule.rate(0) if schedule else chosen.learning_rate, problem.loss, chosen.optimizer,
            chosen.hyperparameters, seed=options["seed"], schedule=schedule,
            absent=theirs.absent if theirs else (),
        )  # fmt: skip
        check_batch(problem.nn_architecture, data.X_train.shape[1], batch_size)
        loss_argument(step, module)  # a loss that a file's functions do not know
    batches = Batches(batch_size, options["seed"])
    where = setting(problem, step, options["data"], batches.size, options["initializer"])
    comparison = _compared(step, module, theirs, problem, where, steps, epochs, every, batches, html is not None)
    if comparison.report.unproven:
        advice, seed = _another_start(options, f"those of {theirs.name}" if theirs else weights_file, step)
        comparison = replace(comparison, advice=advice, seed_with_signal=seed)
    elif epochs is None and steps == 1 and _is_fresh(step):
        comparison = replace(comparison, advice=FRESH)
    _write(comparison, step, module, html, plot)
    _show(comparison, html, as_json)
    if comparison.interrupted:
        raise KeyboardInterrupt
    return OK if comparison.outcome == "pass" else MISMATCH


def _is_fresh(step: Step) -> bool:
    """Whether batch norm is where it starts in some layer: γ = 1, β = 0, running mean 0."""
    start = {"gamma": 1, "beta": 0, "running_mean": 0}
    values = step.params_values
    return any((values[name] == start.get(names.kind(name), np.nan)).all() for name in values)


def _known(options: dict[str, Any]) -> dict[str, Any]:
    """The options as the rest of the package knows them: it has no torch to draw from."""
    return options | ({"initializer": None} if options["initializer"] == TORCH_DEFAULT else {})


def _started(problem: Problem, options: dict[str, Any]) -> Problem:
    """With the weights that torch itself draws, where those were asked for."""
    if options["initializer"] != TORCH_DEFAULT:
        return problem
    from torch_reference import torch_default

    start = torch_default(problem.nn_architecture, options["seed"], problem.params_values["W1"].dtype)
    return replace(problem, params_values=start)


def _compared(
    step: Step,
    module: Any,
    theirs: ReadModule | None,
    problem: Problem,
    where: Setting,
    steps: int,
    epochs: int | None,
    every: int | None,
    batches: Batches,
    elements: bool,
) -> Comparison:
    """Judged steps, or a free run; one that breaks ends in the steps that were asked for."""
    from numpynet.parity.run import Comparison, free_run, judged_steps, numpy_maker
    from numpynet.parity.step import UndefinedStepError
    from numpynet.parity.trace import ImplementationError
    from torch_reference import TORCH, ModuleError

    makers, stopped = (numpy_maker(module), theirs.maker if theirs else TORCH), ""
    with contextlib.redirect_stdout(sys.stderr):  # what a file prints must not end up in the report
        try:
            if epochs:
                test = problem.data.X_test, problem.data.Y_test
                every = every or -(-epochs // JUDGED_STEPS)
                with asked_to_stop() as stop, progress_bar("epochs", epochs) as progress:
                    drifted, final = free_run(
                        step, *makers, test, epochs, every, batches, elements=elements, progress=progress, stop=stop
                    )
                    cut_short = stop() and drifted.epochs < epochs
                return Comparison(where, drifted.report, drifted.judged, drifted, final, interrupted=cut_short)
        except ImplementationError as error:
            stopped = f"The free run ended early: {error}"
        except (UndefinedStepError, ModuleError) as error:
            raise CallError(str(error)) from error
        try:
            with progress_bar("steps", steps) as progress:
                report = judged_steps(step, *makers, steps, elements=elements, progress=progress)
        except (UndefinedStepError, ModuleError) as error:
            raise CallError(str(error)) from error
    return Comparison(where, report, steps, stopped=stopped)


def _another_start(options: dict[str, Any], given: str | Path | None, first: Step) -> tuple[str, int | None]:
    """What to type so that every tensor is compared: a seed among the next ten whose first step is nowhere idle."""
    from numpynet.parity.compare import idle_products
    from numpynet.parity.trace import numpy_trace
    from torch_reference import draw

    if given is not None:
        return (
            f"Start from other weights than {given}, or from a --seed: here some tensors are 0 anyway.",
            None,
        )
    for number in range(1, 1 + SEEDS_TRIED):
        seed = (options["seed"] + number) % 2**32
        problem = _started(problem_of(_known(options) | {"seed": seed}), options | {"seed": seed})
        data = problem.data
        step = replace(
            first, X=data.X_train, Y=data.Y_train, params_values=problem.params_values, seed=seed, kept={}
        ).drawn_by(draw)  # fmt: skip
        if not idle_products(step, numpy_trace(step).values):
            return f"With --seed {seed} every tensor is compared: try that, too.", seed
    return f"None of the next {SEEDS_TRIED} seeds gives every tensor a signal: try other --layers or other data.", None


def _write(comparison: Comparison, step: Step, module: Any, html: Path | None, plot: Path | None) -> None:
    """The page, with the code of both, and the picture of the drift."""
    if html:
        from numpynet.explain.quantities import descriptions
        from numpynet.explain.sources import numpy_source, torch_source
        from numpynet.views.page import write_compare_page
        from torch_reference import torch_graph

        graph = torch_graph(step)
        sources = {
            row.name: (numpy_source(step, row.name, implementation=module), torch_source(step, graph, row.name))
            for row in comparison.report.rows
        }
        with wrong_call():
            write_compare_page(html, comparison, sources, descriptions(step), command_line())
    if plot and comparison.drift:
        from numpynet.views.plots import plot_drift

        with wrong_call():
            plot_drift(plot, comparison.drift, comparison.setting.dtype)


def _cannot_judge(why: str, as_json: bool) -> int:
    from numpynet.views.console import echo
    from numpynet.views.json import to_json

    echo(to_json({"outcome": "cannot-judge", "problem": why}) if as_json else f"Cannot judge: {why}")
    return MISMATCH


def _show(comparison: Comparison, html: Path | None, as_json: bool) -> None:
    from numpynet.views.console import echo, make_console
    from numpynet.views.json import comparison_data, to_json
    from numpynet.views.terminal import print_comparison

    if as_json:
        echo(to_json(comparison_data(comparison)))
        return
    print_comparison(make_console(), comparison)
    if html:
        echo(f"Page: {html}")
