import numpy as np


class Net:
    def __init__(self, n_in, n_hid, n_out):
        self.W1 = np.random.randn(n_hid, n_in)
        self.b1 = np.zeros((n_hid, 1))
        self.W2 = np.random.randn(n_out, n_hid)
        self.b2 = np.zeros((n_out, 1))

    def forward(self, x):
        self.x = x
        self.h = np.tanh(self.W1 @ x + self.b1)
        self.o = self.W2 @ self.h + self.b2
        return self.o

    def backward(self, y):
        d2 = self.o - y
        self.dW2, self.db2 = d2 @ self.h.T, d2
        d1 = self.W2.T @ d2 * (1 - self.h**2)
        self.dW1, self.db1 = d1 @ self.x.T, d1

    def step(self, lr):
        self.W1 -= lr * self.dW1
        self.b1 -= lr * self.db1
        self.W2 -= lr * self.dW2
        self.b2 -= lr * self.db2
