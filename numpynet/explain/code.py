"""Where a number is computed: the source of a function, and the lines in it that assign to a name."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parent.parent


@dataclass(frozen=True)
class Code:
    """A piece of source: what it is, which file and line it starts at ("" and 0: none), and the lines at work in it.

    `lines` are counted from 1 at the start of `source`.
    """

    title: str
    source: str
    file: str = ""
    line: int = 0
    lines: tuple[int, ...] = ()

    @property
    def place(self) -> str:
        """ "numpynet/network.py, line 117": of the first line at work."""
        return f"{self.file}, line {self.line + (self.lines or (1,))[0] - 1}" if self.file else ""

    def numbered(self) -> list[tuple[int, str]]:
        """The lines at work with their numbers in the file."""
        source = self.source.splitlines()
        return [(self.line + number - 1, source[number - 1].strip()) for number in self.lines]

    @property
    def at_work(self) -> str:
        """The lines at work, as one line of text."""
        return " ".join(text for _, text in self.numbered())


@dataclass(frozen=True)
class Source:
    """A function as text: its name, its lines, the file and the line where it begins."""

    title: str
    text: str
    file: str
    line: int


def source_of(function: Callable[..., Any]) -> Source:
    """Where a function of this process is written. OSError where that cannot be read."""
    function = inspect.unwrap(function)
    lines, start = inspect.getsourcelines(function)
    path = Path(inspect.getsourcefile(function) or "")
    file = path.relative_to(PACKAGE.parent).as_posix() if path.is_relative_to(PACKAGE) else path.name
    return Source(getattr(function, "__qualname__", "function"), "".join(lines), file, start)


def code_of(function: Callable[..., Any] | Source, *assigned: str, first: bool = False) -> Code:
    """The function, with the last (or `first`) statement lit that assigns to each name; without any, its last return.

    Statements that change a value in place are lit with the one that made it.

    OSError where the source cannot be read.
    """
    source = function if isinstance(function, Source) else source_of(function)
    text = textwrap.dedent(source.text)
    statements = sorted(_statements(ast.parse(text).body[0]), key=lambda statement: statement.lineno)
    found = [[one for one in statements if name in _targets(one)] for name in assigned]
    lit = [one for ones in found for one in (ones[:1] if first else _last_made(ones))]
    if not lit:
        lit += [one for one in statements if isinstance(one, ast.Return)][-1:]
    lines = {line for one in lit for line in range(one.lineno, (one.end_lineno or one.lineno) + 1)}
    return Code(source.title, text, source.file, source.line, tuple(sorted(lines)))


def _statements(parent: ast.AST) -> Iterator[ast.stmt]:
    """All statements within, but for those of functions defined there."""
    for child in ast.iter_child_nodes(parent):
        if isinstance(child, ast.stmt):
            yield child
        if not isinstance(child, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            yield from _statements(child)


def _last_made(assignments: list[ast.stmt]) -> list[ast.stmt]:
    """The last; where that is a `+=` or the like, what made the value, too, and all since."""
    plain = [number for number, one in enumerate(assignments) if not isinstance(one, ast.AugAssign)]
    return assignments[plain[-1] if plain else -1 :]


def _targets(statement: ast.stmt) -> list[str]:
    """The names assigned to; of an item the name of what it is an item of, of an attribute its own."""
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, (ast.AnnAssign, ast.AugAssign)):
        targets = [statement.target]
    else:
        return []
    names = [part for target in targets for part in (target.elts if isinstance(target, ast.Tuple) else [target])]
    roots = [name.value if isinstance(name, ast.Subscript) else name for name in names]
    found = [root.attr if isinstance(root, ast.Attribute) else getattr(root, "id", "") for root in roots]
    return [name for name in found if name]
