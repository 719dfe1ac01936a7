"""How much memory a command will need, said before it is allocated."""

from __future__ import annotations

import os
import resource
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

GROUPS = Path("/sys/fs/cgroup")


def numbers_of(widths: Sequence[int], m: int) -> int:
    """How many numbers a step of the network has on m examples: A, Z, dA, dZ, and W, b, their gradients, W′ and b′."""
    return widths[0] * m + sum(4 * n_out * m + 3 * n_out * (n_in + 1) for n_in, n_out in pairwise(widths))


def available() -> int:
    """The bytes that this process may still use, as far as the system tells; else those of a large machine."""
    known = [1 << 40]
    try:
        lines = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
        known.append(int(lines["MemAvailable"].split()[0]) << 10)
    except (OSError, ValueError, KeyError):
        known.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    try:
        most, used = ((GROUPS / name).read_text().strip() for name in ("memory.max", "memory.current"))
        known.append(int(most) - int(used))
    except (OSError, ValueError):  # no group of its own, or "max"
        pass
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit != resource.RLIM_INFINITY:
        known.append(limit)
    return max(0, min(known))


class Need(NamedTuple):
    """What a command keeps: `copies` of every number of a step, bytes for each unit of the widest layer.

    `examples` are those of the step, where it takes fewer than there are. Measured as peaks, with some room.
    """

    copies: int = 3
    widest: int = 0
    examples: int | None = None


def check_memory(widths: Sequence[int], m: int, dtype: np.dtype, need: Need) -> None:
    """ValueError where the network on m examples needs more than there is."""
    m = min(m, need.examples or m)
    needed = numbers_of(widths, m) * need.copies * dtype.itemsize + need.widest * max(widths)
    there = available()
    if needed > there:
        raise ValueError(
            f"a {'-'.join(map(str, widths))} network on {m:,} examples needs about {gigabytes(needed)} of memory, and "
            f"{gigabytes(there)} are free here: choose fewer units (--layers) or fewer examples"
        )


def gigabytes(size: int) -> str:
    """ "1.5 GB"."""
    return f"{size / 1e9:,.1f} GB"


def keep_freed_memory() -> None:
    """Free 16 MiB once: from then on glibc keeps what is freed, and need not fault it in again for the next array.

    A step of the reference network makes some thirty arrays; with this it takes four fifths of the time.
    """
    np.empty(2**21)
