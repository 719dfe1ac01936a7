"""The tape: each operation against central differences, and the network against torch and the hand-written gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from problems import DTYPES, OPTIMIZERS, PROBLEMS, random_step, step

from numpynet import tape
from numpynet.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS
from numpynet.losses import LOSSES
from numpynet.parity import Step, compare, numpy_trace
from numpynet.parity.compare import WRONG, describe
from numpynet.parity.trace import tape_trace
from numpynet.tape import Tensor, total
from numpynet.types import Array
from torch_reference import torch_trace

Operation = Callable[[Tensor, Tensor], Tensor]
OPERATIONS: dict[str, Operation] = {
    "x + y": lambda x, y: x + y,
    "x - y": lambda x, y: x - y,
    "-x": lambda x, y: -x,
    "x * y": lambda x, y: x * y,
    "x / y": lambda x, y: x / y,
    "x @ y": lambda x, y: x @ y,
    "x * x": lambda x, y: x * x,
    "x used by three": lambda x, y: x * y + x @ y - x,
    "3 * x + array": lambda x, y: 3 * x + np.arange(3.0),
    "array + x": lambda x, y: np.arange(3.0) + x,
    **{name: lambda x, y, name=name: tape.activation(name, x) for name in ACTIVATIONS},  # type: ignore[misc]
    "total of a total": lambda x, y: total(x) * x,
}
WEIGHTS = np.random.default_rng(7).standard_normal((3, 3))


def gradients(operation: Operation, x: Array, y: Array) -> tuple[Any, Any]:
    X, Y = Tensor(x), Tensor(y)
    total(operation(X, Y) * WEIGHTS).backward()  # weighted: a plain sum would hide a transposed gradient
    return X.grad, Y.grad


def central(operation: Operation, x: Array, y: Array, h: float = 1e-5) -> Array:
    """∂/∂x, element by element."""

    def loss(x: Array) -> float:
        return float((operation(Tensor(x), Tensor(y)).value * WEIGHTS).sum())

    slope = np.empty_like(x)
    for at in np.ndindex(*x.shape):
        step = np.zeros_like(x)
        step[at] = h
        slope[at] = (loss(x + step) - loss(x - step)) / (2 * h)
    return slope


@pytest.mark.parametrize("name", OPERATIONS)
def test_vjp_is_the_central_difference(name: str) -> None:
    stream = np.random.default_rng(1)
    x, y = stream.uniform(0.5, 2, (3, 3)), stream.uniform(0.5, 2, (3, 3))
    if name in ACTIVATIONS:
        x = x * np.where(stream.random((3, 3)) < 0.5, -1, 1)
    ours, of_y = gradients(OPERATIONS[name], x, y)
    np.testing.assert_allclose(ours, central(OPERATIONS[name], x, y), rtol=1e-7, atol=1e-8)
    if of_y is not None:
        np.testing.assert_allclose(
            of_y, central(lambda y, x: OPERATIONS[name](x, y), y, x), rtol=1e-7, atol=1e-8
        )  # fmt: skip


def test_a_slightly_wrong_vjp_is_caught() -> None:
    def wrong(x: Tensor, y: Tensor) -> Tensor:
        return tape.record(np.tanh(x.value), (x, lambda g: g * (1 - 1.000001 * np.tanh(x.value) ** 2)))

    x = np.random.default_rng(2).uniform(0.5, 2, (3, 3))
    ours, _ = gradients(wrong, x, x)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(ours, central(wrong, x, x), rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("shape", [(), (1,), (3,), (1, 1), (2, 1), (1, 3), (2, 3), (4, 1, 3), (4, 2, 1)])
def test_a_stretched_operand_gets_the_sum_of_its_copies(shape: tuple[int, ...]) -> None:
    x, y = Tensor(np.ones((2, 3))), Tensor(np.full(shape, 2.0))
    total(x * y).backward()
    assert x.grad is not None
    assert y.grad is not None
    assert (x.grad.shape, y.grad.shape) == (x.value.shape, shape)
    copies = np.broadcast_shapes((2, 3), shape)
    assert y.grad.sum() == np.prod(copies)
    assert (x.grad == 2 * np.prod(copies) / 6).all()


def test_a_second_pass_starts_afresh_and_leaves_other_tensors_alone() -> None:
    x, bystander = Tensor(3.0), Tensor(1.0)
    y = x * x
    y.backward()
    y.backward()
    assert x.grad == 6.0
    assert bystander.grad is None


def test_a_long_chain_needs_no_deep_recursion() -> None:
    x = y = Tensor(0.0)
    for _ in range(5000):
        y = y + x
    y.backward()
    assert x.grad == 5001


def test_a_diamond_is_walked_once_each() -> None:
    """x → x², x³ → x⁵ many times over: 2ⁿ paths, n nodes."""
    x = y = Tensor(1.0)
    for _ in range(200):
        y = y * 0.5 + y * 0.5
    y.backward()
    assert x.grad == 1.0


def test_backward_from_an_array_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"starts from one number, the loss: this tensor has shape \(2, 1\)"):
        Tensor(np.ones((2, 1))).backward()


def test_constants_get_no_gradient_and_dtype_stays() -> None:
    W = Tensor(np.ones((1, 2), np.float32))
    total(W @ np.ones((2, 5), np.float32) / 3).backward()
    assert W.grad is not None
    assert W.grad.dtype == np.float32
    assert len((W @ np.ones((2, 5), np.float32)).edges) == 1


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("problem", PROBLEMS)
def test_tape_agrees_with_the_hand_written_gradients_and_with_torch(problem: str, dtype: str) -> None:
    given = step(problem, dtype)
    tape_trace_ = tape_trace(given)
    assert list(tape_trace_.values) == list(given.shapes())
    for report in (compare(numpy_trace(given), tape_trace_), compare(tape_trace_, torch_trace(given))):
        report.raise_on_mismatch()
        assert sum(row.compared for row in report.rows) == sum(np.prod(shape) for shape in given.shapes().values())


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    widths=st.lists(st.integers(1, 12), min_size=2, max_size=5),
    m=st.integers(1, 30),
    seed=st.integers(0, 2**32 - 1),
    dtype=st.sampled_from(DTYPES),
    scale=st.sampled_from([0.05, 0.5, 1.5]),
    data=st.data(),
)
def test_tape_agrees_on_any_network(
    widths: list[int], m: int, seed: int, dtype: str, scale: float, data: st.DataObject
) -> None:
    names = data.draw(st.lists(st.sampled_from(HIDDEN_ACTIVATIONS), min_size=len(widths) - 2, max_size=len(widths) - 2))
    loss = data.draw(st.sampled_from(list(LOSSES)))
    optimizer, hyperparameters = data.draw(st.sampled_from(list(OPTIMIZERS.values())))
    widths[-1] += LOSSES[loss].targets == "classes"
    given = random_step(
        widths, [*names, LOSSES[loss].output], m, seed, dtype, weight_scale=scale,
        loss=loss, optimizer=optimizer, hyperparameters=hyperparameters,
    )  # fmt: skip
    report = compare(tape_trace(given), torch_trace(given))
    assert not [describe(row) for row in report.rows if row.outcome in WRONG]
    if not report.saturated and not report.clamped:
        report.raise_on_mismatch()


@pytest.mark.parametrize("Z", [30.0, -30.0, 800.0, -800.0])
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_sure_prediction_is_clamped_as_torch_clamps_it(dtype: str, Z: float) -> None:
    given = random_step([1, 1], ["sigmoid"], 2, 0, dtype)
    Y = np.array([[0.0, 1.0]])
    sure = Step(np.ones((1, 2), dtype), Y, {"W1": [[Z]], "b1": [[0.0]]}, given.nn_architecture)  # type: ignore[dict-item]
    ours, theirs = tape_trace(sure), torch_trace(sure)
    for name, value in ours.values.items():
        assert np.isfinite(value).all(), name
        np.testing.assert_allclose(value.astype(float), theirs.values[name].astype(float), rtol=1e-5, err_msg=name)
