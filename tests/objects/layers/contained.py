import numpy as np


class Dense:
    def __init__(self, n_in, n_out):
        self.W, self.b = np.random.randn(n_out, n_in), np.zeros((n_out, 1))

    def forward(self, A):
        self.A_prev = A
        return self.W @ A + self.b

    def backward(self, dZ):
        self.dW, self.db = dZ @ self.A_prev.T, dZ.sum(axis=1, keepdims=True)
        return self.W.T @ dZ

    def update(self, lr):
        self.W -= lr * self.dW
        self.b -= lr * self.db


class Sigmoid:
    def forward(self, Z):
        self.A = 1 / (1 + np.exp(-Z))
        return self.A

    def backward(self, dA):
        return dA * self.A * (1 - self.A)


class Model:
    def __init__(self, sizes):
        self.layers = []
        for i, o in zip(sizes, sizes[1:]):
            self.layers += [Dense(i, o), Sigmoid()]

    def forward(self, X):
        for layer in self.layers:
            X = layer.forward(X)
        return X

    def backward(self, A, Y):
        grad = A - Y
        for layer in self.layers[::-1]:
            grad = layer.backward(grad)

    def fit(self, X, Y, epochs=100, lr=0.1):
        for _ in range(epochs):
            self.backward(self.forward(X), Y)
            for layer in self.layers[::2]:
                layer.update(lr)
