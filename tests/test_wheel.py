"""The wheel holds all that the package needs: installed into an empty environment, it works."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

import numpynet

ROOT = Path(__file__).parent.parent


def run(*command: object, folder: Path) -> str:
    """What it prints; it must end well, and finds nothing of this project but what is installed."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    finished = subprocess.run([*map(str, command)], cwd=folder, env=clean, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--disable-pip-version-check")
    run(sys.executable, "-m", "pip", "wheel", ROOT, *options, "--wheel-dir", folder, folder=folder)
    (found,) = folder.glob("*.whl")
    return found


def test_wheel_holds_every_file(wheel: Path) -> None:
    assert wheel.name == f"numpynet-{numpynet.__version__}-py3-none-any.whl"
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    files = {file for package in ("numpynet", "torch_reference") for file in (ROOT / package).rglob("*")}
    there = {str(file.relative_to(ROOT)) for file in files if file.is_file() and "__pycache__" not in file.parts}
    assert held == there
    assert "numpynet/py.typed" in held


def test_wheel_works_where_nothing_else_of_it_is(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", symlinks=True)
    python = tmp_path / "env" / "bin" / "python"
    options = ("--no-deps", "--no-index", "--quiet", "--disable-pip-version-check")
    run(sys.executable, "-m", "pip", "--python", python, "install", *options, wheel, folder=tmp_path)
    packages = sysconfig.get_path("purelib", vars=dict.fromkeys(("base", "platbase"), str(tmp_path / "env")))
    # The dependencies are this environment's. Python reads no .pth there, so its own numpynet is not among them.
    (Path(packages) / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    where = run(
        python, "-c", "import numpynet, torch_reference as t; print(numpynet.__file__, t.__file__)", folder=tmp_path
    )
    assert where.count(packages) == 2
    command = tmp_path / "env" / "bin" / "numpynet"
    assert "Usage: numpynet" in run(command, "--help", folder=tmp_path)
    assert "5 of 5 epochs" in run(command, "train", "--epochs", 5, folder=tmp_path)
    run(command, "compare", "--layers", "2-3-1", "--html", "compare.html", folder=tmp_path)  # templates, static files
    assert (tmp_path / "compare.html").stat().st_size > 50_000
