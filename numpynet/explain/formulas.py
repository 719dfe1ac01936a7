"""The words and formulas of the lesson: one row an activation, a loss, a node of torch's graph.

In a formula Z, A and Y stand for the layer's own (Z2, A2, …). `plain` is for reading, and for computing with the
numbers put in: it uses + − · / ^, |x|, max, log, log1p, tanh, σ, e^( ), and "a if x > y else b".
"""

from __future__ import annotations

from typing import NamedTuple

from numpynet.registry import Registry


class Formula(NamedTuple):
    """One formula as LaTeX and as a line of text."""

    latex: str
    plain: str


class ActivationWords(NamedTuple):
    """f(Z), f′(Z), the forward pass in torch's terms, why the slope can be 0, and why A can be."""

    value: Formula
    slope: Formula
    torch_forward: str
    flat: str = ""
    zero: str = ""


class LossWords(NamedTuple):
    """What one element adds to the loss, the gradient of that, torch's call, whether outputs are averaged, too; what A
    is called, why dA can be 0, and what else is to be said."""

    term: Formula
    gradient: Formula
    torch_forward: str
    per_output: bool
    output: str
    zero: str
    note: str = ""


ACTIVATIONS = Registry(
    "activation",
    {
        "relu": ActivationWords(
            Formula(r"\max(0, Z)", "max(0, Z)"),
            Formula(r"\begin{cases}1 & Z > 0\\0 & Z \le 0\end{cases}", "1 if Z > 0 else 0"),
            "A = torch.relu(Z)",
            flat="ReLU's slope is taken as 0 where Z ≤ 0 (at Z = 0 itself that is a convention, torch's, too): the "
            "unit was off for this example, and nothing flows back through it.",
            zero="The unit is off: its Z is not above 0.",
        ),
        "sigmoid": ActivationWords(
            Formula(r"\sigma(Z) = \frac{1}{1 + e^{-Z}}", "1 / (1 + e^(−Z))"),
            Formula(r"\sigma(Z)\,(1 - \sigma(Z))", "σ(Z) · (1 − σ(Z))"),
            "A = torch.sigmoid(Z)",
            flat="The sigmoid is saturated here: σ(Z) is so near 0 or 1 that its slope rounds to 0.",
        ),
        "tanh": ActivationWords(
            Formula(r"\tanh(Z)", "tanh(Z)"),
            Formula(r"1 - \tanh^2(Z)", "1 − tanh(Z)^2"),
            "A = torch.tanh(Z)",
            flat="tanh is saturated here: its value is so near −1 or 1 that its slope rounds to 0.",
        ),
        "linear": ActivationWords(
            Formula("Z", "Z"),
            Formula("1", "1"),
            "A = Z  # nn.Identity: autograd records nothing",
        ),
    },
)

LOSSES = Registry(
    "loss",
    {
        "bce": LossWords(
            Formula(
                r"-\left(Y \log A + (1 - Y) \log(1 - A)\right)",
                "−(Y · max(log(A), −100) + (1 − Y) · max(log1p(−A), −100))",
            ),
            Formula(
                r"-\left(\frac{Y}{A} - \frac{1 - Y}{1 - A}\right) = \frac{A - Y}{(1 - A)\,A}",
                "(A − Y) / max((1 − A) · A, 1e-12)",
            ),
            "cost = F.binary_cross_entropy(A, Y)",
            per_output=False,
            output="the prediction, Y_hat",
            zero="The prediction is the label, to the last digit.",
            note="The formula leaves out torch.nn.BCELoss's clamps, which NumPy keeps: a logarithm is at least −100, "
            "and backward the denominator at least 1e-12.",
        ),
        "bce_with_logits": LossWords(
            Formula(r"\max(A, 0) - A Y + \log(1 + e^{-|A|})", "max(A, 0) − A · Y + log1p(e^(−|A|))"),
            Formula(r"\sigma(A) - Y", "σ(A) − Y"),
            "cost = F.binary_cross_entropy_with_logits(A, Y)",
            per_output=True,
            output="the logits, which full_forward_propagation returns",
            zero="The probability σ(A) is the label, to the last digit.",
        ),
    },
)


class NodeWords(NamedTuple):
    """A node of torch's graph: what it does, in a sentence and in Python.

    `code` computes each gradient that goes out from `grad`, which came in, and from the tensors that the node saved,
    under torch's names for them. Plumbing has no counterpart in the tutorial.
    """

    what: str
    code: str
    plumbing: bool = False


NODES = Registry(
    "node",
    {
        "AddmmBackward0": NodeWords(
            "The affine map Z = W·A + b, backward: from dZ to the gradients of the bias, of the weights and, past the "
            "first layer, of the activations it was given.",
            "grad_bias = grad.sum(0)\ngrad_mat1 = grad @ mat2.T\ngrad_mat2 = (grad.T @ mat1).T",
        ),
        "ReluBackward0": NodeWords(
            "ReLU, backward: the gradient passes where the unit was on, and stops where it was off.",
            "grad_self = torch.where(result <= 0, 0, grad)",
        ),
        "SigmoidBackward0": NodeWords(
            "The sigmoid, backward: the gradient times the slope, which torch computes from the result.",
            "grad_self = grad * (1 - result) * result",
        ),
        "TanhBackward0": NodeWords(
            "tanh, backward: the gradient times the slope, which torch computes from the result.",
            "grad_self = grad * (1 - result * result)",
        ),
        "BinaryCrossEntropyBackward0": NodeWords(
            "Where the backward pass begins: how the summed loss changes with each prediction.",
            "grad_self = grad * (self - target) / torch.clamp((1 - self) * self, min=1e-12) / self.numel()",
        ),
        "BinaryCrossEntropyWithLogitsBackward0": NodeWords(
            "Where the backward pass begins: how the summed loss changes with each logit.",
            "grad_self = (torch.sigmoid(self) - target) * grad / self.numel()",
        ),
        "TBackward0": NodeWords(
            "nn.Linear multiplies by the transposed weights, so their gradient arrives transposed and is turned back "
            "here. NumPy multiplies by W itself and has nothing to turn.",
            "grad_self = grad.T",
            plumbing=True,
        ),
        "AccumulateGrad": NodeWords(
            "The end of the way: the gradient is added to the parameter's .grad, where the optimizer finds it. NumPy "
            "returns it in grads_values instead; the tape sets it anew at each pass.",
            "variable.grad = grad  # += where there is one already",
            plumbing=True,
        ),
        "MulBackward0": NodeWords(
            "torch takes the mean over examples and outputs, the tutorial over examples alone: the cost is torch's "
            "mean times the number of outputs, and so is its gradient.",
            "grad_self = grad * other",
            plumbing=True,
        ),
    },
)
