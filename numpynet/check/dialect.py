"""How a file lays out and names its numbers, and the way between that and the tutorial's layout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from numpynet.sandbox import Session
from numpynet.types import Architecture, Array, Layer

COLUMNS = {"X", "Y", "Y_hat", "A_prev", "A", "Z", "dA", "dZ", "dA_prev", "probs", "classes", "slope"}
KINDS = {  # of dictionary keys: the least number, and what people call them
    "W": (1, ("w", "weight", "weights", "theta")),
    "b": (1, ("b", "bias", "biases")),
    "dW": (1, ("dw", "dweight", "dweights", "gradw", "deltaw")),
    "db": (1, ("db", "dbias", "dbiases", "gradb", "deltab")),
    "A": (0, ("a", "activation", "aprev")),
    "Z": (1, ("z", "preactivation")),
}
HOLDS = {"params_values": ("W", "b"), "grads_values": ("dW", "db"), "memory": ("A", "Z")}
LAYER_KEYS = {
    "input_dim": ("inputs", "input", "n_in", "in", "input_size", "in_dim", "in_features", "nin", "input_units",
                  "fan_in", "input_dimension"),
    "output_dim": ("neurons", "units", "outputs", "output", "n_out", "out", "output_size", "out_dim", "out_features",
                   "nodes", "size", "nout", "n_units", "fan_out", "output_dimension"),
    "activation": ("act", "activation_function", "func", "g", "nonlinearity", "activation_func"),
}  # fmt: skip
Keys = Mapping[str, tuple[str, int]]  # kind → their prefix, and what they add to the number
LONGEST_NAME = 40


@dataclass(frozen=True)
class Scale:
    """How many times a loss of the table the file's own is: a factor, m times it, or the number of outputs times it."""

    factor: float = 1.0
    of_m: int = 0
    of_outputs: int = 0

    def of(self, m: int, outputs: int) -> float:
        """The number, of so many examples and outputs."""
        return self.factor * float(m) ** self.of_m * float(outputs) ** self.of_outputs


@dataclass(frozen=True)
class Dialect:
    """`rows`: examples are rows. `transposed`: W is (n_in, n_out). `bias`: "column", "row" or "flat".

    `ascent`: gradients have the other sign, and update adds them. `activations`: what the file means by a name, where
    that is something else. `holder`: the class, and the attribute of its object, in which the weights are kept.
    """

    rows: bool = False
    transposed: bool = False
    bias: str = "column"
    single: bool = False
    keys: Keys = field(default_factory=dict)
    own_memory: bool = False  # backward propagation needs what only their own forward propagation files
    ascent: bool = False
    output: str = ""  # what the activation of the last layer is, where it is not what was asked for
    scale: Scale = Scale()  # of its cost and its gradients alike
    loss: str = ""  # that the file's cost is, where it is one that is known
    activations: Mapping[str, str] = field(default_factory=dict)
    Y_hat_at: tuple[int | str, ...] = (0,)  # where it is in what forward propagation returns, and so is the memory
    memory_at: tuple[int | str, ...] = (1,)
    gradients_at: tuple[int | str, ...] = ()
    holder: tuple[str, str] | None = None
    layer_keys: Mapping[str, str] = field(default_factory=dict)  # of a layer's dict: what theirs is, of the tutorial's
    sized: bool = False  # an architecture is the list of the widths
    depth: int = 0  # the number of layers, where it is written into the file
    numbered: bool = False  # labels of several classes are the classes' numbers
    uniform: str = ""  # the activation of every hidden layer, where the file is not asked for one

    @property
    def dtype(self) -> np.dtype[Any]:
        """What the file computes in."""
        return np.dtype(np.float32 if self.single else np.float64)

    def key(self, name: str) -> str:
        """Their key for W1, db3, A0 …."""
        kind, digits = _split(name)
        prefix, shift = self.keys.get(kind, (kind, 0))
        return f"{prefix}{int(digits) + shift}"

    def name(self, key: Any, role: str) -> str | None:
        """The tutorial's name for their key in params_values, grads_values or memory."""
        start, digits = _split(str(key))
        for kind in HOLDS[role] if digits else ():
            prefix, shift = self.keys.get(kind, (kind, 0))
            if start == prefix:
                return f"{kind}{int(digits) - shift}"
        return None

    def can_express(self, nn_architecture: Architecture) -> bool:
        """Whether the file can compute such a network at all."""
        hidden = {layer["activation"] for layer in nn_architecture[:-1]}
        if self.depth and len(nn_architecture) != self.depth:
            return False
        return not self.uniform or hidden <= {self.uniform}

    def theirs(self, role: str, value: Any) -> Any:
        """A value of the tutorial's as the file wants it."""
        if role == "nn_architecture":
            if self.sized:
                return [value[0]["input_dim"], *(layer["output_dim"] for layer in value)]
            return [self._their_layer(layer) for layer in value]
        if role == "activation":
            return {meant: asked for asked, meant in self.activations.items()}.get(value, value)
        if role in HOLDS and isinstance(value, Mapping):
            return {self.key(name): self.theirs(name, item) for name, item in value.items()}
        if not isinstance(value, np.ndarray):
            return value
        role = _kind(role)
        if role == "Y" and self.numbered and value.ndim == 2 and len(value) > 1:
            return value.argmax(axis=0)
        if (role in COLUMNS and self.rows) or (role in ("W", "dW") and self.transposed):
            return value.T.copy()
        if role in ("b", "db") and self.bias != "column" and value.ndim == 2:
            return value.T.copy() if self.bias == "row" else value[:, 0].copy()
        return value

    def all_theirs(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments by role, each as the file wants it."""
        return {role: self.theirs(role, value) for role, value in arguments.items()}

    def give(self, session: Session, params_values: Mapping[str, Array]) -> None:
        """Put the weights where the file's object keeps them, if it does."""
        if self.holder is not None:
            (owner, attribute), theirs = self.holder, self.theirs("params_values", params_values)
            session.put(owner, {attribute: theirs} if attribute else theirs)

    def taken(self, session: Session) -> Mapping[str, Any] | None:
        """The weights that the file's object keeps."""
        assert self.holder is not None
        owner, attribute = self.holder
        held = session.look(owner).value
        held = held.get(attribute) if attribute and isinstance(held, dict) else held
        found: Mapping[str, Any] | None = self.ours("params_values", held) if isinstance(held, dict) else None
        return found

    def ours(self, role: str, value: Any) -> Any:
        """A value of the file's in the tutorial's layout, as far as it has the shape for that."""
        if role == "activation" and isinstance(value, str):
            return self.activations.get(value, value)
        if role == "nn_architecture" and isinstance(value, (list, tuple)):
            return [self._layer(one) if isinstance(one, dict) else one for one in value]
        if role in HOLDS and isinstance(value, Mapping):
            named = [(self.name(key, role) or str(key), item) for key, item in value.items()]
            return {name: self.ours(name, item) for name, item in named}
        if not isinstance(value, np.ndarray):
            return value
        role = _kind(role)
        if (role in COLUMNS and self.rows) or (role in ("W", "dW") and self.transposed):
            return value.T
        if role in ("b", "db"):
            if self.bias == "row" and value.ndim == 2:
                return value.T
            if self.bias == "flat" and value.ndim == 1:
                return value[:, np.newaxis]
        return value

    def _their_layer(self, layer: Layer) -> dict[str, Any]:
        """A layer's dict with the file's own keys besides, and the name that it has for the activation."""
        theirs: dict[str, Any] = {**layer, "activation": self.theirs("activation", layer["activation"])}
        return theirs | {key: theirs[ours] for key, ours in self.layer_keys.items()}

    def _layer(self, layer: Mapping[str, Any]) -> dict[str, Any]:
        """A layer's dict without the keys that were added for the file."""
        ours = {key: value for key, value in layer.items() if key not in self.layer_keys}
        return ours | {"activation": self.ours("activation", ours.get("activation"))}

    def sentences(self) -> list[str]:
        """What is not the tutorial's way, for a person."""
        said = []
        if self.rows:
            said.append("examples are rows: X is (m, features)")
        if self.transposed:
            said.append("W is stored transposed, (n_in, n_out)")
        for key, ours in self.layer_keys.items():
            said.append(f"a layer's {ours} is called {key}")
        if self.bias != "column":
            said.append(f"b is {'a row, (1, n_out)' if self.bias == 'row' else 'flat, (n_out,)'}")
        if self.single:
            said.append("it computes in float32; judged by float32's bounds")
        for kind, (prefix, shift) in self.keys.items():
            least = KINDS[kind][0]
            if (prefix, shift) != (kind, 0):
                said.append(f"the keys of {kind} are {prefix}{least + shift}, {prefix}{least + shift + 1}, …")
        if self.ascent:
            said.append("gradients have the opposite sign, and update adds them")
        said += [f"where {name} is asked for, it computes {other}" for name, other in self.activations.items()]
        if self.scale != Scale():
            words = [f"{self.scale.factor:g}"] * (self.scale.factor != 1)
            words += ["the number of examples"] * self.scale.of_m
            words += {1: ["the number of outputs"], -1: ["one over the number of outputs"]}.get(
                self.scale.of_outputs, []
            )
            times = " times ".join(words)
            said.append(f"its cost and its gradients are {times} times those of {self.loss}; shown divided by that")
        if self.numbered:
            said.append("labels are the numbers of the classes")
        if self.own_memory:
            said.append("memory has a layout of its own; it is judged by what backward propagation makes of it")
        return said


def keys_of(found: Iterable[Any], role: str) -> dict[str, tuple[str, int]]:
    """The prefixes and numbering of such a dictionary, as far as they differ from the tutorial's and make sense."""
    numbers: dict[str, list[int]] = {}
    for key in found:
        start, digits = _split(str(key))
        if digits:
            numbers.setdefault(start, []).append(int(digits))
    keys = {}
    for kind in HOLDS[role]:
        least, names = KINDS[kind]
        called = [prefix for prefix in numbers if prefix == kind or prefix.lower().replace("_", "") in names]
        if not called and kind[0] == "d":  # gradients by the names of the weights
            called = [prefix for prefix in numbers if prefix.lower() == kind[1:].lower()]
        if called:
            keys[kind] = (called[0], min(numbers[called[0]]) - least)
    return {kind: theirs for kind, theirs in keys.items() if theirs != (kind, 0)}


def _split(key: str) -> tuple[str, str]:
    """("W", "1") of "W1"; no digits where it ends in none, or in what nobody counts with ("W01"), or is too long."""
    kind = key.rstrip("0123456789")
    digits = key[len(kind) :]
    return (kind, digits) if len(key) <= LONGEST_NAME and digits in ("0", digits.lstrip("0")) else (key, "")


def _kind(name: str) -> str:
    return name.rstrip("0123456789")


def as_array(value: Any) -> Array | None:
    """Numbers as an array; None for anything else."""
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, (bool, int, float)):
        return np.asarray(value)
    if isinstance(value, (list, tuple)) and value and _only_numbers(value):
        try:
            array = np.array(value)
        except ValueError:  # ragged
            return None
        return array if array.dtype.kind in "fiub" else None
    return None


def _only_numbers(value: Any) -> bool:
    """Whether a list holds nothing but numbers, arrays and such lists: NumPy would make room for its longest text."""
    if isinstance(value, (list, tuple)):
        return all(map(_only_numbers, value))
    return isinstance(value, (bool, int, float, np.ndarray))
