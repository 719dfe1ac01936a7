import numpy as np


class Net:
    def __init__(self, n_in, n_hid, n_out):
        self.W1 = np.random.randn(n_in, n_hid) * 0.5
        self.W2 = np.random.randn(n_hid, n_out) * 0.5

    def forward(self, X):
        self.X = X
        self.h = np.tanh(X @ self.W1)
        self.o = self.h @ self.W2
        return self.o

    def backward(self, X, y):
        d = (self.o - y) / len(y)
        self.dW2 = self.h.T @ d
        self.dW1 = self.X.T @ (d @ self.W2.T * (1 - self.h**2))

    def fit(self, X, y, epochs=10, lr=0.01, batch_size=2):
        for _ in range(epochs):
            for i in range(0, len(X), batch_size):
                xb, yb = X[i : i + batch_size], y[i : i + batch_size]
                self.forward(xb)
                self.backward(xb, yb)
                self.W1 -= lr * self.dW1
                self.W2 -= lr * self.dW2
