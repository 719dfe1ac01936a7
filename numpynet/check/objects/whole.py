"""The verdict on a function that holds a whole step, forward pass, backward pass and update, and is given the weights.

Of what it returns, a loss, errors or predictions, every weight is moved by hand; where the weights go is compared.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import numpy as np

from numpynet.check.objects.asked import labels_of, takes
from numpynet.check.objects.calls import KINDS, ROLES, squeezed
from numpynet.check.objects.fits import alike, times
from numpynet.check.objects.longer import TINY
from numpynet.check.objects.losses import LOSSES
from numpynet.check.objects.net import H, M, near
from numpynet.check.objects.optimizers import Shape
from numpynet.check.objects.thing import flat
from numpynet.check.result import Cause, Cell, FunctionGrade, Outcome
from numpynet.sandbox import Definition, Session
from numpynet.types import Array

SIZES = (3, 4, 1)
WEIGHTS = r"(w|weights?|theta|syn(apse)?|b|bias(es)?)_?(\d|h|o|ih|ho|hidden|out(put)?|in(put)?)+"
WHOLE = rf"{KINDS['train']}|\w*(network|neural|nn|model|step|descent|epoch|backprop)\w*"
UNREAD = "it holds forward pass, backward pass and update in one: what it computes could not be told apart"
Weights = dict[str, Array]


@dataclass
class Whole:
    """One such function: the arguments for weights, one dict or an array each, and what the others are given."""

    session: Session
    entry: Definition
    slots: Sequence[str]
    shape: Shape
    weights: Weights = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)
    Y: Array = field(default_factory=lambda: np.zeros((0, 1)))

    def call(self, weights: Mapping[str, Array]) -> tuple[list[Array], Weights] | None:
        """What it returns besides weights, flat, and the weights after it."""
        args = self.shape.laid(weights, self.slots)
        answer = self.session.call(self.entry.theirs, [], args | self.given)
        if answer.raised is not None:
            return None
        outs = list(answer.value) if isinstance(answer.value, (tuple, list)) else [answer.value]
        after: Weights = {}
        for slot in self.slots:
            names = [slot] if self.shape.kind == "array" else list(weights)
            back = ((place, self.shape.read(out, names) or {}) for place, out in enumerate(outs))
            place = next((place for place, found in back if found and _are_close(found, weights)), None)
            after |= self.shape.read(answer.named.get(slot) if place is None else outs.pop(place), names) or {}
        if any(name not in after or after[name].shape != one.shape for name, one in weights.items()):
            return None
        return [value.astype(float).ravel() for _, value in flat(outs) if value.dtype == np.float64], after

    def find(self) -> bool:
        """Whether it can be called so that the weights move, in some layout."""
        X, stream = np.random.default_rng(5).uniform(-1, 1, (M, SIZES[0])), np.random.default_rng(6)
        Y = labels_of(M)[:, None]
        matrices = [one for one in self.slots if not squeezed(one).startswith("b")]
        sizes = [SIZES[0], *[SIZES[1]] * (len(matrices) - 1), SIZES[-1]] if self.shape.kind == "array" else [*SIZES]
        for flipped, kind in product((True, False), ("single", "rows", "columns")):
            for bias in ((1, 0), (0, 1), (1,)) if self._has_biases() else ((1,),):
                self.weights = {}
                counts = {"W": 0, "b": 0}
                for name in self.slots if self.shape.kind == "array" else ("W1", "b1", "W2", "b2"):
                    which = "b" if squeezed(name).startswith("b") else "W"
                    n_in, n_out = sizes[counts[which] : counts[which] + 2]
                    counts[which] += 1
                    size = tuple(n_out if one else 1 for one in bias)
                    if which == "W":
                        size = (n_out, n_in) if flipped else (n_in, n_out)
                    self.weights[name] = stream.uniform(-0.9, 0.9, size)
                x, y = (X[0], Y[1]) if kind == "single" else (X, Y) if kind == "rows" else (X.T, Y.T)
                self.Y = Y[1:2] if kind == "single" else Y
                for one in self.entry.parameters:
                    for role, value in (("X", x), ("Y", y), ("rate", TINY), ("epochs", 1), ("off", False)):
                        if re.fullmatch(ROLES[role], squeezed(one)) and one not in self.slots:
                            self.given[one] = value
                found = self.call(self.weights)
                if found is not None and any(not np.array_equal(one, self.weights[k]) for k, one in found[1].items()):
                    return True
        return False

    def _has_biases(self) -> bool:
        return self.shape.kind == "dict" or any(squeezed(one).startswith("b") for one in self.slots)

    def slopes(self, place: int) -> Array | None:
        """How what is returned at that place moves with every weight, (weight, value)."""
        found = []
        for name, value in self.weights.items():
            for index in np.ndindex(value.shape):
                sides = []
                for h in (H, -H):
                    moved = value.copy()
                    moved[index] += h
                    outs = self.call(self.weights | {name: moved})
                    if outs is None or len(outs[0]) <= place:
                        return None
                    sides.append(outs[0][place])
                found.append((sides[0] - sides[1]) / (2 * H))
        return np.array(found)


def _are_close(found: Mapping[str, Array], weights: Mapping[str, Array]) -> bool:
    return all(
        one.shape == weights[name].shape and np.allclose(one, weights[name], atol=1e-3) for name, one in found.items()
    )


def judge_whole(session: Session, known: Container[str]) -> list[FunctionGrade]:
    """Of the functions that take examples, labels and weights; where they are not understood, that is said."""
    rows = []
    for entry in session.loaded.functions.values():
        short = [squeezed(one) for one in entry.parameters]
        both = all(any(re.fullmatch(ROLES[role], one) for one in short) for role in ("X", "Y"))
        if entry.owner or entry.unfinished or entry.theirs in known or not both or not takes(entry, "X"):
            continue
        row = next((_judged(one) for one in _ways(session, entry) if one.find()), None)
        if row is None and re.fullmatch(WHOLE, entry.name.lower()):
            row = FunctionGrade(entry.theirs, Outcome.CANNOT_JUDGE, entry.theirs, entry.line, UNREAD)
        rows += [row] if row is not None else []
    return rows


def _ways(session: Session, entry: Definition) -> Iterator[Whole]:
    arrays = [one for one in entry.parameters if re.fullmatch(WEIGHTS, squeezed(one))]
    if len([one for one in arrays if not squeezed(one).startswith("b")]) > 1:
        yield Whole(session, entry, arrays, Shape("array"))
    for one in entry.parameters:
        if re.fullmatch(r"param\w*|weights|theta", squeezed(one)):
            yield Whole(session, entry, [one], Shape("dict"))


def _judged(whole: Whole) -> FunctionGrade | None:
    """Right where all weights go against one gradient; wrong where one array does, and another goes elsewhere."""
    entry, at = whole.entry, whole.call(whole.weights)
    assert at is not None
    row = FunctionGrade(entry.theirs, Outcome.PASS, entry.theirs, entry.line)
    moves = {name: at[1][name] - one for name, one in whole.weights.items()}
    best: tuple[list[str], dict[str, Array]] | None = None
    uphill: dict[str, Array] | None = None
    for place, value in enumerate(at[0]):
        slopes = whole.slopes(place) if value.size in (1, len(whole.Y)) else None
        for gradient in _gradients(slopes, value, whole.Y) if slopes is not None else ():
            parts, begin = {}, 0
            for name, one in whole.weights.items():
                parts[name] = gradient[begin : begin + one.size].reshape(one.shape)
                begin += one.size
            along = {name: -times(moves[name], part) for name, part in parts.items()}
            fitting = [name for name, k in along.items()
                       if k > 0 and moves[name].size > 1 and near(moves[name], -k * parts[name])]  # fmt: skip
            if not fitting:
                may_grow = value.size == 1 and (len(whole.Y) == 1 or value.item() < 0)  # a prediction, or a likelihood
                if not may_grow and _are_uphill(moves, parts, along):
                    uphill = {name: k * parts[name] for name, k in along.items()}
                continue
            k = along[fitting[0]]
            wrong = [name for name in parts if not (alike(along[name], k) and near(moves[name], -k * parts[name]))]
            if not wrong:
                return row
            if best is None or len(wrong) < len(best[0]):
                best = wrong, {name: -k * part for name, part in parts.items()}
    if best is None and uphill is not None:
        why = "It moves every weight uphill: what it returns as its loss, or its errors, grows."
        return _wrong(row, "it moves every weight uphill", why, next(iter(moves)), moves, uphill)
    if best is None:
        return replace(row, outcome=Outcome.CANNOT_JUDGE, says=UNREAD)
    wrong, due = best
    name, right = wrong[0], [one for one in moves if one not in wrong]
    for other in wrong:
        ratio, rest, weights = times(moves[other], due[other]), moves[other] - due[other], whole.weights[other]
        if near(rest, times(rest, weights) * weights) and moves[other].any():
            return replace(row, outcome=Outcome.CANNOT_JUDGE, says="it may have a penalty on the weights")
        if ratio > 0 and near(moves[other], ratio * due[other]) and not any(alike(ratio, k) for k in (M, 1 / M)):
            return replace(row, outcome=Outcome.CANNOT_JUDGE, says=f"{other} may have a rate of its own")
    says = f"{', '.join(wrong)}: not along the gradient of what it returns, as {', '.join(right)} is"
    why = f"Moving {', '.join(wrong)} by hand moves what it returns otherwise than its step has it."
    return _wrong(row, says, why, name, moves, due)


def _wrong(row: FunctionGrade, says: str, why: str, name: str, moves: Weights, due: Weights) -> FunctionGrade:
    """With the element of one array that is farthest off."""
    index = tuple(int(i) for i in np.unravel_index(int(np.abs(moves[name] - due[name]).argmax()), due[name].shape))
    cell = Cell(f"a rate of {TINY:g}", f"the move of {name}", index, float(moves[name][index]), float(due[name][index]))
    return replace(row, outcome=Outcome.FAIL, says=says, cause=Cause("gradient", why), cells=(cell,))


def _are_uphill(moves: Weights, parts: Weights, along: Mapping[str, float]) -> bool:
    """Whether all go up their gradients, at one rate."""
    first = next(iter(along.values()))
    return all(k < 0 and alike(k, first) and near(moves[name], -k * parts[name]) for name, k in along.items())


def _gradients(slopes: Array, value: Array, Y: Array) -> Iterator[Array]:
    """By all weights: of a loss that is returned, of errors squared, of losses of predictions."""
    if value.size == 1:
        yield slopes[:, 0]
    yield slopes @ value
    A = value.reshape(-1, 1)
    for sign, predictions in ((1, A), (-1, Y - A), (1, Y + A)) if value.size == len(Y) else ():
        for _, slope in LOSSES.values():
            with np.errstate(all="ignore"):
                by_output = sign * slope(predictions, Y)[:, 0]
            if np.isfinite(by_output).all():
                yield slopes @ by_output
