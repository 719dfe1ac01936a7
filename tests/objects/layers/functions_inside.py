import numpy as np

class Dense:
    def __init__(self, units, input_dim, activation=None):
        self.units = units
        self.w = np.random.uniform(-0.5, 0.5, (units, input_dim))
        self.b = np.zeros((units, 1))
        self.activation = activation

    def forward(self, a):
        self.a_in = a
        self.z = self.w @ a + self.b
        self.a_out = self.z if self.activation is None else self.activation.f(self.z)
        return self.a_out

    def backward(self, da):
        m = da.shape[1]
        dz = da if self.activation is None else da * self.activation.df(self.z)
        self.dw = (dz @ self.a_in.T) / m
        self.db = dz.mean(axis=1, keepdims=True)
        return self.w.T @ dz

class Relu:
    @staticmethod
    def f(z):
        return np.where(z < 0, 0, z)
    @staticmethod
    def df(z):
        return np.where(z < 0, 0, 1)

class Tanh:
    @staticmethod
    def f(z):
        return np.tanh(z)
    @staticmethod
    def df(z):
        return 1 / np.cosh(z) ** 2

class Adagrad:
    def __init__(self, lr=0.1):
        self.lr = lr
        self.cache = {}
    def step(self, layers):
        for i, l in enumerate(layers):
            for p, g in ((l.w, l.dw), (l.b, l.db)):
                c = self.cache[id(p)] = self.cache.get(id(p), 0) + g ** 2
                p -= self.lr * g / (np.sqrt(c) + 1e-8)
