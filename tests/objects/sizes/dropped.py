import numpy as np


class Dropped:
    """Half of the hidden units are left out in training."""

    def __init__(self, n_in, n_hidden, n_out, keep_prob=0.5):
        self.W1, self.b1 = np.random.randn(n_hidden, n_in), np.zeros((n_hidden, 1))
        self.W2, self.b2 = np.random.randn(n_out, n_hidden), np.zeros((n_out, 1))
        self.keep_prob = keep_prob

    def forward(self, X, training=True):
        self.X, self.Z1 = X, self.W1 @ X + self.b1
        self.mask = np.random.rand(*self.Z1.shape) < self.keep_prob if training else self.keep_prob
        self.A1 = np.maximum(0, self.Z1) * self.mask / self.keep_prob
        self.A2 = 1 / (1 + np.exp(-(self.W2 @ self.A1 + self.b2)))
        return self.A2

    def backward(self, Y):
        d2 = (self.A2 - Y) / Y.shape[1]
        d1 = self.W2.T @ d2 * self.mask / self.keep_prob * (self.Z1 > 0)
        self.grads = {"W1": d1 @ self.X.T, "b1": d1.sum(axis=1, keepdims=True),
                      "W2": d2 @ self.A1.T, "b2": d2.sum(axis=1, keepdims=True)}

    def train(self, X, Y, epochs=10, lr=0.1):
        for _ in range(epochs):
            self.forward(X)
            self.backward(Y)
            for name, grad in self.grads.items():
                setattr(self, name, getattr(self, name) - lr * grad)

    def predict(self, X):
        return self.forward(X, training=False) > 0.5
