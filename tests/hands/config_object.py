import numpy as np
from dataclasses import dataclass, field


@dataclass
class Config:
    sizes: list = field(default_factory=lambda: [2, 25, 50, 50, 25, 1])
    seed: int = 3


def init_layers(config):
    np.random.seed(config.seed)
    params = {}
    for i in range(1, len(config.sizes)):
        params["W" + str(i)] = np.random.randn(config.sizes[i], config.sizes[i - 1]) * 0.1
        params["b" + str(i)] = np.random.randn(config.sizes[i], 1) * 0.1
    return params


def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def relu(Z):
    return np.maximum(0, Z)


def sigmoid_backward(dA, Z):
    sig = sigmoid(Z)
    return dA * sig * (1 - sig)


def relu_backward(dA, Z):
    dZ = np.array(dA, copy=True)
    dZ[Z <= 0] = 0
    return dZ


def full_forward_propagation(X, params_values, config):
    memory, A = {}, X
    L = len(config.sizes) - 1
    for i in range(1, L + 1):
        memory["A" + str(i - 1)] = A
        Z = params_values["W" + str(i)] @ A + params_values["b" + str(i)]
        memory["Z" + str(i)] = Z
        A = sigmoid(Z) if i == L else relu(Z)
    return A, memory


def get_cost_value(Y_hat, Y):
    m = Y_hat.shape[1]
    return float(np.squeeze(-1 / m * (np.dot(Y, np.log(Y_hat).T) + np.dot(1 - Y, np.log(1 - Y_hat).T))))


def full_backward_propagation(Y_hat, Y, memory, params_values, config):
    grads, m = {}, Y.shape[1]
    L = len(config.sizes) - 1
    dA = -(np.divide(Y, Y_hat) - np.divide(1 - Y, 1 - Y_hat))
    for i in range(L, 0, -1):
        dZ = (sigmoid_backward if i == L else relu_backward)(dA, memory["Z" + str(i)])
        grads["dW" + str(i)] = dZ @ memory["A" + str(i - 1)].T / m
        grads["db" + str(i)] = np.sum(dZ, axis=1, keepdims=True) / m
        dA = params_values["W" + str(i)].T @ dZ
    return grads


def update(params_values, grads_values, learning_rate):
    for i in range(1, len(params_values) // 2 + 1):
        params_values["W" + str(i)] -= learning_rate * grads_values["dW" + str(i)]
        params_values["b" + str(i)] -= learning_rate * grads_values["db" + str(i)]
    return params_values
