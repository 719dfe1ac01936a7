"""Right: memory also holds A_L (the prediction) and W and b; backward returns dA and dZ too, next to dW and db."""

import numpy as np


def init_layers(nn_architecture, seed=99):
    np.random.seed(seed)
    params_values = {}
    for l, layer in enumerate(nn_architecture, 1):
        params_values[f"W{l}"] = np.random.randn(layer["output_dim"], layer["input_dim"]) * 0.1
        params_values[f"b{l}"] = np.random.randn(layer["output_dim"], 1) * 0.1
    return params_values


def sigmoid(Z):
    """Without overflow."""
    A = np.empty_like(Z)
    positive = Z >= 0
    A[positive] = 1 / (1 + np.exp(-Z[positive]))
    e = np.exp(Z[~positive])
    A[~positive] = e / (1 + e)
    return A


def relu(Z):
    A = Z.copy()
    A[A < 0] = 0
    return A


def sigmoid_backward(dA, Z):
    A = sigmoid(Z)
    return dA * A * (1 - A)


def relu_backward(dA, Z):
    dZ = np.zeros_like(dA)
    dZ[Z > 0] = dA[Z > 0]
    return dZ


def single_layer_forward_propagation(A_prev, W_curr, b_curr, activation="relu"):
    Z_curr = np.add(np.matmul(W_curr, A_prev), b_curr)
    return globals()[activation](Z_curr), Z_curr


def full_forward_propagation(X, params_values, nn_architecture):
    memory = {"A0": X}
    for l, layer in enumerate(nn_architecture, 1):
        memory[f"W{l}"], memory[f"b{l}"] = params_values[f"W{l}"], params_values[f"b{l}"]
        memory[f"A{l}"], memory[f"Z{l}"] = single_layer_forward_propagation(
            memory[f"A{l - 1}"], memory[f"W{l}"], memory[f"b{l}"], layer["activation"]
        )
    return memory[f"A{len(nn_architecture)}"], memory


def get_cost_value(Y_hat, Y):
    logprobs = np.multiply(np.log(Y_hat), Y) + np.multiply(np.log(1 - Y_hat), 1 - Y)
    return -np.sum(logprobs) / Y.shape[1]


def convert_prob_into_class(probs):
    classes = np.zeros(probs.shape)
    classes[probs > 0.5] = 1
    return classes


def get_accuracy_value(Y_hat, Y):
    return np.count_nonzero((convert_prob_into_class(Y_hat) == Y).all(axis=0)) / Y.shape[1]


def single_layer_backward_propagation(dA_curr, W_curr, b_curr, Z_curr, A_prev, activation="relu"):
    m = A_prev.shape[1]
    dZ_curr = globals()[activation + "_backward"](dA_curr, Z_curr)
    return np.matmul(W_curr.T, dZ_curr), np.matmul(dZ_curr, A_prev.T) / m, dZ_curr.sum(axis=1, keepdims=True) / m


def full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture):
    L = len(nn_architecture)
    grads_values = {}
    AL = memory[f"A{L}"]
    grads_values[f"dA{L}"] = np.divide(1 - Y, 1 - AL) - np.divide(Y, AL)
    for l in range(L, 0, -1):
        dA_prev, dW, db = single_layer_backward_propagation(
            grads_values[f"dA{l}"], params_values[f"W{l}"], params_values[f"b{l}"], memory[f"Z{l}"], memory[f"A{l - 1}"],
            nn_architecture[l - 1]["activation"],
        )
        grads_values[f"dA{l - 1}"], grads_values[f"dW{l}"], grads_values[f"db{l}"] = dA_prev, dW, db
    return grads_values


def update(params_values, grads_values, nn_architecture, learning_rate):
    for l in range(1, len(nn_architecture) + 1):
        params_values[f"W{l}"] = params_values[f"W{l}"] - learning_rate * grads_values[f"dW{l}"]
        params_values[f"b{l}"] = params_values[f"b{l}"] - learning_rate * grads_values[f"db{l}"]
    return params_values


def train(X, Y, nn_architecture, epochs, learning_rate, verbose=True, callback=None):
    params_values = init_layers(nn_architecture, 2)
    for i in range(epochs):
        Y_hat, memory = full_forward_propagation(X, params_values, nn_architecture)
        cost, accuracy = get_cost_value(Y_hat, Y), get_accuracy_value(Y_hat, Y)
        grads_values = full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture)
        params_values = update(params_values, grads_values, nn_architecture, learning_rate)
        if i % 50 == 0:
            if verbose:
                print("Iteration: {:05} - cost: {:.5f} - accuracy: {:.5f}".format(i, cost, accuracy))
            if callback is not None:
                callback(i, params_values)
    return params_values
