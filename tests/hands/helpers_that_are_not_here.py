import numpy as np


def linear_forward(A, W, b):
    return np.dot(W, A) + b, (A, W, b)


def linear_activation_forward(A_prev, W, b, activation):
    Z, lin = linear_forward(A_prev, W, b)
    A, act = sigmoid(Z) if activation == "sigmoid" else relu(Z)
    return A, (lin, act)


def L_model_forward(X, params):
    caches, A, L = [], X, len(params) // 2
    for l in range(1, L + 1):
        A, c = linear_activation_forward(A, params["W%d" % l], params["b%d" % l], "sigmoid" if l == L else "relu")
        caches.append(c)
    return A, caches


def linear_backward(dZ, cache):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    return np.dot(W.T, dZ), np.dot(dZ, A_prev.T) / m, dZ.sum(axis=1, keepdims=True) / m


def linear_activation_backward(dA, cache, activation):
    lin, act = cache
    dZ = relu_backward(dA, act) if activation == "relu" else sigmoid_backward(dA, act)
    return linear_backward(dZ, lin)


def L_model_backward(AL, Y, caches):
    grads = {}
    L = len(caches)
    dAL = -(Y / AL - (1 - Y) / (1 - AL))
    grads["dA%d" % L], grads["dW%d" % L], grads["db%d" % L] = linear_activation_backward(dAL, caches[L - 1], "sigmoid")
    for l in reversed(range(L - 1)):
        dA, dW, db = linear_activation_backward(grads["dA%d" % (l + 2)], caches[l], "relu")
        grads["dA%d" % (l + 1)], grads["dW%d" % (l + 1)], grads["db%d" % (l + 1)] = dA, dW, db
    return grads
