"""Right: tables of functions at module level choose the activation; parameters go through a helper that makes the keys."""

import numpy as np
from numpy import dot, exp, log


def sigmoid(Z):
    return 1 / (1 + exp(-Z))


def relu(Z):
    return np.maximum(0, Z)


def sigmoid_backward(dA, Z):
    return dA * exp(-np.abs(Z)) / (1 + exp(-np.abs(Z))) ** 2


def relu_backward(dA, Z):
    return dA * np.where(Z > 0, 1, 0)


activations = {"relu": (relu, relu_backward), "sigmoid": (sigmoid, sigmoid_backward)}


def key(name, layer, *, offset=0):
    return f"{name}{layer + offset}"


def numbered(nn_architecture):
    yield from zip(range(1, len(nn_architecture) + 1), nn_architecture)


def init_layers(nn_architecture, seed=99):
    random = np.random.RandomState(seed=seed)
    params_values = dict()
    for l, layer in numbered(nn_architecture):
        shape = layer["output_dim"], layer["input_dim"]
        params_values[key("W", l)] = random.normal(scale=0.1, size=shape)
        params_values[key("b", l)] = random.normal(scale=0.1, size=(shape[0], 1))
    return params_values


def single_layer_forward_propagation(A_prev, W_curr, b_curr, activation="relu"):
    function, _ = activations[activation]
    Z_curr = dot(W_curr, A_prev) + b_curr
    return function(Z_curr), Z_curr


def full_forward_propagation(X, params_values, nn_architecture):
    def recurse(A, l, memory):
        if l > len(nn_architecture):
            return A, memory
        A_next, Z = single_layer_forward_propagation(
            A, params_values[key("W", l)], params_values[key("b", l)], nn_architecture[l - 1]["activation"]
        )
        return recurse(A_next, l + 1, memory | {key("A", l, offset=-1): A, key("Z", l): Z})

    return recurse(X, 1, {})


def get_cost_value(Y_hat, Y):
    return np.squeeze(-(dot(Y, log(Y_hat).T) + dot(1 - Y, log(1 - Y_hat).T)) / Y_hat.shape[1])


def convert_prob_into_class(probs):
    return np.vectorize(lambda p: int(p > 0.5))(probs)


def get_accuracy_value(Y_hat, Y):
    return (convert_prob_into_class(Y_hat) == Y).all(axis=0).mean()


def single_layer_backward_propagation(dA_curr, W_curr, b_curr, Z_curr, A_prev, activation="relu"):
    m = A_prev.shape[1]
    dZ = activations[activation][1](dA_curr, Z_curr)
    return dot(W_curr.T, dZ), dot(dZ, A_prev.T) / m, dot(dZ, np.ones((m, 1))) / m


def full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture):
    grads_values = {}
    dA = -(Y.reshape(Y_hat.shape) / Y_hat - (1 - Y.reshape(Y_hat.shape)) / (1 - Y_hat))
    for l, layer in reversed([*numbered(nn_architecture)]):
        dA, dW, db = single_layer_backward_propagation(
            dA, params_values[key("W", l)], params_values[key("b", l)], memory[key("Z", l)], memory[key("A", l, offset=-1)],
            layer["activation"],
        )
        grads_values |= {key("dW", l): dW, key("db", l): db}
    return grads_values


def update(params_values, grads_values, nn_architecture, learning_rate):
    for name, value in params_values.items():
        np.subtract(value, learning_rate * grads_values["d" + name], out=value)
    return params_values


def train(X, Y, nn_architecture, epochs, learning_rate, verbose=True, callback=None):
    params_values = init_layers(nn_architecture, 2)
    for i in range(epochs):
        Y_hat, memory = full_forward_propagation(X, params_values, nn_architecture)
        line = f"Iteration: {i:05} - cost: {get_cost_value(Y_hat, Y):.5f} - accuracy: {get_accuracy_value(Y_hat, Y):.5f}"
        update(params_values, full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture), nn_architecture, learning_rate)
        if i % 50 == 0:
            verbose and print(line)
            callback and callback(i, params_values)
    return params_values
