"""Many classes and real values: what is read, what is refused with a reason, training, and predictions."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import Finished
from problems import random_step
from sklearn.metrics import r2_score, root_mean_squared_error

import numpynet
from numpynet import metrics
from numpynet.datasets import DATASETS, description, from_file, remarks
from numpynet.files import load_weights
from numpynet.parity import Step, compare, numpy_trace
from numpynet.training import troubles
from numpynet.validation import check_hyperparameters
from torch_reference import torch_trace

Command = Callable[..., Finished]
FLOWERS = "length,width,kind\n" + "".join(
    f"{1 + 0.1 * i},{3 - 0.2 * i},{kind}\n" for i in range(12) for kind in ("rose", "lily", "iris")
)


def written(tmp_path: Path, text: str, name: str = "data.csv") -> Path:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / name


@pytest.mark.parametrize(
    ("name", "shape", "outputs", "targets"),
    [("digits", (64, 1617), 10, "classes"), ("iris", (4, 135), 3, "classes"), ("wine", (13, 160), 3, "classes"),
     ("diabetes", (10, 397), 1, "real"), ("breast_cancer", (30, 512), 1, "binary")],
)  # fmt: skip
def test_shipped_data(name: str, shape: tuple[int, int], outputs: int, targets: str) -> None:
    data = DATASETS[name]()
    assert data.X_train.shape == shape
    assert (len(data.Y_train), data.targets) == (outputs, targets)
    whole = DATASETS[name](0)
    assert whole.X_test.shape[1] == 0
    assert whole.X_train.shape[1] == data.X_train.shape[1] + data.X_test.shape[1]
    if targets == "classes":
        assert (data.Y_train.sum(axis=0) == 1).all()
        assert len(data.classes) == outputs


def test_labels_may_be_text(tmp_path: Path) -> None:
    data = from_file(written(tmp_path, FLOWERS), 0)
    assert data.classes == ("iris", "lily", "rose")
    assert data.X_train.shape == (2, 36)
    assert data.Y_train[:, :3].tolist() == [[0, 0, 1], [0, 1, 0], [1, 0, 0]]
    assert description(data) == (
        "36 rows, 2 features, 3 classes (iris: 12, lily: 12, rose: 12); 36 for training, 0 for the test"
    )


@pytest.mark.parametrize(
    ("labels", "targets", "classes", "Y"),
    [
        ("no yes yes no", "binary", ("no", "yes"), [[0, 1, 1, 0]]),
        ("1 2 2 1", "binary", ("1", "2"), [[0, 1, 1, 0]]),
        ("0 1 1 0", "binary", ("0", "1"), [[0, 1, 1, 0]]),
        ("1 3 2 1", "classes", ("1", "2", "3"), [[1, 0, 0, 1], [0, 0, 1, 0], [0, 1, 0, 0]]),
    ],
)
def test_classes_of_a_file(
    tmp_path: Path, labels: str, targets: str, classes: tuple[str, ...], Y: list[list[int]]
) -> None:
    rows = "".join(f"{i},{label}\n" for i, label in enumerate(labels.split()))
    data = from_file(written(tmp_path, rows), 0)
    assert (data.targets, data.classes, data.Y_train.tolist()) == (targets, classes, Y)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,2,a\n3,,b\n", "line 2, column 2 is empty: a value is missing"),
        ("1,2,a\n3,4,\n", "line 2 has no label in its last column"),
        ("1;2;a\n3;4;b\n", "line 1 has semicolons: expected commas"),
        ("1,2,a\n3,x,b\n", "line 2: could not convert string to float: 'x'"),
        (
            "1,0.5\n2,0.7\n",
            "the label of example 0 is 0.5: expected a class; for targets that are numbers give --target",
        ),
        ("".join(f"1,{i}\n" for i in range(200)), "the labels are of 200 classes: expected at most 100; for targets"),
    ],
)
def test_a_wrong_file_says_the_line_and_the_way_out(
    tmp_path: Path, numpynet_command: Command, text: str, words: str
) -> None:
    finished = numpynet_command("train", "--data", written(tmp_path, text), "--epochs", 1)
    assert finished.code == 2
    assert words in finished.err
    assert "Usage" not in finished.err


def test_what_was_read_is_said_on_standard_error(tmp_path: Path, numpynet_command: Command) -> None:
    finished = numpynet_command("train", "--data", written(tmp_path, FLOWERS), "--epochs", 1, "--json")
    assert json.loads(finished.out)["epochs"] == 1
    assert (
        "36 rows, 2 features, 3 classes (iris: 12, lily: 12, rose: 12); 32 for training, 4 for the test" in finished.err
    )


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([(i, (7 * i) % 5, i % 2) for i in range(9)], "column 1 counts the rows: is it an index?"),
        ([((7 * i) % 5, 3, i % 2) for i in range(9)], "the same value everywhere in column 2"),
        ([((7 * i) % 5, 1000 * ((3 * i) % 4), i % 2) for i in range(9)], "of very different scales: --standardize"),
        ([((7 * i) % 5, (3 * i) % 4, 1) for i in range(9)], "every label is of the same class"),
    ],
)
def test_what_may_be_wrong_with_a_file(tmp_path: Path, rows: list[tuple[int, ...]], words: str) -> None:
    data = from_file(written(tmp_path, "".join(",".join(map(str, row)) + "\n" for row in rows)))
    assert [remark for remark in remarks(data) if words in remark]
    sound = [((7 * i) % 5, (3 * i) % 4, i % 2) for i in range(9)]
    assert remarks(from_file(written(tmp_path, "".join(",".join(map(str, row)) + "\n" for row in sound)))) == []


def test_xor_is_trained_on_all_its_rows(tmp_path: Path, numpynet_command: Command) -> None:
    xor = written(tmp_path, "0,0,0\n0,1,1\n1,0,1\n1,1,0\n")
    finished = numpynet_command(
        "train", "--data", xor, "--test", 0, "--layers", "2-8-1", "--activation", "tanh", "--optimizer", "adam",
        "--learning-rate", 0.05, "--epochs", 500, "--json",
    )  # fmt: skip
    final = json.loads(finished.out)["final"]
    assert (final["train_accuracy"], final["test_accuracy"]) == (1, None)
    assert "4 rows, 2 features, 2 classes (0: 2, 1: 2); 4 for training, 0 for the test" in finished.err


@pytest.mark.parametrize("targets", ["numbers", "columns"])
def test_classes_are_taken_as_numbers_at_the_door(targets: str) -> None:
    layers = [{"input_dim": 3, "output_dim": 4, "activation": "linear"}]
    stream = np.random.default_rng(1)
    X, labels = stream.standard_normal((3, 9)), stream.integers(0, 4, 9)
    one_hot = (np.arange(4)[:, np.newaxis] == labels).astype(float)
    Y = labels if targets == "numbers" else one_hot
    params_values = numpynet.init_layers(layers)  # type: ignore[arg-type]
    Y_hat, memory = numpynet.full_forward_propagation(X, params_values, layers)  # type: ignore[arg-type]
    expected = -np.log(np.exp(Y_hat) / np.exp(Y_hat).sum(axis=0))[labels, np.arange(9)].mean()
    assert numpynet.get_cost_value(Y_hat, Y, loss="cross_entropy") == pytest.approx(expected, rel=1e-12)
    grads = numpynet.full_backward_propagation(Y_hat, Y, memory, params_values, layers, loss="cross_entropy")  # type: ignore[arg-type]
    error = np.exp(Y_hat) / np.exp(Y_hat).sum(axis=0) - one_hot
    np.testing.assert_allclose(grads["dW1"], error @ X.T / 9, rtol=1e-12)


@pytest.mark.parametrize(
    ("Y", "words"),
    [
        (np.array([0, 1, 4]), "the label of example 2 is 4: expected a class, a whole number from 0 to 3"),
        (np.array([0, 1, 0.5]), "the label of example 2 is 0.5"),
        (np.ones((4, 3)), "column 0 of Y is"),
        (np.ones((3, 4)), "Y has shape (3, 4): expected (4, 3)"),
    ],
)
def test_wrong_classes_are_refused(Y: numpynet.types.Array, words: str) -> None:
    layers = [{"input_dim": 2, "output_dim": 4, "activation": "linear"}]
    with pytest.raises(ValueError, match=re.escape(words)):
        list(numpynet.training_steps(np.ones((2, 3)), Y, layers, 1, 0.1, loss="cross_entropy"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--data", "iris", "--output", "softmax"], "squashed twice; give the last layer linear, or take the loss nll"),
        (["--data", "iris", "--loss", "nll", "--output", "linear"], "nll takes probabilities that add up to 1"),
        (["--data", "iris", "--layers", "4-8-2"], "iris needs 4 inputs (features) and 3 outputs"),
        (["--data", "diabetes", "--loss", "bce"], "the targets are numbers: take the loss mse"),
        (["--data", "moons", "--activation", "softmax"], "'softmax' is not one of"),
        (["--optimizer", "adam", "--momentum", "0.9"], "adam has no hyperparameter 'momentum'"),
        (["--momentum", "1.5"], "1.5 is not in the range"),
        (["--optimizer", "adam", "--betas", "0.9"], "expected two numbers with a comma between"),
        (["--optimizer", "adam", "--betas", "0.9,1"], "betas is 1.0: expected at least 0 and below 1"),
        (["--nesterov"], "nesterov needs a momentum and no dampening"),
        (["--batch-size", "8"], "--batch-size is about a free run"),
        (["--target", "regression"], "moons is no file"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(
    numpynet_command: Command, arguments: list[str], words: str
) -> None:
    finished = numpynet_command("compare", *arguments)
    assert (finished.code, finished.out) == (2, "")
    assert words in finished.err


def test_digits_are_learned_and_predicted(numpynet_command: Command, tmp_path: Path) -> None:
    options = ("--data", "digits", "--layers", "64-32-10", "--loss", "cross_entropy", "--optimizer", "adam")
    finished = numpynet_command("train", *options, "--batch-size", 32, "--epochs", 60, "--json")
    assert json.loads(finished.out)["final"]["test_accuracy"] >= 0.96
    data = DATASETS["digits"]()
    table = written(tmp_path, "".join(",".join(map(repr, row)) + "\n" for row in data.X_test.T.tolist()), "new.csv")
    said = numpynet_command("predict", "--weights", "weights.npz", table)
    header, *lines = csv.reader(io.StringIO(said.out))
    assert header == ["class", *(f"p({digit})" for digit in range(10))]
    right = [int(line[0]) == label for line, label in zip(lines, data.Y_test.argmax(axis=0), strict=True)]
    assert np.mean(right) >= 0.96
    assert np.allclose([sum(map(float, line[1:])) for line in lines], 1)
    expected = numpynet.predict(data.X_test, load_weights(tmp_path / "weights.npz"))
    assert np.allclose([[float(cell) for cell in line[1:]] for line in lines], expected.T, rtol=1e-12)


def test_predictions_have_the_names_of_the_classes_and_go_through_the_scaler(
    numpynet_command: Command, tmp_path: Path
) -> None:
    options = ("--data", written(tmp_path, FLOWERS), "--standardize", "--layers", "2-8-3", "--optimizer", "adam")
    assert numpynet_command("train", *options, "--epochs", 5).code == 0
    said = numpynet_command("predict", "--weights", "weights.npz", written(tmp_path, "a,b\n1,3\n", "new.csv"))
    assert said.out.splitlines()[0] == "class,p(iris),p(lily),p(rose)"
    weights = load_weights(tmp_path / "weights.npz")
    assert weights.scaler is not None
    expected = numpynet.predict(np.array([[1.0], [3.0]]), weights)[:, 0]
    assert np.allclose([float(cell) for cell in said.out.splitlines()[1].split(",")[1:]], expected)
    told = json.loads(numpynet_command("predict", "--weights", "weights.npz", tmp_path / "new.csv", "--json").out)
    assert told["predictions"][0][0] in ("iris", "lily", "rose")
    saved = numpynet_command("predict", "--weights", "weights.npz", tmp_path / "new.csv", "--save", "out.csv")
    assert (saved.out, (tmp_path / "out.csv").read_text(encoding="utf-8")) == (
        "Predictions: out.csv, 1 of them\n",
        said.out,
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,2,rose\n", "line 1: could not convert string to float: 'rose'"),
        ("1,2,3\n", "has 3 columns: expected 2, the network's inputs; leave the labels out"),
        ("1\n", "has 1 columns: expected 2"),
        ("", "expected lines of numbers"),
        ("1,nan\n", "X[1, 0] is nan"),
    ],
)
def test_what_cannot_be_predicted(numpynet_command: Command, tmp_path: Path, text: str, words: str) -> None:
    assert numpynet_command("train", "--layers", "2-1", "--epochs", 1).code == 0
    finished = numpynet_command("predict", "--weights", "weights.npz", written(tmp_path, text, "new.csv"))
    assert (finished.code, finished.out) == (2, "")
    assert words in finished.err


def test_numbers_are_fitted_and_told_by_r2_and_rmse(numpynet_command: Command, tmp_path: Path) -> None:
    x = np.linspace(-1, 1, 50)
    table = written(tmp_path, "".join(f"{a},{2 * a + 1}\n" for a in x.tolist()))
    options = ("--data", table, "--target", "regression", "--layers", "1-1", "--learning-rate", 0.1, "--epochs", 400)
    finished = numpynet_command("train", *options)
    assert "R² 1 in training" in finished.out
    assert "RMSE" in finished.out
    assert "targets from -1 to 3" in finished.err
    said = numpynet_command("predict", "--weights", "weights.npz", written(tmp_path, "0.5\n", "new.csv"))
    header, value = said.out.split()
    assert header == "prediction"
    assert float(value) == pytest.approx(2, abs=1e-3)
    compared = json.loads(numpynet_command("compare", *options[:-4], "--epochs", 5, "--json").out)
    assert compared["outcome"] == "pass"
    assert set(compared["drift"]["final"]["torch"]) == {"cost", "train_r2", "train_rmse", "test_r2", "test_rmse"}


def test_metrics_are_scikit_learns() -> None:
    stream = np.random.default_rng(1)
    Y, Y_hat = stream.standard_normal((2, 30)), stream.standard_normal((2, 30))
    assert metrics.r2(Y_hat, Y) == pytest.approx(r2_score(Y.T, Y_hat.T), rel=1e-12)
    assert metrics.rmse(Y_hat[:1], Y[:1]) == pytest.approx(root_mean_squared_error(Y[0], Y_hat[0]), rel=1e-12)
    assert np.isnan(metrics.r2(Y_hat, np.ones_like(Y)))


def test_the_digits_of_both_end_within_one_example(numpynet_command: Command) -> None:
    options = ("--data", "digits", "--layers", "64-32-10", "--loss", "cross_entropy", "--optimizer", "adam")
    told = json.loads(
        numpynet_command("compare", *options, "--batch-size", 32, "--epochs", 60, "--every", 6, "--json").out
    )
    assert told["outcome"] == "pass"
    ours, theirs = (told["drift"]["final"][maker]["test_accuracy"] for maker in ("numpy", "torch"))
    assert ours >= 0.96
    assert abs(ours - theirs) <= 1.01 / 180
    assert "exp_avg_sq.b2'" in [row["name"] for row in told["rows"]]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--layers", "2-3-1", "--learning-rate", "1000", "--epochs", "30"], "is dead: every unit's slope is 0"),
        (
            ["--data", "diabetes", "--output", "sigmoid", "--epochs", "1"],
            "it can never fit them. Give it --output linear.",
        ),
    ],
)
def test_train_says_when_it_does_not_learn(numpynet_command: Command, arguments: list[str], words: str) -> None:
    finished = numpynet_command("train", *arguments)
    assert finished.code == 0, finished.err
    assert words in finished.out


@pytest.mark.parametrize(
    ("scale", "words"),
    [(0.0, ["Every weight is 0: all units of a layer do the same, whatever they are given."]), (1.0, [])],
)
def test_weights_that_are_all_0(scale: float, words: list[str]) -> None:
    data = DATASETS["moons"]()
    layers = [
        {"input_dim": 2, "output_dim": 3, "activation": "tanh"},
        {"input_dim": 3, "output_dim": 1, "activation": "sigmoid"},
    ]
    params_values = {name: scale * value for name, value in numpynet.init_layers(layers).items()}  # type: ignore[arg-type]
    assert troubles(data.X_train, data.Y_train, params_values, layers) == words  # type: ignore[arg-type]


def test_the_same_prediction_for_every_example_is_said() -> None:
    layers = [{"input_dim": 1, "output_dim": 1, "activation": "linear"}]
    params_values = {"W1": np.array([[1e-300]]), "b1": np.array([[1.0]])}
    X, Y = np.arange(4.0).reshape(1, 4), np.arange(4.0).reshape(1, 4)
    said = troubles(X, Y, params_values, layers, "mse")  # type: ignore[arg-type]
    assert said == ["Every example gets the same prediction: the network does not use its data."]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--optimizer", "rmsprop", "--learning-rate", "10"],
        ["--optimizer", "adam", "--learning-rate", "100"],
        ["--optimizer", "adam", "--learning-rate", "1e4", "--layers", "10-20-20-20-20-1"],
    ],
)
def test_what_overflows_in_both_accuses_nobody(numpynet_command: Command, arguments: list[str]) -> None:
    told = json.loads(
        numpynet_command("compare", "--data", "diabetes", "--dtype", "float32", "--steps", 2, "--json", *arguments).out
    )
    outcomes = told["summary"]["outcomes"]
    assert outcomes["numpy-wrong"] == outcomes["torch-wrong"] == outcomes["both-wrong"] == 0
    assert outcomes["undecidable"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--weight-decay", "1e39"], "sgd's weight_decay is 1e+39: float32 has no such number"),
        (["--optimizer", "adagrad", "--eps", "1e-50"], "adagrad's eps is 1e-50: float32 has no such number"),
        (["--optimizer", "adam", "--learning-rate", "3e38"], "adam cannot take the step in float32"),
    ],
)
def test_a_number_that_the_precision_lacks_is_refused(
    numpynet_command: Command, arguments: list[str], words: str
) -> None:
    finished = numpynet_command("compare", "--dtype", "float32", *arguments)
    assert finished.code == 2
    assert words in finished.err


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"betas": 0.9}, "betas is 0.9: expected two numbers"),
        ({"betas": (0.9, "x")}, "betas is 'x': expected a number"),
        ({"eps": float("nan")}, "eps is nan: expected at least 0"),
    ],
)
def test_wrong_hyperparameters_are_refused(given: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        check_hyperparameters("adam", given)


def test_training_stays_in_the_dtype_of_the_data() -> None:
    layers = [{"input_dim": 2, "output_dim": 1, "activation": "sigmoid"}]
    X, Y = np.ones((2, 3), np.float32), np.array([[0, 1, 1]])
    (step,) = numpynet.training_steps(X, Y, layers, 1, np.float64(0.01), optimizer="adam", eps=np.float64(1e-8))  # type: ignore[arg-type]
    assert {value.dtype for value in step.params_values.values()} == {np.dtype(np.float32)}


def test_what_is_remembered_of_no_gradient_is_idle_and_a_first_step_remembers_nothing() -> None:
    given = random_step([3, 5, 2], ["relu", "linear"], 8, 1, "float64", loss="mse", optimizer="adam")
    dead = replace(given, params_values={**given.params_values, "b1": given.params_values["b1"] - 100})
    outcomes = {row.name: str(row.outcome) for row in compare(numpy_trace(dead), torch_trace(dead)).rows}
    assert {outcomes[name] for name in ("dW1", "exp_avg.W1'", "exp_avg_sq.b1'")} == {"idle"}
    assert outcomes["exp_avg.b2'"] == "pass"
    with pytest.raises(ValueError, match="before the first step nothing is remembered"):
        replace(given, state={"exp_avg.W1": np.ones((5, 3))})
    with pytest.raises(ValueError, match="t is 0: expected the number of the step"):
        replace(given, t=0)


def test_the_door_of_an_optimizers_step() -> None:
    params_values = {"W1": np.ones((3, 2)), "b1": np.ones((3, 1))}
    state = numpynet.initial_state(params_values, "adam")
    wrong = {"dW1": np.ones((3, 2)), "db1": np.ones((1, 3))}
    with pytest.raises(ValueError, match=re.escape("db1 has shape (1, 3): expected (3, 1)")):
        numpynet.optimizer_step(params_values, wrong, state, 1, "adam")
    grads_values = {"dW1": np.ones((3, 2)), "db1": np.ones((3, 1))}
    after = numpynet.optimizer_step(params_values, grads_values, state, 1, "adam")
    np.testing.assert_allclose(after["W1"], 0.999, rtol=1e-8)
    assert state["exp_avg.b1"].shape == (3, 1)


@pytest.mark.parametrize("text", ["1,2,a\n2,3,a\n4,1,a\n", "1,2,a\n"])
def test_a_file_of_one_class_is_read(tmp_path: Path, numpynet_command: Command, text: str) -> None:
    finished = numpynet_command("train", "--data", written(tmp_path, text), "--epochs", 1)
    assert finished.code == 0, finished.err
    assert "every label is of the same class" in finished.err


def test_a_header_of_numbers_is_told_from_the_rows(tmp_path: Path) -> None:
    data = from_file(written(tmp_path, "\n2019,2020,k\n1,2,0\n3,4,1\n"), 0)
    assert data.X_train.T.tolist() == [[1, 2], [3, 4]]
    data = from_file(written(tmp_path, "\nx,y,k\n1,2,0\n3,4,1\n"), 0)
    assert data.X_train.T.tolist() == [[1, 2], [3, 4]]


def test_weights_from_before_the_loss_was_saved(tmp_path: Path) -> None:
    layers = [{"input_dim": 1, "output_dim": 1, "activation": "linear"}]
    weights = numpynet.Weights({"W1": np.array([[1.0]]), "b1": np.array([[0.0]])}, layers)  # type: ignore[arg-type]
    numpynet.save_weights(tmp_path / "w.npz", weights)
    arrays = dict(np.load(tmp_path / "w.npz"))
    del arrays["loss"]
    np.savez(tmp_path / "old.npz", **arrays)
    assert numpynet.predict(np.array([[0.0]]), load_weights(tmp_path / "old.npz")).item() == 0.5


def test_only_another_classs_probability_is_0() -> None:
    layers = [{"input_dim": 1, "output_dim": 3, "activation": "softmax"}]
    theta = {"W1": np.ones((3, 1)), "b1": np.array([[0.0], [0.5], [-150.0]])}
    given = Step(np.ones((1, 1), np.float32), np.array([0]), theta, layers, 0.1, "nll")  # type: ignore[arg-type]
    rows = {row.name: row for row in compare(numpy_trace(given), torch_trace(given)).rows}
    assert rows["A1"].torch == 0 or rows["A1"].outcome == "pass"
    assert rows["cost"].outcome == "pass"
    assert not [row.name for row in rows.values() if str(row.outcome).endswith("wrong")]


@pytest.mark.parametrize(("dtype", "far"), [("float32", -100.0), ("float64", -800.0)])
def test_an_overflow_that_is_harmless_is_said_to_be(dtype: str, far: float) -> None:
    layers = [{"input_dim": 1, "output_dim": 1, "activation": "sigmoid"}]
    params_values = {"W1": np.array([[1.0]], dtype), "b1": np.array([[0.0]], dtype)}
    X, Y = np.array([[far, 1.0]], dtype), np.array([[0.0, 1.0]], dtype)
    (said,) = troubles(X, Y, params_values, layers)  # type: ignore[arg-type]
    assert said == f"In layer 1 e^−Z overflows where Z is {far:g}: that is harmless, σ(Z) is 0 there."
    assert troubles(X / 10, Y, params_values, layers) == []  # type: ignore[arg-type]
