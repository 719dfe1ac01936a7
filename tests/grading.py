"""Grades computed ahead, on every core, for the rows of the catalogues that are going to be tested."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from difflib import SequenceMatcher
from pathlib import Path

from numpynet.check.grade import grade_file
from numpynet.check.result import Grade, Place


def graded(folder: Path, source: str) -> Grade:
    """The grade of a file of that source."""
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


@contextmanager
def graded_ahead(folder: Path, sources: Mapping[str, str]) -> Iterator[dict[str, Future[Grade]]]:
    """Id → the grade to come."""
    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(max(1, os.cpu_count() or 1), mp_context=spawn)
    try:
        yield {id: pool.submit(graded, folder / id, source) for id, source in sources.items()}
    finally:
        pool.shutdown(cancel_futures=True)
