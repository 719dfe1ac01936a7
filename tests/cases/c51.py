# L layer network, tanh hidden units; activation_cache keeps A instead of Z
import numpy as np

def initialize_parameters_deep(layer_dims, seed=2):
    np.random.seed(seed)
    p = {}
    for l in range(1, len(layer_dims)):
        p['W%d' % l] = np.random.randn(layer_dims[l], layer_dims[l-1]) / np.sqrt(layer_dims[l-1])
        p['b%d' % l] = np.zeros((layer_dims[l], 1))
    return p

def sigmoid(Z):
    A = 1. / (1. + np.exp(-Z))
    return A, A

def tanh(Z):
    A = np.tanh(Z)
    return A, A

def sigmoid_backward(dA, A):
    return dA * A * (1 - A)

def tanh_backward(dA, A):
    return dA * (1 - A * A)

def linear_forward(A, W, b):
    return W.dot(A) + b, (A, W, b)

def linear_activation_forward(A_prev, W, b, activation):
    Z, lin = linear_forward(A_prev, W, b)
    if activation == 'sigmoid':
        A, act = sigmoid(Z)
    elif activation == 'tanh':
        A, act = tanh(Z)
    return A, (lin, act)

def L_model_forward(X, parameters):
    L = len(parameters) // 2
    caches = []
    A = X
    for l in range(1, L):
        A, c = linear_activation_forward(A, parameters['W%d' % l], parameters['b%d' % l], 'tanh')
        caches.append(c)
    AL, c = linear_activation_forward(A, parameters['W%d' % L], parameters['b%d' % L], 'sigmoid')
    caches.append(c)
    return AL, caches

def compute_cost(AL, Y):
    m = Y.shape[1]
    return -1./m * np.sum(Y*np.log(AL) + (1-Y)*np.log(1-AL))

def linear_backward(dZ, cache):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    dW = dZ.dot(A_prev.T) / m
    db = np.mean(dZ, axis=1, keepdims=True)
    dA_prev = W.T.dot(dZ)
    return dA_prev, dW, db

def linear_activation_backward(dA, cache, activation):
    lin, act = cache
    if activation == 'sigmoid':
        dZ = sigmoid_backward(dA, act)
    elif activation == 'tanh':
        dZ = tanh_backward(dA, act)
    return linear_backward(dZ, lin)

def L_model_backward(AL, Y, caches):
    grads = {}
    L = len(caches)
    dAL = -(Y/AL - (1-Y)/(1-AL))
    dA, dW, db = linear_activation_backward(dAL, caches.pop(), 'sigmoid')
    grads['dW%d' % L], grads['db%d' % L] = dW, db
    l = L - 1
    while caches:
        dA, dW, db = linear_activation_backward(dA, caches.pop(), 'tanh')
        grads['dW%d' % l], grads['db%d' % l] = dW, db
        l -= 1
    return grads

def update_parameters(parameters, grads, learning_rate=0.01):
    for l in range(1, len(parameters) // 2 + 1):
        parameters['W%d' % l] -= learning_rate * grads['dW%d' % l]
        parameters['b%d' % l] -= learning_rate * grads['db%d' % l]
    return parameters

def L_layer_model(X, Y, layers_dims, learning_rate=0.0075, num_iterations=3000):
    parameters = initialize_parameters_deep(layers_dims)
    for i in range(num_iterations):
        AL, caches = L_model_forward(X, parameters)
        cost = compute_cost(AL, Y)
        grads = L_model_backward(AL, Y, caches)
        parameters = update_parameters(parameters, grads, learning_rate)
    return parameters
