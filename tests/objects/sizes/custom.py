import numpy as np


class Net:
    def __init__(self, n_in, n_hidden, n_out, lr=0.1):
        self.lr = lr
        self.W1, self.b1 = np.random.randn(n_in, n_hidden), np.zeros((1, n_hidden))
        self.W2, self.b2 = np.random.randn(n_hidden, n_out), np.zeros((1, n_out))

    def forward(self, X):
        self.X = X
        self.z = X @ self.W1 + self.b1
        self.a = np.arctan(self.z)
        return self.a @ self.W2 + self.b2

    def loss(self, y_pred, y_true):
        return np.mean(np.log(np.cosh(y_pred - y_true)))

    def backward(self, y_pred, y_true):
        d = np.tanh(y_pred - y_true) / y_true.size
        self.dW2, self.db2 = self.a.T @ d, d.sum(0, keepdims=True)
        dz = d @ self.W2.T / (1 + self.z ** 2)
        self.dW1, self.db1 = self.X.T @ dz, dz.sum(0, keepdims=True)

    def step(self):
        for name in ("W1", "b1", "W2", "b2"):
            setattr(self, name, getattr(self, name) - self.lr * getattr(self, "d" + name))
