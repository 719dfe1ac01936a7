"""The operations of one run, in their order: read from autograd's graph, from the prediction back to the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NoReturn

import torch
from torch import nn
from torch.nn import functional
from torch.overrides import resolve_name

from numpynet import names
from torch_reference.model import ACTIVATIONS
from torch_reference.recording import Made, ModuleError, Recorded, Recording

CHAIN = (
    "what can be read is a chain from the data to the prediction, each layer a Linear, then BatchNorm1d, an "
    "activation and Dropout as far as it has them"
)
VIEWS = ("View", "UnsafeView", "ReshapeAlias", "Squeeze", "Unsqueeze", "Alias", "Clone", "Select", "Slice")
SAVED = "_saved_"
ORDER = ("linear", "batch_norm", "activation", "dropout")
NORM = {"eps": 1e-5, "momentum": 0.1}


@dataclass(frozen=True)
class Operation:
    """One of a layer's `ORDER`: its node in autograd's graph, what it made, and who asked for it.

    `tensors` are the module's own names of its parameters and running statistics, by kind; of an activation `name` is
    that of the table, or log_softmax.
    """

    kind: str
    node: Recorded
    made: Made
    name: str = ""
    tensors: Mapping[str, str] = field(default_factory=dict)
    p: float = 0.0


def operations(recording: Recording) -> list[Operation]:
    """In the order in which they ran; views, which change no number, are passed over.

    ModuleError for what is no chain, and for an operation or an option that numpynet has not.
    """
    return _Reader(recording).operations()


class _Reader:
    """Goes from the prediction back to the data."""

    def __init__(self, recording: Recording) -> None:
        self.recording, self.watched = recording, recording.watched
        self.named = {id(one): name for name, one in (*self.watched.parameters.items(), *self.watched.buffers.items())}
        self.m = len(recording.value)
        self.used: set[str] = set()
        self.from_data = _above(recording.start, recording.output.grad_fn)

    def operations(self) -> list[Operation]:
        """See the function."""
        node, found = self.recording.output.grad_fn, []
        if node not in self.from_data:
            self._refuse(self.watched.place(""), "autograd does not trace what it returns back to the data")
        while node is not None and node is not self.recording.start:
            before = self._before(node)
            if node.name().startswith(tuple(f"{view}Backward" for view in VIEWS)):
                self._check_view(node, before)
            else:
                found.append(self._operation(node))
            node = before
        return found[::-1]

    def _before(self, node: Recorded) -> Recorded | None:
        """What made its input; ModuleError where there are two."""
        before = [following for following, _ in node.next_functions if following in self.from_data]
        if len(before) > 1:
            self._refuse(self._place(node), f"{self._called(node)} joins two ways from the data, a branch or a skip")
        return before[0]

    def _made(self, node: Recorded) -> Made:
        if node not in self.recording.made:
            self._refuse(self.watched.place(""), f"{node.name()} is an operation whose result cannot be seen")
        return self.recording.made[node]

    def _place(self, node: Recorded) -> str:
        return self.recording.made[node].place if node in self.recording.made else self.watched.place("")

    def _called(self, node: Recorded) -> str:
        """torch's name of the function, or of the node where nothing was seen of it."""
        made = self.recording.made.get(node)
        if made is None:
            return node.name()
        return str(resolve_name(made.function) or made.function.__name__).removesuffix(".__get__")

    def _refuse(self, place: str, what: str) -> NoReturn:
        raise ModuleError(f"{place}: {what}; {CHAIN}")

    def _check_view(self, node: Recorded, before: Recorded | None) -> None:
        value = self.recording.value
        if before is not None and before is not self.recording.start:
            value = self._made(before).value
        made = self._made(node).value
        if made.numel() != value.numel() or not _same(made.flatten(), value.flatten()):
            self._refuse(self._place(node), f"{self._called(node)} takes a part of what it is given")

    def _operation(self, node: Recorded) -> Operation:
        kind, made = node.name(), self._made(node)
        if kind in ("AddmmBackward0", "MmBackward0") and made.function is functional.linear:
            operation = self._linear(node, made)
        elif kind == "NativeBatchNormBackward0" and made.function is functional.batch_norm:
            operation = self._batch_norm(node, made)
        elif kind == "MulBackward0" and made.function is functional.dropout:
            operation = self._dropout(node, made)
        else:
            operation = self._activation(node, made)
        shape = tuple(made.value.shape)
        if len(shape) > 2 or (shape[:1] or (1,)) != (self.m,):
            self._refuse(made.place, f"{self._called(node)} makes {shape} of {self.m} examples: expected one a row")
        return operation

    def _linear(self, node: Recorded, made: Made) -> Operation:
        (weight, _), *bias = reversed(node.next_functions)
        turned, _ = weight.next_functions[0] if weight is not None and weight.next_functions else (None, 0)
        tensors = {"W": self._parameter(made.place, "weight", turned)}
        if node.name().startswith("Addmm"):
            tensors["b"] = self._parameter(made.place, "bias", bias[-1][0])
        return Operation("linear", node, made, tensors=tensors)

    def _parameter(self, place: str, what: str, node: Recorded | None) -> str:
        """The name of the parameter that the gradient goes to."""
        name = self.named.get(id(getattr(node, "variable", None)), "")
        if not name:
            raise ModuleError(
                f"{place}: a {what} is no parameter of {self.watched.name}, or computed from one: hold layers in an "
                "nn.ModuleList, not in a list, and take off what computes weights"
            )
        return self._once(place, name)

    def _once(self, place: str, name: str) -> str:
        if name in self.used:
            raise ModuleError(f"{place}: {name} is applied twice, and a layer of numpynet's once; {CHAIN}")
        self.used.add(name)
        return name

    def _batch_norm(self, node: Recorded, made: Made) -> Operation:
        given = made.options
        for option, ours in NORM.items():
            if given[option] != ours:
                raise ModuleError(f"{made.place} takes {option}={given[option]!r}: numpynet's batch norm {ours!r}")
        if given["running_mean"] is None:
            raise ModuleError(f"{made.place} has track_running_stats=False: numpynet's batch norm keeps them")
        if given["training"] != self.recording.training:
            mode = "training" if self.recording.training else "evaluation"
            raise ModuleError(f"{made.place} takes training={given['training']!r} in {mode}: give it self.training")
        tensors = {kind: self.named.get(id(given[kind]), "") for kind in names.RUNNING}
        if not all(tensors.values()):
            raise ModuleError(f"{made.place}: its running statistics are no buffers of {self.watched.name}")
        self._once(made.place, tensors["running_mean"])
        _, weight, bias = (following for following, _ in node.next_functions)
        for kind, tensor in (("gamma", weight), ("beta", bias)):
            if tensor is not None:
                tensors[kind] = self._parameter(made.place, kind, tensor)
        return Operation("batch_norm", node, made, tensors=tensors)

    def _dropout(self, node: Recorded, made: Made) -> Operation:
        if not self.recording.training:
            raise ModuleError(f"{made.place} drops in evaluation, too: give F.dropout training=self.training")
        p = float(made.options["p"])
        if p == 1:
            raise ModuleError(f"{made.place} has p=1.0: it drops everything, and numpynet's dropout less than that")
        return Operation("dropout", node, made, p=p)

    def _activation(self, node: Recorded, made: Made) -> Operation:
        kind = node.name()
        if kind == "EluBackward1":
            raise ModuleError(f"{made.place}: elu in place takes its slope from its result: leave out inplace=True")
        kind = {"LeakyReluBackward1": "LeakyReluBackward0"}.get(kind, kind)  # in place: the same slope of the result
        known = _activations()
        if kind not in known:
            self._refuse(made.place, f"{self._called(node)} is none of the operations that numpynet knows")
        name, expected = known[kind]
        try:
            options = _options(node)
        except RuntimeError as error:  # torch itself could not go backward
            raise ModuleError(
                f"{made.place}: the result of {name} is needed for the backward pass, and was written over in place: "
                "leave out inplace=True in what follows it"
            ) from error
        if "dim" in options and made.value.dim() != 2:
            self._refuse(made.place, f"{name} of {tuple(made.value.shape)}, without a dimension of units")
        for option, value in options.items():
            if value != expected[option]:
                ours = f"{option}={expected[option]!r}"
                raise ModuleError(f"{made.place} has {option}={value!r}: numpynet's {name} has {ours}")
        return Operation("activation", node, made, name)


def _above(start: Recorded | None, end: Recorded | None) -> set[Recorded | None]:
    """Every node from which a way leads back to `start`, among those that are behind `end`; empty where none does."""
    followed_by: dict[Recorded | None, list[Recorded]] = {}
    waiting, seen = [end], set[Recorded | None]()
    while waiting:
        node = waiting.pop()
        if node is not None and node not in seen:
            seen.add(node)
            for before, _ in node.next_functions:
                followed_by.setdefault(before, []).append(node)
                waiting.append(before)
    found, waiting = set[Recorded | None](), [start] if start in followed_by or start is end else []
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += followed_by.get(node, [])
    return found


def _same(one: torch.Tensor, other: torch.Tensor) -> bool:
    return torch.allclose(one, other, rtol=0, atol=0, equal_nan=True)


def _options(node: Recorded) -> dict[str, Any]:
    """What the node saved beside tensors: a slope, a form; a dimension counted from the first, of two."""
    saved = {name.removeprefix(SAVED): getattr(node, name) for name in dir(node) if name.startswith(SAVED)}
    options = {name: value for name, value in saved.items() if not isinstance(value, torch.Tensor)}
    return {name: value % 2 if name == "dim" else value for name, value in options.items()}


@cache
def _activations() -> dict[str, tuple[str, dict[str, Any]]]:
    """Of the node that each activation of the table records its name and options; log_softmax beside them."""
    modules = {name: row.module() for name, row in ACTIVATIONS.items() if row.node}
    found = {}
    for name, module in {**modules, "log_softmax": nn.LogSoftmax(dim=1)}.items():
        node = module(torch.zeros(2, 2, requires_grad=True)).grad_fn
        found[node.name()] = name, _options(node)
    return found
