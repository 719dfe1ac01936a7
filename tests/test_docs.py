"""The commands in docs/ run as they stand."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import IMPLEMENTATIONS, Finished

DOCS = sorted((Path(__file__).parent.parent / "docs").glob("*.md"))
COMMANDS = [
    (file.name, command)
    for file in DOCS
    for command in re.findall(r"`numpynet ([^`]*)`", file.read_text(encoding="utf-8"))
    if " " in command
]


@pytest.mark.parametrize(("file", "command"), COMMANDS)
def test_command_of_the_documents_runs(numpynet_command: Callable[..., Finished], file: str, command: str) -> None:
    Path("students").mkdir()
    for path in ("mine.py", "students/anna.py"):
        Path(path).write_text((IMPLEMENTATIONS / "tutorial.py").read_text(encoding="utf-8"), encoding="utf-8")
    finished = numpynet_command(*shlex.split(re.sub("--epochs [0-9]+", "--epochs 2", command)))
    refused = "--output softmax" in command
    assert finished.code == (2 if refused else 0), finished.err
    assert not refused or "squashed twice" in finished.err


EXAMPLES = [
    (file.name, *found)
    for file in DOCS
    for found in re.findall(r"```python\n(.*?)```\n\nIt prints\n\n```text\n(.*?)```", file.read_text("utf-8"), re.S)
]


@pytest.mark.parametrize(("file", "program", "printed"), EXAMPLES, ids=[file for file, *_ in EXAMPLES])
def test_program_of_the_documents_prints_what_it_is_said_to(
    file: str, program: str, printed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    exec(compile(program, file, "exec"), {})
    assert capsys.readouterr().out == printed


def test_there_are_commands() -> None:
    assert len(COMMANDS) >= 7
    assert EXAMPLES
