import numpy as np

arch = [
    {"input_dim": 1, "output_dim": 20, "activation": "tanh"},
    {"input_dim": 20, "output_dim": 1, "activation": "linear"},
]

def init_layers(nn_architecture, seed=0):
    np.random.seed(seed)
    params_values = {}
    for idx, layer in enumerate(nn_architecture):
        params_values['W' + str(idx + 1)] = np.random.randn(layer["output_dim"], layer["input_dim"]) * np.sqrt(1 / layer["input_dim"])
        params_values['b' + str(idx + 1)] = np.zeros((layer["output_dim"], 1))
    return params_values

def tanh(Z): return np.tanh(Z)
def linear(Z): return Z
def tanh_backward(dA, Z): return dA * (1 - np.tanh(Z) ** 2)

def single_layer_forward_propagation(A_prev, W_curr, b_curr, activation="tanh"):
    Z_curr = np.dot(W_curr, A_prev) + b_curr
    if activation == "tanh":
        return tanh(Z_curr), Z_curr
    elif activation == "linear":
        return linear(Z_curr), Z_curr
    raise Exception('Non-supported activation function')

def full_forward_propagation(X, params_values, nn_architecture):
    memory = {}
    A_curr = X
    for idx, layer in enumerate(nn_architecture):
        A_prev = A_curr
        A_curr, Z_curr = single_layer_forward_propagation(A_prev, params_values["W" + str(idx + 1)], params_values["b" + str(idx + 1)], layer["activation"])
        memory["A" + str(idx)] = A_prev
        memory["Z" + str(idx + 1)] = Z_curr
    return A_curr, memory

def get_cost_value(Y_hat, Y):
    m = Y_hat.shape[1]
    return np.sum((Y_hat - Y) ** 2) / (2 * m)

def single_layer_backward_propagation(dA_curr, W_curr, b_curr, Z_curr, A_prev, activation="tanh"):
    m = A_prev.shape[1]
    if activation == "tanh":
        dZ_curr = tanh_backward(dA_curr, Z_curr)
    elif activation == "linear":
        dZ_curr = dA_curr
    dW_curr = np.dot(dZ_curr, A_prev.T) / m
    db_curr = np.sum(dZ_curr, axis=1, keepdims=True) / m
    dA_prev = np.dot(W_curr.T, dZ_curr)
    return dA_prev, dW_curr, db_curr

def full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture):
    grads_values = {}
    dA_prev = Y_hat - Y
    for idx, layer in reversed(list(enumerate(nn_architecture))):
        dA_curr = dA_prev
        dA_prev, dW_curr, db_curr = single_layer_backward_propagation(dA_curr, params_values["W" + str(idx + 1)], params_values["b" + str(idx + 1)], memory["Z" + str(idx + 1)], memory["A" + str(idx)], layer["activation"])
        grads_values["dW" + str(idx + 1)] = dW_curr
        grads_values["db" + str(idx + 1)] = db_curr
    return grads_values

def update(params_values, grads_values, nn_architecture, learning_rate):
    for layer_idx in range(1, len(nn_architecture) + 1):
        params_values["W" + str(layer_idx)] -= learning_rate * grads_values["dW" + str(layer_idx)]
        params_values["b" + str(layer_idx)] -= learning_rate * grads_values["db" + str(layer_idx)]
    return params_values
