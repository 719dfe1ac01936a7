import numpy as np


def softmax(z):
    return np.exp(z) / np.sum(np.exp(z), axis=0, keepdims=True)


def init_parameters(dims):
    return {
        **{"w" + str(k): np.random.randn(dims[k], dims[k - 1]) * 0.1 for k in range(1, len(dims))},
        **{"b" + str(k): np.zeros((dims[k], 1)) for k in range(1, len(dims))},
    }


def forward(x, parameters):
    a, z = [x], [0]
    layers = len(parameters) // 2
    for k in range(1, layers + 1):
        z.append(parameters["w" + str(k)] @ a[-1] + parameters["b" + str(k)])
        a.append(softmax(z[-1]) if k == layers else np.tanh(z[-1]))
    return {"a": a, "z": z}, a[-1]


def compute_loss(al, y):
    return -np.sum(y * np.log(al)) / y.shape[1]


def backward(parameters, caches, al, y):
    grads, layers, m = {}, len(parameters) // 2, y.shape[1]
    dz = al - y
    for k in range(layers, 0, -1):
        grads["dw" + str(k)] = dz @ caches["a"][k - 1].T / m
        grads["db" + str(k)] = np.sum(dz, axis=1, keepdims=True) / m
        dz = parameters["w" + str(k)].T @ dz * (1 - caches["a"][k - 1] ** 2)
    return grads
