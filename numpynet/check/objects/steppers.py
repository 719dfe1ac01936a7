"""The verdict on an object that updates the weights of another one: an optimizer with a step of its own."""

from __future__ import annotations

import re
from typing import Any

from numpynet.check.objects.calls import ROLES, kinds_of, squeezed
from numpynet.check.objects.fits import along
from numpynet.check.objects.gradients import NetJudge
from numpynet.check.objects.net import near, weight_names
from numpynet.check.objects.thing import Thing
from numpynet.check.result import Cause, FunctionGrade, Outcome
from numpynet.sandbox import Definition, Session

RATE = 0.125
HANDED = {
    "parameters": r"param\w*|weights|variables",
    "layers": r"layers|modules|network|net|model",
    "layer": r"layer|module|dense",
}


def judge_stepper(session: Session, owner: str, layer: NetJudge) -> list[FunctionGrade]:
    """Of a class whose step moves the weights of a layer: right where each goes against its own gradient."""
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
    handed = _handed(layer.thing)
    made = session.new(owner, [], _arguments(start, handed)) if start else session.new(owner, [])
    given = _arguments(step, handed) if step.required else {}
    if made.raised is None and made.kept is not None and len(given) >= step.required:
        answer = session.method(made.kept.value, step.name, [], given)
        if answer.raised is not None:  # it wants the layer itself
            handed["layers"] = layer.thing.ref
            made = session.new(owner, [], _arguments(start, handed)) if start else session.new(owner, [])
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
    if not fitting and all(not value.any() for value in moved.values()):
        outcome, says = Outcome.FAIL, f"the weights stay where they are: {weight_names(list(moved), '')} of the layer"
    elif not fitting and all(near(moved[path], RATE * value) for path, value in gradients.items()):
        outcome, says = Outcome.FAIL, "it adds the gradients: the cost grows"
    elif fitting and others:
        names, right = weight_names(others, ""), weight_names(fitting, "")
        outcome, says = Outcome.FAIL, f"{names} of the layer does not go along its gradient, as {right} does"
    elif not fitting:
        outcome, says = (
            Outcome.CANNOT_JUDGE,
            "its steps are not along the gradients: which optimizer it is, is not known",
        )
    cause = Cause("step", f"{says[0].upper()}{says[1:]}.") if outcome == Outcome.FAIL else None
    return [FunctionGrade(step.theirs, outcome, step.theirs, step.line, says, cause)]


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
