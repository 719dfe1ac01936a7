import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def init(sizes):
    weights = [np.random.randn(m, n) * 0.1 for n, m in zip(sizes[:-1], sizes[1:])]
    biases = [np.zeros((m, 1)) for m in sizes[1:]]
    return weights, biases


def forward(X, weights, biases):
    activations, zs = [X], []
    for w, b in zip(weights, biases):
        z = w @ activations[-1] + b
        zs.append(z)
        activations.append(sigmoid(z))
    return activations, zs


def backward(Y, weights, activations, zs):
    m = Y.shape[1]
    dW, db = [None] * len(weights), [None] * len(weights)
    delta = activations[-1] - Y
    for l in range(len(weights) - 1, -1, -1):
        dW[l] = delta @ activations[l].T
        db[l] = delta.sum(axis=1, keepdims=True) / m
        if l > 0:
            s = sigmoid(zs[l - 1])
            delta = (weights[l].T @ delta) * s * (1 - s)
    return dW, db


def update(weights, biases, dW, db, lr):
    for l in range(len(weights)):
        weights[l] = weights[l] - lr * dW[l]
        biases[l] = biases[l] - lr * db[l]
    return weights, biases
