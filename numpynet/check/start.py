"""Whether a file's initial weights are a start: the tutorial's numbers, or others from which a network can learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from numpynet import names
from numpynet.check.cases import Case
from numpynet.check.contract import depth_in, widths_in
from numpynet.check.diagnosis import explain, gist
from numpynet.check.dialect import as_array
from numpynet.check.evidence import cells_of, fine_of
from numpynet.check.manner import PLAIN, Manner
from numpynet.check.matching import reading_of
from numpynet.check.place import place_of
from numpynet.check.result import Cause, FunctionGrade, Observation, Outcome
from numpynet.check.speaker import Speaker
from numpynet.check.wrong import Wrong
from numpynet.problem import make_architecture
from numpynet.sandbox.session import SEED
from numpynet.types import Array

# Causes that are told although the numbers are random: not another start, but a mistake in making one.
MISTAKEN = (
    "cast", "pattern", "zero-weights", "constant-weights", "absolute", "bias-shape", "returns-early",
    "last-layer-missing", "rounded", "reseeded", "draw-order", "keys", "transposed", "unseeded", "seed",
)  # fmt: skip
WIDE = (60, 60, 60, 1)  # widths at which a mean says something
HIDDEN = 5  # units of a layer, where the other widths are written into the file
LITTLE = 9  # elements of W that say nothing of a rule
ALIKE = 0.999  # correlation of two layers' weights


def judge_start(speaker: Speaker, base: FunctionGrade, *, again: bool = False) -> FunctionGrade:
    """The grade of init_layers; `again` for one that was right before."""
    name = "init_layers"
    seen, manner = speaker.observe(name, PLAIN)
    failing = [one for one in seen if one.fails]
    if not seen:
        says = "none of the networks that are tried can be asked of it"
        return replace(base, outcome=Outcome.CANNOT_JUDGE, says=says, conventions=())
    if not failing:
        speaker.manners[name] = manner
        return replace(base, outcome=Outcome.PASS, conventions=())
    if failing[0].raised and "for the whole file" in failing[0].raised.text:
        return replace(
            base,
            outcome=Outcome.CANNOT_JUDGE,
            says=failing[0].raised.text + (": alone it is right" if again else ""),
            conventions=(),
        )
    numbers = [one for one in failing if one.wrong and not one.problem and _fits(one)]
    if len(numbers) == len(failing) and (reading := reading_of(name, numbers)) is not None and reading.harmless:
        speaker.manners[name] = manner
        says = f"another start: {reading.says[0].lower()}{reading.says[1:].rstrip('.')}"
        return replace(base, outcome=Outcome.CONVENTION, conventions=(says,))
    cause = explain(name, seen)
    id = cause.id.partition(":")[0] if cause else ""
    said = "" if len(numbers) < len(failing) else _no_start(speaker, manner)
    if len(numbers) == len(failing) and not said and not (id in MISTAKEN and not _is_default(cause, seen)):
        speaker.manners[name] = manner
        return replace(base, outcome=Outcome.CONVENTION, conventions=(_otherwise(seen),))
    if said and cause is None:
        cause = Cause("no-start", said)
    outcome = Outcome.ERROR if all(one.raised for one in failing) else Outcome.FAIL
    return replace(
        base, outcome=outcome, says=gist(name, failing), cause=cause, cells=cells_of(failing), fine=fine_of(seen),
        witness=Wrong(speaker).witness(name, failing), place=place_of(speaker, name, seen, manner, cause),
    )  # fmt: skip


def _fits(one: Observation) -> bool:
    return all(one.values[name].shape == exact.value.shape for name, exact in one.case.expected.items())


def _is_default(cause: Cause | None, seen: list[Observation]) -> bool:
    """Whether only the default of the seed is another: with a seed the numbers are the tutorial's."""
    given = [one for one in seen if "seed" in one.case.arguments]
    return cause is not None and bool(given) and not any(one.fails for one in given)


def _otherwise(seen: list[Observation]) -> str:
    """What is said of another start, with its spread."""
    one = next(one for one in seen if one.values)
    sizes = [float(np.std(value)) for key, value in one.values.items() if key.startswith("W") and value.size > 1]
    spread = f"the weights' spread is {min(sizes):.3g}" + (
        f" to {max(sizes):.3g}" if max(sizes) > 1.01 * min(sizes) else ""
    )
    biases = [value for key, value in one.values.items() if key.startswith("b")]
    zero = ", the biases are 0" if biases and not any(value.any() for value in biases) else ""
    return f"another start than the tutorial's 0.1 · randn: {spread}{zero}"


def _drawn(speaker: Speaker, manner: Manner, seed: int | None, stream: int = 0) -> Mapping[str, Array] | None:
    """The weights of a wide network, by the tutorial's names."""
    depth = depth_in(speaker.roles["init_layers"] or ()) or speaker.dialect.depth
    widths = [*WIDE] if not depth else [*WIDE[:depth], 1]
    layers = make_architecture(widths, speaker.maker.activations["r"], speaker.maker.activations["s"])
    case = Case("", {"nn_architecture": layers} | ({} if seed is None else {"seed": seed}))
    before = speaker.manners.get("init_layers", PLAIN)
    speaker.manners["init_layers"] = manner
    given: dict[str, Any] = speaker.given("init_layers", case)
    speaker.set_up("init_layers", case)
    answer = speaker.reader.call("init_layers", given, speaker.others("init_layers", []), seed=SEED + stream)
    dialect = speaker.speaking()
    speaker.manners["init_layers"] = before
    value = answer.value
    for key in manner.places.get("params_values", ()):
        value = value[key]
    ours = dialect.ours("params_values", value)
    if not isinstance(ours, dict):
        return None
    return {str(key): array for key, one in ours.items() if (array := as_array(one)) is not None}


def judge_only_start(speaker: Speaker, base: FunctionGrade) -> FunctionGrade:
    """The grade of a start that is not told how many inputs there are: of the network that it makes."""
    given = dict.fromkeys(widths_in(speaker.roles["init_layers"] or ()), HIDDEN)
    value = speaker.dialect.ours("params_values", speaker.reader.call("init_layers", given, seed=SEED).value)
    found = {key: as_array(one) for key, one in value.items()} if isinstance(value, dict) else {}
    drawn = {str(key): one for key, one in found.items() if one is not None}
    L = len(drawn) // 2
    W, b = ([drawn.get(name(k)) for k in range(1, L + 1)] for name in (names.W, names.b))
    every = [one.shape for one in W if one is not None and one.ndim == 2]
    fits = len(every) == L > 0 and all(one[0] == other[1] for one, other in pairwise(every))
    if not fits or any(one is None or one.shape != (shape[0], 1) for one, shape in zip(b, every, strict=True)):
        says = "how many inputs its network has is written into it: it cannot be asked for another"
        return replace(base, outcome=Outcome.CANNOT_JUDGE, says=says)
    if said := _of_weights([one for one in W if one is not None and one.size > LITTLE]):
        return replace(base, outcome=Outcome.FAIL, says=said, cause=Cause("no-start", said))
    widths = "-".join(str(one) for one in (every[0][1], *(shape[0] for shape in every)))
    makes = f"asked for {HIDDEN} units it makes a network" if given else "it makes one network"
    return replace(base, outcome=Outcome.CONVENTION, conventions=(f"{makes}, {widths}",))


def _no_start(speaker: Speaker, manner: Manner) -> str:
    """Why no network learns from these weights, in a sentence; empty where it can."""
    takes = "seed" in (speaker.roles["init_layers"] or ())
    drawn = _drawn(speaker, manner, 5 if takes else None)
    if drawn is None:
        return ""
    every = [drawn[names.W(k)] for k in range(1, len(drawn) // 2 + 1) if names.W(k) in drawn]
    if said := _of_weights([one for one in every if one.size > LITTLE]):
        return said
    if takes and _same(drawn, _drawn(speaker, manner, 6)):
        return "The argument seed is not used: every seed gives the same weights."
    if takes and not _same(drawn, _drawn(speaker, manner, 5, stream=1)):
        return "The seed is not set: the same seed gives other weights each time."
    return ""


def _of_weights(W: Sequence[Array]) -> str:
    """Why no network learns from weights of these layers."""
    if any(not np.isfinite(one).all() for one in W):
        return "Some weights are no finite numbers."
    if any(not one.any() for one in W[:-1] or W):  # of the last layer alone it is no harm
        return "W is all zeros: every unit of a layer stays the same as its neighbours for ever."
    if any(one.ndim == 2 and len(one) > 1 and one.any() and np.allclose(one, one[:1]) for one in W):
        return "Every unit of a layer has the same weights, and keeps them: they must be drawn."
    if any((one > 0).all() or (one < 0).all() for one in W if one.size > 20):
        return "All weights have the same sign: they must be drawn around 0."
    for one, other in pairwise(W):
        size = min(one.size, other.size)
        if np.corrcoef(one.ravel()[:size], other.ravel()[:size])[0, 1] > ALIKE:
            return "Layers repeat the same random numbers: the seed is set again inside the loop."
    return ""


def _same(one: Mapping[str, Array], other: Mapping[str, Array] | None) -> bool:
    return other is not None and all(key in other and np.array_equal(value, other[key]) for key, value in one.items())
