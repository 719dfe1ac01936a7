"""What a function hands to the others, where the reference stood in for them and saw it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from numpynet import names
from numpynet.activations import ACTIVATIONS
from numpynet.check.matching import close
from numpynet.check.readings import loss_gradients
from numpynet.check.readings.passes import forward_pass, top
from numpynet.check.readings.quantities import quantities, wide
from numpynet.check.result import Called, Observation
from numpynet.types import Array

DIVIDED = "dA-altered", "dA is divided by m at every layer: 1/m belongs in dW and db alone."
Said = tuple[str, str] | None  # the cause and the sentence


def _same(got: Any, want: Any, rtol: float = 1e-12, atol: float = 1e-300) -> bool:
    if isinstance(got, dict) and isinstance(want, dict):
        return all(_same(got.get(name), value) for name, value in want.items())
    if not isinstance(got, np.ndarray) or not isinstance(want, np.ndarray):
        return bool(got == want) if isinstance(got, type(want)) else False
    return got.shape == want.shape and bool(np.allclose(got, want, rtol=rtol, atol=atol, equal_nan=True))


def nearly(got: Any, want: Any) -> bool:
    """Nearly the same: what a file hands on may have been computed in another way."""
    return _same(got, want, rtol=1e-5, atol=1e-8)


def _named(got: Any, pool: Mapping[str, Any], same: Callable[[Any, Any], bool] = _same) -> str | None:
    return next((name for name, value in pool.items() if same(got, value)), None)


def _of(one: Observation, function: str) -> list[Called]:
    return [call for call in one.called if call.function == function]


def _another(call: Called, layer: int, want: Mapping[str, str], pool: Mapping[str, Any]) -> Said:
    """The first role in which a layer gets an array that is not its own, and what it gets there."""
    for role, name in want.items():
        got = call.arguments.get(role)
        if isinstance(got, np.ndarray) and not _same(got, pool.get(name)):
            found = _named(got, {key: value for key, value in pool.items() if isinstance(value, np.ndarray)})
            text = f"For layer {layer} it hands {found or 'something else'} to the layer as {role}: it must be {name}."
            return role, text
    return None


def _activation(call: Called, layer: int, own: str, way: str) -> Said:
    """Only a layer whose own activation is not the default shows that it was not passed on."""
    if call.arguments.get("activation", "relu") == own:
        return None
    if "activation" in call.arguments:
        return (
            "hands:activation",
            f"Layer {layer} gets the activation {call.arguments['activation']!r}, which is not its own.",
        )
    return "activation-ignored", f"The activation of layer {layer}, {own}, is not passed on: {way} the default, relu."


def _full_backward_hands(one: Observation) -> Said:
    calls, given = _of(one, "single_layer_backward_propagation"), one.case.arguments
    layers, L, loss = given["nn_architecture"], len(given["nn_architecture"]), top(one)
    if not calls or L == 1:
        return None
    p, dA, m = loss["Y_hat"], loss["dA"], loss["m"]
    pool = {**given["memory"], **given["params_values"], names.A(L): p, "X": given["memory"]["A0"], "Y": loss["Y"]}
    moved_on = [call.result[0] for call in calls if isinstance(call.result, tuple)]
    for k, call in enumerate(calls):
        layer, got = L - k, call.arguments.get("dA")
        if layer < 1:
            return "too-many-layers", "It runs more layers than there are."
        if k == 0 and all(_same(call.arguments.get(role), pool.get(f"{role}{L - 1}")) for role in ("W", "Z")):
            return "last-layer-missing", "It starts at the last but one layer: the last layer is left out."
        if k == 0 and isinstance(got, np.ndarray):
            if got.shape == (m, m) != p.shape:
                return "pairs", "Y is transposed: each label meets each prediction, and dA_L is (m, m)."
            for id, says, value, _ in () if _same(got, dA, rtol=1e-13, atol=0) else loss_gradients(loss):
                if close(got, value, np.abs(dA) * 4e-15, dA):
                    again = len(calls) > 1 and moved_on and _same(calls[1].arguments.get("dA"), moved_on[0] / m)
                    return DIVIDED if id == "mean-in-dA" and again else (id.partition(":")[0], says)
            if not _same(got, dA, rtol=1e-9, atol=1e-8):
                return None
        if k and isinstance(got, np.ndarray) and len(moved_on) >= k and not _same(got, moved_on[k - 1]):
            if _same(got, calls[0].arguments.get("dA")):
                return "dA-not-moved-on", "Every layer gets dA_L: dA_prev of the layer above is not moved on."
            for says, factor in (("divided by m", 1 / m), ("multiplied by m", m), ("negated", -1)):
                if _same(got, moved_on[k - 1] * factor):
                    return "dA-altered", f"dA is {says} on its way from layer to layer."
            return "dA-altered", "What a layer gets as dA is not what the layer above returned as dA_prev."
        want = {"W": names.W(layer), "Z": names.Z(layer), "A_prev": names.A(layer - 1), "b": names.b(layer)}
        if wrong := _another(call, layer, want, pool):
            if k == 0 and sum(_same(call.arguments.get(kind), pool.get(f"{kind}1")) for kind in ("W", "Z", "b")) > 1:
                return (
                    "walks-forward",
                    "It walks the layers from first to last: backward propagation goes from the last to the first.",
                )
            return f"hands:{wrong[0]}", wrong[1]
        if said := _activation(call, layer, layers[layer - 1]["activation"], "it goes back through"):
            return said
    return None


def _altered_input(got: Array, X: Array) -> tuple[str, str]:
    centred = X - X.mean(axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        standardised, ratios = centred / X.std(axis=1, keepdims=True), got / X if got.shape == X.shape else np.arange(2)
    if X.T.shape != X.shape and nearly(got, X.T):
        return "input-transposed", "Layer 1 gets X transposed: X has one column an example already."
    if nearly(got, standardised):
        return "standardised", "X is standardised inside: predictions depend on the other examples."
    if nearly(got, centred) or nearly(got, X - X.mean()):
        return "centred", "X is centred inside: predictions depend on the other examples."
    if np.allclose(ratios, ratios.flat[0], rtol=1e-9):
        return "input-scaled", f"Layer 1 gets {ratios.flat[0]:.6g} · X, not X."
    return "input-altered", "Layer 1 does not get X itself."


def _full_forward_hands(one: Observation) -> Said:
    calls, given = _of(one, "single_layer_forward_propagation"), one.case.arguments
    layers, L, right = given["nn_architecture"], len(given["nn_architecture"]), forward_pass(one)
    if not calls or L == 1:
        return None
    pool = {**right, **given["params_values"], names.A(L): right["Y_hat"]}
    for layer, call in enumerate(calls, start=1):
        if layer > L:
            return "too-many-layers", "It runs more layers than there are."
        want = {"A_prev": names.A(layer - 1), "W": names.W(layer), "b": names.b(layer)}
        if wrong := _another(call, layer, want, pool):
            if wrong[0] == "A_prev" and layer == 1:
                return _altered_input(call.arguments["A_prev"], right["A0"])
            if wrong[0] == "A_prev" and _same(call.arguments["A_prev"], right["A0"]):
                return "input-again", "Every layer gets X: A_prev is not moved on to the layer before's output."
            return f"hands:{wrong[0]}", wrong[1]
        if said := _activation(call, layer, layers[layer - 1]["activation"], "it is computed with"):
            return said
    return None


def _single_hands(one: Observation) -> Said:
    q = quantities(
        "single_layer_backward_propagation" if "dA" in one.case.arguments else "single_layer_forward_propagation", one
    )
    act, ending = q["activation"], "_backward" if "dA" in q.given else ""
    calls = [call for call in one.called if call.function in (f"{name}{ending}" for name in ACTIVATIONS)]
    if len(calls) != 1:
        return None
    call = calls[0]
    if call.function != f"{act}{ending}":
        if one.case.default:
            return "default-activation", f"Where no activation is given it takes {call.function}: the default is relu."
        return f"activation:{act}", f"For '{act}' it calls {call.function}."
    if not ending:
        return None
    pools = {
        "Z": {"A_prev": q["A_prev"], "g(Z)": q["A"], "W · A_prev, without the bias,": q["W"] @ q["A_prev"], "dA": q["dA"], "b": q["b"]},
        "dA": {"Z": q["Z"], "A_prev": q["A_prev"], "W": q["W"]},
    }  # fmt: skip
    for role, pool in pools.items():
        got = call.arguments.get(role)
        found = _named(got, pool) or _named(got, pool, nearly)
        if found and isinstance(got, np.ndarray) and not _same(got, q[role], rtol=1e-9, atol=1e-12):
            return f"hands:{role}:{found}", f"{call.function} gets {found} where {role} belongs."
    return None


def _slope_hands(one: Observation) -> Said:
    for call in one.called:
        got, Z = call.arguments.get("Z"), one.case.arguments["Z"]
        if call.function in ACTIVATIONS and isinstance(got, np.ndarray) and not _same(got, Z):
            if _same(got, one.case.arguments["dA"]):
                return "wrong-point", "The slope is taken at dA, not at Z."
            if nearly(got, ACTIVATIONS[call.function].forward(wide(Z))):
                return (
                    "wrong-point",
                    f"{call.function} is applied twice: the slope is taken at {call.function}(Z), not at Z.",
                )
    return None


def _accuracy_hands(one: Observation) -> Said:
    handed = [call.arguments.get("probs") for call in _of(one, "convert_prob_into_class")]
    Y_hat, Y = wide(one.case.arguments["Y_hat"]), wide(one.case.arguments["Y"])
    if not any(_same(probs, Y_hat) for probs in handed) and any(_same(probs, Y) for probs in handed):
        return "classes-of-labels", "It makes classes of Y, the labels, not of Ŷ."
    return None


def _train_hands(one: Observation) -> Said:
    given = one.case.arguments
    X, Y, epochs, rate = wide(given["X"]), wide(given["Y"]), given["epochs"], given["learning_rate"]
    starts, steps, forwards, backs = (
        _of(one, name) for name in ("init_layers", "update", "full_forward_propagation", "full_backward_propagation")
    )
    if len(starts) > 1:
        return "starts-again", f"init_layers runs {len(starts)} times: what was trained is thrown away."
    if one.problem and one.problem.startswith("it calls"):
        return "swapped", f"I{one.problem[1:]}: what is printed is something else."
    for number, call in enumerate(forwards):
        got = call.arguments.get("X")
        if isinstance(got, np.ndarray) and not _same(got, X):
            if got.shape[:1] == X.shape[:1] and got.size < X.size:
                return "examples-left-out", "Only some of the examples are used."
            if number:
                return "X-changes", "X changes from epoch to epoch: every step must see the same data."
            return "X-altered", "Forward propagation does not get X itself."
    outputs = [call.result[0] for call in forwards if isinstance(call.result, tuple)]
    for call in backs:
        got, got_Y = call.arguments.get("Y_hat"), call.arguments.get("Y")
        if isinstance(got, np.ndarray) and _same(got, Y) and not _same(got_Y, Y):
            return "swapped", "full_backward_propagation gets Y and Ŷ in each other's places."
        if isinstance(got_Y, np.ndarray) and not _same(got_Y, Y):
            return "Y-altered", "full_backward_propagation does not get Y itself."
        if isinstance(got, np.ndarray) and outputs and not any(_same(got, output) for output in outputs):
            if np.isin(got, (0, 1)).all():
                return "classes", "full_backward_propagation gets classes, 0 and 1: the gradient needs probabilities."
            return "Y_hat-altered", "full_backward_propagation does not get what forward propagation returned."
    for call in steps:
        if (got := call.arguments.get("learning_rate", rate)) != rate:
            shown = (
                f"{float(got):g}"
                if np.ndim(got) == 0 and isinstance(got, (int, float, np.ndarray))
                else "something else"
            )
            return "rate-altered", f"update gets the learning rate {shown}, not the {rate:g} that train was given."
    if steps and len(steps) != epochs:
        return "step-count", f"update runs {len(steps)} times in {epochs} epochs."
    before = None
    for call in one.called:
        if (
            call.function == "full_forward_propagation"
            and before is not None
            and not _same(call.arguments.get("params_values"), before)
        ):
            return "update-unused", "Forward propagation does not get the weights that update returned."
        before = call.result if call.function == "update" else before
    if 0 < len(backs) < len(steps):
        return (
            "stale-gradients",
            f"Gradients are computed {len(backs)} times for {len(steps)} updates: most steps use old ones.",
        )
    if any(
        not _same(step.arguments.get("grads_values"), back.result) for step, back in zip(steps, backs, strict=False)
    ):
        return "stale-gradients", "update does not get the gradients of the same epoch."
    return None


HANDED: dict[str, Callable[[Observation], Said]] = {
    "full_backward_propagation": _full_backward_hands,
    "full_forward_propagation": _full_forward_hands,
    "single_layer_forward_propagation": _single_hands,
    "single_layer_backward_propagation": _single_hands,
    **{f"{name}_backward": _slope_hands for name in ACTIVATIONS},
    "get_accuracy_value": _accuracy_hands,
    "train": _train_hands,
}
