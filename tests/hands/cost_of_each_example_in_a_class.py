import numpy as np


class SoftmaxRegression:
    def __init__(self, rate=0.1, epochs=50):
        self.rate = rate
        self.epochs = epochs

    def _softmax(self, z):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def _cross_entropy(self, output, y_target):
        return -np.sum(np.log(output) * y_target, axis=1)

    def _cost(self, cross_entropy):
        return 0.5 * np.mean(cross_entropy)
