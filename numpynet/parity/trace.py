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
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache, wraps
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np

import numpynet
from numpynet import names, tape
from numpynet.activations import ACTIVATIONS
from numpynet.definitions import RUNNING
from numpynet.dropout import make_mask
from numpynet.normalization import update_running
from numpynet.numbers import Numbers
from numpynet.optimizers import optimizer_step
from numpynet.parity.step import EVALUATED, Step
from numpynet.printable import printable
from numpynet.sandbox.child.rebinding import Rebinding
from numpynet.types import WIDER, Array, Layer, Parameters

REQUIRED = ("full_forward_propagation", "get_cost_value", "full_backward_propagation", "update")
SINGLE_LAYER_BACKWARD = "single_layer_backward_propagation"
TABLE_DEPTH = 3  # how deep a function may lie in a module's tables, such as {"relu": (relu, relu_backward)}
FORWARD = {activation.forward.__name__ for activation in ACTIVATIONS.values()}
BACKWARD = {activation.backward.__name__ for activation in ACTIVATIONS.values()}
THROUGH = {"normalized_backward"}  # not recorded itself, but what it calls
GRADIENTS = ("dD", "dN", "dA", "da", "grad", "upstream", "dout")  # how an argument begins that is dA
RECORDED = {SINGLE_LAYER_BACKWARD, "dropout_backward", "batch_norm_backward", *FORWARD, *BACKWARD}
OPTIONAL = ("N", "mask", "D")  # quantities of a layer with batch norm, or dropout


@dataclass
class Trace:
    """What one implementation computed in one step.

    `values` holds an array a name of `step.shapes()`. A name without a value is in `not_observed` where the
    implementation's style does not let it be seen; otherwise it is missing, and `problem` says why, if that is known.
    `arithmetic` says whose rounding it is judged by: see `exact.ARITHMETICS`. `somebodys`: of somebody's own functions.
    """

    maker: str
    step: Step
    values: dict[str, Array] = field(default_factory=dict)
    not_observed: tuple[str, ...] = ()
    problem: str | None = None
    notes: list[str] = field(default_factory=list)
    arithmetic: str = "numpy"
    somebodys: bool = False


class RaisedError(Exception):
    """What somebody's function raised, where that has been told in words already: in a process of its own."""


class ImplementationError(Exception):
    """A function of the traced implementation raised, or returned something unusable."""


def numpy_trace(step: Step, implementation: Any = numpynet) -> Trace:
    """The trace of `step` by `numpynet`, or by any module or object that has the tutorial's functions.

    AttributeError where a function is missing. What the functions raise ends the trace, and stands in `problem`.
    """
    trace = Trace(implementation_name(implementation), step, somebodys=implementation is not numpynet)
    recorder, loss = Recorder(implementation), loss_argument(step, implementation)
    trace.notes += getattr(implementation, "notes", ())
    try:
        with np.errstate(all="ignore"), recorder:
            _run(trace, recorder, loss)
    except ImplementationError as error:
        trace.problem = str(error)
        hidden = {"get_cost_value": ("A", "Z"), "update": ("A", "Z", "dA", "dZ")}.get(recorder.stage, ())
        unseen = [name for name in step.shapes() if name not in trace.values]
        trace.not_observed = tuple(name for name in unseen if names.kind(name) in hidden)
    else:  # a gradient or a weight is owed; the rest is a matter of style
        unseen = [name for name in step.shapes() if name not in trace.values]
        trace.not_observed = tuple(name for name in unseen if names.kind(name) in ("A", "Z", "dA", "dZ"))
    return trace


def trace_functions(functions: Any, step: Step, *, names: Mapping[str, str] | None = None) -> Trace:
    """The trace of `step` by any module or object whose functions do what the tutorial's do, under other names.

    `names` maps the tutorial's name to theirs: {"full_forward_propagation": "forward", "relu_backward": "d_relu"}; the
    four of `REQUIRED` must be there, the activations, their slopes and the layer's backward step say what dA and dZ
    were. AttributeError where one is missing.
    """
    given = dict(names or {})
    if unknown := [name for name in given if name not in {*REQUIRED, *RECORDED}]:
        raise ValueError(f"names has {unknown[0]!r}: expected some of {', '.join([*REQUIRED, *sorted(RECORDED)])}")
    for ours, theirs in given.items():
        if not callable(getattr(functions, theirs, None)):
            raise AttributeError(f"{implementation_name(functions)} has no function {theirs}, named for {ours}")
    return numpy_trace(step, _Renamed(functions, given))


class _Renamed:
    """An object's functions under the tutorial's names."""

    def __init__(self, functions: Any, given: Mapping[str, str]) -> None:
        self.__name__ = implementation_name(functions)
        self.renamed = {theirs: ours for ours, theirs in given.items()}
        for name in REQUIRED:
            if (found := getattr(functions, given.get(name, name), None)) is not None:
                setattr(self, name, found)


def tape_trace(step: Step) -> Trace:
    """The trace of `step` by reverse-mode automatic differentiation, which calls none of the hand-written gradients."""
    with np.errstate(all="ignore"):
        masks = {
            names.mask(i): make_mask(step.kept[names.mask(i)], layer["dropout"], step.dtype)
            for i, layer in enumerate(step.nn_architecture, start=1)
            if layer.get("dropout")
        }
        tensors = tape.network(step.X, step.Y, step.params_values, step.nn_architecture, step.loss, masks)
        tensors["cost"].backward()
        values = {"A0": step.X, **masks} | _remembered(step, tensors)
        if not step.is_tutorials:
            evaluated = tape.network(step.X, step.Y, step.params_values, step.nn_architecture, step.loss)
            values[EVALUATED] = evaluated[names.A(len(step.nn_architecture))].value
        if step.schedule is not None:
            values[names.after("lr")] = np.array(step.schedule.rate(step.epoch + 1))
        for name, tensor in tensors.items():
            assert tensor.grad is not None, f"the loss does not depend on {name}"
            if name in step.params_values:
                values[names.d(name)] = tensor.grad
                values |= tape.update(name, tensor, step.optimizer, step.state, step.t, step.hyper)
            else:
                values[name] = tensor.value
                # of the sum, as in the tutorial; the product would round in the working precision
                values[names.d(name)] = tensor.grad.astype(WIDER[step.dtype]) * step.X.shape[1]
    values = {name: values[name] for name in step.shapes()}
    return Trace("tape", step, values, arithmetic="tape")


def _remembered(step: Step, tensors: Mapping[str, tape.Tensor]) -> Parameters:
    """The running statistics after the step: no gradient flows through them, and autograd has no part in them."""
    found: Parameters = {}
    for i, layer in enumerate(step.nn_architecture, start=1):
        if layer.get("batch_norm"):
            for kind, rule in RUNNING.items():
                name, Z = names.make(kind, i), tensors[names.Z(i)].value.view(Numbers)
                found[names.after(name)] = np.asarray(rule(step.params_values[name].view(Numbers), Z))
    return found


def implementation_name(implementation: Any) -> str:
    """`numpynet`, or the name of the file, or of what else holds the functions."""
    if implementation is numpynet:
        return "numpynet"
    file = getattr(implementation, "__file__", None)
    return printable(Path(file).name if file else getattr(implementation, "__name__", type(implementation).__name__))


def functions_of(implementation: Any) -> dict[str, Callable[..., Any]]:
    """Its `REQUIRED` functions, by name; AttributeError where one is missing.

    Numpynet's own are those behind its door: what the door looks at is checked once, where the step is made.
    """
    missing = [name for name in REQUIRED if not callable(getattr(implementation, name, None))]
    if missing:
        raise AttributeError(f"{implementation_name(implementation)} has no function {', '.join(missing)}")
    found = {name: getattr(implementation, name) for name in REQUIRED}
    return {name: inspect.unwrap(one) for name, one in found.items()} if implementation is numpynet else found


def private_copy(step: Step) -> tuple[Array, Array, Parameters, list[Layer]]:
    """X, Y, parameters and architecture that an implementation may spoil without harm to the step."""
    params_values = {name: value.copy() for name, value in step.params_values.items()}
    nn_architecture = deepcopy(list(step.nn_architecture))
    for layer in nn_architecture:  # the published tutorial compares names by "is", which holds for interned ones
        layer["activation"] = sys.intern(layer["activation"])
    return step.X.copy(), step.Y.copy(), params_values, nn_architecture


def loss_argument(step: Step, implementation: Any) -> dict[str, str]:
    """The keyword that names a loss which the tutorial does not have. ValueError for somebody's own functions.

    Nor do they know an optimizer but gradient descent.
    """
    if not step.is_plain and implementation is not numpynet:
        given = ", ".join([step.optimizer, *(f"{name} {value}" for name, value in step.hyperparameters.items())])
        raise ValueError(f"optimizer {given}: the tutorial's functions know plain gradient descent only")
    if implementation is not numpynet and (step.schedule or not step.is_tutorials):
        raise ValueError("the tutorial's functions know neither dropout nor batch norm, and no schedule")
    if implementation is numpynet:
        return {} if step.loss == "bce" else {"loss": step.loss}
    known = getattr(implementation, "loss", "bce")
    if step.loss != known:
        theirs = "the tutorial's functions know" if known == "bce" else f"{implementation_name(implementation)} knows"
        raise ValueError(f"loss {step.loss!r}: {theirs} {known} only")
    return {}


@contextlib.contextmanager
def implementation_error(implementation: Any, what: str) -> Iterator[None]:
    """Turn whatever the implementation raises into an ImplementationError that names its file and line."""
    try:
        yield
    except (KeyboardInterrupt, ImplementationError):
        raise
    except BaseException as error:
        file = getattr(implementation, "__file__", None)
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
        place = f" ({Path(file).name}, line {lines[-1]})" if file and lines else ""
        raise ImplementationError(f"{what} raised {said(error)}{place}") from error


def said(error: BaseException) -> str:
    """'KeyError: 'W0'', whatever the error's own text does."""
    if isinstance(error, RaisedError):
        return str(error)
    try:
        text = str(error).strip()
    except KeyboardInterrupt:
        raise
    except BaseException:
        text = "an error that cannot be printed"
    return printable(f"{type(error).__name__}: {text}", 500)


def _run(trace: Trace, recorder: Recorder, loss: dict[str, str]) -> None:
    step, values = trace.step, trace.values
    X, Y, params_values, nn_architecture = private_copy(step)
    L = len(nn_architecture)

    has_options = not step.is_tutorials
    kept = {"kept": dict(step.kept)} if has_options else {}
    Y_hat, memory = recorder.call("full_forward_propagation", 2, X, params_values, nn_architecture, **kept)
    _store(values, names.A(L), Y_hat)
    cached = {
        name: deepcopy(memory[name])
        for name in step.shapes()
        if isinstance(memory, Mapping)
        and name in memory
        and names.kind(name) in ("A", "Z", *OPTIONAL)
        and name != names.A(L)
    }
    if has_options:
        Y_eval, _ = recorder.call("full_forward_propagation", 2, X, params_values, nn_architecture)
        _store(values, EVALUATED, Y_eval)
        values |= {name: value for name, value in cached.items() if names.kind(name) in OPTIONAL}
        with implementation_error(numpynet, "update_running"):
            update_running(params_values, memory, nn_architecture)
    forward = [call for call in recorder.take() if call.function in FORWARD][:L]

    try:
        (cost,) = recorder.call("get_cost_value", 1, Y_hat, Y, **loss)
    except ImplementationError:
        _store_forward(values, cached, forward, L, True)
        raise
    _store(values, "cost", cost)
    if np.shape(cost) != () and np.size(cost) == 1:
        values["cost"] = values["cost"].reshape(())
        trace.notes.append(f"cost has shape {np.shape(cost)}; the tutorial squeezes it to a scalar")
    recorder.take()

    ended = False
    try:
        (grads_values,) = recorder.call(
            "full_backward_propagation", 1, Y_hat, Y, memory, params_values, nn_architecture, **loss
        )
        ended = True
    finally:
        _store_forward(values, cached, forward, L, ended)
        _store_backward(values, recorder.take(), nn_architecture, ended)
    if not isinstance(grads_values, Mapping):
        raise ImplementationError(f"full_backward_propagation returned {type(grads_values).__name__}, not a dict")
    for name in filter(names.is_learned, params_values):
        _store(values, names.d(name), grads_values.get(names.d(name)))

    if step.schedule is not None:
        values[names.after("lr")] = np.array(step.schedule.rate(step.epoch + 1))
    if not step.is_plain:  # numpynet's own: see `loss_argument`
        state = {name: value.copy() for name, value in step.state.items()}
        optimizer_step(params_values, grads_values, state, step.t, step.optimizer, **step.hyper)
        values |= {names.after(name): value for name, value in (params_values | state).items()}
        return
    (after,) = recorder.call("update", 1, params_values, grads_values, nn_architecture, step.learning_rate)
    if not isinstance(after, Mapping):
        raise ImplementationError(f"update returned {type(after).__name__}, not params_values")
    for name in step.params_values:
        _store(values, names.after(name), after.get(name))


def _store_forward(
    values: dict[str, Array], cached: dict[str, Any], calls: list[Call], L: int, backward_ended: bool
) -> None:
    """What backward uses, from `memory`; what the activations saw where it is kept there under other names."""
    for kind, first in (("A", 0), ("Z", 1)):
        wanted = [names.make(kind, layer_idx) for layer_idx in range(first, first + L)]
        if all(name in cached for name in wanted) or not backward_ended:
            for name in wanted:
                _store(values, name, cached.get(name))
    if len(calls) == L:
        for layer_idx, call in enumerate(calls, start=1):
            _observe(values, names.Z(layer_idx), call.argument)
            _observe(values, names.A(layer_idx), call.result)


def _store_backward(values: dict[str, Array], calls: list[Call], nn_architecture: Sequence[Layer], ended: bool) -> None:
    """Backward runs from layer L down: the first call of each kind belongs to L, the next to L − 1, ….

    Fewer calls than layers, in a pass that came to its end, leave open which layers they belong to. A layer with batch
    norm is one whose activation takes N, and then one without an activation: its slope and its argument say nothing.
    """
    layers = list(enumerate(nn_architecture, start=1))[::-1]
    normed = {i for i, layer in layers if layer.get("batch_norm")}
    slopes = [(names.dA(i), names.d(names.N(i) if i in normed else names.Z(i))) for i, _ in layers]
    wanted = {
        SINGLE_LAYER_BACKWARD: [("" if i in normed else names.dA(i), "") for i, _ in layers],
        "slope": [
            pair for (i, _), own in zip(layers, slopes, strict=True) for pair in [own, *[("", "")] * (i in normed)]
        ],
        "dropout_backward": [(names.d(names.D(i)), names.dA(i)) for i, layer in layers if layer.get("dropout")],
        "batch_norm_backward": [(names.d(names.N(i)), names.dZ(i)) for i, _ in layers if i in normed],
    }
    made: dict[str, list[Call]] = {kind: [] for kind in wanted}
    for call in calls:
        kind = "slope" if call.function in BACKWARD else call.function
        if kind in made:  # a slope may be taken from f itself
            made[kind].append(call)
    for kind, places in wanted.items():
        if len(made[kind]) == len(places) or not ended:
            for call, (argument, result) in zip(made[kind], places, strict=False):
                returned = call.result[0] if kind == "batch_norm_backward" and call.result else call.result
                _observe(values, argument, call.argument)
                _observe(values, result, returned)


def _store(values: dict[str, Array], name: str, value: Any) -> None:
    """Keep a copy of `value` if it is an array of numbers."""
    try:
        array = np.array(value)
    except (ValueError, TypeError):  # ragged lists
        return
    if array.dtype.kind in "fiub":
        values[name] = array


def _observe(values: dict[str, Array], name: str, value: Any) -> None:
    """Keep what was seen on the way, unless it is known better already or is no array at all."""
    if name and name not in values and isinstance(value, np.ndarray):
        _store(values, name, value)


@dataclass
class Call:
    """One call of a recorded function: dA going backward, or Z going forward, and what it returned, if it did."""

    function: str
    argument: Any
    result: Any = None


_signature = cache(inspect.signature)


class Recorder:
    """An implementation's functions, while the `RECORDED` ones note their calls wherever its code finds them.

    `with Recorder(implementation) as recorder`; after it everything is as it was. What a closure hides is not observed.
    """

    def __init__(self, implementation: Any) -> None:
        self._implementation, self._functions = implementation, functions_of(implementation)
        self.calls: list[Call] = []
        self._ours = getattr(implementation, "renamed", {})  # what is ours by their names
        self.stage = ""  # the function that is at work
        self._notes_itself = hasattr(implementation, "watching")  # in a process of its own
        self._rebinding = Rebinding([], tables=lambda value: isinstance(value, (list, dict, tuple)))

    def __enter__(self) -> Recorder:
        spaces: list[dict[str, Any]] = []
        left: list[Any] = list(self._functions.values())
        seen: dict[int, FunctionType] = {}
        while left:
            for space in _namespace_of(left.pop()):
                if not any(space is known for known in spaces):
                    spaces.append(space)
                    found = {id(one): one for one in _recorded_in(space, {*RECORDED, *THROUGH, *self._ours})}
                    left += found.values()
                    seen |= found
        self._rebinding.replaced = {
            key: (found, self._recorded(found))
            for key, found in seen.items()
            if self._ours.get(found.__name__, found.__name__) in RECORDED
        }
        for space in spaces:
            self._rebinding.namespace(space)
        if self._notes_itself:
            self._implementation.watching = True
        return self

    def __exit__(self, *_: object) -> None:
        self._rebinding.restore()
        if self._notes_itself:
            self._implementation.watching = False

    def call(self, name: str, results: int, *arguments: Any, **keywords: Any) -> tuple[Any, ...]:
        """Call the function; ImplementationError where it raises or does not return that many results."""
        self.stage = name
        with implementation_error(self._implementation, name):
            returned = self._functions[name](*arguments, **keywords)
        if results == 1:
            return (returned,)
        if not isinstance(returned, (tuple, list)) or len(returned) != results:
            what = f"{len(returned)} values" if isinstance(returned, (tuple, list)) else type(returned).__name__
            raise ImplementationError(f"{name} returned {what}, not {results} values")
        return tuple(returned)

    def take(self) -> list[Call]:
        """The calls since the last `take`."""
        calls, self.calls[:] = list(self.calls), []
        return self._implementation.take() if self._notes_itself else calls

    def _recorded(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function; each call of it is noted first: dA going backward, Z going forward, and what it returned."""
        name = self._ours.get(function.__name__, function.__name__)
        signature, backward = _signature(function), name not in FORWARD
        parameters = [one for one in signature.parameters if one not in ("self", "cls")]
        gradients = [one for one in parameters if one.startswith(GRADIENTS)]
        if not parameters or (backward and (len(parameters) < 2 or not gradients)):
            return function  # f′(Z) alone, or which of the arguments is dA is not known: nothing is to be seen
        chosen = gradients[0] if backward else parameters[0]

        @wraps(function)
        def recorder(*args: Any, **kwargs: Any) -> Any:
            try:
                argument = deepcopy(signature.bind(*args, **kwargs).arguments.get(chosen))
            except TypeError:  # wrong arguments: the call itself says so
                argument = None
            call = Call(name, argument)
            self.calls.append(call)
            result = function(*args, **kwargs)
            call.result = deepcopy(result)
            return result

        return recorder


def _namespace_of(function: Any) -> list[dict[str, Any]]:
    """The names that a function's code finds, if it is one written in Python."""
    found = getattr(inspect.unwrap(function), "__func__", inspect.unwrap(function))
    return [found.__globals__] if isinstance(found, FunctionType) else []


def _recorded_in(value: Any, wanted: set[str], depth: int = 0) -> Iterator[FunctionType]:
    """The functions to be recorded in a namespace, its tables and its classes, and those that lead to others."""
    if isinstance(value, (staticmethod, classmethod)):
        value = value.__func__
    if isinstance(value, FunctionType):
        if value.__name__ in wanted:
            yield value
    elif isinstance(value, type) and depth == 1:
        for held in vars(value).values():
            yield from _recorded_in(held, wanted, TABLE_DEPTH)
    elif depth < TABLE_DEPTH and isinstance(value, (dict, list, tuple)):
        for item in list(value.values()) if isinstance(value, dict) else value:
            yield from _recorded_in(item, wanted, depth + 1)
