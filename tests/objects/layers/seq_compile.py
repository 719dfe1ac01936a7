import numpy as np


class Layer:
    trainable = False

    def __call__(self, x):
        return self.forward(x)


class Dense(Layer):
    trainable = True

    def __init__(self, in_dim, out_dim, seed=None):
        rng = np.random.default_rng(seed)
        limit = np.sqrt(6 / (in_dim + out_dim))
        self.params = {"W": rng.uniform(-limit, limit, (in_dim, out_dim)), "b": np.zeros((1, out_dim))}
        self.grads = {}

    def forward(self, x):
        self._x = x
        return x @ self.params["W"] + self.params["b"]

    def backward(self, dy):
        self.grads["W"] = self._x.T @ dy
        self.grads["b"] = dy.sum(axis=0, keepdims=True)
        return dy @ self.params["W"].T


class ReLU(Layer):
    def forward(self, x):
        self._mask = x > 0
        return np.where(self._mask, x, 0)

    def backward(self, dy):
        return np.where(self._mask, dy, 0)


class SoftmaxCrossEntropy:
    def __call__(self, logits, labels):
        z = logits - logits.max(axis=1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        self._p, self._y = np.exp(log_p), labels
        return -np.mean(log_p[np.arange(len(labels)), labels])

    def backward(self):
        d = self._p.copy()
        d[np.arange(len(self._y)), self._y] -= 1
        return d / len(self._y)


class SGD:
    def __init__(self, learning_rate=0.01):
        self.learning_rate = learning_rate

    def step(self, layers):
        for layer in layers:
            if layer.trainable:
                for name, value in layer.params.items():
                    value -= self.learning_rate * layer.grads[name]


class Sequential:
    def __init__(self, layers):
        self.layers = list(layers)

    def compile(self, loss, optimizer):
        self.loss, self.optimizer = loss, optimizer

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def train_step(self, x, y):
        value = self.loss(self.forward(x), y)
        grad = self.loss.backward()
        for layer in reversed(self.layers):
            grad = layer.backward(grad)
        self.optimizer.step(self.layers)
        return value

    def fit(self, x, y, epochs=1, batch_size=32, verbose=0):
        for _ in range(epochs):
            for i in range(0, len(x), batch_size):
                value = self.train_step(x[i:i + batch_size], y[i:i + batch_size])
