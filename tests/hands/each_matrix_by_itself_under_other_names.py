import numpy as np

def sigmoid(x): return 1/(1+np.exp(-x))

def forward(x, w1, b1, w2, b2):
    h = sigmoid(np.dot(x, w1) + b1)
    out = sigmoid(np.dot(h, w2) + b2)
    return h, out

def backward(x, y, h, out, w2):
    d_out = (out - y) * out * (1 - out)
    d_h = np.dot(d_out, w2.T) * h * (1 - h)
    return np.dot(x.T, d_h), np.sum(d_h, axis=0), np.dot(h.T, d_out), np.sum(d_out, axis=0)

def loss(y, out):
    return np.mean((y - out)**2)
