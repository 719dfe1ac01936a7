import numpy as np


def sigmoid(z):
    z = np.clip(z, -60, 60)
    return np.exp(z) / (1 + np.exp(z))


def tanh_slope(a):
    return 1 - a * a


def initialize_parameters(n_x, n_h, n_y):
    parameters = {}
    parameters["W1"] = np.random.normal(0, 0.1, size=(n_h, n_x))
    parameters["b1"] = np.zeros(n_h).reshape(n_h, 1)
    parameters["W2"] = np.random.normal(0, 0.1, size=(n_y, n_h))
    parameters["b2"] = np.zeros(n_y).reshape(n_y, 1)
    return parameters


def forward_propagation(X, parameters):
    W1, b1, W2, b2 = [parameters[k] for k in ("W1", "b1", "W2", "b2")]
    Z1 = W1.dot(X) + b1
    A1 = np.tanh(Z1)
    Z2 = W2.dot(A1) + b2
    A2 = sigmoid(Z2)
    return A2, dict(Z1=Z1, A1=A1, Z2=Z2, A2=A2)


def compute_cost(A2, Y):
    m = Y.shape[1]
    A2 = np.clip(A2, 1e-10, 1 - 1e-10)   # log(0) = -inf otherwise
    pos = np.sum(Y * np.log(A2))
    neg = np.sum((1 - Y) * np.log(1 - A2))
    return -(pos + neg) / m


def backward_propagation(parameters, cache, X, Y):
    m = X.shape[1]
    A1, A2 = cache["A1"], cache["A2"]
    d2 = A2 - Y
    d1 = parameters["W2"].T.dot(d2) * tanh_slope(A1)
    return {
        "dW2": 1.0 / m * d2.dot(A1.T),
        "db2": 1.0 / m * d2.sum(axis=1).reshape(-1, 1),
        "dW1": 1.0 / m * d1.dot(X.T),
        "db1": 1.0 / m * d1.sum(axis=1).reshape(-1, 1),
    }


def update_parameters(parameters, grads, learning_rate=1.2):
    new = {}
    for name in parameters:
        new[name] = parameters[name] - learning_rate * grads["d" + name]
    return new


def nn_model(X, Y, n_h, num_iterations=10000):
    parameters = initialize_parameters(X.shape[0], n_h, Y.shape[0])
    old_cost = np.inf
    for i in range(num_iterations):
        A2, cache = forward_propagation(X, parameters)
        cost = compute_cost(A2, Y)
        if abs(old_cost - cost) < 1e-9:
            break       # nothing moves any more
        old_cost = cost
        grads = backward_propagation(parameters, cache, X, Y)
        parameters = update_parameters(parameters, grads)
    return parameters


def predict(parameters, X):
    A2, _ = forward_propagation(X, parameters)
    return (A2 > 0.5).astype(int)
