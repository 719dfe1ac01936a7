"""Reverse-mode automatic differentiation on arrays: what autograd does, in one file.

Every operation below returns its result with a list of edges. An edge is an operand and its vjp, the vector-Jacobian
product: a function from g, the gradient of the loss with respect to the result, to the gradient with respect to that
operand. Together the edges record how the loss came about: the tape. `backward` walks it from the loss to its leaves,
each result after everything that was computed from it, and adds up what arrives.

>>> x = Tensor([1.0, 2.0, 3.0])
>>> total(x * x).backward()
>>> x.grad
array([2., 4., 6.])
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np

from numpynet import names
from numpynet.definitions import ACTIVATIONS, BATCH_NORM_EPS, LOSSES, OPTIMIZERS
from numpynet.numbers import Numbers
from numpynet.types import Architecture, Array, Parameters

Vjp: TypeAlias = Callable[[Array], Array]


class Tensor:
    """An array, the edges to what it was computed from (none for a leaf), and after `backward` its gradient."""

    __array_ufunc__ = None  # array * tensor is for the tensor to answer

    def __init__(self, value: Any, edges: list[tuple[Tensor, Vjp]] | None = None) -> None:
        self.value: Array = np.asarray(value)
        self.edges = edges or []
        self.grad: Array | None = None

    def backward(self) -> None:
        """Set `grad` = ∂self/∂tensor on all that self was computed from. ValueError unless self is a single number."""
        if self.value.shape != ():
            raise ValueError(f"backward starts from one number, the loss: this tensor has shape {self.value.shape}")
        gradients = {self: np.ones_like(self.value)}
        for tensor in latest_first(self):
            tensor.grad = g = gradients[tensor]
            for operand, vjp in tensor.edges:
                arriving = unbroadcast(vjp(g), operand.value.shape)
                # an operand that was used more than once is reached more than once: its gradients add up
                gradients[operand] = gradients[operand] + arriving if operand in gradients else arriving

    def __add__(self, other: Operand) -> Tensor:
        """x + y."""
        return record(self.value + value_of(other), (self, lambda g: g), (other, lambda g: g))

    def __neg__(self) -> Tensor:
        """−x."""
        return record(-self.value, (self, lambda g: -g))

    def __mul__(self, other: Operand) -> Tensor:
        """x · y, elementwise."""
        x, y = self.value, value_of(other)
        return record(x * y, (self, lambda g: g * y), (other, lambda g: g * x))

    def __truediv__(self, other: Operand) -> Tensor:
        """x / y, elementwise."""
        x, y = self.value, value_of(other)
        return record(x / y, (self, lambda g: g / y), (other, lambda g: -g * x / y**2))

    def __matmul__(self, other: Operand) -> Tensor:
        """X Y, a matrix product."""
        X, Y = self.value, value_of(other)
        return record(X @ Y, (self, lambda g: g @ Y.T), (other, lambda g: X.T @ g))

    def __sub__(self, other: Operand) -> Tensor:
        """x − y."""
        return self + -other

    __radd__, __rmul__ = __add__, __mul__  # array + tensor, array * tensor: both commute


Operand: TypeAlias = Tensor | Array | float


def record(value: Array, *edges: tuple[Operand, Vjp]) -> Tensor:
    """A result with its edges. An operand that is no Tensor is a constant: nothing flows back to it."""
    return Tensor(value, [(operand, vjp) for operand, vjp in edges if isinstance(operand, Tensor)])


def value_of(operand: Operand) -> Any:
    """The array of a Tensor, or the constant itself."""
    return operand.value if isinstance(operand, Tensor) else operand


def latest_first(end: Tensor) -> Iterator[Tensor]:
    """`end` and all it was computed from, each before its own operands: a topological order."""
    uses = {end: 0}
    waiting = [end]
    while waiting:
        for operand, _ in waiting.pop().edges:
            if operand not in uses:
                uses[operand] = 0
                waiting.append(operand)
            uses[operand] += 1
    ready = [end]
    while ready:
        tensor = ready.pop()
        yield tensor
        for operand, _ in tensor.edges:
            uses[operand] -= 1
            if uses[operand] == 0:
                ready.append(operand)


def unbroadcast(g: Array, shape: tuple[int, ...]) -> Array:
    """The gradient of an operand of `shape` that NumPy stretched to g's shape: the copies' gradients add up."""
    added = tuple(range(np.ndim(g) - len(shape)))
    g = np.sum(g, axis=added)
    stretched = tuple(axis for axis, size in enumerate(shape) if size == 1 and g.shape[axis] != 1)
    added_up: Array = np.sum(g, axis=stretched, keepdims=True)
    return added_up


def total(x: Tensor) -> Tensor:
    """Σ x over all elements."""
    return record(np.asarray(x.value.sum()), (x, lambda g: np.broadcast_to(g, x.value.shape)))


def mean(x: Tensor) -> Tensor:
    """The mean of each row, in a column."""
    m = x.value.shape[1]
    return record(np.mean(x.value, axis=1, keepdims=True), (x, lambda g: np.broadcast_to(g / m, x.value.shape)))


def sqrt(x: Tensor) -> Tensor:
    """√x, elementwise."""
    root = np.sqrt(x.value)
    return record(root, (x, lambda g: g / (2 * root)))


def batch_norm(Z: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
    """γ (Z − mean) / √(var + ε) + β: Z reaches the result in three ways, and the rules above add them up."""
    centred = Z - mean(Z)
    var = mean(centred * centred)
    return gamma * (centred / sqrt(var + BATCH_NORM_EPS)) + beta


def activation(name: str, Z: Tensor) -> Tensor:
    """A = f(Z) in one operation: the gradient is taken as its definition says, often from A.

    Put together from exp and / by the rules above, σ would give NaN at Z = −800, where e^−Z overflows.
    """
    f, z = ACTIVATIONS[name], Z.value.view(Numbers)
    A = f.value(z)
    return record(np.asarray(A), (Z, lambda g: np.asarray(f.backward(g.view(Numbers), z, A))))


def cost(loss: str, A: Tensor, Y: Array) -> Tensor:
    """The mean loss of A_L for labels Y, both (outputs, m), in one operation, clamped where torch clamps it."""
    f, a, m = LOSSES[loss].clamped or LOSSES[loss], A.value.view(Numbers), Y.shape[1]
    mean = f.terms(a, Y).sum() / (m * f.averaged(len(Y)))
    return record(np.asarray(mean), (A, lambda g: g * np.asarray(f.gradient(a, Y)) / m))


def update(name: str, theta: Tensor, optimizer: str, state: Parameters, t: int, hyper: Mapping[str, Any]) -> Parameters:
    """A parameter and what the optimizer remembers of it, after its step: no gradient flows through this."""
    row, before, g = OPTIMIZERS[optimizer], theta.value.view(Numbers), np.asarray(theta.grad).view(Numbers)
    now = {
        key: rule(before, g, state[names.kept(key, name)].view(Numbers), t, hyper)
        for key, rule in row.state(hyper).items()
    }
    after = {names.after(names.kept(key, name)): np.asarray(value) for key, value in now.items()}
    return {names.after(name): np.asarray(row.update(before, g, now, t, hyper)), **after}


def network(
    X: Array,
    Y: Array,
    params_values: Parameters,
    nn_architecture: Architecture,
    loss: str = "bce",
    masks: Mapping[str, Array] | None = None,
) -> dict[str, Tensor]:
    """The forward pass, recorded: W1, b1, Z1, A1 …, cost, by name. `["cost"].backward()` then fills their gradients.

    X (n_0, m), Y (n_L, m) and the masks of dropout are constants; without masks it is evaluation. All gradients are
    those of the mean loss: dZ and dA, too, hold the 1/m that the hand-written functions leave to dW and db.
    """
    tensors = {name: Tensor(value) for name, value in params_values.items() if names.is_learned(name)}
    A: Any = X
    for layer_idx, layer in enumerate(nn_architecture, start=1):
        W, b = tensors[names.W(layer_idx)], tensors[names.b(layer_idx)]
        Z = tensors[names.Z(layer_idx)] = W @ A + b
        if layer.get("batch_norm"):
            scale, shift = tensors[names.make("gamma", layer_idx)], tensors[names.make("beta", layer_idx)]
            if masks is None:
                running_mean, var = (params_values[names.make(kind, layer_idx)] for kind in names.RUNNING)
                Z = scale * ((Z + -running_mean) / np.sqrt(var + BATCH_NORM_EPS)) + shift
            else:
                Z = batch_norm(Z, scale, shift)
            tensors[names.N(layer_idx)] = Z
        A = tensors[names.A(layer_idx)] = activation(layer["activation"], Z)
        if layer.get("dropout") and masks is not None:
            A = tensors[names.D(layer_idx)] = A * masks[names.mask(layer_idx)]
    tensors["cost"] = cost(loss, A, Y)
    return tensors
