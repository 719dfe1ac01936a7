import numpy as np


def init_params(n_x, n_h, n_y):
    W1 = np.random.randn(n_h, n_x) * 0.1
    b1 = np.zeros((n_h, 1))
    W2 = np.random.randn(n_y, n_h) * 0.1
    b2 = np.zeros((n_y, 1))
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}


def forward(X, params):
    Z1 = params["W1"] @ X + params["b1"]
    A1 = np.maximum(0, Z1)
    Z2 = params["W2"] @ A1 + params["b2"]
    return Z2, {"Z1": Z1, "A1": A1, "Z2": Z2}


def compute_cost(Y_hat, Y):
    m = Y.shape[1]
    return np.sum((Y_hat - Y) ** 2) / (2 * m)


def backward(params, cache, X, Y):
    m = X.shape[1]
    dZ2 = (cache["Z2"] - Y) / m
    dW2 = dZ2 @ cache["A1"].T
    db2 = np.sum(dZ2, axis=1, keepdims=True)
    dZ1 = (params["W2"].T @ dZ2) * (cache["Z1"] > 0)
    dW1 = dZ1 @ X.T
    db1 = np.sum(dZ1, axis=1, keepdims=True)
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}


def update(params, grads, lr=0.01):
    for k in params:
        params[k] = params[k] - lr * grads["d" + k]
    return params


def train(X, Y, n_h=5, epochs=100, lr=0.01):
    params = init_params(X.shape[0], n_h, Y.shape[0])
    for i in range(epochs):
        Y_hat, cache = forward(X, params)
        cost = compute_cost(Y_hat, Y)
        grads = backward(params, cache, X, Y)
        params = update(params, grads, lr)
        if i % 10 == 0:
            print(i, cost)
    return params
