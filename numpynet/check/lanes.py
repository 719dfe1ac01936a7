"""Several files graded at a time, each by one of a few processes: none waits for another, none can end another."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path

from numpynet.check.lane import Task, cannot_judge
from numpynet.check.reader import Reading
from numpynet.check.result import Grade
from numpynet.sandbox import Limits

ROOT = str(Path(__file__).resolve().parent.parent.parent)
# -P and the end of the path: a pupil's random.py in the current folder must not be taken for Python's.
BOOT = f"import sys; sys.path.append({ROOT!r}); from numpynet.check.lane import main; main()"
TICK = 0.1  # seconds between two looks at whether to stop
GRACE = 120.0  # seconds beyond a file's own limit, for the checker's work
TO_END = 5.0  # seconds


@dataclass
class Lane:
    """One process, and the file that it has."""

    process: subprocess.Popen[bytes]
    connection: Connection
    number: int = -1
    path: Path = field(default_factory=Path)
    end: float = 0.0


class Lanes:
    """`jobs` processes: `with Lanes(2, reading, limits) as lanes: for number, grade in lanes.grades(paths): …`."""

    def __init__(self, jobs: int, reading: Reading, limits: Limits) -> None:
        self.jobs, self.reading, self.limits = jobs, reading, limits
        self.idle: list[Lane] = []
        self.busy: list[Lane] = []

    def __enter__(self) -> Lanes:
        return self

    def __exit__(self, *error: object) -> None:
        """End all processes: each hears that its connection is closed, and ends the file's own."""
        lanes = [*self.busy, *self.idle]
        for lane in lanes:
            lane.connection.close()
        for lane in lanes:
            _end(lane.process)

    def grades(self, paths: Sequence[Path], stop: Callable[[], bool] = lambda: False) -> Iterator[tuple[int, Grade]]:
        """Each file's place among the paths and its grade, as they come, until all are there or it is to stop."""
        waiting = deque(enumerate(paths))
        while (waiting or self.busy) and not stop():
            while waiting and len(self.busy) < self.jobs:
                self._give(*waiting.popleft())
            ready = wait([lane.connection for lane in self.busy], TICK)
            for lane in list(self.busy):
                if lane.connection in ready:
                    yield lane.number, self._taken(lane)
                elif time.monotonic() > lane.end:
                    yield lane.number, self._lost(lane, "the checker itself did not come to an end with it")

    def _give(self, number: int, path: Path) -> None:
        lane = self.idle.pop() if self.idle else _start()
        lane.number, lane.path, lane.end = number, path, time.monotonic() + self.limits.seconds + GRACE
        self.busy.append(lane)
        with _no_broken_pipe():  # of a process that is gone: that shows when its answer is due
            lane.connection.send(Task(path, self.reading, self.limits))

    def _taken(self, lane: Lane) -> Grade:
        try:
            grade = lane.connection.recv()
        except (EOFError, OSError):
            return self._lost(lane, "the process that judged it was ended, perhaps for want of memory")
        assert isinstance(grade, Grade)
        self.busy.remove(lane)
        self.idle.append(lane)
        return grade

    def _lost(self, lane: Lane, why: str) -> Grade:
        """Of a process that is gone, or has to go; the next file gets a new one."""
        self.busy.remove(lane)
        lane.connection.close()
        _end(lane.process)
        return cannot_judge(lane.path, why)


def _start() -> Lane:
    """A process in a session of its own: Ctrl-C reaches the one that started it, and that one decides."""
    ours, theirs = Pipe()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", BOOT, str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
        )
    return Lane(process, ours)


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def _no_broken_pipe() -> Iterator[None]:
    """Writing to a process that is gone ends this one, where a closed standard output is to end it: not here."""
    before = signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    try:
        with contextlib.suppress(OSError):
            yield
    finally:
        signal.signal(signal.SIGPIPE, before)
