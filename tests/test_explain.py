"""The lesson: every node explained, every number's recipe right, four ways to every gradient."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import IMPLEMENTATIONS
from lessons import first_examples, lesson
from problems import DTYPES, OPTIMIZERS, PROBLEMS, REFERENCE, random_step, step

from numpynet import names
from numpynet.activations import HIDDEN_ACTIVATIONS
from numpynet.explain.code import code_of
from numpynet.explain.lesson import make_lesson
from numpynet.explain.model import Apply, Lesson, Quantity, Sum
from numpynet.explain.sources import numpy_source, torch_source
from numpynet.explain.symbol import Tree
from numpynet.losses import LOSSES
from numpynet.parity import Step, compare, numpy_trace
from numpynet.parity.compare import Outcome
from numpynet.parity.differences import central_differences
from numpynet.parity.exact import rounding_of
from numpynet.parity.loader import load_implementation
from numpynet.parity.step import EVALUATED
from numpynet.parity.walk import walk
from numpynet.types import Layer
from torch_reference import LOSSES as TWINS
from torch_reference import torch_graph, torch_trace

ROOT = Path(__file__).parent.parent


def is_cancelled(name: str, given: Step) -> bool:
    """Batch norm takes the mean off, and with it b: its gradient is 0, but for rounding."""
    layer_idx = names.layer_of(name)
    return names.kind(name) == "db" and bool(given.nn_architecture[(layer_idx or 1) - 1].get("batch_norm"))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("problem", PROBLEMS)
def test_four_ways_agree_on_every_gradient(problem: str, dtype: str) -> None:
    told = lesson(problem, dtype)
    assert told.outcome == "pass"
    for name in told.step.shapes():
        checks = told.quantities[name].checks
        gradient = name.startswith("d")
        assert set(checks) == ({"tape", "torch", "central"} if gradient else {"tape", "torch"}), name
        for other, check in checks.items():
            assert check.outcome == "pass", f"{name} {other}"
            assert check.ratio is not None
            assert check.ratio <= 1
            value = told.quantities[name].values["numpy"]
            zeros = np.abs(value) > check.elements.allowed
            if is_cancelled(name, told.step):
                continue
            assert zeros[value != 0].mean() > 0.9, f"{name} {other}: zeros would pass"


@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_node_has_a_formula_and_a_line_or_is_plumbing(problem: str) -> None:
    told = lesson(problem)
    backward = [step for step in told.steps if step.phase == "backward"]
    assert [step.title for step in backward] == [node.name for node in told.graph.nodes]
    for operation in told.steps:
        assert operation.what.endswith(".")
        assert operation.torch is not None
        if operation.plumbing:
            assert operation.title in ("TBackward0", "AccumulateGrad", "MulBackward0")
            continue
        assert operation.formulas
        assert all(formula.latex and formula.plain for formula in operation.formulas)
        assert operation.numpy is not None
        file, line = operation.numpy.place.split(", line ")
        source = (ROOT / file).read_text(encoding="utf-8").splitlines()
        assert source[int(line) - 1].strip() in operation.numpy.at_work
        assert operation.phase == "update" or operation.tape is not None
    assert len({step.id for step in told.steps}) == len(told.steps)
    made = {name for step in told.steps for name in step.made}
    assert made >= set(told.step.shapes()) - {"A0"}


LINES = {
    "Z1": "Z_curr = W_curr @ A_prev Z_curr += b_curr", "A1": "np.maximum(0, Z)", "A2": "1 / (1 + np.exp(-Z))",
    "cost": "-np.sum(Y * log_p", "dA2": "(Y_hat - Y) /", "dZ2": "dA * s * (1 - s)", "dW2": "dZ_curr @ A_prev.T / m",
    "db1": "np.sum(dZ_curr, axis=1, keepdims=True) / m", "dA1": "W_curr.T @ dZ_curr", "dZ1": "~(Z <= 0)",
    "W1'": 'params_values[name] -= learning_rate * grads_values[f"d{name}"]',
}  # fmt: skip


@pytest.mark.parametrize("name", LINES)
def test_the_line_is_the_one_at_work(name: str) -> None:
    code = numpy_source(step("circles 2-8-1", "float64"), name)
    assert code is not None
    assert LINES[name] in code.at_work
    assert len(code.lines) == (2 if name == "Z1" else 1)


def computed(told: Lesson, quantity: Quantity, r: int, c: int) -> float:
    """Element [r, c] by its recipe."""

    def element(name: str, at: tuple[int, int]) -> float:
        value = told.quantities[name].values["numpy"]
        return float(value[at]) if value.shape else float(value)

    def beside(name: str) -> float:
        rows, columns = told.quantities[name].shape or (1, 1)
        return element(name, (0 if rows == 1 else r, 0 if columns == 1 else c))

    recipe = quantity.recipe
    if isinstance(recipe, Sum):
        products = [
            math.prod(element(factor.name, factor.index(r, c, k)) for factor in recipe.factors)
            for k in range(recipe.count)
        ]
        value = math.fsum(products) / (recipe.divide or 1)
        return value + (element(recipe.plus.name, recipe.plus.index(r, c, 0)) if recipe.plus else 0)
    assert isinstance(recipe, Apply)
    return evaluated(recipe.symbol.tree, beside)


OPERATIONS: dict[str, Callable[..., float]] = {
    "+": operator.add, "−": operator.sub, "·": operator.mul, "/": operator.truediv, "negative": operator.neg,
    "square": lambda x: x * x, "sqrt": math.sqrt, "magnitude": abs, "maximum": max, "exp": math.exp, "expm1": math.expm1,
    "log": lambda x: math.log(x) if x > 0 else -math.inf, "log1p": math.log1p, "tanh": math.tanh,
    "log_complement": lambda x: math.log1p(-x) if x < 1 else -math.inf,
    "above": lambda x, boundary, then, otherwise: then if x > boundary else otherwise,
    "labelled": lambda y, if_1, if_0: if_1 if y == 1 else if_0,
    "called": lambda _, x, value: value,
}  # fmt: skip


def evaluated(tree: Tree, number: Callable[[str], float]) -> float:
    """The formula, with the numbers put in."""
    if isinstance(tree, str):
        return number(tree) if tree != "σ" else math.nan
    if isinstance(tree, list):
        return float(OPERATIONS[tree[0]](*(evaluated(one, number) for one in tree[1:])))
    return tree


@pytest.mark.parametrize("problem", [*(name for name in PROBLEMS if name != REFERENCE)])
def test_the_recipe_of_an_element_gives_the_element(problem: str) -> None:
    told = lesson(problem)
    for quantity in told.quantities.values():
        if quantity.recipe is None:
            given = {"A0", "Y", EVALUATED, *told.step.params_values}
            assert quantity.name in given or quantity.name.startswith(("max(", "mask"))
            continue
        value = quantity.values["numpy"]
        table = value.reshape(1, 1) if value.shape == () else value
        scale = max(float(np.abs(table).max()), is_cancelled(quantity.name, told.step))
        for r, c in np.ndindex(*table.shape):
            assert computed(told, quantity, r, c) == pytest.approx(float(table[r, c]), rel=1e-12, abs=1e-14 * scale), (
                f"{quantity.name}[{r}, {c}]"
            )


@pytest.mark.parametrize("activation", HIDDEN_ACTIVATIONS)
def test_a_new_activation_is_explained_like_the_others(activation: str) -> None:
    given = random_step([3, 4, 2, 1], [activation, activation, "sigmoid"], 5, 3, "float64")
    told = make_lesson(given, torch_trace(given), torch_graph(given))
    assert told.outcome == "pass"
    for quantity in told.quantities.values():
        if isinstance(quantity.recipe, Apply):
            value = quantity.values["numpy"]
            for r, c in np.ndindex(*value.shape):
                assert computed(told, quantity, r, c) == pytest.approx(float(value[r, c]), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_and_optimizer_is_explained(loss: str, optimizer: str) -> None:
    name, hyperparameters = OPTIMIZERS[optimizer]
    given = random_step(
        [3, 2, 2], ["tanh", LOSSES[loss].output], 4, 3, "float64",
        loss=loss, optimizer=name, hyperparameters=hyperparameters,
    )  # fmt: skip
    given = given.following(torch_trace(given).values)
    told = make_lesson(given, torch_trace(given), torch_graph(given))
    assert told.outcome == "pass"
    assert {step.title for step in told.steps} >= set(TWINS[loss].nodes)
    for quantity in told.quantities.values():
        value = quantity.values["numpy"]
        for r, c in np.ndindex(*(value.shape or (1, 1))):
            if quantity.recipe is not None:
                expected = float(value[r, c] if value.shape else value)
                assert computed(told, quantity, r, c) == pytest.approx(expected, rel=1e-12, abs=1e-15), quantity.name
    kept = [saved for step in told.steps for saved in step.saved]
    assert all(one.kept or one.note.startswith(("1 / √", "the constant", "computed anew")) for one in kept)


def test_what_autograd_saved_for_the_second_layer_and_where_the_tutorial_keeps_it() -> None:
    step = next(step for step in lesson("circles 2-8-1").steps if step.id == "Z2")
    kept = {kept.saved.field: kept for kept in step.saved}
    assert kept["mat1"].kept == "memory['A1']"
    assert "in torch turned round: a row is an example" in kept["mat1"].note
    assert "the same memory as in ReluBackward0 of layer 1" in kept["mat1"].note
    assert kept["mat2"].kept == "params_values['W2']"
    assert "in torch a view of W2, turned round; its numbers are equal to NumPy's" in kept["mat2"].note
    first = next(step for step in lesson("circles 2-8-1").steps if step.id == "Z1")
    assert [kept.saved.tensor for kept in first.saved] == ["A0"]
    assert first.notes == ["W1 is not saved: the data need no gradient, so W1ᵀ·dZ1 is never computed."]


def test_what_was_saved_is_counted_once_and_told_from_what_is_there_anyway() -> None:
    """2-8-1, 4 examples: A0 (4 × 2), A1 (4 × 8), W2 (8 × 1), A2 and Y (4 × 1), 8 bytes each."""
    assert lesson("circles 2-8-1").saved.startswith(
        f"For the backward pass autograd saved 7 tensors, 5 of them distinct: {8 * (8 + 32 + 8 + 4 + 4)} bytes, of which "
        f"{8 * (8 + 8 + 4)} are the data, labels and weights"
    )


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("problem", PROBLEMS)
def test_central_differences_keep_to_their_bound(problem: str, dtype: str) -> None:
    """Against the walk's gradients, which are exact here; most elements have a derivative, to ten digits."""
    normalized = PROBLEMS[problem].get("batch_norm", False)
    given = first_examples(problem, dtype, examples=20 if normalized else 3)
    exact = {name: one.value for name, one in walk(given, rounding_of(np.dtype(np.float64))).items()}
    decided = []
    for name, central in central_differences(given).items():
        error = np.abs(central.value - exact[name].astype(float))
        assert (error <= central.allowed + 1e-15 * np.abs(central.value)).all(), name
        decided.append(np.isfinite(central.allowed).mean())
        most = 1e-7 * max(1, np.abs(central.value).max()) * (100 if normalized else 1)  # which bends more
        assert central.allowed[np.isfinite(central.allowed)].max() <= most
    assert np.mean(decided) > 0.99


def test_central_differences_stop_at_a_kink_and_sample_what_is_large() -> None:
    given = random_step([2, 3, 1], ["relu", "sigmoid"], 5, 1, "float64")
    at_zero = replace(given, params_values={**given.params_values, "b1": -given.params_values["W1"] @ given.X[:, :1]})
    central = central_differences(at_zero)["dZ1"]
    assert np.isinf(central.allowed[:, 0]).all()
    assert np.isfinite(central.allowed[:, 1:]).all()
    sampled = central_differences(given, work=10 * 13)["dW1"]
    assert np.isfinite(sampled.value).sum() == 2
    assert np.isnan(sampled.allowed).sum() == 4


@pytest.mark.parametrize("name", ["dW1", "db2", "dA1", "dZ2"])
def test_a_gradient_that_is_slightly_wrong_is_seen_by_all_three(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = numpy_trace(first_examples("circles 2-8-1"))
    ours.values[name] = ours.values[name] * (1 + 1e-6)
    monkeypatch.setattr("numpynet.explain.lesson.numpy_trace", lambda given: ours)
    given = ours.step
    told = make_lesson(given, torch_trace(given), torch_graph(given))
    assert told.outcome == "fail"
    assert all(check.fails for check in told.quantities[name].checks.values())


def test_elements_are_the_rows_numbers() -> None:
    given = step("circles 2-8-1", "float64")
    report = compare(numpy_trace(given), torch_trace(given), elements=True)
    for row in report.rows:
        assert report.elements[row.name].ratio.max() == row.ratio
        assert report.elements[row.name].difference.max() == row.max_abs
    assert not compare(numpy_trace(given), torch_trace(given)).elements


def test_a_saturated_lesson_says_so() -> None:
    given = random_step([4, 3, 1], ["relu", "sigmoid"], 6, 2, "float32", data_scale=1e4)
    told = make_lesson(given, torch_trace(given), torch_graph(given))
    assert told.outcome == "fail"
    outcomes = {check.outcome for quantity in told.quantities.values() for check in quantity.checks.values()}
    assert Outcome.SATURATED in outcomes


THEIRS = {
    "Z2": "np.dot(W_curr, A_prev) + b_curr", "A1": "return", "dA2": "dA_prev = -(np.divide(Y, Y_hat)",
    "dA1": "dA_prev = np.dot(W_curr.T, dZ_curr)", "dW2": "dW_curr = np.dot(dZ_curr, A_prev.T) / m",
    "db2": "db_curr = np.sum(dZ_curr, axis=1, keepdims=True) / m", "dZ1": "dZ", "cost": "return",
    "W1'": 'params_values["W" + str(layer_idx)] -= learning_rate', "b1'": 'params_values["b" + str(layer_idx)] -= ',
}  # fmt: skip


@pytest.mark.parametrize("name", THEIRS)
def test_both_codes_of_a_tensor_of_somebodys_file(name: str) -> None:
    given = step("circles 2-8-1", "float64")
    code = numpy_source(given, name, implementation=load_implementation(IMPLEMENTATIONS / "tutorial.py"))
    assert code is not None
    assert code.file == "tutorial.py"
    assert code.at_work.startswith(THEIRS[name]) or f"= {THEIRS[name]}" in code.at_work
    theirs = torch_source(given, torch_graph(given), name)
    assert theirs is not None
    ast.parse(theirs.source)


def test_code_without_source_is_left_out() -> None:
    class Hidden:
        update = staticmethod(np.add)

    given = step("circles 2-8-1", "float64")
    assert numpy_source(given, "W1'", implementation=Hidden) is None
    assert numpy_source(given, "dW1", implementation=Hidden) is None
    assert torch_source(given, torch_graph(given), "A0") is None


def several_lines(x: float) -> float:
    result = max(
        x,
        0.0,
    )

    def inner() -> list[float]:
        result = [x]
        result.append(x)
        return result

    if x == 0:
        return sum(inner())
    return -result


def test_code_of_lights_the_last_statement_whole_and_looks_into_no_other_function() -> None:
    assert code_of(several_lines, "result").at_work == "result = max( x, 0.0, )"
    assert code_of(several_lines).at_work == "return -result"
    assert code_of(several_lines, "result", first=True).lines == (2, 3, 4, 5)
    assert code_of(several_lines).file == "test_explain.py"


def test_a_ratio_of_zero_by_zero_passes_and_a_bound_of_zero_does_not() -> None:
    given = step("circles 2-8-1", "float64")
    trace = numpy_trace(given)
    trace.values["A0"] = trace.values["A0"].copy()
    trace.values["A0"][0, 0] += 1e-9
    elements = compare(trace, torch_trace(given), elements=True).elements["A0"]
    assert (elements.allowed == 0).all()
    assert elements.ratio[0, 0] == np.inf
    assert (elements.ratio[1:] == 0).all()


def sure(Z: float, label: int) -> Lesson:
    """One prediction, as sure as Z makes it."""
    architecture: list[Layer] = [{"input_dim": 1, "output_dim": 1, "activation": "sigmoid"}]
    weights = {"W1": np.full((1, 1), Z), "b1": np.zeros((1, 1))}
    given = Step(np.ones((1, 1)), np.full((1, 1), label), weights, architecture)
    return make_lesson(given, torch_trace(given), torch_graph(given))


@pytest.mark.parametrize(("Z", "label"), [(30.0, 1), (-30.0, 0), (35.0, 1), (-600.0, 0)])
def test_a_clamp_is_no_agreement_and_no_failure(Z: float, label: int) -> None:
    told = sure(Z, label)
    checks = told.quantities["dA1"].checks
    assert checks["central"].outcome in (Outcome.CLAMPED, Outcome.SATURATED)
    assert not checks["central"].agrees
    assert all(np.isfinite(value).all() for q in told.quantities.values() for value in q.values.values())


def test_where_nothing_can_be_judged_nothing_agrees() -> None:
    """All of ReLU's arguments are 0: no derivative to approach."""
    given = random_step([2, 3, 1], ["relu", "sigmoid"], 4, 1, "float64")
    zero = {**given.params_values, "W1": np.zeros((3, 2)), "b1": np.zeros((3, 1))}
    flat = replace(given, params_values=zero)
    central = make_lesson(flat, torch_trace(flat), torch_graph(flat)).quantities["dZ1"].checks["central"]
    assert (central.outcome, central.agrees, central.judged, central.ratio) == ("kink", False, 0, None)


def test_of_large_tensors_a_sample_is_judged_and_counted() -> None:
    told = lesson("breast_cancer 30-16-1")
    assert told.quantities["dW1"].checks["central"].judged == 30 * 16
    given = random_step([300, 200, 1], ["relu", "sigmoid"], 4, 1, "float64")
    told = make_lesson(given, torch_trace(given), torch_graph(given))
    assert 100 < told.quantities["dW1"].checks["central"].judged < 60_000
    assert told.quantities["dW1"].checks["torch"].judged == 60_000
