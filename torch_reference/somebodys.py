"""A training step of somebody's own module: its own forward pass, torch's autograd, torch's optimizer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from numpynet import names
from numpynet.parity.drift import Epoch, Evaluation
from numpynet.parity.run import Maker
from numpynet.parity.step import EVALUATED, Draw, Step
from numpynet.parity.trace import Trace, said
from numpynet.training import TRAINING_SEED, Batches
from numpynet.types import Array, Parameters
from numpynet.validation import parameter_shapes
from torch_reference import convert
from torch_reference.module import Chain, dtype_of, probe, read, width_of
from torch_reference.recording import ModuleError, Recorded, Recording, Watched, copied, line_of
from torch_reference.trace import draw, epochs_of, evaluation_of, make_optimizer, seeded, twin_cost, updated


def trace_module(
    model: nn.Module,
    X: Any,
    Y: Any,
    *,
    loss: str,
    optimizer: str = "sgd",
    learning_rate: float = 0.01,
    seed: int = TRAINING_SEED,
    **hyperparameters: Any,
) -> Trace:
    """One training step of a copy of the module; `numpy_trace(trace.step)` is what to compare it with.

    X and Y are tensors or arrays as the module and torch's loss of that name take them, an example a row: targets are
    (m,) or (m, outputs), of classes their numbers. `optimizer` and hyperparameters as in `numpynet.train`; dropout is
    drawn by torch from `seed`. After log_softmax the loss is nll, torch's NLLLoss.
    ModuleError where the module cannot be read; ValueError or KeyError for what else does not fit.
    """
    module = ReadModule(model, tuple(np.shape(X)[1:]))
    step = Step(
        convert.examples(X).astype(module.dtype), convert.examples(Y), module.params_values, module.nn_architecture,
        learning_rate, module.loss(loss), optimizer, hyperparameters, seed=seed, absent=module.absent,
    )  # fmt: skip
    return module.trace(step.drawn_by(draw))


class ReadModule:
    """Somebody's module and what was read in it: `nn_architecture`, `params_values`, `absent`, all in its own dtype.

    An example that it takes has the `shape`, by default the one width with which it runs. The module itself is left as
    it is. ModuleError where it cannot be read.
    """

    def __init__(self, model: nn.Module, shape: Sequence[int] | None = None, name: str = "") -> None:
        self.model = copied(model)
        self.name = name or type(self.model).__name__
        watched = Watched(self.model, self.name)
        self.dtype = dtype_of(watched)
        with seeded(0, 1):  # dropout draws
            self.shape = shape if shape is not None else width_of(watched, self.dtype)
            self.chain = read(watched.run(probe(self.shape, self.dtype), training=True))
            evaluated = read(watched.run(probe(self.shape, self.dtype), training=False))
        if not self.chain.same_as(evaluated, dropout=False):
            raise ModuleError(
                f"{self.name} computes something else in evaluation than in training, and not only without dropout: "
                "give both the same forward pass"
            )
        self.nn_architecture, self.absent = self.chain.nn_architecture, self.chain.absent
        self.params_values = _values(self.model, self.chain, self.dtype)
        self.notes = watched.never_called()

    def loss(self, given: str) -> str:
        """numpynet's name of that loss of torch's. ModuleError where it does not go with log_softmax."""
        if not self.chain.log_softmax:
            return given
        if given != "nll":
            raise ModuleError(f"loss {given} after log_softmax, with which {self.name} ends: take nll, torch's NLLLoss")
        return "cross_entropy"

    def cost(self, Y_hat: torch.Tensor, Y: torch.Tensor, loss: str) -> torch.Tensor:
        """By torch's own loss of that name; Y_hat is what the module returned, (m, outputs)."""
        if self.chain.log_softmax:
            return nn.NLLLoss()(Y_hat, convert.to_classes(Y))  # type: ignore[no-any-return]
        return twin_cost(Y_hat, Y, loss)

    def trace(self, step: Step) -> Trace:
        """Every quantity of the step as the module computes it, in the tutorial's layout and convention.

        UndefinedStepError where torch's loss is not defined for the prediction.
        """
        network = _Network(self, step)
        optimizer, m = make_optimizer(network, step), step.X.shape[1]
        X = convert.to_rows(step.X)
        with seeded(step.seed, step.t):
            recording, chain = network.run(X, training=True)
        values = {"A0": convert.examples(recording.value)} | _masks(chain, step, self.name)
        gradients: dict[Recorded, torch.Tensor] = {}
        for operation in chain.made.values():
            operation.node.register_prehook(_keeping(operation.node, gradients))
        cost = self.cost(convert.in_rows(recording.output, m), convert.to_rows(step.Y), step.loss)
        try:
            cost.backward()  # type: ignore[no-untyped-call]
        except RuntimeError as error:
            raise ModuleError(f"{self.name}: the backward pass raises {said(error)}{line_of(error)}") from error
        values["cost"] = convert.to_columns(cost)
        for name, operation in chain.made.items():
            values[name] = convert.to_columns(convert.in_rows(operation.made.value, m))
            values[names.d(name)] = convert.of_the_sum(convert.in_rows(gradients[operation.node], m))
        if not step.is_tutorials:
            _, evaluated = _Network(self, step).run(X, training=False)
            last = evaluated.made[names.A(len(step.nn_architecture))].made.value
            values[EVALUATED] = convert.to_columns(convert.in_rows(last, m))
        for name, parameter in network.named().items():
            values[names.d(name)] = convert.in_columns(convert.gradient_of(parameter))
        values |= updated(network, optimizer, step)
        return Trace(self.name, step, values, notes=[*self.notes], arithmetic="torch", somebodys=True)

    def epochs(self, step: Step, batches: Batches, draw: Draw) -> Iterator[Epoch]:
        """The module, trained without end from the step's weights on its data."""
        return epochs_of(_Network(self, step), self.cost, step, batches)

    def evaluate(self, step: Step, X_test: Array, Y_test: Array) -> Evaluation:
        """Cost and accuracy of the step's weights on the step's data, and accuracy on the test data."""
        return evaluation_of(_Network(self, step).predict, self.cost, step, X_test, Y_test)

    @property
    def maker(self) -> Maker:
        """Of traces and free runs, where torch's own twin would be."""
        return Maker(self.trace, self.epochs, self.evaluate, draw)


class _Network:
    """A copy of the module with the step's weights, to be trained."""

    def __init__(self, module: ReadModule, step: Step) -> None:
        self.module, self.step = module, step
        self.watched = Watched(module.model, module.name)
        self._tensors = _tensors(self.watched.module, module.chain)
        with torch.no_grad():
            for name, tensor in self._tensors.items():
                tensor.copy_(convert.to_parameter(step.params_values[name], tensor))

    def run(self, X: torch.Tensor, training: bool) -> tuple[Recording, Chain]:
        """One forward pass for X, (m, n_0), and what it computed: what was read, or ModuleError."""
        recording = self.watched.run(convert.to_shape(X, self.module.shape), training)
        chain = read(recording)
        if not chain.same_as(self.module.chain, dropout=training):
            raise ModuleError(f"{self.module.name} computes something else on these data than where it was read")
        return recording, chain

    def layers(self, X: torch.Tensor) -> list[dict[str, torch.Tensor]]:
        """Z and N of each layer for X, (m, n_0); as the last A what the module returns."""
        recording, chain = self.run(X, training=True)
        made = {name: operation.made.value for name, operation in chain.made.items()}
        layers = [
            {kind: made[names.make(kind, i)] for kind in ("Z", "N") if names.make(kind, i) in made}
            for i in range(1, 1 + len(chain.nn_architecture))
        ]
        layers[-1]["A"] = convert.in_rows(recording.output, len(X))
        return layers

    def predict(self, X: torch.Tensor) -> torch.Tensor:
        """What the module returns in evaluation for X, (m, n_0): (m, outputs)."""
        return convert.in_rows(self.run(X, training=False)[0].output, len(X)) if len(X) else X

    def named(self) -> dict[str, torch.Tensor]:
        """The parameters themselves, W1, b1 …, those that there are."""
        return {name: tensor for name, tensor in self._tensors.items() if names.is_learned(name)}

    def parameters(self) -> Iterator[nn.Parameter]:
        """All of them: one that were not among the named ones was refused."""
        return self.watched.module.parameters()

    def params_values(self) -> Parameters:
        """With the running statistics, and what is absent; copies."""
        now = {name: convert.in_columns(tensor) for name, tensor in self._tensors.items()}
        return {**self.step.params_values, **now}


def _tensors(model: nn.Module, chain: Chain) -> dict[str, torch.Tensor]:
    """W1, b1 … running_var1 … of a copy, by the tutorial's names."""
    every = dict(model.named_parameters()) | dict(model.named_buffers())
    return {name: every[dotted] for name, dotted in chain.tensors.items()}


def _values(model: nn.Module, chain: Chain, dtype: np.dtype[Any]) -> Parameters:
    """In the tutorial's layout and order: for what is absent, 0, and 1 of gamma."""
    found = {name: convert.in_columns(tensor) for name, tensor in _tensors(model, chain).items()}
    for name, shape in parameter_shapes(chain.nn_architecture).items():
        found.setdefault(name, np.full(shape, names.kind(name) == "gamma", dtype))
    return {name: found[name] for name in parameter_shapes(chain.nn_architecture)}


def _masks(chain: Chain, step: Step, name: str) -> Parameters:
    """What the module dropped: mask1 …; ValueError where it is not what the step says."""
    masks = {}
    for made, operation in chain.made.items():
        if names.kind(made) == "D":
            mask = names.mask(names.layer_of(made) or 0)
            masks[mask] = convert.to_columns(operation.node._saved_other)  # type: ignore[attr-defined]
            if not np.array_equal(masks[mask] != 0, step.kept[mask]):
                raise ValueError(
                    f"what the step keeps in {mask} is not what {name} drew: take it from "
                    "step.drawn_by(torch_reference.draw)"
                )
    return masks


def _keeping(node: Recorded, gradients: dict[Recorded, torch.Tensor]) -> Any:
    """A hook that keeps the gradient of what the node made."""

    def keep(came_in: Sequence[torch.Tensor]) -> None:
        gradients[node] = came_in[0].clone()

    return keep
