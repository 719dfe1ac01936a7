"""The problem two implementations are given: one training step, from shared weights on shared data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np

from numpynet import names
from numpynet.dropout import draw_kept
from numpynet.optimizers import OPTIMIZERS, initial_state
from numpynet.schedules import Schedule
from numpynet.training import TRAINING_SEED, starting_parameters
from numpynet.types import Architecture, Array, Parameters
from numpynet.validation import (
    check_architecture,
    check_batch,
    check_examples,
    check_finite,
    check_hyperparameters,
    check_kept,
    check_pairing,
    check_shape,
    parameter_shapes,
)

Draw: TypeAlias = Callable[[Architecture, int, np.dtype[Any], int, int], Mapping[str, Array]]
EVALUATED = "evaluated"  # the prediction by the weights before the step, without dropout, of the running statistics
MOST_STEPS = 2**24  # torch counts them in float32


class UndefinedStepError(ValueError):
    """The step itself leaves the numbers: weights or predictions for which its loss is not defined."""


def draw(nn_architecture: Architecture, m: int, dtype: np.dtype[Any], seed: int, t: int) -> Mapping[str, Array]:
    """What dropout keeps of m examples in step t, as NumPy draws it."""
    return draw_kept(nn_architecture, m, np.random.default_rng([seed, t]))


@dataclass(frozen=True)
class Step:
    """X (n_0, m), Y (n_L, m), the weights before the step, the architecture, the learning rate and the loss.

    The optimizer has the name and the `hyperparameters` that torch gives it, and before step `t`, counted from 1, the
    `state`, exp_avg.W1 …, zeros by default.

    `kept` says of each layer with dropout which activations stay, mask1 … of bool; by default as NumPy draws it from
    `seed` and t. With a `schedule` the learning rate is that of the epoch, counted from 0, and the next one is part of
    what the step computes.

    `absent` are parameters that somebody's own network lacks, b of a layer without bias, or gamma and beta of a batch
    norm without them: they are 0, and gamma 1, before the step and after it, and no quantity of it.

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
    kept: Mapping[str, Array] = field(default_factory=dict)
    seed: int = TRAINING_SEED
    schedule: Schedule | None = None
    epoch: int = 0
    absent: tuple[str, ...] = ()

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
        self._check_absent()
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
        check_batch(self.nn_architecture, X.shape[1])
        if not self.kept:
            object.__setattr__(self, "kept", draw(self.nn_architecture, X.shape[1], X.dtype, self.seed, self.t))
        check_kept(self.kept, self.nn_architecture, X.shape[1])

    def _check_absent(self) -> None:
        """ValueError unless they are such parameters, and have no effect."""
        for name in self.absent:
            neutral = {"b": 0, "beta": 0, "gamma": 1}.get(names.kind(name))
            if neutral is None or name not in self.params_values:
                raise ValueError(f"absent has {name!r}: expected a b, gamma or beta of the network")
            if (self.params_values[name] != neutral).any():
                raise ValueError(f"{name} is absent, and not {neutral} everywhere")

    def activated(self, layer_idx: int) -> str:
        """What a layer's activation takes: Z1, or N1 with batch norm."""
        return (names.N if self.nn_architecture[layer_idx - 1].get("batch_norm") else names.Z)(layer_idx)

    def passed_on(self, layer_idx: int) -> str:
        """What the layer after it takes: A1, or D1 with dropout; A0 are the data."""
        dropped = layer_idx and self.nn_architecture[layer_idx - 1].get("dropout")
        return (names.D if dropped else names.A)(layer_idx)

    def drawn_by(self, draw: Draw) -> Step:
        """The same step, with what dropout keeps drawn by somebody else."""
        if not self.kept:
            return self
        return replace(self, kept=draw(self.nn_architecture, self.X.shape[1], self.dtype, self.seed, self.t))

    @property
    def is_plain(self) -> bool:
        """Whether the step is the tutorial's own: gradient descent, without a state or a decay."""
        defaults = OPTIMIZERS["sgd"].defaults
        return self.optimizer == "sgd" and all(defaults[name] == value for name, value in self.hyperparameters.items())

    @property
    def is_tutorials(self) -> bool:
        """Whether no layer has an option that the tutorial's have not."""
        return not any(layer.get("batch_norm") or layer.get("dropout") for layer in self.nn_architecture)

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
        for i, layer in layers:
            optional = [names.N(i)] * bool(layer.get("batch_norm")), [names.mask(i), names.D(i)]
            dropped = optional[1] if layer.get("dropout") else []
            for name in (names.Z(i), *optional[0], names.A(i), *dropped):
                shapes[name] = layer["output_dim"], m
        shapes["cost"] = ()
        if not self.is_tutorials:
            shapes[EVALUATED] = len(self.Y), m
        parameters = parameter_shapes(self.nn_architecture)
        for i, layer in reversed(layers):
            made = list(dict.fromkeys((self.passed_on(i), names.A(i), self.activated(i), names.Z(i))))
            for name in made[:-1]:
                shapes[names.d(name)] = layer["output_dim"], m
            if layer.get("batch_norm"):
                shapes |= dict.fromkeys((names.make("dgamma", i), names.make("dbeta", i)), (layer["output_dim"], 1))
            shapes[names.dZ(i)] = layer["output_dim"], m
            for name in (names.W(i), names.b(i)):
                shapes[names.d(name)] = parameters[name]
        shapes |= {names.after(name): shape for name, shape in parameters.items()}
        shapes |= {names.after(name): value.shape for name, value in self.state.items()}
        shapes = {name: one for name, one in shapes.items() if names.parameter(names.of(name)) not in self.absent}
        return shapes | ({names.after("lr"): ()} if self.schedule is not None else {})

    def starting_from(self, params_values: Parameters, state: Parameters | None = None, t: int | None = None) -> Step:
        """The same problem from other weights, and another state. UndefinedStepError where one is NaN or infinite."""
        state = self.state if state is None else state
        self.check_start(params_values | state)
        return replace(self, params_values=params_values, state=state, t=self.t if t is None else t, kept={})

    def check_start(self, values: Parameters) -> None:
        """UndefinedStepError where one of the weights, or of the state, is NaN or infinite."""
        for name, value in values.items():
            if not np.isfinite(value).all():
                raise UndefinedStepError(f"{name} is no longer finite; lower the learning rate {self.learning_rate:g}")

    def on(self, columns: Any) -> Step:
        """The same step on some of the examples; what dropout keeps is drawn anew."""
        return replace(self, X=self.X[:, columns], Y=self.Y[:, columns], kept={})

    def following(self, values: Parameters, same_epoch: bool = False) -> Step:
        """The next step, from the weights and the state after this one, W1', exp_avg.W1' … of the values."""
        weights, state = (
            {name: values[names.after(name)] for name in before if names.parameter(name) not in self.absent}
            for before in (self.params_values, self.state)
        )
        weights |= {name: self.params_values[name] for name in self.absent}
        step = self.starting_from(weights, state, self.t + 1)
        if self.schedule is None or same_epoch:
            return step
        rate = float(values[names.after("lr")])
        if not np.isfinite(self.dtype.type(rate)):
            raise UndefinedStepError(
                f"the learning rate of epoch {self.epoch + 1} is {rate:g}: lower the schedule's gamma"
            )
        return replace(step, learning_rate=rate, epoch=self.epoch + 1, kept={})
