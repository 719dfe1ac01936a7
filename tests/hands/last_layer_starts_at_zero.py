import numpy as np


def initialize_parameters(layer_dims):
    np.random.seed(3)
    p, L = {}, len(layer_dims)
    for l in range(1, L):
        p["W" + str(l)] = np.random.randn(layer_dims[l], layer_dims[l - 1]) / np.sqrt(layer_dims[l - 1])
        p["b" + str(l)] = np.zeros((layer_dims[l], 1))
    p["W" + str(L - 1)] = np.zeros((layer_dims[L - 1], layer_dims[L - 2]))
    return p
