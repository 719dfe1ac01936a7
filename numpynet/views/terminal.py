"""Reports as tables and sentences for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from numpynet.parity.compare import FAIL, NOT_OBSERVED, PASS, Report, Row, describe, element
from numpynet.parity.drift import Drift, Evaluation

STYLES = {PASS: "", FAIL: "bold red", NOT_OBSERVED: "yellow"}
COLUMNS = ("name", "shape", "|diff|", "where", "NumPy", "torch", "allowed", "verdict")
GIVEN_UP_FIRST = ("shape", "where", "torch", "NumPy", "allowed", "|diff|")  # as the terminal gets narrower
UNLIMITED = 1000
LEFT = ("name", "shape", "where", "verdict")


def print_report(console: Console, report: Report, summary: Mapping[str, Any]) -> None:
    """The table, a sentence for every row that does not pass, and the summary."""
    columns = list(COLUMNS)
    table = _report_table(report, columns)
    for name in GIVEN_UP_FIRST:
        if Measurement.get(console, console.options.update(width=UNLIMITED), table).maximum <= console.width:
            break
        columns.remove(name)
        table = _report_table(report, columns)
    console.print(table)
    for row in report.rows:
        if row.outcome != PASS:
            first = "First divergence: " if row is report.first_divergence else ""
            step = f" (step {row.step + 1})" if summary["steps"] > 1 else ""
            _say(console, f"{first}{describe(row)}{step}", STYLES[row.outcome])
    for note in report.notes:
        _say(console, f"Note: {note}", "yellow")
    _say(console, _verdict(report, summary), "bold red" if report.outcome == FAIL else "green")
    versions, threads = summary["versions"], summary["threads"]
    _say(
        console,
        f"{summary['data']}, {summary['examples']} examples | {summary['layers']} {summary['activations'][0]}, "
        f"{summary['activations'][-1]} | {report.dtype} | learning rate {summary['learning_rate']:g}",
    )
    _say(
        console,
        f"{report.numpy_maker} | NumPy {versions['numpy']}, {threads['numpy']} threads | "
        f"torch {versions['torch']}, {threads['torch']} threads | Python {versions['python']}",
    )


def _report_table(report: Report, columns: list[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=0, show_edge=False)
    for name in columns:
        table.add_column(name, no_wrap=True, justify="left" if name in LEFT else "right")
    for row in report.rows:
        cells = _cells(row, row is report.first_divergence)
        table.add_row(*(Text(cells[name]) for name in columns), style=STYLES[row.outcome])
    return table


def _cells(row: Row, first: bool) -> dict[str, str]:
    return {
        "name": f"> {row.name}" if first else f"  {row.name}",
        "shape": f"({', '.join(map(str, row.shape))})",
        "|diff|": _number(row.max_abs, ".2g"),
        "where": element(row).removeprefix(row.name),
        "NumPy": _number(row.numpy, ".6g"),
        "torch": _number(row.torch, ".6g"),
        "allowed": _number(row.allowed, ".2g"),
        "verdict": row.outcome.upper() if row.outcome == FAIL else row.outcome,
    }


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _verdict(report: Report, summary: Mapping[str, Any]) -> str:
    compared = f"{summary['numbers']:,} numbers compared, {summary['bit_identical']:,} of them bit-identical"
    tensors, outcomes = len(report.rows), summary["outcomes"]
    unseen = f", {outcomes[NOT_OBSERVED]} not observed" if outcomes[NOT_OBSERVED] else ""
    if report.outcome == FAIL:
        return f"{outcomes[FAIL]} of {tensors} tensors fail{unseen}; {compared}."
    return f"{outcomes[PASS]} of {tensors} tensors agree within their allowance{unseen}; {compared}."


def print_drift(console: Console, drift: Drift, finals: Mapping[str, Evaluation]) -> None:
    """How far the weights drifted apart, and where both arrived."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=0, show_edge=False)
    for name in ("epoch", "max |weight diff|", "in", "NumPy cost", "torch cost"):
        table.add_column(name, no_wrap=True, justify="right")
    for row in drift.rows:
        costs = f"{row.numpy_cost:.6f}", f"{row.torch_cost:.6f}"
        table.add_row(str(row.epoch), f"{row.max_abs:.2g}", row.name, *costs)
    console.print(table)
    flip = drift.flip
    _say(
        console,
        "No ReLU took different sides in the two."
        if flip is None
        else f"The first ReLU took different sides at epoch {flip.epoch}, in layer {flip.layer}.",
    )
    for name, final in finals.items():
        train, test = _number(final.train_accuracy, ".4g"), _number(final.test_accuracy, ".4g")
        label = {"numpy": "NumPy"}.get(name, name)
        _say(console, f"{label}: cost {final.cost:.6f}, accuracy {train} in training, {test} in the test")


def _say(console: Console, sentence: str, style: str = "") -> None:
    console.print(Text(sentence, style=style), soft_wrap=not console.is_terminal)
