import numpy as np


class Dense:
    def __init__(self, n_in, n_out):
        self.W = (np.random.randn(n_in, n_out) * 0.1).astype(np.float32)
        self.b = np.zeros((1, n_out), dtype=np.float32)

    def forward(self, x):
        self.x = x.astype(np.float32)
        return self.x @ self.W + self.b

    def backward(self, d):
        d = d.astype(np.float32)
        self.dW, self.db = self.x.T @ d, d.sum(0, keepdims=True)
        return d @ self.W.T


class Dropout:
    def __init__(self, p=0.5):
        self.p = p

    def forward(self, x):
        self.mask = (np.random.rand(*x.shape) > self.p) / (1 - self.p)
        return x * self.mask

    def backward(self, d):
        return d * self.mask


class BatchNorm:
    def __init__(self, n, eps=1e-5):
        self.gamma, self.beta, self.eps = np.ones((1, n)), np.zeros((1, n)), eps

    def forward(self, x):
        self.mu, self.var = x.mean(0), x.var(0)
        self.xhat = (x - self.mu) / np.sqrt(self.var + self.eps)
        return self.gamma * self.xhat + self.beta

    def backward(self, d):
        n = len(d)
        self.dgamma, self.dbeta = (d * self.xhat).sum(0), d.sum(0)
        dx = d * self.gamma
        return (n * dx - dx.sum(0) - self.xhat * (dx * self.xhat).sum(0)) / (n * np.sqrt(self.var + self.eps))


class Flatten:
    def forward(self, x):
        self.shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, d):
        return d.reshape(self.shape)


class GELU:
    def forward(self, x):
        self.x = x
        return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x ** 3)))

    def backward(self, d):
        x, c = self.x, np.sqrt(2 / np.pi)
        t = np.tanh(c * (x + 0.044715 * x ** 3))
        return d * (0.5 * (1 + t) + 0.5 * x * (1 - t ** 2) * c * (1 + 3 * 0.044715 * x ** 2))


class Huber:
    def __init__(self, delta=1.0):
        self.delta = delta

    def forward(self, p, y):
        self.r = p - y
        a = np.abs(self.r)
        return np.mean(np.where(a < self.delta, 0.5 * self.r ** 2, self.delta * (a - 0.5 * self.delta)))

    def backward(self):
        return np.clip(self.r, -self.delta, self.delta) / self.r.size


class Adam:
    def __init__(self, layers, lr=1e-3, b1=0.9, b2=0.999):
        self.layers, self.lr, self.b1, self.b2, self.t = layers, lr, b1, b2, 0
        self.m = {}
        self.v = {}

    def step(self):
        self.t += 1
        for i, l in enumerate(self.layers):
            for name in ("W", "b"):
                g = getattr(l, "d" + name)
                m = self.m[i, name] = self.b1 * self.m.get((i, name), 0) + (1 - self.b1) * g
                v = self.v[i, name] = self.b2 * self.v.get((i, name), 0) + (1 - self.b2) * g * g
                setattr(l, name, getattr(l, name) - self.lr * (m / (1 - self.b1 ** self.t)) / (np.sqrt(v / (1 - self.b2 ** self.t)) + 1e-8))
