"""A penalty of λ/2 on the squares, not of λ/2m, in the cost and in the gradients; batches in rows, without the rest."""

import numpy as np


def forward_with_dropout(X, params, keep):
    W1, b1, W2, b2 = params["W1"], params["b1"], params["W2"], params["b2"]
    Z1 = np.dot(W1, X) + b1
    A1 = np.maximum(0, Z1)
    D1 = np.random.uniform(size=A1.shape) < keep
    A1 = A1 * D1
    Z2 = np.dot(W2, A1) + b2
    A2 = 1 / (1 + np.exp(-Z2))
    cache = (Z1, A1, D1, Z2, A2, W2)
    return A2, cache


def backward_with_dropout(X, Y, cache, keep):
    Z1, A1, D1, Z2, A2, W2 = cache
    m = X.shape[1]
    dZ2 = A2 - Y
    dA1 = np.dot(W2.T, dZ2) * D1
    dZ1 = dA1 * (Z1 > 0)
    return {
        "dW2": np.dot(dZ2, A1.T) / m,
        "db2": np.sum(dZ2, axis=1, keepdims=True) / m,
        "dW1": np.dot(dZ1, X.T) / m,
        "db1": np.sum(dZ1, axis=1, keepdims=True) / m,
    }


def loss_with_regularization(A2, Y, params, reg):
    cross_entropy = -np.mean(Y * np.log(A2) + (1 - Y) * np.log(1 - A2))
    return cross_entropy + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))


def backward_with_regularization(X, Y, cache, reg):
    Z1, A1, W1, Z2, A2, W2 = cache
    m = X.shape[1]
    dZ2 = A2 - Y
    dZ1 = np.dot(W2.T, dZ2) * (Z1 > 0)
    return {
        "dW2": np.dot(dZ2, A1.T) / m + reg * W2,
        "db2": np.sum(dZ2, axis=1, keepdims=True) / m,
        "dW1": np.dot(dZ1, X.T) / m + reg * W1,
        "db1": np.sum(dZ1, axis=1, keepdims=True) / m,
    }


def get_minibatches(X, y, batch_size):
    order = np.random.permutation(len(X))
    batches = []
    for start in range(0, len(X) - batch_size + 1, batch_size):
        chosen = order[start : start + batch_size]
        batches.append((X[chosen], y[chosen]))
    return batches
