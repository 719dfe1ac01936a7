"""The starts: what people draw instead of 0.1 × randn, in which order, and from which stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from numpynet import names
from numpynet.check.readings.passes import Values, altered, filed, without
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
    *[("other-generator", "default_rng is another generator: the shared weights come from np.random.seed and randn.",
       f"{W_}(n, i) * 0.1", f"{b_}(n, 1) * 0.1", True)
      for W_, b_ in (("modern", "modern"), ("fresh", "fresh"), ("fresh", "randn"))],
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
AGAIN = "The seed is set again inside the loop: layers repeat the same stream, and layers of one shape are equal."
ORDER = "Right numbers in another order of draws"
ORDERS: list[tuple[str, str, dict[str, Any]]] = [  # id, sentence, how the loop goes
    ("reseeded", AGAIN, {"again": "W"}),
    ("reseeded", "The seed is set again before each W and each b.", {"again": "Wb"}),
    ("reseeded", "The seed is set again between W and b.", {"again": "b"}),
    ("draw-order", f"{ORDER}: b is drawn before W.", {"order": "bW"}),
    ("draw-order", f"{ORDER}: the layers are drawn from last to first.", {"order": "↑Wb"}),
    ("draw-order", f"{ORDER}: all W first, then all b.", {"order": "W b"}),
]
FILED = [  # of v, what is right
    ("returns-early", "Only the first layer is there: it returns inside the loop.", "without(v, 'W b', 'k > 1')"),
    ("last-layer-missing", "The last layer is missing: the loop ends too early.", "without(v, 'W b', f'k == {L}')"),
    ("keys", "Layers are numbered from 0: the contract's keys are W1 … WL.", "filed(v, 'W b', -1)"),
    ("keys", "Layers are numbered from 2: the contract's keys are W1 … WL.", "filed(v, 'W b', 1)"),
    *[(f"rounded:{d}", f"{words} rounded to {d} decimals.", f"altered(v, '{kinds}', 'round(x, {d})')")
      for d in range(1, 9) for kinds, words in (("W", "W is"), ("W b", "W and b are"))],
]  # fmt: skip


def streams(seed: int) -> dict[str, Any]:
    """What draws from a seed: NumPy's old generator, its modern one, and one that is made anew for each draw."""
    old, modern = np.random.RandomState(seed), np.random.default_rng(seed)
    return {
        "randn": old.randn,
        "rand": old.rand,
        "modern": lambda *size: modern.standard_normal(size),
        "fresh": lambda *size: np.random.default_rng(seed).standard_normal(size),
        "zeros": lambda *size: np.zeros(size),
    }


def drawn(
    one: Observation, W: str = W, b: str = B, order: str = "Wb", again: str = "", seed: int | None = None
) -> Values:
    """`order`: Wb, bW, or "W b" for all W first, ↑ from last to first; `again`: before what the seed is set again."""
    layers, values = one.case.arguments["nn_architecture"], Values()
    own: int = one.case.arguments.get("seed", 99) if seed is None else seed
    known = streams(own)
    for kinds in order.strip("↑").split():
        for k, layer in sorted(enumerate(layers, start=1), reverse="↑" in order, key=lambda pair: pair[0]):
            for kind in kinds:
                known = streams(own) if kind in again else known
                sizes = {"n": layer["output_dim"], "i": layer["input_dim"]}
                values[names.make(kind, k)] = np.asarray(evaluate(W if kind == "W" else b, known | sizes))
    return values


def filed_otherwise(one: Observation, expression: str) -> Values:
    """What a row of FILED gives."""
    L = len(one.case.arguments["nn_architecture"])
    known = {"v": drawn(one), "L": L, "filed": filed, "without": without, "altered": altered}
    found: Values = evaluate(expression, known)
    return found


def starts(one: Observation) -> Iterator[tuple[str, str, Callable[[], Values], bool]]:
    """Id, sentence, W and b of every layer, and whether it is right in another way."""
    for id, says, W_, b_, harmless in DRAWS:
        yield id, says, partial(drawn, one, W_, b_), harmless
    for id, says, how in ORDERS:
        yield id, says, partial(drawn, one, **how), False
    for id, says, expression in FILED:
        yield id, says, partial(filed_otherwise, one, expression), False
    given = one.case.arguments.get("seed")
    yield (
        "unseeded",
        "The stream is not seeded: the numbers do not depend on `seed`.",
        partial(drawn, one, seed=12345),
        False,
    )
    for guess in GUESSES:
        if guess != (99 if given is None else given):
            default = f"The default seed is {guess}: the contract's is 99."
            says = default if given is None else f"It always seeds with {guess}: the argument `seed` is not used."
            yield f"seed:{guess}", says, partial(drawn, one, seed=guess), given is None
    right = drawn(one)
    for kinds, words in (("W", "W"), ("b", "b"), ("W b", "W and b")):
        both = [(one.values[name], value) for name, value in right.items() if name in one.values and name[0] in kinds]
        ratios = {round(float(np.median(got / value)), 6) for got, value in both if got.shape == value.shape}
        if len(ratios) == 1 and (k := ratios.pop()) not in (0.0, 1.0) and np.isfinite(k):
            scaled = partial(altered, right, kinds, f"{k!r} * x")
            yield f"scale:{k:g}:{kinds}", f"{words} is {k * 0.1:g} × randn: the factor is 0.1.", scaled, True
