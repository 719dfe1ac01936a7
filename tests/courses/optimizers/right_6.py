"""The memory is made at the first call."""
import numpy as np


def adam(parameters, gradients, state=None, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    if state is None:
        state = {"t": 0, "m": {}, "v": {}}
    state["t"] += 1
    for name in parameters:
        grad = gradients["d" + name]
        state["m"][name] = beta1 * state["m"].get(name, 0) + (1 - beta1) * grad
        state["v"][name] = beta2 * state["v"].get(name, 0) + (1 - beta2) * grad**2
        correction = np.sqrt(1 - beta2 ** state["t"]) / (1 - beta1 ** state["t"])
        parameters[name] -= learning_rate * correction * state["m"][name] / (np.sqrt(state["v"][name]) + epsilon)
    return parameters, state


def sgd_with_momentum(parameters, gradients, state=None, learning_rate=0.01, momentum=0.9, nesterov=False):
    state = {} if state is None else state
    for name in parameters:
        grad = gradients["d" + name]
        state[name] = momentum * state.get(name, 0) + grad
        parameters[name] -= learning_rate * (grad + momentum * state[name] if nesterov else state[name])
    return parameters, state
