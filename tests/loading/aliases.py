import math as numpy_free

import numpy as np
from functools import partial


def ReLU(Z):
    return np.maximum(0, Z)


Sigmoid = lambda Z, out=None: 1 / (1 + np.exp(-Z))
relu = ReLU
convert_prob_into_class = np.round


def outer():
    def relu_backward(dA, Z):
        return dA


def relu_backwards(dA, Z):
    return dA * (Z > 0)


def relu_backwardz(dA, Z):
    return 0


def single_layer_forward_propogation(A_prev, W_curr, b_curr, activation):
    return partial(relu)(A_prev)


def backward(Y_hat, Y):
    return None


def feed_forward(X, W):
    return X
