"""One walk over a training step: the exact value and the allowance of every quantity, from the definitions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from numpynet import names
from numpynet.definitions import (
    ACTIVATIONS,
    LOSSES,
    OPTIMIZERS,
    RUNNING,
    Loss,
    batch_norm,
    batch_norm_backward,
    batch_norm_evaluated,
    schedule_rate,
)
from numpynet.parity.exact import Exact, Rounding
from numpynet.parity.step import EVALUATED, Step
from numpynet.types import Array


def walk(
    step: Step,
    rounding: Rounding,
    own: Mapping[str, Array] | None = None,
    sides: Mapping[str, Array] | None = None,
    loss: Loss | None = None,
) -> dict[str, Exact]:
    """Every quantity of `step.shapes()`, exact but for the wide precision's rounding.

    From end to end, errors add up along the step. With `own`, one implementation's numbers in the wide precision, each
    operation is taken alone, on that implementation's own inputs; what lacks an input is left out. `sides`: this Z1,
    Z2 … say on which side of an activation's boundary an element lies: the choice of a side is not an error. `loss`
    takes the place of the step's own.
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
    L, loss = len(layers), loss or LOSSES[step.loss]
    found["A0"] = given(step.X)
    for i, layer in layers:
        Z, N, A = names.Z(i), names.N(i), names.A(i)
        if has(step.passed_on(i - 1)):
            found[Z] = inputs[step.passed_on(i - 1)].affine(theta[names.W(i)], theta[names.b(i)])
        if layer.get("batch_norm") and has(Z):
            found[N] = batch_norm(inputs[Z], theta[names.make("gamma", i)], theta[names.make("beta", i)])
            for kind, rule in RUNNING.items():
                name = names.make(kind, i)
                found[names.after(name)] = rule(theta[name], inputs[Z])
        if has(step.activated(i)):
            found[A] = ACTIVATIONS[layer["activation"]].value(sided(step.activated(i)))
        if p := layer.get("dropout", 0):
            mask = names.mask(i)
            found[mask] = given(np.where(step.kept[mask], 1 / (1 - rounding.wide.lift(p)), 0)).rounded(3)
            if has(A, mask):
                found[names.D(i)] = inputs[A] * inputs[mask]
    if has(names.A(L)):
        found["cost"] = loss.cost(inputs[names.A(L)], Y)
        found[names.dA(L)] = loss.gradient(inputs[names.A(L)], Y)
    if not step.is_tutorials:
        found[EVALUATED] = _evaluated(step, theta, found["A0"])
    for i, layer in reversed(layers):
        f, activated = ACTIVATIONS[layer["activation"]], step.activated(i)
        if layer.get("dropout") and has(names.d(names.D(i)), names.mask(i)):
            found[names.dA(i)] = inputs[names.d(names.D(i))] * inputs[names.mask(i)]
        if i == L and is_fused(step, own, loss) and has(names.A(i)):
            found[names.d(activated)] = loss.fused(inputs[names.A(i)], Y, rounding.output)
        elif has(names.dA(i), activated):
            found[names.d(activated)] = f.backward(inputs[names.dA(i)], sided(activated), found[names.A(i)])
        if layer.get("batch_norm") and has(names.d(names.N(i)), names.Z(i)):
            gamma = theta[names.make("gamma", i)]
            dZ, dgamma, dbeta = batch_norm_backward(inputs[names.d(names.N(i))], inputs[names.Z(i)], gamma)
            found[names.dZ(i)], found[names.make("dgamma", i)], found[names.make("dbeta", i)] = dZ, dgamma, dbeta
        if has(names.dZ(i)):
            dZ = inputs[names.dZ(i)]
            if has(step.passed_on(i - 1)):
                found[names.dW(i)] = dZ.dot(inputs[step.passed_on(i - 1)].T, extra=1).over(m)
            found[names.db(i)] = dZ.sum(axis=1, extra=1).over(m)
            if i > 1:
                found[names.d(step.passed_on(i - 1))] = theta[names.W(i)].T.dot(dZ, extra=rounding.mean)
    optimizer, hyper = OPTIMIZERS[step.optimizer], step.hyper
    for name, before in theta.items():
        if not has(names.d(name)):
            continue
        g, kept = inputs[names.d(name)], {key: names.kept(key, name) for key in optimizer.state(hyper)}
        for key, remembers in optimizer.state(hyper).items():
            found[names.after(kept[key])] = remembers(before, g, given(step.state[kept[key]]), step.t, hyper)
        if has(*map(names.after, kept.values())):
            now = {key: inputs[names.after(one)] for key, one in kept.items()}
            found[names.after(name)] = optimizer.update(before, g, now, step.t, hyper)
    if step.schedule is not None:
        found[names.after("lr")] = _rate(step, rounding)
    return found


def _evaluated(step: Step, theta: Mapping[str, Exact], A: Exact) -> Exact:
    """The prediction in evaluation, from end to end: batch norm of what it remembers, and no dropout.

    Where an activation has two pieces, each rendering may take another: both slopes are at most 1, and so is what a
    change of the piece makes of the error.
    """
    for i, layer in enumerate(step.nn_architecture, start=1):
        f, Z = ACTIVATIONS[layer["activation"]], A.affine(theta[names.W(i)], theta[names.b(i)])
        if layer.get("batch_norm"):
            Z = batch_norm_evaluated(Z, *(theta[names.make(kind, i)] for kind in names.NORMALIZATION))
        A = f.value(Z)
        if f.boundaries:
            A = A.off(np.asarray(A.allowed + Z.allowed))
    return A


def _rate(step: Step, rounding: Rounding) -> Exact:
    """A rate is a number of Python's, whatever the step's dtype; some make it of the one before, epoch after epoch."""
    schedule, epoch = step.schedule, step.epoch + 1
    assert schedule is not None
    value = schedule_rate(schedule.name, schedule.lr, epoch, schedule.options)
    greatest = max(abs(schedule.lr), *(abs(float(one)) for one in (value, schedule.options.get("eta_min", 0))))
    allowed = np.full_like(rounding.u, 8 * (1 + epoch) * 2.0**-53 * greatest)
    return Exact(rounding.wide.lift(value), rounding, allowed)


def is_fused(step: Step, own: Mapping[str, Array] | None, loss: Loss | None = None) -> bool:
    """Whether dZ_L, or with batch norm dN_L, is taken as A_L − Y, which equals dA_L · f′(Z_L).

    The product itself is hopeless at saturation.

    Only an implementation's own dA_L, where it is seen, says how the product was formed.
    """
    fuses = (loss or LOSSES[step.loss]).fuses == step.nn_architecture[-1]["activation"]
    return fuses and (own is None or names.dA(len(step.nn_architecture)) not in own)
