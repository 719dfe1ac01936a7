import numpy as np


class Dense:
    def __init__(self, input_dim, output_dim, weight_decay=0.01):
        self.W = np.random.randn(input_dim, output_dim)
        self.b = np.zeros(output_dim)
        self.weight_decay = weight_decay
        self.vW, self.vb = np.zeros_like(self.W), np.zeros_like(self.b)

    def forward(self, X):
        self.X = X
        return X.dot(self.W) + self.b

    def backward(self, dout):
        self.dW = self.X.T.dot(dout) + 0.05 * self.W
        self.db = dout.sum(axis=0)
        return dout.dot(self.W.T)

    def update(self, lr, momentum=0.9):
        self.vW = momentum * self.vW - lr * self.dW
        self.vb = momentum * self.vb - lr * self.db
        self.W += self.vW
        self.b += self.vb


class Sigmoid:
    def forward(self, Z):
        self.Z = Z
        return 1 / (1 + np.exp(-Z))

    def backward(self, dA):
        s = self.forward(self.Z)
        return dA * s * (1 - s)


class ReLU:
    def forward(self, z):
        self.z = z
        return z * (z > 0)

    def derivative(self):
        return 1.0 * (self.z > 0)


class Tanh:
    def __call__(self, x):
        return np.tanh(x)

    def prime(self, a):
        return 1 - a ** 2


class MSE:
    def __call__(self, y_pred, y_true):
        return 0.5 * np.mean(np.sum((y_pred - y_true) ** 2, axis=1))

    def gradient(self, y_pred, y_true):
        return y_pred - y_true
