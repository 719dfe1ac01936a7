"""What `check` expects of an activation, of every one in the table: NumPy's pair and torch's are right, another is not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from problems import DTYPES

from numpynet.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS
from numpynet.check.cases import Case, Maker
from numpynet.check.result import right
from numpynet.types import Array
from torch_reference import ACTIVATIONS as TWINS


def torchs(name: str, dA: Array, Z: Array) -> tuple[Array, Array]:
    """A, and dZ by autograd."""
    given = torch.from_numpy(Z).requires_grad_()
    A = TWINS[name].module()(given) * 1
    A.backward(torch.from_numpy(dA))
    assert given.grad is not None
    return A.detach().numpy(), given.grad.numpy()


def wrong(cases: list[Case], compute: Callable[[Case], dict[str, Array]]) -> list[str]:
    with np.errstate(all="ignore"):
        return [
            f"{case.label}: {name}"
            for case in cases
            for name, value in compute(case).items()
            if not right(value, case.expected[name])
        ]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", [name for name in HIDDEN_ACTIVATIONS if name != "linear"])
def test_an_activation_is_expected_as_numpy_and_torch_compute_it(name: str, dtype: str, seed: int) -> None:
    maker, pair = Maker(np.dtype(dtype), seed), ACTIVATIONS[name]
    forward, backward = list(maker.cases(name)), list(maker.cases(f"{name}_backward"))
    assert len(forward) == len(backward) > 3
    assert wrong(forward, lambda case: {"A": pair.forward(case.arguments["Z"])}) == []
    assert wrong(backward, lambda case: {"dZ": pair.backward(case.arguments["dA"], case.arguments["Z"])}) == []
    assert wrong(backward, lambda case: {"dZ": torchs(name, case.arguments["dA"], case.arguments["Z"])[1]}) == []
    assert wrong(forward, lambda case: {"A": torchs(name, case.arguments["Z"], case.arguments["Z"])[0]}) == []


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", [name for name in HIDDEN_ACTIVATIONS if name != "linear"])
def test_an_activation_that_is_slightly_off_is_wrong(name: str, dtype: str) -> None:
    maker, pair = Maker(np.dtype(dtype), 0), ACTIVATIONS[name]
    backward = list(maker.cases(f"{name}_backward"))
    off = np.dtype(dtype).type(1 + 1e-4)
    assert wrong(list(maker.cases(name)), lambda case: {"A": pair.forward(case.arguments["Z"]) * off})
    assert wrong(backward, lambda case: {"dZ": pair.backward(case.arguments["dA"] * off, case.arguments["Z"])})
