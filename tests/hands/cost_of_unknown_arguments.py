import numpy as np


def sigmoide(z):
    return 1 / (1 + np.exp(-z))


def calcular_costo(verdadero, predicho):
    return -np.mean(verdadero * np.log(predicho) + (1 - verdadero) * np.log(1 - predicho))
