"""The quantities: each a formula of others, as text; what is taken instead of one changes what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

from numpynet.activations import ACTIVATIONS, sigmoid
from numpynet.check.result import Observation
from numpynet.types import Array

WORDS: dict[str, Any] = {
    **{name: getattr(np, name) for name in ("exp", "log", "log2", "log10", "sqrt", "abs", "sign", "floor")},
    **{name: getattr(np, name) for name in ("trunc", "ceil", "round", "clip", "where", "maximum", "minimum", "median")},
    **{name: getattr(np, name) for name in ("zeros_like", "ones_like", "logaddexp", "fmax", "fmin", "mean", "nansum")},
    **{name: getattr(np, name) for name in ("log1p", "square", "nan_to_num")},
    "float32": lambda x: np.asarray(x, np.float32),
    "float16": lambda x: np.asarray(x, np.float16),
    **{name: row.forward for name, row in ACTIVATIONS.items()},
    **{f"{name}_backward": row.backward for name, row in ACTIVATIONS.items()},
    "σ": sigmoid,
    "norm": np.linalg.norm,
    "rows": lambda x: np.sum(x, axis=1, keepdims=True),
    "columns": lambda x: np.sum(x, axis=0, keepdims=True),
}
LAYER = {"Z": "W @ A_prev + b", "A": "g(Z)"}
SLOPE = {"s": "σ(Z)", "f": "slope(Z)", "dZ": "dA * f"}
LINEAR_BACK = {"dW": "dZ @ A_prev.T / over", "db": "rows(dZ) / over", "dA_prev": "W.T @ dZ"}
LOSS_FORMULAS = {  # p: probabilities; losses: what each element adds; n: the outputs
    "bce": {
        "p": "Y_hat",
        "losses": "-(Y * log(p) + (1 - Y) * log(1 - p))",
        "paired": "-(Y.T * log(p) + (1 - Y).T * log(1 - p))",
        "dA": "-(Y / p - (1 - Y) / (1 - p))",
    },
    "bce_with_logits": {
        "p": "σ(Y_hat)",
        "losses": "(maximum(Y_hat, 0) - Y_hat * Y + log1p(exp(-abs(Y_hat)))) / n",
        "dA": "(p - Y) / n",
    },
    "mse": {"losses": "square(Y_hat - Y) / n", "paired": "square(Y_hat - Y.T)", "dA": "2 * (Y_hat - Y) / n"},
    "nll": {"p": "Y_hat", "losses": "-log((Y * p).sum(0))", "dA": "-Y / p"},
    "cross_entropy": {"p": "softmax(Y_hat)", "losses": "-log((Y * p).sum(0))", "dA": "p - Y"},
}
METRICS = {
    "cost": "losses.sum() / over",
    "classes": "(probs > 0.5) * 1.0",
    "C": "(Y_hat > 0.5) * 1.0",
    "hits": "C == Y",
    "accuracy": "hits.all(0).mean()",
}
RETURNS = {
    "linear_forward": ("Z",),
    "linear_backward": ("dA_prev", "dW", "db"),
    "single_layer_forward_propagation": ("A", "Z"),
    "single_layer_backward_propagation": ("dA_prev", "dW", "db"),
    "get_cost_value": ("cost",),
    "loss_and_gradient": ("cost", "dZ"),
    "convert_prob_into_class": ("classes",),
    "get_accuracy_value": ("accuracy",),
    **dict.fromkeys(ACTIVATIONS, ("A",)),
    **{f"{name}_backward": ("dZ",) for name in ACTIVATIONS},
}


class Recipe(NamedTuple):
    """Instead of a quantity, `target`, this expression; everywhere, or for one result `only`."""

    id: str
    says: str
    target: str
    expression: str
    harmless: bool = False
    only: str = ""


class Fit(NamedTuple):
    """A recipe with a constant k, which `k` finds in `got`: a constant array, but for rounding."""

    id: str
    says: str
    target: str
    k: str
    expression: str
    harmless: bool = False


class Quantities(dict[str, Any]):
    """What is given, by name; a quantity that has a formula is computed when it is asked for."""

    def __init__(self, given: Mapping[str, Any], formulas: Mapping[str, str]) -> None:
        super().__init__(given)
        self.given, self.formulas = dict(given), formulas

    def __missing__(self, name: str) -> Any:
        self[name] = value = evaluate(self.formulas[name], self)
        return value

    def instead(self, **values: Any) -> Quantities:
        """The same with other values for some: what follows from them follows."""
        return Quantities(self.given | values, self.formulas)

    def made(self, recipe: Recipe) -> Quantities:
        """With the recipe's expression in the place of its target."""
        return self.instead(**{recipe.target: evaluate(recipe.expression, self)})


@lru_cache(None)
def compiled(expression: str) -> CodeType:
    """Of our own tables' expressions alone."""
    return compile(expression, expression, "eval")


def evaluate(expression: str, names: Mapping[str, Any]) -> Any:
    """The expression's value."""
    return eval(compiled(expression), WORDS, names)


def wide(value: Any) -> Any:
    """An array in float64; anything else as it is."""
    return value.astype(float) if isinstance(value, np.ndarray) and value.dtype.kind in "fiub" else value


def activation(name: str) -> dict[str, Any]:
    """The activation's g, its slope, and dZ of dA."""
    g, back = ACTIVATIONS[name].forward, ACTIVATIONS[name].backward
    slope: Callable[[Array], Array] = lambda Z: back(np.ones_like(Z), Z)  # noqa: E731
    return {"activation": name, "g": g, "slope": slope, "back": back}


def quantities(function: str, one: Observation, **more: Any) -> Quantities:
    """What the function is given, and the formulas of what follows; `over` is what the averages are divided by."""
    given = {role: wide(value) for role, value in {**one.case.arguments, **more}.items()}
    own = function.removesuffix("_backward")
    if own in ACTIVATIONS or "activation" in given or ("W" in given and not function.startswith("linear")):
        given |= activation(own if own in ACTIVATIONS else given.get("activation", "relu"))
    formulas = LAYER | SLOPE | LINEAR_BACK | METRICS | LOSS_FORMULAS[given.get("loss", "bce")]
    if "g" in given and not ACTIVATIONS[given["activation"]].elementwise:
        formulas["dZ"] = "back(dA, Z)"
    if function == "loss_and_gradient":
        formulas |= LOSS_FORMULAS[given.get("loss", "cross_entropy")] | {"dZ": "dA / by"}
        labels = given["Y"].ravel().astype(int)
        given |= {
            "Y_hat": given["Y_hat"] if "Y_hat" in given else given["Z"],
            "loss": given.get("loss", "cross_entropy"),
        }
        given["Y"] = np.eye(len(given["Y_hat"]))[:, labels]
    seen = next(given[role] for role in ("A_prev", "Y_hat", "dA", "Z", "probs", "X") if role in given)
    given |= {"m": seen.shape[1], "n": len(given.get("Y_hat", seen)), "over": seen.shape[1], "by": seen.shape[1]}
    if "W" in given:
        given |= {"n_out": given["W"].shape[0], "n_in": given["W"].shape[1]}
    found = Quantities(given, formulas)
    for divisor, name in (("over", "db"), ("by", "dZ")):  # another course adds up where this one takes means
        exact = one.case.expected.get(name)
        if exact is not None and (divisor == "over" or function == "loss_and_gradient"):
            summed = found.instead(**{divisor: 1})
            if np.allclose(summed[name], exact.value, rtol=1e-4) and found["m"] > 1:
                found = summed
    return found
