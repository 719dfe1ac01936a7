import numpy as np

class ANN:
    def __init__(self, input_size=2, hidden_sizes=(4, 4), output_size=1, learning_rate=0.1, activation='relu'):
        sizes = [input_size, *hidden_sizes, output_size]
        self.lr = learning_rate
        self.params = {}
        for i in range(len(sizes) - 1):
            self.params['W%d' % i] = np.random.randn(sizes[i], sizes[i + 1]) * np.sqrt(2. / sizes[i])
            self.params['b%d' % i] = np.zeros(sizes[i + 1])
        self.n = len(sizes) - 1
        self.velocity = {k: np.zeros_like(v) for k, v in self.params.items()}

    def relu(self, z):
        return (np.abs(z) + z) / 2

    def relu_prime(self, z):
        return np.sign(np.maximum(z, 0))

    def sigmoid(self, z):
        return np.where(z >= 0, 1 / (1 + np.exp(-np.abs(z))), np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))))

    def forward(self, X):
        cache = {'a0': X}
        a = X
        for i in range(self.n):
            z = a.dot(self.params['W%d' % i]) + self.params['b%d' % i]
            a = self.sigmoid(z) if i == self.n - 1 else self.relu(z)
            cache['z%d' % i], cache['a%d' % (i + 1)] = z, a
        return a, cache

    def backward(self, y, cache):
        grads = {}
        m = y.shape[0]
        delta = (cache['a%d' % self.n] - y.reshape(cache['a%d' % self.n].shape)) / m
        for i in reversed(range(self.n)):
            grads['W%d' % i] = cache['a%d' % i].T.dot(delta)
            grads['b%d' % i] = delta.sum(axis=0)
            if i:
                delta = delta.dot(self.params['W%d' % i].T) * self.relu_prime(cache['z%d' % (i - 1)])
        return grads

    def update(self, grads, beta=0.9):
        for k in self.params:
            self.velocity[k] = beta * self.velocity[k] + (1 - beta) * grads[k]
            self.params[k] -= self.lr * self.velocity[k]

    def accuracy(self, X, y):
        return np.mean((self.forward(X)[0] > 0.5) == y)

    def loss(self, y_hat, y):
        y = y.reshape(y_hat.shape)
        return -(y * np.log(y_hat) + (1 - y) * np.log(1 - y_hat)).mean()
