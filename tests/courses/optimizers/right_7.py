"""Optimizers that remember in themselves."""
import numpy as np


class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.t = 0
        self.m, self.v = {}, {}

    def step(self, params, grads):
        self.t += 1
        for name in params:
            self.m[name] = self.beta1 * self.m.get(name, 0) + (1 - self.beta1) * grads[name]
            self.v[name] = self.beta2 * self.v.get(name, 0) + (1 - self.beta2) * grads[name] ** 2
            m_hat = self.m[name] / (1 - self.beta1**self.t)
            v_hat = self.v[name] / (1 - self.beta2**self.t)
            params[name] -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


class Momentum:
    def __init__(self, lr=0.01, momentum=0.9):
        self.lr, self.momentum, self.velocity = lr, momentum, None

    def update(self, params, grads):
        if self.velocity is None:
            self.velocity = {name: np.zeros_like(value) for name, value in params.items()}
        for name in params:
            velocity = self.momentum * self.velocity[name] - self.lr * grads[name]
            params[name] += velocity
            self.velocity[name] = velocity


class RMSprop:
    def __init__(self, params, lr=0.01, rho=0.9):
        self.params, self.lr, self.rho = params, lr, rho
        self.squares = [np.zeros_like(value) for value in params]

    def step(self, grads):
        for i, grad in enumerate(grads):
            self.squares[i] = self.rho * self.squares[i] + (1 - self.rho) * grad**2
            self.params[i] -= self.lr * grad / (np.sqrt(self.squares[i]) + 1e-8)
