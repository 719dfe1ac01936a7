"""`numpynet check` on a folder, or on several files."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from numpynet.commands.options import MISMATCH, OK, asked_to_stop, command_line, progress_bar, wrong_call
from numpynet.printable import counted, printable

if TYPE_CHECKING:
    from numpynet.check.folder import Checked, Conductor
    from numpynet.check.reader import Reading
    from numpynet.check.record import Record
    from numpynet.sandbox import Limits
    from numpynet.sandbox.session import Isolation


def check_folder(
    given: Sequence[Path], reading: Reading, limits: Limits, jobs: int, resume: Path | None, json_hint: int | None
) -> int:
    """A line a file and the summary; with the hint level of `--json` one object instead. The exit code.

    After Ctrl-C the same of what was finished, and how to go on; KeyboardInterrupt then.
    """
    from numpynet.check.folder import summed
    from numpynet.views.check_folder import Lines, as_data
    from numpynet.views.console import echo, make_console
    from numpynet.views.json import to_json

    conductor = _conductor(given, reading, limits, resume)
    names = [one.name for one in conductor.submissions]
    lines = Lines(make_console(highlight=False), names)
    with asked_to_stop() as stopping:
        checked = _checked(conductor, jobs, stopping, (lambda one: None) if json_hint else lines.say)
    summary = summed(checked, len(names), conductor.taken)
    if json_hint:
        echo(to_json(as_data(checked, summary, json_hint)))
    else:
        lines.say_summary(summary)
    if summary.not_run:
        _say(_how_to_go_on(resume))
        raise KeyboardInterrupt
    return OK if summary.right == summary.files else MISMATCH


def _conductor(given: Sequence[Path], reading: Reading, limits: Limits, resume: Path | None) -> Conductor:
    """The files that are meant, and what is known of them; what is left out or taken over is said."""
    from numpynet.check.folder import Conductor
    from numpynet.check.gather import gather, links_told

    with wrong_call():
        gathered = gather(given)
    if gathered.links:
        _say(links_told(gathered.links))
    reading = _isolated(reading)
    record = None if resume is None else _record(resume, reading, limits)
    conductor = Conductor(gathered.submissions, reading, limits, record)
    if conductor.taken:
        number = counted(len(gathered.submissions), "file")
        _say(f"{conductor.taken} of {number} taken from {resume}: unchanged, and not run again")
    return conductor


def _checked(
    conductor: Conductor, jobs: int, stopping: Callable[[], bool], show: Callable[[Checked], object]
) -> list[Checked]:
    """All that comes, each shown as it comes."""
    checked, done = [], 0

    def advance(finished: int) -> None:
        nonlocal done
        done = finished
        progress(done)

    with (
        progress_bar("checking", len(conductor.submissions) - conductor.taken) as progress,
        contextlib.closing(conductor.check(jobs, stopping, advance)) as results,
    ):
        for one in results:
            checked.append(one)
            progress(done, "", lambda one=one: show(one))
    return checked


def _isolated(reading: Reading) -> Reading:
    """With the isolation that there is, found out once; a usage error where it cannot be had."""
    from numpynet.sandbox.launch import choose_isolation

    try:
        found = choose_isolation(reading.isolation)
    except RuntimeError as error:
        raise click.UsageError(str(error)) from error
    return replace(reading, isolation=cast("Isolation", found))


def _record(path: Path, reading: Reading, limits: Limits) -> Record:
    """What the file keeps, and of what it does not."""
    from numpynet.check.record import Record, options_told
    from numpynet.sandbox.launch import TRUSTED

    if reading.isolation == TRUSTED:
        raise click.UsageError(
            "--resume knows a file by its content, and with --trust it may use others: leave one of them out"
        )
    with wrong_call():
        record = Record(path, options_told(reading, limits))
    for number in record.damaged[:-1] if record.cut else record.damaged:
        _say(f"{path}: line {number} cannot be read and is left alone")
    if record.cut:
        _say(f"{path}: the last line was cut off and is left alone; its file is checked again")
    return record


def _how_to_go_on(resume: Path | None) -> str:
    if resume is not None:
        return f"what is finished is in {resume}; to go on: {command_line()}"
    return f"nothing was kept; a run with --resume can go on where it stopped: {command_line()} --resume grades.jsonl"


def _say(sentence: str) -> None:
    click.echo(printable(sentence), err=True)
