"""The verdicts on passes with dropout: `forward_propagation_with_dropout` and its backward pass.

The masks are the file's own, read from its cache, where its forward pass is right, else drawn. Forward, A is multiplied
by the mask and divided by keep_prob; backward, dA is multiplied by the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from numpynet import names
from numpynet.check.result import GOOD, FunctionGrade, Outcome
from numpynet.check.variants import (
    OTHER,
    Cache,
    Network,
    asked,
    caches,
    entries,
    first_off,
    may_be_other,
    near,
    network_of,
    packed,
    wrong,
)
from numpynet.printable import listed, sentence
from numpynet.sandbox import Definition, Session
from numpynet.types import Array

KEEP, SURE = 0.8, 0.08  # of 40 · 50 draws some 0.01 is chance
NAME = r"drop_?out"
SCALED = "dA is divided by keep_prob, A is not"
Factors = Mapping[int, Array | float]
_wrong = partial(wrong, "dropout")
# What may be done with a mask, the right way first: how it is told, of A or of dA.
WAYS: dict[str, str] = {
    "right": "",
    "unscaled": "{A} is not divided by keep_prob",
    "plain": "{A} is not multiplied by the mask {D}",
    "unmasked": "{A} is divided by keep_prob, but not multiplied by the mask {D}",
    "multiplied": "{A} is multiplied by keep_prob, by which it must be divided",
}


def _factor(way: str, mask: Array) -> Array | float:
    every: dict[str, Array | float] = {"right": mask / KEEP, "unscaled": mask, "plain": 1.0, "unmasked": 1 / KEEP}
    return every.get(way, mask * KEEP)


@dataclass(frozen=True)
class Forward:
    """What is known of the file's forward pass: its row, the network, what it keeps, and by what it multiplies A."""

    row: FunctionGrade
    network: Network
    cache: Any
    factors: Factors


def judge_dropout(session: Session) -> list[FunctionGrade]:
    """Of every such function that is understood."""
    forwards = entries(session, f"(forward|feed).*{NAME}|{NAME}.*(forward|feed)", {"X", "parameters", "keep"})
    backwards = entries(session, f"back.*{NAME}|{NAME}.*back", {"Y", "cache", "keep"})
    together = [one for one, _ in (*forwards, *backwards)]
    rows, forward = list[FunctionGrade](), None
    for entry, roles in forwards:
        network = network_of(session, entry, together)
        forward = _forward(session, entry, roles, network) if network is not None else None
        rows += [forward.row] if forward is not None else []
    for entry, roles in backwards:
        network = network_of(session, entry, together)
        same = (
            forward if forward is not None and network is not None and forward.network.depth == network.depth else None
        )
        row = _backward(session, entry, roles, same, network) if network is not None else None
        if row is not None and row.says == SCALED and forward is not None:  # the two do not belong together
            says = "A is not divided by keep_prob, but dA is in the backward pass"
            rows = [_wrong(one, says, sentence(says)) if one is forward.row else one for one in rows]
            row = replace(row, outcome=Outcome.PASS, says="", cause=None)
        rows += [row] if row is not None else []
    return rows


def _forward(session: Session, entry: Definition, roles: Mapping[str, str], network: Network) -> Forward | None:
    """None where it cannot be asked, or its masks are not found."""
    answer = asked(session, entry, roles, {"X": network.X, "parameters": network.P, "keep": KEEP})
    value, kept = answer.value, packed(session, entry) or Cache(())
    if not isinstance(value, tuple) or len(value) != 2 or not isinstance(value[0], np.ndarray):
        return None
    held = kept.read(value[1])
    masks = {k: held[names.D(k)].astype(float) for k in range(1, network.depth) if names.D(k) in held}
    if not masks or any(not np.isin(mask, (0.0, 1.0, 1 / KEEP)).all() for mask in masks.values()):
        return None
    row = FunctionGrade(entry.theirs, Outcome.PASS, entry.theirs, entry.line)
    shares = {k: float((mask > 0).mean()) for k, mask in masks.items()}
    for way, factors, one in _explained(network, masks):
        if not near(value[0], one.forward(factors)[names.A(network.depth)]):
            continue
        if other := [names.D(k) for k, share in shares.items() if abs(share - (1 - KEEP)) < SURE]:
            keep = "keeps" if len(other) == 1 else "keep"
            says = f"{listed(other)} {keep} {1 - KEEP:.0%} of the units where keep_prob is {KEEP:g}"
            why = f"{sentence(says)} A unit is kept where its random number is less than keep_prob."
            row = _wrong(row, says, why)
        elif all(one in ("unscaled", "right") for one in way.values()) and len({*way.values()}) == 1:
            note = "A is not divided by keep_prob: to predict, each A that has a mask must be multiplied by it"
            scaled = way[min(way)] == "right"
            row = row if scaled else replace(row, outcome=Outcome.CONVENTION, conventions=(note,))
        else:
            row = _wrong(row, *_told(way, names.A))
        return Forward(row, one, value[1], factors)
    return None


def _explained(network: Network, masks: Mapping[int, Array]) -> Iterator[tuple[dict[int, str], Factors, Network]]:
    """All that a forward pass may do with the masks, the right first, with every hidden activation."""
    masks = {k: (mask > 0).astype(float) for k, mask in masks.items()}
    for ways in sorted(product(WAYS, repeat=len(masks)), key=lambda each: sum(one != "right" for one in each)):
        way = dict(zip(masks, ways, strict=True))
        for one in network.others():
            yield way, {k: _factor(way[k], masks[k]) for k in masks}, one


def _backward(
    session: Session, entry: Definition, roles: Mapping[str, str], forward: Forward | None, network: Network
) -> FunctionGrade | None:
    """By the cache of the file's own forward pass, if that is right; else by one of the names that are read from it."""
    if forward is not None and forward.row.outcome in GOOD:
        return _of_cache(session, entry, roles, forward.network, forward.cache, forward.factors, sure=True)
    found, rng = None, np.random.default_rng(network.depth)
    widths = {k: len(network.P[names.b(k)]) for k in range(1, network.depth)}
    masks = {k: (rng.random((width, network.X.shape[1])) < KEEP).astype(float) for k, width in widths.items()}
    factors, held = {k: mask / KEEP for k, mask in masks.items()}, {names.D(k): mask for k, mask in masks.items()}
    for one, cache in caches(session, entry, roles, network, lambda one: {**one.forward(factors), **one.P, **held}):
        row = _of_cache(session, entry, roles, one, cache, factors, sure=False)
        found = found or row
        if row is not None and row.outcome in GOOD:
            return row
    if found is not None and may_be_other(session, entry):
        return replace(found, outcome=Outcome.CANNOT_JUDGE, says=OTHER, cause=None)
    return found


def _of_cache(
    session: Session, entry: Definition, roles: Mapping[str, str], network: Network, cache: Any, factors: Factors,
    *, sure: bool,
) -> FunctionGrade | None:  # fmt: skip
    """With what a forward pass of the network has kept, its activations multiplied by these factors.

    It is `sure` that they are, where it is the file's own.
    """
    kept = network.forward(factors)
    given = {"X": network.X, "Y": network.Y, "parameters": network.P, "cache": cache, "keep": KEEP}
    found = asked(session, entry, roles, given).value
    if not isinstance(found, dict):
        return None
    row, right = FunctionGrade(entry.theirs, Outcome.PASS, entry.theirs, entry.line), network.backward(kept, factors)
    every = {name: found.get(name) for name in right}
    if any(not isinstance(one, np.ndarray) for one in every.values()):
        return None
    off = [name for name, due in right.items() if not near(every[name], due)]
    last = (names.dW(network.depth), names.db(network.depth))
    if not off:
        return row
    if off[0] in last:  # another loss, or a mistake that every backward pass may have
        return replace(row, outcome=Outcome.CANNOT_JUDGE, says=f"{off[0]} is not that of the mean binary cross-entropy")
    masks = {k: (np.asarray(one) > 0).astype(float) for k, one in factors.items()}
    is_scaled = any((np.asarray(one) > 1).any() for one in factors.values())
    for ways in product(WAYS, repeat=len(masks)):
        way = dict(zip(masks, ways, strict=True))
        other = network.backward(kept, {k: _factor(one, masks[k]) for k, one in way.items()})
        if all(near(every[name], due) for name, due in other.items()):
            if not is_scaled and set(ways) == {"right"}:
                return replace(row, says=SCALED)
            if not sure and set(ways) == {"unscaled"}:
                says = "it does not divide by keep_prob: whether the forward pass does is not known"
                return replace(row, outcome=Outcome.CANNOT_JUDGE, says=says)
            if is_scaled:
                return _wrong(row, *_told(way, names.dA))
            break
    return _wrong(row, *first_off(off))


def _told(way: Mapping[int, str], name: Callable[[int], str]) -> tuple[str, str]:
    """What is seen and the cause, of layers that do not have the right way."""
    says = "; ".join(WAYS[one].format(A=name(k), D=names.D(k)) for k, one in way.items() if one != "right")
    return says, sentence(says)
