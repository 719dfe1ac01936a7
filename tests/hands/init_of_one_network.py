import numpy as np


def initialize_parameters():
    np.random.seed(0)
    return {"W1": np.random.randn(2, 2), "b1": np.zeros((1, 2)), "W2": np.random.randn(2, 1), "b2": np.zeros((1, 1))}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def forward_propagation(X, parameters):
    Z1 = X @ parameters["W1"] + parameters["b1"]
    A1 = sigmoid(Z1)
    Z2 = A1 @ parameters["W2"] + parameters["b2"]
    A2 = sigmoid(Z2)
    return A2, {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}


def compute_loss(A2, Y):
    return -np.mean(Y * np.log(A2) + (1 - Y) * np.log(1 - A2))


def backward_propagation(parameters, cache, X, Y):
    m = X.shape[0]
    dZ2 = cache["A2"] - Y
    dZ1 = dZ2 @ parameters["W2"].T * cache["A1"] * (1 - cache["A1"])
    return {
        "dW1": X.T @ dZ1 / m,
        "db1": dZ1.sum(axis=0, keepdims=True) / m,
        "dW2": cache["A1"].T @ dZ2 / m,
        "db2": dZ2.sum(axis=0, keepdims=True) / m,
    }


def update_parameters(parameters, grads, learning_rate):
    return {key: parameters[key] - learning_rate * grads["d" + key] for key in parameters}
