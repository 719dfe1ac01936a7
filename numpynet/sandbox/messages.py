"""What is said between the checker and the child: values, what a call came to, what loading a file gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from numpynet.printable import printable
from numpynet.sandbox.child import wire
from numpynet.sandbox.child.wire import Ref

__all__ = ["Answer", "Definition", "InPlace", "LoadError", "Loaded", "Odd", "Raised", "Ref", "TooMuchError"]

MOST_PRINTED = 20_000  # signs of what a call prints
MOST_FUNCTIONS = 1000


@dataclass(frozen=True)
class Definition:
    """A function of the file, or a method of a class: where it is, and how it is called.

    `kind`: "function", "method", "static" or "class". `compared` are the texts that it compares something with.
    """

    name: str
    owner: str
    kind: str
    line: int
    parameters: tuple[str, ...]
    required: int
    unfinished: bool
    compared: tuple[str, ...] = ()

    @property
    def theirs(self) -> str:
        """The name with its class: `relu`, `Network.relu`."""
        return f"{self.owner}.{self.name}" if self.owner else self.name


@dataclass(frozen=True)
class Loaded:
    """What loading the file gave: its functions by their own names, its classes, and sentences for people.

    `unparsed`: where it does not parse, and why. `torch`: the names of modules of torch's, and of classes of them.
    """

    functions: Mapping[str, Definition]
    classes: tuple[str, ...]
    skipped: tuple[str, ...]
    notes: tuple[str, ...]
    unparsed: tuple[str, ...] = ()
    torch: tuple[str, ...] = ()
    rebound: Mapping[str, str] = field(default_factory=dict)  # a function → where what is not run defines it again


class LoadError(Exception):
    """The file cannot be loaded at all."""


@dataclass(frozen=True)
class Raised:
    """Why a call gave no value: `kind` is "exception", "timeout", "died" or "refused"."""

    kind: str
    text: str
    line: int | None


@dataclass(frozen=True)
class Odd:
    """A value that is no plain array, number, text, None, list, tuple or dict."""

    type_name: str

    def __repr__(self) -> str:
        return f"<{self.type_name}>"


@dataclass(frozen=True)
class InPlace:
    """A stand-in's answer: write `value` into the dict at that positional argument, and return that dict."""

    argument: int
    value: dict[str, np.ndarray[Any, Any]]


@dataclass(frozen=True)
class Answer:
    """A call's value, its arguments as they are after it, what it printed, and how it called back.

    `kept` is where the child keeps the value, if it was asked to; `recorded` names the calls that were noted there.
    `stand_ins` are those of modules that are not there, which it called or reckoned with.
    """

    value: Any
    arguments: tuple[Any, ...]
    raised: Raised | None
    named: Mapping[str, Any] = field(default_factory=dict)
    printed: str = ""
    called_back: tuple[tuple[int | str, ...], ...] = ()
    kept: Kept | None = None
    recorded: tuple[str, ...] = ()
    stand_ins: tuple[str, ...] = ()


Path = tuple[tuple[str, int | str], ...]  # ("a", name) is an attribute, ("i", key) an item


@dataclass(frozen=True)
class Inside:
    """What an object holds: by path the classes of the objects in it, and the values."""

    objects: Mapping[Path, str] = field(default_factory=dict)
    values: Mapping[Path, Any] = field(default_factory=dict)


class Kept:
    """What the child keeps of a call: the value, the arguments after it, and of each call that was noted both."""

    def __init__(self, handle: int) -> None:
        self.handle = handle
        self.value, self.arguments, self.named = (Ref(handle, place) for place in (0, 2, 3))

    def call(self, number: int) -> tuple[Ref, Ref, Ref]:
        """Of a noted call the positional arguments, the others by name, and the result."""
        positional, named, result = (Ref(self.handle, 1, number, place) for place in (1, 2, 3))
        return positional, named, result


class TooMuchError(ValueError):
    """A stand-in was asked for more than it will compute: the call ends with this text."""


class GoneError(Exception):
    """The child ended, or has to be ended."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind, self.text = kind, text


# ── what the child says ─────────────────────────────────────────────────────────────────────────────────────────────


def encoded(value: Any) -> Any:
    """`wire.encode`; TypeError where something in it is no array, number, text, None, list, tuple or dict."""
    return wire.encode(value, strict=True)


def clean(text: Any, most: int = 500) -> str:
    """Text from the child on one line, printable; WireError unless it is text."""
    if type(text) is not str:
        raise wire.WireError("malformed text")
    return printable(text, most)


def odd(name: str) -> Odd:
    """The stand-in for a value that cannot travel."""
    return Odd(clean(name))


def whole(number: Any) -> int:
    """A line or a count; WireError unless it is one."""
    if type(number) is not int or not 0 <= number < 10**9:
        raise wire.WireError("a malformed number")
    return number


def loaded_of(message: dict[str, Any]) -> Loaded:
    """The child's message as Loaded; LoadError where it says that the file cannot be loaded."""
    if "error" in message:
        raise LoadError(clean(message["error"], 2000))
    match message:
        case {
            "functions": [*functions],
            "classes": [*classes],
            "skipped": [*skipped],
            "notes": [*notes],
            "unparsed": [*unparsed],
            "torch": [*torch],
            "rebound": [*rebound],
        } if max(len(functions), len(classes)) <= MOST_FUNCTIONS:
            pass
        case _:
            raise wire.WireError("a malformed message")
    found = [definition_of(item) for item in functions]
    again = {clean(one[0]): clean(one[1]) for one in rebound[:100] if type(one) is list and len(one) == 2}
    return Loaded(
        {one.theirs: one for one in found},
        tuple(map(clean, classes)),
        tuple(map(clean, skipped[:100])),
        tuple(map(clean, notes[:100])),
        tuple(map(clean, unparsed[:100])),
        tuple(map(clean, torch[:100])),
        again,
    )


def definition_of(item: Any) -> Definition:
    """One function of the child's message."""
    match item:
        case [
            str(name),
            str(owner),
            "function" | "method" | "static" | "class" as kind,
            line,
            [*parameters],
            required,
            bool(unfinished),
            [*compared],
        ]:
            names, texts = tuple(map(clean, parameters)), tuple(map(clean, compared))
            return Definition(clean(name), clean(owner), kind, whole(line), names, whole(required), unfinished, texts)
        case _:
            raise wire.WireError("a malformed function")


def path_of(found: Any) -> Path:
    """A path of the child's; WireError unless it is one."""
    if type(found) is not list or len(found) > 20:
        raise wire.WireError("a malformed path")
    steps: list[tuple[str, int | str]] = []
    for step in found:
        match step:
            case ["a" | "i" as kind, str(key)]:
                steps.append((kind, key))
            case ["i" as kind, key] if type(key) is int:
                steps.append((kind, key))
            case _:
                raise wire.WireError("a malformed path")
    return tuple(steps)


def inside_of(value: Any) -> Inside:
    """What the child says that an object holds; WireError where that is malformed."""
    match value:
        case {"objects": [*objects], "values": [*values]}:
            pass
        case _:
            raise wire.WireError("a malformed object")
    if not all(type(item) is list and len(item) == 2 for item in (*objects, *values)):
        raise wire.WireError("a malformed object")
    return Inside({path_of(path): clean(kind, 80) for path, kind in objects},
                  {path_of(path): item for path, item in values})  # fmt: skip


def answer_of(message: dict[str, Any], handle: int | None = None) -> Answer:
    """The child's message as an Answer."""
    match wire.decode(message.get("arguments"), odd):
        case [list(arguments), dict(named)]:
            pass
        case _:
            raise wire.WireError("malformed arguments")
    raised = None
    match message.get("raised"):
        case None:
            pass
        case {"kind": "exception" | "refused" as kind, "text": text, "line": line}:
            raised = Raised(kind, clean(text), None if line is None else whole(line))
        case _:
            raise wire.WireError("a malformed exception")
    printed, called_back, recorded = (message.get(name) for name in ("printed", "called_back", "recorded"))
    stand_ins = message.get("stand_ins")
    if type(printed) is not str or type(called_back) is not list or len(called_back) > 1000:
        raise wire.WireError("a malformed answer")
    if type(recorded) is not list or len(recorded) > 100_000 or type(stand_ins) is not list or len(stand_ins) > 1000:
        raise wire.WireError("a malformed record")
    calls = tuple(
        tuple(one if type(one) is int else clean(one, 40) for one in call[:4])
        for call in called_back
        if type(call) is list
    )
    value = wire.decode(message.get("value"), odd)
    return Answer(
        value, tuple(arguments), raised, named, printed[:MOST_PRINTED], calls,
        None if handle is None else Kept(handle), tuple(map(clean, recorded)),
        tuple(map(clean, stand_ins)),
    )  # fmt: skip
