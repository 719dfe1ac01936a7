import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


class NeuralNetwork(object):
    """Sigmoid everywhere, quadratic cost.  X is (features, examples)."""

    def __init__(self, sizes, learning_rate=0.5):
        self.sizes = sizes
        self.num_layers = len(sizes)
        self.learning_rate = learning_rate
        self.weights = [np.random.randn(n, k) for k, n in zip(sizes[:-1], sizes[1:])]
        self.biases = [np.random.randn(n, 1) for n in sizes[1:]]

    def forward(self, X):
        self.activations = [X]
        self.zs = []
        a = X
        for W, b in zip(self.weights, self.biases):
            z = np.dot(W, a) + b
            a = sigmoid(z)
            self.zs.append(z)
            self.activations.append(a)
        return a

    def cost(self, X, Y):
        a = self.forward(X)
        return 0.5 * np.sum((a - Y) ** 2) / X.shape[1]

    def backward(self, Y):
        """After forward.  Gives lists of gradients, first layer first."""
        m = Y.shape[1]
        error = self.activations[-1] - Y
        grad_w, grad_b = [], []
        for i in range(self.num_layers - 2, -1, -1):
            delta = error * sigmoid_prime(self.zs[i])
            grad_w.append(np.dot(delta, self.activations[i].T) / m)
            grad_b.append(np.sum(delta, axis=1, keepdims=True) / m)
            error = np.dot(self.weights[i].T, delta)
        return grad_w[::-1], grad_b[::-1]

    def step(self, grad_w, grad_b):
        self.weights = [W - self.learning_rate * dW for W, dW in zip(self.weights, grad_w)]
        self.biases = [b - self.learning_rate * db for b, db in zip(self.biases, grad_b)]

    def train(self, X, Y, epochs):
        for epoch in range(epochs):
            self.forward(X)
            grad_w, grad_b = self.backward(Y)
            self.step(grad_w, grad_b)

    def predict(self, X):
        return (self.forward(X) > 0.5).astype(int)


if __name__ == "__main__":
    np.random.seed(5)
    X = np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
    Y = np.array([[0, 1, 1, 0]])
    net = NeuralNetwork([2, 4, 1], 3.0)
    net.train(X, Y, 2000)
    print(net.predict(X), net.cost(X, Y))
