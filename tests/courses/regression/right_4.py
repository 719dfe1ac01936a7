import numpy as np


def sigmoide(z):
    return 1 / (1 + np.exp(-z))


def derivada_sigmoide(a):
    return a * (1 - a)


def inicializar_pesos(n_entradas, n_ocultas, n_salidas):
    W1 = np.random.randn(n_entradas, n_ocultas)
    b1 = np.zeros((1, n_ocultas))
    W2 = np.random.randn(n_ocultas, n_salidas)
    b2 = np.zeros((1, n_salidas))
    return W1, b1, W2, b2


def propagacion_adelante(X, W1, b1, W2, b2):
    Z1 = X @ W1 + b1
    A1 = sigmoide(Z1)
    Z2 = A1 @ W2 + b2
    A2 = sigmoide(Z2)
    return Z1, A1, Z2, A2


def calcular_costo(A2, Y):
    m = Y.shape[0]
    return -np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / m


def retropropagacion(X, Y, A1, A2, W2):
    m = X.shape[0]
    dZ2 = A2 - Y
    dW2 = A1.T @ dZ2 / m
    db2 = np.sum(dZ2, axis=0, keepdims=True) / m
    dZ1 = dZ2 @ W2.T * derivada_sigmoide(A1)
    dW1 = X.T @ dZ1 / m
    db1 = np.sum(dZ1, axis=0, keepdims=True) / m
    return dW1, db1, dW2, db2


def actualizar_parametros(W1, b1, W2, b2, dW1, db1, dW2, db2, tasa_aprendizaje):
    W1 = W1 - tasa_aprendizaje * dW1
    b1 = b1 - tasa_aprendizaje * db1
    W2 = W2 - tasa_aprendizaje * dW2
    b2 = b2 - tasa_aprendizaje * db2
    return W1, b1, W2, b2
