import numpy as np

ACTIVATIONS = {
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
    "relu": (lambda z: np.where(z > 0, z, 0.0), lambda z: np.where(z > 0, 1.0, 0.0)),
    "linear": (lambda z: z, lambda z: np.ones_like(z)),
}


class FullyConnected:
    """Columns; the mean over the examples is taken here."""

    def __init__(self, n_inputs, n_units, activation="relu"):
        self.W = np.random.randn(n_units, n_inputs) * 0.1
        self.b = np.zeros((n_units, 1))
        self.f, self.df = ACTIVATIONS[activation]

    def forward(self, A_prev):
        self.A_prev = A_prev
        self.Z = self.W @ A_prev + self.b
        return self.f(self.Z)

    def backward(self, dA):
        m = self.A_prev.shape[1]
        dZ = dA * self.df(self.Z)
        self.dW = dZ @ self.A_prev.T / m
        self.db = dZ.sum(axis=1, keepdims=True) / m
        return self.W.T @ dZ

    def update(self, learning_rate):
        self.W = self.W - learning_rate * self.dW
        self.b = self.b - learning_rate * self.db


class CrossEntropy:
    def loss(self, Y_hat, Y):
        return float(-np.sum(Y * np.log(Y_hat) + (1 - Y) * np.log(1 - Y_hat)) / Y.shape[1])

    def gradient(self, Y_hat, Y):
        return -(Y / Y_hat - (1 - Y) / (1 - Y_hat))


class Model:
    def __init__(self, layers, loss=None):
        self.layers = layers
        self.loss = loss or CrossEntropy()

    def forward(self, X):
        for layer in self.layers:
            X = layer.forward(X)
        return X

    def train(self, X, Y, epochs=100, learning_rate=0.1):
        costs = []
        for _ in range(epochs):
            Y_hat = self.forward(X)
            costs.append(self.loss.loss(Y_hat, Y))
            dA = self.loss.gradient(Y_hat, Y)
            for layer in reversed(self.layers):
                dA = layer.backward(dA)
            for layer in self.layers:
                layer.update(learning_rate)
        return costs
