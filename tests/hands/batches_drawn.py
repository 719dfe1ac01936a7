import numpy as np


def minibatches(X, y, batch_size):
    rng = np.random.default_rng(0)
    out = []
    for _ in range(len(X) // batch_size + 1):
        chosen = rng.integers(0, len(X), batch_size)
        out.append((X[chosen], y[chosen]))
    return out


def get_batches(X, y, batch_size):
    order = np.random.permutation(len(X))
    parts = np.array_split(order, max(1, len(X) // batch_size))
    return [(X[part], y[part]) for part in parts]
