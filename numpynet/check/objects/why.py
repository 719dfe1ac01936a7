"""Why gradients are none, where it is a mistake that people make: what stands in the place of a slope, of an input."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from numpynet.check.objects.fits import Found, times
from numpynet.check.objects.net import ACTIVATIONS, H, Layer, Net, near, weight_names
from numpynet.sandbox.messages import Path
from numpynet.types import Array

OF_VALUE = {"sigmoid": lambda A: A * (1 - A), "tanh": lambda A: 1 - A**2}  # the slope, made of the activation's value


def why(net: Net, slope: Array, wrong: Sequence[Path], found: Found) -> str:
    """The cause for the last layer that is wrong, which those below it inherit; "" where none is seen.

    `slope` is that of the loss by the predictions.
    """
    layers = net.layers()
    if net.read is None or not layers:
        return ""
    inputs, Zs = _forward(net, layers)
    delta = slope
    for number in range(len(layers), 0, -1):
        layer, Z, A = layers[number - 1], Zs[number - 1], inputs[number]
        name = net.read[1] if number == len(layers) else net.read[0]
        right = _through(name, Z, delta)
        if layer.path in wrong or layer.bias_path in wrong:
            for dZ, A_prev, said in _tried(name, delta, right, Z, A, inputs, Zs, number):
                if _is_made_of(layer, dZ, A_prev, wrong, found):
                    return f"{weight_names([layer.path])}: {said}"
            return _of_bias(layer, right, wrong, found)
        delta = right @ layer.W.T
    return ""


def _forward(net: Net, layers: Sequence[Layer]) -> tuple[list[Array], list[Array]]:
    """A0 … AL and Z1 … ZL."""
    assert net.read is not None
    single = net.forward is not None and net.forward.single
    inputs, Zs = [net.X[:1] if single else net.X], []
    for number, layer in enumerate(layers, start=1):
        Zs.append(inputs[-1] @ layer.W + (0 if layer.b is None else layer.b))
        inputs.append(ACTIVATIONS[net.read[1] if number == len(layers) else net.read[0]](Zs[-1]))
    return inputs, Zs


def _slope(name: str, Z: Array) -> Array:
    return (ACTIVATIONS[name](Z + H) - ACTIVATIONS[name](Z - H)) / (2 * H)


def _through(name: str, Z: Array, dA: Array) -> Array:
    """dZ of dA."""
    if name != "softmax":
        return dA * _slope(name, Z)
    A = ACTIVATIONS[name](Z)
    return np.asarray(A * (dA - (A * dA).sum(axis=1, keepdims=True)))


def _tried(
    name: str, dA: Array, right: Array, Z: Array, A: Array, inputs: Sequence[Array], Zs: Sequence[Array], number: int
) -> Iterator[tuple[Array, Array, str]]:
    """What may stand in the places of dZ and of the layer's input, and the sentence for it."""
    A_prev = inputs[number - 1]
    if name != "softmax":
        yield dA, A_prev, f"the slope of {name} is missing: dZ = dA times the slope."
        yield dA * _slope(name, A), A_prev, f"the slope of {name} is taken at A; it is wanted at Z."
        yield dA * (1 - _slope(name, Z)), A_prev, f"1 less the slope of {name} stands in the place of the slope."
        yield dA * A, A_prev, f"dA is multiplied by A; it must be by the slope of {name}."
        yield dA * Z, A_prev, f"dA is multiplied by Z; it must be by the slope of {name}."
        yield dA * (1 - A), A_prev, f"1 − A stands in the place of the slope of {name}."
        yield -right, A_prev, "the gradient has the opposite sign."
        if name in OF_VALUE:
            yield dA * OF_VALUE[name](Z), A_prev, f"the slope of {name} is made of Z as if it were A."
            yield dA * OF_VALUE[name](OF_VALUE[name](A)), A_prev, f"the slope of {name} is taken twice."
    if number > 1:
        yield right, Zs[number - 2], "dW is made of the Z of the layer below; it must be of its A."
        yield right, np.roll(A_prev, 1, axis=0), "dW is made of other examples' inputs."


def _is_made_of(layer: Layer, dZ: Array, A_prev: Array, wrong: Sequence[Path], found: Found) -> bool:
    """Whether what is wrong of the layer is so made, any number of times; W's at least."""
    given = np.hstack([A_prev, np.ones((len(A_prev), 1))]) if layer.joined else A_prev
    due: Mapping[Path | None, Array] = {layer.path: given.T @ dZ, layer.bias_path: dZ.sum(axis=0)}
    if layer.path not in wrong:
        return False
    factor = 0.0
    for path in (layer.path, layer.bias_path):
        if path is None or path not in wrong:
            continue
        one = due[path].T if path == layer.path and layer.flipped else due[path]
        values = [value.ravel() for value in found[path]]
        factor = factor or next((k for value in values if near(value, (k := times(value, one)) * one.ravel())), 0.0)
        if not factor or not any(near(value, factor * one.ravel()) for value in values):
            return False
    return True


def _of_bias(layer: Layer, dZ: Array, wrong: Sequence[Path], found: Found) -> str:
    """The bias alone."""
    if layer.path in wrong or layer.bias_path is None:
        return ""
    name = weight_names([layer.bias_path])
    for value in (value.ravel() for value in found[layer.bias_path]):
        if value.size > 1 and near(value, np.full(value.shape, value[0])):
            return f"{name} is the same number for every unit: the sum runs over the units, too."
        if near(value, times(value, dZ[0]) * dZ[0]):
            return f"{name} is made of the first example alone."
    return ""
