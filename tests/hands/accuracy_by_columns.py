import numpy as np

def convert_prob_into_class(probs):
    return np.round(probs)

def get_accuracy_value(Y_hat, Y):
    return np.sum(convert_prob_into_class(Y_hat) == Y) / Y.shape[1]
