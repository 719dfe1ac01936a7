import numpy as np


class Dense:
    def __init__(self, n_in, n_out):
        self.weights = {"W": np.random.randn(n_in, n_out), "b": np.zeros((1, n_out))}
        self.grad = {}

    def forward(self, X):
        self.grad = self.calc_grad(X)
        return X @ self.weights["W"] + self.weights["b"]

    def calc_grad(self, X):
        return {"X": self.weights["W"], "W": X, "b": np.ones_like(self.weights["b"])}

    def backward(self, dY):
        self.dW = self.grad["W"].T @ dY
        self.db = np.sum(dY, axis=0, keepdims=True)
        return dY @ self.grad["X"].T
