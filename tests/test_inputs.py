"""Inputs that never end or grow without bound, names that are taken, and commands that are told to stop."""

from __future__ import annotations

import io
import os
import resource
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import IMPLEMENTATIONS, Finished

from numpynet import files, memory
from numpynet.files import claimed, load_weights, write_beside
from numpynet.sandbox import launch

Command = Callable[..., Finished]
ROOT = Path(__file__).parent.parent
# of this program alone: what getrusage says of a process begins with the peak of the one that started it
PEAK = """
import re, sys
from pathlib import Path
import numpynet.__main__
try:
    numpynet.__main__.main()
finally:
    print(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1], file=sys.stderr)
"""
SMALL = ("train", "--layers", "2-3-1")


def signals_as_in_a_shell() -> None:
    """A suite that was started in the background, or by nohup, has some ignored, and would hand that down."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "numpynet", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=signals_as_in_a_shell,
    )


def ended(process: subprocess.Popen[str], seconds: float = 60) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=seconds)
    return process.returncode, out, err


# ── what is read ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["fifo", "zero"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("train", "--data", "x.csv"),
        ("train", "--data", "x.npz"),
        ("compare", "--weights", "x.npz"),
        ("explain", "--weights", "x.npz"),
        ("compare", "--implementation", "x.py"),
        ("check", "x.py"),
    ],
    ids=" ".join,
)
def test_what_is_no_file_is_refused_at_once(kind: str, arguments: tuple[str, ...], numpynet_command: Command) -> None:
    path = Path(arguments[-1])
    os.mkfifo(path) if kind == "fifo" else path.symlink_to("/dev/zero")
    finished = numpynet_command(*arguments)
    assert finished.code == (1 if arguments[0] == "check" else 2)
    assert f"{path} is no regular file" in finished.out + finished.err


def header(shape: tuple[int, ...]) -> bytes:
    said = io.BytesIO()
    np.lib.format.write_array_header_1_0(said, {"descr": "<f8", "fortran_order": False, "shape": shape})
    return said.getvalue()


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("X.npy", "w") as member:
        member.write(header((10**6, 1)) + bytes(8 * 10**6))


def liar(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("X.npy", header((10**12, 1)) + bytes(80))


def crowd(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"{number:040}.npy", b"")


def packed(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("X.npy", header((10, 1)) + bytes(80))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (bomb, "unpacked, it has 8,000,128 bytes: expected at most 1,000,000"),
        (liar, "X.npy has 208 bytes: too few for its shape, (1000000000000, 1)"),
        (crowd, "its list of arrays has"),
        (packed, "X.npy is packed in a way that NumPy does not use"),
    ],
)
def test_archives_say_how_large_they_are_before_they_are_unpacked(
    make: Callable[[Path], None], says: str, numpynet_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 10**6 if make is bomb else files.MOST_BYTES)
    make(Path("x.npz"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    finished = numpynet_command("train", "--data", "x.npz")
    assert finished.code == 2
    assert f"x.npz is not an .npz file of plain arrays: {says}" in finished.err
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 << 10


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (",".join(["0.5"] * 10**6 + ["1"]) + "\n", "line 1 has 1,000,001 values: expected at most 100,000 features"),
        ("1" * 64_000_001, "line 1 has more than 64,000,000 characters"),
    ],
    ids=["columns", "one line"],
)
def test_a_line_has_an_end(text: str, says: str, numpynet_command: Command) -> None:
    Path("x.csv").write_text(text)
    finished = numpynet_command("train", "--data", "x.csv")
    assert finished.code == 2
    assert f"x.csv, {says}" in finished.err


def test_wide_data_are_refused_in_an_archive_too(numpynet_command: Command) -> None:
    np.savez("x.npz", X=np.zeros((2, 100_001)), y=np.zeros(2))
    finished = numpynet_command("train", "--data", "x.npz")
    assert (finished.code, "X has 100,001 features: expected at most 100,000" in finished.err) == (2, True)


# ── what is needed ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("compare", "--layers", "2-1000000000-1"), "a 2-1000000000-1 network on 900 examples needs about"),
        (("train", "--layers", "2-1000000-1000000-1"), "a 2-1000000-1000000-1 network on 900 examples"),
        (("explain", "--layers", "2-100000000-1"), "a 2-100000000-1 network on 4 examples needs about"),
        (("train", "--data", "random", "--layers", "10000000-1", "--examples", "1000000"), "needs about 160,0"),
    ],
)
def test_a_network_too_large_is_said_before_it_is_made(
    arguments: tuple[str, ...], says: str, numpynet_command: Command
) -> None:
    finished = numpynet_command(*arguments)
    assert finished.code == 2
    assert says in finished.err
    assert "are free here: choose fewer units (--layers) or fewer examples" in finished.err


def test_what_is_free_decides(monkeypatch: pytest.MonkeyPatch, numpynet_command: Command) -> None:
    monkeypatch.setattr(memory, "available", lambda: 10**7)
    assert numpynet_command(*SMALL, "--epochs", 1).code == 0
    finished = numpynet_command("compare")
    assert (finished.code, "0.0 GB are free here" in finished.err) == (2, True)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_memory_is_estimated_above_what_is_used() -> None:
    """Peaks of the command in a process of its own, beside those of a network too small to matter."""

    def peak(*arguments: str) -> int:
        line = [sys.executable, "-c", PEAK, "compare", "--data", "random", "--json", *arguments]
        return int(subprocess.run(line, capture_output=True, text=True, cwd=ROOT, check=True).stderr.split()[-1]) << 10

    used = peak("--layers", "30-300-300-1", "--examples", "2000") - peak("--layers", "30-1", "--examples", "10")
    needed = memory.numbers_of([30, 300, 300, 1], 2000) * 20 * 8
    assert needed / 3 < used < needed


# ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_runs_started_together_keep_their_weights(tmp_path: Path) -> None:
    runs = [start(tmp_path, *SMALL, "--epochs", "200", "--seed", str(seed)) for seed in range(4)]
    said = {ended(run)[1].splitlines()[-1] for run in runs}
    names = {"weights.npz", "weights-2.npz", "weights-3.npz", "weights-4.npz"}
    assert said == {f"Weights: {name}" for name in names}
    assert {path.name for path in tmp_path.iterdir()} == names
    assert len({load_weights(path).params_values["W1"].tobytes() for path in tmp_path.iterdir()}) == 4


def test_a_name_is_held_and_given_back(tmp_path: Path) -> None:
    path = tmp_path / "weights.npz"
    with claimed(path) as first, claimed(path) as second:
        assert (first, second) == (path, tmp_path / "weights-2.npz")
        write_beside(second, lambda file: file.write(b"kept"))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"weights-2.npz": b"kept"}


def test_a_name_that_a_killed_run_left_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / "weights.npz").touch()
    (tmp_path / "weights-2.npz").write_bytes(b"somebody's")
    with claimed(tmp_path / "weights.npz") as path:
        assert path.name == "weights.npz"
        with claimed(tmp_path / "weights.npz") as other:
            assert other.name == "weights-3.npz"


@pytest.mark.parametrize("left", ["a folder", "a link to nothing", "a pipe"])
def test_a_name_that_is_no_file_is_passed_over(left: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.npz"
    if left == "a folder":
        path.mkdir()
    elif left == "a pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("nothing")
    with claimed(path) as free:
        assert free.name == "weights-2.npz"


def test_what_a_killed_writer_left_is_removed_and_what_is_being_written_is_not(tmp_path: Path) -> None:
    path = tmp_path / "weights.npz"
    program = (
        "import os, sys, time; from pathlib import Path; from numpynet.files import write_beside\n"
        "write_beside(Path(sys.argv[1]), lambda file: (print('writing', flush=True), time.sleep(60)))"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        for _ in range(2)
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
    writers[0].kill()
    writers[0].communicate()
    assert len(list(tmp_path.iterdir())) == 2
    write_beside(path, lambda file: file.write(b"new"))
    try:
        assert len(list(tmp_path.iterdir())) == 2  # the file, and what the living one writes
        assert path.read_bytes() == b"new"
    finally:
        writers[1].kill()
        writers[1].communicate()


# ── told to stop ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_training_that_is_told_to_stop_keeps_its_weights(number: signal.Signals, tmp_path: Path) -> None:
    run = start(tmp_path, *SMALL, "--epochs", "100000000")
    while not (tmp_path / "weights.npz").exists():
        time.sleep(0.05)
    time.sleep(0.5)
    run.send_signal(number)
    code, out, err = ended(run)
    assert (code, err.strip()) == (130, "numpynet: interrupted")
    assert out.startswith("Interrupted after ")
    assert load_weights(tmp_path / "weights.npz").params_values["W1"].shape == (3, 2)
    assert [path.name for path in tmp_path.iterdir()] == ["weights.npz"]


def test_hanging_up_does_not_stop_what_ignores_it(tmp_path: Path) -> None:
    line = ["nohup", sys.executable, "-m", "numpynet", *SMALL, "--epochs", "100000000"]
    run = subprocess.Popen(
        line,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not (tmp_path / "weights.npz").exists():
        time.sleep(0.05)
    run.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        run.wait(1)
    run.send_signal(signal.SIGTERM)
    assert run.wait(30) == 130


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("isolation", ["plain", "auto"])
def test_a_check_that_is_told_to_stop_leaves_nothing(number: signal.Signals, isolation: str, tmp_path: Path) -> None:
    text = (IMPLEMENTATIONS / "tutorial.py").read_text(encoding="utf-8")
    stuck = text.replace("    return np.maximum(0, Z)", "    while True: pass")
    (tmp_path / "mine.py").write_text(stuck, encoding="utf-8")
    run = start(tmp_path, "check", "mine.py", "--isolation", isolation)
    while not any(descends(child, run.pid) for child in launch.carriers("")):
        time.sleep(0.05)
    time.sleep(1)
    run.send_signal(number)
    code, _, err = ended(run)
    assert (code, err.strip()) == (130, "numpynet: interrupted")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]


def descends(child: int, ancestor: int) -> bool:
    """Whether one process was started by the other, or by what that started."""
    while child not in (0, ancestor):
        try:
            child = int(Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            return False
    return child == ancestor
