"""An autograd graph as it was recorded: plain data, from whoever can record one, for whoever shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from numpynet.types import Array


@dataclass(frozen=True)
class SavedTensor:
    """What a node kept for the backward pass, under its own name for it (`mat1`).

    `tensor` is the tutorial's name of that tensor ("" where it is none of them), and `transposed` whether it is kept
    the other way round than the tutorial has it. Two with the same `memory` are one and the same, kept once.
    `value` is in the tutorial's layout.
    """

    field: str
    tensor: str
    transposed: bool
    shape: tuple[int, ...]
    bytes: int
    memory: int
    value: Array


@dataclass(frozen=True)
class Gradient:
    """A gradient that went into a node or came out of it.

    `name` is the tutorial's (dZ2), or that of its transpose (dW2ᵀ); `shape` is how the engine had it, `value` in the
    tutorial's layout and convention (dA and dZ of the summed loss).
    """

    name: str
    shape: tuple[int, ...]
    value: Array


@dataclass(frozen=True)
class NodeWords:
    """What a kind of node does, in a sentence and in Python.

    `code` computes each gradient that goes out from `grad`, which came in, and from the tensors that the node saved,
    under torch's names for them. Plumbing has no counterpart in the tutorial.
    """

    what: str
    code: str
    plumbing: bool = False


@dataclass(frozen=True)
class Node:
    """One recorded operation, ready to go backward. `order` is its place among all nodes as the engine ran them.

    `layer` is None for the loss. `gradients_out` has None where no gradient was asked for: the data need none.
    `next_nodes` are the orders of the nodes that the gradients went to.
    """

    order: int
    name: str
    layer: int | None
    saved: Sequence[SavedTensor]
    gradient_in: Gradient
    gradients_out: Sequence[Gradient | None]
    next_nodes: Sequence[int | None]
    words: NodeWords


@dataclass(frozen=True)
class Graph:
    """The nodes in the order in which the engine ran them, and the calls that made A1, A2 … and the cost."""

    nodes: Sequence[Node]
    calls: Mapping[str, str]

    def saved_bytes(self) -> int:
        """Bytes of all saved tensors, each piece of memory once."""
        return sum({saved.memory: saved.bytes for node in self.nodes for saved in node.saved}.values())

    def walk_to(self, node: Node) -> list[str]:
        """The lines of torch that lead from the cost to the node, as `node`."""
        way = {0: list[int]()}
        for here in self.nodes:  # a node stands after all that lead to it
            for place, following in enumerate(here.next_nodes):
                if following is not None:
                    way.setdefault(following, [*way[here.order], place])
        places = way[node.order]
        if not places:
            return ["node = cost.grad_fn"]
        steps = f"({places[0]},)" if len(places) == 1 else str(tuple(places))
        return [
            "node = cost.grad_fn  # from there back, by places in next_functions",
            f"for i in {steps}:",
            "    node = node.next_functions[i][0]",
        ]


@dataclass(frozen=True)
class Experiment:
    """What autograd does beyond the one step: a few lines of torch, and what they printed when they were run.

    What is `alone` runs by itself; the others go on from `Experiments.setup`.
    """

    id: str
    title: str
    what: str
    code: str
    printed: str
    alone: bool


@dataclass(frozen=True)
class Experiments:
    """`model` makes the network, `setup` its data and cost; the experiments and the steps' snippets go on from both.

    Where not `all_written` there are too many weights or data to be written out, and others stand in for them.
    """

    model: str = ""
    setup: str = ""
    shown: Sequence[Experiment] = ()
    all_written: bool = True


NO_EXPERIMENTS = Experiments()
