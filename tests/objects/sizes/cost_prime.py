import numpy as np


class Network:
    def __init__(self):
        self.W1, self.W2 = np.random.randn(2, 3), np.random.randn(3, 1)

    def forward(self, X):
        self.a2 = self.sigmoid(X @ self.W1)
        return self.sigmoid(self.a2 @ self.W2)

    def sigmoid(self, z):
        return 1 / (1 + np.exp(-z))

    def costFunction(self, X, y):
        return 0.5 * np.sum((y - self.forward(X)) ** 2)

    def costFunctionPrime(self, X, y):
        y_hat = self.forward(X)
        delta3 = -(y - y_hat) * y_hat * (1 - y_hat)
        delta2 = delta3 @ self.W2.T * self.a2 * (1 - self.a2)
        return X.T @ delta2, self.a2.T @ delta3

    def computeGradients(self, X, y):
        dW1, dW2 = self.costFunctionPrime(X, y)
        return np.concatenate((dW1.ravel(), dW2.ravel()))
