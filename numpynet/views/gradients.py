"""A black-box gradient check as text for a person, and as plain data for a program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from numpynet.parity.gradients import GradientReport, describe
from numpynet.printable import counted

STYLES = {"pass": "green", "fail": "bold red", "cannot-judge": "yellow"}


def report_data(report: GradientReport, notes: Sequence[str]) -> dict[str, Any]:
    """The report for `--json`."""
    return {"outcome": report.outcome, "rows": report.rows, "notes": [*report.notes, *notes]}


def print_report(console: Console, report: GradientReport, notes: Sequence[str]) -> None:
    """A line a parameter, what they have in common, and the verdict."""
    for row in report.rows:
        undecided = f", {row.undecided} undecided (a kink, such as ReLU's 0)" if row.undecided else ""
        sample = " of a sample" if row.checked < _size(row.shape) else ""
        right = f"{row.name}: {counted(row.checked - row.undecided, 'element')}{sample} right{undecided}"
        _say(console, right if row.outcome == "pass" else describe(row), STYLES[row.outcome])
    for note in report.notes:
        _say(console, note, "bold")
    for note in notes:
        _say(console, f"Note: {note}", "yellow")
    right_ones = sum(row.outcome == "pass" for row in report.rows)
    _say(console, f"{right_ones} of {len(report.rows)} gradients are right: {report.outcome}", STYLES[report.outcome])


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for axis in shape:
        size *= axis
    return size


def _say(console: Console, sentence: str, style: str = "") -> None:
    console.print(Text(sentence, style=style), soft_wrap=not console.is_terminal)
