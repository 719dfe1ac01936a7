"""docs/house.md: the floors are those of the imports, and the row that it adds in three places is one."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from test_docs import ROOT, TEXTS, rows

HOUSE = TEXTS["house.md"]
FLOORS = {
    re.sub("`", "", room): set(re.findall(r"[\w/]+", f"{ours} {theirs}"))
    for room, ours, theirs in rows(HOUSE, "| Room | may import")
}
DOOR = {"click", "numpynet/commands"}  # of numpynet/__main__.py
OF_THE_PAIRS = {f"numpynet.{name}" for name in ("activations", "losses", "optimizers", "network", "normalization")}
FILES = [file for package in ("numpynet", "torch_reference") for file in sorted((ROOT / package).rglob("*.py"))]


def room_of(path: Path) -> str:
    """`numpynet/check` of whatever lies below it."""
    parts = path.parts[: min(len(path.parts) - 1, 2)]
    return "/".join(parts)


@cache
def imported(file: Path) -> set[str]:
    """Modules by their full names, wherever in the file they are imported."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def room_imported(module: str) -> str:
    """The room that a module lies in, or the name of somebody else's package."""
    first, *rest = module.split(".")
    return f"numpynet/{rest[0]}" if first == "numpynet" and rest and f"numpynet/{rest[0]}" in FLOORS else first


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_room_imports_what_the_floors_allow(file: Path) -> None:
    room = room_of(file.relative_to(ROOT))
    used = {room_imported(module) for module in imported(file)} - {room, "child"} - sys.stdlib_module_names
    assert used <= FLOORS[room] | (DOOR if file.name == "__main__.py" else set())


def test_definitions_and_the_tape_know_no_pair() -> None:
    for name in ("definitions", "tape"):
        modules = {module.rpartition(".")[0] for module in imported(ROOT / f"numpynet/{name}.py")}
        assert not modules & OF_THE_PAIRS


def test_every_floor_is_needed() -> None:
    used: dict[str, set[str]] = {room: set() for room in FLOORS}
    for file in FILES:
        used[room_of(file.relative_to(ROOT))] |= {room_imported(module) for module in imported(file)}
    assert {room: allowed - used[room] for room, allowed in FLOORS.items()} == {room: set() for room in FLOORS}


def add(folder: Path, block: str) -> None:
    """Put a block's functions before its file's table, and its row before that table's last."""
    name, _, rest = block.partition("\n")
    functions, _, row = rest.rpartition("# in ACTIVATIONS\n")
    file = folder / name.removeprefix("# ")
    before, table, after = file.read_text(encoding="utf-8").partition("ACTIVATIONS = Registry(")
    last = '        "softmax": Activation('
    file.write_text(before + functions + table + after.replace(last, row + last, 1), encoding="utf-8")


BOTH = """
import sys
from numpynet.__main__ import main
for command in sys.stdin.read().splitlines():
    sys.argv = ["numpynet", *command.split()]
    try:
        main()
    except SystemExit as ended:
        assert not ended.code
"""


def test_the_row_of_the_example_is_one(tmp_path: Path) -> None:
    for package in ("numpynet", "torch_reference"):
        shutil.copytree(ROOT / package, tmp_path / package)
    blocks = re.findall(r"```python\n(.*?)```", HOUSE, re.S)
    assert len(blocks) == 3
    for block in blocks:
        add(tmp_path, block)
    commands = re.findall(r"^numpynet (.*mish.*)$", HOUSE, re.M)
    finished = subprocess.run(
        [sys.executable, "-c", BOTH],
        cwd=tmp_path,
        input="\n".join(commands),
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    assert "18 tensors: 18 pass" in finished.stdout
    assert "MishBackward0" in finished.stdout
