import numpy as np


def fresh_weights(dims):
    np.random.seed(7)
    weights = {}
    for k in range(1, len(dims)):
        weights["W" + str(k)] = np.random.randn(dims[k], dims[k - 1]) * 0.05
        weights["b" + str(k)] = np.zeros((dims[k], 1))
    return weights


def two_layer_model(X, Y, layers_dims, learning_rate=0.01, num_iterations=100, print_cost=False):
    weights = fresh_weights(layers_dims)
    m = X.shape[1]
    for i in range(num_iterations):
        Z1 = weights["W1"] @ X + weights["b1"]
        A1 = np.maximum(Z1, 0)
        A2 = 1 / (1 + np.exp(-(weights["W2"] @ A1 + weights["b2"])))
        dZ2 = (A2 - Y) / m
        dZ1 = (weights["W2"].T @ dZ2) * (Z1 < 0)
        grads = {
            "dW1": dZ1 @ X.T,
            "db1": dZ1.sum(axis=1, keepdims=True),
            "dW2": dZ2 @ A1.T,
            "db2": dZ2.sum(axis=1, keepdims=True),
        }
        weights = update_parameters(weights, grads, learning_rate)
    return weights


def update_parameters(weights, grads, learning_rate):
    return {name: weights[name] - learning_rate * grads["d" + name] for name in weights}
