import numpy as np

class RNNish:
    def __init__(self, input_size, hidden_size, output_size):
        self.Wxh = np.random.randn(hidden_size, input_size) * 0.01
        self.Whh = np.random.randn(hidden_size, hidden_size) * 0.01
        self.Why = np.random.randn(output_size, hidden_size) * 0.01
        self.bh = np.zeros((hidden_size, 1))
        self.by = np.zeros((output_size, 1))

    def forward(self, inputs):
        h = np.zeros((self.Whh.shape[0], 1))
        for x in inputs:
            h = np.tanh(self.Wxh @ np.reshape(x, (-1, 1)) + self.Whh @ h + self.bh)
        return self.Why @ h + self.by

class Conv:
    def __init__(self, n_in, n_out, k=3):
        self.W = np.random.randn(n_out, n_in, k, k)
        self.b = np.zeros(n_out)
    def forward(self, x):
        return x
    def backward(self, d):
        return d

class Embedding:
    def __init__(self, n_words, dim):
        self.W = np.random.randn(n_words, dim)
    def forward(self, idx):
        self.idx = idx
        return self.W[idx]
    def backward(self, d):
        self.dW = np.zeros_like(self.W)
        np.add.at(self.dW, self.idx, d)

class NoBias:
    def __init__(self, n_in, n_out):
        self.weight = np.random.randn(n_in, n_out)
    def forward(self, x):
        self.x = x
        return x @ self.weight
    def backward(self, d):
        self.grad = self.x.T @ d
        return d @ self.weight.T

class Normalised:
    def __init__(self, n_in, n_out):
        self.v = np.random.randn(n_in, n_out)
        self.b = np.zeros(n_out)
    def forward(self, x):
        self.x = x
        self.n = np.linalg.norm(self.v, axis=0)
        return x @ (self.v / self.n) + self.b
    def backward(self, d):
        dw = self.x.T @ d
        self.db = d.sum(0)
        self.dv = (dw - self.v * (self.v * dw).sum(0) / self.n ** 2) / self.n
        return d @ (self.v / self.n).T
