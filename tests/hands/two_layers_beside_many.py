import numpy as np
def init_deep(dims):
    w = {}
    for i in range(1, len(dims)):
        w["W%d" % i] = np.random.randn(dims[i], dims[i - 1]) * 0.01
        w["b%d" % i] = np.zeros((dims[i], 1))
    return w
def sigmoid(x):
    return 1 / (1 + np.exp(-x))
def relu(x):
    return np.maximum(0, x)
def relu_derivative(x, activation):
    return x * np.where(activation > 0, 1, 0)
def sigmoid_derivative(x, activation):
    return x * sigmoid(activation) * (1 - sigmoid(activation))
def linear_forward(A, W, b):
    return np.dot(W, A) + b, (A, W, b)
def linear_activation_forward(A_prev, W, b, activation):
    Z, cache = linear_forward(A_prev, W, b)
    return activation(Z), (cache, Z)
def l_model_forward(X, weights):
    caches, A, L = [], X, len(weights) // 2
    for l in range(1, L + 1):
        A, c = linear_activation_forward(A, weights["W%d" % l], weights["b%d" % l], sigmoid if l == L else relu)
        caches.append(c)
    return A, caches
def cost_function(Yhat, Y):
    return -np.sum(Y * np.log(Yhat) + (1 - Y) * np.log(1 - Yhat)) / Y.shape[1]
def linear_backward(dZ, cache):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    return np.dot(W.T, dZ), np.dot(dZ, A_prev.T) / m, np.sum(dZ, axis=1, keepdims=True) / m
def linear_activation_backward(dA, cache, derivative):
    return linear_backward(derivative(dA, cache[1]), cache[0])
def l_model_backward(AL, Y, caches):
    g, L = {}, len(caches)
    dAL = -(Y / AL - (1 - Y) / (1 - AL))
    g["dA%d" % (L - 1)], g["dW%d" % L], g["db%d" % L] = linear_activation_backward(dAL, caches[L - 1], sigmoid_derivative)
    for l in reversed(range(L - 1)):
        g["dA%d" % l], g["dW%d" % (l + 1)], g["db%d" % (l + 1)] = linear_activation_backward(
            g["dA%d" % (L - 1)], caches[l], relu_derivative)
    return g
def update_parameters(weights, grads, learning_rate):
    for k in weights:
        weights[k] = weights[k] - learning_rate * grads["d" + k]
    return weights
def two_layer_model(X, Y, layers_dims, learning_rate=0.0075, num_iterations=3000):
    p = init_deep(layers_dims)
    for i in range(0, num_iterations):
        A1, c1 = linear_activation_forward(X, p["W1"], p["b1"], relu)
        A2, c2 = linear_activation_forward(A1, p["W2"], p["b2"], sigmoid)
        dA1, dW2, db2 = linear_activation_backward(-(Y / A2 - (1 - Y) / (1 - A2)), c2, sigmoid_derivative)
        _, dW1, db1 = linear_activation_backward(dA1, c1, relu_derivative)
        p = update_parameters(p, {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}, learning_rate)
    return p
