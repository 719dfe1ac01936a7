"""The graph that torch recorded: named, saved and run as the tutorial's step has it."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from problems import DTYPES, PROBLEMS, REFERENCE, random_step, step

from numpynet.parity import Step, compare, numpy_trace
from numpynet.parity.compare import describe
from numpynet.parity.graph import Gradient, Graph, Node
from numpynet.types import Array
from torch_reference import torch_graph, torch_trace
from torch_reference.model import node_words
from torch_reference.nodes import NODES


def gradients(graph: Graph) -> Iterator[tuple[Node, Gradient]]:
    for node in graph.nodes:
        for gradient in (node.gradient_in, *node.gradients_out):
            if gradient is not None:
                yield node, gradient


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_gradient_of_every_node_is_numpys_within_its_bound(problem: str, dtype: str) -> None:
    given = step(problem, dtype)
    ours, theirs, graph = numpy_trace(given), torch_trace(given), torch_graph(given)
    report = compare(ours, theirs, elements=True)
    assert report.outcome == "pass", [describe(row) for row in report.rows if row.fails]
    met = set()
    for node, gradient in gradients(graph):
        name = gradient.name.removesuffix("ᵀ")
        if name in ("dcost", "dmean"):
            assert node.layer is None
            continue
        if name == "dlogp":
            np.testing.assert_allclose(gradient.value, -given.Y, rtol=2 * float(np.finfo(dtype).eps))
            continue
        met.add(name)
        assert np.array_equal(gradient.value, theirs.values[name]), f"{node.name} has another {name} than torch's trace"
        apart = np.abs(ours.values[name] - gradient.value)
        assert (apart <= report.elements[name].allowed).all(), f"{node.name}: {name}"
        if not (
            name.startswith("db") and given.nn_architecture[int(name[-1]) - 1].get("batch_norm") and name[2] != "e"
        ):
            assert report.elements[name].allowed.max() < np.abs(gradient.value).max()  # zeros would not pass
    linear = {f"dZ{i}" for i, layer in enumerate(given.nn_architecture, 1) if layer["activation"] == "linear"}
    assert met | linear == {name for name in given.shapes() if name.startswith("d")}


@pytest.mark.parametrize("problem", PROBLEMS)
def test_saved_tensors_are_the_tutorials(problem: str) -> None:
    given = step(problem, "float64")
    values = {**torch_trace(given).values, **given.params_values, "Y": given.Y}
    predicted = torch.from_numpy(values[f"A{len(given.nn_architecture)}"])
    values["logp"] = (predicted.log() if given.loss == "nll" else torch.log_softmax(predicted, dim=0)).numpy()
    for node in torch_graph(given).nodes:
        for saved in node.saved:
            if saved.field in ("result1", "result2"):
                Z = values[f"Z{node.layer}"]
                expected = Z.mean(axis=1) if saved.field == "result1" else 1 / np.sqrt(Z.var(axis=1) + 1e-5)
                np.testing.assert_allclose(np.squeeze(saved.value), expected, rtol=1e-12, atol=1e-15)
                continue
            if saved.field.startswith("running_"):
                assert np.array_equal(saved.value, values[f"{saved.tensor}'"])
                continue
            if node.name == "MulBackward0" and saved.tensor[:4] != "mask":
                assert (saved.tensor, float(saved.value)) == ("", len(given.Y))
                continue
            if node.name == "NllLossBackward0" and saved.field != "self":
                of_the_classes = {"target": given.Y.argmax(axis=0), "total_weight": given.Y.shape[1]}
                assert np.array_equal(np.squeeze(saved.value), np.squeeze(of_the_classes[saved.field]))
                continue
            if saved.tensor == "logp":
                np.testing.assert_allclose(saved.value, values["logp"], rtol=1e-14)
            else:
                assert np.array_equal(saved.value, values[saved.tensor]), f"{node.name} {saved.field}"
            shape = values[saved.tensor].shape
            assert saved.shape == (shape[::-1] if saved.transposed else shape[: len(saved.shape)])
            assert saved.bytes == values[saved.tensor].nbytes


def test_the_reference_network_runs_as_expected() -> None:
    graph = torch_graph(step(REFERENCE, "float64"))
    layer = ["AddmmBackward0", "AccumulateGrad", "TBackward0", "AccumulateGrad"]
    names = ["BinaryCrossEntropyBackward0", "SigmoidBackward0", *layer]
    names += ["ReluBackward0", *layer] * 4
    assert [node.name for node in graph.nodes] == names
    assert [node.order for node in graph.nodes] == list(range(len(names)))
    assert [node.layer for node in graph.nodes] == [None] + [i for i in (5, 4, 3, 2, 1) for _ in range(5)]
    first, last = graph.nodes[0], graph.nodes[-4]
    assert (first.gradient_in.name, float(first.gradient_in.value)) == ("dcost", 1.0)
    assert [gradient and gradient.name for gradient in last.gradients_out] == ["db1", None, "dW1ᵀ"]
    assert [saved.tensor for saved in last.saved] == ["A0"]  # no dX is asked for: W1 is not kept
    for node in graph.nodes:
        for following in node.next_nodes:
            assert following is None or following > node.order


def test_memory_is_counted_once() -> None:
    given = step("circles 2-8-1", "float64")
    graph = torch_graph(given)
    kept = {"A0": given.X, "A1": numpy_trace(given).values["A1"], "A2": given.Y, "W2": given.params_values["W2"]}
    assert graph.saved_bytes() == sum(array.nbytes for array in kept.values()) + given.Y.nbytes
    assert sum(saved.bytes for node in graph.nodes for saved in node.saved) > graph.saved_bytes()


def test_all_active_units_are_still_told_apart_from_their_argument() -> None:
    """A = Z in every number where no unit is off; torch keeps A all the same."""
    given = random_step([2, 3, 1], ["relu", "sigmoid"], 5, 1, "float64")
    bias = {"b1": np.full((3, 1), 100.0)}
    given = Step(given.X, given.Y, {**given.params_values, **bias}, given.nn_architecture)
    saved = {(node.name, kept.tensor) for node in torch_graph(given).nodes for kept in node.saved}
    assert ("ReluBackward0", "A1") in saved


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("problem", PROBLEMS)
def test_the_code_shown_for_a_node_computes_what_the_node_computed(problem: str, dtype: str) -> None:
    """Run on the tensors that the node saved, under torch's names for them."""
    m = step(problem, dtype).X.shape[1]
    for node in torch_graph(step(problem, dtype)).nodes:
        if node.name == "AccumulateGrad":
            continue
        kept = {saved.field: torch.from_numpy(raw(saved.value, saved.shape)) for saved in node.saved}
        made: dict[str, Any] = {
            "torch": torch,
            "F": torch.nn.functional,
            "grad": torch.from_numpy(as_it_was(node.gradient_in, m, dtype)),
            **kept,
        }
        lines = node.words.code.splitlines()
        exec("\n".join(line for line in lines if "mat2.T" not in line or "mat2" in kept), made)
        names = {
            "AddmmBackward0": ("grad_bias", "grad_mat1", "grad_mat2"),
            "NativeBatchNormBackward0": ("grad_input", "grad_weight", "grad_bias"),
        }.get(node.name, ("grad_self",))
        for name, gradient in zip(names, node.gradients_out, strict=False):
            if gradient is not None:
                expected = as_it_was(gradient, m, dtype)
                within = {"rtol": 4 * np.finfo(dtype).eps, "atol": 8 * np.finfo(dtype).eps * np.abs(expected).max()}
                np.testing.assert_allclose(
                    made[name].numpy(), expected, **within, err_msg=f"{node.name}: {gradient.name}"
                )


@pytest.mark.parametrize("there", [None, 2.0])
def test_the_code_of_accumulate_grad_adds(there: float | None) -> None:
    weight = torch.ones(1, requires_grad=True)
    weight.grad = None if there is None else torch.tensor([there])
    variable = SimpleNamespace(grad=weight.grad)
    exec(NODES["AccumulateGrad"].code, {"variable": variable, "grad": torch.tensor([3.0])})
    (3 * weight).sum().backward()  # type: ignore[no-untyped-call]
    assert weight.grad is not None
    assert torch.equal(variable.grad, weight.grad)


def as_it_was(gradient: Gradient, m: int, dtype: str) -> Array:
    """In torch's layout, and of the mean."""
    value = gradient.value / m if gradient.name.startswith(("dA", "dD", "dN", "dZ", "dlogp")) else gradient.value
    turned = not gradient.name.startswith("dW") or gradient.name.endswith("ᵀ")
    return raw(value if turned else value.T, gradient.shape).astype(dtype)


def raw(value: Array, shape: tuple[int, ...]) -> Array:
    """In torch's layout: examples in rows."""
    return np.ascontiguousarray(value.T.reshape(shape))


def test_a_node_without_words_is_named() -> None:
    with pytest.raises(KeyError, match="unknown node 'EinsumBackward0': choose from AddmmBackward0"):
        node_words("EinsumBackward0")
