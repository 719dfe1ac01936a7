"""The twin: the same network as torch.nn modules, one row a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from numpynet import names
from numpynet.parity.graph import NodeWords
from numpynet.registry import Registry
from numpynet.types import Architecture, Parameters
from numpynet.validation import parameter_shapes
from torch_reference.convert import gradient_of, in_columns, load_layer, load_norm
from torch_reference.nodes import NODES


class Activation(NamedTuple):
    """A module of torch, the call it makes, and the node that autograd records for it, if any."""

    module: Callable[[], nn.Module]
    call: str
    node: str = ""
    words: NodeWords | None = None


class Loss(NamedTuple):
    """A module of torch, the call it makes, and the nodes that autograd records for it, each with what it made.

    The module takes predictions and targets with an example a row, the targets as class numbers where it is of
    `classes`. Where torch's mean is over every element and the tutorial's `adds_outputs` up, the cost is that mean
    times the number of outputs. Where `probabilities`, it is defined from 0 to 1.
    """

    module: Callable[[], Callable[[torch.Tensor, torch.Tensor], torch.Tensor]]
    call: str
    nodes: Mapping[str, tuple[str, NodeWords]]
    adds_outputs: bool = False
    probabilities: bool = False
    classes: bool = False


NLL = (
    "cost",
    NodeWords(
        "Where the backward pass begins: the loss is minus the logarithm at each example's class, and only there it "
        "changes.",
        "grad_self = -grad * F.one_hot(target, self.shape[1]) / len(self)",
    ),
)


def nll_of_probabilities() -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
    """torch.nn.NLLLoss takes logarithms."""
    return lambda A, classes: nn.NLLLoss()(torch.log(A), classes)


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
        "softmax": Activation(
            lambda: nn.Softmax(dim=1),
            "A = torch.softmax(Z, dim=1)",
            "SoftmaxBackward0",
            NodeWords(
                "Softmax, backward: every A depends on every Z of its example, so a sum over the units is taken off.",
                "grad_self = (grad - (grad * result).sum(dim=1, keepdim=True)) * result",
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
            {
                "BinaryCrossEntropyBackward0": (
                    "cost",
                    NodeWords(
                        "Where the backward pass begins: how the summed loss changes with each prediction.",
                        "grad_self = grad * (self - target) / torch.clamp((1 - self) * self, min=1e-12) / self.numel()",
                    ),
                )
            },
            adds_outputs=True,
            probabilities=True,
        ),
        "bce_with_logits": Loss(
            nn.BCEWithLogitsLoss,
            "cost = F.binary_cross_entropy_with_logits(A, Y)",
            {
                "BinaryCrossEntropyWithLogitsBackward0": (
                    "cost",
                    NodeWords(
                        "Where the backward pass begins: how the summed loss changes with each logit.",
                        "grad_self = (torch.sigmoid(self) - target) * grad / self.numel()",
                    ),
                )
            },
        ),
        "mse": Loss(
            nn.MSELoss,
            "cost = F.mse_loss(A, Y)",
            {
                "MseLossBackward0": (
                    "cost",
                    NodeWords(
                        "Where the backward pass begins: how the summed loss changes with each prediction.",
                        "grad_self = grad * 2 * (self - target) / self.numel()",
                    ),
                )
            },
        ),
        "nll": Loss(
            nll_of_probabilities,
            "cost = F.nll_loss(torch.log(A), classes)  # classes = Y.argmax(dim=1)",
            {
                "NllLossBackward0": NLL,
                "LogBackward0": (
                    "logp",
                    NodeWords("The logarithm, backward: the gradient over the probability.", "grad_self = grad / self"),
                ),
            },
            probabilities=True,
            classes=True,
        ),
        "cross_entropy": Loss(
            nn.CrossEntropyLoss,
            "cost = F.cross_entropy(A, classes)  # classes = Y.argmax(dim=1)",
            {
                "NllLossBackward0": NLL,
                "LogSoftmaxBackward0": (
                    "logp",
                    NodeWords(
                        "The logarithm of softmax, backward: each logit moves every probability of its example.",
                        "grad_self = grad - torch.exp(result) * grad.sum(dim=1, keepdim=True)",
                    ),
                ),
            },
            classes=True,
        ),
    },
)


OPTIMIZERS: Registry[Callable[..., torch.optim.Optimizer]] = Registry(
    "optimizer",
    {
        "sgd": torch.optim.SGD,
        "adagrad": torch.optim.Adagrad,
        "rmsprop": torch.optim.RMSprop,
        "adam": torch.optim.Adam,
        "adamw": torch.optim.AdamW,
    },
)


def node_words(node: str) -> NodeWords:
    """What is to be said of a node of that name. UnknownNameError where it is none of those that are known."""
    recorded = {row.node: row.words for row in ACTIVATIONS.values() if row.words is not None}
    of_losses = {node: words for row in LOSSES.values() for node, (_, words) in row.nodes.items()}
    words: NodeWords = Registry("node", NODES | recorded | of_losses)[node]
    return words


SCHEDULES: Registry[Callable[..., torch.optim.lr_scheduler.LRScheduler]] = Registry(
    "schedule",
    {
        "constant": partial(torch.optim.lr_scheduler.ConstantLR, factor=1.0),
        "step": torch.optim.lr_scheduler.StepLR,
        "exponential": torch.optim.lr_scheduler.ExponentialLR,
        "cosine": torch.optim.lr_scheduler.CosineAnnealingLR,
        "warmup": torch.optim.lr_scheduler.LinearLR,
    },
)


def torch_default(nn_architecture: Architecture, seed: int, dtype: np.dtype[Any]) -> Parameters:
    """The weights that nn.Linear and nn.BatchNorm1d themselves start from, drawn by torch: the tutorial's layout."""
    zeros = {name: np.zeros(shape, dtype) for name, shape in parameter_shapes(nn_architecture).items()}
    twin = Twin(nn_architecture, zeros)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for module in twin.modules():
            if isinstance(module, (nn.Linear, nn.BatchNorm1d)):
                module.reset_parameters()
    return twin.params_values()


SCALES = {"gamma": "weight", "beta": "bias"}  # torch's names of batch norm's parameters


class Twin(nn.Module):
    """Linear, batch norm, activation and dropout modules in turn, as `nn_architecture` has them, in training mode.

    From `params_values`, in their dtype; without those that are `absent`, b1, gamma1 …
    """

    def __init__(self, nn_architecture: Architecture, params_values: Parameters, absent: Sequence[str] = ()) -> None:
        super().__init__()
        self.absent = {name: params_values[name] for name in absent}
        dtype = torch.from_numpy(params_values["W1"]).dtype
        self.linears, self.norms = nn.ModuleList(), nn.ModuleDict()
        self.activations, self.dropouts = nn.ModuleList(), nn.ModuleDict()
        for layer_idx, layer in enumerate(nn_architecture, start=1):
            linear = nn.Linear(
                layer["input_dim"], layer["output_dim"], bias=names.b(layer_idx) not in absent, dtype=dtype
            )
            load_layer(linear, params_values[names.W(layer_idx)], params_values[names.b(layer_idx)])
            self.linears.append(linear)
            if layer.get("batch_norm"):
                norm = nn.BatchNorm1d(layer["output_dim"], dtype=dtype)
                for kind, parameter in SCALES.items():
                    if names.make(kind, layer_idx) in absent:
                        norm.register_parameter(parameter, None)
                load_norm(norm, [params_values[names.make(kind, layer_idx)] for kind in names.NORMALIZATION])
                self.norms[str(layer_idx)] = norm
            self.activations.append(ACTIVATIONS[layer["activation"]].module())
            if layer.get("dropout"):
                self.dropouts[str(layer_idx)] = nn.Dropout(layer["dropout"])

    def layers(self, X: torch.Tensor) -> Iterator[dict[str, torch.Tensor]]:
        """Z, A and, where a layer has them, N and D, of each layer for X, (m, n_0)."""
        passed_on = X
        for layer_idx, (linear, activation) in enumerate(zip(self.linears, self.activations, strict=True), start=1):
            made = {"Z": linear(passed_on)}
            taken = made["Z"]
            if str(layer_idx) in self.norms:
                taken = made["N"] = self.norms[str(layer_idx)](taken)
            passed_on = made["A"] = activation(taken)
            if str(layer_idx) in self.dropouts:
                passed_on = made["D"] = self.dropouts[str(layer_idx)](passed_on)
            yield made

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """The last A, (m, n_L)."""
        *_, last = self.layers(X)
        return last["A"]

    def params_values(self) -> Parameters:
        """W1, b1 … in the tutorial's layout, with what batch norm remembers; copies."""
        now = {name: in_columns(tensor) for name, tensor in (self.named() | self.remembered()).items()}
        return now | {name: value.copy() for name, value in self.absent.items()}

    def grads_values(self) -> Parameters:
        """dW1, db1 …, in the tutorial's layout, as the last backward left them; copies."""
        return {names.d(name): in_columns(gradient_of(parameter)) for name, parameter in self.named().items()}

    def named(self) -> dict[str, torch.Tensor]:
        """The parameters themselves, W1, b1 …"""
        found: dict[str, torch.Tensor] = {}
        for layer_idx, linear in enumerate(self.linears, start=1):
            assert isinstance(linear, nn.Linear)
            found |= {names.W(layer_idx): linear.weight, names.b(layer_idx): linear.bias}
            if str(layer_idx) in self.norms:
                norm = self.norms[str(layer_idx)]
                assert isinstance(norm, nn.BatchNorm1d)
                found |= {names.make("gamma", layer_idx): norm.weight, names.make("beta", layer_idx): norm.bias}
        return {name: tensor for name, tensor in found.items() if name not in self.absent}

    def remembered(self) -> dict[str, torch.Tensor]:
        """The running statistics themselves."""
        return {
            names.make(kind, int(layer_idx)): getattr(norm, kind)
            for layer_idx, norm in self.norms.items()
            for kind in names.RUNNING
        }
