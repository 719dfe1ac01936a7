import numpy as np


class Linear:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out)
        self.b = np.zeros(n_out)

    def forward(self, x):
        return x @ self.W + self.b


class Net2:
    def sigmoid(self, x):
        pass
