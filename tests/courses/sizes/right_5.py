#!/usr/bin/env python3
# Red para regresión: capas ocultas tanh, salida lineal, error cuadrático medio.
import numpy as np


class NeuralNetwork:

    def __init__(self, capas, tasa=0.05):
        self.tasa = tasa
        self.W = []
        self.b = []
        for entra, sale in zip(capas, capas[1:]):
            self.W.append(np.random.uniform(-1, 1, (entra, sale)) / np.sqrt(entra))
            self.b.append(np.zeros(sale))

    def forward(self, X):
        salidas = [X]
        for k, (W, b) in enumerate(zip(self.W, self.b)):
            z = np.dot(salidas[-1], W) + b
            ultima = (k == len(self.W) - 1)
            salidas.append(z if ultima else np.tanh(z))
        self.salidas = salidas
        return salidas[-1]

    def error(self, X, Y):
        return np.mean((self.forward(X) - Y) ** 2)

    def backward(self, Y):
        # hay que llamar a forward antes
        d = 2 * (self.salidas[-1] - Y) / Y.size
        dW, db = [], []
        for k in reversed(range(len(self.W))):
            entrada = self.salidas[k]
            dW.insert(0, np.dot(entrada.T, d))
            db.insert(0, d.sum(axis=0))
            d = np.dot(d, self.W[k].T)
            d *= 1 - entrada ** 2      # pendiente de tanh (para k = 0 no se usa)
        return dW, db

    def step(self, dW, db):
        for k in range(len(self.W)):
            self.W[k] -= self.tasa * dW[k]
            self.b[k] -= self.tasa * db[k]

    def fit(self, X, Y, vueltas=100, lote=8):
        for _ in range(vueltas):
            orden = np.random.permutation(len(X))
            for i in range(0, len(X), lote):
                idx = orden[i:i + lote]
                self.forward(X[idx])
                dW, db = self.backward(Y[idx])
                self.step(dW, db)
        return self.error(X, Y)

    def predict(self, X):
        return self.forward(X)


if __name__ == "__main__":
    np.random.seed(3)
    x = np.linspace(-2, 2, 60).reshape(-1, 1)
    red = NeuralNetwork([1, 12, 1])
    print("error final: %.5f" % red.fit(x, np.sin(2 * x), vueltas=800))
