"""Somebody's file in a process of its own: started, limited, spoken to, and ended with all that it started."""

from __future__ import annotations

import base64
import itertools
import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, TypeAlias

from numpynet.printable import printable
from numpynet.reading import read_regular
from numpynet.sandbox.child import wire
from numpynet.sandbox.launch import START_SECONDS, TRUSTED, Child, Limits, StandIn, Traffic, choose_isolation
from numpynet.sandbox.messages import (
    Answer,
    GoneError,
    Inside,
    Loaded,
    LoadError,
    Raised,
    Ref,
    answer_of,
    encoded,
    inside_of,
    loaded_of,
)
from numpynet.sandbox.messages import (
    Path as Place,
)

Sent: TypeAlias = Literal["all", "value", "nothing"]  # back from a call: its value and its arguments after it
Isolation: TypeAlias = Literal["auto", "bubblewrap", "plain", "none"]
SEED = 20180801  # of NumPy's and Python's streams at the start of every call
NOTEBOOK_FACTOR = 8  # a notebook also holds its outputs


class Session:
    """A file loaded in a sandboxed child: `with Session(path) as session: session.call("relu", [Z])`.

    Of its top level run imports, definitions and constants; with `assigns` every assignment, such as that of the data.

    A child that ends or has to be ended is replaced at the next call. LoadError from `__enter__` where the file
    cannot be loaded; RuntimeError where the isolation asked for cannot be had.
    """

    loaded: Loaded
    isolation: str

    def __init__(
        self,
        path: Path,
        *,
        limits: Limits | None = None,
        isolation: Isolation = "auto",
        assigns: bool = False,
    ) -> None:
        self.path, self.limits, self.wanted = Path(path), limits or Limits(), isolation
        self._assigns = assigns
        self._made: dict[str, tuple[Any, Any]] = {}
        self._handles = itertools.count()
        self._forgotten: list[int] = []
        self._child: Child | None = None
        self._next: Child | None = None
        self._end = 0.0
        self._source = b""
        self._traffic = Traffic(self.limits.traffic_mib)

    def __enter__(self) -> Session:
        self._source = read_source(self.path, self.limits)
        self.isolation = choose_isolation(self.wanted)
        self._end = time.monotonic() + self.limits.seconds
        try:
            self.loaded = self._start()
        except GoneError as error:
            self.close()
            raise LoadError(error.text) from None
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def seconds_left(self) -> float:
        """Of the time for the whole file."""
        return self._end - time.monotonic()

    def mentions(self, text: str) -> bool:
        """Whether the file holds this text in quotes; a regular expression."""
        return re.search(rb"""\\?["']""" + text.encode() + rb"""\\?["']""", self._source) is not None

    def contains(self, pattern: str) -> bool:
        """Whether the file's text has what the regular expression describes."""
        return re.search(pattern.encode(), self._source) is not None

    def counts(self, pattern: str) -> int:
        """How often the file's text has what the regular expression describes."""
        return sum(1 for _ in re.finditer(pattern.encode(), self._source))

    def prepare(self) -> None:
        """Start a process ahead, for when the next one is needed."""
        self._next = self._next or Child(self.isolation, self.limits, self._traffic)

    def renew(self) -> None:
        """The next call meets a fresh process: nothing is left there of the calls before."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def close(self) -> None:
        """End the child and everything that it started."""
        self.renew()
        if self._next is not None:
            self._next.kill()
            self._next = None

    def _start(self) -> Loaded:
        """A fresh child with the file loaded in it."""
        self.prepare()
        self._child, self._next = self._next, None
        assert self._child is not None
        request = {
            "source": base64.b64encode(self._source).decode("ascii"),
            "name": self.path.name,
            "made": [[owner, *arguments] for owner, arguments in self._made.items()],
            "assigns": self._assigns,
            "folder": str(self.path.resolve().parent),
            "seconds": self.limits.call_seconds,
        }
        limit = min(self._end, time.monotonic() + max(START_SECONDS, 2 * self.limits.call_seconds))
        if self.isolation == TRUSTED:
            limit = self._end
        try:
            message = self._child.load(request, limit)
            return loaded_of(message)
        except wire.WireError as error:
            raise GoneError("died", f"the child sent {error}") from None

    def call(
        self,
        theirs: str,
        args: Sequence[Any],
        kwargs: Mapping[str, Any] | None = None,
        stand_ins: Mapping[str, StandIn] | None = None,
        seconds: float | None = None,
        callback: str | None = None,
        *,
        record: Sequence[str] = (),
        keep: bool = False,
        send: Sent = "all",
        seed: int = SEED,
    ) -> Answer:
        """Call the file's function on copies of the arguments; `stand_ins` answer for functions that it calls.

        `callback` names a parameter that gets a function which notes how it is called. Of the functions in `record`
        each call is noted. What the child is to `keep` may be an argument of a later call, `answer.kept.value`; what is
        not to be sent costs no time. What the function draws starts from the `seed`. TypeError or ValueError where the
        arguments cannot be sent.
        """
        return self._ask("call", theirs, args, kwargs, stand_ins, seconds, callback, record, keep, send, seed)

    def fetch(self, ref: Ref) -> Any:
        """What the child keeps there; Odd, or None, where it cannot be sent or is no longer there."""
        return self._ask("value", "", [ref]).value

    def variable(self, name: str, *, keep: bool = False) -> Answer:
        """What the file's top level keeps under the name."""
        return self._ask("variable", name, [], keep=keep)

    def assign(self, name: str, value: int) -> None:
        """Give a name of the file's top level a number, whatever it was."""
        self._ask("assign", name, [value])

    def source_of(self, theirs: str) -> str | None:
        """The lines of one of the file's functions."""
        text = self._ask("source", theirs, []).value
        return printable(text, keep="\n\t") if isinstance(text, str) else None

    def cell_of(self, theirs: str) -> tuple[int, int] | None:
        """Of a notebook the cell in which one of its functions begins, and in which line there."""
        match self._ask("cell", theirs, []).value:
            case (int(cell), int(line)):
                return cell, line
        return None

    def above_zero(self, ref: Ref) -> Any:
        """Of a dict of arrays that the child keeps, which elements are above 0: an eighth of what the numbers weigh."""
        return self._ask("above_zero", "", [ref]).value

    def forget(self, *handles: int) -> None:
        """The child need not keep these any longer."""
        self._forgotten += handles

    def make(self, owner: str, args: Sequence[Any], kwargs: Mapping[str, Any] | None = None) -> Answer:
        """Make the one object of a class that its methods run on, from these arguments."""
        self._made[owner] = encoded(list(args)), encoded(dict(kwargs or {}))
        return self._ask("make", owner, args, kwargs)

    def look(self, owner: str) -> Answer:
        """What the object of the class holds, by name."""
        return self._ask("look", owner, [])

    def put(self, owner: str, values: Mapping[str, Any]) -> Answer:
        """Give the object of the class other values, by name."""
        return self._ask("put", owner, [dict(values)])

    # ── objects, as many of a class as are wanted: each is what an answer keeps ──────────────────────────────────────

    def new(self, owner: str, args: Sequence[Any], kwargs: Mapping[str, Any] | None = None) -> Answer:
        """An object of the class: `answer.kept.value`, which may be an argument of a later call."""
        return self._ask("new", owner, args, kwargs, keep=True, send="nothing")

    def bases(self) -> Mapping[str, Sequence[str]]:
        """Of each class of the file its own name and the classes of the file from which it inherits, nearest first."""
        found = self._ask("bases", "", []).value
        if not isinstance(found, dict):
            return {}
        return {str(name): [str(one) for one in every] for name, every in found.items() if isinstance(every, list)}

    def inside(self, thing: Ref) -> Inside:
        """What the object holds, also inside lists, dicts and objects of the file's own; nothing if it is gone."""
        try:
            return inside_of(self._ask("parts", "", [thing]).value)
        except wire.WireError:
            return Inside()

    def place(self, thing: Ref, values: Mapping[Place, Any]) -> Answer:
        """Put values into the object, each at its place."""
        return self._ask("place", "", [thing, [[_steps(path), value] for path, value in values.items()]])

    def method(
        self,
        thing: Ref,
        name: str,
        args: Sequence[Any],
        kwargs: Mapping[str, Any] | None = None,
        *,
        keep: bool = False,
        send: Sent = "value",
        seed: int = SEED,
    ) -> Answer:
        """Call a method of the object."""
        return self._ask("method", name, [thing, *args], kwargs, keep=keep, send=send, seed=seed)

    def _ask(
        self,
        op: str,
        name: str,
        args: Sequence[Any],
        kwargs: Mapping[str, Any] | None = None,
        stand_ins: Mapping[str, StandIn] | None = None,
        seconds: float | None = None,
        callback: str | None = None,
        record: Sequence[str] = (),
        keep: bool = False,
        send: Sent = "value",
        seed: int = SEED,
    ) -> Answer:
        """One request and its answer; a child that is gone is one that raised."""
        handle = next(self._handles) if keep else None
        request = {
            "op": op,
            "name": name,
            "args": encoded(list(args)),
            "kwargs": encoded(dict(kwargs or {})),
            "stand_ins": list(stand_ins or {}),
            "callback": callback,
            "record": list(record),
            "keep": handle,
            "send": send,
            "seed": seed,
            "forget": self._forgotten,
        }
        within = self.limits.call_seconds if seconds is None else seconds
        try:
            if self.seconds_left <= 0:
                raise GoneError("timeout", f"the {self.limits.seconds:g} s for the whole file are used up")
            self._traffic.check()
            if self._child is None:
                self._start()
            assert self._child is not None
            now = time.monotonic()
            text = f"did not end within {within:g} s"
            if self._end < now + within:
                text = f"did not end within the {self.limits.seconds:g} s for the whole file"
            message = self._child.call(request, min(self._end, now + within), text, stand_ins or {})
            self._forgotten = []
            try:
                return answer_of(message, handle)
            except wire.WireError as error:
                raise GoneError("died", f"sent the checker {error}") from None
        except GoneError as error:
            self.renew()
            return Answer(None, (), Raised(error.kind, error.text, None))
        except LoadError as error:
            self.renew()
            return Answer(None, (), Raised("died", f"does not load a second time: {error}", None))
        except BaseException:
            self.close()
            raise


def _steps(path: Place) -> list[list[int | str]]:
    """The path as it travels."""
    return [list(step) for step in path]


def read_source(path: Path, limits: Limits) -> bytes:
    """The file's bytes; LoadError unless it is a regular file of a bearable size that can be text."""
    most = limits.source_mib * (NOTEBOOK_FACTOR if path.suffix == ".ipynb" else 1) << 20
    try:
        data = read_regular(path, most)
    except ValueError as error:
        raise LoadError(str(error)) from None
    except OSError as error:
        raise LoadError(f"{path} cannot be read: {error.strerror}") from None
    if b"\0" in data:
        raise LoadError(f"{path} holds NUL bytes: expected Python source as text (UTF-8)")
    return data
