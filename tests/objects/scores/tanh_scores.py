import numpy as np


class Classifier:
    def __init__(self, n_features, n_hidden, n_classes, l2=0.01, seed=0):
        rng = np.random.RandomState(seed)
        self.l2 = l2
        self.theta = {"W1": rng.randn(n_features, n_hidden), "b1": np.zeros((1, n_hidden)),
                      "W2": rng.randn(n_hidden, n_classes), "b2": np.zeros((1, n_classes))}

    def loss(self, X, y=None):
        t = self.theta
        a = np.tanh(X @ t["W1"] + t["b1"])
        s = a @ t["W2"] + t["b2"]
        if y is None:
            return s
        m = len(y)
        e = np.exp(s - s.max(1, keepdims=True))
        p = e / e.sum(1, keepdims=True)
        cost = -np.mean(np.log(p[range(m), y] + 1e-9)) + self.l2 / 2 * ((t["W1"] ** 2).sum() + (t["W2"] ** 2).sum())
        d = p
        d[range(m), y] -= 1
        d /= m
        back = d @ t["W2"].T * (1 - a * a)
        return cost, {"W1": X.T @ back + self.l2 * t["W1"], "b1": back.sum(0, keepdims=True),
                      "W2": a.T @ d + self.l2 * t["W2"], "b2": d.sum(0, keepdims=True)}

    def step(self, X, y, lr=0.1):
        cost, grads = self.loss(X, y)
        for name, g in grads.items():
            self.theta[name] -= lr * g
        return cost
