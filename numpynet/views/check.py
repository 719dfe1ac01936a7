"""A file's grade as text for a person, and as plain data for a program."""

from __future__ import annotations

import textwrap
from typing import Any

from rich.console import Console
from rich.text import Text

from numpynet.check.contract import OPERATIONS
from numpynet.check.courses import PARTS
from numpynet.check.result import FAILED, Cell, FunctionGrade, Grade, Outcome
from numpynet.printable import listed, sentence
from numpynet.views.witness import witness_lines
from numpynet.views.words import NARROWEST, TIED, in_ascii

RED, YELLOW = "bold red", "yellow"
SAID = {  # of a function, with its mark
    Outcome.CANNOT_JUDGE: ("cannot judge", "?", YELLOW),
    Outcome.UNFINISHED: ("wrong", "✗", RED),
    Outcome.ERROR: ("wrong", "✗", RED),
    Outcome.FAIL: ("wrong", "✗", RED),
}
ENDS = {  # of a file
    "pass": ("right", "bold green"), "fail": ("wrong", RED), "cannot-judge": ("cannot judge", "bold yellow"),
}  # fmt: skip
SHOWN = 4  # of what was left out
LAST_HINT = 3


def as_data(grade: Grade, hint: int) -> dict[str, Any]:
    """The grade for `--json`; the contract's names, in the contract's order."""
    return {
        "file": grade.file,
        "outcome": grade.outcome,
        "problem": grade.problem,
        "reads_like": grade.reads_like or None,
        "functions": [
            {
                "function": one.function,
                "outcome": one.outcome,
                "line": one.line,
                "place": None if one.place is None else vars(one.place),
                "theirs": one.theirs,
                "says": one.says or None,
                "cause": None
                if one.cause is None
                else {"id": one.cause.id, "rationale": one.cause.rationale, "help": " ".join(_help(one, hint))},
                "evidence": {
                    "cells": [{**vars(cell), "ratio": cell.ratio} for cell in one.cells],
                    "witness": None if one.witness is None else one.witness.plain() | _code(one, hint),
                    "right": one.fine,
                },
                "conventions": one.conventions,
            }
            for one in grade.functions
        ],
        "unread": grade.unread,
        "conventions": grade.conventions,
        "advice": grade.advice or None,
        "loaded": {"unparsed": grade.unparsed, "skipped": grade.skipped, "notes": grade.notes, "mapped": grade.mapped},
        "isolation": grade.isolation,
    }


IN_WORDS = dict(
    zip(PARTS.functions, ("forward propagation", "the cost", "backward propagation", "the update"), strict=True)
)


class _Page:
    """Lines on a console, wrapped to its width."""

    def __init__(self, console: Console) -> None:
        self.console, self.plain = console, not (console.encoding or "").lower().startswith("utf")

    def say(self, text: str, style: str = "", indent: int = 0, mark: str = "") -> None:
        """A paragraph."""
        if self.plain:
            text, mark = in_ascii(text), in_ascii(mark)
        lines = textwrap.wrap(
            text,
            max(NARROWEST, self.console.width) - 1,
            initial_indent=" " * indent + (f"{mark} " if mark else ""),
            subsequent_indent=" " * (indent + 2),
            break_long_words=False,
            break_on_hyphens=False,
        )
        self.console.print(Text("\n".join(lines).replace(TIED, " "), style=style), soft_wrap=True)

    def show(self, code: str) -> None:
        """Code, as it is."""
        self.console.print(Text(in_ascii(code) if self.plain else code), soft_wrap=True)


def print_grade(console: Console, grade: Grade, hint: int) -> None:
    """What it reads like; what is wrong, function by function; then what is right, and what was left out."""
    page = _Page(console)
    if grade.problem is not None:
        page.say(f"{grade.file}: error. {grade.problem}", RED)
        return
    for place in grade.unparsed:
        page.say(f"{place}. Mend that first: what follows is about the rest of the file.", RED, mark="✗")
    if grade.reads_like:
        page.say(f"Reads like {grade.reads_like}.")
    for one in grade.functions:
        if one.outcome in SAID and not (grade.unparsed and one.outcome == Outcome.CANNOT_JUDGE):
            _print_function(page, one, hint)
    if grade.unparsed and (
        unjudged := [_called(one) for one in grade.functions if one.outcome == Outcome.CANNOT_JUDGE]
    ):
        page.say(f"cannot judge before it parses: {', '.join(unjudged)}", YELLOW, mark="?")
    _print_right(page, grade)
    if grade.unread:
        page.say(f"not looked at: {listed(grade.unread)}", YELLOW, mark="-")
    _print_reading(page, grade)
    lacking = [one.function for one in grade.functions if one.outcome == Outcome.MISSING]
    failed, unknown = (_count(grade, *outcomes) for outcomes in (FAILED, (Outcome.CANNOT_JUDGE,)))
    if lacking and grade.outcome == "cannot-judge" and not unknown:
        named = "What is not recognised" if grade.reads_like == PARTS.name else "What is missing"
        page.say(f"{named} is needed for a training step: the file is not shown to be right.", YELLOW)
    if grade.advice:
        page.say(grade.advice, YELLOW)
    word, style = ENDS[grade.outcome]
    right, unread = _count(grade, Outcome.PASS, Outcome.CONVENTION), len(grade.unread)
    word += ", as far as it was looked at" if unread and grade.outcome == "pass" else ""
    page.say(
        f"{grade.file}: {word}. Of its functions {right} {_are(right)} right, {failed} wrong, {unknown} cannot be "
        f"judged{f', {unread} not looked at' if unread else ''}. It ran isolated: {grade.isolation}.",
        style,
    )


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _called(one: FunctionGrade) -> str:
    """Their name, with the tutorial's where that is another."""
    other = one.theirs is not None and one.function not in (one.theirs, one.theirs.rpartition(".")[2])
    return f"{one.theirs} ({one.function})" if other else one.theirs or one.function


def _count(grade: Grade, *outcomes: Outcome) -> int:
    return sum(one.outcome in outcomes for one in grade.functions)


def _print_function(page: _Page, one: FunctionGrade, hint: int) -> None:
    """One that is wrong, or that cannot be judged."""
    word, mark, style = SAID[one.outcome]
    where = f", line {one.line}" if one.line else ""
    page.say(f"{_called(one)}{where}: {word}", style, mark=mark)
    for indent, line in _message(one, hint):
        page.say(line, indent=indent)
    if code := _code(one, hint):
        page.say("To try it, behind your own function:", indent=4)
        page.show(code["numpy"])


def _print_right(page: _Page, grade: Grade) -> None:
    for one in grade.functions:
        if one.outcome == Outcome.CONVENTION:
            page.say(f"{_called(one)}: right in another way: {'; '.join(one.conventions)}", "cyan", mark="≈")
    in_parts = grade.reads_like == PARTS.name  # then the tutorial's names say nothing
    lacking = "not in what parses" if grade.unparsed else "not recognised" if in_parts else "not in the file"
    for outcome, word, mark, style in (
        (Outcome.PASS, "right", "✓", "green"),
        (Outcome.MISSING, lacking, "-", YELLOW),
    ):
        names = [one.theirs or (IN_WORDS[one.function] if in_parts else one.function)
                 for one in grade.functions if one.outcome == outcome]  # fmt: skip
        if names:
            page.say(f"{word}: {', '.join(names)}", style, mark=mark)


def _print_reading(page: _Page, grade: Grade) -> None:
    """How the file speaks, what was taken for what, what of it was not run."""
    for convention in grade.conventions:
        page.say(f"Convention: {convention}", "cyan")
    renamed = {theirs: ours for theirs, ours in grade.mapped.items() if theirs.rpartition(".")[2] != ours}
    if renamed:
        page.say(f"Taken for: {', '.join(f'{theirs} for {ours}' for theirs, ours in renamed.items())}.", YELLOW)
    for note in grade.notes:
        page.say(f"Note: {note}", YELLOW)
    if grade.skipped:
        more = f"; and {len(grade.skipped) - SHOWN} more" if len(grade.skipped) > SHOWN else ""
        page.say(f"Not run: {'; '.join(grade.skipped[:SHOWN])}{more}", "dim")


def _message(one: FunctionGrade, hint: int) -> list[tuple[int, str]]:
    """A few lines, each with its indent: what, the evidence, what is right, why it matters, and what the hint adds."""
    lines = [(4, one.cause.rationale if one.cause else sentence(one.says))]
    if one.place is not None:
        cell = f"cell {one.place.cell}, " if one.place.cell else ""
        lines.insert(0, (4, f"{cell}line {one.place.line}: {one.place.text}"))
    if one.witness is not None:
        lines += [(6, line) for line in witness_lines(one.witness)]
    else:
        lines += [(4, _evidence(cell)) for cell in one.cells]
    shown = one.cells or one.witness
    if not shown and one.cause and one.says and one.says.lower() not in one.cause.rationale.lower():
        lines.append((4, f"Seen: {one.says}."))
    if one.outcome == Outcome.CANNOT_JUDGE:
        return lines
    if one.fine:
        lines.append((4, f"Right on every input: {', '.join(one.fine)}."))
    if one.function in OPERATIONS:
        lines.append((4, f"Why it matters: {OPERATIONS[one.function].matters}."))
    return lines + [(4, line) for line in _help(one, hint)]


def _code(one: FunctionGrade, hint: int) -> dict[str, str]:
    """The witness as NumPy to be copied, where the hint level is the last one."""
    return {"numpy": one.witness.numpy} if one.witness is not None and hint == LAST_HINT else {}


def _help(one: FunctionGrade, hint: int) -> list[str]:
    if one.function not in OPERATIONS:
        return []
    contract = OPERATIONS[one.function]
    lines = [f"It must be: {contract.formula}."] + [f"By hand: {contract.example}."] * bool(contract.example)
    return lines[: hint - 1]


def _evidence(cell: Cell) -> str:
    index = f"[{', '.join(map(str, cell.index))}]" if cell.index else ""
    ratio = f", ratio {cell.ratio + 0.0:.6g}" if cell.expected and cell.yours == cell.yours else ""
    return f"{cell.name}{index}: yours {cell.yours:.9g}, expected {cell.expected:.9g}{ratio} ({cell.case})"
