"""The training steps that the suites share."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from numpynet.activations import HIDDEN_ACTIVATIONS
from numpynet.check.fit import CannotJudgeError, LacksError, fit
from numpynet.check.implementation import Implementation
from numpynet.check.reader import AS_IT_IS, Reader
from numpynet.losses import LOSSES
from numpynet.parity import Report, Step, Trace, compare, numpy_trace
from numpynet.parity.trace import REQUIRED
from numpynet.problem import load_problem
from numpynet.sandbox import Limits, LoadError
from numpynet.training import TRAINING_SEED
from numpynet.types import Array
from torch_reference import draw, torch_trace

DTYPES = ("float64", "float32")
REFERENCE = "moons 2-25-50-50-25-1"
PROBLEMS: MappingProxyType[str, dict[str, Any]] = MappingProxyType(
    {
        REFERENCE: {"data": "moons"},
        "circles 2-8-1": {"data": "circles", "layers": "2-8-1"},
        "breast_cancer 30-16-1": {"data": "breast_cancer", "layers": "30-16-1"},
        "logistic regression 2-1": {"data": "moons", "layers": "2-1"},
        "three outputs 7-5-6-3": {"data": "random", "layers": "7-5-6-3", "examples": 64},
        **{
            f"{name} throughout 4-6-6-1": {"data": "random", "layers": "4-6-6-1", "activation": name, "examples": 33}
            for name in HIDDEN_ACTIVATIONS
        },
        "logits 2-9-5-1": {"data": "moons", "layers": "2-9-5-1", "loss": "bce_with_logits"},
        "two logits 4-6-2": {"data": "random", "layers": "4-6-2", "loss": "bce_with_logits", "examples": 50},
        "numbers 5-6-2": {"data": "random", "layers": "5-6-2", "loss": "mse", "examples": 40, "activation": "tanh"},
        "classes 4-8-3": {"data": "random", "layers": "4-8-3", "loss": "cross_entropy", "examples": 40},
        "probabilities 4-8-3": {"data": "random", "layers": "4-8-3", "loss": "nll", "examples": 40},
        "options 4-6-5-1": {
            "data": "random",
            "layers": "4-6-5-1",
            "examples": 40,
            "activation": "tanh",
            "batch_norm": True,
            "dropout": 0.3,
            "seed": 3,
        },
        "normalised classes 4-8-3": {
            "data": "random",
            "layers": "4-8-3",
            "loss": "nll",
            "examples": 40,
            "batch_norm": True,
        },
        "one example of two classes 3-2": {"data": "random", "layers": "3-2", "loss": "nll", "examples": 1},
        "one example 3-4-1": {"data": "random", "layers": "3-4-1", "examples": 1},
    }
)

TUTORIALS_OWN = [  # what others' files know
    name
    for name, problem in PROBLEMS.items()
    if "loss" not in problem and "batch_norm" not in problem and problem.get("activation") in (None, "relu", "sigmoid")
]


def as_arguments(problem: dict[str, Any]) -> list[str]:
    """A problem as the options of a command."""
    options = ((f"--{name.replace('_', '-')}", value) for name, value in problem.items())
    return [part for option, value in options for part in ([option] if value is True else [option, str(value)])]


@cache
def step(name: str, dtype: str) -> Step:
    """The first step of a problem, by name."""
    problem = load_problem(dtype=dtype, **PROBLEMS[name])
    data = problem.data
    start, seed = problem.params_values, PROBLEMS[name].get("seed", TRAINING_SEED)
    given = Step(data.X_train, data.Y_train, start, problem.nn_architecture, 0.01, problem.loss, seed=seed)
    return given.drawn_by(draw)


@cache
def few(dtype: str = "float64") -> Step:
    """The reference network on a ninth of its examples, for what is compared many times over."""
    return step(REFERENCE, dtype).on(slice(100))


@cache
def torchs_few(dtype: str = "float64") -> Trace:
    """Torch's trace of that."""
    return torch_trace(few(dtype))


@cache
def report(name: str, dtype: str) -> Report:
    """The comparison of that step."""
    return compare(numpy_trace(step(name, dtype)), torch_trace(step(name, dtype)))


@cache
def judged(name: str, dtype: str) -> Report | str:
    """The same, of the file that the suite is pointed at, if it is; or why it cannot be put to that."""
    if not UNDER_TEST:
        return report(name, dtype)
    try:
        given, implementation = UNDER_TEST[0].on(name, dtype)
    except (LacksError, CannotJudgeError) as error:
        return str(error)
    return compare(numpy_trace(given, implementation), torch_trace(given))


class UnderTest:
    """Somebody's own file, in the place of numpynet's functions."""

    def __init__(self, path: Path) -> None:
        self.reader = Reader(path, AS_IT_IS, Limits(1e9, 60.0, 16_384, traffic_mib=1 << 20))
        self.reader.__enter__()

    def on(self, name: str, dtype: str) -> tuple[Step, Implementation]:
        """The problem's step as the file computes it, and its functions. LacksError where it cannot."""
        given = step(name, dtype)
        free = {"layers", "activation", "loss"} if name == REFERENCE else set()
        found = fit(self.reader, given.nn_architecture, given.loss, given.dtype, free)
        if len(found.nn_architecture) != len(given.nn_architecture):
            start = load_problem(**{**PROBLEMS[name], "layers": found.layers, "dtype": dtype}).params_values
            return replace(
                given, params_values=start, nn_architecture=found.nn_architecture, loss=found.loss, kept={}
            ), found.implementation
        return replace(given, nn_architecture=found.nn_architecture, loss=found.loss, kept={}), found.implementation


UNDER_TEST: list[UnderTest] = []
"""The file that --implementation names, if any."""


def point_at(file: Path) -> None:
    """Put this file to the parity suite. ValueError where it cannot be."""
    try:
        UNDER_TEST.append(UnderTest(file))
    except LoadError as error:
        raise ValueError(str(error)) from error
    if missing := [name for name in REQUIRED if UNDER_TEST[0].reader.roles.get(name) is None]:
        raise ValueError(f"it has no function {', '.join(missing)}")


def random_step(
    widths: list[int],
    names: list[str],
    m: int,
    seed: int,
    dtype: str,
    data_scale: float = 1,
    weight_scale: float = 0.3,
    **others: Any,
) -> Step:
    """Normal data and weights of the given scales, random targets; `others` are the step's loss, optimizer …"""
    stream = np.random.default_rng(seed)
    params_values = {}
    for layer_idx, (n_in, n_out) in enumerate(pairwise(widths), start=1):
        params_values[f"W{layer_idx}"] = weight_scale * stream.standard_normal((n_out, n_in))
        params_values[f"b{layer_idx}"] = weight_scale * stream.standard_normal((n_out, 1))
    X = (data_scale * stream.standard_normal((widths[0], m))).astype(dtype)
    targets = LOSSES[others.get("loss", "bce")].targets
    Y: Array = stream.integers(0, widths[-1], m) if targets == "classes" else stream.integers(0, 2, (widths[-1], m))
    Y = stream.standard_normal(Y.shape) if targets == "real" else Y
    layers = zip(widths[:-1], widths[1:], names, strict=True)
    architecture = [{"input_dim": i, "output_dim": o, "activation": name} for i, o, name in layers]
    return Step(X, Y, params_values, architecture, learning_rate=0.1, **others)  # type: ignore[arg-type]


OPTIMIZERS: MappingProxyType[str, tuple[str, dict[str, Any]]] = MappingProxyType(
    {
        "sgd": ("sgd", {}),
        "sgd, decay": ("sgd", {"weight_decay": 0.1}),
        "momentum": ("sgd", {"momentum": 0.9}),
        "dampening": ("sgd", {"momentum": 0.8, "dampening": 0.3, "weight_decay": 0.01}),
        "nesterov": ("sgd", {"momentum": 0.9, "nesterov": True, "weight_decay": 0.05}),
        "adagrad": ("adagrad", {}),
        "adagrad, decay": ("adagrad", {"weight_decay": 0.1, "eps": 1e-6}),
        "rmsprop": ("rmsprop", {}),
        "rmsprop, decay": ("rmsprop", {"alpha": 0.9, "weight_decay": 0.1}),
        "adam": ("adam", {}),
        "adam, decay": ("adam", {"betas": (0.4, 0.9), "weight_decay": 0.1}),
        "adamw": ("adamw", {}),
        "adamw, strong": ("adamw", {"weight_decay": 0.3, "eps": 1e-4}),
    }
)
"""Every optimizer of the table, with and without what it can do."""
