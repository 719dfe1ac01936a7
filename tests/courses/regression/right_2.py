import numpy as np


def relu(Z):
    return np.maximum(0, Z)


def relu_deriv(Z):
    return Z > 0


def init_params():
    W1 = np.random.randn(8, 16) * 0.3
    b1 = np.zeros((1, 16))
    W2 = np.random.randn(16, 16) * 0.3
    b2 = np.zeros((1, 16))
    W3 = np.random.randn(16, 1) * 0.3
    b3 = np.zeros((1, 1))
    return W1, b1, W2, b2, W3, b3


def forward_propagation(X, W1, b1, W2, b2, W3, b3):
    Z1 = X.dot(W1) + b1
    A1 = relu(Z1)
    Z2 = A1.dot(W2) + b2
    A2 = relu(Z2)
    Z3 = A2.dot(W3) + b3
    A3 = Z3
    return Z1, A1, Z2, A2, Z3, A3


def loss_function(Y, A3):
    return np.sum(np.square(A3 - Y)) / (2 * Y.shape[0])


def back_propagation(X, Y, W1, b1, W2, b2, W3, b3, Z1, A1, Z2, A2, Z3, A3, learning_rate):
    m = Y.shape[0]
    dZ3 = (A3 - Y) / m
    dW3 = A2.T.dot(dZ3)
    db3 = dZ3.sum(axis=0, keepdims=True)
    dZ2 = dZ3.dot(W3.T) * relu_deriv(Z2)
    dW2 = A1.T.dot(dZ2)
    db2 = dZ2.sum(axis=0, keepdims=True)
    dZ1 = dZ2.dot(W2.T) * relu_deriv(Z1)
    dW1 = X.T.dot(dZ1)
    db1 = dZ1.sum(axis=0, keepdims=True)
    W1 -= learning_rate * dW1
    b1 -= learning_rate * db1
    W2 -= learning_rate * dW2
    b2 -= learning_rate * db2
    W3 -= learning_rate * dW3
    b3 -= learning_rate * db3
    return W1, b1, W2, b2, W3, b3
