import copy

import numpy as np

# ---------- activations: value and Z to remember ----------


def sigmoid(Z):
    return np.reciprocal(1.0 + np.exp(-Z)), Z


def relu(Z):
    return np.maximum(Z, 0), Z


def sigmoid_backward(dA, cache):
    A = sigmoid(cache)[0]
    return np.multiply(dA, A - A ** 2)


def relu_backward(dA, cache):
    gate = (cache > 0).astype(float)
    return np.multiply(dA, gate)


# ---------- one layer ----------


def linear_forward(A, W, b):
    return np.add(np.matmul(W, A), b), (A, W, b)


def linear_activation_forward(A_prev, W, b, activation):
    functions = dict(sigmoid=sigmoid, relu=relu)
    Z, linear_cache = linear_forward(A_prev, W, b)
    A, activation_cache = functions[activation](Z)
    return A, (linear_cache, activation_cache)


def linear_backward(dZ, cache):
    (A_prev, W, b), m = cache, dZ.shape[1]
    db = np.mean(dZ, axis=1, keepdims=True)
    dW = np.matmul(dZ, np.transpose(A_prev)) / m
    dA_prev = np.matmul(np.transpose(W), dZ)
    return dA_prev, dW, db


def linear_activation_backward(dA, cache, activation):
    slopes = dict(sigmoid=sigmoid_backward, relu=relu_backward)
    linear_cache, Z = cache
    return linear_backward(slopes[activation](dA, Z), linear_cache)


# ---------- whole model ----------


def initialize_parameters_deep(layer_dims):
    rng = np.random.default_rng(1)
    parameters = {}
    for l in range(1, len(layer_dims)):
        shape = (layer_dims[l], layer_dims[l - 1])
        parameters[f'W{l}'] = rng.normal(0, np.sqrt(1 / shape[1]), shape)
        parameters[f'b{l}'] = np.zeros((shape[0], 1))
    return parameters


def L_model_forward(X, parameters):
    caches, A, l = [], X, 1
    while f'W{l + 1}' in parameters:
        A, cache = linear_activation_forward(A, parameters[f'W{l}'], parameters[f'b{l}'], 'relu')
        caches.append(cache)
        l += 1
    AL, cache = linear_activation_forward(A, parameters[f'W{l}'], parameters[f'b{l}'], 'sigmoid')
    return AL, caches + [cache]


def compute_cost(AL, Y):
    m = Y.shape[1]
    logprobs = Y * np.log(AL + 1e-8) + (1 - Y) * np.log(1 - AL + 1e-8)
    return -np.sum(logprobs) / m


def L_model_backward(AL, Y, caches):
    L = len(caches)
    grads = {f'dA{L}': -(Y / AL) + (1 - Y) / (1 - AL)}
    for l in range(L, 0, -1):
        out = linear_activation_backward(grads[f'dA{l}'], caches[l - 1], 'sigmoid' if l == L else 'relu')
        grads[f'dA{l - 1}'], grads[f'dW{l}'], grads[f'db{l}'] = out
    return grads


def update_parameters(params, grads, learning_rate):
    parameters = copy.deepcopy(params)
    for l in range(1, len(parameters) // 2 + 1):
        parameters[f'W{l}'] -= learning_rate * grads[f'dW{l}']
        parameters[f'b{l}'] -= learning_rate * grads[f'db{l}']
    return parameters


def L_layer_model(X, Y, layers_dims, learning_rate=0.0075, num_iterations=3000, print_cost=False):
    parameters = initialize_parameters_deep(layers_dims)
    costs = []
    for i in range(num_iterations):
        AL, caches = L_model_forward(X, parameters)
        costs.append(compute_cost(AL, Y))
        if print_cost and i % 100 == 0:
            print("iteration {:>5}: {:.6f}".format(i, costs[-1]))
        grads = L_model_backward(AL, Y, caches)
        parameters = update_parameters(parameters, grads, learning_rate)
    return parameters, costs
