"""Right: other parameter names in another order: relu_backward(Z, dA), get_cost_value(Y, Y_hat); calls by keyword."""

import numpy as np


def init_layers(layers, random_state=99):
    np.random.seed(random_state)
    parameters = {}
    for i, layer in enumerate(layers, 1):
        parameters["W" + str(i)] = np.random.randn(layer["output_dim"], layer["input_dim"]) * 0.1
        parameters["b" + str(i)] = np.random.randn(layer["output_dim"], 1) * 0.1
    return parameters


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def relu(x):
    return np.maximum(x, 0)


def sigmoid_backward(Z, dA):
    s = sigmoid(x=Z)
    return s * (1 - s) * dA


def relu_backward(Z, dA):
    gradient = np.array(dA)
    gradient[Z <= 0] = 0.0
    return gradient


def single_layer_forward_propagation(W, b, A, activation_function="relu"):
    Z = np.dot(W, A) + b
    if activation_function == "relu":
        return relu(x=Z), Z
    if activation_function == "sigmoid":
        return sigmoid(x=Z), Z
    raise ValueError("activation_function=" + str(activation_function))


def full_forward_propagation(parameters, layers, inputs):
    cache = {}
    A = inputs
    for i, layer in enumerate(layers, 1):
        cache["A" + str(i - 1)] = A
        A, cache["Z" + str(i)] = single_layer_forward_propagation(
            A=A, W=parameters["W" + str(i)], b=parameters["b" + str(i)], activation_function=layer["activation"]
        )
    return A, cache


def get_cost_value(Y, Y_hat):
    return float(-np.sum(Y * np.log(Y_hat) + (1 - Y) * np.log(1 - Y_hat)) / Y.shape[1])


def convert_prob_into_class(predictions):
    return np.where(predictions > 0.5, 1, 0)


def get_accuracy_value(Y, Y_hat):
    return float(np.mean(convert_prob_into_class(predictions=Y_hat) == Y))


def single_layer_backward_propagation(A_prev, Z, W, b, dA, activation_function="relu"):
    n_examples = A_prev.shape[1]
    if activation_function == "relu":
        dZ = relu_backward(Z=Z, dA=dA)
    elif activation_function == "sigmoid":
        dZ = sigmoid_backward(Z=Z, dA=dA)
    else:
        raise ValueError("activation_function=" + str(activation_function))
    return np.dot(W.T, dZ), np.dot(dZ, A_prev.T) / n_examples, np.sum(dZ, axis=1, keepdims=True) / n_examples


def full_backward_propagation(Y, Y_hat, parameters, cache, layers):
    gradients = {}
    dA = -(Y / Y_hat - (1 - Y) / (1 - Y_hat))
    for i in range(len(layers), 0, -1):
        dA, gradients["dW" + str(i)], gradients["db" + str(i)] = single_layer_backward_propagation(
            dA=dA, W=parameters["W" + str(i)], b=parameters["b" + str(i)], Z=cache["Z" + str(i)],
            A_prev=cache["A" + str(i - 1)], activation_function=layers[i - 1]["activation"],
        )
    return gradients


def update(layers, parameters, gradients, alpha):
    for i in range(1, len(layers) + 1):
        parameters["W" + str(i)] -= alpha * gradients["dW" + str(i)]
        parameters["b" + str(i)] -= alpha * gradients["db" + str(i)]
    return parameters


def train(layers, inputs, labels, alpha=0.01, n_epochs=10000, verbose=False, callback=None):
    parameters = init_layers(layers, random_state=2)
    for epoch in range(n_epochs):
        Y_hat, cache = full_forward_propagation(parameters=parameters, layers=layers, inputs=inputs)
        gradients = full_backward_propagation(Y=labels, Y_hat=Y_hat, parameters=parameters, cache=cache, layers=layers)
        parameters = update(layers, parameters=parameters, gradients=gradients, alpha=alpha)
        if epoch % 50 == 0:
            if verbose:
                print("Iteration: {:05} - cost: {:.5f} - accuracy: {:.5f}".format(
                    epoch, get_cost_value(Y=labels, Y_hat=Y_hat), get_accuracy_value(Y=labels, Y_hat=Y_hat)))
            if callback is not None:
                callback(epoch, parameters)
    return parameters
