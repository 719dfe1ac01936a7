"""Grades computed ahead, on every core, for the rows of the catalogues that are going to be tested."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from numpynet.check.grade import grade_file
from numpynet.check.result import Grade


def graded(folder: Path, source: str | Path) -> Grade:
    """The grade of a file, or of one of that source."""
    if isinstance(source, Path):
        return grade_file(source)
    folder.mkdir(exist_ok=True)
    path = folder / "mine.py"
    path.write_text(source, encoding="utf-8")
    return grade_file(path)


@contextmanager
def graded_ahead(folder: Path, sources: Mapping[str, str | Path]) -> Iterator[dict[str, Future[Grade]]]:
    """Id → the grade to come."""
    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(max(1, os.cpu_count() or 1), mp_context=spawn)
    try:
        yield {id: pool.submit(graded, folder / id, source) for id, source in sources.items()}
    finally:
        pool.shutdown(cancel_futures=True)
