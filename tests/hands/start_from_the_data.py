import numpy as np


def init_params(X):
    W1 = np.random.randn(16, len(X)) * np.sqrt(2 / len(X))
    b1 = np.zeros((16, 1))
    W2 = np.random.randn(10, 16) * np.sqrt(2 / 16)
    b2 = np.zeros((10, 1))
    return W1, b1, W2, b2


def relu(Z):
    return np.maximum(0, Z)


def softmax(Z):
    e = np.exp(Z - Z.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)


def forward_prop(W1, b1, W2, b2, X):
    Z1 = W1 @ X + b1
    A1 = relu(Z1)
    Z2 = W2 @ A1 + b2
    return Z1, A1, Z2, softmax(Z2)
