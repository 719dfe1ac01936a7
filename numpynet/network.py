"""The network: initial weights, forward propagation, backward propagation.

Examples are columns: X is (features, m). Layer l turns A{l-1} into Z{l} = W{l} A{l-1} + b{l} and A{l} = f(Z{l}).
dA and dZ are gradients of the *summed* loss; the mean's factor 1/m enters once, in dW and db.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from numpynet.activations import ACTIVATIONS
from numpynet.dropout import drop_out, dropout_backward
from numpynet.initializers import INITIALIZERS
from numpynet.losses import LOSSES
from numpynet.normalization import initial, normalized_backward, normalized_forward
from numpynet.types import Architecture, Array, Parameters

NN_ARCHITECTURE: Architecture = [
    {"input_dim": 2, "output_dim": 25, "activation": "relu"},
    {"input_dim": 25, "output_dim": 50, "activation": "relu"},
    {"input_dim": 50, "output_dim": 50, "activation": "relu"},
    {"input_dim": 50, "output_dim": 25, "activation": "relu"},
    {"input_dim": 25, "output_dim": 1, "activation": "sigmoid"},
]


def init_layers(nn_architecture: Architecture, seed: int = 99, *, initializer: str = "tutorial") -> Parameters:
    """W{l} (n_out, n_in) and b{l} (n_out, 1), layer by layer; the tutorial's are 0.1 × standard normal.

    The numbers are those of `np.random.seed(seed)` and `randn`, drawn from a stream of their own. A layer with batch
    norm gets its γ, β and running statistics, too.
    """
    stream = np.random.RandomState(seed)
    params_values = {}
    for layer_idx, layer in enumerate(nn_architecture, start=1):
        W, b = INITIALIZERS[initializer](stream, layer["output_dim"], layer["input_dim"])
        params_values[f"W{layer_idx}"], params_values[f"b{layer_idx}"] = W, b
        if layer.get("batch_norm"):
            params_values |= initial(layer_idx, layer["output_dim"])
    return params_values


def single_layer_forward_propagation(
    A_prev: Array, W_curr: Array, b_curr: Array, activation: str = "relu"
) -> tuple[Array, Array]:
    """(A, Z): Z = W A_prev + b and A = f(Z), both (n_out, m)."""
    Z_curr = W_curr @ A_prev
    Z_curr += b_curr
    return ACTIVATIONS[activation].forward(Z_curr), Z_curr


def full_forward_propagation(
    X: Array, params_values: Parameters, nn_architecture: Architecture, *, kept: Mapping[str, Array] | None = None
) -> tuple[Array, Parameters]:
    """(Y_hat, memory): the last A, (n_L, m), and what backward needs: A0 (which is X) … A{L-1} and Z1 … Z{L}.

    Dropout and batch norm work in another way in training: with `kept`, `dropout.draw_kept`'s choice of activations.
    """
    memory: Parameters = {}
    A_curr = X
    for layer_idx, layer in enumerate(nn_architecture, start=1):
        A_prev = A_curr
        W_curr, b_curr = params_values[f"W{layer_idx}"], params_values[f"b{layer_idx}"]
        if layer.get("batch_norm"):
            A_curr, Z_curr = normalized_forward(
                A_prev, layer_idx, layer["activation"], params_values, memory, training=kept is not None
            )
        else:
            A_curr, Z_curr = single_layer_forward_propagation(A_prev, W_curr, b_curr, layer["activation"])
        memory.setdefault(f"A{layer_idx - 1}", A_prev)
        memory[f"Z{layer_idx}"] = Z_curr
        if layer.get("dropout") and kept is not None:
            A_curr = drop_out(A_curr, layer_idx, layer["dropout"], kept, memory)
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
    grads_values: Parameters = {}
    Y = np.asarray(Y, dtype=Y_hat.dtype).reshape(Y_hat.shape)
    dA_prev = LOSSES[loss].backward(Y_hat, Y)
    for layer_idx, layer in reversed(list(enumerate(nn_architecture, start=1))):
        dA_curr = dA_prev
        W_curr, b_curr = params_values[f"W{layer_idx}"], params_values[f"b{layer_idx}"]
        Z_curr, A_prev = memory[f"Z{layer_idx}"], memory.get(f"D{layer_idx - 1}", memory[f"A{layer_idx - 1}"])
        activation = layer["activation"]
        if f"mask{layer_idx}" in memory:
            dA_curr = dropout_backward(dA_curr, memory[f"mask{layer_idx}"])
        if layer.get("batch_norm"):  # from here on as a layer that ends with its Z
            dA_curr = normalized_backward(dA_curr, layer_idx, activation, params_values, memory, grads_values)
            activation = "linear"
        dA_prev, dW_curr, db_curr = single_layer_backward_propagation(
            dA_curr, W_curr, b_curr, Z_curr, A_prev, activation, first=layer_idx == 1
        )
        grads_values[f"dW{layer_idx}"] = dW_curr
        grads_values[f"db{layer_idx}"] = db_curr
    return grads_values
