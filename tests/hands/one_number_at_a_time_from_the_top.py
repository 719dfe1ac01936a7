import numpy as np

x, w, wanted, rate = 0.5, 0.3, 1.0, 0.1


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward_propagation(x, w):
    z = w * x
    return sigmoid(z)


def backward_propagation(out, wanted):
    return (out - wanted) * sigmoid(z) * (1 - sigmoid(z)) * x


for _ in range(10):
    z = w * x
    out = forward_propagation(x, w)
    w = w - rate * backward_propagation(out, wanted)
