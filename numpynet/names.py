"""The names of a step's quantities, made and read here; only the lab's own functions spell their keys themselves.

W1, b1 …, the parameters, and exp_avg.W1 …, what an optimizer remembers of them; A0, the data; Z1, A1 … and the cost;
the gradients dA1, dZ1, dW1, db1 …; W1', b1', exp_avg.W1' … after the step; f′(Z1), the slope of an activation. With
batch norm gamma1, beta1, running_mean1, running_var1 and N1 between Z1 and A1; with dropout mask1 and D1 after A1.
lr' is the rate after the step. Layers are counted from 1.
"""

from __future__ import annotations

import re

_NAME = re.compile(r"(\w+\.|d?)(gamma|beta|running_mean|running_var|mask|[WbZNAD])(\d+)('?)|f′\([ZN](\d+)\)")


RUNNING = ("running_mean", "running_var")  # what batch norm remembers: no gradient reaches it
NORMALIZATION = ("gamma", "beta", *RUNNING)


def make(kind: str, layer: int) -> str:
    """W3 of "W" and 3, dW3 of "dW"."""
    return f"{kind}{layer}"


def W(layer: int) -> str:
    """The weights."""
    return make("W", layer)


def b(layer: int) -> str:
    """The biases."""
    return make("b", layer)


def Z(layer: int) -> str:
    """What a layer adds up."""
    return make("Z", layer)


def N(layer: int) -> str:
    """What batch norm makes of Z."""
    return make("N", layer)


def mask(layer: int) -> str:
    """0 where dropout leaves an activation out, else 1 / (1 − p)."""
    return make("mask", layer)


def D(layer: int) -> str:
    """The activations after dropout."""
    return make("D", layer)


def A(layer: int) -> str:
    """The activations; A0 are the data."""
    return make("A", layer)


def slope(taken: str) -> str:
    """f′(Z1), of what the activation takes."""
    return f"f′({taken})"


def is_learned(name: str) -> bool:
    """Whether a parameter has a gradient."""
    return kind(name) not in RUNNING


def d(name: str) -> str:
    """The gradient with respect to what has this name."""
    return f"d{name}"


def dW(layer: int) -> str:
    """The gradient with respect to the weights."""
    return d(W(layer))


def db(layer: int) -> str:
    """The gradient with respect to the biases."""
    return d(b(layer))


def dZ(layer: int) -> str:
    """The gradient with respect to what a layer adds up."""
    return d(Z(layer))


def dA(layer: int) -> str:
    """The gradient with respect to the activations."""
    return d(A(layer))


def after(name: str) -> str:
    """A parameter after the step."""
    return f"{name}'"


def kept(key: str, name: str) -> str:
    """What an optimizer remembers of a parameter under a key: exp_avg.W1."""
    return f"{key}.{name}"


def parameter(name: str) -> str:
    """What an optimizer remembers something of: W1 of exp_avg.W1; the name itself where it is a parameter's."""
    return name.rpartition(".")[2]


def kind(name: str) -> str:
    """What kind of quantity it is: dW of dW3, W' of W3', f′ of f′(Z3); the name itself where it has no layer."""
    found = _NAME.fullmatch(name)
    if found is None:
        return name
    return "f′" if found[5] else f"{found[1]}{found[2]}{found[4]}"


def phase(name: str) -> str:
    """Of the step: forward, backward or update."""
    return "update" if name.endswith("'") else "backward" if name.startswith("d") else "forward"


def layer_of(name: str) -> int | None:
    """The layer it belongs to, or None."""
    found = _NAME.fullmatch(name)
    return None if found is None else int(found[3] or found[5])


def of(name: str) -> str:
    """What a gradient is taken with respect to, or what a parameter was before the step: W3 of dW3 and of W3'."""
    return name.removeprefix("d").removesuffix("'")
