"""What a function returned, by the contract's names: read as its manner says, and the manner read off it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from numpynet import names
from numpynet.check.cases import Case
from numpynet.check.contract import OPERATIONS
from numpynet.check.dialect import HOLDS, LONGEST_NAME, Dialect, as_array
from numpynet.check.manner import Asked, Manner
from numpynet.check.result import Observation
from numpynet.check.template import at, held, is_known, is_numbered, leaves, named
from numpynet.printable import listed, printable
from numpynet.sandbox import Definition, Odd
from numpynet.types import Array

NOTHING = "it changes params_values in place and returns nothing"  # of update
SCALARS = ("cost", "accuracy")
Roles = Mapping[str, Sequence[str | None] | None]


@dataclass(frozen=True)
class Answers:
    """Reads the answers of a file's functions in its dialect.

    `strict`: forward propagation files everything. `from_output`: slopes are taken from A, so that A may be kept for Z.
    """

    dialect: Dialect
    found: Mapping[str, Definition]
    roles: Roles
    strict: bool = False
    from_output: bool = False

    def read(self, name: str, asked: Asked, manner: Manner) -> Observation:
        """The numbers of an answer, by the contract's names."""
        case, answer = asked.case, asked.answer
        if answer.raised is not None:
            return Observation(case, problem=answer.raised.text, raised=answer.raised, called=asked.called)
        changed, after = self._changed(name, asked), dict[str, Any]()
        if changed:
            after = {role: self.dialect.ours(role, one) for role, one in self._handed_back(name, asked).items()}
        if case.raises:
            return Observation(case, changed=changed, after=after, called=asked.called)
        value, notes = answer.value, list[str]()
        if name == "update":
            value, notes = self._updated(asked)
        if value is None:
            return Observation(case, problem="it returns None", nothing=True, called=asked.called)
        items = self._items(name, value, manner)
        if isinstance(items, str):
            return Observation(case, problem=items, changed=changed, after=after, called=asked.called)
        kept = [item for item in value if not isinstance(item, np.ndarray)] if isinstance(value, (tuple, list)) else []
        seen = self._numbers(name, case, items, manner, kept)
        return replace(seen, changed=changed, after=after, called=asked.called, notes=(*notes, *seen.notes))

    def _updated(self, asked: Asked) -> tuple[Any, list[str]]:
        """The weights after a step: what is returned, or what was left in the argument or the object."""
        roles, answer = self.roles["update"] or [], asked.answer
        if asked.held is not None:
            return dict(asked.held), []
        if answer.value is not None or "params_values" not in roles:
            return answer.value, []
        place = roles.index("params_values")
        after = answer.arguments[place] if place < len(answer.arguments) else None
        return after, [NOTHING] if after is not None else []

    def _items(self, name: str, value: Any, manner: Manner) -> dict[str, Any] | str:
        """What was returned under each role; a sentence where there is too little of it."""
        roles = OPERATIONS[name].results
        if manner.places:
            return {role: at(value, path) for role, path in manner.places.items()}
        if len(roles) == 1:
            return {roles[0]: value[0] if isinstance(value, tuple) and len(value) == 1 else value}
        if not isinstance(value, (tuple, list)) or len(value) < len(roles):
            return f"it returns {_described(value)}, not {len(roles)} values"
        return dict(zip(roles, value, strict=False))

    def _numbers(
        self, name: str, case: Case, items: Mapping[str, Any], manner: Manner, kept: Sequence[Any]
    ) -> Observation:
        """The numbers of the results; `kept` is what is returned beside arrays, such as a layer's cache."""
        values: dict[str, Array] = {}
        dialect = replace(self.dialect, keys={**self.dialect.keys, **manner.keys})
        notes: list[str] = []
        for role, item in items.items():
            if role in HOLDS:
                found = self._dict_of(name, role, item, case, dialect)
                if isinstance(found, Observation):
                    return found
                if found is None:  # a layout of its own
                    due = {key: one for key, one in case.expected.items() if key in values or key == "Y_hat"}
                    case = replace(case, expected=due)
                    continue
                of_role = found
            else:
                of_role = {role: self._scalar(role, dialect.ours(role, item), notes)}
            for key, one in of_role.items():
                array = as_array(one)
                if array is not None:
                    values[str(key)] = array
                elif isinstance(one, Odd):
                    what = f"{printable(str(key), LONGEST_NAME)} is a {one.type_name}"
                    return Observation(case, problem=f"{what}, not a plain array of numbers")
        if name == "full_forward_propagation":
            case = replace(case, expected=self._filed(case, values))
        if (
            name == "single_layer_forward_propagation"
            and "Z" not in values
            and self.from_output
            and _keeps(kept, values.get("A"))
        ):
            case = replace(case, expected={key: one for key, one in case.expected.items() if key != "Z"})
        missing = [key for key in case.expected if key not in values]
        if missing:
            there = listed(values) if values else "nothing"
            return Observation(case, values, problem=f"{', '.join(missing)} missing; there is {there}")
        return Observation(case, values, notes=tuple(notes))

    def _filed(self, case: Case, values: Mapping[str, Array]) -> Mapping[str, Any]:
        """What must be in the memory: all of it, or what is there, as long as backward propagation needs no more."""
        there = {key: one for key, one in case.expected.items() if key in values}
        return case.expected if self.strict or len(there) < 2 else there

    def _dict_of(self, name: str, role: str, item: Any, case: Case, dialect: Dialect) -> Any:
        """A dict of a role by the tutorial's names; None where it has a layout of its own, or why it cannot be."""
        if role == "memory" and (isinstance(item, (list, tuple)) or is_numbered(item)):
            return self._by_template(item, case)
        if role == "memory" and isinstance(item, Odd):
            return None
        ours = dialect.ours(role, item)
        if not isinstance(ours, dict):
            return Observation(case, problem=f"{role} is {_described(item)}, not a dict")
        if role == "params_values" and name == "init_layers" and any(key not in case.expected for key in ours):
            seen = {key: array for key, one in ours.items() if (array := as_array(one)) is not None}
            return Observation(case, seen, f"the keys are {listed(item)}; expected {', '.join(case.expected)}")
        return ours

    def _by_template(self, item: Any, case: Case) -> Mapping[str, Any] | None:
        """The numbers of a memory that is no dict, where each of them is one of the step's."""
        pool = pool_of("full_forward_propagation", case)
        template = named(item, pool, self.dialect.ours)
        if not is_known(template):
            return None
        try:
            found = held(template, item, self.dialect.ours)
        except (LookupError, TypeError):
            return None
        there = {key: one for key, one in found.items() if key in case.expected}
        return {**{key: one.value for key, one in case.expected.items() if key != "Y_hat"}, **there}

    def _scalar(self, role: str, value: Any, notes: list[str]) -> Any:
        array = as_array(value)
        if role in SCALARS and array is not None and array.shape != () and array.size == 1:
            notes.append(f"the {role} has shape {array.shape}; the tutorial makes it a scalar")
            return array.reshape(())
        return value

    def _changed(self, name: str, asked: Asked) -> tuple[str, ...]:
        """The arguments that the function may only read, and changed."""
        changed: list[str] = []
        for role, new in self._handed_back(name, asked).items():
            old = asked.given[role]
            if name == "update" and role == "params_values":
                continue
            if role == "memory" and isinstance(old, list) and isinstance(new, list):
                old = old[: len(new)]  # a list of caches may be taken from its end
            if role == "params_values" and isinstance(old, dict) and isinstance(new, dict) and set(new) - set(old):
                changed.append(role)
            changed += differences(role, old, new)
        return tuple(changed)

    def _handed_back(self, name: str, asked: Asked) -> dict[str, Any]:
        """The arguments by role as they are after the call."""
        found, roles, answer = self.found[name], self.roles[name] or [], asked.answer
        given = [role for role in roles if role is not None and role in asked.given]
        after = dict(zip(given, answer.arguments, strict=False))
        return after | {
            role: answer.named[key]
            for role, key in zip(roles, found.parameters, strict=False)
            if role is not None and key in answer.named
        }


def pool_of(name: str, case: Case) -> dict[str, Any]:
    """Every number that a structure of the function's may hold, by name."""
    pool: dict[str, Any] = {}
    for role, value in case.arguments.items():
        pool |= value if role in HOLDS else {role: value}
    results = {key: one.value for key, one in case.expected.items()}
    layers = case.arguments.get("nn_architecture")
    if name == "full_forward_propagation" and layers:
        results[names.A(len(layers))] = results.pop("Y_hat")
        pool.pop("X", None)
    return {**results, **pool}


def differences(place: str, old: Any, new: Any) -> Iterator[str]:
    """Where what was handed over is no longer what it was. What was added to a dictionary is no difference."""
    if isinstance(old, np.ndarray):
        same = isinstance(new, np.ndarray) and old.shape == new.shape and np.array_equal(old, new, equal_nan=True)
        if not same:
            yield place
    elif isinstance(old, dict):
        for key, value in old.items():
            yield from differences(f"{place}[{key!r}]", value, new.get(key) if isinstance(new, dict) else None)
    elif isinstance(old, (list, tuple)):
        if not isinstance(new, (list, tuple)) or len(new) != len(old):
            yield place
        else:
            for number, (one, other) in enumerate(zip(old, new, strict=True)):
                yield from differences(f"{place}[{number}]", one, other)
    elif isinstance(old, (str, int)) and not (type(new) is type(old) and new == old):
        yield place


def _keeps(kept: Sequence[Any], A: Array | None) -> bool:
    """Whether a layer's output is kept for the way back: the slopes of sigmoid and tanh can be taken from it."""
    return A is not None and any(
        isinstance(leaf, np.ndarray) and leaf.size == A.size and np.array_equal(np.ravel(leaf), np.ravel(A))
        for _, leaf in leaves(list(kept))
    )


def _described(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, (tuple, list)):
        return f"{len(value)} values"
    return f"a {value.type_name}" if isinstance(value, Odd) else f"a {type(value).__name__}"
