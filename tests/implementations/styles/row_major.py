"""Right: one row per example: X is (m, features), Y is (m, 1), W is (n_in, n_out), b is (1, n_out)."""

import numpy as np


def init_layers(nn_architecture, seed=99):
    np.random.seed(seed)
    params_values = {}
    for number, layer in enumerate(nn_architecture, 1):
        n_in, n_out = layer["input_dim"], layer["output_dim"]
        params_values["W" + str(number)] = np.random.randn(n_out, n_in).T * 0.1  # the lab's draws, transposed
        params_values["b" + str(number)] = np.random.randn(1, n_out) * 0.1
    return params_values


def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def relu(Z):
    return Z * (Z > 0)


def sigmoid_backward(dA, Z):
    return dA * sigmoid(Z) * (1 - sigmoid(Z))


def relu_backward(dA, Z):
    return dA * (Z > 0)


def single_layer_forward_propagation(A_prev, W_curr, b_curr, activation="relu"):
    Z_curr = A_prev @ W_curr + b_curr
    if activation == "relu":
        return relu(Z_curr), Z_curr
    elif activation == "sigmoid":
        return sigmoid(Z_curr), Z_curr
    raise Exception("Non-supported activation function")


def full_forward_propagation(X, params_values, nn_architecture):
    memory = {}
    A_curr = X
    for idx, layer in enumerate(nn_architecture):
        A_prev = A_curr
        A_curr, Z_curr = single_layer_forward_propagation(
            A_prev, params_values["W" + str(idx + 1)], params_values["b" + str(idx + 1)], layer["activation"]
        )
        memory["A" + str(idx)] = A_prev
        memory["Z" + str(idx + 1)] = Z_curr
    return A_curr, memory


def get_cost_value(Y_hat, Y):
    m = Y_hat.shape[0]
    cost = -1 / m * (np.dot(Y.T, np.log(Y_hat)) + np.dot(1 - Y.T, np.log(1 - Y_hat)))
    return np.squeeze(cost)


def convert_prob_into_class(probs):
    return np.where(probs > 0.5, 1.0, 0.0)


def get_accuracy_value(Y_hat, Y):
    return (convert_prob_into_class(Y_hat) == Y).all(axis=1).mean()


def single_layer_backward_propagation(dA_curr, W_curr, b_curr, Z_curr, A_prev, activation="relu"):
    m = A_prev.shape[0]
    dZ_curr = relu_backward(dA_curr, Z_curr) if activation == "relu" else sigmoid_backward(dA_curr, Z_curr)
    dW_curr = A_prev.T @ dZ_curr / m
    db_curr = np.sum(dZ_curr, axis=0, keepdims=True) / m
    dA_prev = dZ_curr @ W_curr.T
    return dA_prev, dW_curr, db_curr


def full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture):
    grads_values = {}
    Y = Y.reshape(Y_hat.shape)
    dA_prev = -(np.divide(Y, Y_hat) - np.divide(1 - Y, 1 - Y_hat))
    for idx in range(len(nn_architecture) - 1, -1, -1):
        number = str(idx + 1)
        dA_prev, grads_values["dW" + number], grads_values["db" + number] = single_layer_backward_propagation(
            dA_prev, params_values["W" + number], params_values["b" + number], memory["Z" + number],
            memory["A" + str(idx)], nn_architecture[idx]["activation"],
        )
    return grads_values


def update(params_values, grads_values, nn_architecture, learning_rate):
    for number in range(1, len(nn_architecture) + 1):
        params_values["W" + str(number)] -= learning_rate * grads_values["dW" + str(number)]
        params_values["b" + str(number)] -= learning_rate * grads_values["db" + str(number)]
    return params_values


def train(X, Y, nn_architecture, epochs, learning_rate, verbose=True, callback=None):
    params_values = init_layers(nn_architecture, 2)
    for i in range(epochs):
        Y_hat, memory = full_forward_propagation(X, params_values, nn_architecture)
        cost, accuracy = get_cost_value(Y_hat, Y), get_accuracy_value(Y_hat, Y)
        grads_values = full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture)
        params_values = update(params_values, grads_values, nn_architecture, learning_rate)
        if i % 50 == 0:
            if verbose:
                print("Iteration: {:05} - cost: {:.5f} - accuracy: {:.5f}".format(i, cost, accuracy))
            if callback is not None:
                callback(i, params_values)
    return params_values
