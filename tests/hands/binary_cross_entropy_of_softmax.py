import numpy as np


def softmax(Z):
    e = np.exp(Z - Z.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True), Z


def softmax_backward(dA, cache):
    s, _ = softmax(cache)
    return s * (dA - (s * dA).sum(axis=0, keepdims=True))


def relu(Z):
    return np.maximum(0, Z), Z


def relu_backward(dA, cache):
    return dA * (cache > 0)


def linear_forward(A, W, b):
    return W @ A + b, (A, W, b)


def linear_activation_forward(A_prev, W, b, activation):
    Z, lin = linear_forward(A_prev, W, b)
    A, act = relu(Z) if activation == "relu" else softmax(Z)
    return A, (lin, act)


def L_model_forward(X, parameters):
    A, caches = X, []
    L = len(parameters) // 2
    for l in range(1, L + 1):
        A, c = linear_activation_forward(A, parameters["W%d" % l], parameters["b%d" % l], "softmax" if l == L else "relu")
        caches.append(c)
    return A, caches


def compute_cost(AL, Y):
    return -np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / Y.shape[1]


def linear_backward(dZ, cache):
    A, W, b = cache
    m = A.shape[1]
    return W.T @ dZ, dZ @ A.T / m, dZ.sum(axis=1, keepdims=True) / m


def linear_activation_backward(dA, cache, activation):
    lin, act = cache
    return linear_backward(relu_backward(dA, act) if activation == "relu" else softmax_backward(dA, act), lin)


def L_model_backward(AL, Y, caches):
    grads = {}
    dA = -(Y / AL - (1 - Y) / (1 - AL))
    for l in reversed(range(len(caches))):
        dA, grads["dW%d" % (l + 1)], grads["db%d" % (l + 1)] = linear_activation_backward(
            dA, caches[l], "softmax" if l == len(caches) - 1 else "relu")
    return grads
