import numpy as np

def affine_forward(x, w, b):
    x = np.asarray(x, dtype=np.float32)
    return x @ w.astype(np.float32) + b.astype(np.float32), (x, w)

def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)
