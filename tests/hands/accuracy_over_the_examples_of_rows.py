import numpy as np


def softmax(z):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


def cross_entropy(y_hat, y):
    return -np.mean(np.sum(y * np.log(y_hat), axis=1))


def accuracy(y_hat, y):
    return np.mean(np.argmax(y_hat, axis=0) == np.argmax(y, axis=0))
