import numpy as np


# base class
class Layer:
    def __init__(self):
        self.input = None
        self.output = None

    def forward(self, input):
        raise NotImplementedError

    def backward(self, grad_out, lr):
        raise NotImplementedError


class Dense(Layer):
    def __init__(self, n_in, n_out):
        self.W = np.random.rand(n_in, n_out) - 0.5
        self.b = np.random.rand(1, n_out) - 0.5

    def forward(self, input):
        self.input = input
        self.output = np.dot(input, self.W) + self.b
        return self.output

    def backward(self, grad_out, lr):
        # dX has to be made with the old weights
        dX = np.dot(grad_out, self.W.T)
        dW = np.dot(self.input.T, grad_out)
        db = np.sum(grad_out, axis=0, keepdims=True)
        self.W -= lr * dW
        self.b -= lr * db
        return dX


class Activation(Layer):
    def __init__(self, f, f_prime):
        self.f = f
        self.f_prime = f_prime

    def forward(self, input):
        self.input = input
        return self.f(input)

    def backward(self, grad_out, lr):
        # nothing to learn here, lr is not used
        return self.f_prime(self.input) * grad_out


def tanh_prime(x):
    return 1 - np.tanh(x) ** 2


def logistic(x):
    return 1 / (1 + np.exp(-x))


def logistic_prime(x):
    s = logistic(x)
    return s * (1 - s)


class Tanh(Activation):
    def __init__(self):
        super().__init__(np.tanh, tanh_prime)


class Sigmoid(Activation):
    def __init__(self):
        super().__init__(logistic, logistic_prime)


def mse(y_true, y_pred):
    return ((y_pred - y_true) ** 2).mean()


def mse_prime(y_true, y_pred):
    return (y_pred - y_true) * (2 / y_true.size)


class Network:
    def __init__(self):
        self.layers = []

    def add(self, layer):
        self.layers.append(layer)

    def predict(self, x):
        output = x
        for layer in self.layers:
            output = layer.forward(output)
        return output

    def fit(self, x_train, y_train, epochs, lr):
        for e in range(epochs):
            error = 0
            for x, y in zip(x_train, y_train):
                x, y = x.reshape(1, -1), y.reshape(1, -1)
                output = self.predict(x)
                error += mse(y, output)
                grad = mse_prime(y, output)
                for layer in reversed(self.layers):
                    grad = layer.backward(grad, lr)
            error /= len(x_train)
        return error
