"""From gradients to the next weights."""

from __future__ import annotations

from numpynet.types import Architecture, Parameters
from numpynet.validation import check_shape, fetch


def update(
    params_values: Parameters, grads_values: Parameters, nn_architecture: Architecture, learning_rate: float
) -> Parameters:
    """Gradient descent, θ ← θ − α · dθ for every W and b; in place, and returned. As torch.optim.SGD."""
    learning_rate = float(learning_rate)
    for layer_idx in range(1, len(nn_architecture) + 1):
        for name in (f"W{layer_idx}", f"b{layer_idx}"):
            theta = fetch("params_values", params_values, name)
            gradient = fetch("grads_values", grads_values, f"d{name}")
            check_shape(f"d{name}", gradient, theta.shape)
            theta -= learning_rate * gradient
    return params_values
