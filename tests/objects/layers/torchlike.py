import numpy as np


class Module:
    def forward(self, x):
        raise NotImplementedError()

    def backward(self, grad):
        raise NotImplementedError()

    def step(self, lr):
        pass

    def __call__(self, x):
        return self.forward(x)


class Linear(Module):
    def __init__(self, in_features, out_features):
        k = 1 / np.sqrt(in_features)
        self.W = np.random.uniform(-k, k, (out_features, in_features))
        self.b = np.random.uniform(-k, k, out_features)

    def forward(self, x):
        self.x = x
        return x @ self.W.T + self.b

    def backward(self, grad):
        self.dW = grad.T @ self.x
        self.db = grad.sum(axis=0)
        return grad @ self.W

    def step(self, lr):
        self.W -= lr * self.dW
        self.b -= lr * self.db


class ReLU(Module):
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, grad):
        return grad * self.mask


class Sigmoid(Module):
    def forward(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, grad):
        return grad * self.out * (1 - self.out)


class Sequential(Module):
    def __init__(self, *layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def backward(self, grad):
        for layer in reversed(self.layers):
            grad = layer.backward(grad)
        return grad

    def step(self, lr):
        for layer in self.layers:
            layer.step(lr)


class BCELoss:
    def __init__(self, eps=1e-9):
        self.eps = eps

    def __call__(self, pred, target):
        self.pred, self.target = pred, target
        return -np.mean(target * np.log(pred + self.eps) + (1 - target) * np.log(1 - pred + self.eps))

    def backward(self):
        p, t = self.pred, self.target
        return (p - t) / (p * (1 - p) + self.eps) / t.size


class MSELoss:
    def __call__(self, pred, target):
        self.diff = pred - target
        return (self.diff ** 2).mean()

    def backward(self):
        return 2 * self.diff / self.diff.size
