import numpy as np


def init_params(nx, nh, ny):
    np.random.seed(2)
    return {
        "W1": np.random.randn(nh, nx) * 0.01,
        "b1": np.zeros((nh, 1)),
        "W2": np.random.randn(ny, nh) * 0.01,
        "b2": np.zeros((ny, 1)),
    }


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(X, params):
    Z1 = params["W1"] @ X + params["b1"]
    A1 = np.tanh(Z1)
    Z2 = params["W2"] @ A1 + params["b2"]
    A2 = sigmoid(Z2)
    return A2, {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}


def compute_cost(A2, Y, params, lambd, batch):
    penalty = lambd / (2 * batch) * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
    return -np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / batch + penalty


def backprop(X, Y, params, cache, lambd, batch):
    dZ2 = Y - cache["A2"]
    dZ1 = params["W2"].T @ dZ2 * (1 - cache["A1"] ** 2)
    return {
        "dW1": dZ1 @ X.T / batch + lambd / batch * params["W1"],
        "db1": np.sum(dZ1, axis=1, keepdims=True) / batch,
        "dW2": dZ2 @ cache["A1"].T / batch + lambd / batch * params["W2"],
        "db2": np.sum(dZ2, axis=1, keepdims=True) / batch,
    }


def update(params, grads, lr):
    return {name: params[name] - lr * grads["d" + name] for name in params}
