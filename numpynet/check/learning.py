"""In which manner a function speaks, read off its own answers: where its numbers are, by the numbers themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from numpynet.check.answers import SCALARS, Roles, differences, pool_of
from numpynet.check.contract import OPERATIONS
from numpynet.check.dialect import HOLDS, Dialect, Keys, as_array, keys_of
from numpynet.check.manner import PLAIN, Asked, Manner
from numpynet.check.result import right
from numpynet.check.template import Each, Leaf, Path, at, is_numbered, leaves, named
from numpynet.sandbox import Odd

MOST_LEARNED = 4


@dataclass(frozen=True)
class Learner:
    """Reads manners off the answers of a file's functions."""

    dialect: Dialect
    roles: Roles

    def learned(self, name: str, asked: Sequence[Asked], manner: Manner = PLAIN) -> Iterator[Manner]:
        """Manners in which what was returned may be read, off what was returned itself."""
        seen: list[Manner] = []
        for one in asked:
            if one.answer.raised or one.case.raises or one.case.nan or one.answer.value is None:
                continue
            places = self._places(name, one)
            for keys in self._keys(name, one, places):
                other = replace(manner, places=places, keys=keys)
                if other not in seen and not other.is_plain:
                    seen.append(other)
                    yield other
            if len(seen) > MOST_LEARNED:
                return

    def _places(self, name: str, asked: Asked) -> dict[str, Path]:
        """Where in the answer each of the results is, by its numbers; empty where that is where it should be."""
        roles, value, dialect = OPERATIONS[name].results, asked.answer.value, self.dialect
        if not isinstance(value, (tuple, list, dict)) or (
            len(roles) == 1 and roles[0] in HOLDS and isinstance(value, dict)
        ):
            return {}
        there, found = leaves(value), dict[str, Path]()
        for role in roles:
            exact = asked.case.expected.get(role)
            for path, leaf in there if role not in HOLDS else ():
                array = as_array(dialect.ours(role, leaf))
                if array is not None and role in SCALARS and array.size == 1:
                    array = array.reshape(())
                if exact is not None and path not in found.values() and right(array, exact):
                    found[role] = path
                    break
        tops = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
        for role in roles:
            if role in HOLDS:
                dicts: list[Path] = [(key,) for key, item in tops if isinstance(item, dict)]
                rest: list[Path] = [
                    (key,)
                    for key, item in tops
                    if isinstance(item, (list, tuple, Odd)) and (key,) not in found.values()
                ]
                found[role] = (dicts or rest or [()])[0]
        for number, role in enumerate(roles):
            if role not in found:
                free = [
                    (key,)
                    for key, item in tops
                    if (key,) not in found.values() and not isinstance(item, (dict, list, tuple))
                ]
                usual = (number,) if (number,) in free else next(iter(free), None)
                if usual is None:
                    continue
                found[role] = usual
        usual_places = {role: (number,) for number, role in enumerate(roles)}
        return {} if found == usual_places and len(roles) > 1 else found

    def _keys(self, name: str, asked: Asked, places: Mapping[str, Path]) -> list[Keys]:
        """The keys of the dict that the function makes, as its own answer has them."""
        role = next((role for role in OPERATIONS[name].results if role in HOLDS), None)
        if role is None or name in ("update", "train"):
            return [{}]
        path = places.get(role, () if len(OPERATIONS[name].results) == 1 else (1,))
        item = at(asked.answer.value, path)
        if not isinstance(item, dict):
            return [{}]
        keys = keys_of(item, role)
        first = keys.get("A", ("A", 0))
        return [keys, {**keys, "A": (first[0], first[1] - 1)}] if role == "memory" and keys.get("A") else [keys, {}]

    def named(self, name: str, asked: Sequence[Asked], manner: Manner) -> Manner:
        """The manner with the structure of all that the function returns, and the shape of its cost."""
        useful = [
            one for one in asked if not one.answer.raised and not one.case.raises and one.answer.value is not None
        ]
        if not useful:
            return manner
        found = [self._named_by(name, one, manner) for one in useful[:3]]
        return next((one for one in found if has_layers(one.whole)), found[0])

    def _named_by(self, name: str, one: Asked, manner: Manner) -> Manner:
        value, roles = one.answer.value, OPERATIONS[name].results
        if name == "update" and "params_values" in (taken := self.roles[name] or []):
            place, after = taken.index("params_values"), one.answer.arguments
            kept = place < len(after) and not list(differences("", one.given["params_values"], after[place]))
            return replace(manner, makes_new=kept)
        if roles[0] in SCALARS and isinstance(value, np.ndarray) and value.size == 1 and value.shape:
            return replace(manner, shape=value.shape)
        if name in ("init_layers", "update", "train", "full_backward_propagation"):
            return manner
        dialect = replace(self.dialect, keys={**self.dialect.keys, **manner.keys})
        whole = named(value, pool_of(name, one.case), dialect.ours)
        usual = {role: (k,) for k, role in enumerate(roles)} if len(roles) > 1 else {}
        for role, path in (manner.places or usual).items():
            part = at(value, path)
            single = not isinstance(value, np.ndarray) and not isinstance(part, (tuple, list, dict))
            if isinstance(part, dict) and not is_numbered(part) if role in HOLDS else single:
                whole = _put(whole, path, Leaf(role))
        return replace(manner, whole=whole)


def has_layers(template: Any) -> bool:
    """Whether a part of it is the same for every layer."""
    if isinstance(template, (tuple, list)):
        return any(map(has_layers, template))
    return isinstance(template, Each)


def _put(template: Any, path: Path, leaf: Leaf) -> Any:
    """The template with another part at the path."""
    if not path:
        return leaf
    if isinstance(template, dict):
        return {key: _put(item, path[1:], leaf) if key == path[0] else item for key, item in template.items()}
    if not isinstance(template, (tuple, list)):
        return template
    items = [_put(item, path[1:], leaf) if k == path[0] else item for k, item in enumerate(template)]
    return tuple(items) if isinstance(template, tuple) else items
