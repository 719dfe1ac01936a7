import numpy as np

LAMBD = 0.7

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def relu(z):
    return np.maximum(0, z)

def initialize_parameters(layer_dims):
    np.random.seed(3)
    p = {}
    for l in range(1, len(layer_dims)):
        p["W" + str(l)] = np.random.randn(layer_dims[l], layer_dims[l-1]) / np.sqrt(layer_dims[l-1])
        p["b" + str(l)] = np.zeros((layer_dims[l], 1))
    return p

def forward_propagation(X, parameters):
    W1, b1, W2, b2, W3, b3 = [parameters[k] for k in ("W1", "b1", "W2", "b2", "W3", "b3")]
    Z1 = W1 @ X + b1
    A1 = relu(Z1)
    Z2 = W2 @ A1 + b2
    A2 = relu(Z2)
    Z3 = W3 @ A2 + b3
    A3 = sigmoid(Z3)
    return A3, (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3)

def compute_cost(A3, Y):
    m = Y.shape[1]
    return 1./m * np.nansum(-np.log(A3) * Y - np.log(1 - A3) * (1 - Y))

def compute_cost_with_regularization(A3, Y, parameters, lambd):
    m = Y.shape[1]
    l2 = sum(np.sum(np.square(parameters[k])) for k in ("W1", "W2", "W3"))
    return compute_cost(A3, Y) + lambd * l2 / (2 * m)

def backward_propagation(X, Y, cache):
    m = X.shape[1]
    Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3 = cache
    dZ3 = A3 - Y
    dW3 = 1./m * dZ3 @ A2.T
    db3 = 1./m * np.sum(dZ3, axis=1, keepdims=True)
    dZ2 = (W3.T @ dZ3) * np.int64(A2 > 0)
    dW2 = 1./m * dZ2 @ A1.T
    db2 = 1./m * np.sum(dZ2, axis=0, keepdims=True)
    dZ1 = (W2.T @ dZ2) * np.int64(A1 > 0)
    dW1 = 1./m * dZ1 @ X.T
    db1 = 1./m * np.sum(dZ1, axis=1, keepdims=True)
    return {"dW3": dW3, "db3": db3, "dW2": dW2, "db2": db2, "dW1": dW1, "db1": db1}

def backward_propagation_with_regularization(X, Y, cache, lambd):
    m = X.shape[1]
    grads = backward_propagation(X, Y, cache)
    grads["dW1"] = grads["dW1"] + lambd / m * cache[2]
    grads["dW2"] = grads["dW2"] + lambd / m * cache[6]
    grads["dW3"] = grads["dW3"] + lambd / m * cache[10]
    return grads

def update_parameters(parameters, grads, learning_rate):
    for k in parameters:
        parameters[k] = parameters[k] - learning_rate * grads["d" + k]
    return parameters
