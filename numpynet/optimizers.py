"""From gradients to the next weights."""

from __future__ import annotations

from numpynet.types import Architecture, Parameters


def update(
    params_values: Parameters, grads_values: Parameters, nn_architecture: Architecture, learning_rate: float
) -> Parameters:
    """Gradient descent, θ ← θ − α · dθ for every W and b; in place, and returned. As torch.optim.SGD."""
    learning_rate = float(learning_rate)
    for layer_idx in range(1, len(nn_architecture) + 1):
        for name in (f"W{layer_idx}", f"b{layer_idx}"):
            params_values[name] -= learning_rate * grads_values[f"d{name}"]
    return params_values
