import numpy as np


class Affine:
    """The last row of W is the bias, which the penalty leaves alone."""

    def __init__(self, n_in, n_out):
        self.W = np.random.normal(0, 0.1, (n_in + 1, n_out))

    def forward(self, X):
        self.X = np.column_stack([X, np.ones(len(X))])
        return self.X @ self.W

    def backward(self, dout, reg):
        self.dW = self.X.T @ dout
        self.dW[:-1] += reg * self.W[1:]
        return dout @ self.W[:-1].T


class Classifier:
    """The decay is in the step, and of the weights alone."""

    def __init__(self, n_in, n_hidden, n_out, decay=0.02):
        self.W1, self.b1 = np.random.randn(n_in, n_hidden), np.zeros(n_hidden)
        self.W2, self.b2 = np.random.randn(n_hidden, n_out), np.zeros(n_out)
        self.decay = decay

    def forward(self, X):
        self.H = np.tanh(X @ self.W1 + self.b1)
        return 1 / (1 + np.exp(-(self.H @ self.W2 + self.b2)))

    def backward(self, X, y):
        d2 = (self.forward(X) - y) / len(X)
        d1 = d2 @ self.W2.T * (1 - self.H**2)
        self.dW1, self.db1 = X.T @ d1, d1.sum(axis=0)
        self.dW2, self.db2 = self.H.T @ d2, d2.sum(axis=0)

    def step(self, lr=0.1):
        self.W1 -= lr * (self.dW1 + self.decay * self.W1)
        self.W2 -= lr * (self.dW2 - self.decay * self.W2)
        self.b1 -= lr * self.db1
        self.b2 -= lr * self.db2

    def fit(self, X, y, lr=0.1, epochs=50):
        for _ in range(epochs):
            self.backward(X, y)
            self.step(lr)
