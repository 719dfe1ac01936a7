"""Which files are meant by the files and folders that somebody gave."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from numpynet.printable import listed, printable

SUFFIXES = (".py", ".ipynb")
LEFT_OUT = "hidden files, __pycache__ and links that leave the folder do not count"


@dataclass(frozen=True)
class Submission:
    """One file to be checked. `name` is its path below the one folder that was given, or else as it would be typed."""

    path: Path
    name: str


@dataclass(frozen=True)
class Gathered:
    """The files in the order of their names, each once; and the links that were not followed."""

    submissions: tuple[Submission, ...]
    links: tuple[str, ...]


def gather(given: Sequence[Path]) -> Gathered:
    """Every file that is given, and every .py and .ipynb below the folders. ValueError where a folder has none."""
    found: dict[str, Submission] = {}
    links: list[str] = []
    for path in given:
        paths = list(_below(path, links)) if path.is_dir() else [path]
        if not paths:
            raise ValueError(f"{path}: no {' or '.join(SUFFIXES)} file in this folder or below it ({LEFT_OUT})")
        for one in paths:
            name = str(one.relative_to(path)) if len(given) == 1 and one != path else str(one)
            found.setdefault(os.path.realpath(one), Submission(one, name))
    in_order = sorted(found.values(), key=lambda one: Path(one.name).parts)
    return Gathered(tuple(in_order), tuple(sorted(links)))


def _below(folder: Path, links: list[str]) -> Iterator[Path]:
    """The files below the folder; those that are reached through a link last, so that each has its own name first.

    A folder that cannot be read is among them: checking it says why.
    """
    root, pending, seen = os.path.realpath(folder), deque([folder]), set[str]()
    while pending:
        path = pending.popleft()
        if not path.is_dir():
            if path.suffix.lower() in SUFFIXES:
                yield path
            continue
        if (place := os.path.realpath(path)) in seen:
            continue
        seen.add(place)
        try:
            inside = [one for one in path.iterdir() if not one.name.startswith(".") and one.name != "__pycache__"]
        except OSError:
            yield path
            continue
        pending.extendleft(one for one in inside if not one.is_symlink())
        for link in (one for one in inside if one.is_symlink()):
            if _stays(link, root):
                pending.append(link)
            elif link.is_dir() or link.suffix.lower() in SUFFIXES:
                links.append(str(link))


def _stays(link: Path, root: str) -> bool:
    """Whether the link leads to something below the root."""
    place = Path(os.path.realpath(link))
    return place.exists() and place.is_relative_to(root)


def links_told(links: Sequence[str]) -> str:
    """ "2 links are left out (out of the folder, or dead): a.py, b.py"."""
    names = listed(map(printable, links), 5)
    return (
        f"{len(links)} {'link is' if len(links) == 1 else 'links are'} left out (out of the folder, or dead): {names}"
    )
