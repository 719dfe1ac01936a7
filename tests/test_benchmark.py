"""The benchmark measures the same work, and numpynet is ahead of a plain rendering of the lab."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import wait_until_at_work

SCRIPT = Path(__file__).parent.parent / "scripts" / "benchmark.py"
GUARDED = 0.95  # the tutorial's least time over numpynet's, which is as plain: 1.08 to 1.15, whatever else ran


def benchmark(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, check=False)


@pytest.mark.timed
def test_numpynet_is_no_slower_than_the_plain_rendering(tmp_path: Path) -> None:
    finished = benchmark(
        *("--network", "reference", "--dtype", "float64", "--threads", "1", "--rounds", "7"),
        *("--contestants", "tutorial", "--json", "--plot", str(tmp_path / "chart.svg")),
    )
    assert (finished.returncode, finished.stderr) == (0, "")
    (race,) = json.loads(finished.stdout)["races"]
    least = {result["contestant"]: result["least"] for result in race["results"]}
    assert least["tutorial"] > GUARDED * least["numpynet"]
    ratios = {result["contestant"]: result["ratio"] for result in race["results"]}
    assert ratios["numpynet"] == 1
    assert ratios["floor"] < 1
    assert (tmp_path / "chart.svg").read_text(encoding="utf-8").startswith("<?xml")


def test_every_contestant_does_the_same_work() -> None:
    names = ("numpynet", "tutorial", "torch", "scikit-learn", "scikit-learn (cost)", "floor")  # compiling takes long
    finished = benchmark(
        *("--network", "reference", "--dtype", "float32", "--threads", "1", "--rounds", "1"),
        *("--contestants", ",".join(names)),
    )
    assert finished.returncode == 0, finished.stdout
    assert "NOT THE SAME WORK" not in finished.stdout
    for name in names:
        assert f"\n  {name}  " in finished.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--contestants", "jax"], "unknown jax; choose from numpynet, tutorial"),
        (["--rounds", "0"], "at least 1"),
        (["--threads", "0"], "at least 1"),
        (["--plot", "chart.pdf"], "ends in .svg or .png"),
        (["--plot", "no/such/chart.svg"], "in a folder that exists"),
        (["--network", "narrow"], "invalid choice: 'narrow'"),
    ],
)
def test_wrong_call_exits_with_2(arguments: list[str], words: str) -> None:
    finished = benchmark(*arguments)
    assert finished.returncode == 2
    assert words in finished.stderr
    assert "Traceback" not in finished.stderr


def test_ctrl_c_ends_it_with_its_processes() -> None:
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), "--network", "reference", "--rounds", "10000", "--contestants", "tutorial"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    wait_until_at_work(process.pid, 6)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err.strip() == "interrupted"
