"""A file's grade as text for a person, and as plain data for a program."""

from __future__ import annotations

import textwrap
from typing import Any

from rich.console import Console
from rich.text import Text

from numpynet.check.contract import CONTRACT
from numpynet.check.result import FAILED, Cell, FunctionGrade, Grade, Outcome
from numpynet.views.witness import TIED, witness_lines
from numpynet.views.words import ASCII, NARROWEST

MARKS = {
    Outcome.PASS: ("✓", "green"),
    Outcome.CONVENTION: ("≈", "cyan"),
    Outcome.MISSING: ("-", "yellow"),
    Outcome.SKIPPED: ("-", "yellow"),
    Outcome.UNFINISHED: ("✗", "bold red"),
    Outcome.ERROR: ("✗", "bold red"),
    Outcome.FAIL: ("✗", "bold red"),
}
SHOWN = 4  # of what was left out
LAST_HINT = 3


def as_data(grade: Grade, hint: int) -> dict[str, Any]:
    """The grade for `--json`; the contract's names, in the contract's order."""
    return {
        "file": grade.file,
        "outcome": grade.outcome,
        "problem": grade.problem,
        "functions": [
            {
                "function": one.function,
                "outcome": one.outcome,
                "line": one.line,
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
        "conventions": grade.conventions,
        "loaded": {"skipped": grade.skipped, "notes": grade.notes, "mapped": grade.mapped},
        "isolation": grade.isolation,
    }


def print_grade(console: Console, grade: Grade, hint: int) -> None:
    """What is wrong first, function by function; then what is right, in a line; then what was left out."""
    plain = not (console.encoding or "").lower().startswith("utf")

    def say(text: str, style: str = "", indent: int = 0, mark: str = "") -> None:
        width = max(NARROWEST, console.width) - 1
        start = " " * indent + mark
        lines = textwrap.wrap(
            _ascii(text) if plain else text,
            width,
            initial_indent=start,
            subsequent_indent=" " * (indent + 2),
            break_long_words=False,
            break_on_hyphens=False,
        )
        console.print(Text("\n".join(lines).replace(TIED, " "), style=style), soft_wrap=True)

    if grade.problem is not None:
        say(f"{grade.file}: error. {grade.problem}", "bold red")
        return
    for one in grade.functions:
        if one.outcome in (*FAILED, Outcome.SKIPPED):
            mark, style = MARKS[one.outcome]
            where = f", line {one.line}" if one.line else ""
            theirs = f" ({one.theirs})" if one.theirs not in (None, one.function) else ""
            say(f"{one.function}{theirs}{where}: {one.outcome}", style, mark=f"{_ascii(mark) if plain else mark} ")
            for indent, line in _message(one, hint):
                say(line, indent=indent)
            if code := _code(one, hint):
                say("To try it, behind your own function:", indent=4)
                console.print(Text(_ascii(code["numpy"]) if plain else code["numpy"]), soft_wrap=True)
    for one in grade.functions:
        if one.outcome == Outcome.CONVENTION:
            mark, style = MARKS[one.outcome]
            say(
                f"{one.function}: another way, and right: {'; '.join(one.conventions)}",
                style,
                mark=f"{_ascii(mark) if plain else mark} ",
            )
    for outcome, word in ((Outcome.PASS, "pass"), (Outcome.MISSING, "not in the file")):
        names = [one.function for one in grade.functions if one.outcome == outcome]
        if names:
            mark, style = MARKS[outcome]
            say(f"{word}: {', '.join(names)}", style, mark=f"{_ascii(mark) if plain else mark} ")
    for sentence in grade.conventions:
        say(f"Convention: {sentence}", "cyan")
    classes = {theirs.rpartition(".")[0] for theirs in grade.mapped if "." in theirs}
    for name in sorted(classes):
        say(f"Methods of the class {name} were checked.", "yellow")
    for theirs, ours in grade.mapped.items():
        if theirs.rpartition(".")[2] != ours and not any(theirs in note for note in grade.notes):
            say(f"Taken for {ours}: {theirs}", "yellow")
    for note in grade.notes:
        say(f"Note: {note}", "yellow")
    if grade.skipped:
        more = f"; and {len(grade.skipped) - SHOWN} more" if len(grade.skipped) > SHOWN else ""
        say(f"Not run: {'; '.join(grade.skipped[:SHOWN])}{more}", "dim")
    lacking = [one.function for one in grade.functions if one.outcome == Outcome.MISSING]
    if lacking and grade.outcome == "fail" and not any(one.outcome in FAILED for one in grade.functions):
        say("It fails for what is missing: without it there is no training step.", "bold red")
    failed = sum(one.outcome in FAILED for one in grade.functions)
    right = sum(one.outcome in (Outcome.PASS, Outcome.CONVENTION) for one in grade.functions)
    say(
        f"{grade.file}: {grade.outcome}. {right} of {len(grade.functions)} functions are right"
        + (f", {failed} not" if failed else "")
        + f". It ran isolated: {grade.isolation}.",
        "bold red" if grade.outcome != "pass" else "bold green",
    )


def _message(one: FunctionGrade, hint: int) -> list[tuple[int, str]]:
    """A few lines, each with its indent: what, the evidence, what is right, why it matters, and what the hint adds."""
    says = f"I{one.says[1:]}" if one.says.startswith("it ") else one.says
    lines = [(4, one.cause.rationale if one.cause else f"{says}.")]
    if one.witness is not None:
        lines += [(6, line) for line in witness_lines(one.witness)]
    else:
        lines += [(4, _evidence(cell)) for cell in one.cells]
    shown = one.cells or one.witness
    if not shown and one.cause and one.says and one.says not in one.cause.rationale:
        lines.append((4, f"Seen: {one.says}."))
    if one.outcome == Outcome.SKIPPED:
        return lines
    if one.fine:
        lines.append((4, f"Right on every input: {', '.join(one.fine)}."))
    lines.append((4, f"Why it matters: {CONTRACT[one.function].matters}."))
    return lines + [(4, line) for line in _help(one, hint)]


def _code(one: FunctionGrade, hint: int) -> dict[str, str]:
    """The witness as NumPy to be copied, where the hint level is the last one."""
    return {"numpy": one.witness.numpy} if one.witness is not None and hint == LAST_HINT else {}


def _help(one: FunctionGrade, hint: int) -> list[str]:
    contract = CONTRACT[one.function]
    return [f"It must be: {contract.formula}.", f"By hand: {contract.example}."][: hint - 1]


def _evidence(cell: Cell) -> str:
    index = f"[{', '.join(map(str, cell.index))}]" if cell.index else ""
    ratio = f", ratio {cell.ratio:.6g}" if cell.expected and cell.yours == cell.yours else ""
    return f"{cell.name}{index}: yours {cell.yours:.9g}, expected {cell.expected:.9g}{ratio} ({cell.case})"


def _ascii(text: str) -> str:
    for sign, words in ASCII.items():
        text = text.replace(sign, words)
    kept = (sign if sign == TIED else sign.encode("ascii", "replace").decode("ascii") for sign in text)
    return "".join(kept)
