"""Text that somebody else wrote, made safe to print."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable
from pathlib import Path

# Words with which a sentence begins, and which are no name of somebody's.
OPENING = {"a", "every", "how", "in", "it", "its", "no", "none", "of", "on", "only", "some", "the", "what", "where"}


def printable(text: str, most: int | None = None, keep: str = "") -> str:
    """The text, at most `most` signs of it, with a blank for every white space and � for what cannot be printed.

    What cannot be printed is what a terminal would obey (escape sequences), what reorders or hides its neighbours (bidi
    and zero-width signs), and halves of surrogate pairs, as Python makes of bytes that are not UTF-8. `keep` are signs
    to be left alone.
    """
    text = text[:most]
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() or sign in keep else " " if sign.isspace() else "\ufffd" for sign in text)


def listed(names: Iterable[object], most: int = 20) -> str:
    """The first `most` names with commas between, and how many more there are; "none" where there is none."""
    every = list(names)
    more = f" and {len(every) - most:,} more" if len(every) > most else ""
    return (", ".join(printable(str(name), 80) for name in every[:most]) or "none") + more


def sentence(text: str) -> str:
    """With a capital and a full stop; a name at its beginning keeps its case."""
    first = text[:1].upper() if text.partition(" ")[0] in OPENING else text[:1]
    return f"{first}{text[1:]}."


def typed(path: Path) -> str:
    """The file as it is typed in a command, from the folder in which this one was."""
    return shlex.quote(printable(os.path.relpath(path)))


def told(error: OSError) -> str:
    """ "data.csv: No such file or directory", without the error's number."""
    return f"{error.filename}: {error.strerror}" if error.filename and error.strerror else str(error)


def counted(number: int, what: str) -> str:
    """ "1 output", "2 outputs"."""
    return f"{number:,} {what}{'s' * (number != 1)}"
