# Lists of arrays, written in place; t is in what holds the numbers, and is counted there.
import numpy as np


def init_adam_states(params):
    return [(np.zeros_like(p), np.zeros_like(p)) for p in params]


def adam(params, grads, states, hyperparams):
    beta1, beta2, eps = 0.9, 0.999, 1e-6
    for p, g, (v, s) in zip(params, grads, states):
        v[:] = beta1 * v + (1 - beta1) * g
        s[:] = beta2 * s + (1 - beta2) * np.square(g)
        v_bias_corr = v / (1 - beta1 ** hyperparams["t"])
        s_bias_corr = s / (1 - beta2 ** hyperparams["t"])
        p[:] -= hyperparams["lr"] * v_bias_corr / (np.sqrt(s_bias_corr) + eps)
    hyperparams["t"] += 1


def adam_step(params, grads, m, v, config):
    """Whoever calls it counts t."""
    rate = config["lr"] * np.sqrt(1 - 0.999 ** config["t"]) / (1 - 0.9 ** config["t"])
    for k in params:
        m[k] = 0.9 * m[k] + 0.1 * grads[k]
        v[k] = 0.999 * v[k] + 0.001 * grads[k] ** 2
        params[k] = params[k] - rate * m[k] / (np.sqrt(v[k]) + 1e-8)
    return params, m, v


def momentum(params, grads, v, learning_rate=0.01, beta=0.9):
    new_v = [beta * vi + (1 - beta) * gi for vi, gi in zip(v, grads)]
    return [p - learning_rate * vi for p, vi in zip(params, new_v)], new_v


def update_lr(learning_rate0, epoch_num, decay_rate):
    return learning_rate0 / (1 + decay_rate * epoch_num)
