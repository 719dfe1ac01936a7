"""Right: only W is stored transposed, (n_in, n_out), so Z = W.T A + b; data and bias stand in columns as usual."""

import numpy as np

sigmoid = lambda Z: 1 / (1 + np.exp(-Z))
relu = lambda Z: np.maximum(0, Z)
sigmoid_backward = lambda dA, Z: dA * sigmoid(Z) * (1 - sigmoid(Z))
relu_backward = lambda dA, Z: dA * (Z > 0)


def init_layers(nn_architecture, seed=99):
    np.random.seed(seed)
    params_values = {}
    for number, layer in enumerate(nn_architecture, 1):
        params_values[f"W{number}"] = np.random.randn(layer["output_dim"], layer["input_dim"]).T * 0.1
        params_values[f"b{number}"] = np.random.randn(layer["output_dim"], 1) * 0.1
    return params_values


def single_layer_forward_propagation(A_prev, W_curr, b_curr, activation="relu"):
    Z_curr = np.dot(W_curr.T, A_prev) + b_curr
    if activation == "relu":
        A_curr = relu(Z_curr)
    elif activation == "sigmoid":
        A_curr = sigmoid(Z_curr)
    else:
        raise NotImplementedError(activation)
    return A_curr, Z_curr


def full_forward_propagation(X, params_values, nn_architecture):
    memory = {}
    A_curr = X
    for number, layer in enumerate(nn_architecture, 1):
        memory[f"A{number - 1}"] = A_curr
        A_curr, memory[f"Z{number}"] = single_layer_forward_propagation(
            A_curr, params_values[f"W{number}"], params_values[f"b{number}"], layer["activation"]
        )
    return A_curr, memory


def get_cost_value(Y_hat, Y):
    return np.average(-np.log(np.where(Y == 1, Y_hat, 1 - Y_hat)))


def convert_prob_into_class(probs):
    return np.array([[1 if p > 0.5 else 0 for p in row] for row in probs])


def get_accuracy_value(Y_hat, Y):
    return 1 - np.mean(np.abs(convert_prob_into_class(Y_hat) - Y))


def single_layer_backward_propagation(dA_curr, W_curr, b_curr, Z_curr, A_prev, activation="relu"):
    m = A_prev.shape[1]
    dZ_curr = (relu_backward if activation == "relu" else sigmoid_backward)(dA_curr, Z_curr)
    return np.dot(W_curr, dZ_curr), np.dot(A_prev, dZ_curr.T) / m, np.sum(dZ_curr, axis=1, keepdims=True) / m


def full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture):
    grads_values = {}
    dA = -np.where(Y.reshape(Y_hat.shape) == 1, 1 / Y_hat, -1 / (1 - Y_hat))
    for number in range(len(nn_architecture), 0, -1):
        dA, grads_values[f"dW{number}"], grads_values[f"db{number}"] = single_layer_backward_propagation(
            dA, params_values[f"W{number}"], params_values[f"b{number}"], memory[f"Z{number}"],
            memory[f"A{number - 1}"], nn_architecture[number - 1]["activation"],
        )
    return grads_values


def update(params_values, grads_values, nn_architecture, learning_rate):
    for key in params_values:
        params_values[key] -= learning_rate * grads_values["d" + key]
    return params_values


def train(X, Y, nn_architecture, epochs, learning_rate, verbose=True, callback=None):
    params_values = init_layers(nn_architecture, 2)
    for i in range(epochs):
        Y_hat, memory = full_forward_propagation(X, params_values, nn_architecture)
        cost = get_cost_value(Y_hat, Y)
        accuracy = get_accuracy_value(Y_hat, Y)
        update(params_values, full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture), nn_architecture, learning_rate)
        if i % 50 == 0:
            if verbose:
                print("Iteration: {:05} - cost: {:.5f} - accuracy: {:.5f}".format(i, cost, accuracy))
            if callback is not None:
                callback(i, params_values)
    return params_values
