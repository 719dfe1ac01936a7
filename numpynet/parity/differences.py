"""Central differences of the cost: gradients from nothing but forward passes, in a wider precision.

D(h) = (cost(θ + h) − cost(θ − h)) / 2h is ∂cost/∂θ but for a truncation of order h². Halving h shows how large that
still is: D(h) − D(h/2) is about three times the truncation of D(h/2), which is the value taken here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from numpynet import names
from numpynet.definitions import ACTIVATIONS, LOSSES, batch_norm, root, spread
from numpynet.parity.exact import Bounded, Exact, rounding_of
from numpynet.parity.step import Step
from numpynet.parity.walk import walk
from numpynet.parity.wide import wide_for
from numpynet.types import Array

STEP = 1e-4
WORTHLESS = 1e-3  # a bound larger than this and than the value says nothing
COLUMNS = 20_000  # forward passes of one example each, at a time
WORK = 300_000_000  # multiplications a tensor and evaluation: a second or two in a wider precision

Costs: TypeAlias = tuple[Array, list[Array]]
"""m times the cost of each column, and of each layer with a kink on which side its Z lie."""


def central_differences(step: Step, work: int = WORK) -> dict[str, Bounded]:
    """dA{l}, dZ{l} (of the summed loss), dW{l}, db{l} of every layer, and what its options add; NaN where not computed.

    The allowance is infinite where an activation passes a kink within h, as there is no derivative to approach, and
    where it would exceed the value itself. Of a tensor that would need more than `work` multiplications, only elements
    at even distances.
    """
    parameters = sum(value.size for value in step.params_values.values())
    with np.errstate(all="ignore"):
        return _Differences(step).all(max(1, work // parameters))


class _Differences:
    def __init__(self, step: Step) -> None:
        self.step, self.m = step, step.X.shape[1]
        self.wide = wide_for(np.dtype(np.float64))
        exact = walk(step, rounding_of(step.dtype, "numpy", wide=self.wide, unit=self.wide.unit))
        self.exact = {name: one.value for name, one in exact.items()}
        self.cost_error = float(exact["cost"].by(0))
        self.values = rounding_of(step.dtype, wide=self.wide)  # of no arithmetic: values alone
        self.theta = {name: self.wide.lift(value) for name, value in step.params_values.items()}
        self.Y = self.wide.lift(step.Y)
        self.mixes = any(layer.get("batch_norm") for layer in step.nn_architecture)

    def all(self, columns: int) -> dict[str, Bounded]:
        """Of each tensor no more elements than so many forward passes of one example allow."""
        found = {}
        for i, layer in enumerate(self.step.nn_architecture, start=1):
            units = (layer["output_dim"], self.m)
            made = [names.A(i), self.step.passed_on(i), self.step.activated(i), names.Z(i)]
            for name in dict.fromkeys(made):
                found[names.d(name)] = self._difference(names.d(name), units, self._element(name, i), True, columns)
            for name in filter(names.is_learned, self.step.params_values):
                if names.layer_of(name) == i:
                    shape = self.step.params_values[name].shape
                    found[names.d(name)] = self._difference(
                        names.d(name), shape, self._parameter(name, i), False, columns
                    )
        return found

    def _difference(
        self, name: str, shape: tuple[int, ...], costs: Callable[..., Costs], of_an_example: bool, columns: int
    ) -> Bounded:
        per_element = 1 if of_an_example and not self.mixes else self.m
        value, allowed = np.full(shape, np.nan), np.full(shape, np.nan)
        count = min(value.size, max(1, columns // per_element))
        chosen = np.unique(np.linspace(0, value.size - 1, count).astype(int))
        for part in np.array_split(chosen, -(-len(chosen) * per_element // COLUMNS)):
            at = np.unravel_index(part, shape)
            h = self._steps(name, at)
            (whole, kink), (half, _) = self._slope(costs, at, h), self._slope(costs, at, h / 2)
            # cost_error is of the mean; an element of A or Z moves one example of the m, whose loss is m times as large
            scale = 1 if of_an_example else self.m
            rounded = 2 * self.cost_error * self.m / h.astype(float)
            error = np.abs(whole - half).astype(float) + rounded
            value[at], error = (half / scale).astype(float), error / scale
            nothing = kink | ~np.isfinite(error) | (error > np.maximum(np.abs(value[at]), WORTHLESS))
            allowed[at] = np.where(nothing, np.inf, error)
        return Bounded(value, allowed)

    def _steps(self, name: str, at: tuple[Array, ...]) -> Array:
        """h: as far as the derivatives hardly change; never out of (0, 1) for a probability."""
        if name == names.dA(len(self.step.nn_architecture)) and LOSSES[self.step.loss].picked is not None:
            A = self.exact[names.of(name)][at]
            return np.asarray(self.wide.lift(STEP) * np.minimum(A, 1 - A))
        return np.asarray(self.wide.lift(np.full(len(at[0]), STEP)))

    def _slope(self, costs: Callable[..., Costs], at: tuple[Array, ...], h: Array) -> tuple[Array, Array]:
        """m · (cost(θ + h) − cost(θ − h)) / 2h of each element, and whether a kink lies between."""
        (above, sides_above), (below, sides_below) = costs(at, h), costs(at, -h)
        difference = (above - below).reshape(len(h), -1).sum(axis=1) / (2 * h)
        kink = np.zeros(len(h), dtype=bool)
        for x, y in zip(sides_above, sides_below, strict=True):
            kink |= (x != y).any(axis=0).reshape(len(h), -1).any(axis=1)
        return difference, kink

    def _element(self, name: str, layer_idx: int) -> Callable[..., Costs]:
        """Of Z1, N1, A1 or D1: an element moves one example, and through batch norm every other one."""

        def costs(at: tuple[Array, ...], h: Array) -> Costs:
            row, example = at
            elements = np.arange(len(row))
            if not self.mixes:
                moved = self.exact[name][:, example].copy()
                moved[row, elements] += h
                return self._on(name, layer_idx, moved, example)
            moved = np.repeat(self.exact[name][:, np.newaxis], len(row), axis=1)
            moved[row, elements, example] += h
            return self._on(name, layer_idx, moved.reshape(len(moved), -1), self._examples(len(row)))

        return costs

    def _parameter(self, name: str, layer_idx: int) -> Callable[..., Costs]:
        """Of W1, b1, gamma1 or beta1: an element moves a row of what they make, for every example."""
        made = names.N(layer_idx) if names.kind(name) in names.NORMALIZATION else names.Z(layer_idx)

        def by(at: tuple[Array, ...], h: Array) -> Array:
            if names.kind(name) == "W":
                return np.asarray(h[:, np.newaxis] * self.exact[self.step.passed_on(layer_idx - 1)][at[1]])
            if names.kind(name) == "gamma":
                centred, var = spread(Exact(self.exact[names.Z(layer_idx)], self.values))
                return np.asarray(h[:, np.newaxis] * (centred / root(var)).value[at[0]])
            return np.repeat(h[:, np.newaxis], self.m, axis=1)

        def costs(at: tuple[Array, ...], h: Array) -> Costs:
            row, elements = at[0], np.arange(len(h))
            moved = np.repeat(self.exact[made][:, np.newaxis], len(row), axis=1)
            moved[row, elements] += by(at, h)
            return self._on(made, layer_idx, moved.reshape(len(moved), -1), self._examples(len(row)))

        return costs

    def _examples(self, count: int) -> Array:
        """Which example each column is, where every example stands there for each of so many elements."""
        return np.tile(np.arange(self.m), count)

    def _on(self, name: str, layer_idx: int, value: Array, examples: Array) -> Costs:
        """Forward from that quantity of the layer, a column for each of the examples."""
        sides: list[Array] = []
        for i, layer in enumerate(self.step.nn_architecture[layer_idx - 1 :], start=layer_idx):
            if i > layer_idx:
                value = self.wide.dot(self.theta[names.W(i)], value) + self.theta[names.b(i)]
                name = names.Z(i)
            if layer.get("batch_norm") and name == names.Z(i):
                value, name = self._normalized(i, value), names.N(i)
            if name == self.step.activated(i):
                f = ACTIVATIONS[layer["activation"]]
                sides += [boundary < value for boundary in f.boundaries]
                value, name = f.value(Exact(value, self.values)).value, names.A(i)
            if layer.get("dropout") and name == names.A(i):
                value, name = value * self.exact[names.mask(i)][:, examples], names.D(i)
        return self._loss(value, examples), sides

    def _normalized(self, i: int, Z: Array) -> Array:
        """Batch norm of every batch of m columns."""
        batches = Z.reshape(-1, self.m)  # a row for each unit of each batch
        times = Z.shape[1] // self.m
        gamma, beta = (np.repeat(self.theta[names.make(kind, i)], times, axis=0) for kind in ("gamma", "beta"))
        found = batch_norm(*(Exact(one, self.values) for one in (batches, gamma, beta))).value
        return np.asarray(found).reshape(Z.shape)

    def _loss(self, A: Array, examples: Array) -> Array:
        loss = LOSSES[self.step.loss]
        terms: Array = loss.terms(Exact(A, self.values), self.Y[:, examples]).value.sum(axis=0)
        return terms / loss.averaged(len(self.Y))
