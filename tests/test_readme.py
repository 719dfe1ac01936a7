"""The README's example runs, its commands exist, and its table is the command's."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import numpy as np
import problems
import pytest
import torch
from catalogue import MISTAKES
from conftest import IMPLEMENTATIONS, Finished
from test_gradcheck import SOURCE as GRADIENTS

from numpynet.parity import numpy_trace
from numpynet.parity.loader import load_implementation
from numpynet.views.words import outcomes

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str, number: int = 0) -> str:
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```", README, re.M | re.S)
    return found[number]


def test_python_examples_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(block("python"), "README.md", "exec"), {})
    assert float(capsys.readouterr().out) >= 0.96
    exec(compile(block("python", 1), "README.md", "exec"), {})
    assert capsys.readouterr().out.startswith("(50, 50) ")


def test_table_is_the_commands(numpynet_command: Callable[..., Finished]) -> None:
    real = numpynet_command("compare").out.splitlines()
    shown = block("console").splitlines()[1:]
    assert len(shown) == len(real)
    for ours, theirs in zip(shown[2:44], real[2:44], strict=True):
        assert re.findall(r"^[> ]+\S+ +\(.*?\)", ours) == re.findall(r"^[> ]+\S+ +\(.*?\)", theirs)
        assert ours.endswith("pass")


NET = "from torch import nn\n\n\nclass Net(nn.Sequential):\n    def __init__(self):\n        super().__init__(nn.Linear(2, 5), nn.Tanh(), nn.Linear(5, 1))\n"
COMMANDS = re.findall(
    r"\| `(?:scripts/|\.venv/bin/numpynet )((?:compare|train|predict|explain|gradcheck)[^`]*)`(?=;| \|)", README
)


@pytest.mark.parametrize("command", COMMANDS)
def test_command_of_the_table_runs(numpynet_command: Callable[..., Finished], tmp_path: Path, command: str) -> None:
    (tmp_path / "mine.py").write_text((IMPLEMENTATIONS / "tutorial.py").read_text(encoding="utf-8"), encoding="utf-8")
    if "weights.npz" in command:
        assert numpynet_command("train", "--epochs", 3).code == 0
    if command.startswith("gradcheck"):
        (tmp_path / "mine.py").write_text(GRADIENTS, encoding="utf-8")
    (tmp_path / "net.py").write_text(NET, encoding="utf-8")
    if "net.pt" in command:
        torch.save(load_implementation(tmp_path / "net.py").Net().state_dict(), "net.pt")
    (tmp_path / "mine.csv").write_text("1,2,a\n3,1,b\n2,2,c\n5,0,a\n", encoding="utf-8")
    (tmp_path / "new.csv").write_text("x,y\n1,2\n3,1\n", encoding="utf-8")
    command = re.sub("--epochs [0-9]+", "--epochs 5", command)
    arguments = shlex.split(command) + (["--epochs", "5"] if command.startswith("train") else [])
    assert numpynet_command(*arguments).code == 0


@pytest.mark.parametrize(
    "path", re.findall(r"\b[a-z_]+\.py\b", README.partition("## The house")[2].partition("## Adding")[0])
)
def test_files_of_the_picture_exist(path: str) -> None:
    assert any(list(ROOT.glob(f"{folders}{path}")) for folders in ("*/", "*/*/", "*/*/*/")), path


def test_the_cell_shown_is_the_commands(numpynet_command: Callable[..., Finished]) -> None:
    command, *lines = block("console", 2).splitlines()
    printed = numpynet_command(*shlex.split(command.partition("numpynet ")[2])).out.splitlines()
    # whether the last digit of the sum is NumPy's depends on its BLAS, and so does the remark on it
    shown, real = ([line for line in text if "(in double" not in line] for text in (lines, printed))
    assert [line.split()[:6] for line in real[:8]] == [line.split()[:6] for line in shown[:8]]
    assert len(real) == len(shown)


def test_the_worked_element() -> None:
    """The README's figures of dW3[41, 10], from the trace itself."""
    values = numpy_trace(problems.step(problems.REFERENCE, "float64")).values
    dZ, A, m = values["dZ3"][41].astype(np.longdouble), values["A2"][10].astype(np.longdouble), 900
    exact = (dZ * A).sum() / m
    mean = float(np.abs(dZ * A).mean())
    allowed = 901 * 2.0**-53 * mean
    assert exact == pytest.approx(-1.618179391210749e-05, rel=1e-14)
    assert mean == pytest.approx(2.12e-05, rel=5e-3)
    assert allowed == pytest.approx(2.12e-18, rel=5e-3)
    assert abs(values["dW3"][41, 10] - exact) < allowed / 10
    cast = (dZ.astype(np.float32).astype(np.longdouble) * A).sum() / m
    assert abs(cast - exact) == pytest.approx(8.8e-14, rel=0.1)
    assert abs(exact * m / (m - 1) - exact) == pytest.approx(1.8e-08, rel=0.05)


def test_the_catalogue_is_as_large_as_said() -> None:
    right = sum(mistake.kind in ("equivalent", "convention") for mistake in MISTAKES)
    assert f"Of {len(MISTAKES)} mistakes and rewrites" in README
    assert f"all {len(MISTAKES) - right} mistakes are caught" in README
    assert f"none of the {right} right ones is" in README


def test_readme_has_every_outcome_in_the_words_of_the_pages() -> None:
    for meaning, ones in outcomes().items():
        assert f"| {', '.join(f'`{one}`' for one in ones)} | {meaning} |\n" in README
