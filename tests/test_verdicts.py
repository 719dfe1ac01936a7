"""What `check` says of whole files of many hands and courses: no right function is accused, the wrong ones are named."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from catalogue import MISTAKES as CATALOGUE
from grading import graded_ahead, is_at_fault, prints

from numpynet.check.grade import grade_file
from numpynet.check.result import FAILED, Grade, Outcome

HERE = Path(__file__).parent
CASES = json.loads((HERE / "cases" / "truth.json").read_text(encoding="utf-8"))
VERDICTS = {"pass": "pass", "fail": "fail", "cannot judge": "cannot-judge"}
COURSES = json.loads((HERE / "courses" / "truth.json").read_text(encoding="utf-8"))
FOLDERS = ("deep", "two_layer", "rows", "sizes", "layers", "optimizers", "whole", "beside", "regression")
RIGHT = sorted(path for folder in FOLDERS for path in (HERE / "courses" / folder).glob("right_*"))
MISTAKES = [
    {**mistake, "folder": folder}
    for folder in FOLDERS
    for mistake in json.loads((HERE / "courses" / folder / "mistakes.json").read_text(encoding="utf-8"))
]
# of two that do not belong together the one that calls the other: the slope is taken at A, of a slope that takes A
CALLERS = {"sizes_02": {"NeuralNetwork.backward", "backward"}, "rows_10": {"TwoLayerNet.loss", "loss"}}
READS_LIKE = {
    "deep": "the deep network whose layers keep caches",
    "two_layer": "a network whose layers are written out",
    "regression": "a network whose layers are written out",
    "rows": "layers in rows, each with a cache.*",
    "sizes": "a network made of classes",
    "layers": "a network made of classes",
    "optimizers": "optimizers",
    "whole": "a step of training in one function",
    "beside": "penalties, dropout or mini-batches beside a network",
}
PLACED = {
    "deep_01",
    "deep_02",
    "deep_03",
    "deep_04",
    "deep_05",
    "deep_09",
    "deep_10",
    "rows_03",
    "sizes_08",
    "two_layer_01",
    "two_layer_03",
    "layers_02",
    "layers_06",
    "layers_07",
    "layers_08",
    "layers_09",
    "regression_01",
    "regression_02",
    "regression_03",
    "regression_04",
    "regression_07",
    "regression_13",
    "regression_15",
    "regression_16",
}  # of which the line is named


def name_of(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


def source_of(mistake: dict[str, Any]) -> str:
    """The right file with the one change."""
    text = (HERE / "courses" / mistake["folder"] / mistake["file"]).read_text(encoding="utf-8")
    before, after = str(mistake["before"]), str(mistake["after"])
    assert text.count(before) == 1
    changed: str = text.replace(before, after)
    return changed


@pytest.fixture(scope="module")
def grades(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Grade]]]:
    """Of every mistake and every case that this run is going to ask for."""
    asked = [item.callspec.params for item in request.session.items
             if item.path == request.path and hasattr(item, "callspec")]  # fmt: skip
    sources: dict[str, str | Path] = {}
    for row in asked:
        if "mistake" in row:
            sources[row["mistake"]["id"]] = source_of(row["mistake"])
        elif "case" in row:
            sources[row["case"]["file"]] = HERE / "cases" / row["case"]["file"]
        elif "path" in row:
            sources[name_of(row["path"])] = row["path"]
    with graded_ahead(tmp_path_factory.mktemp("grades"), sources) as ahead:
        yield ahead


def failed(grade: Grade) -> set[str]:
    """Their names of the functions that are said to be wrong, a method's with its class and without."""
    found = {one.theirs or one.function for one in grade.functions if one.outcome in FAILED}
    return found | {name.rpartition(".")[2] for name in found}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["file"])
def test_verdict_on_a_case_is_the_truth(case: dict[str, Any], grades: dict[str, Future[Grade]]) -> None:
    grade = grades[case["file"]].result()
    assert not failed(grade) & set(case["right"]), grade
    assert set(case["wrong"]) <= failed(grade)
    assert grade.outcome == VERDICTS[case["verdict"]]


@pytest.mark.parametrize("path", RIGHT, ids=name_of)
def test_right_file_of_a_course_passes(path: Path, grades: dict[str, Future[Grade]]) -> None:
    grade = grades[name_of(path)].result()
    if path.stem == "right_1":
        assert re.fullmatch(READS_LIKE[path.parent.name], grade.reads_like)
    assert (grade.outcome, failed(grade)) == ("pass", set()), grade


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake["id"])
def test_mistake_in_a_course_is_named(mistake: dict[str, Any], grades: dict[str, Future[Grade]]) -> None:
    grade = grades[mistake["id"]].result()
    wrong = set(mistake["wrong"]) | {name.rpartition(".")[2] for name in mistake["wrong"]}
    wrong = CALLERS.get(mistake["id"], wrong)
    assert grade.outcome == "fail"
    assert failed(grade) & wrong
    assert failed(grade) <= wrong
    places = [one.place for one in grade.functions if one.place is not None]
    assert bool(places) is (mistake["id"] in PLACED)
    right = (HERE / "courses" / mistake["folder"] / mistake["file"]).read_text(encoding="utf-8")
    assert all(is_at_fault(place, right, source_of(mistake)) for place in places)


# the mistakes in classes of which an example is shown that can be pasted behind the class
SHOWN = ("sizes_01", "sizes_02", "sizes_10")


@pytest.mark.parametrize("mistake", [one for one in MISTAKES if one["id"] in SHOWN], ids=lambda mistake: mistake["id"])
def test_example_of_a_class_is_true(mistake: dict[str, Any], grades: dict[str, Future[Grade]]) -> None:
    """Behind the right class, the code to copy prints what is expected; behind the wrong one, what is said of it."""
    right = (HERE / "courses" / mistake["folder"] / mistake["file"]).read_text(encoding="utf-8")
    witness = next(one.witness for one in grades[mistake["id"]].result().functions if one.outcome in FAILED)
    assert witness is not None
    assert not isinstance(witness.yours, str)
    assert prints(right, witness.numpy, witness.expected)
    assert prints(source_of(mistake), witness.numpy, witness.yours)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"/ rows": "/ columns"}, "cannot-judge"),  # of the features: what is meant is not known
        ({"(Y.max() + 1, Y.size)": "(10, Y.size)"}, "pass"),
        ({"(Y.max() + 1, Y.size)": "(10, Y.size)", "dZ1.sum(axis=1, keepdims=True)": "dZ1.sum()"}, "fail"),
    ],
    ids=["features-counted", "ten-classes", "ten-classes-wrong"],
)
def test_numbers_written_into_a_file(changes: dict[str, str], outcome: str, tmp_path: Path) -> None:
    text = (HERE / "courses" / "regression" / "right_6.py").read_text(encoding="utf-8")
    for before, after in changes.items():
        assert before in text
        text = text.replace(before, after)
    (tmp_path / "mine.py").write_text(text, encoding="utf-8")
    assert grade_file(tmp_path / "mine.py").outcome == outcome


def test_network_in_one_function_that_hides_its_weights_cannot_be_judged(tmp_path: Path) -> None:
    text = (HERE / "courses" / "whole" / "right_1.py").read_text(encoding="utf-8")
    start = "W1, b1, W2, b2 = np.random.randn(X.shape[1], 4), 0, np.random.randn(4, 1), 0"
    hidden = text.replace("X, y, W1, b1, W2, b2, ", "X, y, ").replace("    for _", f"    {start}\n    for _")
    (tmp_path / "mine.py").write_text(hidden, encoding="utf-8")
    grade = grade_file(tmp_path / "mine.py")
    assert [(one.function, one.outcome) for one in grade.functions] == [("neural_network", Outcome.CANNOT_JUDGE)]
    assert grade.outcome == "cannot-judge"
    assert "numpynet gradcheck" in grade.advice


def test_network_that_ends_in_softmax(tmp_path: Path) -> None:
    right = SOFTMAX
    for name, source, wrong in (
        ("right", right, set()),
        ("guard", right.replace("np.log(A2)", "np.log(A2 + 1e-8)"), set()),
        ("axis", right.replace("e.sum(axis=0, keepdims=True)", "e.sum()"), {"softmax"}),
        ("sign", right.replace('cache["A2"] - Y', 'Y - cache["A2"]'), {"backward_propagation"}),
        ("mean", right.replace("np.log(A2)) / m", "np.log(A2))"), {"compute_cost"}),
    ):
        path = tmp_path / f"{name}.py"
        path.write_text(source, encoding="utf-8")
        assert failed(grade_file(path)) == wrong, name


SOFTMAX = """
import numpy as np

def initialize_parameters(n_x, n_h, n_y):
    return {"W1": np.random.randn(n_h, n_x) * 0.01, "b1": np.zeros((n_h, 1)),
            "W2": np.random.randn(n_y, n_h) * 0.01, "b2": np.zeros((n_y, 1))}

def relu(Z):
    return np.maximum(0, Z)

def softmax(Z):
    e = np.exp(Z - Z.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)

def forward_propagation(X, parameters):
    Z1 = parameters["W1"] @ X + parameters["b1"]
    A1 = relu(Z1)
    Z2 = parameters["W2"] @ A1 + parameters["b2"]
    A2 = softmax(Z2)
    return A2, {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}

def compute_cost(A2, Y):
    m = Y.shape[1]
    return -np.sum(Y * np.log(A2)) / m

def backward_propagation(parameters, cache, X, Y):
    m = X.shape[1]
    dZ2 = cache["A2"] - Y
    dZ1 = (parameters["W2"].T @ dZ2) * (cache["Z1"] > 0)
    return {"dW1": dZ1 @ X.T / m, "db1": dZ1.sum(axis=1, keepdims=True) / m,
            "dW2": dZ2 @ cache["A1"].T / m, "db2": dZ2.sum(axis=1, keepdims=True) / m}

def update_parameters(parameters, grads, learning_rate=1.2):
    for k in parameters:
        parameters[k] = parameters[k] - learning_rate * grads["d" + k]
    return parameters
"""


def test_another_activation_and_another_loss_are_right_where_their_parts_belong_together(tmp_path: Path) -> None:
    text = (HERE / "implementations" / "tutorial.py").read_text(encoding="utf-8")
    leaky = text.replace("np.maximum(0, Z)", "np.maximum(0.01 * Z, Z)")
    (tmp_path / "both.py").write_text(leaky.replace("dZ[Z <= 0] = 0", "dZ[Z <= 0] *= 0.01"), encoding="utf-8")
    (tmp_path / "one.py").write_text(leaky, encoding="utf-8")
    assert grade_file(tmp_path / "both.py").outcome == "pass"
    assert failed(grade_file(tmp_path / "one.py")) == {"relu"}


@pytest.mark.parametrize("id", ["B07", "C07", "K09", "K10"])
def test_guard_is_right_in_another_way_and_its_size_is_told(id: str, tmp_path: Path) -> None:
    mistake = next(one for one in CATALOGUE if one.id == id)
    (tmp_path / "mine.py").write_text(mistake.source(), encoding="utf-8")
    one = next(one for one in grade_file(tmp_path / "mine.py").functions if one.function == mistake.function)
    assert one.outcome == Outcome.CONVENTION
    assert "on the inputs tried it moves the result by at most" in one.conventions[0]
