import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))



def forward_propagation(X, parameters):
    Z1 = parameters["W1"] @ X + parameters["b1"]
    A1 = sigmoid(Z1)
    return A1, {"Z1": Z1, "A1": A1}


def backward_propagation(X, Y, cache):
    m = X.shape[1]
    dZ1 = cache["A1"] - Y
    return {"dW1": dZ1 @ X.T / m, "db1": dZ1.sum(axis=1, keepdims=True) / m}
