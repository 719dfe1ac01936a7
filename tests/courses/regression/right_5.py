import numpy as np


def initialize(n_x, n_h, n_y):
    return {
        "W1": np.random.randn(n_x, n_h) / np.sqrt(n_x),
        "b1": np.zeros(n_h),
        "W2": np.random.randn(n_h, n_y) / np.sqrt(n_h),
        "b2": np.zeros(n_y),
    }


def forward(X, params):
    Z1 = X @ params["W1"] + params["b1"]
    A1 = np.tanh(Z1)
    Y_hat = A1 @ params["W2"] + params["b2"]
    return Y_hat, {"Z1": Z1, "A1": A1}


def mse_loss(Y_hat, Y):
    return np.mean((Y_hat - Y) ** 2)


def backward(X, Y, Y_hat, params, cache):
    dZ2 = 2 * (Y_hat - Y) / Y.size
    dA1 = dZ2 @ params["W2"].T
    dZ1 = dA1 * (1 - np.tanh(cache["Z1"]) ** 2)
    return {
        "dW2": cache["A1"].T @ dZ2,
        "db2": dZ2.sum(axis=0),
        "dW1": X.T @ dZ1,
        "db1": dZ1.sum(axis=0),
    }


def update(params, grads, learning_rate):
    return {k: v - learning_rate * grads["d" + k] for k, v in params.items()}
