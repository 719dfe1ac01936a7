import numpy as np


def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)


def relu_forward(x):
    mask = x <= 0
    out = np.where(mask, 0, x)
    return out, mask


def relu_backward(dout, mask):
    dx = dout.copy()
    dx[mask] = 0
    return dx


def softmax_loss(x, y):
    """y: 1 in the column of the class, 0 in the others."""
    p = np.exp(x - x.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    return -np.sum(y * np.log(p + 1e-12)) / len(x), (p - y) / len(x)
