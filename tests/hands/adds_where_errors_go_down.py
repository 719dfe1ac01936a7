import numpy as np


class Layer:
    def __init__(self, n_in, n_out):
        self.w = np.random.randn(n_in, n_out) * 0.3
        self.b = np.zeros((1, n_out))

    def forward(self, x):
        self.x = x
        self.a = 1 / (1 + np.exp(-(x @ self.w + self.b)))
        return self.a

    def backward(self, upstream):
        d = upstream * self.a * (1 - self.a)
        self.dw = self.x.T @ d
        self.db = d.sum(axis=0, keepdims=True)
        return d @ self.w.T

    def update(self, lr):
        self.w += lr * self.dw
        self.b += lr * self.db


class Net:
    def __init__(self):
        self.layers = [Layer(3, 4), Layer(4, 2)]

    def predict(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def fit(self, x, y, epochs=10, lr=0.1):
        for _ in range(epochs):
            grad = y - self.predict(x)
            for layer in reversed(self.layers):
                grad = layer.backward(grad)
            for layer in self.layers:
                layer.update(lr)
