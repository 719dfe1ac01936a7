"""The public functions, each behind a look at its arguments. Inside the package they are called as they are.

Every check raises ValueError or KeyError with the value, the place and what was expected there.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

import numpy as np

from numpynet import dropout, losses, metrics, names, network, normalization, optimizers
from numpynet.losses import LOSSES
from numpynet.registry import UnknownNameError
from numpynet.types import Architecture, Array, Parameters
from numpynet.validation import (
    check_architecture,
    check_batch,
    check_kept,
    check_parameters,
    check_shape,
    check_targets,
    fetch,
    parameter_shapes,
)

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


def _network(
    X: Array, params_values: Parameters, nn_architecture: Architecture, kept: Mapping[str, Array] | None
) -> None:
    check_architecture(nn_architecture)
    _, m = check_shape("X", X, (nn_architecture[0]["input_dim"], "m"))
    check_parameters(params_values, nn_architecture)
    if kept is not None:
        check_batch(nn_architecture, m)
        check_kept(kept, nn_architecture, m)


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
    _check_memory(memory, nn_architecture)
    return {"Y": Y}


def _update(params_values: Parameters, grads_values: Parameters, nn_architecture: Architecture) -> None:
    check_architecture(nn_architecture)
    check_parameters(params_values, nn_architecture)
    for name, shape in parameter_shapes(nn_architecture).items():
        if names.is_learned(name):
            check_shape(names.d(name), fetch("grads_values", grads_values, names.d(name)), shape)


def _step(params_values: Parameters, grads_values: Parameters, state: Parameters, t: int) -> None:
    if isinstance(t, bool) or not isinstance(t, (int, np.integer)) or t < 1:
        raise ValueError(f"t is {t!r}: expected the number of the step, from 1")
    for name, theta in params_values.items():
        if names.is_learned(name):
            check_shape(names.d(name), fetch("grads_values", grads_values, names.d(name)), theta.shape)
    for name in grads_values:
        fetch("params_values", params_values, names.of(name))
    for name, kept in state.items():
        check_shape(name, kept, fetch("params_values", params_values, name.rpartition(".")[2]).shape)


def _kept(nn_architecture: Architecture, m: int, stream: np.random.Generator) -> None:
    check_architecture(nn_architecture)
    if isinstance(m, bool) or not isinstance(m, (int, np.integer)) or m < 1:
        raise ValueError(f"m is {m!r}: expected how many examples there are, at least 1")
    if not isinstance(stream, np.random.Generator):
        raise ValueError(f"stream is {stream!r}: expected a generator, such as np.random.default_rng(0)")


def _running(params_values: Parameters, memory: Parameters, nn_architecture: Architecture) -> None:
    check_architecture(nn_architecture)
    check_parameters(params_values, nn_architecture)
    _check_memory(memory, nn_architecture)


def _check_memory(memory: Parameters, nn_architecture: Architecture) -> None:
    """What a forward pass in training leaves there, besides A and Z."""
    for layer_idx, layer in enumerate(nn_architecture, start=1):
        needed: dict[str, int | str] = {}
        if layer.get("batch_norm"):
            needed |= {names.N(layer_idx): "m", f"mean{layer_idx}": 1, f"var{layer_idx}": 1}
        if layer.get("dropout") and names.mask(layer_idx) in memory:
            needed |= {names.D(layer_idx): "m"}
        for name, columns in needed.items():
            if name not in memory:
                raise UnknownNameError(
                    f"memory has no {name!r}: it is what a forward pass in training leaves there; give "
                    "full_forward_propagation kept=draw_kept(nn_architecture, m, stream)"
                )
            check_shape(name, memory[name], (layer["output_dim"], columns))


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
update_running = checked(normalization.update_running, _running)
draw_kept = checked(dropout.draw_kept, _kept)
optimizer_step = checked(optimizers.optimizer_step, _step)
get_cost_value = checked(losses.get_cost_value, _targets)
get_accuracy_value = checked(metrics.get_accuracy_value, _labels)
