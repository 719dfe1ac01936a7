import numpy as np


class Network:
    def __init__(self, sizes, lr=0.01, momentum=0.9, weight_decay=1e-4):
        self.lr, self.momentum, self.weight_decay = lr, momentum, weight_decay
        self.W = [np.random.randn(m, n) * np.sqrt(2.0 / m) for m, n in zip(sizes[:-1], sizes[1:])]
        self.b = [np.zeros((1, n)) for n in sizes[1:]]
        self.vW = [np.zeros_like(w) for w in self.W]
        self.vb = [np.zeros_like(b) for b in self.b]

    @staticmethod
    def relu(z):
        return np.maximum(0, z)

    @staticmethod
    def softmax(z):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def forward(self, X):
        self.zs, self.As = [], [X]
        for i, (w, b) in enumerate(zip(self.W, self.b)):
            z = self.As[-1] @ w + b
            self.zs.append(z)
            self.As.append(self.softmax(z) if i == len(self.W) - 1 else self.relu(z))
        return self.As[-1]

    def loss(self, y_pred, y_true):
        return -np.mean(np.sum(y_true * np.log(y_pred + 1e-12), axis=1))

    def backward(self, y_true):
        n = y_true.shape[0]
        delta = (self.As[-1] - y_true) / n
        for i in range(len(self.W) - 1, -1, -1):
            gW = self.As[i].T @ delta + self.weight_decay * self.W[i]
            gb = delta.sum(axis=0, keepdims=True)
            if i:
                delta = (delta @ self.W[i].T) * (self.zs[i - 1] > 0)
            self.vW[i] = self.momentum * self.vW[i] - self.lr * gW
            self.vb[i] = self.momentum * self.vb[i] - self.lr * gb
        for i in range(len(self.W)):
            self.W[i] += self.vW[i]
            self.b[i] += self.vb[i]

    def fit(self, X, y, epochs=10, batch_size=32):
        for _ in range(epochs):
            idx = np.random.permutation(len(X))
            for start in range(0, len(X), batch_size):
                batch = idx[start:start + batch_size]
                self.forward(X[batch])
                self.backward(y[batch])
