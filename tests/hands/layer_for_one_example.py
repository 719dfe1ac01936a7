import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_backward(dA, z):
    s = sigmoid(z)
    return dA * s * (1 - s)


def single_layer_backward(dA_curr, W_curr, b_curr, Z_curr, A_prev):
    dZ_curr = sigmoid_backward(dA_curr, Z_curr)   # (n_out, 1)
    dW_curr = np.dot(dZ_curr, A_prev.T)
    db_curr = dZ_curr                             # (n_out, 1)
    dA_prev = np.dot(W_curr.T, dZ_curr)
    return dA_prev, dW_curr, db_curr


def cost_function(y_pred, y_true):
    """Squared error of each element."""
    return np.square(y_true - y_pred)


def train(samples, params, lr):
    for x, y in samples:                          # x: (n, 1)
        z = params["W1"] @ x + params["b1"]
        dA = -2 * (y - sigmoid(z))
        _, dW, db = single_layer_backward(dA, params["W1"], params["b1"], z, x)
        params["W1"] -= lr * dW
        params["b1"] -= lr * db
    return params
