"""Somebody's file behind the tutorial's functions: what goes in and comes out is laid out as the tutorial has it."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from numpynet.check.dialect import Dialect
from numpynet.check.listen import updated
from numpynet.check.reader import Reader
from numpynet.explain.code import Source
from numpynet.parity.trace import BACKWARD, FORWARD, GRADIENTS, RECORDED, Call, ImplementationError, RaisedError
from numpynet.printable import printable
from numpynet.sandbox import Answer, Odd, Ref
from numpynet.sandbox.messages import Kept
from numpynet.sandbox.session import Sent
from numpynet.types import Architecture, Array, Parameters


class Held(dict[str, Any]):
    """Numbers in the tutorial's layout; `ref` is where the file's process keeps them in its own."""

    ref: Ref | None = None
    kept: Kept | None = None


class Later(Mapping[str, Any]):
    """The same, fetched when somebody asks for it."""

    def __init__(self, implementation: Implementation, role: str, kept: Kept, *path: int | str) -> None:
        self.implementation, self.role, self.kept, self.ref = implementation, role, kept, kept.value.part(*path)
        self.found: Mapping[str, Any] | None = None
        self.X: Array | None = None  # of a memory: what forward propagation was given

    def _there(self) -> Mapping[str, Any]:
        if self.found is None:
            value = self.implementation.reader.session.fetch(self.ref)
            self.found = self.implementation.ours(self.role, value) if isinstance(value, dict) else {}
        return self.found

    def above_zero(self) -> Mapping[str, Any]:
        """Which elements of each array are above 0, without all the numbers."""
        found = self.implementation.reader.session.above_zero(self.ref)
        return self.implementation.dialect.ours(self.role, found) if isinstance(found, dict) else {}

    def __getitem__(self, name: str) -> Any:
        return self._there()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._there())

    def __len__(self) -> int:
        return len(self._there())


class Implementation:
    """The tutorial's functions on somebody's file, run where the reader runs it, in the dialect that was heard.

    `take` gives the calls of its activations and layers, which say what dA and dZ were. RaisedError where the file
    raises.
    """

    def __init__(self, reader: Reader, dialect: Dialect, asked: Architecture) -> None:
        self.reader, self.dialect, self.__file__ = reader, dialect, str(reader.path)
        self.calls: list[Call] = []
        self.loss, self.watching = dialect.loss or "bce", False
        self.notes: list[str] = [*reader.notes, *dialect.sentences()]
        self._asked, self._factor = [layer["activation"] for layer in asked], 1.0
        self._params_values: Parameters | None = None  # of the last forward pass, for a cost that wants them
        self._watched = dict(self._recorded())

    def _recorded(self) -> Iterator[tuple[str, str]]:
        """Their functions of which every call is to be noted, each with ours."""
        loaded = self.reader.session.loaded.functions.values()
        yield from ((one.theirs, one.name) for one in loaded if one.name in RECORDED)
        yield from ((one.theirs, name) for name, one in self.reader.functions.items() if name in RECORDED)

    def source_of(self, name: str) -> Source | None:
        """The lines of their function for one of ours, or of that name."""
        one = self.reader.functions.get(name) or self.reader.session.loaded.functions.get(name)
        text = self.reader.session.source_of(one.theirs) if one else None
        return Source(one.theirs, text, self.reader.path.name, one.line) if one and text else None

    def take(self) -> list[Call]:
        """The calls since the last `take`."""
        calls, self.calls = self.calls, []
        return calls

    def full_forward_propagation(
        self, X: Array, params_values: Parameters, nn_architecture: Architecture
    ) -> tuple[Any, Any]:
        """Their prediction, and their memory."""
        self._params_values = params_values
        answer = self._call("full_forward_propagation", {"X": X}, params_values, nn_architecture, send="nothing")
        assert answer.kept is not None
        session, there = self.reader.session, answer.kept.value
        Y_hat = session.fetch(there.part(*self.dialect.Y_hat_at))
        if Y_hat is None:
            Y_hat = session.fetch(there)
        if not isinstance(Y_hat, np.ndarray):
            raise ImplementationError(
                f"full_forward_propagation returned {told(Y_hat)} for the prediction: expected an array of real numbers"
            )
        nothing_else = self.dialect.Y_hat_at == self.dialect.memory_at == ()
        if nothing_else and "memory" in (self.reader.roles["full_backward_propagation"] or ()):
            raise ImplementationError("full_forward_propagation returned ndarray, not 2 values")
        memory = Later(self, "memory", answer.kept, *self.dialect.memory_at)
        memory.X = X
        return self.dialect.ours("Y_hat", Y_hat), memory

    def get_cost_value(self, Y_hat: Array, Y: Array) -> Any:
        """Their cost."""
        wanted = "params_values" in (self.reader.roles["get_cost_value"] or ())
        cost = self._call("get_cost_value", {"Y_hat": Y_hat, "Y": Y}, self._params_values if wanted else None).value
        factor = self.dialect.scale.of(Y.shape[1], len(Y))
        return cost / factor if factor != 1 and isinstance(cost, (np.ndarray, float, int)) else cost

    def full_backward_propagation(
        self, Y_hat: Array, Y: Array, memory: Later, params_values: Parameters, nn_architecture: Architecture
    ) -> Any:
        """Their gradients."""
        self._factor = self.dialect.scale.of(Y.shape[1], len(Y))
        raw = {"Y_hat": memory.kept.value.part(*self.dialect.Y_hat_at), "memory": memory.ref}
        answer = self._call(
            "full_backward_propagation", {"Y": Y, "X": memory.X}, params_values, nn_architecture, raw, send="nothing"
        )
        assert answer.kept is not None
        gradients = Later(self, "grads_values", answer.kept, *self.dialect.gradients_at)
        if self.watching and not isinstance(found := self.reader.session.fetch(gradients.ref), dict):
            raise ImplementationError(f"full_backward_propagation returned {told(found)}, not a dict")
        return gradients

    def update(
        self, params_values: Parameters, grads_values: Later, nn_architecture: Architecture, learning_rate: float
    ) -> Any:
        """Their weights after the step."""
        raw: dict[str, Any] = {"grads_values": grads_values.ref}
        if self._factor != 1:
            ours = {name: _times(value, -1.0 if self.dialect.ascent else 1.0) for name, value in grads_values.items()}
            raw = {"grads_values": self.dialect.theirs("grads_values", ours)}
        answer = self._call("update", {"learning_rate": learning_rate}, params_values, nn_architecture, raw, "all")
        after = updated(self.dialect, self.reader, answer)
        if after is None:
            return answer.value
        held = Held(after)
        if isinstance(answer.value, dict) and answer.kept is not None:
            held.kept, held.ref = answer.kept, answer.kept.value
        return held

    def _call(
        self,
        name: str,
        given: Mapping[str, Any],
        params_values: Parameters | None = None,
        nn_architecture: Architecture | None = None,
        raw: Mapping[str, Any] = MappingProxyType({}),
        send: Sent = "value",
    ) -> Answer:
        """Call one of theirs; what it returns is kept in its process, and so are the calls that are watched."""
        arguments = self.dialect.all_theirs(given)
        if nn_architecture is not None:
            asked = zip(nn_architecture, self._asked, strict=True)
            layers = [{**layer, "activation": activation} for layer, activation in asked]
            arguments["nn_architecture"] = self.dialect.theirs("nn_architecture", layers)
        if params_values is not None:
            if self.dialect.holder is not None:
                self.dialect.give(self.reader.session, params_values)
            ref = getattr(params_values, "ref", None)
            arguments["params_values"] = ref or self.dialect.theirs("params_values", params_values)
        self.reader.examples = given["Y"].shape[1] if "Y" in given else self.reader.examples
        watched = list(self._watched) if self.watching and name.startswith("full") else []
        answer = self.reader.call(name, {**arguments, **raw}, keep=True, send=send, record=watched)
        if answer.raised is not None:
            line = f" ({self.reader.path.name}, line {answer.raised.line})" if answer.raised.line else ""
            limit = "; --trust runs it without a limit" if answer.raised.kind == "timeout" else ""
            raise RaisedError(f"{answer.raised.text}{line}{limit}")
        sys.stderr.write(printable(answer.printed, keep="\n\t"))
        assert answer.kept is not None
        weakref.finalize(answer.kept, self.reader.session.forget, answer.kept.handle)
        for number, theirs in enumerate(answer.recorded):
            self._note(theirs, *answer.kept.call(number))
        return answer

    def _note(self, theirs: str, positional: Ref, named: Ref, result: Ref) -> None:
        """Keep a call as `trace.Recorder` does: dA going backward, Z going forward, and what it returned."""
        name = self._watched[theirs]
        one = self.reader.session.loaded.functions[theirs]
        backward = name not in FORWARD
        roles = self.reader.roles.get(name) if one is self.reader.functions.get(name) else None
        places = [at for at, role in enumerate(roles or ()) if role == ("dA" if backward else "Z")]
        places = places or [at for at, word in enumerate(one.parameters) if word.startswith(GRADIENTS) or not backward]
        if not places or (backward and len(one.parameters) < 2):
            return
        fetch = self.reader.session.fetch
        argument = fetch(positional.part(places[0]))
        if argument is None:
            argument = fetch(named.part(one.parameters[places[0]]))
        call = Call(name, self.ours("dA" if backward else "Z", argument))
        if name in BACKWARD | FORWARD:
            call.result = self.ours("dZ" if backward else "A", fetch(result))
        self.calls.append(call)

    def ours(self, role: str, value: Any) -> Any:
        """In the tutorial's layout, gradients with its sign and of its loss."""
        found = self.dialect.ours(role, value)
        if role not in ("grads_values", "dA", "dZ"):
            return found
        factor = (-1.0 if self.dialect.ascent else 1.0) / self._factor
        if isinstance(found, Mapping):
            return {name: _times(item, factor) for name, item in found.items()}
        return _times(found, factor)


def told(value: Any) -> str:
    """What kind of value it is."""
    return value.type_name if isinstance(value, Odd) else type(value).__name__


def _times(value: Any, factor: float) -> Any:
    """The array times a number, in its own precision."""
    if factor == 1 or not isinstance(value, np.ndarray) or value.dtype.kind != "f":
        return value
    return value * value.dtype.type(factor) if abs(factor) in (0.5, 1, 2) else value / value.dtype.type(1 / factor)
