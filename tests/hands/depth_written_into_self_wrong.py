import numpy as np


class MLP:
    def __init__(self):
        self.W1 = np.random.randn(20, 30)
        self.b1 = np.zeros((20, 1))
        self.W2 = np.random.randn(12, 20)
        self.b2 = np.zeros((12, 1))
        self.W3 = np.random.randn(4, 12)
        self.b3 = np.zeros((4, 1))

    def relu(self, Z):
        return np.maximum(0, Z)

    def softmax(self, Z):
        return np.exp(Z) / np.sum(np.exp(Z), axis=0)

    def forward_pass(self, X):
        Z1 = self.W1 @ X + self.b1
        A1 = self.relu(Z1)
        Z2 = self.W2 @ A1 - self.b2
        A2 = self.relu(Z2)
        Z3 = self.W3 @ A2 + self.b3
        return Z1, A1, Z2, A2, Z3, self.softmax(Z3)
