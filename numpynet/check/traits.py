"""The ways in which a function may be right though it is not the tutorial's: what is changed, and who must go along."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from numpynet.activations import ACTIVATIONS
from numpynet.check.cases import Case, Maker
from numpynet.check.dialect import Scale
from numpynet.check.listen import SCALES
from numpynet.check.reference import numbers_of, refer
from numpynet.parity.exact import Bounded
from numpynet.types import Array

SLOPES = tuple(f"{name}_backward" for name in ACTIVATIONS)
ALONE = tuple(f"{name}_slope" for name in ACTIVATIONS)
LAYERS_BACK = ("single_layer_backward_propagation", "linear_backward")
OF_OUTPUT = ("sigmoid", "tanh")  # whose slope is that of the output: A (1 − A), 1 − A²
RECTIFIERS = ("relu", "leaky_relu")  # whose slope asks for the sign alone, and A > 0 just where Z > 0
Expected = Mapping[str, Bounded]


@dataclass(frozen=True)
class Trait:
    """What it says; for which functions; what these are given then, what they return, and how the reference does it.

    `partner`: a function that must have the same trait.
    """

    says: str
    of: tuple[str, ...]
    arguments: Callable[[str, Case], Mapping[str, Any]] | None = None
    expected: Callable[[str, Case], Expected] | None = None
    reference: Callable[[str, dict[str, Any]], Any] | None = None
    partner: Mapping[str, str] | None = None


def _times(one: Bounded, factor: float) -> Bounded:
    return Bounded(one.value * factor, one.allowed * abs(factor))


def _mean_early(name: str, case: Case) -> Expected:
    m = case.arguments["A_prev"].shape[1] if "A_prev" in case.arguments else 1
    return {key: _times(one, m) if key in ("dW", "db") else one for key, one in case.expected.items()}


def _without_mean(name: str, given: dict[str, Any]) -> Any:
    result = refer(name, given)
    if name not in LAYERS_BACK:
        return result
    dA_prev, dW, db = result
    m = given["A_prev"].shape[1]
    return dA_prev, dW * m, db * m


def _elements(name: str, case: Case) -> Expected:
    share = np.mean((case.arguments["Y_hat"] > 0.5) == (case.arguments["Y"] == 1))
    return {"accuracy": Bounded(np.asarray(share), case.expected["accuracy"].allowed)}


def _added_up(name: str, case: Case) -> Expected:
    """Elements, by the number of columns."""
    return {key: _times(one, len(case.arguments["Y"])) for key, one in _elements(name, case).items()}


def _in_percent(name: str, case: Case) -> Expected:
    return {key: _times(one, 100) for key, one in case.expected.items()}


def _classes_given(name: str, case: Case) -> Mapping[str, Any]:
    """Classes in the place of predictions."""
    given = dict(case.arguments)
    return {**given, "Y_hat": (given["Y_hat"] > 0.5).astype(given["Y_hat"].dtype)}


# Predictions of several classes, or labels 1 and 0 for each: how people lay them out, given with examples in rows.
LAID: dict[str, Callable[[Array], Array]] = {
    "rows": lambda A: A,
    "columns": lambda A: A.T,
    "classes": lambda A: A.argmax(axis=1),
}


def _of_three_classes(case: Case) -> tuple[Array, Array]:
    """Predictions and labels, examples in rows: as many examples as the case has, half of them right or more."""
    m = case.arguments["Y"].shape[1]
    rng = np.random.default_rng(m)
    A, right = rng.uniform(0.01, 1, (m, 3)), np.arange(m) % 2 == 0
    A /= A.sum(axis=1, keepdims=True)
    labels = np.where(right, A.argmax(axis=1), rng.integers(3, size=m))
    return A.astype(case.arguments["Y_hat"].dtype), np.eye(3)[labels]


def _share_of_greatest(name: str, case: Case) -> Expected:
    A, Y = _of_three_classes(case)
    share = np.mean(A.argmax(axis=1) == Y.argmax(axis=1))
    return {"accuracy": Bounded(np.asarray(share), case.expected["accuracy"].allowed)}


def _laid(predictions: str, labels: str) -> Trait:
    """An accuracy that takes them in that layout, or in the other order."""

    def given(name: str, case: Case) -> Mapping[str, Any]:
        A, Y = _of_three_classes(case)
        return {**case.arguments, "Y_hat": LAID[predictions](A), "Y": LAID[labels](Y)}

    says = "the greatest of an example's predictions is its class"
    if predictions == labels == "classes":
        says = "it is given classes, not predictions"
    return Trait(says, ("get_accuracy_value",), arguments=given, expected=_share_of_greatest)


def _opposite(name: str, case: Case) -> Expected:
    if name == "update":
        P = case.arguments["params_values"]
        return {key: Bounded(2 * P[key] - one.value, 2 * one.allowed) for key, one in case.expected.items()}
    return {key: _times(one, -1.0) for key, one in case.expected.items()}


def _negated(name: str, given: dict[str, Any]) -> Any:
    if name == "update":
        given = {**given, "grads_values": {key: -value for key, value in given["grads_values"].items()}}
    result = refer(name, given)
    return {key: -value for key, value in result.items()} if name == "full_backward_propagation" else result


def _already_dZ(name: str, given: dict[str, Any]) -> Any:
    if name == "single_layer_backward_propagation" and given.get("activation") in ("sigmoid", "softmax"):
        return refer(name, {**given, "activation": "linear"})
    return refer(name, given)


def _expect_dZ(name: str, case: Case) -> Expected:
    if case.raises or case.arguments.get("activation") not in ("sigmoid", "softmax"):
        return case.expected
    results = _already_dZ(name, dict(case.arguments))
    keys = ("dA_prev", "dW", "db")
    return {
        key: Bounded(value, one.allowed * 10 + 1e-13 * np.abs(value).max())
        for key, value, one in zip(keys, results, (case.expected[key] for key in keys), strict=True)
    }


def _output_given(name: str, case: Case) -> Mapping[str, Any]:
    """A = g(Z) in the place of Z."""
    activation = _activation(name, case)
    if "Z" not in case.arguments or activation not in ACTIVATIONS:
        return case.arguments
    return {**case.arguments, "Z": ACTIVATIONS[activation].forward(case.arguments["Z"])}


def _activation(name: str, case: Case) -> str:
    own = name.rpartition("_")[0] if name in (*SLOPES, *ALONE) else case.arguments.get("activation", "relu")
    return str(own)


def _rectified_given(name: str, case: Case) -> Mapping[str, Any]:
    return _output_given(name, case) if _activation(name, case) in RECTIFIERS else case.arguments


def _one_hot_given(name: str, case: Case) -> Mapping[str, Any]:
    """Labels as a column of 0 and 1 for each example, in the place of the number of its class."""
    Z, Y = case.arguments["Z"], case.arguments["Y"]
    return case.arguments if Y.ndim == 2 else {**case.arguments, "Y": np.eye(len(Z), dtype=Z.dtype)[:, Y.astype(int)]}


def _rectified_kept(name: str, case: Case) -> Expected:
    kept = name == "single_layer_forward_propagation" and _activation(name, case) in RECTIFIERS
    return {**case.expected, "Z": case.expected["A"]} if kept else case.expected


def _output_kept(name: str, case: Case) -> Expected:
    """Of a layer's forward function: A in the place of Z, where the slope can be taken from it."""
    if name != "single_layer_forward_propagation" or case.arguments.get("activation") not in OF_OUTPUT:
        return case.expected
    return {**case.expected, "Z": case.expected["A"]}


def _from_output(name: str, given: dict[str, Any]) -> Any:
    """What the slope of an output A, or a layer that gets A in Z's place, returns."""
    if name in ALONE:
        Z = numbers_of(name, "Z", given)
        return _from_output(name.replace("_slope", "_backward"), {"dA": np.ones_like(Z), "Z": Z})
    activation = name.removesuffix("_backward") if name in SLOPES else given.get("activation", "relu")
    if name == "single_layer_forward_propagation":
        A, Z = refer(name, given)
        return A, A if activation in OF_OUTPUT else Z
    if activation == "sigmoid":
        A, dA = numbers_of(name, "Z", given), numbers_of(name, "dA", given)
        dZ = dA * A * (1 - A)
    elif activation == "tanh":
        A, dA = numbers_of(name, "Z", given), numbers_of(name, "dA", given)
        dZ = dA * (1 - A * A)
    else:
        return refer(name, given)
    return dZ if name in SLOPES else refer(name, {**given, "dA": dZ, "activation": "linear"})


def of_loss(maker: Maker) -> Iterator[Trait]:
    """Another loss than the tutorial's, or a multiple of one: the cost's, and then the gradients', too."""
    for loss in dict.fromkeys((maker.loss, "mse", "bce")):
        for scale in SCALES:
            if (loss, scale) != (maker.loss, Scale()):
                partner = {"get_cost_value": "full_backward_propagation"}
                yield Trait(_said(loss, scale), ("get_cost_value", "full_backward_propagation"),
                            expected=OfLoss(maker, loss, scale), partner=partner)  # fmt: skip


def _said(loss: str, scale: Scale) -> str:
    words = [f"{scale.factor:g}"] * (scale.factor != 1)
    words += ["the number of examples"] * scale.of_m
    words += {1: ["the number of outputs"], -1: ["one over the number of outputs"]}.get(scale.of_outputs, [])
    name = {"bce": "binary cross-entropy", "mse": "the mean squared error", "nll": "cross-entropy"}[loss]
    return f"its loss is {' times '.join([*words, name])}"


@dataclass(frozen=True)
class OfLoss:
    """What a cost, and backward propagation, return of a loss."""

    maker: Maker
    loss: str
    scale: Scale

    def __call__(self, name: str, case: Case) -> Expected:
        """The case's, of that loss."""
        Y = case.arguments["Y"]
        factor = self.scale.of(Y.shape[1], len(Y))
        if name == "get_cost_value":
            exact = self.maker.oracle.expected(name, {**case.arguments, "loss": self.loss})
            return {"cost": _times(exact["cost"], factor)}
        exact = self.maker.oracle.expected(name, {**case.arguments, "loss": self.loss})
        return {key: _times(one, factor) for key, one in exact.items()}


def of_scores(maker: Maker) -> Trait:
    """The cost of scores, which makes probabilities of them itself."""
    loss, squash = ("cross_entropy", "softmax") if maker.loss == "nll" else ("bce_with_logits", "sigmoid")

    def given(name: str, case: Case) -> Mapping[str, Any]:
        return {**case.arguments, "Y_hat": 4 * (case.arguments["Y_hat"] - 0.5), "loss": loss}

    def expected(name: str, case: Case) -> Expected:
        return maker.oracle.expected(name, given(name, case))

    says = f"it takes scores, and makes the {squash} itself"
    return Trait(says, ("get_cost_value",), arguments=given, expected=expected)


def differ_in_outputs(one: Trait, other: Trait) -> bool:
    """Whether two are multiples of one loss that are the same for one output."""
    if not (isinstance(one.expected, OfLoss) and isinstance(other.expected, OfLoss)):
        return False
    mine, theirs = one.expected, other.expected
    return mine.loss == theirs.loss and replace(mine.scale, of_outputs=theirs.scale.of_outputs) == theirs.scale


MEAN_EARLY = Trait(
    "1/m is not in dW and db, but in the gradient that they are made of",
    LAYERS_BACK,
    expected=_mean_early,
    reference=_without_mean,
)
OPPOSITE = Trait(
    "gradients have the opposite sign, and update adds them",
    ("full_backward_propagation", "update"),
    expected=_opposite,
    reference=_negated,
    partner={"full_backward_propagation": "update", "update": "full_backward_propagation"},
)
FROM_OUTPUT = Trait(
    "the slope is taken from the layer's output A, not from Z",
    (*SLOPES, *ALONE, "single_layer_forward_propagation", "single_layer_backward_propagation"),
    arguments=_output_given,
    expected=_output_kept,
    reference=_from_output,
    partner={"single_layer_forward_propagation": "single_layer_backward_propagation"},
)
RECTIFIED = Trait(
    "for relu it keeps the output A in the place of Z: the slope is the same there",
    ("single_layer_forward_propagation",),
    arguments=_rectified_given,
    expected=_rectified_kept,
)
ONE_HOT = Trait("labels are 0 and 1 for each class", ("loss_and_gradient",), arguments=_one_hot_given)
PERCENT = Trait("it is in percent", ("get_accuracy_value",), expected=_in_percent)
OF_CLASSES = {predictions: [_laid(predictions, labels) for labels in LAID] for predictions in LAID}
OF_OTHERS = (  # only of what is not called as in the tutorial, which gives it predictions, and wants a share
    Trait("it is given classes, not predictions", ("get_accuracy_value",), arguments=_classes_given),
    *(trait for traits in OF_CLASSES.values() for trait in traits),
)
TRAITS = (
    *OF_OTHERS,
    MEAN_EARLY,
    FROM_OUTPUT,
    RECTIFIED,
    ONE_HOT,
    Trait(
        "dZ of the last layer is Ŷ − Y at once; the slope is in it already",
        ("single_layer_backward_propagation",), expected=_expect_dZ, reference=_already_dZ,
    ),
    OPPOSITE,
    Trait(
        "it counts elements, not columns: the same with one output, more lenient with several",
        ("get_accuracy_value",), expected=_elements,
    ),
    Trait(
        "it adds up elements, and divides by the number of columns: the same with one output",
        ("get_accuracy_value",), expected=_added_up,
    ),
    PERCENT,
)  # fmt: skip
