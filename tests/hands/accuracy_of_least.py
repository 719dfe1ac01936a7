import numpy as np


def accuracy(output, y):
    return np.mean(output.argmin(axis=0) == y.argmax(axis=0))
