"""The readings of each operation: the formulas that people write instead, each with the values that it returns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property, partial
from itertools import chain
from typing import NamedTuple

import numpy as np

from numpynet.activations import ACTIVATIONS
from numpynet.check.readings.families import EPSILONS, TINY, alternatives
from numpynet.check.readings.passes import BACKWARD, EVERY, FORWARD, forward_pass, gradients, top, whole
from numpynet.check.readings.quantities import RETURNS, Quantities, Recipe, evaluate, quantities
from numpynet.check.readings.rows import FITS
from numpynet.check.readings.starts import starts
from numpynet.check.readings.steps import steps, trainings
from numpynet.check.result import Observation
from numpynet.types import Array

UNFIT = (
    NameError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ZeroDivisionError,
    OverflowError,
)  # of a row's shapes


class Lazily(Mapping[str, Array]):
    """Values that are computed when they are asked for; none where the shapes or the roles do not allow it."""

    def __init__(self, make: Callable[[], Mapping[str, Array]]) -> None:
        self.make = make

    @cached_property
    def made(self) -> Mapping[str, Array]:
        """All of them."""
        try:
            return self.make()
        except UNFIT:
            return {}

    def __getitem__(self, name: str) -> Array:
        return self.made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.made)

    def __len__(self) -> int:
        return len(self.made)


class Reading(NamedTuple):
    """A formula by id, in words, and what it returns by name: nothing where it does not fit the input.

    The id before the colon is the cause, after it stands the variant. `harmless`: right in another way, a guard that is
    meant to change nothing or another start. `told`: this input tells it from what is simpler.
    """

    id: str
    says: str
    values: Mapping[str, Array]
    harmless: bool = False
    told: bool = True


MOST = 2  # of a slope below 0 that is another parameter, and no mistake
TARGETS = {  # what an operation computes, in the order in which mistakes are looked for
    "linear_forward": ("Z",),
    "linear_backward": ("over", "dA_prev", "dW", "db"),
    "single_layer_forward_propagation": ("Z", "A"),
    "single_layer_backward_propagation": ("over", "dA_prev", "dW", "db", "dZ"),
    "get_cost_value": ("over", "cost", "losses"),
    "loss_and_gradient": ("over", "by", "cost", "losses", "dA"),
    "convert_prob_into_class": ("classes",),
    "get_accuracy_value": ("accuracy",),
    **dict.fromkeys(ACTIVATIONS, ("A",)),
    **{f"{name}_backward": ("dZ",) for name in ACTIVATIONS},
}
LAYER_RESULTS = {False: ("A", "Z"), True: ("dA_prev", "dW", "db")}
RETURNED = [  # one of the results alone
    Recipe("cached-A", "It returns A in the place of Z: backward propagation needs the Z before the activation.", "Z", "A", only="Z"),
    Recipe("returns-input", "It returns A_prev in the place of Z.", "Z", "A_prev", only="Z"),
    Recipe("cached-without-bias", "The Z it returns lacks the bias; the activation got the right one.", "Z", "W @ A_prev", only="Z"),
    Recipe("hides-nan", "A prediction that is NaN does not make the cost NaN: it is left out.", "cost", "nansum(losses) / over", True),
    Recipe("hides-nan", "A prediction that is NaN does not make the cost NaN: it counts as 0.", "cost", "nan_to_num(losses).sum() / over", True),
]  # fmt: skip
PARTS = {"dZ": ("dW", "db", "dA_prev"), "over": ("dW", "db")}  # where a mistake may be in one result alone


def variant_of(target: str, q: Quantities) -> str:
    """The activation or the loss that a quantity depends on."""
    if target in ("cost", "losses", "dA"):
        return str(q.get("loss", "bce"))
    return str(q.get("activation", "")) if target in ("A", "dZ") else ""


def in_parts(recipe: Recipe, returns: tuple[str, ...]) -> Iterator[Recipe]:
    """The recipe for all results that follow from its target, and for each of them alone."""
    parts = [name for name in PARTS.get(recipe.target, ()) if name in returns]
    divisor = recipe.target in ("over", "by")
    if not parts:
        subject = {"over": "The cost", "by": "dZ"}.get(recipe.target, "")
        yield recipe._replace(says=f"{subject} {recipe.says}.") if divisor else recipe
        return
    yield recipe._replace(id=f"{recipe.id}-both", says=f"dW and db: each {recipe.says}.") if divisor else recipe
    for name in parts if ":" not in recipe.id or recipe.id.startswith(("cast", "rounded")) else ():
        id = f"{recipe.id}:{name}" if ":" in recipe.id else f"{recipe.id}-{name}"
        says = f"{name} {recipe.says}." if divisor else f"In {name} alone: {lowered(recipe.says)}"
        yield recipe._replace(id=id, says=says, only=name)


def lowered(says: str) -> str:
    """A sentence after a colon: what is no name begins with a small letter."""
    return says[0].lower() + says[1:] if says.split()[0] in ("The", "It", "This", "There", "For", "A") else says


def values_of(q: Quantities, recipe: Recipe, returns: tuple[str, ...]) -> dict[str, Array]:
    """What the operation returns with the recipe in it."""
    made = q.made(recipe)
    return {name: np.asarray((made if recipe.only in ("", name) else q)[name], float) for name in returns}


@cache
def recipes_of(function: str, variants: tuple[str, ...]) -> Sequence[Recipe]:
    """The recipes of an operation, whose targets are of these variants."""
    returns = RETURNS[function]
    found = [made for target, variant in zip(TARGETS[function], variants, strict=True)
             for recipe in alternatives(target, variant) for made in in_parts(recipe, returns)]  # fmt: skip
    return found + [one for one in RETURNED if one.target in returns and (not one.only or len(returns) == 2)]


def of_quantities(function: str) -> Callable[[Observation], Iterator[Reading]]:
    """The readings of an operation that computes one quantity after another."""

    def readings(one: Observation) -> Iterator[Reading]:
        q, returns = quantities(function, one), RETURNS[function]
        variants = tuple(variant_of(target, q) for target in TARGETS[function])
        for recipe in chain(recipes_of(function, variants), fitted(q, one, returns)):
            yield Reading(recipe.id, recipe.says, Lazily(partial(values_of, q, recipe, returns)), recipe.harmless)

    return readings


def fitted(q: Quantities, one: Observation, returns: tuple[str, ...]) -> Iterator[Recipe]:
    """The recipes with a constant that is found in what the file gave."""
    for target in returns:
        for fit in [*FITS.get(f"{target}:{variant_of(target, q)}", []), *FITS.get(target, [])]:
            try:
                got = one.values[target].astype(float)
                found = np.unique(evaluate(fit.k, {**q, target: q[target], "got": got, **q.given}))
            except UNFIT:
                continue
            if found.size and np.isfinite(found).all() and np.ptp(found) <= 1e-6 * abs(found[0]) and found[0]:
                k = float(np.median(found))
                if got.shape == np.shape(q[target]):
                    yield Recipe(
                        fit.id.format(k=k),
                        fit.says.format(k=k),
                        target,
                        re.sub(r"\bk\b", f"({k!r})", fit.expression),
                        fit.harmless and 0 < k < MOST,
                    )


def whole_pass(one: Observation) -> Iterator[Reading]:
    """What a pass files, what its layers compute, and what is done to its prediction or to dA_L."""
    acts, back = (
        [layer["activation"] for layer in one.case.arguments["nn_architecture"]],
        "memory" in one.case.arguments,
    )
    for id, says, dA, harmless in loss_gradients(top(one)) if back else ():
        yield Reading(id, says, Lazily(partial(gradients, one, dA)), harmless)
    for id, says, expression in BACKWARD if back else FORWARD:
        yield Reading(id, says, Lazily(partial(whole, one, expression)))
    for epsilon in () if back else EPSILONS:
        text = f"The prediction is clipped to [{epsilon:g}, 1 − {epsilon:g}]."
        clipped = f"altered(v, 'Y_hat', 'clip(x, {epsilon!r}, 1 - {epsilon!r})')"
        yield Reading(f"clip:{epsilon:g}", text, Lazily(partial(whole, one, clipped)), epsilon <= TINY)
    for target in TARGETS[f"single_layer_{'backward' if back else 'forward'}_propagation"]:
        for act in dict.fromkeys(acts) if target in ("A", "dZ") else [""]:
            for recipe in alternatives(target, act):
                for part in in_parts(recipe, LAYER_RESULTS[back]):
                    values = partial(gradients if back else forward_pass, one, recipe=part, variant=act)
                    yield Reading(part.id, part.says, Lazily(values), part.harmless)
    for act in dict.fromkeys(acts):  # a single layer that is another cannot tell
        told = sum(own != act for own in acts) > 1
        values = partial(gradients if back else forward_pass, one, act=act)
        text = EVERY.format("goes back through" if back else "is computed with", act)
        yield Reading(f"activation-ignored:{act}", text, Lazily(values), told=told)


def loss_gradients(q: Quantities) -> Iterator[tuple[str, str, Array, bool]]:
    """What dA_L may be instead: id, sentence, value, and whether it is harmless."""
    for recipe in alternatives("dA", variant_of("dA", q)):
        try:
            with np.errstate(all="ignore"):
                dA = np.asarray(q.made(recipe)["dA"], float)
        except UNFIT:
            continue
        if dA.shape == q["Y_hat"].shape:
            yield recipe.id, recipe.says.replace("dA is", "dA_L is").replace("dA has", "dA_L has"), dA, recipe.harmless


READINGS: dict[str, Callable[[Observation], Iterator[Reading]]] = {
    **{function: of_quantities(function) for function in TARGETS},
    "init_layers": lambda one: (Reading(id, says, Lazily(values), good) for id, says, values, good in starts(one)),
    "full_forward_propagation": whole_pass,
    "full_backward_propagation": whole_pass,
    "update": lambda one: (Reading(id, says, Lazily(values), harmless) for id, says, values, harmless in steps(one)),
    "train": lambda one: (Reading(id, says, Lazily(values)) for id, says, values in trainings(one)),
}
