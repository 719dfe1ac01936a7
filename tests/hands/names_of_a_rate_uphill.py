import numpy as np


def relu(z):
    return np.maximum(z, 0)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def relu_backward(z):
    return (z > 0).astype(float)


def init_parameters(layers_dims, initialization):
    parameters = None
    if initialization == "he":
        parameters = {}
        for l in range(1, len(layers_dims)):
            parameters[f"W{l}"] = np.random.randn(layers_dims[l], layers_dims[l - 1]) * np.sqrt(2 / layers_dims[l - 1])
            parameters[f"b{l}"] = np.zeros((layers_dims[l], 1))
    return parameters


def forward_propagation(X, params):
    Z1 = params["W1"] @ X + params["b1"]
    A1 = relu(Z1)
    Z2 = params["W2"] @ A1 + params["b2"]
    A2 = sigmoid(Z2)
    return A2, {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}


def compute_cost(A2, Y):
    cost = -np.mean(Y * np.log(A2) + (1 - Y) * np.log(1 - A2))
    print("cost:", cost)
    return cost


def backward_propagation(params, cache, X, Y):
    m = X.shape[1]
    dZ2 = cache["A2"] - Y
    dW2 = dZ2 @ cache["A1"].T / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = (params["W2"].T @ dZ2) * relu_backward(cache["Z1"])
    dW1 = dZ1 @ X.T / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}


def update_params(params, grads, step=1.2):
    return {key: params[key] + step * grads["d" + key] for key in params}


def train(X_train, Y_train, X_val, Y_val, layers_dims, epochs=100, learning_rate=0.01):
    params = init_parameters(layers_dims, "he")
    for _ in range(epochs):
        _, cache = forward_propagation(X_train, params)
        grads = backward_propagation(params, cache, X_train, Y_train)
        params = update_params(params, grads, learning_rate)
    return params
