"""Tracing somebody's functions: what is seen, what is not, and that nothing of theirs is touched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from conftest import IMPLEMENTATIONS
from problems import DTYPES, PROBLEMS, REFERENCE, TUTORIALS_OWN, step

import numpynet
from numpynet.parity import numpy_trace
from numpynet.parity.loader import load_implementation
from torch_reference import torch_trace

TUTORIAL = (IMPLEMENTATIONS / "tutorial.py").read_text(encoding="utf-8")


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], ModuleType]:
    """A module of the given source."""

    def write(source: str) -> ModuleType:
        file = tmp_path / "mine.py"
        file.write_text(source, encoding="utf-8")
        return load_implementation(file)

    return write


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("problem", PROBLEMS)
def test_both_makers_fill_every_name_in_its_shape(problem: str, dtype: str) -> None:
    given = step(problem, dtype)
    for trace in (numpy_trace(given), torch_trace(given)):
        assert {name: value.shape for name, value in trace.values.items()} == given.shapes()
        assert trace.not_observed == ()
        assert trace.problem is None
    for name, value in numpy_trace(given).values.items():
        assert value.dtype == (np.float64 if name == "cost" else dtype)


def test_trace_is_the_step_itself() -> None:
    given = step("three outputs 7-5-6-3", "float64")
    values = numpy_trace(given).values
    Y_hat, memory = numpynet.full_forward_propagation(given.X, given.params_values, given.nn_architecture)
    np.testing.assert_array_equal(values["A3"], Y_hat)
    for name, value in memory.items():
        np.testing.assert_array_equal(values[name], value)
    np.testing.assert_array_equal(values["dA3"], numpynet.LOSSES["bce"].backward(Y_hat, given.Y))
    np.testing.assert_array_equal(values["dZ2"], numpynet.relu_backward(values["dA2"], memory["Z2"]))
    np.testing.assert_array_equal(values["dA1"], given.params_values["W2"].T @ values["dZ2"])


def test_tracing_leaves_step_and_module_as_they_were(written: Callable[[str], ModuleType]) -> None:
    module = written(TUTORIAL.replace("return np.maximum(0, Z)", "Z *= 2; return np.maximum(0, Z, out=Z)"))
    given = step(REFERENCE, "float64")
    before = {name: value.copy() for name, value in given.params_values.items()}, given.X.copy(), dict(vars(module))
    numpy_trace(given, module)
    numpy_trace(given)
    for name, value in before[0].items():
        np.testing.assert_array_equal(given.params_values[name], value)
    np.testing.assert_array_equal(given.X, before[1])
    assert vars(module) == before[2]
    assert numpynet.ACTIVATIONS["relu"].backward is numpynet.relu_backward


@pytest.mark.parametrize("problem", TUTORIALS_OWN)
def test_another_style_is_not_observed_rather_than_missing(problem: str) -> None:
    given = step(problem, "float64")
    trace = numpy_trace(given, load_implementation(IMPLEMENTATIONS / "other_style.py"))
    assert trace.problem is None
    assert trace.not_observed == tuple(name for name in given.shapes() if name.startswith(("dA", "dZ")))
    assert set(trace.values) | set(trace.not_observed) == set(given.shapes())


def test_functions_in_a_table_are_observed(written: Callable[[str], ModuleType]) -> None:
    table = 'TABLE = {"relu": (relu, relu_backward), "sigmoid": [sigmoid, sigmoid_backward]}\n'
    source = TUTORIAL.replace("def single_layer_forward", table + "\n\ndef single_layer_forward")
    start = source.index('    if activation == "relu":\n        backward_activation_func')
    end = source.index("    dZ_curr = backward_activation_func")
    source = source[:start] + "    backward_activation_func = TABLE[activation][1]\n" + source[end:]
    assert numpy_trace(step(REFERENCE, "float64"), written(source)).not_observed == ()


def test_memory_under_other_names_is_observed_on_the_way(written: Callable[[str], ModuleType]) -> None:
    module = written(TUTORIAL.replace('memory["Z"', 'memory["pre"').replace('memory["A"', 'memory["post"'))
    trace = numpy_trace(step(REFERENCE, "float64"), module)
    assert trace.not_observed == ("A0",)


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("    return dZ\n", "    return dZ[0]\n", "full_backward_propagation raised"),
        ("return A_curr, memory", "return A_curr", "full_forward_propagation returned ndarray, not 2 values"),
        ("return A_curr, memory", "return A_curr, memory, 1", "full_forward_propagation returned 3 values, not 2"),
        ("    return grads_values", "    pass", "full_backward_propagation returned NoneType, not a dict"),
        ("    return params_values\n\n\ndef train", "\n\ndef train", "update returned NoneType, not params_values"),
        (
            "    return dZ\n",
            "    raise SystemExit(3)\n",
            "full_backward_propagation raised SystemExit: 3 (mine.py, line 34)",
        ),
    ],
)
def test_a_function_that_breaks_ends_the_trace_with_a_reason(
    written: Callable[[str], ModuleType], before: str, after: str, problem: str
) -> None:
    assert before in TUTORIAL
    trace = numpy_trace(step(REFERENCE, "float64"), written(TUTORIAL.replace(before, after)))
    assert trace.problem is not None
    assert trace.problem.startswith(problem)


def test_a_missing_function_is_an_attribute_error(written: Callable[[str], ModuleType]) -> None:
    with pytest.raises(AttributeError, match=r"mine\.py has no function update"):
        numpy_trace(step(REFERENCE, "float64"), written(TUTORIAL.replace("def update", "def upgrade")))


def test_shape_1_1_of_the_cost_is_noted(written: Callable[[str], ModuleType]) -> None:
    trace = numpy_trace(step(REFERENCE, "float64"), written(TUTORIAL.replace("np.squeeze(cost)", "cost")))
    assert trace.values["cost"].shape == ()
    assert trace.notes == ["cost has shape (1, 1); the tutorial squeezes it to a scalar"]


@pytest.mark.parametrize(
    "source", ["def broken(:", "raise ValueError('no')", "import sys; sys.exit(1)", "\0", "import nowhere_to_be_found"]
)
def test_a_file_that_does_not_load_is_an_import_error(written: Callable[[str], ModuleType], source: str) -> None:
    with pytest.raises(ImportError, match=r"mine\.py cannot be loaded: "):
        written(source)


def test_a_gradient_function_that_returns_the_slope_alone_is_not_taken_for_dz(
    written: Callable[[str], ModuleType],
) -> None:
    source = TUTORIAL.replace("def relu_backward(dA, Z):", "def relu_backward(Z):\n    dA = np.ones_like(Z)")
    source = source.replace("def sigmoid_backward(dA, Z):", "def sigmoid_backward(Z):\n    dA = 1")
    source = source.replace("backward_activation_func(dA_curr, Z_curr)", "dA_curr * backward_activation_func(Z_curr)")
    trace = numpy_trace(step(REFERENCE, "float64"), written(source))
    assert trace.not_observed == ("dZ5", "dZ4", "dZ3", "dZ2", "dZ1")


def test_helpers_beside_the_file_may_be_imported_late(tmp_path: Path) -> None:
    (tmp_path / "my_helper_module.py").write_text("from numpy import maximum", encoding="utf-8")
    late = "from my_helper_module import maximum; return maximum(0, Z)"
    (tmp_path / "mine.py").write_text(TUTORIAL.replace("return np.maximum(0, Z)", late), encoding="utf-8")
    assert numpy_trace(step(REFERENCE, "float64"), load_implementation(tmp_path / "mine.py")).problem is None


def test_mappings_other_than_dict_are_taken(written: Callable[[str], ModuleType]) -> None:
    source = TUTORIAL.replace(
        "    return grads_values", "    import types; return types.MappingProxyType(grads_values)"
    )
    assert numpy_trace(step(REFERENCE, "float64"), written(source)).problem is None
