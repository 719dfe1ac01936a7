import numpy as np


def relu(Z):
    return np.maximum(0, Z)


def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def initialize_parameters(input_size, hidden_size, output_size):
    W1 = np.random.randn(input_size, hidden_size) * 0.01
    W2 = np.random.randn(hidden_size, output_size) * 0.01
    return W1, np.zeros((1, hidden_size)), W2, np.zeros((1, output_size))


def forward_propagation(X, W1, b1, W2, b2, activation_func):
    Z1 = X @ W1 + b1
    A1 = activation_func(Z1)
    Z2 = A1 @ W2 + b2
    return Z1, A1, Z2, sigmoid(Z2)


def backward_propagation(X, Y, Z1, A1, Z2, A2, W1, W2, activation_deriv):
    m = X.shape[0]
    dZ2 = A2 - Y
    dZ1 = (dZ2 @ W2.T) * activation_deriv(Z1)
    return X.T @ dZ1 / m, dZ1.sum(axis=0, keepdims=True) / m, A1.T @ dZ2 / m, dZ2.sum(axis=0, keepdims=True) / m


def update_parameters(W1, b1, W2, b2, dW1, db1, dW2, db2, learning_rate):
    return W1 - learning_rate * dW1, b1 - learning_rate * db1, W2 - learning_rate * dW2, b2 - learning_rate * db2
