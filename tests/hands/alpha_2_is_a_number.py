import numpy as np


def leaky_relu_deriv(z):
    return np.where(z > 0, 1, .01)


def leaky_relu(z):
    return np.where(z > 0, z, .01 * z)


def softmax(z):
    e = np.exp(z - z.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)


def forward(x, w1, b1, w2, b2):
    z1 = np.dot(w1, x) + b1
    a1 = leaky_relu(z1)
    z2 = np.dot(w2, a1) + b2
    a2 = softmax(z2)
    return z1, a1, z2, a2


def backward(x, y, w2, w1, a2, a1, z1, lambd, alpha_2):
    n = y.shape[1]
    dz2 = a2 - y
    dw2 = np.dot(dz2, a1.T) / n
    db2 = dz2.sum(axis=1, keepdims=True) / n
    dz1 = np.dot(w2.T, dz2) * leaky_relu_deriv(z1)
    dw1 = (np.dot(dz1, x.T) + lambd * (alpha_2 * np.sign(w1) + 2 * (1 - alpha_2) * w1)) / n
    db1 = dz1.sum(axis=1, keepdims=True) / n
    return dw1, db1, dw2, db2
