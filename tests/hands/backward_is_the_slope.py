import numpy as np


class ReLU:
    def forward(self, x):
        return np.maximum(0, x)

    def backward(self, x):
        return np.where(x > 0, 1.0, 0.0)


class Tanh:
    def forward(self, x):
        return np.tanh(x)

    def backward(self, x):
        return 1 - np.tanh(x) ** 2


class Dense:
    def __init__(self, n_in, n_out):
        self.act = Tanh()
        self.W = np.random.randn(n_in, n_out)
        self.b = np.zeros((1, n_out))

    def forward(self, x):
        self.x = x
        self.z = x @ self.W + self.b
        return self.act.forward(self.z)

    def backward(self, grad):
        dz = grad * self.act.backward(self.z)
        self.dW = self.x.T @ dz
        self.db = dz.sum(axis=0, keepdims=True)
        return dz @ self.W.T
