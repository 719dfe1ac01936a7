"""`numpynet check`: somebody's own functions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from numpynet.check.contract import OPERATIONS
from numpynet.commands.check_folder import check_folder
from numpynet.commands.options import MISMATCH, OK, Number, TargetFile, Whole, json_option, progress_bar
from numpynet.commands.somebodys import reading_of, reading_options

if TYPE_CHECKING:
    from numpynet.check.reader import Reading


@click.command()
@click.argument(
    "files",
    type=click.Path(exists=True, readable=True, path_type=Path),
    nargs=-1,
    required=True,
    metavar="FILE|FOLDER…",
)
@click.option(
    "--hint",
    type=Whole(1, 3),
    default=1,
    show_default=True,
    help="Of a course's function 2 adds the definition, and 3 numbers by hand; 3 prints the example as NumPy to copy, "
    "that of a class, too. Never the corrected code.",
)
@reading_options
@click.option(
    "--timeout",
    type=Number(min=1),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="For the whole file; of several for each.",
)
@click.option(
    "--jobs",
    type=Whole(1, 64),
    default=2,
    show_default=True,
    help="How many of several files are checked at a time: not more than there are processors, for --timeout goes by "
    "the clock.",
)
@click.option(
    "--resume",
    type=TargetFile(".jsonl"),
    metavar="FILE.jsonl",
    help="Keep every grade there, and take from there those of files that have not changed.",
)
@json_option  # fmt: skip
def check(
    files: tuple[Path, ...], hint: int, timeout: float, jobs: int, resume: Path | None, as_json: bool, **options: Any
) -> int:
    """Check somebody's own functions (.py or .ipynb): which one is wrong, the evidence, the likely cause.

    Only imports, definitions and constants are run, in a process of its own with limits on time and memory.
    Of a folder, or several files, each is checked as if it were alone: a line a file, and what fails most.
    Exit code 1: something is wrong, cannot be judged, or cannot be loaded.

    \b
    Examples:
      numpynet check mine.py
      numpynet check lab.ipynb --hint 2
      numpynet check theirs.py --map my_update=update --json
      numpynet check students/ --resume grades.jsonl
    """
    from numpynet.sandbox import Limits

    reading = reading_of(options)
    if not np.isfinite(timeout):
        raise click.UsageError(f"--timeout {timeout}: expected a number of seconds")
    if len(files) > 1 or files[0].is_dir() or resume is not None:
        return check_folder(files, reading, Limits(seconds=timeout), jobs, resume, hint if as_json else None)
    return _check_one(files[0], reading, timeout, hint, as_json)


def _check_one(file: Path, reading: Reading, timeout: float, hint: int, as_json: bool) -> int:
    """One file, with the evidence and all that is to be said of it."""
    from numpynet.check.grade import grade_file
    from numpynet.sandbox import Limits
    from numpynet.views.check import as_data, print_grade
    from numpynet.views.console import echo, make_console
    from numpynet.views.json import to_json

    with progress_bar("checking", len(OPERATIONS)) as progress:
        try:
            grade = grade_file(
                file,
                reading,
                limits=Limits(seconds=timeout),
                progress=lambda function: progress(list(OPERATIONS).index(function), function),
            )
        except RuntimeError as error:  # the isolation that was asked for cannot be had
            raise click.UsageError(str(error)) from error
    if as_json:
        echo(to_json(as_data(grade, hint)))
    else:
        print_grade(make_console(highlight=False), grade, hint)
    return OK if grade.outcome == "pass" else MISMATCH
