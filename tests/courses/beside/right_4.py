"""Layers in loops; caches are dicts whose keys are made of the layer's number."""

import numpy as np


def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def forward_propagation(X, parameters):
    L = len(parameters) // 2
    cache = {"A0": X}
    for l in range(1, L + 1):
        Z = parameters[f"W{l}"] @ cache[f"A{l-1}"] + parameters[f"b{l}"]
        cache[f"Z{l}"] = Z
        cache[f"W{l}"] = parameters[f"W{l}"]
        cache[f"A{l}"] = sigmoid(Z) if l == L else np.maximum(Z, 0)
    return cache[f"A{L}"], cache


def forward_propagation_dropout(X, parameters, keep_prob=0.8):
    L = len(parameters) // 2
    cache = {"A0": X}
    for l in range(1, L + 1):
        Z = parameters[f"W{l}"] @ cache[f"A{l-1}"] + parameters[f"b{l}"]
        A = sigmoid(Z) if l == L else np.maximum(Z, 0)
        if l < L:
            D = np.random.rand(*A.shape) <= keep_prob
            A = A * D / keep_prob
            cache[f"D{l}"] = D
        cache[f"Z{l}"], cache[f"A{l}"], cache[f"W{l}"] = Z, A, parameters[f"W{l}"]
    return cache[f"A{L}"], cache


def compute_cost(AL, Y):
    m = Y.shape[1]
    return -np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / m


def compute_cost_regularized(AL, Y, parameters, lambd):
    m = Y.shape[1]
    squares = 0
    for l in range(1, len(parameters) // 2 + 1):
        squares += np.sum(parameters[f"W{l}"] ** 2)
    return compute_cost(AL, Y) + lambd * squares / (2 * m)


def backward_propagation(X, Y, cache):
    m = Y.shape[1]
    L = len([key for key in cache if key.startswith("Z")])
    grads = {}
    dZ = cache[f"A{L}"] - Y
    for l in range(L, 0, -1):
        grads[f"dW{l}"] = dZ @ cache[f"A{l-1}"].T / m
        grads[f"db{l}"] = np.sum(dZ, axis=1, keepdims=True) / m
        if l > 1:
            dZ = (cache[f"W{l}"].T @ dZ) * (cache[f"Z{l-1}"] > 0)
    return grads


def backward_propagation_regularized(X, Y, cache, lambd):
    m = Y.shape[1]
    grads = backward_propagation(X, Y, cache)
    for l in range(1, len(grads) // 2 + 1):
        grads[f"dW{l}"] = grads[f"dW{l}"] + lambd / m * cache[f"W{l}"]
    return grads


def backward_propagation_dropout(X, Y, cache, keep_prob):
    m = Y.shape[1]
    L = len([key for key in cache if key.startswith("Z")])
    grads = {}
    dZ = cache[f"A{L}"] - Y
    for l in range(L, 0, -1):
        grads[f"dW{l}"] = dZ @ cache[f"A{l-1}"].T / m
        grads[f"db{l}"] = np.sum(dZ, axis=1, keepdims=True) / m
        if l > 1:
            dA = cache[f"W{l}"].T @ dZ
            dA = dA * cache[f"D{l-1}"] / keep_prob
            dZ = dA * (cache[f"Z{l-1}"] > 0)
    return grads
