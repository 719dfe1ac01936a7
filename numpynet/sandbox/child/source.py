"""The text of somebody's file: its encoding, a notebook's cells, and the statements that parse."""

from __future__ import annotations
import __future__

import ast
import builtins
import io
import json
import re
import sys
import tokenize
import warnings
from typing import NamedTuple

globals()["__builtins__"] = dict(vars(builtins))  # the functions below keep theirs, whatever a file does to its own

LEVELS = 20


class LoadingError(Exception):
    """The file cannot be loaded at all."""


class Source(NamedTuple):
    """The text, and for a notebook where its cells begin: `(first line, cell)` in order."""

    text: str
    cells: tuple[tuple[int, int], ...]

    def place(self, line: int) -> str:
        """`line 12`, or `cell 3, line 2` of a notebook."""
        found = self.cell(line)
        return f"cell {found[0]}, line {found[1]}" if found else f"line {line}"

    def cell(self, line: int) -> tuple[int, int] | None:
        """The cell of a notebook in which the line is, and its number there."""
        found = [cell for cell in self.cells if cell[0] <= line]
        return (found[-1][1], line - found[-1][0] + 1) if found else None


def decoded(data: bytes, notes: list[str]) -> str:
    """The text: UTF-8 with or without a mark, what a PEP 263 cookie says, else Latin-1 with a note."""
    if b"\0" in data:
        raise LoadingError("the file holds NUL bytes: it is no Python source in UTF-8")
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    except (SyntaxError, UnicodeError):
        encoding = "utf-8"
    for choice in (encoding, "utf-8-sig"):
        try:
            text = data.decode(choice)
            break
        except (UnicodeError, LookupError):
            continue
    else:
        text = data.decode("latin-1")
        notes.append("the file is neither UTF-8 nor says what it is: it was read as Latin-1")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")


def notebook(text: str) -> Source:
    """The code cells of a notebook, in order; magics are blanked out."""
    sys.modules["json.decoder"] = json.decoder  # its C part looks there for the exception to raise
    try:
        content = json.loads(text)
        cells = content["cells"] if "cells" in content else content["worksheets"][0]["cells"]
        pieces = []
        for number, cell in enumerate(cells, start=1):
            if cell["cell_type"] == "code":
                piece = cell["source"] if "source" in cell else cell["input"]
                pieces.append((number, piece if isinstance(piece, str) else "".join(piece)))
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise LoadingError(f"it is no notebook with code cells ({type(error).__name__})") from None
    finally:
        del sys.modules["json.decoder"]
    lines: list[str] = []
    starts = []
    for number, piece in pieces:
        starts.append((len(lines) + 1, number))
        lines += without_magics(piece.replace("\r\n", "\n")).split("\n")
    return Source("\n".join(lines), tuple(starts))


def without_magics(cell: str) -> str:
    """The cell with `%`, `!` and `?` lines blanked out, where it does not parse as it is."""
    if parsed(cell) is not None:
        return cell
    lines = cell.split("\n")
    first = next((line.strip() for line in lines if line.strip()), "")
    if first.startswith("%%") and not re.match(r"%%(time|timeit|capture|prun)\b", first):
        return "\n" * (len(lines) - 1)
    for index, line in enumerate(lines):
        if re.match(r"\s*([%!?]|\w+\s*=\s*[%!])", line) or re.match(r"\s*[\w.]+\?\??\s*$", line):
            indent = line[: len(line) - len(line.lstrip())]
            lines[index] = f"{indent}pass" if indent else ""
    return "\n".join(lines)


def parsed(text: str) -> ast.Module | None:
    """The syntax tree, or None."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def read_statements(source: Source, unparsed: list[str]) -> tuple[list[ast.stmt], int]:
    """The statements that parse, and the compiler's flags; `unparsed` gets each place that does not, and why."""
    tree = parsed(source.text)
    if tree is not None:
        statements = tree.body
    else:
        lines = source.text.split("\n")
        begins = chunks(lines, 0, len(lines), 0)
        statements = []
        index = 0
        while index < len(begins):
            start, end = begins[index]
            last = index
            while parsed(part(lines, start, end)) is None and open_ended(part(lines, start, end)):
                last += 1
                if last >= min(len(begins), index + LEVELS):
                    last, end = index, begins[index][1]
                    break
                end = begins[last][1]
            statements += salvage(lines, start, end, source, unparsed)
            index = last + 1
    flags = __future__.annotations.compiler_flag  # annotations are never evaluated: they cannot fail
    for node in statements:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            for alias in node.names:
                flags |= getattr(getattr(__future__, alias.name, None), "compiler_flag", 0)
    return statements, flags


def part(lines: list[str], start: int, end: int) -> str:
    """Lines start to end as text."""
    return "\n".join(lines[start:end])


def open_ended(text: str) -> bool:
    """Whether a text string or a bracket of the text seems to go on."""
    if text.count('"""') % 2 or text.count("'''") % 2:
        return True
    return sum(text.count(sign) for sign in "([{") > sum(text.count(sign) for sign in ")]}")


def chunks(lines: list[str], start: int, end: int, indent: int) -> list[tuple[int, int]]:
    """Where statements of this indentation begin and end, as `(start, end)` in lines; decorators stay with theirs."""
    begin = re.compile(rf" {{{indent}}}(?!(else|elif|except|finally)\b)[^\s#)\]}}]")
    starts = []
    decorated = False
    for index in range(start, end):
        if begin.match(lines[index]):
            if not decorated:
                starts.append(index)
            decorated = lines[index].lstrip().startswith("@")
    return list(zip(starts, [*starts[1:], end], strict=True))


def salvage(lines: list[str], start: int, end: int, source: Source, unparsed: list[str]) -> list[ast.stmt]:
    """What parses of the lines start to end: all, a class without its broken methods, or nothing."""
    text = part(lines, start, end)
    tree = parsed(text)
    if tree is None:
        unparsed.append(complaint(text, start, source))
        if re.search(r"^class\b", text, re.MULTILINE):
            kept = lines[:end]
            inner = re.search(r"^( +)\S", text, re.MULTILINE)
            for first, last in chunks(lines, start, end, len(inner[1])) if inner else []:
                if parsed("if 1:\n" + part(kept, first, last)) is None:
                    kept[first:last] = [""] * (last - first)
            tree = parsed(part(kept, start, end))
    if tree is None:
        return []
    for node in tree.body:
        ast.increment_lineno(node, start)
    return tree.body


def complaint(text: str, start: int, source: Source) -> str:
    """`line 88 does not parse: invalid syntax`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        return f"{source.place(start + (error.lineno or 1))} does not parse: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"{source.place(start + 1)} does not parse: {type(error).__name__}: {error}"
    return f"{source.place(start + 1)} does not parse"
