import numpy as np


class Linear:
    def __init__(self, in_features, out_features, bias=True):
        self.weight = np.random.uniform(-1, 1, (out_features, in_features))
        self.bias = np.random.uniform(-1, 1, (out_features,))
        self.weight_grad = np.zeros_like(self.weight)
        self.bias_grad = np.zeros_like(self.bias)

    def __call__(self, x):
        self.input = x
        return x @ self.weight.T + self.bias

    def backward(self, upstream):
        self.weight_grad += upstream.T @ self.input
        self.bias_grad += upstream.sum(0)
        return upstream @ self.weight

    def zero_grad(self):
        self.weight_grad[:] = 0
        self.bias_grad[:] = 0

    def step(self, lr):
        self.weight -= lr * self.weight_grad
        self.bias -= lr * self.bias_grad


class LogSoftmax:
    def __call__(self, x):
        self.out = x - x.max(1, keepdims=True)
        self.out = self.out - np.log(np.exp(self.out).sum(1, keepdims=True))
        return self.out

    def backward(self, upstream):
        return upstream - np.exp(self.out) * upstream.sum(1, keepdims=True)


class NLLLoss:
    def __call__(self, log_probs, targets):
        self.shape, self.targets = log_probs.shape, targets
        return -log_probs[np.arange(len(targets)), targets].mean()

    def backward(self):
        g = np.zeros(self.shape)
        g[np.arange(len(self.targets)), self.targets] = -1 / len(self.targets)
        return g
