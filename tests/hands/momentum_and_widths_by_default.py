import numpy as np

class MLP:
    def __init__(self, sizes=(2, 3, 1), lr=0.1, beta=0.9, epochs=10):
        self.W1 = np.random.randn(sizes[0], sizes[1])
        self.W2 = np.random.randn(sizes[1], sizes[2])
        self.v1 = np.zeros_like(self.W1)
        self.v2 = np.zeros_like(self.W2)
        self.lr, self.beta, self.epochs = lr, beta, epochs

    def forward(self, X):
        self.h = np.tanh(X @ self.W1)
        return self.h @ self.W2

    def grad(self, X, y):
        d = (self.forward(X) - y) / len(X)
        return X.T @ (d @ self.W2.T * (1 - self.h ** 2)), self.h.T @ d

    def fit(self, X, y):
        for e in range(self.epochs):
            g1, g2 = self.grad(X, y)
            self.v1 = self.beta * self.v1 + (1 - self.beta) * g1
            self.v2 = self.beta * self.v2 + (1 - self.beta) * g2
            self.W1 = self.W1 - self.lr * self.v1
            self.W2 = self.W2 - self.lr * self.v2
