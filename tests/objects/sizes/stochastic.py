import numpy as np


class Network:
    def __init__(self, n_inputs, n_hidden, n_outputs):
        self.network = [
            {"weights": np.random.rand(n_hidden, n_inputs), "bias": np.random.rand(n_hidden)},
            {"weights": np.random.rand(n_outputs, n_hidden), "bias": np.random.rand(n_outputs)},
        ]

    def transfer(self, activation):
        return 1.0 / (1.0 + np.exp(-activation))

    def transfer_derivative(self, output):
        return output * (1.0 - output)

    def forward_propagate(self, row):
        inputs = row
        for layer in self.network:
            layer["output"] = self.transfer(layer["weights"] @ inputs + layer["bias"])
            inputs = layer["output"]
        return inputs

    def backward_propagate_error(self, expected):
        for i in reversed(range(len(self.network))):
            layer = self.network[i]
            if i == len(self.network) - 1:
                errors = layer["output"] - expected
            else:
                errors = self.network[i + 1]["weights"].T @ self.network[i + 1]["delta"]
            layer["delta"] = errors * self.transfer_derivative(layer["output"])

    def update_weights(self, row, l_rate):
        for i, layer in enumerate(self.network):
            inputs = row if i == 0 else self.network[i - 1]["output"]
            layer["weights"] -= l_rate * np.outer(layer["delta"], inputs)
            layer["bias"] -= l_rate * layer["delta"]

    def train_network(self, train, labels, l_rate, n_epoch):
        for epoch in range(n_epoch):
            for row, expected in zip(train, labels):
                self.forward_propagate(row)
                self.backward_propagate_error(expected)
                self.update_weights(row, l_rate)
