import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def init(n_in, n_h1, n_h2, n_out):
    W1 = np.random.randn(n_h1, n_in) * 0.1
    b1 = np.zeros((n_h1, 1))
    W2 = np.random.randn(n_h2, n_h1) * 0.1
    b2 = np.zeros((n_h2, 1))
    W3 = np.random.randn(n_out, n_h2) * 0.1
    b3 = np.zeros((n_out, 1))
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}

def forward(X, p):
    Z1 = p["W1"] @ X + p["b1"]
    A1 = np.maximum(0, Z1)
    Z2 = p["W2"] @ A1 + p["b2"]
    A2 = np.maximum(0, Z2)
    Z3 = p["W3"] @ A2 + p["b3"]
    A3 = sigmoid(Z3)
    return A3, {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2, "Z3": Z3, "A3": A3}

def cost(A3, Y):
    return -np.mean(Y * np.log(A3) + (1 - Y) * np.log(1 - A3))

def backward(X, Y, p, cache):
    m = X.shape[1]
    dZ3 = cache["A3"] - Y
    dW3 = dZ3 @ cache["A2"].T / m
    db3 = dZ3.sum(axis=1, keepdims=True) / m
    dZ2 = p["W3"].T @ dZ3 * (cache["Z2"] > 0)
    dW2 = dZ2 @ cache["A1"].T / m
    db2 = dZ2.sum(axis=1, keepdims=True) / m
    dZ1 = p["W2"].T @ dZ2 * (cache["Z2"].sum() > 0)
    dW1 = dZ1 @ X.T / m
    db1 = dZ1.sum(axis=1, keepdims=True) / m
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2, "dW3": dW3, "db3": db3}

def update(p, g, lr):
    for k in p:
        p[k] = p[k] - lr * g["d" + k]
    return p

def train(X, Y, h1=4, h2=3, epochs=100, lr=0.1):
    p = init(X.shape[0], h1, h2, Y.shape[0])
    for _ in range(epochs):
        A3, cache = forward(X, p)
        g = backward(X, Y, p, cache)
        p = update(p, g, lr)
    return p
