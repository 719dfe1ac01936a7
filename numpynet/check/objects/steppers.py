"""The verdict on an object that updates the weights of another one: an optimizer with a step of its own."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np

from numpynet.check.objects.calls import ROLES, kinds_of, squeezed
from numpynet.check.objects.fits import along
from numpynet.check.objects.gradients import NetJudge
from numpynet.check.objects.moves import decay_in, goes_down_errors
from numpynet.check.objects.net import near, weight_names
from numpynet.check.objects.optimizers import STEPS, Slots, doubted, drawn, promise, said
from numpynet.check.objects.textbook import verdict
from numpynet.check.objects.thing import Thing, full_name, named
from numpynet.check.result import GOOD, Cause, FunctionGrade, Outcome
from numpynet.printable import sentence
from numpynet.sandbox import Answer, Definition, Session
from numpynet.sandbox.messages import Path
from numpynet.types import Array

RATE, MOMENTUM = 0.125, 0.875
AROUND = "pre|begin|post|end|next|tick"  # methods that are called before a step, or after it
HANDED = {
    "parameters": r"param\w*|weights|variables",
    "layers": r"layers|modules|network|net|model",
    "layer": r"layer|module|dense",
}


def judge_stepper(session: Session, owner: str, layer: NetJudge) -> list[FunctionGrade]:
    """Of a class whose step moves the weights of a layer: right where each goes against its own gradient, whoever else
    is in the list of layers."""
    rows = _of_one(session, owner, layer)
    if len(rows) == 1 and rows[0].outcome in GOOD and (told := _with_momentum(session, owner, layer)) is not None:
        return [told]
    if len(rows) == 1 and rows[0].outcome in GOOD and (says := _beside_another(session, owner, layer)):
        cause = Cause("several-layers", sentence(says))
        return [replace(rows[0], outcome=Outcome.FAIL, says=says, cause=cause, conventions=())]
    return rows


def _with_momentum(session: Session, owner: str, layer: NetJudge) -> FunctionGrade | None:
    """What is wrong once its constructor is given a momentum, which may be 0 else; None where nothing is."""
    entries = [one for one in session.loaded.functions.values() if one.owner == owner]
    start = next((one for one in entries if one.name == "__init__"), None)
    named_so = [one for one in (start.parameters if start else ()) if squeezed(one) in ("momentum", "mu")]
    step = next((one for one in entries if "step" in kinds_of(one.name) and not one.unfinished), None)
    if not named_so or step is None:
        return None
    for whole in (False, True):
        told = _over_several(session, step, start, layer, whole=whole, momentum=named_so[0])
        if told.outcome in GOOD:
            return None
        if told.outcome == Outcome.FAIL and told.cause is not None:
            made = f"Made with {named_so[0]}={MOMENTUM:g}: "
            return replace(told, cause=replace(told.cause, rationale=made + told.cause.rationale))
    return None


def _of_one(session: Session, owner: str, layer: NetJudge) -> list[FunctionGrade]:
    """With one layer."""
    entries = [one for one in session.loaded.functions.values() if one.owner == owner]
    start = next((one for one in entries if one.name == "__init__"), None)
    step = next((one for one in entries if "step" in kinds_of(one.name) and not one.unfinished), None)
    if (
        step is None
        or any("forward" in kinds_of(one.name) for one in entries)
        or layer.seen is None
        or layer.seen.moved
    ):
        return []
    whole = False  # it wants the layer itself, and no list of layers
    made, handed = _made(session, owner, start, layer, whole=whole)
    given = _arguments(step, handed) if step.required else {}
    if made.raised is None and made.kept is not None and len(given) >= step.required:
        whole = session.method(made.kept.value, step.name, [], given).raised is not None
        made, handed = _made(session, owner, start, layer, whole=whole)
    layer.asked.moved()
    layer.asked.again(layer.seen)
    if made.raised is not None or made.kept is None:
        return []
    thing = Thing(session, owner, made.kept.value, [])
    given = _arguments(step, handed) if step.required else {}
    if given is None or len(given) < step.required:
        return []
    answer = session.method(thing.ref, step.name, [], given)
    if answer.raised is not None:
        says = f"it raises {answer.raised.text}"
        return [FunctionGrade(step.theirs, Outcome.CANNOT_JUDGE, step.theirs, step.line, says)]
    moved = layer.asked.moved()
    gradients = {path: along(moved[path], values) for path, values in (layer.seen.found or {}).items()}
    fitting = [path for path, value in gradients.items() if moved[path].size > 1 and near(moved[path], -RATE * value)]
    others = [path for path in moved if path not in fitting and not near(moved[path], -RATE * gradients[path])]
    outcome, says = Outcome.PASS, ""
    decay = decay_in(layer.net, moved, gradients, RATE, others) if fitting and others else 0.0
    if decay:
        notes = (f"it adds {decay:.4g} times the weights: weight decay",)
        return [FunctionGrade(step.theirs, Outcome.CONVENTION, step.theirs, step.line, conventions=notes)]
    if not fitting and all(not value.any() for value in moved.values()):
        outcome, says = Outcome.FAIL, f"the weights stay where they are: {weight_names(list(moved), '')} of the layer"
    elif not fitting and all(near(moved[path], RATE * value) for path, value in gradients.items()):
        if goes_down_errors(session):
            notes = ("it adds the gradients: they must be those of target − output",)
            return [FunctionGrade(step.theirs, Outcome.CONVENTION, step.theirs, step.line, conventions=notes)]
        outcome, says = Outcome.FAIL, "it adds the gradients: the cost grows"
    elif fitting and others:
        told = _over_several(session, step, start, layer, whole=whole)  # one of them may remember steps of before
        if told.outcome == Outcome.FAIL:
            return [told]
        names, right = weight_names(others, ""), weight_names(fitting, "")
        outcome, says = Outcome.FAIL, f"the move of the layer's {names} is not along the gradient; that of {right} is"
    elif not fitting:
        return [_over_several(session, step, start, layer, whole=whole)]
    cause = Cause("step", sentence(says)) if outcome == Outcome.FAIL else None
    return [FunctionGrade(step.theirs, outcome, step.theirs, step.line, says, cause)]


def _over_several(
    session: Session,
    step: Definition,
    start: Definition | None,
    layer: NetJudge,
    *,
    whole: bool,
    momentum: str = "",
) -> FunctionGrade:
    """Of a new object, by several steps with other gradients in the layer each time."""
    row = FunctionGrade(step.theirs, Outcome.CANNOT_JUDGE, step.theirs, step.line)
    own = {
        path: one for path, one in ((path, _kept_at(layer, path)) for path in layer.net.parameters) if one is not None
    }
    made, handed = _made(session, step.owner, start, layer, whole=whole, momentum=momentum)
    if made.kept is None or len(own) < len(layer.net.parameters):
        return replace(row, says="its steps are not along the gradients, and these cannot be put into the layer")
    short = [named(path) for path in own]
    names = {path: named(path) if short.count(named(path)) == 1 else full_name(path) for path in own}
    _, G = drawn({names[path]: layer.net.start[path].shape for path in own})
    around = [one for one in session.loaded.functions.values()
              if one.owner == step.owner and not one.required and re.match(AROUND, one.name)]  # fmt: skip
    others = {path: one for path, one in layer.thing.arrays().items() if path not in (*own, *own.values())}
    layer.thing.put({path: layer.net.held.get(path, np.zeros_like(one)) for path, one in others.items()})  # no memory
    moves: dict[str, list[Array]] = {name: [] for name in names.values()}
    for t in range(STEPS):
        layer.thing.put({own[path]: G[name][t] for path, name in names.items()})
        for hook in (one for one in around if re.match("pre|begin", one.name)):
            session.method(made.kept.value, hook.name, [])
        answer = session.method(made.kept.value, step.name, [], _arguments(step, handed) if step.required else {})
        for hook in (one for one in around if not re.match("pre|begin", one.name)):
            session.method(made.kept.value, hook.name, [])
        if answer.raised is not None:
            return replace(row, says=f"it raises {answer.raised.text}")
        for path, moved in layer.asked.moved(all_back=False).items():
            moves[names[path]].append(-moved)
    every = (*(start.parameters if start else ()), *step.parameters)
    hyper = {"rate": RATE} if any(re.fullmatch(ROLES["rate"], squeezed(one)) for one in every) else {}
    hyper |= {"beta": MOMENTUM} if momentum else {}
    found = {name: np.array(values) for name, values in moves.items()}
    told = verdict(promise(step.theirs, Slots()), found, G, hyper, handed_t=False)
    return doubted(session, step, said(row, told))


def _beside_another(session: Session, owner: str, layer: NetJudge) -> str:
    """What is wrong where a second layer is in the list: each must move as it does alone; "" where nothing is."""
    step = next(one for one in session.loaded.functions.values() if one.owner == owner and "step" in kinds_of(one.name))
    start = session.loaded.functions.get(f"{owner}.__init__")
    texts = [session.source_of(one.theirs) or "" for one in session.loaded.functions.values() if one.owner == owner]
    if layer.seen is None or any(re.search("norm|clip", text) for text in texts):  # of all gradients together
        return ""
    given = {"layers": [layer.thing.ref]}
    if len(_wanted(step, given)) < step.required or (start and len(_wanted(start, given)) < start.required):
        return ""
    first = _another(session, layer)
    own = {path: None if first is None else _kept_at(first, path) for path in layer.net.parameters}
    kept = {path: at for path, at in own.items() if at is not None}
    if len(kept) < len(own) or any(layer.net.start[path].size == 1 for path in kept):
        return ""
    G = drawn({f"{place} {named(path)}": layer.net.start[path].shape for place in (0, 1) for path in kept})[1]

    def moves(*places: int) -> list[list[Array]] | None:
        """How far the weights of new layers, by place, have gone after each step."""
        layers = [(place, one) for place in places if (one := _another(session, layer)) is not None]
        given = {"layers": [one.thing.ref for _, one in layers]}
        optimizer = session.new(owner, [], _arguments(start, given) if start else {})
        found: list[list[Array]] = [[] for _ in layers]
        for t in range(STEPS if optimizer.kept is not None and len(layers) == len(places) else 0):
            for place, one in layers:
                one.thing.put({at: G[f"{place} {named(path)}"][t] for path, at in kept.items()})
            assert optimizer.kept is not None
            if session.method(optimizer.kept.value, step.name, [], _arguments(step, given)).raised is not None:
                return None
            for (_, one), its in zip(layers, found, strict=True):
                its += one.asked.moved(all_back=False).values()
        return found

    alone, both = [moves(0), moves(1)], moves(0, 1)
    for place, word in ((0, "first"), (1, "second")):
        due = alone[place]
        if not due or not both or not due[0] or len(both[place]) != len(due[0]):
            return ""
        if not any(value.any() for value in both[place]):
            return f"of two layers in its list the {word} stays where it is"
        if not all(map(near, both[place], due[0])):
            return (
                f"of two layers in its list the {word} moves otherwise than alone: what it counts or remembers must be "
                "for each layer by itself"
            )
    return ""


def _another(session: Session, layer: NetJudge) -> NetJudge | None:
    """A new layer of the class, with the same weights, after a backward pass."""
    made, seen = layer.thing.made, layer.seen
    answer = (
        session.new(layer.thing.owner, [], made) if isinstance(made, dict) else session.new(layer.thing.owner, made)
    )
    if answer.raised is not None or answer.kept is None or seen is None:
        return None
    found = NetJudge(replace(layer.net, thing=Thing(session, layer.thing.owner, answer.kept.value, made)))
    found.seen = found.asked.gradients(seen.entry, seen.labels, seen.upstream)
    return found if found.seen.found else None


def _wanted(entry: Definition, handed: dict[str, Any]) -> list[str]:
    """The required arguments that are known."""
    return [one for one in _arguments(entry, handed) if one in entry.parameters[: entry.required]]


def _kept_at(layer: NetJudge, parameter: Path) -> Path | None:
    """Where the layer keeps the gradient by that parameter."""
    due = (layer.seen.found or {})[parameter][0] if layer.seen is not None else None
    layer.asked.moved()
    if layer.seen is not None:
        layer.asked.again(layer.seen)
    inside = layer.thing.session.inside(layer.thing.ref).values.items()
    return next((path for path, value in inside if isinstance(value, np.ndarray) and due is not None
                 and value.shape == due.shape and near(value, due)), None)  # fmt: skip


def _made(
    session: Session,
    owner: str,
    start: Definition | None,
    layer: NetJudge,
    *,
    whole: bool,
    momentum: str = "",
) -> tuple[Answer, dict[str, Any]]:
    """A new object, and what was handed to it: the layer's parameters anew, as they may be a generator."""
    handed = _handed(layer.thing) | ({"layers": layer.thing.ref} if whole else {})
    return session.new(
        owner, [], (_arguments(start, handed) if start else {}) | ({momentum: MOMENTUM} if momentum else {})
    ), handed


def _handed(layer: Thing) -> dict[str, Any]:
    """What an optimizer may want of a layer."""
    handed: dict[str, Any] = {"layer": layer.ref, "layers": [layer.ref]}
    entry = next(
        (one for one in layer.methods() if re.fullmatch("(get_)?param(eter)?s", one.name) and not one.required), None
    )
    if entry is not None:
        answer = layer.call(entry, [], keep=True)
        if answer.raised is None and answer.kept is not None:
            handed["parameters"] = answer.kept.value
    return handed


def _arguments(entry: Definition, handed: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in entry.parameters:
        if re.fullmatch(ROLES["rate"], squeezed(one)):
            found[one] = RATE
        role = next(
            (role for role, pattern in HANDED.items() if re.fullmatch(pattern, squeezed(one)) and role in handed), None
        )
        if role is not None:
            found[one] = handed[role]
    return found
