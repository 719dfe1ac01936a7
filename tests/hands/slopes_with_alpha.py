import numpy as np


def leaky_relu(x, alpha=0.01):
    return np.where(x > 0, x, alpha * x)


def leaky_relu_derivative(x, alpha=0.01):
    return np.where(x > 0, 1, alpha)


def elu(x, alpha=1.0):
    return np.where(x > 0, x, alpha * (np.exp(x) - 1))


def elu_grad(x, alpha=1.0):
    return np.where(x > 0, 1, alpha * np.exp(x))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_prime(x, scale=1.0):
    return scale * sigmoid(x) * (1 - sigmoid(x))


class Leaky:
    def forward(self, x):
        self.x = x
        return leaky_relu(x)

    def backward(self, d):
        return leaky_relu_derivative(self.x) * d
