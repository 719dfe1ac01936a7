import numpy as np


class LogisticRegression:
    def __init__(self, n_features, lr=0.1):
        self.w = np.zeros((n_features, 1))
        self.b = 0.0
        self.lr = lr

    def sigmoid(self, z):
        return 1 / (1 + np.exp(-z))

    def forward(self, X):
        return self.sigmoid(X @ self.w + self.b)

    def backward(self, X, y):
        p = self.forward(X)
        m = len(X)
        return X.T @ (p - y) / m, np.mean(p - y)

    def fit(self, X, y, epochs=100):
        for _ in range(epochs):
            dw, db = self.backward(X, y)
            self.w -= self.lr * dw
            self.b -= self.lr * db
