import numpy as np


class MLP:
    def __init__(self, n_in, n_hidden, n_out):
        self.W1, self.W2 = np.random.randn(n_in, n_hidden), np.random.randn(n_hidden, n_out)
        self.V1, self.V2 = np.zeros_like(self.W1), np.zeros_like(self.W2)

    def forward(self, X):
        self.H = np.tanh(X @ self.W1)
        return 1 / (1 + np.exp(-self.H @ self.W2))

    def train(self, X, Y, lr=0.1, momentum=0.9, epochs=3000):
        for _ in range(epochs):
            d2 = (self.forward(X) - Y[::-1]) / len(X)
            d1 = d2 @ self.W2.T * (1 - self.H**2)
            self.V1 = momentum * self.V1 - lr * X.T @ d1
            self.V2 = momentum * self.V2 - lr * self.H.T @ d2
            self.W1 += self.V1
            self.W2 += self.V2
