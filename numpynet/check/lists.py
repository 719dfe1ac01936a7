"""A function that takes or returns a list of matrices, weights and biases, seen as one that has them in dicts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from numpynet.check.spread import DICTS, HELD, Parts, Spread, only_return
from numpynet.sandbox import Answer, Definition

KINDS = {  # of a list's name, in lower case without underscores
    "W": "ws?|weights?(list)?",
    "b": "bs?|bias(es)?(list)?",
    "A": "as?|activations?|acts?|outs|outputs|layeroutputs|hs",
    "Z": "zs?|preactivations?|zlist",
    "dW": "(d|grads?|nabla|g)ws?|dweights?|(grads?|nabla)weights?|weights?grads?",
    "db": "(d|grads?|nabla|g)bs?|dbias(es)?|(grads?|nabla)bias(es)?|bias(es)?grads?",
}
LISTED = r"\b{0}\[(?!\s*[fF]?['\"])|\b(zip|len|enumerate|reversed)\([^)]*\b{0}\b|\b{0}\.(append|insert)\(|\b{0} *= *\["


def kind_in(name: str, source: str) -> str:
    """Which matrices a list of this name holds; "" where it is none that is known, or no list in those lines."""
    short = name.replace("_", "").lower()
    kind = next((kind for kind, pattern in KINDS.items() if re.fullmatch(pattern, short)), "")
    return kind if re.search(LISTED.format(re.escape(name)), source) else ""


@dataclass(frozen=True)
class Lists(Spread):
    """How a function takes and returns them: which kind each name has; `alone`: it returns one list, in no tuple.

    `first` is the number of the layer with which the outputs that forward propagation returns begin: 0 where the
    inputs are among them.
    """

    kinds: Mapping[str, str] = field(default_factory=dict)
    alone: bool = False
    first: dict[str, int] = field(default_factory=dict)

    @property
    def layers(self) -> int:
        """It is for any number."""
        return 0

    def holder(self, name: str) -> str:
        """The dict in which it is seen."""
        return HELD.get(self.kinds.get(name, ""), name)

    def unfolded(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Its arguments by their own names. LookupError where one of them is not there."""
        found = {}
        for one in self.parameters:
            if (holder := self.holder(one)) in given:
                kind = self.kinds.get(one, "")
                found[one] = [*self._listed(kind, given[holder])] if kind else given[holder]
        return found

    def _listed(self, kind: str, held: Any) -> Iterator[Any]:
        if not isinstance(held, Mapping):
            raise LookupError
        number = self.first.get(kind, 1)
        while f"{kind}{number}" in held:
            yield held[f"{kind}{number}"]
            number += 1

    def _numbered(self, name: str, items: Any) -> dict[str, Any]:
        kind = self.kinds[name]
        return {f"{kind}{number}": item for number, item in enumerate(items, start=self.first.get(kind, 1))}

    def answer(self, answer: Answer, given: Mapping[str, Any]) -> Answer:
        """What it returned and what became of what it was given, in dicts."""
        after = dict(given)
        for one, value in answer.named.items():
            is_list = one in self.kinds and isinstance(value, list)
            after[self.holder(one)] = {**after[self.holder(one)], **self._numbered(one, value)} if is_list else value
        values = self._by_name(answer.value)
        if values is None:
            return replace(answer, named=after)
        for one, value in values.items():
            if self.kinds.get(one) == "A" and value:
                inputs = [item for item in given.values() if isinstance(item, np.ndarray)]
                self.first["A"] = 0 if any(np.array_equal(item, value[0]) for item in inputs) else 1
        if answer.kept is not None:
            ref, counts = answer.kept.value, {one: len(value) for one, value in values.items() if one in self.kinds}
            parts = {}
            for place, one in enumerate(self.returned):
                path = () if self.alone else (place,)
                within = [ref.part(*path, number) for number in range(counts.get(one, 0))]
                parts[one] = within if one in self.kinds else ref.part(*path)
            whole = self._of(parts)
            answer.kept.value = Parts(*whole) if isinstance(whole, tuple) else whole  # type: ignore[assignment]
        return replace(answer, value=self._of(values), named=after)

    def _by_name(self, value: Any) -> dict[str, Any] | None:
        """What it returned by the names that it has there; None where it is something else."""
        items = [value] if self.alone else value
        if not isinstance(items, (tuple, list)) or len(items) != len(self.returned) or not self.returned:
            return None
        named = dict(zip(self.returned, items, strict=True))
        return named if all(isinstance(named[one], (list, tuple)) for one in self.kinds.keys() & named.keys()) else None

    def packed(self, value: Any) -> Any:
        """What it returned, in dicts; as it is, where it is something else."""
        values = self._by_name(value)
        return value if values is None else self._of(values)

    def _of(self, values: Mapping[str, Any]) -> Any:
        matrices: dict[str, Any] = {}
        for one, value in values.items():
            matrices |= self._numbered(one, value) if one in self.kinds else {}
        if self.function != "full_forward_propagation":
            return matrices
        outputs = next((value for one, value in values.items() if self.kinds.get(one) == "A"), None)
        others = [value for one, value in values.items() if one not in self.kinds]
        return (others[0] if others else outputs[-1] if outputs else None), matrices


def lists_in(functions: Mapping[str, Definition], sources: Mapping[str, str]) -> dict[str, Lists]:
    """Of the file's functions those that take or return lists, where forward propagation takes one of weights and one
    of biases."""
    top = functions.get("full_forward_propagation")
    known = {one: kind_in(one, sources["full_forward_propagation"]) for one in top.parameters} if top else {}
    if not {"W", "b"} <= {*known.values()}:
        return {}
    found, first = {}, dict[str, int]()
    for name in (one for one in DICTS if one in functions):
        theirs, source = functions[name], sources[name]
        returned, alone = _returned(source)
        names = (*theirs.parameters, *returned)
        kinds = {one: kind for one in names if (kind := known.get(one) or kind_in(one, source))}
        if kinds:
            found[name] = Lists(name, theirs.parameters, theirs.required, returned, kinds, alone, first)
    return found


def _returned(source: str) -> tuple[tuple[str, ...], bool]:
    """The names that its only return statement gives, with a number where one is none; whether it is one name alone."""
    value = only_return(source)
    if isinstance(value, ast.Name):
        return (value.id,), True
    items = value.elts if isinstance(value, (ast.Tuple, ast.List)) else []
    return tuple(one.id if isinstance(one, ast.Name) else str(place) for place, one in enumerate(items)), False
