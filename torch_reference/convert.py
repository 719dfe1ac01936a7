"""The only place where layouts change between the tutorial and PyTorch.

| | tutorial | PyTorch |
|---|---|---|
| data, A, Z and their gradients | (n, m), examples in columns | (m, n), examples in rows |
| W | (n_out, n_in) | the same |
| b | (n_out, 1) | (n_out,) |
| cost (bce) | mean over the m columns | mean over all m · outputs elements |
| dA, dZ | of the summed loss | of the mean: 1/m of the tutorial's |
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from numpynet.types import WIDER, Array


def to_rows(X: Array) -> torch.Tensor:
    """(n, m) with examples in columns → (m, n) with examples in rows."""
    return torch.from_numpy(np.array(X.T, order="C"))


def to_classes(Y: torch.Tensor) -> torch.Tensor:
    """(m, classes) with a single 1 a row → (m,), the number of each example's class."""
    return Y.argmax(dim=1)


def to_columns(rows: torch.Tensor) -> Array:
    """(m, n) → (n, m)."""
    return np.array(rows.detach().numpy().T, order="C")


def examples(given: Any) -> Array:
    """Somebody's data or targets, a tensor or an array, (m, …) → (n, m): an example a column; a copy."""
    array = given.detach().cpu().numpy() if isinstance(given, torch.Tensor) else np.asarray(given)
    if array.ndim == 0:
        raise ValueError(f"{given!r} holds no examples: expected an array with one a row")
    return np.array(array.reshape(len(array), -1).T, order="C")


def to_shape(rows: torch.Tensor, shape: Sequence[int]) -> torch.Tensor:
    """(m, n) → (m, …), each example in somebody's own shape."""
    return rows.reshape(len(rows), *shape)


def in_rows(tensor: torch.Tensor, m: int) -> torch.Tensor:
    """(m, n), also of (m,) and () where there is one output."""
    return tensor.reshape(m, -1)


def cost(mean_over_elements: torch.Tensor, added: int) -> torch.Tensor:
    """Torch's mean loss as the tutorial's own, in which so many outputs add their terms up."""
    return mean_over_elements * added if added > 1 else mean_over_elements


def of_the_sum(gradient: torch.Tensor) -> Array:
    """A gradient of the mean, (m, n), as one of the sum, (n, m).

    Times m in a wider precision: in the working precision the product itself would round.
    """
    columns = to_columns(gradient)
    wide: Array = columns.astype(WIDER[columns.dtype]) * columns.shape[1]
    return wide


def load_layer(linear: torch.nn.Linear, W: Array, b: Array) -> None:
    """Copy W (n_out, n_in) and b (n_out, 1) into a torch layer; b into one that has it."""
    with torch.no_grad():
        linear.weight.copy_(torch.from_numpy(W))
        if linear.bias is not None:
            linear.bias.copy_(torch.from_numpy(b[:, 0]))


def load_norm(norm: torch.nn.BatchNorm1d, values: Sequence[Array]) -> None:
    """Copy gamma, beta, running_mean and running_var, each (n_out, 1), into a torch layer, where they are (n_out,)."""
    with torch.no_grad():
        for tensor, value in zip((norm.weight, norm.bias, norm.running_mean, norm.running_var), values, strict=True):
            if tensor is not None:
                tensor.copy_(torch.from_numpy(value[:, 0]))


def to_parameter(value: Array, like: torch.Tensor) -> torch.Tensor:
    """What is kept beside W, (n_out, n_in), or beside b, (n_out, 1) → (n_out,), shaped like torch's; a copy."""
    return torch.from_numpy(np.array(value, order="C")).reshape(like.shape)


def in_columns(tensor: torch.Tensor) -> Array:
    """A parameter, its gradient, or what is kept beside it: (n_out, n_in) as it is, (n_out,) → (n_out, 1); a copy."""
    array = np.array(tensor.detach().numpy())
    return array[:, np.newaxis] if array.ndim == 1 else array


def gradient_of(tensor: torch.Tensor) -> torch.Tensor:
    """`tensor.grad`, which backward has filled."""
    assert tensor.grad is not None, "call backward() first"
    return tensor.grad


def as_it_is(tensor: torch.Tensor) -> Array:
    """Any tensor in torch's own layout, as an array; a copy."""
    return np.array(tensor.detach().numpy())


def as_columns(rows: torch.Tensor) -> Array:
    """Any tensor that torch keeps, as the tutorial has it: two dimensions turned round, one made a column; a copy."""
    array = rows.detach().numpy()
    return np.array(array.T if array.ndim == 2 else array[:, np.newaxis] if array.ndim == 1 else array, order="C")


def is_view_of(tensor: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether both are the same numbers in the same memory, perhaps transposed."""
    return tensor.data_ptr() == other.data_ptr() and tensor.numel() == other.numel()


def turned(tensor: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether a view is the transpose of `other`."""
    return tensor.shape != other.shape or tensor.stride() != other.stride()
