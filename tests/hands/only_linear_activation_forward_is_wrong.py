import numpy as np

class Act:

    @staticmethod
    def sigmoid(Z):
        return 1 / (1 + np.exp(-Z))

    @staticmethod
    def relu(Z):
        return np.maximum(0.0, Z)

    @staticmethod
    def d_sigmoid(Z):
        s = Act.sigmoid(Z)
        return s * (1 - s)

    @staticmethod
    def d_relu(Z):
        return np.where(Z > 0, 1.0, 0.0)

def initialize_parameters_deep(layer_dims, **kwargs):
    scale = kwargs.get('scale', 0.01)
    params = dict()
    for l in range(1, len(layer_dims)):
        params['W' + str(l)] = np.random.randn(layer_dims[l], layer_dims[l - 1]) * scale
        params['b' + str(l)] = np.zeros((layer_dims[l], 1))
    return params

def linear_forward(A, W, b, **kwargs):
    return (W @ A + b, (A, W, b))

def linear_activation_forward(A_prev, W, b, activation, **kwargs):
    Z, linear_cache = linear_forward(A_prev, W, b)
    A = getattr(Act, activation)(Z)
    return (A, (linear_cache, A))

def L_model_forward(X, parameters, **kwargs):
    L = len(parameters) // 2
    caches, A = ([], X)
    for l in range(1, L + 1):
        A, cache = linear_activation_forward(A, parameters['W' + str(l)], parameters['b' + str(l)], activation='relu' if l < L else 'sigmoid')
        caches += [cache]
    return (A, caches)

def compute_cost(AL, Y, **kwargs):
    eps = kwargs.get('eps', 1e-10)
    m = Y.shape[1]
    return np.squeeze(-(Y @ np.log(AL + eps).T + (1 - Y) @ np.log(1 - AL + eps).T) / m)

def linear_backward(dZ, cache, **kwargs):
    A_prev, W, b = cache
    m = dZ.shape[1]
    db = dZ @ np.ones((m, 1)) / m
    return (W.T @ dZ, dZ @ A_prev.T / m, db)

def linear_activation_backward(dA, cache, activation, **kwargs):
    linear_cache, Z = cache
    dZ = dA * getattr(Act, 'd_' + activation)(Z)
    return linear_backward(dZ, linear_cache)

def L_model_backward(AL, Y, caches, **kwargs):
    L = len(caches)
    grads = {}
    dA = np.divide(AL - Y, AL * (1 - AL))
    for l, cache in zip(range(L, 0, -1), reversed(caches)):
        activation = 'sigmoid' if l == L else 'relu'
        dA, grads['dW' + str(l)], grads['db' + str(l)] = linear_activation_backward(dA, cache, activation)
    return grads

def update_parameters(parameters, grads, learning_rate, **kwargs):
    return {name: value - learning_rate * grads['d' + name] for name, value in parameters.items()}
