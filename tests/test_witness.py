"""The witness: a small example on which a mistake shows, when the function is called directly, and none for what is right."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from catalogue import MISTAKES, TUTORIAL, Mistake
from conftest import IMPLEMENTATIONS, Finished
from grading import graded, printed
from test_check import tutorial

from numpynet.activations import ACTIVATIONS
from numpynet.check import witness as search
from numpynet.check.cases import Case, Maker
from numpynet.check.contract import CONTRACT
from numpynet.check.oracle import Oracle
from numpynet.check.result import FAILED, FunctionGrade, Observation, Witness, right
from numpynet.check.witness import smallest
from numpynet.check.written import digits_of, written
from numpynet.losses import LOSSES, cross_entropy
from numpynet.parity.exact import Bounded
from numpynet.sandbox import Raised
from numpynet.types import Array
from numpynet.views.witness import witness_lines

FLOAT = np.dtype(np.float64)
WRONG = [mistake for mistake in MISTAKES if mistake.kind not in ("equivalent", "convention")]
SMALL, SHARE = 12, 0.8
Function = Callable[..., Any]
Judge = Callable[[Case], Observation]


def functions(source: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    exec(compile(source, "mine.py", "exec"), found)
    return found


RIGHT = functions(TUTORIAL.read_text(encoding="utf-8"))


def named(function: str, returned: Any) -> dict[str, Array]:
    """The results by the contract's names."""
    results = CONTRACT[function].results
    pairs = zip(results, returned if len(results) > 1 else (returned,), strict=True)
    values: dict[str, Any] = {}
    for role, value in pairs:
        values |= value if isinstance(value, dict) else {role: value}
    return {name: np.asarray(value) for name, value in values.items()}


def called(function: str, one: Function, arguments: Mapping[str, Any]) -> tuple[dict[str, Array], dict[str, Any]]:
    """What it returns, and the arguments afterwards."""
    given = copy.deepcopy({role: arguments[role] for role in CONTRACT[function].arguments if role in arguments})
    with np.errstate(all="ignore"):
        return named(function, one(*given.values())), given


def judge_of(function: str, one: Function) -> Judge:
    """The function, called here and not in the sandbox."""

    def judge(case: Case) -> Observation:
        try:
            values, after = called(function, one, case.arguments)
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
            return Observation(case, problem=text, raised=Raised("exception", text, None))
        changed = tuple(
            role
            for role, value in after.items()
            if isinstance(value, np.ndarray) and not np.array_equal(value, case.arguments[role], equal_nan=True)
        )
        if case.raises:
            return Observation(case)
        missing = ", ".join(name for name in case.expected if name not in values)
        return Observation(case, values, f"{missing} missing" if missing else None, changed=changed, after=after)

    return judge


def failing(function: str, judge: Judge) -> list[Observation]:
    return [one for case in Maker(FLOAT, 1).cases(function) if not case.large and (one := judge(case)).fails]


@cache
def witness(mistake: Mistake) -> Witness | None:
    judge = judge_of(mistake.function, functions(mistake.source())[mistake.function])
    with np.errstate(all="ignore"):
        return smallest(mistake.function, judge, FLOAT, failing(mistake.function, judge))


def numbers(value: Any) -> list[float]:
    if isinstance(value, Mapping):
        return [number for item in value.values() for number in numbers(item)]
    return np.ravel(value).tolist() if isinstance(value, (np.ndarray, float)) else []


@pytest.mark.parametrize("mistake", WRONG, ids=lambda mistake: mistake.id)
def test_every_mistake_has_a_witness_on_which_it_shows(mistake: Mistake) -> None:
    """The right function returns there what is expected, the changed one something else: each is called directly."""
    found, name = witness(mistake), mistake.function
    assert found is not None
    wrong = functions(mistake.source())[name]
    if found.refuses:
        with pytest.raises(Exception, match="Non-supported"):
            called(name, RIGHT[name], found.given)
        called(name, wrong, found.given)
        return
    values, after = called(name, RIGHT[name], found.given)
    nan = any(np.isnan(numbers(found.given)))
    expected = {} if nan else Oracle(FLOAT).expected(name, found.given)
    for key, exact in expected.items():
        assert right(values[key], exact)
        np.testing.assert_array_equal(exact.value, found.expected[key])
    if isinstance(found.yours, str):
        with pytest.raises(Exception, match=r".+"):
            called(name, wrong, found.given)
        return
    theirs, spoilt = called(name, wrong, found.given)
    for place in found.changed:
        np.testing.assert_array_equal(after[place], found.given[place])
        assert not np.array_equal(spoilt[place], found.given[place])
    assert found.wrong or found.changed
    for key in found.wrong:
        assert not right(theirs.get(key), expected.get(key, Bounded(np.array(np.nan), np.array(0.0))))


def test_most_witnesses_are_for_a_pencil() -> None:
    """At most twelve numbers, all of them whole, halves or quarters, and none beyond 4."""
    shown = [numbers(found.given) for mistake in WRONG if (found := witness(mistake))]
    small = [given for given in shown if len(given) <= SMALL and all(4 * abs(n) in range(17) for n in given)]
    assert len(shown) == len(WRONG)
    assert len(small) >= SHARE * len(WRONG)


@pytest.mark.parametrize("mistake", WRONG, ids=lambda mistake: mistake.id)
def test_a_witness_takes_four_lines(mistake: Mistake) -> None:
    found = witness(mistake)
    assert found is not None
    lines = witness_lines(found)
    assert lines[0].startswith("Example: ")
    assert sum(1 + len(line) // 70 for line in lines) <= 5
    if found.wrong and not isinstance(found.yours, str):
        said = lines[-1].replace("\xa0", " ")
        assert said.startswith(f"expected {found.wrong[0]}")


@pytest.mark.parametrize("name", CONTRACT)
def test_a_right_function_has_none_and_is_asked_sixty_times_at_the_most(name: str) -> None:
    judge, asked = judge_of(name, RIGHT[name]), list[Case]()

    def counted(case: Case) -> Observation:
        asked.append(case)
        return judge(case)

    assert smallest(name, counted, FLOAT) is None
    assert 0 < len(asked) <= search.CALLS


# ── other courses' functions, activations and losses ─────────────────────────────────────────────────────────────────

Results = Callable[[Mapping[str, Any]], dict[str, Array]]


def elementwise(results: Results, dtype: np.dtype[Any] = FLOAT) -> Judge:
    def judge(case: Case) -> Observation:
        with np.errstate(all="ignore"):
            return Observation(case, {name: np.asarray(value) for name, value in results(case.arguments).items()})

    return judge


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "linear"])
def test_an_activation_of_the_table_has_a_witness_where_it_is_wrong(name: str, dtype: type) -> None:
    pair, half = ACTIVATIONS[name], dtype(0.5)
    forward: Results = lambda given: {"A": pair.forward(given["Z"])}  # noqa: E731
    backward: Results = lambda given: {"dZ": pair.backward(given["dA"], given["Z"])}  # noqa: E731
    slope = f"{name}_backward"
    with_dA = [Observation(Case("", {"dA": np.ones((1, 1)), "Z": np.ones((1, 1))}))]
    assert smallest(name, elementwise(forward), np.dtype(dtype)) is None
    assert smallest(slope, elementwise(backward), np.dtype(dtype), with_dA) is None
    off = smallest(name, elementwise(lambda given: {"A": forward(given)["A"] * half}), np.dtype(dtype))
    assert off is not None
    assert len(numbers(off.given)) <= 2
    off = smallest(slope, elementwise(lambda given: {"dZ": backward(given)["dZ"] * half}), np.dtype(dtype), with_dA)
    assert off is not None
    assert len(numbers(off.given)) <= 4


def layer_forward(given: Mapping[str, Any]) -> dict[str, Array]:
    Z = given["W"] @ given["A_prev"] + given["b"]
    return {"Z": Z}


def layer_backward(given: Mapping[str, Any]) -> dict[str, Array]:
    dZ, m = given["dZ"], given["A_prev"].shape[1]
    db = dZ.sum(axis=1, keepdims=True) / m
    return {"dA_prev": given["W"].T @ dZ, "dW": dZ @ given["A_prev"].T / m, "db": db}


def loss_and_gradient(given: Mapping[str, Any]) -> dict[str, Array]:
    Z, m = given["Z"], given["Z"].shape[1]
    Y = np.eye(len(Z))[:, given["Y"]]
    return {"cost": np.array(cross_entropy(Z, Y)), "dZ": (ACTIVATIONS["softmax"].forward(Z) - Y) / m}


@pytest.mark.parametrize(
    ("name", "function", "key", "factor"),
    [
        ("linear_forward", layer_forward, "Z", -1),
        ("linear_backward", layer_backward, "dW", 2),
        ("linear_backward", layer_backward, "dA_prev", 0),
        ("loss_and_gradient", loss_and_gradient, "dZ", 3),
        ("loss_and_gradient", loss_and_gradient, "cost", 3),
    ],
)
def test_functions_of_other_courses(name: str, function: Results, key: str, factor: float) -> None:
    assert smallest(name, elementwise(function), FLOAT) is None
    found = smallest(name, elementwise(lambda given: function(given) | {key: function(given)[key] * factor}), FLOAT)
    assert found is not None
    assert found.wrong == (key,)
    assert len(numbers(found.given)) <= 6


@pytest.mark.parametrize("loss", LOSSES)
def test_a_cost_is_judged_by_the_loss_that_is_named(loss: str) -> None:
    cost: Results = lambda given: {"cost": np.array(LOSSES[loss].forward(given["Y_hat"], given["Y"]))}  # noqa: E731
    asked = [Observation(Case("", {"Y_hat": np.ones((1, 1)), "Y": np.ones((1, 1)), "loss": loss}))]
    assert smallest("get_cost_value", elementwise(cost), FLOAT, asked) is None
    found = smallest("get_cost_value", elementwise(lambda given: {"cost": cost(given)["cost"] * 2}), FLOAT, asked)
    assert found is not None
    assert found.given["loss"] == loss


def test_an_unknown_function_has_none() -> None:
    assert smallest("convolution", elementwise(lambda given: {}), FLOAT) is None


@pytest.mark.parametrize(
    ("exact", "got", "text"),
    [([[1.0]], [[0.5]], "[[1]]"), (0.25, 0.25000001, "0.25000001"), (-0.0, 1.0, "0"), (1e-7, 0.0, "1e-07")],
)
def test_numbers_are_written_without_noise(exact: Any, got: Any, text: str) -> None:
    digits = digits_of(np.array(exact), np.array(got))
    assert text in (written(np.array(exact), digits), written(np.array(got), digits))


# ── in the grade, and on the terminal ────────────────────────────────────────────────────────────────────────────────


def blamed(folder: Path, source: str) -> FunctionGrade:
    return next(one for one in graded(folder, source).functions if one.outcome in FAILED)


@pytest.mark.parametrize("id", ["S08", "D02", "K12", "U05", "T05", "I10", "C16"])
def test_the_code_to_copy_runs_behind_their_function(id: str, tmp_path: Path) -> None:
    mistake = next(one for one in MISTAKES if one.id == id)
    one = blamed(tmp_path, mistake.source())
    assert one.witness is not None
    assert one.witness.wrong or one.witness.changed
    theirs, ours = printed(mistake.source(), one.witness.numpy), printed(tutorial(), one.witness.numpy)
    assert theirs != ours
    assert "expected: " in one.witness.numpy


STYLED = [
    ("row_major", "relu_backward", "return dA * (Z > 0)", "return dA * (Z < 0)"),
    ("row_major", "single_layer_forward_propagation", "A_prev @ W_curr + b_curr", "A_prev @ W_curr - b_curr"),
    ("transposed_weights", "single_layer_forward_propagation", "A_prev) + b_curr", "A_prev) - b_curr"),
    ("class_static_methods", "sigmoid", "np.exp(-Z)", "np.exp(Z)"),
    ("class_with_self", "sigmoid", "np.exp(-Z)", "np.exp(Z)"),
    ("lower_case_keys_fused", "update", "- learning_rate * grads", "+ learning_rate * grads"),
    ("other_names_and_orders", "relu_backward", "gradient[Z <= 0] = 0.0", "gradient[Z > 0] = 0.0"),
    ("other_names_and_orders", "get_cost_value", "(1 - Y) * np.log(1 - Y_hat)", "(1 - Y) * np.log(Y_hat)"),
    ("numbered_from_zero", "sigmoid", "np.exp(-Z)", "np.exp(Z)"),
]


@pytest.mark.parametrize(("style", "function", "before", "after"), STYLED)
def test_the_code_to_copy_has_their_layout_and_names(
    style: str, function: str, before: str, after: str, tmp_path: Path
) -> None:
    source = (IMPLEMENTATIONS / "styles" / f"{style}.py").read_text(encoding="utf-8")
    assert before in source
    wrong = source.replace(before, after)
    found = next(one for one in graded(tmp_path, wrong).functions if one.function == function).witness
    assert found is not None
    assert printed(wrong, found.numpy) != printed(source, found.numpy)


def test_what_only_a_large_batch_shows_has_the_worst_element_as_before(tmp_path: Path) -> None:
    late = "return np.maximum(0, Z) if Z.size < 500 else np.maximum(0, Z) + 1"
    one = blamed(tmp_path, tutorial(("return np.maximum(0, Z)", late)))
    assert one.witness is None
    assert one.cells


def test_a_slow_function_is_not_asked_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "SECONDS", 0.0)
    one = blamed(tmp_path, tutorial(("return np.maximum(0, Z)", "return np.minimum(0, Z)")))
    assert one.witness is None
    assert one.cells


def test_the_command_shows_it(numpynet_command: Callable[..., Finished]) -> None:
    Path("mine.py").write_text(next(one for one in MISTAKES if one.id == "S08").source(), encoding="utf-8")
    shown = numpynet_command("check", "mine.py").out
    assert "      Example: relu, dA = [[0, 1]], A_prev = [[0, 1]]," in shown
    assert "      expected dW = [[0.5]], yours [[1]]; db = [[0.5]], yours [[1]]\n" in shown
    assert "np." not in shown
    data = json.loads(numpynet_command("check", "mine.py", "--json", "--hint", 3).out)
    one = next(one for one in data["functions"] if one["outcome"] == "fail")
    found = one["evidence"]["witness"]
    assert (found["expected"]["dW"], found["yours"]["dW"], found["wrong"]) == ([[0.5]], [[1.0]], ["dW", "db"])
    assert found["numpy"] in numpynet_command("check", "mine.py", "--hint", 3).out
