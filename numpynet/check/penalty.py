"""A penalty on the weights (L2): its slope in dW is no mistake where the file means it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from numpynet import names
from numpynet.check.reader import Reader
from numpynet.check.result import Observation

MEANT = r"(?i)lambd|\breg\b|regulari|\bl2\b|_l2|l2_|weight_?decay|penalty|\bwd\b"
ALIKE = 1e-6
WITHOUT_PENALTY = "tried with a penalty of 0 alone: what it does with another one is not judged"


def penalised(reader: Reader, name: str, seen: Sequence[Observation]) -> str | None:
    """What is said where all that differs is that dW has k · W, or k/m · W, added, with one positive k."""
    failing = [one for one in seen if one.fails]
    in_cost = "params_values" in (reader.roles.get("get_cost_value") or ())  # what else would a cost want them for
    if not failing or not (in_cost or reader.session.contains(MEANT)):
        return None
    plain, shared = list[float](), list[float]()
    for one in failing:
        if one.problem or one.changed or one.case.raises or one.case.nan:
            return None
        for key in one.wrong:
            k = _added(one, key)
            if k is None:
                return None
            plain.append(k)
            shared.append(k * _examples(one.case.arguments))
    for factors, words in ((shared, "W/m"), (plain, "W")):
        middle = float(np.median(factors))
        if middle > 0 and np.allclose(factors, middle, rtol=ALIKE):
            return f"{middle:.4g} · {words} is added to dW: the slope of a penalty on the weights (L2)"
    return None


def _added(one: Observation, key: str) -> float | None:
    """The k with which the result is the right one and k · W; None where it is something else."""
    if not key.startswith("dW"):
        return None
    arguments = one.case.arguments
    held = arguments.get("params_values", {})
    layer = names.layer_of(key)
    W = arguments.get("W") if layer is None else held.get(names.W(layer))
    due, got = one.case.expected[key].value, one.values[key]
    if W is None or W.shape != due.shape or got.shape != due.shape or not W.any():
        return None
    over = got - due.astype(float)
    k = float((over * W).sum() / (W * W).sum())
    size = float(np.abs(over).max())
    return k if np.abs(over - k * W).max() <= ALIKE * max(size, float(np.abs(due).max())) else None


def _examples(arguments: Mapping[str, np.ndarray]) -> int:
    held = arguments.get("A_prev", arguments.get("Y"))
    return 1 if held is None else held.shape[1]
