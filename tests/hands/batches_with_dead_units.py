import numpy as np

class MomentumMLP:
    """forward is called inside the loss; lr decays; returns best weights"""
    def __init__(self, layers=(2, 3, 1), lr=0.1, lr_decay=0.99, beta=0.0, n_epochs=10, bs=16, patience=3):
        self.n = len(layers) - 1
        self.p = {}
        for i in range(self.n):
            self.p["w%d" % i] = np.random.randn(layers[i + 1], layers[i]) * np.sqrt(1 / layers[i])
            self.p["b%d" % i] = np.zeros((layers[i + 1], 1))
        self.m = {k: 0 * v for k, v in self.p.items()}
        self.lr, self.lr_decay, self.beta = lr, lr_decay, beta
        self.n_epochs, self.bs, self.patience = n_epochs, bs, patience

    def _act(self, z, i):
        return 1 / (1 + np.exp(-z)) if i == self.n - 1 else np.maximum(0.0 * z, z)

    def forward(self, x):
        self.c = {"a0": x}
        for i in range(self.n):
            z = self.p["w%d" % i] @ self.c["a%d" % i] + self.p["b%d" % i]
            self.c["z%d" % (i + 1)] = z
            self.c["a%d" % (i + 1)] = self._act(z, i)
        return self.c["a%d" % self.n]

    def loss(self, x, y):
        p = self.forward(x)
        return -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)) / x.shape[1]

    def grad(self, x, y):
        loss = self.loss(x, y)
        g = {}
        d = (self.c["a%d" % self.n] - y) / x.shape[1]
        for i in range(self.n - 1, -1, -1):
            g["w%d" % i] = d @ self.c["a%d" % i].T
            g["b%d" % i] = d.sum(axis=1, keepdims=True)
            if i > 0:
                d = self.p["w%d" % i].T @ d
                d *= np.where(self.c["z%d" % i] > 0, 1.0, 0.0)
        return loss, g

    def fit(self, x, y):
        best, wait, hist, lr = np.inf, 0, [], self.lr
        for e in range(self.n_epochs):
            order = np.random.permutation(x.shape[1])
            for s in range(0, x.shape[1], self.bs):
                j = order[s:s + self.bs]
                _, g = self.grad(x[:, j], y[:, j])
                for k in self.p:
                    self.m[k] = self.beta * self.m[k] + (1 - self.beta) * g[k]
                    self.p[k] = self.p[k] - lr * self.m[k]
            lr *= self.lr_decay
            hist.append(self.loss(x, y))
            if hist[-1] < best:
                best, wait = hist[-1], 0
            else:
                wait += 1
                if wait > self.patience:
                    break
        return hist
