import numpy as np


def softmax(z):
    z = z - np.max(z, axis=1, keepdims=True)
    e = np.exp(z)
    return e / np.sum(e, axis=1, keepdims=True)


class NeuralNetwork:
    """
    ReLU in the hidden layers, softmax at the end, cross-entropy.

    sizes   e.g. [4, 10, 3]
    X       (n, sizes[0])
    Y       (n, sizes[-1]), one-hot
    """

    def __init__(self, sizes, alpha=0.05, seed=0):
        rs = np.random.RandomState(seed)
        self.alpha = alpha
        self.L = len(sizes) - 1
        self.params = {}
        for i in range(1, self.L + 1):
            self.params['W' + str(i)] = rs.randn(sizes[i - 1], sizes[i]) * np.sqrt(2 / sizes[i - 1])
            self.params['b' + str(i)] = np.zeros(sizes[i])

    def forward(self, X):
        self.cache = {'A0': X}
        A = X
        for i in range(1, self.L + 1):
            Z = A.dot(self.params['W' + str(i)]) + self.params['b' + str(i)]
            A = softmax(Z) if i == self.L else np.maximum(Z, 0)
            self.cache['Z' + str(i)] = Z
            self.cache['A' + str(i)] = A
        return A

    def compute_loss(self, Y_hat, Y):
        return -np.mean(np.sum(Y * np.log(Y_hat + 1e-12), axis=1))

    def backward(self, Y):
        n = Y.shape[0]
        grads = {}
        dZ = (self.cache['A' + str(self.L)] - Y) / n
        for i in range(self.L, 0, -1):
            grads['W' + str(i)] = self.cache['A' + str(i - 1)].T.dot(dZ)
            grads['b' + str(i)] = dZ.sum(axis=0)
            if i > 1:
                dA = dZ.dot(self.params['W' + str(i)].T)
                dZ = dA * (self.cache['Z' + str(i - 1)] > 0)
        return grads

    def step(self, grads):
        for key, g in grads.items():
            self.params[key] -= self.alpha * g

    def fit(self, X, Y, epochs=100, batch=16):
        n = len(X)
        losses = []
        for _ in range(epochs):
            order = np.random.permutation(n)
            X, Y = X[order], Y[order]
            for s in range(0, n, batch):
                xb, yb = X[s:s + batch], Y[s:s + batch]
                self.forward(xb)
                self.step(self.backward(yb))
            losses.append(self.compute_loss(self.forward(X), Y))
        return losses

    def predict(self, X):
        return self.forward(X).argmax(axis=1)
