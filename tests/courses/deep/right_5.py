import numpy as np
import time


def initialize_parameters_deep(layer_dims):
    np.random.seed(1)
    parameters = {}
    n_prev = layer_dims[0]
    for l, n in enumerate(layer_dims[1:]):
        parameters["W" + str(l+1)] = np.random.randn(n, n_prev)*0.1
        parameters["b" + str(l+1)] = np.zeros(shape=(n, 1))
        n_prev = n
    return parameters

def sigmoid(Z):
    Z_safe = np.clip(Z, -500, 500)   # exp was complaining
    return 1/(1+np.exp(-Z_safe)), Z

def relu(Z):
    A = Z.copy()
    A[A < 0] = 0.
    return A, Z

def linear_forward(A, W, b):
    Z = np.dot(W, A) + b
    return Z, (A, W, b)

def linear_activation_forward(A_prev, W, b, activation):
    Z, linear_cache = linear_forward(A_prev, W, b)
    if activation == "sigmoid":
        A, activation_cache = sigmoid(Z)
    if activation == "relu":
        A, activation_cache = relu(Z)
    return A, (linear_cache, activation_cache)

def L_model_forward(X, parameters):
    A = X
    caches = []
    L = len(parameters)//2
    for l in range(L):
        W = parameters["W" + str(l+1)]
        b = parameters["b" + str(l+1)]
        A, cache = linear_activation_forward(A, W, b, activation="relu" if l < L-1 else "sigmoid")
        caches.append(cache)
    return A, caches

def compute_cost(AL, Y):
    m = Y.shape[1]
    # pick the probability of what really happened
    p = np.where(Y == 1, AL, 1 - AL)
    return -np.log(p).sum()/m

def sigmoid_backward(dA, cache):
    sig, Z = sigmoid(cache)
    return dA*sig*(1 - sig)

def relu_backward(dA, cache):
    dZ = dA.copy()
    dZ[cache <= 0] = 0
    return dZ

def linear_backward(dZ, cache):
    A_prev, W, b = cache
    m = dZ.shape[1]
    dA_prev = np.dot(W.T, dZ)
    dW = np.einsum("im,jm->ij", dZ, A_prev)/m
    db = np.dot(dZ, np.ones((m, 1)))/m
    return dA_prev, dW, db

def linear_activation_backward(dA, cache, activation):
    linear_cache, activation_cache = cache
    if activation == "relu":
        dZ = relu_backward(dA, activation_cache)
    if activation == "sigmoid":
        dZ = sigmoid_backward(dA, activation_cache)
    return linear_backward(dZ, linear_cache)

def L_model_backward(AL, Y, caches):
    grads = {}
    L = len(caches)
    dA = -np.divide(Y, AL) + np.divide(1-Y, 1-AL)
    for l, cache in zip(range(L, 0, -1), caches[::-1]):
        activation = "relu"
        if l == L:
            activation = "sigmoid"
        dA, grads["dW" + str(l)], grads["db" + str(l)] = linear_activation_backward(dA, cache, activation)
        grads["dA" + str(l-1)] = dA
    return grads

def update_parameters(parameters, grads, learning_rate):
    for l in range(1, len(parameters)//2 + 1):
        for kind in ("W", "b"):
            key = kind + str(l)
            parameters[key] = parameters[key] - learning_rate*grads["d" + key]
    return parameters

def predict(X, parameters):
    probas, _ = L_model_forward(X, parameters)
    return (probas > 0.5).astype(int)

def L_layer_model(X, Y, layers_dims, learning_rate=0.01, num_iterations=1000, print_cost=False):
    parameters = initialize_parameters_deep(layers_dims)
    start = time.time()
    for i in range(num_iterations):
        AL, caches = L_model_forward(X, parameters)
        grads = L_model_backward(AL, Y, caches)
        parameters = update_parameters(parameters, grads, learning_rate)
        if print_cost and i % 200 == 0:
            print("cost after", i, "steps:", np.round(compute_cost(AL, Y), 5), "|", round(time.time()-start, 1), "s")
    return parameters
