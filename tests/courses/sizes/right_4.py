import numpy as np


class NeuralNetwork:
    # name -> (function of z, slope as function of z)
    ACTIVATIONS = {
        "sigmoid": (lambda z: 1 / (1 + np.exp(-z)),
                    lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
        "tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2),
        "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0) * 1.0),
    }

    def __init__(self, sizes, activation="tanh", lr=0.1):
        self.act, self.act_prime = self.ACTIVATIONS[activation]
        self.out = self.ACTIVATIONS["sigmoid"][0]
        self.lr = lr
        self.W, self.b = {}, {}
        for k in range(1, len(sizes)):
            self.W[k] = np.random.randn(sizes[k], sizes[k - 1]) / np.sqrt(sizes[k - 1])
            self.b[k] = np.zeros((sizes[k], 1))
        self.K = len(self.W)

    def forward(self, X):
        self.a = {0: X}
        self.z = {}
        for k in range(1, self.K + 1):
            self.z[k] = self.W[k] @ self.a[k - 1] + self.b[k]
            self.a[k] = self.act(self.z[k]) if k < self.K else self.out(self.z[k])
        return self.a[self.K]

    def compute_cost(self, Y_hat, Y):
        m = Y.shape[1]
        # ones and zeros apart, avoids 0 * log(0)
        return -(np.log(Y_hat[Y == 1]).sum() + np.log(1 - Y_hat[Y == 0]).sum()) / m

    def backward(self, Y):
        m = Y.shape[1]
        self.dW, self.db = {}, {}
        dz = self.a[self.K] - Y
        for k in range(self.K, 0, -1):
            self.dW[k] = dz @ self.a[k - 1].T / m
            self.db[k] = dz.mean(axis=1).reshape(-1, 1)
            if k > 1:
                dz = (self.W[k].T @ dz) * self.act_prime(self.z[k - 1])

    def step(self):
        for k in self.W:
            self.W[k] = self.W[k] - self.lr * self.dW[k]
            self.b[k] = self.b[k] - self.lr * self.db[k]

    def train(self, X, Y, iterations=1000, every=0):
        for i in range(iterations):
            Y_hat = self.forward(X)
            if every and i % every == 0:
                print(i, round(float(self.compute_cost(Y_hat, Y)), 4))
            self.backward(Y)
            self.step()

    def predict(self, X, threshold=0.5):
        return self.forward(X) > threshold
