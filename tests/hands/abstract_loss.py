import numpy as np

class Loss:
    def loss(self, y_true, y_pred):
        return NotImplementedError()

class SquareLoss(Loss):
    def loss(self, y, y_pred):
        return 0.5 * np.power(y - y_pred, 2)

    def gradient(self, y, y_pred):
        return -(y - y_pred)
