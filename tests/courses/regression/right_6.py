import numpy as np
import pandas as pd

table = np.array(pd.read_csv("digits.csv"))
rows, columns = table.shape
pixels, digits = table[:, 1:].T / 255, table[:, 0]


def start():
    return (
        np.random.uniform(-0.5, 0.5, (12, 784)),
        np.zeros((12, 1)),
        np.random.uniform(-0.5, 0.5, (10, 12)),
        np.zeros((10, 1)),
    )


def relu(Z):
    return np.maximum(0, Z)


def softmax(Z):
    e = np.exp(Z - Z.max(axis=0))
    return e / e.sum(axis=0)


def forward_prop(W1, b1, W2, b2, X):
    Z1 = W1 @ X + b1
    A1 = relu(Z1)
    Z2 = W2 @ A1 + b2
    return Z1, A1, Z2, softmax(Z2)


def one_hot(Y):
    columns_of_classes = np.zeros((Y.max() + 1, Y.size))
    columns_of_classes[Y, np.arange(Y.size)] = 1
    return columns_of_classes


def backward_prop(Z1, A1, A2, W2, X, Y):
    dZ2 = A2 - one_hot(Y)
    dW2 = dZ2 @ A1.T / rows
    db2 = dZ2.sum(axis=1, keepdims=True) / rows
    dZ1 = W2.T @ dZ2 * (Z1 > 0)
    dW1 = X @ dZ1.T
    dW1 = dW1.T / rows
    db1 = dZ1.sum(axis=1, keepdims=True) / rows
    return dW1, db1, dW2, db2


def update_params(W1, b1, W2, b2, dW1, db1, dW2, db2, rate):
    return W1 - rate * dW1, b1 - rate * db1, W2 - rate * dW2, b2 - rate * db2
