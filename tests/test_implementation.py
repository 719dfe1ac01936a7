"""Somebody's file beside torch: read in its own way of speaking, run isolated, judged like anybody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from catalogue import MISTAKES
from conftest import IMPLEMENTATIONS
from problems import few

from numpynet.check.fit import CannotJudgeError, Fit, LacksError, fit
from numpynet.check.reader import AS_IT_IS, Reader, Reading
from numpynet.parity import Report, Step, compare, numpy_trace, trace_functions
from numpynet.parity.compare import Outcome
from numpynet.parity.loader import load_implementation
from numpynet.parity.trace import REQUIRED
from numpynet.problem import make_architecture
from numpynet.sandbox import Limits, LoadError
from torch_reference import torch_trace

CASES = Path(__file__).parent / "cases"
TRUTH = json.loads((CASES / "truth.json").read_text(encoding="utf-8"))
TUTORIAL = (IMPLEMENTATIONS / "tutorial.py").read_text(encoding="utf-8")
STYLES = sorted(path for path in IMPLEMENTATIONS.rglob("*.*") if path.suffix in (".py", ".ipynb"))
ANYTHING = frozenset(("layers", "activation", "loss", "dtype"))
NOT_IN_A_STEP = ("c03", "c31")  # what is wrong there takes no part in a step
OTHER_INTERFACES = ("c07", "c27", "c46", "c50")  # neither the lab's functions nor near relatives
GRADIENT_WAYS = {mistake.id: mistake for mistake in MISTAKES}


@contextmanager
def read(path: Path, reading: Reading = AS_IT_IS) -> Iterator[Reader]:
    with Reader(
        path, replace(reading, isolation="plain" if reading.isolation == "auto" else "none"), Limits()
    ) as reader:
        yield reader


def written(folder: Path, source: str, name: str = "mine.py") -> Path:
    path = folder / name
    path.write_text(source, encoding="utf-8")
    return path


def changed(*changes: tuple[str, str]) -> str:
    source = TUTORIAL
    for before, after in changes:
        assert before in source, before
        source = source.replace(before, after)
    return source


def fitted(reader: Reader, given: Step) -> tuple[Fit, Step]:
    """The file on the step's network, or on what it has in its place."""
    found = fit(reader, given.nn_architecture, given.loss, given.dtype, ANYTHING)
    names = [f"{kind}{layer}" for layer in range(1, len(found.nn_architecture) + 1) for kind in "Wb"]
    start, last = dict(given.params_values), len(found.nn_architecture)
    if last < len(given.nn_architecture):
        start[f"W{last}"] = np.full((1, found.nn_architecture[-1]["input_dim"]), 0.3) * np.arange(1, 26) % 0.7
        start[f"b{last}"] = np.array([[0.1]])
    dtype = found.dtype
    return found, Step(
        given.X.astype(dtype), given.Y.astype(dtype), {name: start[name].astype(dtype) for name in names},
        found.nn_architecture, 0.01, found.loss,
    )  # fmt: skip


def reported(path: Path, given: Step | None = None) -> Report:
    with read(path) as reader:
        if missing := [name for name in REQUIRED if reader.roles.get(name) is None]:
            raise LoadError(f"no function {missing}")
        found, step = fitted(reader, given or few())
        return compare(numpy_trace(step, found.implementation), torch_trace(step))


# ── right and wrong files ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.stem)
def test_right_file_in_any_style_passes(path: Path) -> None:
    report = reported(path)
    assert report.outcome == "pass", report.first_divergence
    assert {row.outcome for row in report.rows} <= {Outcome.PASS, Outcome.NOT_OBSERVED}
    gradients = [row for row in report.rows if row.name.startswith(("dW", "db", "W", "b")) or row.name == "cost"]
    assert {row.outcome for row in gradients} == {Outcome.PASS}


@pytest.mark.parametrize("case", TRUTH, ids=lambda case: case["file"])
def test_verdict_on_a_file_is_the_truth(case: dict[str, Any]) -> None:
    path = CASES / case["file"]
    if path.stem in OTHER_INTERFACES:
        with pytest.raises(LoadError):
            reported(path)
    elif case["verdict"] == "cannot judge":
        with pytest.raises(CannotJudgeError, match="helpers, which is not here"):
            reported(path)
    else:
        expected = "pass" if path.stem in NOT_IN_A_STEP else case["verdict"]
        assert reported(path).outcome == expected


@pytest.mark.parametrize(
    ("id", "row", "where"), [("C07", "cost", "the logarithms of the cost"), ("K09", "dA5", "the denominators of dA5")]
)
def test_guard_is_told_with_its_size(tmp_path: Path, id: str, row: str, where: str) -> None:
    report = reported(written(tmp_path, GRADIENT_WAYS[id].source()))
    assert report.outcome == "pass"
    assert next(one for one in report.rows if one.name == row).outcome == Outcome.GUARDED
    assert any(f"adds 1e-08 in {where}" in note for note in report.notes)


GRADIENT = "np.divide(Y, Y_hat) - np.divide(1 - Y, 1 - Y_hat)"
UNSEEN = [("relu_backward", "through_relu"), ("sigmoid_backward", "through_sigmoid"),
          ("single_layer_backward_propagation", "one_layer_back")]  # fmt: skip


@pytest.mark.parametrize("unseen", [[], UNSEEN], ids=["seen", "unseen"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (GRADIENT, "np.divide(Y, Y_hat + 1e-9) - np.divide(1 - Y, 1 - Y_hat)"),
        (GRADIENT, "np.divide(Y, Y_hat) - np.divide(1 - Y, 1 - Y_hat + 1e-12)"),
        (GRADIENT, "(Y - Y_hat) / (Y_hat * (1 - Y_hat) + 1e-10)"),
        (GRADIENT, "np.divide(Y, Y_hat + np.finfo(float).eps) - np.divide(1 - Y, 1 - Y_hat + np.finfo(float).eps)"),
        ("np.log(Y_hat).T", "np.log(Y_hat + 1e-15).T"),
    ],
)
def test_guard_of_any_form_is_right(tmp_path: Path, before: str, after: str, unseen: list[tuple[str, str]]) -> None:
    report = reported(written(tmp_path, changed((before, after), *unseen)))
    assert report.outcome == "pass", report.first_divergence


@pytest.mark.parametrize(
    ("before", "after", "row"),
    [
        ("np.divide(Y, Y_hat)", "np.divide(Y, Y_hat + 1e-3)", "dA5"),  # no guard any more
        ("np.divide(Y, Y_hat)", "np.divide(Y, Y_hat * (1 + 1e-8))", "dA5"),  # a factor
        ("return np.maximum(0, Z)", "return np.maximum(0.01 * Z, Z)", "A1"),
    ],
)
def test_what_only_looks_like_another_way_stays_wrong(tmp_path: Path, before: str, after: str, row: str) -> None:
    report = reported(written(tmp_path, changed((before, after))))
    assert report.outcome == "fail"
    assert report.first_divergence is not None
    assert report.first_divergence.name == row


def test_dz_in_the_place_of_da_is_another_way_where_every_gradient_is_right(tmp_path: Path) -> None:
    fused = changed(
        ('    if activation == "relu":\n        backward_activation_func = relu_backward',
         '    if activation == "none":\n        backward_activation_func = lambda dA, Z: dA\n'
         '    elif activation == "relu":\n        backward_activation_func = relu_backward'),
        ("dA_prev = -(np.divide(Y, Y_hat) - np.divide(1 - Y, 1 - Y_hat))", "dA_prev = Y_hat - Y"),
        ('Z_curr, A_prev, layer["activation"]\n', 'Z_curr, A_prev,\n            layer["activation"] if layer_idx_curr < '
         'len(nn_architecture) else "none"\n'),
    )  # fmt: skip
    report = reported(written(tmp_path, fused))
    assert report.outcome == "pass", report.first_divergence
    assert any("something else, in a way of its own" in note for note in report.notes)


# ── what the file has, and what it has not ──────────────────────────────────────────────────────────────────────────


def test_what_nobody_asked_for_is_as_the_file_has_it() -> None:
    given = few()
    for case, layers, said in (
        ("c15.py", "2-25-1", "where relu is asked for, it computes tanh"),
        ("c43.py", "2-25-50-50-25-1", "where relu is asked for, it computes sigmoid"),
        ("c44.py", "2-25-50-50-25-1", "c44.py computes 2-25-50-50-25-1 with tanh, sigmoid: it is compared on that"),
    ):
        with read(CASES / case) as reader:
            found = fit(reader, given.nn_architecture, "bce", given.dtype, ANYTHING)
            assert found.layers == layers
            assert said in found.implementation.notes
            with pytest.raises(LacksError):
                fit(reader, given.nn_architecture, "bce", given.dtype)


def test_a_cast_on_the_way_is_told(tmp_path: Path) -> None:
    for before, after in (
        ("return 1 / (1 + np.exp(-Z))", "return (1 / (1 + np.exp(-Z))).astype(np.float32)"),
        (
            "np.dot(W_curr, A_prev) + b_curr",
            "np.dot(W_curr.astype(np.float32), A_prev.astype(np.float32)) + b_curr.astype(np.float32)",
        ),
    ):
        report = reported(written(tmp_path, changed((before, after))))
        assert (report.outcome, str(report.dtype)) == ("pass", "float32"), report.first_divergence
        assert any("float32" in note for note in report.notes)


def test_what_a_file_lacks_is_said() -> None:
    float64 = np.dtype(np.float64)
    with read(IMPLEMENTATIONS / "tutorial.py") as reader:
        with pytest.raises(LacksError, match=r"tutorial\.py computes with relu, sigmoid"):
            fit(reader, make_architecture([2, 4, 1], "tanh", "sigmoid"), "bce", float64)
        with pytest.raises(LacksError, match="works with relu, sigmoid and bce, not with relu, linear and mse"):
            fit(reader, make_architecture([2, 4, 1], "relu", "linear"), "mse", float64)
        with pytest.raises(LacksError, match="that of one output"):
            fit(reader, make_architecture([2, 4, 3], "relu", "sigmoid"), "bce", float64)
    with (
        read(IMPLEMENTATIONS / "styles" / "float32_throughout.py") as reader,
        pytest.raises(LacksError, match="computes in float32"),
    ):
        fit(reader, make_architecture([2, 4, 1], "relu", "sigmoid"), "bce", float64)


def test_fault_in_a_deep_network_is_not_hidden_by_a_shallow_one(tmp_path: Path) -> None:
    """A wrong file must not be put to a network on which its fault does not show."""
    raising = changed(("return np.maximum(0, Z)", "return np.max(0, Z)"))
    assert reported(written(tmp_path, raising)).outcome == "fail"
    deep = changed(("def full_forward_propagation(X, params_values, nn_architecture):", "def full_forward_propagation("
                    "X, params_values, nn_architecture):\n    X = X * (1 + (len(nn_architecture) > 2))"))  # fmt: skip
    assert reported(written(tmp_path, deep)).outcome == "fail"


def test_what_is_not_judged_is_said(tmp_path: Path) -> None:
    with read(IMPLEMENTATIONS / "tutorial.py") as reader:
        found, _ = fitted(reader, few())
        assert any(
            note.startswith("init_layers, convert_prob_into_class, get_accuracy_value, train are not judged here")
            for note in found.implementation.notes
        )


# ── in its own process ──────────────────────────────────────────────────────────────────────────────────────────────


def test_file_is_run_isolated(tmp_path: Path) -> None:
    harm = changed(
        ("    return np.maximum(0, Z)", f"    open({str(tmp_path / 'spoilt')!r}, 'w')\n    return np.maximum(0, Z)")
    )
    with pytest.raises(CannotJudgeError, match=r"does not allow writing to .*; --trust allows it"):
        reported(written(tmp_path, harm))
    assert not (tmp_path / "spoilt").exists()


def test_trusted_file_has_the_helpers_beside_it(tmp_path: Path) -> None:
    helpers = "\n\n".join(
        TUTORIAL[TUTORIAL.index(f"def {name}(") :].partition("\n\n\n")[0]
        for name in ("sigmoid", "relu", "sigmoid_backward", "relu_backward")
    )
    written(tmp_path, f"import numpy as np\n\n{helpers}\n", "helpers.py")
    path = written(tmp_path, (CASES / "c10.py").read_text(encoding="utf-8"))
    with pytest.raises(CannotJudgeError):
        reported(path)
    with read(path, Reading(isolation="none")) as reader:
        found, step = fitted(reader, few())
        assert compare(numpy_trace(step, found.implementation), torch_trace(step)).outcome == "pass"


def test_object_is_made_of_the_arguments_that_are_given(tmp_path: Path) -> None:
    source = (CASES / "c35.py").read_text(encoding="utf-8").replace(
        "def __init__(self, nn_architecture):", "def __init__(self, sizes, act='relu'):\n"
        "        nn_architecture = [{'input_dim': i, 'output_dim': o, 'activation': act} for i, o in zip(sizes, sizes[1:])]\n"
        "        nn_architecture[-1]['activation'] = 'sigmoid'",
    )  # fmt: skip
    path = written(tmp_path, source)
    with read(path, Reading(class_name="Network", init=([[2, 25, 50, 50, 25, 1]], {"act": "relu"}))) as reader:
        found, step = fitted(reader, few())
        assert compare(numpy_trace(step, found.implementation), torch_trace(step)).outcome == "pass"
    with read(path) as reader:
        assert any("__init__ needs arguments that nobody gave" in note for note in reader.notes)
    with (
        pytest.raises(LoadError, match="cannot be made of what --init gives: TypeError"),
        read(path, Reading(class_name="Network", init=([], {"nothing": 1}))),
    ):
        pass


# ── in this process, under other names ──────────────────────────────────────────────────────────────────────────────


def test_functions_under_other_names_are_traced(tmp_path: Path) -> None:
    source = changed(("full_forward_propagation", "forward"), ("full_backward_propagation", "backward"),
                     ("relu_backward", "d_relu"), ("sigmoid_backward", "d_sigmoid"))  # fmt: skip
    module = load_implementation(written(tmp_path, source))
    names = {"full_forward_propagation": "forward", "full_backward_propagation": "backward"}
    plain = trace_functions(module, few(), names=names)
    compare(plain, torch_trace(few())).raise_on_mismatch()
    named = trace_functions(module, few(), names=names | {"relu_backward": "d_relu", "sigmoid_backward": "d_sigmoid"})
    assert set(named.values) == set(few().shapes())
    assert vars(module)["d_relu"].__name__ == "d_relu"
    holder = SimpleNamespace(**{name: getattr(module, theirs) for name, theirs in names.items()},
                             get_cost_value=module.get_cost_value, update=module.update)  # fmt: skip
    assert trace_functions(holder, few()).problem is None


def test_names_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    module = load_implementation(IMPLEMENTATIONS / "tutorial.py")
    with pytest.raises(ValueError, match="names has 'forwards'"):
        trace_functions(module, few(), names={"forwards": "full_forward_propagation"})
    with pytest.raises(AttributeError, match=r"tutorial\.py has no function forward, named for full_forward"):
        trace_functions(module, few(), names={"full_forward_propagation": "forward"})


# ── what strangers wrote ────────────────────────────────────────────────────────────────────────────────────────────

COURSE = (CASES / "c41.py").read_text(encoding="utf-8")
IN_PLACE = ("return np.maximum(0, Z)", "Z[Z < 0] = 0\n    return Z")


@pytest.mark.parametrize(
    "source",
    [
        COURSE.replace('"W"', '"w"').replace('"dW"', '"dw"'),
        COURSE.replace('"W"', '"weights"').replace('"b"', '"bias"'),
        "\n\n\n".join(
            part
            for part in (IMPLEMENTATIONS / "styles" / "lower_case_keys_fused.py").read_text(encoding="utf-8").split("\n\n\n")
            if not part.startswith("def init_layers")
        ),
        changed(IN_PLACE),
        changed(("cost = -1 / m *", "cost = -1 *"), ("A_prev.T) / m", "A_prev.T)"), ("keepdims=True) / m", "keepdims=True)")),
    ],
    ids=["course, w1", "course, weights1 and bias1", "keys without a start", "in-place relu", "sums in place of means"],
)  # fmt: skip
def test_right_file_of_a_stranger_passes(tmp_path: Path, source: str) -> None:
    report = reported(written(tmp_path, source))
    assert report.outcome == "pass", report.first_divergence


TUPLES = """
import numpy as np

def initialize_parameters(n_x, n_h, n_y):
    return np.ones((n_h, n_x)), np.zeros((n_h, 1)), np.ones((n_y, n_h)), np.zeros((n_y, 1))

def forward_propagation(X, parameters):
    W1, b1, W2, b2 = parameters
    A1 = np.tanh(W1 @ X + b1)
    return 1 / (1 + np.exp(-(W2 @ A1 + b2))), (A1,)

def compute_cost(A2, Y):
    return -np.mean(Y * np.log(A2) + (1 - Y) * np.log(1 - A2))

def backward_propagation(parameters, cache, X, Y):
    return parameters

def update_parameters(parameters, grads, learning_rate):
    return parameters
"""


def test_every_matrix_by_itself_is_left_to_check() -> None:
    with pytest.raises(
        CannotJudgeError, match=r"forward, .* every matrix by itself, .* numpynet check .*_by_itself\.py"
    ):
        reported(Path(__file__).parent / "hands" / "each_matrix_by_itself.py")


def test_what_is_not_understood_cannot_be_judged(tmp_path: Path) -> None:
    with pytest.raises(CannotJudgeError, match=r"could not be found out .* docs/gradients\.md"):
        reported(written(tmp_path, TUPLES))
    sizes = (CASES / "c35.py").read_text(encoding="utf-8").replace("(self, nn_architecture)", "(self, sizes, rate)")
    with pytest.raises(LacksError, match=r"Network\.__init__\(sizes, rate\) wants arguments: give --init"):
        reported(written(tmp_path, sizes))


def test_linear_output_is_not_taken_for_a_relu(tmp_path: Path) -> None:
    source = (CASES / "c15.py").read_text(encoding="utf-8").replace("A2 = sigmoid(Z2)", "A2 = Z2").replace(
        "return float(-np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / m)", "return float(np.mean((A2 - Y) ** 2))"
    ).replace("dZ2 = A2 - Y", "dZ2 = 2 * (A2 - Y)")  # fmt: skip
    with read(written(tmp_path, source)) as reader:
        found = fit(reader, few().nn_architecture, "bce", few().dtype, ANYTHING)
    assert (found.nn_architecture[-1]["activation"], found.loss) == ("linear", "mse")
    half = source.replace("np.mean((A2 - Y) ** 2)", "0.5 * np.mean((A2 - Y) ** 2)").replace("2 * (A2 - Y)", "A2 - Y")
    report = reported(written(tmp_path, half))
    assert report.outcome == "pass", report.first_divergence
    assert "its cost and its gradients are 0.5 times those of mse; shown divided by that" in report.notes
    only_the_cost = source.replace("np.mean((A2 - Y) ** 2)", "0.5 * np.mean((A2 - Y) ** 2)")
    assert reported(written(tmp_path, only_the_cost)).outcome == "fail"


@pytest.mark.parametrize(
    ("before", "after", "row"),
    [
        ("    return np.squeeze(cost)", "    raise ValueError(cost)", "cost"),
        ('params_values["W" + str(layer_idx)] -=', 'params_values["V" + str(layer_idx)] -=', "W1'"),
    ],
)
def test_function_that_raises_is_the_first_culprit(tmp_path: Path, before: str, after: str, row: str) -> None:
    report = reported(written(tmp_path, changed((before, after))))
    assert report.first_divergence is not None
    assert report.first_divergence.name == row
