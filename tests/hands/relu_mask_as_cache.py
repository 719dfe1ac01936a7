import numpy as np

def relu_forward(x):
    mask = x > 0
    return x * mask, mask

def relu_backward(dout, cache):
    return dout * cache
