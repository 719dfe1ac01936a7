"""A function that takes or returns every matrix by itself, W1, b1, W2, b2, seen as one that has them in dicts."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from numpynet.check.contract import OPERATIONS, means
from numpynet.sandbox import Answer, Definition

MATRIX = re.compile(r"(d|d_|grad_?)?(w|weights?|b|bias|a|z)_?([0-9])", re.IGNORECASE)
HELD = {"W": "parameters", "b": "parameters", "A": "cache", "Z": "cache", "dW": "grads", "db": "grads"}
HOLDERS = {"params_values": "parameters", "memory": "cache", "grads_values": "grads"}
DICTS = ("init_layers", "full_forward_propagation", "full_backward_propagation", "update", "train")
FEWEST = 2  # matrices that are taken, or returned: one alone may be anything


def matrix_of(name: str) -> tuple[str, int] | None:
    """("W", 1) of W1, w1, weights1; ("db", 2) of db2, grad_b2; None for anything else."""
    found = MATRIX.fullmatch(name)
    if found is None or (found[1] and found[2][0].lower() in "az"):
        return None
    letter = found[2][0].lower()
    kind = letter if letter == "b" else letter.upper()
    return ("d" if found[1] else "") + kind, int(found[3])


def _key(name: str) -> str:
    kind, number = matrix_of(name) or ("", 0)
    return f"{kind}{number}"


def _holder(name: str) -> str:
    kind, _ = matrix_of(name) or ("", 0)
    return HELD.get(kind, name)


class Parts:
    """Of what the child keeps of a prediction and a memory, each by itself."""

    def __init__(self, Y_hat: Any, memory: Mapping[str, Any]) -> None:
        self.parts: dict[int | str, Any] = {0: Y_hat, 1: memory}

    def part(self, *path: int | str) -> Any:
        """What is found there."""
        return self.parts[path[0]] if path else self.parts[0]


@dataclass(frozen=True)
class Spread:
    """How a function takes and returns them: its own `parameters`, and the names that it returns, if several."""

    function: str
    parameters: tuple[str, ...]
    required: int
    returned: tuple[str, ...]

    def holder(self, name: str) -> str:
        """The dict in which it is seen; the name itself of what is no matrix."""
        return _holder(name)

    @property
    def folded(self) -> tuple[str, ...]:
        """Its parameters with one dict for all weights, one for what is kept, one for the gradients."""
        return tuple(dict.fromkeys(self.holder(one) for one in self.parameters))

    @property
    def layers(self) -> int:
        """How many it is written for."""
        names = [matrix_of(one) for one in (*self.parameters, *self.returned)]
        return max((one[1] for one in names if one is not None), default=0)

    def knows(self, roles: Sequence[str | None]) -> bool:
        """Whether no dict is asked for under another name, which would be a matrix whose name says nothing, and what
        it returns is what such a function does: a backward pass that returns weights has moved them, at a rate."""
        moved = (
            self.function == "full_backward_propagation"
            and any(self.holder(one) == "parameters" for one in self.returned)
            and "learning_rate" not in roles
        )
        named = zip(self.folded, roles, strict=False)
        return not moved and all(role not in HOLDERS or HOLDERS[role] == one for one, role in named)

    def roles(self, roles: list[str | None] | None) -> list[str | None] | None:
        """The roles of what it is seen to be given; None where it is not known. What is left beside the last layer's
        output is the labels, whatever they are called."""
        if roles is None or not self.knows(roles):
            return None
        left = [
            one for one, role in zip(self.folded, roles, strict=False) if role == "Y_hat" and not means(one, "Y_hat")
        ]
        if left and "Y" not in roles:
            return ["Y" if role == "Y_hat" else role for role in roles]
        return roles

    def definition(self, theirs: Definition) -> Definition:
        """As it is seen."""
        wanted = {self.holder(one) for one in self.parameters[: self.required]}
        return replace(theirs, parameters=self.folded, required=len(wanted))

    def given(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """What it is seen to be given, by name."""
        return {**dict(zip(self.folded, args, strict=False)), **kwargs}

    def unfolded(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Its arguments by their own names. LookupError where one of them is not there."""
        holders = {self.holder(one) for one in self.parameters if matrix_of(one)} & {*given}
        if not all(isinstance(given[one], Mapping) for one in holders):
            raise LookupError
        return {
            one: given[self.holder(one)][_key(one)] if matrix_of(one) else given[one]
            for one in self.parameters
            if self.holder(one) in given
        }

    def answer(self, answer: Answer, given: Mapping[str, Any]) -> Answer:
        """What it returned and what became of what it was given, in dicts."""
        after = dict(given)
        for one, value in answer.named.items():
            holder = self.holder(one)
            after[holder] = {**after[holder], _key(one): value} if matrix_of(one) else value
        kept = answer.kept
        if kept is not None and isinstance(answer.value, (tuple, list)) and len(answer.value) == len(self.returned):
            whole = self._of({one: kept.value.part(place) for place, one in enumerate(self.returned)})
            kept.value = Parts(*whole) if isinstance(whole, tuple) else whole  # type: ignore[assignment]
        return replace(answer, value=self.packed(answer.value), named=after)

    def packed(self, value: Any) -> Any:
        """What it returned, in dicts; as it is, where it is something else."""
        if not isinstance(value, (tuple, list)) or len(value) != len(self.returned):
            return value
        return self._of(dict(zip(self.returned, value, strict=True)))

    def _of(self, values: Mapping[str, Any]) -> Any:
        matrices = {_key(one): value for one, value in values.items() if matrix_of(one)}
        if self.function != "full_forward_propagation":
            return matrices
        last = max(matrices, key=lambda key: (int(key[1:]), key[0] == "A"), default="")  # Z3 beside A2: it is linear
        named = [value for one, value in values.items() if not matrix_of(one) and means(one, "Y_hat")]
        return (named[0] if named else matrices.get(last)), matrices


def spread_in(functions: Mapping[str, Definition], sources: Mapping[str, str]) -> dict[str, Spread]:
    """Of the file's functions those that take or return them by themselves."""
    found = {}
    forward = functions.get("full_forward_propagation")
    given = tuple(one for one in (forward.parameters if forward else ()) if _holder(one) == "parameters")
    every = [one for one in DICTS if one in functions]
    fewest = FEWEST if all(_taken(functions[one]) < FEWEST for one in every) else 1  # one is enough beside others
    for name in every:
        theirs = functions[name]
        taken = [one for one in theirs.parameters if matrix_of(one)]
        own = tuple(one for one in taken if _holder(one) == "parameters")
        usual = {"init_layers": given, "update": own}.get(name, ())
        returned = _returned(sources[name], usual, "Y_hat" if name == "full_forward_propagation" else "")
        packs = sum(matrix_of(one) is not None for one in returned) >= FEWEST
        known = {HOLDERS[role] for role in OPERATIONS[name].arguments if role in HOLDERS}
        if (len(taken) >= fewest or packs) and {_holder(one) for one in taken} <= known:
            found[name] = Spread(name, theirs.parameters, theirs.required, returned if packs else ())
    return found


def _taken(theirs: Definition) -> int:
    return sum(matrix_of(one) is not None for one in theirs.parameters)


def only_return(text: str) -> ast.expr | None:
    """What every return statement of a function gives; None where they give several things, or nothing."""
    try:
        tree = ast.parse(textwrap.dedent(text)).body[0]
    except (SyntaxError, ValueError, IndexError, RecursionError, MemoryError):
        return None
    every = {ast.dump(node.value): node.value for node in ast.walk(tree) if isinstance(node, ast.Return) and node.value}
    return next(iter(every.values())) if len(every) == 1 else None


def _returned(text: str, usual: tuple[str, ...], result: str) -> tuple[str, ...]:
    """The names that every return statement gives, in that order; the usual where they are none, but as many; where
    one of them is no name, it is the `result`."""
    value = only_return(text)
    if not isinstance(value, (ast.Tuple, ast.List)):
        return ()
    named = [one.id if isinstance(one, ast.Name) else result for one in value.elts]
    if all(named) and len(set(named)) == len(named):
        return tuple(named)
    return usual if not any(named) and len(usual) == len(named) else ()
