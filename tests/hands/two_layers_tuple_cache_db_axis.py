import numpy as np
from math import sqrt

eps = 1e-12


def relu(z):
    return z * (z > 0)


def sigmoid(z):
    out = np.empty_like(z, dtype=float)
    pos = z >= 0
    out[pos] = 1 / (1 + np.exp(-z[pos]))
    e = np.exp(z[~pos])
    out[~pos] = e / (1 + e)
    return out


def init_params(n_x, n_h, n_y, seed=1):
    np.random.seed(seed)
    return {"W1": np.random.randn(n_h, n_x) * sqrt(2 / n_x), "b1": np.zeros((n_h, 1)),
            "W2": np.random.randn(n_y, n_h) * sqrt(1 / n_h), "b2": np.zeros((n_y, 1))}


def forward_prop(X, params):
    Z1 = params["W1"] @ X + params["b1"]
    A1 = relu(Z1)
    Z2 = params["W2"] @ A1 + params["b2"]
    A2 = sigmoid(Z2)
    return A2, (Z1, A1, Z2, A2)


def compute_cost(A2, Y):
    m = Y.shape[1]
    A = np.clip(A2, eps, 1 - eps)
    return float(-(np.sum(Y * np.log(A)) + np.sum((1 - Y) * np.log(1 - A))) / m)


def backward_prop(params, cache, X, Y):
    Z1, A1, Z2, A2 = cache
    m = X.shape[1]
    dZ2 = A2 - Y
    grads = {}
    grads["dW2"] = dZ2 @ A1.T / m
    grads["db2"] = np.mean(dZ2, axis=1, keepdims=True)
    dZ1 = params["W2"].T @ dZ2
    dZ1[Z1 <= 0] = 0
    grads["dW1"] = dZ1 @ X.T / m
    grads["db1"] = np.sum(dZ1, axis=0, keepdims=True) / m
    return grads


def update_params(params, grads, lr=0.5):
    return {k: params[k] - lr * grads["d" + k] for k in params}


def model(X, Y, n_h=4, iters=1000, lr=0.5):
    params = init_params(X.shape[0], n_h, Y.shape[0])
    for i in range(iters):
        A2, cache = forward_prop(X, params)
        grads = backward_prop(params, cache, X, Y)
        params = update_params(params, grads, lr)
    return params


def predict(X, params):
    return forward_prop(X, params)[0] > 0.5
