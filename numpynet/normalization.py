"""Batch norm: each unit's Z is brought to mean 0 and variance 1 over the batch, then scaled and shifted as it learns.

`"batch_norm": True` in a layer of `nn_architecture`: N{l} = γ · (Z{l} − mean) / √(var + ε) + β, and A{l} = f(N{l}).
γ and β are parameters, `gamma{l}` and `beta{l}`, (n_out, 1). So is, without a gradient, what is remembered of the
batches for evaluation, which has none: `running_mean{l}` and `running_var{l}`. As torch.nn.BatchNorm1d, ε = 1e-5 and
momentum 0.1. S. Ioffe and C. Szegedy, "Batch normalization" (2015).
"""

from __future__ import annotations

import numpy as np

from numpynet.activations import ACTIVATIONS
from numpynet.types import Architecture, Array, Parameters

EPS, MOMENTUM = 1e-5, 0.1


def initial(layer_idx: int, n_out: int) -> Parameters:
    """γ = 1, β = 0, and running statistics of mean 0 and variance 1."""
    zeros, ones = np.zeros((n_out, 1)), np.ones((n_out, 1))
    learned = {f"gamma{layer_idx}": ones, f"beta{layer_idx}": zeros}
    return {**learned, f"running_mean{layer_idx}": zeros.copy(), f"running_var{layer_idx}": ones.copy()}


def normalize(Z: Array, mean: Array, var: Array) -> Array:
    """x̂ = (Z − mean) / √(var + ε), for a mean and a variance a unit, (n_out, 1)."""
    return (Z - mean) / np.sqrt(var + EPS)


def batch_norm(Z: Array, gamma: Array, beta: Array, mean: Array, var: Array) -> Array:
    """N = γ x̂ + β: in training of the batch's mean and variance, in evaluation of the running ones."""
    return gamma * normalize(Z, mean, var) + beta


def batch_norm_backward(dN: Array, Z: Array, gamma: Array, mean: Array, var: Array) -> tuple[Array, Array, Array]:
    """(dZ, dγ, dβ). An example's Z moves the mean and the variance, and with them every other example's x̂:

    dZ = γ / √(var + ε) · (dN − mean of dN − x̂ · mean of dN x̂), dγ = Σ dN x̂ / m, dβ = Σ dN / m.
    """
    m = Z.shape[1]
    x_hat = normalize(Z, mean, var)
    dgamma = np.sum(dN * x_hat, axis=1, keepdims=True) / m
    dbeta = np.sum(dN, axis=1, keepdims=True) / m
    dZ = gamma / np.sqrt(var + EPS) * (dN - dbeta - x_hat * dgamma)
    return dZ, dgamma, dbeta


def normalized_forward(
    A_prev: Array, layer_idx: int, activation: str, params_values: Parameters, memory: Parameters, training: bool
) -> tuple[Array, Array]:
    """(A, Z) of a layer with batch norm; memory gets N{l}, and in training the batch's mean{l} and var{l}."""
    Z = params_values[f"W{layer_idx}"] @ A_prev + params_values[f"b{layer_idx}"]
    if training:
        mean = memory[f"mean{layer_idx}"] = np.mean(Z, axis=1, keepdims=True)
        var = memory[f"var{layer_idx}"] = np.mean((Z - mean) ** 2, axis=1, keepdims=True)
    else:
        mean, var = params_values[f"running_mean{layer_idx}"], params_values[f"running_var{layer_idx}"]
    N = batch_norm(Z, params_values[f"gamma{layer_idx}"], params_values[f"beta{layer_idx}"], mean, var)
    memory[f"N{layer_idx}"] = N
    return ACTIVATIONS[activation].forward(N), Z


def normalized_backward(
    dA: Array, layer_idx: int, activation: str, params_values: Parameters, memory: Parameters, grads_values: Parameters
) -> Array:
    """dZ of a layer with batch norm; grads_values gets dgamma{l} and dbeta{l}."""
    dN = ACTIVATIONS[activation].backward(dA, memory[f"N{layer_idx}"])
    statistics = memory[f"mean{layer_idx}"], memory[f"var{layer_idx}"]
    dZ, dgamma, dbeta = batch_norm_backward(
        dN, memory[f"Z{layer_idx}"], params_values[f"gamma{layer_idx}"], *statistics
    )
    grads_values[f"dgamma{layer_idx}"], grads_values[f"dbeta{layer_idx}"] = dgamma, dbeta
    return dZ


def update_running(params_values: Parameters, memory: Parameters, nn_architecture: Architecture) -> Parameters:
    """running ← 0.9 running + 0.1 the batch's, after a forward pass in training; in place, and returned.

    The variance that is remembered is the one with n − 1 below, Σ (Z − mean)² / (m − 1): an unbiased estimate.
    """
    for layer_idx, layer in enumerate(nn_architecture, start=1):
        if layer.get("batch_norm"):
            m = memory[f"Z{layer_idx}"].shape[1]
            unbiased = memory[f"var{layer_idx}"] * m / (m - 1)
            for name, batch in (("running_mean", memory[f"mean{layer_idx}"]), ("running_var", unbiased)):
                running = params_values[f"{name}{layer_idx}"]
                params_values[f"{name}{layer_idx}"] = (1 - MOMENTUM) * running + MOMENTUM * batch
    return params_values
