"""`numpynet check`: somebody's own functions."""

from __future__ import annotations

import shutil
from pathlib import Path

import click
import numpy as np

from numpynet.check.contract import CONTRACT
from numpynet.commands.options import EXISTING_FILE, MISMATCH, OK, Number, Whole, json_option, progress_bar
from numpynet.sandbox.session import Isolation


@click.command()
@click.argument("file", type=EXISTING_FILE)
@click.option(
    "--hint",
    type=Whole(1, 3),
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
    type=Number(min=1),
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
    file: Path, hint: int, mapping: tuple[str, ...], class_name: str | None, timeout: float, isolation: Isolation,
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
    from numpynet.check.reader import Reading
    from numpynet.sandbox import Limits
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
                Reading(pairs, class_name, None, isolation),
                limits=Limits(seconds=timeout),
                progress=lambda function: progress(list(CONTRACT).index(function), function),
            )
        except RuntimeError as error:  # the isolation that was asked for cannot be had
            raise click.UsageError(str(error)) from error
    if as_json:
        echo(to_json(as_data(grade, hint)))
    else:
        print_grade(make_console(highlight=False), grade, hint)
    return OK if grade.outcome == "pass" else MISMATCH
