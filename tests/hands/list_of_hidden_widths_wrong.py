import numpy as np


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, d):
        self.dW, self.db = self.x.T @ d, d.sum(axis=0)
        return d @ self.W.T


class Softmax:
    def forward(self, x, t):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.y, self.t = e / e.sum(axis=1, keepdims=True), t
        return -np.sum(t * np.log(self.y + 1e-7)) / len(x)

    def backward(self, dout=1):
        return (self.y - self.t) / len(self.y)


class MultiLayerNet:
    def __init__(self, n_in, hidden, n_out):
        sizes = [n_in] + hidden + [n_out]
        self.layers = [Affine(np.random.randn(a, b), np.zeros(b)) for a, b in zip(sizes, sizes[1:])]
        self.last = Softmax()

    def predict(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def loss(self, x, t):
        return self.last.forward(self.predict(x), t)

    def gradient(self, x, t):
        self.loss(x, t)
        d = self.last.backward()
        for layer in reversed(self.layers):
            d = -layer.backward(d)
        return [layer.dW for layer in self.layers]
