"""Digits: 784 pixels, a hidden layer of 32, ten classes; y holds the digits themselves."""

import numpy as np

PIXELS, HIDDEN, DIGITS = 784, 32, 10


def init_params():
    rng = np.random.default_rng(42)
    W1 = rng.normal(0, np.sqrt(2 / PIXELS), (HIDDEN, PIXELS))
    b1 = np.zeros((HIDDEN, 1))
    W2 = rng.normal(0, np.sqrt(2 / HIDDEN), (DIGITS, HIDDEN))
    b2 = np.zeros((DIGITS, 1))
    return W1, b1, W2, b2


def relu(Z):
    return Z * (Z > 0)


def relu_deriv(Z):
    return Z > 0


def softmax(Z):
    powers = np.exp(Z - Z.max(axis=0))
    return powers / powers.sum(axis=0)


def one_hot(y):
    rows = np.zeros((len(y), y.max() + 1))
    rows[np.arange(len(y)), y] = 1
    return rows.T


def forward_prop(W1, b1, W2, b2, X):
    Z1 = W1.dot(X) + b1
    A1 = relu(Z1)
    Z2 = W2.dot(A1) + b2
    A2 = softmax(Z2)
    return Z1, A1, Z2, A2


def backward_prop(Z1, A1, Z2, A2, W2, X, y):
    m = len(y)
    dZ2 = (A2 - one_hot(y)) / m
    dW2 = dZ2.dot(A1.T)
    db2 = dZ2.sum(axis=1, keepdims=True)
    dZ1 = W2.T.dot(dZ2) * relu_deriv(Z1)
    dW1 = dZ1.dot(X.T)
    db1 = dZ1.sum(axis=1, keepdims=True)
    return dW1, db1, dW2, db2


def update_params(W1, b1, W2, b2, dW1, db1, dW2, db2, rate):
    return W1 - rate * dW1, b1 - rate * db1, W2 - rate * dW2, b2 - rate * db2
