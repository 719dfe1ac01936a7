from __future__ import annotations

import gc
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

# Before NumPy and torch: on small matrices their two thread pools only get in each other's way, and that of other tests.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numpynet.__main__
from numpynet.commands import options

# A file is run by one process: the longest start first, so that none of them sits at the end while other processes idle.
LONGEST = (
    *("test_10000_epochs.py", "test_sandbox.py", "test_check.py", "test_pages.py", "test_cli_compare.py"),
    *("test_verdicts.py", "test_witness.py", "test_readings.py", "test_objects.py", "test_implementation.py"),
    *(
        "test_hostile.py",
        "test_campaign.py",
        "test_compare.py",
        "test_parity.py",
        "test_probes.py",
        "test_benchmark.py",
    ),
    *("test_docs.py", "test_cli_explain.py", "test_inputs.py", "test_house.py", "test_wheel.py"),
)
IMPLEMENTATIONS = Path(__file__).parent / "implementations"


PARITY = ("test_parity", "test_parity_of_other_networks")  # what a file can be put to


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--implementation",
        metavar="FILE",
        type=Path,
        help="Put the functions of this file to the parity suite, in the place of numpynet's: "
        "tests/test_parity.py --implementation mine.py",
    )


def pytest_configure(config: pytest.Config) -> None:
    if (file := config.getoption("--implementation")) is not None:
        from problems import point_at

        try:
            point_at(file)
        except ValueError as error:
            raise pytest.UsageError(f"--implementation {file}: {error}") from error


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Which of the file's tensors failed, and on which networks."""
    if (file := config.getoption("--implementation")) is None:
        return
    from problems import REFERENCE, UNDER_TEST

    failed: dict[str, list[str]] = {}
    for one in terminalreporter.stats.get("failed", []):
        where, _, name = one.nodeid.partition("[")[2].rstrip("]").rpartition("-")
        dtype, _, problem = where.partition("-")
        failed.setdefault(f"{problem or REFERENCE}, {dtype}", []).append(name)
    for where, tensors in failed.items():
        terminalreporter.write_line(f"{file.name}, {where}: {' '.join(tensors)}")
    passed = len(terminalreporter.stats.get("passed", []))
    said = "what failed is listed above" if failed else "no tensor failed"
    terminalreporter.write_line(
        f"{file.name}: {f'{said}, {passed} passed' if passed or failed else 'nothing was compared'}"
    )
    UNDER_TEST[0].reader.session.close()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A file of which nothing was compared has not passed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    is_file = session.config.getoption("--implementation") is not None
    if is_file and exitstatus == 0 and (reporter is None or not reporter.stats.get("passed")):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_collection_modifyitems(items: list[pytest.Item], config: pytest.Config) -> None:
    if config.getoption("--implementation") is not None:
        items[:] = [item for item in items if getattr(item, "originalname", "") in PARITY]
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.name, len(LONGEST)))


def pytest_collection_finish() -> None:
    """What was collected, and torch, stay: the garbage collector need not look at them again and again."""
    gc.freeze()


def without_progress(stderr: str) -> str:
    """What a process said on standard error but for the lines on its progress: a slow machine has time for some."""
    return re.sub(r"^\w+: [\d,]+ of [\d,]+.*\n", "", stderr, flags=re.MULTILINE)


def wait_until_at_work(process: int, seconds: float) -> None:
    """Until the process has started others, and a little longer: imports take long on a machine that is busy."""
    children = Path(f"/proc/{process}/task/{process}/children")
    end = time.monotonic() + 10 * seconds
    while children.exists() and not children.read_text().strip() and time.monotonic() < end:
        time.sleep(0.1)
    time.sleep(2 if children.exists() else seconds)


class Finished(NamedTuple):
    """What a run of the command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def numpynet_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Finished]:
    """Run `numpynet ARGS` in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(options, "EVERY", 3600.0)  # no line on the progress, however slow the machine is

    def run(*arguments: object) -> Finished:
        monkeypatch.setattr(sys, "argv", ["numpynet", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            numpynet.__main__.main()
        captured = capsys.readouterr()
        return Finished(int(ended.value.code or 0), captured.out, captured.err)

    return run
