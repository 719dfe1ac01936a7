import numpy as np
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
def sigmoid_prime(z):
    return np.exp(-z) / ((1 + np.exp(-z)) ** 2)
def relu(z):
    return np.maximum(0, z)
def relu_derivative(z):
    return np.where(z >= 0, 1, 0)
