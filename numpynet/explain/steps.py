"""The operations of a step, forward and back: torch's graph joined with the functions that do the same in NumPy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from numpynet import names, tape
from numpynet.definitions import LOSSES
from numpynet.explain.code import Code, code_of
from numpynet.explain.model import Kept, LessonStep
from numpynet.explain.quantities import Normal, descriptions, given, in_evaluation
from numpynet.explain.snippets import of_node
from numpynet.explain.sources import node_code, numpy_source, torch_source
from numpynet.parity.compare import Report
from numpynet.parity.graph import Graph, Node, SavedTensor
from numpynet.parity.step import EVALUATED, Step
from numpynet.parity.trace import Trace
from numpynet.types import Array


class Teller:
    """Makes the lesson's steps from the step, torch's graph, and the source of the functions."""

    def __init__(self, step: Step, graph: Graph, ours: Trace, report: Report) -> None:
        self.step, self.graph, self.ours = step, graph, ours
        self.rows = {row.name: row for row in report.rows}
        self.layers = list(enumerate(step.nn_architecture, start=1))
        self.L = len(self.layers)
        self.described = descriptions(step)

    def forward(self) -> Iterator[LessonStep]:
        """Z1, A1, … and the cost."""
        for i, layer in self.layers:
            Z, A, W, b, A_prev = names.Z(i), names.A(i), names.W(i), names.b(i), self.step.passed_on(i - 1)
            affine = self._affine(Z)
            notes = _affine_notes(affine, i)
            if b in self.step.absent:
                notes.insert(0, f"The module's layer has no bias: {b} is 0, and stays 0.")
            yield LessonStep(
                Z, "forward", i, f"{Z} = {W}·{A_prev} + {b}",
                f"Layer {i} adds up what it is given, each unit with its own weights, and its bias.",
                torch_source(self.step, self.graph, Z), numpy_source(self.step, Z), _affine_tape(),
                [self.described[Z].formula], self._kept(affine), [A_prev], [W, b], [Z], notes=notes,
            )  # fmt: skip
            if layer.get("batch_norm"):
                yield self._normalized(i)
            activation, taken = layer["activation"], self.step.activated(i)
            Z = taken
            node = self._activation(A)
            yield LessonStep(
                A, "forward", i, f"{A} = {activation}({Z})",
                f"Each {'example' if self._of_softmax(Z) else 'element'} of {Z} through {activation}.",
                torch_source(self.step, self.graph, A), numpy_source(self.step, A),
                code_of(tape.activation), [self.described[name].formula for name in (*self._of_softmax(Z), A)],
                self._kept(node), [Z], [], [*self._of_softmax(Z), A],
            )  # fmt: skip
            if layer.get("dropout"):
                yield self._dropped(i, layer["dropout"])
        terms = [name for name in (*self._of_softmax(names.A(self.L)), "logp", "ℓ", "L") if name in self.described]
        yield LessonStep(
            "cost", "forward", None, f"cost = {self.step.loss}(A{self.L}, Y)",
            "How far the predictions are from the labels, on average over the examples.",
            torch_source(self.step, self.graph, "cost"), numpy_source(self.step, "cost"),
            code_of(tape.cost), [self.described[name].formula for name in (*terms, "cost")],
            [kept for node in self._loss() for kept in self._kept(node)], [names.A(self.L)], ["Y"], [*terms, "cost"],
            notes=list(filter(None, [LOSSES[self.step.loss].note])),
        )  # fmt: skip
        if EVALUATED in self.described:
            yield self.evaluated()

    def evaluated(self) -> LessonStep:
        """The same weights in evaluation; nothing goes backward from there."""
        reads = [name for name in self.step.params_values if names.kind(name) in names.RUNNING]
        return LessonStep(
            EVALUATED, "forward", None, "The prediction in evaluation",
            f"In evaluation {in_evaluation(self.step)}.",
            torch_source(self.step, self.graph, EVALUATED), numpy_source(self.step, EVALUATED), code_of(tape.network),
            [self.described[EVALUATED].formula], came_in=["A0"], reads=reads, made=[EVALUATED],
        )  # fmt: skip

    def _normalized(self, i: int) -> LessonStep:
        N, Z, at = names.N(i), names.Z(i), Normal.of(i)
        learned = [names.make("gamma", i), names.make("beta", i)]
        running = [names.make(kind, i) for kind in names.RUNNING]
        made = [*at, N, *map(names.after, running)]
        return LessonStep(
            N, "forward", i, f"{N} = batch norm of {Z}",
            "Each unit is brought to mean 0 and variance 1 over the batch, then scaled and shifted as it has learned.",
            torch_source(self.step, self.graph, N), numpy_source(self.step, N), code_of(tape.batch_norm),
            [self.described[name].formula for name in made], self._kept(self._node(N)), [Z], [*learned, *running],
            made,
            notes=["The running statistics move in the forward pass; evaluation takes them instead of the batch's."],
        )  # fmt: skip

    def _dropped(self, i: int, p: float) -> LessonStep:
        A, D, mask = names.A(i), names.D(i), names.mask(i)
        return LessonStep(
            D, "forward", i, f"{D} = {A} · {mask}",
            f"Each activation is dropped with probability {p:g}; those that are kept are divided by {1 - p:g}, so that "
            "the sum stays the same on average.",
            torch_source(self.step, self.graph, D), numpy_source(self.step, D), code_of(tape.Tensor.__mul__),
            [self.described[D].formula], self._kept(self._node(D)), [A], [], [mask, D],
            notes=["Torch draws the mask here, and NumPy is handed it. Evaluation leaves dropout out."],
        )  # fmt: skip

    def backward(self) -> Iterator[LessonStep]:
        """The nodes of torch's graph, as its engine ran them."""
        for node in self.graph.nodes:
            words = node.words
            made, notes = self._made(node)
            numpy_code, tape_code, reads = self._sources(node)
            came_in = [node.gradient_in.name.removesuffix("ᵀ")]
            if node.name == "AccumulateGrad":
                label = names.of(came_in[0])
            else:
                label = "" if node.layer is None else str(node.layer)
            notes += self._in_torch(node, made, words.plumbing)
            if node.layer is None and not words.plumbing and LOSSES[self.step.loss].note:
                notes.append(LOSSES[self.step.loss].note)
            if came_in[0] not in self.described:
                notes = [f"The gradient that comes in is {_shown(node.gradient_in.value)}.", *notes]
            yield LessonStep(
                f"{node.name}-{label}".removesuffix("-"), "backward", node.layer, node.name, words.what,
                Code(f"what {node.name} computes, in Python", node_code(node)), numpy_code, tape_code,
                [self.described[name].formula for name in made], self._kept(node),
                [name for name in came_in if name in self.described], reads, made, words.plumbing, notes,
                of_node(self.graph, node),
            )  # fmt: skip

    def update(self) -> LessonStep:
        """The optimizer's step."""
        step = self.step
        kept = [name for name in step.state if name in self.described]
        learned = [name for name in filter(names.is_learned, step.params_values) if name not in step.absent]
        normalized = any(layer.get("batch_norm") for layer in step.nn_architecture)
        rate = [names.after("lr")] if step.schedule is not None else []
        made = [*(names.after(name) for name in (*kept, *learned)), *rate]
        first = [name for name in made if names.layer_of(name.rpartition(".")[2]) == 1]
        plain = step.is_plain
        every = "Every parameter" if normalized else "Every weight and bias"
        what = (
            f"{every} moves against its gradient, by the learning rate {step.learning_rate!r}."
            if plain
            else f"{every} moves by what {step.optimizer} makes of its gradient and of its memory."
        )
        if self.L > 1:
            what += " The formulas are layer 1's."
        return LessonStep(
            "update", "update", None, "Gradient descent" if plain else f"The step of {step.optimizer}",
            f"{what} Autograd has no part in it.",
            torch_source(step, self.graph, made[0]), numpy_source(step, *made), None,
            [self.described[name].formula for name in first],
            came_in=[names.d(name) for name in learned], reads=[*learned, *kept], made=made,
            notes=self._corrections(),
        )  # fmt: skip

    def _corrections(self) -> list[str]:
        """The numbers that stand in Adam's formula."""
        if "betas" not in self.step.hyper:
            return []
        t, rate, (beta1, beta2) = self.step.t, self.step.learning_rate, self.step.hyper["betas"]
        first, second = 1 - beta1**t, 1 - beta2**t
        return [
            f"Step {t}: the rate is lr / (1 − β₁^t) = {rate:g} / {first:.6g} = {rate / first:.6g}, and the root is "
            f"divided by √(1 − β₂^t) = {second**0.5:.6g}, because both means start from 0."
        ]

    def _in_torch(self, node: Node, made: list[str], plumbing: bool) -> list[str]:
        """How torch's own numbers differ from those shown, which are in the tutorial's layout and convention."""
        m, out = self.step.X.shape[1], node.gradients_out
        if node.name == "TBackward0" and out[0] is not None:
            before, after = (" × ".join(map(str, one.shape)) for one in (node.gradient_in, out[0]))
            return [f"In torch it comes in {before} and goes out {after}; shown is NumPy's."]
        if plumbing or m == 1:
            return []
        summed = [
            name for name in (node.gradient_in.name, *made) if names.kind(name) in ("dD", "dA", "dN", "dZ", "dlogp")
        ]
        means = [name for name in made if names.kind(name) in ("dW", "db", "dgamma", "dbeta")]
        rest = f"; {' and '.join(means)} are theirs as they are" if means else ""
        whose = "torch's own" if "dlogp" in summed else "torch's and the tape's own"
        return [f"{whose} {' and '.join(summed)}: 1/{m} of those shown, of the mean loss{rest}."]

    def _affine(self, Z: str) -> Node | None:
        return next(
            (node for node in self.graph.nodes if _is_affine(node) and node.gradient_in.name == names.d(Z)), None
        )

    def _node(self, made: str) -> Node | None:
        """The node that goes back through what made this."""
        return next((node for node in self.graph.nodes if node.gradient_in.name == names.d(made)), None)

    def _activation(self, A: str) -> Node | None:
        """None where the activation leaves no node."""
        nodes = (node for node in self.graph.nodes if not _is_affine(node))
        return next((node for node in nodes if node.gradient_in.name == names.d(A)), None)

    def _loss(self) -> list[Node]:
        return [node for node in self.graph.nodes if not node.words.plumbing and node.layer is None]

    def _of_softmax(self, Z: str) -> list[str]:
        """What is computed on the way to the softmax of Z, if that is taken."""
        return [name for name in (f"max({Z})", f"e({Z})", f"Σe({Z})") if name in self.described]

    def _made(self, node: Node) -> tuple[list[str], list[str]]:
        """The quantities that come out, and notes on what does not show in the graph."""
        if node.words.plumbing:
            return [], []
        out = [gradient.name.removesuffix("ᵀ") for gradient in node.gradients_out if gradient is not None]
        order = ("dlogp", "dD", "dA", "dN", "dgamma", "dbeta", "dZ", "dW", "db")
        made, notes = sorted(out, key=lambda name: order.index(names.kind(name))), []
        if node.layer is not None and (dot := f"Σ{names.dA(node.layer)}·{names.A(node.layer)}") in self.described:
            made = [dot, *made] if names.d(self.step.activated(node.layer)) in made else made
        for i, layer in self.layers:
            if names.dA(i) in made and layer["activation"] == "linear":
                gradient = names.d(self.step.activated(i))
                made.insert(made.index(names.dA(i)) + 1, gradient)
                notes.append(f"nn.Identity records nothing: {gradient} is dA{i} itself.")
        if node.layer is not None and _is_affine(node):
            notes += _affine_notes(node, node.layer)
        return made, notes

    def _sources(self, node: Node) -> tuple[Code | None, Code | None, list[str]]:
        """NumPy's code, the tape's, and what else they read."""
        i = node.layer
        if node.name == "AccumulateGrad":
            return None, code_of(tape.Tensor.backward, "grad"), []
        if node.words.plumbing:
            return None, None, []
        if i is None:
            reads = [names.A(self.L), "Y"] if "logp" not in self.described else [self._reads_of_loss(node)]
            return numpy_source(self.step, names.dA(self.L)), code_of(tape.cost), reads
        if _is_affine(node):
            before = self.step.passed_on(i - 1)
            made = [names.dW(i), names.db(i), names.d(before)] if i > 1 else [names.dW(i), names.db(i)]
            reads = [before, names.W(i)] if i > 1 else ["A0"]
            return numpy_source(self.step, *made), _affine_tape(), reads
        if node.gradient_in.name == names.d(names.D(i)):
            return numpy_source(self.step, names.dA(i)), code_of(tape.Tensor.__mul__), [names.mask(i)]
        if node.gradient_in.name == names.d(names.N(i)):
            at = Normal.of(i)
            reads = [at.x_hat, at.var, names.make("gamma", i)]
            made = [names.dZ(i), names.make("dgamma", i), names.make("dbeta", i)]
            return numpy_source(self.step, *made), code_of(tape.batch_norm), reads
        taken = self.step.activated(i)
        slope = names.slope(taken)
        reads = [taken, slope] if slope in self.described else [names.A(i)]
        return numpy_source(self.step, names.d(taken)), code_of(tape.activation), reads

    def _reads_of_loss(self, node: Node) -> str:
        """Of the two nodes of a loss of classes: the labels, or what the logarithm was taken of."""
        return "Y" if node.gradient_in.name == "dcost" else names.A(self.L)

    def _kept(self, node: Node | None) -> list[Kept]:
        return [] if node is None else [self._place(node, saved) for saved in node.saved]

    def _place(self, node: Node, saved: SavedTensor) -> Kept:
        """Where NumPy keeps it."""
        name = saved.tensor
        if saved.field == "target" and name != "Y":
            return Kept(saved, "Y", "the number of each example's class; Y has a 1 in that row", "Y")
        if saved.field == "result2" and node.layer is not None:
            var = Normal.of(node.layer).var
            return Kept(saved, "", f"1 / √(var + ε), computed anew from memory['var{node.layer}']", var)
        if names.kind(name) in names.RUNNING:
            return Kept(saved, f"params_values['{name}']", "moved by this forward pass already; not used", name)
        if not name:
            return Kept(saved, "", f"the constant {_shown(saved.value)}", None)
        if name == "logp":
            return Kept(saved, "", f"computed anew from Y_hat; {self._sameness(saved)}", name)
        notes = []
        if name == "Y":
            kept = "Y"
        elif name == names.A(self.L):
            kept, notes = "Y_hat", ["which full_forward_propagation returns"]
        else:
            held = "params_values" if name in self.step.params_values else "memory"
            kept = f"{held}['{'mean' + str(node.layer) if name.startswith('mean(') else name}']"
        if len(saved.shape) > 1:
            turned = (
                f"a view of {name}, turned round" if names.kind(name) == "W" else "turned round: a row is an example"
            )
            notes.append(f"in torch {turned}")
        notes.append(self._sameness(saved))
        if saved.field == "result" and node.layer is not None:
            notes.append(
                f"torch's backward pass works from {name}, NumPy's from memory['{self.step.activated(node.layer)}']"
            )
        elsewhere = [
            other for other in self.graph.nodes
            if other is not node and any(kept.memory == saved.memory for kept in other.saved)
        ]  # fmt: skip
        if elsewhere:
            other = elsewhere[0]
            place = "" if other.layer is None else f" of layer {other.layer}"
            notes.append(f"the same memory as in {other.name}{place}, kept once")
        return Kept(saved, kept, "; ".join(notes), name)

    def _sameness(self, saved: SavedTensor) -> str:
        """Whether torch's numbers are NumPy's."""
        name = saved.tensor
        ours = self.ours.values[name] if name in self.ours.values else given(self.step, name, self.ours)
        identical = int(np.sum(ours == saved.value))
        if identical == ours.size:
            return "its numbers are equal to NumPy's"
        if name not in self.rows:
            return f"{identical} of {ours.size} numbers equal to NumPy's"
        within = "the others within their bound" if not self.rows[name].fails else "others OUTSIDE their bound"
        return f"{identical} of {ours.size} numbers equal to NumPy's, {within}"


def _is_affine(node: Node) -> bool:
    return node.name in ("AddmmBackward0", "MmBackward0")


def _affine_notes(node: Node | None, layer_idx: int) -> list[str]:
    W, dZ = names.W(layer_idx), names.dZ(layer_idx)
    if node is None or any(saved.tensor == W for saved in node.saved):
        return []
    return [f"{W} is not saved: the data need no gradient, so {W}ᵀ·{dZ} is never computed."]


def _affine_tape() -> Code:
    """The tape's product and its sum, one under the other."""
    product, plus = code_of(tape.Tensor.__matmul__), code_of(tape.Tensor.__add__)
    offset = len(product.source.splitlines()) + 1
    lines = (*product.lines, *(offset + line for line in plus.lines))
    return Code("Tensor.__matmul__ and __add__", f"{product.source}\n{plus.source}", product.file, product.line, lines)


def _shown(value: Array) -> str:
    return f"{float(value):g}" if value.shape == () else f"an array of shape {value.shape}"
