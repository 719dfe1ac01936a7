import numpy as np


class Full:
    def __init__(self, fan_in, fan_out):
        self.W = np.random.randn(fan_in, fan_out).astype(np.float32)
        self.b = np.zeros(fan_out, dtype=np.float32)

    def forward(self, x):
        self.x = x.astype(np.float32)
        return self.x @ self.W + self.b

    def backward(self, g):
        self.dW, self.db = self.x.T @ g, g.sum(axis=0)
        return g @ self.W.T


class Elu:
    def forward(self, x):
        self.x = x
        self.y = np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1).astype(np.float32)
        return self.y

    def backward(self, g):
        return g * np.where(self.x > 0, 1, self.y + 1)


class HardTanh:
    def forward(self, x):
        self.x = x
        return np.clip(x, -1, 1)

    def backward(self, g):
        return g * (np.abs(self.x) < 1)


class Sigmoid:
    """From −1 to 1: another function than its name's, and its own slope."""

    def forward(self, x):
        self.y = 2 / (1 + np.exp(-x)) - 1
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2) / 2
