"""The checker is checked: planted mistakes turn it red at the right row, right files of any style stay green."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from catalogue import MISTAKES, TUTORIAL, Mistake
from conftest import IMPLEMENTATIONS
from lessons import first_examples
from problems import DTYPES, REFERENCE, TUTORIALS_OWN, few, random_step, step, torchs_few

from numpynet.explain.lesson import make_lesson
from numpynet.parity import ParityError, Step, Trace, compare, numpy_trace
from numpynet.parity.compare import describe, told_apart, worst
from numpynet.parity.loader import load_implementation
from numpynet.parity.trace import tape_trace
from numpynet.parity.walk import walk
from numpynet.types import Array
from torch_reference import torch_graph, torch_trace

STEP = few()


def traces(dtype: str = "float64", **changed: Array | None) -> tuple[Trace, Trace]:
    """Both traces of the reference step, with tensors of NumPy's replaced, or removed where None."""
    ours, theirs = numpy_trace(few(dtype)), torch_trace(few(dtype))
    for name, value in changed.items():
        if value is None:
            del ours.values[name]
        else:
            ours.values[name] = value
    return ours, theirs


@pytest.mark.parametrize("mistake", [m for m in MISTAKES if m.first], ids=lambda m: f"{m.id}-{m.first}")
def test_mistake_turns_the_right_row_red_first(mistake: Mistake, tmp_path: Path) -> None:
    file = tmp_path / f"{mistake.id}.py"
    file.write_text(mistake.source(), encoding="utf-8")
    report = compare(numpy_trace(STEP, load_implementation(file)), torchs_few())
    assert report.outcome == "fail"
    assert report.first_divergence is not None
    assert report.first_divergence.name == mistake.first


RIGHT = [m for m in MISTAKES if m.kind in ("equivalent", "convention")]


@pytest.mark.parametrize("mistake", RIGHT, ids=lambda m: m.id)
def test_right_rewrite_stays_green(mistake: Mistake, tmp_path: Path) -> None:
    file = tmp_path / f"{mistake.id}.py"
    file.write_text(mistake.source(), encoding="utf-8")
    report = compare(numpy_trace(STEP, load_implementation(file)), torchs_few())
    report.raise_on_mismatch()
    assert {row.outcome for row in report.rows} == {"pass"}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("style", "problem"),
    [(style, problem) for style in ("tutorial.py", "other_style.py", "fused_with_helpers.py") for problem in TUTORIALS_OWN
     if (style, problem) != ("tutorial.py", "three outputs 7-5-6-3")],  # there np.dot(Y, log.T) is a 3 × 3 matrix
)  # fmt: skip
def test_right_file_of_any_style_stays_green(style: str, problem: str, dtype: str) -> None:
    given = step(problem, dtype)
    report = compare(numpy_trace(given, load_implementation(IMPLEMENTATIONS / style)), torch_trace(given))
    report.raise_on_mismatch()
    unseen = 0 if style == "tutorial.py" else 2 * len(given.nn_architecture)
    assert (report.outcomes["pass"], report.outcomes["not-observed"]) == (len(report.rows) - unseen, unseen)


def test_one_over_m_in_the_output_gradient_is_a_convention(tmp_path: Path) -> None:
    source = TUTORIAL.read_text(encoding="utf-8")
    for before, after in ((" / m\n    d", "\n    d"), ("1 - Y_hat))\n    for", "1 - Y_hat)) / Y.shape[1]\n    for")):
        assert before in source
        source = source.replace(before, after)
    (tmp_path / "mine.py").write_text(source, encoding="utf-8")
    report = compare(numpy_trace(STEP, load_implementation(tmp_path / "mine.py")), torch_trace(STEP))
    assert {row.outcome for row in report.rows} == {"pass"}
    assert report.notes == ("mine.py divides by m in dA5, not in dW and db; dA and dZ are shown times m",)


def test_a_prediction_changed_after_the_last_activation_is_seen_in_the_prediction(tmp_path: Path) -> None:
    source = TUTORIAL.read_text(encoding="utf-8").replace("return A_curr, memory", "return A_curr * 0.999, memory")
    (tmp_path / "mine.py").write_text(source, encoding="utf-8")
    report = compare(numpy_trace(STEP, load_implementation(tmp_path / "mine.py")), torch_trace(STEP))
    assert report.first_divergence is not None
    assert report.first_divergence.name == "A5"


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", STEP.shapes())
def test_all_zero_tensor_fails(name: str, dtype: str) -> None:
    report = compare(*traces(dtype, **{name: np.zeros(STEP.shapes()[name], dtype)}))
    assert report.first_divergence is not None
    assert report.first_divergence.name == name


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", STEP.params_values)
def test_weights_left_as_they_were_fail(name: str, dtype: str) -> None:
    report = compare(*traces(dtype, **{f"{name}'": few(dtype).params_values[name]}))
    assert report.first_divergence is not None
    assert report.first_divergence.name == f"{name}'"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.full((50, 50), np.nan), r"numpy-wrong: numpynet has nan at dW3\[0, 0\] \(2500 of 2500 are not finite\)"),
        (np.full((50, 50), np.inf), r"numpy-wrong: numpynet has inf at dW3\[0, 0\]"),
        (np.zeros((50, 1)), r"dW3; numpy-wrong: numpynet has shape \(50, 1\), expected \(50, 50\)"),
        (None, "dW3; numpy-wrong: numpynet does not give it: it was not returned as numbers"),
    ],
)
def test_nan_missing_and_misshapen_fail_in_their_own_words(value: Array | None, words: str) -> None:
    with pytest.raises(ParityError, match=words):
        compare(*traces(dW3=value)).raise_on_mismatch()


def test_one_nan_among_many_numbers_fails() -> None:
    ours, theirs = traces()
    ours.values["Z2"][7, 11] = np.nan
    with pytest.raises(ParityError, match=r"numpynet has nan at Z2\[7, 11\] \(1 of 5000 are not finite\)"):
        compare(ours, theirs).raise_on_mismatch()


def test_nan_in_both_is_not_agreement() -> None:
    ours, theirs = traces()
    for trace in (ours, theirs):
        trace.values["cost"] = np.array(np.nan)
    assert compare(ours, theirs).outcome == "fail"


def test_error_names_tensor_index_both_values_and_allowance() -> None:
    ours, theirs = traces()
    ours.values["dW3"][4, 7] += 0.5
    row = next(row for row in compare(ours, theirs).rows if row.name == "dW3")
    assert (row.outcome, row.index, row.torch) == ("numpy-wrong", (4, 7), float(theirs.values["dW3"][4, 7]))
    assert row.max_abs == pytest.approx(0.5)
    assert row.allowed is not None
    assert row.ratio == pytest.approx(0.5 / row.allowed)
    with pytest.raises(ParityError) as raised:
        compare(ours, theirs).raise_on_mismatch()
    text = str(raised.value)
    assert text.startswith("numpynet and torch first differ at dW3[4, 7]: ")
    for part in (repr(row.numpy), repr(row.torch), "|difference| 0.5", f"allowed {row.allowed:.3g}"):
        assert part in text


def test_equal_traces_raise_nothing() -> None:
    compare(*traces()).raise_on_mismatch()


def test_traces_of_different_steps_are_refused() -> None:
    with pytest.raises(ValueError, match="different steps"):
        compare(numpy_trace(STEP), torch_trace(few("float32")))


def test_worst_of_several_steps_keeps_the_first_failure_and_adds_the_counts() -> None:
    ours, theirs = traces()
    good = compare(ours, theirs)
    ours.values["dW3"][4, 7] += 0.5
    bad = compare(ours, theirs)
    both = worst([good, bad, bad])
    row = next(row for row in both.rows if row.name == "dW3")
    assert (both.outcome, row.step, row.compared) == ("fail", 1, 3 * 2500)
    assert [replace(row, step=0) for row in worst([good]).rows] == good.rows


def test_what_is_printed_of_a_fault_shows_it() -> None:
    assert told_apart(0.5, 2.6e-17) == ["0.5", "2.6e-17"]
    assert told_apart(1.5801e-17, 1.5799e-17) == ["1.5801e-17", "1.5799e-17"]
    assert told_apart(0.25, 0.25) == ["0.25", "0.25"]
    whole = step(REFERENCE, "float64")
    ours, theirs = numpy_trace(whole), torch_trace(whole)
    exact = next(row for row in compare(ours, theirs).rows if row.name == "cost").local["numpy"]
    ours.values["cost"] = np.array(exact.exact + 1.0004 * exact.allowed)
    row = next(row for row in compare(ours, theirs).rows if row.name == "cost")
    assert row.message is not None
    error, allowed = (float(text.split(" ")[1]) for text in row.message.split(", ")[-2:])
    assert error > allowed


def test_one_culprit_and_those_who_inherit(tmp_path: Path) -> None:
    source = TUTORIAL.read_text(encoding="utf-8").replace("return np.maximum(0, Z)", "return np.maximum(0, Z) * 1.001")
    (tmp_path / "mine.py").write_text(source, encoding="utf-8")
    report = compare(numpy_trace(STEP, load_implementation(tmp_path / "mine.py")), torch_trace(STEP))
    outcomes = {row.name: str(row.outcome) for row in report.rows}
    assert {name for name, outcome in outcomes.items() if outcome == "numpy-wrong"} == {"A1", "A2", "A3", "A4"}
    assert (outcomes["Z2"], outcomes["dW5"], outcomes["W1'"]) == ("inherited",) * 3
    assert report.first_divergence is not None
    assert (report.first_divergence.name, report.outcome) == ("A1", "fail")
    message = next(row.message for row in report.rows if row.name == "Z2")
    assert message == "mine.py's own operation is right, and its inputs bring the error of A1"


def test_no_step_is_walked_twice_on_the_same_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    walks = []

    def counted(*arguments: Any, **named: Any) -> Any:
        walks.append(named)
        return walk(*arguments, **named)

    for module in ("numpynet.parity.compare", "numpynet.parity.differences"):
        monkeypatch.setattr(sys.modules[module], "walk", counted)
    given = first_examples(REFERENCE)
    ours, theirs, graph = numpy_trace(given), torch_trace(given), torch_graph(given)
    compare(ours, theirs)
    assert len(walks) == 3  # from end to end for both, and each on its own inputs
    walks.clear()
    make_lesson(given, theirs, graph)
    assert len(walks) == 5  # the same for the tape too, and one for central differences


def dead(activation: str = "relu") -> Step:
    """The second of three layers is off for every example."""
    given = random_step([3, 4, 4, 1], [activation, activation, "sigmoid"], 6, 1, "float64")
    return replace(given, params_values={**given.params_values, "b2": np.full((4, 1), -100.0)})


TRIPLED = ("np.dot(dZ_curr, A_prev.T) / m", "3 * np.dot(dZ_curr, A_prev.T) / m")


def changed_tutorial(tmp_path: Path, old: str, new: str) -> ModuleType:
    source = (IMPLEMENTATIONS / "tutorial.py").read_text(encoding="utf-8")
    assert old in source
    (tmp_path / "mine.py").write_text(source.replace(old, new), encoding="utf-8")
    return load_implementation(tmp_path / "mine.py")


def test_a_row_in_which_nothing_could_differ_is_no_pass(tmp_path: Path) -> None:
    """Behind a dead layer a tripled dW is 0, too."""
    module = changed_tutorial(tmp_path, *TRIPLED)
    report = compare(numpy_trace(dead(), module), torch_trace(dead()))
    idle = {row.name: row.message for row in report.rows if row.outcome == "idle"}
    assert idle == {
        **dict.fromkeys(("dW1", "db1", "dW2", "db2", "dA1"), "layer 2 is off for every example"),
        "dW3": "A2 is 0 everywhere",
    }
    assert report.outcome == "fail"
    assert report.first_divergence is None
    with pytest.raises(ParityError, match="of dW3 nothing was compared: A2 is 0 everywhere"):
        report.raise_on_mismatch()
    alive = random_step([3, 4, 4, 1], ["relu", "relu", "sigmoid"], 6, 1, "float64")
    first = compare(numpy_trace(alive, module), torch_trace(alive)).first_divergence
    assert first is not None
    assert first.name == "dW3"


@pytest.mark.parametrize("trace", [numpy_trace, tape_trace])
def test_idle_rows_of_ours_are_no_failure(trace: Callable[[Step], Trace]) -> None:
    report = compare(trace(dead()), torch_trace(dead()))
    assert report.outcomes["idle"] == 6
    assert report.outcome == "pass"
    report.raise_on_mismatch()


def test_a_wrong_row_behind_a_dead_layer_is_wrong(tmp_path: Path) -> None:
    module = changed_tutorial(tmp_path, "np.dot(dZ_curr, A_prev.T) / m", "np.dot(dZ_curr, A_prev.T) / m + 1e-9")
    report = compare(numpy_trace(dead(), module), torch_trace(dead()))
    assert report.first_divergence is not None
    assert report.first_divergence.outcome == "numpy-wrong"


def test_of_several_steps_one_with_a_signal_counts() -> None:
    alive = random_step([3, 4, 4, 1], ["relu", "relu", "sigmoid"], 6, 1, "float64")
    reports = [compare(numpy_trace(step), torch_trace(step)) for step in (dead(), alive)]
    assert worst(reports).outcomes["idle"] == 0


def test_a_layer_that_lets_a_hundredth_through_is_not_idle() -> None:
    step = dead("leaky_relu")
    assert compare(numpy_trace(step), torch_trace(step)).outcomes["idle"] == 0


def test_functions_without_a_file_are_somebodys_too(tmp_path: Path) -> None:
    module = changed_tutorial(tmp_path, *TRIPLED)
    held = SimpleNamespace(**{name: value for name, value in vars(module).items() if callable(value)})
    report = compare(numpy_trace(dead(), held), torch_trace(dead()))
    assert (report.numpy_maker, report.outcome) == ("SimpleNamespace", "fail")


def test_weights_that_are_0_are_the_reason_not_the_layer_before_them() -> None:
    alive = random_step([2, 3, 3, 1], ["relu", "relu", "sigmoid"], 6, 1, "float64")
    step = replace(alive, params_values={**alive.params_values, "W2": np.zeros((3, 3)), "b2": np.ones((3, 1))})
    idle = {
        row.name: row.message for row in compare(numpy_trace(step), torch_trace(step)).rows if row.outcome == "idle"
    }
    assert idle == dict.fromkeys(("dA1", "dW1", "db1"), "W2 is 0 everywhere")


@pytest.mark.parametrize(
    ("signature", "call"), [("(Z, grad)", "(Z_curr, dA_curr)"), ("(upstream, Z)", "(dA_curr, Z_curr)"),
                            ("(incoming, Z)", "(dA_curr, Z_curr)")]
)  # fmt: skip
def test_the_gradient_is_known_by_its_name_or_not_observed(signature: str, call: str, tmp_path: Path) -> None:
    """Whichever of the arguments comes first."""
    source = (IMPLEMENTATIONS / "tutorial.py").read_text(encoding="utf-8")
    gradient = signature.strip("()").split(", ")[signature.startswith("(Z")]
    source = source.replace("def relu_backward(dA, Z):", f"def relu_backward{signature}:\n    dA = {gradient}")
    source = source.replace("def sigmoid_backward(dA, Z):", f"def sigmoid_backward{signature}:\n    dA = {gradient}")
    source = source.replace("backward_activation_func(dA_curr, Z_curr)", f"backward_activation_func{call}")
    source = source.replace("single_layer_backward_propagation", "one_layer_back")
    (tmp_path / "mine.py").write_text(source, encoding="utf-8")
    report = compare(numpy_trace(STEP, load_implementation(tmp_path / "mine.py")), torch_trace(STEP))
    report.raise_on_mismatch()
    assert report.outcomes["not-observed"] == (10 if "incoming" in signature else 0)


def test_torch_is_not_accused_where_a_file_hides_its_z(tmp_path: Path) -> None:
    """All Z1 are 0 but for rounding: torch took its own sides, and only they can be seen."""
    source = (IMPLEMENTATIONS / "tutorial.py").read_text(encoding="utf-8")
    for name in ("relu_backward", "sigmoid_backward", "single_layer_backward_propagation", "relu", "sigmoid"):
        source = re.sub(rf"\b{name}\b(?!\")", f"my_{name}", source)
    source = source.replace('"Z" + str(', '"hidden" + str(')
    (tmp_path / "mine.py").write_text(source, encoding="utf-8")
    module, unseen = load_implementation(tmp_path / "mine.py"), 0
    for seed in range(30):
        given = random_step([9, 40, 3, 1], ["relu", "relu", "sigmoid"], 12, seed, "float32")
        x, W1 = given.X[:, :1], given.params_values["W1"]
        b1 = -(W1.astype(np.longdouble) @ x.astype(np.longdouble)).astype("float32")
        given = Step(np.repeat(x, 12, axis=1), given.Y, {**given.params_values, "b1": b1}, given.nn_architecture, 0.1)
        report = compare(numpy_trace(given, module), torch_trace(given))
        assert not [describe(row) for row in report.rows if row.outcome in ("torch-wrong", "both-wrong")]
        unseen += next(row for row in report.rows if row.name == "Z1").outcome == "not-observed"
    assert unseen == 30
