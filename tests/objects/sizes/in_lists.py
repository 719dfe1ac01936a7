import numpy as np


class InLists:
    def __init__(self, layer_sizes):
        self.weights = [np.random.randn(i, o) for i, o in zip(layer_sizes, layer_sizes[1:])]
        self.biases = [np.zeros(o) for o in layer_sizes[1:]]

    def forward(self, X):
        self.acts = [X]
        for W, b in zip(self.weights, self.biases):
            self.acts.append(1 / (1 + np.exp(-self.acts[-1] @ W - b)))
        return self.acts[-1]

    def backward(self, y):
        d, of_weights, of_biases = (self.acts[-1] - y) / y.size, [], []
        for k in reversed(range(len(self.weights))):
            of_weights.append(self.acts[k].T @ d)
            of_biases.append(d.sum(axis=0))
            d = d @ self.weights[k].T * self.acts[k] * (1 - self.acts[k])
        return of_weights[::-1], of_biases[::-1]
