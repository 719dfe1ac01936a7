"""The starts: what people draw instead of 0.1 × randn, in which order, and from which stream."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from numpynet import names
from numpynet.check.readings.passes import Values, rekeyed, without
from numpynet.check.readings.quantities import evaluate
from numpynet.check.result import Observation

W, B = "randn(n, i) * 0.1", "randn(n, 1) * 0.1"
SCALES = [("√(2/n_in) (He)", "sqrt(2 / i)"), ("√(1/n_in) (LeCun, Xavier)", "sqrt(1 / i)"),
          ("√(2/(n_in + n_out)) (Glorot)", "sqrt(2 / (i + n))"), ("√(2/n_out)", "sqrt(2 / n)"),
          ("√(1/n_out)", "sqrt(1 / n)"), ("1/n_in", "1 / i"), ("√(6/(n_in + n_out))", "sqrt(6 / (i + n))"),
          ("√(6/n_in)", "sqrt(6 / i)"), ("√(3/n_in)", "sqrt(3 / i)")]  # fmt: skip
SAME = "every unit of a layer stays the same as its neighbours for ever."
DRAWS: list[tuple[str, str, str, str, bool]] = [  # id, sentence, W, b, whether it is as good a start
    ("zero-weights", f"W is all zeros: {SAME}", "zeros(n, i)", B, False),
    ("zero-weights", f"W is all zeros: {SAME}", "zeros(n, i)", "zeros(n, 1)", False),
    ("zero-biases", "b is zeros, not drawn; the draws of later layers move up in the stream.", W, "zeros(n, 1)", True),
    ("zero-biases", "b is zeros instead of 0.1 × randn.", W, f"0 * {B}", True),
    *[("constant-biases", f"b is all {c}.", W, f"zeros(n, 1) + {c}", c < 1) for c in (1, 0.1, 0.01)],
    *[("constant-weights", f"Every weight is {c}: {SAME}", f"zeros(n, i) + {c}", B, False) for c in (1, 0.1, 0.5, 0.01)],
    ("absolute", "The absolute value makes every weight positive.", f"abs({W})", B, False),
    ("absolute", "The absolute value makes every weight and bias positive.", f"abs({W})", f"abs({B})", False),
    ("bias-shape", "b has n_in rows: it needs one for each of the n_out units.", W, "randn(i, 1) * 0.1", False),
    ("bias-shape", "b has n_in rows: it needs one for each of the n_out units.", W, "zeros(i, 1)", False),
    ("bias-shape", "b must be a column, (n_out, 1); yours is a row.", W, f"({B}).T", False),
    ("bias-shape", "b must be a column, (n_out, 1); yours has one axis.", W, f"({B})[:, 0]", False),
    ("draw-order", "Right numbers in another order of draws: W is drawn (n_in, n_out) and transposed.", "randn(i, n).T * 0.1", B, False),
    ("transposed", "W is (n_in, n_out): the contract stores (n_out, n_in).", "randn(i, n) * 0.1", B, False),
    ("transposed", "W is (n_in, n_out): the contract stores (n_out, n_in).", f"({W}).T", B, False),
    *[("uniform", f"{which}Drawn with {name}, uniform numbers: the contract wants randn, standard normal ones.",
       f"({low}) * {factor}".replace("*size", "n, i") if which != "b: " else W,
       f"({low}) * {factor}".replace("*size", "n, 1") if which != "W: " else B, name != "rand")
      for name, low in (("rand", "rand(*size)"), ("rand − 0.5", "rand(*size) - 0.5"), ("2·rand − 1", "2 * rand(*size) - 1"))
      for factor in (0.1, 1.0, 0.01) for which in ("", "W: ", "b: ")],
    *[("scaled-by-width", f"W is {drawn} scaled by {name}: a good start, but the contract says 0.1 × randn.",
       f"{numbers} * {scale}{factor}", b, True)
      for drawn, numbers in (("randn", "randn(n, i)"), ("uniform,", "(2 * rand(n, i) - 1)")) for name, scale in SCALES
      for factor in ("", " * 0.1") for b in (B, "zeros(n, 1)", f"randn(n, 1) * {scale}")],
]  # fmt: skip
GUESSES = (*range(12), 42, 99, 100, 123, 1234, 2**31 - 1)
Told = tuple[str, str, Values, bool]


def starts(one: Observation) -> Iterator[Told]:
    """Id, sentence, W and b of every layer, and whether it is right in another way."""
    layers, seed = one.case.arguments["nn_architecture"], one.case.arguments.get("seed", 99)
    shapes = [(layer["output_dim"], layer["input_dim"]) for layer in layers]
    L = len(layers)

    def drawn(W: str = W, b: str = B, order: str = "Wb", again: str = "", stream: Any = None) -> Values:
        """`order`: Wb, bW, or "W b" for all W first; `again`: before what the seed is set again; ↑: from last to first."""
        stream = stream or np.random.RandomState(seed)
        values: Values = {}
        for kinds in order.strip("↑").split():
            for k in range(L, 0, -1) if "↑" in order else range(1, L + 1):
                n, i = shapes[k - 1]
                for kind in kinds:
                    if kind in again or ("N" in again and kind == "W"):
                        fresh = np.random.default_rng(seed) if "N" in again else np.random.RandomState(seed)
                        stream = fresh if "N" in again or kind in again else stream
                    rand = getattr(stream, "rand", None) or (lambda *size: stream.random(size))
                    randn = getattr(stream, "randn", None) or (lambda *size: stream.standard_normal(size))
                    known = {"randn": randn, "rand": rand, "zeros": lambda *size: np.zeros(size), "n": n, "i": i}
                    values[names.make(kind, k)] = evaluate(W if kind == "W" else b, known)
        return values

    right = drawn()
    for id_, says, W_, b_, harmless in DRAWS:
        yield id_, says, drawn(W_, b_), harmless
    again = "The seed is set again inside the loop: layers repeat the same stream, and layers of one shape are equal."
    for id_, says, values, harmless in (
        ("returns-early", "Only the first layer is there: it returns inside the loop.", {"W1": right["W1"], "b1": right["b1"]}, False),
        ("last-layer-missing", "The last layer is missing: the loop ends too early.", without(right, lambda kind, k: k == L), False),
        ("reseeded", again, drawn(again="W"), False),
        ("reseeded", "The seed is set again before each W and each b.", drawn(again="Wb"), False),
        ("reseeded", "The seed is set again between W and b.", drawn(again="b"), False),
        ("draw-order", "Right numbers in another order of draws: b is drawn before W.", drawn(order="bW"), False),
        ("draw-order", "Right numbers in another order of draws: the layers are drawn from last to first.", drawn(order="Wb↑"), False),
        ("draw-order", "Right numbers in another order of draws: all W first, then all b.", drawn(order="W b"), False),
        ("keys", "Layers are numbered from 0: the contract's keys are W1 … WL.", rekeyed(right, W=lambda k: k - 1, b=lambda k: k - 1), False),
        ("keys", "Layers are numbered from 2: the contract's keys are W1 … WL.", rekeyed(right, W=lambda k: k + 1, b=lambda k: k + 1), False),
    ):  # fmt: skip
        yield id_, says, values, harmless
    other = "default_rng is another generator: the shared weights come from np.random.seed and randn."
    fresh = {k: np.random.default_rng(seed).standard_normal(v.shape) * 0.1 for k, v in right.items()}
    legacy, mixed = np.random.RandomState(seed), {}
    for name, value in right.items():
        mixed[name] = fresh[name] if name[0] == "W" else legacy.randn(*value.shape) * 0.1
    for values in (drawn(stream=np.random.default_rng(seed)), fresh, mixed):
        yield "other-generator", other, values, True
    for digits in range(1, 9):
        rounded = {name: np.round(value, digits) for name, value in right.items()}
        yield f"rounded:{digits}", f"W and b are rounded to {digits} decimals.", rounded, False
        only_W = {name: rounded[name] if name[0] == "W" else value for name, value in right.items()}
        yield f"rounded:{digits}", f"W is rounded to {digits} decimals.", only_W, False
    unseeded = drawn(stream=np.random.RandomState(12345))
    yield "unseeded", "The random stream is not seeded: the numbers do not depend on `seed`.", unseeded, False
    for guess in GUESSES:
        if guess != seed:
            given = "seed" in one.case.arguments
            says = f"It always seeds with {guess}: the argument `seed` is not used." if given else f"The default seed is {guess}: the contract's is 99."
            yield f"seed:{guess}", says, drawn(stream=np.random.RandomState(guess)), not given
    for kinds, words in (("W", "W"), ("b", "b"), ("Wb", "W and b")):
        both = [(one.values[name], value) for name, value in right.items() if name in one.values and name[0] in kinds]
        ratios = {round(float(np.median(got / value)), 6) for got, value in both if got.shape == value.shape}
        if len(ratios) == 1 and (k := ratios.pop()) not in (0.0, 1.0) and np.isfinite(k):
            scaled = {name: value * (k if name[0] in kinds else 1) for name, value in right.items()}
            yield f"scale:{k:g}:{kinds}", f"{words} is {k * 0.1:g} × randn: the factor is 0.1.", scaled, True
