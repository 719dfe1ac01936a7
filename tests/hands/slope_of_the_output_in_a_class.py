import numpy as np


class ReLU:
    def forward(self, Z):
        return np.maximum(0, Z)

    def backward(self, Z, dA):
        return dA * (Z >= 0)


class Sigmoid:
    def forward(self, Z):
        return 1 / (1 + np.exp(-Z))

    def backward(self, A, dA):
        return dA * A * (1 - A)


class Tanh:
    def forward(self, Z):
        return np.tanh(Z)

    def backward(self, dA, A):
        return dA * (1 - A * A)
