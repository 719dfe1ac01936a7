"""Grades computed ahead, in processes of their own, for the rows of the catalogues that are going to be tested."""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np

from numpynet.check.grade import grade_file
from numpynet.check.result import Grade, Place


def graded(folder: Path, source: str | Path) -> Grade:
    """The grade of a file, or of one of that source."""
    if isinstance(source, Path):
        return grade_file(source)
    folder.mkdir(exist_ok=True)
    path = folder / "mine.py"
    path.write_text(source, encoding="utf-8")
    return grade_file(path)


def is_at_fault(place: Place, before: str, after: str) -> bool:
    """Whether the place is a statement that was changed, and its text the file's."""
    old, new = before.split("\n"), after.split("\n")
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    changed = {line for tag, _, _, start, end in steps if tag != "equal" for line in range(start + 1, end + 1)}
    last = next((last for last in range(place.line, len(new) + 1)
                 if " ".join(line.strip() for line in new[place.line - 1 : last]) == place.text), 0)  # fmt: skip
    return bool(changed & {*range(place.line, last + 1)})


@contextlib.contextmanager
def graded_ahead(folder: Path, sources: Mapping[str, str | Path]) -> Iterator[dict[str, Future[Grade]]]:
    """Id → the grade to come. Beside other test processes one more is enough: every core is busy then."""
    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(1 if "PYTEST_XDIST_WORKER" in os.environ else os.cpu_count() or 1, mp_context=spawn)
    try:
        yield {id: pool.submit(graded, folder / id, source) for id, source in sources.items()}
    finally:
        pool.shutdown(cancel_futures=True)


def printed(source: str, code: str) -> str:
    """What the file prints with the code behind it."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), np.errstate(all="ignore"):
        exec(compile(f"{source}\n{code}\n", "mine.py", "exec"), {"__name__": "mine"})
    return said.getvalue()


def prints(source: str, code: str, values: Mapping[str, Any]) -> bool:
    """Whether the file with the code behind it prints all these numbers."""
    text = re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", printed(source, code))
    found = np.array([float(number) for number in text])
    wanted = np.concatenate([np.ravel(np.asarray(value, float)) for value in values.values()])
    return bool(found.size and np.abs(found - wanted[:, None]).min(axis=1).max() < 1e-6)
