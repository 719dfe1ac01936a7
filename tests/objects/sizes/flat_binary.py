import numpy as np


class BinaryMLP:
    def __init__(self, n_features, n_hidden=8, learning_rate=0.1, random_state=0):
        rng = np.random.RandomState(random_state)
        self.learning_rate = learning_rate
        self.W1 = rng.normal(scale=0.1, size=(n_features, n_hidden))
        self.b1 = np.zeros(n_hidden)
        self.w2 = rng.normal(scale=0.1, size=n_hidden)
        self.b2 = 0.0

    def forward(self, X):
        self.h = np.maximum(X @ self.W1 + self.b1, 0)
        return 1 / (1 + np.exp(-(self.h @ self.w2 + self.b2)))

    def backward(self, X, y, p):
        d = (p - y) / len(y)
        self.gw2 = self.h.T @ d
        self.gb2 = d.sum()
        dh = np.outer(d, self.w2) * (self.h > 0)
        self.gW1 = X.T @ dh
        self.gb1 = dh.sum(axis=0)
