"""Modules that compute something else than a chain of numpynet's layers."""

import torch
from torch import nn
from torch.nn import functional as F


def of(*layers):
    return nn.Sequential(nn.Linear(4, 6), *layers, nn.Linear(6, 1))


class Two(nn.Module):
    """Two layers, and a forward pass to be given."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(4, 4), nn.Linear(4, 1)


class Skip(Two):
    def forward(self, x):
        return self.b(x + torch.relu(self.a(x)))


class Gate(Two):
    def forward(self, x):
        z = self.a(x)
        return self.b(z * torch.sigmoid(z))


class Twice(Two):
    def forward(self, x):
        return self.b(torch.relu(self.a(torch.relu(self.a(x)))))


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 1)
        self.b.weight = self.a.weight

    def forward(self, x):
        return self.c(torch.relu(self.b(torch.relu(self.a(x)))))


class Scaled(Two):
    def forward(self, x):
        return self.b(1.1 * torch.relu(self.a(x)))


class Depends(Two):
    def forward(self, x):
        z = self.a(x)
        return self.b(torch.relu(z) if z.sum() > 0 else torch.tanh(z))


class Unused(Two):
    def __init__(self):
        super().__init__()
        self.c = nn.Linear(4, 4)

    def forward(self, x):
        return self.b(torch.relu(self.a(x)))


class Cut(Two):
    def forward(self, x):
        return self.b(torch.relu(self.a(x)).detach())


class AlwaysDrops(Two):
    def forward(self, x):
        return self.b(F.dropout(torch.relu(self.a(x)), 0.5))


class TwoPasses(Two):
    def forward(self, x):
        x = self.b(torch.relu(self.a(x)))
        return x if self.training else torch.sigmoid(x)


class InAList(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers, self.last = [nn.Linear(4, 4)], nn.Linear(4, 1)

    def forward(self, x):
        return self.last(torch.relu(self.layers[0](x)))


class Pair(Two):
    def forward(self, x):
        return self.b(self.a(x)), x


class Scaling(Two):
    def forward(self, x):
        return self.b(torch.relu(self.a((x - x.mean(0)) / x.std(0))))


class Breaks(Two):
    def forward(self, x):
        return self.b(self.nothing(x))


class TwiceAsSteep(torch.autograd.Function):
    @staticmethod
    def forward(context, x):
        return x.clamp(min=0)

    @staticmethod
    def backward(context, gradient):
        return 2 * gradient


class OwnGradient(Two):
    def forward(self, x):
        return self.b(TwiceAsSteep.apply(self.a(x)))


def frozen():
    module = of(nn.ReLU())
    module[0].weight.requires_grad_(False)
    return module


def hooked():
    module = of(nn.ReLU())
    module[0].weight.register_hook(lambda gradient: 2 * gradient)
    return module


def normed():
    module = of(nn.ReLU())
    nn.utils.parametrizations.weight_norm(module[0])
    return module


def half():
    module = of(nn.ReLU())
    module[2].double()
    return module
