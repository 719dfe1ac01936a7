import numpy as np


class LinearRegression:
    def __init__(self, n_features, learning_rate=0.01):
        self.theta = np.zeros(n_features)
        self.intercept = 0.0
        self.learning_rate = learning_rate

    def predict(self, X):
        return X @ self.theta + self.intercept

    def cost(self, X, y):
        return np.sum((self.predict(X) - y) ** 2) / (2 * len(y))

    def fit(self, X, y, n_iterations=100):
        for _ in range(n_iterations):
            error = self.predict(X) - y
            self.theta -= self.learning_rate * X.T @ error / len(y)
            self.intercept -= self.learning_rate * error.mean()
