import numpy as np


class Net:
    def __init__(self, n_in, n_hidden, n_out):
        self.W1, self.b1 = np.random.randn(n_in, n_hidden), np.zeros((1, n_hidden))
        self.W2, self.b2 = np.random.randn(n_hidden, n_out), np.zeros((1, n_out))

    def softmax(self, z):
        e = np.exp(z - z.max(axis=1, keepdims=True)) + 1
        return e / e.sum(axis=1, keepdims=True)

    def forward(self, X):
        self.hidden = np.tanh(X @ self.W1 + self.b1)
        return self.softmax(self.hidden @ self.W2 + self.b2)

    def train(self, X, y, epochs=100, lr=0.1):
        for _ in range(epochs):
            d = self.forward(X).copy()
            d[range(len(y)), y] -= 1
            below = d @ self.W2.T * (1 - self.hidden**2)
            self.W2 -= lr * self.hidden.T @ d / len(y)
            self.b2 -= lr * d.sum(axis=0, keepdims=True) / len(y)
            self.W1 -= lr * X.T @ below / len(y)
            self.b1 -= lr * below.sum(axis=0, keepdims=True) / len(y)
