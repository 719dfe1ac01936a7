import numpy as np


class Sigmoid:
    def forward(self, z):
        self.g = 1 / (1 + np.exp(-z))
        return self.g

    def backward(self):
        return self.g * (1 - self.g)


class Relu:
    def forward(self, z):
        self.z = z
        return np.maximum(0, z)

    def backward(self):
        return (self.z > 0).astype(float)


class Softmax:
    def forward(self, z):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        self.g = e / e.sum(axis=1, keepdims=True)
        return self.g

    def backward(self):
        return self.g * (1 - self.g)


class Dense:
    def __init__(self, n_in, n_out):
        self.w = np.random.randn(n_in, n_out)
        self.b = np.zeros((1, n_out))
        self.act = Sigmoid()

    def forward(self, x):
        self.x = x
        return self.act.forward(x @ self.w + self.b)

    def backward(self, grad):
        dz = grad * self.act.backward()
        self.dw = self.x.T @ dz
        self.db = dz.sum(axis=0, keepdims=True)
        return dz @ self.w.T
