import numpy as np

class Dense:
    def __init__(self, n_in, n_out, l1=0.01, l2=0.02):
        self.W = 0.1 * np.random.randn(n_in, n_out)
        self.b = np.zeros((1, n_out))
        self.l1, self.l2 = l1, l2

    def forward(self, X):
        self.X = X
        return X @ self.W + self.b

    def backward(self, dout):
        self.dW = self.X.T @ dout
        self.db = dout.sum(axis=0, keepdims=True)
        if self.l1 > 0:
            self.dW += self.l1 * np.sign(self.W)
        if self.l2 > 0:
            self.dW += 2 * self.l2 * self.W
        return dout @ self.W.T
