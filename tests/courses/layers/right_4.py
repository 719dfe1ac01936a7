import numpy as np


class Linear():
    def __init__(self, n_in, n_out):
        self.params = {
            'W': np.random.randn(n_in, n_out) * (2 / n_in) ** 0.5,
            'b': np.zeros(n_out),
        }
        self.grads = {}

    def forward(self, x):
        self._x = x
        return np.dot(x, self.params['W']) + self.params['b']

    def backward(self, dout):
        self.grads['W'] = np.dot(self._x.T, dout)
        self.grads['b'] = dout.sum(axis=0)
        return np.dot(dout, self.params['W'].T)

    def step(self, lr):
        for key in self.params:
            self.params[key] = self.params[key] - lr * self.grads[key]


class ReLU():
    params = {}

    def forward(self, x):
        self._mask = x <= 0
        out = x.copy()
        out[self._mask] = 0
        return out

    def backward(self, dout):
        dout = dout.copy()
        dout[self._mask] = 0
        return dout


class SoftmaxCrossEntropy():
    ''' softmax and loss in one, y one-hot (N, C) or labels (N,) '''

    def forward(self, scores, y):
        if y.ndim == 1:
            y = np.eye(scores.shape[1])[y]
        self._y = y
        scores = scores - scores.max(axis=1, keepdims=True)
        e = np.exp(scores)
        self._p = e / e.sum(axis=1, keepdims=True)
        return -np.sum(y * np.log(self._p + 1e-9)) / len(y)

    def backward(self):
        return (self._p - self._y) / len(self._y)


class Sequential():
    def __init__(self, layers, loss):
        self.layers, self.loss_layer = layers, loss

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def loss(self, x, y):
        return self.loss_layer.forward(self.forward(x), y)

    def backward(self):
        dout = self.loss_layer.backward()
        for layer in self.layers[::-1]:
            dout = layer.backward(dout)
        return dout

    def step(self, lr):
        for layer in self.layers:
            if layer.params:
                layer.step(lr)

    def fit(self, x, y, epochs=10, batch_size=32, lr=0.1):
        n = x.shape[0]
        for epoch in range(epochs):
            order = np.random.permutation(n)
            total = 0.
            for start in range(0, n, batch_size):
                pick = order[start:start + batch_size]
                total += self.loss(x[pick], y[pick]) * len(pick)
                self.backward()
                self.step(lr)
        return total / n
