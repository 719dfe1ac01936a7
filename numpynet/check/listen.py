"""How a file speaks, heard from what its own functions do on one step: every one of them is asked by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from numpynet import names, network
from numpynet.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS
from numpynet.check.dialect import Dialect, as_array, keys_of
from numpynet.check.reader import Reader
from numpynet.losses import LOSSES
from numpynet.parity.step import Step
from numpynet.parity.trace import numpy_trace
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
ENDS_IN = {"sigmoid": "bce", "softmax": "nll"}
Place = tuple[int | str, ...]


@dataclass(frozen=True)
class Heard:
    """The way of speaking, and how far the file's own step came right in it: 0 nothing, 1 its prediction, 4 all."""

    dialect: Dialect
    right: float = 0.0


def understand(
    reader: Reader, nn_architecture: Architecture, loss: str, *, may_choose: bool
) -> tuple[Heard, Architecture]:
    """How the file speaks of this network; or of one of its own, where it never names the activation that is asked for.

    Nor does it loop over layers, where it writes out the key of the last: of such a depth then, if the network
    `may_choose`, as nobody asked for these layers.
    """
    listener, asked = Listener(reader), nn_architecture[0]["activation"]
    others: list[Architecture] = [nn_architecture]
    if len(nn_architecture) > 1 and not reader.session.mentions(asked):
        named = [name for name in HIDDEN_ACTIVATIONS if reader.session.mentions(name)]
        others = [meant(nn_architecture, {asked: name}, hidden=True) for name in named] + others
    depth = max((k for k in range(1, len(nn_architecture)) if reader.session.mentions(f"[Ww]{k}")), default=0)
    if may_choose and depth and not reader.session.mentions(f"[Ww]{depth + 1}"):
        widths = [nn_architecture[0]["input_dim"], *(layer["output_dim"] for layer in nn_architecture)]
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
    """A function of the file does not end, or ends its process."""


class Listener:
    """Finds a file's dialect on one step: `Listener(reader).hear(probe(nn_architecture))`."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._known: dict[Any, Mapping[str, Array]] = {}
        self._seen = False  # weights of the file's own

    def hear(self, step: Step) -> Heard:
        """The way in which most of the step is right. Where nothing is, the one that its initial weights show."""
        self._known.clear()
        start = self.start(step.nn_architecture)
        best = Heard(start)
        for dialect in self._candidates(start):
            heard = self._heard(dialect, step)
            if self._contradicts(dialect, start) and heard.right < ALL:
                continue
            if heard.right > best.right:
                best = heard
            if best.right >= ALL:
                break
        return best

    def _ask(self, name: str, arguments: Mapping[str, Any], **options: Any) -> Answer:
        """Call one of the file's functions. StuckError where it does not come back."""
        answer = self.reader.call(name, arguments, seconds=SECONDS, **options)
        if answer.raised is not None and answer.raised.kind in ("timeout", "died"):
            raise StuckError(f"{self.reader.functions[name].theirs} {answer.raised.text}")
        return answer

    def _exactly(self, step: Step) -> Mapping[str, Array]:
        """Numpynet's numbers of the step."""
        key = tuple(layer["activation"] for layer in step.nn_architecture), step.loss
        if key not in self._known:
            self._known[key] = numpy_trace(step).values
        return self._known[key]

    # ── where it starts ──────────────────────────────────────────────────────────────────────────────────────────────

    def start(self, nn_architecture: Architecture) -> Dialect:
        """What the file's own initial weights show: layout, keys, and the object that holds them."""
        weights: Mapping[Any, Any] = {}
        holder: tuple[str, str] | None = None
        if self.reader.roles.get("init_layers") is not None:
            arguments = {"nn_architecture": list(nn_architecture), "seed": 3}
            answer = self._ask("init_layers", arguments)
            weights = answer.value if isinstance(answer.value, dict) else {}
        if self.reader.made_for(nn_architecture):
            for owner in self.reader.owners:
                attributes = self.reader.session.look(owner).value
                for name, value in attributes.items() if isinstance(attributes, dict) else ():
                    if isinstance(value, dict) and holds_weights(value):
                        holder, weights = (owner, str(name)), value
                if holder is None and isinstance(attributes, dict) and holds_weights(attributes):
                    holder, weights = (owner, ""), attributes
        keys = keys_of(weights, "params_values")
        named = {Dialect(keys=keys).name(key, "params_values"): np.shape(value) for key, value in weights.items()}
        n_out, n_in = nn_architecture[0]["output_dim"], nn_architecture[0]["input_dim"]
        transposed, self._seen = named.get("W1") == (n_in, n_out) and n_in != n_out, "W1" in named and n_in != n_out
        bias = {(1, n_out): "row", (n_out,): "flat"}.get(named.get("b1", ()), "column") if n_out > 1 else "column"
        return Dialect(transposed and bias != "column", transposed, bias, keys=keys, holder=holder)

    def _contradicts(self, dialect: Dialect, start: Dialect) -> bool:
        """Whether it is not the layout of the weights that the file itself starts from."""
        return self._seen and (dialect.transposed, dialect.bias) != (start.transposed, start.bias)

    @staticmethod
    def _candidates(start: Dialect) -> Iterator[Dialect]:
        """The way that the initial weights show first; every layout, with the tutorial's keys and with their own."""
        yield start
        for keys in [start.keys] if not start.keys else [start.keys, {}]:
            for rows, transposed, bias in LAYOUTS:
                dialect = replace(start, rows=rows, transposed=transposed, bias=bias, keys=keys)
                if dialect != start:
                    yield dialect

    # ── one step, function by function ───────────────────────────────────────────────────────────────────────────────

    def _heard(self, dialect: Dialect, step: Step) -> Heard:
        self.exact = self._exactly(step)
        answer = self._forward(dialect, step)
        if answer.raised:
            return Heard(dialect)
        places = self._prediction(dialect, step, answer.value)
        if places is None:
            return Heard(dialect)
        Y_hat, memory, Y_hat_there, activations = places
        dialect = replace(dialect, Y_hat_at=Y_hat, memory_at=memory, activations=activations)
        dialect = replace(dialect, single=Y_hat_there.dtype == np.float32)
        if activations:
            layers = meant(step.nn_architecture, activations)
            try:
                step = replace(step, nn_architecture=layers, kept={})
            except ValueError:  # the loss does not go with what the file ends in
                loss = ENDS_IN.get(layers[-1]["activation"], "mse")
                step = replace(step, nn_architecture=layers, loss=loss, kept={})
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
            return Heard(dialect, 1.0)
        return self._update(dialect, step, 1.0 + 2 * share, gradients)

    def _forward(self, dialect: Dialect, step: Step) -> Answer:
        dialect.give(self.reader.session, step.params_values)
        given = {"X": step.X, "params_values": step.params_values, "nn_architecture": list(step.nn_architecture)}
        return self._ask("full_forward_propagation", dialect.all_theirs(given), keep=True)

    def _prediction(
        self, dialect: Dialect, step: Step, value: Any
    ) -> tuple[Place, Place, Array, Mapping[str, str]] | None:
        """Where in what forward propagation returns the prediction is, and the memory; by which activations."""
        items: list[tuple[Place, Any]] = [((), value)]
        if isinstance(value, (tuple, list)):
            items = [((place,), item) for place, item in enumerate(value)]
        elif isinstance(value, dict):
            items = [((str(key),), item) for key, item in value.items()]
        arrays = [(place, dialect.ours("Y_hat", item)) for place, item in items if isinstance(item, np.ndarray)]
        L = len(step.nn_architecture)
        named = any(self.reader.session.mentions(layer["activation"]) for layer in step.nn_architecture[:-1])
        for free in (False,) if named else (False, True):
            for place, array in arrays:
                activations = self._by(step, array) if free else {} if near(array, self.exact[names.A(L)]) else None
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

    @staticmethod
    def _by(step: Step, Y_hat: Array) -> Mapping[str, str] | None:
        """What is meant by the names of the activations that were asked for, where it is something else."""
        asked = [layer["activation"] for layer in step.nn_architecture]
        for hidden in [asked[0], *HIDDEN_ACTIVATIONS] if len(asked) > 1 else [asked[0]]:
            for output in [asked[-1], *ACTIVATIONS]:
                taken = dict.fromkeys(asked[:-1], hidden) | {asked[-1]: output}
                taken = {**taken, **{name: hidden for name in asked[:-1] if name != asked[-1]}}
                layers = meant(step.nn_architecture, taken)
                with np.errstate(all="ignore"):
                    if near(Y_hat, network.full_forward_propagation(step.X, step.params_values, layers)[0]):
                        return {name: other for name, other in taken.items() if name != other}
        return None

    def _loss(self, dialect: Dialect, step: Step, Y_hat: Ref) -> Dialect:
        """Another loss, where the file's cost is exactly that."""
        given = {"Y_hat": Y_hat, "Y": dialect.theirs("Y", step.Y)}
        cost = as_array(self._ask("get_cost_value", given).value)
        prediction = self.exact[names.A(len(step.nn_architecture))]
        for loss in (step.loss, "mse") if cost is not None and cost.size == 1 else ():
            if near(np.reshape(np.asarray(cost), ()), np.asarray(LOSSES[loss].forward(prediction, step.Y))):
                return replace(dialect, loss=loss)
        return dialect

    def _backward(
        self, dialect: Dialect, step: Step, Y_hat: Ref, memory: Ref
    ) -> tuple[Dialect, float, Mapping[str, Any] | None]:
        """The keys and the sign of the gradients, the share of them that is right, and they themselves."""
        if dialect.loss != step.loss:
            step = replace(step, loss=dialect.loss or step.loss, kept={})
            self.exact = self._exactly(step)
        given = {"Y": step.Y, "X": step.X, "params_values": step.params_values,
                 "nn_architecture": list(step.nn_architecture)}  # fmt: skip
        raw = {**dialect.all_theirs(given), "Y_hat": Y_hat, "memory": memory}
        answer = self._ask("full_backward_propagation", raw, keep=True)
        place, found = gradients_in(answer.value)
        if answer.raised or found is None:
            return dialect, 0.0, None
        dialect = replace(dialect, gradients_at=place, keys=dict(dialect.keys) | keys_of(found, "grads_values"))
        ours = dialect.ours("grads_values", found)
        signs = {}
        for name in step.params_values:
            exact = self.exact[names.d(name)]
            signs[name] = next((sign for sign in (1, -1) if near(_times(ours.get(names.d(name)), sign), exact)), 0)
            if not exact.any():
                signs[name] = 1 if near(ours.get(names.d(name)), exact) else 0
        shaped = sum(np.shape(ours.get(names.d(name))) == np.shape(value) for name, value in step.params_values.items())
        last = len(step.nn_architecture)
        opposite = signs[names.W(last)] == -1 and signs[names.b(last)] == -1
        share = 0.5 * shaped / len(signs) + 0.5 * sum(sign == (-1 if opposite else 1) for sign in signs.values()) / len(
            signs
        )
        made = [ours.get(names.d(name)) for name in step.params_values]
        single = dialect.single and all(isinstance(one, np.ndarray) and one.dtype == np.float32 for one in made)
        return replace(dialect, ascent=opposite, single=single), share, found

    def _update(self, dialect: Dialect, step: Step, right: float, gradients: Mapping[str, Any]) -> Heard:
        """Whether the file's own update goes the way that its gradients ask for."""
        dialect.give(self.reader.session, step.params_values)
        given = {"params_values": step.params_values, "nn_architecture": list(step.nn_architecture),
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


def meant(nn_architecture: Architecture, activations: Mapping[str, str], hidden: bool = False) -> list[Layer]:
    """The architecture with what a file means by the names of its activations; only by those of `hidden` layers."""
    found: list[Layer] = []
    for layer in nn_architecture:
        found.append({**layer, "activation": activations.get(layer["activation"], layer["activation"])})
    return [*found[:-1], nn_architecture[-1]] if hidden else found


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


def _times(value: Any, sign: int) -> Any:
    return sign * value if isinstance(value, (np.ndarray, float, int)) else value
