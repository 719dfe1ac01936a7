"""Exact probes: what random data never shows. Integer and dyadic numbers, whose arithmetic is exact in any order, make
the tolerance 0; where a probe needs exp or log, the derived bound of that one operation judges.

Each probe runs one function of an implementation on chosen inputs and raises `ProbeError` where the answer is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

import numpynet
from numpynet.parity.compare import Judged, _Side
from numpynet.parity.step import Step
from numpynet.parity.trace import Trace, numpy_trace, said
from numpynet.parity.walk import walk
from numpynet.types import Array, Layer, Parameters

# widths that differ from each other and from every m below; one square layer
PROBED: list[Layer] = [
    {"input_dim": 3, "output_dim": 4, "activation": "relu"},
    {"input_dim": 4, "output_dim": 4, "activation": "relu"},
    {"input_dim": 4, "output_dim": 2, "activation": "relu"},
    {"input_dim": 2, "output_dim": 1, "activation": "sigmoid"},
]
HALF = 0.5
ABOVE_HALF = float(np.nextafter(0.5, 1))


class ProbeError(Exception):
    """A function gave a wrong answer; the message says which, where and what was expected."""


@dataclass(frozen=True)
class Finding:
    """The outcome of one probe of one function: `problem` is None where it passed."""

    function: str
    probe: str
    problem: str | None


def judge_alone(trace: Trace) -> dict[str, Judged]:
    """One implementation's operations, each on its own inputs, by name; what was not observed is left out."""
    side = _Side(trace.maker, trace)
    side.judge(walk(trace.step, side.rounding, sides=side.own), 0)
    return side.local


def probe(implementation: Any = numpynet) -> list[Finding]:
    """Run every probe whose function the implementation, a module or any object, has under the tutorial's name."""
    findings = []
    for function, run in PROBES:
        if callable(getattr(implementation, function, None)):
            problem = None
            try:
                with np.errstate(all="ignore"):
                    run(implementation)
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                problem = str(error) if isinstance(error, ProbeError) else f"{function} raised {said(error)}"
            findings.append(Finding(function, (run.__doc__ or "").rstrip("."), problem))
    return findings


def dyadic(shape: tuple[int, ...], seed: int, scale: float = 0.25) -> Array:
    """Small multiples of `scale`, zeros among them."""
    return np.random.default_rng(seed).integers(-6, 7, shape) * scale


def dyadic_parameters(seed: int = 0) -> Parameters:
    """Weights of `PROBED` in quarters, and biases that make some Z exactly 0."""
    parameters = {}
    for layer_idx, layer in enumerate(PROBED, start=1):
        n_out, n_in = layer["output_dim"], layer["input_dim"]
        parameters[f"W{layer_idx}"] = dyadic((n_out, n_in), seed + layer_idx)
        parameters[f"b{layer_idx}"] = dyadic((n_out, 1), seed + 10 * layer_idx)
    return parameters


def call(implementation: Any, function: str, *arguments: Any) -> Any:
    """The function's answer; ProbeError if it changed one of its arguments."""
    before = deepcopy(arguments)
    answer = getattr(implementation, function)(*arguments)
    for number, (then, now) in enumerate(zip(before, arguments, strict=True), start=1):
        for name, (old, new) in _arrays(then, now):
            if np.shape(old) != np.shape(new) or not np.array_equal(old, new, equal_nan=True):
                raise ProbeError(f"{function} changes its argument {number}{name}: it may only read it")
    return answer


def _arrays(then: Any, now: Any) -> Iterator[tuple[str, tuple[Any, Any]]]:
    if isinstance(then, np.ndarray):
        yield "", (then, now)
    elif isinstance(then, dict):
        for key, value in then.items():
            if isinstance(value, np.ndarray):
                yield f" ({key})", (value, now.get(key))


def equal(place: str, answer: Any, expected: Any) -> None:
    """ProbeError unless the answer has the shape, the floating dtype and every value of what is expected."""
    expected = np.asarray(expected)
    if np.shape(answer) != expected.shape:
        raise ProbeError(f"{place} has shape {np.shape(answer)}, expected {expected.shape}")
    answer = np.asarray(answer)
    if expected.ndim and answer.dtype != expected.dtype:
        raise ProbeError(f"{place} has dtype {answer.dtype}, expected {expected.dtype}")
    same: Array = (answer == expected) | (np.isnan(answer) & np.isnan(expected))
    wrong = np.argwhere(~same)
    if len(wrong):
        index = tuple(map(int, wrong[0]))
        where = f"[{', '.join(map(str, index))}]" if index else ""
        raise ProbeError(f"{place}{where} is {answer[index]!r}, expected exactly {expected[index]!r}")


def initial_weights(implementation: Any) -> None:
    """The numbers of the legacy stream, in the tutorial's order, by default from seed 99."""
    for arguments, seed in (((PROBED,), 99), ((PROBED, 5), 5)):
        stream = np.random.RandomState(seed)
        parameters = call(implementation, "init_layers", *arguments)
        for layer_idx, layer in enumerate(PROBED, start=1):
            for name, columns in ((f"W{layer_idx}", layer["input_dim"]), (f"b{layer_idx}", 1)):
                if name not in parameters:
                    raise ProbeError(f"{name} is missing; there is {', '.join(map(str, parameters))}")
                equal(name, parameters[name], stream.randn(layer["output_dim"], columns) * 0.1)
        if len(parameters) != 2 * len(PROBED):
            raise ProbeError(f"there are {len(parameters)} arrays, expected {2 * len(PROBED)}")


def relu_values(implementation: Any) -> None:
    """max(0, Z), exactly, for Z around 0, beyond 6, infinite and NaN."""
    for dtype in (np.float64, np.float32):
        Z = np.array([[-8, -0.25, -1e-7, -0.0, 0, 1e-7], [0.5, 6.5, 1024, np.inf, -np.inf, np.nan]], dtype)
        equal("relu(Z)", call(implementation, "relu", Z), np.maximum(Z, dtype(0)))


def relu_gradient(implementation: Any) -> None:
    """dA where Z > 0, else 0, exactly; 0 at Z = 0, whatever the sign of dA."""
    for dtype in (np.float64, np.float32):
        Z = np.array([[-2, -1e-7, -0.0, 0, 1e-7, 1e-6, 3]] * 2, dtype)
        dA = np.array([[3, 3, 3, 3, 3, 3, 3], [-5, -5, -5, -5, -5, -5, -5]], dtype)
        equal(
            "relu_backward(dA, Z)",
            call(implementation, "relu_backward", dA, Z),
            np.where(np.greater(Z, 0), dA, dtype(0)),
        )


def sigmoid_values(implementation: Any) -> None:
    """Exactly 0.5 at 0, 1 and 0 far out, NaN for NaN; between, within its bound also where it is tiny."""
    Z = np.array([[0.0, -0.0, 800, -800, np.nan]])
    equal("sigmoid(Z)", call(implementation, "sigmoid", Z), [[0.5, 0.5, 1, 0, np.nan]])
    Z = np.array([[-36.0, -25, -12, -3, -0.5, 0.5, 3, 12, 25, 36]])
    judge("sigmoid(Z)", call(implementation, "sigmoid", Z), 1 / (1 + np.exp(-Z)), 8)


def sigmoid_gradient(implementation: Any) -> None:
    """Exactly dA/4 at 0, nearly 0 far out; between, within its bound also where it is tiny."""
    dA = np.array([[4.0, -8, 1024]])
    equal("sigmoid_backward(dA, 0)", call(implementation, "sigmoid_backward", dA, 0 * dA), dA / 4)
    Z = np.array([[-36.0, -25, -12, -3, -0.5, 0.5, 3, 7, 12]])
    s, rest = 1 / (1 + np.exp(-Z)), 1 / (1 + np.exp(Z))
    judge("sigmoid_backward(1, Z)", call(implementation, "sigmoid_backward", np.ones_like(Z), Z), s * rest, 12 / rest)


def judge(place: str, answer: Any, expected: Array, units: Any) -> None:
    """ProbeError unless every element is within `units` roundoffs, relatively."""
    if np.shape(answer) != expected.shape:
        raise ProbeError(f"{place} has shape {np.shape(answer)}, expected {expected.shape}")
    error, allowed = (
        np.abs(np.asarray(answer) - expected),
        np.broadcast_to(units * 2.0**-53 * np.abs(expected), expected.shape),
    )
    wrong = np.argwhere(~(error <= allowed))
    if len(wrong):
        index = tuple(map(int, wrong[0]))
        raise ProbeError(
            f"{place}[{', '.join(map(str, index))}] is {np.asarray(answer)[index]!r}, expected {expected[index]!r}, "
            f"error {error[index]:.3g}, allowed {allowed[index]:.3g}"
        )


def one_layer_forward(implementation: Any) -> None:
    """W A + b, exactly, for m unequal to every width, m equal to one, and m = 1; an unknown activation is refused."""
    for m in (7, 4, 1):
        A, W, b = dyadic((3, m), 1), dyadic((4, 3), 2), dyadic((4, 1), 3)
        Z = W @ A + b
        answer = call(implementation, "single_layer_forward_propagation", A, W, b, "relu")
        equal("A", answer[0], np.maximum(Z, 0))
        equal("Z", answer[1], Z)
    try:
        implementation.single_layer_forward_propagation(A, W, b, "no such activation")
    except Exception:
        return
    raise ProbeError("an unknown activation is accepted: it must raise, or a typo trains a different network")


def one_layer_backward(implementation: Any) -> None:
    """dW = dZ Aᵀ/m, db = Σ dZ/m, dA_prev = Wᵀ dZ, exactly, with Z = 0 among them and dZ beyond 1."""
    for m in (8, 4, 1):
        A, W, b, dA = dyadic((3, m), 4), dyadic((4, 3), 5), dyadic((4, 1), 6), dyadic((4, m), 7, scale=1.0)
        Z = W @ A + b
        Z[:, 0] = 0
        dZ = dA * (Z > 0)
        answer = call(implementation, "single_layer_backward_propagation", dA, W, b, Z, A, "relu")
        for name, got, expected in zip(
            ("dA_prev", "dW", "db"), answer, (W.T @ dZ, dZ @ A.T / m, dZ.sum(axis=1, keepdims=True) / m), strict=True
        ):
            equal(name, got, expected)


def all_layers_forward(implementation: Any) -> None:
    """Every A and Z of an integer network, exactly, and A0 is X itself."""
    for m in (7, 4, 1):
        X, parameters = dyadic((3, m), 8), dyadic_parameters()
        Y_hat, memory = call(implementation, "full_forward_propagation", X, parameters, deepcopy(PROBED))
        A = X
        for layer_idx in range(1, len(PROBED) + 1):
            if f"A{layer_idx - 1}" in memory:
                equal(f"A{layer_idx - 1}", memory[f"A{layer_idx - 1}"], A)
            Z = parameters[f"W{layer_idx}"] @ A + parameters[f"b{layer_idx}"]
            if f"Z{layer_idx}" in memory:
                equal(f"Z{layer_idx}", memory[f"Z{layer_idx}"], Z)
            A = np.maximum(Z, 0)
        judge("Y_hat", Y_hat, 1 / (1 + np.exp(-Z)), 8)


def all_layers_backward(implementation: Any) -> None:
    """Each operation of a step on its own inputs: small m, m = 1, Z = 0, large A and dZ, p near 0 and 1."""
    special = (("small", 0.25, 5), ("one example", 0.25, 1), ("large", 1.5, 7), ("wide", 3.0, 6))
    for name, scale, m in special:
        parameters = {key: value * (scale / 0.25) for key, value in dyadic_parameters(seed=3).items()}
        parameters["b1"][0] = 2.0**-21  # 0 < Z ≤ 1e-6 where x = 0
        X = dyadic((3, m), 9, scale=0.5)
        X[:, 0] = 0
        Y = (np.arange(m) % 2)[np.newaxis]
        for last in (1.0, 2.0**-4):
            weakened = {key: value * (last if key.endswith("4") else 1) for key, value in parameters.items()}
            step = Step(X, Y, weakened, PROBED, learning_rate=0.5)
            trace = numpy_trace(step, implementation)
            if trace.problem:
                raise ProbeError(trace.problem)
            for tensor, judged in judge_alone(trace).items():
                if judged.fails and tensor[0] == "d":
                    raise ProbeError(
                        f"{name} network: {tensor}{list(judged.index)} is {judged.value!r}, expected {judged.exact!r} "
                        f"from its own inputs, allowed error {judged.allowed:.3g}"
                    )


def cost_values(implementation: Any) -> None:
    """log 2 at p = 0.5; a NaN among the predictions makes the cost NaN."""
    Y = np.array([[1.0, 0, 1, 0]])
    cost = np.squeeze(call(implementation, "get_cost_value", np.full((1, 4), HALF), Y))
    judge("cost", cost, np.asarray(np.log(2)), 8)
    broken = call(implementation, "get_cost_value", np.array([[0.5, np.nan, 0.5, 0.5]]), Y)
    if not np.isnan(broken).all():
        raise ProbeError(
            f"the cost of a prediction that is NaN is {broken!r}, expected nan: a broken prediction is hidden"
        )


def classes(implementation: Any) -> None:
    """1 above 0.5, 0 at 0.5 and below, in a new array."""
    probs = np.array([[0, 0.25, HALF, ABOVE_HALF, 0.75, 1]])
    equal("classes", call(implementation, "convert_prob_into_class", probs), [[0.0, 0, 0, 1, 1, 1]])


def accuracies(implementation: Any) -> None:
    """The share of columns that are right, exactly, for one output and for several."""
    one = np.array([[0.75, 0.25, HALF, ABOVE_HALF, 0.9, 0.1, 0.2, 1]]), np.array([[1, 0, 1, 1, 0, 1, 0, 1.0]])
    equal("accuracy", float(call(implementation, "get_accuracy_value", *one)), 0.625)
    two = np.array([[0.9, 0.2, 0.7, 0.4], [0.1, 0.3, 0.8, 0.6]]), np.array([[1.0, 0, 1, 1], [0, 1, 1, 1]])
    equal("accuracy", float(call(implementation, "get_accuracy_value", *two)), 0.5)


def updated_weights(implementation: Any) -> None:
    """θ − α dθ, exactly, for several α; every layer, and the gradients left alone."""
    for alpha in (0.5, 0.125, 2.0):
        parameters = dyadic_parameters(seed=20)
        gradients = {f"d{name}": dyadic(value.shape, 21) for name, value in parameters.items()}
        kept = deepcopy(gradients)
        answer = implementation.update(deepcopy(parameters), gradients, deepcopy(PROBED), alpha)
        for name, value in parameters.items():
            equal(f"{name} after the step", answer[name], value - alpha * kept[f"d{name}"])
            equal(f"d{name} after the step", gradients[f"d{name}"], kept[f"d{name}"])


def training(implementation: Any) -> None:
    """What a loop over the implementation's own parts gives after 5 epochs, from `init_layers(nn_architecture, 2)`."""
    X, Y = dyadic((3, 8), 30), (np.arange(8) % 3 == 0)[np.newaxis].astype(float)
    alpha = 2.0**-6  # so slow that a loop which stops early for want of progress does
    expected = implementation.init_layers(deepcopy(PROBED), 2)
    for _ in range(5):
        Y_hat, memory = implementation.full_forward_propagation(X, expected, deepcopy(PROBED))
        gradients = implementation.full_backward_propagation(Y_hat, Y, memory, expected, deepcopy(PROBED))
        expected = implementation.update(expected, gradients, deepcopy(PROBED), alpha)
    answer = call(implementation, "train", X, Y, deepcopy(PROBED), 5, alpha, False)
    answer = next((item for item in answer if isinstance(item, dict)), answer) if isinstance(answer, tuple) else answer
    exact = implementation is numpynet
    for name, value in expected.items():
        apart = np.abs(np.asarray(answer[name]) - value).max()
        if not apart <= (0 if exact else 1e-12):  # others may inline their layers, and round otherwise
            raise ProbeError(f"{name} after 5 epochs is {apart:.3g} off what 5 steps of its own functions give")


def generator_of_steps(implementation: Any) -> None:
    """`train` and `training_steps` agree bit for bit."""
    X, Y = dyadic((3, 8), 30), (np.arange(8) % 3 == 0)[np.newaxis].astype(float)
    *_, last = islice(implementation.training_steps(X, Y, PROBED, 5, 0.5), 5)
    for name, value in implementation.train(X, Y, PROBED, 5, 0.5, False).items():
        equal(name, last.params_values[name], value)


PROBES: list[tuple[str, Callable[[Any], None]]] = [
    ("init_layers", initial_weights),
    ("sigmoid", sigmoid_values),
    ("relu", relu_values),
    ("sigmoid_backward", sigmoid_gradient),
    ("relu_backward", relu_gradient),
    ("single_layer_forward_propagation", one_layer_forward),
    ("full_forward_propagation", all_layers_forward),
    ("get_cost_value", cost_values),
    ("convert_prob_into_class", classes),
    ("get_accuracy_value", accuracies),
    ("single_layer_backward_propagation", one_layer_backward),
    ("full_backward_propagation", all_layers_backward),
    ("update", updated_weights),
    ("train", training),
    ("training_steps", generator_of_steps),
]
