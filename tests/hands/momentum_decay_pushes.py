import numpy as np
def sgd_momentum(w, dw, v, lr=0.1, momentum=0.9, wd=0.0):
    w = w * (1 + lr * wd)
    v = momentum * v - lr * dw
    return w + v, v
