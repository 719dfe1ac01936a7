"""Right: keys are W1, B1, dW1, dB1, from one %-format; type annotations; the last layer's dZ is Y_hat - Y."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Values = dict[str, Array]


def init_layers(nn_architecture: list[dict], seed: int = 99) -> Values:
    np.random.seed(seed)
    params_values: Values = {}
    for k, layer in enumerate(nn_architecture, start=1):
        params_values["W%d" % k] = 0.1 * np.random.standard_normal((layer["output_dim"], layer["input_dim"]))
        params_values["B%d" % k] = 0.1 * np.random.standard_normal((layer["output_dim"], 1))
    return params_values


def sigmoid(Z: Array) -> Array:
    return (1 + np.exp(-Z)) ** -1


def relu(Z: Array) -> Array:
    return np.maximum(np.zeros_like(Z), Z)


def sigmoid_backward(dA: Array, Z: Array) -> Array:
    return dA * sigmoid(Z) * sigmoid(-Z)


def relu_backward(dA: Array, Z: Array) -> Array:
    return dA * (np.sign(Z) == 1)


def single_layer_forward_propagation(A_prev: Array, W_curr: Array, b_curr: Array, activation: str = "relu") -> tuple[Array, Array]:
    # one product with the bias as one more column
    Z_curr = np.hstack((W_curr, b_curr)) @ np.vstack((A_prev, np.ones((1, A_prev.shape[1]))))
    return {"relu": relu, "sigmoid": sigmoid}[activation](Z_curr), Z_curr


def full_forward_propagation(X: Array, params_values: Values, nn_architecture: list[dict]) -> tuple[Array, Values]:
    memory: Values = {}
    A = X
    for k, layer in enumerate(nn_architecture, start=1):
        memory["A%d" % (k - 1)] = A
        A, memory["Z%d" % k] = single_layer_forward_propagation(
            A, params_values["W%d" % k], params_values["B%d" % k], layer["activation"]
        )
    return A, memory


def get_cost_value(Y_hat: Array, Y: Array) -> float:
    return float(np.mean(np.where(Y > 0.5, -np.log(Y_hat), -np.log1p(-Y_hat))))


def convert_prob_into_class(probs: Array) -> Array:
    return np.ceil(probs - 0.5)


def get_accuracy_value(Y_hat: Array, Y: Array) -> float:
    wrong = np.abs(convert_prob_into_class(Y_hat) - Y).sum(axis=0) > 0
    return 1 - wrong.mean()


def single_layer_backward_propagation(
    dA_curr: Array, W_curr: Array, b_curr: Array, Z_curr: Array, A_prev: Array, activation: str = "relu"
) -> tuple[Array, Array, Array]:
    dZ = {"relu": relu_backward, "sigmoid": sigmoid_backward}[activation](dA_curr, Z_curr)
    both = dZ @ np.vstack((A_prev, np.ones((1, A_prev.shape[1])))).T / A_prev.shape[1]
    return W_curr.T @ dZ, both[:, :-1], both[:, -1:]


def full_backward_propagation(
    Y_hat: Array, Y: Array, memory: Values, params_values: Values, nn_architecture: list[dict]
) -> Values:
    m = Y_hat.shape[1]
    grads_values: Values = {}
    dZ = Y_hat - Y
    for k in range(len(nn_architecture), 0, -1):
        grads_values["dW%d" % k] = dZ @ memory["A%d" % (k - 1)].T / m
        grads_values["dB%d" % k] = dZ.sum(axis=1, keepdims=True) / m
        if k > 1:
            backward = relu_backward if nn_architecture[k - 2]["activation"] == "relu" else sigmoid_backward
            dZ = backward(params_values["W%d" % k].T @ dZ, memory["Z%d" % (k - 1)])
    return grads_values


def update(params_values: Values, grads_values: Values, nn_architecture: list[dict], learning_rate: float) -> Values:
    return {name: params_values[name] - learning_rate * grads_values["d" + name] for name in params_values}


def train(X: Array, Y: Array, nn_architecture: list[dict], epochs: int, learning_rate: float, verbose=True, callback=None) -> Values:
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
