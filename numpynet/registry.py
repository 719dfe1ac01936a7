"""Tables of named things: a dict whose KeyError lists the names it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

Row = TypeVar("Row")


class UnknownNameError(KeyError):
    """A KeyError that prints as a sentence (KeyError itself prints its message in quotes)."""

    def __str__(self) -> str:
        return str(self.args[0])


class Registry(dict[str, Row]):
    """A table of one kind of thing.

    >>> Registry("activation", {"relu": 1, "sigmoid": 2})["rleu"]
    Traceback (most recent call last):
    numpynet.registry.UnknownNameError: unknown activation 'rleu': choose from relu, sigmoid
    """

    def __init__(self, kind: str, rows: Mapping[str, Row]) -> None:
        super().__init__(rows)
        self.kind = kind

    def __missing__(self, name: str) -> Row:
        raise UnknownNameError(f"unknown {self.kind} {name!r}: choose from {', '.join(self)}")
