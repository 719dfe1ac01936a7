import math
import random

import numpy as np


class Perceptrons:
    """One example at a time, x a flat array."""

    def __init__(self, n_inputs, n_hidden, n_outputs, learning_rate=0.5):
        random.seed(0)
        self.learning_rate = learning_rate
        self.hidden_weights = np.random.rand(n_hidden, n_inputs)
        self.hidden_bias = np.random.rand(n_hidden)
        self.output_weights = np.random.rand(n_outputs, n_hidden)
        self.output_bias = np.random.rand(n_outputs)

    def logistic(self, z):
        return 1 / (1 + np.exp(-z))

    def propagate(self, x):
        self.x = x
        self.h = self.logistic(self.hidden_weights @ x + self.hidden_bias)
        self.o = self.logistic(self.output_weights @ self.h + self.output_bias)
        return self.o

    def backpropagate(self, target):
        delta_o = (self.o - target) * self.o * (1 - self.o)
        delta_h = (self.output_weights.T @ delta_o) * self.h * (1 - self.h)
        self.output_weights -= self.learning_rate * np.outer(delta_o, self.h)
        self.output_bias -= self.learning_rate * delta_o
        self.hidden_weights -= self.learning_rate * np.outer(delta_h, self.x)
        self.hidden_bias -= self.learning_rate * delta_h

    def train(self, samples, targets, epochs):
        for _ in range(epochs):
            for x, t in zip(samples, targets):
                self.propagate(x)
                self.backpropagate(t)
