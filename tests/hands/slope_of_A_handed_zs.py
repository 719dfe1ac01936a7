import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_prime(z):
    return z * (1 - z)


def feedforward(x, weights, biases):
    activations, zs = [x], []
    for w, b in zip(weights, biases):
        z = np.dot(w, activations[-1]) + b
        zs.append(z)
        activations.append(sigmoid(z))
    return activations, zs


def backprop(x, y, weights, biases):
    activations, zs = feedforward(x, weights, biases)
    delta = (activations[-1] - y) * sigmoid_prime(zs[-1])
    grads = [np.dot(delta, activations[-2].T)]
    for layer in range(2, len(weights) + 1):
        delta = np.dot(weights[-layer + 1].T, delta) * sigmoid_prime(zs[-layer])
        grads.insert(0, np.dot(delta, activations[-layer - 1].T))
    return grads
