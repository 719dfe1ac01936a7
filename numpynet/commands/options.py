"""What several commands share: their options, their errors, their progress."""

from __future__ import annotations

import contextlib
import os
import platform
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click
import numpy as np

import numpynet
from numpynet.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS
from numpynet.datasets import DATASETS, TEST_SHARE, description, remarks
from numpynet.files import Weights, check_writable, claimed
from numpynet.initializers import INITIALIZERS
from numpynet.losses import LOSSES
from numpynet.memory import Need
from numpynet.optimizers import OPTIMIZERS
from numpynet.printable import printable, told
from numpynet.problem import HIDDEN, RANDOM_EXAMPLES, Problem, load_problem
from numpynet.schedules import SCHEDULES, Schedule, make_schedule
from numpynet.training import TRAINING_SEED
from numpynet.types import Architecture
from numpynet.validation import check_hyperparameters

if TYPE_CHECKING:
    from numpynet.parity.run import Setting
    from numpynet.parity.step import Step

Command = TypeVar("Command", bound=Callable[..., Any])
OK, MISMATCH = 0, 1
EVERY = 10.0  # seconds between lines on the progress, where there is no terminal to draw on
EXISTING_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


class Whole(click.IntRange):
    """A whole number within limits."""

    name = "whole number"


class Number(click.FloatRange):
    """A number within limits."""

    name = "number"


class CallError(click.ClickException):
    """What was asked for cannot be done: the sentence alone, without how the command is used."""

    exit_code = 2


class TargetFile(click.Path):
    """A file to be written: its folder must be there before hours of work are spent on what goes into it."""

    def __init__(self, *suffixes: str) -> None:
        super().__init__(dir_okay=False, writable=True, path_type=Path)
        self.suffixes = suffixes

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path, or a usage error."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if path.suffix.lower() not in self.suffixes:
            self.fail(f"{str(path)!r}: expected a name that ends in {' or '.join(self.suffixes)}", param, ctx)
        try:
            check_writable(path.parent)
        except OSError as error:
            self.fail(f"{str(path)!r}: cannot write into {str(path.parent)!r}: {error.strerror}", param, ctx)
        return path


def problem_options(hidden: str = HIDDEN, initializers: Sequence[str] = ()) -> Callable[[Command], Command]:
    """The options that say what network on what data; `hidden` are the default widths between input and output.

    `initializers` are known to the command besides those of the table.
    """
    names = ", ".join(DATASETS)
    hidden_activations, activations = click.Choice(HIDDEN_ACTIVATIONS), click.Choice(list(ACTIVATIONS))
    options = [
            click.option("--data", default="moons", show_default=True, metavar="NAME|FILE",
                         help=f"{names}, random, or a .csv (target in the last column) or .npz (X, y) file."),
            click.option("--target", type=click.Choice(["classes", "regression"]),
                         help="What a file's last column holds.  [default: classes]"),
            click.option("--test", type=Number(min=0, max=1, max_open=True), default=TEST_SHARE, show_default=True,
                         metavar="SHARE", help="Of the rows, set aside for the test; 0 keeps all for training."),
            click.option("--standardize", is_flag=True,
                         help="Bring features to mean 0, deviation 1 on the training part (most shipped ones are)."),
            click.option("--layers", metavar="N-N-N", help=f"Widths from input to output.  [default: N-{hidden}-N]"),
            click.option("--activation", type=hidden_activations, help="Of the hidden layers.  [default: relu]"),
            click.option("--output", type=activations, help="Of the last layer.  [default: as the loss takes it]"),
            click.option("--batch-norm", is_flag=True, default=None,
                         help="Batch norm in every hidden layer, before the activation."),
            click.option("--dropout", type=Number(min=0, max=1, max_open=True), metavar="P",
                         help="Drop this share of the activations of every hidden layer in training.  [default: none]"),
            click.option("--initializer", type=click.Choice([*INITIALIZERS, *initializers]),
                         help="Of the weights.  [default: tutorial, 0.1 × standard normal]"),
            click.option("--dtype", type=click.Choice(["float64", "float32"]), help="[default: float64]"),
            click.option("--seed", type=Whole(0, 2**32 - 1), default=TRAINING_SEED, show_default=True,
                         help="Of the initial weights, of random data, of shuffling and of dropout."),
    ]  # fmt: skip

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


examples_option = click.option(
    "--examples", type=Whole(min=1), metavar="M",
    help=f"Only the first M training examples.  [default: all; {RANDOM_EXAMPLES} of random data]",
)  # fmt: skip
batch_option = click.option(
    "--batch-size", type=Whole(min=1), metavar="B",
    help="Steps on B examples each, shuffled from --seed every epoch.  [default: all examples in each step]",
)  # fmt: skip


class Betas(click.ParamType):  # type: ignore[type-arg]
    """Two numbers with a comma between."""

    name = "two numbers"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """(0.9, 0.999) of "0.9,0.999"."""
        try:
            first, second = map(float, value.split(","))
        except ValueError:
            self.fail(f"{value!r}: expected two numbers with a comma between, such as 0.9,0.999", param, ctx)
        return first, second


class ScheduleName(click.ParamType):  # type: ignore[type-arg]
    """A schedule, and its options: step,step_size=30,gamma=0.1."""

    name = "schedule"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """("step", {"step_size": 30, "gamma": 0.1})."""
        name, *rest = value.split(",")
        if name not in SCHEDULES:
            self.fail(f"{name!r}: choose from {', '.join(SCHEDULES)}", param, ctx)
        options: dict[str, Any] = {}
        for one in rest:
            key, _, number = one.partition("=")
            try:
                options[key] = int(number) if number.isdecimal() else float(number)
            except ValueError:
                self.fail(f"{one!r}: expected a name and a number, such as {name},gamma=0.1", param, ctx)
        return name, options


HYPERPARAMETERS = {
    "momentum": (Number(min=0, max=1, max_open=True), "Of sgd: the share of the last step that is taken again."),
    "dampening": (click.FLOAT, "Of sgd with momentum: the share of the gradient that is left out."),
    "nesterov": (None, "Of sgd with momentum: take the momentum once more, as if one had moved already."),
    "weight_decay": (Number(min=0), "L2: so much of each parameter is added to its gradient; adamw: taken off it."),
    "betas": (Betas(), "Of adam and adamw: how much of the means of g and g² is kept."),
    "alpha": (Number(min=0, max=1, max_open=True), "Of rmsprop: how much of the mean of g² is kept."),
    "eps": (Number(min=0), "Of adagrad, rmsprop, adam, adamw: added to the root that is divided by."),
}


def optimizer_options(command: Command) -> Command:
    """The optimizer, its rate and its hyperparameters, by torch's names."""
    options = [
        click.option("--optimizer", type=click.Choice(list(OPTIMIZERS)), default="sgd", show_default=True),
        click.option("--learning-rate", type=Number(min=0), metavar="LR",
                     help=f"[default: {DEFAULT_RATES}]"),
        click.option("--schedule", type=ScheduleName(), metavar="NAME[,OPTION=X]",
                     help="What the rate does from epoch to epoch, with torch's options: "
                     "constant; step,step_size=30,gamma=0.1; exponential,gamma=0.99; cosine,T_max=N; "
                     "warmup,total_iters=5. A training takes all its epochs for T_max.  [default: constant]"),
        *(
            click.option(f"--{name.replace('_', '-')}", is_flag=True, default=None, help=words) if kind is None
            else click.option(f"--{name.replace('_', '-')}", type=kind, metavar="B1,B2" if name == "betas" else "X",
                              help=words)
            for name, (kind, words) in HYPERPARAMETERS.items()
        ),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


DEFAULT_RATES = ", ".join(f"{name} {row.defaults['lr']:g}" for name, row in OPTIMIZERS.items())


class Chosen(NamedTuple):
    """The optimizer that was asked for, and the schedule of its rate."""

    optimizer: str
    learning_rate: float
    hyperparameters: dict[str, Any]
    schedule: str | None
    schedule_options: dict[str, Any]

    def scheduled(self, epochs: int | None = None) -> Schedule | None:
        """The schedule of a training that takes so many epochs; a usage error where it lacks something."""
        if self.schedule is None:
            return None
        try:
            return make_schedule(self.schedule, self.learning_rate, self.schedule_options, epochs)
        except (ValueError, KeyError) as error:
            raise click.UsageError(f"--schedule: {error}") from error


def chosen_optimizer(options: dict[str, Any]) -> Chosen:
    """Taken out of the options; torch's defaults for what was not given. A usage error for what it does not have."""
    optimizer, rate = options.pop("optimizer"), options.pop("learning_rate")
    given = {name: options.pop(name) for name in HYPERPARAMETERS}
    given = {name: value for name, value in given.items() if value is not None}
    try:
        check_hyperparameters(optimizer, given)
    except (ValueError, KeyError) as error:
        raise click.UsageError(str(error)) from error
    schedule, schedule_options = options.pop("schedule") or (None, {})
    rate = OPTIMIZERS[optimizer].defaults["lr"] if rate is None else rate
    return Chosen(optimizer, rate, given, schedule, schedule_options)


loss_option = click.option(
    "--loss", type=click.Choice(list(LOSSES)),
    help="[default: bce of two classes, cross_entropy of more, mse of numbers]  cross_entropy and bce_with_logits take "
    "the last layer's Z itself, nll the probabilities of a softmax.",
)  # fmt: skip
weights_option = click.option(
    "--weights", "weights_file", type=EXISTING_FILE, metavar="FILE.npz",
    help="Start from the network and weights that `numpynet train` saved.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@contextlib.contextmanager
def wrong_call() -> Iterator[None]:
    """What the checks at the door raise is a mistake in the call."""
    try:
        yield
    except OSError as error:
        raise CallError(told(error)) from error
    except (ValueError, KeyError) as error:
        raise CallError(str(error)) from error


@contextlib.contextmanager
def progress_bar(title: str, total: int) -> Iterator[Callable[..., None]]:
    """A function to call with (done, text). On standard error: a bar on a terminal, elsewhere a line now and then.

    What is printed meanwhile belongs into a third argument, a function without any: the bar makes room for it.
    """
    from numpynet.views.console import make_console

    console = make_console(stderr=True)
    with _bar(console, title, total) if console.is_terminal else _lines(title, total) as progress:
        yield progress


@contextlib.contextmanager
def _bar(console: Any, title: str, total: int) -> Iterator[Callable[..., None]]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn(title),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=total, note="")

        def advance(done: int, note: str = "", aside: Callable[[], object] | None = None) -> None:
            if aside is not None and console.is_interactive:
                bar.stop()
                aside()
                bar.start()
            elif aside is not None:
                aside()
            bar.update(task, completed=done, note=note)

        yield advance


@contextlib.contextmanager
def _lines(title: str, total: int) -> Iterator[Callable[..., None]]:
    """A line every ten seconds, by a thread of its own: a step may take longer than that."""
    ended, now = threading.Event(), {"done": 0, "note": ""}

    def say() -> None:
        while not ended.wait(EVERY):
            note = f", {now['note']}" if now["note"] else ""
            click.echo(f"{title}: {now['done']:,} of {total:,}{note}", err=True)

    def advance(done: int, note: str = "", aside: Callable[[], object] | None = None) -> None:
        if aside is not None:
            aside()
        now.update(done=done, note=note)

    threading.Thread(target=say, daemon=True).start()
    try:
        yield advance
    finally:
        ended.set()


@contextlib.contextmanager
def asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed: the step under way is finished, so that nothing is left half done."""
    pressed = False

    def press(signal_number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a second Ctrl-C does not wait

    before = signal.signal(signal.SIGINT, press)
    try:
        yield lambda: pressed
    finally:
        signal.signal(signal.SIGINT, before)


def check_weights_alone(weights_file: Path | None, options: dict[str, Any]) -> None:
    """Saved weights say what network they are for."""
    theirs = ("layers", "activation", "output", "batch_norm", "dropout", "initializer")
    if weights_file is not None and any(options[name] is not None for name in theirs):
        every = [f"--{name.replace('_', '-')}" for name in theirs]
        raise click.UsageError(f"--weights brings its own network: leave out {', '.join(every[:-1])} and {every[-1]}")


def problem_of(options: dict[str, Any], weights: Weights | None = None, need: Need | None = None) -> Problem:
    """The problem that the common options describe."""
    given = {name: value for name, value in options.items() if value is not None}
    return load_problem(**given, weights=weights, need=need)


def load(options: dict[str, Any], weights: Weights | None = None, need: Need | None = None) -> Problem:
    """The same, unless it needs more memory than there is; of a file is said what was read."""
    check_target(options)
    problem = problem_of(options, weights, need)
    say_what_was_read(options, problem)
    return problem


def check_target(options: dict[str, Any]) -> None:
    """--target is about a file."""
    if options.get("target") and (options["data"] in DATASETS or options["data"] == "random"):
        raise click.UsageError(f"--target says what a file's last column holds; {options['data']} is no file")


def say_what_was_read(options: dict[str, Any], problem: Problem) -> None:
    """Of a file, on standard error: what was read, and what may be wrong with it."""
    if options["data"] not in DATASETS and options["data"] != "random":
        name = printable(options["data"])
        click.echo(f"{name}: {description(problem.data)}", err=True)
        for remark in remarks(problem.data):
            click.echo(f"{name}: {remark}", err=True)


def claim(path: Path) -> Path:
    """`path`, or the first of path-2, path-3 … that is free, held until the command ends: nothing is overwritten."""
    return click.get_current_context().with_resource(claimed(path))


def command_line() -> str:
    """The command as it was typed."""
    return shlex.join(["numpynet", *sys.argv[1:]])


def layer_options(nn_architecture: Architecture) -> dict[str, Any]:
    """What the layers have that the tutorial's have not: one value where every hidden layer has it, else a list."""
    found: dict[str, Any] = {}
    for name in ("batch_norm", "dropout"):
        values = [layer.get(name) for layer in nn_architecture]
        if any(values):
            alike = len(set(values[:-1])) == 1 and not values[-1]
            found[name] = values[0] if alike else values
    return found


def schedule_told(step: Step) -> dict[str, Any]:
    """The schedule by name, with its options."""
    return {} if step.schedule is None else {"schedule": {"name": step.schedule.name, **step.schedule.options}}


def setting(
    problem: Problem, step: Step, data: str, batch_size: int | None = None, initializer: str | None = None
) -> Setting:
    """What is computed; versions and threads of all that has a say in the numbers."""
    import torch
    from threadpoolctl import threadpool_info

    from numpynet.parity.run import Setting

    blas = [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]
    return Setting(
        data=data,
        examples=step.X.shape[1],
        layers=problem.layers,
        activations=[layer["activation"] for layer in problem.nn_architecture],
        learning_rate=step.learning_rate,
        optimizer=step.optimizer,
        hyperparameters=step.hyperparameters,
        batch_size=batch_size,
        loss=step.loss,
        dtype=str(step.dtype),
        options=layer_options(problem.nn_architecture)
        | schedule_told(step)
        | ({"initializer": initializer} if initializer else {}),
        versions={
            "numpynet": numpynet.__version__,
            "numpy": np.__version__,
            "torch": torch.__version__,
            "python": platform.python_version(),
        },
        threads={"numpy": max(blas, default=1), "torch": torch.get_num_threads()},
    )
