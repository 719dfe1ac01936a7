"""The problem two implementations are given: one training step, from shared weights on shared data."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from numpynet import names
from numpynet.losses import LOSSES
from numpynet.training import starting_parameters
from numpynet.types import Architecture, Array, Parameters
from numpynet.validation import check_architecture, check_examples


class UndefinedStepError(ValueError):
    """The step itself leaves the numbers: weights or predictions for which its loss is not defined."""


@dataclass(frozen=True)
class Step:
    """X (n_0, m), Y (n_L, m), the weights before the step, the architecture, the learning rate and the loss.

    X's dtype (float32 or float64) is the dtype of the run: Y and the weights are copied into it.
    ValueError or KeyError for NaN, infinity, labels other than 0 and 1, missing weights or shapes that do not fit.
    """

    X: Array
    Y: Array
    params_values: Parameters
    nn_architecture: Architecture
    learning_rate: float = 0.01
    loss: str = "bce"

    def __post_init__(self) -> None:
        check_architecture(self.nn_architecture)
        LOSSES[self.loss]  # or the KeyError that lists them
        X, Y = check_examples(self.X, self.Y, self.nn_architecture)
        with np.errstate(over="ignore"):
            if not 0 <= X.dtype.type(self.learning_rate) < np.inf:
                raise ValueError(f"learning_rate is {self.learning_rate!r}: expected 0 or more, finite in {X.dtype}")
        object.__setattr__(self, "X", X)
        object.__setattr__(self, "Y", Y)
        params_values = starting_parameters(self.params_values, self.nn_architecture, X.dtype)
        object.__setattr__(self, "params_values", params_values)

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
        return shapes

    def starting_from(self, params_values: Parameters) -> Step:
        """The same problem from other weights. UndefinedStepError where one is NaN or infinite."""
        for name, value in params_values.items():
            if not np.isfinite(value).all():
                raise UndefinedStepError(f"{name} is no longer finite; lower the learning rate {self.learning_rate:g}")
        return replace(self, params_values=params_values)
