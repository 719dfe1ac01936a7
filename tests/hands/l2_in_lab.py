import numpy as np

LAMBD = 0.7

arch = [{'input_dim': 2, 'output_dim': 25, 'activation': 'relu'}, {'input_dim': 25, 'output_dim': 25, 'activation': 'relu'}, {'input_dim': 25, 'output_dim': 1, 'activation': 'sigmoid'}]

def init_layers(nn_architecture, seed=99):
    np.random.seed(seed)
    params_values = {}
    for idx, layer in enumerate(nn_architecture):
        params_values['W' + str(idx + 1)] = np.random.randn(layer['output_dim'], layer['input_dim']) * 0.1
        params_values['b' + str(idx + 1)] = np.random.randn(layer['output_dim'], 1) * 0.1
    return params_values

def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))

def relu(Z):
    return np.maximum(0, Z)

def sigmoid_backward(dA, Z):
    sig = sigmoid(Z)
    return dA * sig * (1 - sig)

def relu_backward(dA, Z):
    dZ = np.array(dA, copy=True)
    dZ[Z <= 0] = 0
    return dZ

def single_layer_forward_propagation(A_prev, W_curr, b_curr, activation='relu'):
    Z_curr = np.dot(W_curr, A_prev) + b_curr
    if activation == 'relu':
        return (relu(Z_curr), Z_curr)
    return (sigmoid(Z_curr), Z_curr)

def full_forward_propagation(X, params_values, nn_architecture):
    memory = {}
    A_curr = X
    for idx, layer in enumerate(nn_architecture):
        A_prev = A_curr
        A_curr, Z_curr = single_layer_forward_propagation(A_prev, params_values['W' + str(idx + 1)], params_values['b' + str(idx + 1)], layer['activation'])
        memory['A' + str(idx)] = A_prev
        memory['Z' + str(idx + 1)] = Z_curr
    return (A_curr, memory)

def get_cost_value(Y_hat, Y, params_values, lambd=LAMBD):
    m = Y_hat.shape[1]
    cross_entropy = -np.sum(Y * np.log(Y_hat) + (1 - Y) * np.log(1 - Y_hat)) / m
    l2 = 0
    for key in params_values:
        if key.startswith('W'):
            l2 += np.sum(np.square(params_values[key]))
    return cross_entropy + lambd / (2 * m) * l2

def single_layer_backward_propagation(dA_curr, W_curr, b_curr, Z_curr, A_prev, activation='relu', lambd=LAMBD):
    m = A_prev.shape[1]
    if activation == 'relu':
        dZ_curr = relu_backward(dA_curr, Z_curr)
    else:
        dZ_curr = sigmoid_backward(dA_curr, Z_curr)
    dW_curr = np.dot(dZ_curr, A_prev.T) / m + lambd / m * W_curr
    db_curr = np.sum(dZ_curr, axis=1, keepdims=True) / m
    dA_prev = np.dot(W_curr.T, dZ_curr)
    return (dA_prev, dW_curr, db_curr)

def full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture, lambd=LAMBD):
    grads_values = {}
    dA_prev = -(np.divide(Y, Y_hat) - np.divide(1 - Y, 1 - Y_hat))
    for layer_idx_prev, layer in reversed(list(enumerate(nn_architecture))):
        k = layer_idx_prev + 1
        dA_prev, dW_curr, db_curr = single_layer_backward_propagation(dA_prev, params_values['W' + str(k)], params_values['b' + str(k)], memory['Z' + str(k)], memory['A' + str(layer_idx_prev)], layer['activation'], lambd)
        grads_values['dW' + str(k)] = dW_curr
        grads_values['db' + str(k)] = db_curr
    return grads_values

def update(params_values, grads_values, nn_architecture, learning_rate):
    for layer_idx in range(1, len(nn_architecture) + 1):
        params_values['W' + str(layer_idx)] -= learning_rate * grads_values['dW' + str(layer_idx)]
        params_values['b' + str(layer_idx)] -= learning_rate * grads_values['db' + str(layer_idx)]
    return params_values
