import numpy as np


class Perceptron:
    def __init__(self, n_inputs, learning_rate=0.1):
        self.weights = np.zeros(n_inputs)
        self.bias = 0.0
        self.lr = learning_rate

    def activation(self, z):
        return np.where(z >= 0, 1, 0)

    def predict(self, x):
        return self.activation(np.dot(x, self.weights) + self.bias)

    def train(self, X, y, epochs=10):
        for _ in range(epochs):
            for x, target in zip(X, y):
                error = target - self.predict(x)
                self.weights += self.lr * error * x
                self.bias += self.lr * error
