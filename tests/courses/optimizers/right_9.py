# Functions of one notebook: each hands its memory on in another way.
import numpy as np

_velocity = {}


def sgd_without_momentum(params, grads, lr):
    for k in params:
        params[k] -= lr * grads["d" + k]


def update_lists(weights, biases, dweights, dbiases, lr):
    return [w - lr * d for w, d in zip(weights, dweights)], [b - lr * d for b, d in zip(biases, dbiases)]


def momentum_global(params, grads, lr=0.1, beta=0.9):
    for k in params:
        _velocity[k] = beta * _velocity.get(k, 0) + (1 - beta) * grads["d" + k]
        params[k] = params[k] - lr * _velocity[k]
    return params


def adam_functional(params, grads, v, s, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in v}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in s}
    vc = {k: v[k] / (1 - beta1**t) for k in v}
    sc = {k: s[k] / (1 - beta2**t) for k in v}
    params = {k: params[k] - lr * vc["d" + k] / (np.sqrt(sc["d" + k]) + eps) for k in params}
    return params, v, s, vc, sc


def momentum_and_gradients(params, grads, v, lr=0.1, beta=0.9):
    v = {k: beta * v[k] + (1 - beta) * grads[k] for k in v}
    params = {k: params[k] - lr * v["d" + k] for k in params}
    return params, grads, v


def adam_of_one(theta, grad, m, v, i, alpha=0.01):
    i = i + 1
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * np.multiply(grad, grad)
    theta = theta - alpha * np.sqrt(1 - 0.999**i) / (1 - 0.9**i) * m / (np.sqrt(v) + 1e-8)
    return theta, m, v


def masked_step(w, dw, lr, mask=None):
    if mask is not None:
        dw = dw * mask
    return w - lr * dw


def momentum_in_place(params, grads, v, lr=0.1, beta=0.9):
    for k in params:
        v[k] = beta * v[k] + (1 - beta) * grads[k]
        params[k] -= lr * v[k]
    return v
