import numpy as np


def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def relu(Z):
    return np.maximum(0, Z)


def linear_forward(A, W, b):
    return W @ A + b, (A, W, b)


def linear_activation_forward(A_prev, W, b, activation):
    Z, linear_cache = linear_forward(A_prev, W, b)
    A = sigmoid(Z) if activation == "sigmoid" else relu(Z)
    return A, (linear_cache, (Z, A))


def sigmoid_backward(dA, cache):
    Z, A = cache
    return dA * A * (1 - A)


def relu_backward(dA, cache):
    Z, A = cache
    return dA * (Z > 0)


def linear_backward(dZ, cache):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    return W.T @ dZ, dZ @ A_prev.T / m, dZ.sum(axis=1, keepdims=True) / m


def linear_activation_backward(dA, cache, activation):
    linear_cache, pair = cache
    dZ = sigmoid_backward(dA, pair) if activation == "sigmoid" else relu_backward(dA, pair)
    return linear_backward(dZ, linear_cache)
