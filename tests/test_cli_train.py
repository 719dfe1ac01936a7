"""`numpynet train` as its users run it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import Finished

import numpynet
from numpynet.commands import options
from numpynet.datasets import breast_cancer, moons
from numpynet.files import load_weights

Command = Callable[..., Finished]


def test_train_is_the_librarys_train(numpynet_command: Command) -> None:
    finished = numpynet_command("train", "--epochs", 30, "--save", "w.npz")
    assert finished.code == 0
    assert finished.out.startswith("Finished after 30 of 30 epochs: cost 0.69")
    assert finished.err == ""
    data = moons()
    expected = numpynet.train(data.X_train, data.Y_train, numpynet.NN_ARCHITECTURE, 30, 0.01, verbose=False)
    saved = load_weights(Path("w.npz"))
    assert saved.nn_architecture == numpynet.NN_ARCHITECTURE
    assert saved.scaler is None
    for name, value in expected.items():
        np.testing.assert_array_equal(saved.params_values[name], value)


def test_json(numpynet_command: Command) -> None:
    result = json.loads(numpynet_command("train", "--data", "circles", "--epochs", 4, "--json").out)
    assert (result["epochs"], result["interrupted"], result["weights"]) == (4, False, "weights.npz")
    assert len(result["costs"]) == 4
    assert set(result["final"]) == {"cost", "train_accuracy", "test_accuracy"}


def test_default_name_overwrites_nothing(numpynet_command: Command) -> None:
    for name in ("weights.npz", "weights-2.npz", "weights-3.npz"):
        assert f"Weights: {name}\n" in numpynet_command("train", "--epochs", 0, "--layers", "2-1").out


def test_real_data_is_standardised_on_the_training_part_and_the_scaler_saved(numpynet_command: Command) -> None:
    result = json.loads(
        numpynet_command("train", "--data", "breast_cancer", "--layers", "30-16-1", "--epochs", 400, "--json").out
    )
    assert result["final"]["test_accuracy"] > 0.9
    scaler = load_weights(Path("weights.npz")).scaler
    data = breast_cancer()
    assert scaler is not None
    assert data.scaler is not None
    np.testing.assert_array_equal(scaler.mean, data.scaler.mean)
    np.testing.assert_allclose(data.X_train.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(data.X_train.std(axis=1), 1)
    assert abs(data.X_test.mean(axis=1)).max() > 0.01


@pytest.mark.parametrize(("name", "signature"), [("p.svg", b"<?xml"), ("p.png", b"\x89PNG")])
@pytest.mark.parametrize("data", ["moons", "breast_cancer"])
def test_plot_is_drawn(numpynet_command: Command, name: str, signature: bytes, data: str) -> None:
    assert numpynet_command("train", "--data", data, "--epochs", 3, "--plot", name).code == 0
    assert Path(name).read_bytes().startswith(signature)
    assert sorted(path.name for path in Path().iterdir()) == [name, "weights.npz"]


@pytest.mark.parametrize(
    ("text", "features"),
    [("1,2,0\n3,4,1\n5,6,1\n", 2), ("a,b,label\n1,2,0\n3,4,1\n\n5,6,1\n", 2), ("\ufeffx,y\n0.5,1\n-1e3,0\n", 1)],
)
def test_csv_is_read(numpynet_command: Command, tmp_path: Path, text: str, features: int) -> None:
    (tmp_path / "d.csv").write_text(text, encoding="utf-8")
    finished = numpynet_command("train", "--data", "d.csv", "--epochs", 2, "--standardize")
    assert finished.code == 0, finished
    weights = load_weights(Path("weights.npz"))
    assert weights.nn_architecture[0]["input_dim"] == features
    assert weights.scaler is not None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,2,0\n3,x,1\n", "d.csv, line 2: could not convert string to float: 'x'"),
        ("1,2,\n3,4,1\n", "d.csv, line 1 has no label in its last column"),
        ("a;b;c\n1;2;0\n", "d.csv, line 1 has semicolons: expected commas between the values"),
        ("1,2,0\n3,1\n", "d.csv, line 2 has 2 values: expected 3"),
        ("1,2,0\n3,nan,1\n", "d.csv: X[1, 1] is nan: expected finite numbers only"),
        ("1,2,0\n3,4,2.5\n", "d.csv: the label of example 1 is 2.5: expected a class; for targets that are numbers"),
        ("1\n2\n", "d.csv: expected lines of at least two values"),
        ("", "d.csv: expected lines of at least two values"),
        ("a,b\n", "d.csv: expected lines of at least two values"),
    ],
)
def test_bad_csv_names_line_and_value(numpynet_command: Command, tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "d.csv").write_text(text, encoding="utf-8")
    finished = numpynet_command("train", "--data", "d.csv", "--epochs", 2)
    assert finished.code == 2
    assert words in " ".join(finished.err.split())


@pytest.mark.parametrize("y_shape", [(12,), (12, 1), (12, 3)])
def test_npz_is_read(numpynet_command: Command, tmp_path: Path, y_shape: tuple[int, ...]) -> None:
    stream = np.random.default_rng(0)
    np.savez(tmp_path / "d.npz", X=stream.standard_normal((12, 4)), y=stream.integers(0, 2, y_shape))
    assert numpynet_command("train", "--data", "d.npz", "--epochs", 2).code == 0
    layers = load_weights(Path("weights.npz")).nn_architecture
    assert (layers[0]["input_dim"], layers[-1]["output_dim"]) == (4, y_shape[1] if len(y_shape) == 2 else 1)


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"X": np.ones((3, 2))}, "d.npz has no array y; it has X"),
        ({"X": np.ones((3, 2)), "y": np.ones(4)}, "X has shape (3, 2), y (4,)"),
        ({"X": np.ones(3), "y": np.ones(3)}, "X has shape (3,), y (3,)"),
        ({"X": np.array([["a"]]), "y": np.ones(1)}, "X has dtype <U1: expected numbers"),
        ({"X": np.array([[None]]), "y": np.ones(1)}, "d.npz is not an .npz file of plain arrays"),
    ],
)
def test_bad_npz_says_why(numpynet_command: Command, tmp_path: Path, arrays: dict[str, object], words: str) -> None:
    np.savez(tmp_path / "d.npz", **arrays)  # type: ignore[arg-type]
    finished = numpynet_command("train", "--data", "d.npz")
    assert finished.code == 2, finished
    assert words in " ".join(finished.err.split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--save", "no/such/w.npz"], "'no/such/w.npz': cannot write into 'no/such': No such file or directory"),
        (["--save", "w.txt"], "'w.txt': expected a name that ends in .npz"),
        (["--plot", "p.jpeg"], "'p.jpeg': expected a name that ends in .svg or .png"),
        (["--epochs", "-1"], "-1 is not in the range"),
        (["--learning-rate", "1e300", "--epochs", "20"], "lower --learning-rate 1e+300"),
        (["--learning-rate", "1e308", "--epochs", "1"], "lower --learning-rate 1e+308"),
        (["--learning-rate", "-1"], "-1.0 is not in the range"),
        (["--learning-rate", "inf"], "learning_rate is inf: expected a finite number"),
    ],
)
def test_wrong_call_says_why_and_exits_with_2(numpynet_command: Command, arguments: list[str], words: str) -> None:
    finished = numpynet_command("train", *arguments)
    assert finished.code == 2
    assert words in " ".join(finished.err.split())
    assert not list(Path().iterdir())


def test_ctrl_c_keeps_the_weights_so_far(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "numpynet", "train", "--epochs", "1000000"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not (tmp_path / "weights.npz").exists():  # its name is taken just before training starts
        time.sleep(0.1)
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    assert out.startswith("Interrupted after ")
    assert "Traceback" not in err
    epochs = int(out.split()[2].replace(",", ""))
    data = moons()
    expected = numpynet.train(data.X_train, data.Y_train, numpynet.NN_ARCHITECTURE, epochs, 0.01, verbose=False)
    saved = load_weights(tmp_path / "weights.npz").params_values
    for name, value in expected.items():
        np.testing.assert_allclose(saved[name], value, rtol=0, atol=1e-13)


def test_train_imports_no_torch() -> None:
    program = (
        "import sys, tempfile, os; os.chdir(tempfile.mkdtemp()); sys.argv = ['numpynet', 'train', '--epochs', '200']\n"
        "import numpynet.__main__\n"
        "try: numpynet.__main__.main()\n"
        "finally: print('torch' in sys.modules)"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert finished.stdout.splitlines()[-1] == "False"


def test_a_dead_layer_is_said(numpynet_command: Command) -> None:
    arguments = ("train", "--epochs", 3, "--layers", "2-4-6-6-4-1")
    assert "Layer 4 is dead: every unit's slope is 0 for every example" in numpynet_command(*arguments).out
    assert json.loads(numpynet_command(*arguments, "--json").out)["dead_layers"] == [4]
    assert json.loads(numpynet_command(*arguments, "--json", "--activation", "elu").out)["dead_layers"] == []


def test_a_prediction_that_is_no_probability_is_the_cause_that_is_named(numpynet_command: Command) -> None:
    finished = numpynet_command("train", "--output", "linear", "--learning-rate", 0.5, "--epochs", 3000)
    assert finished.code == 2
    assert "binary cross-entropy is defined from 0 to 1; give the last layer the activation sigmoid" in finished.err
    assert "learning-rate" not in finished.err
    too_fast = numpynet_command("train", "--learning-rate", 1e200, "--epochs", 30)
    assert "lower --learning-rate 1e+200" in too_fast.err


def test_without_a_terminal_progress_is_a_line_every_ten_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(options, "EVERY", 0.05)
        with options.progress_bar("training", 5000) as progress:
            progress(1234, "cost 0.5")
            time.sleep(0.4)
        said = capsys.readouterr()
        time.sleep(0.2)
    assert "training: 1,234 of 5,000, cost 0.5" in said.err.splitlines()
    assert said.out == capsys.readouterr().err == ""
