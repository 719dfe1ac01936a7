import numpy as np


class DNN:
    def __init__(self, dims, lr=0.001):
        self.dims, self.lr, self.t = dims, lr, 0
        self.W = [np.random.randn(o, i) * np.sqrt(2 / i) for i, o in zip(dims[:-1], dims[1:])]
        self.b = [np.zeros((o, 1)) for o in dims[1:]]
        self.m = [np.zeros_like(p) for p in self.W + self.b]
        self.v = [np.zeros_like(p) for p in self.W + self.b]

    def forward(self, X):
        self.A = [X]
        for i, (W, b) in enumerate(zip(self.W, self.b)):
            Z = W @ self.A[-1] + b
            self.A.append(np.maximum(0.01 * Z, Z) if i < len(self.W) - 1 else 1 / (1 + np.exp(-Z)))
        return self.A[-1]

    def backward(self, Y):
        m = Y.shape[1]
        dZ = self.A[-1] - Y
        dWs, dbs = [], []
        for i in reversed(range(len(self.W))):
            dWs.insert(0, dZ @ self.A[i].T / m)
            dbs.insert(0, dZ.mean(axis=1, keepdims=True))
            dZ = (self.W[i].T @ dZ) * np.where(self.A[i] > 0, 1, 0.01)
        return dWs, dbs

    def step(self, grads):
        dWs, dbs = grads
        self.t += 1
        params = self.W + self.b
        for k, (p, g) in enumerate(zip(params, dWs + dbs)):
            self.m[k] = 0.9 * self.m[k] + 0.1 * g
            self.v[k] = 0.999 * self.v[k] + 0.001 * g * g
            p -= self.lr * (self.m[k] / (1 - 0.9 ** self.t)) / (np.sqrt(self.v[k] / (1 - 0.999 ** self.t)) + 1e-8)
