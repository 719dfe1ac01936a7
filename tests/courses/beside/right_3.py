"""Two layers, tanh in the hidden one; caches are dicts."""

import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def cost_with_l2(A2, Y, params, lam):
    m = Y.shape[1]
    log_likelihood = Y * np.log(A2) + (1 - Y) * np.log(1 - A2)
    penalty = sum(np.linalg.norm(params[key]) ** 2 for key in ("W1", "W2"))
    return float(-np.sum(log_likelihood) / m + lam / (2 * m) * penalty)


def forward_dropout(X, params, keep_prob):
    Z1 = params["W1"] @ X + params["b1"]
    A1 = np.tanh(Z1)
    D1 = (np.random.rand(*A1.shape) < keep_prob) / keep_prob
    A1_dropped = A1 * D1
    Z2 = params["W2"] @ A1_dropped + params["b2"]
    A2 = sigmoid(Z2)
    return A2, {"Z1": Z1, "A1": A1_dropped, "D1": D1, "Z2": Z2, "A2": A2, "slope1": 1 - A1**2, "W2": params["W2"]}


def backward_dropout(X, Y, cache, keep_prob):
    m = Y.shape[1]
    dZ2 = (cache["A2"] - Y) / m
    grads = {"dW2": dZ2 @ cache["A1"].T, "db2": dZ2.sum(axis=1, keepdims=True)}
    dA1 = cache["W2"].T @ dZ2 * cache["D1"]
    dZ1 = dA1 * cache["slope1"]
    grads["dW1"] = dZ1 @ X.T
    grads["db1"] = dZ1.sum(axis=1, keepdims=True)
    return grads
