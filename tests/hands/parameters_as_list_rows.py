import numpy as np

def init(n_in, n_hid, n_out):
    return [np.random.randn(n_in, n_hid) * .1, np.zeros(n_hid), np.random.randn(n_hid, n_out) * .1, np.zeros(n_out)]

def softmax(z):
    z = z - z.max(1, keepdims=True)
    e = np.exp(z)
    return e / e.sum(1, keepdims=True)

def forward(x, p):
    W1, b1, W2, b2 = p
    a = np.tanh(x @ W1 + b1)
    return a, softmax(a @ W2 + b2)

def loss(probs, y):
    return -np.mean(np.log(probs[range(len(y)), y]))

def backward(x, y, p):
    W1, b1, W2, b2 = p
    a, probs = forward(x, p)
    d = probs.copy()
    d[range(len(y)), y] -= 1
    d /= len(y)
    da = d @ W2.T * (1 - a ** 2)
    return [x.T @ da, da.sum(0), a.T @ d, d.sum(0)]

def sgd(p, g, lr):
    return [a - lr * b for a, b in zip(p, g)]
