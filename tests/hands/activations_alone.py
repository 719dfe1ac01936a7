import numpy as np


def forward_propagation(X, parametres):
    activations = {"A0": X}
    for c in range(1, len(parametres) // 2 + 1):
        Z = parametres["W" + str(c)].dot(activations["A" + str(c - 1)]) + parametres["b" + str(c)]
        activations["A" + str(c)] = 1 / (1 + np.exp(-Z))
    return activations


def back_propagation(y, parametres, activations):
    m = y.shape[1]
    C = len(parametres) // 2
    dZ = activations["A" + str(C)] - y
    gradients = {}
    for c in reversed(range(1, C + 1)):
        A = activations["A" + str(c - 1)]
        gradients["dW" + str(c)] = dZ.dot(A.T) / m
        gradients["db" + str(c)] = np.sum(dZ, axis=1, keepdims=True) / m
        if c > 1:
            dZ = np.dot(parametres["W" + str(c)].T, dZ) * A * (1 - A)
    return gradients


def update(gradients, parametres, learning_rate):
    for c in range(1, len(parametres) // 2 + 1):
        parametres["W" + str(c)] = parametres["W" + str(c)] - learning_rate * gradients["dW" + str(c)]
        parametres["b" + str(c)] = parametres["b" + str(c)] - learning_rate * gradients["db" + str(c)]
    return parametres
