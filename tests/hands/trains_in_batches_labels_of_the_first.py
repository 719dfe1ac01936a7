import numpy as np

class Net:
    def __init__(self, n_in, n_hidden, n_out):
        self.W1 = np.random.randn(n_in, n_hidden) * 0.1
        self.b1 = np.zeros((1, n_hidden))
        self.W2 = np.random.randn(n_hidden, n_out) * 0.1
        self.b2 = np.zeros((1, n_out))

    def forward(self, X):
        self.z1 = X @ self.W1 + self.b1
        self.a1 = np.tanh(self.z1)
        self.z2 = self.a1 @ self.W2 + self.b2
        self.a2 = 1 / (1 + np.exp(-self.z2))
        return self.a2

    def backward(self, X, y, lr):
        m = X.shape[0]
        d2 = self.a2 - y
        dW2 = self.a1.T @ d2 / m
        db2 = d2.sum(axis=0, keepdims=True) / m
        d1 = d2 @ self.W2.T * (1 - self.a1 ** 2)
        dW1 = X.T @ d1 / m
        db1 = d1.sum(axis=0, keepdims=True) / m
        self.W1 -= lr * dW1
        self.b1 -= lr * db1
        self.W2 -= lr * dW2
        self.b2 -= lr * db2

    def train(self, X, y, epochs=100, lr=0.1, batch_size=2):
        for _ in range(epochs):
            for start in range(0, len(X), batch_size):
                Xb = X[start:start + batch_size]
                yb = y[0:batch_size]
                self.forward(Xb)
                self.backward(Xb, yb, lr)
