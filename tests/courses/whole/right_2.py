# forward, backward and update of two layers in one function, examples are columns
import numpy as np


def sig(z):
    return 1 / (1 + np.exp(-z))


def train_step(X, Y, params, lr=0.1):
    m = X.shape[1]
    Z1 = params["W1"] @ X + params["b1"]
    A1 = np.tanh(Z1)
    A2 = sig(params["W2"] @ A1 + params["b2"])
    loss = -np.mean(Y * np.log(A2) + (1 - Y) * np.log(1 - A2))
    dZ2 = A2 - Y
    dW2 = dZ2 @ A1.T / m
    db2 = dZ2.sum(axis=1, keepdims=True) / m
    dZ1 = params["W2"].T @ dZ2 * (1 - A1**2)
    dW1 = dZ1 @ X.T / m
    db1 = dZ1.sum(axis=1, keepdims=True) / m
    new = {
        "W1": params["W1"] - lr * dW1,
        "b1": params["b1"] - lr * db1,
        "W2": params["W2"] - lr * dW2,
        "b2": params["b2"] - lr * db2,
    }
    return new, loss
