"""Right: einsum everywhere, and 1/m sits in the loss gradient, so dW and db are not divided again."""

import numpy as np


def init_layers(nn_architecture, seed=99):
    rng = np.random.RandomState(seed)
    return {
        name: 0.1 * rng.randn(layer["output_dim"], columns)
        for number, layer in enumerate(nn_architecture, 1)
        for name, columns in ((f"W{number}", layer["input_dim"]), (f"b{number}", 1))
    }


def sigmoid(Z):
    return np.reciprocal(1.0 + np.exp(np.negative(Z)))


def relu(Z):
    return np.where(Z > 0, Z, 0.0)


def sigmoid_backward(dA, Z):
    return np.einsum("om,om,om->om", dA, sigmoid(Z), 1 - sigmoid(Z))


def relu_backward(dA, Z):
    return np.einsum("om,om->om", dA, np.heaviside(Z, 0.0))


def single_layer_forward_propagation(A_prev, W_curr, b_curr, activation="relu"):
    Z = np.einsum("oi,im->om", W_curr, A_prev) + np.einsum("oj->o", b_curr)[:, None]
    return {"relu": relu, "sigmoid": sigmoid}[activation](Z), Z


def full_forward_propagation(X, params_values, nn_architecture):
    memory = {"A0": X}
    A = X
    for number, layer in enumerate(nn_architecture, 1):
        memory[f"A{number - 1}"] = A
        A, memory[f"Z{number}"] = single_layer_forward_propagation(
            A, params_values[f"W{number}"], params_values[f"b{number}"], layer["activation"]
        )
    return A, memory


def get_cost_value(Y_hat, Y):
    return -(np.einsum("om,om->", Y, np.log(Y_hat)) + np.einsum("om,om->", 1 - Y, np.log(1 - Y_hat))) / Y.shape[1]


def convert_prob_into_class(probs):
    return np.heaviside(probs - 0.5, 0.0)


def get_accuracy_value(Y_hat, Y):
    return float(np.mean(np.min(convert_prob_into_class(Y_hat) == Y, axis=0)))


def single_layer_backward_propagation(dA_curr, W_curr, b_curr, Z_curr, A_prev, activation="relu"):
    dZ = {"relu": relu_backward, "sigmoid": sigmoid_backward}[activation](dA_curr, Z_curr)
    # the mean is in dA already
    return np.einsum("oi,om->im", W_curr, dZ), np.einsum("om,im->oi", dZ, A_prev), np.einsum("om->o", dZ)[:, None]


def full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture):
    m = Y_hat.shape[1]
    Y = np.reshape(Y, Y_hat.shape)
    dA = ((1 - Y) / (1 - Y_hat) - Y / Y_hat) / m
    grads_values = {}
    for number in range(len(nn_architecture), 0, -1):
        dA, grads_values[f"dW{number}"], grads_values[f"db{number}"] = single_layer_backward_propagation(
            dA, params_values[f"W{number}"], params_values[f"b{number}"], memory[f"Z{number}"],
            memory[f"A{number - 1}"], nn_architecture[number - 1]["activation"],
        )
    return grads_values


def update(params_values, grads_values, nn_architecture, learning_rate):
    for name, gradient in grads_values.items():
        params_values[name[1:]] -= learning_rate * gradient
    return params_values


def train(X, Y, nn_architecture, epochs, learning_rate, verbose=True, callback=None):
    params_values = init_layers(nn_architecture, 2)
    for epoch in range(epochs):
        Y_hat, memory = full_forward_propagation(X, params_values, nn_architecture)
        if epoch % 50 == 0:
            cost, accuracy = get_cost_value(Y_hat, Y), get_accuracy_value(Y_hat, Y)
        grads_values = full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture)
        params_values = update(params_values, grads_values, nn_architecture, learning_rate)
        if epoch % 50 == 0:
            if verbose:
                print(f"Iteration: {epoch:05} - cost: {cost:.5f} - accuracy: {accuracy:.5f}")
            if callback:
                callback(epoch, params_values)
    return params_values
