"""`numpynet compare` as its users run it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from catalogue import MISTAKES
from conftest import IMPLEMENTATIONS, Finished, without_progress
from problems import PROBLEMS, REFERENCE, as_arguments, report

CASES = Path(__file__).parent / "cases"
Command = Callable[..., Finished]
ROOT = Path(__file__).parent.parent
BY_ID = {mistake.id: mistake for mistake in MISTAKES}
ROW_KEYS = {"name", "shape", "max_abs", "index", "numpy", "torch", "allowed", "ratio", "outcome"}


@pytest.mark.parametrize("arguments", [(), ("--dtype", "float32"), ("--steps", 3), ("--examples", 7), ("--seed", 5)])
def test_reference_network_passes(numpynet_command: Command, arguments: tuple[object, ...]) -> None:
    finished = numpynet_command("compare", *arguments)
    assert finished.code == 0, finished
    assert finished.err == ""
    assert "42 tensors: 42 pass." in finished.out
    assert max(len(line) for line in finished.out.splitlines()[:44]) <= 80


@pytest.mark.parametrize("problem", PROBLEMS)
def test_json_says_what_the_library_says(numpynet_command: Command, problem: str) -> None:
    finished = numpynet_command("compare", "--json", *as_arguments(PROBLEMS[problem]))
    assert finished.code == 0
    result = json.loads(finished.out)
    assert (result["outcome"], result["dtype"]) == ("pass", "float64")
    expected = report(problem, "float64")
    assert [row["name"] for row in result["rows"]] == [row.name for row in expected.rows]
    for row, judged in zip(result["rows"], expected.rows, strict=True):
        assert row.keys() >= ROW_KEYS
        assert (row["shape"], row["index"]) == (list(judged.shape), list(judged.index or ()))
        assert row["max_abs"] == judged.max_abs
        assert row["outcome"] == "pass"
    assert result["summary"]["first_divergence"] is None


@pytest.mark.parametrize("id", ["A01", "B21", "B26", "F07", "G11", "C05", "S04", "S09", "K02", "K12", "K16", "U03"])
def test_a_mistaken_file_turns_red_at_the_right_row(numpynet_command: Command, tmp_path: Path, id: str) -> None:
    (tmp_path / "mine.py").write_text(BY_ID[id].source(), encoding="utf-8")
    finished = numpynet_command("compare", "--implementation", "mine.py", "--examples", 100, "--json")
    assert finished.code == 1
    result = json.loads(finished.out)
    assert result["outcome"] == "fail"
    assert result["summary"]["first_divergence"] == BY_ID[id].first
    finished = numpynet_command("compare", "--implementation", "mine.py", "--examples", 100)
    assert finished.code == 1
    assert f"> {BY_ID[id].first} " in finished.out
    assert "numpy-wrong" in finished.out
    assert f"First divergence: {BY_ID[id].first}" in finished.out


@pytest.mark.parametrize("style", ["tutorial.py", "other_style.py"])
def test_a_right_file_stays_green(numpynet_command: Command, style: str) -> None:
    finished = numpynet_command("compare", "--implementation", IMPLEMENTATIONS / style)
    assert finished.code == 0, finished.out
    assert "wrong" not in finished.out


def test_non_finite_numbers_are_strings(numpynet_command: Command, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(BY_ID["K16"].source(), encoding="utf-8")
    rows = json.loads(numpynet_command("compare", "--implementation", "mine.py", "--json").out)["rows"]
    row = next(row for row in rows if row["name"] == "dA5")
    assert row["numpy"] in ("inf", "-inf")
    assert (row["ratio"], row["outcome"]) == ("inf", "numpy-wrong")
    assert "inf" in row["message"]


def test_what_a_file_prints_stays_out_of_the_report(numpynet_command: Command, tmp_path: Path) -> None:
    source = BY_ID["A09"].source().replace("def relu(Z):\n", 'def relu(Z):\n    print("in relu")\n')
    (tmp_path / "mine.py").write_text('print("hello")\n' + source, encoding="utf-8")
    finished = numpynet_command("compare", "--implementation", "mine.py", "--json")
    assert json.loads(finished.out)["outcome"] == "pass"
    assert finished.err.startswith("in relu\n")
    loud = numpynet_command("compare", "--implementation", "mine.py", "--json", "--trust")
    assert json.loads(loud.out)["outcome"] == "pass"


def test_epochs_show_drift_and_where_both_arrive(numpynet_command: Command) -> None:
    result = json.loads(numpynet_command("compare", "--epochs", 120, "--every", 20, "--json").out)
    assert (result["outcome"], result["drift"]["first_relu_flip"]) == ("pass", None)
    rows = result["drift"]["rows"]
    assert (rows[0]["epoch"], rows[-1]["epoch"]) == (1, 120)
    assert 0 < max(row["max_abs"] for row in rows) < 1e-15
    assert set(result["drift"]["final"]["torch"]) == {"cost", "train_accuracy", "test_accuracy"}
    finished = numpynet_command("compare", "--epochs", 1)
    assert finished.code == 0
    assert "No ReLU was seen to take different sides in the two." in finished.out


def test_epochs_find_the_first_relu_on_another_side(numpynet_command: Command, tmp_path: Path) -> None:
    source = BY_ID["A09"].source().replace("b_curr\n    if", "b_curr + 1e-3\n    if")
    (tmp_path / "mine.py").write_text(source, encoding="utf-8")
    result = json.loads(
        numpynet_command("compare", "--epochs", 3, "--implementation", "mine.py", "--examples", 300, "--json").out
    )
    assert (result["outcome"], result["drift"]["first_relu_flip"]) == ("fail", {"epoch": 1, "layer": 1})


@pytest.mark.parametrize("id", ["T03", "K16", "K07", "U07", "C12"])
def test_epochs_of_a_file_that_breaks_end_in_a_sentence(numpynet_command: Command, tmp_path: Path, id: str) -> None:
    (tmp_path / "mine.py").write_text(BY_ID[id].source(), encoding="utf-8")
    network = ("--layers", "2-5-3-1", "--examples", 100)
    finished = numpynet_command("compare", "--epochs", 5, "--implementation", "mine.py", *network)
    assert finished.code == (0 if id in ("T03", "C12") else 1), finished
    assert ("The free run ended early: " in finished.out) == (id in ("K07", "K16"))


def test_steps_of_a_free_run_are_judged_and_drawn(numpynet_command: Command) -> None:
    result = json.loads(numpynet_command("compare", "--epochs", 40, "--every", 10, "--plot", "d.png", "--json").out)
    assert (result["outcome"], result["summary"]["steps"]) == ("pass", 4)
    assert {row["step"] for row in result["rows"]} <= {9, 19, 29, 39}
    assert all(row["max_ulp"] >= 0 for row in result["drift"]["rows"])
    assert Path("d.png").read_bytes().startswith(b"\x89PNG")
    assert (
        json.loads(numpynet_command("compare", "--layers", "2-3-1", "--epochs", 250, "--json").out)["summary"]["steps"]
        == 84
    )


def test_a_fault_that_comes_late_is_found_on_the_way(numpynet_command: Command, tmp_path: Path) -> None:
    late = "CALLS = []\n" + BY_ID["A09"].source().replace(
        "    return dA_prev, dW_curr, db_curr",
        "    CALLS.append(1)\n    return dA_prev, dW_curr * (1 + 1e-9 * (len(CALLS) > 60)), db_curr",
    )
    (tmp_path / "mine.py").write_text(late, encoding="utf-8")
    network = ("--implementation", "mine.py", "--layers", "2-5-3-1", "--examples", 100)
    assert numpynet_command("compare", *network).code == 0
    result = json.loads(numpynet_command("compare", *network, "--epochs", 30, "--json").out)
    assert (result["outcome"], result["summary"]["first_divergence"][:2]) == ("fail", "dW")


def test_logits_decide_what_saturation_leaves_open(numpynet_command: Command, tmp_path: Path) -> None:
    stream = np.random.default_rng(0)  # salaries, say: far from standardised
    np.savez(tmp_path / "d.npz", X=3e5 * stream.standard_normal((200, 4)), y=stream.integers(0, 2, 200))
    network = ("--data", "d.npz", "--layers", "4-25-1")
    finished = numpynet_command("compare", *network)
    assert finished.code == 1
    assert "saturated: a prediction is rounded to 0 or 1, or nearly" in finished.out
    result = json.loads(numpynet_command("compare", *network, "--json").out)
    assert result["summary"]["saturated"]
    assert result["summary"]["outcomes"]["saturated"] > 0
    assert numpynet_command("compare", *network, "--loss", "bce_with_logits").code == 0


def test_weights_saved_by_train_are_the_start(numpynet_command: Command) -> None:
    assert numpynet_command("train", "--data", "breast_cancer", "--layers", "30-8-1", "--epochs", 20, "--dtype",
                            "float32", "--save", "w.npz").code == 0  # fmt: skip
    result = json.loads(numpynet_command("compare", "--data", "breast_cancer", "--weights", "w.npz", "--json").out)
    assert (result["outcome"], result["dtype"], result["summary"]["layers"]) == ("pass", "float32", "30-8-1")
    with np.load("w.npz") as saved:
        assert result["rows"][1]["shape"] == [8, 512]
        assert saved["W1"].dtype == np.float32


WRONG_CALLS = [
    (["--bogus"], "No such option"),
    (["--data", "mars"], "mars: expected a .csv or .npz file, or one of random, moons, circles, breast_cancer"),
    (["--data", "gone.csv"], "gone.csv"),
    (["--layers", "2-x-1"], "layers '2-x-1': expected two or more widths"),
    (["--layers", "2"], "layers '2': expected two or more widths"),
    (["--layers", "2-0-1"], "layers '2-0-1': expected"),
    (["--layers", "3-4-1"], "the network has 3 inputs and 1 output: moons needs 2 inputs"),
    (["--layers", "2-4-2"], "the network has 2 inputs and 2 outputs: moons needs 2 inputs (features) and 1 output"),
    (["--activation", "rleu"], "'rleu' is not one of"),
    (["--output", "relu", "--seed", "1", "--learning-rate", "nan"], "learning_rate is nan"),
    (["--examples", "0"], "0 is not in the range"),
    (["--examples", "901"], "901 examples: the data have 900"),
    (["--dtype", "float16"], "'float16' is not one of"),
    (["--steps", "2", "--epochs", "2"], "exclude each other"),
    (["--every", "2"], "give --epochs too"),
    (["--plot", "d.svg"], "give --epochs too"),
    (["--loss", "l2"], "'l2' is not one of"),
    (["--implementation", "gone.py"], "'gone.py' does not exist"),
    (["--weights", "gone.npz"], "'gone.npz' does not exist"),
    (["--weights", "text.npz"], "text.npz is not an .npz file of plain arrays"),
    (["--weights", "other.npz"], "other.npz has no array layers, activations, W1, b1; it has X"),
    (["--implementation", "text.npz"], "text.npz: it is no Python: line 1 does not parse"),
    (["--implementation", "empty.py"], "empty.py: the file is empty"),
    (["--data", "random", "--layers", "2000-1", "--output", "relu"],
     "binary cross-entropy is defined from 0 to 1; give the last layer the activation sigmoid"),
    (["--learning-rate", "1e39", "--dtype", "float32"], "expected 0 or more, finite in float32"),
    (["--learning-rate", "-1"], "-1.0 is not in the range"),
    (["--layers", "2-100000000000-1"], "memory"),
    (["--loss", "bce_with_logits", "--implementation", "tutorial.py"], "bce_with_logits; --loss asks for 2-25-50-50-25-1 with relu, linear and bce_with_logits in float64"),
    (["--learning-rate", "1e308", "--steps", "9"], "is nan: binary cross-entropy is defined from 0 to 1; lower the"),
    (["--learning-rate", "1e308", "--epochs", "9"], "is nan: binary cross-entropy is defined from 0 to 1; lower the"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "words"), WRONG_CALLS, ids=[" ".join(arguments) for arguments, _ in WRONG_CALLS])
def test_wrong_call_says_why_and_exits_with_2(
    numpynet_command: Command, tmp_path: Path, arguments: list[str], words: str
) -> None:
    (tmp_path / "text.npz").write_text("not what it says", encoding="utf-8")
    (tmp_path / "empty.py").write_text("", encoding="utf-8")
    (tmp_path / "tutorial.py").write_text(BY_ID["A09"].source(), encoding="utf-8")
    np.savez(tmp_path / "other.npz", X=np.ones(3))
    finished = numpynet_command("compare", *arguments)
    assert finished.code == 2, finished
    assert words in " ".join(finished.err.split())
    assert "Traceback" not in finished.err
    assert finished.out == ""


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_table_fits_the_terminal(numpynet_command: Command, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = numpynet_command("compare", "--layers", "2-3-1").out.splitlines()
    assert all(len(line) <= width for line in lines[:20])
    assert lines[0].split()[0] == "name"
    assert lines[0].split()[-1] == "verdict"
    assert "…" not in "".join(lines[:20])


def test_ascii_output_where_the_terminal_knows_no_other() -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "numpynet", "compare", "--layers", "2-3-1"],
        capture_output=True, check=False, env={"PYTHONIOENCODING": "ascii", "PATH": ""},
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr
    finished.stdout.decode("ascii")


@pytest.mark.parametrize("arguments", ["", "--json"])
def test_a_closed_pipe_ends_quietly(arguments: str) -> None:
    command = f"set -o pipefail; {sys.executable} -m numpynet compare --steps 2 {arguments} | true"
    finished = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (finished.returncode, without_progress(finished.stderr)) == (141, "")


def test_files_in_the_current_folder_do_not_stand_in_for_the_tool(tmp_path: Path) -> None:
    for name in ("numpynet.py", "random.py", "types.py"):
        (tmp_path / name).write_text((IMPLEMENTATIONS / "tutorial.py").read_text(encoding="utf-8"), encoding="utf-8")
    command = [sys.executable, "-P", "-m", "numpynet", "compare", "--implementation", "numpynet.py"]
    finished = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (finished.returncode, without_progress(finished.stderr)) == (0, "")
    assert "42 tensors: 42 pass." in finished.stdout
    for script in ("compare", "test"):
        assert "-P -m numpynet" in (ROOT / "scripts" / script).read_text(encoding="utf-8") or script == "test"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"layers": np.array(3)}, "layers has shape (): expected (at least two widths)"),
        ({"layers": np.array([2.5, 1])}, "layers has dtype float64: expected whole numbers"),
        ({"W1": np.array([["a", "b"]])}, "W1 has dtype <U1: expected floating-point numbers"),
        ({"W1": np.array([[1j, 2]])}, "W1 has dtype complex128: expected floating-point numbers"),
        ({"W1": np.ones((2, 2))}, "W1 has shape (2, 2): expected (1, 2)"),
        ({"b1": np.array([[np.nan]])}, "b1[0, 0] is nan"),
        ({"activations": np.array(["rleu"])}, "unknown activation 'rleu'"),
        ({"mean": np.zeros((2, 1)), "scale": np.zeros((2, 1))}, "scale is 0.0 at its least"),
        ({"mean": np.zeros((2, 1))}, "scale has shape (0,): expected (2, 1)"),
    ],
)
def test_damaged_weights_are_a_wrong_call(
    numpynet_command: Command, tmp_path: Path, changed: dict[str, Any], words: str
) -> None:
    good = {
        "layers": np.array([2, 1]),
        "activations": np.array(["sigmoid"]),
        "W1": np.ones((1, 2)),
        "b1": np.ones((1, 1)),
    }
    np.savez(tmp_path / "w.npz", allow_pickle=False, **(good | changed))
    finished = numpynet_command("compare", "--weights", "w.npz")
    assert finished.code == 2, finished
    assert words in " ".join(finished.err.split())


def test_a_damaged_archive_is_a_wrong_call(numpynet_command: Command, tmp_path: Path) -> None:
    np.savez_compressed(
        tmp_path / "w.npz", layers=np.arange(1000), activations=np.arange(9), W1=np.ones(9), b1=np.ones(9)
    )
    damaged = bytearray((tmp_path / "w.npz").read_bytes())
    damaged[200:600] = bytes(400)
    (tmp_path / "w.npz").write_bytes(damaged)
    finished = numpynet_command("compare", "--weights", "w.npz")
    assert finished.code == 2
    assert "w.npz is not an .npz file of plain arrays" in finished.err


def test_help_has_an_example_and_is_quick_to_import() -> None:
    program = "import sys, numpynet.commands; print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    for slow in ("torch", "sklearn", "matplotlib", "rich", "scipy"):
        assert f"'{slow}'" not in loaded


@pytest.mark.parametrize("command", ["compare", "train"])
def test_help_shows_examples(numpynet_command: Command, command: str) -> None:
    finished = numpynet_command(command, "--help")
    assert finished.code == 0
    assert f"Examples:\n    numpynet {command}" in finished.out


def test_reference_is_the_default(numpynet_command: Command) -> None:
    result = json.loads(numpynet_command("compare", "--json").out)
    assert [row["torch"] for row in result["rows"]] == [row.torch for row in report(REFERENCE, "float64").rows]


def test_idle_rows_are_said_first_with_a_seed_that_gives_a_signal(numpynet_command: Command, tmp_path: Path) -> None:
    """With seed 2 every unit of the fourth of these layers is off; a tripled dW shows with the seed that is named."""
    source = (IMPLEMENTATIONS / "tutorial.py").read_text(encoding="utf-8")
    tripled = source.replace("np.dot(dZ_curr, A_prev.T) / m", "3 * np.dot(dZ_curr, A_prev.T) / m")
    (tmp_path / "mine.py").write_text(tripled, encoding="utf-8")
    arguments = ("--implementation", tmp_path / "mine.py", "--layers", "2-4-6-6-4-1")
    finished = numpynet_command("compare", *arguments, "--json")
    summary = json.loads(finished.out)["summary"]
    assert finished.code == 1
    assert (summary["outcomes"]["idle"], summary["first_divergence"]) == (12, None)
    text = numpynet_command("compare", *arguments).out
    after_the_table = text[text.index("idle: nothing was compared here") :]
    assert after_the_table.index(f"With --seed {summary['seed_with_signal']} ") < after_the_table.index("42 tensors")
    other = numpynet_command("compare", *arguments, "--seed", summary["seed_with_signal"], "--json")
    assert json.loads(other.out)["summary"]["first_divergence"] == "dW5"
    assert numpynet_command("compare", "--layers", "2-4-6-6-4-1").code == 0


def test_weights_that_are_dead_have_no_seed(numpynet_command: Command) -> None:
    numpynet_command("train", "--layers", "2-4-6-6-4-1", "--epochs", 1, "--save", "dead.npz")
    arguments = ("--implementation", IMPLEMENTATIONS / "tutorial.py", "--weights", "dead.npz")
    finished = numpynet_command("compare", *arguments)
    assert finished.code == 1
    assert "Start from other weights than dead.npz" in finished.out


@pytest.mark.parametrize(("width", "left_out"), [(40, True), (80, True), (200, False)])
def test_columns_that_do_not_fit_are_named(
    numpynet_command: Command, monkeypatch: pytest.MonkeyPatch, width: int, left_out: bool
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    text = numpynet_command("compare", "--layers", "2-3-1").out
    assert (f"Left out in {width} columns: " in text) == left_out
    shown = {*text.splitlines()[0].split()}
    assert ("ulp" in shown) != left_out
    assert "ratio = |diff| / allowed; above 1 it is more than rounding." in " ".join(text.split())
    assert all(len(line) <= width and line == line.rstrip() for line in text.splitlines())


OFTEN = """
from numpynet import __main__
from numpynet.commands import options
options.EVERY = 1.0  # seconds between the lines on the progress
__main__.main()
"""


def test_ctrl_c_shows_what_was_found_so_far(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", OFTEN, "compare", "--epochs", "1000000", "--every", "500000", "--json"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    assert process.stderr.readline().startswith("epochs: ")  # a second has passed, and it is under way
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    found = json.loads(out)
    assert found["outcome"] == "pass"
    assert found["drift"]["interrupted"]
    assert 1 <= found["drift"]["epochs"] == found["drift"]["rows"][-1]["epoch"] < 500_000
    assert found["summary"]["steps"] == 1
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "words", "usage"),
    [
        (["--data", "no.csv"], "Error: no.csv: No such file or directory", False),
        (["--layers", "2-3-2"], "moons needs 2 inputs (features) and 1 output (labels)", False),
        (["--learning-rate", "fast"], "'fast' is not a valid number.", True),
        (["--seed", "x"], "'x' is not a valid whole number.", True),
        (["--steps", "2", "--epochs", "2"], "--steps and --epochs exclude each other", True),
    ],
)
def test_the_usage_is_shown_for_a_wrong_use_alone(
    numpynet_command: Command, arguments: list[str], words: str, usage: bool
) -> None:
    finished = numpynet_command("compare", *arguments)
    assert finished.code == 2
    assert words in finished.err
    assert ("Usage: numpynet compare" in finished.err) == usage
    assert "Errno" not in finished.err


def test_what_a_file_needs_and_has_not_cannot_be_judged(numpynet_command: Command) -> None:
    finished = numpynet_command("compare", "--implementation", CASES / "c10.py", "--examples", 20)
    assert finished.code == 1
    assert finished.out.startswith("Cannot judge: c10.py computes with helpers, which is not here.")
    data = json.loads(numpynet_command("compare", "--implementation", CASES / "c10.py", "--json").out)
    assert data["outcome"] == "cannot-judge"


def test_an_update_beside_a_class_is_not_overlooked(numpynet_command: Command) -> None:
    Path("net.py").write_text(
        "class Net:\n    def forward(self, X): self.X = X\n    def backward(self, Y): return {'dW1': Y}\n"
        "def step(params, grads, lr): return params\n",
        encoding="utf-8",
    )
    assert "no method of Net takes any" not in numpynet_command("compare", "--implementation", "net.py").err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--map", "a=update"), "--map is about somebody's file: give --implementation FILE too"),
        (("--trust",), "--trust is about somebody's file"),
        (("--implementation", "c01.py", "--map", "update"), "--map update: expected THEIRS=OURS"),
        (("--implementation", "c01.py", "--map", "update=step"), "step is none of"),
        (("--implementation", "c01.py", "--map", "nothing=update"), "there is no function nothing; the file has"),
        (("--implementation", "c01.py", "--class", "Network"), "there is no class Network"),
        (
            ("--implementation", "c01.py", "--init", "2"),
            "--init gives arguments to the class whose methods are checked",
        ),
        (("--implementation", "c35.py", "--init", "x"), "expected the arguments of a constructor as Python literals"),
        (("--implementation", "c35.py", "--init", "1, 2, 3"), "Network cannot be made of what --init gives: TypeError"),
        (("--implementation", "net.py"), "no method of Net takes any: it cannot be compared. numpynet check "),
        (("--implementation", "c07.py"), "numpynet gradcheck checks the gradients of any code"),
        (
            ("--implementation", "c44.py", "--activation", "relu"),
            "computes with tanh, sigmoid; --activation asks for 2-25-50-50-25-1 with relu, sigmoid",
        ),
        (
            ("--implementation", "c15.py", "--layers", "2-4-4-1"),
            "c15.py computes 2-4-1; --layers asks for 2-4-4-1 with relu, sigmoid",
        ),
        (
            ("--implementation", "c01.py", "--loss", "mse"),
            "--loss asks for 2-25-50-50-25-1 with relu, linear and mse in float64",
        ),
        (("--implementation", "c01.py", "--batch-norm"), "which a file's functions do not know"),
        (("--implementation", "c01.py", "--optimizer", "adam"), "know plain gradient descent only"),
    ],
)
def test_wrong_call_about_a_file_says_why(numpynet_command: Command, arguments: tuple[str, ...], words: str) -> None:
    Path("net.py").write_text(
        "class Net:\n    def forward(self, X): self.X = X\n    def backward(self, Y): self.dW = Y\n    def step(self): pass\n",
        encoding="utf-8",
    )
    given = [CASES / one if (CASES / one).exists() else one for one in arguments]
    finished = numpynet_command("compare", *given, "--examples", 20)
    assert finished.code == 2, finished
    assert words in " ".join(finished.err.split())


def test_file_is_found_with_what_is_typed(numpynet_command: Command, tmp_path: Path) -> None:
    source = (CASES / "c35.py").read_text(encoding="utf-8").replace("def update(", "def my_own_way(")
    (tmp_path / "mine.py").write_text(source + "\n\nclass Other:\n    pass\n", encoding="utf-8")
    network = "[{'input_dim': 2, 'output_dim': 3, 'activation': 'relu'}, {'input_dim': 3, 'output_dim': 1, 'activation': 's'}]"
    arguments = ("--implementation", "mine.py", "--map", "my_own_way=update", "--class", "Network", "--examples", 20)
    assert numpynet_command("compare", *arguments).code == 0
    assert numpynet_command("compare", *arguments, "--layers", "2-3-1", "--init", network).code == 0
    assert numpynet_command("compare", *arguments[:2]).code == 2


def test_page_of_a_file_shows_its_code(numpynet_command: Command, tmp_path: Path) -> None:
    arguments = ("--implementation", IMPLEMENTATIONS / "styles" / "notebook_with_magics.ipynb", "--layers", "2-3-1")
    assert numpynet_command("compare", *arguments, "--html", "page.html").code == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "notebook_with_magics.ipynb" in page
    assert "full_backward_propagation" in page


def test_free_run_of_a_file_in_another_layout_stays_together(numpynet_command: Command) -> None:
    file = IMPLEMENTATIONS / "styles" / "row_major.py"
    result = json.loads(
        numpynet_command(
            "compare", "--implementation", file, "--epochs", 30, "--every", 10, "--batch-size", 300, "--json"
        ).out
    )
    assert (result["outcome"], result["summary"]["steps"]) == ("pass", 3)
    assert max(row["max_abs"] for row in result["drift"]["rows"]) < 1e-15
    assert result["drift"]["first_relu_flip"] is None
    assert result["drift"]["final"]["numpy"] == pytest.approx(result["drift"]["final"]["torch"], rel=1e-12)


def test_parity_suite_can_be_pointed_at_a_file() -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/test_parity.py",
        "--implementation",
    ]
    chosen = ["-k", "float64 and (circles or tanh or not other)"]
    finished = subprocess.run(
        [*command, str(CASES / "c39.py"), *chosen], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 1
    assert "c39.py, moons 2-25-50-50-25-1, float64: dW4 dW3 dW2 dW1" in finished.stdout
    assert "c39.py, circles 2-8-1, float64: dW1 W1'" in finished.stdout
    assert "c39.py computes with relu, sigmoid" in finished.stdout
