"""What autograd does beyond one step, shown by running it: the printed lines are those of the run."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import redirect_stdout
from string import Template
from typing import Any, NamedTuple

import torch
from torch import nn

from numpynet import names
from numpynet.parity.graph import Experiment, Experiments, Graph
from numpynet.parity.step import Step
from torch_reference import convert
from torch_reference.model import Twin
from torch_reference.own_model import all_written, as_sequential, model_text, setup_text


class Row(NamedTuple):
    """An experiment. In its code $words stand for what differs from network to network: `_words`.

    What is `alone` needs no network.
    """

    title: str
    what: str
    code: str
    alone: bool = False


EXPERIMENTS = {
    "accumulate": Row(
        "Gradients accumulate",
        "backward() adds to .grad; it does not overwrite it. A second backward() without zero_grad() in between leaves "
        "the sum of both passes there: twice the gradient, where both are of the same cost. That is why a training "
        "loop calls zero_grad() before each backward(). It sets .grad to None: no gradient yet, as good as 0.",
        """\
W = $weight
model.zero_grad()
forward().backward()
print(f"after one backward:  {W.grad$at:.6g}")
forward().backward()
print(f"after the second:    {W.grad$at:.6g}")
model.zero_grad()
print(f"after zero_grad:     {W.grad} (no gradient yet, as good as 0)")
forward().backward()
print(f"and one backward:    {W.grad$at:.6g}")""",
    ),
    "twice": Row(
        "A value used twice adds up",
        "Where a value goes into several operations, what comes back from each of them is added: the chain rule has a "
        "term for each way to the cost. In a network each A goes into every unit of the next layer: the sum inside "
        "dA = Wᵀ·dZ has a term for each of them (a single one, where the next layer has one unit). Each weight serves "
        "every example: the sum inside dW = dZ·Aᵀ / m has a term for each example. Here a single number, one of the "
        "weights, goes two ways.",
        """\
w = $weight$at.detach().requires_grad_()  # a leaf of its own
ways = {"3 * w": 3 * w, "w * w": w * w, "their sum": 3 * w + w * w}
for name, y in ways.items():
    w.grad = None
    y.backward()
    print(f"{name}: gradient {w.grad:.6g}")
print(f"2 * w is {2 * w:.6g}")""",
    ),
    "leaf": Row(
        "Leaves, and requires_grad",
        "A leaf is a tensor that no recorded operation made. An operation is recorded where one of its arguments "
        "requires a gradient: parameters do, data do not. backward() fills .grad of the leaves that require one, in "
        "their AccumulateGrad nodes. The gradient of a tensor that an operation made is thrown away, unless "
        "retain_grad() was called on it before.",
        """\
W = $weight
model.zero_grad()
cost = forward()
for name, t in {"X": X, "W": W, "cost": cost}.items():
    made_by = t.grad_fn.name() if t.grad_fn else None
    print(f"{name}: is_leaf {t.is_leaf}, requires_grad {t.requires_grad}")
    print(f"    grad_fn {made_by}")
cost.retain_grad()
cost.backward()
print(f"X.grad: {X.grad}")
print(f"W.grad$at: {W.grad$at:.6g}")
print(f"cost.grad: {cost.grad:g}")""",
    ),
    "cut": Row(
        "detach and no_grad cut the graph",
        "A.detach() has A's numbers and no graph behind it: the gradient stops there, as at a constant. In A * A both "
        "factors send a gradient back; in A * A.detach() only one of them does, and half is left. What goes backward "
        "here is a sum made up for this, not the cost: its gradients are none of the step's. Under no_grad() nothing "
        "is recorded at all: a prediction needs no gradient.",
        """\
W, A = $weight, model(X)
both = torch.autograd.grad((3 * A * A).sum(), W, retain_graph=True)[0]
one = torch.autograd.grad((3 * A * A.detach()).sum(), W)[0]
print(f"3 * A * A:          {both$at:.6g}")
print(f"3 * A * A.detach(): {one$at:.6g}")
with torch.no_grad():
    A = model(X)
print(f"under no_grad: requires_grad {A.requires_grad}, grad_fn {A.grad_fn}")""",
    ),
    "retain": Row(
        "What retain_graph keeps",
        "backward() frees the tensors that a node saved as soon as it has used them. retain_graph=True keeps them, "
        "so that a second backward() can run; its gradients are added to the first ones. After a backward() without "
        "it the saved tensors are gone, and torch refuses a third.",
        """\
W = $weight
model.zero_grad()
cost = forward()
$node
print(f"{node.name()} saved $field:", tuple(node._saved_$field.shape))
cost.backward(retain_graph=True)
print("after backward(retain_graph=True):", tuple(node._saved_$field.shape))
print(f"W.grad after the first:  {W.grad$at:.6g}")
cost.backward()
print(f"W.grad after the second: {W.grad$at:.6g}")
try:
    cost.backward()
except RuntimeError as error:
    print("a third:", str(error).split(" (")[0])""",
    ),
    "vjp": Row(
        "Each node is a vector-Jacobian product",
        "A node is handed v, the gradient with respect to what its operation made, and hands on v·J. J, the Jacobian, "
        "says how the outputs of the operation move with its inputs: J[i, j] is the slope of output i in input j. The "
        "node never makes J, which for ReLU is 0 but for its diagonal; its few lines come to v·J without it. Here an "
        "operation has two inputs and two outputs, so that J is small enough to be made, too, from differences of the "
        "outputs. In the step, past the first layer, an affine node is handed dZ as v and its J is W: v·J is "
        "dA = Wᵀ·dZ, for each example. A ReLU node's dZ = dA · f′(Z) is v·J as well: f′(Z) is the diagonal of J.",
        """\
$imports

W = torch.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=torch.float64)
x = torch.tensor([2.0, -1.0], dtype=torch.float64)
v = torch.tensor([10.0, 1.0], dtype=torch.float64)
h = 1e-5 * torch.eye(2, dtype=torch.float64)  # a little more of each input
print("v:", v.tolist(), " x:", x.tolist())
maps = {"affine": lambda Z: W @ Z, "$activation": lambda Z: $call}
for name, f in maps.items():
    J = torch.stack([(f(x + d) - f(x - d)) / 2e-5 for d in h], dim=1)
    leaf = x.clone().requires_grad_()
    (f(leaf) @ v).backward()  # the node of f is handed v
    print(f"{name}, J:", J.round(decimals=4).tolist())
    print("  v @ J:   ", (v @ J).round(decimals=4).tolist())
    print("  the node:", leaf.grad.round(decimals=4).tolist())""",
        alone=True,
    ),
}


def run_experiments(step: Step, graph: Graph) -> Experiments:
    """Each of them, run on the step's own network and data."""
    setup, shown = setup_text(step, graph), []
    with torch.random.fork_rng(devices=[]):
        model = as_sequential(Twin(step.nn_architecture, step.params_values, step.absent))
        made: dict[str, Any] = {"model": model}
        text = model_text(model, step)
        exec(setup, made)
        Y = convert.to_rows(step.Y)
        made |= {"X": convert.to_rows(step.X), "Y": Y, "classes": convert.to_classes(Y)}  # also where they are large
        words = _words(step, graph, model, made["forward"])
        for key, row in EXPERIMENTS.items():
            code, out = Template(row.code).substitute(words), io.StringIO()
            with redirect_stdout(out):
                exec(code, made)
            shown.append(Experiment(key, row.title, row.what, code, out.getvalue().rstrip("\n"), row.alone))
    return Experiments(text, setup, shown, all_written(step))


def _words(step: Step, graph: Graph, model: nn.Sequential, forward: Callable[[], torch.Tensor]) -> dict[str, str]:
    """What the $words of the code are in this network."""
    place, last = [(i, module) for i, module in enumerate(model) if isinstance(module, nn.Linear)][-1]
    forward().backward()  # type: ignore[no-untyped-call]
    gradient = convert.gradient_of(last.weight).abs()
    row, column = divmod(int(gradient.argmax()), gradient.shape[1])
    node = next(node for node in graph.nodes if node.gradient_in.name == names.dZ(len(step.nn_architecture)))
    call = graph.calls[names.A(1)].split("  #")[0].removeprefix("A = ")
    return {
        "weight": f"model[{place}].weight",
        "at": f"[{row}, {column}]",
        "node": "\n".join(graph.walk_to(node)),
        "field": node.saved[0].field,
        "activation": step.nn_architecture[0]["activation"],
        "call": call.replace("dim=1", "dim=0"),
        "imports": "import torch" + "\nimport torch.nn.functional as F" * ("F." in call),
    }
