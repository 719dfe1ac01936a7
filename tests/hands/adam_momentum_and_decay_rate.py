import numpy as np


class Adam:
    def __init__(self, lr=0.01, decay_rate=0.999, momentum=0.9):
        self.lr = lr
        self.momentum = momentum
        self.decay_rate = decay_rate
        self.steps = 0
        self.mean, self.square = {}, {}

    def update(self, params, grads):
        self.steps += 1
        for key in params:
            mean, square = self.mean.get(key, 0.0), self.square.get(key, 0.0)
            self.mean[key] = self.momentum * mean + (1 - self.momentum) * grads[key]
            self.square[key] = self.decay_rate * square + (1 - self.decay_rate) * grads[key] ** 2
            m_hat = self.mean[key] / (1 - self.momentum**self.steps)
            v_hat = self.square[key] / (1 - self.decay_rate**self.steps)
            params[key] -= self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)


class AdamOfGreekLetters:
    def __init__(self, lr=0.01, gamma=0.9, rho=0.999):
        self.lr, self.gamma, self.rho = lr, gamma, rho
        self.steps = 0
        self.mean, self.square = {}, {}

    def update(self, params, grads):
        self.steps += 1
        for key in params:
            self.mean[key] = self.gamma * self.mean.get(key, 0.0) + (1 - self.gamma) * grads[key]
            self.square[key] = self.rho * self.square.get(key, 0.0) + (1 - self.rho) * grads[key] ** 2
            m_hat = self.mean[key] / (1 - self.gamma**self.steps)
            v_hat = self.square[key] / (1 - self.rho**self.steps)
            params[key] -= self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)


class AdamOfDecays:
    def __init__(self, lr=0.01, momentum=0.9, decay=0.999):
        self.lr, self.momentum, self.decay = lr, momentum, decay
        self.steps = 0
        self.mean, self.square = {}, {}

    def update(self, params, grads):
        self.steps += 1
        for key in params:
            self.mean[key] = self.momentum * self.mean.get(key, 0.0) + (1 - self.momentum) * grads[key]
            self.square[key] = self.decay * self.square.get(key, 0.0) + (1 - self.decay) * grads[key] ** 2
            m_hat = self.mean[key] / (1 - self.momentum**self.steps)
            v_hat = self.square[key] / (1 - self.decay**self.steps)
            params[key] -= self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)


class AdamOfRmsDecay:
    def __init__(self, lr=0.01, rms_decay=0.999, velocity_decay=0.9):
        self.lr, self.momentum, self.decay = lr, velocity_decay, rms_decay
        self.steps = 0
        self.mean, self.square = {}, {}

    def update(self, params, grads):
        self.steps += 1
        for key in params:
            self.mean[key] = self.momentum * self.mean.get(key, 0.0) + (1 - self.momentum) * grads[key]
            self.square[key] = self.decay * self.square.get(key, 0.0) + (1 - self.decay) * grads[key] ** 2
            m_hat = self.mean[key] / (1 - self.momentum**self.steps)
            v_hat = self.square[key] / (1 - self.decay**self.steps)
            params[key] -= self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)
