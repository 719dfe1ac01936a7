"""What an optimizer does with the weight decay that it is given: it pulls the weights to 0, in a textbook's way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from numpynet.check.objects.textbook import ANY, Verdict, same, textbook
from numpynet.types import Array

LAMBDA = 0.0625
Fits = Callable[[Array, Array], bool]  # of moves and gradients, (step, …): whether they are the optimizer's


def judge_decay(
    name: str,
    promised: str,
    moves: Mapping[str, Array],
    theta: Mapping[str, Array],
    G: Mapping[str, Array],
    hyper: Mapping[str, float],
    *,
    handed_t: bool,
) -> Verdict:
    """Of steps with λ = LAMBDA, given as the argument `name`, from the parameters `theta`, both (step, …).

    Right are the gradient g + λ θ, and λ θ or α λ θ that is taken off apart, before the step or after it; 2 λ and λ/2
    for λ; and arrays without a decay beside others. Wrong is what is right with −λ.
    """

    def fits(moved: Array, g: Array) -> bool:
        forms = (form for form in textbook(g, hyper, handed_t=handed_t) if form.family in families)
        return any(same(moved, form.steps, g, hyper) for form in forms)

    families = (promised,) if promised else ANY
    ways, found = {"pulled": LAMBDA, "spared": 0.0, "pushed": -LAMBDA}, []
    with np.errstate(all="ignore"):
        for one, moved in moves.items():
            its = (way for way, k in ways.items() if _is_of(moved, theta[one], G[one], k, hyper, fits))
            found.append(next(its, ""))
    if "" not in found and "pushed" in found:
        grown = [one for one, way in zip(moves, found, strict=True) if way == "pushed"]
        why = f"{name} makes {', '.join(grown)} larger: its sign is wrong. A weight decay pulls the weights to 0."
        return Verdict(f"{name} has the wrong sign", why)
    if "" in found:
        return Verdict(note=f"tried with {name} = 0 alone: what it does with another is not understood")
    return Verdict(note="" if "pulled" in found else f"{name} changes nothing")


def _is_of(moved: Array, theta: Array, g: Array, k: float, hyper: Mapping[str, float], fits: Fits) -> bool:
    """Whether the moves are those with a decay of k, in one of the ways."""
    if not k:
        return fits(moved, g)
    return any(fits(*way) for share in (k, 2 * k, k / 2) for way in _ways(moved, theta, g, share, hyper))


def _ways(moved: Array, theta: Array, g: Array, k: float, hyper: Mapping[str, float]) -> Iterator[tuple[Array, Array]]:
    """Moves and gradients without the decay."""
    yield moved, g + k * theta
    for off in (k, k * hyper.get("rate", 1.0)):
        yield moved - off * theta, g
        yield (moved - off * theta) / (1 - off), g
