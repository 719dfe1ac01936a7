"""What a report says beside the verdicts: what was not looked at, and what to type where nothing can be judged."""

from __future__ import annotations

import ast
import re
import textwrap
from dataclasses import replace

from numpynet.check.result import FAILED, GOOD, Grade, Outcome
from numpynet.parity.gradients import by_name, gradients_by_name
from numpynet.printable import typed
from numpynet.sandbox import LoadError, Session

GUESSES = {  # an option of gradcheck, and what a function that fits it may be called
    "cost": "cost|loss|error|objective",
    "gradients": "back|grad",
    "parameters": "init|param|weight|start",
}
WRITE = (
    "numpynet gradcheck checks any code's gradients: write the cost and its gradients as functions of the parameters "
    "alone, as docs/gradients.md shows."
)


def completed(grade: Grade, session: Session) -> Grade:
    """The grade with what the whole file says: where it does not parse, which of its functions were not looked at."""
    loaded = session.loaded
    broken = {f"{one}; the definitions around it are checked" for one in loaded.unparsed}
    notes = [note for note in grade.notes if note not in broken]
    compare = f"numpynet compare --torch {typed(session.path)}"
    notes += [f"{name} is a module of torch's, which is not judged here: {compare}:{name}" for name in loaded.torch]
    raises = any(one.outcome == Outcome.CANNOT_JUDGE and one.place is not None for one in grade.functions)
    broken_file = bool(loaded.unparsed) and session.path.suffix == ".py"  # of a notebook the other cells run
    outcome = "cannot-judge" if broken_file and grade.outcome == "pass" else grade.outcome
    return replace(
        grade, outcome=outcome, unparsed=loaded.unparsed, notes=tuple(notes), unread=_unread(grade, session),
        advice="" if loaded.unparsed or raises else grade.advice,
    )  # fmt: skip


def _unread(grade: Grade, session: Session) -> tuple[str, ...]:
    """The functions on which nothing is said, and which none of those calls on which something is."""
    functions = session.loaded.functions
    seen = [one.theirs for one in grade.functions if one.theirs in functions and one.outcome != Outcome.MISSING]
    open_ = [one.theirs for one in grade.functions if one.outcome in (*GOOD, *FAILED) and one.theirs in functions]
    covered = set(seen)
    while open_:
        named = _names(session.source_of(open_.pop() or "") or "")
        called = [name for name, one in functions.items() if name not in covered and one.name in named]
        covered.update(called)
        open_ += called
    if session.seconds_left <= 0:  # then which of them call others is not known
        return ()
    return tuple(
        name for name, one in functions.items()
        if name not in covered and not one.unfinished and one.owner not in session.loaded.torch
        and not re.fullmatch("__(?!call)\\w+__", one.name)
    )  # fmt: skip


def _names(text: str) -> set[str]:
    """The names that a function's text reads."""
    try:
        tree = ast.parse(textwrap.dedent(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(re.findall(r"\w+", text))
    every = ((node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")) for node in ast.walk(tree))
    return {name for name in every if name}


def gradcheck(session: Session) -> str:
    """How any code's gradients are checked: the command, where it runs as it stands, else what to write for it."""
    named = {option: _named(session, option) for option in GUESSES}
    if all(named.values()) and _runs(session, **named):
        options = " ".join(f"--{option} {name}" for option, name in named.items())
        return f"Its gradients can be checked by its cost alone: numpynet gradcheck {typed(session.path)} {options}"
    return WRITE


def _named(session: Session, option: str) -> str:
    """The first function that is called so, and is called with as much as the option's; empty where there is none."""
    for name, one in session.loaded.functions.items():
        fits = not one.required if option == "parameters" else one.required <= 1 <= len(one.parameters)
        if fits and not one.owner and re.search(GUESSES[option], name.lower()):
            return name
    return ""


def _runs(session: Session, cost: str, gradients: str, parameters: str) -> bool:
    """Whether the three take and return what the command wants, the file's data being there."""
    try:
        with Session(session.path, limits=session.limits, isolation=session.wanted, assigns=True) as whole:
            value = whole.call(parameters, []).value
            answers = [whole.call(name, [value]) for name in (cost, gradients)]
            params, _ = by_name(value)
            gradients_by_name(gradients, answers[1].value, params)
    except (LoadError, TypeError, ValueError):
        return False
    given = answers[0].value
    numbers = given if isinstance(given, tuple) else (given,)
    return all(one.raised is None for one in answers) and any(isinstance(one, (int, float)) for one in numbers)
