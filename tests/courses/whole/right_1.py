"""Rows of examples; the function is called once an epoch, and returns the new weights."""

import numpy as np


def neural_network(X, y, W1, b1, W2, b2, learning_rate, epochs):
    for _ in range(epochs):
        h = np.maximum(0, X @ W1 + b1)
        out = h @ W2 + b2
        loss = ((out - y) ** 2).mean()
        d = 2 * (out - y) / len(X)
        dh = d @ W2.T * (h > 0)
        W2 = W2 - learning_rate * h.T @ d
        b2 = b2 - learning_rate * d.sum(0)
        W1 = W1 - learning_rate * X.T @ dh
        b1 = b1 - learning_rate * dh.sum(0)
    return W1, b1, W2, b2, loss
