"""What a function hands to the others, where the reference stood in for them and saw it."""

# fmt: off
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from numpynet import names
from numpynet.check.matching import close
from numpynet.check.readings import activated, forward_pass, given_to, loss_gradients, sigma
from numpynet.check.result import Called, Observation
from numpynet.types import Array


def _same(got: Any, want: Any) -> bool:
    if not isinstance(got, np.ndarray) or not isinstance(want, np.ndarray):
        return bool(got == want) if isinstance(got, type(want)) else False
    return got.shape == want.shape and bool(np.allclose(got, want, rtol=1e-12, atol=1e-300, equal_nan=True))


def _near(got: Any, want: Any, rtol: float = 1e-5, atol: float = 1e-8) -> bool:
    """Nearly the same numbers in the same shape: what a file hands on may have any."""
    return np.shape(got) == np.shape(want) and bool(np.allclose(got, want, rtol=rtol, atol=atol, equal_nan=True))


def _named(got: Any, pool: Mapping[str, Any]) -> str | None:
    return next((name for name, value in pool.items() if _same(got, value)), None)


def _of(one: Observation, function: str) -> list[Called]:
    return [call for call in one.called if call.function == function]


def _full_backward_hands(one: Observation) -> tuple[str, str] | None:
    calls, given = _of(one, "single_layer_backward_propagation"), given_to(one)
    layers = given["nn_architecture"]
    L = len(layers)
    if not calls or L == 1:
        return None
    p, Y = given["Y_hat"], given["Y"].reshape(given["Y_hat"].shape)
    pool = {**given["memory"], **given["params_values"], names.A(L): p, "X": given["memory"]["A0"], "Y": Y}
    dA = -(Y / p - (1 - Y) / (1 - p))
    handed_on = [call.result[0] for call in calls if isinstance(call.result, tuple)]
    for k, call in enumerate(calls):
        layer = L - k
        if layer < 1:
            return "too-many-layers", "It runs more layers than there are."
        want = {"W": names.W(layer), "Z": names.Z(layer), "A_prev": names.A(layer - 1), "b": names.b(layer)}
        got_dA = call.arguments.get("dA")
        if k == 0 and isinstance(got_dA, np.ndarray) and got_dA.shape == (p.shape[1],) * 2 != p.shape:
            return "pairs", "Y is transposed: each label meets each prediction, and dA_L is (m, m)."
        if k == 0 and all(_same(call.arguments.get(role), pool.get(f"{role}{L - 1}")) for role in ("W", "Z")):
            return "last-layer-missing", "It starts at the last but one layer: the last layer is left out."
        if k == 0 and isinstance(got_dA, np.ndarray) and not _near(got_dA, dA, rtol=1e-13, atol=0):
            for id, says, value in loss_gradients(p, Y):
                if got_dA.shape == value.shape and close(got_dA, value, np.abs(dA) * 4e-15, dA):
                    if id == "mean-twice" and len(calls) > 1 and handed_on and _same(calls[1].arguments.get("dA"), handed_on[0] / p.shape[1]):
                        return "dA-altered", "dA is divided by m at every layer: 1/m belongs in dW and db alone."
                    return id.partition(":")[0], says
            if not _near(got_dA, dA, rtol=1e-9):
                return None
        if k and isinstance(got_dA, np.ndarray) and len(handed_on) >= k and not _same(got_dA, handed_on[k - 1]):
            if _same(got_dA, calls[0].arguments.get("dA")):
                return "dA-not-moved-on", "Every layer gets dA_L: dA_prev of the layer above is not moved on."
            m = p.shape[1]
            for says, value in (("divided by m", handed_on[k - 1] / m), ("multiplied by m", handed_on[k - 1] * m), ("negated", -handed_on[k - 1])):
                if _same(got_dA, value):
                    return "dA-altered", f"dA is {says} on its way from layer to layer."
            return "dA-altered", "What a layer gets as dA is not what the layer above returned as dA_prev."
        for role, name in want.items():
            got = call.arguments.get(role)
            if not isinstance(got, np.ndarray) or _same(got, pool.get(name)):
                continue
            found = _named(got, {key: value for key, value in pool.items() if key.rstrip("0123456789") in ("A", "Z", "W", "b", "X", "Y")})
            if k == 0 and sum(_same(call.arguments.get(kind), pool.get(f"{kind}1")) for kind in ("W", "Z", "b")) > 1:
                return ("walks-forward", "It walks the layers from first to last: backward propagation goes from the last to the first.")
            if found:
                return f"hands:{role}", f"For layer {layer} it hands {found} to the layer as {role}: it must be {name}."
            return f"hands:{role}", f"What it hands to layer {layer} as {role} is not {name}."
        activation = call.arguments.get("activation", "relu")
        if activation != layers[layer - 1]["activation"]:
            if "activation" not in call.arguments:
                return ("activation-ignored", "The layer's activation is not passed on: every layer goes back through the default, relu.")
            return "hands:activation", f"Layer {layer} gets the activation {activation!r}, which is not its own."
    return None


def _altered_input(got: Array, X: Array) -> tuple[str, str]:
    if X.T.shape != X.shape and _near(got, X.T):
        return "input-transposed", "Layer 1 gets X transposed: X has one column an example already."
    if got.shape == X.shape:
        centred = X - X.mean(axis=1, keepdims=True)
        with np.errstate(all="ignore"):
            if _near(got, centred / X.std(axis=1, keepdims=True)):
                return "standardised", "X is standardised inside: predictions depend on the other examples."
            if _near(got, centred) or _near(got, X - X.mean()):
                return "centred", "X is centred inside: predictions depend on the other examples."
            ratios = got / X
        if np.allclose(ratios, ratios.flat[0], rtol=1e-9):
            return "input-scaled", f"Layer 1 gets {ratios.flat[0]:.6g} · X, not X."
    return "input-altered", "Layer 1 does not get X itself."


def _full_forward_hands(one: Observation) -> tuple[str, str] | None:
    calls, given = _of(one, "single_layer_forward_propagation"), given_to(one)
    layers = given["nn_architecture"]
    L = len(layers)
    if not calls or L == 1:
        return None
    right = forward_pass(one)
    pool = {**right, **given["params_values"], names.A(L): right["Y_hat"]}
    for layer, call in enumerate(calls, start=1):
        if layer > L:
            return "too-many-layers", "It runs more layers than there are."
        for role, name in (("A_prev", names.A(layer - 1)), ("W", names.W(layer)), ("b", names.b(layer))):
            got = call.arguments.get(role)
            if not isinstance(got, np.ndarray) or _same(got, pool[name]):
                continue
            if role == "A_prev" and layer == 1:
                return _altered_input(got, right["A0"])
            found = _named(got, pool)
            if found == "A0" and role == "A_prev":
                return "input-again", "Every layer gets X: A_prev is not moved on to the layer before's output."
            return f"hands:{role}", f"For layer {layer} it hands {found or 'something else'} to the layer as {role}: it must be {name}."
        if call.arguments.get("activation", "relu") != layers[layer - 1]["activation"]:
            if "activation" not in call.arguments:
                return ("activation-ignored", "The layer's activation is not passed on: every layer gets the default, relu.")
            return "hands:activation", f"Layer {layer} gets the activation {call.arguments['activation']!r}, which is not its own."
    return None


def _single_hands(one: Observation) -> tuple[str, str] | None:
    given = given_to(one)
    backward = "dA" in given
    act, Z, A = given["activation"], given.get("Z"), given["A_prev"]
    WA = given["W"] @ A
    Z = WA + given["b"] if Z is None else Z
    names = {f"{name}{'_backward' if backward else ''}": name for name in ("relu", "sigmoid")}
    calls = [call for call in one.called if call.function in names]
    if len(calls) != 1:
        return None
    call = calls[0]
    if names[call.function] != act and one.case.default:
        return ("default-activation", f"Where no activation is given it takes {names[call.function]}: the default is relu.")
    if names[call.function] != act:
        return f"activation:{act}", f"For '{act}' it calls {call.function}."
    got = call.arguments.get("Z")
    if isinstance(got, np.ndarray) and not _near(got, Z, rtol=1e-9, atol=1e-12):
        pool = {"A_prev": A, "g(Z)": activated(act, Z), "W · A_prev, without the bias,": WA, "dA": given.get("dA"), "b": given["b"]}
        found = _named(got, {key: value for key, value in pool.items() if value is not None})
        found = found or next((key for key, value in pool.items() if value is not None and _near(got, value)), None)
        if found and backward:
            return f"hands:Z:{found}", f"{call.function} gets {found} where Z belongs."
    if backward:
        got = call.arguments.get("dA")
        if isinstance(got, np.ndarray) and not _near(got, given["dA"]):
            found = _named(got, {"Z": Z, "A_prev": A, "W": given["W"]})
            if found:
                return f"hands:dA:{found}", f"{call.function} gets {found} where dA belongs."
    return None


def _sigmoid_hands(one: Observation) -> tuple[str, str] | None:
    given = given_to(one)
    for call in _of(one, "sigmoid"):
        got = call.arguments.get("Z")
        if isinstance(got, np.ndarray) and not _same(got, given["Z"]):
            if _same(got, given["dA"]):
                return "wrong-point", "The slope is taken at dA, not at Z."
            if _near(got, sigma(given["Z"])):
                return "wrong-point", "σ is applied twice: the slope is taken at σ(Z), not at Z."
    return None


def _accuracy_hands(one: Observation) -> tuple[str, str] | None:
    given, calls = given_to(one), _of(one, "convert_prob_into_class")
    handed = [call.arguments.get("probs") for call in calls]
    if not any(_same(probs, given["Y_hat"]) for probs in handed) and any(_same(probs, given["Y"]) for probs in handed):
            return "classes-of-labels", "It makes classes of Y, the labels, not of Ŷ."
    return None


def _train_hands(one: Observation) -> tuple[str, str] | None:
    given = given_to(one)
    X, Y, epochs, rate = given["X"], given["Y"], given["epochs"], given["learning_rate"]
    starts, steps, forwards = _of(one, "init_layers"), _of(one, "update"), _of(one, "full_forward_propagation")
    if starts and starts[0].arguments.get("seed", 99) != 2:
        seed = starts[0].arguments.get("seed")
        return ("training-seed", f"init_layers is called {'without a seed' if seed is None else f'with seed {seed}'}: training starts from seed 2.")
    if len(starts) > 1:
        return "starts-again", f"init_layers runs {len(starts)} times: what was trained is thrown away."
    if one.problem and one.problem.startswith("it calls"):
        return "swapped", f"I{one.problem[1:]}: what is printed is something else."
    for number, call in enumerate(forwards):
        got = call.arguments.get("X")
        if isinstance(got, np.ndarray) and not _same(got, X):
            if got.shape[:1] == X.shape[:1] and got.size < X.size:
                return "examples-left-out", "Only some of the examples are used."
            if got.shape == X.shape and _same(np.sort(got, axis=1), np.sort(X, axis=1)):
                return "reordered", "Forward propagation gets the examples in another order, the labels do not."
            if number:
                return "X-changes", "X changes from epoch to epoch: every step must see the same data."
            return "X-altered", "Forward propagation does not get X itself."
    for call in _of(one, "full_backward_propagation"):
        got_Y_hat, got_Y = call.arguments.get("Y_hat"), call.arguments.get("Y")
        if isinstance(got_Y_hat, np.ndarray) and _same(got_Y_hat, Y) and not _same(got_Y, Y):
            return "swapped", "full_backward_propagation gets Y and Ŷ in each other's places."
        if isinstance(got_Y, np.ndarray) and not _same(got_Y, Y):
            return "Y-altered", "full_backward_propagation does not get Y itself."
        outputs = [f.result[0] for f in forwards if isinstance(f.result, tuple)]
        if isinstance(got_Y_hat, np.ndarray) and outputs and not any(_same(got_Y_hat, output) for output in outputs):
            if np.isin(got_Y_hat, (0, 1)).all():
                return "classes", "full_backward_propagation gets classes, 0 and 1: the gradient needs probabilities."
            return "Y_hat-altered", "full_backward_propagation does not get what forward propagation returned."
    for call in steps:
        if call.arguments.get("learning_rate", rate) != rate:
            got = call.arguments["learning_rate"]
            number = isinstance(got, (int, float)) or (isinstance(got, np.ndarray) and got.shape == ())
            shown = f"{float(got):g}" if number else "something else"
            return "rate-altered", f"update gets the learning rate {shown}, not the {rate:g} that train was given."
    if steps and len(steps) != epochs:
        return "step-count", f"update runs {len(steps)} times in {epochs} epochs."
    before = None
    for call in one.called:
        if call.function == "full_forward_propagation" and before is not None and not _all_same(call.arguments.get("params_values"), before):
            return "update-unused", "Forward propagation does not get the weights that update returned."
        if call.function == "update":
            before = call.result
    gradients = [call.result for call in _of(one, "full_backward_propagation")]
    if len(gradients) < len(steps):
        return ("stale-gradients", f"Gradients are computed {len(gradients)} times for {len(steps)} updates: most steps use old ones.")
    for number, call in enumerate(steps):
        if number < len(gradients) and not _all_same(call.arguments.get("grads_values"), gradients[number]):
            return "stale-gradients", "update does not get the gradients of the same epoch."
    return None


def _all_same(got: Any, want: Any) -> bool:
    return isinstance(got, dict) and isinstance(want, dict) and all(_same(got.get(name), value) for name, value in want.items())


HANDED: dict[str, Callable[[Observation], tuple[str, str] | None]] = {
    "full_backward_propagation": _full_backward_hands,
    "full_forward_propagation": _full_forward_hands,
    "single_layer_forward_propagation": _single_hands,
    "single_layer_backward_propagation": _single_hands,
    "sigmoid_backward": _sigmoid_hands,
    "get_accuracy_value": _accuracy_hands,
    "train": _train_hands,
}
