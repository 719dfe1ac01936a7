import numpy as np


class ShallowNet:
    """n_x, n_h, n_y; columns; everything is handed around."""

    def __init__(self, n_x, n_h, n_y):
        self.parameters = {"W1": np.random.randn(n_h, n_x) * 0.01, "b1": np.zeros((n_h, 1)),
                           "W2": np.random.randn(n_y, n_h) * 0.01, "b2": np.zeros((n_y, 1))}

    def forward_propagation(self, X):
        p = self.parameters
        Z1 = p["W1"] @ X + p["b1"]
        A1 = np.tanh(Z1)
        Z2 = p["W2"] @ A1 + p["b2"]
        A2 = 1 / (1 + np.exp(-Z2))
        return A2, {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}

    def compute_cost(self, A2, Y):
        m = Y.shape[1]
        logprobs = np.multiply(np.log(A2), Y) + np.multiply(np.log(1 - A2), 1 - Y)
        return float(np.squeeze(-np.sum(logprobs) / m))

    def backward_propagation(self, cache, X, Y):
        m = X.shape[1]
        A1, A2 = cache["A1"], cache["A2"]
        dZ2 = A2 - Y
        dW2 = dZ2 @ A1.T / m
        db2 = np.sum(dZ2, axis=1, keepdims=True) / m
        dZ1 = self.parameters["W2"].T @ dZ2 * (1 - np.power(A1, 2))
        return {"dW1": dZ1 @ X.T / m, "db1": np.sum(dZ1, axis=1, keepdims=True) / m, "dW2": dW2, "db2": db2}

    def update_parameters(self, grads, learning_rate=1.2):
        for name in self.parameters:
            self.parameters[name] = self.parameters[name] - learning_rate * grads["d" + name]

    def nn_model(self, X, Y, num_iterations=100, print_cost=False):
        for i in range(num_iterations):
            A2, cache = self.forward_propagation(X)
            cost = self.compute_cost(A2, Y)
            self.update_parameters(self.backward_propagation(cache, X, Y))
        return self.parameters
