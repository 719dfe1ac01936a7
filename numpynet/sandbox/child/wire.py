"""What travels between the checker and the child: frames of JSON, and the arrays' bytes after it; both sides check."""

from __future__ import annotations

import base64
import builtins
import json
import sys
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np

globals()["__builtins__"] = dict(vars(builtins))  # the functions below keep theirs, whatever a file does to its own

MESSAGE_BYTES = 64 * 2**20  # at most; `allow` lowers it
DEPTH = 16
NODES = 100_000
AXES = 16
DTYPES = {f"{kind}{size}": np.dtype(f"<{kind}{size}") for kind in "iu" for size in (1, 2, 4, 8)}
DTYPES |= {"f2": np.dtype("<f2"), "f4": np.dtype("<f4"), "f8": np.dtype("<f8"), "b1": np.dtype("b1")}
LONG_DOUBLE = np.dtype(np.longdouble)
SCALARS = frozenset(dtype.type for dtype in DTYPES.values()) | {np.longdouble, np.longlong, np.ulonglong}
DICTS = (dict, OrderedDict, defaultdict)
INT_BITS = 63

loads, Encoder = json.loads, json.JSONEncoder
ndarray, frombuffer, intern = np.ndarray, np.frombuffer, sys.intern
from_base64 = base64.b64decode
type_name = type.__dict__["__name__"].__get__


def allow(mib: int) -> None:
    """No larger messages from here on."""
    globals()["MESSAGE_BYTES"] = mib << 20


def name_of(value: Any) -> str:
    """The name of the value's type."""
    return str(type_name(type(value)))


class WireError(ValueError):
    """A message that is too large, nested too deep or malformed."""


class Ref:
    """What the child keeps under a handle, or a part of it: `path` are indices and keys, one after the other."""

    def __init__(self, handle: int, *path: int | str) -> None:
        self.handle, self.path = handle, path

    def part(self, *path: int | str) -> Ref:
        """What is found there, further down."""
        return Ref(self.handle, *self.path, *path)


def encode(value: Any, strict: bool = False, named: Callable[[Any], str] = name_of) -> Any:
    """The value for `pack`: arrays `{"a": [dtype, shape, bytes]}`, lists `l`, tuples `t`, dicts `d`, others `o` (name).

    WireError where it is too large or nested too deep; if `strict`, TypeError in place of `o`.
    """
    left = [MESSAGE_BYTES, NODES]

    def other(name: str) -> Any:
        if strict:
            raise TypeError(f"{name} cannot be sent")
        return {"o": name[:80]}

    def array(value: Any) -> Any:
        code = f"{value.dtype.kind}{value.dtype.itemsize}"
        if value.dtype == LONG_DOUBLE:
            code = "f8"
        if code not in DTYPES or value.ndim > AXES:
            return other(f"array of {value.dtype}")
        left[0] -= value.size * DTYPES[code].itemsize
        if left[0] < 0:
            raise WireError(f"more than {MESSAGE_BYTES >> 20} MiB of numbers")
        data = value.astype(DTYPES[code], copy=False).tobytes()
        return {"a": [code, list(value.shape), data]}

    def walk(value: Any, depth: int) -> Any:
        left[1] -= 1
        if left[1] < 0:
            raise WireError(f"more than {NODES} values")
        if depth > DEPTH:
            raise WireError(f"a value nested more than {DEPTH} levels deep")
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is int:
            return value if value.bit_length() <= INT_BITS else other("int of more than 64 bits")
        if kind is float:
            return value if value - value == 0 else {"f": repr(value)}
        if kind is str:
            left[0] -= len(value)
            if left[0] < 0:
                raise WireError(f"more than {MESSAGE_BYTES >> 20} MiB of text")
            return value
        if kind is ndarray or kind in SCALARS:
            return array(value)
        if kind is list:
            return {"l": [walk(item, depth + 1) for item in list(value)]}
        if kind is tuple or (isinstance(value, tuple) and "_fields" in kind.__dict__):
            return {"t": [walk(item, depth + 1) for item in tuple.__iter__(value)]}
        if strict and kind is Ref:
            return {"r": [value.handle, *value.path]}
        if kind in DICTS:
            items = list(dict.items(value))
            if all(type(key) in (str, int) for key, _ in items):
                return {"d": [[walk(key, depth + 1), walk(item, depth + 1)] for key, item in items]}
            return other("dict with keys that are neither str nor int")
        return other(named(value))

    return walk(value, 0)


def decode(value: Any, odd: Callable[[str], Any], kept: Callable[[int, list[Any]], Any] | None = None) -> Any:
    """`encode`'s value again, in fresh objects, strings interned; `odd(name)` stands for what could not travel.

    `kept` gives what a `Ref` speaks of, itself.

    WireError where it is not what `encode` makes.
    """

    def array(value: Any) -> Any:
        match value:
            case [str(code), [*shape], memoryview() as data] if code in DTYPES and len(shape) <= AXES:
                pass
            case _:
                raise WireError("a malformed array")
        size = 1
        for axis in shape:
            if type(axis) is not int or not 0 <= axis <= MESSAGE_BYTES:
                raise WireError("a malformed shape")
            size *= axis
        if size * DTYPES[code].itemsize != len(data):
            raise WireError("an array whose shape and data disagree")
        if code == "b1" and bytes(data).strip(b"\0\1"):
            raise WireError("a malformed array of booleans")
        return frombuffer(data, DTYPES[code]).reshape(shape).astype(DTYPES[code].newbyteorder("="))

    def walk(value: Any, depth: int) -> Any:
        if depth > DEPTH:
            raise WireError("a value nested too deep")
        if value is None or type(value) in (bool, float):
            return value
        if type(value) is int:
            if value.bit_length() > INT_BITS:
                raise WireError("an integer of more than 64 bits")
            return value
        if type(value) is str:
            return intern(value)
        if type(value) is not dict or len(value) != 1:
            raise WireError("a malformed value")
        ((kind, held),) = value.items()
        if kind == "f" and held in ("nan", "inf", "-inf"):
            return float(held)
        if kind == "o" and type(held) is str:
            return odd(held)
        if kind == "a":
            return array(held)
        if kind == "r" and kept is not None and type(held) is list and held:
            return kept(held[0], held[1:])
        if type(held) is not list:
            raise WireError("a malformed value")
        if kind == "l":
            return [walk(item, depth + 1) for item in held]
        if kind == "t":
            return tuple([walk(item, depth + 1) for item in held])
        if kind == "d":
            result = {}
            for pair in held:
                if type(pair) is not list or len(pair) != 2 or type(pair[0]) not in (str, int):
                    raise WireError("a malformed dict")
                result[walk(pair[0], depth + 1)] = walk(pair[1], depth + 1)
            return result
        raise WireError("a malformed value")

    try:
        return walk(value, 0)
    except WireError:
        raise
    except (ValueError, TypeError, LookupError, RecursionError, OverflowError) as error:
        raise WireError("a malformed value") from error


def pack(message: dict[str, Any]) -> bytes:
    """The message as a frame: its length, that of its JSON, the JSON, and the bytes of the arrays."""
    pieces: list[bytes] = []
    size = [0]

    def placed(data: Any) -> list[int]:
        if type(data) is not bytes:
            raise TypeError(name_of(data))
        pieces.append(data)
        size[0] += len(data)
        return [size[0] - len(data), len(data)]

    encoder = Encoder(check_circular=False, allow_nan=False, separators=(",", ":"), default=placed)
    text = encoder.encode(message).encode("ascii")
    if len(text) + size[0] > MESSAGE_BYTES:
        raise WireError(f"more than {MESSAGE_BYTES >> 20} MiB")
    return b"".join([(4 + len(text) + size[0]).to_bytes(4, "big"), len(text).to_bytes(4, "big"), text, *pieces])


def unpack(body: bytes) -> dict[str, Any]:
    """The message of a frame's body; WireError unless it is a JSON object of a bearable size, and what it speaks of."""
    end = 4 + int.from_bytes(body[:4], "big")
    text, rest = body[4:end], memoryview(body)[end:]
    if len(body) < end or max(text.count(b"["), text.count(b"{"), text.count(b",")) > 8 * NODES:
        raise WireError("a message of too many values")

    def with_bytes(found: dict[str, Any]) -> dict[str, Any]:
        held = found.get("a")
        if type(held) is list and len(held) == 3 and type(held[2]) is list and len(held[2]) == 2:
            start, size = held[2]
            if type(start) is not int or type(size) is not int or not 0 <= start <= start + size <= len(rest):
                raise WireError("an array whose numbers are not there")
            found["a"] = [*held[:2], rest[start : start + size]]
        return found

    try:
        message = loads(text.decode("ascii"), parse_constant=refuse_constant, object_hook=with_bytes)
    except WireError:
        raise
    except (ValueError, RecursionError) as error:
        raise WireError("a message that is no JSON") from error
    if type(message) is not dict:
        raise WireError("a message that is no object")
    return message


def refuse_constant(word: str) -> Any:
    """NaN and Infinity are no JSON."""
    raise WireError(f"{word} is no JSON")
