"""What a call must satisfy. Every error names the value, the place, and what was expected there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from numpynet import names
from numpynet.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS
from numpynet.losses import LOSSES
from numpynet.optimizers import OPTIMIZERS
from numpynet.registry import UnknownNameError
from numpynet.types import FLOAT_DTYPES, Architecture, Array, Parameters

DOUBLED = {  # a loss of logits after what makes probabilities already, and what the loss has inside
    ("cross_entropy", "softmax"): "softmax",
    ("cross_entropy", "sigmoid"): "softmax",
    ("bce_with_logits", "sigmoid"): "sigmoid",
    ("bce_with_logits", "softmax"): "sigmoid",
}
PROBABILITIES = {"softmax": "nll", "sigmoid": "bce"}  # the loss of those probabilities


def check_architecture(nn_architecture: Architecture) -> None:
    """Raise ValueError or KeyError unless every layer is complete and fits the layer before it."""
    if not isinstance(nn_architecture, (list, tuple)) or not nn_architecture:
        raise ValueError(f"nn_architecture is {nn_architecture!r}: expected a list with one dict a layer")
    for index, layer in enumerate(nn_architecture):
        place = f"nn_architecture[{index}]"
        if not isinstance(layer, Mapping):
            raise ValueError(f"{place} is {layer!r}: expected a dict with input_dim, output_dim, activation")
        for key in ("input_dim", "output_dim"):
            width = fetch(place, layer, key)
            if isinstance(width, bool) or not isinstance(width, (int, np.integer)) or width < 1:
                raise ValueError(f"{place}[{key!r}] is {width!r}: expected a whole number of at least 1")
        if fetch(place, layer, "activation") not in ACTIVATIONS:
            known = ", ".join(ACTIVATIONS)
            raise UnknownNameError(f"{place}: unknown activation {layer['activation']!r}: choose from {known}")
        if index < len(nn_architecture) - 1 and layer["activation"] not in HIDDEN_ACTIVATIONS:
            raise ValueError(
                f"{place}: {layer['activation']} mixes the units of an example and may only end a network; choose from "
                f"{', '.join(HIDDEN_ACTIVATIONS)}"
            )
        _check_options(place, layer, is_last=index == len(nn_architecture) - 1)
        if index and layer["input_dim"] != nn_architecture[index - 1]["output_dim"]:
            raise ValueError(
                f"{place}['input_dim'] is {layer['input_dim']}: expected "
                f"{nn_architecture[index - 1]['output_dim']}, the output_dim of the layer before"
            )


LAYER_KEYS = ("input_dim", "output_dim", "activation", "batch_norm", "dropout")


def _check_options(place: str, layer: Mapping[str, Any], is_last: bool) -> None:
    """Raise ValueError or KeyError for an option of a layer that is not known, or has no such value."""
    for key in layer:
        if key not in LAYER_KEYS:
            raise UnknownNameError(f"{place} has {key!r}: expected {', '.join(LAYER_KEYS)}")
    if not isinstance(layer.get("batch_norm", False), (bool, np.bool_)):
        raise ValueError(f"{place}['batch_norm'] is {layer['batch_norm']!r}: expected True or False")
    p = layer.get("dropout", 0)
    if isinstance(p, (bool, np.bool_)) or not isinstance(p, (int, float, np.integer, np.floating)) or not 0 <= p < 1:
        raise ValueError(
            f"{place}['dropout'] is {p!r}: expected the share that is dropped, a number from 0 and below 1"
        )
    if p and is_last:
        raise ValueError(f"{place}['dropout'] is {p!r}: the last layer's activations are the prediction: drop none")


def parameter_shapes(nn_architecture: Architecture) -> dict[str, tuple[int, int]]:
    """Name and shape of W1, b1 …, with batch norm gamma1, beta1, running_mean1 and running_var1, too."""
    shapes = {}
    for layer_idx, layer in enumerate(nn_architecture, start=1):
        n_in, n_out = layer["input_dim"], layer["output_dim"]
        shapes[names.W(layer_idx)], shapes[names.b(layer_idx)] = (n_out, n_in), (n_out, 1)
        if layer.get("batch_norm"):
            shapes |= {names.make(kind, layer_idx): (n_out, 1) for kind in names.NORMALIZATION}
    return shapes


def fetch(place: str, mapping: Mapping[str, Any], key: str) -> Any:
    """`mapping[key]`, or a KeyError that says what is missing where and what there is."""
    try:
        return mapping[key]
    except KeyError:
        there = ", ".join(map(str, mapping)) or "nothing"
        raise UnknownNameError(f"{place} has no {key!r}; it has {there}") from None


def check_shape(place: str, array: Array, expected: tuple[int | str, ...]) -> tuple[int, ...]:
    """The shape, or ValueError unless it is the expected one; a word such as "m" stands for any size."""
    shape = np.shape(array)
    if shape != expected:  # words, or a mistake
        fits = len(shape) == len(expected)
        for size, wanted in zip(shape, expected, strict=False):
            fits = fits and (size == wanted or isinstance(wanted, str))
        if not fits:
            raise ValueError(f"{place} has shape {shape}: expected ({', '.join(map(str, expected))})")
    return shape


def check_parameters(params_values: Parameters, nn_architecture: Architecture) -> None:
    """Raise KeyError or ValueError unless there is a W and a b of the right shape for every layer, and what else it
    needs."""
    for name, shape in parameter_shapes(nn_architecture).items():
        check_shape(name, fetch("params_values", params_values, name), shape)


def check_kept(kept: Mapping[str, Array], nn_architecture: Architecture, m: int) -> None:
    """Raise KeyError or ValueError unless it says of each layer with dropout, true or false, what is kept."""
    if not isinstance(kept, Mapping):
        raise ValueError(f"kept is {kept!r}: expected what draw_kept returns, a dict with mask1 … of bool")
    for layer_idx, layer in enumerate(nn_architecture, start=1):
        if layer.get("dropout"):
            one = fetch("kept", kept, names.mask(layer_idx))
            place = f"kept[{names.mask(layer_idx)!r}]"
            if not isinstance(one, np.ndarray):
                raise ValueError(f"{place} is {type(one).__name__}: expected an array of bool")
            check_shape(place, one, (layer["output_dim"], m))
            if one.dtype != bool:
                raise ValueError(f"{place} has dtype {one.dtype}: expected bool")


def check_batch(nn_architecture: Architecture, m: int, size: int | None = None) -> None:
    """Raise ValueError where batch norm gets a batch of one: of `size`, or what is left of m examples at the end."""
    normalized = any(layer.get("batch_norm") for layer in nn_architecture)
    if normalized and m == 1:
        raise ValueError("batch norm of one example: it is its own mean, and every unit's N would be beta")
    if normalized and size is not None and (size == 1 or m % min(size, m) == 1):
        last = "each batch" if size == 1 else f"the last batch of {m} examples"
        raise ValueError(
            f"batch_size {size}: {last} has one example, and batch norm needs two; choose another batch_size"
        )


def check_finite(place: str, array: Array) -> None:
    """Raise ValueError at the first NaN or infinity."""
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        where = ", ".join(map(str, bad[0]))
        raise ValueError(f"{place}[{where}] is {array[tuple(bad[0])]}: expected finite numbers only")


def check_pairing(nn_architecture: Architecture, loss: str) -> None:
    """Raise KeyError for a loss that is not known, ValueError for a last layer that does not go with it."""
    takes, last = LOSSES[loss].output, nn_architecture[-1]["activation"]
    if (loss, last) in DOUBLED:
        raise ValueError(
            f"loss {loss} after {last}: the loss takes logits and has its own {DOUBLED[loss, last]} inside, so what "
            f"comes out would be squashed twice; give the last layer {takes}, or take the loss {PROBABILITIES[last]}"
        )
    if loss == "nll" and last != takes:
        raise ValueError(
            f"loss nll after {last}: nll takes probabilities that add up to 1; give the last layer {takes}, or "
            "take the loss cross_entropy after linear"
        )


def check_probabilities(nn_architecture: Architecture, loss: str) -> None:
    """Raise ValueError for binary cross-entropy of probabilities after a last layer that gives none."""
    if loss == "bce" and nn_architecture[-1]["activation"] == "linear":
        raise ValueError(
            "loss is 'bce', as where none is given, and the last layer is linear: binary cross-entropy is defined from "
            "0 to 1; give the last layer the activation sigmoid, or take the loss cross_entropy for classes, "
            "bce_with_logits for labels 0 and 1, mse for numbers"
        )


def check_learning_rate(learning_rate: Any) -> None:
    """Raise ValueError unless it is a finite number of at least 0."""
    is_number = isinstance(learning_rate, (int, float, np.integer, np.floating)) and not isinstance(learning_rate, bool)
    if not is_number or not 0 <= learning_rate < np.inf:
        raise ValueError(f"learning_rate is {learning_rate!r}: expected a finite number of at least 0")


def check_hyperparameters(
    optimizer: str, given: Mapping[str, Any], dtype: np.dtype = FLOAT_DTYPES[1]
) -> dict[str, Any]:
    """Those that were given, as Python's own numbers. KeyError for a name that the optimizer lacks, ValueError for a
    value out of range, or one that `dtype` does not hold."""
    defaults = OPTIMIZERS[optimizer].defaults
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name == "lr" or name not in defaults:
            known = ", ".join(key for key in defaults if key != "lr")
            raise UnknownNameError(f"{optimizer} has no hyperparameter {name!r}: choose from {known}")
        place = f"{optimizer}'s {name}"
        if name == "nesterov":
            if not isinstance(value, (bool, np.bool_)):
                raise ValueError(f"{place} is {value!r}: expected True or False")
            found[name] = bool(value)
        elif name == "betas":
            if not isinstance(value, (tuple, list)) or len(value) != 2:
                raise ValueError(f"{place} is {value!r}: expected two numbers")
            found[name] = tuple(_in_range(place, number, 0, 1) for number in value)
        else:
            least, below = {"momentum": (0, 1), "alpha": (0, 1), "dampening": (-np.inf, np.inf)}.get(name, (0, np.inf))
            found[name] = _in_range(place, value, least, below)
            with np.errstate(over="ignore", under="ignore"):
                in_dtype = dtype.type(found[name])
            if not np.isfinite(in_dtype) or (name == "eps" and 0 < found[name] < np.finfo(dtype).tiny):
                raise ValueError(f"{place} is {value!r}: {dtype} has no such number")
    every = defaults | found
    if every.get("nesterov") and (not every["momentum"] or every["dampening"]):
        raise ValueError("sgd's nesterov needs a momentum and no dampening, as torch's does")
    return found


def _in_range(place: str, value: Any, least: float, below: float) -> float:
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise ValueError(f"{place} is {value!r}: expected a number")
    if not (least <= value < below and np.isfinite(value)):
        limits = [f"at least {least:g}"] * (least > -np.inf) + [f"below {below:g}"] * (below < np.inf)
        raise ValueError(f"{place} is {value!r}: expected {' and '.join(limits) or 'a finite number'}")
    return float(value)


def check_examples(X: Array, Y: Array, nn_architecture: Architecture, loss: str = "bce") -> tuple[Array, Array]:
    """X and Y in one floating dtype (X's, or float64), or ValueError: shapes, finite features, targets of the loss."""
    X, Y = np.asarray(X), np.asarray(Y)
    for place, array in (("X", X), ("Y", Y)):
        if array.dtype.kind not in "fiub":
            raise ValueError(f"{place} has dtype {array.dtype}: expected numbers")
    check_shape("X", X, (nn_architecture[0]["input_dim"], "m"))
    m = X.shape[1]
    if m == 0:
        raise ValueError(f"X has shape {X.shape}: expected at least one example (one column)")
    dtype = X.dtype if X.dtype in FLOAT_DTYPES else np.dtype(np.float64)
    check_finite("X", X)
    Y = check_targets(Y, nn_architecture[-1]["output_dim"], m, loss)
    with np.errstate(over="ignore"):
        X, Y = X.astype(dtype, copy=False), Y.astype(dtype, copy=False)
    check_finite("Y", Y)
    return X, Y


def check_targets(Y: Array, outputs: int, m: int, loss: str = "bce") -> Array:
    """Y as (outputs, m), or ValueError unless it holds what the loss takes; classes may be numbers, (m,) or (1, m)."""
    Y, targets = np.asarray(Y), LOSSES[loss].targets
    if targets == "classes":
        return _one_hot(Y, outputs, m, loss)
    check_shape("Y", Y, (outputs, m))
    bad = np.argwhere((Y != 0) & (Y != 1))
    if targets == "binary" and len(bad):
        row, column = bad[0]
        raise ValueError(
            f"Y[{row}, {column}] is {Y[row, column]}: expected a label, 0 or 1; for more classes take the loss "
            "cross_entropy, for numbers mse"
        )
    return Y


def _one_hot(Y: Array, classes: int, m: int, loss: str) -> Array:
    """Labels 0 … K−1 as columns with a single 1, (K, m); such columns as they are."""
    if classes < 2:
        raise ValueError(f"loss {loss} with {classes} output: expected an output for each class, at least 2")
    if Y.shape in ((m,), (1, m)):
        labels = Y.reshape(m)
        bad = np.flatnonzero(~np.isin(labels, np.arange(classes)))
        if len(bad):
            raise ValueError(
                f"the label of example {bad[0]} is {labels[bad[0]]}: expected a class, a whole number from 0 to "
                f"{classes - 1}, as the network has {classes} outputs"
            )
        return np.asarray(np.arange(classes)[:, np.newaxis] == labels, dtype=float)
    check_shape("Y", Y, (classes, m))
    bad = np.flatnonzero((((Y != 0) & (Y != 1)).any(axis=0)) | (Y.sum(axis=0) != 1))
    if len(bad):
        raise ValueError(f"column {bad[0]} of Y is {Y[:, bad[0]]}: expected a single 1, for the class, and zeros")
    return Y
