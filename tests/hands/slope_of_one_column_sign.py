import numpy as np


class Network:
    def __init__(self, sizes):
        self.weights = [np.random.randn(n, m) for m, n in zip(sizes[:-1], sizes[1:])]

    def feedforward(self, x):
        for w in self.weights:
            x = relu(w @ x)
        return x

    def backprop(self, x, y):
        zs, kept, grads = [], [x], []
        for w in self.weights:
            zs.append(w @ kept[-1])
            kept.append(relu(zs[-1]))
        delta = kept[-1] - y
        for w, z, a in zip(self.weights[::-1], zs[::-1], kept[-2::-1]):
            delta = delta * relu_derivative(z)
            grads.insert(0, delta @ a.T)
            delta = -w.T @ delta
        return grads


def relu(x):
    return np.maximum(0, x)


def relu_derivative(x):
    return np.array([[0.0 if one <= 0 else 1.0] for one in x])
