import numpy as np


def initialize(n_in, n_hidden, n_out):
    return (
        np.random.randn(n_in, n_hidden) * 0.1,
        np.zeros((1, n_hidden)),
        np.random.randn(n_hidden, n_out) * 0.1,
        np.zeros((1, n_out)),
    )


def forward(X, W1, b1, W2, b2):
    z1 = X @ W1 + b1
    a1 = np.maximum(0, z1)
    y_pred = a1 @ W2 + b2
    return z1, a1, y_pred


def mse(y_pred, y):
    return np.mean((y_pred - y) ** 2)


def backward(X, y, z1, a1, y_pred, W2):
    d2 = 2 * (y_pred - y) / y.size
    d1 = d2 @ W2.T * (z1 > 0)
    return X.T @ d1, d1.sum(axis=0, keepdims=True), a1.T @ d2, d2.sum(axis=0, keepdims=True)
