import math

import numpy as np
from numpy import ndarray


# First version, with loops where I was not sure about the axes.

def affine_forward(x: ndarray, w: ndarray, b: ndarray):
    N = x.shape[0]
    D, M = w.shape
    flat = np.reshape(x, (N, D))
    out = np.zeros((N, M))
    for i in range(N):
        out[i] = np.dot(flat[i], w) + b
    return out, (x, w, b)


def affine_backward(dout: ndarray, cache: tuple):
    x, w, b = cache
    flat = x.reshape(len(x), w.shape[0])
    dw = np.zeros_like(w, dtype=float)
    db = np.zeros(b.shape)
    for i in range(len(x)):
        dw += np.outer(flat[i], dout[i])
        db += dout[i]
    dx = np.dot(dout, w.T)
    return dx.reshape(x.shape), dw, db


def relu_forward(x: ndarray):
    mask = x > 0
    return x * mask, mask      # the mask is all we need later


def relu_backward(dout: ndarray, cache: ndarray):
    return np.where(cache, dout, 0.0)


def softmax(scores: ndarray) -> ndarray:
    e = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_loss(x: ndarray, y: ndarray):
    N, C = x.shape
    loss = 0.0
    dx = np.zeros((N, C))
    for i in range(N):
        p = softmax(x[i])
        loss += -math.log(p[y[i]] + 1e-12)
        for c in range(C):
            dx[i, c] = p[c] - (1 if c == y[i] else 0)
    loss /= N
    dx /= N
    return loss, dx


class TwoLayerNet:
    def __init__(self, input_dim: int, hidden_dim: int, num_classes: int,
                 weight_scale: float = 1e-3, reg: float = 0.0):
        self.reg = reg
        self.params = {}
        sizes = [input_dim, hidden_dim, num_classes]
        for i in (1, 2):
            self.params[f"W{i}"] = np.random.normal(0.0, weight_scale, (sizes[i - 1], sizes[i]))
            self.params[f"b{i}"] = np.zeros(sizes[i])

    def loss(self, X: ndarray, y: ndarray = None):
        caches = {}
        a1, caches["fc1"] = affine_forward(X, self.params["W1"], self.params["b1"])
        h1, caches["relu"] = relu_forward(a1)
        scores, caches["fc2"] = affine_forward(h1, self.params["W2"], self.params["b2"])
        if y is None:
            return scores

        loss, dscores = softmax_loss(scores, y)
        dh1, dW2, db2 = affine_backward(dscores, caches["fc2"])
        da1 = relu_backward(dh1, caches["relu"])
        dx, dW1, db1 = affine_backward(da1, caches["fc1"])
        if self.reg:
            for W, dW in ((self.params["W1"], dW1), (self.params["W2"], dW2)):
                loss += 0.5 * self.reg * np.sum(W ** 2)
                dW += self.reg * W
        return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
