"""Which code makes a tensor of the step: the NumPy function, numpynet's or somebody's own, and torch's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpynet
from numpynet import activations, dropout, losses, names, normalization, optimizers, schedules
from numpynet.explain.code import Code, code_of
from numpynet.parity.graph import Graph, Node
from numpynet.parity.step import EVALUATED, Step

ASSIGNED = {
    "Z": ["Z_curr"], "A": ["A"], "dZ": ["dZ"], "dA": ["dA_prev"], "dW": ["dW_curr"], "db": ["db_curr"],
    "W'": ["theta", "params_values"], "b'": ["theta", "params_values"],
    "gamma'": ["theta", "params_values"], "beta'": ["theta", "params_values"], "dN": ["dZ"],
    "dgamma": ["x_hat", "dgamma"], "dbeta": ["dbeta"],
}  # fmt: skip
GRADIENT_OF = {
    "dA": ("grad_mat1", "grad_self"), "dD": ("grad_mat1",), "dN": ("grad_self",), "dZ": ("grad_self", "grad_input"),
    "dW": ("grad_mat2",), "db": ("grad_bias",), "dgamma": ("grad_weight",), "dbeta": ("grad_bias",),
}  # fmt: skip
BATCH_NORM: dict[str, Callable[..., Any]] = {
    "N": normalization.batch_norm,
    **dict.fromkeys(("dgamma", "dbeta"), normalization.batch_norm_backward),
    **dict.fromkeys(("running_mean'", "running_var'"), normalization.update_running),
    "mask": dropout.make_mask,
    "D": dropout.dropout,
}


def numpy_source(step: Step, *tensors: str, implementation: Any = numpynet) -> Code | None:
    """The function that makes these tensors, with the statements lit that do; None where there is none to be read."""
    kind, layer = names.kind(tensors[0]), names.layer_of(tensors[0])
    function = _function(step, kind, layer, implementation)
    assigned = [name for tensor in tensors for name in ASSIGNED.get(names.kind(tensor), [])]
    if names.phase(tensors[0]) == "update" and not step.is_plain:
        assigned = ["v", "s", "after"]
    of_the_loss = kind == "dA" and layer == len(step.nn_architecture)
    if of_the_loss and implementation is numpynet:
        assigned = ["dA"]
    first = implementation is not numpynet and (of_the_loss or kind == "W'")  # before the loop; before b
    try:
        return None if function is None else code_of(function, *assigned, first=first)
    except (OSError, TypeError, ValueError, SyntaxError, RecursionError, MemoryError):
        return None


def _theirs(implementation: Any, name: str) -> Any:
    """Its function of that name, or the text of it where that runs in a process of its own."""
    if hasattr(implementation, "source_of"):
        return implementation.source_of(name)
    return getattr(implementation, name, None)


def _function(step: Step, kind: str, layer: int | None, implementation: Any) -> Any:
    if kind in BATCH_NORM:
        return BATCH_NORM[kind]
    if kind == names.after("lr"):
        return schedules.SCHEDULES[step.schedule.name] if step.schedule else None
    if kind == "dZ" and layer and step.activated(layer) != names.Z(layer):
        return normalization.batch_norm_backward
    if kind == "dA" and layer and step.passed_on(layer) != names.A(layer):
        return dropout.dropout_backward
    if kind in ("A", "dN", "dZ") and layer:
        pair = activations.ACTIVATIONS[step.nn_architecture[layer - 1]["activation"]]
        ours = pair.forward if kind == "A" else pair.backward
        return ours if implementation is numpynet else _theirs(implementation, ours.__name__)
    if kind == "cost" or (kind == "dA" and layer == len(step.nn_architecture)):
        loss = losses.LOSSES[step.loss]
        if implementation is numpynet:
            return loss.forward if kind == "cost" else loss.backward
        return _theirs(implementation, "get_cost_value" if kind == "cost" else "full_backward_propagation")
    if names.phase(kind) == "update" and not step.is_plain:
        return optimizers.OPTIMIZERS[step.optimizer].step
    places = {
        EVALUATED: ("full_forward_propagation",),
        "Z": ("single_layer_forward_propagation", "full_forward_propagation"),
        "W'": ("update",),
        "b'": ("update",),
    }.get(kind, ("single_layer_backward_propagation", "full_backward_propagation"))
    found = (_theirs(implementation, name) for name in places)
    return next((function for function in found if function is not None), None)


BATCH_NORM_CALL = "N = F.batch_norm(Z, running_mean, running_var, gamma, beta, training=True)"


def torch_source(step: Step, graph: Graph, name: str) -> Code | None:
    """torch's code for the tensor, forward as its module calls it, backward as the node that makes it computes it."""
    kind, layer = names.kind(name), names.layer_of(name)
    if kind == "Z":
        if names.b(layer or 0) in step.absent:
            return Code("torch.mm, by nn.Linear without bias", "Z = torch.mm(A, W.T)")
        return Code("torch.addmm, by nn.Linear", "Z = torch.addmm(b, A, W.T)")
    if kind == "N":
        return Code("torch, nn.BatchNorm1d in training", BATCH_NORM_CALL)
    if kind in ("D", "mask") and layer:
        p = step.nn_architecture[layer - 1]["dropout"]
        return Code("torch, nn.Dropout in training", f"D = F.dropout(A, p={p!r})  # draws the mask: D = A * mask")
    if kind in ("running_mean'", "running_var'"):
        return Code(
            "torch, nn.BatchNorm1d in training", f"{BATCH_NORM_CALL}\n# which also moves both by 0.1 of the way"
        )
    if kind == names.after("lr"):
        return Code("torch, the scheduler, after each epoch", "scheduler.step()\nlr = scheduler.get_last_lr()[0]")
    if kind == "A" and layer:
        return Code(f"torch, {step.nn_architecture[layer - 1]['activation']}", graph.calls[name])
    if kind == EVALUATED:
        return Code("torch, in evaluation", "model.eval()\nwith torch.no_grad():\n    prediction = model(X)")
    if kind == "cost":
        return Code("torch, the loss", graph.calls[name])
    if names.phase(name) == "update":
        title, _, code = graph.calls["update"].partition("\n")
        return Code(title, code)
    for node in graph.nodes:
        made = [gradient.name.removesuffix("ᵀ") for gradient in node.gradients_out if gradient is not None]
        if name in made:
            code = node_code(node)
            lines = [number for number, line in enumerate(code.splitlines(), 1) if line.startswith(GRADIENT_OF[kind])]
            return Code(f"what {node.name} computes, in Python", code, lines=tuple(lines))
    return None


def node_code(node: Node) -> str:
    """The code of the node without what it was not asked for: the gradient of the data."""
    lines = node.words.code.splitlines()
    return "\n".join(line for line in lines if not (line.startswith("grad_mat1") and None in node.gradients_out))
