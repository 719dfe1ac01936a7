import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def initialize_parameters(hidden_units=2, seed=42, scale=0.5):
    np.random.seed(seed)
    W1 = np.random.randn(2, hidden_units) * scale
    b1 = np.zeros((1, hidden_units))
    W2 = np.random.randn(hidden_units, 1) * scale
    b2 = np.zeros((1, 1))
    return W1, b1, W2, b2


def forward_propagation(X, W1, b1, W2, b2):
    Z1 = X @ W1 + b1
    A1 = sigmoid(Z1)
    Z2 = A1 @ W2 + b2
    A2 = sigmoid(Z2)
    return Z1, A1, Z2, A2
