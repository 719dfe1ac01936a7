import numpy as np


class Dense:
    def __init__(self, n_in, n_out):
        self.W, self.b = np.random.randn(n_in, n_out), np.zeros((1, n_out))
        self.me, self.loop = self, []
        self.loop.append(self.loop)
        self.odd = [object(), lambda: 0, {(1, 2): 3}, 10**400, float("nan"), np.array([None, 1], dtype=object), "x" * 10_000]

    def __getattr__(self, name):
        return Dense

    def forward(self, x):
        self.W = "gone"
        return {"a": [object()], "b": (np.nan, [np.inf, [1, "2", None]]), 3: np.ones((0, 5)), "c": 1j}

    def backward(self, grad):
        self.dW = np.full((3, 5), np.nan)
        return np.zeros((2,) * 12), range(10**9), self


class ReLU:
    def forward(self, x):
        return np.ones((7, 5), dtype="U3")

    def backward(self, grad):
        return [[1, 2], [3]]


class MSE:
    def forward(self, p, y):
        return "0.5"

    def backward(self):
        return b"bytes"


class NeuralNetwork:
    def __init__(self, sizes):
        self.W1, self.W2 = np.ones((sizes[0], sizes[1])), np.ones((sizes[1], sizes[-1]))

    def forward(self, X):
        return np.array([1, 2, 3]).view(np.matrix) if False else iter(X)

    def backward(self, X, y):
        self.W1 = self.W1.T
        return self

    def loss(self, y_hat, y):
        return [[0.1], [0.2, 0.3]]
