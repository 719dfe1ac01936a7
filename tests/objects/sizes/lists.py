import numpy as np


class NeuralNet:
    def __init__(self, sizes, eta=0.1):
        self.eta = eta
        self.W = []
        self.b = []
        for i in range(len(sizes) - 1):
            self.W.append(np.random.randn(sizes[i], sizes[i + 1]) / np.sqrt(sizes[i]))
            self.b.append(np.zeros((1, sizes[i + 1])))

    @staticmethod
    def tanh(x):
        return np.tanh(x)

    @staticmethod
    def tanh_prime(a):
        return 1.0 - a ** 2

    @staticmethod
    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    def feed_forward(self, X):
        self.a = [X]
        for i in range(len(self.W)):
            z = self.a[-1] @ self.W[i] + self.b[i]
            self.a.append(self.sigmoid(z) if i == len(self.W) - 1 else self.tanh(z))
        return self.a[-1]

    def back_prop(self, y):
        m = len(y)
        delta = self.a[-1] - y
        for i in reversed(range(len(self.W))):
            dW = self.a[i].T @ delta / m
            db = delta.mean(axis=0, keepdims=True)
            if i > 0:
                delta = (delta @ self.W[i].T) * self.tanh_prime(self.a[i])
            self.W[i] = self.W[i] - self.eta * dW
            self.b[i] = self.b[i] - self.eta * db

    def cost(self, y_hat, y):
        return -np.mean(np.sum(y * np.log(y_hat) + (1 - y) * np.log(1 - y_hat), axis=1))

    def fit(self, X, y, epochs):
        for e in range(epochs):
            self.feed_forward(X)
            self.back_prop(y)
