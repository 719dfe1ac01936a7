"""The steps: what people do to θ instead of the optimizer's step, and to the number of steps of a training."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from numpynet import names
from numpynet.check.cases import TRAINING_SEED, trained
from numpynet.check.readings.families import BOUNDS, TINY, changed, guarded
from numpynet.check.readings.passes import Values
from numpynet.check.readings.quantities import Fit, Quantities, Recipe, evaluate, wide
from numpynet.check.result import Observation
from numpynet.optimizers import OPTIMIZERS

MEANS = {"v": "beta1 * v0 + (1 - beta1) * h", "s": "beta2 * s0 + (1 - beta2) * h ** 2"}
ADAM = MEANS | {"v_hat": "v / (1 - beta1 ** t)", "s_hat": "s / (1 - beta2 ** t)"}
DECAYED = {"h": "g + weight_decay * theta"}
STEPS: dict[str, dict[str, str]] = {  # h: the gradient with the decay; new: θ after the step
    "sgd": DECAYED | {"new": "theta - lr * h"},
    "momentum": DECAYED | {"v": "momentum * v0 + (1 - dampening) * h", "new": "theta - lr * v"},
    "nesterov": DECAYED | {"v": "momentum * v0 + (1 - dampening) * h", "new": "theta - lr * (h + momentum * v)"},
    "adagrad": DECAYED | {"s": "s0 + h ** 2", "new": "theta - lr * h / (sqrt(s) + eps)"},
    "rmsprop": DECAYED | {"s": "alpha * s0 + (1 - alpha) * h ** 2", "new": "theta - lr * h / (sqrt(s) + eps)"},
    "adam": DECAYED | ADAM | {"new": "theta - lr * v_hat / (sqrt(s_hat) + eps)"},
    "adamw": ADAM | {"h": "g", "new": "(1 - lr * weight_decay) * theta - lr * v_hat / (sqrt(s_hat) + eps)"},
}
KEPT = {"momentum_buffer": "v", "exp_avg": "v", "exp_avg_sq": "s", "square_avg": "s", "sum": "s"}
ROWS = [  # of θ, after “W” or “W and b”
    ("sign", "moved uphill: α · dθ is added", "theta + lr * g"),
    ("not-updated", "never updated", "theta"),
    ("rate-missing", "moved by dθ itself: the learning rate is missing", "theta - g"),
    ("twice", "moved twice", "theta - 2 * lr * g"),
    ("rate-squared", "moved by α² · dθ: the learning rate is applied twice", "theta - lr * lr * g"),
    ("rate-divided", "moved by dθ/α: it divides by the learning rate", "theta - g / lr"),
    ("replaced", "replaced by −α · dθ: “=-” is not “-=”", "-lr * g"),
    ("gradient", "replaced by the gradient", "g"),
    ("weights-as-step", "moved by α · θ, not by α · dθ", "theta - lr * theta"),
    ("signs", "moved by the sign of the gradient alone", "theta - lr * sign(g)"),
    ("scaled-by-width", "moved by α · dθ divided by the number of inputs", "theta - lr * g / n_in"),
    ("scaled-by-width", "moved by α · dθ divided by the number of units", "theta - lr * g / n_out"),
    ("normalised", "moved by a gradient divided by its norm", "theta - lr * g / norm(g)"),
    ("with-db", "updated with db", "theta - lr * db"),
    ("with-dW", "updated with the mean of dW", "theta - lr * rows(dW) / n_in"),
    ("with-dW", "updated with the sum of dW", "theta - lr * rows(dW)"),
]
OPTIMIZER_ROWS: list[tuple[str, str, str, str]] = [  # id, sentence, target, expression
    ("plain-step", "It takes the plain step θ − α · g: the optimizer's own rule is missing.", "new", "theta - lr * h"),
    ("bias-correction", "The bias correction is missing: v is used for v̂, and s for ŝ.", "v_hat", "v; s_hat: s"),
    ("bias-correction", "The bias correction of the mean is missing: v is used for v̂.", "v_hat", "v"),
    ("bias-correction", "The bias correction of the squares is missing: s is used for ŝ.", "s_hat", "s"),
    ("step-number", "t is one too small: it counts from 1.", "t", "t - 1"),
    ("step-number", "t is one too large: it counts from 1.", "t", "t + 1"),
    ("root-missing", "The root is missing: it divides by s.", "new", "theta - lr * h / (s + eps)"),
    ("root-missing", "The root is missing: it divides by ŝ.", "new", "theta - lr * v_hat / (s_hat + eps)"),
    ("epsilon-inside", "ε is under the root: it is added to it.", "new", "theta - lr * h / sqrt(s + eps)"),
    ("epsilon-inside", "ε is under the root: it is added to it.", "new", "theta - lr * v_hat / sqrt(s_hat + eps)"),
    ("old-state", "The step uses what was remembered before it, not what is new.", "v", "v0"),
    ("old-state", "The step uses what was remembered before it, not what is new.", "s", "s0"),
    ("not-averaged", "v is not averaged: it adds the whole gradient.", "v", "beta1 * v0 + h"),
    ("betas-swapped", "β and 1 − β are in each other's places.", "v", "(1 - beta1) * v0 + beta1 * h"),
    ("betas-swapped", "β and 1 − β are in each other's places.", "s", "(1 - beta2) * s0 + beta2 * h ** 2"),
    ("betas-swapped", "α and 1 − α are in each other's places.", "s", "(1 - alpha) * s0 + alpha * h ** 2"),
    ("decay-coupled", "The decay goes into the gradient: adamw takes it off θ itself.", "h", "g + weight_decay * theta"),
    ("decay-missing", "The weight decay is missing.", "weight_decay", "0 * lr"),
    ("decay-sign", "The weight decay has the wrong sign.", "weight_decay", "-weight_decay"),
    ("decay-by-rate", "The decay is not multiplied by the learning rate.", "new", "(1 - weight_decay) * theta - lr * v_hat / (sqrt(s_hat) + eps)"),
]  # fmt: skip
FITTED = [
    Fit("step-scaled:{k:.9f}", "is {shown} times α · dθ", "new", "(theta - got) / (lr * g)", "theta - k * lr * g"),
    Fit("rate-altered", "is a multiple of α · dθ: the learning rate is altered", "new", "(theta - got) / (lr * g)", "theta - k * lr * g"),
]  # fmt: skip


def named(one: Observation, name: str) -> Quantities:
    """The quantities of one parameter's step."""
    given = one.case.arguments
    P, G, which = given["params_values"], given["grads_values"], given.get("optimizer", "sgd")
    hyper: dict[str, Any] = OPTIMIZERS[which].defaults | dict(given.get("hyperparameters", {}))
    hyper |= {"lr": given.get("learning_rate", hyper["lr"]), "t": given.get("t", 1)}
    if "betas" in hyper:
        hyper["beta1"], hyper["beta2"] = hyper["betas"]
    state = {f"{short}0": wide(given.get("state", {}).get(names.kept(key, name), 0 * P[name])) for key, short in KEPT.items()}
    state |= {f"{KEPT[key]}0": wide(given["state"][names.kept(key, name)]) for key in KEPT if names.kept(key, name) in given.get("state", {})}
    if which == "sgd" and hyper["momentum"]:
        which = "nesterov" if hyper["nesterov"] else "momentum"
        hyper["dampening"] *= hyper["t"] > 1  # the first velocity is the gradient
    layer = names.layer_of(name) or 0
    more = {short: wide(G[made(layer)]) for short, made in (("dW", names.dW), ("db", names.db))}
    n_out, n_in = P[names.W(layer)].shape
    return Quantities({"theta": wide(P[name]), "g": wide(G[names.d(name)]), "n_out": n_out, "n_in": n_in, **hyper, **state, **more}, STEPS[which])


def steps(one: Observation) -> Iterator[tuple[str, str, Callable[[], Values]]]:
    """Id, sentence, and the parameters after a step with one thing done otherwise."""
    given = one.case.arguments
    own = {name: named(one, name) for name in given["params_values"]}
    L, formulas = len(given["nn_architecture"]), next(iter(own.values())).formulas
    state = [(key, short) for key, short in KEPT.items() if any(name.startswith(f"{key}.") for name in one.case.expected)]

    def after(which: Callable[[str], bool], how: Callable[[Quantities], Quantities]) -> Values:
        chosen = {name: how(q) if which(name) else q for name, q in own.items()}
        kept = {names.kept(key, name): q[short] for key, short in state for name, q in chosen.items()}
        return {name: np.asarray(q["new"]) for name, q in chosen.items()} | {k: np.asarray(v) for k, v in kept.items()}

    def of(kinds: str, expression: str, target: str = "new") -> Callable[[], Values]:
        return lambda: after(lambda name: name[0] in kinds, lambda q: q.made(Recipe("", "", target, expression)))

    for kinds in ("W", "b", "Wb"):
        verb = f"{' and '.join(kinds)} {'are' if len(kinds) > 1 else 'is'}"
        for id_, words, expression in ROWS:
            yield f"{kinds}-{id_}" if len(kinds) < 2 else id_, f"{verb} {words}.", of(kinds, expression)
    for id_, says, on in (
        ("returns-early", "Only layer 1 is updated: it returns inside the loop.", lambda k: k == 1),
        ("first-layer-missing", "Layer 1 is never updated.", lambda k: k > 1),
        ("last-layer-missing", "The last layer is never updated: the loop ends too early.", lambda k: k < L),
        ("only-last", "Only the last layer is updated.", lambda k: k == L),
    ):
        yield id_, says, lambda on=on: after(lambda name: not on(names.layer_of(name) or 0), lambda q: q.instead(new=q["theta"]))  # type: ignore[misc]
    for k, words in ((L, "last"), (1, "first")):
        for name in (names.W(k), names.b(k)):
            text = f"{name[0]} of the {words} layer is never updated."
            yield f"{name[0]}-of-{words}", text, lambda name=name: after(lambda n: n == name, lambda q: q.instead(new=q["theta"]))  # type: ignore[misc]
    yield "replaced-by-gradients", "It returns the gradients under their own names.", lambda: {names.d(n): q["g"] for n, q in own.items()}
    if "optimizer" in given:
        for id_, says, target, expression in OPTIMIZER_ROWS:
            yield id_, says, of("Wb", expression.partition(";")[0], target)
        for target, formula in formulas.items():
            for id_, says, text in changed(formula):
                yield id_, f"In {target}: {says}".replace("In new: ", ""), of("Wb", text, target)
        for other, rules in STEPS.items():
            if rules is not formulas:
                yield f"other-optimizer:{other}", f"This is the step of {other}, not of {given['optimizer']}.", lambda rules=rules: after(lambda name: True, lambda q: Quantities(q.given, rules))  # type: ignore[misc]
    for kinds in ("W", "b", "Wb"):
        verb, words = f"{' and '.join(kinds)} {'are' if len(kinds) > 1 else 'is'}", " and ".join(kinds)
        for rate in (0.01, 0.001, 0.1, 0.5, 1.0, 0.05, 0.0075):
            yield f"rate:{rate:g}:{kinds}", f"The learning rate of {words} is always {rate:g}: the argument is not used.", of(kinds, f"theta - {rate} * g")
        ratios = {}
        for name, q in own.items():
            got = one.values.get(name)
            if name[0] in kinds and got is not None and got.shape == q["theta"].shape:
                with np.errstate(all="ignore"):
                    ratios[name] = float(np.median((q["theta"] - got) / (q["lr"] * q["g"])))
        ks = list(ratios.values())
        if ks and np.allclose(ks, ks[0], rtol=1e-9, atol=0) and abs(ks[0] - 1) > 1e-12:
            shown = f"1 {ks[0] - 1:+.3g}" if abs(ks[0] - 1) < 1e-3 else f"{ks[0]:.6g}"
            yield f"step-scaled:{ks[0]:.9f}:{kinds}", f"The step of {words} is {shown} times α · dθ.", of(kinds, f"theta - {ks[0]!r} * lr * g")
            yield f"rate-altered:{kinds}", f"The learning rate is altered: the step of {words} is a multiple of α · dθ.", of(kinds, f"theta - {ks[0]!r} * lr * g")
        for narrow in ("float32", "float16"):
            yield f"cast:{narrow}:{kinds}", f"{verb} cast to {narrow}: digits are lost.", of(kinds, f"{narrow}(new)")
        for c in BOUNDS:
            yield f"clip:{c:g}:{kinds}", f"{words}: the gradient is clipped to ±{c:g} before the step.", of(kinds, f"theta - lr * clip(g, -{c}, {c})")
            yield f"clip-theta:{c:g}:{kinds}", f"{verb} clipped to ±{c:g}.", of(kinds, f"clip(new, -{c}, {c})")
        for digits in range(2, 11):
            yield f"rounded:{digits}:{kinds}", f"{verb} rounded to {digits} decimals.", of(kinds, f"round(new, {digits})")
        for decay in (0.1, 0.01, 0.001, 1e-4, 0.5, 0.9, 1e-5, 0.99, 1.0):
            for says, expression in (
                (f"A weight decay of {decay:g} is added: the contract has none.", f"theta - lr * (g + {decay} * theta)"),
                (f"θ shrinks by {decay:g} in each step: the contract has no decay.", f"theta * (1 - {decay}) - lr * g"),
                (f"θ is multiplied by {decay:g} in each step.", f"theta * {decay} - lr * g"),
            ):
                yield f"decay:{decay:g}:{kinds}", f"{words}: {says}", of(kinds, expression)


def trainings(one: Observation) -> Iterator[tuple[str, str, Callable[[], Mapping[str, Any]]]]:
    """Id, sentence, and the weights after a training with other steps, another start or another rate."""
    given = one.case.arguments
    X, Y, layers, epochs, rate = (wide(given[name]) for name in ("X", "Y", "nn_architecture", "epochs", "learning_rate"))
    for k in range(epochs + 3):
        if k != epochs:
            word = {-1: "one step too few", 1: "one step too many"}.get(k - epochs, f"{k} of {epochs} steps")
            id_ = f"steps:{k - epochs}" if abs(k - epochs) < 3 else f"steps:{k}"
            yield id_, f"It takes {word}.", lambda k=k: trained(X, Y, layers, k, rate)  # type: ignore[misc]
    for seed in (99, 0, 1, 3, 42, 10, 100):
        text = f"It starts from the weights of seed {seed}: training starts from seed {TRAINING_SEED}."
        yield f"training-seed:{seed}", text, lambda seed=seed: trained(X, Y, layers, epochs, rate, seed)  # type: ignore[misc]
    for factor in (0.1, 10.0, 0.5, 2.0, 1 / X.shape[1], rate):
        text = f"The learning rate is multiplied by {factor:g}."
        yield f"rate:{factor:g}", text, lambda factor=factor: trained(X, Y, layers, epochs, rate * factor)  # type: ignore[misc]
