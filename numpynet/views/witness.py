"""A witness in a few lines: what is given, what is expected, and what came out instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from numpynet.check.result import Witness
from numpynet.check.written import digits_of, written
from numpynet.views.words import TIED

ROOM = 250  # signs in all: four lines of a terminal
FOR_GIVEN, LEAST = 185, 120  # of these for what is given, and for an exception
NAMED = {"nn_architecture", "activation", "verbose", "loss"}  # said in words of their own


def witness_lines(witness: Witness) -> list[str]:
    """ "Example: dZ = [[1, 2]], A_prev = [[1, 0]], m = 2", and "expected dW = [[0.5]], yours [[1]]"."""
    given = f"Example: {', '.join([*_words(witness.given), *_within(_flat(witness.given), FOR_GIVEN)])}"
    room = ROOM - len(given)
    if witness.refuses:
        name = witness.given.get("activation")
        return [given, f"expected: an exception, as there is no activation {name!r}; yours raises none"]
    if isinstance(witness.yours, str):
        yours = _cut(f"yours: {witness.yours}", max(room, LEAST))
        expected = ", ".join(_within({name: witness.expected[name] for name in witness.wrong}, room - len(yours)))
        return [given, yours if len(yours) + len(expected) > room else f"{yours}; expected {expected}"]
    changed = [
        f"it changes {place}: before {written(before)}, afterwards {written(after)}"
        for place, (before, after) in witness.changed.items()
    ]
    return [given, *changed[:1], *_compared(witness, witness.yours, room)]


def _compared(witness: Witness, yours: Mapping[str, Any], room: int) -> list[str]:
    """A line of what is expected and what came out, result by result, as far as there is room."""
    more, parts = [name for name in yours if name not in witness.expected], list[str]()
    for name in witness.wrong:
        exact, got = witness.expected[name], yours.get(name)
        if got is None:
            part = f"{name}, there is only {', '.join(more)}" if more else f"{name}, it is missing"
        else:
            digits = digits_of(exact, got)
            part = f"{_equal(name, exact, digits)}, yours{TIED}{written(got, digits)}"
        if parts and sum(map(len, parts)) + len(part) > room:
            parts.append("…")
            break
        parts.append(part)
    return [f"expected {'; '.join(parts)}"] if parts else []


def _words(given: Mapping[str, Any]) -> Iterator[str]:
    """What is no number: the layers, the activation, the loss."""
    layers = given.get("nn_architecture")
    if layers:
        widths = "-".join(str(width) for width in (layers[0]["input_dim"], *(one["output_dim"] for one in layers)))
        yield f"a {widths} network ({', '.join(one['activation'] for one in layers)})"
    if "activation" in given:
        yield str(given["activation"])
    elif "b" in given and "dZ" not in given:
        yield "no activation given"
    if "loss" in given:
        yield f"the loss {given['loss']}"


def _flat(given: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers by name: W1, b1 … of params_values. How many examples there are, where there are several."""
    found: dict[str, Any] = {}
    for role, value in given.items():
        found |= value if isinstance(value, Mapping) else {} if role in NAMED else {role: value}
    columns = [found[name] for name in ("A_prev", "A0", "Y_hat", "X") if isinstance(found.get(name), np.ndarray)]
    m = columns[0].shape[-1] if columns else 1
    return found | {"m": m} if m > 1 else found


def _within(items: Mapping[str, Any], room: int) -> list[str]:
    """As many "name = numbers" as there is room for, one at the least."""
    said: list[str] = []
    for name, value in items.items():
        said.append(_equal(name, value))
        if len(", ".join(said)) > room and len(said) > 1:
            return [*said[:-1], "…"]
    return said


def _equal(name: str, value: Any, digits: int = 6) -> str:
    return f"{name}{TIED}={TIED}{written(value, digits)}"


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1]}…"
