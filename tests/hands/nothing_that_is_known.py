import numpy as np


def s(z):
    return 1 / (1 + np.exp(-z))


def price(theta, X, y):
    h = s(X @ theta)
    return -np.mean(y * np.log(h) + (1 - y) * np.log(1 - h))
