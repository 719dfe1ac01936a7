"""The twin: the same network as torch.nn modules, one row a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
from torch import nn

from numpynet import names
from numpynet.parity.graph import NodeWords
from numpynet.registry import Registry
from numpynet.types import Architecture, Parameters
from torch_reference.convert import bias, gradient_of, load_layer, weight
from torch_reference.nodes import NODES


class Activation(NamedTuple):
    """A module of torch, the call it makes, and the node that autograd records for it, if any."""

    module: Callable[[], nn.Module]
    call: str
    node: str = ""
    words: NodeWords | None = None


class Loss(NamedTuple):
    """A module of torch, the call it makes, and the node that autograd records for it.

    All of torch's losses take the mean over every element; where the tutorial's `adds_outputs` up, the cost is that
    mean times the number of outputs. Where `probabilities`, it is defined from 0 to 1.
    """

    module: Callable[[], nn.Module]
    call: str
    node: str
    words: NodeWords
    adds_outputs: bool = False
    probabilities: bool = False


ACTIVATIONS = Registry(
    "activation",
    {
        "relu": Activation(
            nn.ReLU,
            "A = torch.relu(Z)",
            "ReluBackward0",
            NodeWords(
                "ReLU, backward: the gradient passes where the unit was on, and stops where it was off.",
                "grad_self = torch.where(result <= 0, 0, grad)",
            ),
        ),
        "sigmoid": Activation(
            nn.Sigmoid,
            "A = torch.sigmoid(Z)",
            "SigmoidBackward0",
            NodeWords(
                "The sigmoid, backward: the gradient times the slope, which torch computes from the result.",
                "grad_self = grad * (1 - result) * result",
            ),
        ),
        "tanh": Activation(
            nn.Tanh,
            "A = torch.tanh(Z)",
            "TanhBackward0",
            NodeWords(
                "tanh, backward: the gradient times the slope, which torch computes from the result.",
                "grad_self = grad * (1 - result * result)",
            ),
        ),
        "linear": Activation(nn.Identity, "A = Z  # nn.Identity: autograd records nothing"),
        "leaky_relu": Activation(
            nn.LeakyReLU,
            "A = F.leaky_relu(Z)  # negative_slope=0.01",
            "LeakyReluBackward0",
            NodeWords(
                "Leaky ReLU, backward: the gradient passes where Z was above 0; elsewhere a hundredth of it does.",
                "grad_self = torch.where(self > 0, grad, grad * 0.01)",
            ),
        ),
        "elu": Activation(
            nn.ELU,
            "A = F.elu(Z)",
            "EluBackward0",
            NodeWords(
                "ELU, backward: the gradient passes where Z was above 0; elsewhere it is multiplied by e^Z.",
                "grad_self = torch.where(self > 0, grad, grad * torch.exp(self))",
            ),
        ),
        "softplus": Activation(
            nn.Softplus,
            "A = F.softplus(Z)  # Z itself where Z > 20",
            "SoftplusBackward0",
            NodeWords(
                "Softplus, backward: the gradient times σ(Z), which torch computes as z / (z + 1) from z = e^Z.",
                "z = torch.exp(self)\ngrad_self = torch.where(self > 20, grad, grad * z / (z + 1))",
            ),
        ),
        "silu": Activation(
            nn.SiLU,
            "A = F.silu(Z)",
            "SiluBackward0",
            NodeWords(
                "SiLU, backward: the gradient times the slope of Z · σ(Z).",
                "s = torch.sigmoid(self)\ngrad_self = grad * s * (1 + self * (1 - s))",
            ),
        ),
        "gelu": Activation(
            lambda: nn.GELU(approximate="tanh"),
            'A = F.gelu(Z, approximate="tanh")',
            "GeluBackward0",
            NodeWords(
                "GELU in its tanh form, backward: the gradient times the slope, by the product rule.",
                "beta = (2 / torch.pi) ** 0.5\n"
                "t = torch.tanh(beta * (self + 0.044715 * self**3))\n"
                "inner = beta * (1 + 3 * 0.044715 * self**2)\n"
                "grad_self = grad * (0.5 * (1 + t) + 0.5 * self * (1 - t * t) * inner)",
            ),
        ),
    },
)
LOSSES = Registry(
    "loss",
    {
        "bce": Loss(
            nn.BCELoss,
            "cost = F.binary_cross_entropy(A, Y)",
            "BinaryCrossEntropyBackward0",
            NodeWords(
                "Where the backward pass begins: how the summed loss changes with each prediction.",
                "grad_self = grad * (self - target) / torch.clamp((1 - self) * self, min=1e-12) / self.numel()",
            ),
            adds_outputs=True,
            probabilities=True,
        ),
        "bce_with_logits": Loss(
            nn.BCEWithLogitsLoss,
            "cost = F.binary_cross_entropy_with_logits(A, Y)",
            "BinaryCrossEntropyWithLogitsBackward0",
            NodeWords(
                "Where the backward pass begins: how the summed loss changes with each logit.",
                "grad_self = (torch.sigmoid(self) - target) * grad / self.numel()",
            ),
        ),
    },
)


def node_words(node: str) -> NodeWords:
    """What is to be said of a node of that name. UnknownNameError where it is none of those that are known."""
    recorded = {row.node: row.words for row in ACTIVATIONS.values() if row.words is not None}
    words: NodeWords = Registry("node", NODES | recorded | {row.node: row.words for row in LOSSES.values()})[node]
    return words


class Twin(nn.Module):
    """Linear and activation modules in turn, from `nn_architecture` and `params_values`, in the weights' dtype."""

    def __init__(self, nn_architecture: Architecture, params_values: Parameters) -> None:
        super().__init__()
        dtype = torch.from_numpy(params_values["W1"]).dtype
        self.linears = nn.ModuleList()
        self.activations = nn.ModuleList()
        for layer_idx, layer in enumerate(nn_architecture, start=1):
            linear = nn.Linear(layer["input_dim"], layer["output_dim"], dtype=dtype)
            load_layer(linear, params_values[names.W(layer_idx)], params_values[names.b(layer_idx)])
            self.linears.append(linear)
            self.activations.append(ACTIVATIONS[layer["activation"]].module())

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
        return {names.d(name): gradient for name, gradient in self._by_name(gradient_of).items()}

    def _by_name(self, part: Callable[[torch.Tensor], torch.Tensor]) -> Parameters:
        values = {}
        for layer_idx, linear in enumerate(self.linears, start=1):
            assert isinstance(linear, nn.Linear)
            values[names.W(layer_idx)] = weight(part(linear.weight))
            values[names.b(layer_idx)] = bias(part(linear.bias))
        return values
