"""Dropout: in training each activation is left out with probability p, and those that are kept stand in for the others.

`"dropout": p` in a layer of `nn_architecture`, torch's p: the share that is dropped, after the activation. The next
layer takes D{l} = A{l} · mask{l} in the place of A{l}; the mask is 0 or 1 / (1 − p), so that D{l} is A{l} on average.
Evaluation leaves dropout out. N. Srivastava et al., "Dropout: a simple way to prevent neural networks from
overfitting", JMLR 15 (2014); dividing in training instead of multiplying in evaluation is how everybody does it now.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from numpynet.types import Architecture, Array, Parameters


def draw_kept(nn_architecture: Architecture, m: int, stream: np.random.Generator) -> dict[str, Array]:
    """For m examples which activations are kept, mask1 …, each (n_out, m) of bool; empty without dropout."""
    return {
        f"mask{layer_idx}": stream.random((layer["output_dim"], m)) >= layer["dropout"]
        for layer_idx, layer in enumerate(nn_architecture, start=1)
        if layer.get("dropout")
    }


def make_mask(kept: Array, p: float, dtype: np.dtype) -> Array:
    """1 / (1 − p) where an activation is kept, else 0."""
    return np.asarray(kept / (1 - p), dtype)


def dropout(A: Array, mask: Array) -> Array:
    """D = A · mask."""
    return A * mask


def dropout_backward(dD: Array, mask: Array) -> Array:
    """dA = dD · mask: nothing flows back to what was dropped."""
    return dD * mask


def drop_out(A: Array, layer_idx: int, p: float, kept: Mapping[str, Array], memory: Parameters) -> Array:
    """D{l}, which the next layer takes; memory gets A{l}, mask{l} and D{l}."""
    mask = make_mask(kept[f"mask{layer_idx}"], p, A.dtype)
    memory[f"A{layer_idx}"], memory[f"mask{layer_idx}"] = A, mask
    D = memory[f"D{layer_idx}"] = dropout(A, mask)
    return D
