import numpy as np


class Sigmoid:
    def forward(self, z):
        self.g = 1 / (1 + np.exp(-z))
        return self.g

    def backward(self):
        return self.g * (1 + self.g)


class Relu:
    def forward(self, z):
        self.z = z
        return np.maximum(0, z)

    def backward(self):
        return (self.z < 0).astype(float)


class Softmax:
    def forward(self, z):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        self.g = e / e.sum(axis=1, keepdims=True)
        return self.g

    def backward(self):
        return self.g * (1 + self.g)


