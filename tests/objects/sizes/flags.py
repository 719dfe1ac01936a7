import numpy as np


class Net:
    def __init__(self, layers, lr=0.05, activation="tanh"):
        self.layers, self.lr, self.activation = layers, lr, activation
        self.theta = {}
        for k in range(1, len(layers)):
            self.theta[f"w{k}"] = np.random.randn(layers[k - 1], layers[k]) * 0.1
            self.theta[f"b{k}"] = np.random.randn(1, layers[k]) * 0.1

    def act(self, z, deriv=False):
        if self.activation == "tanh":
            return 1 - np.tanh(z) ** 2 if deriv else np.tanh(z)
        return (z > 0) * 1.0 if deriv else np.maximum(z, 0)

    def __call__(self, X):
        self.zs, self.acts = [], [X]
        last = len(self.layers) - 1
        for k in range(1, last + 1):
            z = self.acts[-1] @ self.theta[f"w{k}"] + self.theta[f"b{k}"]
            self.zs.append(z)
            self.acts.append(z if k == last else self.act(z))
        return self.acts[-1]

    def mse(self, X, y):
        return np.mean((self(X) - y) ** 2)

    def backward(self, X, y):
        out = self(X)
        d = 2 * (out - y) / y.size
        self.grad = {}
        for k in range(len(self.layers) - 1, 0, -1):
            self.grad[f"w{k}"] = self.acts[k - 1].T @ d
            self.grad[f"b{k}"] = d.sum(0, keepdims=True)
            if k > 1:
                d = d @ self.theta[f"w{k}"].T * self.act(self.zs[k - 2], deriv=True)

    def step(self):
        for key in self.theta:
            self.theta[key] -= self.lr * self.grad[key]
