"""`numpynet explain`: one training step, taken apart."""

from __future__ import annotations

import contextlib
import sys
import webbrowser
from pathlib import Path
from typing import Any

import click

from numpynet.commands.options import (
    MISMATCH,
    OK,
    TargetFile,
    Whole,
    check_target,
    check_weights_alone,
    chosen_optimizer,
    claim,
    command_line,
    json_option,
    load,
    loss_option,
    optimizer_options,
    problem_options,
    say_what_was_read,
    setting,
    weights_option,
    wrong_call,
)
from numpynet.commands.torch_module import chosen_module, problem_with, torch_options
from numpynet.files import load_weights
from numpynet.memory import Need

EXPLAINED, EXAMPLES, PAGE_EXAMPLES = "3", 4, 16  # hidden widths and examples; the most a page shows


@click.command()
@problem_options(hidden=EXPLAINED)
@click.option(
    "--examples",
    type=Whole(min=1),
    metavar="M",
    help=f"The first M training examples; at most {PAGE_EXAMPLES} on a page.  [default: {EXAMPLES}, or all there are]",
)
@loss_option
@optimizer_options
@torch_options
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
    torch_file: str | None,
    state_file: Path | None,
    weights_file: Path | None,
    node: str | None,
    cell: str | None,
    html: Path | None,
    open_page: bool,
    as_json: bool,
    **options: Any,
) -> int:
    """Explain what autograd does in one training step, number by number, beside the NumPy code that does the same.

    \b
    Examples:
      numpynet explain
      numpynet explain --node dW2
      numpynet explain --cell 'dW2[0,1]'
      numpynet explain --layers 2-25-50-50-25-1 --html explain.html --open
      numpynet explain --torch net.py:Net --state net.pt

    With --torch the numbers are those of your module's own step; the graph is that of the same network as torch.nn,
    with its weights, on which your module was read: only views, which change no number, are not in it.
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
    chosen = chosen_optimizer(options)
    check_weights_alone(weights_file, options)
    from numpynet.explain.lesson import make_lesson
    from numpynet.explain.lookup import find_steps, parse_cell
    from numpynet.parity.step import Step
    from numpynet.views.console import echo, make_console
    from numpynet.views.explain import print_cell, print_lesson
    from numpynet.views.json import to_json
    from numpynet.views.lesson_data import as_data
    from torch_reference import draw, run_experiments, torch_graph, torch_trace

    theirs = chosen_module(torch_file, state_file, weights_file, options)
    with wrong_call(), contextlib.redirect_stdout(sys.stderr) if theirs else contextlib.nullcontext():
        need = Need(copies=20, widest=10**6, examples=examples or EXAMPLES)
        if theirs is not None:
            check_target(options)
            problem = problem_with(theirs, options, need)
            say_what_was_read(options, problem)
        else:
            saved = load_weights(weights_file) if weights_file else None
            problem = load({**options, "hidden": EXPLAINED}, saved, need)
        data = problem.data.first(examples or min(EXAMPLES, problem.data.X_train.shape[1]))
        schedule = chosen.scheduled()
        step = Step(
            data.X_train, data.Y_train, problem.params_values, problem.nn_architecture,
            schedule.rate(0) if schedule else chosen.learning_rate, problem.loss, chosen.optimizer,
            chosen.hyperparameters, seed=options["seed"], schedule=schedule,
            absent=theirs.absent if theirs else (),
        ).drawn_by(draw)  # fmt: skip
        if html:
            from numpynet.views.page import check_page_size, write_explain_page

            check_page_size(step)
        graph = torch_graph(step)
        trace = theirs.trace(step) if theirs else torch_trace(step)
        lesson = make_lesson(step, trace, graph, run_experiments(step, graph))
        told = find_steps(lesson, node) if node is not None else lesson.steps
        place = parse_cell(lesson, cell) if cell is not None else None
        if place is not None:
            made = lesson.quantities[place[0]].step
            told = [] if made is None else [lesson.steps[made]]
        if html:
            write_explain_page(
                html,
                lesson,
                setting(problem, step, options["data"], initializer=options["initializer"]),
                command_line(),
            )
    if as_json:
        echo(to_json(as_data(lesson, told, place)))
    elif html:
        echo(f"Page: {html}, {len(lesson.steps)} steps, {lesson.outcome}")
    elif place:
        print_cell(make_console(highlight=False), lesson, *place)
    else:
        print_lesson(make_console(highlight=False), lesson, node)
    if open_page and html:
        webbrowser.open(html.resolve().as_uri())
    return OK if lesson.outcome == "pass" else MISMATCH
