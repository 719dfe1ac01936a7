"""Right: misspelled function names (fully_forward_propagation, single_layer_backword_propogation), which takes no b_curr."""

import numpy as np


def init_layer(nn_architecture, seed=99):
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


def sigmoid_backwards(dA, Z):
    sig = sigmoid(Z)
    return dA * sig * (1 - sig)


def relu_backwards(dA, Z):
    dZ = np.array(dA, copy=True)
    dZ[Z <= 0] = 0
    return dZ


def single_layer_foward_propagation(A_prev, W_curr, b_curr, activation="relu"):
    Z_curr = np.dot(W_curr, A_prev) + b_curr
    if activation == "relu":
        return relu(Z_curr), Z_curr
    elif activation == "sigmoid":
        return sigmoid(Z_curr), Z_curr
    else:
        raise Exception("Non-supported activation function")


def fully_forward_propagation(X, params_values, nn_architecture):
    memory = {}
    A_curr = X
    for idx, layer in enumerate(nn_architecture):
        A_prev = A_curr
        A_curr, Z_curr = single_layer_foward_propagation(
            A_prev, params_values["W" + str(idx + 1)], params_values["b" + str(idx + 1)], layer["activation"]
        )
        memory["A" + str(idx)] = A_prev
        memory["Z" + str(idx + 1)] = Z_curr
    return A_curr, memory


def get_cost_values(Y_hat, Y):
    m = Y_hat.shape[1]
    cost = -1 / m * (np.dot(Y, np.log(Y_hat).T) + np.dot(1 - Y, np.log(1 - Y_hat).T))
    return np.squeeze(cost)


def convert_prob_to_class(probs):
    probs_ = np.copy(probs)
    probs_[probs_ > 0.5] = 1
    probs_[probs_ <= 0.5] = 0
    return probs_


def get_acuracy_value(Y_hat, Y):
    return (convert_prob_to_class(Y_hat) == Y).all(axis=0).mean()


def single_layer_backword_propogation(dA_curr, W_curr, Z_curr, A_prev, activation="relu"):
    m = A_prev.shape[1]
    if activation == "relu":
        dZ_curr = relu_backwards(dA_curr, Z_curr)
    elif activation == "sigmoid":
        dZ_curr = sigmoid_backwards(dA_curr, Z_curr)
    else:
        raise Exception("Non-supported activation function")
    return np.dot(W_curr.T, dZ_curr), np.dot(dZ_curr, A_prev.T) / m, np.sum(dZ_curr, axis=1, keepdims=True) / m


def full_backword_propagation(Y_hat, Y, memory, params_values, nn_architecture):
    grads_values = {}
    Y = Y.reshape(Y_hat.shape)
    dA_prev = -(np.divide(Y, Y_hat) - np.divide(1 - Y, 1 - Y_hat))
    for idx, layer in reversed(list(enumerate(nn_architecture))):
        dA_prev, grads_values["dW" + str(idx + 1)], grads_values["db" + str(idx + 1)] = single_layer_backword_propogation(
            dA_prev, params_values["W" + str(idx + 1)], memory["Z" + str(idx + 1)], memory["A" + str(idx)], layer["activation"]
        )
    return grads_values


def updates(params_values, grads_values, nn_architecture, learning_rate):
    for idx in range(1, len(nn_architecture) + 1):
        params_values["W" + str(idx)] -= learning_rate * grads_values["dW" + str(idx)]
        params_values["b" + str(idx)] -= learning_rate * grads_values["db" + str(idx)]
    return params_values


def train(X, Y, nn_architecture, epochs, learning_rate, verbose=True, callback=None):
    params_values = init_layer(nn_architecture, 2)
    for i in range(epochs):
        Y_hat, memory = fully_forward_propagation(X, params_values, nn_architecture)
        cost, accuracy = get_cost_values(Y_hat, Y), get_acuracy_value(Y_hat, Y)
        grads_values = full_backword_propagation(Y_hat, Y, memory, params_values, nn_architecture)
        params_values = updates(params_values, grads_values, nn_architecture, learning_rate)
        if i % 50 == 0:
            if verbose:
                print("Iteration: {:05} - cost: {:.5f} - accuracy: {:.5f}".format(i, cost, accuracy))
            if callback is not None:
                callback(i, params_values)
    return params_values
