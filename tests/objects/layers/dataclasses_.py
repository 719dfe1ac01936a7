import numpy as np
from dataclasses import dataclass, field

@dataclass
class Linear:
    n_in: int
    n_out: int
    W: np.ndarray = field(init=False)
    b: np.ndarray = field(init=False)

    def __post_init__(self):
        self.W = np.random.randn(self.n_in, self.n_out) * np.sqrt(2 / self.n_in)
        self.b = np.zeros((1, self.n_out))

    def forward(self, X):
        self.X = X
        return X @ self.W + self.b

    def backward(self, dZ, lr):
        m = dZ.shape[0]
        dW = self.X.T @ dZ / m
        db = dZ.mean(axis=0, keepdims=True)
        dX = dZ @ self.W.T
        self.W -= lr * dW
        self.b -= lr * db
        return dX

@dataclass
class ReLU:
    def forward(self, Z):
        self.Z = Z
        return np.maximum(0, Z)
    def backward(self, dA, lr=None):
        return dA * np.heaviside(self.Z, 0)

@dataclass
class Sigmoid:
    def forward(self, Z):
        self.A = 1 / (1 + np.exp(-Z))
        return self.A
    def backward(self, dA, lr=None):
        return dA * self.A * (1 - self.A)

class Network:
    def __init__(self, *layers, lr=0.1):
        self.layers = layers
        self.lr = lr
    def predict(self, X):
        for l in self.layers:
            X = l.forward(X)
        return X
    @staticmethod
    def bce(y_hat, y):
        e = 1e-9
        return -np.mean(y * np.log(y_hat + e) + (1 - y) * np.log(1 - y_hat + e))
    def fit(self, X, y, epochs=10):
        for _ in range(epochs):
            out = self.predict(X)
            grad = (out - y) / (out * (1 - out) + 1e-9)
            for l in reversed(self.layers):
                grad = l.backward(grad, self.lr)
