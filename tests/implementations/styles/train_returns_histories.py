"""Right: train returns (params_values, cost_history, accuracy_history), and the cost keeps its shape (1, 1)."""

import numpy as np


def init_layers(nn_architecture, seed=99):
    np.random.seed(seed)
    number_of_layers = len(nn_architecture)
    params_values = {}
    for idx in range(number_of_layers):
        layer = nn_architecture[idx]
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
    Z_curr = np.dot(W_curr, A_prev) + b_curr
    match activation:
        case "relu":
            return relu(Z_curr), Z_curr
        case "sigmoid":
            return sigmoid(Z_curr), Z_curr
        case _:
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
    m = Y_hat.shape[1]
    return -1 / m * (np.dot(Y, np.log(Y_hat).T) + np.dot(1 - Y, np.log(1 - Y_hat).T))


def convert_prob_into_class(probs):
    return probs > 0.5


def get_accuracy_value(Y_hat, Y):
    return (convert_prob_into_class(Y_hat) == Y).all(axis=0).mean()


def single_layer_backward_propagation(dA_curr, W_curr, b_curr, Z_curr, A_prev, activation="relu"):
    m = A_prev.shape[1]
    match activation:
        case "relu":
            dZ_curr = relu_backward(dA_curr, Z_curr)
        case "sigmoid":
            dZ_curr = sigmoid_backward(dA_curr, Z_curr)
        case _:
            raise Exception("Non-supported activation function")
    dW_curr = 1.0 / m * np.dot(dZ_curr, A_prev.T)
    db_curr = 1.0 / m * np.sum(dZ_curr, axis=1, keepdims=True)
    dA_prev = np.dot(W_curr.T, dZ_curr)
    return dA_prev, dW_curr, db_curr


def full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture):
    grads_values = {}
    Y = Y.reshape(Y_hat.shape)
    dA_prev = -(np.divide(Y, Y_hat) - np.divide(1 - Y, 1 - Y_hat))
    for idx in range(len(nn_architecture))[::-1]:
        dA_prev, dW_curr, db_curr = single_layer_backward_propagation(
            dA_prev, params_values["W" + str(idx + 1)], params_values["b" + str(idx + 1)], memory["Z" + str(idx + 1)],
            memory["A" + str(idx)], nn_architecture[idx]["activation"],
        )
        grads_values.update({"dW" + str(idx + 1): dW_curr, "db" + str(idx + 1): db_curr})
    return grads_values


def update(params_values, grads_values, nn_architecture, learning_rate):
    for idx in range(1, len(nn_architecture) + 1):
        params_values["W" + str(idx)] -= learning_rate * grads_values["dW" + str(idx)]
        params_values["b" + str(idx)] -= learning_rate * grads_values["db" + str(idx)]
    return params_values


def train(X, Y, nn_architecture, epochs, learning_rate, verbose=True, callback=None):
    params_values = init_layers(nn_architecture, 2)
    cost_history = []
    accuracy_history = []
    for i in range(epochs):
        Y_hat, cache = full_forward_propagation(X, params_values, nn_architecture)
        cost = get_cost_value(Y_hat, Y)
        cost_history.append(cost)
        accuracy = get_accuracy_value(Y_hat, Y)
        accuracy_history.append(accuracy)
        grads_values = full_backward_propagation(Y_hat, Y, cache, params_values, nn_architecture)
        params_values = update(params_values, grads_values, nn_architecture, learning_rate)
        if i % 50 == 0:
            if verbose:
                print("Iteration: {:05} - cost: {:.5f} - accuracy: {:.5f}".format(i, cost.item(), accuracy))
            if callback is not None:
                callback(i, params_values)
    return params_values, cost_history, accuracy_history
