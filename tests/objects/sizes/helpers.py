import numpy as np


class Helpers:
    """What a step needs is handed from helper to helper, each with arguments of its own."""

    def __init__(self, input_nodes, hidden_nodes, output_nodes, learning_rate):
        self.w1, self.w2 = np.random.randn(input_nodes, hidden_nodes), np.random.randn(hidden_nodes, output_nodes)
        self.lr = learning_rate

    def train(self, features, targets):
        d1, d2 = np.zeros(self.w1.shape), np.zeros(self.w2.shape)
        for x, y in zip(features, targets):
            out, h = self.forward_train(x)
            d1, d2 = self.backpropagation(out, h, x, y, d1, d2)
        self.update_weights(d1, d2, len(features))

    def forward_train(self, x):
        h = np.tanh(x @ self.w1)
        return h @ self.w2, h

    def backpropagation(self, out, h, x, y, d1, d2):
        error = y - out
        d1 += (self.w2 @ error) * (1 - h**2) * x[:, None]
        d2 += error * h[:, None]
        return d1, d2

    def update_weights(self, d1, d2, n):
        self.w1 += self.lr * d1 / n
        self.w2 += self.lr * d2 / n
