"""What a call must satisfy. Every error names the value, the place, and what was expected there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from numpynet import names
from numpynet.activations import ACTIVATIONS
from numpynet.registry import UnknownNameError
from numpynet.types import FLOAT_DTYPES, Architecture, Array, Parameters


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
        if index and layer["input_dim"] != nn_architecture[index - 1]["output_dim"]:
            raise ValueError(
                f"{place}['input_dim'] is {layer['input_dim']}: expected "
                f"{nn_architecture[index - 1]['output_dim']}, the output_dim of the layer before"
            )


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
    """Raise KeyError or ValueError unless there is a W and a b of the right shape for every layer."""
    for layer_idx, layer in enumerate(nn_architecture, start=1):
        n_in, n_out = layer["input_dim"], layer["output_dim"]
        check_shape(names.W(layer_idx), fetch("params_values", params_values, names.W(layer_idx)), (n_out, n_in))
        check_shape(names.b(layer_idx), fetch("params_values", params_values, names.b(layer_idx)), (n_out, 1))


def check_finite(place: str, array: Array) -> None:
    """Raise ValueError at the first NaN or infinity."""
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        where = ", ".join(map(str, bad[0]))
        raise ValueError(f"{place}[{where}] is {array[tuple(bad[0])]}: expected finite numbers only")


def check_examples(X: Array, Y: Array, nn_architecture: Architecture) -> tuple[Array, Array]:
    """X and Y in one floating dtype (X's, or float64), or ValueError: shapes, finite features, labels 0 or 1."""
    X, Y = np.asarray(X), np.asarray(Y)
    for place, array in (("X", X), ("Y", Y)):
        if array.dtype.kind not in "fiub":
            raise ValueError(f"{place} has dtype {array.dtype}: expected numbers")
    check_shape("X", X, (nn_architecture[0]["input_dim"], "m"))
    m = X.shape[1]
    if m == 0:
        raise ValueError(f"X has shape {X.shape}: expected at least one example (one column)")
    check_shape("Y", Y, (nn_architecture[-1]["output_dim"], m))
    dtype = X.dtype if X.dtype in FLOAT_DTYPES else np.dtype(np.float64)
    check_finite("X", X)
    bad = np.argwhere((Y != 0) & (Y != 1))
    if len(bad):
        row, column = bad[0]
        raise ValueError(f"Y[{row}, {column}] is {Y[row, column]}: expected a label, 0 or 1")
    return X.astype(dtype, copy=False), Y.astype(dtype, copy=False)
