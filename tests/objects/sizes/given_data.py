import numpy as np


def sigmoid(x):
    return 1.0 / (1 + np.exp(-x))


def sigmoid_derivative(x):
    return x * (1.0 - x)


class NeuralNetwork:
    def __init__(self, x, y, lr=1.0):
        self.input = x
        self.weights1 = np.random.rand(self.input.shape[1], 4)
        self.bias1 = np.zeros((1, 4))
        self.weights2 = np.random.rand(4, y.shape[1])
        self.bias2 = np.zeros((1, y.shape[1]))
        self.y = y
        self.lr = lr
        self.output = np.zeros(self.y.shape)

    def feedforward(self):
        self.layer1 = sigmoid(np.dot(self.input, self.weights1) + self.bias1)
        self.output = sigmoid(np.dot(self.layer1, self.weights2) + self.bias2)

    def backprop(self):
        d2 = 2 * (self.y - self.output) * sigmoid_derivative(self.output)
        d1 = np.dot(d2, self.weights2.T) * sigmoid_derivative(self.layer1)
        self.weights1 += self.lr * np.dot(self.input.T, d1)
        self.weights2 += self.lr * np.dot(self.layer1.T, d2)
        self.bias1 += self.lr * d1.sum(axis=0, keepdims=True)
        self.bias2 += self.lr * d2.sum(axis=0, keepdims=True)
