import random

import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


class Network:
    def __init__(self, sizes):
        self.sizes = sizes
        self.biases = [np.random.randn(n, 1) for n in sizes[1:]]
        self.weights = [np.random.randn(n, k) for k, n in zip(sizes[:-1], sizes[1:])]

    def feedforward(self, a):
        for w, b in zip(self.weights, self.biases):
            a = sigmoid(w @ a + b)
        return a

    def SGD(self, training_data, epochs, size, eta, lmbda=0.0):
        n = len(training_data)
        for _ in range(epochs):
            random.shuffle(training_data)
            for k in range(0, n, size):
                self.update_mini_batch(training_data[k:k + size], eta, lmbda, n)

    def update_mini_batch(self, mini_batch, eta, lmbda, n):
        sw = [np.zeros(w.shape) for w in self.weights]
        sb = [np.zeros(b.shape) for b in self.biases]
        for x, y in mini_batch:
            gw, gb = self.gradients_of(x, y)
            sw = [s + g for s, g in zip(sw, gw)]
            sb = [s + g for s, g in zip(sb, gb)]
        k = eta / len(mini_batch)
        self.weights = [(1 - eta * lmbda / n) * w - k * s for w, s in zip(self.weights, sw)]
        self.biases = [b - k * s for b, s in zip(self.biases, sb)]

    def gradients_of(self, x, y):
        acts = [x]
        for w, b in zip(self.weights, self.biases):
            acts.append(sigmoid(w @ acts[-1] + b))
        delta = acts[-1] - y
        gw, gb = [], []
        for l in range(len(self.weights) - 1, -1, -1):
            gw.insert(0, delta @ acts[l].T)
            gb.insert(0, delta)
            if l:
                delta = self.weights[l].T @ delta * acts[l] * (1 - acts[l])
        return gw, gb
