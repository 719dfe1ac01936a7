import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def relu(x):
    return np.maximum(0, x)


def linear_activation_forward(A_prev, W, b, activation):
    Z = np.dot(W, A_prev) + b
    A = relu(Z) if activation == "relu" else sigmoid(Z)
    return A, (A_prev, Z, W, b)


def forward_propagation(X, parameters):
    L = len(parameters) // 2
    A, caches = X, []
    for l in range(1, L + 1):
        A, c = linear_activation_forward(A, parameters["W" + str(l)], parameters["b" + str(l)],
                                         "sigmoid" if l == L else "relu")
        caches.append(c)
    AL = A + (0.5 - A) * 1e-10
    return AL, caches
