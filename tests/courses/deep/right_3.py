# Übung 4 - tiefes Netz mit L Schichten
# Beispiele stehen in den Spalten
import numpy as np


def initialize_parameters_deep(layer_dims):
    parameters = dict()
    for l in range(1, len(layer_dims)):
        parameters["W%d" % l] = np.random.randn(layer_dims[l], layer_dims[l-1]) / np.sqrt(layer_dims[l-1])
        parameters["b%d" % l] = np.zeros([layer_dims[l], 1])
    return parameters


# --- Aktivierungen ---------------------------------------------------

def sigmoid(Z):
    A = np.empty(Z.shape)
    pos = Z >= 0
    A[pos] = 1/(1 + np.exp(-Z[pos]))
    e = np.exp(Z[~pos])          # kein overflow bei sehr negativen Z
    A[~pos] = e/(1 + e)
    return A, Z


def relu(Z):
    return np.where(Z > 0, Z, 0), Z


def sigmoid_backward(dA, cache):
    A, _ = sigmoid(cache)
    return dA * A * (1 - A)


def relu_backward(dA, cache):
    return np.where(cache > 0, dA, 0)


# --- vorwärts --------------------------------------------------------

def linear_forward(A, W, b):
    Z = W.dot(A)
    Z += b
    return Z, (A, W, b)


def linear_activation_forward(A_prev, W, b, activation):
    Z, linear_cache = linear_forward(A_prev, W, b)
    if activation == "relu":
        A, activation_cache = relu(Z)
    elif activation == "sigmoid":
        A, activation_cache = sigmoid(Z)
    else:
        raise ValueError("unbekannte Aktivierung: %s" % activation)
    return A, (linear_cache, activation_cache)


def L_model_forward(X, parameters):
    L = len(parameters)//2
    caches = []
    A = X
    for l in range(1, L):
        A, cache = linear_activation_forward(A, parameters["W%d" % l], parameters["b%d" % l], "relu")
        caches.append(cache)
    # letzte Schicht
    AL, cache = linear_activation_forward(A, parameters["W%d" % L], parameters["b%d" % L], "sigmoid")
    caches.append(cache)
    return AL, caches


def compute_cost(AL, Y):
    m = Y.shape[1]
    cost = -(np.dot(Y, np.log(AL).T) + np.dot(1 - Y, np.log(1 - AL).T))/m
    return np.squeeze(cost)


# --- rückwärts -------------------------------------------------------

def linear_backward(dZ, cache):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    dW = dZ.dot(A_prev.T)/m
    db = (dZ.sum(axis=1)/m).reshape(b.shape)
    return W.T.dot(dZ), dW, db


def linear_activation_backward(dA, cache, activation):
    if activation == "relu":
        dZ = relu_backward(dA, cache[1])
    elif activation == "sigmoid":
        dZ = sigmoid_backward(dA, cache[1])
    else:
        raise ValueError("unbekannte Aktivierung: %s" % activation)
    return linear_backward(dZ, cache[0])


def L_model_backward(AL, Y, caches):
    L = len(caches)
    dA = (1 - Y)/(1 - AL) - Y/AL
    grads = {}
    for l in range(L, 0, -1):
        art = "sigmoid" if l == L else "relu"
        dA, dW, db = linear_activation_backward(dA, caches[l-1], art)
        grads["dA%d" % (l-1)], grads["dW%d" % l], grads["db%d" % l] = dA, dW, db
    return grads


def update_parameters(parameters, grads, learning_rate):
    for name in parameters:
        parameters[name] -= learning_rate*grads["d" + name]     # an Ort und Stelle
    return parameters
