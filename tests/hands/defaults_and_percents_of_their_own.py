import numpy as np


def leaky_relu(x, alpha=0.2):
    return np.where(x > 0, x, alpha * x)


def leaky_relu_backward(dA, Z, alpha=0.2):
    return dA * np.where(Z > 0, 1, alpha)


def elu(z, alpha=0.5):
    return np.where(z > 0, z, alpha * (np.exp(z) - 1))


def accuracy(y_hat, y):
    return 100 * np.mean((y_hat > 0.5) == y)
