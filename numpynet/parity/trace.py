"""The trace of a training step: every number it computes, by name, in order; from any module with the tutorial's names.

dZ and dA_L are never returned by the tutorial's functions. So the module's own functions run, in a copy of their
namespace in which activations and `single_layer_backward_propagation` note down what goes in and out. The module
itself is not touched.
"""

from __future__ import annotations

import contextlib
import inspect
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from copy import copy, deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np

import numpynet
from numpynet.activations import ACTIVATIONS
from numpynet.parity.step import Step
from numpynet.types import Array, Layer, Parameters

REQUIRED = ("full_forward_propagation", "get_cost_value", "full_backward_propagation", "update")
SINGLE_LAYER_BACKWARD = "single_layer_backward_propagation"
TABLE_DEPTH = 3  # how deep a function may lie in a module's tables, such as {"relu": (relu, relu_backward)}
RECORDED = {SINGLE_LAYER_BACKWARD, *ACTIVATIONS, *(f"{name}_backward" for name in ACTIVATIONS)}


@dataclass
class Trace:
    """What one implementation computed in one step.

    `values` holds an array a name of `step.shapes()`. A name without a value is in `not_observed` where the
    implementation's style does not let it be seen; otherwise it is missing, and `problem` says why, if that is known.
    """

    maker: str
    step: Step
    values: dict[str, Array] = field(default_factory=dict)
    not_observed: tuple[str, ...] = ()
    problem: str | None = None
    notes: list[str] = field(default_factory=list)
    torch: bool = False


class ImplementationError(Exception):
    """A function of the traced implementation raised, or returned something unusable."""


def numpy_trace(step: Step, implementation: Any = numpynet) -> Trace:
    """The trace of `step` by `numpynet`, or by any module or object that has the tutorial's functions.

    AttributeError where a function is missing. What the functions raise ends the trace, and stands in `problem`.
    """
    trace = Trace(maker=implementation_name(implementation), step=step)
    recorder = Recorder(implementation)
    try:
        with np.errstate(all="ignore"):
            _run(trace, recorder)
    except ImplementationError as error:
        trace.problem = str(error)
    else:  # a gradient or a weight is owed; the rest is a matter of style
        unseen = [name for name in step.shapes() if name not in trace.values]
        trace.not_observed = tuple(name for name in unseen if name.startswith(("A", "Z", "dA", "dZ")))
    return trace


def implementation_name(implementation: Any) -> str:
    """`numpynet`, or the file's name."""
    file = getattr(implementation, "__file__", None)
    return "numpynet" if implementation is numpynet or file is None else Path(file).name


def private_copy(step: Step) -> tuple[Array, Array, Parameters, list[Layer]]:
    """X, Y, parameters and architecture that an implementation may spoil without harm to the step."""
    params_values = {name: value.copy() for name, value in step.params_values.items()}
    nn_architecture = deepcopy(list(step.nn_architecture))
    for layer in nn_architecture:  # the published tutorial compares names by "is", which holds for interned ones
        layer["activation"] = sys.intern(layer["activation"])
    return step.X.copy(), step.Y.copy(), params_values, nn_architecture


@contextlib.contextmanager
def implementation_error(implementation: Any, what: str) -> Iterator[None]:
    """Turn whatever the implementation raises into an ImplementationError that names its file and line."""
    try:
        yield
    except (Exception, SystemExit) as error:
        file = getattr(implementation, "__file__", None)
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
        place = f" ({Path(file).name}, line {lines[-1]})" if file and lines else ""
        raise ImplementationError(f"{what} raised {type(error).__name__}: {str(error).strip()}{place}") from error


def _run(trace: Trace, recorder: Recorder) -> None:
    step, values = trace.step, trace.values
    X, Y, params_values, nn_architecture = private_copy(step)
    L = len(nn_architecture)

    Y_hat, memory = recorder.call("full_forward_propagation", 2, X, params_values, nn_architecture)
    _store(values, f"A{L}", Y_hat)
    forward = [call for call in recorder.take() if call.function in ACTIVATIONS]
    if len(forward) == L:
        for layer_idx, call in enumerate(forward, start=1):
            _store(values, f"Z{layer_idx}", call.argument)
            _store(values, f"A{layer_idx}", call.result)
    if isinstance(memory, dict):  # what backward will use goes before what was seen on the way
        for name in (*(f"A{i}" for i in range(L)), *(f"Z{i}" for i in range(1, L + 1))):
            _store(values, name, memory.get(name))

    (cost,) = recorder.call("get_cost_value", 1, Y_hat, Y)
    _store(values, "cost", cost)
    if np.shape(cost) != () and np.size(cost) == 1:
        values["cost"] = values["cost"].reshape(())
        trace.notes.append(f"cost has shape {np.shape(cost)}; the tutorial squeezes it to a scalar")
    recorder.take()

    try:
        (grads_values,) = recorder.call(
            "full_backward_propagation", 1, Y_hat, Y, memory, params_values, nn_architecture
        )
    finally:
        for call, layer_idx in _by_layer(recorder.take(), L):
            _store(values, f"dA{layer_idx}", call.argument)
            if call.function != SINGLE_LAYER_BACKWARD:
                _store(values, f"dZ{layer_idx}", call.result)
    if not isinstance(grads_values, dict):
        raise ImplementationError(f"full_backward_propagation returned {type(grads_values).__name__}, not a dict")
    for layer_idx in range(1, L + 1):
        for name in (f"dW{layer_idx}", f"db{layer_idx}"):
            _store(values, name, grads_values.get(name))

    (after,) = recorder.call("update", 1, params_values, grads_values, nn_architecture, step.learning_rate)
    if not isinstance(after, dict):
        raise ImplementationError(f"update returned {type(after).__name__}, not params_values")
    for name in step.params_values:
        _store(values, f"{name}'", after.get(name))


def _by_layer(calls: list[Call], L: int) -> Iterable[tuple[Call, int]]:
    """Backward runs from layer L down: the first call of each kind belongs to L, the next to L − 1, …."""
    for group in (
        [call for call in calls if call.function.endswith("_backward")],
        [call for call in calls if call.function == SINGLE_LAYER_BACKWARD],
    ):
        if len(group) <= L:
            yield from zip(group, range(L, 0, -1), strict=False)


def _store(values: dict[str, Array], name: str, value: Any) -> None:
    """Keep a copy of `value` if it is an array of numbers."""
    try:
        array = np.array(value)
    except (ValueError, TypeError):  # ragged lists
        return
    if array.dtype.kind in "fiub":
        values[name] = array


@dataclass
class Call:
    """One call of a recorded function: its first argument (dA, or Z going forward) and what it returned, if it did."""

    function: str
    argument: Any
    result: Any = None


class Recorder:
    """An implementation's functions over a copy of their namespace, where the `RECORDED` ones keep a list of calls.

    What a decorator or a class hides keeps its old namespace: it runs as ever and is not observed.
    """

    def __init__(self, implementation: Any) -> None:
        self._implementation = implementation
        self.calls: list[Call] = []
        self._namespaces: dict[int, dict[str, Any]] = {}
        missing = [name for name in REQUIRED if not callable(getattr(implementation, name, None))]
        if missing:
            raise AttributeError(f"{implementation_name(implementation)} has no function {', '.join(missing)}")
        self._functions = {name: self._rebound(getattr(implementation, name)) for name in REQUIRED}

    def call(self, name: str, results: int, *arguments: Any) -> tuple[Any, ...]:
        """Call the function; ImplementationError where it raises or does not return that many results."""
        with implementation_error(self._implementation, name):
            returned = self._functions[name](*arguments)
        if results == 1:
            return (returned,)
        if not isinstance(returned, (tuple, list)) or len(returned) != results:
            what = f"{len(returned)} values" if isinstance(returned, (tuple, list)) else type(returned).__name__
            raise ImplementationError(f"{name} returned {what}, not {results} values")
        return tuple(returned)

    def take(self) -> list[Call]:
        """The calls since the last `take`."""
        calls, self.calls[:] = list(self.calls), []
        return calls

    def _rebound(self, function: Any) -> Any:
        """The function over its copied namespace, recorded if its name says so."""
        if not isinstance(function, FunctionType):
            return function
        code, name = function.__code__, function.__name__
        twin = FunctionType(code, self._namespace(function), name, function.__defaults__, function.__closure__)
        twin.__kwdefaults__ = function.__kwdefaults__
        return self._recorded(twin) if name in RECORDED else twin

    def _namespace(self, function: FunctionType) -> dict[str, Any]:
        original = function.__globals__
        if id(original) not in self._namespaces:
            twin = self._namespaces[id(original)] = dict(original)
            for name, value in original.items():
                twin[name] = self._replaced(value, original)
        return self._namespaces[id(original)]

    def _replaced(self, value: Any, namespace: dict[str, Any], depth: int = 0) -> Any:
        """Functions of this namespace rebound, and recorded ones wherever they come from; also inside tables."""
        if isinstance(value, FunctionType):
            ours = value.__globals__ is namespace or value.__name__ in RECORDED
            return self._rebound(value) if ours else value
        if depth == TABLE_DEPTH or not isinstance(value, (dict, list, tuple)):
            return value
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        items = [self._replaced(value[key], namespace, depth + 1) for key in keys]
        if all(item is value[key] for key, item in zip(keys, items, strict=True)):
            return value
        if isinstance(value, tuple):
            return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
        table = copy(value)
        for key, item in zip(keys, items, strict=True):
            table[key] = item
        return table

    def _recorded(self, function: Callable[..., Any]) -> Callable[..., Any]:
        names = list(inspect.signature(function).parameters)

        def recorder(*args: Any, **kwargs: Any) -> Any:
            first = args[0] if args else kwargs.get(names[0] if names else "")
            call = Call(function.__name__, deepcopy(first))
            self.calls.append(call)
            result = function(*args, **kwargs)
            call.result = deepcopy(result)
            return result

        return recorder
