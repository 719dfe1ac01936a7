"""The network: initial weights, forward propagation, backward propagation.

Examples are columns: X is (features, m). Layer l turns A{l-1} into Z{l} = W{l} A{l-1} + b{l} and A{l} = f(Z{l}).
dA and dZ are gradients of the *summed* loss; the mean's factor 1/m enters once, in dW and db.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from numpynet.activations import ACTIVATIONS
from numpynet.losses import LOSSES
from numpynet.types import Architecture, Array, Parameters
from numpynet.validation import check_architecture, check_parameters, check_shape, fetch

Pair: TypeAlias = tuple[Array | None, Array | None]
NN_ARCHITECTURE: Architecture = [
    {"input_dim": 2, "output_dim": 25, "activation": "relu"},
    {"input_dim": 25, "output_dim": 50, "activation": "relu"},
    {"input_dim": 50, "output_dim": 50, "activation": "relu"},
    {"input_dim": 50, "output_dim": 25, "activation": "relu"},
    {"input_dim": 25, "output_dim": 1, "activation": "sigmoid"},
]


def init_layers(nn_architecture: Architecture, seed: int = 99) -> Parameters:
    """W{l} (n_out, n_in) and b{l} (n_out, 1), layer by layer, each 0.1 × standard normal.

    The numbers are those of `np.random.seed(seed)` and `randn`, drawn from a stream of their own.
    """
    check_architecture(nn_architecture)
    stream = np.random.RandomState(seed)
    params_values = {}
    for layer_idx, layer in enumerate(nn_architecture, start=1):
        n_in, n_out = layer["input_dim"], layer["output_dim"]
        params_values[f"W{layer_idx}"] = stream.randn(n_out, n_in) * 0.1
        params_values[f"b{layer_idx}"] = stream.randn(n_out, 1) * 0.1
    return params_values


def single_layer_forward_propagation(
    A_prev: Array, W_curr: Array, b_curr: Array, activation: str = "relu", *, out: Pair = (None, None)
) -> tuple[Array, Array]:
    """(A, Z): Z = W A_prev + b and A = f(Z), both (n_out, m): new arrays, or those of `out`."""
    n_out, _ = _check_layer(A_prev, W_curr)
    check_shape("b_curr", b_curr, (n_out, 1))
    A, Z = out
    Z_curr = np.add(np.dot(W_curr, A_prev, out=Z), b_curr, out=Z)
    return ACTIVATIONS[activation].forward(Z_curr, out=A), Z_curr


def full_forward_propagation(
    X: Array, params_values: Parameters, nn_architecture: Architecture, *, buffers: Parameters | None = None
) -> tuple[Array, Parameters]:
    """(Y_hat, memory): the last A, (n_L, m), and what backward needs: A0 (which is X) … A{L-1} and Z1 … Z{L}.

    They are new arrays, unless `buffers`, by the names Z1, A1 …, has some to write into.
    """
    check_architecture(nn_architecture)
    check_shape("X", X, (nn_architecture[0]["input_dim"], "m"))
    check_parameters(params_values, nn_architecture)
    buffers = buffers or {}
    memory = {}
    A_curr = X
    for layer_idx, layer in enumerate(nn_architecture, start=1):
        A_prev = A_curr
        W_curr, b_curr = params_values[f"W{layer_idx}"], params_values[f"b{layer_idx}"]
        out = buffers.get(f"A{layer_idx}"), buffers.get(f"Z{layer_idx}")
        A_curr, Z_curr = single_layer_forward_propagation(A_prev, W_curr, b_curr, layer["activation"], out=out)
        memory[f"A{layer_idx - 1}"] = A_prev
        memory[f"Z{layer_idx}"] = Z_curr
    return A_curr, memory


def single_layer_backward_propagation(
    dA_curr: Array,
    W_curr: Array,
    b_curr: Array,
    Z_curr: Array,
    A_prev: Array,
    activation: str = "relu",
    *,
    out: Pair = (None, None),
    first: bool = False,
) -> tuple[Array, Array, Array]:
    """(dA_prev, dW, db): dZ = dA · f′(Z), then dW = dZ A_prevᵀ / m, db = Σ dZ / m, dA_prev = Wᵀ dZ.

    `out` has arrays for dA_prev and dZ. The `first` layer has nothing before it: its dA_prev is empty, (0, m).
    """
    n_out, m = _check_layer(A_prev, W_curr)
    check_shape("Z_curr", Z_curr, (n_out, m))
    check_shape("dA_curr", dA_curr, (n_out, m))
    dA, dZ = out
    dZ_curr = ACTIVATIONS[activation].backward(dA_curr, Z_curr, out=dZ)
    dW_curr = np.dot(dZ_curr, A_prev.T) / m
    db_curr = np.dot(dZ_curr, np.ones((m, 1), dZ_curr.dtype)) / m  # the row sums: BLAS adds faster than np.sum
    dA_prev = dZ_curr[:0] if first else np.dot(W_curr.T, dZ_curr, out=dA)
    return dA_prev, dW_curr, db_curr


def full_backward_propagation(
    Y_hat: Array,
    Y: Array,
    memory: Parameters,
    params_values: Parameters,
    nn_architecture: Architecture,
    *,
    loss: str = "bce",
    buffers: Parameters | None = None,
) -> Parameters:
    """dW1, db1 … dW{L}, db{L}, from the loss back to layer 1. Y is reshaped to Y_hat's shape, (n_L, m).

    `buffers`, by the names dA1 …, has arrays to work in: dA{l} is written there, and dZ{l} over it.
    """
    grads_values = {}
    dA_prev = LOSSES[loss].backward(Y_hat, _labels_like(Y_hat, Y))
    for layer_idx, layer in reversed(list(enumerate(nn_architecture, start=1))):
        dA_curr = dA_prev
        dA_prev, grads_values[f"dW{layer_idx}"], grads_values[f"db{layer_idx}"] = single_layer_backward_propagation(
            dA_curr,
            fetch("params_values", params_values, f"W{layer_idx}"),
            fetch("params_values", params_values, f"b{layer_idx}"),
            fetch("memory", memory, f"Z{layer_idx}"),
            fetch("memory", memory, f"A{layer_idx - 1}"),
            layer["activation"],
            out=(buffers.get(f"dA{layer_idx - 1}"), dA_curr) if buffers else (None, None),
            first=layer_idx == 1,
        )
    return grads_values


def _check_layer(A_prev: Array, W_curr: Array) -> tuple[int, int]:
    n_out, n_in = check_shape("W_curr", W_curr, ("n_out", "n_in"))
    _, m = check_shape("A_prev", A_prev, (n_in, "m"))
    return n_out, m


def _labels_like(Y_hat: Array, Y: Array) -> Array:
    """Y in the shape and dtype of Y_hat; never (m, outputs) poured into (outputs, m), which would mix up the labels."""
    Y = np.asarray(Y, dtype=Y_hat.dtype)
    if Y.size != Y_hat.size or (Y.ndim > 1 and Y_hat.shape[0] > 1):
        check_shape("Y", Y, Y_hat.shape)
    return Y.reshape(Y_hat.shape)
