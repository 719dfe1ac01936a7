"""The README's example runs, its commands exist, and its table is the command's."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Finished

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


def test_commands_of_the_table_are_accepted(numpynet_command: Callable[..., Finished]) -> None:
    commands = re.findall(r"\| `(?:scripts/compare|\.venv/bin/numpynet train)([^`]*)` \|", README)
    assert len(commands) >= 7
    for arguments in commands:
        command = "train" if "--plot" in arguments else "compare"
        help_text = numpynet_command(command, "--help").out
        for option in re.findall(r"--[a-z-]+", arguments):
            assert option in help_text


@pytest.mark.parametrize(
    "path", re.findall(r"\b[a-z_]+\.py\b", README.partition("## The house")[2].partition("## Adding")[0])
)
def test_files_of_the_picture_exist(path: str) -> None:
    assert list(ROOT.glob(f"*/{path}")) + list(ROOT.glob(f"*/*/{path}")), path
