"""Inside an object of the file's: what it holds, part by part, and other values in their places."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

globals()["__builtins__"] = dict(vars(builtins))  # the functions below keep theirs, whatever a file does to its own

MOST, DEEP, WIDE = 1000, 8, 200
PLAIN = (bool, int, float, str, type(None))
ndarray, generic = np.ndarray, np.generic
type_name = type.__dict__["__name__"].__get__


def attributes(thing: Any) -> dict[str, Any]:
    """What the object itself has; nothing of what has no such dict."""
    try:
        held = object.__getattribute__(thing, "__dict__")
    except AttributeError:
        return {}
    return held if type(held) is dict else {}


def follow(thing: Any, path: list[Any]) -> Any:
    """What is found on the path from the object: `["a", name]` is an attribute, `["i", key]` an item."""
    for kind, key in path:
        thing = attributes(thing)[key] if kind == "a" else thing[key]
    return thing


def parts(thing: Any, module: str) -> dict[str, list[Any]]:
    """All that the object holds, breadth first: `objects`, [path, class], and `values`, [path, value].

    It is looked into lists, tuples, dicts and objects of the module's classes, into each of them once.
    """
    objects: list[Any] = []
    values: list[Any] = []
    queue: list[tuple[list[Any], Any]] = [([], thing)]
    seen: set[int] = set()
    while queue and len(objects) + len(values) < MOST:
        path, value = queue.pop(0)
        kind = type(value)
        if kind in PLAIN or kind is ndarray or isinstance(value, generic):
            values.append([path, value])
            continue
        if id(value) in seen or len(path) >= DEEP:
            continue
        seen.add(id(value))
        if kind is list or kind is tuple:
            queue += [([*path, ["i", place]], item) for place, item in enumerate(value[:WIDE])]
        elif kind is dict:
            keys = [key for key in value if type(key) in (str, int)][:WIDE]
            queue += [([*path, ["i", key]], value[key]) for key in keys]
        elif getattr(kind, "__module__", None) == module:
            objects.append([path, str(type_name(kind))])
            queue += [([*path, ["a", name]], item) for name, item in list(attributes(value).items())[:WIDE]]
    return {"objects": objects, "values": values}


def place(thing: Any, path: list[Any], value: Any) -> None:
    """Put the value there: into the array that is there where the shapes agree, so that others who hold it see it."""
    holder = follow(thing, path[:-1])
    kind, key = path[-1]
    table: Any = attributes(holder) if kind == "a" else holder
    held: Any = table.get(key) if type(table) is dict else table[key]
    same = type(held) is ndarray and type(value) is ndarray and held.shape == value.shape
    if same and held.dtype == value.dtype and held.flags.writeable:
        held[...] = value
    else:
        table[key] = value


def place_all(thing: Any, values: list[Any]) -> None:
    """Put each of these [path, value] there."""
    for path, value in values:
        place(thing, path, value)
