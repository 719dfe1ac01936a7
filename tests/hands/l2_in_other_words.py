import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))

def initialize_parameters(n_x, n_h, n_y, seed=2):
    np.random.seed(seed)
    return {'W1': np.random.randn(n_h, n_x) * 0.01, 'b1': np.zeros((n_h, 1)), 'W2': np.random.randn(n_y, n_h) * 0.01, 'b2': np.zeros((n_y, 1))}

def forward_propagation(X, parameters):
    Z1 = np.dot(parameters['W1'], X) + parameters['b1']
    A1 = np.maximum(0, Z1)
    Z2 = np.dot(parameters['W2'], A1) + parameters['b2']
    A2 = sigmoid(Z2)
    return (A2, {'Z1': Z1, 'A1': A1, 'Z2': Z2, 'A2': A2})

def compute_cost(A2, Y, parameters, strafe=0.1):
    m = Y.shape[1]
    A2 = np.clip(A2, 1e-10, 1 - 1e-10)
    data = -np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / m
    zusatz = strafe / (2 * m) * (np.sum(parameters['W1'] ** 2) + np.sum(parameters['W2'] ** 2))
    return data + zusatz

def backward_propagation(parameters, cache, X, Y, strafe=0.1):
    m = X.shape[1]
    dZ2 = cache['A2'] - Y
    dW2 = np.dot(dZ2, cache['A1'].T) / m + strafe / m * parameters['W2']
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = np.dot(parameters['W2'].T, dZ2)
    dZ1[cache['Z1'] <= 0] = 0
    dW1 = np.dot(dZ1, X.T) / m + strafe / m * parameters['W1']
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {'dW1': dW1, 'db1': db1, 'dW2': dW2, 'db2': db2}

def update_parameters(parameters, grads, learning_rate=0.5):
    out = {}
    for k in parameters:
        out[k] = parameters[k] - learning_rate * grads['d' + k]
    return out
