"""The graph that autograd records in one step: its nodes, what they saved, the order in which the engine ran them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import torch

from numpynet import names
from numpynet.parity.graph import Gradient, Graph, Node, SavedTensor
from numpynet.parity.step import Step
from torch_reference import convert
from torch_reference.model import ACTIVATIONS, LOSSES, OPTIMIZERS, Twin, node_words
from torch_reference.nodes import DROPPED
from torch_reference.trace import seeded, twin_cost

Recorded: TypeAlias = torch.autograd.graph.Node
SAVED = "_saved_"


def torch_graph(step: Step) -> Graph:
    """The graph of the step's forward pass, and what the engine did with it.

    UndefinedStepError where torch's loss is not defined for the prediction.
    """
    twin = Twin(step.nn_architecture, step.params_values, step.absent)
    X, Y = convert.to_rows(step.X), convert.to_rows(step.Y)
    with seeded(step.seed, step.t):
        layers = list(twin.layers(X))
    cost = twin_cost(layers[-1]["A"], Y, step.loss)
    told = _Names(twin, layers, X, Y, cost)
    found = _reached(cost.grad_fn)
    told.learn(found)
    saved = {node: told.saved(node) for node in found}  # the engine frees it on its way
    ran: list[tuple[Recorded, Sequence[torch.Tensor | None], Sequence[torch.Tensor | None]]] = []
    for node in found:
        node.register_hook(_noting(node, ran))
    cost.backward()  # type: ignore[no-untyped-call]
    orders = {node: order for order, (node, _, _) in enumerate(ran)}
    nodes = []
    for order, (node, made, came) in enumerate(ran):
        nexts, kind = [following for following, _ in node.next_functions], node.name().rpartition("::")[2]
        nodes.append(
            Node(
                order=order,
                name=kind,
                layer=told.layer(node),
                saved=saved[node],
                gradient_in=told.gradient(node, came[0], came=True),
                gradients_out=[
                    None if following is None or gradient is None else told.gradient(following, gradient, came=False)
                    for following, gradient in zip(nexts, made, strict=True)
                ]
                if nexts
                else [],
                next_nodes=[None if following is None else orders[following] for following in nexts],
                words=DROPPED if told.drops(node) else node_words(kind),
            )
        )
    calls = {names.A(i): ACTIVATIONS[layer["activation"]].call for i, layer in enumerate(step.nn_architecture, start=1)}
    loss, outputs = LOSSES[step.loss], len(step.Y)
    added_up = f" * {outputs}  # the NumPy code adds the outputs up" if loss.adds_outputs and outputs > 1 else ""
    calls["cost"] = loss.call + added_up
    given = {"lr": step.learning_rate, **step.hyperparameters}
    arguments = ", ".join(f"{name}={value!r}" for name, value in given.items())
    of_all = "for every parameter: parameter -= lr * parameter.grad" if step.is_plain else "for every parameter"
    calls["update"] = (
        f"torch.optim.{OPTIMIZERS[step.optimizer].__name__}\n"
        f"optimizer = torch.optim.{OPTIMIZERS[step.optimizer].__name__}(model.parameters(), {arguments})\n"
        f"optimizer.step()  # {of_all}"
    )
    return Graph(nodes, calls)


def _reached(loss: Recorded | None) -> list[Recorded]:
    """Every node from which gradients will flow, found from the loss along `next_functions`."""
    found: dict[Recorded, None] = {}
    waiting = [loss]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in found:
            found[node] = None
            waiting += [following for following, _ in node.next_functions]
    return list(found)


def _noting(node: Recorded, ran: list[Any]) -> Callable[[Any, Any], None]:
    """A hook that the engine calls when it has run the node."""
    return lambda made, came: ran.append((node, made, came))


class _Names:
    """The tutorial's names of what torch works with, by the nodes that made it."""

    def __init__(
        self,
        twin: Twin,
        layers: Sequence[Mapping[str, torch.Tensor]],
        X: torch.Tensor,
        Y: torch.Tensor,
        cost: torch.Tensor,
    ) -> None:
        self._tensors: dict[str, torch.Tensor] = {"Y": Y, "A0": X}
        self._made: dict[Recorded | None, list[str]] = {cost.grad_fn: ["cost"]}
        self._layers: dict[Recorded | None, int] = {}
        self._tensors |= twin.named() | twin.remembered()
        for layer_idx, made in enumerate(layers, start=1):
            for kind, tensor in made.items():
                name = names.make(kind, layer_idx)
                self._tensors[name] = tensor
                if tensor.grad_fn is not None:
                    self._made.setdefault(tensor.grad_fn, []).append(name)
                    self._layers[tensor.grad_fn] = self._layers.get(tensor.grad_fn, layer_idx)

    def learn(self, nodes: Sequence[Recorded]) -> None:
        """What the nodes of a loss save that is no quantity of the step: the logarithms of the probabilities."""
        for node in nodes:
            if node.name() == "NllLossBackward0":
                self._tensors["logp"] = node._saved_self  # type: ignore[attr-defined]
            elif node.name() == "NativeBatchNormBackward0":
                self._tensors[f"mean(Z{self.layer(node)})"] = node._saved_result1  # type: ignore[attr-defined]
            elif self.drops(node):
                self._tensors[names.mask(self.layer(node) or 0)] = node._saved_other  # type: ignore[attr-defined]

    def drops(self, node: Recorded) -> bool:
        """Whether it goes back through dropout."""
        return names.kind(self._of(node, came=True)) == "D"

    def layer(self, node: Recorded) -> int | None:
        """The layer whose operation, or whose parameter's bookkeeping, the node is."""
        name = self._of(node, came=True)
        return names.layer_of(name.removesuffix("ᵀ"))

    def saved(self, node: Recorded) -> list[SavedTensor]:
        """The tensors among the node's saved attributes."""
        fields = [(name, getattr(node, name)) for name in dir(node) if name.startswith(SAVED)]
        return [
            self._saved(name.removeprefix(SAVED), tensor) for name, tensor in fields if isinstance(tensor, torch.Tensor)
        ]

    def _saved(self, field: str, tensor: torch.Tensor) -> SavedTensor:
        same = [name for name, other in self._tensors.items() if convert.is_view_of(tensor, other)]
        name = same[-1] if same else ""
        turned = bool(same) and convert.turned(tensor, self._tensors[name])
        value = convert.as_columns(tensor)
        size = tensor.numel() * tensor.element_size()
        return SavedTensor(
            field,
            name,
            transposed=turned if names.kind(name) == "W" else tensor.dim() == 2,
            shape=tuple(tensor.shape),
            bytes=size,
            memory=tensor.data_ptr(),
            value=value,
        )

    def gradient(self, node: Recorded, value: torch.Tensor | None, came: bool) -> Gradient:
        """The gradient of what `node` made, as it came into that node or as it left another for it."""
        assert value is not None
        name = self._of(node, came)
        if names.kind(name) in ("A", "Z", "N", "D", "logp"):
            array = convert.of_the_sum(value)
        elif names.kind(name) == "W":
            array = convert.in_columns(value)
        else:
            array = convert.as_columns(value)
        return Gradient(names.d(name), tuple(value.shape), array)

    def _of(self, node: Recorded, came: bool) -> str:
        """What the node made; where an activation returns its argument itself, Z{l} on the way in, A{l} on that out."""
        if node in self._made:
            return self._made[node][0 if came else -1]
        variable = getattr(node, "variable", None)
        if variable is not None:
            return next(name for name, tensor in self._tensors.items() if tensor is variable)
        if node.name().startswith("TBackward"):
            (weight, _), *_ = node.next_functions
            assert weight is not None
            return f"{self._of(weight, came)}ᵀ"
        made = {kind: name for row in LOSSES.values() for kind, (name, _) in row.nodes.items() if name != "cost"}
        return made.get(node.name(), "mean")  # torch's own loss, where the tutorial's is a multiple of it
