import numpy as np


def init_weights(n_in, n_hid, n_out):
    w1 = np.random.randn(n_in, n_hid) / np.sqrt(n_in)
    b1 = np.zeros(n_hid)
    w2 = np.random.randn(n_hid, n_out) / np.sqrt(n_hid)
    b2 = np.zeros(n_out)
    return w1, b1, w2, b2


def forward_pass(X, w1, b1, w2, b2, activ):
    z1 = X @ w1 + b1
    a1 = activ(z1)
    z2 = a1 @ w2 + b2
    a2 = activ(z2)
    return z1, a1, z2, a2
