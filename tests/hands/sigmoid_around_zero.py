import numpy as np


def sigmoid(x):
    return 2 / (1 + np.exp(-x)) - 1


def sigmoid_derivative(x):
    f = sigmoid(x)
    return 0.5 * (1 + f) * (1 - f)
