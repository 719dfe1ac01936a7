"""The same kinds of networks, as people write them."""

import torch
from torch import nn
from torch.nn import functional as F


def sequential():
    return nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 1), nn.Sigmoid())


def nested():
    def block(n_in, n_out):
        return nn.Sequential(nn.Linear(n_in, n_out), nn.BatchNorm1d(n_out), nn.LeakyReLU(), nn.Dropout(0.2))

    return nn.Sequential(nn.Sequential(block(4, 6), block(6, 5)), nn.Identity(), nn.Linear(5, 3))


class Attributes(nn.Module):
    """fc1, fc2 …, registered in another order than they run, and torch's functions between them."""

    def __init__(self):
        super().__init__()
        self.fc3 = nn.Linear(5, 1)
        self.fc2 = nn.Linear(6, 5)
        self.fc1 = nn.Linear(4, 6)

    def forward(self, x):
        x = F.relu(self.fc1(x))
        x = torch.tanh(self.fc2(x))
        return self.fc3(x).squeeze(-1)


class Methods(nn.Module):
    """One activation module for all layers, and tensors' own methods."""

    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(4, 6), nn.Linear(6, 6), nn.Linear(6, 1)
        self.act = nn.SiLU()

    def forward(self, x):
        x = self.act(self.b(self.act(self.a(x))))
        return self.c(x).sigmoid()[:, 0]


class Loop(nn.Module):
    """A ModuleList in a loop, with a branch on what is no data."""

    def __init__(self, widths=(4, 7, 6, 3)):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths[:-1], widths[1:]))

    def forward(self, x):
        for number, layer in enumerate(self.layers):
            x = layer(x)
            if number < len(self.layers) - 1:
                x = F.elu(x)
        return x


class Functional(nn.Module):
    """Parameters of its own, F.linear and F.dropout."""

    def __init__(self):
        super().__init__()
        self.W1, self.b1 = nn.Parameter(torch.randn(6, 4) / 2), nn.Parameter(torch.zeros(6) + 0.1)
        self.W2, self.b2 = nn.Parameter(torch.randn(1, 6) / 2), nn.Parameter(torch.zeros(1))

    def forward(self, x):
        x = F.dropout(F.softplus(F.linear(x, self.W1, self.b1)), 0.3, self.training)
        return torch.sigmoid(F.linear(x, self.W2, self.b2))


def flattens():
    return nn.Sequential(nn.Flatten(), nn.Linear(4, 6), nn.GELU(approximate="tanh"), nn.Linear(6, 3))


def ends_in_softmax():
    return nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3), nn.Softmax(dim=-1))


def ends_in_log_softmax():
    return nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3), nn.LogSoftmax(dim=1))


def without_biases():
    return nn.Sequential(
        nn.Linear(4, 6, bias=False), nn.BatchNorm1d(6, affine=False), nn.Tanh(), nn.Linear(6, 3, bias=False)
    )


class InPlace(nn.Module):
    """Everything written over, in double precision."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(4, 6), nn.ReLU(inplace=True), nn.Linear(6, 6), nn.LeakyReLU(inplace=True), nn.Linear(6, 6), nn.SiLU(),
            nn.Dropout(0.3, inplace=True), nn.Linear(6, 2),
        )
        self.double()

    def forward(self, x):
        return self.body(x).sigmoid_()


def data_parallel():
    return nn.DataParallel(sequential())
