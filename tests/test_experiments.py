"""What a reader can run: the experiments, and the lines that print what a node did. All are run here."""

from __future__ import annotations

import io
import json
import math
from contextlib import redirect_stdout
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from lessons import first_examples
from problems import PROBLEMS
from torch import nn

from numpynet.explain.snippets import of_node
from numpynet.parity.graph import Experiments, Graph
from torch_reference import convert, run_experiments, torch_graph
from torch_reference.model import Twin
from torch_reference.own_model import as_sequential

SMALL = "circles 2-8-1"
TEXTS = ("logistic regression 2-1", SMALL, "classes 4-8-3", "options 4-6-5-1")  # data that are written out


@cache
def experiments(problem: str, dtype: str = "float64") -> tuple[Graph, Experiments]:
    given = first_examples(problem, dtype)
    graph = torch_graph(given)
    return graph, run_experiments(given, graph)


def printed(code: str, made: dict[str, Any]) -> str:
    out = io.StringIO()
    with redirect_stdout(out):
        exec(code, made)
    return out.getvalue().rstrip("\n")


@pytest.mark.parametrize("problem", PROBLEMS)
def test_what_a_snippet_prints_is_what_the_graph_says(problem: str) -> None:
    given = first_examples(problem)
    graph, told = experiments(problem)
    for node in graph.nodes:
        lines: list[tuple[Any, ...]] = []
        made: dict[str, Any] = {"model": as_sequential(Twin(given.nn_architecture, given.params_values, given.absent))}
        exec(told.setup, made)
        made |= {"X": convert.to_rows(given.X), "Y": convert.to_rows(given.Y)}  # large data are not written out
        made["classes"] = convert.to_classes(made["Y"])
        exec(of_node(graph, node), made | {"print": lambda *words, lines=lines, **_: lines.append(words)})
        (name,), *shown = lines
        assert name == node.name
        expected = {f"saved {saved.field}": saved.value for saved in node.saved}
        came = node.gradient_in
        turned = node.name == "TBackward0"  # shown as torch has it: to turn it is what the node does
        expected[f"comes in: {came.name.removesuffix('ᵀ')}{'.T' * turned}"] = came.value.T if turned else came.value
        for gradient in filter(None, node.gradients_out):
            expected[f"made: {gradient.name.removesuffix('ᵀ')}"] = gradient.value
        if node.name == "AccumulateGrad":
            expected["now in .grad"] = node.gradient_in.value
        assert [label.partition(",")[0] for label, _ in shown] == list(expected)
        for (label, value), array in zip(shown, expected.values(), strict=True):
            found, wanted = np.squeeze(value.detach().numpy()), np.squeeze(array)
            np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-15, err_msg=label)
            assert value.dim() < 2 or value.shape == array.shape


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("problem", PROBLEMS)
def test_the_experiments_print_what_they_say(problem: str, dtype: str) -> None:
    told = {one.id: one.printed.split("\n") for one in experiments(problem, dtype)[1].shown}
    once, twice, none, again = (line.split(":")[1].strip() for line in told["accumulate"])
    assert float(once)
    assert float(twice) == pytest.approx(2 * float(once), rel=1e-5)
    assert (none, again) == ("None (no gradient yet, as good as 0)", once)
    three, square, both, slope = (float(line.split()[-1]) for line in told["twice"])
    assert (three, square) == (3, slope)
    assert both == pytest.approx(3 + slope, rel=1e-5)
    leaves = [line for line in told["leaf"] if "is_leaf" in line]
    assert [line.split("is_leaf ")[1] for line in leaves] == [
        "True, requires_grad False",
        "True, requires_grad True",
        "False, requires_grad True",
    ]
    assert "X.grad: None" in told["leaf"]
    whole, half = (float(line.split()[-1]) for line in told["cut"][:2])
    assert whole == pytest.approx(2 * half, rel=1e-4)
    for made_up in (whole, half):  # not to be taken for the cost's gradient: other digits, too
        shift = [math.log10(abs(made_up / float(of_the_cost))) % 1 for of_the_cost in (once, twice)]
        assert all(0.004 < one < 0.996 for one in shift)
    assert told["cut"][2].endswith("requires_grad False, grad_fn None")
    before, retained, first, second, refused = told["retain"]
    assert before.split(":")[1] == retained.split(":")[1]
    assert first.split(":")[1].strip() == once
    assert second.split(":")[1].strip() == twice
    assert "backward through the graph a second time" in refused
    given, *made = told["vjp"]
    assert given == "v: [10.0, 1.0]  x: [2.0, -1.0]"
    for jacobian, product, node in (made[:3], made[3:]):
        rows = json.loads(jacobian.split(":")[1])
        by_hand = [10 * up + 1 * down for up, down in zip(*rows, strict=True)]
        assert json.loads(product.split(":")[1]) == pytest.approx(by_hand, abs=1e-3)  # of the rounded lines
        assert product.split(":")[1].strip() == node.split(":")[1].strip()
    assert made[:2] == ["affine, J: [[1.0, 2.0], [3.0, 4.0]]", "  v @ J:    [13.0, 24.0]"]


@pytest.mark.parametrize("problem", TEXTS)
def test_the_text_alone_makes_the_network_and_its_numbers(problem: str) -> None:
    """Pasted into an empty session; where the weights are too many, others take their place."""
    _, told = experiments(problem)
    for one in told.shown:
        made: dict[str, Any] = {}
        for before in () if one.alone else (told.model, told.setup):
            exec(before, made)
        text = printed(one.code, made)
        if not told.all_written:
            assert len(text.split("\n")) == len(one.printed.split("\n"))
        else:
            assert text == one.printed


@pytest.mark.parametrize("problem", TEXTS)
def test_everything_runs_on_a_model_of_ones_own(problem: str) -> None:
    graph, told = experiments(problem)
    others = {
        SMALL: nn.Sequential(nn.Linear(2, 5), nn.ReLU(), nn.Linear(5, 1), nn.Sigmoid()),  # other widths, float32
        "classes 4-8-3": nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3)),
    }
    own: dict[str, Any] = {}
    exec(told.model, own)
    texts = [of_node(graph, node) for node in graph.nodes] + [one.code for one in told.shown]
    model = others.get(problem, own["model"])
    if problem == "classes 4-8-3":  # another activation has another node
        texts = [text for text in texts if "Relu" not in text]
    session: dict[str, Any] = {"model": model}
    for _ in range(2):  # one after the other in one session: no hook of an earlier one is left
        lines = [len(printed(f"{told.setup}\n\n\n{text}", session).split("\n")) for text in texts]
        assert lines == [len(printed(f"{told.setup}\n\n\n{text}", {"model": model}).split("\n")) for text in texts]


def test_it_is_known_whether_all_is_written() -> None:
    told = {problem: experiments(problem)[1] for problem in PROBLEMS}
    for problem, one in told.items():
        others = "too many to be written" in one.model or "torch.rand" in one.setup
        assert one.all_written != others, problem
    assert {one.all_written for one in told.values()} == {True, False}


def test_large_data_are_drawn_in_their_shape() -> None:
    _, told = experiments("breast_cancer 30-16-1")
    assert "X = torch.randn(4, 30, dtype=dtype)" in told.setup
    own: dict[str, Any] = {}
    exec(told.model, own)
    exec(told.setup, own)
    assert own["forward"]().shape == ()


def test_torchs_random_stream_goes_on_undisturbed() -> None:
    given, (graph, _) = first_examples("options 4-6-5-1"), experiments("options 4-6-5-1")
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    run_experiments(given, graph)
    assert torch.equal(torch.rand(3), expected)
