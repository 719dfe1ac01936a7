"""A network that is made of layer objects: two layers, an activation after each, put together as the file does it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from numpynet.check.objects.calls import ROLES, kinds_of, squeezed
from numpynet.check.objects.leaves import functions_of, pairs_of
from numpynet.check.objects.thing import Thing, make
from numpynet.sandbox import Definition, Ref, Session

PARTS = {
    "layers": r"(\w*layers|modules|layerlist|structure|net|model|args)",
    "loss": r"(loss\w*|cost\w*|criterion\w*|objective)",
}


def assembled(
    session: Session, owner: str, layer: str, activations: Sequence[str], ends: Sequence[str], losses: Sequence[str],
    sizes: Sequence[int],
) -> Iterator[Thing]:  # fmt: skip
    """Networks of the class, made of layers of the file in the ways in which people hand them over.

    The last activation is one of `ends`, where there are any.
    """
    methods = {one.name: one for one in session.loaded.functions.values() if one.owner == owner}
    if not any("forward" in kinds_of(name) for name in methods):
        return
    for last in ends or sorted(activations, key=lambda one: "sigm" not in one.lower()) or [""]:
        for loss in losses or [""]:
            parts = [
                _made(session, layer, sizes[0], sizes[1]),
                _made(session, activations[0] if activations else "", 0, 0),
                _made(session, layer, sizes[1], sizes[2]),
                _made(session, last, 0, 0),
            ]
            layers = [one for one in parts if one is not None]
            measure = _made(session, loss, 0, 0)
            yield from _ways(session, owner, methods, layers, measure)
            break


def _made(session: Session, owner: str, n_in: int, n_out: int) -> Ref | None:
    thing = (
        make(
            session,
            owner,
            {"n_in": n_in, "n_out": n_out, "numbers": [n_in, n_out] if n_in else [], "rate": 0.1}
            | functions_of(session),
        )
        if owner
        else None
    )
    return thing.ref if thing else None


def _ways(
    session: Session, owner: str, methods: dict[str, Definition], layers: list[Ref], loss: Ref | None
) -> Iterator[Thing]:
    start = methods.get("__init__")
    named: dict[str, Any] = {}
    for one in start.parameters if start else ():
        short = squeezed(one)
        if re.fullmatch(PARTS["layers"], short):
            named[one] = layers
        elif re.fullmatch(PARTS["loss"], short) and loss is not None:
            named[one] = loss
        elif re.fullmatch(ROLES["rate"], short):
            named[one] = 0.1
    required = set(start.parameters[: start.required]) if start else set()
    if required <= set(named):
        made = session.new(owner, [], named)
        if made.raised is None and made.kept is not None:
            thing = Thing(session, owner, made.kept.value, named)
            adder = next((one for name, one in methods.items() if re.fullmatch("add(_?layer)?|append", name)), None)
            if adder is not None and not any(value is layers for value in named.values()):
                for part in layers:
                    thing.call(adder, [part])
            user = next((one for name, one in methods.items() if re.fullmatch("use|compile|set_loss", name)), None)
            pair = next(pairs_of(session), ())
            if user is not None and user.required == len(pair) > 0:  # a loss and its slope
                kept = [session.variable(part.entry.theirs, keep=True).kept for part in pair]
                thing.call(user, [one.value for one in kept if one is not None])
            yield thing
    spread = session.new(owner, layers)
    if spread.raised is None and spread.kept is not None:
        yield Thing(session, owner, spread.kept.value, layers)
