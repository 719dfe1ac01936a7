import numpy as np


class Linear:
    def __init__(self, n_in, n_out):
        self.W, self.b = np.random.randn(n_in, n_out) * 0.1, np.zeros(n_out)

    def forward(self, X):
        self.X = X
        return X @ self.W + self.b

    def backward(self, dout):
        self.dW, self.db = self.X.T @ dout, dout.sum(axis=0)
        return dout @ self.W.T


class Adam:
    def __init__(self, layers, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
        self.layers, self.lr, self.beta1, self.beta2, self.eps = layers, lr, beta1, beta2, eps
        self.m, self.v, self.t = {}, {}, 0

    def step(self):
        for number, layer in enumerate(self.layers):
            self.t += 1
            for name in ("W", "b"):
                key, g = (number, name), getattr(layer, "d" + name)
                self.m[key] = self.beta1 * self.m.get(key, 0) + (1 - self.beta1) * g
                self.v[key] = self.beta2 * self.v.get(key, 0) + (1 - self.beta2) * g**2
                m = self.m[key] / (1 - self.beta1**self.t)
                v = self.v[key] / (1 - self.beta2**self.t)
                setattr(layer, name, getattr(layer, name) - self.lr * m / (np.sqrt(v) + self.eps))


class Momentum:
    """What it remembers is kept in the layers."""

    def __init__(self, lr=0.01, beta=0.9):
        self.lr, self.beta = lr, beta

    def step(self, layers):
        for layer in layers:
            if not hasattr(layer, "vW"):
                layer.vW, layer.vb = np.zeros_like(layer.W), np.zeros_like(layer.b)
            layer.vW = self.beta * layer.vW - self.lr * layer.dW
            layer.vb = self.beta * layer.vb - self.lr * layer.db
            layer.W += layer.vW
            layer.b += layer.vb
            break
