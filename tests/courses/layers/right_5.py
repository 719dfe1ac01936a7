import numpy as np


class Layer:
    """ weights (out, in), but the batch is (m, in): z = x W^T + b """

    def __init__(self, nIn, nOut):
        self.nIn, self.nOut = nIn, nOut
        self.weights = np.random.normal(0, 1 / np.sqrt(nIn), (nOut, nIn))
        self.biases = np.zeros(nOut)
        self.zeroGrad()

    def zeroGrad(self):
        self.gradW = np.zeros((self.nOut, self.nIn))
        self.gradB = np.zeros(self.nOut)

    def forward(self, x):
        self.lastInput = x
        return x.dot(self.weights.T) + self.biases

    def backward(self, grad):
        # gradients add up until zeroGrad is called
        self.gradW += grad.T.dot(self.lastInput)
        self.gradB += grad.sum(axis=0)
        return grad.dot(self.weights)

    def update(self, rate):
        self.weights -= rate * self.gradW
        self.biases -= rate * self.gradB


class Tanh:
    def forward(self, x):
        self.lastOutput = np.tanh(x)
        return self.lastOutput

    def backward(self, grad):
        return grad * (1 - self.lastOutput * self.lastOutput)


class Sigmoid:
    def forward(self, x):
        self.lastOutput = 1.0 / (1.0 + np.exp(-np.clip(x, -100, 100)))
        return self.lastOutput

    def backward(self, grad):
        return grad * self.lastOutput * (1 - self.lastOutput)


class CrossEntropy:
    """ binary """
    tiny = 1e-10

    def loss(self, p, y):
        p = np.clip(p, self.tiny, 1 - self.tiny)
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

    def prime(self, p, y):
        p = np.clip(p, self.tiny, 1 - self.tiny)
        return (p - y) / (p * (1 - p)) / y.size


class Network:
    def __init__(self, sizes):
        self.layers = []
        for nIn, nOut in zip(sizes, sizes[1:]):
            self.layers += [Layer(nIn, nOut), Tanh()]
        self.layers[-1] = Sigmoid()
        self.cost = CrossEntropy()

    def forward(self, x):
        out = x
        for layer in self.layers:
            out = layer.forward(out)
        return out

    def trainStep(self, x, y, rate):
        trainable = [l for l in self.layers if isinstance(l, Layer)]
        for l in trainable:
            l.zeroGrad()
        p = self.forward(x)
        grad = self.cost.prime(p, y)
        for layer in reversed(self.layers):
            grad = layer.backward(grad)
        for l in trainable:
            l.update(rate)
        return self.cost.loss(p, y)

    def fit(self, x, y, epochs=500, rate=0.5):
        for e in range(epochs):
            loss = self.trainStep(x, y, rate)
            if e % 100 == 0:
                print("epoch %4d   loss %.4f" % (e, loss))
