"""Other functions in the places of a file's own: wherever its code would find them, until that is undone."""

from __future__ import annotations

import builtins
import functools
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any

globals()["__builtins__"] = dict(vars(builtins))  # the functions below keep theirs, whatever a file does to its own

TABLE = 1000  # entries of a table at most that is searched for a function
LEVELS = 3
partial = functools.partial
TABLES = (list, dict, tuple)
Undo = list[Callable[[], None]]


class Rebinding:
    """`replaced` holds functions and what takes their places: `with Rebinding(replaced) as it: it.namespace(…)`.

    Found are the names of a namespace, the attributes of its classes and objects, tables in them, defaults of
    parameters, bound methods and partials. What a closure holds keeps what it has.
    """

    def __init__(self, replaced: Iterable[tuple[Any, Any]], tables: Callable[[Any], bool] | None = None) -> None:
        self.replaced = {id(original): (original, new) for original, new in replaced}
        self.is_table = tables or (lambda value: type(value) in TABLES)
        self.undo: Undo = []

    def __enter__(self) -> Rebinding:
        return self

    def __exit__(self, *_: Any) -> None:
        self.restore()

    def restore(self) -> None:
        """Everything as it was."""
        for step in self.undo[::-1]:
            step()
        self.undo.clear()

    def namespace(self, namespace: dict[str, Any], others: Iterable[Any] = ()) -> None:
        """In a module's names, in the classes and objects of its own that it holds, and in the others."""
        self._table({name: value for name, value in namespace.items() if name != "__builtins__"}, LEVELS, namespace)
        for value in [*namespace.values(), *others]:
            try:
                self.defaults(value)
                kind = value if issubclass(type(value), type) else type(value)
                if kind.__module__ == namespace["__name__"] and hasattr(value, "__dict__"):
                    self.attributes(value)
                    for held in list(vars(kind).values()):
                        self.defaults(held)
            except Exception:  # a class or an object of the file's own that refuses to be looked at
                continue

    def attributes(self, holder: Any) -> None:
        """In what the holder itself has."""
        for name, value in list(vars(holder).items()):
            new = self._swapped(value, LEVELS)
            if new is not value:
                setattr(holder, name, new)
                self.undo.append(partial(setattr, holder, name, value))

    def defaults(self, value: Any) -> None:
        """In the defaults of a function's parameters."""
        if type(value) in (staticmethod, classmethod):
            value = value.__func__
        if type(value) is types.FunctionType:
            for name in ("__defaults__", "__kwdefaults__"):
                held = getattr(value, name)
                new = self._swapped(held, 1) if held else held
                if new is not held:
                    setattr(value, name, new)
                    self.undo.append(partial(setattr, value, name, held))

    def _of(self, value: Any) -> Any:
        """What takes the value's place, or None."""
        found = self.replaced.get(id(value))
        return None if found is None else found[1]

    def _swapped(self, value: Any, level: int) -> Any:
        """The value with the functions in it replaced; tables are changed where they stand."""
        kind = type(value)
        new = self._of(value)
        if new is not None:
            return new
        if kind is types.MethodType and (new := self._of(value.__func__)) is not None:
            return types.MethodType(new, value.__self__)
        if kind in (staticmethod, classmethod) and (new := self._of(value.__func__)) is not None:
            return kind(new)
        if kind is partial and (new := self._of(value.func)) is not None:
            return partial(new, *value.args, **value.keywords)
        if level and self.is_table(value) and len(value) <= TABLE:
            return self._table(value, level - 1)
        return value

    def _table(self, table: Any, level: int, changed: Any = None) -> Any:
        """`changed` is what is written to, where that is not the table itself."""
        if isinstance(table, tuple):
            items = [self._swapped(item, level) for item in table]
            if all(new is old for new, old in zip(items, table, strict=True)):
                return table
            return type(table)(*items) if hasattr(table, "_fields") else tuple(items)
        entries = list(table.items()) if isinstance(table, Mapping) else list(enumerate(table))
        write = dict.__setitem__ if isinstance(table, dict) else list.__setitem__
        changed = table if changed is None else changed
        for key, item in entries:
            new = self._swapped(item, level)
            if new is not item:
                write(changed, key, new)
                self.undo.append(partial(write, changed, key, item))
        return table
