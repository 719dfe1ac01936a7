import numpy as np


def initialize_parameters(n_in, n_hid, n_out):
    W1 = np.random.randn(n_in, n_hid) * 0.01
    b1 = np.zeros((1, n_hid))
    W2 = np.random.randn(n_hid, n_out) * 0.01
    b2 = np.zeros((1, n_out))
    return W1, b1, W2, b2


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def forward_propagation(X, W1, b1, W2, b2):
    Z1 = X @ W1 + b1
    A1 = np.maximum(0, Z1)
    Z2 = A1 @ W2 + b2
    A2 = sigmoid(Z2)
    return Z1, A1, Z2, A2


def backward_propagation(X, Y, Z1, A1, Z2, A2, W1, W2):
    n = X.shape[0]
    dZ2 = A2 - Y
    dW2 = A1.T @ dZ2 / n
    db2 = dZ2.sum(axis=0, keepdims=True) / n
    dZ1 = (dZ2 @ W2.T) * (Z1 > 0)
    dW1 = X.T @ dZ1 / n
    db1 = dZ1.sum(axis=0, keepdims=True) / n
    return dW1, db1, dW2, db2
