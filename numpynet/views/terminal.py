"""A comparison as tables and sentences for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from numpynet.parity.compare import WRONG, Outcome, Row
from numpynet.parity.run import Comparison
from numpynet.printable import counted
from numpynet.views.words import (
    NARROWEST,
    cells,
    drift_cells,
    drift_sentences,
    explanations,
    first_sentence,
    layers_told,
    optimizer_told,
    verdict,
)

COLUMNS = (
    "name",
    "shape",
    "|diff|",
    "where",
    "NumPy",
    "torch",
    "allowed",
    "ratio",
    "ulp",
    "op NumPy",
    "op torch",
    "verdict",
)
GIVEN_UP_FIRST = ("ulp", "op torch", "op NumPy", "shape", "where", "torch", "NumPy", "allowed", "|diff|", "ratio")
LEFT = ("name", "shape", "where", "verdict")
UNLIMITED = 1000
HOW_TO_READ = (
    "Of each tensor the element with the greatest ratio is shown: |diff| is the difference there, allowed what "
    "rounding can make, ratio = |diff| / allowed; above 1 it is more than rounding. > marks the first row that fails."
)


def print_comparison(console: Console, comparison: Comparison) -> None:
    """The table and how to read it, a sentence for every outcome that is not pass, the summary, and the drift."""
    report = comparison.report
    table = [
        cells(row) | {"name": f"> {row.name}" if row is report.first_divergence else f"  {row.name}"}
        for row in report.rows
    ]
    _print_table(console, table, COLUMNS, GIVEN_UP_FIRST, [_style(row) for row in report.rows])
    _say(console, HOW_TO_READ, "dim")
    sentences = explanations(report)
    if Outcome.IDLE in sentences:
        _say(console, sentences.pop(Outcome.IDLE), "red" if report.unproven else "yellow")
    first = first_sentence(report, comparison.steps)
    if first is not None:
        _say(console, first, "bold red")
    for outcome, sentence in sentences.items():
        _say(console, sentence, _style(next(row for row in report.rows if row.outcome == outcome)))
    if comparison.advice:
        _say(console, comparison.advice, "yellow")
    for note in report.notes:
        _say(console, f"Note: {note}", "yellow")
    _say(console, verdict(comparison), "bold red" if report.outcome == "fail" else "green")
    _print_setting(console, comparison)
    if comparison.drift is not None:
        rows = drift_cells(comparison.drift)
        _print_table(console, rows, tuple(rows[0]), ("torch cost", "NumPy cost", "max ulp", "in"))
        for sentence in drift_sentences(comparison):
            _say(console, sentence)
    if comparison.stopped:
        _say(console, comparison.stopped)


def _print_setting(console: Console, comparison: Comparison) -> None:
    where, versions = comparison.setting, comparison.setting.versions
    examples = counted(where.examples, "example")
    ours, theirs = (counted(where.threads[library], "thread") for library in ("numpy", "torch"))
    _say(
        console,
        f"{where.data}, {examples} | {layers_told(where)}, {where.loss} | {where.dtype} | {optimizer_told(where)}",
    )
    maker = comparison.report.torch_maker
    whose = "" if maker == "torch" else f"{maker} | "
    _say(
        console,
        f"{comparison.report.numpy_maker} | NumPy {versions['numpy']}, {ours} | {whose}"
        f"torch {versions['torch']}, {theirs} | Python {versions['python']}",
    )


def _print_table(
    console: Console,
    rows: Sequence[Mapping[str, str]],
    columns: Sequence[str],
    given_up_first: Sequence[str],
    styles: Sequence[str] | None = None,
) -> None:
    """As many of the columns as fit, and which did not; a cell is never cut."""
    for given_up in range(len(given_up_first) + 1):
        kept = [name for name in columns if name not in given_up_first[:given_up]]
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=0, show_edge=False)
        for name in kept:
            table.add_column(name, no_wrap=True, justify="left" if name in LEFT else "right")
        for row, style in zip(rows, styles or [""] * len(rows), strict=True):
            table.add_row(*(Text(row[name]) for name in kept), style=style)
        if Measurement.get(console, console.options.update(width=UNLIMITED), table).maximum <= console.width:
            break
    for line in console.render_lines(table, pad=False):
        console.print(_without_end(line), soft_wrap=True)
    if given_up:
        left_out = ", ".join(name for name in columns if name not in kept)
        more = "a wider terminal shows them, and so does COLUMNS=120; docs/commands.md says what they are"
        _say(console, f"Left out in {console.width} columns: {left_out} ({more}).", "dim")


def _without_end(line: Sequence[Segment]) -> Text:
    """The line without the blanks at its end."""
    text = Text.assemble(*((part.text, part.style or "") for part in line))
    text.rstrip()
    return text


def _style(row: Row) -> str:
    if row.outcome == Outcome.PASS:
        return ""
    return "bold red" if row.outcome in WRONG else "red" if row.fails else "yellow"


def _say(console: Console, sentence: str, style: str = "") -> None:
    lines = textwrap.wrap(
        sentence,
        max(NARROWEST, console.width) - 1,
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    console.print(Text("\n".join(lines), style=style), soft_wrap=True)
