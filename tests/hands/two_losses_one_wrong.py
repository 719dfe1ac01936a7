import numpy as np


class Net:
    def __init__(self, n_in, n_hidden, n_out):
        self.weights = {
            "W1": np.random.randn(n_in, n_hidden),
            "b1": np.zeros(n_hidden),
            "W2": np.random.randn(n_hidden, n_out),
            "b2": np.zeros(n_out),
        }

    def predict(self, x):
        self.hidden = np.tanh(x @ self.weights["W1"] + self.weights["b1"])
        z = self.hidden @ self.weights["W2"] + self.weights["b2"]
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def entropy_error(self, y, t):
        return -np.sum(t * np.log(1 - y + 1e-7)) / len(y)

    def square_error(self, y, t):
        return np.sum((y - t) ** 2) / (2 * len(y))

    def loss(self, x, t, kind="entropy"):
        y = self.predict(x)
        return self.square_error(y, t) if kind == "square" else self.entropy_error(y, t)

    def gradient(self, x, t):
        delta = (self.predict(x) - t) / len(x)
        below = delta @ self.weights["W2"].T * (1 - self.hidden**2)
        return {
            "W1": x.T @ below,
            "b1": below.sum(axis=0),
            "W2": self.hidden.T @ delta,
            "b2": delta.sum(axis=0),
        }
