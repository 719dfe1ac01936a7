"""The README is short, its example runs, and what it shows is what the commands print."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import numpy as np
import problems
import pytest
from conftest import Finished
from test_docs import ROOT, TEXTS, TUTORIAL

from numpynet.parity import numpy_trace

README = TEXTS["README.md"]


def block(language: str, beginning: str = "", text: str = README) -> str:
    """The first of this language that begins so."""
    found = re.search(rf"^```{language}\n({re.escape(beginning)}.*?)^```", text, re.M | re.S)
    assert found is not None
    return found[1]


def test_it_takes_five_minutes() -> None:
    assert len(README.splitlines()) <= 150


def test_python_example_runs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(block("python"), "README.md", "exec"), {})
    assert float(capsys.readouterr().out) >= 0.96
    assert (tmp_path / "digits.npz").exists()


@pytest.mark.parametrize("name", ["README.md", "quickstart.zh.md"])
def test_rows_are_the_commands(name: str, numpynet_command: Callable[..., Finished]) -> None:
    real = numpynet_command("compare").out.splitlines()
    head, line, *shown = block("console", "name", TEXTS[name]).splitlines()
    assert [head, line] == [one.rstrip() for one in real[:2]]
    known = {match[0] for row in real[2:44] if (match := re.match(r"^[> ]+\S+ +\(.*?\)", row))}
    for row in shown:
        assert re.findall(r"^[> ]+\S+ +\(.*?\)", row)[0] in known
        assert row.endswith("pass")
    if name == "README.md":
        assert len(known) == 42
        assert len(shown) == 10


def printed(numpynet_command: Callable[..., Finished], beginning: str) -> tuple[list[str], list[str]]:
    """What a block shows of a command, and what the command prints."""
    command, *shown = block("console", f"$ .venv/bin/numpynet {beginning}").splitlines()
    return shown, numpynet_command(*shlex.split(command.partition("numpynet ")[2])).out.splitlines()


def test_the_cell_shown_is_the_commands(numpynet_command: Callable[..., Finished]) -> None:
    # whether the last digit of the sum is NumPy's depends on its BLAS, and so does the remark on it
    shown, real = (
        [line for line in lines if "(in double" not in line] for lines in printed(numpynet_command, "explain --cell")
    )
    assert [line.split()[:6] for line in real[:8]] == [line.split()[:6] for line in shown[:8]]
    assert len(real) == len(shown)


def test_the_mistake_shown_is_checks(numpynet_command: Callable[..., Finished]) -> None:
    assert "`A_prev.shape[0]` for\n`A_prev.shape[1]`" in README
    Path("mine.py").write_text(TUTORIAL.replace("A_prev.shape[1]", "A_prev.shape[0]"), encoding="utf-8")
    shown, real = printed(numpynet_command, "check")
    assert shown[-1] == "…"
    assert shown[:-1] == real[: len(shown) - 1]
    assert real[len(shown) - 1].startswith("✓ right: ")


@pytest.mark.parametrize("name", ["README.md", "house.md"])
def test_files_of_the_picture_exist(name: str) -> None:
    picture = block("", "numpynet/  ", TEXTS[name])
    for path in re.findall(r"\b[a-z_]+\.py\b", picture):
        assert any(list(ROOT.glob(f"{folders}{path}")) for folders in ("*/", "*/*/", "*/*/*/")), path
    rooms = {file.parent.name for file in (ROOT / "numpynet").glob("*/__init__.py")}
    assert rooms <= set(re.findall(r"^  (\w+)/ ", picture, re.M))


def test_the_worked_element() -> None:
    """The figures of dW3[41, 10] in docs/tolerances.md, from the trace itself."""
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
    assert np.allclose(float(cast), float(exact))
    assert abs(exact * m / (m - 1) - exact) < 1e-7  # the least that torch.testing.assert_close allows in float64
