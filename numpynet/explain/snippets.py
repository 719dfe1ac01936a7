"""Lines of torch to copy, which print of a reader's own `model` what a node of its graph had and did."""

from __future__ import annotations

from numpynet import names
from numpynet.parity.graph import Gradient, Graph, Node


def of_node(graph: Graph, node: Node) -> str:
    """What the node saved, what came in and what it made, in the tutorial's layout; `forward` makes the cost."""
    lines = ["model.zero_grad()", "cost = forward()", *graph.walk_to(node), "print(type(node).__name__)"]
    for saved in node.saved:
        turned = ".T" if saved.transposed and len(saved.shape) == 2 else ""
        called = f"saved {saved.field}{', ' if saved.tensor else ''}{saved.tensor}"
        lines.append(_printed(called, f"node._saved_{saved.field}.detach(){turned}"))
    came = _gradient("comes in", "came[0]", node.gradient_in)
    if node.name == "TBackward0":  # as it is: to turn it is what the node does
        came = _printed(f"comes in: {node.gradient_in.name.removesuffix('ᵀ')}.T", "came[0]")
    lines += ["", "", "def show(made, came):", f"    {came}"]
    lines += [
        f"    {_gradient('made', f'made[{place}]', gradient)}"
        for place, gradient in enumerate(node.gradients_out)
        if gradient is not None
    ]
    lines += ["", "", "hook = node.register_hook(show)", "cost.backward()", "hook.remove()"]
    if node.name == "AccumulateGrad":
        lines.append(_printed("now in .grad", "node.variable.grad"))
    return "\n".join(lines)


def _printed(label: str, tensor: str) -> str:
    return f'print("{label}", {tensor}, sep="\\n")'


def _gradient(what: str, tensor: str, gradient: Gradient) -> str:
    """The line that prints a gradient as the tutorial has it: dA and dZ of the summed loss, an example a column."""
    name = gradient.name
    if names.kind(name) in ("dA", "dZ", "dN", "dD") or name == "dlogp":
        tensor = f"len(X) * {tensor}.T"
    elif name.endswith("ᵀ"):
        name, tensor = name.removesuffix("ᵀ"), f"{tensor}.T"
    return _printed(f"{what}: {name}", tensor)
