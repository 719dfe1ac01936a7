"""A whole pass with one thing done otherwise: a quantity of its layers, or what is filed under which name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from numpynet import names
from numpynet.check.readings.families import EPSILONS, TINY, alternatives
from numpynet.check.readings.quantities import LAYER, LINEAR_BACK, SLOPE, Quantities, Recipe, activation, quantities, wide
from numpynet.check.result import Observation
from numpynet.types import Array

Values = dict[str, Array]


def layer_of(W: Array, b: Array, A_prev: Array, name: str, **more: Any) -> Quantities:
    """The quantities of one layer of a pass."""
    m = A_prev.shape[1]
    sizes = {"m": m, "over": m, "n_out": W.shape[0], "n_in": W.shape[1]}
    given = {"W": W, "b": b, "A_prev": A_prev, **sizes, **activation(name), **more}
    return Quantities(given, LAYER | SLOPE | LINEAR_BACK | {"dZ": "back(dA, Z)"})


def made(layer: Quantities, recipe: Recipe | None, variant: str = "") -> Quantities:
    """The layer with the recipe in it, where it is one of the layer's activation."""
    return layer if recipe is None or variant not in ("", layer["activation"]) else layer.made(recipe)


def forward_pass(
    one: Observation, recipe: Recipe | None = None, variant: str = "", act: str = "", stop: int | None = None, again: bool = False
) -> Values:
    """Y_hat and memory. `again`: every layer gets X; `act`: one activation for all; `stop`: after so many layers."""
    layers, P = one.case.arguments["nn_architecture"], one.case.arguments["params_values"]
    A, values = wide(one.case.arguments["X"]), {}
    for k, layer in enumerate(layers[:stop], start=1):
        A_prev = values[names.A(k - 1)] = values["A0"] if again and k > 1 else A
        q = layer_of(wide(P[names.W(k)]), wide(P[names.b(k)]), A_prev, act or layer["activation"])
        q = made(q, recipe, variant)
        values[names.Z(k)], A = np.asarray(q["Z"]), np.asarray(q["A"])
    return values | {"Y_hat": A}


def gradients(
    one: Observation,
    dA: Array | None = None,
    recipe: Recipe | None = None,
    variant: str = "",
    act: str = "",
    A: Callable[[int], int] = lambda k: k - 1,
    Z: Callable[[int], int] = lambda k: k,
    moved: Callable[[Array, int], Array] = lambda dA, m: dA,
) -> Values:
    """dW and db of every layer. `A`, `Z`: of which layer they are taken; `moved`: what is done to dA on its way."""
    given = one.case.arguments
    layers, memory, P, values = given["nn_architecture"], given["memory"], given["params_values"], {}
    outputs = memory | {names.A(len(layers)): given["Y_hat"]}
    dA = top(one)["dA"] if dA is None else dA
    for k in range(len(layers), 0, -1):
        A_prev, own_Z = wide(outputs[names.A(A(k))]), wide(memory[names.Z(Z(k))])
        W, b = wide(P[names.W(k)]), wide(P[names.b(k)])
        q = made(layer_of(W, b, A_prev, act or layers[k - 1]["activation"], dA=dA, Z=own_Z), recipe, variant)
        only = layer_of(W, b, A_prev, act or layers[k - 1]["activation"], dA=dA, Z=own_Z) if recipe and recipe.only else q
        for name in ("dW", "db"):
            values[f"{name}{k}"] = np.asarray((q if not recipe or recipe.only in ("", name) else only)[name], float)
        dA = moved((q if not recipe or recipe.only in ("", "dA_prev") else only)["dA_prev"], given["Y_hat"].shape[1])
    return values


def top(one: Observation) -> Quantities:
    """The loss of a whole pass: dA_L of Y_hat and Y."""
    return quantities("cost", one, Y=one.case.arguments["Y"].reshape(one.case.arguments["Y_hat"].shape))


def under(pool: Mapping[str, Array], keys: Mapping[str, Array], **sources: tuple[str, int]) -> Values:
    """The same keys, and under each kind another: with Z=("A", 1), A of the next layer under Z."""
    found = dict(keys)
    for name in keys:
        if (kind := names.kind(name)) in sources:
            other, by = sources[kind]
            found[name] = pool[names.make(other, (names.layer_of(name) or 0) + by)]
    return found


def rekeyed(values: Mapping[str, Array], **moves: Callable[[int], int]) -> Values:
    """Each kind of value under another layer's number."""
    return {
        names.make(kind, moves[kind](names.layer_of(name) or 0)) if (kind := names.kind(name)) in moves else name: value
        for name, value in values.items()
    }


def without(values: Mapping[str, Array], lost: Callable[[str, int], bool]) -> Values:
    """Without what is lost, by kind and layer."""
    return {name: v for name, v in values.items() if not lost(names.kind(name), names.layer_of(name) or 0)}


Told = tuple[str, str, Callable[[], Values]]


def forward_filed(one: Observation) -> Iterator[Told]:
    """What a forward pass returns and files otherwise."""
    v, L = forward_pass(one), len(one.case.arguments["nn_architecture"])
    pool, p, Z = v | {names.A(L): v["Y_hat"]}, v["Y_hat"], v[names.Z(L)]
    yield "files-output", "memory files each layer's output, A_curr, where its input, A_prev, belongs.", lambda: under(pool, v, A=("A", 1))
    yield "keys", "A is filed under a number too large by one: A1 is X.", lambda: rekeyed(v, A=lambda k: k + 1)
    yield "files-A-as-Z", "memory holds A where Z belongs: the slope must be taken before the activation.", lambda: under(pool, v, Z=("A", 0))
    yield "files-Z-as-A", "memory holds Z where A belongs.", lambda: under(pool | {"Z0": v["A0"]}, v, A=("Z", 0))
    yield "files-A_prev-as-Z", "memory holds A_prev where Z belongs.", lambda: under(pool, v, Z=("A", -1))
    yield "keys", "Z is filed under a number too small by one: Z0 is layer 1's.", lambda: rekeyed(v, Z=lambda k: k - 1)
    yield "keys", "Z is filed under a number too large by one.", lambda: rekeyed(v, Z=lambda k: k + 1)
    yield "lost-in-memory", "Only the last layer's numbers are in memory.", lambda: without(v, lambda kind, k: k < L - (kind == "A") and kind != "Y_hat")
    yield "lost-in-memory", "Z is not in memory: backward propagation needs it.", lambda: without(v, lambda kind, k: kind == "Z")
    yield "lost-in-memory", "A is not in memory: backward propagation needs it.", lambda: without(v, lambda kind, k: kind == "A")
    yield "lost-in-memory", "The input A0 is not in memory.", lambda: without(v, lambda kind, k: (kind, k) == ("A", 0))
    yield "returns-early", "Only the first layer runs: it returns inside the loop.", lambda: forward_pass(one, stop=1)
    yield "last-layer-missing", "The last layer never runs: the loop ends too early.", lambda: forward_pass(one, stop=L - 1)
    yield "altered-Z", "memory holds max(0, Z), not Z.", lambda: v | {key: np.maximum(v[key], 0) for key in v if key[0] == "Z"}
    yield "one-for-all", "Every A in memory is the last one.", lambda: v | {names.A(k): v[names.A(L - 1)] for k in range(L)}
    yield "one-for-all", "Every A in memory is X.", lambda: v | {names.A(k): v["A0"] for k in range(L)}
    yield "input-again", "Every layer gets X: A_prev is not moved on.", lambda: forward_pass(one, again=True)
    for id_, says, value in (
        ("returns-Z", "It returns the last Z, not the last A: no probability.", Z),
        ("returns-input", "It returns the last layer's input, not its output.", v[names.A(L - 1)]),
        ("classes", "It returns classes: cost and gradient need the probabilities.", (p > 0.5) * 1.0),
        ("activation-twice", "The sigmoid is applied once more to the output.", 1 / (1 + np.exp(-p))),
        ("normalised", "The outputs are divided by their sum.", p / p.sum(axis=0)),
        ("normalised", "The outputs are divided by their sum.", p / p.sum()),
        ("transposed", "The prediction is transposed.", p.T),
    ):
        yield id_, says, lambda value=value: v | {"Y_hat": value}  # type: ignore[misc]
    for name in dict.fromkeys(layer["activation"] for layer in one.case.arguments["nn_architecture"]):
        text = f"Every layer is computed with {name}: the layer's own activation is not passed on."
        yield f"activation-ignored:{name}", text, lambda name=name: forward_pass(one, act=name)  # type: ignore[misc]


def backward_filed(one: Observation) -> Iterator[Told]:
    """What a backward pass takes from other layers, and files otherwise."""
    g, L = gradients(one), len(one.case.arguments["nn_architecture"])
    last = {names.dW(L), names.db(L)}
    for kinds, words in ((("dW", "db"), "The gradients are"), (("dW",), "dW is"), (("db",), "db is")):
        suffix = "" if len(kinds) > 1 else f":{kinds[0]}"
        for id_, says, move in (
            ("mirrored", "filed under the mirrored layer's number: that of layer 1 is the last layer's", lambda k: L + 1 - k),
            ("keys", "filed under numbers too small by one", lambda k: k - 1),
            ("keys", "filed under numbers too large by one", lambda k: k + 1),
        ):
            yield id_ + suffix, f"{words} {says}.", lambda move=move, kinds=kinds: rekeyed(g, **dict.fromkeys(kinds, move))  # type: ignore[misc]
    yield "returns-early", "Only the last layer's gradients are there: it returns inside the loop.", lambda: {name: g[name] for name in last}
    yield "first-layer-missing", "The first layer's gradients are missing: the loop ends too early.", lambda: without(g, lambda kind, k: k == 1)
    yield "last-layer-missing", "The last layer's gradients are missing.", lambda: without(g, lambda kind, k: k == L)
    yield "lost-kind", "db is missing.", lambda: without(g, lambda kind, k: kind == "db")
    yield "lost-kind", "dW is missing.", lambda: without(g, lambda kind, k: kind == "dW")
    yield "swapped-keys", "dW and db are filed under each other's names.", lambda: under(g, g, dW=("db", 0), db=("dW", 0))
    yield "one-key", "db is filed under the name of dW.", lambda: without(under(g, g, dW=("db", 0)), lambda kind, k: kind == "db")
    yield "one-key", "dW is filed under the name of db.", lambda: without(under(g, g, db=("dW", 0)), lambda kind, k: kind == "dW")
    yield "db-from-dW", "db is the mean of dW: it is a sum of dZ over the examples.", lambda: {n: v if n[1] == "W" else g["dW" + n[2:]].mean(axis=1, keepdims=True) for n, v in g.items()}
    yield "db-from-dW", "db is the sum of dW: it is a sum of dZ over the examples.", lambda: {n: v if n[1] == "W" else g["dW" + n[2:]].sum(axis=1, keepdims=True) for n, v in g.items()}
    for k, words in ((1, "first"), (L, "last")):
        for lost in ((names.dW(k),), (names.dW(k), names.db(k)), (names.db(k),)):
            text = f"{' and '.join(lost)} of the {words} layer is set to zero: it never learns."
            yield f"zeroed:{words}", text, lambda lost=lost: g | {name: 0 * g[name] for name in lost}  # type: ignore[misc]
    yield "zeroed:db", "Every db is zero.", lambda: {n: v * (n[1] == "W") for n, v in g.items()}
    yield "layer-shifted", "dW uses A_l, the layer's own output, where A_{l−1} belongs.", lambda: gradients(one, A=lambda k: k)
    yield "layer-shifted", "dW uses A_l, the layer's own output, where A_{l−1} belongs.", lambda: gradients(one, A=lambda k: min(k, L - 1))
    yield "layer-shifted", "The slope is taken at another layer's Z.", lambda: gradients(one, Z=lambda k: max(1, k - 1))
    yield "layer-shifted", "Every layer uses A0.", lambda: gradients(one, A=lambda k: 0)
    yield "dA-altered", "dA is divided by m on its way down: 1/m belongs in dW and db alone.", lambda: gradients(one, moved=lambda dA, m: dA / m)
    yield "dA-altered", "dA changes its sign from layer to layer.", lambda: gradients(one, moved=lambda dA, m: -dA)
    for name in dict.fromkeys(layer["activation"] for layer in one.case.arguments["nn_architecture"]):
        text = f"Every layer goes back through {name}: the layer's own activation is not passed on."
        yield f"activation-ignored:{name}", text, lambda name=name: gradients(one, act=name)  # type: ignore[misc]
