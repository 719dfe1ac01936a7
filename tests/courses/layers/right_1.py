import numpy as np


class Dense:
    """Examples in columns: x is (n_in, m)."""

    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_out, n_in) * np.sqrt(1 / n_in)
        self.b = np.zeros((n_out, 1))
        self.dW = None
        self.db = None

    def forward(self, x):
        self.x = x
        return np.dot(self.W, x) + self.b

    def backward(self, grad):
        m = self.x.shape[1]
        self.dW = np.dot(grad, self.x.T) / m
        self.db = np.sum(grad, axis=1, keepdims=True) / m
        return np.dot(self.W.T, grad)

    def update(self, lr):
        self.W -= lr * self.dW
        self.b -= lr * self.db


class ReLU:
    def forward(self, x):
        self.x = x
        return np.maximum(0, x)

    def backward(self, grad):
        return grad * (self.x > 0)


class Sigmoid:
    def forward(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, grad):
        return grad * self.out * (1 - self.out)


class BCELoss:
    """Mean over the examples; the 1/m of the gradient is in Dense.backward."""

    def forward(self, p, y):
        self.p, self.y = p, y
        m = y.shape[1]
        return -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)) / m

    def backward(self):
        return -(self.y / self.p) + (1 - self.y) / (1 - self.p)


class Network:
    def __init__(self, layers):
        self.layers = layers
        self.loss = BCELoss()

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad):
        for layer in reversed(self.layers):
            grad = layer.backward(grad)
        return grad

    def update(self, lr):
        for layer in self.layers:
            if hasattr(layer, 'update'):
                layer.update(lr)

    def fit(self, X, Y, epochs=1000, lr=0.1):
        losses = []
        for epoch in range(epochs):
            out = self.forward(X)
            losses.append(self.loss.forward(out, Y))
            self.backward(self.loss.backward())
            self.update(lr)
        return losses


if __name__ == '__main__':
    np.random.seed(1)
    X = np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
    Y = np.array([[0, 1, 1, 0]])
    net = Network([Dense(2, 8), ReLU(), Dense(8, 1), Sigmoid()])
    print(net.fit(X, Y, 2000, 0.5)[-1])
    print(net.forward(X).round(2))
