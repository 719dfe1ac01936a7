"""A witness as NumPy, to be pasted behind the function that it is about, in the file's own layout and order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from numpynet import names
from numpynet.check.contract import OPERATIONS
from numpynet.check.dialect import HOLDS, Dialect
from numpynet.check.reader import Reader
from numpynet.check.result import Witness
from numpynet.check.written import digits_of, written
from numpynet.types import Array

FORWARD, BACKWARD, COST = "full_forward_propagation", "full_backward_propagation", "get_cost_value"
RIGHT_OF = 100  # columns: what is expected is cut there


def to_copy(function: str, witness: Witness, reader: Reader, dialect: Dialect, handed: Mapping[str, Any]) -> str:
    """The lines: what is given, the call, and in a comment what is expected.

    `handed` are the arguments as the file's function is given them, by role.
    """
    lines = ["import numpy as np", ""]
    roles = [role for role in reader.roles[function] or () if role is not None and role in handed]
    values = {_variable(function, role, reader): handed[role] for role in roles}
    own_memory = function == BACKWARD and reader.roles.get(FORWARD) is not None and dialect.own_memory
    if not own_memory and not all(map(_is_plain, values.values())):
        return ""
    if own_memory and function not in reader.spread:
        lines += _own_memory(reader, dict(witness.given), dialect)
        call = _call(function, handed, reader)
    elif function in reader.spread:
        values = reader.spread[function].unfolded(values)
        lines += [f"{name} = {_literal(value, single=dialect.single)}" for name, value in values.items()]
        call = f"{reader.functions[function].theirs}({', '.join(f'{name}={name}' for name in values)})"
    else:
        lines += [f"{name} = {_literal(value, single=dialect.single)}" for name, value in values.items()]
        call = _call(function, handed, reader)
    if witness.changed:
        (place, (before, _)), *_ = witness.changed.items()
        role = next((role for role in roles if role == place), next((r for r in roles if r in HOLDS), place))
        theirs = written(dialect.theirs(names.kind(place), before))
        return "\n".join([*lines, call, f"print({_variable(function, role, reader)})  # expected: {place} = {theirs}"])
    comment = "# expected: an exception" if witness.refuses else f"# expected: {expected(function, witness, dialect)}"
    return "\n".join([*lines, f"print({call})", comment[:RIGHT_OF]])


def expected(function: str, witness: Witness, dialect: Dialect) -> str:
    """What must come out, under the file's own names and in its layout."""
    keyed = OPERATIONS[function].results[-1] in HOLDS
    yours, said = {} if isinstance(witness.yours, str) else witness.yours, []
    for name in witness.wrong or witness.expected:
        exact, kind = witness.expected[name], names.kind(name)
        theirs = dialect.key(name) if keyed and kind != name else name
        digits = digits_of(exact, yours.get(name, ""))
        said.append(f"{theirs} = {written(dialect.theirs(kind, exact), digits)}")
    return ", ".join(said)


def _variable(function: str, role: str, reader: Reader) -> str:
    """Their name of an argument."""
    parameters, roles = reader.functions[function].parameters, reader.roles[function] or []
    return parameters[roles.index(role)] if role in roles else role


def _assigned(function: str, given: Mapping[str, Any], reader: Reader, dialect: Dialect) -> list[str]:
    """A line, or several, for each argument that the function takes."""
    lines = []
    for role in reader.roles[function] or ():
        if role is not None and role in given:
            value = _literal(dialect.theirs(role, given[role]), single=dialect.single)
            lines.append(f"{_variable(function, role, reader)} = {value}")
    return lines


def _own_memory(reader: Reader, given: Mapping[str, Any], dialect: Dialect) -> list[str]:
    """Where memory is something of their own, their forward propagation makes it."""
    forward = {**given, "X": given["memory"][names.A(0)]}
    back = {role: value for role, value in given.items() if role not in ("memory", "params_values", "nn_architecture")}
    lines = _assigned(FORWARD, forward, reader, dialect)
    memory = _variable(BACKWARD, "memory", reader)
    lines.append(f"{memory} = {_call(FORWARD, forward, reader)}[{dialect.memory_at[0]}]")
    for role in ("params_values", "nn_architecture"):
        ours, theirs = _variable(FORWARD, role, reader), _variable(BACKWARD, role, reader)
        if role in (reader.roles[BACKWARD] or ()) and ours != theirs:
            lines.append(f"{theirs} = {ours}")
    return lines + _assigned(BACKWARD, back, reader, dialect)


def _call(function: str, given: Mapping[str, Any], reader: Reader) -> str:
    """The call as the checker makes it: by position where the arguments are the first ones, else by keyword."""
    found, roles = reader.functions[function], reader.roles[function] or []
    passed = [role for role in roles if role is not None and role in given]
    variables = [_variable(function, role, reader) for role in passed]
    by_position = roles[: len(passed)] == passed
    arguments = ", ".join(variables if by_position else [f"{name}={name}" for name in variables])
    if found.kind != "method":
        return f"{found.theirs}({arguments})"
    args, kwargs = reader.reading.init or ((), {})
    made = ", ".join([*map(repr, args), *(f"{name}={value!r}" for name, value in kwargs.items())])
    return f"{found.owner}({made}).{found.name}({arguments})"


def _is_plain(value: Any) -> bool:
    """Whether it can be written down: arrays, numbers and text, in lists, tuples and dicts."""
    if isinstance(value, Mapping):
        return all(map(_is_plain, value.values()))
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, (np.ndarray, np.generic, int, float, str))


def _literal(value: Any, single: bool = False, indent: str = "    ") -> str:
    """The value as Python; dictionaries and lists of layers with a line for each entry."""
    if isinstance(value, np.ndarray):
        return f"np.array({_numbers(value)}{', dtype=np.float32' if single and value.dtype.kind == 'f' else ''})"
    if isinstance(value, Mapping) and not all(isinstance(item, (int, float, str)) for item in value.values()):
        lines = [f"{indent}{key!r}: {_literal(item, single)}," for key, item in value.items()]
        return "\n".join(["{", *lines, "}"])
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return "\n".join(["[", *(f"{indent}{_literal(item, single)}," for item in value), "]"])
    if isinstance(value, (list, tuple)):
        items = ", ".join(_literal(item, single) for item in value)
        return f"[{items}]" if isinstance(value, list) else f"({items}{',' * (len(value) == 1)})"
    return repr(value.item() if isinstance(value, np.generic) else value)


def _numbers(value: Array) -> str:
    """Nested lists; NaN and infinity by NumPy's names."""
    text = repr(value.tolist())
    return text.replace("nan", "np.nan").replace("inf", "np.inf")
