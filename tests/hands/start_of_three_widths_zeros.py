import numpy as np


def initialize_parameters(input_size, hidden1_size, hidden2_size, output_size):
    return {
        "W1": np.zeros((hidden1_size, input_size)),
        "b1": np.zeros((hidden1_size, 1)),
        "W2": np.zeros((hidden2_size, hidden1_size)),
        "b2": np.zeros((hidden2_size, 1)),
        "W3": np.zeros((output_size, hidden2_size)),
        "b3": np.zeros((output_size, 1)),
    }
