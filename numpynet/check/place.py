"""Where the fault of a wrong function is: the one statement that every wrong number came through, and no right one.

Of every returned number, and of what was handed to the functions that were stood in for, it is known whether it is
right; its slice is what it came through (`slices`). Where several statements are left, one is named if all others hand
on what they get; else none is: no line is better than a wrong one. Of an exception it is the line that raised it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from numpynet import names
from numpynet.check.contract import OPERATIONS
from numpynet.check.dialect import HOLDS
from numpynet.check.manner import Manner
from numpynet.check.readings.passes import forward_pass, top
from numpynet.check.result import Cause, Observation, Place
from numpynet.check.slices import ANY, ASKS, COMPUTES, NONE, READS, Slices, Steps, part, whole
from numpynet.check.speaker import Speaker
from numpynet.printable import printable
from numpynet.sandbox import Definition, Session

MOST, LONGEST = 10_000, 200  # signs of a function's text, and of what is shown of it
FORWARD, BACKWARD = "full_forward_propagation", "full_backward_propagation"
LAYERS = ("single_layer_forward_propagation", "single_layer_backward_propagation")
CARRIED = {("train", "Y_hat"), (BACKWARD, "dA"), (FORWARD, "A_prev")}  # made of what was handed on before
# Causes that are no statement's: something is missing, or runs in another order or number.
NOWHERE = (
    "class-0-missing", "mask-missing", "probabilities", "arguments-swapped", "reseeded", "unseeded", "seed",
    "draw-order", "training-seed", "step-count",
)  # fmt: skip
OF_M = ("mean", "fixed-m", "m-")  # or of the line that reads m
OF_RETURN = ("returned-order", "returned-count", "returns-early")
OF_W, OF_B = ("zero-weights", "constant-weights", "absolute", "uniform"), ("bias-shape",)
UNREADABLE = (
    SyntaxError, ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError,
)  # fmt: skip
Lines = tuple[int, int]  # of a statement in the function's text, the first and the last
Right = dict[tuple[str, str], bool]


def place_of(
    speaker: Speaker, name: str, seen: Sequence[Observation], manner: Manner, cause: Cause | None
) -> Place | None:
    """The place of the fault of a function that failed; None where it is not known."""
    found, session = speaker.found[name], speaker.session
    text = session.source_of(found.theirs)
    if text is None or len(text) > MOST:
        return None
    if name == FORWARD and name in speaker.reader.spread:
        return None  # which of the numbers are right is known of all of a kind alone
    with suppress(*UNREADABLE):
        span = Search(speaker, name, text, manner, seen).found(cause.id if cause else "", found.line)
        place = None if span is None else placed(session, found.theirs, found.line, text, span)
        counts = place is not None and name == "update" and re.fullmatch(r"\w+ *= *len\(\w+\)( *// *2)?", place.text)
        return None if counts else place  # of several statements that are wrong alike it is all that they share
    return None


def only_place(session: Session, found: Definition) -> Place | None:
    """The place of the fault of a method of which only this is known, that it is wrong: if one statement computes."""
    text = session.source_of(found.theirs) or ""
    with suppress(*UNREADABLE):
        slices = Slices(text[:MOST], others={one.name for one in session.loaded.functions.values()})
        kept = (whole(flow) for name, flow in slices.variables.items() if name.startswith("self."))
        span = only(frozenset(one for one in slices.made_of().union(*kept) if one.does >= COMPUTES))
        return None if span is None else placed(session, found.theirs, found.line, text, span)
    return None


def placed(session: Session, theirs: str, first: int, text: str, span: Lines) -> Place | None:
    """These lines of a function that begins in the line `first` of the file; None where it does not have them."""
    lines = [one.strip() for one in text.split("\n")[max(span[0], 1) - 1 : span[1]]]
    cell, begin = session.cell_of(theirs) or (None, first)
    return Place(begin + span[0] - 1, printable(" ".join(lines), LONGEST), cell) if span[0] > 0 and lines else None


class Search:
    """The statements at which one function's fault can be."""

    def __init__(self, speaker: Speaker, name: str, text: str, manner: Manner, seen: Sequence[Observation]) -> None:
        self.speaker, self.name, self.text, self.manner, self.seen = speaker, name, text, manner, seen
        self.dialect, self.roles = speaker.speaking(), speaker.roles
        parameters = zip(self.roles[name] or (), speaker.found[name].parameters, strict=False)
        self.parameters = {role: parameter for role, parameter in parameters if role}

    def found(self, cause: str, first: int) -> Lines | None:
        """The lines of the statement that is left; `first` is the line of the file in which the function begins."""
        failing, slices = [one for one in self.seen if one.fails], self.slices(None)
        if cause in NOWHERE:
            return None
        if cause in OF_RETURN:
            return only(frozenset(slices.returns))
        if changed := {place.partition("[")[0] for one in failing for place in one.changed}:
            spoilt = (slices.spoilt.get(self.parameters.get(role, ""), set()) for role in changed)
            return only(frozenset.intersection(*map(frozenset, spoilt)))
        raised = [one.raised.line for one in failing if one.raised and one.raised.line]
        if failing and len(raised) == len(failing) and all(handed_in(self.name, failing).values()):
            return raised[0] - first + 1, raised[0] - first + 1
        pools = {one: self.left(one, cause) for one in {one.case.arguments.get("activation") for one in self.seen}}
        every = [pool for pool in pools.values() if pool is not None]
        left = frozenset.intersection(*every) if every else NONE
        does = {one.does for one in left}
        if cause.startswith("activation") and COMPUTES not in does:
            left = left.difference(*(self.slices(one).made_of() for one in pools if one and pools[one] is None))
        ends_in_m = (not cause or cause.startswith(OF_M)) and {READS, COMPUTES} <= does
        return None if ends_in_m or (self.name == "init_layers" and COMPUTES not in does) else only(left)

    def slices(self, activation: str | None, helpers: Collection[str] = ()) -> Slices:
        """What the function does where this activation is asked for."""
        theirs = self.dialect.theirs("activation", activation)
        known = {self.parameters.get("activation", ""): theirs} if activation else {}
        asked = {self.speaker.found[call.function].name for one in self.seen for call in one.called}
        others = {one.name for one in self.speaker.session.loaded.functions.values()} - asked
        return Slices(self.text, known, {self.speaker.found[one].name for one in helpers}, others)

    def left(self, activation: str | None, cause: str) -> Steps | None:
        """What every wrong number came through and no right one, of the calls with this activation."""
        seen = [one for one in self.seen if one.case.arguments.get("activation") == activation and not one.case.raises]
        handed = handed_in(self.name, seen)
        slices = self.slices(activation, {callee for callee, _ in handed})
        all_right, right, wrong = all(handed.values()), list[Steps](), list[Steps]()
        for (callee, role), is_right in handed.items():
            if all_right or not is_right or (self.name, role) not in CARRIED:
                (right if is_right else wrong).extend(self.argument(slices, callee, role))
        returned = returned_in(seen) if all_right and self.name != "train" else {}
        if self.name == "init_layers" and cause in (*OF_W, *OF_B):  # what is drawn after it is other numbers, too
            returned = {name: names.kind(name) != ("W" if cause in OF_W else "b") for name in returned}
        kinds = {names.kind(name) for name, is_right in returned.items() if not is_right}
        for name, is_right in returned.items():
            steps, is_alone = self.result(slices, name)
            if not is_right:
                wrong.append(steps)
            elif is_alone or names.kind(name) not in kinds:
                right.append(steps)
        left = frozenset.intersection(*wrong) if wrong else None
        left = left if left is None or any(one.does == ASKS for one in left) else left.difference(*right)
        of_several = not all_right and len(wrong) > 1  # the layer may be another one, as no statement shows
        return left and frozenset(one for one in left if one.does >= COMPUTES or not of_several)

    def argument(self, slices: Slices, callee: str, role: str) -> list[Steps]:
        """What comes to another function as this; nothing where that is not seen."""
        found, roles = self.speaker.found[callee], self.roles[callee] or []
        at = roles.index(role) if role in roles else len(found.parameters)
        places: list[int | str] = [at, *found.parameters[at : at + 1]]
        called = (found.name, *slices.variables, "")  # by another name, or out of a dict
        every = ((name, place) for name in called for place in places if (name, place) in slices.handed)
        return [whole(slices.handed[one]) for one in every][:1]

    def result(self, slices: Slices, name: str) -> tuple[Steps, bool]:
        """What it returns by the contract's name, and whether no other name shares its key."""
        roles, kind, returned = OPERATIONS[self.name].results, names.kind(name), slices.returned
        role = next((role for role in roles if role == name or kind in HOLDS.get(role, ())), roles[0])
        path = self.manner.places.get(role, (roles.index(role),) if len(roles) > 1 else ())
        flow = returned.get(int(path[0])) if path and len(returned) > 1 else returned.get(0)
        if self.name == "update" and not slices.returns:
            flow = slices.variables.get(self.parameters.get(role, ""))
        if flow is None or role == name:
            return whole(flow or {}), True
        prefix, shift = {**self.dialect.keys, **self.manner.keys}.get(kind, (kind, 0))
        theirs = f"{prefix}{int(name[len(kind) :]) + shift}"
        return part(flow, theirs), theirs in flow and not any(key.endswith(ANY) for key in flow)


def only(steps: Steps) -> Lines | None:
    """The lines of the one that computes, or where none does that reads, or that names; none where another is asked."""
    most = max((one.does for one in steps), default=0)
    lines = {(one.line, one.last) for one in steps if one.does == most}
    return lines.pop() if len(lines) == 1 and most != ASKS else None


def returned_in(seen: Sequence[Observation]) -> dict[str, bool]:
    """Of every name that must be returned, whether it was right in every call."""
    good: dict[str, bool] = {}
    for one in seen:
        lacks = {name for name in one.case.expected if name not in one.values}
        if one.raised is None and (not one.problem or (one.values and lacks)):
            for name in one.case.expected:
                good[name] = good.get(name, True) and name not in lacks and name not in one.wrong
    return good


def handed_in(function: str, seen: Sequence[Observation]) -> Right:
    """Of what was handed to functions that were stood in for, whether it was right in every call: (who, as what)."""
    good: Right = {}
    for one in seen:
        for callee, role, got, due in _handed(function, one):
            is_right = any(_same(got, value) for value in due)
            good[callee, role] = good.get((callee, role), True) and is_right
    return good


def _handed(function: str, one: Observation) -> Iterator[tuple[str, str, Any, Sequence[Any]]]:
    """What was handed on, and what it may be; nothing of what is not known."""
    due: dict[str, Any] = {**one.case.arguments, **{key: exact.value for key, exact in one.case.expected.items()}}
    due["probs"] = due.get("Y_hat") if function == "get_accuracy_value" else None
    calls = [call for call in one.called if function not in (FORWARD, BACKWARD) or call.function in LAYERS]
    outputs = [call.result[0] for call in calls if call.function == FORWARD and isinstance(call.result, tuple)]
    for number, call in enumerate(calls):
        if function in (FORWARD, BACKWARD):
            due = _of_layer(function, one, number, calls[number - 1].result if number else None)
        due = {**due, "Y_hat": outputs} if function == "train" else due
        for role, got in call.arguments.items() if call.function != "init_layers" else ():
            values = due[role] if isinstance(due.get(role), list) else [due.get(role)]
            if all(isinstance(value, (np.ndarray, float, str)) for value in values):
                yield call.function, role, got, values


def _of_layer(function: str, one: Observation, number: int, before: Any) -> dict[str, Any]:
    """What the layer of that call must get."""
    given, L = one.case.arguments, len(one.case.arguments["nn_architecture"])
    layer = L - number if function == BACKWARD else number + 1
    pool: Mapping[str, Any] = given["memory"] if function == BACKWARD else forward_pass(one)
    pool = {**pool, **given["params_values"]}
    due = {role: pool.get(f"{role}{layer}") for role in ("W", "b", "Z")}
    due |= {"A_prev": pool.get(names.A(layer - 1)), "activation": [given["nn_architecture"][layer - 1]["activation"]]}
    if function == BACKWARD:
        due["dA"] = before[0] if isinstance(before, tuple) else None if number else top(one)["dA"]
    return due


def _same(got: Any, want: Any) -> bool:
    """But for rounding."""
    if not isinstance(want, np.ndarray):
        return bool(np.size(got) == 1 and got == want)
    close = isinstance(got, np.ndarray) and got.shape == want.shape
    return close and bool(np.allclose(got, want, rtol=1e-9, atol=1e-9, equal_nan=True))
