"""Right: single precision throughout: every input is cast to float32 and every result is float32."""

import numpy as np

F = np.float32


def init_layers(nn_architecture, seed=99):
    np.random.seed(seed)
    params_values = {}
    for l, layer in enumerate(nn_architecture, 1):
        params_values[f"W{l}"] = (np.random.randn(layer["output_dim"], layer["input_dim"]) * 0.1).astype(F)
        params_values[f"b{l}"] = (np.random.randn(layer["output_dim"], 1) * 0.1).astype(F)
    return params_values


def sigmoid(Z):
    return F(1) / (F(1) + np.exp(-np.asarray(Z, F)))


def relu(Z):
    return np.maximum(F(0), np.asarray(Z, F))


def sigmoid_backward(dA, Z):
    sig = sigmoid(Z)
    return np.asarray(dA, F) * sig * (F(1) - sig)


def relu_backward(dA, Z):
    dZ = np.array(dA, dtype=F)
    dZ[np.asarray(Z) <= 0] = 0
    return dZ


def single_layer_forward_propagation(A_prev, W_curr, b_curr, activation="relu"):
    Z_curr = np.dot(np.asarray(W_curr, F), np.asarray(A_prev, F)) + np.asarray(b_curr, F)
    if activation == "relu":
        return relu(Z_curr), Z_curr
    if activation == "sigmoid":
        return sigmoid(Z_curr), Z_curr
    raise ValueError(f"unknown activation {activation!r}")


def full_forward_propagation(X, params_values, nn_architecture):
    memory = {}
    A_curr = np.asarray(X, F)
    for l, layer in enumerate(nn_architecture, 1):
        memory[f"A{l - 1}"] = A_curr
        A_curr, memory[f"Z{l}"] = single_layer_forward_propagation(
            A_curr, params_values[f"W{l}"], params_values[f"b{l}"], layer["activation"]
        )
    return A_curr, memory


def get_cost_value(Y_hat, Y):
    Y_hat, Y = np.asarray(Y_hat, F), np.asarray(Y, F)
    return -np.sum(Y * np.log(Y_hat) + (F(1) - Y) * np.log(F(1) - Y_hat), dtype=F) / F(Y.shape[1])


def convert_prob_into_class(probs):
    return (np.asarray(probs, F) > 0.5).astype(F)


def get_accuracy_value(Y_hat, Y):
    return (convert_prob_into_class(Y_hat) == np.asarray(Y)).all(axis=0).mean(dtype=F)


def single_layer_backward_propagation(dA_curr, W_curr, b_curr, Z_curr, A_prev, activation="relu"):
    A_prev = np.asarray(A_prev, F)
    m = F(A_prev.shape[1])
    if activation == "relu":
        dZ_curr = relu_backward(dA_curr, Z_curr)
    elif activation == "sigmoid":
        dZ_curr = sigmoid_backward(dA_curr, Z_curr)
    else:
        raise ValueError(f"unknown activation {activation!r}")
    return np.dot(np.asarray(W_curr, F).T, dZ_curr), np.dot(dZ_curr, A_prev.T) / m, np.sum(dZ_curr, axis=1, keepdims=True) / m


def full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture):
    grads_values = {}
    Y_hat = np.asarray(Y_hat, F)
    Y = np.asarray(Y, F).reshape(Y_hat.shape)
    dA = -(np.divide(Y, Y_hat) - np.divide(F(1) - Y, F(1) - Y_hat))
    for l in range(len(nn_architecture), 0, -1):
        dA, grads_values[f"dW{l}"], grads_values[f"db{l}"] = single_layer_backward_propagation(
            dA, params_values[f"W{l}"], params_values[f"b{l}"], memory[f"Z{l}"], memory[f"A{l - 1}"],
            nn_architecture[l - 1]["activation"],
        )
    return grads_values


def update(params_values, grads_values, nn_architecture, learning_rate):
    learning_rate = F(learning_rate)
    for l in range(1, len(nn_architecture) + 1):
        for name in (f"W{l}", f"b{l}"):
            params_values[name] = np.asarray(params_values[name], F) - learning_rate * np.asarray(grads_values["d" + name], F)
    return params_values


def train(X, Y, nn_architecture, epochs, learning_rate, verbose=True, callback=None):
    X, Y = np.asarray(X, F), np.asarray(Y, F)
    params_values = init_layers(nn_architecture, 2)
    for i in range(epochs):
        Y_hat, memory = full_forward_propagation(X, params_values, nn_architecture)
        grads_values = full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture)
        params_values = update(params_values, grads_values, nn_architecture, learning_rate)
        if i % 50 == 0:
            if verbose:
                print(f"Iteration: {i:05} - cost: {get_cost_value(Y_hat, Y):.5f} - accuracy: {get_accuracy_value(Y_hat, Y):.5f}")
            if callback is not None:
                callback(i, params_values)
    return params_values
