"""Right: gradients are kept with the other sign (the last dZ is Y - Y_hat) and update adds them with +=."""

import numpy as np


def init_layers(nn_architecture, seed=99):
    np.random.seed(seed)
    params_values = {}
    for idx, layer in enumerate(nn_architecture):
        params_values["W" + str(idx + 1)] = np.random.randn(layer["output_dim"], layer["input_dim"]) * 0.1
        params_values["b" + str(idx + 1)] = np.random.randn(layer["output_dim"], 1) * 0.1
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


def single_layer_forward_propagation(A_prev, W_curr, b_curr, activation="relu"):
    Z_curr = np.dot(W_curr, A_prev)
    Z_curr += b_curr
    return (relu if activation == "relu" else sigmoid)(Z_curr), Z_curr


def full_forward_propagation(X, params_values, nn_architecture):
    memory = {}
    A_curr = X
    for idx, layer in enumerate(nn_architecture):
        memory["A" + str(idx)] = A_curr
        A_curr, memory["Z" + str(idx + 1)] = single_layer_forward_propagation(
            A_curr, params_values["W" + str(idx + 1)], params_values["b" + str(idx + 1)], layer["activation"]
        )
    return A_curr, memory


def get_cost_value(Y_hat, Y):
    log_likelihood = np.sum(Y * np.log(Y_hat) + (1 - Y) * np.log(1 - Y_hat))
    return -log_likelihood / Y_hat.shape[1]


def convert_prob_into_class(probs):
    return np.round(probs)


def get_accuracy_value(Y_hat, Y):
    return np.mean(convert_prob_into_class(Y_hat) == Y)


def single_layer_backward_propagation(dA_curr, W_curr, b_curr, Z_curr, A_prev, activation="relu"):
    m = A_prev.shape[1]
    dZ_curr = (relu_backward if activation == "relu" else sigmoid_backward)(dA_curr, Z_curr)
    return np.dot(W_curr.T, dZ_curr), np.dot(dZ_curr, A_prev.T) / m, np.sum(dZ_curr, axis=1, keepdims=True) / m


def full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture):
    """The direction of steepest descent: minus the gradient."""
    directions = {}
    m = Y_hat.shape[1]
    number = len(nn_architecture)
    error = Y.reshape(Y_hat.shape) - Y_hat
    directions["dW" + str(number)] = np.dot(error, memory["A" + str(number - 1)].T) / m
    directions["db" + str(number)] = np.sum(error, axis=1, keepdims=True) / m
    dA = np.dot(params_values["W" + str(number)].T, error)
    while number > 1:
        number -= 1
        dA, directions["dW" + str(number)], directions["db" + str(number)] = single_layer_backward_propagation(
            dA, params_values["W" + str(number)], params_values["b" + str(number)], memory["Z" + str(number)],
            memory["A" + str(number - 1)], nn_architecture[number - 1]["activation"],
        )
    return directions


def update(params_values, grads_values, nn_architecture, learning_rate):
    for idx in range(1, len(nn_architecture) + 1):
        params_values["W" + str(idx)] += learning_rate * grads_values["dW" + str(idx)]
        params_values["b" + str(idx)] += learning_rate * grads_values["db" + str(idx)]
    return params_values


def train(X, Y, nn_architecture, epochs, learning_rate, verbose=True, callback=None):
    params_values = init_layers(nn_architecture, 2)
    for i in range(epochs):
        Y_hat, memory = full_forward_propagation(X, params_values, nn_architecture)
        directions = full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture)
        params_values = update(params_values, directions, nn_architecture, learning_rate)
        if i % 50 == 0:
            if verbose:
                print("Iteration: {:05} - cost: {:.5f} - accuracy: {:.5f}".format(
                    i, get_cost_value(Y_hat, Y), get_accuracy_value(Y_hat, Y)))
            if callback is not None:
                callback(i, params_values)
    return params_values
