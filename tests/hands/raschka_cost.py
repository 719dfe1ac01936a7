import numpy as np

class NeuralNetMLP(object):
    def __init__(self, n_hidden=30, l2=0.):
        self.n_hidden, self.l2 = n_hidden, l2

    def _compute_cost(self, y_enc, output):
        L2_term = self.l2 * np.sum(self.w_h ** 2.)
        return np.sum(-y_enc * np.log(output) - (1. - y_enc) * np.log(1. - output)) + L2_term

    def fit(self, X, y):
        self.w_h = np.random.normal(size=(X.shape[1], self.n_hidden))
        return self
