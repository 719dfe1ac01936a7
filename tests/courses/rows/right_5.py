import numpy as np

"""
layers
"""


def affine_forward(x, w, b):
    N = x.shape[0]
    out = np.matmul(x.reshape(N, -1), w)
    out += b
    cache = x, w, b
    return out, cache


def affine_backward(dout, cache):
    x, w, b = cache
    N = x.shape[0]
    dx = np.matmul(dout, w.transpose())
    dw = np.matmul(x.reshape(N, -1).transpose(), dout)
    db = np.sum(dout, axis=0).reshape(b.shape)
    dx = dx.reshape(*x.shape)
    return dx, dw, db


def relu_forward(x):
    out = np.where(x > 0, x, 0)
    cache = x
    return out, cache


def relu_backward(dout, cache):
    dx = dout * np.heaviside(cache, 0)
    return dx


def affine_relu_forward(x, w, b):
    a, fc = affine_forward(x, w, b)
    out, rl = relu_forward(a)
    return out, {"fc": fc, "relu": rl}


def affine_relu_backward(dout, cache):
    da = relu_backward(dout, cache["relu"])
    return affine_backward(da, cache["fc"])


def softmax_loss(x, y):
    N = x.shape[0]
    e = np.exp(x - x.max(axis=1).reshape(N, 1))
    probs = e / e.sum(axis=1).reshape(N, 1)
    loss = np.mean(-np.log(probs[range(N), y] + 1e-10))
    probs[range(N), y] -= 1.0
    probs /= N
    return loss, probs


"""
net
"""


class Net:
    def n_params(self):
        return sum(p.size for p in self.params.values())


class TwoLayerNet(Net):
    def __init__(self, input_dim, hidden_dim, num_classes, weight_scale=1e-2, reg=0.0):
        self.reg = reg
        W1 = np.random.randn(input_dim, hidden_dim)
        W1 *= weight_scale
        W2 = np.random.randn(hidden_dim, num_classes)
        W2 *= weight_scale
        self.params = {"W1": W1, "b1": np.zeros(hidden_dim), "W2": W2, "b2": np.zeros(num_classes)}

    def loss(self, X, y=None):
        scores, caches = self._forward(X)
        if y is None:
            return scores
        loss, dscores = softmax_loss(scores, y)
        # penalty reg * |W|^2 without a half, so the slope has a 2
        for k in ("W1", "W2"):
            loss += self.reg * np.sum(np.square(self.params[k]))
        grads = self._backward(dscores, caches)
        return loss, grads

    def _forward(self, X):
        P = self.params
        h, c1 = affine_relu_forward(X, P["W1"], P["b1"])
        scores, c2 = affine_forward(h, P["W2"], P["b2"])
        return scores, (c1, c2)

    def _backward(self, dscores, caches):
        c1, c2 = caches
        grads = dict()
        dh, grads["W2"], grads["b2"] = affine_backward(dscores, c2)
        dX, grads["W1"], grads["b1"] = affine_relu_backward(dh, c1)
        for k in ("W1", "W2"):
            grads[k] = grads[k] + 2 * self.reg * self.params[k]
        return grads
