"""Where a number is computed: the source of a function, and the lines in it that assign to a name."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
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

    @property
    def at_work(self) -> str:
        """The lines at work, as one line of text."""
        lines = self.source.splitlines()
        return " ".join(lines[number - 1].strip() for number in self.lines)


def code_of(function: Callable[..., Any], *assigned: str) -> Code:
    """The function, with the last statement lit that assigns to each of the names; without any, what it returns.

    OSError where the source cannot be read.
    """
    source, first = inspect.getsourcelines(function)
    text = textwrap.dedent("".join(source))
    statements = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt)]
    lit = [
        statement for name in assigned for statement in [found for found in statements if name in _targets(found)][-1:]
    ] or [statement for statement in statements if isinstance(statement, ast.Return)][-1:]
    lines = {line for node in lit for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    path = Path(inspect.getsourcefile(function) or "")
    file = path.relative_to(PACKAGE.parent).as_posix() if path.is_relative_to(PACKAGE) else path.name
    return Code(getattr(function, "__qualname__", "function"), text, file, first, tuple(sorted(lines)))


def _targets(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign)):
        targets = [node.target]
    else:
        return []
    return [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
