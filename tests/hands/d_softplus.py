import numpy as np

def softplus(z):
    return np.logaddexp(0, z)

def d_softplus(z):
    return 1 / (1 + np.exp(-z))
