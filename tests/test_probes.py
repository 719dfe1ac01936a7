"""The exact probes pass what is right and, with the trace, catch every mistake of the catalogue in its function."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from catalogue import MISTAKES, Mistake
from conftest import IMPLEMENTATIONS
from probes import PROBES, probe
from problems import few, torchs_few

from numpynet.parity import compare, numpy_trace
from numpynet.parity.loader import load_implementation

FAULTS = [mistake for mistake in MISTAKES if mistake.kind not in ("equivalent", "convention")]
SINGLE_BACKWARD, SINGLE_FORWARD = "single_layer_backward_propagation", "single_layer_forward_propagation"
COMPUTED_BY = {  # the first failing row → the functions it may come from; the longest name that fits counts
    "A": ("relu", "sigmoid", SINGLE_FORWARD, "full_forward_propagation"),
    "Z": (SINGLE_FORWARD, "full_forward_propagation"),
    "cost": ("get_cost_value",),
    "dA": ("full_backward_propagation", SINGLE_BACKWARD),
    "dZ": ("relu_backward", "sigmoid_backward", SINGLE_BACKWARD, "full_backward_propagation"),
    "dW": (SINGLE_BACKWARD, "full_backward_propagation"),
    "db": (SINGLE_BACKWARD, "full_backward_propagation"),
    "W'": ("update",),
    "b'": ("update",),
}


@cache
def caught(mistake: Mistake) -> tuple[str | None, list[str]]:
    """The first row of the trace that fails, and the functions whose probes do."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"{mistake.id}.py"
        file.write_text(mistake.source(), encoding="utf-8")
        module = load_implementation(file)
    first = compare(numpy_trace(few(), module), torchs_few()).first_divergence
    return first.name if first else None, [finding.function for finding in probe(module) if finding.problem]


def kind_of(row: str) -> str:
    return row.rstrip("'").rstrip("0123456789") + ("'" if row.endswith("'") else "")


@pytest.mark.parametrize("function", [function for function, _ in PROBES])
def test_numpynet_passes(function: str) -> None:
    assert [finding.problem for finding in probe() if finding.function == function] == [None]


@pytest.mark.parametrize("style", ["tutorial.py", "other_style.py"])
def test_right_file_passes(style: str) -> None:
    findings = probe(load_implementation(IMPLEMENTATIONS / style))
    assert [finding for finding in findings if finding.problem] == []
    assert len(findings) == {"tutorial.py": 14, "other_style.py": 4}[style]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: f"{mistake.id}-{mistake.function}")
def test_mistake_is_caught_and_a_right_rewrite_is_not(mistake: Mistake) -> None:
    row, probed = caught(mistake)
    if mistake in FAULTS:
        assert row or probed
    else:
        assert (row, probed) == (None, [])


def test_first_row_lies_in_the_guilty_function() -> None:
    inside = [mistake for mistake in FAULTS if mistake.first]
    right = [mistake for mistake in inside if mistake.function in COMPUTED_BY[kind_of(caught(mistake)[0] or "")]]
    assert len(inside) >= 50
    assert len(right) >= 0.95 * len(inside), [mistake.id for mistake in inside if mistake not in right]
