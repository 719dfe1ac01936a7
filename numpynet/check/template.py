"""Which of a step's numbers stand where in the tuples, lists and dicts that people pass around.

A template is the structure with names in the place of numbers: `((A_prev, W, b), Z)` is what many keep of a layer. It
is read off what a function returned, by the numbers themselves, and is then filled with others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from numpynet import names
from numpynet.types import Array

Path: TypeAlias = tuple[int | str, ...]
Translated: TypeAlias = Callable[[str, Any], Any]  # a value by the name of the number, in another layout
DEEPEST, MOST = 4, 400  # levels, leaves


@dataclass(frozen=True)
class Leaf:
    """One number of the step by name; "" where it is none that is known."""

    name: str


@dataclass(frozen=True)
class Each:
    """A list with the same for every layer, or a dict by the layer's number, from `start` on.

    The names are those of the first layer.
    """

    of: Any
    start: int | None = None


def is_numbered(value: Any) -> bool:
    """Whether it is a dict of structures by the number of the layer."""
    if not isinstance(value, dict) or not value or not all(type(key) is int for key in value):
        return False
    first = min(value)
    return list(value) == [*range(first, first + len(value))] and all(
        isinstance(item, (tuple, list, dict)) for item in value.values()
    )


def leaves(value: Any) -> list[tuple[Path, Any]]:
    """What is no tuple, list or dict, each with its path, what lies least deep first."""
    found: list[tuple[Path, Any]] = []
    level: list[tuple[Path, Any]] = [((), value)]
    for _ in range(DEEPEST):
        deeper: list[tuple[Path, Any]] = []
        for path, item in level[:MOST]:
            if isinstance(item, (tuple, list)):
                deeper += [((*path, number), one) for number, one in enumerate(item)]
            elif isinstance(item, dict):
                deeper += [((*path, key), one) for key, one in item.items()]
            else:
                found.append((path, item))
        level = deeper
    return found[:MOST]


def at(value: Any, path: Path) -> Any:
    """The part at the path; None where there is none."""
    for key in path:
        try:
            value = value[key]
        except (LookupError, TypeError):
            return None
    return value


def named(value: Any, pool: Mapping[str, Array], ours: Translated, depth: int = 0) -> Any:
    """The template of a value: every number of it that is one of the pool's has that one's name."""
    if depth < DEEPEST and isinstance(value, (tuple, list)):
        items = [named(item, pool, ours, depth + 1) for item in value]
        if isinstance(value, list) and items and all(_moved(items[0], k) == item for k, item in enumerate(items)):
            return Each(items[0])
        return tuple(items) if isinstance(value, tuple) else items
    if depth < DEEPEST and is_numbered(value):
        items = [named(item, pool, ours, depth + 1) for item in value.values()]
        if all(_moved(items[0], k) == item for k, item in enumerate(items)):
            return Each(items[0], min(value))
    if depth < DEEPEST and isinstance(value, dict):
        return {key: named(item, pool, ours, depth + 1) for key, item in value.items()}
    if isinstance(value, str) and value == pool.get("activation"):
        return Leaf("activation")
    if not isinstance(value, np.ndarray):
        return Leaf("")
    return Leaf(next((name for name, array in pool.items() if _same(ours(name, value), array)), ""))


def is_known(template: Any) -> bool:
    """Whether every number in it has a name, and there is one."""
    every = list(names_in(template))
    return bool(every) and all(every)


def filled(template: Any, pool: Mapping[str, Any], theirs: Translated, layers: int = 0) -> Any:
    """The structure with the pool's numbers. LookupError where one is not known."""
    if isinstance(template, Leaf):
        return theirs(template.name, pool[template.name])
    if isinstance(template, Each):
        items = [filled(_moved(template.of, k), pool, theirs) for k in range(layers)]
        return items if template.start is None else dict(enumerate(items, template.start))
    if isinstance(template, dict):
        return {key: filled(item, pool, theirs, layers) for key, item in template.items()}
    items = [filled(item, pool, theirs, layers) for item in template]
    return tuple(items) if isinstance(template, tuple) else items


def held(template: Any, value: Any, ours: Translated) -> dict[str, Any]:
    """The numbers of such a structure by name. LookupError or TypeError where it is another one."""
    if isinstance(template, Leaf):
        return {template.name: ours(template.name, value)} if template.name else {}
    found: dict[str, Any] = {}
    if isinstance(template, Each):
        for k, item in enumerate(value.values() if isinstance(value, dict) else value):
            found |= held(_moved(template.of, k), item, ours)
    elif isinstance(template, dict):
        for key, item in template.items():
            found |= held(item, value[key], ours)
    else:
        for number, item in enumerate(template):
            found |= held(item, value[number], ours)
    return found


def repaired(template: Any, wanted: Set[str]) -> Any:
    """The template with what is missing of the wanted names in the place of what is not wanted, if that is one each."""
    have = list(names_in(template))
    missing, strange = [name for name in sorted(wanted) if name not in have], set(have) - wanted - {"b"}
    if len(missing) != 1 or len(strange) != 1:
        return template
    return _renamed(template, strange.pop(), missing[0])


def _renamed(template: Any, old: str, new: str) -> Any:
    if isinstance(template, Leaf):
        return Leaf(new) if template.name == old else template
    if isinstance(template, Each):
        return Each(_renamed(template.of, old, new), template.start)
    if isinstance(template, dict):
        return {key: _renamed(item, old, new) for key, item in template.items()}
    items = [_renamed(item, old, new) for item in template]
    return tuple(items) if isinstance(template, tuple) else items


def pair_in(template: Any) -> list[str] | None:
    """The order of Z and A, where the two stand side by side in it, and nothing else."""
    items = template if isinstance(template, (tuple, list)) else []
    order = [one.name for one in items if isinstance(one, Leaf)]
    if len(items) == 2 and sorted(order) == ["A", "Z"]:
        return order
    return next((found for item in items if (found := pair_in(item)) is not None), None)


def names_in(template: Any) -> Iterator[str]:
    """The names of its numbers, "" for those that are not known."""
    if isinstance(template, Leaf):
        yield template.name
    elif isinstance(template, Each):
        yield from names_in(template.of)
    else:
        for item in template.values() if isinstance(template, dict) else template:
            yield from names_in(item)


def _moved(template: Any, by: int) -> Any:
    """The same of so many layers further."""
    if isinstance(template, Leaf):
        layer = names.layer_of(template.name) if template.name[-1:].isdigit() else None
        return template if layer is None else Leaf(names.make(names.kind(template.name), layer + by))
    if isinstance(template, Each):
        return template
    if isinstance(template, dict):
        return {key: _moved(item, by) for key, item in template.items()}
    items = [_moved(item, by) for item in template]
    return tuple(items) if isinstance(template, tuple) else items


def _same(got: Any, want: Any) -> bool:
    if not (isinstance(got, np.ndarray) and isinstance(want, np.ndarray)) or got.shape != want.shape:
        return False
    if got.dtype.kind not in "fiub" or not got.size:
        return False
    scale = float(np.abs(want).max())
    with np.errstate(all="ignore"):
        return bool((np.abs(got - want) <= 1e-6 * scale).all()) and scale > 0
