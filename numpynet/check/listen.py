"""How a file speaks, heard from what its own functions do on one step: every one of them is asked by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from numpynet import names, network
from numpynet.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS
from numpynet.check.contract import of_widths
from numpynet.check.dialect import KINDS, LAYER_KEYS, Dialect, Scale, as_array, keys_of
from numpynet.check.reader import Reader
from numpynet.losses import LOSSES
from numpynet.parity.step import Step
from numpynet.parity.trace import REQUIRED, numpy_trace
from numpynet.problem import make_architecture
from numpynet.sandbox import Answer, Odd, Ref
from numpynet.types import Architecture, Array, Layer

TUTORIALS = (False, False, "column")
LAYOUTS = (
    TUTORIALS, (True, True, "row"), (True, False, "row"), (False, True, "column"), (True, True, "flat"),
    (False, False, "flat"), (True, False, "flat"), (True, False, "column"), (True, True, "column"),
)  # fmt: skip
NEAR = {np.dtype(np.float64): 1e-7, np.dtype(np.float32): 1e-3}  # relative to the greatest: a guard is no mistake here
PROBED = 7  # examples
ALL = 4.0  # of a step is right
SECONDS = 10.0  # for a call on so few
SCALES = [Scale(factor, of_m, of_outputs) for of_m in (0, 1) for of_outputs in (0, 1, -1) for factor in (1.0, 0.5, 2.0)]
NOT_ALLOWED = "the checker does not allow"
ENDS_IN = {"sigmoid": "bce", "softmax": "nll", "linear": "mse"}
NUMBERED = r"(?i)one_?hot|\beye\(|\barange\("  # in a file whose labels may be the numbers of the classes
Place = tuple[int | str, ...]


@dataclass(frozen=True)
class Heard:
    """The way of speaking, and how far the file's own step came right in it: 0 nothing, 1 its prediction, 4 all.

    `raised`: what forward propagation raised then. `unread`: backward propagation returned no gradients that are known.
    `casts`: asked with float64, it predicts in float32. `is_known`: the way is the file's own beyond doubt, by its
    initial weights or by the tutorial's own names.
    """

    dialect: Dialect
    right: float = 0.0
    raised: str = ""
    unread: bool = False
    casts: bool = False
    is_known: bool = False


def understand(
    reader: Reader, nn_architecture: Architecture, loss: str, *, may_choose: bool
) -> tuple[Heard, Architecture]:
    """How the file speaks of this network; or of one of its own, where it never names the activation that is asked for.

    Nor does it loop over layers, where it writes out the key of the last: of such a depth then, if the network
    `may_choose`, as nobody asked for these layers.
    """
    listener, asked = Listener(reader), nn_architecture[0]["activation"]
    others: list[Architecture] = [nn_architecture]
    listener.start(nn_architecture)
    if may_choose and listener.widths:
        others = [make_architecture(listener.widths, asked, nn_architecture[-1]["activation"])]
    if len(nn_architecture) > 1 and not reader.session.mentions(asked):
        named = [name for name in HIDDEN_ACTIVATIONS if reader.session.mentions(name)]
        others = [_renamed(nn_architecture, {asked: name}) for name in named] + others
    depth = max((k for k in range(1, len(nn_architecture)) if reader.session.mentions(f"[Ww]{k}")), default=0)
    if may_choose and depth and not reader.session.mentions(f"[Ww]{depth + 1}"):
        depth += reader.session.mentions("[Ww]0")
        widths = _widths(nn_architecture)
        output = nn_architecture[-1]["activation"]
        others.append(make_architecture([*widths[:depth], widths[-1]], asked, output))
    for other in others:
        heard = listener.hear(probe(other, loss))
        if heard.right:
            return heard, other
    return listener.hear(probe(nn_architecture, loss)), nn_architecture


def probe(nn_architecture: Architecture, loss: str = "bce", seed: int = 7) -> Step:
    """A small step of a network, on which its predictions are neither 0.5 nor near 0 or 1."""
    stream = np.random.default_rng(seed)
    parameters = {}
    for layer_idx, layer in enumerate(nn_architecture, start=1):
        n_in, n_out = layer["input_dim"], layer["output_dim"]
        parameters[names.W(layer_idx)] = stream.standard_normal((n_out, n_in)) / np.sqrt(n_in)
        parameters[names.b(layer_idx)] = 0.5 * stream.standard_normal((n_out, 1))
    X = stream.standard_normal((nn_architecture[0]["input_dim"], PROBED))
    outputs, targets = nn_architecture[-1]["output_dim"], LOSSES[loss].targets
    Y: Array = stream.integers(0, 2, (outputs, PROBED))
    Y[:, 0], Y[:, 1] = 0, 1
    if targets != "binary":
        Y = stream.integers(0, outputs, PROBED) if targets == "classes" else stream.standard_normal((outputs, PROBED))
        if targets == "classes":
            Y[-1] = outputs - 1  # a file may count its classes by the greatest label
    return Step(X, Y, parameters, nn_architecture, 0.3, loss)


def near(value: Any, exact: Array) -> bool:
    """The same numbers but for a guard or rounding, in the same shape."""
    array = as_array(value)
    if array is None or array.shape != exact.shape or array.dtype.kind not in "fiub":
        return False
    room = NEAR.get(array.dtype, 1e-7) * max(float(np.abs(exact).max(initial=0)), 1e-300)
    with np.errstate(all="ignore"):
        return bool(np.all(np.abs(array - exact) <= room))


class StuckError(Exception):
    """A function of the file does not end, ends its process, or does what the sandbox does not allow."""


class Listener:
    """Finds a file's dialect on one step: `Listener(reader).hear(probe(nn_architecture))`."""

    def __init__(self, reader: Reader, *, free: bool = False) -> None:
        self.reader, self.free = reader, free  # to compute another activation than the one that is asked for by name
        self._asked: list[Layer] = []  # the architecture as the file is given it
        self._known: dict[Any, Mapping[str, Array]] = {}
        self.widths: list[int] | None = None  # of the network that the file's object keeps, if it is another one
        functions = reader.functions
        self.layer_keys, self.sized = layer_keys(reader), is_sized(reader)
        self._own_names = all(functions[name].name == name for name in REQUIRED if name in functions)
        self._seen = self._starts_otherwise = self._is_known = self._casts = False

    def hear(self, step: Step) -> Heard:
        """The way in which most of the step is right. Where nothing is, the one that its initial weights show."""
        self._known.clear()
        start = self.start(step.nn_architecture)
        best = Heard(start)
        candidates = list(self._candidates(start))
        for dialect in candidates:
            self._casts = False
            heard = replace(self._heard(dialect, step), casts=self._casts)
            candidates += self._with_the_key(heard, candidates)
            if self._contradicts(dialect, start) and heard.right < ALL:
                continue
            if heard.right > best.right:
                best = heard
            if best.right >= ALL:
                break
            best = best if best.raised or best.right else replace(best, raised=heard.raised)
        return replace(best, is_known=self._is_known)

    def _ask(self, name: str, arguments: Mapping[str, Any], **options: Any) -> Answer:
        """Call one of the file's functions. StuckError where it does not come back."""
        answer = self.reader.call(name, arguments, seconds=SECONDS, **options)
        if answer.raised is not None and answer.raised.kind in ("timeout", "died"):
            raise StuckError(f"{self.reader.functions[name].theirs} {answer.raised.text}, on {PROBED} examples")
        if answer.raised is not None and answer.raised.text.startswith(NOT_ALLOWED):
            raise StuckError(f"{self.reader.functions[name].theirs}: {answer.raised.text}; --trust allows it")
        return answer

    def _with_the_key(self, heard: Heard, tried: Sequence[Dialect]) -> list[Dialect]:
        """The same way with the key that the file asked for in vain, where it is what people call W1 or b1."""
        found = re.match(r"(?:KeyError|UnknownNameError): ['\"]?([A-Za-z_]+)([01])\b", heard.raised)
        if found is None:
            return []
        prefix, first = found[1], int(found[2])
        kind = next((kind for kind in ("W", "b") if prefix.lower().replace("_", "") in KINDS[kind][1]), None)
        if kind is None:
            return []
        more = replace(heard.dialect, keys={**heard.dialect.keys, kind: (prefix, first - 1)})
        return [more] if more not in tried else []

    def _exactly(self, step: Step) -> Mapping[str, Array]:
        """Numpynet's numbers of the step."""
        key = tuple(layer["activation"] for layer in step.nn_architecture), step.loss
        if key not in self._known:
            self._known[key] = numpy_trace(step).values
        return self._known[key]

    def calls(self, theirs: str, step: Step, dialect: Dialect) -> list[tuple[list[Any], dict[str, Any], Any]]:
        """How the file's own forward and backward propagation call a function of it: the arguments, and the result."""
        self.reader.examples = step.X.shape[1]
        forward = self._forward(dialect, step, record=[theirs])
        found = self._noted(forward)
        if forward.raised or forward.kept is None:
            return found
        Y_hat, memory = (forward.kept.value.part(*place) for place in (dialect.Y_hat_at, dialect.memory_at))
        layers = list(step.nn_architecture)
        given = {"Y": step.Y, "X": step.X, "params_values": step.params_values, "nn_architecture": layers}
        raw = {**dialect.all_theirs(given), "Y_hat": Y_hat, "memory": memory}
        return found + self._noted(self._ask("full_backward_propagation", raw, keep=True, record=[theirs]))

    def _noted(self, answer: Answer) -> list[tuple[list[Any], dict[str, Any], Any]]:
        """The calls that were noted, as far as they can be sent."""
        found: list[tuple[list[Any], dict[str, Any], Any]] = []
        if answer.kept is None:
            return found
        for number in range(len(answer.recorded)):
            args, kwargs, result = map(self.reader.session.fetch, answer.kept.call(number))
            if isinstance(args, list) and isinstance(kwargs, dict):
                found.append((args, kwargs, result))
        return found

    # ── where it starts ──────────────────────────────────────────────────────────────────────────────────────────────

    def start(self, nn_architecture: Architecture) -> Dialect:
        """What the file's own initial weights show: layout, keys, and the object that holds them."""
        weights: Mapping[Any, Any] = {}
        holder: tuple[str, str] | None = None
        if self.reader.roles.get("init_layers") is not None:
            layers = Dialect(layer_keys=self.layer_keys, sized=self.sized).theirs("nn_architecture", nn_architecture)
            widths = _widths(nn_architecture)
            arguments = {"nn_architecture": layers, "seed": 3, **of_widths(widths)}
            answer = self._ask("init_layers", arguments)
            weights = answer.value if isinstance(answer.value, dict) else {}
            self._starts_otherwise = isinstance(answer.value, (list, tuple))
        if self.reader.made_for(nn_architecture):
            for owner in self.reader.owners:
                attributes = self.reader.session.look(owner).value
                for name, value in attributes.items() if isinstance(attributes, dict) else ():
                    if isinstance(value, dict) and holds_weights(value):
                        holder, weights = (owner, str(name)), value
                if holder is None and isinstance(attributes, dict) and holds_weights(attributes):
                    holder, weights = (owner, ""), attributes
        keys = keys_of(weights, "params_values")
        self._is_known = holds_weights(weights) or (self._own_names and not self._starts_otherwise)
        named = {Dialect(keys=keys).name(key, "params_values"): _shape(value) for key, value in weights.items()}
        n_out, n_in = nn_architecture[0]["output_dim"], nn_architecture[0]["input_dim"]
        if (n_in, n_out) not in (named.get("W1"), named.get("W1", ())[::-1]):  # one network, whatever is asked for
            n_out, n_in = _chained(named) or (n_out, n_in)
        self.widths = _widths_of(named, nn_architecture) if holder else None
        transposed, self._seen = named.get("W1") == (n_in, n_out) and n_in != n_out, "W1" in named and n_in != n_out
        bias = {(1, n_out): "row", (n_out,): "flat"}.get(named.get("b1", ()), "column") if n_out > 1 else "column"
        return Dialect(
            transposed and bias != "column", transposed, bias, keys=keys, holder=holder, layer_keys=self.layer_keys,
            sized=self.sized,
        )  # fmt: skip

    @property
    def has_seen(self) -> bool:
        """Whether the initial weights show a layout."""
        return self._seen

    def _contradicts(self, dialect: Dialect, start: Dialect) -> bool:
        """Whether it has not the layout, or the keys, of the weights that the file itself starts from."""

        def of(one: Dialect) -> tuple[Any, ...]:
            return one.transposed, one.bias, one.keys.get("W"), one.keys.get("b")

        return self._seen and of(dialect) != of(start)

    def _candidates(self, start: Dialect) -> Iterator[Dialect]:
        """The way that the initial weights show first; every layout, with the tutorial's keys and with their own."""
        yield start
        for numbered in (False, True) if self.reader.session.contains(NUMBERED) else (False,):
            for keys in [start.keys] if not start.keys else [start.keys, {}]:
                for rows, transposed, bias in LAYOUTS:
                    dialect = replace(start, rows=rows, transposed=transposed, bias=bias, keys=keys, numbered=numbered)
                    if dialect != start:
                        yield dialect

    # ── one step, function by function ───────────────────────────────────────────────────────────────────────────────

    def _heard(self, dialect: Dialect, step: Step) -> Heard:
        self.exact, self._asked = self._exactly(step), list(step.nn_architecture)
        self.reader.examples = step.X.shape[1]
        answer = self._forward(dialect, step)
        if answer.raised:
            return Heard(dialect, raised=answer.raised.text)
        places = self._prediction(dialect, step, answer.value)
        if places is None:
            return Heard(dialect)
        Y_hat, memory, Y_hat_there, (activations, output) = places
        dialect = replace(dialect, Y_hat_at=Y_hat, memory_at=memory, activations=activations, output=output)
        self._casts = Y_hat_there.dtype == np.float32
        dialect = replace(dialect, single=self._casts)
        if activations or output:
            layers = meant(step.nn_architecture, dialect)
            if output == "softmax" and len(step.Y) == 1:
                return Heard(dialect, 1.0)  # always 1: there is no loss for it
            try:
                step = replace(step, nn_architecture=layers, kept={})
            except ValueError:  # the loss does not go with what the file ends in
                loss = ENDS_IN.get(layers[-1]["activation"], "mse")
                labels = np.arange(PROBED) % len(step.Y) if loss == "nll" else step.Y
                step = replace(step, nn_architecture=layers, loss=loss, Y=labels, kept={})
            self.exact = self._exactly(step)
        memory_there = answer.value
        for key in memory:
            memory_there = memory_there[key]
        keys = dict(dialect.keys)
        if isinstance(memory_there, dict):
            keys |= self._memory_keys(dialect, memory_there)
        dialect = replace(dialect, keys=keys)
        assert answer.kept is not None
        raw_Y_hat, raw_memory = (answer.kept.value.part(*place) for place in (Y_hat, memory))
        dialect = self._loss(dialect, step, raw_Y_hat)
        dialect, share, gradients = self._backward(dialect, step, raw_Y_hat, raw_memory)
        if gradients is None:
            return Heard(dialect, 1.0, unread=share < 0 and not self._own_names)
        return self._update(dialect, step, 1.0 + 2 * share, gradients)

    def _forward(self, dialect: Dialect, step: Step, record: Sequence[str] = ()) -> Answer:
        dialect.give(self.reader.session, step.params_values)
        given = {"X": step.X, "params_values": step.params_values, "nn_architecture": list(step.nn_architecture)}
        return self._ask("full_forward_propagation", dialect.all_theirs(given), keep=True, record=record)

    def _prediction(
        self, dialect: Dialect, step: Step, value: Any
    ) -> tuple[Place, Place, Array, tuple[Mapping[str, str], str]] | None:
        """Where in what forward propagation returns the prediction is, and the memory; by which activations."""
        items: list[tuple[Place, Any]] = [((), value)]
        if isinstance(value, (tuple, list)):
            items = [((place,), item) for place, item in enumerate(value)]
        elif isinstance(value, dict):
            items = [((str(key),), item) for key, item in value.items()]
        arrays = [(place, dialect.ours("Y_hat", item)) for place, item in items if isinstance(item, np.ndarray)]
        L = len(step.nn_architecture)
        named = any(self.reader.session.mentions(layer["activation"]) for layer in step.nn_architecture[:-1])
        for free in (False,) if named and not self.free else (False, True):
            for place, array in arrays:
                is_asked = near(array, self.exact[names.A(L)])
                activations = self._by(dialect, step, place, array) if free else ({}, "") if is_asked else None
                if activations is not None:
                    rest = [other for other, item in items if isinstance(item, (dict, list, tuple, Odd))]
                    flat = isinstance(value, dict) and len(arrays) > 1
                    return place, () if flat or not rest else rest[0], array, activations
        return None

    def _memory_keys(self, dialect: Dialect, memory: Mapping[Any, Any]) -> Mapping[str, tuple[str, int]]:
        """Their keys in the memory. Whether the first A is the data, or what the first layer makes, the numbers say."""
        keys = dict(keys_of(memory, "memory"))
        prefix, first = keys.get("A", ("A", 0))
        if near(dialect.ours("A", memory.get(f"{prefix}{first}")), self.exact[names.A(1)]):
            keys["A"] = prefix, first - 1
        return {kind: theirs for kind, theirs in keys.items() if theirs != (kind, 0)}

    def _by(self, dialect: Dialect, step: Step, place: Place, Y_hat: Array) -> tuple[Mapping[str, str], str] | None:
        """What is meant by the activations of the hidden layers and of the last; on a second step, where it is open."""
        *asked, last = [layer["activation"] for layer in step.nn_architecture]
        others = [name for name in HIDDEN_ACTIVATIONS if name != "linear"]  # none would be a layer that is left out
        hidden = dict.fromkeys([*asked[:1], *others]) if asked else {"": None}
        outputs = dict.fromkeys([last, "linear", "sigmoid", "softmax", *ACTIVATIONS])
        found = [({name: one for name in asked if name != one}, output if output != last else "")
                 for one in hidden for output in outputs]  # fmt: skip
        for given, prediction in ((step, Y_hat), (probe(step.nn_architecture, step.loss, seed=8), None)):
            if len(found) > 1 and prediction is None:
                value: Any = self._forward(dialect, given).value
                for key in place:
                    value = value[key]  # as in the step before
                prediction = dialect.ours("Y_hat", value)
            if prediction is not None:
                found = [one for one in found if near(prediction, _predicted(given, *one))]
        return found[0] if found else None

    def _loss(self, dialect: Dialect, step: Step, Y_hat: Ref) -> Dialect:
        """Another loss, where the file's cost is exactly that; the usual one, where it has none."""
        if "get_cost_value" not in self.reader.functions:
            return replace(dialect, loss=step.loss)
        given = {"Y_hat": Y_hat, **dialect.all_theirs({"Y": step.Y, "params_values": step.params_values})}
        cost = as_array(self._ask("get_cost_value", given).value)
        prediction = self.exact[names.A(len(step.nn_architecture))]
        for loss in (step.loss, "mse") if cost is not None and cost.size == 1 else ():
            with np.errstate(all="ignore"):
                ours = np.asarray(LOSSES[loss].forward(prediction, step.Y))
            for scale in SCALES:
                if near(np.reshape(np.asarray(cost), ()), ours * scale.of(*_size(step))):
                    return replace(dialect, loss=loss, scale=scale)
        return dialect

    def _backward(
        self, dialect: Dialect, step: Step, Y_hat: Ref, memory: Ref
    ) -> tuple[Dialect, float, Mapping[str, Any] | None]:
        """The keys and the sign of the gradients, the share of them that is right, and they themselves."""
        if dialect.loss != step.loss:
            step = replace(step, loss=dialect.loss or step.loss, kept={})
            self.exact = self._exactly(step)
        given = {"Y": step.Y, "X": step.X, "params_values": step.params_values,
                 "nn_architecture": self._asked}  # fmt: skip
        raw = {**dialect.all_theirs(given), "Y_hat": Y_hat, "memory": memory}
        answer = self._ask("full_backward_propagation", raw, keep=True)
        place, found = gradients_in(answer.value)
        if answer.raised or found is None:
            return dialect, 0.0 if answer.raised else -1.0, None
        dialect = replace(dialect, gradients_at=place, keys=dict(dialect.keys) | keys_of(found, "grads_values"))
        ours, factor = dialect.ours("grads_values", found), dialect.scale.of(*_size(step))
        ours = {name: _times(value, 1 / factor) for name, value in ours.items()}
        dW = names.dW(len(step.nn_architecture))
        if factor != 1 and not any(near(_times(ours.get(dW), sign), self.exact[dW]) for sign in (1, -1)):
            loss = "" if dialect.scale.of_outputs else dialect.loss
            dialect = replace(dialect, scale=Scale(), loss=loss)  # the cost's alone: the two do not belong together
            ours = dialect.ours("grads_values", found)
        signs = {
            name: {sign for sign in (1, -1) if near(_times(ours.get(names.d(name)), sign), self.exact[names.d(name)])}
            for name in step.params_values
        }  # both where it is 0
        shaped = sum(np.shape(ours.get(names.d(name))) == np.shape(value) for name, value in step.params_values.items())
        last = len(step.nn_architecture)
        of_last = signs[names.W(last)], signs[names.b(last)]
        opposite = all(-1 in sign for sign in of_last) and {-1} in of_last
        agree = sum((-1 if opposite else 1) in sign for sign in signs.values())
        share = 0.5 * (shaped + agree) / len(signs)
        made = [ours.get(names.d(name)) for name in step.params_values]
        single = dialect.single and all(isinstance(one, np.ndarray) and one.dtype == np.float32 for one in made)
        return replace(dialect, ascent=opposite, single=single), share, found

    def _update(self, dialect: Dialect, step: Step, right: float, gradients: Mapping[str, Any]) -> Heard:
        """Whether the file's own update goes the way that its gradients ask for."""
        dialect.give(self.reader.session, step.params_values)
        given = {"params_values": step.params_values, "nn_architecture": self._asked,
                 "learning_rate": step.learning_rate}  # fmt: skip
        answer = self._ask("update", {**dialect.all_theirs(given), "grads_values": gradients})
        after = updated(dialect, self.reader, answer)
        if answer.raised or after is None:
            return Heard(dialect, right)
        ours, moves = dialect.ours("grads_values", gradients), {1: 0, -1: 0}
        for name, before in step.params_values.items():
            for sign in (1, -1):
                moved = before - sign * step.learning_rate * np.asarray(ours.get(names.d(name), np.nan))
                moves[sign] += moved.shape == before.shape and near(after.get(name), moved)
        adds = moves[-1] > moves[1]
        if dialect.ascent and not adds:
            return Heard(replace(dialect, ascent=False), right - 1)
        return Heard(dialect, right + (max(moves.values()) == len(step.params_values)))


def layer_keys(reader: Reader) -> dict[str, str]:
    """What the file calls a layer's dimensions and activation, where it never says them in the tutorial's words."""
    found: dict[str, str] = {}
    for ours, usual in LAYER_KEYS.items():
        if not reader.session.mentions(ours):
            found |= {theirs: ours for theirs in usual if reader.session.mentions(theirs)}
    return found


def _shape(value: Any) -> tuple[int, ...]:
    """Of an array; of anything else none."""
    return value.shape if isinstance(value, np.ndarray) else ()


def is_sized(reader: Reader) -> bool:
    """Whether an architecture is a list of widths, as the name of the argument says: of the start, else of train."""
    for name in ("init_layers", "train"):
        roles = reader.roles.get(name) or []
        if "nn_architecture" in roles:
            called = reader.functions[name].parameters[roles.index("nn_architecture")].lower()
            return re.search("dim|size|width|neurons", called) is not None
    return False


def meant(nn_architecture: Architecture, dialect: Dialect) -> list[Layer]:
    """The architecture with what a file means by the names of its activations."""
    return _renamed(nn_architecture, dialect.activations, dialect.output)


def _renamed(nn_architecture: Architecture, hidden: Mapping[str, str], output: str = "") -> list[Layer]:
    found: list[Layer] = []
    for layer in nn_architecture[:-1]:
        found.append({**layer, "activation": hidden.get(layer["activation"], layer["activation"])})
    last = nn_architecture[-1]
    return [*found, {**last, "activation": output or last["activation"]}]


def _size(step: Step) -> tuple[int, int]:
    """Examples, outputs."""
    return step.X.shape[1], len(step.Y)


def _predicted(step: Step, hidden: Mapping[str, str], output: str) -> Array:
    layers = _renamed(step.nn_architecture, hidden, output)
    with np.errstate(all="ignore"):
        return network.full_forward_propagation(step.X, step.params_values, layers)[0]


def _widths(nn_architecture: Architecture) -> list[int]:
    return [nn_architecture[0]["input_dim"], *(layer["output_dim"] for layer in nn_architecture)]


def _widths_of(shapes: Mapping[str | None, tuple[int, ...]], nn_architecture: Architecture) -> list[int] | None:
    """The widths of the network whose weights an object keeps, if they are not those of this one."""
    given = _widths(nn_architecture)
    found = [shapes.get(names.W(layer_idx), ()) for layer_idx in range(1, len(shapes) + 1)]
    every = [shape for shape in found if len(shape) == 2]
    for turned in (False, True):
        pairs = [shape if turned else shape[::-1] for shape in every]
        if pairs and all(one[1] == other[0] for one, other in pairwise(pairs)):
            widths = [pairs[0][0], *(pair[1] for pair in pairs)]
            return widths if widths != given else None
    return None


def _chained(shapes: Mapping[str | None, tuple[int, ...]]) -> tuple[int, ...] | None:
    """W1's shape as (n_out, n_in), where the next layer's shows which is which."""
    one, other = shapes.get(names.W(1), ()), shapes.get(names.W(2), ())
    if not len(one) == len(other) == 2 or (one[0] == other[1]) == (one[1] == other[0]):
        return None
    return one if one[0] == other[1] else one[::-1]


def holds_weights(found: Mapping[Any, Any]) -> bool:
    """Whether it holds arrays under keys such as W1."""
    dialect = Dialect(keys=keys_of(found, "params_values"))
    return any(
        dialect.name(key, "params_values") == "W1" and isinstance(value, np.ndarray) for key, value in found.items()
    )


def gradients_in(value: Any) -> tuple[Place, Mapping[str, Any] | None]:
    """Where in what backward propagation returns its gradients are."""
    if isinstance(value, dict):
        return (), value
    for place, item in enumerate(value) if isinstance(value, (tuple, list)) else ():
        if isinstance(item, dict):
            return (place,), item
    return (), None


def updated(dialect: Dialect, reader: Reader, answer: Answer) -> Mapping[str, Any] | None:
    """The weights after an update: what it returns, what it left in its arguments, or in its object."""
    if dialect.holder is not None:
        return dialect.taken(reader.session)
    found: Sequence[Any] = [answer.value, *answer.arguments, *answer.named.values()]
    if isinstance(answer.value, (tuple, list)):
        found = [*answer.value, *found]
    for value in found:
        if isinstance(value, dict):
            ours: Mapping[str, Any] = dialect.ours("params_values", value)
            if "W1" in ours:
                return ours
    return None


def _times(value: Any, sign: float) -> Any:
    return sign * value if isinstance(value, (np.ndarray, float, int)) else value
