"""Right: a class as a namespace: some static methods, some functions without `self`, called through the class's name."""

import numpy as np


class NN:
    ARCHITECTURE = [
        {"input_dim": 2, "output_dim": 25, "activation": "relu"},
        {"input_dim": 25, "output_dim": 1, "activation": "sigmoid"},
    ]

    @staticmethod
    def init_layers(nn_architecture, seed=99):
        state = np.random.RandomState(seed)
        params_values = {}
        for idx, layer in enumerate(nn_architecture):
            params_values[f"W{idx + 1}"] = state.standard_normal((layer["output_dim"], layer["input_dim"])) * 0.1
            params_values[f"b{idx + 1}"] = state.standard_normal((layer["output_dim"], 1)) * 0.1
        return params_values

    def sigmoid(Z):
        return 1 / (1 + np.exp(-Z))

    def relu(Z):
        return (np.abs(Z) + Z) / 2

    def sigmoid_backward(dA, Z):
        return dA * NN.sigmoid(Z) * (1 - NN.sigmoid(Z))

    def relu_backward(dA, Z):
        dZ = dA.copy()
        dZ[Z <= 0] = 0
        return dZ

    @staticmethod
    def single_layer_forward_propagation(A_prev, W_curr, b_curr, activation="relu"):
        Z = np.matmul(W_curr, A_prev) + b_curr
        return getattr(NN, activation)(Z), Z

    @staticmethod
    def full_forward_propagation(X, params_values, nn_architecture):
        A, memory = X, {}
        for idx, layer in enumerate(nn_architecture):
            memory[f"A{idx}"] = A
            A, Z = NN.single_layer_forward_propagation(
                A, params_values[f"W{idx + 1}"], params_values[f"b{idx + 1}"], layer["activation"]
            )
            memory[f"Z{idx + 1}"] = Z
        return A, memory

    @staticmethod
    def get_cost_value(Y_hat, Y):
        return np.sum(-Y * np.log(Y_hat) - (1 - Y) * np.log(1 - Y_hat)) / Y.shape[1]

    def convert_prob_into_class(probs):
        return np.where(probs > 0.5, 1, 0)

    @classmethod
    def get_accuracy_value(cls, Y_hat, Y):
        return np.mean((cls.convert_prob_into_class(Y_hat) == Y).all(axis=0))

    @staticmethod
    def single_layer_backward_propagation(dA_curr, W_curr, b_curr, Z_curr, A_prev, activation="relu"):
        m = A_prev.shape[1]
        dZ = getattr(NN, activation + "_backward")(dA_curr, Z_curr)
        dW = (1 / m) * np.matmul(dZ, A_prev.T)
        db = (1 / m) * np.sum(dZ, axis=1).reshape(b_curr.shape)
        return np.matmul(W_curr.T, dZ), dW, db

    @staticmethod
    def full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture):
        grads_values = {}
        Y = Y.reshape(Y_hat.shape)
        dA = -Y / Y_hat + (1 - Y) / (1 - Y_hat)
        for idx in range(len(nn_architecture), 0, -1):
            dA, grads_values[f"dW{idx}"], grads_values[f"db{idx}"] = NN.single_layer_backward_propagation(
                dA, params_values[f"W{idx}"], params_values[f"b{idx}"], memory[f"Z{idx}"], memory[f"A{idx - 1}"],
                nn_architecture[idx - 1]["activation"],
            )
        return grads_values

    @staticmethod
    def update(params_values, grads_values, nn_architecture, learning_rate):
        return {key: value - learning_rate * grads_values["d" + key] for key, value in params_values.items()}

    @staticmethod
    def train(X, Y, nn_architecture, epochs, learning_rate, verbose=True, callback=None):
        params_values = NN.init_layers(nn_architecture, 2)
        for i in range(epochs):
            Y_hat, memory = NN.full_forward_propagation(X, params_values, nn_architecture)
            grads_values = NN.full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture)
            params_values = NN.update(params_values, grads_values, nn_architecture, learning_rate)
            if i % 50 == 0:
                if verbose:
                    cost, accuracy = NN.get_cost_value(Y_hat, Y), NN.get_accuracy_value(Y_hat, Y)
                    print(f"Iteration: {i:05} - cost: {cost:.5f} - accuracy: {accuracy:.5f}")
                if callback is not None:
                    callback(i, params_values)
        return params_values
