import numpy as np


class Net:
    def __init__(self, n_in, n_hidden, n_out):
        self.params = {
            "W1": np.random.randn(n_hidden, n_in),
            "b1": np.zeros((n_hidden, 1)),
            "W2": np.random.randn(n_out, n_hidden),
            "b2": np.zeros((n_out, 1)),
        }

    def forward(self, x):
        self.x = x
        self.hidden = np.tanh(self.params["W1"] @ x + self.params["b1"])
        return 1 / (1 + np.exp(-(self.params["W2"] @ self.hidden + self.params["b2"])))

    def backward(self, y, output):
        delta = (output - y) / y.shape[1]
        below = self.params["W2"].T @ delta * (1 - self.hidden**2)
        self.grads = {
            "W1": below @ self.x.T,
            "b1": below.sum(axis=1, keepdims=True),
            "W2": delta @ self.hidden.T,
            "b2": delta.sum(axis=1, keepdims=True),
        }
        return self.grads

    def optimize(self, rate=0.1):
        for key in self.params:
            if self.optimizer == "sgd":
                self.params[key] = self.params[key] - rate * self.grads[key]

    def train(self, x, y, epochs=10, optimizer="sgd", rate=0.1):
        self.optimizer = optimizer
        for _ in range(epochs):
            self.backward(y, self.forward(x))
            self.optimize(rate)
