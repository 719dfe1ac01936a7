import numpy as np


class Parameterised:
    pass


class Dense(Parameterised):
    def __init__(self, fan_in, fan_out):
        self.w = np.random.normal(scale=0.1, size=(fan_in, fan_out))
        self.b = np.zeros((1, fan_out))

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, grad):
        n = len(self.x)
        self.grad_w = self.x.T @ grad / n
        self.grad_b = grad.mean(axis=0, keepdims=True)
        return grad @ self.w.T


class Sigmoid:
    def forward(self, x):
        self.s = 1.0 / (1.0 + np.exp(-x))
        return self.s

    def backward(self, grad):
        return grad * self.s * (1.0 - self.s)


class SGD:
    def __init__(self, layers, lr):
        self.layers, self.lr = layers, lr

    def step(self):
        for layer in self.layers:
            if hasattr(layer, "grad_w"):
                layer.w = layer.w - self.lr * layer.grad_w
                layer.b = layer.b - self.lr * layer.grad_b


class BinaryCrossEntropy:
    def forward(self, y_hat, y):
        y_hat = np.clip(y_hat, 1e-10, 1 - 1e-10)
        self.y_hat, self.y = y_hat, y
        return -np.mean(y * np.log(y_hat) + (1 - y) * np.log(1 - y_hat))

    def backward(self):
        return (self.y_hat - self.y) / (self.y_hat * (1 - self.y_hat))


class Network:
    def __init__(self):
        self.layers = [Dense(2, 4), Sigmoid(), Dense(4, 1), Sigmoid()]
        self.loss = BinaryCrossEntropy()
        self.optimizer = SGD(self.layers, 0.5)

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, x, y):
        self.loss.forward(self.forward(x), y)
        grad = self.loss.backward()
        for layer in self.layers[::-1]:
            grad = layer.backward(grad)

    def fit(self, x, y, epochs):
        for _ in range(epochs):
            self.backward(x, y)
            self.optimizer.step()
