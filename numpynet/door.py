"""The public functions, each behind a look at its arguments. Inside the package they are called as they are.

Every check raises ValueError or KeyError with the value, the place and what was expected there.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numpy as np

from numpynet import losses, metrics, names, network, optimizers
from numpynet.losses import LOSSES
from numpynet.types import Architecture, Array, Parameters
from numpynet.validation import check_architecture, check_parameters, check_shape, check_targets, fetch

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def checked(
    function: Callable[Arguments, Result], check: Callable[..., dict[str, Any] | None]
) -> Callable[Arguments, Result]:
    """The function; before it runs, `check` sees those of its arguments that it has parameters for.

    What `check` returns by name takes the place of what was given.
    """
    signature, looked_at = inspect.signature(function), inspect.signature(check).parameters

    @functools.wraps(function)
    def behind(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        bound.arguments |= check(**{name: bound.arguments[name] for name in looked_at}) or {}
        return function(*bound.args, **bound.kwargs)

    return behind


def _network(X: Array, params_values: Parameters, nn_architecture: Architecture) -> None:
    check_architecture(nn_architecture)
    check_shape("X", X, (nn_architecture[0]["input_dim"], "m"))
    check_parameters(params_values, nn_architecture)


def _layer(A_prev: Array, W_curr: Array, b_curr: Array) -> None:
    n_out, n_in = check_shape("W_curr", W_curr, ("n_out", "n_in"))
    check_shape("A_prev", A_prev, (n_in, "m"))
    check_shape("b_curr", b_curr, (n_out, 1))


def _layer_back(dA_curr: Array, W_curr: Array, Z_curr: Array, A_prev: Array) -> None:
    n_out, n_in = check_shape("W_curr", W_curr, ("n_out", "n_in"))
    _, m = check_shape("A_prev", A_prev, (n_in, "m"))
    check_shape("Z_curr", Z_curr, (n_out, m))
    check_shape("dA_curr", dA_curr, (n_out, m))


def _back(
    Y_hat: Array, Y: Array, memory: Parameters, params_values: Parameters, nn_architecture: Architecture, loss: str
) -> dict[str, Any]:
    """Labels may have any shape of as many numbers, but not (m, outputs): that would mix them up."""
    check_architecture(nn_architecture)
    outputs, m = check_shape("Y_hat", Y_hat, (nn_architecture[-1]["output_dim"], "m"))
    if LOSSES[loss].targets == "classes":
        Y = check_targets(Y, outputs, m, loss)
    elif np.size(Y) != Y_hat.size or (np.ndim(Y) > 1 and outputs > 1):
        check_shape("Y", Y, Y_hat.shape)
    check_parameters(params_values, nn_architecture)
    for layer_idx, layer in enumerate(nn_architecture, start=1):
        for name, n in ((names.A(layer_idx - 1), layer["input_dim"]), (names.Z(layer_idx), layer["output_dim"])):
            check_shape(name, fetch("memory", memory, name), (n, m))
    return {"Y": Y}


def _update(params_values: Parameters, grads_values: Parameters, nn_architecture: Architecture) -> None:
    check_architecture(nn_architecture)
    check_parameters(params_values, nn_architecture)
    for layer_idx in range(1, len(nn_architecture) + 1):
        for name in (names.W(layer_idx), names.b(layer_idx)):
            check_shape(names.d(name), fetch("grads_values", grads_values, names.d(name)), params_values[name].shape)


def _step(params_values: Parameters, grads_values: Parameters, state: Parameters, t: int) -> None:
    if isinstance(t, bool) or not isinstance(t, (int, np.integer)) or t < 1:
        raise ValueError(f"t is {t!r}: expected the number of the step, from 1")
    for name, theta in params_values.items():
        check_shape(names.d(name), fetch("grads_values", grads_values, names.d(name)), theta.shape)
    for name, kept in state.items():
        check_shape(name, kept, fetch("params_values", params_values, name.rpartition(".")[2]).shape)


def _labels(Y_hat: Array, Y: Array) -> None:
    check_shape("Y", Y, check_shape("Y_hat", Y_hat, ("outputs", "m")))


def _targets(Y_hat: Array, Y: Array, loss: str) -> dict[str, Any]:
    """The numbers of classes become columns with a single 1; the tutorial's labels are taken as they are."""
    outputs, m = check_shape("Y_hat", Y_hat, ("outputs", "m"))
    if LOSSES[loss].targets == "classes":
        return {"Y": check_targets(Y, outputs, m, loss)}
    check_shape("Y", Y, Y_hat.shape)
    return {}


init_layers = checked(network.init_layers, check_architecture)
single_layer_forward_propagation = checked(network.single_layer_forward_propagation, _layer)
full_forward_propagation = checked(network.full_forward_propagation, _network)
single_layer_backward_propagation = checked(network.single_layer_backward_propagation, _layer_back)
full_backward_propagation = checked(network.full_backward_propagation, _back)
update = checked(optimizers.update, _update)
optimizer_step = checked(optimizers.optimizer_step, _step)
get_cost_value = checked(losses.get_cost_value, _targets)
get_accuracy_value = checked(metrics.get_accuracy_value, _labels)
