"""The nodes that autograd records for what every network has: the affine map, its plumbing, and the mean."""

from __future__ import annotations

from numpynet.parity.graph import NodeWords
from numpynet.registry import Registry

NODES = Registry(
    "node",
    {
        "AddmmBackward0": NodeWords(
            "The affine map Z = W·A + b, backward: from dZ to the gradients of the bias, of the weights and, past the "
            "first layer, of the activations it was given.",
            "grad_bias = grad.sum(0)\ngrad_mat1 = grad @ mat2.T\ngrad_mat2 = (grad.T @ mat1).T",
        ),
        "MmBackward0": NodeWords(
            "The product Z = W·A of a layer without bias, backward: from dZ to the gradients of the weights and, past "
            "the first layer, of the activations it was given.",
            "grad_mat1 = grad_self = grad @ mat2.T\ngrad_mat2 = (grad.T @ self).T",
        ),
        "TBackward0": NodeWords(
            "nn.Linear multiplies by the transposed weights, so their gradient arrives transposed and is turned back "
            "here. NumPy multiplies by W itself and has nothing to turn.",
            "grad_self = grad.T",
            plumbing=True,
        ),
        "AccumulateGrad": NodeWords(
            "The end of the way: the gradient is added to the parameter's .grad, where the optimizer finds it. NumPy "
            "returns it in grads_values instead.",
            "variable.grad = grad if variable.grad is None else variable.grad + grad",
            plumbing=True,
        ),
        "NativeBatchNormBackward0": NodeWords(
            "Batch norm, backward: an example's Z has moved the mean and the variance, too, and with them every other "
            "example's N. So the mean gradient is taken off, and the part that goes along with the normalised Z.",
            "x_hat = (input - result1) * result2  # the batch's mean, and 1 / √(var + ε)\n"
            "grad_weight = (grad * x_hat).sum(0)\n"
            "grad_bias = grad.sum(0)\n"
            "grad_input = weight * result2 * (grad - grad_bias / len(grad) - x_hat * grad_weight / len(grad))",
        ),
        "MulBackward0": NodeWords(
            "torch takes the mean over examples and outputs, the NumPy code over examples alone: the cost is torch's "
            "mean times the number of outputs, and so is its gradient.",
            "grad_self = grad * other",
            plumbing=True,
        ),
    },
)

DROPPED = NodeWords(
    "Dropout, backward: the gradient times the mask; nothing flows back to what was dropped.",
    "grad_self = grad * other  # the mask: 0, or 1 / (1 - p)",
)
