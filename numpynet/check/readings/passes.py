"""A whole pass with one thing done otherwise: a quantity of its layers, or what is filed under which name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from numpynet import names
from numpynet.check.readings.quantities import (
    LAYER,
    LINEAR_BACK,
    SLOPE,
    Quantities,
    Recipe,
    activation,
    evaluate,
    quantities,
    wide,
)
from numpynet.check.result import Observation
from numpynet.types import Array

Values = dict[str, Array]


def layer_of(W: Array, b: Array, A_prev: Array, name: str, **more: Any) -> Quantities:
    """The quantities of one layer of a pass."""
    m, (n_out, n_in) = A_prev.shape[1], W.shape
    given = {"W": wide(W), "b": wide(b), "A_prev": wide(A_prev), "m": m, "over": m, "n_out": n_out, "n_in": n_in}
    return Quantities(given | activation(name) | more, LAYER | SLOPE | LINEAR_BACK | {"dZ": "back(dA, Z)"})


def made(layer: Quantities, recipe: Recipe | None, variant: str, only: str) -> Quantities:
    """The layer with the recipe in it, where it is of the layer's activation, and of the result that is asked for."""
    if recipe is None or variant not in ("", layer["activation"]) or recipe.only not in ("", only):
        return layer
    return layer.made(recipe)


def forward_pass(
    one: Observation,
    recipe: Recipe | None = None,
    variant: str = "",
    act: str = "",
    stop: int | None = None,
    again: bool = False,
) -> Values:
    """Y_hat and memory. `again`: every layer gets X; `act`: one activation for all; `stop`: after so many layers."""
    layers, P = one.case.arguments["nn_architecture"], one.case.arguments["params_values"]
    A = wide(one.case.arguments["X"])
    values: Values = {}
    for k, layer in enumerate(layers[:stop], start=1):
        A_prev = values[names.A(k - 1)] = values["A0"] if again and k > 1 else A
        q = layer_of(P[names.W(k)], P[names.b(k)], A_prev, act or layer["activation"])
        values[names.Z(k)] = np.asarray(made(q, recipe, variant, "Z")["Z"])
        A = np.asarray(made(q, recipe, variant, "A")["A"])
    return values | {"Y_hat": A}


def gradients(
    one: Observation,
    dA: Array | None = None,
    recipe: Recipe | None = None,
    variant: str = "",
    act: str = "",
    A: str = "k - 1",
    Z: str = "k",
    down: str = "dA",
) -> Values:
    """dW and db of every layer. `A`, `Z`: of which layer they are taken; `down`: dA as the next layer gets it."""
    given = one.case.arguments
    layers, P, L = given["nn_architecture"], given["params_values"], len(given["nn_architecture"])
    outputs = given["memory"] | {names.A(L): given["Y_hat"]}
    dA = top(one)["dA"] if dA is None else dA
    values: Values = {}
    for k in range(L, 0, -1):
        known = {"k": k, "L": L, "m": given["Y_hat"].shape[1]}
        A_prev, own = outputs[names.A(evaluate(A, known))], wide(outputs[names.Z(evaluate(Z, known))])
        q = layer_of(P[names.W(k)], P[names.b(k)], A_prev, act or layers[k - 1]["activation"], dA=dA, Z=own)
        for name in ("dW", "db"):
            values[f"{name}{k}"] = np.asarray(made(q, recipe, variant, name)[name], float)
        dA = evaluate(down, known | {"dA": made(q, recipe, variant, "dA_prev")["dA_prev"]})
    return values


def top(one: Observation) -> Quantities:
    """The loss of a whole pass: dA_L of Y_hat and Y."""
    return quantities("cost", one, Y=one.case.arguments["Y"].reshape(one.case.arguments["Y_hat"].shape))


def number(name: str) -> int:
    """The layer that a name belongs to."""
    return names.layer_of(name) or 0


def under(v: Values, pool: Values, **sources: tuple[str, int]) -> Values:
    """The same keys, and under a kind another: with Z=("A", 1), A of the next layer under Z."""
    moved = {name: sources[names.kind(name)] for name in v if names.kind(name) in sources}
    return v | {name: pool[names.make(kind, number(name) + by)] for name, (kind, by) in moved.items()}


def filed(v: Values, kinds: str, by: int = 0, mirror: int = 0) -> Values:
    """These kinds under numbers too large by so many, or, with `mirror`, under L + 1 − k."""
    own = {name: names.make(names.kind(name), mirror + 1 - number(name) if mirror else number(name) + by) for name in v}
    return {own[name] if names.kind(name) in kinds.split() else name: value for name, value in v.items()}


def without(v: Values, kinds: str, layers: str = "True") -> Values:
    """Without these kinds, in the layers of which an expression of k is true."""
    lost = [name for name in v if names.kind(name) in kinds.split() and evaluate(layers, {"k": number(name)})]
    return {name: value for name, value in v.items() if name not in lost}


def altered(v: Values, kinds: str, expression: str, layers: str = "True") -> Values:
    """These kinds, x, as an expression of x, and of W of the gradient, dW, in the layers of which another is true."""
    found = dict(v)
    for name, x in v.items():
        if names.kind(name) in kinds.split() and evaluate(layers, {"k": number(name)}):
            found[name] = np.asarray(evaluate(expression, {"x": x, "dW": v.get(names.dW(number(name)))}))
    return found


FORWARD = [  # of v, what is right; pool: v and A_L
    ("files-output", "memory files each layer's output, A_curr, where its input, A_prev, belongs.", "under(v, pool, A=('A', 1))"),
    ("keys", "A is filed under a number too large by one: A1 is X.", "filed(v, 'A', 1)"),
    ("keys", "Z is filed under a number too small by one: Z0 is layer 1's.", "filed(v, 'Z', -1)"),
    ("keys", "Z is filed under a number too large by one.", "filed(v, 'Z', 1)"),
    ("files-A-as-Z", "memory holds A where Z belongs: the slope must be taken before the activation.", "under(v, pool, Z=('A', 0))"),
    ("files-Z-as-A", "memory holds Z where A belongs.", "under(v, pool | {'Z0': v['A0']}, A=('Z', 0))"),
    ("files-A_prev-as-Z", "memory holds A_prev where Z belongs.", "under(v, pool, Z=('A', -1))"),
    ("lost-in-memory", "Z is not in memory: backward propagation needs it.", "without(v, 'Z')"),
    ("lost-in-memory", "A is not in memory: backward propagation needs it.", "without(v, 'A')"),
    ("lost-in-memory", "The input A0 is not in memory.", "without(v, 'A', 'k == 0')"),
    ("lost-in-memory", "Only the last layer's numbers are in memory.", "without(without(v, 'Z', f'k < {L}'), 'A', f'k < {L - 1}')"),
    ("returns-early", "Only the first layer runs: it returns inside the loop.", "forward(stop=1)"),
    ("last-layer-missing", "The last layer never runs: the loop ends too early.", "forward(stop=L - 1)"),
    ("input-again", "Every layer gets X: A_prev is not moved on.", "forward(again=True)"),
    ("altered-Z", "memory holds max(0, Z), not Z.", "altered(v, 'Z', 'maximum(x, 0)')"),
    ("one-for-all", "Every A in memory is X.", "v | {key: v['A0'] for key in v if key[0] == 'A'}"),
    ("returns-Z", "It returns the last Z, not the last A: no probability.", "v | {'Y_hat': v[f'Z{L}']}"),
    ("returns-input", "It returns the last layer's input, not its output.", "v | {'Y_hat': v[f'A{L - 1}']}"),
    ("classes", "It returns classes: cost and gradient need the probabilities.", "altered(v, 'Y_hat', '(x > 0.5) * 1.0')"),
    ("activation-twice", "The sigmoid is applied once more to the output.", "altered(v, 'Y_hat', 'σ(x)')"),
    ("normalised", "The outputs are divided by the sum of their column.", "altered(v, 'Y_hat', 'x / x.sum(0)')"),
    ("normalised", "The outputs are divided by their sum.", "altered(v, 'Y_hat', 'x / x.sum()')"),
    ("transposed", "The prediction is transposed.", "altered(v, 'Y_hat', 'x.T')"),
]  # fmt: skip
BACKWARD = [  # of v, what is right
    *[(id + suffix, f"{words} filed under {says}.", f"filed(v, '{kinds}', {move})")
      for kinds, words, suffix in (("dW db", "The gradients are", ""), ("dW", "dW is", ":dW"), ("db", "db is", ":db"))
      for id, says, move in (("mirrored", "the mirrored layer's number: that of layer 1 is the last layer's", "mirror=L"),
                             ("keys", "numbers too small by one", "-1"), ("keys", "numbers too large by one", "1"))],
    ("returns-early", "Only the last layer's gradients are there: it returns inside the loop.", "without(v, 'dW db', f'k < {L}')"),
    ("first-layer-missing", "The first layer's gradients are missing: the loop ends too early.", "without(v, 'dW db', 'k == 1')"),
    ("last-layer-missing", "The last layer's gradients are missing.", "without(v, 'dW db', f'k == {L}')"),
    ("lost-kind", "db is missing.", "without(v, 'db')"),
    ("lost-kind", "dW is missing.", "without(v, 'dW')"),
    ("swapped-keys", "dW and db are filed under each other's names.", "under(v, v, dW=('db', 0), db=('dW', 0))"),
    ("one-key", "db is filed under the name of dW.", "without(under(v, v, dW=('db', 0)), 'db')"),
    ("one-key", "dW is filed under the name of db.", "without(under(v, v, db=('dW', 0)), 'dW')"),
    ("db-from-dW", "db is the mean of dW: it is a sum of dZ over the examples.", "altered(v, 'db', 'mean(dW, axis=1, keepdims=True)')"),
    ("db-from-dW", "db is the sum of dW: it is a sum of dZ over the examples.", "altered(v, 'db', 'rows(dW)')"),
    *[(f"zeroed:{words}", f"{what} of the {words} layer is set to zero: it never learns.", f"altered(v, '{kinds}', '0 * x', f'k == {{{k}}}')")
      for words, k in (("first", "1"), ("last", "L")) for what, kinds in (("dW", "dW"), ("dW and db", "dW db"), ("db", "db"))],
    ("zeroed:db", "Every db is zero.", "altered(v, 'db', '0 * x')"),
    ("layer-shifted", "dW uses A_l, the layer's own output, where A_{l−1} belongs.", "backward(A='k')"),
    ("layer-shifted", "dW uses A_l, the layer's own output, where A_{l−1} belongs.", "backward(A='min(k, L - 1)')"),
    ("layer-shifted", "The slope is taken at another layer's Z.", "backward(Z='max(1, k - 1)')"),
    ("layer-shifted", "Every layer uses A0.", "backward(A='0')"),
    ("dA-altered", "dA is divided by m on its way down: 1/m belongs in dW and db alone.", "backward(down='dA / m')"),
    ("dA-altered", "dA changes its sign from layer to layer.", "backward(down='-dA')"),
]  # fmt: skip
EVERY = "Every layer {} {}: the layer's own activation is not passed on."


def whole(one: Observation, expression: str) -> Values:
    """What a row of FORWARD or BACKWARD gives."""
    back, L = "memory" in one.case.arguments, len(one.case.arguments["nn_architecture"])
    v = gradients(one) if back else forward_pass(one)
    known = {"v": v, "L": L, "under": under, "filed": filed, "without": without, "altered": altered}
    pool: Mapping[str, Array] = v if back else v | {names.A(L): v["Y_hat"]}
    found: Values = evaluate(
        expression, known | {"pool": pool, "forward": partial(forward_pass, one), "backward": partial(gradients, one)}
    )
    return found
