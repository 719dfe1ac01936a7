"""The twin: the same network as torch.nn modules, one row a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import nn

from numpynet.registry import Registry
from numpynet.types import Architecture, Parameters
from torch_reference.convert import bias, gradient_of, load_layer, weight

ACTIVATIONS: Registry[Callable[[], nn.Module]] = Registry(
    "activation", {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "linear": nn.Identity}
)
LOSSES: Registry[Callable[[], nn.Module]] = Registry(
    "loss", {"bce": nn.BCELoss, "bce_with_logits": nn.BCEWithLogitsLoss}
)


class Twin(nn.Module):
    """Linear and activation modules in turn, from `nn_architecture` and `params_values`, in the weights' dtype."""

    def __init__(self, nn_architecture: Architecture, params_values: Parameters) -> None:
        super().__init__()
        dtype = torch.from_numpy(params_values["W1"]).dtype
        self.linears = nn.ModuleList()
        self.activations = nn.ModuleList()
        for layer_idx, layer in enumerate(nn_architecture, start=1):
            linear = nn.Linear(layer["input_dim"], layer["output_dim"], dtype=dtype)
            load_layer(linear, params_values[f"W{layer_idx}"], params_values[f"b{layer_idx}"])
            self.linears.append(linear)
            self.activations.append(ACTIVATIONS[layer["activation"]]())

    def layers(self, X: torch.Tensor) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """(Z, A) of each layer for X, (m, n_0)."""
        A = X
        for linear, activation in zip(self.linears, self.activations, strict=True):
            Z = linear(A)
            A = activation(Z)
            yield Z, A

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """The last A, (m, n_L)."""
        *_, (_, A) = self.layers(X)
        return A

    def params_values(self) -> Parameters:
        """W1, b1 … in the tutorial's layout; copies."""
        return self._by_name(lambda tensor: tensor)

    def grads_values(self) -> Parameters:
        """dW1, db1 …, in the tutorial's layout, as the last backward left them; copies."""
        return {f"d{name}": gradient for name, gradient in self._by_name(gradient_of).items()}

    def _by_name(self, part: Callable[[torch.Tensor], torch.Tensor]) -> Parameters:
        values = {}
        for layer_idx, linear in enumerate(self.linears, start=1):
            assert isinstance(linear, nn.Linear)
            values[f"W{layer_idx}"] = weight(part(linear.weight))
            values[f"b{layer_idx}"] = bias(part(linear.bias))
        return values
