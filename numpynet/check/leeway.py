"""How far from exact a result may be where that is no mistake: usual formulas, float32, the slope at a kink."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from numpynet.check.cases import Case
from numpynet.check.result import SINGLE, Observation, is_near
from numpynet.definitions import ACTIVATIONS
from numpynet.parity.exact import Bounded

AS_THEY_ARE = ("sigmoid", "relu", "softmax", "linear")  # the tutorial's
KINKED = {"leaky_relu", "elu"}
LOST, FAR = 1e-10, 600  # what the usual formula of a softplus may lose; where its exponential overflows


def loosened(name: str, one: Observation) -> Observation:
    """Of activations that are not the tutorial's, without what their usual formulas lose far out, and near 0."""
    activation, case = name.removesuffix("_backward").removesuffix("_slope"), one.case
    if case.raises or case.nan or one.problem or any(key not in one.values for key in case.expected):
        return one
    if activation in ACTIVATIONS and (activation not in AS_THEY_ARE or name.endswith("_slope")):
        Z = case.arguments["Z"]
        if (np.abs(Z) > FAR).any():
            return _far_out(one)
        size = np.abs(case.arguments.get("dA", 1.0)) + np.abs(Z)
        return _with_room(one, LOST * (1 + size) + np.where((Z == 0) & (name != activation), size, 0))
    return _with_room(one, LOST * (1 + _greatest(one))) if set(_asked_for(case)) - {*AS_THEY_ARE} else one


def _far_out(one: Observation) -> Observation:
    """Whatever it returns there, with a note where that is no number."""
    quiet = replace(one, case=replace(one.case, expected={}))
    if not one.fails or all(np.isfinite(value).all() for value in one.values.values()):
        return quiet
    note = f"where |Z| is above {FAR}, its result is nan or infinite: its formula overflows"
    return replace(quiet, notes=(*one.notes, note))


def in_float32(one: Observation) -> Observation:
    """Without what rounding to float32 makes, where that is all."""
    plain = not (one.problem or one.changed or one.case.raises or one.case.nan)
    if not (one.fails and plain and is_near(one, SINGLE)):
        return one
    note = "it computes in float32, as the file does: about 7 digits are right"
    return replace(_with_room(one, SINGLE * _greatest(one)), notes=(*one.notes, note))


def at_a_kink(one: Observation) -> bool:
    """Whether a Z is exactly 0 before an activation whose slope there is a matter of taste, as leaky ReLU's."""
    held = [value for key, value in one.case.arguments.get("memory", {}).items() if key.startswith("Z")]
    held += [one.case.arguments["Z"]] if "Z" in one.case.arguments else []
    return bool(KINKED & set(_asked_for(one.case))) and any((Z == 0).any() for Z in held)


def _with_room(one: Observation, room: Any) -> Observation:
    """The same with so much more allowed, where every result has the shape that is due."""
    due = {key: Bounded(exact.value, exact.allowed + room) for key, exact in one.case.expected.items()}
    fits = all(one.values[key].shape == exact.value.shape for key, exact in due.items())
    return replace(one, case=replace(one.case, expected=due)) if fits else one


def _greatest(one: Observation) -> float:
    return max((float(np.abs(exact.value).max(initial=0)) for exact in one.case.expected.values()), default=0.0)


def _asked_for(case: Case) -> list[str]:
    """The activations with which the function is asked."""
    layers = case.arguments.get("nn_architecture") or ()
    given = [layer["activation"] for layer in layers] + [case.arguments.get("activation")]
    return [one for one in given if one]
