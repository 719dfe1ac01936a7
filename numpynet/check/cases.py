"""What each function is given; what it must return then, the oracle says.

Shapes are square and not, m equals a width and does not, m is 1 and, once, 900; among the numbers are Z = 0, p = 0.5,
and predictions near 0 and 1. They are drawn from the caller's seed: only where that is a secret can no file know them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np

import numpynet
from numpynet import names
from numpynet.activations import ACTIVATIONS as ACTIVATIONS_OF
from numpynet.check.oracle import TRAINING_SEED as TRAINING_SEED
from numpynet.check.oracle import Oracle, passed_through
from numpynet.check.oracle import trained as trained
from numpynet.definitions import ACTIVATIONS
from numpynet.parity.exact import Bounded
from numpynet.parity.step import Step
from numpynet.types import Architecture, Array, Layer, Parameters

LAYERS = [(3, 4, 7), (4, 3, 5), (5, 5, 6), (4, 2, 4), (2, 6, 2), (3, 5, 5), (6, 3, 3), (4, 4, 3), (4, 3, 1), (1, 4, 6)]
NETWORKS = [  # widths, activations, m
    ((3, 4, 5, 2, 1), "rrrs", 7),
    ((4, 4, 4, 4, 1), "rrrs", 6),
    ((2, 1), "s", 5),
    ((3, 5, 2), "rs", 4),
    ((3, 4, 1), "rs", 6),  # not as many as before: a factor may be their number
    ((3, 4, 3, 1), "rrs", 1),
    ((4, 3, 4, 1), "srs", 8),
    ((4, 3, 5, 1), "rrs", 7),  # of three layers that are alike, as a file has them in which they are written out
    ((3, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 1), "srsrsrsrsrs", 5),  # W10 comes before W2 where names are sorted
]
DEEP = 8  # tried where the smaller cases are right
NAMES = {"r": "relu", "s": "sigmoid"}
TRAINED = [
    ((3, 10, 8, 1), 8, 6, 0.3),
    ((2, 9, 1), 7, 4, 0.001),  # of an odd number no half is right: an error rate is no accuracy
    ((3, 5, 1), 130, 2, 0.5),
]  # widths, m, epochs, learning rate
SURE = ", p near 0 and 1"  # how such a case is labelled
CLASSES = 3  # of a network that ends in softmax
MANY = 900  # examples: a mistake may wait for a large batch
LONG = (110, 160)  # epochs: or for a long training
EDGES = (0.0, -0.0, 1e-7, -1e-7, 0.6, 1.5, 5.0, -5.0, 8.0, -8.0, 20.0, -20.0, 36.0, -36.0, 120.0, -120.0)
NEAR_A_KINK = 200  # units of rounding, of the greatest |Z|: another right rendering may come out on the other side
DRAWS = 20


@dataclass(frozen=True)
class Case:
    """One call: its arguments by role, and what it must return by name; `raises` where it must refuse instead."""

    label: str
    arguments: Mapping[str, Any]
    expected: Mapping[str, Bounded] = field(default_factory=dict)
    raises: bool = False
    nan: bool = False  # the cost of a prediction that is NaN
    default: str | None = None  # an argument left out, to be taken by default
    large: bool = False  # many examples or layers: tried where the smaller cases are right


class Maker:
    """The cases of one dtype, drawn from `seed`; `long` trainings, of many epochs or examples, where asked for."""

    def __init__(self, dtype: np.dtype[Any], seed: int, long: bool = False) -> None:
        self.dtype, self.seed, self.long = dtype, seed, long
        self.activations = dict(NAMES)  # what the hidden layers have, and the last one
        self.more: tuple[str, ...] = ()  # activations that a layer can have besides
        self.loss, self.classes = "bce", CLASSES
        self.stream = np.random.default_rng(seed)
        self.steps: dict[tuple[int, float, int | None], Step] = {}
        self.far = 20.5 if dtype == np.float64 else 10.0  # a logit whose p is near 0 or 1, and still told from it
        self.oracle = Oracle(dtype)
        self.made: dict[Any, list[Case]] = {}

    def cases(self, function: str) -> Iterator[Case]:
        """All the cases of a function; what it must return is computed for those that are asked for."""
        key = function, tuple(self.activations.items()), self.more, self.loss, self.classes
        if key not in self.made:
            self.stream = np.random.default_rng([self.seed, len(function)])
            with np.errstate(all="ignore"):
                self.made[key] = list(_CASES[function](self))
        made, usual = self.made[key], self.activations["r"]
        for number, case in enumerate(made):
            if not (case.raises or case.expected):
                self.oracle.usual = usual
                made[number] = replace(case, expected=self.oracle.expected(function, case.arguments))
            yield made[number]

    def normal(self, *shape: int, scale: float = 1.0) -> Array:
        """Normal numbers in the dtype."""
        array: Array = (self.stream.standard_normal(shape) * scale).astype(self.dtype)
        return array

    def of_loss(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """The arguments, with the loss's name where it is not the tutorial's."""
        return arguments if self.loss == "bce" else arguments | {"loss": self.loss}

    def allowed(self, letters: str) -> str:
        """The same, where what ends the network may not stand inside it."""
        return "r" * (len(letters) - 1) + letters[-1] if self.loss == "nll" else letters

    def outputs(self, usual: int) -> int:
        """So many, or one for each class."""
        return self.classes if self.loss == "nll" else usual

    def labels(self, outputs: int, m: int) -> Array:
        """0 and 1, both where there is room; of classes a column for each example."""
        if self.loss == "nll":
            of_class = self.stream.integers(0, outputs, m)
            of_class[m // 2 :][:1] = outputs - 1  # by the greatest a file may count them
            return np.eye(outputs)[:, of_class].astype(self.dtype)
        Y = self.stream.integers(0, 2, (outputs, m)).astype(self.dtype)
        if m > 1:
            Y[:, 0], Y[:, 1] = 0, 1
        return Y

    def pointwise(self) -> Iterator[tuple[str, Array]]:
        """Arguments for what is elementwise."""
        yield "3x7 numbers", self.normal(3, 7, scale=2)
        yield "5x4 numbers", self.normal(5, 4, scale=4)
        yield "edges", np.array(EDGES, dtype=self.dtype).reshape(4, 4)
        yield "edges, scaled", np.array(EDGES, dtype=self.dtype).reshape(2, 8) * self.dtype.type(1.25)
        yield "one example", self.normal(4, 1)
        for name, far in (("far out", 800.0), ("farther out", 1500.0)):
            yield name, np.array([[far, -far, 0.5], [-1.5, far, -far]], dtype=self.dtype)
        yield f"2x{MANY} numbers", self.normal(2, MANY, scale=2)

    def layer(self, n_out: int, n_in: int, m: int, scale: float = 1.0) -> dict[str, Array]:
        """W, b, A_prev, and the Z they make."""
        W, b, A_prev = self.normal(n_out, n_in, scale=scale), self.normal(n_out, 1), self.normal(n_in, m)
        return {"W": W, "b": b, "A_prev": A_prev, "Z": (W @ A_prev + b).astype(self.dtype)}

    def step(self, number: int, logit: float = 4.0, m: int | None = None) -> Step:
        """A training step of network `number` whose greatest |Z_L| is `logit`; no ReLU is in doubt. Always the same."""
        key = number, logit, m
        if key not in self.steps:
            before, self.stream = self.stream, np.random.default_rng([self.seed, number, int(10 * logit), m or 0])
            for _ in range(DRAWS):
                step = self.steps[key] = self.drawn(number, logit, m)
                if not self.near_a_kink(step.X, step.params_values, step.nn_architecture):
                    break
            self.stream = before
        return self.steps[key]

    def near_a_kink(self, X: Array, P: Parameters, layers: Architecture) -> bool:
        """Whether rounding may decide the side of a ReLU. Exactly 0 is no doubt: it comes of zeros alone."""
        if not any(layer["activation"] == "relu" for layer in layers):
            return False
        _, memory = numpynet.full_forward_propagation(X, P, layers)
        for layer_idx, layer in enumerate(layers, start=1):
            size = np.abs(memory[names.Z(layer_idx)])
            if layer["activation"] == "relu" and ((size > 0) & (size < NEAR_A_KINK * self.oracle.u * size.max())).any():
                return True
        return False

    def drawn(self, number: int, logit: float, m: int | None) -> Step:
        """The next such step of the stream."""
        widths, letters, usual = NETWORKS[number]
        outputs = self.outputs(widths[-1])
        inputs = widths[0] + (self.loss == "nll" and widths[0] == outputs)  # which of the two is m shows then
        m, widths = m or usual, (inputs, *widths[1:-1], outputs)
        layers = [
            Layer(input_dim=n_in, output_dim=n_out, activation=self.activations[letter])
            for n_in, n_out, letter in zip(widths[:-1], widths[1:], self.allowed(letters), strict=True)
        ]
        P = {}
        for layer_idx, (n_in, n_out) in enumerate(pairwise(widths), start=1):
            P[names.W(layer_idx)], P[names.b(layer_idx)] = self.normal(n_out, n_in), self.normal(n_out, 1, scale=0.5)
        if number == 0:  # a unit whose Z is exactly 0
            P["W1"][0], P["b1"][0] = 0, 0
        X = self.normal(widths[0], m)
        _, memory = numpynet.full_forward_propagation(X, P, layers)
        L = len(layers)
        factor = self.dtype.type(logit / np.abs(memory[names.Z(L)]).max())
        P[names.W(L)], P[names.b(L)] = P[names.W(L)] * factor, P[names.b(L)] * factor
        Y, Z = self.labels(widths[-1], m), memory[names.Z(L)]
        if (
            logit > 4 and self.loss == "bce"
        ):  # the surest prediction is wrong: there the gradient is large, and a guard of it shows
            surest = np.unravel_index(np.argmax(np.abs(Z)), Z.shape)
            Y[surest] = Z[surest] < 0
        return Step(X, Y, P, layers, learning_rate=0.3, loss=self.loss)


def network_label(step: Step) -> str:
    """'a 3-4-1 network, m = 7'."""
    widths = [step.nn_architecture[0]["input_dim"], *(layer["output_dim"] for layer in step.nn_architecture)]
    return f"a {'-'.join(map(str, widths))} network, m = {step.X.shape[1]}"


def _init_layers(maker: Maker) -> Iterator[Case]:
    for number, seed in ((0, 5), (1, 31), (3, 12), (7, 4), (3, None), (0, None), (DEEP, 7)):
        layers = maker.step(number).nn_architecture
        arguments = {"nn_architecture": layers} | ({} if seed is None else {"seed": seed})
        widths = "-".join(str(layer["output_dim"]) for layer in layers)
        label = f"{layers[0]['input_dim']}-{widths}, seed {'left out' if seed is None else seed}"
        yield Case(label, arguments, large=number == DEEP)


def _activation(maker: Maker) -> Iterator[Case]:
    for label, Z in maker.pointwise():
        yield Case(label, {"Z": Z}, large=Z.size > MANY)


def _slope(maker: Maker) -> Iterator[Case]:
    for label, Z in maker.pointwise():
        yield Case(label, {"dA": maker.normal(*Z.shape, scale=3), "Z": Z}, large=Z.size > MANY)


def _layer_label(n_out: int, n_in: int, m: int, activation: str) -> str:
    return f"a {n_in}-{n_out} layer, m = {m}, {activation}"


def _single_forward(maker: Maker) -> Iterator[Case]:
    shapes = [(*shape, 1.0) for shape in LAYERS] + [(3, 4, 6, 12.0), (4, 2, 5, 25.0), (3, 4, MANY, 1.0)]
    for n_out, n_in, m, scale in shapes:
        for activation in (*maker.activations.values(), *maker.more, None):
            if (activation in (None, *maker.more) and m not in (7, 5)) or (m == MANY and activation == "sigmoid"):
                continue
            given = maker.layer(n_out, n_in, m, scale)
            yield Case(
                _layer_label(n_out, n_in, m, activation or "no activation given"),
                {name: given[name] for name in ("A_prev", "W", "b")}
                | ({"activation": activation} if activation else {}),
                default=None if activation else "activation",
                large=m == MANY,
            )
    given = maker.layer(3, 4, 7)
    unknown = {name: given[name] for name in ("A_prev", "W", "b")} | {"activation": "softsign"}
    yield Case("the unknown activation 'softsign'", unknown, raises=True)


def _full_forward(maker: Maker) -> Iterator[Case]:
    usual = [(number, 4.0, None) for number in range(DEEP)]
    large = [(4, 4.0, MANY), (DEEP, 4.0, None)]
    for number, logit, m in [*usual, (0, maker.far, None), (1, maker.far, None), *large]:
        step = maker.step(number, logit, m)
        yield Case(
            network_label(step) + (SURE if logit > 4 else ""),
            {"X": step.X, "params_values": step.params_values, "nn_architecture": step.nn_architecture},
            large=m == MANY or number == DEEP,
        )


def _cost_of_classes(maker: Maker) -> Iterator[Case]:
    for classes, m, scale in ((3, 7, 1.0), (4, 5, 2.0), (2, 6, 4.0), (3, 1, 1.0), (4, MANY, 1.0)):
        classes = classes if maker.classes == CLASSES else maker.classes
        Y_hat = ACTIVATIONS_OF["softmax"].forward(maker.normal(classes, m, scale=scale))
        given = {"Y_hat": Y_hat, "Y": maker.labels(classes, m), "loss": "nll"}
        yield Case(f"{classes} classes, m = {m}", given, large=m == MANY)


def _cost(maker: Maker) -> Iterator[Case]:
    if maker.loss == "nll":
        yield from _cost_of_classes(maker)
        return
    if maker.loss == "mse":  # of numbers, and of several outputs, over which it may be a mean or a sum
        for outputs, m in ((1, 7), (2, 5), (3, 4), (1, 1), (2, MANY)):
            given = {"Y_hat": maker.normal(outputs, m), "Y": maker.labels(outputs, m), "loss": "mse"}
            yield Case(f"{outputs}x{m} predictions", given, large=m == MANY)
        return
    for m, most in ((7, 2.0), (5, 4.0), (12, 20.0), (1, 2.0), (MANY, 2.0)):
        Z = np.clip(maker.normal(1, m, scale=most), -22, 22)
        if most == 20.0:
            Z = np.clip(Z, -maker.far, maker.far)
            Z[0, :2] = maker.far, -maker.far  # p near 0 and 1, each with the label that makes it matter
        Y_hat, Y = (1 / (1 + np.exp(-Z))).astype(maker.dtype), maker.labels(1, m)
        yield Case(f"m = {m}", {"Y_hat": Y_hat, "Y": Y}, large=m == MANY)
    broken = np.array([[0.5, np.nan, 0.25, 0.75]], dtype=maker.dtype)
    Y = np.array([[1.0, 1, 0, 1]], dtype=maker.dtype)
    nothing = Bounded(np.asarray(np.nan), np.asarray(0.0))
    yield Case("a prediction that is NaN", {"Y_hat": broken, "Y": Y}, {"cost": nothing}, nan=True)


def _classes(maker: Maker) -> Iterator[Case]:
    if maker.loss == "nll":  # which of several is the greatest: a question of its own
        return
    above = np.nextafter(maker.dtype.type(0.5), maker.dtype.type(1))
    for label, probs in (
        ("2x6 probabilities", maker.stream.uniform(0, 1, (2, 6)).astype(maker.dtype)),
        ("1x9 probabilities", maker.stream.uniform(0, 1, (1, 9)).astype(maker.dtype)),
        ("0.5 and its neighbours", np.array([[0, 0.25, 0.45, 0.5, above, 0.55, 0.75, 1]], dtype=maker.dtype)),
        (f"1x{MANY} probabilities", maker.stream.uniform(0, 1, (1, MANY)).astype(maker.dtype)),
    ):
        yield Case(label, {"probs": probs}, large=probs.size == MANY)


def _accuracy(maker: Maker) -> Iterator[Case]:
    if maker.loss == "nll":
        for m in (9, 7, 4, 1, MANY):
            n = maker.classes
            Y_hat, Y = ACTIVATIONS_OF["softmax"].forward(maker.normal(n, m, scale=2)), maker.labels(n, m)
            share = np.mean(Y_hat.argmax(axis=0) == Y.argmax(axis=0))
            expected = {"accuracy": maker.oracle.bound(maker.oracle.given(share).rounded(2))}
            yield Case(f"{n} classes, m = {m}", {"Y_hat": Y_hat, "Y": Y}, expected, large=m == MANY)
        return
    for outputs, m in ((1, 9), (2, 7), (3, 8), (1, 4), (1, 1), (1, MANY)):
        Y_hat, Y = maker.stream.uniform(0, 1, (outputs, m)).astype(maker.dtype), maker.labels(outputs, m)
        Y_hat[:, :1] = 0.5  # of class 0
        if m > 3:
            sure = np.where(Y[:, 2:4] == 1, 0.8, 0.3)  # two columns that are right
            Y_hat[:, 2:4] = sure
            Y_hat[0, 1], Y[0, 1] = 0.2, 1  # one that is not
        if outputs == 2:
            Y_hat[0] = np.where(Y[0] == 1, 0.75, 0.25)  # a whole row that is right
        if (outputs, m) == (1, 4):  # all right
            Y_hat = np.where(Y == 1, 0.75, 0.25).astype(maker.dtype)
        yield Case(f"{outputs}x{m} predictions", {"Y_hat": Y_hat, "Y": Y}, large=m == MANY)


def _single_backward(maker: Maker) -> Iterator[Case]:
    for number, (n_out, n_in, m) in enumerate([*LAYERS, (3, 4, MANY)]):
        for activation in (*maker.activations.values(), *maker.more, None):
            if (activation in (None, *maker.more) and m not in (7, 5)) or (m == MANY and activation == "sigmoid"):
                continue
            given = maker.layer(n_out, n_in, m)
            given["dA"] = maker.normal(n_out, m, scale=40 if number in (0, 2) else 2)
            if number < 3:
                row = given["W"][0]
                given["b"][0], given["Z"][0] = (
                    -(row @ given["A_prev"])[0],
                    row @ given["A_prev"] - (row @ given["A_prev"])[0],
                )
                given["Z"][0, 0] = 0  # exactly
            yield Case(
                _layer_label(n_out, n_in, m, activation or "no activation given"),
                given | ({"activation": activation} if activation else {}),
                default=None if activation else "activation",
                large=m == MANY,
            )
    given = maker.layer(3, 4, 7)
    yield Case(
        "the unknown activation 'softsign'",
        given | {"dA": maker.normal(3, 7), "activation": "softsign"},
        raises=True,
    )


def _full_backward(maker: Maker) -> Iterator[Case]:
    usual = [(n, z, None) for n in range(DEEP) for z in ((4.0, maker.far) if n in (0, 1) else (4.0,))]
    for number, logit, m in [*usual, (4, 4.0, MANY), (DEEP, 4.0, None)]:
        step = maker.step(number, logit, m)
        Y_hat, memory = numpynet.full_forward_propagation(step.X, step.params_values, step.nn_architecture)
        yield Case(
            network_label(step) + (SURE if logit > 4 else ""),
            maker.of_loss(
                {
                    "Y_hat": Y_hat,
                    "Y": step.Y,
                    "memory": memory,
                    "params_values": step.params_values,
                    "nn_architecture": step.nn_architecture,
                }
            ),
            large=m == MANY or number == DEEP,
        )


def _update(maker: Maker) -> Iterator[Case]:
    for number, learning_rate in ((0, 0.3), (1, 0.0625), (3, 1.7), (2, 0.3), (6, 0.01), (7, 0.3), (DEEP, 0.02)):
        step = maker.step(number)
        P = step.params_values
        G = {names.d(name): maker.normal(*value.shape) for name, value in P.items()}
        yield Case(
            f"{network_label(step).partition(',')[0]}, learning rate {learning_rate}",
            {
                "params_values": P,
                "grads_values": G,
                "nn_architecture": step.nn_architecture,
                "learning_rate": learning_rate,
            },
            large=number == DEEP,
        )


def _train(maker: Maker) -> Iterator[Case]:
    many = [((2, 3, 1), 9, int(maker.stream.integers(*LONG)), 0.2), ((3, 4, 1), MANY, 2, 0.5)] if maker.long else []
    for given, m, epochs, learning_rate in [*TRAINED, *many]:
        widths = (*given[:-1], maker.outputs(given[-1]))
        last, simple = len(widths) - 1, epochs >= LONG[0] and not maker.more and maker.loss == "bce"
        layers = [
            Layer(
                input_dim=n_in,
                output_dim=n_out,
                activation=maker.activations["s" if idx == last or simple else "r"],
            )
            for idx, (n_in, n_out) in enumerate(pairwise(widths), start=1)
        ]
        for _ in range(DRAWS):
            X, Y = maker.normal(widths[0], m, scale=3), maker.labels(widths[-1], m)
            passed = list(passed_through(X, Y, layers, epochs, learning_rate, loss=maker.loss))
            if not any(maker.near_a_kink(X, weights, layers) for weights in passed[:-1]):
                break
        arguments = {
            "X": X,
            "Y": Y,
            "nn_architecture": layers,
            "epochs": epochs,
            "learning_rate": learning_rate,
            "verbose": False,
        }
        label = f"a {'-'.join(map(str, widths))} network, m = {m}, {epochs} epochs"
        yield Case(label, arguments, maker.oracle.trained(passed[-1]), large=m == MANY)


def _layer(names: tuple[str, ...], called: str = "Z") -> Callable[[Maker], Iterator[Case]]:
    """A layer's numbers under these names; its Z as what the last is called."""

    def cases(maker: Maker) -> Iterator[Case]:
        for n_out, n_in, m in [*LAYERS, (3, 4, MANY)]:
            given = maker.layer(n_out, n_in, m)
            given[called] = given.pop("Z")
            yield Case(f"a {n_in}-{n_out} layer, m = {m}", {name: given[name] for name in names}, large=m == MANY)

    return cases


def _of_scores(*, labels: bool = False, gradients: bool = False) -> Callable[[Maker], Iterator[Case]]:
    def cases(maker: Maker) -> Iterator[Case]:
        for classes, m, scale in ((3, 7, 1.0), (4, 5, 3.0), (2, 6, 1.0), (5, 4, 10.0), (3, 1, 1.0), (4, MANY, 1.0)):
            Z = maker.normal(classes, m, scale=scale)
            given = {"dA": maker.normal(classes, m), "Z": Z} if gradients else {"Z": Z}
            more = {"Y": maker.stream.integers(0, classes, m)} if labels else {}
            yield Case(f"{classes} classes, m = {m}", given | more, large=m == MANY)

    return cases


ELEMENTWISE = [name for name, f in ACTIVATIONS.items() if f.product is None]
_CASES: dict[str, Callable[[Maker], Iterator[Case]]] = {
    "init_layers": _init_layers,
    **dict.fromkeys(ELEMENTWISE, _activation),
    **{f"{name}_backward": _slope for name in ELEMENTWISE},
    **{f"{name}_slope": _activation for name in ELEMENTWISE},
    "softmax": _of_scores(),
    "softmax_backward": _of_scores(gradients=True),
    "loss_and_gradient": _of_scores(labels=True),
    "linear_forward": _layer(("A_prev", "W", "b")),
    "linear_backward": _layer(("dZ", "A_prev", "W", "b"), called="dZ"),
    "single_layer_forward_propagation": _single_forward,
    "full_forward_propagation": _full_forward,
    "get_cost_value": _cost,
    "convert_prob_into_class": _classes,
    "get_accuracy_value": _accuracy,
    "single_layer_backward_propagation": _single_backward,
    "full_backward_propagation": _full_backward,
    "update": _update,
    "train": _train,
}
