"""Reports as tables and sentences for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from numpynet import names
from numpynet.parity.compare import WRONG, Outcome, Report, Row, describe, element
from numpynet.parity.drift import Drift, Evaluation

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
EXPLAINED = {
    Outcome.NOT_OBSERVED: "the file's style hides it; what follows from it is judged",
    Outcome.KINK: "an activation's input is within rounding of where two of its pieces meet (ReLU's 0), and the two "
    "took different sides: both are right",
    Outcome.CLAMPED: "a prediction is so near 0 or 1 that BCELoss clamps: not the loss's own value or gradient",
    Outcome.SATURATED: "a prediction is rounded to 0 or 1, or nearly: the loss cannot be told from it",
    Outcome.INHERITED: "each one's own operation is right, and its inputs bring an error from an earlier tensor",
    Outcome.UNDECIDABLE: "the bound is infinite, or an input is no number: nothing can be judged",
}


def print_report(console: Console, report: Report, summary: Mapping[str, Any]) -> None:
    """The table, a sentence for every outcome that is not pass, and the summary."""
    table = [
        cells(row) | {"name": f"> {row.name}" if row is report.first_divergence else f"  {row.name}"}
        for row in report.rows
    ]
    _print_table(console, table, COLUMNS, GIVEN_UP_FIRST, [_style(row) for row in report.rows])
    sentences = explanations(report)
    if Outcome.IDLE in sentences:
        _say(console, sentences.pop(Outcome.IDLE), "red" if report.unproven else "yellow")
    first = first_sentence(report, summary)
    if first is not None:
        _say(console, first, "bold red")
    for outcome, sentence in sentences.items():
        _say(console, sentence, _style(next(row for row in report.rows if row.outcome == outcome)))
    if summary.get("advice"):
        _say(console, summary["advice"], "yellow")
    for note in report.notes:
        _say(console, f"Note: {note}", "yellow")
    _say(console, verdict(report, summary), "bold red" if report.outcome == "fail" else "green")
    versions, threads = summary["versions"], summary["threads"]
    _say(
        console,
        f"{summary['data']}, {summary['examples']} examples | {summary['layers']} "
        f"{', '.join(dict.fromkeys(summary['activations']))}, {summary['loss']} | {report.dtype} | "
        f"learning rate {summary['learning_rate']:g}",
    )
    _say(
        console,
        f"{report.numpy_maker} | NumPy {versions['numpy']}, {threads['numpy']} threads | "
        f"torch {versions['torch']}, {threads['torch']} threads | Python {versions['python']}",
    )


def _print_table(
    console: Console,
    rows: Sequence[Mapping[str, str]],
    columns: Sequence[str],
    given_up_first: Sequence[str],
    styles: Sequence[str] | None = None,
) -> None:
    """As many of the columns as fit; a cell is never cut."""
    for given_up in range(len(given_up_first) + 1):
        kept = [name for name in columns if name not in given_up_first[:given_up]]
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=0, show_edge=False)
        for name in kept:
            table.add_column(name, no_wrap=True, justify="left" if name in LEFT else "right")
        for row, style in zip(rows, styles or [""] * len(rows), strict=True):
            table.add_row(*(Text(row[name]) for name in kept), style=style)
        if Measurement.get(console, console.options.update(width=UNLIMITED), table).maximum <= console.width:
            break
    console.print(table)


def _style(row: Row) -> str:
    if row.outcome == Outcome.PASS:
        return ""
    return "bold red" if row.outcome in WRONG else "red" if row.fails else "yellow"


def first_sentence(report: Report, summary: Mapping[str, Any]) -> str | None:
    """Where the two first differ, or cannot be judged."""
    first = report.first_divergence
    if first is None:
        return None
    step = f" (step {first.step + 1})" if summary["steps"] > 1 else ""
    label = "First divergence" if first.outcome in WRONG else "First not decided"
    return f"{label}: {describe(first)}{step}"


def explanations(report: Report) -> dict[Outcome, str]:
    """A sentence for every outcome there is but pass."""
    found: dict[Outcome, str] = {}
    for outcome in Outcome:
        rows = [row for row in report.rows if row.outcome == outcome]
        if rows and outcome != Outcome.PASS:
            found[outcome] = f"{outcome}: {_explanation(outcome, rows, report)}"
    return found


def cells(row: Row) -> dict[str, str]:
    """The row as text, a cell for each of the `COLUMNS`."""
    return {
        "name": row.name,
        "shape": f"({', '.join(map(str, row.shape))})",
        "|diff|": _number(row.max_abs if row.difference is None else row.difference, ".2g"),
        "where": element(row.name, row.index).removeprefix(row.name),
        "NumPy": _number(row.numpy, ".5g"),
        "torch": _number(row.torch, ".5g"),
        "allowed": _number(row.allowed, ".2g"),
        "ratio": _ratio(row.ratio),
        "ulp": _number(row.ulp, ".3g"),
        "op NumPy": _ratio(row.local["numpy"].ratio if "numpy" in row.local else None),
        "op torch": _ratio(row.local["torch"].ratio if "torch" in row.local else None),
        "verdict": str(row.outcome),
    }


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _ratio(value: float | None) -> str:
    return _number(value, ".3f" if value is None or value < 1000 else ".0e")


def _explanation(outcome: Outcome, rows: Sequence[Row], report: Report) -> str:
    concerned = ", ".join(row.name for row in rows)
    if outcome in WRONG:
        return concerned
    if outcome == Outcome.IDLE:
        reasons = dict.fromkeys(row.message or "" for row in rows)
        each = (f"{reason} ({', '.join(row.name for row in rows if row.message == reason)})" for reason in reasons)
        return f"nothing was compared here: {'; '.join(each)}"
    where = {
        Outcome.KINK: [element(names.Z(layer), (unit, example)) for layer, unit, example in report.kinks],
        Outcome.CLAMPED: [f"example {example}" for _, example in report.clamped],
        Outcome.SATURATED: [f"example {example}" for _, example in report.saturated],
    }.get(outcome, [])
    more = f" and {len(where) - 5} more" if len(where) > 5 else ""
    places = f" ({', '.join(where[:5])}{more})" if where else ""
    advice = "" if outcome not in (Outcome.CLAMPED, Outcome.SATURATED) else "; --loss bce_with_logits decides"
    return f"{EXPLAINED[outcome]}{places}{advice}: {concerned}"


def verdict(report: Report, summary: Mapping[str, Any]) -> str:
    """How many tensors have which outcome, and how many numbers were compared."""
    counts = ", ".join(f"{count} {outcome}" for outcome, count in report.outcomes.items() if count)
    return (
        f"{len(report.rows)} tensors: {counts}. "
        f"{summary['numbers']:,} numbers compared, {summary['bit_identical']:,} of them bit-identical."
    )


def print_drift(console: Console, drift: Drift, finals: Mapping[str, Evaluation]) -> None:
    """How far the weights drifted apart, and where both arrived."""
    rows = drift_cells(drift)
    _print_table(console, rows, tuple(rows[0]), ("torch cost", "NumPy cost", "max ulp", "in"))
    for sentence in drift_sentences(drift, finals):
        _say(console, sentence)


def drift_cells(drift: Drift) -> list[dict[str, str]]:
    """A row a dozenth of the run, by column."""
    return [
        {
            "epoch": str(row.epoch),
            "max |weight diff|": f"{row.max_abs:.2g}",
            "in": row.name,
            "max ulp": f"{row.max_ulp:.3g}",
            "NumPy cost": f"{row.numpy_cost:.6f}",
            "torch cost": f"{row.torch_cost:.6f}",
        }
        for row in drift.rows
    ]


def drift_sentences(drift: Drift, finals: Mapping[str, Evaluation]) -> list[str]:
    """Whether a ReLU took different sides, and where both arrived."""
    flip = drift.flip
    sentences = [
        "No ReLU took different sides in the two."
        if flip is None
        else f"The first ReLU took different sides at epoch {flip.epoch}, in layer {flip.layer}."
    ]
    for name, final in finals.items():
        train, test = _number(final.train_accuracy, ".4g"), _number(final.test_accuracy, ".4g")
        label = {"numpy": "NumPy"}.get(name, name)
        sentences.append(f"{label}: cost {final.cost:.6f}, accuracy {train} in training, {test} in the test")
    return sentences


def _say(console: Console, sentence: str, style: str = "") -> None:
    console.print(Text(sentence, style=style), soft_wrap=not console.is_terminal)
