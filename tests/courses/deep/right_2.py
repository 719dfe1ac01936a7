"""Deep net, short version.  Shapes: X (n0, m), Y (1, m)."""
from typing import Dict, List, Tuple

import numpy as np

EPS = 1e-8


def initialize_parameters_deep(layer_dims: List[int]) -> Dict[str, np.ndarray]:
    params = {}
    for i, (n_in, n_out) in enumerate(zip(layer_dims[:-1], layer_dims[1:]), start=1):
        params[f"W{i}"] = np.random.randn(n_out, n_in) * np.sqrt(2.0 / n_in)  # He
        params[f"b{i}"] = np.zeros((n_out, 1))
    return params


sigmoid = lambda Z: (1.0 / (1.0 + np.exp(-Z)), Z)  # noqa: E731


def relu(Z: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    return Z * (Z > 0), Z


def sigmoid_backward(dA, cache):
    s, _ = sigmoid(cache)
    return dA * s * (1 - s)


def relu_backward(dA, cache):
    return dA * (cache > 0)


def linear_forward(A, W, b):
    return W @ A + b, (A, W, b)


def linear_activation_forward(A_prev, W, b, activation: str):
    Z, lin = linear_forward(A_prev, W, b)
    A, act = sigmoid(Z) if activation == "sigmoid" else relu(Z)
    return A, (lin, act)


def L_model_forward(X, parameters):
    L = len(parameters) // 2
    A, caches = X, []
    for i in range(1, L + 1):
        kind = "sigmoid" if i == L else "relu"
        A, c = linear_activation_forward(A, parameters[f"W{i}"], parameters[f"b{i}"], kind)
        caches.append(c)
    return A, caches


def compute_cost(AL, Y) -> float:
    AL = np.clip(AL, EPS, 1 - EPS)
    return float(-np.mean(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)))


def linear_backward(dZ, cache):
    A_prev, W, _ = cache
    m = dZ.shape[1]
    return W.T @ dZ, dZ @ A_prev.T / m, dZ.sum(axis=1, keepdims=True) / m


def linear_activation_backward(dA, cache, activation: str):
    lin, act = cache
    back = {"sigmoid": sigmoid_backward, "relu": relu_backward}[activation]
    return linear_backward(back(dA, act), lin)


def L_model_backward(AL, Y, caches):
    L = len(caches)
    grads = {}
    AL = np.clip(AL, EPS, 1 - EPS)
    dA = (AL - Y) / (AL * (1 - AL))
    for i in range(L, 0, -1):
        kind = "sigmoid" if i == L else "relu"
        dA, grads[f"dW{i}"], grads[f"db{i}"] = linear_activation_backward(dA, caches[i - 1], kind)
        grads[f"dA{i - 1}"] = dA
    return grads


def update_parameters(parameters, grads, learning_rate):
    # a new dict, the old one stays as it was
    return {k: v - learning_rate * grads["d" + k] for k, v in parameters.items()}


if __name__ == "__main__":
    np.random.seed(0)
    X = np.random.randn(2, 200)
    Y = (X[:1] * X[1:] > 0).astype(float)
    p = initialize_parameters_deep([2, 8, 4, 1])
    for step in range(501):
        AL, caches = L_model_forward(X, p)
        p = update_parameters(p, L_model_backward(AL, Y, caches), 0.3)
        if step % 100 == 0:
            print(f"{step:5d}  {compute_cost(AL, Y):.4f}")
