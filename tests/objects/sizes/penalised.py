import numpy as np


class Penalised:
    def __init__(self, layer_dims, lambd=0.0):
        self.lambd, self.L = lambd, len(layer_dims) - 1
        self.params = {}
        for l in range(1, self.L + 1):
            self.params[f"W{l}"] = np.random.randn(layer_dims[l], layer_dims[l - 1])
            self.params[f"b{l}"] = np.zeros((layer_dims[l], 1))

    def forward(self, X):
        self.A = [X]
        for l in range(1, self.L + 1):
            Z = self.params[f"W{l}"] @ self.A[-1] + self.params[f"b{l}"]
            self.A.append(1 / (1 + np.exp(-Z)) if l == self.L else np.maximum(0, Z))
        return self.A[-1]

    def compute_cost(self, AL, Y):
        m = Y.shape[1]
        cross = -np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / m
        squares = sum(np.sum(self.params[f"W{l}"] ** 2) for l in range(1, self.L + 1))
        return cross + self.lambd / (2 * m) * squares

    def backward(self, Y):
        m, dZ, grads = Y.shape[1], self.A[-1] - Y, {}
        for l in reversed(range(1, self.L + 1)):
            share = self.lambd / m
            grads[f"dW{l}"] = dZ @ self.A[l - 1].T / m + share * self.params[f"W{l}"]
            grads[f"db{l}"] = dZ.sum(axis=1, keepdims=True) / m
            dZ = self.params[f"W{l}"].T @ dZ * (self.A[l - 1] > 0)
        return grads
