"""Whether a training uses weights that it has moved before: at a tiny rate it does not show, at a usual one it does."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from numpynet.check.objects.net import ACTIVATIONS, H, Layer, Net, near
from numpynet.sandbox.messages import Path
from numpynet.types import Array

Moves = Mapping[Path, Array]


def is_late(net: Net, x: Array, tiny: Moves, large: Moves, ratio: float) -> bool:
    """Whether one step on the example `x` has the layers below move by weights above that it has moved before.

    Both are moves from the same weights, `large` at a rate `ratio` times as great.
    """
    layers = net.layers()
    if net.read is None or len(layers) < 2 or any(layer.joined for layer in layers):
        return False
    expected = {path: ratio * one for path, one in tiny.items()}
    top = layers[-1].path
    if not near(large[top], expected[top]) or all(near(large[one.path], expected[one.path]) for one in layers):
        return False
    inputs, Zs = [x], []
    for number, layer in enumerate(layers, start=1):
        Zs.append(inputs[-1] @ layer.W + (0 if layer.b is None else layer.b[0]))
        inputs.append(ACTIVATIONS[net.read[number == len(layers)]](Zs[-1]))
    moved = _upright(layers[-1], large[top])
    delta = inputs[-2] @ moved / max(float(inputs[-2] @ inputs[-2]), 1e-300)  # minus the rate times dZ
    for number in range(len(layers) - 1, 0, -1):
        above, layer = layers[number], layers[number - 1]
        after = above.W + _upright(above, large[above.path])
        slope = (ACTIVATIONS[net.read[0]](Zs[number - 1] + H) - ACTIVATIONS[net.read[0]](Zs[number - 1] - H)) / (2 * H)
        delta = (after @ delta) * slope
        if not near(_upright(layer, large[layer.path]), np.outer(inputs[number - 1], delta)):
            return False
    return True


def _upright(layer: Layer, value: Array) -> Array:
    """As (n_in, n_out)."""
    return value.T if layer.flipped else value
