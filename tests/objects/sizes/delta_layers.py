import numpy as np


class Layer:
    def __init__(self, n_inputs, n_outputs, activation="sigmoid"):
        self.W = np.random.randn(n_inputs, n_outputs) * 0.5
        self.b = np.zeros(n_outputs)
        self.activation = activation
        self.delta = None

    def forward(self, x):
        self.input = x
        z = x @ self.W + self.b
        self.out = 1 / (1 + np.exp(-z)) if self.activation == "sigmoid" else np.tanh(z)
        return self.out

    def derivative(self):
        return self.out * (1 - self.out) if self.activation == "sigmoid" else 1 - self.out ** 2


class NeuralNetwork:
    def __init__(self, sizes, learning_rate=0.1):
        self.lr = learning_rate
        self.layers = [Layer(a, b) for a, b in zip(sizes[:-1], sizes[1:])]

    def feed_forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backpropagation(self, x, y):
        out = self.feed_forward(x)
        for i in reversed(range(len(self.layers))):
            layer = self.layers[i]
            if i == len(self.layers) - 1:
                layer.delta = (y - out) * layer.derivative()
            else:
                nxt = self.layers[i + 1]
                layer.delta = (nxt.delta @ nxt.W.T) * layer.derivative()
        for layer in self.layers:
            layer.W += self.lr * layer.input.T @ layer.delta
            layer.b += self.lr * layer.delta.sum(axis=0)

    def train(self, X, y, epochs):
        for _ in range(epochs):
            self.backpropagation(X, y)

    def mse(self, y_true, y_pred):
        return np.mean((y_true - y_pred) ** 2)
