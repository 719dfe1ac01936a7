import os

import numpy as np


class Nasty(BaseException):
    def __str__(self):
        raise SystemExit(3)

    def __getattribute__(self, name):
        raise KeyboardInterrupt


class Dense:
    def __init__(self, n_in, n_out):
        self.W, self.b = np.random.randn(n_in, n_out), np.zeros((1, n_out))

    def forward(self, x):
        raise Nasty()

    def backward(self, grad):
        os._exit(0)


class Net:
    def __init__(self, sizes):
        self.W = [np.random.randn(a, b) for a, b in zip(sizes, sizes[1:])]

    def forward(self, X):
        for W in self.W:
            X = X @ W
        return X

    def backward(self, X, y):
        raise SystemExit

    def update(self, lr):
        raise KeyboardInterrupt


class Tanh:
    def __init__(self):
        self.calls = 0

    def forward(self, x):
        raise RecursionError(self.forward(x))

    def backward(self, grad):
        exit(1)
