"""The training steps that the suites share."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np

from numpynet.activations import ACTIVATIONS
from numpynet.parity import Report, Step, compare, numpy_trace
from numpynet.problem import load_problem
from torch_reference import torch_trace

DTYPES = ("float64", "float32")
REFERENCE = "moons 2-25-50-50-25-1"
PROBLEMS: MappingProxyType[str, dict[str, Any]] = MappingProxyType(
    {
        REFERENCE: {"data": "moons"},
        "circles 2-8-1": {"data": "circles", "layers": "2-8-1"},
        "breast_cancer 30-16-1": {"data": "breast_cancer", "layers": "30-16-1"},
        "logistic regression 2-1": {"data": "moons", "layers": "2-1"},
        "three outputs 7-5-6-3": {"data": "random", "layers": "7-5-6-3", "batch": 64},
        **{
            f"{name} throughout 4-6-6-1": {"data": "random", "layers": "4-6-6-1", "activation": name, "batch": 33}
            for name in ACTIVATIONS
        },
        "logits 2-9-5-1": {"data": "moons", "layers": "2-9-5-1", "loss": "bce_with_logits"},
        "two logits 4-6-2": {"data": "random", "layers": "4-6-2", "loss": "bce_with_logits", "batch": 50},
        "one example 3-4-1": {"data": "random", "layers": "3-4-1", "batch": 1},
    }
)

TUTORIALS_OWN = [  # what others' files know
    name
    for name, problem in PROBLEMS.items()
    if "loss" not in problem and problem.get("activation") in (None, "relu", "sigmoid")
]


@cache
def step(name: str, dtype: str) -> Step:
    """The first step of a problem, by name."""
    problem = load_problem(dtype=dtype, **PROBLEMS[name])
    data = problem.data
    loss = PROBLEMS[name].get("loss", "bce")
    return Step(data.X_train, data.Y_train, problem.params_values, problem.nn_architecture, 0.01, loss)


@cache
def report(name: str, dtype: str) -> Report:
    """The comparison of that step."""
    return compare(numpy_trace(step(name, dtype)), torch_trace(step(name, dtype)))


def random_step(
    widths: list[int], names: list[str], m: int, seed: int, dtype: str, data_scale: float = 1, weight_scale: float = 0.3
) -> Step:
    """Normal data and weights of the given scales, random labels."""
    stream = np.random.default_rng(seed)
    params_values = {}
    for layer_idx, (n_in, n_out) in enumerate(pairwise(widths), start=1):
        params_values[f"W{layer_idx}"] = weight_scale * stream.standard_normal((n_out, n_in))
        params_values[f"b{layer_idx}"] = weight_scale * stream.standard_normal((n_out, 1))
    X = (data_scale * stream.standard_normal((widths[0], m))).astype(dtype)
    Y = stream.integers(0, 2, (widths[-1], m))
    layers = zip(widths[:-1], widths[1:], names, strict=True)
    architecture = [{"input_dim": i, "output_dim": o, "activation": name} for i, o, name in layers]
    return Step(X, Y, params_values, architecture, learning_rate=0.1)  # type: ignore[arg-type]
