"""The grades that are there already, a line of JSON a file: a run that ended early goes on where it was."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from numpynet import __version__
from numpynet.check.gather import Submission
from numpynet.check.reader import Reading
from numpynet.check.result import Grade, Witness
from numpynet.reading import read_regular
from numpynet.sandbox import Limits, LoadError, read_source

MOST = 1 << 30  # bytes
ARRAY = "array"  # what an array is kept under
DAMAGED = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


def options_told(reading: Reading, limits: Limits) -> dict[str, Any]:
    """What a grade depends on besides the file."""
    return {
        "map": dict(reading.mapping),
        "class": reading.class_name,
        "init": None if reading.init is None else repr(reading.init),
        "isolation": reading.isolation,
        "timeout": limits.seconds,
        "numpynet": __version__,
    }


def digest(path: Path, limits: Limits) -> str | None:
    """The sha256 of the content; None where there is no reading it."""
    try:
        return hashlib.sha256(read_source(path, limits)).hexdigest()
    except LoadError:
        return None


class Record:
    """The file of grades: what it holds for these options, and where the next ones are added.

    `damaged` are the numbers of lines that say nothing; `cut` is whether the last one is one of them. OSError or
    ValueError where the file cannot be read.
    """

    def __init__(self, path: Path, options: Mapping[str, Any]) -> None:
        self.path, self.options = path, dict(options)
        self.known: dict[tuple[str, str], Grade] = {}
        self.damaged: list[int] = []
        data = read_regular(path, MOST) if path.exists() else b""
        lines = data.split(b"\n")
        for number, line in enumerate(lines, start=1):
            if line.strip():
                self._read(number, line)
        self.cut = bool(lines[-1].strip()) and len(lines) in self.damaged
        self.unended = bool(lines[-1])

    def grade_of(self, one: Submission, content: str | None) -> Grade | None:
        """The grade that the file had with this content and these options."""
        return None if content is None else self.known.get((one.name, content))

    def add(self, one: Submission, content: str, grade: Grade) -> None:
        """A line more, written whole and at once. OSError where it cannot be."""
        line = {"path": one.name, "sha256": content, "options": self.options, "grade": as_plain(grade)}
        with self.path.open("ab") as file:
            file.write(b"\n" * self.unended + json.dumps(line, allow_nan=False).encode() + b"\n")
        self.unended = False

    def _read(self, number: int, line: bytes) -> None:
        try:
            found = json.loads(line)
            key = str(found["path"]), str(found["sha256"])
            if found["options"] == self.options:
                self.known[key] = revived(Grade, found["grade"])
        except DAMAGED:
            self.damaged.append(number)


def as_plain(value: Any) -> Any:
    """A dataclass as what JSON has; a number that is none, or infinite, as a string."""
    if isinstance(value, np.ndarray):
        return {ARRAY: as_plain(value.tolist())}
    if isinstance(value, np.generic):
        return as_plain(value.item())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: as_plain(getattr(value, one.name)) for one in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_plain(item) for item in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def revived(kind: Any, value: Any) -> Any:
    """What `as_plain` was given, which was of this kind. ValueError, TypeError or KeyError where it was not."""
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if kind is Witness:
        found = {name: _with_arrays(item) for name, item in value.items()}
        changed = {name: tuple(pair) for name, pair in found["changed"].items()}
        return Witness(**{**found, "wrong": tuple(found["wrong"]), "changed": changed})
    if origin in (typing.Union, types.UnionType):
        return None if value is None else revived(next(one for one in inside if one is not type(None)), value)
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return typing.cast(Any, kind)(**{name: revived(hints[name], item) for name, item in value.items()})
    if origin is tuple:
        kinds = [inside[0]] * len(value) if inside[-1] is ... else inside
        return tuple(revived(one, item) for one, item in zip(kinds, value, strict=True))
    if origin in (Mapping, dict):
        return {key: revived(inside[1], item) for key, item in value.items()}
    if value is None or isinstance(value, (list, dict)):
        raise TypeError(f"{value!r}: expected {kind}")
    return value if isinstance(value, kind) else kind(value)


def _with_arrays(value: Any) -> Any:
    """Of a witness: what were arrays are arrays again."""
    if isinstance(value, dict):
        if set(value) == {ARRAY}:
            return np.asarray(_floats(value[ARRAY]))
        return {key: _with_arrays(item) for key, item in value.items()}
    return [_with_arrays(item) for item in value] if isinstance(value, list) else value


def _floats(value: Any) -> Any:
    """Lists of numbers, those that JSON has not among them."""
    if isinstance(value, list):
        return [_floats(item) for item in value]
    return float(value) if isinstance(value, str) else value
