import numpy as np

class DigitNet:
    def __init__(self, n_x, n_y):
        self.W = np.random.rand(n_y, n_x) - 0.5

    def forward_prop(self, X):
        Z = self.W.dot(X)
        return np.exp(Z) / sum(np.exp(Z))

    def get_predictions(self, A):
        return np.argmax(A, 0)

    def get_accuracy(self, predictions, Y):
        return np.sum(predictions == Y) / Y.size
