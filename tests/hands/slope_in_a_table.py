import numpy as np


def relu(Z):
    return np.maximum(0, Z)


def relu_derivative(x):
    return np.array([[0.0 if one <= 0 else 1.0] for one in x])


ACTIVATIONS = {"relu": (relu, relu_derivative)}


class Network:
    def __init__(self, sizes, activation="relu"):
        self.weights = [np.random.randn(n, m) for m, n in zip(sizes[:-1], sizes[1:])]
        self.of, self.slope = ACTIVATIONS["relu"]

    def feedforward(self, x):
        for w in self.weights:
            x = self.of(w @ x)
        return x

    def backprop(self, x, y):
        zs, kept, grads = [], [x], []
        for w in self.weights:
            zs.append(w @ kept[-1])
            kept.append(self.of(zs[-1]))
        delta = kept[-1] - y
        for w, z, a in zip(self.weights[::-1], zs[::-1], kept[-2::-1]):
            delta = delta * self.slope(z)
            grads.insert(0, delta @ a.T)
            delta = w.T @ delta
        return grads
