import numpy as np


class Parameter:
    def __init__(self, data):
        self.data, self.grad = data, np.zeros_like(data)


class Module:
    def parameters(self):
        for value in self.__dict__.values():
            if isinstance(value, Parameter):
                yield value


class Linear(Module):
    def __init__(self, n_in, n_out):
        self.weight, self.bias = Parameter(np.random.randn(n_out, n_in)), Parameter(np.zeros(n_out))

    def forward(self, x):
        self.x = x
        return x @ self.weight.data.T + self.bias.data

    def backward(self, grad):
        self.weight.grad += grad.T @ self.x
        self.bias.grad += grad.sum(axis=0)
        return grad @ self.weight.data


class RMSprop:
    def __init__(self, params, lr=0.01):
        self.params, self.lr = list(params), lr
        self.v = [np.zeros_like(p.data) for p in self.params]

    def step(self):
        for k, p in enumerate(self.params):
            self.v[k] = 0.9 * self.v[k] + 0.1 * p.grad**2
            p.data -= self.lr * p.grad / (np.sqrt(self.v[k]) + 1e-8)
