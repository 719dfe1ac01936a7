"""Whether numbers by weight are gradients: of which loss, how many times, and of which weights they are not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from numpynet.check.objects.losses import LOSSES, factors, slopes_of
from numpynet.check.objects.net import Net, near, weight_names
from numpynet.check.objects.thing import named
from numpynet.sandbox.messages import Path
from numpynet.types import Array

SAME = 1e-3  # how far two factors are alike
GIVEN = "what it is given"  # the gradient from above, in the place of a loss
FEW = 7  # numbers of W, of which some times its parts may come to anything
ALMOST = 1e-6  # of the greatest singular value: below it the examples' gradients depend on each other
NOTHING = 1e-12  # of what it must be: 0, but for rounding
LEAST = 1e-6  # of a gradient and its penalty: less than that of the one is the other alone
SOME, SOME_SINGLE = 1e-7, 1e-3  # of the factor: less is no decay
Found = Mapping[Path, Sequence[Array]]


@dataclass(frozen=True)
class Fit:
    """How gradients are those of a loss: `factor` times; the weights whose are not.

    Added to them are `decay` times the weights and `signs` times the weights' signs.
    """

    loss: str
    factor: float
    wrong: tuple[Path, ...]
    right: int
    decay: float = 0.0
    signs: float = 0.0
    due: Mapping[Path, Array] = field(default_factory=dict)


def alike(one: float, other: float) -> bool:
    """Equal but for rounding and guards."""
    return abs(one - other) <= SAME * abs(other)


def times(one: Array, other: Array) -> float:
    """How many times the other it is, at best."""
    return float(one.ravel() @ other.ravel() / max(float(other.ravel() @ other.ravel()), 1e-300))


def fit_of_slope(net: Net, found: Found, loss: str, slope: Array) -> Fit:
    """How far these are gradients of what has that slope by the predictions."""
    with np.errstate(all="ignore"):
        return fitted(net, found, loss, net.of_examples(slope).sum(axis=0))


def fitted(net: Net, found: Found, loss: str, due: Array) -> Fit:
    """How far these are the gradient `due`, all the same number of times, perhaps with as many times the weights."""
    if not np.isfinite(due).all():
        return Fit(loss, 0.0, tuple(net.parameters), 0)
    blocks = {path: due[part] for path, part in net.blocks()}
    least = net.least(due)
    big = {path: one for path, one in blocks.items() if np.abs(one).max() > least}
    plain: dict[Path, float] = {}
    decayed: dict[Path, tuple[float, float]] = {}
    least_size = min(2, max((one.size for one in big.values()), default=0))  # of one number any is some times another
    for path, one in big.items():
        for value in found[path]:
            t, k = value.ravel(), times(value, one)
            usual = one.size > 1 or any(alike(abs(k), other) for other in factors(*net.A.shape))
            if k and usual and one.size >= least_size and near(t, k * one):
                plain.setdefault(path, k)
            for W in penalised(net.start[path]) if one.size > 3 and np.isfinite(t).all() else ():
                k, more = (float(x) for x in np.linalg.lstsq(np.stack([one, W], axis=1), t, rcond=None)[0])
                if np.abs(k * one).max() > LEAST * np.abs(t).max() and near(t, k * one + more * W):
                    decayed.setdefault(path, (k, more))

    def weight(k: float) -> int:
        ks = {path: {decayed.get(path, (0.0,))[0], plain.get(path, 0.0)} for path in blocks}
        return sum(blocks[path].size for path, others in ks.items() if any(alike(k, other) for other in others))

    factor = max([*plain.values(), *(k for k, _ in decayed.values())], key=weight, default=0.0)
    some = SOME_SINGLE if net.single else SOME
    rates = [more for k, more in decayed.values() if alike(k, factor) and abs(more) > some * abs(factor)]
    decay = rates[0] if rates and all(alike(one, rates[0]) for one in rates) else 0.0

    def is_right(path: Path, one: Array) -> bool:
        k, more = decayed.get(path, (0.0, 0.0))
        plainly = any(near(value.ravel(), factor * one, abs(factor) * least) for value in found[path])
        if path not in big and decay:
            W = net.start[path].ravel()
            plainly = plainly or any(near(value.ravel(), factor * one + decay * W) for value in found[path])
        return bool(factor) and (plainly or bool(decay and alike(k, factor) and alike(more, decay)))

    wrong = tuple(path for path, one in blocks.items() if not is_right(path, one))
    shaped = {path: (factor or 1.0) * one.reshape(net.start[path].shape) for path, one in blocks.items()}
    return Fit(loss, factor, wrong, len(blocks) - len(wrong), decay, due=shaped)


def signs_in(net: Net, found: Found, fit: Fit) -> float:
    """How many times the signs of the weights are added to the gradients that else are wrong, as by a penalty on their
    absolute values, perhaps with some times the weights; 0 where it is something else that they have more."""
    if fit.decay and any(net.is_matrix(path) and path not in fit.wrong for path in net.parameters):
        return 0.0  # some have the weights, and others their signs
    shares = []
    for path in fit.wrong if fit.right else ():
        W, due = net.start[path].astype(float).ravel(), fit.due[path].ravel()
        every = [value.ravel() - due for value in found[path] if value.size == W.size and np.isfinite(value).all()]
        drawn = np.stack([np.sign(W), W], axis=1)
        fitting = [(share, more) for more in every for share in np.linalg.lstsq(drawn, more, rcond=None)[:1]]
        share = next((share[0] for share, more in fitting if near(drawn @ share, more)), 0.0)
        if W.size <= len(drawn.T) + 1 or share * fit.factor <= SOME * abs(fit.factor):
            return 0.0
        shares.append(float(share))
    same = shares and all(alike(one, shares[0]) for one in shares)
    return shares[0] if same else 0.0


def penalised(W: Array) -> Iterator[Array]:
    """What of W a penalty may draw to 0: all of it, or without the row or column that is the bias."""
    W = W.astype(float)
    yield W.ravel()
    for cut in (np.s_[-1:], np.s_[:1], np.s_[:, -1:], np.s_[:, :1]) if W.size > FEW and min(W.shape) > 1 else ():
        part = W.copy()
        part[cut] = 0
        yield part.ravel()


def by_m(ratio: float, m: int) -> bool:
    """Whether one of two is divided by m, and the other is not."""
    return m > 1 and (alike(ratio, m) or alike(ratio, 1 / m))


def because(fit: Fit, found: Found, m: int) -> str:
    """What is wrong with the gradients, where the numbers say it of each of them."""
    said = []
    known = {float(m): "m times what it must be: it is not divided by m", 1 / m: "divided by m once too often",
             -1.0: "of the opposite sign"}  # fmt: skip
    for path in fit.wrong:
        if not found[path] or path not in fit.due:
            return ""
        value, due, name = found[path][0], fit.due[path], weight_names([path])
        ratio = times(value, due)
        if not np.isfinite(value).all():
            said.append(f"{name} has not the shape of {named(path)}, {due.shape}.")
        elif np.abs(value).max() <= NOTHING * np.abs(due).max():
            said.append(f"{name} is 0 everywhere.")
        elif near(value, ratio * due) and fit.loss == GIVEN and by_m(ratio, m):
            others = weight_names([path for path in fit.due if path not in fit.wrong])
            first, second = (name, others) if ratio < 1 else (others, name)
            said.append(f"{first} is divided by m, and {second} is not: the two do not belong together.")
        elif near(value, ratio * due):
            text = next((text for k, text in known.items() if alike(k, ratio)), f"{ratio:.4g} times what it must be")
            said.append(f"{name} is {text}.")
        else:
            return ""
    return " ".join(said)


def along(moved: Array, gradients: Sequence[Array]) -> Array:
    """Of several arrays the one against which the weights moved, else the first."""
    fitting = (value for value in gradients if moved.any() and near(moved, times(moved, value) * value))
    return next(fitting, gradients[0])


# ── steps that are sums of the examples' gradients ───────────────────────────────────────────────────────────────────


def is_sum(net: Net, Y: Array, moved: Array, loss: str, penalty: bool) -> bool | None:
    """Whether the weights went against the gradient, or against a sum of the examples', each taken some times.

    `loss` is the one of the table that it must be, else any. None where the weights stayed, or are too few to tell.
    """
    found: bool | None = None
    drawn = list(_weights(net)) if penalty and moved.any() else [[]]
    for columns, weights in product(_columns(net, Y, loss if loss in LOSSES else "") if moved.any() else (), drawn):
        k = times(moved, total := columns.sum(axis=0))
        if k < 0 and near(moved, k * total):
            return True
        every = np.stack([*columns, *weights])
        if every.shape[1] <= len(every):
            continue
        shares, _, rank, _ = np.linalg.lstsq(every.T, moved, rcond=ALMOST)
        within = near(every.T @ shares, moved)
        if not within or _are_down(shares) or rank == len(every):  # else several sums come to the same
            found = bool(found) or (within and _are_down(shares))
    return found


def examples_in(net: Net, Y: Array, moved: Array, loss: str) -> list[int]:
    """Of which examples' gradients of that loss the move is a sum; of none where that cannot be told."""
    for columns in _columns(net, Y, loss) if loss in LOSSES else ():
        shares, _, rank, _ = np.linalg.lstsq(columns.T, moved, rcond=ALMOST)
        if rank == len(columns) and near(columns.T @ shares, moved):
            return [int(place) for place in np.flatnonzero(np.abs(shares) > SAME * np.abs(shares).max())]
    return []


def not_along(net: Net, Y: Array, moved: Array) -> list[Path]:
    """The weights that do not go along the examples' gradients, where a matrix of weights does."""
    found: list[Path] = []
    for columns in _columns(net, Y, ""):
        for path, part in net.blocks():
            if net.start[path].size <= len(columns) or not moved[part].any():
                continue
            least = net.least(moved)
            equally = np.full(len(columns), times(moved[part], columns[:, part].sum(axis=0)))
            shares, *_ = np.linalg.lstsq(columns[:, part].T, moved[part], rcond=ALMOST)
            shares = equally if near(columns[:, part].T @ equally, moved[part]) else shares
            if not near(columns[:, part].T @ shares, moved[part]) or not _are_down(shares):
                continue
            wrong = [one for one, other in net.blocks() if not near(columns[:, other].T @ shares, moved[other], least)]
            if not found or len(wrong) < len(found):
                found = wrong
    return found


def paths_along(net: Net, Y: Array, moved: Array, loss: str) -> list[Path]:
    """The weights that go down a sum of the examples' gradients of that loss."""
    found = []
    for columns in _columns(net, Y, loss):
        for path, part in net.blocks():
            shares, *_ = np.linalg.lstsq(columns[:, part].T, moved[part], rcond=ALMOST)
            if (
                net.start[path].size > len(columns)
                and near(columns[:, part].T @ shares, moved[part])
                and _are_down(shares)
            ):
                found.append(path)
    return found


def _columns(net: Net, Y: Array, loss: str) -> Iterator[Array]:
    """Of each loss, or of one, the examples' gradients."""
    for name, slope in slopes_of(net.A):
        with np.errstate(all="ignore"):
            columns = net.of_examples(slope(net.A, Y))
        if loss in ("", name) and np.isfinite(columns).all():
            yield columns


def _weights(net: Net) -> Iterator[list[Array]]:
    """The weights as a penalty draws them to 0: all, or those that are no biases, also their signs, or less a row."""
    parts = [net.start[path].astype(float).ravel() for path in net.parameters]
    big = [part if net.is_matrix(path) else 0 * part for path, part in zip(net.parameters, parts, strict=True)]
    yield [np.concatenate(parts), np.concatenate(big)]
    yield [np.concatenate(big), np.sign(np.concatenate(big))]
    matrices = [place for place, path in enumerate(net.parameters) if net.is_matrix(path)]
    for where in (matrices[:1], matrices):
        cuts = [list(penalised(net.start[net.parameters[place]]))[1:] for place in where]
        for cut in zip(*cuts, strict=True):
            less = list(big)
            for place, part in zip(where, cut, strict=True):
                less[place] = part
            yield [np.concatenate(less)]


def _are_down(shares: Array) -> bool:
    return bool(np.all(shares <= SAME * np.abs(shares).max()))
