import copy
import numpy as np


def sigmoid(s):
    return np.where(s >= 0, 1 / (1 + np.exp(-np.abs(s))), np.exp(-np.abs(s)) / (1 + np.exp(-np.abs(s))))


def unpack(d, *names):
    return tuple(d[n] for n in names)


def layer_sizes(X, Y):
    n_x, n_y = len(X), len(Y)
    return n_x, 4, n_y


def initialize_parameters(n_x, n_h, n_y):
    rng = np.random.RandomState(2)
    W1 = rng.randn(n_h, n_x) / np.sqrt(n_x)
    W2 = rng.randn(n_y, n_h) / np.sqrt(n_h)
    return {"W1": W1, "b1": np.zeros((n_h, 1)), "W2": W2, "b2": np.zeros((n_y, 1))}


def forward_propagation(X, parameters):
    W1, b1, W2, b2 = unpack(parameters, "W1", "b1", "W2", "b2")
    A0 = X
    Z1 = np.matmul(W1, A0) + b1
    A1 = np.tanh(Z1)
    Z2 = np.matmul(W2, A1) + b2
    A2 = sigmoid(Z2)
    cache = {"A0": A0, "Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}
    return A2, cache


def compute_cost(A2, Y, parameters=None):
    m = Y.shape[1]
    eps = 1e-8
    per_example = -(Y * np.log(A2 + eps) + (1 - Y) * np.log(1 - A2 + eps)).sum(axis=0)
    return per_example.sum() / m


def backward_propagation(parameters, cache, X, Y):
    m = X.shape[1]
    W1, W2 = unpack(parameters, "W1", "W2")
    A1, A2 = unpack(cache, "A1", "A2")

    dZ2 = A2 - Y
    slope = 1 - np.square(A1)
    dW2 = (1 / m) * np.matmul(dZ2, A1.T)
    db2 = (1 / m) * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = np.matmul(W2.T, dZ2)
    dZ1 = dA1 * slope
    dW1 = (1 / m) * np.matmul(dZ1, X.T)
    db1 = (1 / m) * np.sum(dZ1, axis=1, keepdims=True)
    assert dW1.shape == W1.shape and dW2.shape == W2.shape

    return dict(zip(("dW1", "db1", "dW2", "db2"), (dW1, db1, dW2, db2)))


def update_parameters(parameters, grads, learning_rate=1.2):
    W1, b1, W2, b2 = copy.deepcopy(unpack(parameters, "W1", "b1", "W2", "b2"))
    dW1, db1, dW2, db2 = unpack(grads, "dW1", "db1", "dW2", "db2")
    W1 -= learning_rate * dW1
    b1 -= learning_rate * db1
    W2 -= learning_rate * dW2
    b2 -= learning_rate * db2
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}


def nn_model(X, Y, n_h, num_iterations=1000, print_cost=False):
    n_x, _, n_y = layer_sizes(X, Y)
    parameters = initialize_parameters(n_x, n_h, n_y)
    for i in range(num_iterations):
        A2, cache = forward_propagation(X, parameters)
        if print_cost and not i % 100:
            print(i, "%.3e" % compute_cost(A2, Y, parameters))
        parameters = update_parameters(parameters, backward_propagation(parameters, cache, X, Y))
    return parameters


def predict(parameters, X):
    return np.where(forward_propagation(X, parameters)[0] >= 0.5, 1, 0)
