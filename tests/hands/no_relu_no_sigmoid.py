import numpy as np

def single_layer_forward_propagation(A_prev, W_curr, b_curr, activation="tanh"):
    Z_curr = np.dot(W_curr, A_prev) + b_curr
    if activation == "tanh":
        return np.tanh(Z_curr), Z_curr
    elif activation == "linear":
        return Z_curr, Z_curr
    raise Exception('Non-supported activation function')

def single_layer_backward_propagation(dA_curr, W_curr, b_curr, Z_curr, A_prev, activation="tanh"):
    m = A_prev.shape[1]
    if activation == "tanh":
        dZ_curr = dA_curr * (1 - np.tanh(Z_curr) ** 2)
    elif activation == "linear":
        dZ_curr = dA_curr
    dW_curr = np.dot(dZ_curr, A_prev.T) / m
    db_curr = np.sum(dZ_curr, axis=1, keepdims=True) / m
    dA_prev = np.dot(W_curr.T, dZ_curr)
    return dA_prev, dW_curr, db_curr
