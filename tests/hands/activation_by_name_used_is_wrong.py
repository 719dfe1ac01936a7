import numpy as np


def relu(Z):
    return np.maximum(0, Z)


def tanh(Z):
    return np.tanh(Z)


def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def relu_backward(dA, Z):
    return dA * (dA > 0)


def tanh_backward(dA, Z):
    return dA * (1 - np.tanh(Z) ** 2)


class Network:
    def __init__(self, layer_dims, activation="relu"):
        self.depth, self.activation = len(layer_dims) - 1, activation
        self.params, self.kept = {}, {}
        for l in range(1, self.depth + 1):
            self.params[f"W{l}"] = np.random.randn(layer_dims[l], layer_dims[l - 1]) * 0.1
            self.params[f"b{l}"] = np.zeros((layer_dims[l], 1))

    def forward_pass(self, X):
        self.kept["A0"] = X
        for l in range(1, self.depth + 1):
            Z = self.params[f"W{l}"] @ self.kept[f"A{l - 1}"] + self.params[f"b{l}"]
            of = sigmoid if l == self.depth else relu if self.activation == "relu" else tanh
            self.kept[f"Z{l}"], self.kept[f"A{l}"] = Z, of(Z)
        return self.kept[f"A{self.depth}"]

    def backward_pass(self, Y, A_out):
        grads, dZ = {}, A_out - Y
        for l in range(self.depth, 0, -1):
            grads[f"dW{l}"] = dZ @ self.kept[f"A{l - 1}"].T / Y.shape[1]
            grads[f"db{l}"] = dZ.sum(axis=1, keepdims=True) / Y.shape[1]
            if l > 1:
                back = relu_backward if self.activation == "relu" else tanh_backward
                dZ = back(self.params[f"W{l}"].T @ dZ, self.kept[f"Z{l - 1}"])
        return grads
