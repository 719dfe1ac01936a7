import numpy as np


def compute_loss(predictions, labels):
    m = labels.shape[1]
    return -np.sum(labels * np.log(predictions)) / m
