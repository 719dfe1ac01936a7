"""The place of a fault: slices of small functions, and what is said of an exception, of a notebook, or of nothing."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from catalogue import MISTAKES, TUTORIAL
from grading import graded
from hypothesis import given
from hypothesis import strategies as st

import numpynet
from numpynet.check.grade import grade_file
from numpynet.check.place import NOWHERE, OF_B, OF_RETURN, OF_W, only
from numpynet.check.result import FunctionGrade, Grade, Place
from numpynet.check.slices import COMPUTES, Slices, part, whole
from numpynet.views.check import as_data

CHECK = Path(numpynet.__file__).parent / "check"
# each line is one statement; what is to be sliced, and the lines that it is made of
SLICED: dict[str, tuple[str, dict[str, set[int]]]] = {
    "what is assigned anew": ("a = X + 1; a = X + 2; b = a * 2; return b", {"": {3, 4}}),
    "values of a tuple": ("a = X + 1; b = X + 2; return a, b", {"0": {2, 4}, "1": {3, 4}}),
    "keys put together": (
        'g = {}; a = X + 1; b = X + 2; g["dW" + str(k)] = a; g[f"db{k}"] = b; return g',
        {"dW1": {3, 5}, "db1": {4, 6}},
    ),
    "keys written out": ('a = X + 1; b = X + 2; return {"W1": a, "b1": b}', {"W1": {2, 4}, "b1": {3, 4}}),
    "what is added": ("a = X + 1; a += k; return a", {"": {2, 3}}),
    "a mask": ("a = X.copy(); a[X < 0] = 0; return a", {"": {2, 3}}),
    "several targets": ("a, b = X + 1, X + 2; c, d = f(b); return a, d", {"0": {2, 4}, "1": {2, 3, 4}}),
    "an attribute": ("self.a = X + 1; self.b = X + 2; return self.a", {"": {2, 4}}),
    "a list that is filled": ("a = []; b = X + 1; a.append(b); return a[0]", {"": {2, 3, 4, 5}}),
}


def function(body: str, arguments: str = "self, X, k") -> str:
    """A function of one statement a line; line 1 is its head."""
    return "\n".join([f"def function({arguments}):", *(f"    {line}" for line in body.split("; "))])


@pytest.mark.parametrize("name", SLICED)
def test_slice_is_what_a_value_is_made_of(name: str) -> None:
    body, due = SLICED[name]
    returned = Slices(function(body)).returned
    for key, lines in due.items():
        steps = whole(returned[int(key)]) if key.isdigit() else part(returned[0], key or "*")
        assert {step.line for step in steps} == lines


def test_branch_on_a_known_text_is_the_one_that_is_taken() -> None:
    text = textwrap.dedent("""\
        def function(Z, kind):
            if kind == "a":
                A = Z + 1
            elif kind == "b":
                A = Z + 2
            else:
                raise ValueError(kind)
            return A
        """)
    assert {step.line for step in Slices(text).made_of()} == {2, 3, 4, 5}
    assert {step.line for step in Slices(text, {"kind": "a"}).made_of()} == {3}
    assert {step.line for step in Slices(text, {"kind": "b"}).made_of()} == {5}


def test_what_a_round_of_a_loop_hands_to_the_next() -> None:
    text = function("c = X + 1; b = X + 2; a = X + 3; for k in X: a, b, c = b, c, c; return a")
    assert {2, 3, 4} <= {step.line for step in Slices(text).made_of()}


def test_what_is_changed_in_place_and_by_which_name() -> None:
    spoilt = Slices(function('a = X; a[X < 0] = 0; k -= 1; b = self["c"]; b *= 2; d = X + 1; d[0] = 0')).spoilt
    assert {name: {step.line for step in steps} for name, steps in spoilt.items() if name} == {
        "X": {2}, "k": {4}, "self": {6},
    }  # fmt: skip


def test_what_is_handed_to_a_helper() -> None:
    text = function('g = {"a": helper}[k]; W = X + 1; return g(W, b=X + 2), helper(X)')
    slices = Slices(text, helpers=["helper"])
    handed = {place: {step.line for step in whole(flow)} for place, flow in slices.handed.items()}
    assert handed == {("g", 0): {3, 4}, ("g", "b"): {4}, ("helper", 0): {4}}
    assert [step.does for step in whole(slices.returned[1])] != [COMPUTES]


def test_a_function_of_the_file_that_may_be_wrong_is_no_place() -> None:
    text = function("a = other(X); b = X + 1; return a, b")
    assert [only(whole(flow)) for flow in Slices(text).returned.values()] == [(2, 2), (3, 3)]
    assert [only(whole(flow)) for flow in Slices(text, others=["other"]).returned.values()] == [None, (3, 3)]


def test_causes_of_the_lists_are_still_told() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in CHECK.rglob("*.py") if path.name != "place.py")
    told = re.findall(r"[\"'](\w[\w-]*)", sources)
    assert {*NOWHERE, *OF_RETURN, *OF_W, *OF_B} <= set(told)


@pytest.mark.parametrize("text", ["", "x = 1", "def f(:", "f[" * 300 + "0" + "](1)" * 300])
def test_what_is_no_function_is_refused(text: str) -> None:
    with pytest.raises((SyntaxError, MemoryError, RecursionError)):
        Slices(text)


def test_function_that_takes_too_long_is_refused() -> None:
    call = "x"
    for _ in range(40):
        call = f"f[{call}](x, x)"
    with pytest.raises(ValueError, match="takes too long"):
        Slices(f"def f(x):\n    return {call}")


EXACT, NAMES = ["a", "b", "c", 'd["W1"]', 'd["b1"]'], ["a", "b", 'd["W1"]', 'd["W" + str(2)]', 'd["b1"]']


@st.composite
def programs(draw: st.DrawFn, names: list[str], heads: list[str]) -> str:
    """Statements on sets of line numbers: each adds its own to those of what it is made of."""
    indent, lines = (
        "    ",
        ["def function(flag):", "    a, b, c = {2}, {2}, {2}", '    d = {"W1": {3}, "W2": {3}, "b1": {3}}'],
    )
    for _ in range(draw(st.integers(1, 12))):
        head = draw(st.sampled_from(["", *heads]))
        if head and len(indent) < 12:
            lines.append(f"{indent}{head}")
            indent += "    "
        elif draw(st.booleans()):
            indent = "    "
        target, one, other = (draw(st.sampled_from(names)) for _ in range(3))
        sign = draw(st.sampled_from(["=", "|="]))
        lines.append(f"{indent}{target} {sign} {one} | {other} | {{{len(lines) + 1}}}")
    return "\n".join([*lines, '    return a, d["W1"], d["b1"]'])


def traced(text: str, flag: bool) -> Iterator[tuple[set[int], set[int]]]:
    """Of each value that is returned: the lines that it came through when the program ran, and those of its slice."""
    namespace: dict[str, Any] = {}
    exec(text, namespace)
    last = len(text.split("\n"))
    for lines, flow in zip(namespace["function"](flag), Slices(text).returned.values(), strict=True):
        yield lines, {step.line for step in whole(flow)} - {last}


@given(programs(NAMES, ["if flag:", "for k in range(3):"]), st.booleans())
def test_slice_holds_every_line_that_a_value_came_through(text: str, flag: bool) -> None:
    assert all(ran <= sliced for ran, sliced in traced(text, flag))


@given(programs(EXACT, []))
def test_slice_of_statements_in_a_row_holds_no_other_line(text: str) -> None:
    assert all(ran == sliced for ran, sliced in traced(text, True))


# ── of a file ────────────────────────────────────────────────────────────────────────────────────────────────────────


def of(grade: Grade, function: str) -> FunctionGrade:
    return next(one for one in grade.functions if one.function == function)


def test_notebook_has_its_cell_and_the_line_in_it(tmp_path: Path) -> None:
    text = next(one for one in MISTAKES if one.id == "S09").source()
    first, second = text.index("def sigmoid("), text.index("def single_layer_backward_propagation(")
    cells = [("code", "%matplotlib inline\n" + text[:first]), ("markdown", "# activations"),
             ("code", text[first:second]), ("code", "\n\n" + text[second:])]  # fmt: skip
    content = {"cells": [{"cell_type": kind, "source": source} for kind, source in cells]}
    (tmp_path / "lab.ipynb").write_text(json.dumps(content), encoding="utf-8")
    grade = grade_file(tmp_path / "lab.ipynb")
    wanted = "dW_curr = np.dot(dZ_curr, A_prev.T) / (m - 1)"
    line = next(number for number, line in enumerate(cells[3][1].split("\n"), 1) if line.strip() == wanted)
    assert of(grade, "single_layer_backward_propagation").place == Place(line, wanted, 4)
    data = next(one for one in as_data(grade, 1)["functions"] if one["place"])
    assert data["place"] == {"line": line, "text": wanted, "cell": 4}


def test_no_line_is_named_in_who_asks_a_function_that_is_wrong(tmp_path: Path) -> None:
    source = TUTORIAL.read_text(encoding="utf-8").replace("np.exp(-Z)", "np.exp(Z)")
    source = source.replace("return dA * sig * (1 - sig)", "return dA * sig * (1 + sig)")
    grade = graded(tmp_path / "asks", source)
    assert of(grade, "sigmoid").outcome == of(grade, "sigmoid_backward").outcome == "fail"
    assert [one.function for one in grade.functions if one.place is not None] == ["sigmoid"]


def test_exception_has_the_line_that_raised_it_and_the_rest_has_none(tmp_path: Path) -> None:
    source = TUTORIAL.read_text(encoding="utf-8")
    source = source.replace("np.maximum(0, Z)", "np.maximun(0, Z)").replace(
        "return dA * sig * (1 - sig)", "slope = sig * (1 + sig)\n    dZ = dA * slope\n    return dZ"
    )
    grade = graded(tmp_path / "raises", source)
    line = source.split("\n").index("    return np.maximun(0, Z)") + 1
    assert of(grade, "relu").place == Place(line, "return np.maximun(0, Z)")
    assert of(grade, "sigmoid_backward").outcome == "fail"
    assert of(grade, "sigmoid_backward").place is None
    assert [one.function for one in grade.functions if one.place] == ["relu"]
