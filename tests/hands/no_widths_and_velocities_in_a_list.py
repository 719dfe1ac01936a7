import numpy as np

class Net:
    def __init__(self):
        self.W1 = np.random.randn(2, 3)
        self.W2 = np.random.randn(3, 1)
        self.v = [np.zeros((2, 3)), np.zeros((3, 1))]

    def forward(self, X):
        self.h = np.tanh(X @ self.W1)
        return self.h @ self.W2

    def backward(self, X, y):
        d = (self.forward(X) - y) / len(X)
        return X.T @ (d @ self.W2.T * (1 - self.h ** 2)), self.h.T @ d

    def step(self, grads, lr=0.1):
        self.v = [0.9 * v + g for v, g in zip(self.v, grads)]
        self.W1 -= lr * self.v[0]
        self.W2 -= lr * self.v[1]

    def train(self, X, y, lr=0.1, epochs=10):
        for _ in range(epochs):
            self.step(self.backward(X, y), lr)
