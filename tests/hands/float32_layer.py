import numpy as np


class Dense:
    def __init__(self, fan_in, fan_out):
        self.W = (np.random.randn(fan_in, fan_out) / np.sqrt(fan_in)).astype(np.float32)
        self.b = np.zeros(fan_out, dtype=np.float32)

    def forward(self, x):
        self.x = x.astype(np.float32)
        self.z = self.x @ self.W + self.b
        return np.maximum(self.z, 0)

    def backward(self, dout):
        dz = dout * (self.z > 0)
        self.dW = self.x.T @ dz
        self.db = dz.sum(axis=0)
        return dz @ self.W.T


class Network:
    def __init__(self, n_in, n_hidden, n_out):
        self.W1 = np.random.randn(n_in, n_hidden).astype("float32") * 0.1
        self.b1 = np.zeros(n_hidden, dtype="float32")
        self.W2 = np.random.randn(n_hidden, n_out).astype("float32") * 0.1
        self.b2 = np.zeros(n_out, dtype="float32")

    def forward(self, X):
        self.X = X
        self.H = np.tanh(X @ self.W1 + self.b1)
        self.P = 1 / (1 + np.exp(-(self.H @ self.W2 + self.b2)))
        return self.P

    def backward(self, Y):
        d2 = (self.P - Y) / len(Y)
        d1 = d2 @ self.W2.T * (1 - self.H**2)
        self.dW2, self.db2 = self.H.T @ d2, d2.sum(0)
        self.dW1, self.db1 = self.X.T @ d1, d1.sum(0)

    def step(self, lr=0.1):
        for name in ("W1", "b1", "W2", "b2"):
            setattr(self, name, getattr(self, name) - lr * getattr(self, "d" + name))
