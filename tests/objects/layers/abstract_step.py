from abc import ABC, abstractmethod


class Optimizer(ABC):
    def __init__(self, lr=0.01):
        self.lr = lr

    def step(self, params, grads):
        for p, g in zip(params, grads):
            p += self.delta(p, g)

    @abstractmethod
    def delta(self, p, g): ...


class SGD(Optimizer):
    def delta(self, p, g):
        return -self.lr * g
