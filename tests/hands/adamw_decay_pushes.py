import numpy as np
class AdamW:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0):
        self.lr, self.beta1, self.beta2, self.eps, self.weight_decay = lr, beta1, beta2, eps, weight_decay
        self.m = {}; self.v = {}; self.t = 0
    def update(self, params, grads):
        self.t += 1
        for k in params:
            g = grads[k]
            self.m[k] = self.beta1 * self.m.get(k, 0) + (1 - self.beta1) * g
            self.v[k] = self.beta2 * self.v.get(k, 0) + (1 - self.beta2) * g * g
            mh = self.m[k] / (1 - self.beta1 ** self.t); vh = self.v[k] / (1 - self.beta2 ** self.t)
            params[k] -= self.lr * (mh / (np.sqrt(vh) + self.eps) - self.weight_decay * params[k])
