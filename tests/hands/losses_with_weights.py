import numpy as np

class WeightedBCELoss:
    def __init__(self, pos_weight=2.0):
        self.pos_weight = pos_weight
    def forward(self, p, y):
        return -np.mean(self.pos_weight * y * np.log(p) + (1 - y) * np.log(1 - p))

class FocalBCELoss:
    def __call__(self, p, y):
        pt = np.where(y == 1, p, 1 - p)
        return -np.mean((1 - pt) ** 2 * np.log(pt))

class CrossEntropyLoss:
    def __init__(self, smoothing=0.1):
        self.smoothing = smoothing
    def forward(self, p, y):
        k = p.shape[1]
        t = y * (1 - self.smoothing) + self.smoothing / k
        return -np.sum(t * np.log(p)) / len(p)
