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
            self.square[key] = self.momentum * square + (1 - self.momentum) * grads[key] ** 2
            m_hat = self.mean[key] / (1 - self.momentum**self.steps)
            v_hat = self.square[key] / (1 - self.decay_rate**self.steps)
            params[key] -= self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)


