import numpy as np


class MLPClassifier:
    def __init__(self, layer_sizes, lr=0.1, batch_size=16, seed=42):
        self.rng = np.random.default_rng(seed)
        self.layer_sizes, self.lr, self.batch_size = layer_sizes, lr, batch_size
        self.weights = {}
        for i in range(1, len(layer_sizes)):
            self.weights[i] = {"W": self.rng.normal(0, 0.1, (layer_sizes[i - 1], layer_sizes[i])), "b": np.zeros(layer_sizes[i])}

    @staticmethod
    def _softmax(z):
        e = np.exp(z - np.max(z, axis=-1, keepdims=True))
        return e / np.sum(e, axis=-1, keepdims=True)

    @staticmethod
    def _one_hot(y, k):
        out = np.zeros((len(y), k))
        out[np.arange(len(y)), y] = 1
        return out

    def forward(self, X):
        acts = [X]
        for i in range(1, len(self.layer_sizes)):
            z = acts[-1] @ self.weights[i]["W"] + self.weights[i]["b"]
            acts.append(self._softmax(z) if i == len(self.layer_sizes) - 1 else np.tanh(z))
        return acts

    def compute_gradients(self, X, y):
        acts = self.forward(X)
        Y = self._one_hot(y, self.layer_sizes[-1])
        delta = (acts[-1] - Y) / len(X)
        grads = {}
        for i in range(len(self.layer_sizes) - 1, 0, -1):
            grads[i] = {"W": acts[i - 1].T @ delta, "b": delta.sum(axis=0)}
            if i > 1:
                delta = delta @ self.weights[i]["W"].T * (1 - acts[i - 1] ** 2)
        return grads

    def fit(self, X, y, n_epochs=20):
        for epoch in range(n_epochs):
            order = self.rng.permutation(len(X))
            for start in range(0, len(X), self.batch_size):
                part = order[start:start + self.batch_size]
                grads = self.compute_gradients(X[part], y[part])
                for i, g in grads.items():
                    self.weights[i]["W"] -= self.lr * g["W"]
                    self.weights[i]["b"] -= self.lr * g["b"]
        return self

    def predict(self, X):
        return self.forward(X)[-1].argmax(axis=1)
