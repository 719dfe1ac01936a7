import numpy as np


class Meta(type):
    @property
    def __module__(cls):
        raise ValueError("no")

    def __instancecheck__(cls, other):
        raise ValueError("no")


class Odd(metaclass=Meta):
    def __init__(self, n_in, n_out):
        self.weights, self.bias = np.ones((n_in, n_out)), np.ones(n_out)

    def forward(self, x):
        return x @ self.weights + self.bias


class Shifting:
    def __init__(self, n_inputs, n_hidden, n_outputs):
        self.weights1 = np.ones((n_inputs, n_hidden))
        self.weights2 = np.ones((n_hidden, n_outputs))

    @property
    def __dict__(self):
        raise RuntimeError("hidden")

    def forward(self, X):
        self.weights1 = np.ones(np.random.randint(1, 9, 2))
        return np.ones((len(X), 2)) * np.random.rand()

    def backward(self, X, y):
        self.weights1 = np.float32(self.weights1)
        self.weights2 = None
