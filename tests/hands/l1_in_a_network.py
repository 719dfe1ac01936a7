import numpy as np

class Net:
    def __init__(self, n_in, n_hidden, n_out, l1=0.001):
        self.W1 = np.random.randn(n_in, n_hidden) * 0.1
        self.b1 = np.zeros((1, n_hidden))
        self.W2 = np.random.randn(n_hidden, n_out) * 0.1
        self.b2 = np.zeros((1, n_out))
        self.l1 = l1

    def forward(self, X):
        self.z1 = X @ self.W1 + self.b1
        self.a1 = np.tanh(self.z1)
        self.z2 = self.a1 @ self.W2 + self.b2
        self.a2 = 1 / (1 + np.exp(-self.z2))
        return self.a2

    def backward(self, X, y):
        m = X.shape[0]
        d2 = self.a2 - y
        self.dW2 = self.a1.T @ d2 / m + self.l1 * np.sign(self.W2)
        self.db2 = d2.sum(axis=0, keepdims=True) / m
        d1 = d2 @ self.W2.T * (1 - self.a1 ** 2)
        self.dW1 = X.T @ d1 / m + self.l1 * np.sign(self.W1)
        self.db1 = d1.sum(axis=0, keepdims=True) / m

    def step(self, lr):
        self.W1 -= lr * self.dW1
        self.b1 -= lr * self.db1
        self.W2 -= lr * self.dW2
        self.b2 -= lr * self.db2

    def train(self, X, y, epochs=100, lr=0.1):
        for _ in range(epochs):
            self.forward(X)
            self.backward(X, y)
            self.step(lr)
