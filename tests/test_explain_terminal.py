"""The lesson as text and as plain data."""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from problems import random_step, step
from rich.console import Console

from numpynet.explain.lesson import make_lesson
from numpynet.explain.lookup import find_steps, parse_cell
from numpynet.explain.model import Apply, Check, Lesson, Sum
from numpynet.registry import UnknownNameError
from numpynet.views.explain import print_cell, print_lesson
from numpynet.views.json import to_json
from numpynet.views.lesson_data import as_data
from torch_reference import torch_trace
from torch_reference.graph import torch_graph

STEPS = {
    "2-3-1": lambda: random_step([2, 3, 1], ["relu", "sigmoid"], 4, 1, "float64", weight_scale=1),
    "float32": lambda: random_step([2, 3, 1], ["relu", "sigmoid"], 4, 1, "float32"),
    "three outputs": lambda: random_step([2, 4, 3], ["relu", "sigmoid"], 5, 2, "float64"),
    "tanh and linear": lambda: random_step([2, 3, 2, 1], ["tanh", "linear", "sigmoid"], 4, 3, "float64"),
    "two logits": lambda: step("two logits 4-6-2", "float64"),
}
ALL, SMALL = tuple(STEPS), "2-3-1"


@cache
def lesson(name: str) -> Lesson:
    made = STEPS[name]()
    return make_lesson(made, torch_trace(made), torch_graph(made))


def printed(show: Callable[[Console], None], width: int = 100, encoding: str = "utf-8") -> str:
    file = io.TextIOWrapper(io.BytesIO(), encoding, newline="\n")
    show(Console(file=file, width=width, highlight=False))
    file.seek(0)
    return file.read()


def whole(name: str, width: int = 100, encoding: str = "utf-8") -> str:
    return printed(lambda console: print_lesson(console, lesson(name)), width, encoding)


def cell(of: Lesson, text: str, width: int = 100, encoding: str = "utf-8") -> str:
    return printed(lambda console: print_cell(console, of, *parse_cell(of, text)), width, encoding)


def cells(name: str, recipe: type) -> list[tuple[str, tuple[int, int]]]:
    """The first and the last element of every tensor with such a recipe."""
    found = [q for q in lesson(name).quantities.values() if isinstance(q.recipe, recipe)]
    places = []
    for q in found:
        rows, columns = q.values["numpy"].reshape(-1, q.values["numpy"].shape[-1] if q.shape else 1).shape
        places += [(q.name, (0, 0)), (q.name, (rows - 1, columns - 1))]
    return places


def zero(name: str) -> str:
    """An element of the tensor that is 0."""
    row, column = np.argwhere(lesson(SMALL).quantities[name].values["numpy"] == 0)[0]
    return f"{name}[{row},{column}]"


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("name", ALL)
def test_nothing_is_wider_than_the_terminal(name: str, width: int) -> None:
    lines = whole(name, width).splitlines()
    assert max(map(len, lines)) < width
    assert not any(line != line.rstrip() for line in lines)


@pytest.mark.parametrize("name", ALL)
def test_every_step_says_what_its_lesson_says(name: str) -> None:
    text = whole(name, 1000)
    assert "\x1b" not in text
    for number, told in enumerate(lesson(name).steps, start=1):
        assert re.search(rf"^{number}  {re.escape(told.title)}", text, re.M)
        assert told.plumbing or all(note in text for note in told.notes)
        for kept in told.saved:
            assert f"{kept.saved.field} = {kept.saved.tensor or 'a constant'}, shape {kept.saved.shape}" in text
            assert kept.kept in text
        if told.numpy is not None:
            source = told.numpy.source.splitlines()
            for line in told.numpy.lines:
                words = " ".join(source[line - 1].split())
                assert f"line {told.numpy.line + line - 1}: {words}" in " ".join(text.split())
    for quantity in lesson(name).quantities.values():
        for check in quantity.checks.values() if quantity.step is not None else ():
            assert check.ratio is not None
            assert re.search(rf"^    {re.escape(quantity.name)} agrees: .*{check.ratio:.2g}", text, re.M)
    assert lesson(name).saved in text
    assert "All gradients agree" in text


def test_small_lesson_is_a_few_screens() -> None:
    # Unwrapped: where a line breaks depends on the digits of its ratios, and these on the processor.
    assert 150 <= len(whole(SMALL, 1000).splitlines()) <= 200


@pytest.mark.parametrize("name", ALL)
def test_ascii_where_the_terminal_knows_no_other(name: str) -> None:
    text = whole(name, 100, "ascii")
    assert "?" not in text
    assert "f'(Z1)" in text
    assert "?" not in cell(lesson(name), "f'(Z1)[0,0]", encoding="ascii")
    assert "loss[0, 0]: what each" in cell(lesson(name), "loss[0,0]", encoding="ascii")


def test_digits_stand_in_rows_and_columns() -> None:
    lines = whole(SMALL, 120).splitlines()
    start = next(i for i, line in enumerate(lines) if "out: Z1 (3, 4)" in line)
    column = lines[start].index("out: Z1")
    Z = lesson(SMALL).quantities["Z1"].values["numpy"]
    for row in range(3):
        index, *digits = lines[start + 2 + row][column:].split()
        assert index == str(row)
        assert [float(digit) for digit in digits] == pytest.approx(Z[row], rel=1e-3)


def test_narrow_terminal_says_what_it_leaves_out() -> None:
    assert "… 1 more column\n" in whole(SMALL, 40)


def test_colours_are_for_terminals() -> None:
    file = io.StringIO()
    print_lesson(Console(file=file, width=80, force_terminal=True, color_system="standard"), lesson(SMALL), "dW2")
    assert "\x1b[" in file.getvalue()


def test_failing_check_is_named_twice() -> None:
    good = lesson(SMALL)
    elements = good.quantities["dW2"].checks["torch"].elements
    wrong = {
        "torch": Check(elements, "numpy-wrong", True, 5e6, (0, 1)),
        "central": Check(elements, "kink", False, None, None),
    }
    dW2 = replace(good.quantities["dW2"], checks=wrong)
    bad = replace(good, quantities={**good.quantities, "dW2": dW2})
    text = printed(lambda console: print_lesson(console, bad), 1000)
    says = "dW2 does NOT agree: torch numpy-wrong 5e+06 at [0, 1] of the bound; central differences kink, nothing to"
    assert text.count(says) == 2
    assert "All gradients agree" not in text


@pytest.mark.parametrize("name", ALL)
def test_products_add_up_to_the_element(name: str) -> None:
    for tensor, index in cells(name, Sum):
        quantity = lesson(name).quantities[tensor]
        recipe = quantity.recipe
        assert isinstance(recipe, Sum)
        value = float(quantity.values["numpy"][index[: len(quantity.shape)]])
        told = as_data(lesson(name), [], (tensor, index))["cell"]
        products = [math.prod(factor["value"] for factor in product["factors"]) for product in told["products"]]
        assert len(products) == recipe.count
        assert told["sum"] == math.fsum(products)
        assert told["result"] == pytest.approx(value, rel=1e-4, abs=1e-6 if name == "float32" else 1e-15)
        text = cell(lesson(name), f"{tensor}[{index[0]},{index[1]}]", 200)
        assert (
            len(re.findall(r"^(?!.* is 0).*\d\] = +-?[\d.e-]+( · +-?[\d.e-]+ = +-?[\d.e-]+)?$", text, re.M))
            == recipe.count
        )
        assert f"NumPy  {value:.17g}" in re.sub(" +", "  ", text)
        if any("k" in factor.at for factor in recipe.factors):
            assert float(re.findall(r"sum = (\S+)", text)[0]) == told["sum"]
            last = re.findall(r"^    (?:sum|/|\+).* = (\S+)$", text, re.M)[-1]
            assert float(last) == pytest.approx(told["result"], abs=1e-300)


@pytest.mark.parametrize("name", ALL)
def test_formula_with_the_numbers_put_in_gives_the_element(name: str) -> None:
    functions = {"exp": math.exp, "log": math.log, "log1p": math.log1p, "tanh": math.tanh, "max": max}
    functions["s"] = lambda x: 1 / (1 + math.exp(-x))
    for tensor, index in cells(name, Apply):
        value = float(lesson(name).quantities[tensor].values["numpy"][index])
        line = next(
            line
            for line in cell(lesson(name), f"{tensor}[{index[0]},{index[1]}]", 300).splitlines()
            if "    = " in line
        )
        assert not re.search("[−+·/] ?−", line)
        formula = re.sub(r"\|(.+?)\|", r"abs(\1)", line.strip().removeprefix("= ").split(" = ")[0])
        for theirs, pythons in {"−": "-", "·": "*", "e^(": "exp(", "^2": "**2", "σ(": "s("}.items():
            formula = formula.replace(theirs, pythons)
        assert eval(formula, {**functions}) == pytest.approx(value, rel=1e-3, abs=1e-4)


@pytest.mark.parametrize("tensor", ["A1", "f′(Z1)", "dZ1"])
def test_zero_is_traced_to_the_unit_that_was_off(tensor: str) -> None:
    text = cell(lesson(SMALL), zero(tensor), 300)
    place = zero(tensor).removeprefix(tensor).replace(",", ", ")
    assert f"{tensor}{place} is 0" in text
    assert ("The unit is off" if tensor == "A1" else "ReLU's slope is taken as 0 where Z ≤ 0") in text
    Z = lesson(SMALL).quantities["Z1"].values["numpy"][tuple(json.loads(place))]
    assert f"Z1{place} = {Z:.6g}\n" in text


def test_of_two_zero_factors_the_one_with_a_reason_is_followed() -> None:
    good = lesson(SMALL)
    dA1 = replace(good.quantities["dA1"], values={"numpy": np.zeros((3, 4))})
    assert "ReLU's slope is taken as 0" in cell(replace(good, quantities={**good.quantities, "dA1": dA1}), zero("dZ1"))


def test_no_reason_is_given_for_what_is_not_zero() -> None:
    assert "is 0" not in cell(lesson(SMALL), "dW2[0,1]")


def test_every_maker_and_its_distance() -> None:
    quantity = lesson(SMALL).quantities["dW1"]
    lines = cell(lesson(SMALL), "dW1[0,1]", 200).splitlines()
    for other, label in {"tape": "tape", "torch": "torch", "central": "central"}.items():
        line = next(line for line in lines if line.startswith(f"    {label} "))
        elements = quantity.checks[other].elements
        assert f"diff {elements.difference[0, 1]:.2g}, bound {elements.allowed[0, 1]:.2g}" in line
        assert other == "central" or f"{quantity.values[other][0, 1]:.17g}" in line


@pytest.mark.parametrize(("allowed", "says"), [(np.nan, "not computed"), (np.inf, "no finite bound")])
def test_element_without_a_bound_says_why(allowed: float, says: str) -> None:
    good = lesson(SMALL)
    check = good.quantities["dW1"].checks["central"]
    check = replace(check, elements=replace(check.elements, allowed=np.full((3, 2), allowed)))
    dW1 = replace(good.quantities["dW1"], checks={"central": check})
    assert says in cell(replace(good, quantities={**good.quantities, "dW1": dW1}), "dW1[0,0]")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dW2[0,1]", ("dW2", (0, 1))),
        (" dW2[0, 1] ", ("dW2", (0, 1))),
        ("W1'[2,1]", ("W1'", (2, 1))),
        ("cost", ("cost", (0, 0))),
        ("cost[0,0]", ("cost", (0, 0))),
        ("f′(Z1)[0,0]", ("f′(Z1)", (0, 0))),
        ("f'(Z1)[0,0]", ("f′(Z1)", (0, 0))),
        ("ℓ[0,3]", ("ℓ", (0, 3))),
    ],
)
def test_cells_that_there_are(text: str, expected: tuple[str, tuple[int, int]]) -> None:
    assert parse_cell(lesson(SMALL), text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dW2[0,9]", r"dW2\[0, 9\] is out of range: dW2 has shape \(1, 3\), rows 0 to 0, columns 0 to 2"),
        ("dW2[0,-1]", "out of range"),
        ("W1[-1,0]", "out of range"),
        ("cost[0,1]", "out of range"),
        ("dW2[0]", r"dW2\[0\]: expected two indices, dW2\[row,column\]"),
        ("dW2", "expected two indices"),
        ("dW2[]", "expected two indices"),
        ("dW2[0,1", "expected two indices"),
        ("dW2[0,1]x", "expected two indices"),
        ("dW2[0.5,1]", "expected two indices"),
    ],
)
def test_cells_that_there_are_not(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_cell(lesson(SMALL), text)


@pytest.mark.parametrize(("wrong", "meant"), [("dw2", "dW2"), ("DZ1", "dZ1"), ("W1''", "W1'")])
def test_unknown_tensor_is_answered_with_those_there_are(wrong: str, meant: str) -> None:
    with pytest.raises(UnknownNameError, match=rf"did you mean {meant}\?") as raised:
        parse_cell(lesson(SMALL), f"{wrong}[0,0]")
    for name in lesson(SMALL).quantities:
        assert name in str(raised.value)
    assert max(map(len, str(raised.value).splitlines())) <= 79


@pytest.mark.parametrize(
    ("node", "ids"),
    [
        ("dW2", ["AddmmBackward0-2"]),
        ("Z1", ["Z1"]),
        ("ℓ", ["cost"]),
        ("f'(Z1)", ["ReluBackward0-1"]),
        ("W2'", ["update"]),
        ("A0", ["Z1", "AddmmBackward0-1"]),
        ("TBackward0-2", ["TBackward0-2"]),
        ("TBackward0", ["TBackward0-2", "TBackward0-1"]),
    ],
)
def test_steps_by_name(node: str, ids: list[str]) -> None:
    assert [found.id for found in find_steps(lesson(SMALL), node)] == ids
    text = printed(lambda console: print_lesson(console, lesson(SMALL), node))
    numbers = [number for number, told in enumerate(lesson(SMALL).steps, start=1) if told.id in ids]
    assert [int(number) for number in re.findall(r"^(\d+)  ", text, re.M)] == numbers


@pytest.mark.parametrize("name", ALL)
def test_every_tensor_leads_to_a_step(name: str) -> None:
    assert all(find_steps(lesson(name), tensor) for tensor in lesson(name).quantities)


def test_unknown_node_is_answered_with_tensors_and_nodes() -> None:
    with pytest.raises(UnknownNameError, match=r"did you mean SigmoidBackward0\?\n(.|\n)*tensors: A0(.|\n)*nodes: Bin"):
        find_steps(lesson(SMALL), "SigmoidBackwrd0")


@pytest.mark.parametrize("name", ALL)
def test_data_are_the_lessons(name: str) -> None:
    of = lesson(name)
    data = json.loads(to_json(as_data(of, of.steps, ("cost", (0, 0)))))
    assert (data["outcome"], [told["id"] for told in data["steps"]]) == ("pass", [told.id for told in of.steps])
    for tensor, quantity in data["quantities"].items():
        expected = of.quantities[tensor]
        assert quantity["values"].keys() == expected.values.keys()
        assert np.array_equal(quantity["values"]["numpy"], expected.values["numpy"])
        assert {other: check["ratio"] for other, check in quantity["checks"].items()} == {
            other: check.ratio for other, check in expected.checks.items()
        }
    assert data["cell"]["value"] == float(of.quantities["cost"].values["numpy"])


def test_data_hold_what_the_steps_mention() -> None:
    data = as_data(lesson(SMALL), find_steps(lesson(SMALL), "dW2"), ("b1", (0, 0)))
    assert data["quantities"].keys() == {"dZ2", "A1", "W2", "dA1", "dW2", "db2", "b1"}
    (told,) = data["steps"]
    assert (told["in"], told["plumbing"]) == (["dZ2"], False)
    assert told["numpy"]["lines"][0]["code"] == "dW_curr = dZ_curr @ A_prev.T / m"
    assert [saved["field"] for saved in told["saved"]] == ["mat1", "mat2"]
