import time

import numpy as np


def relu(Z):
    while True:
        pass


def sigmoid(Z):
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass


def update(values):
    return np.sum(np.ones((4000, 4000)) @ np.ones((4000, 4000)) for _ in iter(int, 1))


def train(Z):
    return sorted(iter(lambda: 1, 2))


def relu_backward(Z):
    class Slow(BaseException):
        def __str__(self):
            while True:
                pass

    raise Slow
