"""A network in one object: the weights by which its predictions move, and how they move with every weight.

Nothing is asked of names, layouts or losses: the network's own forward pass is moved by hand, number by number, which
gives each example's gradient of any loss. Gradients are right that are a sum of these; so is a step of training.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from numpynet.check.objects.calls import ROLES, arguments_for, kinds_of, squeezed
from numpynet.check.objects.losses import softmax
from numpynet.check.objects.thing import Numbers, Thing, fits, flat, is_gradient_of, is_numbers, named
from numpynet.check.result import FLOAT32
from numpynet.sandbox import Answer, Definition
from numpynet.sandbox.messages import Path
from numpynet.sandbox.session import SEED
from numpynet.types import Array

H = 1e-5  # how far a weight is moved, both ways
H_SINGLE = 3e-3  # where they reckon in float32
H_CAST = 1e-3  # how far an input is, where it may be cast to float32 and its predictions are not
M = 7  # examples
ROUGH, ROUGH_SINGLE = 1e-5, 0.1  # of the greatest number of a gradient: less is as good as 0 beside it
BENT = 1e-2  # of the move: a slope that changes by more within it is a kink
CLOSE = 1e-3  # of the greatest number: what a guard or float32 may make of it
ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "sigmoid": lambda Z: 1 / (1 + np.exp(-Z)),
    "relu": lambda Z: np.maximum(0, Z),
    "tanh": np.tanh,
    "linear": lambda Z: Z,
    "softmax": softmax,
    "leaky relu": lambda Z: np.where(Z > 0, Z, 0.01 * Z),
}


@dataclass
class Predicted:
    """How the forward pass is asked, and where its predictions are found: in the answer, or in the object."""

    entry: Definition
    rows: bool
    single: bool
    rows_out: bool
    place: Path
    returned: bool


class Layer(NamedTuple):
    """One layer: W as (n_in, n_out), b as a row; where they are. `flipped`: W is kept transposed; `joined`: b in W."""

    W: Array
    b: Array | None
    path: Path
    bias_path: Path | None
    flipped: bool
    joined: bool


@dataclass
class Net:
    """What is known of the object: `parameters` move its predictions, those in `idle` do not."""

    thing: Thing
    X: Array
    whole: bool = False  # its weights are whole numbers, and no kink is near
    kinds: dict[str, list[Definition]] = field(default_factory=dict)
    forward: Predicted | None = None
    start: Numbers = field(default_factory=dict)
    idle: list[Path] = field(default_factory=list)
    A: Array = field(default_factory=lambda: np.zeros((0, 0)))
    answered: Any = None
    read: tuple[str, str] | None = None
    h: float = H
    single: bool = False
    draws: bool = False
    couples: bool = False
    mixes: bool = False  # its softmax adds up examples, too
    held: Numbers = field(default_factory=dict)
    slopes: Array = field(default_factory=lambda: np.zeros(0))  # (number of a weight, example, output)

    @property
    def parameters(self) -> list[Path]:
        """Where its weights are."""
        return [path for path in self.start if path not in self.idle]

    def is_matrix(self, path: Path) -> bool:
        """Whether it is a W, and no b."""
        return self.start[path].ndim == 2 and min(self.start[path].shape) > 1

    # ── the forward pass ─────────────────────────────────────────────────────────────────────────────────────────────

    def given(self, X: Array, rows: bool, single: bool) -> Array:
        """The examples in the file's layout."""
        return X[0] if single else X if rows else X.T

    def find(self, data: bool) -> bool:
        """Find the forward pass and the weights; False where there is none, or its predictions change by themselves."""
        for entry in self.thing.methods():
            for kind in kinds_of(entry.name):
                self.kinds.setdefault(kind, []).append(entry)
        self.held = weights = self.thing.arrays()
        if data:
            weights = {path: value for path, value in weights.items() if not value.ndim or len(value) != len(self.X)}
        if not weights or self.thing.is_large():
            return False
        asked = [
            one
            for one in self.kinds.get("cost", [])
            if re.match("x|inp|data", squeezed(one.parameters[0] if one.parameters else ""))
        ]
        for entry in sorted(
            [*self.kinds.get("forward", []), *asked], key=lambda one: (one.name == "predict", one.name.startswith("_"))
        ):
            for rows, single in ((True, False),) if data else ((True, False), (False, False), (True, True)):
                if self._looks_at(entry, rows, single, weights):
                    first, again = self.predicts(self.X), self.predicts(self.X)
                    if first is None or again is None or not np.array_equal(first, again):
                        return False
                    self.A, self.h = first, H_SINGLE if self.single else H
                    return True
        return False

    def _looks_at(self, entry: Definition, rows: bool, single: bool, weights: Numbers) -> bool:
        """From several starts, as a unit of relu may be dead in one: the one from which most weights move something."""
        tried = []
        for seed in (7, 8, 9, 10):
            rng = np.random.default_rng(seed)
            self.start = {  # float32 is given float64: moved by little, it would be rounding that is seen
                path: (rng.integers(-2, 3, value.shape) if self.whole else rng.uniform(-0.9, 0.9, value.shape)).astype(
                    float if value.dtype.kind == "f" else value.dtype
                )
                for path, value in weights.items()
            }
            if (found := self._looks(entry, rows, single)) is not None:
                tried.append((len(self.idle), seed, found, self.start, self.idle))
            if found is None or not self.idle:
                break
        if not tried:
            self.thing.put(weights)  # of what is no weight, a memory of the optimizer's, the numbers count
            return False
        _, _, self.forward, self.start, self.idle = min(tried, key=lambda one: one[:2])
        return True

    def _looks(self, entry: Definition, rows: bool, single: bool) -> Predicted | None:
        """Where the predictions are, if it can be called so: in what all weights move, or most of them."""
        at = self.outputs(entry, rows, single, self.start)
        examples = 1 if single else len(self.X)
        places = [
            key
            for key, value in at.items()
            if value.size % examples == 0
            and value.dtype.kind == "f"
            and np.isfinite(value).all()
            and (single or (value.ndim and examples in (value.shape[0], value.shape[-1])))
        ]
        if not places:
            return None
        moved: dict[Path, set[tuple[Path, bool]]] = {}
        for path, value in self.start.items():
            other = self.outputs(entry, rows, single, {**self.start, path: value + 0.1 + 0.1 * np.abs(value)})
            moved[path] = {key for key in places if key in other and not np.array_equal(other[key], at[key])}
        best = max(places, key=lambda key: (sum(key in one for one in moved.values()), -np.prod(at[key].shape)))
        if not any(best in one for one in moved.values()):
            return None
        self.idle = [path for path, one in moved.items() if best not in one]
        self.start |= {path: self.held[path] for path in self.idle if path in self.held}
        return Predicted(entry, rows, single, at[best].shape[0] == examples, *best)

    def outputs(
        self,
        entry: Definition,
        rows: bool,
        single: bool,
        weights: Numbers,
        X: Array | None = None,
        *,
        seed: int = SEED,
    ) -> dict[tuple[Path, bool], Array]:
        """All arrays that the call gives: those returned, else those that the object then holds."""
        self.thing.put(weights)
        args = arguments_for(entry, {"X": self.given(self.X if X is None else X, rows, single)}, ("X",))
        if args is None:
            return {}
        answer = self.thing.call(entry, args, seed=seed)
        if answer.raised is not None:
            return {}
        self.answered = answer.value
        found = {(path, True): value for path, value in flat(answer.value)}
        each = list(found.values()) if isinstance(answer.value, list) and rows and not single else []
        if len(each) == len(self.X) and len({value.shape for value in each}) == 1:  # example by example
            return {((), True): np.array(each).reshape(len(each), -1)}
        if not found:
            inside = self.thing.session.inside(self.thing.ref).values
            found = {
                (path, False): value for path, value in inside.items() if is_numbers(value) and path not in weights
            }
        return found

    def predicts(self, X: Array, weights: Numbers | None = None, *, seed: int = SEED) -> Array | None:
        """The predictions, examples in rows."""
        forward = self.forward
        assert forward is not None
        found = self.outputs(forward.entry, forward.rows, forward.single, weights or self.start, X, seed=seed)
        value = found.get((forward.place, forward.returned))
        self.single = value is not None and value.dtype == np.float32
        if value is None or not np.isfinite(value).all():
            return None
        if forward.single:
            return np.asarray(value, dtype=float).reshape(1, -1)
        value = value.reshape(len(X), -1) if forward.rows_out or value.ndim == 1 else value.T
        return value.astype(float)

    def _tries_others(self) -> None:
        """Whether the forward pass draws random numbers, as dropout does, or mixes the examples, as batch norm does."""
        other = self.predicts(self.X, seed=SEED + 1)
        self.draws = other is None or not np.array_equal(other, self.A)
        if len(self.X) > 1 and not (self.forward and self.forward.single):
            other = self.predicts(np.concatenate([self.X[:1], 2 * self.X[1:]]))
            self.couples = other is None or other.shape != self.A.shape or not near(other[:1], self.A[:1])

    def differentiate(self) -> bool:
        """How every prediction moves with every weight: central differences of their own forward pass.

        False where it gives no predictions there, or where whole numbers put it on a kink.
        """
        found = []
        for path in self.parameters:
            for index in np.ndindex(self.start[path].shape):
                up, down = (self.predicts(self.X, self.start | self.shifted(path, index, h)) for h in (self.h, -self.h))
                if up is None or down is None or up.shape != self.A.shape or down.shape != self.A.shape:
                    return False
                if self.whole and np.abs(up + down - 2 * self.A).max() > BENT * self.h:
                    return False
                found.append((up - down) / (2 * self.h))
        self.slopes = np.array(found)
        self._tries_others()
        self.thing.put(self.start)
        return True

    def by_inputs(self, upstream: Array) -> Array | None:
        """The gradient by the inputs, examples in rows, of a gradient by the predictions."""
        due, couples = np.zeros(self.X.shape), self.couples
        h = max(self.h, H_CAST) if self.thing.session.contains(FLOAT32) else self.h
        for example, place in product(range(len(self.X) if couples else 1), range(self.X.shape[1])):
            at = (slice(example, example + 1) if couples else slice(None), place)
            shift = np.zeros(self.X.shape)
            shift[at] = h
            up, down = self.predicts(self.X + shift), self.predicts(self.X - shift)
            if up is None or down is None or not up.shape == down.shape == self.A.shape:
                return None
            moved = upstream * (up - down) / (2 * h)
            due[at] = moved.sum() if couples else moved.sum(axis=1)
        self.thing.put(self.start)
        return due

    def shifted(self, path: Path, index: tuple[int, ...], h: float) -> Numbers:
        """That weight, one number of it moved."""
        moved = self.start[path].astype(float)
        moved[index] += h
        return {path: moved.astype(self.start[path].dtype)}

    def layers(self) -> list[Layer]:
        """The weights as layers; [] where they are no chain from the inputs on."""
        wide, left = self.X.shape[1], list(self.parameters)
        found: list[Layer] = []
        while matrices := [path for path in left if self.start[path].ndim == 2]:
            path = next((one for more in (0, 1) for one in matrices if wide + more in self.start[one].shape), None)
            if path is None:
                return []
            left.remove(path)
            W = self.start[path].astype(float)
            joined = wide not in W.shape  # the last row is the bias
            flipped = W.shape[0] != wide + joined
            W = W.T if flipped else W
            wide = W.shape[1]
            bias = None if joined else next((one for one in left if self._is_bias(one, wide, flipped)), None)
            b = W[-1:] if joined else None if bias is None else self.start[bias].astype(float).reshape(1, -1)
            found.append(Layer(W[:-1] if joined else W, b, path, bias, flipped, joined))
            left = [one for one in left if one != bias]
        return [] if left else found

    def _is_bias(self, path: Path, size: int, column: bool) -> bool:
        value = self.start[path]
        return value.size == size and (value.ndim < 2 or value.shape[1 if column else 0] == 1)

    def reads_as(self) -> bool:
        """Whether the forward pass is that of layers W A + b with known activations; `read` has hidden and last."""
        layers = self.layers()
        for hidden, last in product(ACTIVATIONS, ACTIVATIONS) if layers else ():
            A = self.X[:1] if self.forward and self.forward.single else self.X
            for number, layer in enumerate(layers, start=1):
                Z = A @ layer.W + (0 if layer.b is None else layer.b)
                A = ACTIVATIONS[last if number == len(layers) else hidden](Z)
            if A.shape == self.A.shape and near(A, self.A):
                self.read = (hidden, last)
                return True
            if last == "softmax" and self.couples and A.shape == self.A.shape:
                over_examples = softmax(Z.T).T
                of_rows = self.A / self.A.sum(axis=1, keepdims=True)
                self.mixes = self.mixes or near(over_examples, self.A) or near(of_rows, A)
        return False

    def least(self, gradient: Array) -> float:
        """What is as good as 0 in a part of that gradient: what rounding makes of moving weights by hand."""
        return (ROUGH_SINGLE if self.single else ROUGH) * float(np.abs(gradient).max(initial=0.0))

    # ── gradients ────────────────────────────────────────────────────────────────────────────────────────────────────

    def of_examples(self, slope: Array) -> Array:
        """Each example's gradient by all weights, (example, weight), of what has that slope by the predictions."""
        return np.asarray(np.einsum("pik,ik->ip", self.slopes, slope))

    def blocks(self) -> Iterator[tuple[Path, slice]]:
        """Where each weight's numbers stand in a gradient by all of them."""
        begin = 0
        for path in self.parameters:
            yield path, slice(begin, begin + self.start[path].size)
            begin += self.start[path].size

    def gathered(self, answer: Answer, before: Mapping[Path, Any]) -> tuple[dict[Path, list[Array]], bool]:
        """What the call left as gradient by each weight, the likeliest first; whether it is how the weights moved."""
        after = self.thing.session.inside(self.thing.ref).values
        moved = {
            path: np.asarray(after[path], dtype=float) - self.start[path]
            for path in self.parameters
            if is_numbers(after.get(path)) and after[path].shape == self.start[path].shape
        }
        if any(value.any() for value in moved.values()):
            return {path: [value] for path, value in moved.items()}, True
        left = [
            (path, value)
            for path, value in after.items()
            if isinstance(value, (np.ndarray, np.floating))
            and path not in self.parameters
            and not _same(value, before.get(path))
        ]
        others = [*flat(answer.value), *((path, np.asarray(value)) for path, value in left)]
        if len(others) == 1 and others[0][1].size == sum(self.start[path].size for path in self.parameters):
            joined = others[0][1].ravel()  # all in one vector, one after the other
            others = [(path, joined[part].reshape(self.start[path].shape)) for path, part in self.blocks()]
        found = {}
        for path in self.parameters:
            fitting = [
                value.reshape(self.start[path].shape).astype(float)
                for _, value in others
                if fits(value, self.start[path])
            ]
            named_so = [value for where, value in others if is_gradient_of(where, path)]
            alike = [
                value.reshape(self.start[path].shape).astype(float)
                for value in named_so
                if fits(value, self.start[path])
            ]
            fitting = [*(value for _, value in others if value.shape == self.start[path].shape), *fitting]
            odd = [np.full(self.start[path].shape, np.nan)] if named_so and not alike else []
            found[path] = [*alike, *odd, *fitting]
        return found, False


def _same(value: Any, other: Any) -> bool:
    return other is not None and np.array_equal(value, other)


def near(one: Array, other: Array, least: float = 1e-12) -> bool:
    """Equal but for what a guard makes of it; what is below `least` is as good as 0."""
    return bool(np.all(np.abs(one - other) <= CLOSE * max(least, float(np.abs(other).max()))))


def numbers_for(thing: Thing, role: str) -> list[Path]:
    """Where the object keeps a number of that role: a learning rate, a batch's size."""
    values = thing.session.inside(thing.ref).values
    return [
        path
        for path, value in values.items()
        if isinstance(value, (float, int))
        and not isinstance(value, bool)
        and re.fullmatch(ROLES[role], squeezed(str(path[-1][1])))
    ]


def weight_names(paths: Sequence[Path], sign: str = "d") -> str:
    """The gradients by these weights, for a sentence."""
    return ", ".join(f"{sign}{named(path)}" for path in paths)
