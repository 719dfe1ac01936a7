import numpy as np


class Adaptive:
    def __init__(self, sizes, lr=0.001, way="adam"):
        self.lr, self.way, self.t = lr, way, 0
        self.W = [np.random.randn(i, o) for i, o in zip(sizes, sizes[1:])]
        self.first = [np.zeros_like(W) for W in self.W]
        self.second = [np.zeros_like(W) for W in self.W]

    def forward(self, X):
        self.A = [X]
        for W in self.W:
            self.A.append(np.tanh(self.A[-1] @ W))
        return self.A[-1]

    def backward(self, Y):
        delta, grads = (self.A[-1] - Y) * (1 - self.A[-1] ** 2), []
        for k in range(len(self.W))[::-1]:
            grads.insert(0, self.A[k].T @ delta / len(Y))
            delta = delta @ self.W[k].T * (1 - self.A[k] ** 2)
        return grads

    def fit(self, X, Y, epochs=20):
        for _ in range(epochs):
            self.forward(X)
            self.t += 1
            for k, g in enumerate(self.backward(Y)):
                self.first[k] = 0.9 * self.first[k] + 0.1 * g
                self.second[k] = 0.999 * self.second[k] + 0.001 * g**2
                m, v = self.first[k] / (1 - 0.9**self.t), self.second[k] / (1 - 0.999**self.t)
                self.W[k] -= self.lr * m / (np.sqrt(v) + 1e-8)
