import numpy as np


class Affine:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out)
        self.b = np.zeros(n_out)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class Norm:
    """Over the batch; what comes before it has a bias whose gradient is 0."""

    def __init__(self, n):
        self.gamma, self.beta = np.ones(n), np.zeros(n)

    def forward(self, x):
        centred = x - x.mean(axis=0)
        self.spread = np.sqrt((centred**2).mean(axis=0) + 1e-5)
        self.z = centred / self.spread
        return self.gamma * self.z + self.beta

    def backward(self, dout):
        self.dgamma, self.dbeta = (dout * self.z).sum(axis=0), dout.sum(axis=0)
        d = dout * self.gamma
        return (d - d.mean(axis=0) - self.z * (d * self.z).mean(axis=0)) / self.spread


class Net:
    def __init__(self, n_in, n_hidden, n_out):
        self.parts = [Affine(n_in, n_hidden), Norm(n_hidden), Affine(n_hidden, n_out)]

    def forward(self, x):
        for part in self.parts:
            x = part.forward(x)
        return x

    def backward(self, dout):
        for part in self.parts[::-1]:
            dout = part.backward(dout)

    def train(self, x, y, lr=0.1, batch=3):
        for start in range(0, len(x), batch):
            self.backward(self.forward(x[start : start + batch]) - y[start : start + batch])
            for part in self.parts[::2]:
                part.W -= lr * part.dW
                part.b -= lr * part.db
