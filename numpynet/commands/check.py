"""`numpynet check`: somebody's own functions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import numpy as np

from numpynet.check.contract import CONTRACT
from numpynet.commands.options import EXISTING_FILE, MISMATCH, OK, Number, Whole, json_option, progress_bar
from numpynet.commands.somebodys import reading_of, reading_options


@click.command()
@click.argument("file", type=EXISTING_FILE)
@click.option(
    "--hint",
    type=Whole(1, 3),
    default=1,
    show_default=True,
    help="2 adds the definition, 3 numbers by hand, and an example as NumPy to copy; never the corrected code.",
)
@reading_options
@click.option(
    "--timeout",
    type=Number(min=1),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="For the whole file.",
)
@json_option  # fmt: skip
def check(file: Path, hint: int, timeout: float, as_json: bool, **options: Any) -> int:
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
    from numpynet.sandbox import Limits
    from numpynet.views.check import as_data, print_grade
    from numpynet.views.console import echo, make_console
    from numpynet.views.json import to_json

    reading = reading_of(options)
    if not np.isfinite(timeout):
        raise click.UsageError(f"--timeout {timeout}: expected a number of seconds")
    with progress_bar("checking", len(CONTRACT)) as progress:
        try:
            grade = grade_file(
                file,
                reading,
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
