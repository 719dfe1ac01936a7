"""From gradients to the next weights, in order of complexity: each is the one before it with an idea added.

Torch's formulas, order of operations and defaults, but for sgd's rate, which is the lab's; θ is a parameter, g its
gradient, t the number of the step from 1. What an optimizer remembers between steps is its state, a dict of arrays
beside the parameters, under torch's own names.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from numpynet.registry import Registry
from numpynet.types import Architecture, Array, Parameters


def update(
    params_values: Parameters, grads_values: Parameters, nn_architecture: Architecture, learning_rate: float
) -> Parameters:
    """Gradient descent, θ ← θ − α · dθ for every W and b; in place, and returned. As torch.optim.SGD."""
    learning_rate = float(learning_rate)
    for layer_idx, layer in enumerate(nn_architecture, start=1):
        kinds = ("W", "b", "gamma", "beta") if layer.get("batch_norm") else ("W", "b")
        for name in (f"{kind}{layer_idx}" for kind in kinds):
            params_values[name] -= learning_rate * grads_values[f"d{name}"]
    return params_values


def sgd(
    theta: Array,
    g: Array,
    state: Parameters,
    t: int,
    *,
    lr: float = 0.01,
    momentum: float = 0.0,
    dampening: float = 0.0,
    weight_decay: float = 0.0,
    nesterov: bool = False,
) -> Array:
    """v ← μ v + (1 − dampening) g, and θ ← θ − lr · v; with `nesterov` θ ← θ − lr · (g + μ v). At t = 1 v is g itself.

    Weight decay is L2: it adds weight_decay · θ to g. Many a textbook has the rate inside the velocity,
    v ← μ v − lr · g and θ ← θ + v, which is the same until the rate changes, or (1 − μ) g in v, which is another rate.
    """
    g = g + weight_decay * theta
    if momentum:
        v = g if t == 1 else momentum * state["momentum_buffer"] + (1 - dampening) * g
        state["momentum_buffer"] = v
        g = g + momentum * v if nesterov else v
    after: Array = theta - lr * g
    return after


def adagrad(
    theta: Array,
    g: Array,
    state: Parameters,
    t: int,
    *,
    lr: float = 0.01,
    weight_decay: float = 0.0,
    eps: float = 1e-10,
) -> Array:
    """s ← s + g², and θ ← θ − lr · g / (√s + eps): each element has a rate of its own, which only falls.

    J. Duchi, E. Hazan and Y. Singer, "Adaptive subgradient methods", JMLR 12 (2011). Some have eps under the root.
    """
    g = g + weight_decay * theta
    s = state["sum"] = state["sum"] + g * g
    after: Array = theta - lr * g / (np.sqrt(s) + eps)
    return after


def rmsprop(
    theta: Array,
    g: Array,
    state: Parameters,
    t: int,
    *,
    lr: float = 0.01,
    alpha: float = 0.99,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
) -> Array:
    """s ← α s + (1 − α) g², and θ ← θ − lr · g / (√s + eps): Adagrad that forgets.

    G. Hinton, lecture 6e of "Neural networks for machine learning" (2012), with α = 0.9. Some have eps under the root.
    """
    g = g + weight_decay * theta
    s = state["square_avg"] = alpha * state["square_avg"] + (1 - alpha) * g * g
    after: Array = theta - lr * g / (np.sqrt(s) + eps)
    return after


def adam(
    theta: Array,
    g: Array,
    state: Parameters,
    t: int,
    *,
    lr: float = 0.001,
    betas: Sequence[float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.0,
) -> Array:
    """v ← β₁ v + (1 − β₁) g, s ← β₂ s + (1 − β₂) g², and θ ← θ − lr · v̂ / (√ŝ + eps): RMSprop with momentum.

    v̂ = v / (1 − β₁ᵗ) and ŝ = s / (1 − β₂ᵗ), because both start from 0 and are too small at first.
    D. Kingma and J. Ba, "Adam: a method for stochastic optimization" (2015). Some leave the correction out.
    """
    beta1, beta2 = betas
    g = g + weight_decay * theta
    v = state["exp_avg"] = beta1 * state["exp_avg"] + (1 - beta1) * g
    s = state["exp_avg_sq"] = beta2 * state["exp_avg_sq"] + (1 - beta2) * g * g
    after: Array = theta - lr / (1 - beta1**t) * v / (np.sqrt(s) / math.sqrt(1 - beta2**t) + eps)
    return after


def adamw(
    theta: Array,
    g: Array,
    state: Parameters,
    t: int,
    *,
    lr: float = 0.001,
    betas: Sequence[float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.01,
) -> Array:
    """θ ← (1 − lr · weight_decay) θ, then Adam's step: the decay stays out of g, where Adam would divide it by √ŝ.

    I. Loshchilov and F. Hutter, "Decoupled weight decay regularization" (2019).
    """
    after: Array = adam((1 - lr * weight_decay) * theta, g, state, t, lr=lr, betas=betas, eps=eps)
    return after


class Optimizer(NamedTuple):
    """θ' = step(θ, g, state, t, **hyperparameters), which puts the new state in place of the old.

    `state` says under which names it keeps what, given its hyperparameters.
    """

    step: Callable[..., Array]
    state: Callable[[Mapping[str, Any]], tuple[str, ...]]

    @property
    def defaults(self) -> dict[str, Any]:
        """The hyperparameters, `lr` among them, as torch has them."""
        return dict(self.step.__kwdefaults__ or {})


OPTIMIZERS = Registry(
    "optimizer",
    {
        "sgd": Optimizer(sgd, lambda hyper: ("momentum_buffer",) if hyper["momentum"] else ()),
        "adagrad": Optimizer(adagrad, lambda hyper: ("sum",)),
        "rmsprop": Optimizer(rmsprop, lambda hyper: ("square_avg",)),
        "adam": Optimizer(adam, lambda hyper: ("exp_avg", "exp_avg_sq")),
        "adamw": Optimizer(adamw, lambda hyper: ("exp_avg", "exp_avg_sq")),
    },
)


def initial_state(params_values: Parameters, optimizer: str = "sgd", **hyperparameters: Any) -> Parameters:
    """Zeros for everything that the optimizer will remember: "exp_avg.W1" …, as the parameters are shaped."""
    row = OPTIMIZERS[optimizer]
    kept = row.state(row.defaults | hyperparameters)
    learned = {name: value for name, value in params_values.items() if not name.startswith("running_")}
    return {f"{key}.{name}": np.zeros_like(value) for key in kept for name, value in learned.items()}


def optimizer_step(
    params_values: Parameters,
    grads_values: Mapping[str, Array],
    state: Parameters,
    t: int,
    optimizer: str = "sgd",
    **hyperparameters: Any,
) -> Parameters:
    """Step t, from 1, for every parameter with a gradient: θ and the state are replaced in their dicts.

    The parameters are returned.
    """
    row = OPTIMIZERS[optimizer]
    kept = row.state(row.defaults | hyperparameters)
    for gradient, g in grads_values.items():
        name = gradient.removeprefix("d")
        own = {key: state[f"{key}.{name}"] for key in kept}
        params_values[name] = row.step(params_values[name], g, own, t, **hyperparameters)
        state.update({f"{key}.{name}": own[key] for key in kept})
    return params_values
