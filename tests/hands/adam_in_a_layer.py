import numpy as np


class Adam:
    def __init__(self, lr=0.01):
        self.lr, self.t, self.m, self.v = lr, 0, 0, 0

    def update(self, w, g):
        self.t += 1
        self.m = 0.9 * self.m + 0.1 * g
        self.v = 0.999 * self.v + 0.001 * g * g
        return w - self.lr * (self.m / (1 - 0.9 ** self.t)) / (np.sqrt(self.v / (1 - 0.999 ** self.t)) + 1e-8)


class Dense:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out); self.b = np.zeros((1, n_out))
        self.oW, self.ob = Adam(), Adam()

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, g):
        d = g @ self.W.T
        self.W = self.oW.update(self.W, self.x.T @ g)
        self.b = self.ob.update(self.b, g.sum(axis=0, keepdims=True))
        return d
