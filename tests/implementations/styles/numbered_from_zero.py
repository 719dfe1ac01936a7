"""Right: layers are numbered from 0: W0, b0, Z0 and dW0 belong to the first layer, A0 is its input X."""

import numpy as np


def init_layers(nn_architecture, seed=99):
    np.random.seed(seed)
    params_values = {}
    for i, layer in enumerate(nn_architecture):
        params_values[f"W{i}"] = np.random.randn(layer["output_dim"], layer["input_dim"]) * 0.1
        params_values[f"b{i}"] = np.random.randn(layer["output_dim"], 1) * 0.1
    return params_values


def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def relu(Z):
    return np.maximum(0, Z)


def sigmoid_backward(dA, Z):
    sig = sigmoid(Z)
    return dA * (sig * (1 - sig))


def relu_backward(dA, Z):
    return np.where(Z > 0, dA, 0)


ACTIVATIONS = {"relu": relu, "sigmoid": sigmoid}
DERIVATIVES = {"relu": relu_backward, "sigmoid": sigmoid_backward}


def single_layer_forward_propagation(A_prev, W_curr, b_curr, activation="relu"):
    Z = W_curr @ A_prev + b_curr
    return ACTIVATIONS[activation](Z), Z


def full_forward_propagation(X, params_values, nn_architecture):
    memory = {}
    A = X
    for i, layer in enumerate(nn_architecture):
        memory[f"A{i}"] = A
        A, Z = single_layer_forward_propagation(A, params_values[f"W{i}"], params_values[f"b{i}"], layer["activation"])
        memory[f"Z{i}"] = Z
    return A, memory


def get_cost_value(Y_hat, Y):
    m = Y_hat.shape[1]
    return (-1 / m * (Y @ np.log(Y_hat).T + (1 - Y) @ np.log(1 - Y_hat).T)).item()


def convert_prob_into_class(probs):
    return (probs > 0.5).astype(float)


def get_accuracy_value(Y_hat, Y):
    return (convert_prob_into_class(Y_hat) == Y).all(axis=0).sum() / Y.shape[1]


def single_layer_backward_propagation(dA_curr, W_curr, b_curr, Z_curr, A_prev, activation="relu"):
    m = A_prev.shape[1]
    dZ = DERIVATIVES[activation](dA_curr, Z_curr)
    return W_curr.T @ dZ, dZ @ A_prev.T / m, dZ.sum(axis=1)[:, np.newaxis] / m


def full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture):
    grads_values = {}
    Y = Y.reshape(Y_hat.shape)
    dA = -(Y / Y_hat) + (1 - Y) / (1 - Y_hat)
    for i, layer in reversed(list(enumerate(nn_architecture))):
        dA, grads_values[f"dW{i}"], grads_values[f"db{i}"] = single_layer_backward_propagation(
            dA, params_values[f"W{i}"], params_values[f"b{i}"], memory[f"Z{i}"], memory[f"A{i}"], layer["activation"]
        )
    return grads_values


def update(params_values, grads_values, nn_architecture, learning_rate):
    for i in range(len(nn_architecture)):
        params_values[f"W{i}"] -= learning_rate * grads_values[f"dW{i}"]
        params_values[f"b{i}"] -= learning_rate * grads_values[f"db{i}"]
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
