import numpy as np


class Sigmoid:
    def __call__(self, Z):
        self.a = 1 / (1 + np.exp(-Z))
        return self.a

    def derivative(self):
        return self.a * (1 - self.a)


class LeakyReLU:
    def __init__(self, a=0.1):
        self.a = a

    def __call__(self, Z):
        self.Z = Z
        return np.where(Z > 0, Z, self.a * abs(Z))

    def derivative(self):
        return np.where(self.Z > 0, 1, self.a)
