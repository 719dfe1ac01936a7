"""The problem two implementations are given: one training step, from shared weights on shared data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from numpynet import names
from numpynet.optimizers import OPTIMIZERS, initial_state
from numpynet.training import starting_parameters
from numpynet.types import Architecture, Array, Parameters
from numpynet.validation import (
    check_architecture,
    check_examples,
    check_finite,
    check_hyperparameters,
    check_pairing,
    check_shape,
)

MOST_STEPS = 2**24  # torch counts them in float32


class UndefinedStepError(ValueError):
    """The step itself leaves the numbers: weights or predictions for which its loss is not defined."""


@dataclass(frozen=True)
class Step:
    """X (n_0, m), Y (n_L, m), the weights before the step, the architecture, the learning rate and the loss.

    The optimizer has the name and the `hyperparameters` that torch gives it, and before step `t`, counted from 1, the
    `state`, exp_avg.W1 …, zeros by default.

    X's dtype (float32 or float64) is the dtype of the run: Y and the weights are copied into it.
    ValueError or KeyError for NaN, infinity, targets that the loss does not take, missing weights, wrong shapes.
    """

    X: Array
    Y: Array
    params_values: Parameters
    nn_architecture: Architecture
    learning_rate: float = 0.01
    loss: str = "bce"
    optimizer: str = "sgd"
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    state: Parameters = field(default_factory=dict)
    t: int = 1

    def __post_init__(self) -> None:
        check_architecture(self.nn_architecture)
        check_pairing(self.nn_architecture, self.loss)
        X, Y = check_examples(self.X, self.Y, self.nn_architecture, self.loss)
        with np.errstate(over="ignore"):
            if not 0 <= X.dtype.type(self.learning_rate) < np.inf:
                raise ValueError(f"learning_rate is {self.learning_rate!r}: expected 0 or more, finite in {X.dtype}")
        object.__setattr__(self, "X", X)
        object.__setattr__(self, "Y", Y)
        params_values = starting_parameters(self.params_values, self.nn_architecture, X.dtype)
        object.__setattr__(self, "params_values", params_values)
        hyperparameters = check_hyperparameters(self.optimizer, self.hyperparameters, X.dtype)
        if isinstance(self.t, bool) or not isinstance(self.t, (int, np.integer)) or not 1 <= self.t <= MOST_STEPS:
            raise ValueError(f"t is {self.t!r}: expected the number of the step, from 1 to {MOST_STEPS:,}")
        object.__setattr__(self, "hyperparameters", hyperparameters)
        zeros = initial_state(params_values, self.optimizer, **hyperparameters)
        state = {name: np.asarray(self.state.get(name, value), X.dtype) for name, value in zeros.items()}
        for name, value in state.items():
            check_shape(name, value, zeros[name].shape)
            check_finite(name, value)
            if self.t == 1 and value.any():
                raise ValueError(f"{name} is not 0: before the first step nothing is remembered; give t, from 2")
        object.__setattr__(self, "state", state)

    @property
    def is_plain(self) -> bool:
        """Whether the step is the tutorial's own: gradient descent, without a state or a decay."""
        defaults = OPTIMIZERS["sgd"].defaults
        return self.optimizer == "sgd" and all(defaults[name] == value for name, value in self.hyperparameters.items())

    @property
    def hyper(self) -> dict[str, Any]:
        """Every hyperparameter by torch's name, the learning rate as `lr`."""
        return OPTIMIZERS[self.optimizer].defaults | dict(self.hyperparameters) | {"lr": self.learning_rate}

    @property
    def dtype(self) -> np.dtype:
        """float32 or float64."""
        return self.X.dtype

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Name and shape of every quantity of the step, in the order in which it is computed.

        A0 Z1 A1 … ZL AL cost, then dAL dZL dWL dbL … dA1 dZ1 dW1 db1, then the weights after the step, W1' b1' ….
        """
        m = self.X.shape[1]
        layers = list(enumerate(self.nn_architecture, start=1))
        shapes: dict[str, tuple[int, ...]] = {names.A(0): self.X.shape}
        for layer_idx, layer in layers:
            shapes[names.Z(layer_idx)] = shapes[names.A(layer_idx)] = (layer["output_dim"], m)
        shapes["cost"] = ()
        for layer_idx, layer in reversed(layers):
            n_out, n_in = layer["output_dim"], layer["input_dim"]
            shapes[names.dA(layer_idx)] = shapes[names.dZ(layer_idx)] = (n_out, m)
            shapes[names.dW(layer_idx)], shapes[names.db(layer_idx)] = (n_out, n_in), (n_out, 1)
        for layer_idx, _ in layers:
            for theta in (names.W(layer_idx), names.b(layer_idx)):
                shapes[names.after(theta)] = shapes[names.d(theta)]
        return shapes | {names.after(name): value.shape for name, value in self.state.items()}

    def starting_from(self, params_values: Parameters, state: Parameters | None = None, t: int | None = None) -> Step:
        """The same problem from other weights, and another state. UndefinedStepError where one is NaN or infinite."""
        state = self.state if state is None else state
        self.check_start(params_values | state)
        return replace(self, params_values=params_values, state=state, t=self.t if t is None else t)

    def check_start(self, values: Parameters) -> None:
        """UndefinedStepError where one of the weights, or of the state, is NaN or infinite."""
        for name, value in values.items():
            if not np.isfinite(value).all():
                raise UndefinedStepError(f"{name} is no longer finite; lower the learning rate {self.learning_rate:g}")

    def on(self, columns: Any) -> Step:
        """The same step on some of the examples."""
        return replace(self, X=self.X[:, columns], Y=self.Y[:, columns])

    def following(self, values: Parameters) -> Step:
        """The next step, from the weights and the state after this one, W1', exp_avg.W1' … of the values."""
        weights, state = (
            {name: values[names.after(name)] for name in before} for before in (self.params_values, self.state)
        )
        return self.starting_from(weights, state, self.t + 1)
