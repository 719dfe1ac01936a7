import numpy as np


def softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)


def relu(z):
    return np.maximum(0, z)


def relu_derivative(z):
    return (z > 0).astype(float)


def cross_entropy(y_true, y_pred):
    y_pred = np.clip(y_pred, 1e-12, 1 - 1e-12)
    return -np.sum(y_true * np.log(y_pred)) / len(y_true)


class MLP:
    def __init__(self, input_size, hidden_size, output_size):
        self.w1 = np.random.randn(input_size, hidden_size) * 0.01
        self.b1 = np.zeros((1, hidden_size))
        self.w2 = np.random.randn(hidden_size, output_size) * 0.01
        self.b2 = np.zeros((1, output_size))

    def forward(self, x):
        z1 = x @ self.w1 + self.b1
        a1 = relu(z1)
        z2 = a1 @ self.w2 + self.b2
        a2 = softmax(z2)
        return z1, a1, z2, a2

    def train_step(self, x, y, learning_rate):
        m = x.shape[0]
        z1, a1, z2, a2 = self.forward(x)
        dz2 = (a2 - y) / m
        dw2 = a1.T @ dz2
        db2 = dz2.sum(axis=0, keepdims=True)
        dz1 = (dz2 @ self.w2.T) * relu_derivative(z1)
        dw1 = x.T @ dz1
        db1 = dz1.sum(axis=0, keepdims=True)
        self.w2 -= learning_rate * dw2
        self.b2 -= learning_rate * db2
        self.w1 -= learning_rate * dw1
        self.b1 -= learning_rate * db1
        return cross_entropy(y, a2)

    def fit(self, x, y, epochs=100, learning_rate=0.1):
        history = []
        for _ in range(epochs):
            history.append(self.train_step(x, y, learning_rate))
        return history

    def predict(self, x):
        return np.argmax(self.forward(x)[3], axis=1)
