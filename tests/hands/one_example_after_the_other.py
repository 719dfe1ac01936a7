import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(x, weights, biases):
    activations, zs = [x], []
    for w, b in zip(weights, biases):
        zs.append(np.dot(w, activations[-1]) + b)
        activations.append(sigmoid(zs[-1]))
    return activations, zs


def backprop(x, y, weights, biases):
    nabla_w, nabla_b = [0] * len(weights), [0] * len(biases)
    activations, zs = forward(x, weights, biases)
    delta = (activations[-1] - y) * activations[-1] * (1 - activations[-1])
    for layer in range(len(weights) - 1, -1, -1):
        nabla_b[layer] = delta
        nabla_w[layer] = np.dot(delta, activations[layer].T)
        if layer > 0:
            delta = np.dot(weights[layer].T, delta) * activations[layer] * (1 - activations[layer])
    return nabla_w, nabla_b


def run_epoch(training_data, weights, biases, eta):
    for x, y in training_data:
        nabla_w, nabla_b = backprop(x, y, weights, biases)
        weights = [w - eta * nw for w, nw in zip(weights, nabla_w)]
        biases = [b - eta * nb for b, nb in zip(biases, nabla_b)]
    return weights, biases
