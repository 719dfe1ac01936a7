import numpy as np


def init_params(n_x, n_h, n_y):
    rng = np.random.default_rng(0)
    return rng.normal(0, 0.1, (n_h, n_x)), np.zeros((n_h, 1)), rng.normal(0, 0.1, (n_y, n_h)), np.zeros((n_y, 1))


def forward_prop(X, W1, b1, W2, b2):
    A1 = np.tanh(W1 @ X + b1)
    A2 = 1 / (1 + np.exp(-(W2 @ A1 + b2)))
    return A1, A2


def cost(A2, Y):
    return float(-np.mean(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)))


def back_prop(X, Y, A1, A2, W2):
    m = Y.shape[1]
    dZ2 = (A2 - Y) / m
    dZ1 = (W2.T @ dZ2) * (1 - A1 * A1)
    dW1, db1 = dZ1 @ X.T, dZ1.sum(axis=1, keepdims=True)
    dW2, db2 = dZ2 @ A1.T, dZ2.sum(axis=1, keepdims=True)
    return dW1, db1, dW2, db2


def step(W1, b1, W2, b2, dW1, db1, dW2, db2, lr=0.1):
    return W1 - lr * dW1, b1 - lr * db1, W2 - lr * dW2, b2 - lr * db2
