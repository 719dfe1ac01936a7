"""The words and cells of a comparison, for the terminal and for the page."""

from __future__ import annotations

from collections.abc import Sequence

from numpynet import names
from numpynet.definitions import LOSSES
from numpynet.parity.compare import WRONG, Outcome, Report, Row, describe, element
from numpynet.parity.drift import Drift, Evaluation
from numpynet.parity.run import Comparison, Setting

NARROWEST = 40  # columns: text is not wrapped narrower
ASCII = {
    "σ": "sigmoid", "α": "alpha", "θ": "theta", "Σ": "sum", "Ŷ": "Y_hat", "·": "*", "−": "-", "≤": "<=", "≥": ">=",
    "≈": "~", "≠": "!=", "→": "->", "←": "<-", "×": "x", "…": "...", "“": '"', "”": '"', "✓": "ok", "✗": "X", "ᵀ": ".T",
    "√": "sqrt ", "²": "^2", "½": "1/2", "±": "+-", "′": "'", "¼": "1/4", "–": "-",
}  # fmt: skip
_OFF = "an operation is off on its own inputs, or was never seen and brings an error"
MEANINGS = {
    Outcome.PASS: "both are within their bounds",
    Outcome.NUMPY_WRONG: _OFF,
    Outcome.TORCH_WRONG: _OFF,
    Outcome.BOTH_WRONG: _OFF,
    Outcome.INHERITED: "the operation is right, and its inputs bring the error of an earlier tensor: mend that one "
    "first",
    Outcome.IDLE: "nothing could differ: the gradient that comes in, or the other factor, is 0 everywhere in both, as "
    "behind a layer that is off for every example; of somebody's own file that is no pass",
    Outcome.NOT_OBSERVED: "the file's style hides it; what follows from it is judged",
    Outcome.GUARDED: "the file adds a small number in its loss, against log 0 or division by 0: it is right with that, "
    "and differs from torch by as much",
    Outcome.KINK: "an activation's input is within rounding of where two of its pieces meet (ReLU's 0), and the two "
    "took different sides: both are right",
    Outcome.CLAMPED: "near p = 0 or 1 BCELoss clamps, and its value is not the loss's; a failure where it moves dW, db "
    "or the cost",
    Outcome.SATURATED: "a prediction is rounded to 0 or 1, or nearly: the loss cannot be told from it",
    Outcome.UNDECIDABLE: "the bound is infinite, or an input is no number: nothing can be judged",
}


TIED = "\N{NO-BREAK SPACE}"  # where a line is not to be broken


def in_ascii(text: str) -> str:
    """The text for a terminal that has no other signs."""
    for sign, words in ASCII.items():
        text = text.replace(sign, words)
    return "".join(sign if sign == TIED else sign.encode("ascii", "replace").decode("ascii") for sign in text)


def first_sentence(report: Report, steps: int) -> str | None:
    """Where the two first differ, or cannot be judged."""
    first = report.first_divergence
    if first is None:
        return None
    step = f" (step {first.step + 1})" if steps > 1 else ""
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
    there = {row.name for row in report.rows}
    kinks = [
        element(names.N(layer) if names.N(layer) in there else names.Z(layer), (unit, example))
        for layer, unit, example in report.kinks
    ]
    where = {
        Outcome.KINK: kinks,
        Outcome.CLAMPED: [f"example {example}" for _, example in report.clamped],
        Outcome.SATURATED: [f"example {example}" for _, example in report.saturated],
    }.get(outcome, [])
    more = f" and {len(where) - 5} more" if len(where) > 5 else ""
    places = f" ({', '.join(where[:5])}{more})" if where else ""
    decides = outcome in (Outcome.CLAMPED, Outcome.SATURATED) and LOSSES[report.loss].decides
    whose = "" if report.torch_maker == "torch" else "without the module's last activation, "
    advice = f"; {whose}--loss {decides} decides" if decides else ""
    return f"{MEANINGS[outcome]}{places}{advice}: {concerned}"


def verdict(comparison: Comparison) -> str:
    """How many tensors have which outcome, and how many numbers were compared."""
    report = comparison.report
    counts = ", ".join(f"{count} {outcome}" for outcome, count in report.outcomes.items() if count)
    return (
        f"{len(report.rows)} tensors: {counts}. "
        f"{comparison.numbers:,} numbers compared, {comparison.bit_identical:,} of them bit-identical."
    )


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


def drift_sentences(comparison: Comparison) -> list[str]:
    """Whether a ReLU took different sides, and where both arrived."""
    drift = comparison.drift
    assert drift is not None
    flip = drift.flip
    sentences = [f"Interrupted after {drift.epochs:,} epochs."] if comparison.interrupted else []
    sentences += [
        "No ReLU was seen to take different sides in the two."
        if flip is None
        else f"The first ReLU took different sides at epoch {flip.epoch}, in layer {flip.layer}."
    ]
    for name, final in comparison.final.items():
        label = {"numpy": "NumPy"}.get(name, name)
        sentences.append(f"{label}: cost {final.cost:.6f}, {arrived(final)}")
    return sentences


def outcomes() -> dict[str, tuple[str, ...]]:
    """What the outcomes mean, for a table of them: each meaning with those that have it."""
    return {meaning: tuple(one for one in MEANINGS if MEANINGS[one] == meaning) for meaning in MEANINGS.values()}


METRICS = {"accuracy": "accuracy", "r2": "R²", "rmse": "RMSE"}


def arrived(final: Evaluation) -> str:
    """ "accuracy 0.97 in training, 0.98 in the test", without the second where there is no test."""
    return ", ".join(
        f"{METRICS[name]} {value:.4g} in training" + (f", {final.test[name]:.4g} in the test" if final.test else "")
        for name, value in final.train.items()
    )


def optimizer_told(where: Setting) -> str:
    """ "learning rate 0.01", and what else was not left as it is."""
    given = {name: value for name, value in where.hyperparameters.items() if value}
    parts = [] if where.optimizer == "sgd" and not given else [where.optimizer]
    parts += [
        f"{name.replace('_', ' ')} {value if name != 'nesterov' else ''}".strip() for name, value in given.items()
    ]
    if schedule := where.options.get("schedule"):
        told = ", ".join(f"{name} {value:g}" for name, value in schedule.items() if name != "name")
        parts += [f"schedule {schedule['name']}" + (f" ({told})" if told else "")]
    parts += [f"batches of {where.batch_size:,}"] if where.batch_size and where.batch_size < where.examples else []
    return ", ".join([*parts, f"learning rate {where.learning_rate:g}"])


def layers_told(where: Setting) -> str:
    """ "2-25-1 relu, sigmoid, batch norm, dropout 0.2"."""
    parts = list(dict.fromkeys(where.activations))
    if "batch_norm" in where.options:
        parts.append("batch norm")
    if "dropout" in where.options:
        shares = where.options["dropout"]
        every = shares if isinstance(shares, list) else [shares]
        parts.append("dropout " + "/".join(dict.fromkeys(f"{share:g}" for share in every if share)))
    if "initializer" in where.options:
        parts.append(f"initializer {where.options['initializer']}")
    return f"{where.layers} {', '.join(parts)}"
