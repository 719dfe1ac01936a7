"""linear regression by functions, then a tiny two layer net: list params, rows, mse"""
import numpy as np

def relu(x):
    return np.maximum(x, 0)

def forward(x, W1, b1, W2, b2):
    h = relu(x @ W1 + b1)
    return h @ W2 + b2, h

def mse(pred, target):
    return ((pred - target) ** 2).mean()

def backward(x, target, pred, h, W2):
    d = 2 * (pred - target) / target.size
    dh = d @ W2.T * (h > 0)
    return x.T @ dh, dh.sum(0), h.T @ d, d.sum(0)
