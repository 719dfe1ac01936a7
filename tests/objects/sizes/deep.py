import numpy as np


class DeepNet:
    """Columns, ReLU and sigmoid, cross-entropy."""

    def __init__(self, layer_dims, learning_rate=0.1, seed=0):
        rng = np.random.default_rng(seed)
        self.L = len(layer_dims) - 1
        self.lr = learning_rate
        self.params = {}
        for l in range(1, self.L + 1):
            self.params["W" + str(l)] = rng.normal(size=(layer_dims[l], layer_dims[l - 1])) * np.sqrt(2 / layer_dims[l - 1])
            self.params["b" + str(l)] = np.zeros((layer_dims[l], 1))

    def forward(self, X):
        self.cache = {"A0": X}
        A = X
        for l in range(1, self.L + 1):
            Z = self.params[f"W{l}"] @ A + self.params[f"b{l}"]
            A = np.maximum(Z, 0) if l < self.L else 1 / (1 + np.exp(-Z))
            self.cache[f"Z{l}"], self.cache[f"A{l}"] = Z, A
        return A

    def compute_cost(self, AL, Y):
        m = Y.shape[1]
        eps = 1e-8
        return float(-np.sum(Y * np.log(AL + eps) + (1 - Y) * np.log(1 - AL + eps)) / m)

    def backward(self, Y):
        m = Y.shape[1]
        grads = {}
        dZ = self.cache[f"A{self.L}"] - Y
        for l in range(self.L, 0, -1):
            grads[f"dW{l}"] = dZ @ self.cache[f"A{l-1}"].T / m
            grads[f"db{l}"] = np.sum(dZ, axis=1, keepdims=True) / m
            if l > 1:
                dA = self.params[f"W{l}"].T @ dZ
                dZ = dA * (self.cache[f"Z{l-1}"] > 0)
        self.grads = grads
        return grads

    def update_parameters(self):
        for l in range(1, self.L + 1):
            self.params[f"W{l}"] -= self.lr * self.grads[f"dW{l}"]
            self.params[f"b{l}"] -= self.lr * self.grads[f"db{l}"]

    def train(self, X, Y, epochs=1000, print_cost=False):
        for i in range(epochs):
            AL = self.forward(X)
            self.backward(Y)
            self.update_parameters()
            if print_cost and i % 100 == 0:
                print(i, self.compute_cost(AL, Y))
