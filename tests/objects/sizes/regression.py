import numpy as np


class Regressor:
    def __init__(self, n_features, n_hidden, n_outputs=1, alpha=1e-2):
        self.alpha = alpha
        self.weights_hidden = np.random.uniform(-1, 1, (n_features, n_hidden))
        self.bias_hidden = np.zeros(n_hidden)
        self.weights_out = np.random.uniform(-1, 1, (n_hidden, n_outputs))
        self.bias_out = np.zeros(n_outputs)

    def predict(self, X):
        self.hidden = np.tanh(X.dot(self.weights_hidden) + self.bias_hidden)
        return self.hidden.dot(self.weights_out) + self.bias_out

    def loss(self, y_true, y_pred):
        return 0.5 * np.mean((y_true - y_pred) ** 2)

    def gradients(self, X, y):
        n = X.shape[0]
        error = (self.predict(X) - y) / n
        grad_weights_out = self.hidden.T.dot(error)
        grad_bias_out = error.sum(axis=0)
        back = error.dot(self.weights_out.T) * (1 - self.hidden ** 2)
        grad_weights_hidden = X.T.dot(back)
        grad_bias_hidden = back.sum(axis=0)
        return grad_weights_hidden, grad_bias_hidden, grad_weights_out, grad_bias_out

    def step(self, grads):
        gwh, gbh, gwo, gbo = grads
        self.weights_hidden = self.weights_hidden - self.alpha * gwh
        self.bias_hidden = self.bias_hidden - self.alpha * gbh
        self.weights_out = self.weights_out - self.alpha * gwo
        self.bias_out = self.bias_out - self.alpha * gbo

    def fit(self, X, y, n_iter=200):
        for _ in range(n_iter):
            self.step(self.gradients(X, y))
        return self
