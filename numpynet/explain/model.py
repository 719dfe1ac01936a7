"""What a lesson is made of: plain data, for whoever shows it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from numpynet import names
from numpynet.explain.code import Code
from numpynet.explain.symbol import Formula, Symbol
from numpynet.parity.compare import Elements, Outcome
from numpynet.parity.graph import NO_EXPERIMENTS, Experiments, Graph, SavedTensor
from numpynet.parity.step import Step
from numpynet.types import Array

GIVEN = Formula("", "")


@dataclass(frozen=True)
class Factor:
    """An element of a quantity: `at` says at which row and column, in terms of r, c (those of the result), k, or 0."""

    name: str
    at: str

    def index(self, r: int, c: int, k: int) -> tuple[int, int]:
        """The row and the column."""
        places = {"r": r, "c": c, "k": k, "0": 0}
        return places[self.at[0]], places[self.at[1]]


@dataclass(frozen=True)
class Sum:
    """Element [r, c] = (Σ over k < count of the product of the factors) / divide + plus; k counts `over`.

    Without a k in any factor it is that one product.
    """

    factors: Sequence[Factor]
    count: int = 1
    over: str = ""
    divide: int | None = None
    plus: Factor | None = None


@dataclass(frozen=True)
class Apply:
    """Element [r, c] by a formula, in which a name stands for that quantity's element at the same place."""

    symbol: Symbol

    @property
    def names(self) -> list[str]:
        """The quantities in it."""
        return self.symbol.names

    @property
    def template(self) -> str:
        """The formula as a line, with {} round each name."""
        return self.symbol.template

    def filled(self, put: Callable[[str, bool], str]) -> str:
        """With something put in for each name; `put` is told, too, whether a sign of arithmetic stands before it."""

        def at(found: re.Match[str]) -> str:
            return put(found[1], found.string[: found.start()].rstrip().endswith(("−", "+", "·", "/")))

        return re.sub(r"\{(.+?)\}", at, self.template)


@dataclass(frozen=True)
class Check:
    """NumPy's tensor beside another's: elementwise, and the verdict on its worst element (None: nothing to compare).

    A check may neither agree nor fail: where a clamp acts, or at a kink, it says nothing against NumPy.
    """

    elements: Elements
    outcome: str
    fails: bool
    ratio: float | None
    at: tuple[int, ...] | None

    @property
    def agrees(self) -> bool:
        """Every element that was looked at lies within its bound."""
        return self.outcome == Outcome.PASS

    @property
    def judged(self) -> int:
        """How many elements there was a bound for: of a large tensor the central differences take a sample."""
        return int(np.isfinite(self.elements.allowed).sum())


@dataclass(frozen=True)
class Quantity:
    """A tensor of the step as NumPy, the tape and torch computed it, and how each element comes about.

    `recipe` is None for what is given. `zero` says why an element may be exactly 0. `rows` and `columns` say what an
    index counts. `step` is the index of the lesson's step that makes it.
    """

    name: str
    meaning: str
    values: Mapping[str, Array]
    rows: str = ""
    columns: str = ""
    formula: Formula = GIVEN
    recipe: Sum | Apply | None = None
    zero: str = ""
    checks: Mapping[str, Check] = field(default_factory=dict)
    step: int | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """() for the cost, else (rows, columns)."""
        return self.values["numpy"].shape


@dataclass(frozen=True)
class Kept:
    """A tensor that autograd saved, and where NumPy keeps it: an expression, "" where it does not."""

    saved: SavedTensor
    kept: str
    note: str
    quantity: str | None


@dataclass(frozen=True)
class LessonStep:
    """One operation. `came_in` and `made` name quantities: arguments and results, or the gradients in and out."""

    id: str
    phase: str
    layer: int | None
    title: str
    what: str
    torch: Code | None
    numpy: Code | None
    tape: Code | None
    formulas: Sequence[Formula] = ()
    saved: Sequence[Kept] = ()
    came_in: Sequence[str] = ()
    reads: Sequence[str] = ()
    made: Sequence[str] = ()
    plumbing: bool = False
    notes: Sequence[str] = ()
    snippet: str = ""

    def reading(self, name: str) -> str:
        """What is done with a tensor of `reads`; torch's node reads what it saved, which may be another than NumPy."""
        if names.kind(name) == "f′" or name.startswith("xhat"):
            return "made on the way"
        saved = [kept.quantity for kept in self.saved]
        return "read" if self.phase != "backward" or name in saved else "read by NumPy"


@dataclass(frozen=True)
class Lesson:
    """The step's operations in order, its quantities by name, torch's graph; whose module torch ran, if somebody's.

    A step's `snippet` prints what its node did in a reader's own model.
    """

    step: Step
    steps: Sequence[LessonStep]
    quantities: Mapping[str, Quantity]
    graph: Graph
    module: str = ""
    experiments: Experiments = NO_EXPERIMENTS

    @property
    def saved(self) -> str:
        """How much autograd kept for the backward pass, in a sentence."""
        tensors = [tensor for node in self.graph.nodes for tensor in node.saved]
        distinct = {tensor.memory: tensor for tensor in tensors}.values()
        there = sum(tensor.bytes for tensor in distinct if tensor.tensor[:1] in ("W", "Y") or tensor.tensor == "A0")
        return (
            f"For the backward pass autograd saved {len(tensors)} tensors, {len(distinct)} of them distinct: "
            f"{self.graph.saved_bytes():,} bytes, of which {there:,} are the data, labels and weights, there anyway. "
            "To save is to keep a reference, not to copy."
        )

    @property
    def outcome(self) -> str:
        """ "pass" or "fail"."""
        return "fail" if any(c.fails for q in self.quantities.values() for c in q.checks.values()) else "pass"
