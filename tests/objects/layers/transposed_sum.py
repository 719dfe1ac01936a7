import numpy as np


class DenseLayer:
    def __init__(self, n_in, n_out, lr=0.1):
        self.lr = lr
        self.W = np.random.randn(n_in, n_out)
        self.b = np.random.randn(n_out, 1)

    def feedforward(self, a):
        self.a = a
        return self.W.T.dot(a) + self.b

    def backprop(self, delta):
        back = self.W.dot(delta)
        self.W -= self.lr * self.a.dot(delta.T)
        self.b -= self.lr * delta.sum(axis=1).reshape(-1, 1)
        return back


class LeakyReLU:
    def __init__(self, slope=0.01):
        self.slope = slope

    def feedforward(self, z):
        self.z = z
        return np.where(z > 0, z, self.slope * z)

    def backprop(self, delta):
        return np.where(self.z > 0, delta, self.slope * delta)


class HalfSquares:
    @staticmethod
    def cost(a, y):
        return 0.5 * np.sum((a - y) ** 2)

    @staticmethod
    def prime(a, y):
        return a - y


class Net:
    def __init__(self, layers):
        self.layers = layers
        self.cost = HalfSquares()

    def feedforward(self, a):
        for layer in self.layers:
            a = layer.feedforward(a)
        return a

    def train_batch(self, X, Y):
        out = self.feedforward(X)
        delta = self.cost.prime(out, Y)
        for layer in self.layers[::-1]:
            delta = layer.backprop(delta)
        return self.cost.cost(out, Y)
