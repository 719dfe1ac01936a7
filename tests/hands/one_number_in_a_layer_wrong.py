import numpy as np


class PReLU:
    def __init__(self, slope=0.25):
        self.a = np.array([slope])

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.a * x)

    def backward(self, grad):
        self.da = np.array([np.sum(grad * np.maximum(self.x, 0))])
        return grad * np.where(self.x > 0, 1, self.a)
