import numpy as np


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def sigmoid_derivative(x):
    s = sigmoid(x)
    return s * (1 - s)


def init_weights(n_in, n_hidden, n_out):
    w1 = np.random.randn(n_in, n_hidden) * 0.1
    b1 = np.zeros(n_hidden)
    w2 = np.random.randn(n_hidden, n_out) * 0.1
    b2 = np.zeros(n_out)
    return w1, b1, w2, b2


def forward(X, w1, b1, w2, b2):
    z1 = np.dot(X, w1) + b1
    a1 = sigmoid(z1)
    z2 = np.dot(a1, w2) + b2
    a2 = sigmoid(z2)
    return z1, a1, z2, a2


def loss(y, a2):
    return np.mean((y - a2) ** 2)


def backward(X, y, z1, a1, z2, a2, w2):
    m = X.shape[0]
    delta2 = 2 * (a2 - y) / m * sigmoid_derivative(z2)
    dw2 = a1.T @ delta2
    db2 = delta2.sum(axis=0)
    delta1 = delta2 @ w2.T * sigmoid_derivative(z1)
    dw1 = X.T @ delta1
    db1 = delta1.sum(axis=0)
    return dw1, db1, dw2, db2


def update(w1, b1, w2, b2, dw1, db1, dw2, db2, lr):
    w1 -= lr * dw1
    b1 -= lr * db1
    w2 -= lr * dw2
    b2 -= lr * db2
    return w1, b1, w2, b2


def train(X, y, n_hidden, epochs=1000, lr=0.1):
    w1, b1, w2, b2 = init_weights(X.shape[1], n_hidden, 1)
    for i in range(epochs):
        z1, a1, z2, a2 = forward(X, w1, b1, w2, b2)
        dw1, db1, dw2, db2 = backward(X, y, z1, a1, z2, a2, w2)
        w1, b1, w2, b2 = update(w1, b1, w2, b2, dw1, db1, dw2, db2, lr)
    return w1, b1, w2, b2
