"""Which optimizer it is that moved arrays so: textbook forms by the project's own formulas, then likely mistakes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, product
from typing import Any, NamedTuple

import numpy as np

from numpynet.check.objects.fits import times
from numpynet.check.objects.net import near
from numpynet.check.result import Cell
from numpynet.optimizers import OPTIMIZERS
from numpynet.types import Array

BETAS = (0.9, 0.99, 0.999, 0.95, 0.5)  # where none can be handed over
PAIRS = ((0.9, 0.999), (0.9, 0.99), (0.9, 0.95), (0.5, 0.999))
SENTENCES = ("The ", "It ", "Of ", "In ", "What ")
ENDLESS = 10**6  # a step so late that nothing is left of bias correction
ANY = ("sgd", "momentum", "rmsprop", "adagrad", "adam")
TITLES = {"momentum": "gradient descent with momentum", "rmsprop": "RMSprop", "adagrad": "AdaGrad", "adam": "Adam"}
Final = Callable[[Array, Array, Array], Array]  # of g, v and s


class Form(NamedTuple):
    """How far each of the steps goes at a rate of 1; `note` where it is not the usual form, `why` where it is wrong."""

    family: str
    steps: Array
    note: str = ""
    why: str = ""


class Verdict(NamedTuple):
    """What is said of moves: wrong where there is a `why`, unknown where it only `says` something, else right."""

    says: str = ""
    why: str = ""
    note: str = ""
    cells: tuple[Cell, ...] = ()


# ── textbook forms ───────────────────────────────────────────────────────────────────────────────────────────────────


def _walk(name: str, G: Array, *, shift: int = 0, late: int = 0, **hyper: Any) -> Array:
    """The steps of an optimizer of the table, from zeros on; t begins at 1 + `shift`, or is always `late`."""
    row, found = OPTIMIZERS[name], []
    state = {key: np.zeros_like(G[0]) for key in row.state(row.defaults | hyper)}
    for t, g in enumerate(G, start=1 + shift):
        found.append(-row.step(np.zeros_like(g), g, state, late or t, lr=1.0, **hyper))
    return np.array(found)


def _pairs(hyper: Mapping[str, float]) -> list[tuple[float, float]]:
    one, two = hyper.get("beta1", hyper.get("beta")), hyper.get("beta2")
    return list(dict.fromkeys((one or b1, two or b2) for b1, b2 in PAIRS))


def textbook(G: Array, hyper: Mapping[str, float], *, handed_t: bool) -> Iterator[Form]:
    """The right forms; where `handed_t`, t may be counted from 0 by whoever calls it."""
    yield Form("sgd", _walk("sgd", G))
    yield Form("adagrad", _walk("adagrad", G))
    t = _count(G)
    for b in [hyper[key] for key in ("beta", "beta1", "beta2") if key in hyper] or BETAS:
        momentum, nesterov = _walk("sgd", G, momentum=b), _walk("sgd", G, momentum=b, nesterov=True)
        yield Form("momentum", (1 - b) * momentum)
        yield Form("momentum", momentum, "v = β v + g: its steps are 1/(1 − β) times as long as with (1 − β) g")
        yield Form("momentum", (1 - b) * momentum / (1 - b**t), "momentum with bias correction")
        yield Form("momentum", nesterov, "Nesterov's momentum")
        yield Form("momentum", (1 - b) * nesterov, "Nesterov's momentum, of (1 − β) g")
        yield Form("momentum", (1 - b) * (G + b * momentum), "Nesterov's momentum, of (1 − β) g")
        yield Form("rmsprop", _walk("rmsprop", G, alpha=b))
        yield Form("rmsprop", _walk("adam", G, betas=(0.0, b)), "RMSprop with bias correction")
    for betas in _pairs(hyper):
        yield Form("adam", _walk("adam", G, betas=betas))
        if handed_t:
            yield Form("adam", _walk("adam", G, betas=betas, shift=1), "t is counted from 0 by whoever calls it")
        yield Form("rmsprop", _walk("adam", G, betas=betas, late=ENDLESS), "RMSprop with momentum")


# ── mistakes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class Kept(NamedTuple):
    """What is remembered: decay · old + share · gᵖ. `again`: what is corrected for t takes the place of the old."""

    decay: float
    share: float
    power: int = 1
    why: str = ""
    again: bool = False

    def over(self, G: Array) -> Array:
        """What is remembered after each step."""
        found = [np.zeros_like(G[0])]
        for t, g in enumerate(G):
            old = found[-1] / (1 - self.decay**t) if self.again and t else found[-1]
            found.append(self.decay * old + self.share * g**self.power)
        return np.array(found[1:])


def _ways(name: str, a: float, other: float, right: Sequence[Kept], *, known: bool) -> list[Kept]:
    """How v, or s, may be remembered: first the right way. Where β is not `known`, another β is no mistake."""
    p, lost = right[0].power, f"{name[0].upper()}{name[1:]} is not kept from one step to the next."
    every = [
        Kept(1 - a, a, p, f"In {name} β and 1 − β have changed places: β is what is kept of the old."),
        Kept(a, 1.0, p, f"In {name} the factor 1 − β of the new is missing."),
        Kept(0.0, 1 - a, p, lost),
        Kept(0.0, 1.0, p, lost),
        Kept(1.0, 1 - a, p, f"In {name} the old is not multiplied by β."),
        Kept(1.0, 1.0, p, f"In {name} the old is not multiplied by β: everything is summed up."),
        Kept(a, a, p, f"In {name} the new is multiplied by β; it is 1 − β."),
        Kept(a, 1 - a, 3 - p, f"In {name} the gradient is {'not squared' if p == 2 else 'squared'}."),
        Kept(a, (1 - a) ** 2, p, f"In {name} 1 − β is squared."),
        Kept(a, 1 - a, p, f"What is corrected for t is kept as {name}: the next step corrects it again.", again=True),
        Kept(other, 1 - other, p, f"In {name} the β of the other moment stands."),
        Kept(other, 1 - a, p, f"In {name} the old is multiplied by the β of the other moment."),
        Kept(a, 1 - other, p, f"In {name} the new has the β of the other moment."),
        Kept(-a, 1 - a, p, f"In {name} the old is subtracted."),
        Kept(a, a - 1, p, f"In {name} the gradient is subtracted."),
    ]
    new = [way for way in every if way.again or way[:3] not in [one[:3] for one in right]]
    return [right[0], *(way for way in new if known or way.again or not _is_another(way, p))]


def _is_another(way: Kept, power: int) -> bool:
    """Whether it is the right way with another β."""
    return way.decay > 0 and way.power == power and bool(np.isclose(way.decay + way.share, 1))


def mistaken(
    family: str, G: Array, hyper: Mapping[str, float], *, alone: bool = False, shift: int = 0
) -> Iterator[Form]:
    """Wrong forms of a family, those with one mistake before those with two; of an array `alone`, another β is one.

    t begins at 1 + `shift`.
    """
    t, nothing = _count(G) + shift, [Kept(0.0, 0.0)]
    keys = [key for key in ("beta", "beta2" if family == "rmsprop" else "beta1", "beta1") if key in hyper]
    known = alone or bool(keys)
    if family == "adam":
        for b1, b2 in _pairs(hyper)[:2]:
            v = _ways("the first moment", b1, b2, [Kept(b1, 1 - b1)], known=known)
            s = _ways("the second moment", b2, b1, [Kept(b2, 1 - b2, 2)], known=known)
            yield from _by_number(family, G, v, s, _of_adam(b1, b2, t))
    elif family == "adagrad":
        s = [Kept(1.0, 1.0, 2), Kept(0.0, 1.0, 2, "The sum of squares is not kept from one step to the next."),
             Kept(1.0, 1.0, 1, "In the sum of squares the gradient is not squared.")]  # fmt: skip
        yield from _by_number(family, G, nothing, s, OF_SQUARES)
    else:
        for b in [hyper[key] for key in keys[:1]] or BETAS[:2]:
            if family == "rmsprop":
                s = _ways("the mean of squares", b, b, [Kept(b, 1 - b, 2)], known=known)
                yield from _by_number(family, G, nothing, s, OF_SQUARES)
            elif family == "momentum":
                two = [Kept(b, 1 - b), Kept(b, 1.0)]
                for right in (two, two[::-1]):
                    yield from _by_number(
                        family, G, _ways("the velocity", b, b, right, known=known), nothing, _of_momentum(b)
                    )
        if family == "sgd":
            yield from _by_number(family, G, [Kept(0.0, 1.0)], nothing, [("", lambda g, v, s: g)])


def _before(v: Array) -> Array:
    """What was remembered before each step."""
    return np.concatenate([np.zeros_like(v[:1]), v[:-1]])


def _of_momentum(b: float) -> list[tuple[str, Final]]:
    return [
        ("", lambda g, v, s: v),
        ("The velocity is not used: it is gradient descent.", lambda g, v, s: g),
        ("The gradient is added to the velocity, which has it already.", lambda g, v, s: v + g),
        ("The step uses the velocity from before it, not the new one.", lambda g, v, s: _before(v)),
        ("It is Nesterov's step, with μ times the old velocity added; it is subtracted.",
         lambda g, v, s: b * _before(v) + (1 + b) * v),
    ]  # fmt: skip


OF_SQUARES: list[tuple[str, Final]] = [
    ("", lambda g, v, s: g / np.sqrt(s)),
    ("The root of the squares is missing.", lambda g, v, s: g / s),
    ("It multiplies by the root of the squares; it divides by it.", lambda g, v, s: g * np.sqrt(s)),
    ("The squares are not used: it is gradient descent.", lambda g, v, s: g),
]


def _of_adam(b1: float, b2: float, t: Array) -> list[tuple[str, Final]]:
    c1, c2, root = 1 - b1**t, 1 - b2**t, np.sqrt

    def final(one: Array, two: Array | float) -> Final:
        return lambda g, v, s: v / one / root(s / two)

    ones = np.ones_like(c1)
    late, early = (1 - b1 ** (t + 1), 1 - b2 ** (t + 1)), (1 - b1 ** (t - 1), 1 - b2 ** (t - 1))
    of_one = [  # correction
        ("The {} moment is not divided by 1 − {}ᵗ.", (ones, ones)),
        ("The power t is missing: the {} moment is divided by 1 − {} in every step.", (1 - b1 * ones, 1 - b2 * ones)),
        ("The {} moment is divided by 1 − {} · t; it is divided by 1 − {}ᵗ.", (1 - b1 * t, 1 - b2 * t)),
        ("The {} moment is divided by 1 − βᵗ with the β of the other moment; it is {}.", (c2, c1)),
        ("In the correction of the {} moment t is one too great.", late),
        ("In the correction of the {} moment t is one too small.", early),
        ("The {} moment is multiplied by 1 − {}ᵗ; it is divided by it.", (1 / c1, 1 / c2)),
    ]
    return [
        ("", final(c1, c2)),
        ("The bias correction is missing: the moments are divided by 1 − β₁ᵗ and 1 − β₂ᵗ.", final(ones, 1.0)),
        *[(says.format("first", "β₁", "β₁"), final(wrong, c2)) for says, (wrong, _) in of_one],
        *[(says.format("second", "β₂", "β₂"), final(c1, wrong)) for says, (_, wrong) in of_one],
        ("t is not counted: the correction is always that of the first step.", final(c1[0], c2[0])),
        ("t is one too great.", final(*late)),
        ("t is counted from 0: at the first step 1 − βᵗ is 0.", final(*early)),
        ("The corrections have changed places: β₁ is the first moment's, β₂ the second's.", final(c2, c1)),
        ("It multiplies by 1 − βᵗ; it divides by it.", final(1 / c1, 1 / c2)),
        ("β · t stands where βᵗ must.", final(1 - b1 * t, 1 - b2 * t)),
        ("The root of 1 − β₂ᵗ is missing.", lambda g, v, s: v / c1 * c2 / root(s)),
        ("The root of the second moment is missing.", lambda g, v, s: v / c1 / (s / c2)),
        ("The gradient stands where the first moment must: it is RMSprop.", lambda g, v, s: g / root(s / c2)),
        ("The moments have changed places.", lambda g, v, s: s / c2 / root(v / c1)),
        ("The second moment is not used: nothing is divided by its root.", lambda g, v, s: v / c1),
        ("It multiplies by the root of the second moment; it divides by it.", lambda g, v, s: v / c1 * root(s / c2)),
    ]


def _by_number(
    family: str, G: Array, first: Sequence[Kept], second: Sequence[Kept], finals: Sequence[tuple[str, Final]]
) -> Iterator[Form]:
    signs = ((1, ""), (-1, "It adds the step; it is subtracted."))
    every = [(whys, v, s, of, sign)
             for v, s, (says, of), (sign, of_sign) in product(first, second, finals, signs)
             if 0 < len(whys := [why for why in (v.why, s.why, says, of_sign) if why]) <= 2]  # fmt: skip
    with np.errstate(all="ignore"):
        kept = {way: way.over(G) for way in {*first, *second}}
        for whys, v, s, of, sign in sorted(every, key=lambda row: len(row[0])):
            yield Form(family, sign * of(G, kept[v], kept[s]), why=" ".join(whys))


# ── the verdict ──────────────────────────────────────────────────────────────────────────────────────────────────────

Found = Mapping[str, tuple[Array, Array]]  # by name the steps and the gradients, (step, element)


def _count(G: Array) -> Array:
    """t of every step, to be reckoned with arrays of steps."""
    return np.arange(1, len(G) + 1).reshape(-1, *[1] * (G.ndim - 1))


def verdict(
    promised: str, moves: Mapping[str, Array], G: Mapping[str, Array], hyper: Mapping[str, float], *, handed_t: bool
) -> Verdict:
    """Of how far each array came down in each step, (step, …), by its gradients; `hyper` is what is known of it.

    `promised` is a family, "" where any will do. Where a gradient is always 0, only a nan counts.
    """
    found = {name: (moves[name], G[name]) for name in moves}
    accepted = (promised,) if promised else ANY
    fits = {name: {(form.family, form.note) for form in textbook(g, hyper, handed_t=handed_t)
                   if form.family in accepted and same(move, form.steps, g, hyper)}
            for name, (move, g) in found.items()}  # fmt: skip
    every = [kind for kinds in fits.values() for kind in kinds]
    if every:
        family, note = max(every, key=lambda kind: (every.count(kind), kind[0] != "sgd", -len(kind[1])))
        others = [name for name, kinds in fits.items() if (family, note) not in kinds]
        if others:
            return _of_others(others, family, note, found, hyper)
        named = "" if promised or family == "sgd" else f"its steps are those of {TITLES[family]}"
        return _divided(moves, note or named)
    if all(not move.any() for move, _ in found.values()):
        return _wrong(promised or "sgd", "The parameters stay where they are.", found, hyper)
    family = promised or "sgd"
    if (
        family == "adam"
        and not handed_t
        and not any(np.isfinite(move[:, g.any(axis=0)]).any() for move, g in found.values())
    ):
        why = "Every step is nan or infinite: it divides by 0, as 1 − βᵗ is where t stays 0."
        return _wrong(family, why, found, hyper)
    for factor, why in ((2, "The learning rate is applied twice."), (0, "The learning rate is missing.")):
        other = {**hyper, "rate": hyper["rate"] ** factor} if "rate" in hyper else {}
        kinds = [{(form.family, form.note) for form in textbook(g, other, handed_t=handed_t)
                  if form.family == family and same(move, form.steps, g, other)}
                 for move, g in found.values() if other]  # fmt: skip
        if kinds and set.intersection(*kinds):
            return _wrong(family, why, found, hyper)
    shifts = (0, 1) if handed_t and family == "adam" else (0,)
    every_form = (
        zip(*(mistaken(family, g, hyper, shift=one) for _, g in found.values()), strict=True) for one in shifts
    )
    for forms in chain.from_iterable(every_form):
        if all(same(move, form.steps, g, hyper) for (move, g), form in zip(found.values(), forms, strict=True)):
            return _wrong(family, forms[0].why, found, hyper)
    return Verdict("its steps are those of no optimizer that is known, nor of a mistake that is")


def _divided(moves: Mapping[str, Array], note: str) -> Verdict:
    bad = next((name for name, move in moves.items() if not np.isfinite(move).all()), None)
    if bad is None:
        return Verdict(note=note)
    at = tuple(int(i) for i in np.argwhere(~np.isfinite(moves[bad]))[0])
    cell = Cell(f"step {at[0] + 1}, where the gradient is 0", f"the move of {bad}", at[1:], float("nan"), 0.0)
    why = f"Where a gradient is 0 it divides 0 by 0, and {bad} becomes nan: an ε, such as 1e-8, is added to the root."
    return Verdict("it divides by 0", why, cells=(cell,))


def _of_others(others: Sequence[str], family: str, note: str, found: Found, hyper: Mapping[str, float]) -> Verdict:
    """Of arrays that go otherwise than the rest, which is right."""
    name, names = others[0], ", ".join(others)
    (move, own), alone = found[name], {name: found[name]}
    if not move.any():
        return _wrong(family, f"{name} is never updated.", alone, hyper)
    for other, (_, g) in found.items():
        forms = textbook(g, hyper, handed_t=True) if other != name and g.shape == own.shape else ()
        if any((form.family, form.note) == (family, note) and same(move, form.steps, g, hyper) for form in forms):
            return _wrong(family, f"{name} goes along the gradient of {other}.", alone, hyper)
    for form in mistaken(family, own, hyper, alone=True):
        if same(move, form.steps, own, hyper):
            return _wrong(family, f"Of {names} alone: {form.why[0].lower()}{form.why[1:]}", alone, hyper, note)
    return Verdict(f"the steps of {names} are those of no optimizer that is known, nor of a mistake that is")


def _wrong(family: str, why: str, found: Found, hyper: Mapping[str, float], note: str | None = None) -> Verdict:
    """With the step of each array that is farthest off, by the form of the family that has the `note`, or the first."""
    cells = []
    for name, (move, g) in list(found.items())[:2]:
        every = textbook(g, hyper, handed_t=False)
        forms = (form.steps for form in every if form.family == family and note in (None, form.note))
        due = next(forms) * hyper.get("rate", 1.0)
        off = np.where(g.any(axis=0), np.where(np.isfinite(move), np.abs(move - due), np.inf), 0.0)
        at = tuple(int(i) for i in np.unravel_index(int(np.nanargmax(off)), off.shape))
        cells.append(Cell(f"step {at[0] + 1}", f"the move of {name}", at[1:], float(-move[at]), float(-due[at])))
    says = why.rstrip(".")
    return Verdict(says[0].lower() + says[1:] if says.startswith(SENTENCES) else says, why, cells=tuple(cells))


def same(found: Array, steps: Array, G: Array, hyper: Mapping[str, float]) -> bool:
    """Whether these are the steps at the rate, if that is known, where there are gradients; a nan where one is due."""
    some = G.any(axis=0)
    found, steps = found[:, some], steps[:, some]
    finite = np.isfinite(steps)
    if not finite.any() or not np.array_equal(np.isfinite(found), finite):
        return False
    k = hyper.get("rate", times(found[finite], steps[finite]))
    return k > 0 and near(found[finite], k * steps[finite])
