import numpy as np


def leaky_relu(x):
    return np.where(x > 0, x, 0.2 * x)


def leaky_relu_backward(dA, Z):
    return dA * np.where(Z > 0, 1, 0.3)


def elu(z):
    return np.where(z > 0, z, 0.5 * (np.exp(z) - 1))


def elu_backward(dA, Z):
    return dA * np.where(Z > 0, 1, 0.5 * np.exp(Z))
