import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def relu(x):
    return np.maximum(x, 0)


def relu_derivative(x, activation):
    return x * np.where(activation > 0, 1, 0)


def sigmoid_derivative(x, activation):
    s = sigmoid(activation)
    return x * s * (1 - s)


def linear_backward(dZ, cache):
    A_prev, W, b = cache
    dW = np.dot(dZ, A_prev.T)
    db = np.sum(dZ, axis=1, keepdims=True) / A_prev.shape[1]
    return np.dot(W.T, dZ), dW, db
