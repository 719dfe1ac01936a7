"""Right: dZ of the last layer is Ŷ − Y at once; the hidden layers go through `single_layer_backward_propagation`."""

import numpy as np


def relu(Z):
    return np.maximum(Z, 0.0), Z  # with its cache, as some courses have it


def sigmoid(Z):
    return 1.0 / (1.0 + np.exp(-Z)), Z


def relu_backward(Z, dA):
    return np.multiply(dA, Z > 0)


def sigmoid_backward(Z, dA):
    s = 1.0 / (1.0 + np.exp(-Z))
    return dA * (s * (1.0 - s))


def full_forward_propagation(X, params_values, nn_architecture):
    memory = {"A0": X}
    for number, layer in enumerate(nn_architecture, start=1):
        Z = params_values[f"W{number}"] @ memory[f"A{number - 1}"] + params_values[f"b{number}"]
        A, memory[f"Z{number}"] = (relu if layer["activation"] == "relu" else sigmoid)(Z)
        memory[f"A{number}"] = A
    return memory.pop(f"A{len(nn_architecture)}"), memory


def get_cost_value(Y_hat, Y):
    return -(Y * np.log(Y_hat) + (1 - Y) * np.log1p(-Y_hat)).sum() / Y.shape[1]


def linear_backward(dZ, W, A_prev):
    m = A_prev.shape[1]
    return W.T @ dZ, dZ @ A_prev.T / m, dZ.sum(axis=1, keepdims=True) / m


def single_layer_backward_propagation(dA_curr, W_curr, b_curr, Z_curr, A_prev, activation="relu"):
    return linear_backward((relu_backward if activation == "relu" else sigmoid_backward)(Z_curr, dA_curr), W_curr, A_prev)


def full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture):
    L = len(nn_architecture)
    grads = {}
    dA, grads[f"dW{L}"], grads[f"db{L}"] = linear_backward(Y_hat - Y, params_values[f"W{L}"], memory[f"A{L - 1}"])
    for number in range(L - 1, 0, -1):
        dA, grads[f"dW{number}"], grads[f"db{number}"] = single_layer_backward_propagation(
            dA, params_values[f"W{number}"], None, memory[f"Z{number}"], memory[f"A{number - 1}"],
            nn_architecture[number - 1]["activation"],
        )
    return grads


def update(params_values, grads_values, nn_architecture, learning_rate):
    for name in params_values:
        params_values[name] = params_values[name] - learning_rate * grads_values["d" + name]
    return params_values
