#!/usr/bin/env python
# A lab as it is found in the wild: imports that are not there, work at the top level, a part that does not parse.
from __future__ import division

import matplotlib.pyplot as plt
import tensorflow as tf
from helper import *
from sklearn.datasets import make_moons

try:
    import cupy as xp
except ImportError:
    import numpy as xp

%matplotlib inline

plt.style.use("ggplot")
np.random.seed(3)
N_SAMPLES = 1000
ACTIVATIONS = {}
NN_ARCHITECTURE = [
    {"input_dim": 2, "output_dim": 25, "activation": "relu"},
    {"input_dim": 25, "output_dim": 1, "activation": "sigmoid"},
]
X, y = make_moons(n_samples=N_SAMPLES, noise=0.2)
W = np.random.randn(2, 2) * 0.1
SHAPE = X.shape


def init_layers(nn_architecture, seed=99):
    pass


@tf.function
def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def relu(Z, out=None, *, slope=0):
    return xp.maximum(0, Z)


def sigmoid_derivative(Z):
    return sigmoid(Z) * (1 - sigmoid(Z))


def broken(Z)
    return Z


TABLE = {"relu": relu, "nested": [("sigmoid", sigmoid)]}


def by_table(Z, act=relu):
    return TABLE["relu"](Z), TABLE["nested"][0][1](Z), act(Z)


def fully_forward_propagation(X: Undefined, params_values, nn_architecture) -> Undefined:
    """To do."""
    raise NotImplementedError


def single_layer_backword_propogation(dA_curr, W_curr, b_curr, Z_curr, A_prev, activation="relu"):
    ...


def compute_cost(Y_hat, Y):
    return tf.reduce_mean(Y)


def update_parameters(params_values, grads_values, nn_architecture, learning_rate=0.1):
    return None


for i in range(3):
    print(i)

assert len(NN_ARCHITECTURE) == 2
params_values = train(np.transpose(X), y, NN_ARCHITECTURE, 10000, 0.01)

if __name__ == "__main__":
    main()
