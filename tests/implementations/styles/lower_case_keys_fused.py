"""Right: keys are w1, b1, dw1, db1 and a0, z1; the last layer's dZ is Y_hat - Y at once."""

import numpy as np


def init_layers(nn_architecture, seed=99):
    np.random.seed(seed)
    params = {}
    for l, layer in enumerate(nn_architecture, 1):
        params["w" + str(l)] = np.random.randn(layer["output_dim"], layer["input_dim"]) * 0.1
        params["b" + str(l)] = np.random.randn(layer["output_dim"], 1) * 0.1
    return params


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def relu(z):
    return np.maximum(z, 0)


def sigmoid_backward(da, z):
    s = sigmoid(z)
    return da * s * (1 - s)


def relu_backward(da, z):
    return np.where(z > 0, da, 0)


def single_layer_forward_propagation(a_prev, w, b, activation="relu"):
    z = w.dot(a_prev) + b
    return (relu(z) if activation == "relu" else sigmoid(z)), z


def full_forward_propagation(x, params, nn_architecture):
    cache = {"a0": x}
    a = x
    for l, layer in enumerate(nn_architecture, 1):
        cache["a" + str(l - 1)] = a
        a, cache["z" + str(l)] = single_layer_forward_propagation(
            a, params["w" + str(l)], params["b" + str(l)], layer["activation"]
        )
    return a, cache


def get_cost_value(y_hat, y):
    m = y.shape[1]
    return -(1 / m) * np.sum(y * np.log(y_hat) + (1 - y) * np.log(1 - y_hat))


def convert_prob_into_class(probs):
    return (probs > 0.5) * 1


def get_accuracy_value(y_hat, y):
    return np.mean(convert_prob_into_class(y_hat) == y)


def linear_part(dz, w, a_prev):
    m = a_prev.shape[1]
    return w.T.dot(dz), dz.dot(a_prev.T) / m, dz.sum(axis=1, keepdims=True) / m


def single_layer_backward_propagation(da, w, b, z, a_prev, activation="relu"):
    dz = relu_backward(da, z) if activation == "relu" else sigmoid_backward(da, z)
    return linear_part(dz, w, a_prev)


def full_backward_propagation(y_hat, y, cache, params, nn_architecture):
    grads = {}
    last = len(nn_architecture)
    for l in range(last, 0, -1):
        w, a_prev = params["w" + str(l)], cache["a" + str(l - 1)]
        if l == last:
            da, dw, db = linear_part(y_hat - y.reshape(y_hat.shape), w, a_prev)
        else:
            da, dw, db = single_layer_backward_propagation(
                da, w, params["b" + str(l)], cache["z" + str(l)], a_prev, nn_architecture[l - 1]["activation"]
            )
        grads["dw" + str(l)], grads["db" + str(l)] = dw, db
    return grads


def update(params, grads, nn_architecture, learning_rate):
    for l in range(1, len(nn_architecture) + 1):
        params["w" + str(l)] = params["w" + str(l)] - learning_rate * grads["dw" + str(l)]
        params["b" + str(l)] = params["b" + str(l)] - learning_rate * grads["db" + str(l)]
    return params


def train(x, y, nn_architecture, epochs, learning_rate, verbose=True, callback=None):
    params = init_layers(nn_architecture, 2)
    for i in range(epochs):
        y_hat, cache = full_forward_propagation(x, params, nn_architecture)
        grads = full_backward_propagation(y_hat, y, cache, params, nn_architecture)
        params = update(params, grads, nn_architecture, learning_rate)
        if i % 50 == 0:
            if verbose:
                print("Iteration: %05d - cost: %.5f - accuracy: %.5f" % (i, get_cost_value(y_hat, y), get_accuracy_value(y_hat, y)))
            if callback is not None:
                callback(i, params)
    return params
