"""The network: initial weights, forward propagation, backward propagation.

Examples are columns: X is (features, m). Layer l turns A{l-1} into Z{l} = W{l} A{l-1} + b{l} and A{l} = f(Z{l}).
dA and dZ are gradients of the *summed* loss; the mean's factor 1/m enters once, in dW and db.
"""

from __future__ import annotations

import numpy as np

from numpynet.activations import ACTIVATIONS
from numpynet.losses import LOSSES
from numpynet.types import Architecture, Array, Parameters

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
    stream = np.random.RandomState(seed)
    params_values = {}
    for layer_idx, layer in enumerate(nn_architecture, start=1):
        n_in, n_out = layer["input_dim"], layer["output_dim"]
        params_values[f"W{layer_idx}"] = stream.randn(n_out, n_in) * 0.1
        params_values[f"b{layer_idx}"] = stream.randn(n_out, 1) * 0.1
    return params_values


def single_layer_forward_propagation(
    A_prev: Array, W_curr: Array, b_curr: Array, activation: str = "relu"
) -> tuple[Array, Array]:
    """(A, Z): Z = W A_prev + b and A = f(Z), both (n_out, m)."""
    Z_curr = W_curr @ A_prev
    Z_curr += b_curr
    return ACTIVATIONS[activation].forward(Z_curr), Z_curr


def full_forward_propagation(
    X: Array, params_values: Parameters, nn_architecture: Architecture
) -> tuple[Array, Parameters]:
    """(Y_hat, memory): the last A, (n_L, m), and what backward needs: A0 (which is X) … A{L-1} and Z1 … Z{L}."""
    memory = {}
    A_curr = X
    for layer_idx, layer in enumerate(nn_architecture, start=1):
        A_prev = A_curr
        W_curr, b_curr = params_values[f"W{layer_idx}"], params_values[f"b{layer_idx}"]
        A_curr, Z_curr = single_layer_forward_propagation(A_prev, W_curr, b_curr, layer["activation"])
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
    first: bool = False,
) -> tuple[Array, Array, Array]:
    """(dA_prev, dW, db): dZ = dA · f′(Z), then dW = dZ A_prevᵀ / m, db = Σ dZ / m, dA_prev = Wᵀ dZ.

    The `first` layer's dA_prev is left out, (0, m): nothing comes before the data.
    """
    m = A_prev.shape[1]
    dZ_curr = ACTIVATIONS[activation].backward(dA_curr, Z_curr)
    dW_curr = dZ_curr @ A_prev.T / m
    db_curr = np.sum(dZ_curr, axis=1, keepdims=True) / m
    dA_prev = dZ_curr[:0] if first else W_curr.T @ dZ_curr
    return dA_prev, dW_curr, db_curr


def full_backward_propagation(
    Y_hat: Array,
    Y: Array,
    memory: Parameters,
    params_values: Parameters,
    nn_architecture: Architecture,
    *,
    loss: str = "bce",
) -> Parameters:
    """dW1, db1 … dW{L}, db{L}, from the loss back to layer 1. Y is reshaped to Y_hat's shape, (n_L, m)."""
    grads_values = {}
    Y = np.asarray(Y, dtype=Y_hat.dtype).reshape(Y_hat.shape)
    dA_prev = LOSSES[loss].backward(Y_hat, Y)
    for layer_idx, layer in reversed(list(enumerate(nn_architecture, start=1))):
        dA_curr = dA_prev
        W_curr, b_curr = params_values[f"W{layer_idx}"], params_values[f"b{layer_idx}"]
        Z_curr, A_prev = memory[f"Z{layer_idx}"], memory[f"A{layer_idx - 1}"]
        dA_prev, dW_curr, db_curr = single_layer_backward_propagation(
            dA_curr, W_curr, b_curr, Z_curr, A_prev, layer["activation"], first=layer_idx == 1
        )
        grads_values[f"dW{layer_idx}"] = dW_curr
        grads_values[f"db{layer_idx}"] = db_curr
    return grads_values
