import numpy as np


def sigmoid_prime(z):
    return z * (1 - z)


def forward(X, W1, b1, W2, b2):
    z1 = 1 / (1 + np.exp(-(X.dot(W1) + b1)))
    z2 = 1 / (1 + np.exp(-(z1.dot(W2) + b2)))
    return z1, z2


def backward(X, y, z1, z2, W2):
    d2 = (z2 - y) * sigmoid_prime(z2)
    d1 = d2.dot(W2.T) * sigmoid_prime(z1)
    return X.T.dot(d1), d1.sum(axis=0), z1.T.dot(d2), d2.sum(axis=0)
