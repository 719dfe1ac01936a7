import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def relu(z):
    return np.maximum(0, z)

def tanh(z):
    return np.tanh(z)
g = {'relu': relu, 'sigmoid': sigmoid, 'tanh': tanh}
dg = {'relu': lambda z: (z > 0) * 1.0, 'sigmoid': lambda z: sigmoid(z) * (1 - sigmoid(z)), 'tanh': lambda z: 1 - np.tanh(z) ** 2}

def initialize_parameters_deep(layer_dims, **kwargs):
    init = kwargs.get('init', 'he')
    p = {}
    for l in range(1, len(layer_dims)):
        s = np.sqrt((2 if init == 'he' else 1) / layer_dims[l - 1])
        p['W%d' % l] = np.random.randn(layer_dims[l], layer_dims[l - 1]) * s
        p['b%d' % l] = np.zeros((layer_dims[l], 1))
    return p

def linear_forward(A, W, b):
    return (W.dot(A) + b, {'A_prev': A, 'W': W, 'b': b})

def linear_activation_forward(A_prev, W, b, activation):
    Z, cache = linear_forward(A_prev, W, b)
    return (g[activation](Z), (cache, Z))

def L_model_forward(X, parameters):
    L = len(parameters) // 2
    A, caches = (X, {})
    for l in range(1, L + 1):
        A, caches[l] = linear_activation_forward(A, parameters['W%d' % l], parameters['b%d' % l], 'tanh' if l < L else 'sigmoid')
    return (A, caches)

def compute_cost(AL, Y):
    return np.mean(-Y * np.log(AL) - (1 - Y) * np.log(1 - AL))

def linear_backward(dZ, cache):
    m = dZ.shape[1]
    return (cache['W'].T.dot(dZ), dZ.dot(cache['A_prev'].T) / m, dZ.mean(axis=1)[:, np.newaxis])

def linear_activation_backward(dA, cache, activation):
    linear_cache, Z = cache
    return linear_backward(dA * dg[activation](Z), linear_cache)

def L_model_backward(AL, Y, caches):
    L = len(caches)
    grads = {}
    dA = -Y / AL + (1 - Y) / (1 - AL)
    for l in sorted(caches, reverse=True):
        dA, grads['dW%d' % l], grads['db%d' % l] = linear_activation_backward(dA, caches[l], 'sigmoid' if l == L else 'tanh')
    return grads

def update_parameters(parameters, grads, learning_rate):
    new = parameters.copy()
    for k in new:
        new[k] -= learning_rate * grads['d' + k]
        new[k] -= learning_rate * grads['d' + k]
    return new
