"""`numpynet explain` as its users run it."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Finished
from problems import PROBLEMS, as_arguments

Command = Callable[..., Finished]


def test_the_default_lesson_is_forward_backward_and_update(numpynet_command: Command) -> None:
    finished = numpynet_command("explain")
    assert (finished.code, finished.err) == (0, "")
    heads = [line for line in finished.out.splitlines() if line.startswith(("Forward", "Backward", "Update"))]
    assert [head.split(",")[0].split()[0] for head in heads] == ["Forward", "Backward", "Update"]
    order = ["Z1 = ", "A1 = ", "Z2 = ", "A2 = ", "cost = ", "BinaryCrossEntropyBackward0", "SigmoidBackward0",
             "AddmmBackward0, layer 2", "ReluBackward0", "AddmmBackward0, layer 1"]  # fmt: skip
    titles = re.findall(r"^\d+  (.*)", finished.out, re.M)
    places = [next(place for place, title in enumerate(titles) if title.startswith(words)) for words in order]
    assert places == sorted(places)


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_any_network_of_compare_is_explained(numpynet_command: Command, problem: str, dtype: str) -> None:
    options = {name: value for name, value in PROBLEMS[problem].items() if name != "batch"}
    options["layers"] = options.get("layers", "2-25-50-50-25-1")
    examples = min(5, PROBLEMS[problem].get("batch", 5))
    finished = numpynet_command("explain", "--json", "--dtype", dtype, "--examples", examples, *as_arguments(options))
    assert finished.code == 0, finished
    told = json.loads(finished.out)
    assert told["outcome"] == "pass"
    for name, quantity in told["quantities"].items():
        for other, check in quantity["checks"].items():
            assert check["outcome"] == "pass", f"{name} {other}"


def test_node_and_cell_as_json(numpynet_command: Command) -> None:
    told = json.loads(numpynet_command("explain", "--node", "dW2", "--json").out)
    assert [step["id"] for step in told["steps"]] == ["AddmmBackward0-2"]
    assert told["steps"][0]["numpy"]["function"] == "single_layer_backward_propagation"
    cell = json.loads(numpynet_command("explain", "--cell", "dW2[0,1]", "--json").out)["cell"]
    assert len(cell["products"]) == 4
    assert cell["result"] == pytest.approx(cell["value"], rel=1e-14)
    assert sum(one["product"] for one in cell["products"]) == pytest.approx(4 * cell["value"], rel=1e-14)


def test_what_it_prints_to_copy_runs(numpynet_command: Command) -> None:
    told = json.loads(numpynet_command("explain", "--json").out)
    own: dict[str, Any] = {}
    exec(told["experiments"]["model"], own)
    lines = numpynet_command("explain", "--node", "dW2").out.split("\n")
    start = next(number for number, line in enumerate(lines) if line == "import torch")
    end = next(number for number, line in enumerate(lines) if line.startswith("hook.remove"))
    shown: list[tuple[Any, ...]] = []
    exec("\n".join(lines[start : end + 1]), own | {"print": lambda *words, **_: shown.append(words)})
    (dW2,) = (value for label, *value in shown if label == "made: dW2")
    expected = told["quantities"]["dW2"]["values"]["torch"]
    assert dW2[0].tolist()[0] == pytest.approx(expected[0], rel=1e-12)


def test_the_experiments_end_the_whole_lesson(numpynet_command: Command) -> None:
    out = numpynet_command("explain").out
    told = json.loads(numpynet_command("explain", "--json").out)["experiments"]
    assert [one["id"] for one in told["shown"]] == ["accumulate", "twice", "leaf", "cut", "retain", "vjp"]
    for one in told["shown"]:
        assert one["title"] in out
        assert one["code"] in out
        assert all(line in out for line in one["printed"].split("\n"))
    assert told["setup"] in out


def test_as_many_products_as_examples(numpynet_command: Command) -> None:
    finished = numpynet_command("explain", "--layers", "2-3-1", "--examples", 900, "--cell", "dW1[0,1]")
    assert finished.code == 0
    assert " ".join(finished.out.split()).count(" · A0[1, ") == 900


WRONG_CALLS = [
    (["--node", "dW9"], ["dW9", "dW1", "dW2", "AddmmBackward0"]),
    (["--node", "Relu"], ["Relu", "ReluBackward0"]),
    (["--cell", "dW2[0,9]"], ["dW2[0, 9] is out of range", "shape (1, 3)", "columns 0 to 2"]),
    (["--cell", "dW2[-1,0]"], ["out of range"]),
    (["--cell", "dW2"], ["dW2", "dW2[row,column]"]),
    (["--cell", "dw2[0,0]"], ["dw2", "dW2"]),
    (["--cell", "cost[0,1]"], ["cost"]),
    (["--node", ""], ["dW1", "AddmmBackward0"]),
    (["--cell", ""], ["dW2"]),
    (["--layers", "2" + 60 * "-3" + "-1", "--html", "e.html"], ["MB, more than 1.5"]),
    (["--cell", "dW2[0,1]", "--node", "dW2"], ["exclude each other"]),
    (["--cell", "dW2[0,1]", "--html", "e.html"], ["#dW2[0,1]"]),
    (["--examples", "17", "--html", "e.html"], ["17", "at most 16"]),
    (["--examples", "901"], ["901 examples: the data have 900"]),
    (["--layers", "30-300-200-1", "--data", "breast_cancer", "--html", "e.html"],
     ["are too large for digits", "W2 (200, 300)", "--layers", "--cell"]),
    (["--html", "e.txt"], ["expected a name that ends in .html or .htm"]),
    (["--html", "gone/e.html"], ["cannot write into 'gone'"]),
    (["--data", "random", "--layers", "20-1", "--output", "linear"], ["defined from 0 to 1"]),
    (["--weights", "gone.npz"], ["'gone.npz' does not exist"]),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "words"), WRONG_CALLS, ids=[" ".join(arguments) for arguments, _ in WRONG_CALLS])
def test_wrong_call_says_why_and_exits_with_2(
    numpynet_command: Command, arguments: list[str], words: list[str]
) -> None:
    finished = numpynet_command("explain", *arguments)
    assert finished.code == 2, finished
    said = " ".join(finished.err.split())
    assert all(word in said for word in words), said
    assert finished.out == ""
    assert not Path("e.html").exists()


def test_what_is_too_large_for_digits_is_summed_up_in_the_terminal(numpynet_command: Command) -> None:
    finished = numpynet_command("explain", "--layers", "2-25-50-50-25-1", "--node", "dW3")
    assert finished.code == 0
    assert "dW3 (50, 50)" in finished.out
    assert max(map(len, finished.out.splitlines())) <= 80


def test_open_writes_the_page_and_opens_it(numpynet_command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    assert numpynet_command("explain", "--open").out == "Page: explain.html, 17 steps, pass\n"
    assert numpynet_command("explain", "--open").out.startswith("Page: explain-2.html")
    assert opened == [Path(name).resolve().as_uri() for name in ("explain.html", "explain-2.html")]


def test_weights_saved_by_train_are_explained(numpynet_command: Command) -> None:
    assert numpynet_command("train", "--layers", "2-4-1", "--epochs", 3, "--save", "w.npz").code == 0
    told = json.loads(numpynet_command("explain", "--weights", "w.npz", "--json").out)
    assert told["quantities"]["W1"]["shape"] == [4, 2]


def test_nothing_but_the_page_is_left_behind(numpynet_command: Command) -> None:
    Path("explain.html").write_text("an older one", encoding="utf-8")
    assert numpynet_command("explain", "--html", "explain.html", "--layers", "2-25-50-50-25-1").code == 0
    assert [path.name for path in Path().iterdir()] == ["explain.html"]
    assert Path("explain.html").read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize("arguments", [[], ["--cell", "dZ1[0,1]"], ["--layers", "2-25-50-50-25-1"]])
def test_ascii_output_where_the_terminal_knows_no_other(
    arguments: list[str], numpynet_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a process of its own: tests/test_cli_compare.py."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    assert numpynet_command("explain", *arguments).code == 0
    out.flush()
    assert len(out.buffer.getvalue().decode("ascii").splitlines()) > 10


def test_a_closed_pipe_ends_quietly() -> None:
    command = f"set -o pipefail; {sys.executable} -m numpynet explain --layers 2-25-50-50-25-1 | true"
    finished = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (finished.returncode, finished.stderr) == (141, "")
