import numpy as np


class CrossEntropy:
    def forward(self, y_hat, y):
        e = np.exp(y_hat - y_hat.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        return -np.sum(y * np.log(p)) / len(y)

    def backward(self, y_hat, y):
        return (y_hat - y) / len(y)
