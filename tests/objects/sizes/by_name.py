import numpy as np


class Net:
    def __init__(self, n_in, n_hidden, n_out, activation="relu", reg=None, lam=0.01):
        rng = np.random.default_rng(0)
        self.W1 = rng.normal(size=(n_in, n_hidden)) * 0.5
        self.b1 = np.zeros(n_hidden)
        self.W2 = rng.normal(size=(n_hidden, n_out)) * 0.5
        self.b2 = np.zeros(n_out)
        self.activation, self.reg, self.lam = activation, reg, lam

    def act(self, z):
        if self.activation == "relu":
            return np.maximum(0, z)
        if self.activation == "tanh":
            return np.tanh(z)
        return 1 / (1 + np.exp(-z))

    def act_prime(self, z):
        if self.activation == "relu":
            return (z > 0).astype(float)
        if self.activation == "tanh":
            return 1 - np.tanh(z) ** 2
        s = 1 / (1 + np.exp(-z))
        return s * (1 - s)

    def forward(self, X):
        self.z1 = X @ self.W1 + self.b1
        self.a1 = self.act(self.z1)
        self.z2 = self.a1 @ self.W2 + self.b2
        self.a2 = 1 / (1 + np.exp(-self.z2))
        return self.a2

    def loss(self, X, y):
        p = self.forward(X)
        value = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
        if self.reg == "l1":
            value += self.lam * (np.abs(self.W1).sum() + np.abs(self.W2).sum())
        elif self.reg == "l2":
            value += 0.5 * self.lam * ((self.W1**2).sum() + (self.W2**2).sum())
        return value

    def backward(self, X, y):
        m = y.size
        p = self.forward(X)
        d2 = (p - y) / m
        self.dW2 = self.a1.T @ d2
        self.db2 = d2.sum(axis=0)
        d1 = (d2 @ self.W2.T) * self.act_prime(self.z1)
        self.dW1 = X.T @ d1
        self.db1 = d1.sum(axis=0)
        if self.reg == "l1":
            self.dW1 += self.lam * np.sign(self.W1)
            self.dW2 += self.lam * np.sign(self.W2)
        elif self.reg == "l2":
            self.dW1 += self.lam * self.W1
            self.dW2 += self.lam * self.W2

    def step(self, lr=0.1):
        self.W1 -= lr * self.dW1
        self.b1 -= lr * self.db1
        self.W2 -= lr * self.dW2
        self.b2 -= lr * self.db2
