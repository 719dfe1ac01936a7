# Everything new is returned, nothing that came in is changed; keys of gradients are those of parameters.
import numpy as np


def init_optimizer_state(params):
    return {name: np.zeros_like(value) for name, value in params.items()}


def gradient_descent_step(params, grads, lr):
    return {name: value - lr * grads[name] for name, value in params.items()}


def rmsprop_update(params, grads, s, lr=0.001, rho=0.9, eps=1e-6):
    s = {name: rho * s[name] + (1 - rho) * grads[name] ** 2 for name in params}
    params = {name: params[name] - lr * grads[name] / np.sqrt(s[name] + eps) for name in params}
    return params, s


def adam_update(params, grads, m, v, step, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    beta1, beta2 = betas
    m = {k: beta1 * m[k] + (1 - beta1) * g for k, g in grads.items()}
    v = {k: beta2 * v[k] + (1 - beta2) * g**2 for k, g in grads.items()}
    new = {}
    for k in params:
        m_hat = m[k] / (1 - beta1**step)
        v_hat = v[k] / (1 - beta2**step)
        new[k] = params[k] - lr * m_hat / (v_hat**0.5 + eps)
    return m, v, new
