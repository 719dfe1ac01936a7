import numpy as np

class MLPClassifier:
    def __init__(self, hidden_layer_sizes=(16,), lr=0.01):
        self.hidden_layer_sizes, self.lr = hidden_layer_sizes, lr

    @staticmethod
    def _softmax(z):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def _forward(self, X):                       # examples are rows
        for W, b in zip(self.coefs_, self.intercepts_):
            X = self._softmax(X @ W + b)
        return X
