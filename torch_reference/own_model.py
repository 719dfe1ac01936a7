"""The step's network as an nn.Sequential called `model`, as most people write one, and its text to copy."""

from __future__ import annotations

import numpy as np
from torch import nn

from numpynet import names
from numpynet.parity.graph import Graph
from numpynet.parity.step import Step
from numpynet.types import Array
from torch_reference import convert
from torch_reference.model import Twin
from torch_reference.trace import seed_of

LARGEST = 64  # so many numbers of the data, and of the weights, are written out


def as_sequential(twin: Twin) -> nn.Sequential:
    """The twin's own modules in a row; without nn.Identity, which does nothing."""
    modules: list[nn.Module] = []
    for layer_idx, (linear, activation) in enumerate(zip(twin.linears, twin.activations, strict=True), start=1):
        norm, dropout = (
            [optional[str(layer_idx)]] if str(layer_idx) in optional else [] for optional in (twin.norms, twin.dropouts)
        )
        modules += [linear, *norm, activation, *dropout]
    return nn.Sequential(*(module for module in modules if not isinstance(module, nn.Identity)))


def all_written(step: Step) -> bool:
    """Whether the two texts have all weights and all data of the step, and so give its numbers."""
    weights = [value for name, value in step.params_values.items() if names.is_learned(name)]
    return step.X.size <= LARGEST and sum(value.size for value in weights) <= LARGEST


def model_text(model: nn.Sequential, step: Step) -> str:
    """The lines that make it; with the step's weights, where they are few."""
    double = ".double()" if step.dtype == np.float64 else ""
    lines = ["import torch", "from torch import nn", "", "model = nn.Sequential("]
    lines += [*(f"    {_module(module)}," for module in model), f"){double}"]
    parameters = {name: convert.as_it_is(value) for name, value in model.named_parameters()}
    if sum(value.size for value in parameters.values()) > LARGEST:
        return "\n".join([*lines, "# with weights of its own: this step's are too many to be written here"])
    lines += ["with torch.no_grad():"]
    for name, value in parameters.items():
        place, _, kind = name.partition(".")
        lines.append(f"    value = torch.tensor({_written(value, '    ')}, dtype=torch.{step.dtype})")
        lines.append(f"    model[{place}].{kind}.copy_(value)")
    return "\n".join(lines)


def _module(module: nn.Module) -> str:
    if isinstance(module, nn.Linear):
        return (
            f"nn.Linear({module.in_features}, {module.out_features}{'' if module.bias is not None else ', bias=False'})"
        )
    if isinstance(module, nn.BatchNorm1d):
        lacks = ", affine=False" if module.weight is None else ", bias=False" if module.bias is None else ""
        return f"nn.BatchNorm1d({module.num_features}{lacks})"
    return f"nn.{module!r}"


def setup_text(step: Step, graph: Graph) -> str:
    """The data, and `forward`, which makes the cost of `model` for them; large data are drawn, in their shape."""
    cost = graph.calls["cost"].split("  #")[0]
    m, outputs, in_dtype = step.X.shape[1], len(step.Y), "dtype=dtype"
    if step.X.size <= LARGEST:
        data, comment = (
            f"tensor({_written(convert.as_it_is(convert.to_rows(step.X)))}, {in_dtype})",
            "a row is an example",
        )
        labels, classes = (
            f"tensor({_written(convert.as_it_is(convert.to_rows(step.Y)))}, {in_dtype})",
            f"tensor({step.Y.argmax(axis=0).tolist()})",
        )
    else:
        data, comment = f"randn({m}, {len(step.X)}, {in_dtype})", "a row is an example: put your own here"
        labels, classes = f"rand({m}, {outputs}, {in_dtype}).round()", f"randint({outputs}, ({m},))"
    lines = ["import torch", "import torch.nn.functional as F", "", "dtype = next(model.parameters()).dtype"]
    lines += [f"# {comment}", f"X = torch.{data}"]
    lines += [f"classes = torch.{classes}" if "classes" in cost else f"Y = torch.{labels}", "", "", "def forward():"]
    if any(layer.get("dropout") for layer in step.nn_architecture):
        lines.append(f"    torch.manual_seed({seed_of(step.seed, step.t)})  # the same masks each time")
    return "\n".join([*lines, "    A = model(X)", f"    {cost}", "    return cost"])


def _written(array: Array, indent: str = "") -> str:
    """As nested lists, a row a line, in the fewest digits that give the same numbers."""
    rows = [str([float(str(value)) for value in row]) for row in np.atleast_2d(array)]
    inner = f",\n{indent}    ".join(rows)
    return rows[0] if array.ndim == 1 else f"[\n{indent}    {inner},\n{indent}]"
