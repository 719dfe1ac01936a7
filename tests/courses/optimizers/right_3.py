"""Lists of arrays, changed where they are; t is the caller's and starts at 0."""
import numpy as np


def init_adam_state(params):
    return {"m": [np.zeros_like(p) for p in params], "v": [np.zeros_like(p) for p in params]}


def adam_step(params, grads, state, t, lr=1e-3, b1=0.9, b2=0.999, eps=1e-7):
    rate = lr * np.sqrt(1 - b2 ** (t + 1)) / (1 - b1 ** (t + 1))
    for i, (p, g) in enumerate(zip(params, grads)):
        state["m"][i] += (1 - b1) * (g - state["m"][i])
        state["v"][i] += (1 - b2) * (g * g - state["v"][i])
        p -= rate * state["m"][i] / (np.sqrt(state["v"][i]) + eps)


def momentum_step(params, grads, velocities, lr=0.01, mu=0.9):
    for p, g, v in zip(params, grads, velocities):
        v *= mu
        v -= lr * g
        p += v


def nesterov_step(params, grads, velocities, lr=0.01, mu=0.9):
    for p, g, v in zip(params, grads, velocities):
        before = v.copy()
        v[...] = mu * v - lr * g
        p += -mu * before + (1 + mu) * v


def adagrad_step(params, grads, cache, lr=0.01, eps=1e-8):
    for p, g, c in zip(params, grads, cache):
        c += g**2
        p -= lr * g / np.sqrt(c + eps)
