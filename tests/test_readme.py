"""The README's example runs, its commands exist, and its table is the command's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from catalogue import MISTAKES
from conftest import IMPLEMENTATIONS, Finished

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str, number: int = 0) -> str:
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```", README, re.M | re.S)
    return found[number]


def test_python_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block("python"), "README.md", "exec"), {})
    assert capsys.readouterr().out.startswith("(50, 50) ")


def test_table_is_the_commands(numpynet_command: Callable[..., Finished]) -> None:
    real = numpynet_command("compare").out.splitlines()
    shown = block("console").splitlines()[1:]
    assert len(shown) == len(real)
    for ours, theirs in zip(shown[2:44], real[2:44], strict=True):
        assert re.findall(r"^[> ]+\S+ +\(.*?\)", ours) == re.findall(r"^[> ]+\S+ +\(.*?\)", theirs)
        assert ours.endswith("pass")


COMMANDS = re.findall(r"\| `(?:scripts/|\.venv/bin/numpynet )((?:compare|train)[^`]*)` \|", README)


@pytest.mark.parametrize("command", COMMANDS)
def test_command_of_the_table_runs(numpynet_command: Callable[..., Finished], tmp_path: Path, command: str) -> None:
    (tmp_path / "mine.py").write_text((IMPLEMENTATIONS / "tutorial.py").read_text(encoding="utf-8"), encoding="utf-8")
    if "weights.npz" in command:
        assert numpynet_command("train", "--epochs", 3).code == 0
    command = command.replace("--epochs 10000", "--epochs 30")
    arguments = [*command.split(), "--epochs", "30"] if command.startswith("train") else command.split()
    assert numpynet_command(*arguments).code == 0


@pytest.mark.parametrize(
    "path", re.findall(r"\b[a-z_]+\.py\b", README.partition("## The house")[2].partition("## Adding")[0])
)
def test_files_of_the_picture_exist(path: str) -> None:
    assert list(ROOT.glob(f"*/{path}")) + list(ROOT.glob(f"*/*/{path}")), path


def test_the_worked_element_is_the_commands(numpynet_command: Callable[..., Finished]) -> None:
    rows = json.loads(numpynet_command("compare", "--json").out)["rows"]
    judged = next(row for row in rows if row["name"] == "dW3")["local"]["numpy"]
    assert judged["exact"] == pytest.approx(-1.618179391210749e-05, rel=1e-12)
    assert judged["allowed"] == pytest.approx(2.12e-18, rel=1e-2)
    assert 0 < judged["ratio"] < 0.1


def test_the_catalogue_is_as_large_as_said() -> None:
    right = sum(mistake.kind in ("equivalent", "convention") for mistake in MISTAKES)
    assert f"Of {len(MISTAKES)} mistakes and rewrites" in README
    assert f"all {len(MISTAKES) - right} mistakes are caught" in README
    assert f"none of the {right} right ones is" in README
