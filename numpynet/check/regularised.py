"""The verdicts on a cost and a backward pass with an L2 penalty: `compute_cost_with_regularization` and its gradients.

The penalty is c λ Σ ‖W‖², with c = 1/2m in the course; its slope, 2 c λ W, is added to every dW. Any other c is right,
too, where the two belong together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from numpynet import names
from numpynet.check.reference import refer
from numpynet.check.result import FunctionGrade, Outcome
from numpynet.check.variants import (
    OTHER,
    M,
    Network,
    asked,
    caches,
    entries,
    first_off,
    kept_by_forward,
    may_be_other,
    near,
    network_of,
    wrong,
)
from numpynet.printable import listed
from numpynet.sandbox import Definition, Session
from numpynet.types import Array

LAMBDA, CLOSE = 0.7, 1e-6
SIZES = {2: "(λ/m)", M: "(λ/2)", 2 * M: "λ", 0.5: "(λ/4m)"}  # in units of λ/2m
BIASED = "the slope of a penalty is in db, too"
Roles = Mapping[str, str]
_wrong = partial(wrong, "penalty")
Judged = tuple[FunctionGrade, float | None]  # with c / (1/2m), where the function has a penalty on every W


def judge_regularised(session: Session) -> list[FunctionGrade]:
    """Of every such function that is understood."""
    costs = entries(session, "cost|loss", {"Y", "Y_hat", "parameters", "λ"})
    backwards = entries(session, "back|grad", {"Y", "cache", "λ"})
    together = [one for one, _ in (*costs, *backwards)]
    every = [_cost(session, entry, roles, of) for entry, roles in costs if (of := network_of(session, entry, together))]
    every += [
        _backward(session, entry, roles, of)
        for entry, roles in backwards
        if (of := network_of(session, entry, together))
    ]
    found = [one for one in every if one is not None]
    if any(row.theirs in {one.theirs for one, _ in costs} and c is not None for row, c in found):  # of the W alone
        found = [(_wrong(row, BIASED, "The cost has no penalty on the biases."), None) if BIASED in row.conventions else
                 (row, c) for row, c in found]  # fmt: skip
    names_of_costs = {one.theirs for one, _ in costs}
    sizes: dict[bool, list[float]] = {True: [], False: []}  # of costs, and of gradients
    for row, c in found:
        sizes[row.theirs in names_of_costs] += [] if c is None else [c]
    return [_of_size(row, c, sizes[row.theirs not in names_of_costs]) for row, c in found]


def _of_size(row: FunctionGrade, c: float | None, others: Sequence[float]) -> FunctionGrade:
    """With what the size of the penalty says: to a cost there must be gradients of its size, where there are any."""
    if c is None or np.isclose(c, 1, CLOSE):
        return row
    words = next((words for size, words in SIZES.items() if np.isclose(c, size, CLOSE)), f"{c:.4g} · (λ/2m)")
    says = f"its penalty is {words} Σ ‖W‖², that of the course (λ/2m) Σ ‖W‖²"
    if others and not any(np.isclose(c, other, CLOSE) for other in others):
        why = "Cost and gradients have not the same penalty: to (λ/2m) Σ ‖W‖² belongs (λ/m) W in dW."
        return _wrong(row, says, why)
    return replace(row, outcome=Outcome.CONVENTION, conventions=(*row.conventions, says))


def _cost(session: Session, entry: Definition, roles: Roles, network: Network) -> Judged | None:
    """Each W is doubled alone: by how much the cost grows says how often its squares are in it."""
    Y_hat, P = network.forward({})[names.A(network.depth)], network.P

    def cost(P: Mapping[str, Array], lambd: float = LAMBDA) -> float:
        given = {"Y_hat": Y_hat, "Y": network.Y, "parameters": P, "λ": lambd}
        value = np.asarray(asked(session, entry, roles, given).value)
        return float(value.reshape(())) if value.size == 1 and value.dtype.kind == "f" else float("nan")

    row = FunctionGrade(entry.theirs, Outcome.PASS, entry.theirs, entry.line)
    plain, full = cost(P, 0.0), cost(P)
    if not np.isfinite([plain, full]).all():
        return None
    if not np.isclose(plain, refer("get_cost_value", {"Y_hat": Y_hat, "Y": network.Y}), 1e-5):
        return replace(
            row, outcome=Outcome.CANNOT_JUDGE, says="with λ = 0 it is not the mean binary cross-entropy"
        ), None
    squares = {name: float((one**2).sum()) for name, one in P.items() if name.startswith("W")}
    c = {name: (cost({**P, name: 2 * P[name]}) - full) / (3 * LAMBDA * squares[name]) for name in squares}
    added = (full - plain) / LAMBDA
    if not np.isclose(added, sum(c[name] * squares[name] for name in squares), CLOSE):
        for name, square in squares.items():
            grown = abs(3 * c[name] * square)
            parts = {f"{name} is not squared": P[name].sum(), f"the norm of {name} is not squared": np.sqrt(square)}
            for says, part in parts.items():
                if any(np.isclose(grown, k * abs(part), CLOSE) for k in (1, 1 / 2, 1 / M, 1 / (2 * M))):
                    return _wrong(row, says, "The penalty is (λ/2m) Σ ‖W‖², over every W."), None
        return None  # another penalty: of absolute values, of the biases
    return _of_layers(row, c, "{} is not in the penalty", "The penalty is (λ/2m) Σ ‖W‖², over every W.")


def _backward(session: Session, entry: Definition, roles: Roles, network: Network) -> Judged | None:
    """What λ adds to dW must be the same times W, in every layer."""
    if (own := kept_by_forward(session, network)) is not None:
        return _of_cache(session, entry, roles, *own)
    found = None
    for one, cache in caches(session, entry, roles, network, lambda one: {**one.forward({}), **one.P}):
        judged = _of_cache(session, entry, roles, one, cache)
        found = found or judged
        if judged is not None and judged[1] is not None:
            return judged
    if found is not None and may_be_other(session, entry):
        return replace(found[0], outcome=Outcome.CANNOT_JUDGE, says=OTHER, cause=None), None
    return found


def _of_cache(session: Session, entry: Definition, roles: Roles, network: Network, cache: Any) -> Judged | None:
    """With what a forward pass of the network has kept."""
    kept = network.forward({})
    given = {"X": network.X, "Y": network.Y, "parameters": network.P, "cache": cache}
    given["Y_hat"] = kept[names.A(network.depth)]
    plain, full = (asked(session, entry, roles, {**given, "λ": one}).value for one in (0.0, LAMBDA))
    right = network.backward(kept, {})
    if not all(isinstance(one, dict) and all(isinstance(one.get(name), np.ndarray) for name in right)
               for one in (plain, full)):  # fmt: skip
        return None
    row = FunctionGrade(entry.theirs, Outcome.PASS, entry.theirs, entry.line)
    off = [name for name, due in right.items() if not near(plain[name], due)]
    if off and off[0] in (names.dW(network.depth), names.db(network.depth)):
        says = f"with λ = 0 {off[0]} is not that of the mean binary cross-entropy"
        return replace(row, outcome=Outcome.CANNOT_JUDGE, says=says), None
    if off:
        return _wrong(row, *first_off(off)), None
    c = {}
    for name in (name for name in network.P if name.startswith("W")):
        W, more = network.P[name], (full[names.d(name)] - plain[names.d(name)]) / LAMBDA
        if more.shape != W.shape:
            return None
        c[name] = float((more * W).sum() / (W * W).sum()) / 2
        if not near(more, 2 * c[name] * W):
            return None  # another penalty
    biases = [names.d(name) for name in network.P if not name.startswith("W")]
    if any(full[name].shape == plain[name].shape and not near(full[name], plain[name]) for name in biases):
        row = replace(row, outcome=Outcome.CONVENTION, conventions=(BIASED,))
    return _of_layers(row, c, "{} lacks the slope of the penalty", "To every dW (λ/m) W is added.", names.d)


def _of_layers(
    row: FunctionGrade, c: Mapping[str, float], lacks: str, why: str, named: Callable[[str], str] = str
) -> Judged:
    """The row by the c of every layer, in the same units as 1/2m."""
    c = {name: 2 * M * one for name, one in c.items()}
    greatest = max(c.values(), key=abs)
    if abs(greatest) < CLOSE:
        return _wrong(row, "λ changes nothing: there is no penalty", why), None
    if missing := [named(name) for name, one in c.items() if abs(one) < CLOSE * abs(greatest)]:
        return _wrong(row, lacks.format(listed(missing)), why), None
    if not np.allclose([*c.values()], greatest, CLOSE):
        says = ", ".join(f"for {named(name)} {one:.4g} times that of the course" for name, one in c.items())
        return _wrong(row, f"its penalty is not the same for every layer: {says}", why), None
    if greatest < 0:
        return _wrong(row, "its penalty has the wrong sign: it is subtracted", why), None
    return row, greatest
