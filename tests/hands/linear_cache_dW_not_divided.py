import numpy as np


def linear_forward(A_prev, W, b):
    linear_cache = (A_prev, W, b)
    return W @ A_prev + b, linear_cache


def linear_backward(dZ, linear_cache):
    A_prev, W, b = linear_cache
    m = A_prev.shape[1]
    return W.T @ dZ, dZ @ A_prev.T, dZ.sum(axis=1, keepdims=True) / m
