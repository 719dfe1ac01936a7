import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def relu(z):
    return np.maximum(0, z)


def forward_propagation(X, parameters):
    cache, L = {"A0": X}, len(parameters) // 2
    for l in range(1, L + 1):
        W, b = parameters["W%d" % l], parameters["b%d" % l]
        Z = np.dot(W, cache["A%d" % (l - 1)]) + b
        A = sigmoid(Z) if l == L else Z
        cache["W%d" % l], cache["b%d" % l], cache["Z%d" % l], cache["A%d" % l] = W, b, Z, A
    return A, cache


def backward_propagation(X, Y, cache):
    m, g = X.shape[1], {}
    L = (len(cache) - 1) // 4
    dZ = cache["A%d" % L] - Y
    for l in range(L, 0, -1):
        g["dW%d" % l] = np.dot(dZ, cache["A%d" % (l - 1)].T) / m
        g["db%d" % l] = np.sum(dZ, axis=1, keepdims=True) / m
        if l > 1:
            dZ = np.dot(cache["W%d" % l].T, dZ) * (cache["A%d" % (l - 1)] > 0)
    return g


def update_parameters(parameters, grads, learning_rate):
    for l in range(1, len(parameters) // 2 + 1):
        parameters["W%d" % l] = parameters["W%d" % l] - learning_rate * grads["dW%d" % l]
        parameters["b%d" % l] = parameters["b%d" % l] - learning_rate * grads["db%d" % l]
    return parameters
