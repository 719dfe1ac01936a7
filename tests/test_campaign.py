"""The campaign runs, finds nothing, reproduces a network alone, and stops cleanly."""

from __future__ import annotations

import re
import runpy
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import wait_until_at_work

from numpynet.activations import ACTIVATIONS
from numpynet.losses import LOSSES
from numpynet.optimizers import OPTIMIZERS
from numpynet.schedules import SCHEDULES

SCRIPT = Path(__file__).parent.parent / "scripts" / "campaign.py"


def campaign(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, check=False)


def test_no_number_leaves_its_bound() -> None:
    finished = campaign("--networks", "120", "--seed", "7")
    assert finished.returncode == 0, finished.stdout
    assert finished.stderr == ""
    assert re.search(r"^120 networks \(\d+ in float32, \d+ in float64\), [\d,]+ numbers", finished.stdout)
    assert "\n0 tensors outside their bound\n" in finished.stdout
    _, _, table = finished.stdout.partition("greatest\n")
    rows = {line[2:].split("  ")[0]: line.split()[-1] for line in table.splitlines()}
    assert {name for name, greatest in rows.items() if greatest == "exact"} <= {
        *(f"{kind}, {name}" for kind in ("A", "dZ") for name in ("linear", "relu")),
        *(f"lr', {name}" for name in SCHEDULES),
    }
    assert 0.9 < max(float(greatest) for greatest in rows.values() if greatest != "exact") <= 1
    assert set(rows) >= {f"dZ, {name}" for name in ACTIVATIONS} | {f"cost, {name}" for name in LOSSES}
    assert set(rows) >= {"N", "dZ, batch norm", "dgamma", "mask", "D", "dA, dropout", "evaluated", "running_var'"}
    assert set(rows) >= {f"W', {name}" for name in OPTIMIZERS} | {"exp_avg_sq.W', adamw", "momentum_buffer.b', sgd"}


def test_a_network_is_the_same_alone() -> None:
    judge: Any = runpy.run_path(str(SCRIPT))["judge"]
    alone, two = judge(7, range(3, 4)), judge(7, range(2, 4))
    assert alone.networks.total() == 1
    assert alone.numbers > 0
    assert {name: ratios for name, ratios in two.ratios.items() if ratios} != alone.ratios
    two_alone = judge(7, range(2, 3))
    two_alone.add(alone)
    assert two_alone == two


@pytest.mark.parametrize("arguments", [("--networks", "0"), ("--only", "-1"), ("--bogus",), ("--networks", "x")])
def test_wrong_call_exits_with_2(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [SCRIPT.name, *arguments])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(SCRIPT))["main"]()
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: campaign.py")


def test_ctrl_c_prints_what_was_found() -> None:
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), "--networks", "100000", "--processes", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # a suite that was started in the background has the signal ignored, and would hand that down
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    wait_until_at_work(process.pid, 8)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "")
    assert out.startswith("interrupted after ")
    assert "tensors outside their bound" in out
