import numpy as np

# simple net: n_in -> n_hidden -> n_out, one example per row


class NN:
    def __init__(self, n_in, n_hidden, n_out, lr=0.1):
        self.lr = lr
        self.W1 = np.random.randn(n_in, n_hidden) * 0.5
        self.b1 = np.zeros((1, n_hidden))
        self.W2 = np.random.randn(n_hidden, n_out) * 0.5
        self.b2 = np.zeros((1, n_out))

    def sigmoid(self, z):
        return 1 / (1 + np.exp(-z))

    def sigmoid_derivative(self, a):
        # a is already sigmoid(z)!
        return a * (1 - a)

    def forward(self, X):
        self.z1 = X @ self.W1 + self.b1
        self.a1 = self.sigmoid(self.z1)
        self.z2 = self.a1 @ self.W2 + self.b2
        self.a2 = self.sigmoid(self.z2)
        return self.a2

    def loss(self, y, y_hat):
        eps = 1e-8
        n = y.shape[0]
        return -np.sum(y * np.log(y_hat + eps) + (1 - y) * np.log(1 - y_hat + eps)) / n

    def backward(self, X, y):
        n = X.shape[0]
        # output layer
        error = self.a2 - y
        self.dW2 = self.a1.T @ error / n
        self.db2 = error.sum(axis=0, keepdims=True) / n
        # hidden layer
        hidden_error = (error @ self.W2.T) * self.sigmoid_derivative(self.a1)
        self.dW1 = X.T @ hidden_error / n
        self.db1 = hidden_error.sum(axis=0, keepdims=True) / n

    def step(self):
        self.W1 -= self.lr * self.dW1
        self.b1 -= self.lr * self.db1
        self.W2 -= self.lr * self.dW2
        self.b2 -= self.lr * self.db2

    def fit(self, X, y, epochs=1000, verbose=False):
        self.history = []
        for i in range(epochs):
            y_hat = self.forward(X)
            self.history.append(self.loss(y, y_hat))
            self.backward(X, y)
            self.step()
            if verbose and (i + 1) % 100 == 0:
                print("Epoch {}/{} - loss: {:.4f}".format(i + 1, epochs, self.history[-1]))
        return self

    def predict(self, X):
        return (self.forward(X) >= 0.5).astype(int)
