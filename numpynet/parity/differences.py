"""Central differences of the cost: gradients from nothing but forward passes, in a wider precision.

D(h) = (cost(θ + h) − cost(θ − h)) / 2h is ∂cost/∂θ but for a truncation of order h². Halving h shows how large that
still is: D(h) − D(h/2) is about three times the truncation of D(h/2), which is the value taken here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from numpynet import names
from numpynet.definitions import ACTIVATIONS, LOSSES
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
    """dA{l}, dZ{l} (of the summed loss), dW{l}, db{l} of every layer; NaN where an element was not computed.

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

    def all(self, columns: int) -> dict[str, Bounded]:
        """Of each tensor no more elements than so many forward passes of one example allow."""
        found = {}
        for layer_idx, layer in enumerate(self.step.nn_architecture, start=1):
            shape = layer["output_dim"], layer["input_dim"]
            for name, size, make in (
                (names.dA(layer_idx), (shape[0], self.m), self._activation(layer_idx)),
                (names.dZ(layer_idx), (shape[0], self.m), self._input(layer_idx)),
                (names.dW(layer_idx), shape, self._weight(layer_idx)),
                (names.db(layer_idx), (shape[0], 1), self._bias(layer_idx)),
            ):
                per_element = 1 if names.kind(name) in ("dA", "dZ") else self.m
                found[name] = self._difference(name, size, make, per_element, columns)
        return found

    def _difference(
        self, name: str, shape: tuple[int, int], costs: Callable[..., Costs], per_element: int, columns: int
    ) -> Bounded:
        value, allowed = np.full(shape, np.nan), np.full(shape, np.nan)
        count = min(value.size, max(1, columns // per_element))
        chosen = np.unique(np.linspace(0, value.size - 1, count).astype(int))
        for part in np.array_split(chosen, -(-len(chosen) * per_element // COLUMNS)):
            at = np.unravel_index(part, shape)
            h = self._steps(name, at)
            (whole, kink), (half, _) = self._slope(costs, at, h), self._slope(costs, at, h / 2)
            # cost_error is of the mean; an element of A or Z moves one example of the m, whose loss is m times as large
            scale = 1 if per_element == 1 else self.m
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

    def _activation(self, layer_idx: int) -> Callable[..., Costs]:
        def costs(at: tuple[Array, ...], h: Array) -> Costs:
            row, example = at
            if layer_idx == len(self.step.nn_architecture):
                A = self.exact[names.A(layer_idx)][:, example].copy()
                A[row, np.arange(len(row))] += h
                return self._loss(A, example), []
            Z = self.exact[names.Z(layer_idx + 1)][:, example] + self.theta[names.W(layer_idx + 1)][:, row] * h
            return self._from(layer_idx + 1, Z, example)

        return costs

    def _input(self, layer_idx: int) -> Callable[..., Costs]:
        def costs(at: tuple[Array, ...], h: Array) -> Costs:
            row, example = at
            Z = self.exact[names.Z(layer_idx)][:, example].copy()
            Z[row, np.arange(len(row))] += h
            return self._from(layer_idx, Z, example)

        return costs

    def _weight(self, layer_idx: int) -> Callable[..., Costs]:
        def costs(at: tuple[Array, ...], h: Array) -> Costs:
            row, column = at
            return self._row_moved(layer_idx, row, h[:, np.newaxis] * self.exact[names.A(layer_idx - 1)][column])

        return costs

    def _bias(self, layer_idx: int) -> Callable[..., Costs]:
        return lambda at, h: self._row_moved(layer_idx, at[0], np.repeat(h[:, np.newaxis], self.m, axis=1))

    def _row_moved(self, layer_idx: int, row: Array, by: Array) -> Costs:
        """Z{l} with row[i] moved by by[i], (elements, m), for each element i: all examples of all elements in a row."""
        elements = np.arange(len(row))
        Z = np.repeat(self.exact[names.Z(layer_idx)][:, np.newaxis], len(row), axis=1)
        Z[row, elements] += by
        examples: Any = np.tile(np.arange(self.m), len(row))
        return self._from(layer_idx, Z.reshape(len(Z), -1), examples)

    def _from(self, layer_idx: int, Z: Array, examples: Array) -> Costs:
        """Forward from Z{l}, a column for each of the examples."""
        sides = []
        for index, layer in enumerate(self.step.nn_architecture[layer_idx - 1 :], start=layer_idx):
            f = ACTIVATIONS[layer["activation"]]
            sides += [boundary < Z for boundary in f.boundaries]
            A = f.value(Exact(Z, self.values)).value
            if index < len(self.step.nn_architecture):
                Z = self.wide.dot(self.theta[names.W(index + 1)], A) + self.theta[names.b(index + 1)]
        return self._loss(A, examples), sides

    def _loss(self, A: Array, examples: Array) -> Array:
        loss = LOSSES[self.step.loss]
        terms: Array = loss.terms(Exact(A, self.values), self.Y[:, examples]).value.sum(axis=0)
        return terms / loss.averaged(len(self.Y))
