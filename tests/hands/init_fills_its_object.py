import numpy as np


class Net:
    def __init__(self, inputs=2, hidden=(3,), outputs=1):
        self.sizes = [inputs, *hidden, outputs]
        self.params = {}
        self._initialize_parameters()

    def _initialize_parameters(self):
        for l in range(1, len(self.sizes)):
            self.params["W" + str(l)] = np.random.randn(self.sizes[l], self.sizes[l - 1]) * 0.1
            self.params["b" + str(l)] = np.zeros((self.sizes[l], 1))
