"""Many files' grades: a line each, a table of what is wrong most often, and plain data for a program."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from numpynet.check.courses import PARTS
from numpynet.check.folder import RIGHT, Checked, Summary, reason
from numpynet.check.result import FAILED, Grade, Outcome
from numpynet.printable import counted, printable
from numpynet.views.check import IN_WORDS
from numpynet.views.check import as_data as grade_data
from numpynet.views.words import NARROWEST, in_ascii

OUTCOME = 12  # columns of the longest word for a file
SHOWN = 10  # functions in the table; --json has them all
CAUSE = 20  # columns for the id of a cause, where there is a longer one
UNLIMITED = 1 << 20
WORDS = {"pass": "right", "fail": "wrong", "cannot-judge": "cannot judge"}
STYLES = {"pass": "green", "fail": "bold red", "error": "bold red"}


def as_data(checked: Sequence[Checked], summary: Summary, hint: int) -> dict[str, Any]:
    """For `--json`: each file as it is alone, with its path; and the summary."""
    return {"files": [{"path": one.path, **grade_data(one.grade, hint)} for one in checked], "summary": summary}


class Lines:
    """What is printed of files with these names, on a console: `say` one, and at the end the summary."""

    def __init__(self, console: Console, names: Sequence[str]) -> None:
        self.console = console
        self.plain = not (console.encoding or "").lower().startswith("utf")
        fitted = console.is_terminal or "COLUMNS" in os.environ
        self.width = max(NARROWEST, console.width) - 1 if fitted else UNLIMITED
        longest = max((cell_len(self._text(name)) for name in names), default=0)
        self.names = min(longest, self.width // 3)

    def say(self, one: Checked) -> None:
        """Name, outcome, and what is wrong in words: one line, no longer than the terminal is wide."""
        outcome = str(one.grade.outcome)
        name = set_cell_size(self._shortened(self._text(one.path)), self.names)
        said = "; ".join(self._text(words) for words in _told(one.grade))
        word = WORDS.get(outcome, outcome)
        room = self.width - self.names - OUTCOME - 4
        line = Text.assemble(
            f"{name}  ", (f"{word:{OUTCOME}}", STYLES.get(outcome, "yellow")), f"  {self._cut(said, room)}"
        )
        line.rstrip()
        self.console.print(line, soft_wrap=True)

    def say_summary(self, summary: Summary) -> None:
        """How many are what, and which functions fail most, with their causes."""
        parts = [f"{summary.right} right", f"{summary.wrong} wrong", f"{summary.cannot_judge} cannot be judged",
                 f"{summary.cannot_load} cannot be loaded"]  # fmt: skip
        parts += [f"{summary.not_run} not run"] if summary.not_run else []
        style = "bold green" if summary.right == summary.files else "bold red"
        self._sentence(f"{counted(summary.files, 'file')}: {', '.join(parts)}.", style)
        if summary.functions:
            self._sentence("What is wrong most often, and in how many files:")
        shown = summary.functions[:SHOWN]
        widest = min(CAUSE, max((len(cause.id) for one in shown for cause in one.causes), default=0))
        for function in shown:
            self._sentence(f"{function.files:>4}  {function.function}", "bold")
            for cause in function.causes:
                self._sentence(f"{cause.files:>8}  {cause.id:{widest}}  {cause.sentence}", indent=12 + widest)
        if len(summary.functions) > SHOWN:
            self._sentence(f"And {counted(len(summary.functions) - SHOWN, 'function')} more, in fewer files.")

    def _text(self, text: str) -> str:
        text = printable(text)
        return in_ascii(text) if self.plain else text

    def _cut(self, text: str, width: int) -> str:
        """The text, or its beginning and that it goes on."""
        if cell_len(text) <= width:
            return text
        more = "..." if self.plain else "…"
        return set_cell_size(text, width - len(more)).rstrip() + more

    def _shortened(self, name: str) -> str:
        """A name that is too long without its middle: both ends tell files apart."""
        if cell_len(name) <= self.names:
            return name
        more = "..." if self.plain else "…"
        end = (self.names - len(more)) // 2
        return self._cut(name, self.names - end) + set_cell_size(name[::-1], end)[::-1]

    def _sentence(self, text: str, style: str = "", indent: int = 0) -> None:
        width = max(NARROWEST, self.console.width) - 1
        lines = textwrap.wrap(self._text(text), width, subsequent_indent=" " * indent, break_on_hyphens=False)
        self.console.print(Text("\n".join(lines), style=style), soft_wrap=True)


def _told(grade: Grade) -> Iterator[str]:
    """What is wrong, what cannot be judged, what is missing: the worst first. Nothing of a file that is right."""
    if grade.problem is not None:
        yield grade.problem
    if grade.outcome == RIGHT:
        return
    for one in grade.functions:
        if one.outcome in FAILED:
            yield f"{one.theirs or one.function}: {_inside(reason(one).rationale)}"
    for one in grade.functions:
        if one.outcome not in (*FAILED, Outcome.PASS, Outcome.CONVENTION, Outcome.MISSING):
            yield f"{one.theirs or one.function} cannot be judged: {_inside(one.says)}"
    if missing := [one.function for one in grade.functions if one.outcome == Outcome.MISSING]:
        in_parts = grade.reads_like == PARTS.name
        named = [IN_WORDS[one] if in_parts else one for one in missing]
        yield f"{'not recognised' if in_parts else 'not in the file'}: {', '.join(named)}"
    if not grade.functions:
        yield from grade.notes


def _inside(sentence: str) -> str:
    """A sentence within a line: without its full stop, and small where it does not begin with a name."""
    first = sentence.partition(" ")[0]
    small = len(first) > 1 and first[1:].islower()
    return (sentence[0].lower() + sentence[1:] if small else sentence).removesuffix(".")
