import numpy as np

np.random.seed(0)
w1 = np.random.randn(3, 6)
b1 = np.zeros((1, 6))
w2 = np.random.randn(6, 1)
b2 = np.zeros((1, 1))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def forward_propagation(x):
    a1 = sigmoid(x @ w1 + b1)
    a2 = sigmoid(a1 @ w2 + b2)
    return a1, a2


def backward_propagation(x, y, a1, a2):
    n = x.shape[0]
    d2 = (a2 - y) * a2 * (1 - a2)
    d1 = (d2 @ w2.T) * a1 * (1 - a1)
    return x.T @ d1 / n, d1.sum(0, keepdims=True) / n, a1.T @ d2 / n, d2.sum(0, keepdims=True) / n
