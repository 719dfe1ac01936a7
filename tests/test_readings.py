"""The readings: what each predicts is recognised when a file returns it, and right numbers are no mistake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from numpynet.activations import ACTIVATIONS, softmax
from numpynet.check.cases import Case, Maker
from numpynet.check.contract import CONTRACT
from numpynet.check.diagnosis import explain
from numpynet.check.matching import explains, reading_of
from numpynet.check.readings import READINGS, Reading
from numpynet.check.result import Observation
from numpynet.losses import LOSSES, log_softmax
from numpynet.network import full_backward_propagation, full_forward_propagation
from numpynet.optimizers import OPTIMIZERS, initial_state, optimizer_step
from numpynet.parity.exact import Bounded
from numpynet.types import Array, Layer

MAKER = Maker(np.dtype(np.float64), 1)
SHAPES = [(3, 4, 7), (4, 3, 5), (5, 5, 6), (2, 6, 4)]  # n_out, n_in, m
STREAM = np.random.default_rng(5)


def case(arguments: Mapping[str, Any], expected: Mapping[str, Any]) -> Case:
    bounded = {
        name: Bounded(np.asarray(value, float), 1e-13 * (np.abs(value) + 0.1)) for name, value in expected.items()
    }
    return Case("a case", arguments, bounded)


def normal(*shape: int) -> Array:
    return STREAM.standard_normal(shape)


def labels(loss: str, n: int, m: int) -> Array:
    if LOSSES[loss].targets == "classes":
        return np.eye(n)[:, STREAM.integers(0, n, m)]
    return STREAM.integers(0, 2, (n, m)).astype(float)


def predictions(loss: str, n: int, m: int) -> Array:
    return ACTIVATIONS[LOSSES[loss].output].forward(2 * normal(n, m))


def linear(n_out: int, n_in: int, m: int) -> Iterator[tuple[str, Case]]:
    W, b, A_prev, dZ = normal(n_out, n_in), normal(n_out, 1), normal(n_in, m), normal(n_out, m)
    yield "linear_forward", case({"A_prev": A_prev, "W": W, "b": b}, {"Z": W @ A_prev + b})
    given = {"dZ": dZ, "A_prev": A_prev, "W": W, "b": b}
    means = {"dA_prev": W.T @ dZ, "dW": dZ @ A_prev.T / m, "db": dZ.mean(axis=1, keepdims=True)}
    yield "linear_backward", case(given, means)
    yield "linear_backward, sums", case(given, means | {name: means[name] * m for name in ("dW", "db")})
    Y = STREAM.integers(0, n_out, m)
    cost = -log_softmax(dZ)[Y, np.arange(m)].mean()
    gradient = (softmax(dZ) - np.eye(n_out)[:, Y]) / m
    yield "loss_and_gradient", case({"Z": dZ, "Y": Y}, {"cost": cost, "dZ": gradient})
    for name, pair in ACTIVATIONS.items():
        Z, dA = 3 * dZ, normal(n_out, m)
        yield name, case({"Z": Z}, {"A": pair.forward(Z)})
        yield f"{name}_backward", case({"dA": dA, "Z": Z}, {"dZ": pair.backward(dA, Z)})
        A = pair.forward(W @ A_prev + b)
        layer: dict[str, Any] = {"A_prev": A_prev, "W": W, "b": b, "activation": name}
        yield f"single_layer_forward_propagation, {name}", case(layer, {"A": A, "Z": W @ A_prev + b})
        D = pair.backward(dA, Z)
        grads = {"dA_prev": W.T @ D, "dW": D @ A_prev.T / m, "db": D.mean(axis=1, keepdims=True)}
        yield f"single_layer_backward_propagation, {name}", case(layer | {"dA": dA, "Z": Z}, grads)
    for name, loss in LOSSES.items():
        p, labelled = predictions(name, n_out, m), labels(name, n_out, m)
        yield (
            f"get_cost_value, {name}",
            case({"Y_hat": p, "Y": labelled, "loss": name}, {"cost": loss.forward(p, labelled)}),
        )


def passes(n_out: int, n_in: int, m: int) -> Iterator[tuple[str, Case]]:
    hidden = list(ACTIVATIONS)[m % 4]
    for name, loss in LOSSES.items():
        if m == 4:
            return
        ends = [(n_in, 5, hidden), (5, 4, "tanh"), (4, n_out, loss.output)]
        layers = [Layer(input_dim=i, output_dim=n, activation=act) for i, n, act in ends]
        P = {f"{kind}{k}": normal(n, i if kind == "W" else 1) for k, (i, n, _) in enumerate(ends, 1) for kind in "Wb"}
        X, Y = normal(n_in, m), labels(name, n_out, m)
        Y_hat, memory = full_forward_propagation(X, P, layers)
        kept = {key: memory[key] for k in range(1, 4) for key in (f"A{k - 1}", f"Z{k}")}
        given = {"params_values": P, "nn_architecture": layers}
        yield f"full_forward_propagation, {name}", case(given | {"X": X}, {"Y_hat": Y_hat, **kept})
        grads = full_backward_propagation(Y_hat, Y, memory, P, layers, loss=name)
        given |= {"Y_hat": Y_hat, "Y": Y, "memory": memory, "loss": name}
        yield f"full_backward_propagation, {name}", case(given, grads)
        G = {f"d{key}": normal(*value.shape) for key, value in P.items()}
        for which in OPTIMIZERS:
            hyper = {"weight_decay": 0.1} | ({"momentum": 0.9, "nesterov": m % 2 == 0} if which == "sgd" else {})
            state = {key: np.abs(normal(*v.shape)) for key, v in initial_state(P, which, **hyper).items()}
            after, new = dict(P), dict(state)
            optimizer_step(after, G, new, 3, which, lr=0.1, **hyper)
            step = {"params_values": P, "grads_values": G, "nn_architecture": layers, "learning_rate": 0.1}
            more = {"optimizer": which, "hyperparameters": hyper, "state": state, "t": 3}
            if name == "bce":
                kind = "nesterov" if hyper.get("nesterov") else which
                yield f"update, {kind}", case(step | more, after | new)


CASES: dict[str, list[Case]] = {function: [one for one in MAKER.cases(function) if not (one.raises or one.nan or one.large)]
                                for function in CONTRACT}  # fmt: skip
CASES = {f"{function}, the lab's": cases[:: max(1, len(cases) // 4)] for function, cases in CASES.items()}
for shape in SHAPES:
    for made in (linear, passes):
        for operation, a_case in made(*shape):
            CASES.setdefault(operation, []).append(a_case)


NO_FORMULA = ("get_accuracy_value, the lab's", "convert_prob_into_class, the lab's", "train, the lab's")


def right(one: Case) -> Observation:
    return Observation(one, {name: exact.value for name, exact in one.expected.items()})


def returned(one: Case, values: Mapping[str, Array]) -> Observation:
    """Of a file that returns these; other keys are a problem by themselves."""
    return Observation(one, dict(values), problem=None if set(values) >= set(one.expected) else "keys are missing")


def of(function: str, one: Observation) -> dict[tuple[str, str, int], Reading]:
    """The readings by id, sentence and count."""
    found: dict[tuple[str, str, int], Reading] = {}
    count: Counter[tuple[str, str]] = Counter()
    for reading in READINGS[function](one):
        count[reading.id, reading.says] += 1
        found[reading.id, reading.says, count[reading.id, reading.says]] = reading
    return found


@pytest.mark.parametrize("operation", CASES)
def test_what_is_predicted_is_recognised_when_it_is_returned(operation: str) -> None:
    """One of each cause; of a whole pass and a training, where each takes long, a few."""
    function = operation.partition(",")[0]
    few = 3 if "full" in function or function in ("train", "update") else 9 if "single" in function else 99
    with np.errstate(all="ignore"):
        readings = [of(function, right(one)) for one in CASES[operation]]
        causes = {key[0].partition(":")[0]: key for key in reversed(readings[0])}
        step = max(1, len(causes) // few)
        for key in list(causes.values())[len(operation) % step :: step]:  # others of every activation and loss
            both = [
                (one, found[key].values) for one, found in zip(CASES[operation], readings, strict=True) if key in found
            ]
            seen = [returned(one, values) for one, values in both if values]
            shown = [one for one in seen if one.wrong or one.problem]
            if len(shown) < 2 or not readings[0][key].told:
                continue
            explained = reading_of(function, seen)
            assert explained is not None, key
            same = [other for other in READINGS[function](shown[0]) if other.id == explained.id]
            assert any(explains(shown[0], other, shown[0].wrong) for other in same), (key, explained)


@pytest.mark.parametrize("operation", CASES)
def test_right_numbers_are_no_mistake(operation: str) -> None:
    seen = [right(one) for one in CASES[operation]]
    assert explain(operation.partition(",")[0], seen) is None
    assert reading_of(operation.partition(",")[0], seen) is None


@pytest.mark.parametrize("operation", [one for one in CASES if "full" not in one and one not in NO_FORMULA])
def test_numbers_that_no_formula_makes_are_not_explained(operation: str) -> None:
    seen = [right(one) for one in CASES[operation]]
    for one in seen:
        one.values.update({name: value + 0.01 * normal(*value.shape) for name, value in one.values.items()})  # type: ignore[attr-defined]
    assert reading_of(operation.partition(",")[0], seen) is None


HARMLESS = [
    ("get_cost_value, bce", "epsilon:1e-08", True), ("get_cost_value, bce", "epsilon:1e-05", True),
    ("get_cost_value, bce", "epsilon:0.001", False), ("get_cost_value, bce", "clip:1e-07", True),
    ("get_cost_value, bce", "clip:0.01", False), ("get_cost_value, bce", "hides-nan", True),
    ("get_cost_value, bce", "offset:1e-08", True), ("get_cost_value, bce", "rounded:8", False),
    ("get_cost_value, bce", "cast:float32", False), ("get_cost_value, cross_entropy", "epsilon:1e-09", True),
    ("full_backward_propagation, bce", "epsilon:1e-08", True), ("full_backward_propagation, bce", "epsilon:0.1", False),
    ("full_backward_propagation, bce", "clip:1e-07", True), ("full_forward_propagation, bce", "clip:1e-07", True),
    ("full_forward_propagation, bce", "clip:0.001", False), ("sigmoid", "clip:20", True), ("sigmoid", "clip:10", False),
    ("sigmoid", "clip-below:100", True), ("sigmoid", "cancellation", False), ("sigmoid", "cast:float32", False),
    ("sigmoid_backward", "eps-in-slope:1e-08", True), ("sigmoid_backward", "eps:1e-08", True),
    ("sigmoid_backward", "floor:0.001", False), ("relu_backward", "threshold:1e-06", False),
    ("softplus", "exponent-clip:20", False), ("softplus", "exponent-clip-below:100", True), ("silu", "exponent-clip:20", True),
    ("single_layer_forward_propagation, sigmoid", "rounded:6", False), ("init_layers, the lab's", "zero-weights", False),
    ("init_layers, the lab's", "zero-biases", True), ("init_layers, the lab's", "scaled-by-width", True),
    ("init_layers, the lab's", "other-generator", True), ("init_layers, the lab's", "reseeded", False),
    ("init_layers, the lab's", "draw-order", False), ("init_layers, the lab's", "constant-weights", False),
    ("update, adam", "epsilon:1e-08", True), ("update, adam", "cast:float32:W", False),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "id", "harmless"), HARMLESS)
def test_harmless_is_a_guard_or_another_start(operation: str, id: str, harmless: bool) -> None:
    found = [one for one in READINGS[operation.partition(",")[0]](right(CASES[operation][0])) if one.id == id]
    assert found
    assert {one.harmless for one in found} == {harmless}


def test_another_default_seed_is_another_start_and_an_ignored_seed_is_a_mistake() -> None:
    for one in CASES["init_layers, the lab's"]:
        flags = {reading.harmless for reading in READINGS["init_layers"](right(one)) if reading.id.startswith("seed:")}
        assert flags == {"seed" not in one.arguments}


def test_uniform_is_a_start_only_around_0() -> None:
    readings = READINGS["init_layers"](right(CASES["init_layers, the lab's"][0]))
    uniform = {reading.says: reading.harmless for reading in readings if reading.id == "uniform"}
    assert {"rand − 0.5" in says or "2·rand" in says for says, harmless in uniform.items() if harmless} == {True}
    assert {"Drawn with rand," in says for says, harmless in uniform.items() if not harmless} == {True}


def test_one_layer_does_not_tell_that_activations_are_ignored() -> None:
    """A network whose last layer alone is another one says nothing of the others."""
    told = {}
    for one in CASES["full_forward_propagation, the lab's"]:
        acts = [layer["activation"] for layer in one.arguments["nn_architecture"]]
        for reading in READINGS["full_forward_propagation"](right(one)):
            if reading.id.startswith("activation-ignored"):
                told[tuple(acts), reading.id.partition(":")[2]] = reading.told
    assert told[("relu", "sigmoid"), "relu"] is False
    assert told[("sigmoid", "relu", "sigmoid"), "relu"] is True
