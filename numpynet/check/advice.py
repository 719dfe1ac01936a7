"""What to type where a file's functions cannot be judged by their numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from numpynet.sandbox import Session

GUESSES = {  # an option of gradcheck, and what a function that fits it may be called
    "cost": "cost|loss|error|objective",
    "gradients": "back|grad",
    "parameters": "init|param|weight|start",
}


def gradcheck(session: Session) -> str:
    """The command that checks any code's gradients, with the names that the file has for what it wants."""
    there = [name for name, one in session.loaded.functions.items() if not one.name.startswith("__")]
    options = " ".join(f"--{option} {_named(there, pattern)}" for option, pattern in GUESSES.items())
    return (
        f"What any code computes can be checked as a black box: numpynet gradcheck {session.path.name} {options} (each "
        "a function of the parameters alone, or, of the last, without arguments)."
    )


def _named(there: Iterable[str], pattern: str) -> str:
    """The first name that fits, else NAME."""
    return next((name.rpartition(".")[2] for name in there if re.search(pattern, name, re.IGNORECASE)), "NAME")
