"""The readings: for each function, the formulas that people write instead, and what each returns.

A reading has an id (before the colon: the cause; after it: the variant), a sentence, and the values by name. The values
that it does not change are the right ones.
"""

# fmt: off
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from numpynet import names
from numpynet.check.cases import TRAINING_SEED, trained
from numpynet.check.result import Observation
from numpynet.types import Array

EPSILONS = [10.0**-k for k in range(1, 17)] + [0.05, 0.005, 5e-5, 5e-8, 2.220446049250313e-16]


class Reading(NamedTuple):
    """A formula by id, in words, and what it returns by name."""

    id: str
    says: str
    values: Mapping[str, Array]


def sigma(Z: Array) -> Array:
    """σ(Z), elementwise."""
    return np.asarray(1 / (1 + np.exp(-Z)))


def activated(activation: str, Z: Array) -> Array:
    """g(Z), elementwise, for relu or sigmoid."""
    return np.maximum(Z, 0) if activation == "relu" else sigma(Z)


def slope_of(activation: str, Z: Array) -> Array:
    """g′(Z), elementwise, for relu or sigmoid."""
    return (Z > 0).astype(float) if activation == "relu" else sigma(Z) * (1 - sigma(Z))


def given_to(one: Observation) -> dict[str, Any]:
    """The arguments by role, arrays in float64; relu where no activation was given."""
    given = {role: value.astype(float) if isinstance(value, np.ndarray) else value for role, value in one.case.arguments.items()}
    return given | {"activation": given.get("activation", "relu")} if "W" in given else given


def result_of(one: Observation, name: str) -> Array:
    """What the file returned under that name, in float64; empty where it returned nothing."""
    return one.values[name].astype(float) if name in one.values else np.empty(0)


def _init_layers(one: Observation) -> Iterator[Reading]:
    layers, seed = one.case.arguments["nn_architecture"], one.case.arguments.get("seed", 99)
    shapes = [(layer["output_dim"], layer["input_dim"]) for layer in layers]

    def drawn(draw_W: Callable[..., Array], draw_b: Callable[..., Array], stream: Any = None, **how: Any) -> dict[str, Array]:
        stream = np.random.RandomState(seed) if stream is None else stream
        values: dict[str, Array] = {}
        order = list(enumerate(shapes, start=1))
        if how.get("backwards"):
            order.reverse()
        for k, (n, i) in order:
            if how.get("reseeded"):
                stream = np.random.RandomState(seed)
            if how.get("b_first"):
                values[names.b(k)] = draw_b(stream, n, i)
            values[names.W(k)] = draw_W(stream, n, i)
            if how.get("seeded_before_b"):
                stream = np.random.RandomState(seed)
            if not how.get("b_first"):
                values[names.b(k)] = draw_b(stream, n, i)
        return values

    W: Callable[..., Array] = lambda s, n, i: s.randn(n, i) * 0.1  # noqa: E731
    b: Callable[..., Array] = lambda s, n, i: s.randn(n, 1) * 0.1  # noqa: E731
    zero_W: Callable[..., Array] = lambda s, n, i: np.zeros((n, i))  # noqa: E731
    zero_b: Callable[..., Array] = lambda s, n, i: np.zeros((n, 1))  # noqa: E731
    yield Reading("zero-weights", "W is all zeros: every unit of a layer stays the same as its neighbours for ever.", drawn(zero_W, b))
    yield Reading("zero-weights", "W is all zeros: every unit of a layer stays the same as its neighbours for ever.", drawn(zero_W, zero_b))
    yield Reading("zero-biases", "b is zeros, not drawn; the draws of later layers move up in the stream.", drawn(W, zero_b))
    values = drawn(W, b)
    yield Reading("zero-biases", "b is zeros instead of 0.1 × randn.", {k: v * (k[0] == "W") for k, v in values.items()})
    yield Reading("constant-weights", "W is all ones: every unit of a layer is the same.", drawn(lambda s, n, i: np.ones((n, i)), b))
    yield Reading("constant-biases", "b is all ones.", drawn(W, lambda s, n, i: np.ones((n, 1))))
    yield Reading("constant-biases", "b is all 0.1.", drawn(W, lambda s, n, i: np.full((n, 1), 0.1)))
    uniform: list[tuple[str, Callable[..., Array]]] = [
        ("rand", lambda s, *size: s.rand(*size)),
        ("rand − 0.5", lambda s, *size: s.rand(*size) - 0.5),
        ("2·rand − 1", lambda s, *size: 2 * s.rand(*size) - 1),
    ]
    for name, low in uniform:
        for factor in (0.1, 1.0, 0.01):
            text = f"Drawn with {name}, uniform numbers: the contract wants randn, standard normal ones."
            yield Reading("uniform", text, drawn(lambda s, n, i: low(s, n, i) * factor, lambda s, n, i: low(s, n, 1) * factor))
            yield Reading("uniform", "W: " + text, drawn(lambda s, n, i: low(s, n, i) * factor, b))
            yield Reading("uniform", "b: " + text, drawn(W, lambda s, n, i: low(s, n, 1) * factor))
    scales: list[tuple[str, Callable[[int, int], float]]] = [
        ("√(2/n_in) (He)", lambda n, i: np.sqrt(2 / i)),
        ("√(1/n_in) (Xavier)", lambda n, i: np.sqrt(1 / i)),
        ("√(2/(n_in + n_out)) (Glorot)", lambda n, i: np.sqrt(2 / (i + n))),
        ("√(2/n_out)", lambda n, i: np.sqrt(2 / n)),
        ("√(1/n_out)", lambda n, i: np.sqrt(1 / n)),
        ("1/n_in", lambda n, i: 1 / i),
    ]
    for name, scale in scales:
        text = f"W is scaled by {name}: a good start, but the contract says 0.1 × randn."
        for factor in (1.0, 0.1):
            for bias in (b, zero_b, lambda s, n, i: s.randn(n, 1) * scale(n, i)):
                yield Reading("scaled-by-width", text, drawn(lambda s, n, i: s.randn(n, i) * scale(n, i) * factor, bias))
    for constant in (0.1, 0.5, 0.01):
        yield Reading(
            "constant-weights",
            f"Every weight is {constant:g}: every unit of a layer stays the same as its neighbours.",
            drawn(lambda s, n, i: np.full((n, i), constant), b),
        )
    positive = "The absolute value makes every weight positive."
    yield Reading("absolute", positive, {k: np.abs(v) if k[0] == "W" else v for k, v in values.items()})
    yield Reading("absolute", positive, {k: np.abs(v) for k, v in values.items()})
    yield Reading("bias-shape", "b has n_in rows: it needs one for each of the n_out units.", drawn(W, lambda s, n, i: s.randn(i, 1) * 0.1))
    yield Reading("bias-shape", "b has n_in rows: it needs one for each of the n_out units.", drawn(W, lambda s, n, i: np.zeros((i, 1))))
    yield Reading("returns-early", "Only the first layer is there: it returns inside the loop.", {"W1": values["W1"], "b1": values["b1"]})
    yield Reading("last-layer-missing", "The last layer is missing: the loop ends too early.", {k: v for k, v in values.items() if int(k[1:]) < len(shapes)})
    for d in range(1, 9):
        yield Reading(f"rounded:{d}", f"W is rounded to {d} decimals.", {k: np.round(v, d) if k[0] == "W" else v for k, v in values.items()})
        yield Reading(f"rounded:{d}", f"W and b are rounded to {d} decimals.", {k: np.round(v, d) for k, v in values.items()})
    again = "The seed is set again inside the loop: layers repeat the same stream, and layers of one shape are equal."
    yield Reading("reseeded", again, drawn(W, b, reseeded=True))
    yield Reading("reseeded", again, drawn(W, b, reseeded=True, seeded_before_b=True))
    yield Reading("reseeded", "The seed is set again between W and b.", drawn(W, b, seeded_before_b=True))
    other = "Right numbers in another order of draws"
    yield Reading("draw-order", f"{other}: W is drawn (n_in, n_out) and transposed.", drawn(lambda s, n, i: s.randn(i, n).T * 0.1, b))
    yield Reading("draw-order", f"{other}: b is drawn before W.", drawn(W, b, b_first=True))
    yield Reading("draw-order", f"{other}: the layers are drawn from last to first.", drawn(W, b, backwards=True))
    stream = np.random.RandomState(seed)
    first = {names.W(k): stream.randn(n, i) * 0.1 for k, (n, i) in enumerate(shapes, 1)}
    yield Reading("draw-order", f"{other}: all W first, then all b.", first | {names.b(k): stream.randn(n, 1) * 0.1 for k, (n, _) in enumerate(shapes, 1)})
    modern = np.random.default_rng(seed)
    newest: Callable[..., Array] = lambda s, n, i: np.random.default_rng(seed).standard_normal((n, i)) * 0.1  # noqa: E731
    yield Reading("other-generator", "default_rng is another generator: the shared weights come from np.random.seed and randn.", drawn(newest, b))
    yield Reading(
        "other-generator", "default_rng is another generator: the shared weights come from np.random.seed and randn.", drawn(newest, lambda s, n, i: newest(s, n, 1))
    )
    yield Reading("keys", "Layers are numbered from 0: the contract's keys are W1 … WL.", {f"{k[0]}{int(k[1:]) - 1}": v for k, v in values.items()})
    yield Reading("keys", "Layers are numbered from 2: the contract's keys are W1 … WL.", {f"{k[0]}{int(k[1:]) + 1}": v for k, v in values.items()})
    yield Reading(
        "other-generator",
        "default_rng is another generator: the shared weights come from np.random.seed and randn.",
        drawn(lambda s, n, i: s.standard_normal((n, i)) * 0.1, lambda s, n, i: s.standard_normal((n, 1)) * 0.1, modern),
    )
    yield Reading("transposed", "W is (n_in, n_out): the contract stores (n_out, n_in).", drawn(lambda s, n, i: s.randn(i, n) * 0.1, b))
    yield Reading("transposed", "W is (n_in, n_out): the contract stores (n_out, n_in).", {k: v.T if k[0] == "W" else v for k, v in values.items()})
    for shape in ("row", "flat"):
        text = "b must be a column, (n_out, 1)"
        yield Reading(
            "bias-shape",
            f"{text}; yours is a {shape}." if shape == "row" else f"{text}; yours has one axis.",
            {k: v if k[0] == "W" else (v.T if shape == "row" else v[:, 0]) for k, v in values.items()},
        )
    for guess in [None, 99, 2, *range(12), 42, 100, 123, 1234, 2**31 - 1]:
        if guess != seed:
            used = np.random.RandomState(12345 if guess is None else guess)
            known = drawn(W, b, used)
            if guess is None:
                yield Reading("unseeded", "The random stream is not seeded: the numbers do not depend on `seed`.", known)
            elif "seed" in one.case.arguments:
                yield Reading(f"seed:{guess}", f"It always seeds with {guess}: the argument `seed` is not used.", known)
            else:
                yield Reading(f"seed:{guess}", f"The default seed is {guess}: the contract's is 99.", known)
    for kinds, words in (("W", "W"), ("b", "b"), ("Wb", "W and b")):
        ratios = {round(float(np.median(one.values[k] / v)), 6) for k, v in values.items()
                  if k in one.values and one.values[k].shape == v.shape and k[0] in kinds}  # fmt: skip
        if len(ratios) == 1 and (ratio := ratios.pop()) not in (0.0, 1.0) and np.isfinite(ratio):
            yield Reading(
                f"scale:{ratio:g}:{kinds}", f"{words} is {ratio * 0.1:g} × randn: the factor is 0.1.", {k: v * (ratio if k[0] in kinds else 1) for k, v in values.items()}
            )


def _sigmoid(one: Observation) -> Iterator[Reading]:
    Z, A = given_to(one)["Z"], result_of(one, "A")
    s = sigma(Z)
    for id, says, value in (
        ("sign", "The exponent has the wrong sign: this is σ(−Z) = 1 − σ(Z).", sigma(-Z)),
        ("sign", "The exponent has the wrong sign: this is σ(−Z) = 1 − σ(Z).", np.exp(-Z) / (1 + np.exp(-Z))),
        ("softmax", "This is a softmax over each column: the units of a layer compete.", np.exp(Z) / np.exp(Z).sum(0)),
        ("softmax", "This is a softmax over all elements.", np.exp(Z) / np.exp(Z).sum()),
        ("softmax", "This is a softmax over each row.", np.exp(Z) / np.exp(Z).sum(-1, keepdims=True)),
        ("derivative-instead", "This is σ(Z)(1 − σ(Z)), the derivative.", np.exp(-Z) / (1 + np.exp(-Z)) ** 2),
        ("hard-sigmoid", "This is the hard sigmoid, clip(0.2 Z + 0.5, 0, 1): straight lines.", np.clip(0.2 * Z + 0.5, 0, 1)),
        ("hard-sigmoid", "This is a hard sigmoid, straight lines.", np.clip(Z / 6 + 0.5, 0, 1)),
        ("hard-sigmoid", "This is a hard sigmoid, straight lines.", np.clip(0.25 * Z + 0.5, 0, 1)),
        ("tanh", "This is tanh(Z): from −1 to 1, no probability.", np.tanh(Z)),
        ("scaled-argument", "This is σ(2Z): tanh(Z) is scaled, but its argument is not halved.", sigma(2 * Z)),
        ("softmax", "This is a softmax over each column: the units of a layer compete.",
         np.exp(Z - Z.max(0)) / np.exp(Z - Z.max(0)).sum(0)),
        ("softmax", "This is a softmax over all elements.", np.exp(Z - Z.max()) / np.exp(Z - Z.max()).sum()),
        ("softmax", "This is a softmax over each row.",
         np.exp(Z - Z.max(-1, keepdims=True)) / np.exp(Z - Z.max(-1, keepdims=True)).sum(-1, keepdims=True)),
        ("precedence", "This is 1 + e^−Z: the division applies to the 1 alone; parentheses are missing.", 1 + np.exp(-Z)),
        ("precedence", "This is 1 + e^−Z: the reciprocal is missing.", 1 + np.exp(-Z)),
        ("lost-term", "This is e^Z: 1/(1 + …) is missing.", np.exp(Z)),
        ("lost-term", "This is e^−Z: 1/(1 + …) is missing.", np.exp(-Z)),
        ("denominator-sign", "The denominator is 1 − e^−Z: it must be a sum.", 1 / (1 - np.exp(-Z))),
        ("derivative-instead", "This is σ(Z)(1 − σ(Z)), the derivative.", s * (1 - s)),
        ("other-activation", "This is ReLU.", np.maximum(Z, 0)),
        ("identity", "It returns Z itself.", Z),
        ("applied-twice", "σ is applied twice: this is σ(σ(Z)).", sigma(s)),
        ("other-activation", "This is softplus, log(1 + e^Z).", np.logaddexp(0, Z)),
        ("absolute", "It takes |Z|: the two halves are the same.", sigma(np.abs(Z))),
        ("squared", "The exponent is squared.", 1 / (1 + np.exp(-Z * Z))),
        ("rounded", "It returns 0 or 1, not a probability.", (Z > 0).astype(float)),
        ("rounded", "It returns 0 or 1, not a probability.", np.round(s)),
        ("negated", "It returns −σ(Z).", -s),
        ("swish", "It returns Z · σ(Z).", Z * s),
        ("overflow", "For large Z e^Z overflows, and inf/inf is NaN.", np.exp(Z) / (1 + np.exp(Z))),
    ):  # fmt: skip
        yield Reading(id, says, {"A": value})
    if A.shape == Z.shape:
        inner = (np.abs(Z) > 0.3) & (np.abs(Z) < 10) & (A > 0) & (A < 1)
        if inner.any():
            slopes = np.log(A / (1 - A))[inner] / Z[inner]
            k = float(np.median(slopes))
            if abs(k - 1) > 1e-9 and np.allclose(slopes, k, rtol=1e-6):
                base = np.exp(k)
                if abs(k - 1) < 0.02 or abs(base - round(base, 3)) < 1e-7:
                    yield Reading(f"base:{base:.6f}", f"The base is {base:.6g}, not e: use the exponential function.", {"A": sigma(k * Z)})
                else:
                    yield Reading(f"argument:{k:.6f}", f"This is σ({k:.6g} · Z): the argument is scaled.", {"A": sigma(k * Z)})
        offsets = {round(float(x), 6) for x in (np.log(A / (1 - A)) - Z)[inner]} if inner.any() else set()
        if len(offsets) == 1 and (c := offsets.pop()):
            yield Reading(f"shift:{c:g}", f"This is σ(Z + {c:g}).", {"A": sigma(Z + c)})
        edge = np.abs(Z[np.isclose(A, s, rtol=1e-12, atol=0)])
        limit = edge.max() if edge.size else 0
        for c in (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 16.0, 20.0, 25.0, 30.0, 32.0, 35.0, 50.0, 100.0):
            if c >= limit * 0.99:
                yield Reading(f"clip:{c:g}", f"Z is clipped to ±{c:g}: outside, the value stays the same.", {"A": sigma(np.clip(Z, -c, c))})
        for eps in EPSILONS:
            yield Reading(f"clip-result:{eps:g}", f"The result is clipped to [{eps:g}, 1 − {eps:g}].", {"A": np.clip(s, eps, 1 - eps)})
            yield Reading(f"eps:{eps:g}", f"A stray {eps:g} is added in the denominator.", {"A": 1 / (1 + np.exp(-Z) + eps)})
        if np.abs(A - s).max() < 1e-12 and (A[Z >= 0] == A[Z >= 0]).all():
            with np.errstate(all="ignore"):
                relative = np.abs(A - s) / s
            if (relative[Z > -1] < 1e-14).all():
                yield Reading(
                    "cancellation", "The identity is right, but for negative Z it subtracts nearly equal numbers: small probabilities lose their digits.", {"A": A}
                )


def _relu(one: Observation) -> Iterator[Reading]:
    Z, A = given_to(one)["Z"], result_of(one, "A")
    for id, says, value in (
        ("minimum", "It keeps the negative part, min(0, Z): ReLU keeps the positive one.", np.minimum(0, Z)),
        ("absolute", "This is |Z|: negative inputs must become 0.", np.abs(Z)),
        ("identity", "It returns Z itself: negative inputs must become 0.", Z),
        ("step", "It returns 1 where Z > 0: that is the mask, not the value.", (Z > 0).astype(float)),
        ("step", "It returns 1 where Z ≥ 0: that is the mask, not the value.", (Z >= 0).astype(float)),
        ("other-activation", "This is σ(Z).", sigma(Z)),
        ("other-activation", "This is tanh(Z).", np.tanh(Z)),
        ("other-activation", "This is softplus, log(1 + e^Z).", np.logaddexp(0, Z)),
        ("other-activation", "This is softplus, log(1 + e^Z).", np.log(1 + np.exp(Z))),
        ("other-activation", "This is ELU: e^Z − 1 where Z < 0.", np.where(Z > 0, Z, np.exp(np.minimum(Z, 0)) - 1)),
        ("other-activation", "This is Z · σ(Z) (swish).", Z * sigma(Z)),
        ("other-activation", "This is max(0, tanh Z).", np.maximum(0, np.tanh(Z))),
        ("negated", "It returns −max(0, Z).", -np.maximum(0, Z)),
        ("negated", "It returns max(0, −Z).", np.maximum(0, -Z)),
        ("squared", "It returns max(0, Z)².", np.maximum(0, Z) ** 2),
        ("inverted", "It keeps the wrong half.", np.where(Z > 0, 0, Z)),
        ("whole-maximum", "It takes the maximum of all of Z, one number.", np.asarray(max(0, Z.max()))),
        ("maximum-of-rows", "It takes the maximum over an axis.", np.maximum(0, Z.max(axis=0))),
        ("sqrt", "It returns √max(0, Z).", np.sqrt(np.maximum(0, Z))),
    ):
        yield Reading(id, says, {"A": value})
    if A.shape == Z.shape:
        below = Z < 0
        if below.any() and np.allclose(A[~below], Z[~below], rtol=1e-12):
            ratios = A[below] / Z[below]
            k = float(np.median(ratios))
            if k and np.allclose(ratios, k, rtol=1e-9):
                yield Reading(f"leaky:{k:g}", f"This is a leaky ReLU: it lets {k:g} · Z through where Z < 0.", {"A": np.where(below, k * Z, Z)})
        top = float(A.max()) if np.isfinite(A).all() else 0.0
        yield Reading(f"clip:{top:g}", f"It is cut off at {top:g}: ReLU has no upper end.", {"A": np.minimum(np.maximum(0, Z), top)})
        low = float(A.min()) if np.isfinite(A).all() else 0.0
        if low:
            yield Reading(f"floor:{low:g}", f"This is max({low:g}, Z): the floor is 0.", {"A": np.maximum(low, Z)})
        for c in (1e-6, 1e-8, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 0.5, 1.0):
            yield Reading(f"threshold:{c:g}", f"The threshold is {c:g}: it must be 0.", {"A": np.where(c < Z, Z, 0)})


def _sigmoid_backward(one: Observation) -> Iterator[Reading]:
    given, got = given_to(one), result_of(one, "dZ")
    dA, Z = given["dA"], given["Z"]
    s = sigma(Z)
    lost = "The incoming gradient dA is missing: the chain rule multiplies by it."
    for id, says, value in (
        ("dA-missing", lost, s * (1 - s)),
        ("slope-missing", "The slope σ(Z)(1 − σ(Z)) is missing: it returns dA.", dA),
        ("slope-sign", "The slope is s(1 + s): it must be s(1 − s).", dA * s * (1 + s)),
        ("other-slope", "1 − s² is the slope of tanh, not of σ.", dA * (1 - s**2)),
        ("other-slope", "1 − tanh² is the slope of tanh, not of σ.", dA * (1 - np.tanh(Z) ** 2)),
        ("lost-factor", "The factor s is missing: it returns dA (1 − s).", dA * (1 - s)),
        ("lost-factor", "The factor 1 − s is missing: it returns dA · s.", dA * s),
        ("lost-factor", "It returns dA · s², not dA · s(1 − s).", dA * s * s),
        ("lost-factor", "It returns dA · (1 − s)².", dA * (1 - s) ** 2),
        ("Z-for-A", "Z is used where σ(Z) belongs: it returns dA · Z(1 − Z).", dA * Z * (1 - Z)),
        ("wrong-point", "σ is applied twice: the slope is taken at σ(Z), not at Z.", dA * sigma(s) * (1 - sigma(s))),
        ("wrong-point", "The slope is taken at dA, not at Z.", dA * sigma(dA) * (1 - sigma(dA))),
        ("arguments-swapped", "dA and Z are swapped: the slope is that of dA, times Z.", Z * sigma(dA) * (1 - sigma(dA))),
        ("slope-squared", "The slope is applied twice.", dA * (s * (1 - s)) ** 2),
        ("sign", "The sign is wrong.", -dA * s * (1 - s)),
        ("sum-for-product", "dA is added to the slope: the chain rule multiplies.", dA + s * (1 - s)),
        ("dA-twice", "dA is multiplied in twice.", dA * dA * s * (1 - s)),
        ("other-activation", "This is the gradient of ReLU.", dA * (Z > 0)),
        ("precedence", "It returns dA · s − s: parentheses are missing.", dA * s * 1 - s),
        ("precedence", "It returns dA · (s − 1): parentheses are missing.", dA * (s - 1)),
        ("value-instead", "It returns σ(Z), not a gradient.", s),
        ("value-instead", "It returns dA · σ(Z)′ with e^−Z alone.", dA * np.exp(-Z)),
        ("lost-factor", "It divides by s(1 − s).", dA / (s * (1 - s))),
        ("matrix-product", "It is a matrix product: the chain rule multiplies element by element here.", dA @ (s * (1 - s)).T),
        ("matrix-product", "It is a matrix product: the chain rule multiplies element by element here.", dA.T @ (s * (1 - s))),
        ("overflow", "For very negative Z e^−Z overflows, and inf/inf is NaN.", dA * np.exp(-Z) / (1 + np.exp(-Z)) ** 2),
        ("overflow", "For large Z e^Z overflows, and inf/inf is NaN.", dA * np.exp(Z) / (1 + np.exp(Z)) ** 2),
        ("lost-factor", "The denominator is not squared: it returns dA e^−Z / (1 + e^−Z).", dA * np.exp(-Z) / (1 + np.exp(-Z))),
    ):
        yield Reading(id, says, {"dZ": value})
    for narrow in (np.float32, np.float16):
        low = s.astype(narrow)
        for value in (
            dA * low * (1 - low),
            dA.astype(narrow) * s * (1 - s),
            dA * (s * (1 - s)).astype(narrow),
            dA * sigma(Z.astype(narrow)) * (1 - sigma(Z.astype(narrow))),
        ):
            yield Reading(f"cast:{np.dtype(narrow).name}", f"It is computed in {np.dtype(narrow).name}: digits are lost.", {"dZ": value.astype(float)})
    if got.shape == Z.shape:
        slope = s * (1 - s)
        for c in (*EPSILONS, 0.01, 0.1, 0.05, 5e-3):
            yield Reading(f"floor:{c:g}", f"The slope is kept at {c:g} or more: saturated units get too large a gradient.", {"dZ": dA * np.maximum(slope, c)})
            yield Reading(f"eps:{c:g}", f"A stray {c:g} is added: a derivative needs none.", {"dZ": dA * slope + c})
            yield Reading(f"eps:{c:g}", f"A stray {c:g} is added to the slope: a derivative needs none.", {"dZ": dA * (slope + c)})
            clipped = np.clip(s, c, 1 - c)
            yield Reading(f"clip:{c:g}", f"σ(Z) is clipped to [{c:g}, 1 − {c:g}] before the slope is taken.", {"dZ": dA * clipped * (1 - clipped)})
        for c in (1.0, 2.0, 5.0, 6.0, 10.0, 20.0, 30.0, 50.0, 100.0):
            at = np.clip(Z, -c, c)
            yield Reading(f"clip-Z:{c:g}", f"Z is clipped to ±{c:g} before the slope is taken.", {"dZ": dA * sigma(at) * (1 - sigma(at))})


def _relu_backward(one: Observation) -> Iterator[Reading]:
    given, got = given_to(one), result_of(one, "dZ")
    dA, Z = given["dA"], given["Z"]
    on = Z > 0
    for id, says, value in (
        ("mask-array", "The mask is taken of dA, not of Z: negative gradients vanish.", np.where(dA > 0, dA, 0)),
        ("mask-inverted", "The mask is inverted: the gradient flows where the unit is off.", np.where(on, 0, dA)),
        ("mask-inverted", "The mask is inverted: the gradient flows where the unit is off.", np.where(Z >= 0, 0, dA)),
        ("dA-missing", "It returns the mask alone: the chain rule multiplies it by dA.", on.astype(float)),
        ("dA-missing", "It returns the mask alone: the chain rule multiplies it by dA.", (Z >= 0).astype(float)),
        ("mask-missing", "There is no mask: dA is passed on where the unit is off, too.", dA),
        ("at-zero", "At Z = 0 the gradient is passed on: the slope there is 0, as in PyTorch.", np.where(Z >= 0, dA, 0)),
        ("at-zero", "At Z = 0 the slope is taken as ½: it is 0, as in PyTorch.", dA * np.heaviside(Z, 0.5)),
        ("Z-factor", "It multiplies by max(0, Z): the slope there is 1, not Z.", dA * np.maximum(Z, 0)),
        ("Z-factor", "It multiplies by Z: the slope is 1 or 0.", dA * Z),
        ("value-instead", "It returns max(0, Z), the function, not its gradient.", np.maximum(Z, 0)),
        ("value-instead", "It returns max(0, dA · Z).", np.maximum(dA * Z, 0)),
        ("arguments-swapped", "dA and Z are swapped: it returns Z where dA > 0.", np.where(dA > 0, Z, 0)),
        ("mask-both", "dA must be positive, too: negative gradients vanish.", np.where(on & (dA > 0), dA, 0)),
        ("mask-value", "Where Z ≤ 0 it returns 1 instead of 0.", np.where(on, dA, 1)),
        ("mask-value", "Where Z ≤ 0 it returns −dA.", np.where(on, dA, -dA)),
        ("mask-value", "It returns 1 where Z > 0 and dA elsewhere.", np.where(on, 1, dA)),
        ("sign", "The sign is wrong.", np.where(on, -dA, 0)),
        ("other-activation", "This is the gradient of σ.", dA * sigma(Z) * (1 - sigma(Z))),
        ("other-activation", "This is the gradient of tanh.", dA * (1 - np.tanh(Z) ** 2)),
        ("absolute", "It takes |dA|: gradients have signs.", np.where(on, np.abs(dA), 0)),
        ("mask-array", "The mask asks for Z ≠ 0, not Z > 0.", np.where(Z != 0, dA, 0)),
        ("dA-missing", "It returns the sign of Z.", np.sign(Z)),
        ("mask-all", "One element decides for all.", dA * float((Z > 0).all())),
        ("zeros", "It returns zeros.", np.zeros_like(dA)),
    ):
        yield Reading(id, says, {"dZ": value})
    if got.shape == Z.shape:
        off = (Z < 0) & (dA != 0)
        if off.any():
            ratios = got[off] / dA[off]
            k = float(np.median(ratios))
            if k not in (0.0, 1.0) and np.allclose(ratios, k, rtol=1e-9):
                yield Reading(f"leaky:{k:g}", f"Where Z < 0 it passes on {k:g} · dA: that is a leaky ReLU.", {"dZ": np.where(on, dA, k * dA)})
                yield Reading(f"leaky:{k:g}", f"Where Z < 0 it passes on {k:g} · dA: that is a leaky ReLU.", {"dZ": np.where(Z >= 0, dA, k * dA)})
        for c in (1e-12, 1e-10, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 0.5, 1.0, 6.0):
            yield Reading(f"threshold:{c:g}", f"The threshold is {c:g}: it must be exactly 0.", {"dZ": np.where(c < Z, dA, 0)})
            yield Reading(f"threshold:{-c:g}", f"The threshold is −{c:g}: it must be exactly 0.", {"dZ": np.where(-c < Z, dA, 0)})
            yield Reading(f"upper:{c:g}", f"Above Z = {c:g} the gradient is cut off: that is ReLU{c:g}.", {"dZ": np.where(on & (c > Z), dA, 0)})
        for c in (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 100.0):
            yield Reading(f"clip:{c:g}", f"The gradient is clipped to ±{c:g}.", {"dZ": np.clip(np.where(on, dA, 0), -c, c)})


def _single_forward(one: Observation) -> Iterator[Reading]:
    given = given_to(one)
    W, b, A, act = given["W"], given["b"], given["A_prev"], given["activation"]
    WA = W @ A
    n_out, n_in = W.shape
    m = A.shape[1]
    Z = WA + b

    def both(id: str, says: str, Z: Array) -> Reading:
        return Reading(id, says, {"Z": Z, "A": activated(act, Z)})

    yield both("bias-missing", "The bias is not added.", WA)
    yield both("bias-sign", "The bias is subtracted.", WA - b)
    yield both("bias-indexed", "The bias of unit 0 is added to every unit: an index [0] too many.", WA + b[0])
    yield both("bias-indexed", "The bias of the last unit is added to every unit.", WA + b[-1])
    yield both("bias-mean", "The mean (or sum) of b is added to every unit.", WA + b.mean())
    yield both("bias-mean", "The mean (or sum) of b is added to every unit.", WA + b.sum())
    yield both("bias-twice", "The bias is added twice.", WA + 2 * b)
    yield both("bias-scaled", "The bias is divided by m.", WA + b / m)
    yield both("bias-product", "The bias is multiplied, not added.", WA * b)
    if m in (1, n_out):
        yield both("bias-transposed", "b is added as a row: it must stay a column, (n_out, 1); other m do not even fit.", WA + b.T)
    if n_out == n_in:
        yield both("W-transposed", "W is transposed: Z = W · A_prev + b.", W.T @ A + b)
    if n_out == n_in == m:
        yield both("product-order", "The factors are in the wrong order: Z = W · A_prev + b.", A @ W + b)
        yield both("elementwise", "W and A_prev are multiplied elementwise: it must be a matrix product.", W * A + b)
    if n_out == n_in:
        yield both("bias-inside", "b is added to A_prev, inside the product: Z = W · A_prev + b.", W @ (A + b))
    yield both("centred", "Z is centred over the examples: predictions depend on the other examples.", Z - Z.mean(axis=1, keepdims=True))
    yield both("centred", "A_prev is centred over the examples: predictions depend on the other examples.", W @ (A - A.mean(axis=1, keepdims=True)) + b)
    yield both("centred", "A_prev is centred: predictions depend on the other examples.", W @ (A - A.mean()) + b)
    yield both("scaled", "Z is divided by m.", WA / m + b)
    yield both("scaled", "Z is divided by m.", Z / m)
    yield both("scaled", "Z is divided by n_in.", WA / n_in + b)
    yield both("sign", "W · A_prev has the wrong sign.", -WA + b)
    yield both("sign", "Z has the wrong sign.", -Z)
    for d in range(2, 13):
        yield both(f"rounded:{d}", f"Z is rounded to {d} decimals: nothing inside a network is rounded.", np.round(Z, d))
    for narrow in (np.float32, np.float16):
        name = np.dtype(narrow).name
        for low, rest in ((W.astype(narrow) @ A, b), (W @ A.astype(narrow), b), (WA, b.astype(narrow))):
            yield both(f"cast:{name}", f"Z is computed in {name}: digits are lost.", low + rest)
        yield both(f"cast:{name}", f"Z is computed in {name}: digits are lost.", (W.astype(narrow) @ A.astype(narrow) + b).astype(float))
    for c in (1.0, 2.0, 5.0, 6.0, 8.0, 10.0, 15.0, 20.0, 30.0, 50.0, 100.0, 500.0):
        yield both(f"clip:{c:g}", f"Z is clipped to ±{c:g}.", np.clip(Z, -c, c))
        yield Reading(f"clip:{c:g}", f"Z is clipped to ±{c:g} before the activation.", {"Z": Z, "A": activated(act, np.clip(Z, -c, c))})
    other = "sigmoid" if act == "relu" else "relu"
    for name, value in (("relu", np.maximum(Z, 0)), ("sigmoid", sigma(Z)), ("tanh", np.tanh(Z))):
        if name != act:
            yield Reading(f"activation:{act}", f"For '{act}' it computes {name}.", {"Z": Z, "A": value})
            yield Reading("activation-ignored", f"It computes {name} whatever `activation` says.", {"Z": Z, "A": value})
    yield Reading("cached-A", "It returns A in the place of Z: backward propagation needs the Z before the activation.", {"A": activated(act, Z), "Z": activated(act, Z)})
    yield Reading("activation-missing", "The activation is not applied: A is Z.", {"A": Z, "Z": Z})
    yield Reading("returned-order", "A and Z are returned in the other order.", {"A": Z, "Z": activated(act, Z)})
    yield Reading("activation-twice", "The activation is applied twice.", {"Z": Z, "A": activated(act, activated(act, Z))})
    yield Reading("cached-without-bias", "The Z it returns lacks the bias; the activation got the right one.", {"A": activated(act, Z), "Z": WA})
    yield Reading("bias-after", "The bias is added after the activation.", {"Z": WA, "A": activated(act, WA) + b})
    yield Reading("bias-after", "The bias is added after the activation.", {"Z": Z, "A": activated(act, WA) + b})
    yield Reading("activation-before-bias", "The activation is applied before the bias is added.", {"Z": Z, "A": activated(act, WA)})
    yield Reading("activation-of-input", "The activation is applied to A_prev, not to Z.", {"Z": Z, "A": activated(act, A)})
    yield Reading("returns-input", "It returns A_prev in the place of A.", {"Z": Z, "A": A})
    yield Reading("returns-input", "It returns A_prev in the place of Z.", {"Z": A, "A": activated(act, Z)})
    yield Reading(f"activation:{other}", f"For '{act}' it computes {other}.", {"Z": Z, "A": activated(other, Z)})


def forward_pass(one: Observation, **how: Any) -> dict[str, Array]:
    """Y_hat and memory of a forward pass, with one thing done otherwise."""
    given = given_to(one)
    layers, P = given["nn_architecture"], {key: value.astype(float) for key, value in given["params_values"].items()}
    A, values = given["X"], {}
    if how.get("standardised"):
        A = (A - A.mean(axis=1, keepdims=True)) / A.std(axis=1, keepdims=True)
    if how.get("scaled") is not None:
        A = how["scaled"](A)
    L = len(layers)
    stop = how.get("stop", L)
    X = A
    for k, layer in enumerate(layers[:stop], start=1):
        A_prev = X if how.get("from_X") else A
        j = how.get("layer", lambda k: k)(k)
        act = how.get("activation") or layer["activation"]
        Z = P[names.W(j)] @ A_prev + P[names.b(j)]
        A = activated(act, Z)
        values[names.A(k - 1)], values[names.Z(k)] = A_prev, Z
    values["Y_hat"] = A
    return values


def _full_forward(one: Observation) -> Iterator[Reading]:
    layers = one.case.arguments["nn_architecture"]
    L = len(layers)
    right = forward_pass(one)
    A = {k: right[names.A(k)] for k in range(L)} | {L: right["Y_hat"]}
    Zs = {k: right[names.Z(k)] for k in range(1, L + 1)}
    kept = {names.Z(k): Zs[k] for k in Zs}
    As = {names.A(k): A[k] for k in range(L)}
    yield Reading(
        "files-output", "memory files each layer's output, A_curr, where its input, A_prev, belongs.", {"Y_hat": A[L], **{names.A(k): A[k + 1] for k in range(L)}, **kept}
    )
    yield Reading("files-output", "memory files A under the next number: A1 is X.", {"Y_hat": A[L], **{names.A(k): A[k - 1] for k in range(1, L + 1)}, **kept})
    yield Reading("files-A-as-Z", "memory holds A where Z belongs: the slope must be taken before the activation.", {"Y_hat": A[L], **As, **{names.Z(k): A[k] for k in Zs}})
    yield Reading("files-Z-as-A", "memory holds Z where A belongs.", {"Y_hat": A[L], **As, **kept, **{names.A(k): Zs[k] for k in range(1, L)}})
    yield Reading("files-A_prev-as-Z", "memory holds A_prev where Z belongs.", {"Y_hat": A[L], **As, **{names.Z(k): A[k - 1] for k in Zs}})
    yield Reading("keys", "Z is filed under a number too small by one: Z0 is layer 1's.", {"Y_hat": A[L], **As, **{names.Z(k - 1): Zs[k] for k in Zs}})
    yield Reading("keys", "Z is filed under a number too large by one.", {"Y_hat": A[L], **As, **{names.Z(k + 1): Zs[k] for k in Zs}})
    yield Reading("keys", "A is filed under a number too large by one: A1 is X.", {"Y_hat": A[L], **{names.A(k + 1): A[k] for k in range(L)}, **kept})
    yield Reading("lost-in-memory", "Only the last layer's numbers are in memory.", {"Y_hat": A[L], names.A(L - 1): A[L - 1], names.Z(L): Zs[L]})
    yield Reading("lost-in-memory", "Z is not in memory: backward propagation needs it.", {"Y_hat": A[L], **As})
    yield Reading("lost-in-memory", "A is not in memory: backward propagation needs it.", {"Y_hat": A[L], **kept})
    yield Reading("lost-in-memory", "The input A0 is not in memory.", {"Y_hat": A[L], **{k: v for k, v in As.items() if k != "A0"}, **kept})
    yield Reading("returns-Z", "It returns the last Z, not the last A: no probability.", right | {"Y_hat": Zs[L]})
    yield Reading("returns-input", "It returns the last layer's input, not its output.", right | {"Y_hat": A[L - 1]})
    p = right["Y_hat"]
    yield Reading("classes", "It returns classes: cost and gradient need the probabilities.", right | {"Y_hat": (p > 0.5).astype(float)})
    yield Reading("activation-twice", "The sigmoid is applied once more to the output.", right | {"Y_hat": sigma(p)})
    yield Reading("normalised", "The outputs are divided by their sum.", right | {"Y_hat": p / p.sum(axis=0)})
    yield Reading("normalised", "The outputs are divided by their sum.", right | {"Y_hat": p / p.sum()})
    yield Reading("transposed", "The prediction is transposed.", right | {"Y_hat": p.T})
    for eps in EPSILONS:
        yield Reading(f"clip:{eps:g}", f"The prediction is clipped to [{eps:g}, 1 − {eps:g}].", right | {"Y_hat": np.clip(p, eps, 1 - eps)})
    yield Reading("returns-early", "Only the first layer runs: it returns inside the loop.", {"Y_hat": A[1], "A0": A[0], "Z1": Zs[1]})
    yield Reading("altered-Z", "memory holds max(0, Z), not Z.", right | {names.Z(k): np.maximum(Zs[k], 0) for k in Zs})
    yield Reading("one-for-all", "Every A in memory is the last one.", right | {names.A(k): A[L - 1] for k in range(L)})
    yield Reading("one-for-all", "Every A in memory is X.", right | {names.A(k): A[0] for k in range(L)})
    yield Reading("standardised", "X is standardised inside: predictions depend on the other examples.", forward_pass(one, standardised=True))
    for act in ("relu", "sigmoid"):
        yield Reading("activation-ignored", f"Every layer is computed with {act}: the layer's own activation is not passed on.", forward_pass(one, activation=act))
    yield Reading("last-layer-missing", "The last layer never runs: the loop ends too early.", forward_pass(one, stop=L - 1))
    if all(layer["input_dim"] == layers[0]["input_dim"] for layer in layers):
        yield Reading("input-again", "Every layer gets X: A_prev is not moved on.", forward_pass(one, from_X=True))
    yield Reading("shifted-memory", "memory holds A moved by one, and the last A.", {**right, **{names.A(k): A[k + 1] for k in range(L)}})


def _cost(one: Observation) -> Iterator[Reading]:
    given = given_to(one)
    p, Y = given["Y_hat"], given["Y"]
    m = p.shape[1]
    lp, lq = np.log(p), np.log(1 - p)
    first, second = (Y * lp).sum(), ((1 - Y) * lq).sum()
    ll = Y * lp + (1 - Y) * lq
    cost = -ll.sum() / m

    def read(id: str, says: str, value: Any) -> Iterator[Reading]:
        value = np.asarray(value)
        yield Reading(id, says, {"cost": value})

    yield from read("sign", "The minus sign is missing: the cost is negative.", -cost)
    yield from read("log-base", "The logarithm is to base 10: cross-entropy uses the natural one.", cost / np.log(10))
    yield from read("log-base", "The logarithm is to base 2: cross-entropy uses the natural one.", cost / np.log(2))
    for base in (10, 2):
        text = f"One logarithm is to base {base}: cross-entropy uses the natural one."
        yield from read("log-base", text, -(first / np.log(base) + second) / m)
        yield from read("log-base", text, -(first + second / np.log(base)) / m)
    yield from read("lost-term", "Only Y · log Ŷ is there: examples of class 0 cost nothing.", -first / m)
    yield from read("lost-term", "Only (1 − Y) · log(1 − Ŷ) is there: examples of class 1 cost nothing.", -second / m)
    yield from read("parenthesis", "−1/m applies to the first term only: a parenthesis is missing.", -first / m + second)
    yield from read("parenthesis", "1/m applies to the first term only: a parenthesis is missing.", -first / m - second)
    yield from read("parenthesis", "1/m applies to the second term only: a parenthesis is missing.", -first - second / m)
    yield from read("parenthesis", "The minus sign applies to the first term only.", (-first + second) / m)
    yield from read("term-sign", "The two terms are subtracted: they must be added.", -(first - second) / m)
    yield from read("term-sign", "The two terms are subtracted: they must be added.", (first - second) / m)
    yield from read("roles-swapped", "Y and Ŷ are swapped: the logarithm is of the labels.", -(p * np.log(Y) + (1 - p) * np.log(1 - Y)).sum() / m)
    yield from read("roles-swapped", "Y and Ŷ are swapped: the logarithm is of the labels.", -((p * np.log(Y)).sum() + second) / m)
    yield from read("roles-swapped", "Y and Ŷ are swapped: the logarithm is of the labels.", -(first + ((1 - p) * np.log(1 - Y)).sum()) / m)
    yield from read("second-term", "The second term has log Ŷ where log(1 − Ŷ) belongs.", -(first + ((1 - Y) * lp).sum()) / m)
    yield from read("second-term", "The second term has Y where 1 − Y belongs.", -(first + (Y * lq).sum()) / m)
    yield from read("second-term", "The second term has 1 − log Ŷ where log(1 − Ŷ) belongs.", -(first + ((1 - Y) * (1 - lp)).sum()) / m)
    yield from read("first-term", "The first term has 1 − Y where Y belongs.", -(((1 - Y) * lp).sum() + second) / m)
    yield from read("labels-inverted", "The classes are swapped: 1 − Y in the place of Y.", -((1 - Y) * lp + Y * lq).sum() / m)
    yield from read("mean-missing", "This is the sum: it is not divided by m, the number of columns.", -ll.sum())
    yield from read("not-summed", "It is not summed: one value an example.", -ll[0] / m)
    yield from read("cast:float32", "Ŷ is cast to float32: digits are lost.", -(Y * np.log(p.astype(np.float32)) + (1 - Y) * np.log(1 - p.astype(np.float32))).sum() / m)
    if one.values and (K := float(-ll.sum() / np.median(one.values["cost"]))) and np.isfinite(K) and K > 1 and abs(K - round(K)) < 1e-6:
        yield from read(f"fixed-m:{K:.0f}", f"It divides by {K:.0f} whatever m is: m is the number of columns.", -ll.sum() / K)
    yield from read("half", "A factor ½: cross-entropy has none.", cost / 2)
    yield from read("m-off-by-one", "It divides by m − 1: the mean is over m examples.", cost * m / (m - 1) if m > 1 else np.inf)
    yield from read("m-off-by-one", "It divides by m + 1: the mean is over m examples.", cost * m / (m + 1))
    yield from read("mean-twice", "It divides by m twice.", cost / m)
    yield from read("pairs", "Each label is paired with each prediction: (m, 1) and (1, m) make (m, m).", -np.mean(Y.T * lp + (1 - Y).T * lq))
    yield from read("pairs", "Each label is paired with each prediction: (m, 1) and (1, m) make (m, m).", -np.sum(Y.T * lp + (1 - Y).T * lq) / m)
    squared = (Y - p) ** 2
    for value in (squared.mean(), squared.sum(), squared.sum() / 2, squared.mean() / 2):
        yield from read("squared-error", "This is the squared error: the contract wants cross-entropy.", value)
    yield from read("squared-error", "This is the root of the mean squared error.", np.sqrt(squared.mean()))
    yield from read("absolute-error", "This is the absolute error: the contract wants cross-entropy.", np.abs(Y - p).mean())
    yield from read("hinge", "This is the hinge loss.", np.maximum(0, 1 - (2 * Y - 1) * p).mean())
    yield from read("not-summed", "It is not summed: one value an example.", -ll)
    yield from read("not-summed", "It is not summed: one value an example.", -ll / m)
    yield from read("not-summed", "It is not summed: one value an example.", -ll[0])
    yield from read("one-example", "Only the first example counts.", -ll[0, 0])
    yield from read("one-example", "Only the last example counts.", -ll[0, -1])
    yield from read("one-example", "The last example is left out.", -ll[0, :-1].sum() / m)
    yield from read("one-example", "The first example is left out.", -ll[0, 1:].sum() / m)
    yield from read("classes", "It uses classes, not probabilities.", -(Y * np.log(np.round(p)) + (1 - Y) * np.log(1 - np.round(p))).sum() / m)
    yield from read("absolute", "It takes the absolute value of the wrong part.", np.abs(first / m))
    yield from read("largest", "It takes the greatest loss, not the mean.", (-ll).max())
    yield from read("median", "It takes the median, not the mean.", np.median(-ll))
    for k in range(1, 9):
        yield from read(f"rounded:{k}", f"The cost is rounded to {k} decimals.", np.round(cost, k))
    for eps in EPSILONS:
        text = f"{eps:g} inside the logarithm: it shifts every cost a little, and hides a saturated prediction."
        yield from read("epsilon", text, -(Y * np.log(p + eps) + (1 - Y) * np.log(1 - p + eps)).sum() / m)
        yield from read("epsilon", text, -(Y * np.log(p + eps) + (1 - Y) * lq).sum() / m)
        yield from read("epsilon", text, -(Y * lp + (1 - Y) * np.log(1 - p + eps)).sum() / m)
        yield from read("epsilon", text, -(Y * np.log(p + eps) + (1 - Y) * np.log(1 - (p + eps))).sum() / m)
        q = np.clip(p, eps, 1 - eps)
        yield from read(
            "clip", f"Ŷ is clipped to [{eps:g}, 1 − {eps:g}]: surely wrong predictions cost too little.", -(Y * np.log(q) + (1 - Y) * np.log(1 - q)).sum() / m
        )
        yield from read("offset", f"A stray {eps:g} is added.", cost + eps)


def _classes(one: Observation) -> Iterator[Reading]:
    p, got = given_to(one)["probs"], result_of(one, "classes")
    for id, says, value in (
        ("at-one-half", "0.5 itself becomes class 1: the contract makes it 0.", (p >= 0.5).astype(float)),
        ("class-0-missing", "Class 0 is never assigned: those probabilities stay.", np.where(p > 0.5, 1, p)),
        ("class-1-missing", "Class 1 is never assigned: those probabilities stay.", np.where(p > 0.5, p, 0)),
        ("inverted", "The classes are swapped.", (p <= 0.5).astype(float)),
        ("inverted", "The classes are swapped.", (p < 0.5).astype(float)),
        ("identity", "It returns the probabilities.", p),
        ("one-for-all", "Everything is class 0.", np.zeros_like(p)),
        ("one-for-all", "Everything is class 1.", np.ones_like(p)),
        ("signs", "The classes are −1 and 1: the labels are 0 and 1.", np.where(p > 0.5, 1.0, -1.0)),
        ("rounded-up", "It rounds up: everything above 0 is class 1.", np.ceil(p)),
        ("rounded-down", "It rounds down: everything below 1 is class 0.", np.floor(p)),
        ("order", "The second assignment overwrites the first: everything is class 0.", np.zeros_like(p)),
        ("maximum", "It marks the greatest probability of each column.", (p == p.max(axis=0)).astype(float)),
        ("mean", "The threshold is the mean.", (p > p.mean()).astype(float)),
        ("half", "Classes are halved.", np.where(p > 0.5, 0.5, 0)),
    ):  # fmt: skip
        yield Reading(id, says, {"classes": value})
    yield Reading("rounded", "It is rounded to one decimal: classes are 0 or 1.", {"classes": np.round(p, 1)})
    if got.shape == p.shape and np.isin(got, (0, 1)).all() and 0 < got.mean() < 1:
        low, high = p[got == 0].max(), p[got == 1].min()
        if low < high:
            yield Reading("threshold", f"The threshold lies between {low:.3g} and {high:.3g}: it is 0.5.", {"classes": got})


def _accuracy(one: Observation) -> Iterator[Reading]:
    given = given_to(one)
    p, Y = given["Y_hat"], given["Y"]
    C, m = (p > 0.5).astype(float), p.shape[1]
    hits = C == Y
    share = hits.all(axis=0).mean()
    for id, says, value in (
        ("probabilities", "It compares probabilities, not classes, with the labels.", (p == Y).all(axis=0).mean()),
        ("axis", "It asks whether a whole row is right: it must ask for each column (axis 0).", hits.all(axis=1).mean()),
        ("inverted", "It counts what is wrong: the comparison is inverted.", (C != Y).all(axis=0).mean()),
        ("inverted", "It returns the share of errors.", 1 - share),
        ("elements", "It counts elements: a column counts only where every class is right.", hits.mean()),
        ("any", "One right class is enough for it: every class must be right.", hits.any(axis=0).mean()),
        ("mean-missing", "It counts: the division by m is missing.", hits.all(axis=0).sum()),
        ("mean-missing", "It counts elements: the division by m is missing.", hits.sum()),
        ("percent", "It returns percent: the contract wants a share from 0 to 1.", 100 * share),
        ("percent", "It returns percent: the contract wants a share from 0 to 1.", 100 * hits.mean()),
        ("all-or-nothing", "It is 1 only where everything is right.", float(hits.all())),
        ("first-output", "Only the first output is compared.", hits[0].mean()),
        ("m-of-axis-0", "It divides by the number of outputs, not of examples.", hits.all(axis=0).sum() / len(p)),
        ("m-of-axis-0", "It divides by the number of outputs, not of examples.", hits.sum() / len(p)),
        ("m-off-by-one", "It divides by m − 1.", hits.all(axis=0).sum() / (m - 1) if m > 1 else np.inf),
        ("m-off-by-one", "It divides by m + 1.", hits.all(axis=0).sum() / (m + 1)),
        ("size", "It divides by all elements, but counts columns.", hits.all(axis=0).sum() / hits.size),
        ("distance", "It returns 1 − mean|Ŷ − Y|: a distance, not a share.", 1 - np.abs(p - Y).mean()),
        ("distance", "It returns mean|Ŷ − Y|.", np.abs(p - Y).mean()),
        ("positives", "It returns the share of predicted 1s: Y is not looked at.", C.mean()),
        ("positives", "It counts only right 1s.", (hits & (Y == 1)).sum() / m),
        ("recall", "It looks only at the examples of class 1 (the recall).", (hits & (Y == 1)).sum() / (Y == 1).sum()),
        ("recall", "It looks only at the examples predicted as 1 (the precision).", (hits & (C == 1)).sum() / (C == 1).sum()),
        ("sum-for-all", "It sums over outputs.", hits.sum(axis=0).mean()),
        ("at-one-half", "0.5 counts as class 1.", ((p >= 0.5) == (Y == 1)).all(axis=0).mean()),
        ("median", "It takes the median, not the mean.", np.median(hits.all(axis=0))),
        ("not-averaged", "It is not averaged: one value an example.", hits.all(axis=0)),
        ("last-left-out", "The last example is left out.", hits[:, :-1].all(axis=0).mean() if m > 1 else np.nan),
        ("constant", "It is always 1.", 1.0),
        ("constant", "It is always 0.", 0.0),
    ):
        yield Reading(id, says, {"accuracy": np.asarray(value, dtype=float)})
    if len(p) == 1:
        yield Reading("pairs", "Y is transposed: every prediction is compared with every label.", {"accuracy": np.asarray((C == Y.T).all(axis=0).mean())})
        yield Reading("pairs", "Y is transposed: every prediction is compared with every label.", {"accuracy": np.asarray((C == Y.T).mean())})
    got = result_of(one, "accuracy")
    if got.size == 1 and got:
        K = float(hits.all(axis=0).sum() / got)
        if abs(K - round(K)) < 1e-9:
            yield Reading(f"fixed-m:{K:.0f}", f"It divides by {K:.0f} whatever m is: m is the number of columns.", {"accuracy": np.asarray(hits.all(axis=0).sum() / K)})
    for d in range(6):
        yield Reading(f"rounded:{d}", f"It is rounded to {d} decimals.", {"accuracy": np.asarray(np.round(share, d))})


def _dZ_readings(one: Observation) -> Iterator[tuple[str, str, Array]]:
    """What dZ may be instead."""
    given = given_to(one)
    W, b, A, Z, dA, act = (given[name] for name in ("W", "b", "A_prev", "Z", "dA", "activation"))
    slope = slope_of(act, Z)
    other = "sigmoid" if act == "relu" else "relu"
    if act == "relu" or act == "sigmoid":
        yield f"slope:{act}", f"For '{act}' it takes the slope of {other}.", dA * slope_of(other, Z)
    yield "slope-missing", "The activation's slope is left out: dZ is dA.", dA
    yield ("slope-without-bias", "The slope is taken at W · A_prev, without the bias: it must be taken at Z.", dA * slope_of(act, W @ A))
    yield "wrong-point", "The slope is taken at g(Z), not at Z: A is used for Z.", dA * slope_of(act, activated(act, Z))
    yield "dA-missing", "dZ is the slope alone: dA is missing.", slope
    yield "sign", "dZ has the wrong sign.", -dA * slope
    yield "slope-twice", "The slope is applied twice.", dA * slope * slope
    yield "arguments-swapped", "dA and Z are swapped on their way into the slope.", Z * slope_of(act, dA)
    yield "wrong-point", "The slope is taken at dA, not at Z.", dA * slope_of(act, dA)
    yield "value-for-slope", "dA is multiplied by g(Z), not by its slope.", dA * activated(act, Z)
    yield "bias-for-Z", "The slope is taken at b.", dA * slope_of(act, b + 0 * Z)
    for c in (0.01, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0):
        yield f"clip:{c:g}", f"dZ is clipped to ±{c:g}: backward propagation clips nothing.", np.clip(dA * slope, -c, c)
        yield (f"clip-dA:{c:g}", f"dA is clipped to ±{c:g}: backward propagation clips nothing.", np.clip(dA, -c, c) * slope)
    m = dA.shape[1]
    yield "mean-in-dZ", "dZ is divided by m: 1/m belongs in dW and db alone.", dA * slope / m


def _single_backward(one: Observation) -> Iterator[Reading]:
    given = given_to(one)
    W, A, Z, dA, b, act = (given[name] for name in ("W", "A_prev", "Z", "dA", "b", "activation"))
    n_out, n_in = W.shape
    m = A.shape[1]
    dZ = dA * slope_of(act, Z)
    dW, db, dA_prev = dZ @ A.T / m, dZ.sum(axis=1, keepdims=True) / m, W.T @ dZ
    right = {"dA_prev": dA_prev, "dW": dW, "db": db}
    for id, says, D in _dZ_readings(one):
        yield Reading(id, says, {"dA_prev": W.T @ D, "dW": D @ A.T / m, "db": D.sum(axis=1, keepdims=True) / m})
        for name, value in (("dW", D @ A.T / m), ("db", D.sum(axis=1, keepdims=True) / m), ("dA_prev", W.T @ D)):
            if id in ("slope-missing", "dA-missing", "sign", "wrong-point"):
                words = {"slope-missing": "uses dA where dZ belongs", "dA-missing": "uses the slope alone where dZ belongs",
                         "sign": "has the wrong sign", "wrong-point": "uses a slope taken at the wrong point"}[id]  # fmt: skip
                yield Reading(f"{id}-{name}", f"{name} {words}.", right | {name: value})
        if id == "slope-missing":
            pair = {"dW": D @ A.T / m, "db": D.sum(axis=1, keepdims=True) / m}
            yield Reading("slope-missing-both", "dW and db use dA where dZ belongs.", right | pair)
    G = activated(act, Z)
    divisors = (
        ("mean-missing", "is not divided by m", m),
        ("m-off-by-one", "is divided by m − 1, not by m", m / (m - 1) if m > 1 else np.inf),
        ("m-off-by-one", "is divided by m + 1, not by m", m / (m + 1)),
        ("m-of-axis-0", "is divided by n_in, A_prev.shape[0]: m is the number of columns", m / n_in),
        ("m-of-axis-0", "is divided by n_out: m is the number of examples", m / n_out),
        ("m-of-axis-0", "is divided by all elements of A_prev: m is the number of columns", 1 / n_in),
        ("half", "has a stray factor ½", 0.5),
        ("double", "has a stray factor 2", 2.0),
        ("mean-twice", "is divided by m twice", 1 / m),
        ("sign", "has the wrong sign", -1.0),
        ("sign", "has the wrong sign and is not divided by m", -float(m)),
        ("root", "is divided by √m", np.sqrt(m)),
    )
    for id, says, factor in divisors:
        yield Reading(f"{id}-both:{says}", f"dW and db: each {says}.", right | {"dW": dW * factor, "db": db * factor})
        yield Reading(f"{id}-dW:{says}", f"dW {says}.", right | {"dW": dW * factor})
        yield Reading(f"{id}-db:{says}", f"db {says}.", right | {"db": db * factor})
    if "dW" in one.values and one.values["dW"].shape == W.shape:
        rates = (one.values["dW"] - dW) / W
        lam = float(np.median(rates))
        if abs(lam) > 1e-12 and np.allclose(rates, lam, rtol=1e-6):
            yield Reading(f"decay:{lam:.6g}", "A multiple of W is added to dW: the contract has no weight decay.", right | {"dW": dW + lam * W})
            yield Reading("decay-by-m", "A multiple of W/m is added to dW: the contract has no weight decay.", right | {"dW": dW + lam * W})
        yield Reading("normalised:dW", "dW is divided by its length: its size is lost.", right | {"dW": dW / np.linalg.norm(dW)})
    for c in (0.1, 0.5, 1.0, 5.0, 10.0):
        yield Reading(f"clip:{c:g}:dW", f"dW is clipped to ±{c:g}.", right | {"dW": np.clip(dW, -c, c)})
        yield Reading(f"clip:{c:g}:db", f"db is clipped to ±{c:g}.", right | {"db": np.clip(db, -c, c)})
        yield Reading(f"clip:{c:g}:both", f"dW and db are clipped to ±{c:g}.", right | {"dW": np.clip(dW, -c, c), "db": np.clip(db, -c, c)})
        yield Reading(f"clip:{c:g}:dA_prev", f"dA_prev is clipped to ±{c:g}.", right | {"dA_prev": np.clip(dA_prev, -c, c)})
    for name, value in right.items():
        yield Reading(f"floored:{name}", f"{name} is rounded down to whole numbers (// is not /).", right | {name: np.floor(value)})
        for d in range(1, 11):
            yield Reading(f"rounded:{d}:{name}", f"{name} is rounded to {d} decimals.", right | {name: np.round(value, d)})
    yield Reading("floored:dW", "dW is rounded down to whole numbers (// is not /).", right | {"dW": np.floor(dZ @ A.T / m)})
    if n_out == n_in:
        yield Reading("elementwise:dW", "dW multiplies elementwise: it must be a matrix product.", right | {"dW": dZ * A / m})
    for name in ("relu", "sigmoid"):
        yield Reading("A-for-A_prev:dW", "dW uses the layer's own output where A_prev belongs.", right | {"dW": dZ @ activated(name, Z).T / m})
    for id, says, value in (
        ("transposed", "dW is transposed: it must have W's shape, (n_out, n_in).", dW.T),
        ("A-for-A_prev", "dW uses g(Z), the layer's output, where A_prev belongs.", dZ @ G.T / m),
        ("Z-for-A_prev", "dW uses Z where A_prev belongs.", dZ @ Z.T / m),
        ("zeros", "dW is all zeros.", np.zeros_like(dW)),
        ("decay", "W is added to dW: the contract has no weight decay.", dW + W),
        ("decay", "W/m is added to dW: the contract has no weight decay.", dW + W / m),
        ("row-means", "dW uses the mean of A_prev.", dZ.mean(axis=1, keepdims=True) @ A.mean(axis=1, keepdims=True).T),
        ("weights-instead", "It returns W in the place of dW.", W),
        ("db-for-dW", "dW is db, spread over all inputs.", db + 0 * W),
    ):
        yield Reading(f"{id}:dW", says, right | {"dW": value})
    if n_out == n_in:
        yield Reading("product-order:dW", "The factors of dW are in the wrong order, or transposed.", right | {"dW": A @ dZ.T / m})
        yield Reading("W-transposed", "dA_prev uses W: it must be Wᵀ · dZ.", right | {"dA_prev": W @ dZ})
        if n_in == m:
            yield Reading("transpose-missing:dW", "A_prev is not transposed in dW.", right | {"dW": dZ @ A / m})
            yield Reading("elementwise:dW", "dW multiplies elementwise: it must be a matrix product.", right | {"dW": dZ * A / m})
            yield Reading("product-order:dA_prev", "The factors of dA_prev are in the wrong order.", right | {"dA_prev": dZ @ W})
    for id, says, value in (
        ("keepdims", "db has lost an axis: it must stay a column, (n_out, 1) (keepdims).", db[:, 0]),
        ("row", "db is a row: it must stay a column, (n_out, 1).", db.T),
        ("axis", "db sums over axis 0, the units: it must sum over the examples, axis 1.", dZ.sum(axis=0, keepdims=True) / m),
        ("axis", "db sums over axis 0, the units: it must sum over the examples, axis 1.", dZ.mean(axis=0, keepdims=True)),
        ("axis", "db sums over axis 0, the units: it must sum over the examples, axis 1.", dZ.sum(axis=0, keepdims=True)),
        ("axis", "db sums over axis 0: it must sum over the examples, axis 1.", dZ.sum(axis=0) / m),
        ("axis", "db sums over axis 0, the units: it must sum over the examples, axis 1.", dZ.sum(axis=0, keepdims=True) / n_out),
        ("sum-of-all", "db is one number, the sum of all dZ: each unit has its own.", np.asarray(dZ.sum() / m)),
        ("sum-of-all", "db is one number, the sum of all dZ: each unit has its own.", np.full((1, 1), dZ.sum() / m)),
        ("sum-of-all", "db is the same number for every unit.", dZ.sum() / m + 0 * db),
        ("not-summed", "db is not summed over the examples.", dZ / m),
        ("not-summed", "db is not summed over the examples.", dZ),
        ("one-example", "db is dZ of the first example alone.", dZ[:, :1] / m),
        ("one-example", "db is dZ of the last example alone.", dZ[:, -1:] / m),
        ("one-example", "db is dZ of the first example alone.", dZ[:, :1]),
        ("last-left-out", "db leaves out the last example.", dZ[:, :-1].sum(axis=1, keepdims=True) / m),
        ("last-left-out", "db leaves out the first example.", dZ[:, 1:].sum(axis=1, keepdims=True) / m),
        ("dW-for-db", "db is a mean of dW.", dW.mean(axis=1, keepdims=True)),
        ("dW-for-db", "db is the sum of dW.", dW.sum(axis=1, keepdims=True)),
        ("zeros", "db is all zeros.", np.zeros_like(db)),
        ("bias-factor", "db is multiplied by b.", db * b),
        ("bias-instead", "It returns b in the place of db.", b),
        ("maximum", "db takes a maximum, not a sum.", dZ.max(axis=1, keepdims=True)),
        ("A-for-dZ", "db sums A_prev, not dZ.", A.sum(axis=1, keepdims=True) / m),
        ("Z-for-dZ", "db sums Z, not dZ.", Z.sum(axis=1, keepdims=True) / m),
        ("squared", "db sums squares.", (dZ**2).sum(axis=1, keepdims=True) / m),
        ("absolute", "db sums absolute values.", np.abs(dZ).sum(axis=1, keepdims=True) / m),
    ):
        yield Reading(f"{id}:db", says, right | {"db": value})
    for id, says, value in (
        ("mean-in-dA", "dA_prev is divided by m: 1/m belongs in dW and db alone.", dA_prev / m),
        ("sign", "dA_prev has the wrong sign.", -dA_prev),
        ("times-A", "dA_prev is multiplied by A_prev.", dA_prev * A),
        ("slope-of-A", "dA_prev is masked by A_prev > 0: the layer before applies its slope itself.", dA_prev * (A > 0)),
        ("slope-of-A", "dA_prev has a slope of A_prev in it: the layer before applies its own.", dA_prev * slope_of("sigmoid", A)),
        ("dW-for-W", "dA_prev uses dW where W belongs.", dW.T @ dZ),
        ("A-instead", "It returns A_prev in the place of dA_prev.", A),
        ("dZ-instead", "It returns dZ in the place of dA_prev.", dZ),
        ("dA-instead", "It returns dA in the place of dA_prev.", dA),
        ("scaled", "dA_prev is divided by n_out.", dA_prev / n_out),
        ("bias-added", "b is added into dA_prev.", W.T @ (dZ + b)),
        ("zeros", "dA_prev is all zeros.", np.zeros_like(dA_prev)),
        ("absolute", "dA_prev uses |W|.", np.abs(W).T @ dZ),
        ("mean-missing", "dA_prev is multiplied by m.", dA_prev * m),
    ):
        yield Reading(f"{id}:dA_prev", says, right | {"dA_prev": value})
    for narrow in (np.float32, np.float16):
        name = np.dtype(narrow).name
        low = dZ.astype(narrow).astype(float)
        yield Reading(f"cast:{name}", f"dZ is cast to {name}: digits are lost.", {"dA_prev": W.T @ low, "dW": low @ A.T / m, "db": low.sum(axis=1, keepdims=True) / m})
        yield Reading(f"cast:{name}", f"dW: dZ is cast to {name}, digits are lost.", right | {"dW": low @ A.T / m})
        yield Reading(f"cast:{name}", f"db: dZ is cast to {name}, digits are lost.", right | {"db": low.sum(axis=1, keepdims=True) / m})
    names = ("dA_prev", "dW", "db")
    for order in ((0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        yield Reading(
            "returned-order", "The results are returned in another order than dA_prev, dW, db.", {name: right[names[k]] for name, k in zip(names, order, strict=True)}
        )


def loss_gradients(p: Array, Y: Array) -> Iterator[tuple[str, str, Array]]:
    """What dA_L may be instead."""
    m = p.shape[1]
    right = -(Y / p - (1 - Y) / (1 - p))
    yield "sign", "dA_L has lost its minus sign: every step goes uphill.", -right
    yield "lost-term", "dA_L lacks its second term: examples of class 0 teach nothing.", -(Y / p)
    yield "lost-term", "dA_L lacks its first term: examples of class 1 teach nothing.", (1 - Y) / (1 - p)
    yield "term-sign", "The two terms of dA_L are added where they must be subtracted.", -(Y / p + (1 - Y) / (1 - p))
    yield ("term-sign", "The minus sign of dA_L applies to the first term only; the second has the wrong one.", -(Y / p) - (1 - Y) / (1 - p))
    yield "fused-twice", "dA_L is Ŷ − Y, which is dZ_L already: the sigmoid's slope is then applied to it again.", p - Y
    yield "fused-twice", "dA_L is Y − Ŷ: neither the loss's gradient nor the right sign.", Y - p
    yield "squared-error", "dA_L is 2(Ŷ − Y), the gradient of the squared error.", 2 * (p - Y)
    yield "mean-twice", "dA_L is divided by m, and dW and db are again.", right / m
    yield "mean-missing", "dA_L is multiplied by m.", right * m
    yield "half", "dA_L has a stray factor ½.", right / 2
    yield "double", "dA_L has a stray factor 2.", right * 2
    yield ("roles-swapped", "Y and Ŷ are swapped in dA_L: it divides by labels, which are 0 or 1.", -(p / Y - (1 - p) / (1 - Y)))
    yield ("upside-down", "The first quotient of dA_L is upside down: it divides by labels, which are 0 or 1.", -(p / Y - (1 - Y) / (1 - p)))
    yield ("upside-down", "The second quotient of dA_L is upside down: it divides by labels, which are 0 or 1.", -(Y / p - (1 - p) / (1 - Y)))
    c = np.round(p)
    yield ("classes", "Ŷ is turned into classes before the gradient is taken: it divides by 0.", -(Y / c - (1 - Y) / (1 - c)))
    yield "second-term", "The second term of dA_L divides by Ŷ, not by 1 − Ŷ.", -(Y / p - (1 - Y) / p)
    yield "first-term", "The first term of dA_L divides by 1 − Ŷ, not by Ŷ.", -(Y / (1 - p) - (1 - Y) / (1 - p))
    yield "second-term", "The second term of dA_L has Y where 1 − Y belongs.", -(Y / p - Y / (1 - p))
    yield "denominators", "The denominators of dA_L are swapped.", -(Y / (1 - p) - (1 - Y) / p)
    yield "labels-inverted", "The classes are swapped in dA_L.", -((1 - Y) / p - Y / (1 - p))
    yield "product", "dA_L multiplies where it must divide.", -(Y * p - (1 - Y) * (1 - p))
    yield ("logarithms", "dA_L is made of logarithms: that is the cost, not its gradient.", -(Y * np.log(p) - (1 - Y) * np.log(1 - p)))
    yield ("logarithms", "dA_L is made of logarithms: that is the cost, not its gradient.", -(Y * np.log(p) + (1 - Y) * np.log(1 - p)))
    for eps in EPSILONS:
        text = f"{eps:g} in the denominators biases the gradient."
        yield "epsilon", text, -(Y / (p + eps) - (1 - Y) / (1 - p + eps))
        yield "epsilon", text, -(Y / (p + eps) - (1 - Y) / (1 - p))
        yield "epsilon", text, -(Y / p - (1 - Y) / (1 - p + eps))
        yield "epsilon", text, (p - Y) / (p * (1 - p) + eps)
        q = np.clip(p, eps, 1 - eps)
        yield (f"clip:{eps:g}", f"Ŷ is clipped to [{eps:g}, 1 − {eps:g}]: saturated examples get another gradient.", -(Y / q - (1 - Y) / (1 - q)))
    for narrow in (np.float32, np.float16):
        yield (f"cast:{np.dtype(narrow).name}", f"dA_L is cast to {np.dtype(narrow).name}: digits are lost.", right.astype(narrow).astype(float))
    for bound in (1.0, 5.0, 10.0, 100.0, 1000.0):
        yield f"clip-dA:{bound:g}", f"dA_L is clipped to ±{bound:g}.", np.clip(right, -bound, bound)
    yield "sum", "dA_L is averaged over the examples.", right.mean(axis=1, keepdims=True) + 0 * right


def _gradients(one: Observation, dA: Array | None = None, **how: Any) -> dict[str, Array]:
    """The gradients of the whole pass, from another dA_L or with one thing done otherwise."""
    given = given_to(one)
    layers, memory, P = given["nn_architecture"], given["memory"], given["params_values"]
    p, Y = given["Y_hat"], given["Y"].reshape(given["Y_hat"].shape)
    L, m = len(layers), p.shape[1]
    A = {k: memory[names.A(k)].astype(float) for k in range(L)} | {L: p}
    dA = -(Y / p - (1 - Y) / (1 - p)) if dA is None else dA
    values = {}
    for k in range(L, 0, -1):
        act = how.get("activation") or layers[k - 1]["activation"]
        Z = memory[names.Z(how.get("Z", lambda k: k)(k))].astype(float)
        dZ = dA if how.get("no_slope_at") == k - L else dA * slope_of(act, Z)
        if how.get("fused") and k == L:
            dZ = p - Y
        values[names.dW(k)] = dZ @ A[how.get("A", lambda k: k - 1)(k)].T / m
        values[names.db(k)] = dZ.sum(axis=1, keepdims=True) / m
        dA = P[names.W(k)].astype(float).T @ dZ
        if "moved" in how:
            dA = how["moved"](dA, m, k)
    return values


def _full_backward(one: Observation) -> Iterator[Reading]:
    given = given_to(one)
    p = given["Y_hat"]
    L = len(given["nn_architecture"])
    Y = given["Y"].reshape(p.shape)
    everywhere = {
        "sign": "Every gradient has the wrong sign: every step goes uphill.",
        "mean-twice": "Every gradient is divided by m twice.",
        "mean-missing": "Every gradient is m times too large.",
        "half": "Every gradient is half the right one.",
        "double": "Every gradient is twice the right one.",
    }
    for id, says, dA in loss_gradients(p, Y):
        yield Reading(id, everywhere.get(id, says), _gradients(one, dA))
    right = _gradients(one)
    kinds = ("dW", "db")
    for k, words in ((1, "first"), (L, "last")):
        for kind in kinds:
            zeroed = (names.dW(k), names.db(k)) if kind == "db" else (names.dW(k),)
            yield Reading(
                f"zeroed:{words}",
                f"{' and '.join(zeroed) if L > 1 else zeroed[0]} of the {words} layer is set to zero: it never learns.",
                right | {name: 0 * right[name] for name in zeroed},
            )
        yield Reading(f"zeroed:{words}", f"db of the {words} layer is set to zero.", right | {names.db(k): 0 * right[names.db(k)]})
    yield Reading("zeroed:db", "Every db is zero.", right | {names.db(k): 0 * right[names.db(k)] for k in range(1, L + 1)})
    yield Reading(
        "mirrored",
        "The gradients are filed under the mirrored layer's number: dW1 is the last layer's.",
        {names.make(kind, k): right[names.make(kind, L + 1 - k)] for kind in kinds for k in range(1, L + 1)},
    )
    for kind, other in (("dW", "db"), ("db", "dW")):
        yield Reading(
            f"mirrored:{kind}",
            f"{kind} is filed under the mirrored layer's number: {kind}1 is the last layer's.",
            {names.make(kind, k): right[names.make(kind, L + 1 - k)] for k in range(1, L + 1)} | {names.make(other, k): right[names.make(other, k)] for k in range(1, L + 1)},
        )
    for shift in (-1, 1):
        moved = {names.make(kind, k + shift): right[names.make(kind, k)] for kind in kinds for k in range(1, L + 1)}
        yield Reading("keys", f"The gradients are filed under numbers {'too small' if shift < 0 else 'too large'} by one.", moved)
        for kind, other in (("dW", "db"), ("db", "dW")):
            yield Reading(
                f"keys:{kind}",
                f"{kind} is filed under numbers {'too small' if shift < 0 else 'too large'} by one.",
                {names.make(kind, k + shift): right[names.make(kind, k)] for k in range(1, L + 1)} | {names.make(other, k): right[names.make(other, k)] for k in range(1, L + 1)},
            )
    yield Reading("returns-early", "Only the last layer's gradients are there: it returns inside the loop.", {names.dW(L): right[names.dW(L)], names.db(L): right[names.db(L)]})
    if L > 1:
        yield Reading(
            "first-layer-missing",
            "The first layer's gradients are missing: the loop ends too early.",
            {name: value for name, value in right.items() if not name.endswith("1") or len(name) > 3},
        )
        yield Reading("last-layer-missing", "The last layer's gradients are missing.", {name: value for name, value in right.items() if name not in (names.dW(L), names.db(L))})
    yield Reading(
        "swapped-keys", "dW and db are filed under each other's names.", {names.make(a, k): right[names.make(b, k)] for a, b in (("dW", "db"), ("db", "dW")) for k in range(1, L + 1)}
    )
    yield Reading("one-key", "db is filed under the name of dW.", {names.dW(k): right[names.db(k)] for k in range(1, L + 1)})
    yield Reading("one-key", "dW is filed under the name of db.", {names.db(k): right[names.dW(k)] for k in range(1, L + 1)})
    yield Reading("lost-kind", "db is missing.", {names.dW(k): right[names.dW(k)] for k in range(1, L + 1)})
    yield Reading("lost-kind", "dW is missing.", {names.db(k): right[names.db(k)] for k in range(1, L + 1)})
    sums = {k: right[names.dW(k)].sum(axis=1, keepdims=True) for k in range(1, L + 1)}
    means = {k: right[names.dW(k)].mean(axis=1, keepdims=True) for k in range(1, L + 1)}
    for word, made in (("mean", means), ("sum", sums)):
        yield Reading("db-from-dW", f"db is the {word} of dW: it is a sum of dZ over the examples.", right | {names.db(k): made[k] for k in made})
    for act in ("relu", "sigmoid"):
        yield Reading("activation-ignored", f"Every layer goes back through {act}: the layer's own activation is not passed on.", _gradients(one, activation=act))
    yield Reading("slope-missing-last", "The last layer's slope is left out: dA_L is used as dZ_L.", _gradients(one, no_slope_at=0))
    try:
        yield Reading("layer-shifted", "dW uses A_l, the layer's own output, where A_{l−1} belongs.", _gradients(one, A=lambda k: min(k, L)))
        yield Reading("layer-shifted", "dW uses A_l, the layer's own output, where A_{l−1} belongs.", _gradients(one, A=lambda k: min(k, L - 1)))
        yield Reading("layer-shifted", "The slope is taken at another layer's Z.", _gradients(one, Z=lambda k: max(1, k - 1)))
        yield Reading("layer-shifted", "Every layer uses A0.", _gradients(one, A=lambda k: 0))
    except (ValueError, KeyError):
        pass
    yield Reading("mean-in-dA", "dA is divided by m on its way down: 1/m belongs in dW and db alone.", _gradients(one, moved=lambda dA, m, k: dA / m))
    yield Reading("sign-in-dA", "dA changes its sign from layer to layer.", _gradients(one, moved=lambda dA, m, k: -dA))
    for c in (1.0, 5.0, 0.1, 0.5, 10.0):
        yield Reading(f"clip:{c:g}", f"Gradients are clipped to ±{c:g}.", {name: np.clip(value, -c, c) for name, value in right.items()})
    for narrow in (np.float32, np.float16):
        name = np.dtype(narrow).name
        yield Reading(f"cast:{name}", f"The gradients are cast to {name}: digits are lost.", {key: value.astype(narrow).astype(float) for key, value in right.items()})
        yield Reading(
            f"cast:{name}",
            f"dW is cast to {name}: digits are lost.",
            {key: value.astype(narrow).astype(float) if key[1] == "W" else value for key, value in right.items()},
        )


def _update(one: Observation) -> Iterator[Reading]:
    given = given_to(one)
    P = {key: value.astype(float) for key, value in given["params_values"].items()}
    G = {key: value.astype(float) for key, value in given["grads_values"].items()}
    a, L = given["learning_rate"], len(given["nn_architecture"])

    def after(step: Callable[[str], Array]) -> dict[str, Array]:
        return {name: P[name] + step(name) for name in P}

    def layer(name: str) -> int:
        return names.layer_of(name) or 0

    yield Reading("sign", "It adds α · dθ: the step goes uphill.", after(lambda n: a * G[names.d(n)]))
    yield Reading("rate-missing", "The learning rate is missing: it subtracts dθ itself.", after(lambda n: -G[names.d(n)]))
    yield Reading("rate-squared", "The learning rate is applied twice.", after(lambda n: -a * a * G[names.d(n)]))
    yield Reading("rate-divided", "It divides by the learning rate.", after(lambda n: -G[names.d(n)] / a))
    yield Reading("no-step", "Nothing is updated.", after(lambda n: 0 * P[n]))
    for kind in ("W", "b"):
        yield Reading(f"{kind}-not-updated", f"{kind} is never updated.", after(lambda n: 0 * P[n] if n[0] == kind else -a * G[names.d(n)]))
        yield Reading(f"{kind}-sign", f"{kind} is updated with the wrong sign.", after(lambda n: (1 if n[0] == kind else -1) * a * G[names.d(n)]))
        yield Reading(f"{kind}-rate-missing", f"{kind} is updated without the learning rate.", after(lambda n: -(1 if n[0] == kind else a) * G[names.d(n)]))
        yield Reading(f"{kind}-twice", f"{kind} is updated twice.", after(lambda n: -(2 if n[0] == kind else 1) * a * G[names.d(n)]))
        yield Reading(f"{kind}-rate-squared", f"{kind}'s learning rate is squared.", after(lambda n: -(a * a if n[0] == kind else a) * G[names.d(n)]))
        yield Reading(
            f"{kind}-replaced", f"{kind} is replaced by −α · d{kind}: “=-” is not “-=”.", {n: -a * G[names.d(n)] if n[0] == kind else P[n] - a * G[names.d(n)] for n in P}
        )
        yield Reading(f"{kind}-gradient", f"{kind} becomes its gradient.", {n: G[names.d(n)] if n[0] == kind else P[n] - a * G[names.d(n)] for n in P})
    yield Reading("W-with-db", "W is updated with db.", {n: P[n] - a * (G[names.db(layer(n))] if n[0] == "W" else G[names.d(n)]) for n in P})
    yield Reading("replaced", "W and b are replaced by −α · dθ: “=-” is not “-=”.", {n: -a * G[names.d(n)] for n in P})
    yield Reading("returns-gradients", "It returns the gradients' values under the parameters' names.", {n: G[names.d(n)] for n in P})
    yield Reading("weights-as-step", "It subtracts α · θ, not α · dθ.", after(lambda n: -a * P[n]))
    yield Reading("returns-early", "Only layer 1 is updated: it returns inside the loop.", after(lambda n: -a * G[names.d(n)] if layer(n) == 1 else 0 * P[n]))
    yield Reading("first-layer-missing", "Layer 1 is never updated.", after(lambda n: 0 * P[n] if layer(n) == 1 else -a * G[names.d(n)]))
    yield Reading("last-layer-missing", "The last layer is never updated: the loop ends too early.", after(lambda n: 0 * P[n] if layer(n) == L else -a * G[names.d(n)]))
    yield Reading("only-last", "Only the last layer is updated.", after(lambda n: -a * G[names.d(n)] if layer(n) == L else 0 * P[n]))
    for kind in ("W", "b"):
        for at, words in ((L, "last layer"), (1, "first layer")):
            yield Reading(f"{kind}-of-{words}", f"{kind} of the {words} is never updated.", after(lambda n: 0 * P[n] if n == names.make(kind, at) else -a * G[names.d(n)]))
    for narrow in (np.float32, np.float16):
        name = np.dtype(narrow).name
        for which in ("W", "b", "Wb"):
            yield Reading(
                f"cast:{name}",
                f"{' and '.join(which)} cast to {name}: digits are lost.",
                {n: (P[n] - a * G[names.d(n)]).astype(narrow).astype(float) if n[0] in which else P[n] - a * G[names.d(n)] for n in P},
            )
    for c in (0.1, 0.5, 1.0, 5.0, 0.01):
        yield Reading(f"clip:{c:g}", f"Gradients are clipped to ±{c:g} before the step.", after(lambda n: -a * np.clip(G[names.d(n)], -c, c)))
        yield Reading(f"clip-theta:{c:g}", f"The parameters are clipped to ±{c:g}.", {n: np.clip(P[n] - a * G[names.d(n)], -c, c) for n in P})
    for rate in (0.01, 0.001, 0.1, 0.5, 1.0, 0.05, 0.0075):
        if abs(rate - a) > 1e-12:
            yield Reading(f"rate:{rate:g}", f"The learning rate is always {rate:g}: the argument is not used.", after(lambda n: -rate * G[names.d(n)]))
            for kind in ("W", "b"):
                yield Reading(
                    f"rate:{rate:g}:{kind}",
                    f"{kind}'s learning rate is always {rate:g}: the argument is not used.",
                    after(lambda n: -(rate if n[0] == kind else a) * G[names.d(n)]),
                )
    factors = {}
    for n in P:
        if n in one.values and one.values[n].shape == P[n].shape:
            with np.errstate(all="ignore"):
                factors[n] = float(np.median((P[n] - one.values[n]) / (a * G[names.d(n)])))
    for kinds in ("W", "b", "Wb"):
        chosen = [factors[n] for n in factors if n[0] in kinds]
        if chosen and np.allclose(chosen, chosen[0], rtol=1e-9, atol=0) and abs(chosen[0] - 1) > 1e-12:
            k = chosen[0]
            shown = f"1 {k - 1:+.3g}" if abs(k - 1) < 1e-3 else f"{k:.6g}"
            yield Reading(
                f"step-scaled:{k:.9f}:{kinds}",
                f"The step of {' and '.join(kinds)} is {shown} times α · dθ.",
                after(lambda n: -(k if n[0] in kinds else 1) * a * G[names.d(n)]),
            )
        if chosen and np.allclose(chosen, chosen[0], rtol=1e-9, atol=0) and abs(chosen[0] - 1) > 1e-12:
            yield Reading(
                f"rate-altered:{kinds}",
                f"The learning rate is altered: the step of {' and '.join(kinds)} is a multiple of α · dθ.",
                after(lambda n: -(chosen[0] if n[0] in kinds else 1) * a * G[names.d(n)]),
            )
    for decay in (0.1, 0.01, 0.001, 1e-4, 0.5, 0.9, 1e-5, 0.99, 1.0):
        for kinds in ("W", "Wb"):
            yield Reading(
                f"decay:{decay:g}",
                f"Weight decay of {decay:g} is added: the contract has none.",
                after(lambda n: -a * (G[names.d(n)] + (decay * P[n] if n[0] in kinds else 0))),
            )
            yield Reading(
                f"decay:{decay:g}",
                f"The parameters shrink by {decay:g} in each step: the contract has no decay.",
                {n: (P[n] * (1 - decay) if n[0] in kinds else P[n]) - a * G[names.d(n)] for n in P},
            )
            yield Reading(
                f"decay:{decay:g}",
                f"The parameters are multiplied by {decay:g} in each step.",
                {n: (P[n] * decay if n[0] in kinds else P[n]) - a * G[names.d(n)] for n in P},
            )
    for kinds in ("W", "b", "Wb"):
        words = " and ".join(kinds)

        def only(step: Callable[[str], Array], kinds: str = kinds) -> dict[str, Array]:
            return after(lambda n: -a * (step(n) if n[0] in kinds else G[names.d(n)]))

        yield Reading(f"signs:{kinds}", f"{words}: only the sign of the gradient is used.", only(lambda n: np.sign(G[names.d(n)])))
        yield Reading(f"scaled-by-width:{kinds}", f"{words}: the step is divided by the number of inputs.", only(lambda n: G[names.d(n)] / P[names.W(layer(n))].shape[1]))
        yield Reading(f"scaled-by-width:{kinds}", f"{words}: the step is divided by the number of units.", only(lambda n: G[names.d(n)] / P[names.W(layer(n))].shape[0]))
        yield Reading(f"normalised:{kinds}", f"{words}: the gradient is divided by its norm.", only(lambda n: G[names.d(n)] / np.linalg.norm(G[names.d(n)])))
        for c in (0.01, 0.1, 0.5, 1.0, 5.0):
            yield Reading(f"clip:{c:g}:{kinds}", f"{words}: the gradient is clipped to ±{c:g} before the step.", only(lambda n: np.clip(G[names.d(n)], -c, c)))
        for d in range(2, 11):
            yield Reading(
                f"rounded:{d}:{kinds}",
                f"{words} rounded to {d} decimals.",
                {n: np.round(P[n] - a * G[names.d(n)], d) if n[0] in kinds else P[n] - a * G[names.d(n)] for n in P},
            )
    yield Reading(
        "b-with-dW", "b is updated with the mean of dW.", {n: P[n] - a * (G[names.dW(layer(n))].mean(axis=1, keepdims=True) if n[0] == "b" else G[names.d(n)]) for n in P}
    )
    yield Reading(
        "b-with-dW", "b is updated with the sum of dW.", {n: P[n] - a * (G[names.dW(layer(n))].sum(axis=1, keepdims=True) if n[0] == "b" else G[names.d(n)]) for n in P}
    )
    yield Reading("normalised", "Gradients are divided by their norm.", after(lambda n: -a * G[names.d(n)] / np.linalg.norm(G[names.d(n)])))
    yield Reading("signs", "Only the gradient's sign is used.", after(lambda n: -a * np.sign(G[names.d(n)])))
    yield Reading(
        "layer-shifted",
        "Each layer is updated with another layer's gradient.",
        {n: P[n] - a * G.get(names.d(names.make(names.kind(n), layer(n) % L + 1)), np.nan) if G.get(names.d(names.make(names.kind(n), layer(n) % L + 1)), P[n]).shape == P[n].shape else P[n] * np.nan for n in P},
    )


READINGS: dict[str, Callable[[Observation], Iterator[Reading]]] = {
    "init_layers": _init_layers,
    "sigmoid": _sigmoid,
    "relu": _relu,
    "sigmoid_backward": _sigmoid_backward,
    "relu_backward": _relu_backward,
    "single_layer_forward_propagation": _single_forward,
    "full_forward_propagation": _full_forward,
    "get_cost_value": _cost,
    "convert_prob_into_class": _classes,
    "get_accuracy_value": _accuracy,
    "single_layer_backward_propagation": _single_backward,
    "full_backward_propagation": _full_backward,
    "update": _update,
}


def _train(one: Observation) -> Iterator[Reading]:
    given = given_to(one)
    X, Y, layers, epochs, rate = (given[name] for name in ("X", "Y", "nn_architecture", "epochs", "learning_rate"))
    for k in range(epochs + 3):
        if k != epochs:
            word = {-1: "one step too few", 1: "one step too many"}.get(k - epochs, f"{k} of {epochs} steps")
            id = f"steps:{k - epochs}" if abs(k - epochs) < 3 else f"steps:{k}"
            yield Reading(id, f"It takes {word}.", trained(X, Y, layers, k, rate))
    for seed in (99, 0, 1, 3, 42, 10, 100):
        if seed != TRAINING_SEED:
            yield Reading(f"training-seed:{seed}", f"It starts from the weights of seed {seed}: training starts from seed 2.", trained(X, Y, layers, epochs, rate, seed))
    for factor in (0.1, 10.0, 0.5, 2.0, 1 / X.shape[1], rate):
        yield Reading(f"rate:{factor:g}", f"The learning rate is multiplied by {factor:g}.", trained(X, Y, layers, epochs, rate * factor))


READINGS["train"] = _train
