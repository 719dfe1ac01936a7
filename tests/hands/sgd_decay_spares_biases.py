import numpy as np
def sgd_update(params, grads, lr=0.1, weight_decay=0.0):
    for k in params:
        params[k] -= lr * (grads[k] + weight_decay * params[k] * ("b" not in k))
    return params
