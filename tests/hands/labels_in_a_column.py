import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward_propagation(X, parameters):
    A, caches = X, []
    for l in range(1, len(parameters) // 2 + 1):
        W, b = parameters["W%d" % l], parameters["b%d" % l]
        Z = np.dot(W, A) + b
        caches.append((A, W, b, Z))
        A = sigmoid(Z)
    return A, caches


def compute_cost(AL, Y):
    m = Y.shape[0]
    return -(np.dot(np.log(AL), Y) + np.dot(np.log(1 - AL), 1 - Y)) / m


def backward_propagation(AL, Y, caches):
    grads = {}
    m = Y.shape[0]
    dA = (1 - Y.T) / (1 - AL) - Y.T / AL
    for l in reversed(range(1, len(caches) + 1)):
        A_prev, W, b, Z = caches[l - 1]
        s = sigmoid(Z)
        dZ = dA * s * (1 - s)
        grads["dW%d" % l] = np.dot(dZ, A_prev.T) / m
        grads["db%d" % l] = dZ.sum(axis=1, keepdims=True) / m
        dA = np.dot(W.T, dZ)
    return grads
