import numpy as np


class Autoencoder:
    def __init__(self, n_in, n_hidden, lr=0.1):
        self.We = np.random.randn(n_in, n_hidden) * 0.1
        self.be = np.zeros((1, n_hidden))
        self.Wd = np.random.randn(n_hidden, n_in) * 0.1
        self.bd = np.zeros((1, n_in))
        self.lr = lr

    def forward(self, X):
        self.h = 1 / (1 + np.exp(-(X @ self.We + self.be)))
        return self.h @ self.Wd + self.bd

    def backward(self, X):
        out = self.forward(X)
        d = 2 * (out - X) / X.size
        gWd, gbd = self.h.T @ d, d.sum(0, keepdims=True)
        dh = d @ self.Wd.T * self.h * (1 - self.h)
        self.We -= self.lr * X.T @ dh
        self.be -= self.lr * dh.sum(0, keepdims=True)
        self.Wd -= self.lr * gWd
        self.bd -= self.lr * gbd
