import numpy as np


class Network:
    def relu(self, Z):
        return np.maximum(0, Z)

    def sigmoid(self, Z):
        return 1 / (1 + np.exp(-Z)

    def sigmoid_backward(self, dA, Z):
        return dA


text = """
def train(X):
    pass
"""


def update(params_values):
    print "updating"
