import numpy as np


class Layer:
    def __init__(self, n_inputs, n_neurons):
        self.weights, self.biases = np.random.randn(n_inputs, n_neurons), np.zeros((1, n_neurons))

    def forward(self, inputs):
        self.inputs = inputs
        self.output = inputs @ self.weights + self.biases

    def backward(self, dvalues):
        self.dweights, self.dbiases = self.inputs.T @ dvalues, dvalues.sum(axis=0, keepdims=True)
        self.dinputs = dvalues @ self.weights.T


class RMSprop:
    """It remembers in the layer."""

    def __init__(self, learning_rate=0.01):
        self.learning_rate = learning_rate

    def update_params(self, layer):
        for name in ("weights", "biases"):
            g, cache = getattr(layer, "d" + name), getattr(layer, name + "_cache", 0)
            setattr(layer, name + "_cache", 0.9 * cache + 0.1 * g**2)
            step = g / (np.sqrt(getattr(layer, name + "_cache")) + 1e-7)
            setattr(layer, name, getattr(layer, name) - self.learning_rate * step)


class Adam:
    def __init__(self, learning_rate=0.01):
        self.learning_rate, self.t = learning_rate, 0

    def update_params(self, layer):
        self.t += 1
        for name in ("weights", "biases"):
            if not hasattr(layer, name + "_cache"):
                setattr(layer, name + "_momentum", 0)
                setattr(layer, name + "_cache", 0)
            g = getattr(layer, "d" + name)
            m = 0.9 * getattr(layer, name + "_momentum") + 0.1 * g
            v = 0.999 * getattr(layer, name + "_cache") + 0.001 * g**2
            setattr(layer, name + "_momentum", m)
            setattr(layer, name + "_cache", v)
            step = m / (1 - 0.9**self.t) / (np.sqrt(v / (1 - 0.999**self.t)) + 1e-7)
            setattr(layer, name, getattr(layer, name) - self.learning_rate * step)
