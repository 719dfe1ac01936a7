"""Results as JSON."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

import numpy as np

from numpynet.parity.drift import Evaluation
from numpynet.parity.run import Comparison


def to_json(value: Any, indent: int | None = 2) -> str:
    """One JSON object; NaN and infinity as the strings "nan", "inf", "-inf"."""
    return json.dumps(_plain(value), indent=indent, allow_nan=False)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else str(float(value))
    return value


def comparison_data(comparison: Comparison) -> dict[str, Any]:
    """A comparison for `--json`."""
    report, drift = comparison.report, comparison.drift
    first = report.first_divergence
    summary = {
        **{name: value for name, value in vars(comparison.setting).items() if name != "options"},
        **comparison.setting.options,
        "steps": comparison.steps,
        "implementation": report.numpy_maker,
        "numbers": comparison.numbers,
        "bit_identical": comparison.bit_identical,
        "outcomes": report.outcomes,
        "first_divergence": first.name if first else None,
        **{name: getattr(report, name) for name in ("kinks", "clamped", "saturated", "notes")},
    }
    if report.torch_maker != "torch":
        summary["module"] = report.torch_maker
    if comparison.advice:
        summary |= {"advice": comparison.advice, "seed_with_signal": comparison.seed_with_signal}
    data = {"outcome": comparison.outcome, "dtype": str(report.dtype), "rows": report.rows, "summary": summary}
    if drift is not None:
        data["drift"] = {
            "epochs": drift.epochs,
            "interrupted": comparison.interrupted,
            "rows": drift.rows,
            "first_relu_flip": drift.flip,
            "final": {maker: evaluation_data(final) for maker, final in comparison.final.items()},
        }
    return data | ({"stopped": comparison.stopped} if comparison.stopped else {})


def evaluation_data(final: Evaluation) -> dict[str, float | None]:
    """ "cost", "train_accuracy" and "test_accuracy" (null without a test), or R² and RMSE."""
    train = {f"train_{name}": value for name, value in final.train.items()}
    return {"cost": final.cost, **train, **{f"test_{name}": final.test.get(name) for name in final.train}}
