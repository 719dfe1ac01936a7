import sys
from collections import namedtuple

import numpy as np


class Yes(np.ndarray):
    def __eq__(self, other):
        return True

    def __sub__(self, other):
        return np.zeros_like(other)


class Text(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


class Number(float):
    def __eq__(self, other):
        return True


class Table(dict):
    def __getitem__(self, key):
        return 0


class Liar:
    __class__ = property(lambda self: np.ndarray)

    def __reduce__(self):
        return print, ("unpickled",)


def relu(Z):
    return Z.view(Yes)


def sigmoid(Z):
    return np.array([Liar(), None], dtype=object)


def update(Z):
    return [np.matrix(Z), np.ma.array(Z), Text("a"), Number(1), Table(a=1), Liar(), 1j, 10**30, b"x", {1, 2}, np, print]


def train(Z):
    return np.ones((2000, 2000))


def relu_backward(Z):
    loop = []
    loop.append(loop)
    return loop


def sigmoid_backward(Z):
    wide = [0]
    for _ in range(12):
        wide = [wide] * 8
    return wide


def get_cost_value(Z):
    return np.array([("a", 1)], dtype=[("name", "U1"), ("n", "i4")]), np.array(["a"]), np.array([1j])


def init_layers(Z):
    Pair = namedtuple("Pair", "a b")
    return (
        float("nan"), float("inf"), -0.0, np.float32(0.1), np.bool_(True), np.longdouble(1) / 3,
        np.arange(6).reshape(2, 3).T, np.arange(3, dtype=">f4"), np.zeros((0, 3)), Pair(1, 2), {1: "a", "b": (None, True)},
    )  # fmt: skip


def full_forward_propagation(X, params_values, activation):
    Z[:] = 0


def get_accuracy_value(activation, layer):
    return activation is "relu" and [key for key in layer if key is "activation"] and layer["activation"] is sys.intern("relu")


def convert_prob_into_class(Z, box):
    box.append(box)
    return Z
