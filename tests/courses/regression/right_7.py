import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward_propagation(X, W1, b1, W2, b2):
    Z1 = X @ W1 + b1
    A1 = sigmoid(Z1)
    Z2 = A1 @ W2 + b2
    A2 = sigmoid(Z2)
    return A1, A2


def backward_propagation(X, Y, A1, A2, W1, b1, W2, b2, lr):
    m = len(X)
    d2 = A2 - Y
    d1 = d2 @ W2.T * A1 * (1 - A1)
    W2 -= lr * A1.T @ d2 / m
    b2 -= lr * d2.mean(axis=0, keepdims=True)
    W1 -= lr * X.T @ d1 / m
    b1 -= lr * d1.mean(axis=0, keepdims=True)
