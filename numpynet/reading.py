"""Somebody's files, read within bounds: no pipe that never ends, no more bytes than there may be."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO


def open_regular(path: Path, most: int) -> BinaryIO:
    """The file, opened for reading; never waits.

    ValueError unless it is a regular file of at most `most` bytes; OSError where it cannot be opened.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError(f"{path} is no regular file")
        if status.st_size > most:
            raise ValueError(f"{path} has {status.st_size:,} bytes: expected at most {most:,}")
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_regular(path: Path, most: int) -> bytes:
    """The bytes of such a file. ValueError, too, where it has more to give than it said, or nothing yet."""
    with open_regular(path, most) as file:
        data = file.read(most + 1)
    if data is None:  # a file of the kernel's that would make us wait
        raise ValueError(f"{path} cannot be read: there is nothing to read yet")
    if len(data) > most:
        raise ValueError(f"{path} grows while it is read: expected at most {most:,} bytes")
    return data
