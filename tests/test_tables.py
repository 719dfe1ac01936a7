"""The tables of both packages have the same rows, and the floors of the house are kept."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from types import ModuleType

import pytest

import numpynet
import torch_reference
from numpynet import definitions

ROOT = Path(__file__).parent.parent
FLOORS = [  # a file may import from floors below its own, and from files on its own floor
    {"registry", "types", "printable", "reading", "memory", "definitions", "numbers", "names", "sandbox"},
    {"activations", "losses", "optimizers", "metrics", "validation", "schedules", "initializers", "dropout"}
    | {"normalization"},
    {"network"},
    {"training", "files", "tape", "door", "prediction"},
    {"parity", "datasets", "problem"},
    {"check", "explain"},
    {"views"},
    {"commands", "__main__"},
]


def floor(module: str) -> int:
    return next(level for level, names in enumerate(FLOORS) if module in names)


def imported(file: Path) -> set[str]:
    """The modules of this project that a file imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            inside = ROOT / node.module.replace(".", "/")
            modules = {alias.name for alias in node.names if (inside / f"{alias.name}.py").exists()}
            names |= {f"{node.module}.{name}" for name in modules} or {node.module}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name for name in names if name.partition(".")[0] in ("numpynet", "torch_reference")}


@pytest.mark.parametrize("table", ["ACTIVATIONS", "LOSSES", "OPTIMIZERS", "SCHEDULES"])
@pytest.mark.parametrize("other", [torch_reference, definitions], ids=lambda module: module.__name__)
def test_every_name_has_a_twin_and_a_definition(other: ModuleType, table: str) -> None:
    assert set(getattr(other, table)) == set(getattr(numpynet, table))


def test_definitions_share_no_arithmetic_with_what_they_judge() -> None:
    assert imported(ROOT / "numpynet" / "definitions.py") == {"numpynet.registry", "numpynet.types"}
    below = {
        "numpynet.definitions",
        "numpynet.numbers",
        "numpynet.types",
        "numpynet.names",
        *(f"numpynet.parity.{name}" for name in ("step", "exact", "wide")),
    }
    for name in ("wide", "exact", "walk"):
        assert imported(ROOT / "numpynet" / "parity" / f"{name}.py") <= below


@pytest.mark.parametrize(
    "file", sorted((ROOT / "numpynet").rglob("*.py")), ids=lambda file: str(file.relative_to(ROOT))
)
def test_numpynet_imports_only_from_below(file: Path) -> None:
    parts = file.relative_to(ROOT / "numpynet").with_suffix("").parts
    if parts == ("__init__",):
        return
    for name in imported(file):
        top, _, rest = name.partition(".")
        if top == "torch_reference":
            assert parts[0] == "commands"
        elif rest:
            assert floor(rest.partition(".")[0]) <= floor(parts[0]), f"{file} imports {name}"


def test_the_tape_calls_no_hand_written_gradient() -> None:
    assert imported(ROOT / "numpynet" / "tape.py") == {
        "numpynet.definitions",
        "numpynet.names",
        "numpynet.numbers",
        "numpynet.types",
    }
    assert not re.search(r"_backward\b", (ROOT / "numpynet" / "tape.py").read_text(encoding="utf-8"))


TORCH_FILES = sorted((ROOT / "torch_reference").glob("*.py"))


@pytest.mark.parametrize("file", TORCH_FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_torch_reference_takes_no_derivative_from_numpynet(file: Path) -> None:
    below = {name for name in imported(file) if name.startswith("numpynet")}
    assert below <= {
        "numpynet.names",
        "numpynet.registry",
        "numpynet.types",
        "numpynet.parity.graph",
        "numpynet.parity.run",
        "numpynet.parity.step",
        "numpynet.parity.trace",
        "numpynet.parity.drift",
        "numpynet.training",
        "numpynet.validation",
    }
    assert not re.search(r"_backward\b|autograd\.Function", file.read_text(encoding="utf-8"))


PROGRAMS = [file for file in TORCH_FILES if file.stem not in ("convert", "nodes")]  # nodes.py quotes torch's own code


@pytest.mark.parametrize("file", PROGRAMS, ids=lambda file: file.name)
def test_layouts_change_in_convert_alone(file: Path) -> None:
    assert not re.search(r"\.T\b|\.t\(\)|\btranspose\b|reshape|\.numpy\(|newaxis", file.read_text(encoding="utf-8"))
