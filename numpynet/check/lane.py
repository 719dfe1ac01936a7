"""One of the processes that check many files: it grades what it is told to, one file after the other, and says how.

It ends with the connection to the process that started it, in the middle of a file if need be, and ends that file's
own process with it.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType

from numpynet.check.grade import grade_file
from numpynet.check.reader import Reading
from numpynet.check.result import Grade
from numpynet.printable import printable
from numpynet.sandbox import Limits

CANNOT_JUDGE = "cannot-judge"


@dataclass(frozen=True)
class Task:
    """A file, how it is to be read, and what it may use."""

    path: Path
    reading: Reading
    limits: Limits


def main() -> None:
    """Answer every `Task` on the connection, whose descriptor is the first argument, with its `Grade`."""
    descriptor = int(sys.argv[1])
    os.set_inheritable(descriptor, False)
    connection, tasks = Connection(descriptor), queue.SimpleQueue[Task]()
    signal.signal(signal.SIGTERM, _end)
    threading.Thread(target=_listen, args=(connection, tasks), daemon=True).start()
    try:
        while True:
            connection.send(graded(tasks.get()))
    except (KeyboardInterrupt, OSError):
        os._exit(0)


def graded(task: Task) -> Grade:
    """The file's grade; where the checker's own code fails, that is no fault of the file, and costs no other."""
    try:
        return grade_file(task.path, task.reading, limits=task.limits)
    except Exception as error:
        return cannot_judge(task.path, f"the checker itself failed: {type(error).__name__}: {error}")


def cannot_judge(path: Path, why: str) -> Grade:
    """The grade of a file of which nothing can be said."""
    return Grade(printable(path.name), CANNOT_JUDGE, problem=f"it cannot be judged: {printable(why)}")


def _listen(connection: Connection, tasks: queue.SimpleQueue[Task]) -> None:
    """By a thread of its own, so that the end is heard while a file is being graded."""
    try:
        while True:
            tasks.put(connection.recv())
    except (EOFError, OSError):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)


def _end(number: int, frame: FrameType | None) -> None:
    """End the grading, once: what is being put in order then is not to be disturbed."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt
