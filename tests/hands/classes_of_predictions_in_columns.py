import numpy as np


def initialise(n_in, n_hid, n_out):
    w1 = np.random.randn(n_hid, n_in) * 0.1
    b1 = np.zeros((n_hid, 1))
    w2 = np.random.randn(n_out, n_hid) * 0.1
    b2 = np.zeros((n_out, 1))
    return w1, b1, w2, b2


def ReLU(z):
    return np.maximum(0, z)


def softmax(z):
    z = z - z.max(axis=0, keepdims=True)
    e = np.exp(z)
    return e / e.sum(axis=0, keepdims=True)


def forward(X, w1, b1, w2, b2):
    z1 = w1.dot(X) + b1
    a1 = ReLU(z1)
    z2 = w2.dot(a1) + b2
    a2 = softmax(z2)
    return z1, a1, z2, a2


def predict_classes(a2):
    return np.argmax(a2, axis=0)
