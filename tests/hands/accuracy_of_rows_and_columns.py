import numpy as np


class Net:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_out, n_in)
        self.b = np.zeros((n_out, 1))

    def forward(self, x):
        e = np.exp(self.W @ x + self.b)
        return e / e.sum(axis=0)

    def accuracy(self, y, output):
        return np.mean(y.argmax(axis=1) == output.argmax(axis=0))
