import numpy as np

def leaky_relu(Z):
    return np.where(Z >= 0, Z, 0.01 * Z)

def leaky_relu_backward(dA, Z):
    return dA * np.where(Z >= 0, 1, 0.01)
