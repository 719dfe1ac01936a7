"""Right: plain Python loops over rows, columns and examples, NumPy only as a container; `math` for exp and log."""

import math

import numpy as np


def init_layers(nn_architecture, seed=99):
    np.random.seed(seed)
    params_values = {}
    layer_idx = 1
    for layer in nn_architecture:
        for name, columns in (("W", layer["input_dim"]), ("b", 1)):
            matrix = np.zeros((layer["output_dim"], columns))
            for i in range(layer["output_dim"]):
                for j in range(columns):
                    matrix[i, j] = np.random.randn() * 0.1
            params_values[name + str(layer_idx)] = matrix
        layer_idx += 1
    return params_values


def elementwise(function, *arrays):
    result = np.empty(np.shape(arrays[0]))
    for index in np.ndindex(result.shape):
        result[index] = function(*(float(array[index]) for array in arrays))
    return result


def matmul(A, B):
    result = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            total = 0.0
            for k in range(A.shape[1]):
                total += A[i, k] * B[k, j]
            result[i, j] = total
    return result


def sigmoid_of(z):
    if z >= 0:
        return 1 / (1 + math.exp(-z))
    return math.exp(z) / (1 + math.exp(z))


def sigmoid(Z):
    return elementwise(sigmoid_of, Z)


def relu(Z):
    return elementwise(lambda z: z if z > 0 else 0.0, Z)


def sigmoid_backward(dA, Z):
    return elementwise(lambda da, z: da * sigmoid_of(z) * (1 - sigmoid_of(z)), dA, Z)


def relu_backward(dA, Z):
    return elementwise(lambda da, z: da if z > 0 else 0.0, dA, Z)


def single_layer_forward_propagation(A_prev, W_curr, b_curr, activation="relu"):
    Z_curr = matmul(W_curr, A_prev)
    for i in range(Z_curr.shape[0]):
        for j in range(Z_curr.shape[1]):
            Z_curr[i, j] += b_curr[i, 0]
    if activation == "relu":
        return relu(Z_curr), Z_curr
    if activation == "sigmoid":
        return sigmoid(Z_curr), Z_curr
    raise ValueError("activation: " + activation)


def full_forward_propagation(X, params_values, nn_architecture):
    memory = {}
    A = X
    for l in range(1, len(nn_architecture) + 1):
        memory["A%d" % (l - 1)] = A
        A, Z = single_layer_forward_propagation(
            A, params_values["W%d" % l], params_values["b%d" % l], nn_architecture[l - 1]["activation"]
        )
        memory["Z%d" % l] = Z
    return A, memory


def log(p):
    return math.log(p) if p > 0 else -math.inf


def get_cost_value(Y_hat, Y):
    total = 0.0
    for i in range(Y_hat.shape[0]):
        for j in range(Y_hat.shape[1]):
            if Y[i, j] == 1:
                total -= log(Y_hat[i, j])
            else:
                total -= log(1 - Y_hat[i, j])
    return total / Y_hat.shape[1]


def convert_prob_into_class(probs):
    return elementwise(lambda p: 1.0 if p > 0.5 else 0.0, probs)


def get_accuracy_value(Y_hat, Y):
    classes = convert_prob_into_class(Y_hat)
    right = 0
    for j in range(Y.shape[1]):
        if all(classes[i, j] == Y[i, j] for i in range(Y.shape[0])):
            right += 1
    return right / Y.shape[1]


def single_layer_backward_propagation(dA_curr, W_curr, b_curr, Z_curr, A_prev, activation="relu"):
    if activation == "relu":
        dZ = relu_backward(dA_curr, Z_curr)
    elif activation == "sigmoid":
        dZ = sigmoid_backward(dA_curr, Z_curr)
    else:
        raise ValueError("activation: " + activation)
    n_out, m = dZ.shape
    n_in = A_prev.shape[0]
    dW = np.zeros((n_out, n_in))
    db = np.zeros((n_out, 1))
    dA_prev = np.zeros((n_in, m))
    for o in range(n_out):
        for j in range(m):
            db[o, 0] += dZ[o, j] / m
            for i in range(n_in):
                dW[o, i] += dZ[o, j] * A_prev[i, j] / m
                dA_prev[i, j] += W_curr[o, i] * dZ[o, j]
    return dA_prev, dW, db


def full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture):
    grads_values = {}
    dA = np.zeros(Y_hat.shape)
    for i in range(Y_hat.shape[0]):
        for j in range(Y_hat.shape[1]):
            dA[i, j] = -1 / Y_hat[i, j] if Y[i, j] == 1 else 1 / (1 - Y_hat[i, j])
    l = len(nn_architecture)
    while l > 0:
        dA, grads_values["dW%d" % l], grads_values["db%d" % l] = single_layer_backward_propagation(
            dA, params_values["W%d" % l], params_values["b%d" % l], memory["Z%d" % l], memory["A%d" % (l - 1)],
            nn_architecture[l - 1]["activation"],
        )
        l = l - 1
    return grads_values


def update(params_values, grads_values, nn_architecture, learning_rate):
    for key in params_values:
        for index in np.ndindex(params_values[key].shape):
            params_values[key][index] -= learning_rate * grads_values["d" + key][index]
    return params_values


def train(X, Y, nn_architecture, epochs, learning_rate, verbose=True, callback=None):
    params_values = init_layers(nn_architecture, 2)
    i = 0
    while i < epochs:
        Y_hat, memory = full_forward_propagation(X, params_values, nn_architecture)
        cost = get_cost_value(Y_hat, Y)
        accuracy = get_accuracy_value(Y_hat, Y)
        grads_values = full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture)
        params_values = update(params_values, grads_values, nn_architecture, learning_rate)
        if i % 50 == 0:
            if verbose:
                print("Iteration: {:05} - cost: {:.5f} - accuracy: {:.5f}".format(i, cost, accuracy))
            if callback is not None:
                callback(i, params_values)
        i += 1
    return params_values
