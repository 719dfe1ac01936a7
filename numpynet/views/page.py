"""Offline pages: everything in one file, which asks nothing of any network."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from latex2mathml.converter import convert as to_mathml
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from numpynet import names
from numpynet.explain.code import Code
from numpynet.explain.model import Apply, Check, Kept, Lesson, LessonStep, Quantity, Sum
from numpynet.explain.quantities import Description
from numpynet.explain.symbol import Formula
from numpynet.files import write_beside
from numpynet.parity.compare import FAILURES, Elements, Report, Row
from numpynet.parity.drift import Drift
from numpynet.parity.graph import Experiments
from numpynet.parity.run import Comparison, Setting
from numpynet.parity.step import Step
from numpynet.views.json import to_json
from numpynet.views.plots import drift_svg
from numpynet.views.words import cells, drift_cells, drift_sentences, explanations, first_sentence, outcomes, verdict

LARGEST = 1_500_000  # bytes: what a phone opens without a pause
BARE = 250_000  # of them without numbers
SMALLER = "give --layers or --examples smaller numbers, or look at single elements with --cell"
STATIC = Path(__file__).parent / "static"
EXPLAIN = "numbers words network step windows matrices expansion zero cell address place copy events"
SCRIPTS = {"compare": ("shared", "compare"), "explain": ("shared", *(f"explain/{name}" for name in EXPLAIN.split()))}


class PageTooLargeError(ValueError):
    """The tensors do not fit into one page."""


def check_page_size(step: Step) -> None:
    """PageTooLargeError where the page of the step's lesson would be larger than 1.5 MB."""
    parameters = sum(value.size for value in step.params_values.values())
    units = sum(layer["output_dim"] for layer in step.nn_architecture) * step.X.shape[1]
    # bytes of W, dW, W' and of Z, A, f′, dZ, dA with their differences and bounds, in base64
    size = int(BARE + 4 / 3 * (64 * parameters + 120 * units))
    if size > LARGEST:
        shapes = {name: value.shape for name, value in step.params_values.items()} | step.shapes()
        largest = sorted(shapes, key=lambda name: -math.prod(shapes[name]))[:3]
        names = ", ".join(f"{name} {shapes[name]}" for name in largest)
        raise PageTooLargeError(
            f"a page would have about {size / 1e6:.1f} MB, more than {LARGEST / 1e6:.1f}: {names} are too large for "
            f"digits; {SMALLER}"
        )


def write_explain_page(path: Path, lesson: Lesson, setting: Setting, command: str) -> None:
    """The lesson as a page. PageTooLargeError where it would be larger than 1.5 MB; OSError where it is not written."""
    data = _lesson_data(lesson)
    page = _render(
        "explain",
        title="What autograd does, number by number",
        description="One training step: PyTorch’s autograd beside the NumPy code that computes the same. Checked by a "
        "tape, a tiny autograd in one file.",
        data=_script_safe(to_json(data, indent=None)),
        module=lesson.module,
        own=_own(lesson.experiments),
        saved=_saved_by_layer(lesson),
        summary=lesson.saved,
        **_common(setting, command),
    )
    if len(page) > LARGEST:
        raise PageTooLargeError(
            f"the page would have {len(page) / 1e6:.2f} MB, more than {LARGEST / 1e6:.1f}: {SMALLER}"
        )
    write_beside(path, lambda file: file.write(page))


def write_compare_page(
    path: Path,
    comparison: Comparison,
    sources: Mapping[str, tuple[Code | None, Code | None]],
    described: Mapping[str, Description],
    command: str,
) -> None:
    """The comparison as a page: its rows, of each the code of both (`sources`), and where its differences lie.

    OSError where the page cannot be written.
    """
    report = comparison.report
    page = _render(
        "compare",
        title="NumPy and PyTorch, number by number",
        description="The same training step by both, every tensor with the bound on what rounding alone can do.",
        outcome=comparison.outcome,
        verdict=verdict(comparison),
        first=first_sentence(report, comparison.steps),
        sentences=[
            *_what_was_judged(comparison),
            *explanations(report).values(),
            *report.notes,
            *filter(None, [comparison.advice, comparison.stopped]),
        ],
        makers={"numpy": report.numpy_maker, "torch": report.torch_maker},
        rows=[_row(row, report, comparison.steps, sources[row.name], described[row.name]) for row in report.rows],
        meanings=outcomes(),
        failures=FAILURES,
        drift=_drift(comparison.drift, drift_sentences(comparison), str(report.dtype)) if comparison.drift else None,
        **_common(comparison.setting, command),
    )
    write_beside(path, lambda file: file.write(page))


def _what_was_judged(comparison: Comparison) -> list[str]:
    if comparison.drift:
        return [
            f"Both trained freely for {comparison.drift.epochs:,} epochs from the same weights; {comparison.steps} of "
            "the steps were judged, of each tensor the worst is shown. How far the two drifted apart stands at the end."
        ]
    if comparison.steps > 1:
        return [f"{comparison.steps} steps were judged, both restarted from the same weights; the worst is shown."]
    return []


def _row(
    row: Row, report: Report, steps: int, sources: tuple[Code | None, Code | None], told: Description
) -> dict[str, Any]:
    text = cells(row)
    numpy_code, torch_code = sources
    return {
        "name": row.name,
        "shape": text["shape"],
        "phase": names.phase(row.name),
        "outcome": str(row.outcome),
        "fails": row.fails,
        "first": row is report.first_divergence,
        "difference": text["|diff|"],
        "where": text["where"],
        "numpy": text["NumPy"],
        "torch": text["torch"],
        "allowed": text["allowed"],
        "ratio": text["ratio"],
        "ulp": text["ulp"],
        "op_numpy": text["op NumPy"],
        "op_torch": text["op torch"],
        "message": row.message,
        "step": row.step + 1 if steps > 1 else None,
        "meaning": told.meaning,
        "formula": mathml(told.formula),
        "numpy_code": _shown_code(numpy_code),
        "torch_code": _shown_code(torch_code),
        "spread": _spread(report.elements[row.name]) if row.name in report.elements else None,
    }


def _shown_code(code: Code | None) -> dict[str, Any] | None:
    if code is None:
        return None
    return {"title": code.title, "place": code.place, "html": code_html(code.source), "lines": code.lines}


SPREAD = {"equal": 0.0, "up to 0.001": 0.001, "to 0.01": 0.01, "to 0.1": 0.1, "to 0.5": 0.5, "to 1": 1.0}


def _spread(elements: Elements) -> list[dict[str, Any]]:
    """How many elements have which ratio of difference to bound."""
    ratio = np.sort(elements.ratio.ravel())
    below = [int(np.searchsorted(ratio, most, side="right")) for most in SPREAD.values()]
    counts = np.diff([0, *below, ratio.size])
    return [
        {"label": label, "count": int(count), "share": float(count / ratio.size), "over": label == "above 1"}
        for label, count in zip([*SPREAD, "above 1"], counts, strict=True)
    ]


def _drift(drift: Drift, sentences: list[str], dtype: str) -> dict[str, Any]:
    return {"image": Markup(drift_svg(drift, dtype)), "rows": drift_cells(drift), "sentences": sentences}


def _render(name: str, **context: Any) -> bytes:
    environment = Environment(
        loader=PackageLoader("numpynet.views"), autoescape=True, undefined=StrictUndefined, trim_blocks=False
    )
    scripts = "\n".join((STATIC / f"{script}.js").read_text(encoding="utf-8") for script in SCRIPTS[name])
    style = (STATIC / "page.css").read_text(encoding="utf-8")
    template = environment.get_template(f"{name}.html.j2")
    return template.render(css=Markup(style), js=Markup(scripts), **context).encode(errors="replace")


def _common(setting: Setting, command: str) -> dict[str, Any]:
    called = {"numpy": "NumPy", "python": "Python"}
    versions = {called.get(name, name): version for name, version in setting.versions.items()}
    return {"network": setting, "versions": versions, "command": command}


def _script_safe(json: str) -> Markup:
    """JSON that may stand inside a script element, where only these characters could end it."""
    return Markup(json.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def mathml(formula: Formula) -> Markup:
    """The formula as MathML, with its plain text for who cannot see it."""
    if not formula.latex:
        return Markup("")
    return Markup(to_mathml(formula.latex).replace("<math ", f'<math alttext="{Markup.escape(formula.plain)}" ', 1))


@cache
def code_html(source: str) -> list[Markup]:
    """The lines of a piece of Python, highlighted."""
    text = highlight(source, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True))
    return [Markup(line) for line in text.rstrip("\n").split("\n")]


def _lesson_data(lesson: Lesson) -> dict[str, Any]:
    codes: dict[str, Any] = {}
    steps = [_step(lesson, number, codes) for number in range(len(lesson.steps))]
    return {
        "steps": steps,
        "stages": _stages(lesson),
        "quantities": {name: _quantity(quantity) for name, quantity in lesson.quantities.items()},
        "codes": codes,
        "all_written": lesson.experiments.all_written,
        "also": {names.A(0): "X", names.A(len(lesson.step.nn_architecture)): "Y_hat"},
    }


def _own(experiments: Experiments) -> dict[str, Any]:
    """What a reader can run, as highlighted lines."""
    shown = [{**vars(one), "code": code_html(one.code)} for one in experiments.shown]
    return {
        "model": code_html(experiments.model),
        "setup": code_html(experiments.setup),
        "shown": shown,
        "all_written": experiments.all_written,
    }


def _saved_by_layer(lesson: Lesson) -> dict[str, list[dict[str, Any]]]:
    """All that autograd saved: of each layer, in the order of its operations, then of the loss."""
    steps = [step for step in reversed(lesson.steps) if step.phase == "backward" and step.saved]
    places = [f"layer {i}" for i in range(1, len(lesson.step.nn_architecture) + 1)] + ["loss"]
    return {
        place: [
            {"id": step.id, "node": step.title, **_kept(kept)}
            for step in steps
            if _subtitle(step) == place
            for kept in step.saved
        ]
        for place in places
    }


def _subtitle(step: LessonStep) -> str:
    return "" if step.phase == "update" else "loss" if step.layer is None else f"layer {step.layer}"


STAGES = {"Z": "affine", "N": "batch norm", "D": "dropout"}


def _stages(lesson: Lesson) -> list[dict[str, Any]]:
    """The columns of the picture: the input, one for each step forward; each with the steps back through it."""
    stages: list[dict[str, Any]] = [{"title": "input", "forward": None, "backward": []}]
    made: dict[str, int] = {}
    for number, step in enumerate(lesson.steps):
        if step.phase == "forward":
            kind = STAGES.get(names.kind(step.id), "activation")
            other = "loss" if step.id == "cost" else "evaluation"
            title = other if step.layer is None else f"layer {step.layer} {kind}"
            made |= dict.fromkeys(step.made, len(stages))
            stages.append({"title": title, "forward": number, "backward": []})
    at = made["cost"]
    for number, step in enumerate(lesson.steps):
        if step.phase == "backward":
            if not step.plumbing and step.came_in:
                at = made[names.of(step.came_in[0])]
            stages[at]["backward"].append(number)
    for stage in stages:  # the arithmetic before the bookkeeping
        stage["backward"].sort(key=lambda number: lesson.steps[number].plumbing)
    return stages


def _step(lesson: Lesson, number: int, codes: dict[str, Any]) -> dict[str, Any]:
    step = lesson.steps[number]
    slopes = [lesson.quantities[name].formula for name in step.reads if names.kind(name) == "f′"]
    return {
        "id": step.id,
        "phase": step.phase,
        "title": step.title,
        "subtitle": _subtitle(step),
        "what": step.what,
        "plumbing": step.plumbing,
        "formulas": [mathml(formula) for formula in (*slopes, *step.formulas)],
        "torch": _code(step.torch, codes),
        "numpy": _code(step.numpy, codes),
        "tape": _code(step.tape, codes),
        "saved": [_kept(kept) for kept in step.saved],
        "reads": step.reads,
        "readings": {name: step.reading(name) for name in step.reads},
        "in": step.came_in,
        "out": step.made,
        "notes": step.notes,
        "snippet": step.snippet,
    }


def _code(code: Code | None, codes: dict[str, Any]) -> dict[str, Any]:
    if code is None:
        return {"title": "", "code": None, "lines": []}
    key = f"{code.title} {code.place} {len(code.source)}"
    codes[key] = _shown_code(code)
    return {"title": code.title, "code": key, "lines": code.lines}


def _kept(kept: Kept) -> dict[str, Any]:
    saved = kept.saved
    return {
        "field": saved.field,
        "tensor": saved.tensor or kept.quantity or "a number",
        "shape": saved.shape,
        "bytes": saved.bytes,
        "kept": kept.kept,
        "note": kept.note,
        "quantity": kept.quantity,
    }


def _quantity(quantity: Quantity) -> dict[str, Any]:
    return {
        "shape": quantity.shape,
        "meaning": quantity.meaning,
        "rows": quantity.rows,
        "columns": quantity.columns,
        "values": {"numpy": _packed(quantity.values["numpy"], "<f8")},
        "differences": {other: _packed(_signed(quantity, other)) for other in quantity.checks},
        "allowed": {other: _packed(check.elements.allowed) for other, check in quantity.checks.items()},
        "verdicts": {other: _verdict(check) for other, check in quantity.checks.items()},
        "formula": mathml(quantity.formula),
        "recipe": _recipe(quantity.recipe),
        "step": quantity.step,
        "zero": quantity.zero,
    }


def _signed(quantity: Quantity, other: str) -> Any:
    """The other's numbers less NumPy's, or the |difference| where only that is known."""
    if other not in quantity.values:
        return quantity.checks[other].elements.difference
    return quantity.values[other].astype(np.longdouble) - quantity.values["numpy"]


def _packed(array: Any, dtype: str | None = None) -> str:
    """In base64; without a dtype as float32, or float64 where that would over- or underflow."""
    size = np.abs(array[np.isfinite(array) & (array != 0)])
    small = size.size == 0 or (size.max() < 1e38 and size.min() > 1e-37)
    dtype = dtype or ("<f4" if small else "<f8")
    with np.errstate(over="ignore"):
        return base64.b64encode(np.ascontiguousarray(array).astype(dtype).tobytes()).decode()


def _verdict(check: Check) -> dict[str, Any]:
    ratio = check.ratio if check.ratio is not None and math.isfinite(check.ratio) else None
    return {
        "outcome": check.outcome,
        "agrees": check.agrees,
        "fails": check.fails,
        "ratio": ratio,
        "at": check.at,
        "judged": check.judged,
    }


def _recipe(recipe: Sum | Apply | None) -> dict[str, Any] | None:
    if recipe is None:
        return None
    if isinstance(recipe, Sum):
        return {"kind": "sum", **vars(recipe)}
    return {"kind": "apply", "template": recipe.template, "tree": recipe.symbol.tree}
