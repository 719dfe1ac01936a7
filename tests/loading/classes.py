import numpy as np


class Activations:
    @staticmethod
    def relu(Z):
        return np.maximum(0, Z)

    def sigmoid(Z):
        return 1 / (1 + np.exp(-Z))


class Network:
    print("working")
    table = {"relu": Activations.relu}

    def __init__(self, layers):
        self.scale = 2

    def sigmoid_backward(self, dA, Z):
        return dA * self.own(Z)

    def own(self, Z):
        return Z + 1

    @classmethod
    def relu_backward(cls, dA, Z, *more):
        return cls.__name__

    def by_table(self, Z):
        return self.table["relu"](Z), Activations.relu(Z)

    @property
    def update(self):
        return 1


class Other:
    def __init__(self):
        self.scale = 3
        self.table = {"own": self.own}

    def sigmoid_backward(self, dA, Z):
        return dA * self.scale + self.table["own"](Z)

    def own(self, Z):
        return Z
