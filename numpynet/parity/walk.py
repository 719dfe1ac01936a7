"""One walk over a training step: the exact value and the allowance of every quantity, from the definitions."""

from __future__ import annotations

from collections.abc import Mapping

from numpynet import names
from numpynet.definitions import ACTIVATIONS, LOSSES, OPTIMIZERS
from numpynet.parity.exact import Exact, Rounding
from numpynet.parity.step import Step
from numpynet.types import Array


def walk(
    step: Step,
    rounding: Rounding,
    own: Mapping[str, Array] | None = None,
    sides: Mapping[str, Array] | None = None,
) -> dict[str, Exact]:
    """Every quantity of `step.shapes()`, exact but for the wide precision's rounding.

    From end to end, errors add up along the step. With `own`, one implementation's numbers in the wide precision, each
    operation is taken alone, on that implementation's own inputs; what lacks an input is left out. `sides`: this Z1,
    Z2 … say on which side of an activation's boundary an element lies: the choice of a side is not an error.
    """
    found: dict[str, Exact] = {}
    inputs = found if own is None else {name: Exact(value, rounding) for name, value in own.items()}

    def given(value: object) -> Exact:
        return Exact(rounding.wide.lift(value), rounding)

    def has(*names: str) -> bool:
        return all(name in inputs for name in names)

    def sided(name: str) -> Exact:
        Z = inputs[name]
        return Exact(Z.value, rounding, Z.allowed, sides[name]) if sides and name in sides else Z

    theta = {name: given(value) for name, value in step.params_values.items()}
    Y, m = rounding.wide.lift(step.Y), step.X.shape[1]
    layers = list(enumerate(step.nn_architecture, start=1))
    L, loss = len(layers), LOSSES[step.loss]
    found["A0"] = given(step.X)
    for i, layer in layers:
        if has(names.A(i - 1)):
            found[names.Z(i)] = inputs[names.A(i - 1)].affine(theta[names.W(i)], theta[names.b(i)])
        if has(names.Z(i)):
            found[names.A(i)] = ACTIVATIONS[layer["activation"]].value(sided(names.Z(i)))
    if has(names.A(L)):
        found["cost"] = loss.cost(inputs[names.A(L)], Y)
        found[names.dA(L)] = loss.gradient(inputs[names.A(L)], Y)
    for i, layer in reversed(layers):
        f = ACTIVATIONS[layer["activation"]]
        if i == L and is_fused(step, own) and has(names.A(i)):
            found[names.dZ(i)] = loss.fused(inputs[names.A(i)], Y, rounding.output)
        elif has(names.dA(i), names.Z(i)):
            found[names.dZ(i)] = f.backward(inputs[names.dA(i)], sided(names.Z(i)), found[names.A(i)])
        if has(names.dZ(i)):
            dZ = inputs[names.dZ(i)]
            if has(names.A(i - 1)):
                found[names.dW(i)] = dZ.dot(inputs[names.A(i - 1)].T, extra=1).over(m)
            found[names.db(i)] = dZ.sum(axis=1, extra=1).over(m)
            if i > 1:
                found[names.dA(i - 1)] = theta[names.W(i)].T.dot(dZ, extra=rounding.mean)
    optimizer, hyper = OPTIMIZERS[step.optimizer], step.hyper
    for name, before in theta.items():
        if not has(names.d(name)):
            continue
        g, kept = inputs[names.d(name)], {key: names.kept(key, name) for key in optimizer.state(hyper)}
        for key, rule in optimizer.state(hyper).items():
            found[names.after(kept[key])] = rule(before, g, given(step.state[kept[key]]), step.t, hyper)
        if has(*map(names.after, kept.values())):
            now = {key: inputs[names.after(one)] for key, one in kept.items()}
            found[names.after(name)] = optimizer.update(before, g, now, step.t, hyper)
    return found


def is_fused(step: Step, own: Mapping[str, Array] | None) -> bool:
    """Whether dZ_L is taken as A_L − Y, which equals dA_L · f′(Z_L): the product itself is hopeless at saturation.

    Only an implementation's own dA_L, where it is seen, says how the product was formed.
    """
    fuses = LOSSES[step.loss].fuses == step.nn_architecture[-1]["activation"]
    return fuses and (own is None or names.dA(len(step.nn_architecture)) not in own)
