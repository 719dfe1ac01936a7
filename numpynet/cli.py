"""The command `numpynet`: the only file that may import every floor, each where it is needed."""

from __future__ import annotations

import contextlib
import os
import platform
import shlex
import shutil
import signal
import sys
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar

import click
import numpy as np

import numpynet
from numpynet import names
from numpynet.activations import ACTIVATIONS
from numpynet.check.contract import CONTRACT
from numpynet.datasets import DATASETS
from numpynet.files import Weights, check_writable, claimed, load_weights, save_weights
from numpynet.losses import LOSSES
from numpynet.memory import Need
from numpynet.problem import HIDDEN, RANDOM_EXAMPLES, Problem, load_problem
from numpynet.training import TRAINING_SEED, dead_layers, training_steps

if TYPE_CHECKING:
    from numpynet.parity.compare import Report
    from numpynet.parity.drift import Drift, Evaluation
    from numpynet.parity.step import Step

Command = TypeVar("Command", bound=Callable[..., Any])
OK, MISMATCH = 0, 1
JUDGED_STEPS = 100
SEEDS_TRIED = 10  # for one with which every tensor has a signal
EXPLAINED, EXAMPLES, PAGE_EXAMPLES = "3", 4, 16  # explain's hidden widths and examples; the most a page shows
EXISTING_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


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


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(numpynet.__version__)
def cli() -> None:
    """A neural network in plain NumPy, beside PyTorch, number by number.

    \b
    Examples:
      numpynet compare                    one training step of both, 42 tensors side by side
      numpynet train --plot moons.svg     train the NumPy network, save its weights and a picture
      numpynet explain --open             what autograd does in one small step, on a page
      numpynet check mine.py              which of your own functions is wrong, and why

    Exit codes: 0 all right, 1 a mismatch was found, 2 the call was wrong, 3 an internal error, 130 interrupted.
    """


def problem_options(hidden: str = HIDDEN) -> Callable[[Command], Command]:
    """The options that say what network on what data; `hidden` are the default widths between input and output."""
    names = ", ".join(DATASETS)
    activations = click.Choice(list(ACTIVATIONS))
    options = [
            click.option("--data", default="moons", show_default=True, metavar="NAME|FILE",
                         help=f"{names}, random, or a .csv (label in the last column) or .npz (X, y) file."),
            click.option("--standardize", is_flag=True,
                         help="Bring features to mean 0, deviation 1 on the training part (breast_cancer always is)."),
            click.option("--layers", metavar="N-N-N", help=f"Widths from input to output.  [default: N-{hidden}-N]"),
            click.option("--activation", type=activations, help="Of the hidden layers.  [default: relu]"),
            click.option("--output", type=activations, help="Activation of the last layer.  [default: sigmoid]"),
            click.option("--dtype", type=click.Choice(["float64", "float32"]), help="[default: float64]"),
            click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=TRAINING_SEED, show_default=True,
                         help="Of the initial weights and of random data."),
            click.option("--learning-rate", type=click.FloatRange(min=0), default=0.01, show_default=True),
    ]  # fmt: skip

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


batch_option = click.option(
    "--batch", type=click.IntRange(min=1), metavar="M",
    help=f"Only the first M training examples.  [default: all; {RANDOM_EXAMPLES} of random data]",
)  # fmt: skip
loss_option = click.option(
    "--loss", type=click.Choice(list(LOSSES)), default="bce", show_default=True,
    help="bce_with_logits takes the last layer's Z itself: it decides what bce cannot near 0 and 1.",
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
    except (ValueError, KeyError, OSError) as error:
        raise click.UsageError(str(error)) from error


@contextlib.contextmanager
def progress_bar(title: str, total: int) -> Iterator[Callable[..., None]]:
    """A function to call with (done, text); it draws on standard error, and only on a terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from numpynet.views.console import make_console

    console = make_console(stderr=True)
    columns = (
        TextColumn(title),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(title, total=total, note="")
        yield lambda done, note="": progress.update(task, completed=done, note=note)


@cli.command()
@problem_options()
@batch_option
@loss_option
@click.option(
    "--steps",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    metavar="K",
    help="K steps, both restarted from the same weights each step; of each tensor the worst is shown.",
)
@click.option(
    "--epochs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Both train freely for N epochs: how far their weights drift; steps on the way are judged.",
)
@click.option(
    "--every",
    type=click.IntRange(min=1),
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
    metavar="FILE.py",
    help="Somebody's own functions in place of numpynet's. The file is run: only one you trust.",
)
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
    weights_file: Path | None,
    html: Path | None,
    as_json: bool,
    learning_rate: float,
    **options: Any,
) -> int:
    """Compare a training step of the NumPy network with PyTorch's, tensor by tensor.

    \b
    Examples:
      numpynet compare
      numpynet compare --data breast_cancer --layers 30-16-1 --dtype float32
      numpynet compare --implementation mine.py
      numpynet compare --epochs 10000 --plot drift.svg
      numpynet compare --html compare.html
    """
    if epochs is not None and steps > 1:
        raise click.UsageError("--steps and --epochs exclude each other: restarted every step, or running freely")
    if epochs is None and (every is not None or plot is not None):
        raise click.UsageError("--every and --plot are about a free run: give --epochs too")
    check_weights_alone(weights_file, options)
    # NumPy's threads and torch's take turns on the same cores: those that wait must not spin
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from numpynet.parity.loader import load_implementation
    from numpynet.parity.step import Step, UndefinedStepError
    from numpynet.parity.trace import ImplementationError, Recorder, loss_argument
    from numpynet.views.console import echo, make_console
    from numpynet.views.json import to_json
    from numpynet.views.terminal import print_drift, print_report

    with wrong_call():
        problem = load(options, load_weights(weights_file) if weights_file else None, Need(copies=20))
        data, start = problem.data, problem.params_values
        step = Step(data.X_train, data.Y_train, start, problem.nn_architecture, learning_rate, options["loss"])
        module = numpynet
        if implementation is not None:
            try:
                module = load_implementation(implementation)
                Recorder(module)  # a missing function is a wrong call, not a mismatch
            except (ImportError, AttributeError) as error:
                raise click.UsageError(str(error)) from error
        loss_argument(step, module)

    run = stopped = None
    with contextlib.redirect_stdout(sys.stderr):  # what a file prints must not end up in the report
        try:
            if epochs:
                run = free_run(step, module, problem, epochs, every or -(-epochs // JUDGED_STEPS), html is not None)
        except ImplementationError as error:
            stopped = f"The free run ended early: {error}"
        except UndefinedStepError as error:
            raise click.UsageError(str(error)) from error
        report = run[0].report if run else judged_steps(step, module, steps, html is not None)
    outcome = "fail" if stopped else report.outcome
    summary = {
        **problem_summary(problem, step, options),
        "steps": run[0].judged if run else steps,
        "implementation": report.numpy_maker,
        "numbers": sum(row.compared for row in report.rows),
        "bit_identical": sum(row.identical for row in report.rows),
        "outcomes": report.outcomes,
        "first_divergence": report.first_divergence.name if report.first_divergence else None,
        "kinks": report.kinks,
        "clamped": report.clamped,
        "saturated": report.saturated,
        "notes": report.notes,
    }
    if report.unproven:
        summary["advice"], summary["seed_with_signal"] = another_start(options, weights_file, learning_rate)
    if html:
        with wrong_call():
            write_comparison(html, step, module, report, summary | {"outcome": outcome, "stopped": stopped}, run)
    if run and plot:
        from numpynet.views.plots import plot_drift

        with wrong_call():
            plot_drift(plot, run[0], str(step.dtype))
    if as_json:
        result = {"outcome": outcome, "dtype": str(step.dtype), "rows": report.rows, "summary": summary}
        if run:
            drifted, final = run
            result["drift"] = {"rows": drifted.rows, "first_relu_flip": drifted.flip, "final": final}
        if stopped:
            result["stopped"] = stopped
        echo(to_json(result))
    else:
        console = make_console()
        print_report(console, report, summary)
        if run:
            print_drift(console, *run)
        if stopped:
            echo(stopped)
        if html:
            echo(f"Page: {html}")
    return OK if outcome == "pass" else MISMATCH


def another_start(options: dict[str, Any], weights_file: Path | None, learning_rate: float) -> tuple[str, int | None]:
    """What to type so that every tensor is compared: a seed among the next ten whose first step is nowhere idle."""
    from numpynet.parity.compare import idle_products
    from numpynet.parity.step import Step
    from numpynet.parity.trace import numpy_trace

    if weights_file is not None:
        return f"Start from other weights than {weights_file}, or from a --seed: here some tensors are 0 anyway.", None
    for seed in range(options["seed"] + 1, options["seed"] + 1 + SEEDS_TRIED):
        problem = load(options | {"seed": seed % 2**32})
        data = problem.data.X_train, problem.data.Y_train
        step = Step(*data, problem.params_values, problem.nn_architecture, learning_rate, options["loss"])
        if not idle_products(step, numpy_trace(step).values):
            return f"With --seed {seed % 2**32} every tensor is compared: try that, too.", seed % 2**32
    return f"None of the next {SEEDS_TRIED} seeds gives every tensor a signal: try wider --layers.", None


def check_weights_alone(weights_file: Path | None, options: dict[str, Any]) -> None:
    """Saved weights say what network they are for."""
    if weights_file is not None and (options["layers"] or options["activation"] or options["output"]):
        raise click.UsageError("--weights brings its own network: leave out --layers, --activation and --output")


def write_comparison(
    html: Path,
    step: Step,
    module: Any,
    report: Report,
    summary: dict[str, Any],
    run: tuple[Drift, dict[str, Evaluation]] | None,
) -> None:
    """The page of a comparison, with the code of both."""
    from numpynet.explain.quantities import descriptions
    from numpynet.explain.sources import numpy_source, torch_source
    from numpynet.views.page import write_compare_page
    from torch_reference import torch_graph

    graph = torch_graph(step)
    sources = {
        row.name: (numpy_source(step, row.name, implementation=module), torch_source(step, graph, row.name))
        for row in report.rows
    }
    write_compare_page(html, report, summary | {"command": command_line()}, sources, descriptions(step), run)


def command_line() -> str:
    """The command as it was typed."""
    return shlex.join(["numpynet", *sys.argv[1:]])


def judged_steps(step: Step, module: Any, steps: int, elements: bool) -> Report:
    """The worst of `steps` steps, each taken by both from the weights torch had after the step before."""
    from numpynet.parity.compare import compare as compare_traces
    from numpynet.parity.compare import worst
    from numpynet.parity.step import UndefinedStepError
    from numpynet.parity.trace import numpy_trace
    from torch_reference import torch_trace

    def reports(step: Step) -> Iterator[Report]:
        for number in range(1, steps + 1):
            try:
                theirs = torch_trace(step)
                yield compare_traces(numpy_trace(step, module), theirs, elements=elements)
                progress(number)
                if number < steps:
                    step = step.starting_from({name: theirs.values[names.after(name)] for name in step.params_values})
            except UndefinedStepError as error:
                raise click.UsageError(f"step {number}: {error}") from error

    with progress_bar("steps", steps) as progress:
        return worst(reports(step))


def free_run(
    step: Step, module: Any, problem: Problem, epochs: int, every: int, elements: bool
) -> tuple[Drift, dict[str, Evaluation]]:
    """Both implementations for `epochs` epochs from the same weights, and where they arrive."""
    from numpynet.parity.compare import compare as compare_traces
    from numpynet.parity.drift import drift, numpy_epochs, numpy_evaluation
    from numpynet.parity.trace import implementation_error, numpy_trace
    from torch_reference import torch_epochs, torch_evaluation, torch_trace

    def judge(step: Step) -> Report:
        return compare_traces(numpy_trace(step, module), torch_trace(step), elements=elements)

    test = problem.data.X_test, problem.data.Y_test
    with progress_bar("epochs", epochs) as progress:
        drifted = drift(step, numpy_epochs(step, module), torch_epochs(step), judge, epochs, every, progress)
    theirs = step.starting_from(drifted.torch_weights)
    with implementation_error(module, f"after {epochs} epochs, a check of the weights"):
        ours = step.starting_from(drifted.numpy_weights)
    return drifted, {"numpy": numpy_evaluation(ours, *test, module), "torch": torch_evaluation(theirs, *test)}


def load(options: dict[str, Any], weights: Weights | None = None, need: Need | None = None) -> Problem:
    """The problem that the common options describe, unless it needs more memory than there is."""
    given = {name: value for name, value in options.items() if value is not None}
    return load_problem(**given, weights=weights, need=need)


def problem_summary(problem: Problem, step: Step, options: dict[str, Any]) -> dict[str, Any]:
    """What was computed, and with what."""
    return {
        "data": options["data"],
        "examples": step.X.shape[1],
        "layers": problem.layers,
        "activations": [layer["activation"] for layer in problem.nn_architecture],
        "learning_rate": step.learning_rate,
        "loss": step.loss,
        "dtype": str(step.dtype),
        **environment(),
    }


def environment() -> dict[str, dict[str, Any]]:
    """Versions and threads of all that has a say in the numbers."""
    import torch
    from threadpoolctl import threadpool_info

    blas = [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]
    return {
        "versions": {
            "numpynet": numpynet.__version__,
            "numpy": np.__version__,
            "torch": torch.__version__,
            "python": platform.python_version(),
        },
        "threads": {"numpy": max(blas, default=1), "torch": torch.get_num_threads()},
    }


@cli.command()
@problem_options(hidden=EXPLAINED)
@click.option(
    "--examples",
    type=click.IntRange(min=1),
    metavar="M",
    help=f"The first M training examples; at most {PAGE_EXAMPLES} on a page.  [default: {EXAMPLES}, or all there are]",
)
@loss_option
@weights_option
@click.option(
    "--node", metavar="NAME", help="Only the steps that make this tensor, or of that name: dW2, ReluBackward0."
)
@click.option("--cell", metavar="NAME[R,C]", help="One element, with every product that goes into it: 'dW2[0,1]'.")
@click.option("--html", type=TargetFile(".html", ".htm"), metavar="FILE.html", help="Write one offline page instead.")
@click.option(
    "--open",
    "open_page",
    is_flag=True,
    help="Open the page in a browser.  [without --html: explain.html, or the next free name]",
)
@json_option  # fmt: skip
def explain(
    examples: int | None,
    weights_file: Path | None,
    node: str | None,
    cell: str | None,
    html: Path | None,
    open_page: bool,
    as_json: bool,
    learning_rate: float,
    **options: Any,
) -> int:
    """Explain what autograd does in one training step, number by number, beside the NumPy code that does the same.

    \b
    Examples:
      numpynet explain
      numpynet explain --node dW2
      numpynet explain --cell 'dW2[0,1]'
      numpynet explain --layers 2-25-50-50-25-1 --html explain.html --open
    """
    if open_page and html is None:
        html = claim(TargetFile(".html").convert("explain.html", None, None))
    if html and (examples or EXAMPLES) > PAGE_EXAMPLES:
        raise click.UsageError(
            f"--examples {examples}: a page shows at most {PAGE_EXAMPLES}, in the terminal any number"
        )
    if (node is not None or cell is not None) and html:
        raise click.UsageError("--node and --cell are for the terminal; on the page, #dW2[0,1] in its address does it")
    if node is not None and cell is not None:
        raise click.UsageError("--node and --cell exclude each other: a step, or one number of it")
    check_weights_alone(weights_file, options)
    from numpynet.explain.lesson import make_lesson
    from numpynet.explain.lookup import find_steps, parse_cell
    from numpynet.parity.step import Step
    from numpynet.views.console import echo, make_console
    from numpynet.views.explain import print_cell, print_lesson
    from numpynet.views.json import to_json
    from numpynet.views.lesson_data import as_data
    from torch_reference import torch_graph, torch_trace

    with wrong_call():
        saved = load_weights(weights_file) if weights_file else None
        need = Need(copies=20, widest=10**6, examples=examples or EXAMPLES)
        problem = load({**options, "hidden": EXPLAINED}, saved, need)
        data = problem.data.first(examples or min(EXAMPLES, problem.data.X_train.shape[1]))
        step = Step(
            data.X_train, data.Y_train, problem.params_values, problem.nn_architecture, learning_rate, options["loss"]
        )
        if html:
            from numpynet.views.page import check_page_size, write_explain_page

            check_page_size(step)
        lesson = make_lesson(step, torch_trace(step), torch_graph(step))
        chosen = find_steps(lesson, node) if node is not None else lesson.steps
        place = parse_cell(lesson, cell) if cell is not None else None
        if place is not None:
            made = lesson.quantities[place[0]].step
            chosen = [] if made is None else [lesson.steps[made]]
        if html:
            write_explain_page(html, lesson, problem_summary(problem, step, options) | {"command": command_line()})
    if as_json:
        echo(to_json(as_data(lesson, chosen, place)))
    elif html:
        echo(f"Page: {html}, {len(lesson.steps)} steps, {lesson.outcome}")
    elif place:
        print_cell(make_console(highlight=False), lesson, *place)
    else:
        print_lesson(make_console(highlight=False), lesson, node)
    if open_page and html:
        webbrowser.open(html.resolve().as_uri())
    return OK if lesson.outcome == "pass" else MISMATCH


@cli.command()
@problem_options()
@batch_option
@click.option("--epochs", type=click.IntRange(min=0), default=10_000, show_default=True, metavar="N")
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
        for epoch, cost, accuracy, params_values in steps:  # noqa: B007
            if not np.isfinite(cost):
                raise diverged(epoch, learning_rate)
            costs.append(cost)
            progress(epoch + 1, f"cost {cost:.5f}, accuracy {accuracy:.4f}")
            if stopping():
                break
    if not all(np.isfinite(value).all() for value in params_values.values()):
        raise diverged(len(costs), learning_rate)
    final = numpy_evaluation(Step(*examples[:2], params_values, nn_architecture), data.X_test, data.Y_test)
    if not np.isfinite(final.cost):
        raise diverged(len(costs), learning_rate)
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
                "Try another --seed, or another --activation."
            )
        echo(f"Weights: {save}" + (f"  Plot: {plot}" if plot else ""))
    if stopping():
        raise KeyboardInterrupt
    return OK


@cli.command()
@click.argument("file", type=EXISTING_FILE)
@click.option(
    "--hint",
    type=click.IntRange(1, 3),
    default=1,
    show_default=True,
    help="2 adds the definition, 3 an example in numbers; never the corrected code.",
)
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="THEIRS=OURS",
    help="A function of the file and the contract's name for it; may be repeated.",
)
@click.option("--class", "class_name", metavar="NAME", help="The class that holds the functions as methods.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=1),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="For the whole file.",
)
@click.option(
    "--isolation",
    type=click.Choice(["auto", "bubblewrap", "plain"]),
    default="auto",
    show_default=True,
    help="bubblewrap: no network, no files, its own processes. plain: limits and a guard inside Python.",
)
@json_option  # fmt: skip
def check(
    file: Path, hint: int, mapping: tuple[str, ...], class_name: str | None, timeout: float, isolation: str,
    as_json: bool,
) -> int:  # fmt: skip
    """Check somebody's own functions (.py or .ipynb): which one is wrong, the evidence, the likely cause.

    Only imports, definitions and constants are run, in a process of its own with limits on time and memory.
    Exit code 1: something is wrong, or the file cannot be loaded.

    \b
    Examples:
      numpynet check mine.py
      numpynet check lab.ipynb --hint 2
      numpynet check theirs.py --map my_update=update --json
    """
    from numpynet.check.grade import grade_file
    from numpynet.check.sandbox import Limits
    from numpynet.views.check import as_data, print_grade
    from numpynet.views.console import echo, make_console
    from numpynet.views.json import to_json

    for part in mapping:
        if part.count("=") != 1 or part.startswith("=") or part.endswith("="):
            raise click.UsageError(f"--map {part}: expected THEIRS=OURS")
    pairs = dict(part.split("=") for part in mapping)
    if len(pairs) < len(mapping):
        raise click.UsageError("--map: one of the file's functions is named twice")
    if not np.isfinite(timeout):
        raise click.UsageError(f"--timeout {timeout}: expected a number of seconds")
    if unknown := [ours for ours in pairs.values() if ours not in CONTRACT]:
        raise click.UsageError(f"--map: {unknown[0]} is none of {', '.join(CONTRACT)}")
    if isolation == "bubblewrap" and shutil.which("bwrap") is None:
        raise click.UsageError("--isolation bubblewrap: bwrap is not installed (Debian: apt install bubblewrap)")
    with progress_bar("checking", len(CONTRACT)) as progress:
        try:
            grade = grade_file(
                file,
                mapping=pairs,
                class_name=class_name,
                limits=Limits(seconds=timeout),
                isolation=isolation,
                progress=lambda function: progress(list(CONTRACT).index(function), function),
            )
        except RuntimeError as error:  # the isolation that was asked for cannot be had
            raise click.UsageError(str(error)) from error
    if as_json:
        echo(to_json(as_data(grade, hint)))
    else:
        print_grade(make_console(highlight=False), grade, hint)
    return OK if grade.outcome == "pass" else MISMATCH


def diverged(epoch: int, learning_rate: float) -> click.UsageError:
    """The error for weights beyond all bounds."""
    return click.UsageError(f"after {epoch} epochs the network is no number: lower --learning-rate {learning_rate:g}")


@contextlib.contextmanager
def asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed: the step under way is finished, so that no weights are half updated."""
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


def claim(path: Path) -> Path:
    """`path`, or the first of path-2, path-3 … that is free, held until the command ends: nothing is overwritten."""
    return click.get_current_context().with_resource(claimed(path))
