"""Right: all functions are methods of one class and call each other through `self`."""

import numpy as np


class NeuralNetwork:
    def __init__(self, seed=99, verbose=True):
        self.seed = seed
        self.verbose = verbose
        self.cost_history = []
        self.accuracy_history = []
        self.activations = {"relu": (self.relu, self.relu_backward), "sigmoid": (self.sigmoid, self.sigmoid_backward)}

    def init_layers(self, nn_architecture, seed=None):
        np.random.seed(self.seed if seed is None else seed)
        params_values = {}
        for i, layer in enumerate(nn_architecture, start=1):
            params_values[f"W{i}"] = np.random.normal(0, 0.1, (layer["output_dim"], layer["input_dim"]))
            params_values[f"b{i}"] = np.random.normal(0, 0.1, (layer["output_dim"], 1))
        return params_values

    def sigmoid(self, Z):
        return 1 / (1 + np.exp(-Z))

    def relu(self, Z):
        return Z.clip(min=0)

    def sigmoid_backward(self, dA, Z):
        A = self.sigmoid(Z)
        return dA * A * (1 - A)

    def relu_backward(self, dA, Z):
        return dA * (Z > 0)

    def single_layer_forward_propagation(self, A_prev, W_curr, b_curr, activation="relu"):
        Z = W_curr @ A_prev + b_curr
        return self.activations[activation][0](Z), Z

    def full_forward_propagation(self, X, params_values, nn_architecture):
        memory = {}
        A = X
        for i, layer in enumerate(nn_architecture):
            memory[f"A{i}"] = A
            A, memory[f"Z{i + 1}"] = self.single_layer_forward_propagation(
                A, params_values[f"W{i + 1}"], params_values[f"b{i + 1}"], layer["activation"]
            )
        return A, memory

    def get_cost_value(self, Y_hat, Y):
        return float(-np.mean(Y * np.log(Y_hat) + (1 - Y) * np.log(1 - Y_hat)))

    def convert_prob_into_class(self, probs):
        return (probs > 0.5).astype(int)

    def get_accuracy_value(self, Y_hat, Y):
        return float(np.mean(np.all(self.convert_prob_into_class(Y_hat) == Y, axis=0)))

    def single_layer_backward_propagation(self, dA_curr, W_curr, b_curr, Z_curr, A_prev, activation="relu"):
        dZ = self.activations[activation][1](dA_curr, Z_curr)
        return W_curr.T @ dZ, dZ @ A_prev.T / dZ.shape[1], dZ.mean(axis=1, keepdims=True)

    def full_backward_propagation(self, Y_hat, Y, memory, params_values, nn_architecture):
        grads_values = {}
        Y = Y.reshape(Y_hat.shape)
        dA = (Y_hat - Y) / (Y_hat * (1 - Y_hat))
        for i in reversed(range(len(nn_architecture))):
            dA, dW, db = self.single_layer_backward_propagation(
                dA, params_values[f"W{i + 1}"], params_values[f"b{i + 1}"], memory[f"Z{i + 1}"], memory[f"A{i}"],
                nn_architecture[i]["activation"],
            )
            grads_values[f"dW{i + 1}"], grads_values[f"db{i + 1}"] = dW, db
        return grads_values

    def update(self, params_values, grads_values, nn_architecture, learning_rate):
        for i in range(1, len(nn_architecture) + 1):
            params_values[f"W{i}"] -= learning_rate * grads_values[f"dW{i}"]
            params_values[f"b{i}"] -= learning_rate * grads_values[f"db{i}"]
        return params_values

    def train(self, X, Y, nn_architecture, epochs, learning_rate, verbose=None, callback=None):
        verbose = self.verbose if verbose is None else verbose
        params_values = self.init_layers(nn_architecture, 2)
        for i in range(epochs):
            Y_hat, memory = self.full_forward_propagation(X, params_values, nn_architecture)
            self.cost_history.append(self.get_cost_value(Y_hat, Y))
            self.accuracy_history.append(self.get_accuracy_value(Y_hat, Y))
            grads_values = self.full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture)
            params_values = self.update(params_values, grads_values, nn_architecture, learning_rate)
            if i % 50 == 0:
                if verbose:
                    print(f"Iteration: {i:05} - cost: {self.cost_history[-1]:.5f} - accuracy: {self.accuracy_history[-1]:.5f}")
                if callback is not None:
                    callback(i, params_values)
        return params_values


if __name__ == "__main__":
    network = NeuralNetwork()
    print(network.train(np.random.randn(2, 50), np.ones((1, 50)), [{"input_dim": 2, "output_dim": 1, "activation": "sigmoid"}], 100, 0.1))
