"""What a right function returns, by the names of its arguments: what stands in for the file's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

import numpynet
from numpynet.activations import ACTIVATIONS
from numpynet.check.contract import OPERATIONS
from numpynet.check.dialect import as_array
from numpynet.losses import LOSSES
from numpynet.types import Array

POINTWISE = [name for name, one in OPERATIONS.items() if one.arguments in (("Z",), ("dA", "Z"), ("probs",))]


def refer(name: str, given: dict[str, Any]) -> Any:
    """What the function returns for arguments by role; what it refuses, it refuses with its own words."""
    for role, value in given.items():
        if isinstance(value, np.ndarray) and value.dtype == np.float16:
            given[role] = value.astype(np.float32)
    if name in POINTWISE:
        given = {role: numbers_of(name, role, given) for role in OPERATIONS[name].arguments}
        return _pointwise(name)(*given.values())
    if name in _OF_A_LAYER:
        return _OF_A_LAYER[name](given)
    if name == "single_layer_backward_propagation" and not isinstance(given.get("b"), np.ndarray):
        given["b"] = np.zeros((len(given["W"]), 1))
    keywords = {_parameter(name, role): given[role] for role in OPERATIONS[name].arguments if role in given}
    if name == "train":
        keywords["verbose"] = False
        keywords.pop("callback", None)
    if name == "update":
        given["params_values"] = {key: np.array(value) for key, value in given["params_values"].items()}
        keywords["params_values"] = given["params_values"]
    if name in ("get_cost_value", "full_backward_propagation"):
        keywords |= {"loss": given.get("loss", "bce")}
    function: Callable[..., Any] = getattr(numpynet, name)
    return function(**keywords)


def _parameter(name: str, role: str) -> str:
    """What the tutorial calls it."""
    current = {"W": "W_curr", "b": "b_curr", "Z": "Z_curr", "dA": "dA_curr"} if name.startswith("single") else {}
    return current.get(role, role)


def _pointwise(name: str) -> Callable[..., Array]:
    if name == "convert_prob_into_class":
        return numpynet.convert_prob_into_class
    if name in ACTIVATIONS:
        return ACTIVATIONS[name].forward
    activation, _, kind = name.rpartition("_")
    backward = ACTIVATIONS[activation].backward
    return backward if kind == "backward" else lambda Z: backward(np.ones_like(Z), Z)


def _linear_forward(given: Mapping[str, Any]) -> Array:
    Z: Array = given["W"] @ given["A_prev"] + given["b"]
    return Z


def _linear_backward(given: Mapping[str, Any]) -> tuple[Array, Array, Array]:
    dZ, A_prev, W = (given[role] for role in ("dZ", "A_prev", "W"))
    m = A_prev.shape[1]
    return W.T @ dZ, dZ @ A_prev.T / m, dZ.sum(axis=1, keepdims=True) / m


def _loss_and_gradient(given: Mapping[str, Any]) -> tuple[Any, Array]:
    loss, Z = LOSSES["cross_entropy"], given["Z"]
    Y = np.eye(len(Z))[:, np.asarray(given["Y"], dtype=int)]
    return loss.forward(Z, Y), loss.backward(Z, Y) / Z.shape[1]


_OF_A_LAYER: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "linear_forward": _linear_forward,
    "linear_backward": _linear_backward,
    "loss_and_gradient": _loss_and_gradient,
}


def numbers_of(name: str, role: str, given: Mapping[str, Any]) -> Array:
    """The argument as an array; TypeError where it is none."""
    array = as_array(given.get(role))
    if array is None:
        raise TypeError(f"{name} was called without an array for {role}")
    return array
