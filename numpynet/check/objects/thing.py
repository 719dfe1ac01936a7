"""An object of the file's: how it is made, what numbers it holds, other numbers in their places, its methods called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from numpynet.check.objects.calls import constructors
from numpynet.sandbox import Answer, Definition, Ref, Session
from numpynet.sandbox.messages import Path
from numpynet.sandbox.session import SEED
from numpynet.types import Array

# What the checker's own code may fail with where a file returns what nobody thought of.
UNFORESEEN = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
MOST = 400  # numbers of a network of which every one is moved
Numbers = dict[Path, Array]


class Thing:
    """One object: `made` is how, for a report."""

    def __init__(self, session: Session, owner: str, ref: Ref, made: Any) -> None:
        self.session, self.owner, self.ref, self.made = session, owner, ref, made
        self.bases = session.bases().get(owner, [owner])

    def methods(self) -> Iterator[Definition]:
        """Its methods, the class's own before those that it inherits."""
        seen = set()
        for owner in self.bases:
            for entry in self.session.loaded.functions.values():
                if entry.owner == owner and entry.name not in seen and not entry.unfinished:
                    seen.add(entry.name)
                    yield entry

    def arrays(self) -> Numbers:
        """The arrays of numbers that it holds, also deep inside."""
        found = self.session.inside(self.ref).values
        numbers = {path: value for path, value in found.items() if is_numbers(value) and value.size <= MOST}
        single = {path: np.asarray(value, dtype=float) for path, value in found.items()
                  if path and re.fullmatch("b|bias", str(path[-1][1]).lower()) and _is_number(value)}  # fmt: skip
        return numbers | single

    def is_large(self) -> bool:
        """Whether it holds arrays of more numbers than are moved one by one."""
        found = self.session.inside(self.ref).values.values()
        return any(is_numbers(value) and value.size > MOST for value in found)

    def put(self, values: Mapping[Path, Any]) -> None:
        """Other numbers in these places."""
        self.session.place(self.ref, values)

    def call(self, entry: Definition, args: Sequence[Any], *, keep: bool = False, seed: int = SEED) -> Answer:
        """A method's answer, or a function's that is given the object first; the object may be another one then."""
        if not entry.owner:
            return self.session.call(entry.theirs, [self.ref, *args], keep=keep, send="value", seed=seed)
        return self.session.method(self.ref, entry.name, args, keep=keep, seed=seed)


def make(
    session: Session, owner: str, known: Mapping[str, Any], option: Mapping[str, str] | None = None
) -> Thing | None:
    """An object of the class, made in the first way in which it can be; an `option` is given by name."""
    for base in session.bases().get(owner, [owner]):
        entry = session.loaded.functions.get(f"{base}.__init__")
        if entry is not None:
            break
    for arguments in constructors(entry, known):
        if option and entry is not None:
            by_name = arguments if isinstance(arguments, dict) else dict(zip(entry.parameters, arguments, strict=False))
            arguments = {**by_name, **option}
        answer = session.new(owner, [], arguments) if isinstance(arguments, dict) else session.new(owner, arguments)
        if answer.raised is None and answer.kept is not None:
            return Thing(session, owner, answer.kept.value, arguments)
        if answer.raised is not None and answer.raised.kind != "exception":
            return None
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, (float, int, np.number)) or (is_array(value) and not value.ndim)


def is_numbers(value: Any) -> bool:
    """An array of at least one number, of two dimensions at most."""
    return is_array(value) and 0 < value.ndim <= 2 and value.size > 0


def is_array(value: Any) -> bool:
    """An array of floating point numbers."""
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


def flat(value: Any, path: Path = ()) -> Iterator[tuple[Path, Array]]:
    """The arrays in what was returned, with where they are."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiub":
        yield path, value
    elif isinstance(value, (float, np.floating)):
        yield path, np.asarray(value)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(key, (str, int)):
                yield from flat(item, (*path, ("i", key)))
    elif isinstance(value, (list, tuple)):
        for place, item in enumerate(value):
            yield from flat(item, (*path, ("i", place)))


def named(path: Path) -> str:
    """The place as people speak of it, from its last name on: `W1`, `weights[0]`."""
    text = ""
    last = max((place for place, (_, key) in enumerate(path) if isinstance(key, str)), default=0)
    if path and isinstance(path[last][1], str):
        path = (("a", path[last][1]), *path[last + 1 :])
    for kind, key in path:
        text += f".{key}" if kind == "a" else f"[{key!r}]"
    return text.removeprefix(".")


def full_name(path: Path) -> str:
    """The whole place as text."""
    return ".".join(str(key) for _, key in path)


def fits(one: Array, other: Array) -> bool:
    """Whether one has the shape of the other, but for axes of length 1."""
    return one.shape == other.shape or (one.size == other.size and np.squeeze(one).shape == np.squeeze(other).shape)


def is_gradient_of(path: Path, parameter: Path) -> bool:
    """Whether the names say that it is the gradient of that parameter: dW1, grad_W, grads['W1']."""
    short = "".join(re.sub(r"[^a-z0-9]", "", str(key).lower()) for _, key in path)
    last = re.sub(r"[^a-z0-9]", "", named(parameter[-1:]).lower())
    if last.isdigit():
        last = re.sub(r"[^a-z0-9]", "", named(parameter).lower())
    return short.endswith(("d" + last, "grad" + last, last + "grad", "delta" + last)) or (
        "grad" in short and short.endswith(last)
    )
