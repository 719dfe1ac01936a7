import numpy as np

def relu(Z):
    return np.maximum(0, Z)

def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))

def init_params(dims):
    W = [np.random.randn(dims[i + 1], dims[i]) * np.sqrt(2 / dims[i]) for i in range(len(dims) - 1)]
    b = [np.zeros((dims[i + 1], 1)) for i in range(len(dims) - 1)]
    return W, b

def forward(X, W, b):
    A = [X]
    Z = []
    for i in range(len(W)):
        z = W[i] @ A[-1] + b[i]
        Z.append(z)
        A.append(sigmoid(z) if i == len(W) - 1 else relu(z))
    return A, Z

def cost(Y_hat, Y):
    m = Y.shape[1]
    return -np.sum(Y * np.log(Y_hat) + (1 - Y) * np.log(1 - Y_hat)) / m

def backward(A, Z, W, Y):
    m = Y.shape[1]
    dW, db = [None] * len(W), [None] * len(W)
    dZ = A[-1] - Y
    for i in reversed(range(len(W))):
        dW[i] = dZ @ A[i + 1].T / m
        db[i] = dZ.sum(axis=1, keepdims=True) / m
        if i > 0:
            dZ = (W[i].T @ dZ) * (Z[i - 1] > 0)
    return dW, db

def update(W, b, dW, db, lr):
    for i in range(len(W)):
        W[i] -= lr * dW[i]
        b[i] -= lr * db[i]
    return W, b

def train(X, Y, dims, epochs=100, lr=0.1):
    W, b = init_params(dims)
    for _ in range(epochs):
        A, Z = forward(X, W, b)
        dW, db = backward(A, Z, W, Y)
        W, b = update(W, b, dW, db, lr)
    return W, b
