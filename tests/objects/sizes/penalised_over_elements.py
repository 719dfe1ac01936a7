import numpy as np


class Net:
    def __init__(self, n_in, n_hid, n_out, lr=0.1, lam=0.01):
        rng = np.random.default_rng(0)
        self.W1 = rng.normal(size=(n_in, n_hid))
        self.b1 = np.zeros(n_hid)
        self.W2 = rng.normal(size=(n_hid, n_out))
        self.b2 = np.zeros(n_out)
        self.lr, self.lam = lr, lam

    def forward(self, X):
        self.X = X
        self.h = np.tanh(X @ self.W1 + self.b1)
        self.p = 1 / (1 + np.exp(-(self.h @ self.W2 + self.b2)))
        return self.p

    def loss(self, y):
        bce = -np.mean(y * np.log(self.p) + (1 - y) * np.log(1 - self.p))
        return bce + 0.5 * self.lam * (np.sum(self.W1 ** 2) + np.sum(self.W2 ** 2))

    def backward(self, y):
        d2 = (self.p - y) / len(y)
        d1 = d2 @ self.W2.T * (1 - self.h ** 2)
        self.dW2 = self.h.T @ d2 + self.lam * self.W2
        self.db2 = d2.sum(axis=0)
        self.dW1 = self.X.T @ d1 + self.lam * self.W1
        self.db1 = d1.sum(axis=0)

    def step(self):
        self.W1 -= self.lr * self.dW1
        self.b1 -= self.lr * self.db1
        self.W2 -= self.lr * self.dW2
        self.b2 -= self.lr * self.db2
