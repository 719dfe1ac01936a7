"""The steps: what people do to θ instead of the optimizer's step, and to the number of steps of a training."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from numpynet import names
from numpynet.check.cases import TRAINING_SEED, trained
from numpynet.check.readings.families import BOUNDS, TINY, changed, guarded
from numpynet.check.readings.passes import Values, number
from numpynet.check.readings.quantities import Quantities, evaluate, wide
from numpynet.check.result import Observation
from numpynet.optimizers import OPTIMIZERS

DECAYED = {"h": "g + weight_decay * theta"}
VELOCITY = DECAYED | {"v": "momentum * v0 + (1 - dampening) * h"}
ADAM = {
    "v": "beta1 * v0 + (1 - beta1) * h",
    "s": "beta2 * s0 + (1 - beta2) * h ** 2",
    "v_hat": "v / (1 - beta1 ** t)",
    "s_hat": "s / (1 - beta2 ** t)",
}
STEPS: dict[str, dict[str, str]] = {  # h: the gradient with its decay; new: θ after the step
    "sgd": DECAYED | {"new": "theta - lr * h"},
    "momentum": VELOCITY | {"new": "theta - lr * v"},
    "nesterov": VELOCITY | {"new": "theta - lr * (h + momentum * v)"},
    "adagrad": DECAYED | {"s": "s0 + h ** 2", "new": "theta - lr * h / (sqrt(s) + eps)"},
    "rmsprop": DECAYED | {"s": "alpha * s0 + (1 - alpha) * h ** 2", "new": "theta - lr * h / (sqrt(s) + eps)"},
    "adam": DECAYED | ADAM | {"new": "theta - lr * v_hat / (sqrt(s_hat) + eps)"},
    "adamw": ADAM | {"h": "g", "new": "(1 - lr * weight_decay) * theta - lr * v_hat / (sqrt(s_hat) + eps)"},
}
KEPT = {"momentum_buffer": "v", "exp_avg": "v", "exp_avg_sq": "s", "square_avg": "s", "sum": "s"}
RATES, DECAYS = (0.01, 0.001, 0.1, 0.5, 1.0, 0.05, 0.0075), (0.1, 0.01, 0.001, 1e-4, 0.5, 0.9, 1e-5, 0.99, 1.0)
ROWS = [  # of W, of b, or of both
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
    *[(f"rate:{c:g}", f"moved at the rate {c:g}: the argument is not used", f"theta - {c} * g") for c in RATES],
    *[(f"cast:{kind}", f"cast to {kind}: digits are lost", f"{kind}(new)") for kind in ("float32", "float16")],
    *[(f"clip:{c:g}", f"moved by a gradient clipped to ±{c:g}", f"theta - lr * clip(g, -{c}, {c})") for c in BOUNDS],
    *[(f"clip-theta:{c:g}", f"clipped to ±{c:g}", f"clip(new, -{c}, {c})") for c in BOUNDS],
    *[(f"rounded:{d}", f"rounded to {d} decimals", f"round(new, {d})") for d in range(2, 11)],
    *[(f"decay:{c:g}", f"moved by a weight decay of {c:g}, too", f"theta - lr * (g + {c} * theta)") for c in DECAYS],
    *[(f"decay:{c:g}", f"shrunk by {c:g} in each step, too", f"theta * (1 - {c}) - lr * g") for c in DECAYS],
    *[(f"decay:{c:g}", f"multiplied by {c:g} in each step, too", f"theta * {c} - lr * g") for c in DECAYS],
]
LAYERS = [  # which layers are updated
    ("returns-early", "Only layer 1 is updated: it returns inside the loop.", "k == 1"),
    ("first-layer-missing", "Layer 1 is never updated.", "k > 1"),
    ("last-layer-missing", "The last layer is never updated: the loop ends too early.", "k < L"),
    ("only-last", "Only the last layer is updated.", "k == L"),
    *[(f"{kind}-of-{words}", f"{kind} of the {words} layer is never updated.", f"kind != '{kind}' or k != {k}")
      for kind in "Wb" for words, k in (("last", "L"), ("first", "1"))],
]  # fmt: skip
OPTIMIZER = [  # of every optimizer that has these quantities
    ("plain-step", "It takes the plain step θ − α · g: the optimizer's own rule is missing.", {"new": "theta - lr * h"}),
    ("bias-correction", "The bias correction is missing: v is used for v̂, and s for ŝ.", {"v_hat": "v", "s_hat": "s"}),
    ("bias-correction", "The bias correction of the mean is missing: v is used for v̂.", {"v_hat": "v"}),
    ("bias-correction", "The bias correction of the squares is missing: s is used for ŝ.", {"s_hat": "s"}),
    ("step-number", "t is one too small: it counts from 1.", {"t": "t - 1"}),
    ("step-number", "t is one too large: it counts from 1.", {"t": "t + 1"}),
    ("root-missing", "The root is missing: it divides by the squares.", {"new": "theta - lr * h / (s + eps)"}),
    ("root-missing", "The root is missing: it divides by ŝ.", {"new": "theta - lr * v_hat / (s_hat + eps)"}),
    ("epsilon-inside", "ε is added under the root, not to it.", {"new": "theta - lr * h / sqrt(s + eps)"}),
    ("epsilon-inside", "ε is added under the root, not to it.", {"new": "theta - lr * v_hat / sqrt(s_hat + eps)"}),
    ("old-state", "The step uses the velocity from before it, not the new one.", {"v": "v0"}),
    ("old-state", "The step uses the squares from before it, not the new ones.", {"s": "s0"}),
    ("not-averaged", "v is no average: the whole gradient is added.", {"v": "beta1 * v0 + h"}),
    ("betas-swapped", "β₁ and 1 − β₁ are in each other's places.", {"v": "(1 - beta1) * v0 + beta1 * h"}),
    ("betas-swapped", "β₂ and 1 − β₂ are in each other's places.", {"s": "(1 - beta2) * s0 + beta2 * h ** 2"}),
    ("betas-swapped", "α and 1 − α are in each other's places.", {"s": "(1 - alpha) * s0 + alpha * h ** 2"}),
    ("decay-coupled", "The decay goes into the gradient: it must be taken off θ itself.", {"h": "g + weight_decay * theta", "weight_decay": "0 * t"}),
    ("decay-missing", "The weight decay is missing.", {"weight_decay": "0 * t"}),
    ("decay-sign", "The weight decay has the wrong sign.", {"weight_decay": "-weight_decay"}),
]  # fmt: skip


def named(one: Observation, name: str) -> Quantities:
    """The quantities of one parameter's step: "optimizer", "hyperparameters", "state" and "t" beside the lab's arguments."""
    given = one.case.arguments
    P, G, which, state = (
        given["params_values"],
        given["grads_values"],
        given.get("optimizer", "sgd"),
        given.get("state", {}),
    )
    hyper: dict[str, Any] = {"t": 1} | OPTIMIZERS[which].defaults | dict(given.get("hyperparameters", {}))
    hyper |= {"t": given.get("t", 1), "lr": given.get("learning_rate", hyper["lr"])}
    hyper |= dict(zip(("beta1", "beta2"), hyper.get("betas", ()), strict=False))
    kept = {
        f"{short}0": wide(state[names.kept(key, name)]) for key, short in KEPT.items() if names.kept(key, name) in state
    }
    if which == "sgd" and hyper["momentum"]:
        which = "nesterov" if hyper["nesterov"] else "momentum"
        hyper["dampening"] *= hyper["t"] > 1  # the first velocity is the gradient
    k, zeros = number(name), {"v0": 0 * wide(P[name]), "s0": 0 * wide(P[name])}
    gradients = {"g": wide(G[names.d(name)]), "dW": wide(G[names.dW(k)]), "db": wide(G[names.db(k)])}
    sizes = dict(zip(("n_out", "n_in"), P[names.W(k)].shape, strict=True))
    return Quantities({"theta": wide(P[name]), **gradients, **sizes, **hyper, **zeros, **kept}, STEPS[which])


def after(one: Observation, instead: Mapping[str, str], which: str = "True", rules: str = "") -> Values:
    """θ, and what is remembered, after the step, with other expressions for those parameters `which` is true of."""
    values: Values = {}
    for name in one.case.arguments["params_values"]:
        q = named(one, name)
        known = {"kind": name[0], "k": number(name), "L": len(one.case.arguments["nn_architecture"])}
        if evaluate(which, known):
            q = Quantities(q.given, STEPS[rules]) if rules else q
            q = q.instead(**{target: evaluate(expression, q) for target, expression in instead.items()})
        values[name] = np.asarray(q["new"], float)
        for key, short in KEPT.items():
            if names.kept(key, name) in one.case.expected:
                values[names.kept(key, name)] = np.asarray(q[short], float)
    return values


def steps(one: Observation) -> Iterator[tuple[str, str, Callable[[], Values], bool]]:
    """Id, sentence, the parameters after a step with one thing done otherwise, and whether it is harmless."""
    kinds_of = [(kinds, " and ".join(kinds), f"kind in '{kinds}'") for kinds in ("W", "b", "Wb")]
    for kinds, words, which in kinds_of:
        for id, says, expression in ROWS:
            full = f"{id}:{kinds}" if ":" in id else f"{kinds}-{id}" if len(kinds) == 1 else id
            verb = "is" if len(kinds) == 1 else "are"
            yield full, f"{words} {verb} {says}.", partial(after, one, {"new": expression}, which), False
    for id, says, updated in LAYERS:
        yield id, says, partial(after, one, {"new": "theta"}, f"not ({updated})"), False
    if name := one.case.arguments.get("optimizer"):
        formulas = named(one, next(iter(one.case.arguments["params_values"]))).formulas
        for id, says, instead in OPTIMIZER:
            if set(instead) <= {*formulas, "t", "weight_decay"}:
                yield id, says, partial(after, one, instead), False
        for other in STEPS:
            if STEPS[other] is not formulas:
                text = f"This is the step of {other}: the contract wants {name}."
                yield f"other-optimizer:{other}", text, partial(after, one, {}, rules=other), False
        for target, formula in formulas.items():
            for id, says, text in changed(formula):
                yield id, f"In {target}: {says}".replace("In new: ", ""), partial(after, one, {target: text}), False
            for epsilon in (1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-10, 1e-12):
                for text in guarded(formula, epsilon):
                    says = f"{epsilon:g} is added in a denominator."
                    yield f"epsilon:{epsilon:g}", says, partial(after, one, {target: text}), epsilon <= TINY
    yield from scaled(one)


def scaled(one: Observation) -> Iterator[tuple[str, str, Callable[[], Values], bool]]:
    """A step that is k times the right one, with the k that the file's numbers have."""
    for kinds in ("W", "b", "Wb"):
        ks = []
        for name, got in one.values.items():
            if name in one.case.arguments["params_values"] and name[0] in kinds:
                q = named(one, name)
                if got.shape == q["theta"].shape:
                    ks.append(float(np.median((q["theta"] - got) / (q["theta"] - q["new"]))))
        if ks and np.allclose(ks, ks[0], rtol=1e-9, atol=0) and abs(ks[0] - 1) > 1e-12:
            k, words = ks[0], " and ".join(kinds)
            shown = f"1 {k - 1:+.3g}" if abs(k - 1) < 1e-3 else f"{k:.6g}"
            step = partial(after, one, {"new": f"theta + {k!r} * (new - theta)"}, f"kind in '{kinds}'")
            yield f"step-scaled:{k:.9f}:{kinds}", f"The step of {words} is {shown} times the right one.", step, False
            text = f"The learning rate is altered: the step of {words} is a multiple of the right one."
            yield f"rate-altered:{kinds}", text, step, False


def trainings(one: Observation) -> Iterator[tuple[str, str, Callable[[], Mapping[str, Any]]]]:
    """Id, sentence, and the weights after a training with other steps, another start or another rate."""
    X, Y, layers, epochs, rate = (
        wide(one.case.arguments[name]) for name in ("X", "Y", "nn_architecture", "epochs", "learning_rate")
    )
    for k in range(epochs + 3):
        if k != epochs:
            word = {-1: "one step too few", 1: "one step too many"}.get(k - epochs, f"{k} of {epochs} steps")
            id = f"steps:{k - epochs}" if abs(k - epochs) < 3 else f"steps:{k}"
            yield id, f"It takes {word}.", partial(trained, X, Y, layers, k, rate)
    for seed in (99, 0, 1, 3, 42, 10, 100):
        text = f"It starts from the weights of seed {seed}: training starts from seed {TRAINING_SEED}."
        yield f"training-seed:{seed}", text, partial(trained, X, Y, layers, epochs, rate, seed)
    for factor in (0.1, 10.0, 0.5, 2.0, 1 / X.shape[1], rate):
        text = f"The learning rate is multiplied by {factor:g}."
        yield f"rate:{factor:g}", text, partial(trained, X, Y, layers, epochs, rate * factor)
