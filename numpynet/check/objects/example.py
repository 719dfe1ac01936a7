"""The example of a method whose gradients are wrong: the same network with few units, whole numbers, two examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from numpynet.check.objects.asked import RATE, Seen, order_of
from numpynet.check.objects.calls import arguments_for
from numpynet.check.objects.net import Net, Predicted, near, weight_names
from numpynet.check.objects.thing import flat, is_gradient_of, named
from numpynet.check.result import Witness
from numpynet.check.written import written
from numpynet.sandbox.messages import Path
from numpynet.types import Array

SIZES = [2, 2, 1]
INPUTS = ([[1, 2], [2, -1]], [[1, -1], [0, 2]], [[2, 1], [-1, 1]], [[1, 0], [-1, 2]])
MOST = 12  # numbers of all weights: more are nothing for a pencil
DIGITS = 8  # of what is found by moving a weight


def example_of(net: Net, seen: Seen, due: Mapping[Path, Array], wrong: Sequence[Path]) -> Witness | None:
    """What is given, and the gradients that are wrong, as they must be and as they are; None where it is not small."""
    if sum(net.start[path].size for path in net.parameters) > MOST:
        return None
    sign = "change of " if seen.moved else "d"
    expected = {weight_names([path], sign): np.round(due[path], DIGITS) for path in wrong}
    yours = {weight_names([path], sign): (seen.found or {})[path][0] for path in wrong}
    if any(written(one) == written(yours[name]) for name, one in expected.items()):
        return None
    return Witness(_given(net, seen), expected, yours, tuple(expected), numpy=_to_copy(net, seen, wrong, expected))


def _given(net: Net, seen: Seen) -> dict[str, Any]:
    """The inputs, the labels or the gradient from above, and the weights, by name, in the file's layout."""
    at = net.forward
    assert at is not None
    given: dict[str, Any] = {"X": net.given(net.X, at.rows, at.single)}
    if seen.upstream is not None:
        given[seen.entry.parameters[0]] = seen.upstream if at.rows_out else seen.upstream.T
    elif seen.labels is not None:
        given["Y"] = np.asarray(seen.labels)
    return given | {named(path): net.start[path] for path in net.parameters}


def _to_copy(net: Net, seen: Seen, shown: Sequence[Path], expected: Mapping[str, Array]) -> str:
    """The example as NumPy, to be pasted behind the class; "" where it cannot be written down."""
    at, made = net.forward, net.thing.made
    assert at is not None
    numbers = {
        name: value for name, value in _given(net, seen).items() if name in ("X", "Y", *seen.entry.parameters[:1])
    }
    texts = {"X": "X", "Y": "Y", "A": "A", "cache": "cache", "rate": str(RATE), "epochs": "1", "m": str(len(net.X)),
             "off": "False", "reg": "0.1", "G": seen.entry.parameters[0] if seen.entry.parameters else ""}  # fmt: skip
    pair = isinstance(net.answered, tuple) and at.returned and len(net.answered) == 2 and len(at.place) == 1
    texts = texts if pair else {role: text for role, text in texts.items() if role != "cache"}
    ahead, call = (
        None if words is None else f"net.{entry.name}({', '.join(words)})"
        for entry, words in (
            (at.entry, arguments_for(at.entry, {"X": "X"}, ("X",))),
            (seen.entry, arguments_for(seen.entry, texts, order_of(seen.entry, seen.upstream))),
        )
    )
    parts = [*made.values()] if isinstance(made, dict) else made
    result = _printed(net, seen, shown, call or "")
    if ahead is None or not result or any(isinstance(one, np.ndarray) for one in parts):
        return ""
    words = [f"{name}={value!r}" for name, value in made.items()] if isinstance(made, dict) else map(repr, made)
    return "\n".join(
        [
            "import numpy as np", "",
            f"net = {net.thing.owner}({', '.join(words)})",
            *(f"net{_steps(path)} = np.array({written(net.start[path])}, dtype=float)" for path in net.parameters),
            *(f"{name} = np.array({written(value)}, dtype=float)" for name, value in numbers.items()),
            f"{_taken(at, pair)} = {ahead}", *result,
            f"# expected: {', '.join(f'{name} = {written(value)}' for name, value in expected.items())}",
        ]
    )  # fmt: skip


def _taken(at: Predicted, pair: bool) -> str:
    if not pair:
        return "A"
    return "A, cache" if at.place[0][1] == 0 else "cache, A"


def _printed(net: Net, seen: Seen, shown: Sequence[Path], call: str) -> list[str]:
    """The call and what is printed of it: what it returns, else the gradients that the object then holds."""
    found = [(seen.found or {})[path][0] for path in shown]
    given = [value for _, value in flat(seen.value)]
    if all(any(value.size == one.size and near(value.ravel(), one.ravel()) for value in given) for one in found):
        return [f"print({call})"]
    if seen.moved:
        return [call, *(f"print(net{_steps(path)} - np.array({written(net.start[path])}))" for path in shown)]
    held = net.thing.session.inside(net.thing.ref).values
    places = [next((one for one in held if is_gradient_of(one, path)), None) for path in shown]
    return [] if None in places else [call, *(f"print(net{_steps(place)})" for place in places if place is not None)]


def _steps(path: Path) -> str:
    """The place in the object as code: .params['W1']."""
    return "".join(f".{key}" if kind == "a" else f"[{key!r}]" for kind, key in path)
