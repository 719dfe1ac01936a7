"""The operations as mathematics, each once: value, slope and pieces of an activation, terms and gradient of a loss.

Everything that judges, explains or differentiates reads these; they know nothing of the functions that are judged. They
are written in terms of a value's own operations (+, ·, exp, …), so that a value may be a plain number (`numbers`), one
that knows its allowance (`parity.exact`) or a name in a formula (`explain.symbol`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import pi, sqrt
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from numpynet.registry import Registry
from numpynet.types import Array, Value

LOG_FLOOR, DENOMINATOR_FLOOR = -100, float(np.float32(1e-12))  # of torch.nn.BCELoss, forward and backward
BATCH_NORM_EPS, BATCH_NORM_MOMENTUM = 1e-5, 0.1  # of torch.nn.BatchNorm1d
SQRT_2_OVER_PI = sqrt(2 / pi)
Hyper: TypeAlias = Mapping[str, Any]
WRITTEN = {  # numbers that a formula shows in another way: as a line of text, and as LaTeX
    DENOMINATOR_FLOOR: ("1e-12", "10^{-12}"),
    BATCH_NORM_EPS: ("1e-5", "10^{-5}"),
    SQRT_2_OVER_PI: ("√(2/π)", r"\sqrt{2/\pi}"),
}


class Activation(NamedTuple):
    """A = value(Z); slope(Z, A) as people compute it, from the result where they do, or None where it is 1.

    `product(dA, A)` is what takes the slope's place where a unit's A depends on the other units' Z, too: the product of
    dA and the Jacobian. `boundaries`: where two pieces meet, and rounding may choose either. `flat` says why the slope
    may be 0, and `zero` why A itself may.
    """

    value: Callable[[Value], Value]
    slope: Callable[[Value, Value], Value] | None
    boundaries: tuple[float, ...] = ()
    flat: str = ""
    zero: str = ""
    product: Callable[[Value, Value], Value] | None = None

    def backward(self, dA: Value, Z: Value, A: Value) -> Value:
        """dZ."""
        if self.product is not None:
            return self.product(dA, A)
        return dA if self.slope is None else dA * self.slope(Z, A)


def logistic(Z: Value) -> Value:
    """1 / (1 + e^−Z)."""
    return 1 / (1 + (-Z).exp())


def sigmoid(Z: Value) -> Value:
    """The same as part of another formula, where it has a sign of its own."""
    return Z.increasing(logistic, sign="σ")


def log_softmax(Z: Value) -> Value:
    """The logarithms of the shares that each unit has of an example."""
    return Z.shifted() - Z.log_total()


def _log(A: Value) -> Value:
    logarithm: Value = A.log()
    return logarithm


def _probabilities(A: Value) -> Value:
    """Of logits: some take the logarithm first."""
    return log_softmax(A).exp().within(0, 1)


def _softmax(Z: Value) -> Value:
    exponentials = Z.exponentials()
    return (exponentials / exponentials.total()).rounded().within(0, 1)  # some multiply by the reciprocal


def _inner(Z: Value) -> Value:
    """What GELU takes the tanh of."""
    return SQRT_2_OVER_PI * (Z * (1 + 0.044715 * Z.square()))


ACTIVATIONS = Registry(
    "activation",
    {
        "relu": Activation(
            lambda Z: Z.maximum(0),
            lambda Z, A: Z.above(0, 1, 0),
            boundaries=(0.0,),
            flat="ReLU's slope is taken as 0 where Z ≤ 0 (at Z = 0 itself that is a convention, torch's, too): the "
            "unit was off for this example, and nothing flows back through it.",
            zero="The unit is off: its Z is not above 0.",
        ),
        "sigmoid": Activation(
            lambda Z: Z.increasing(logistic),
            lambda Z, A: A.times_complement(),
            flat="The sigmoid is saturated here: σ(Z) is so near 0 or 1 that its slope rounds to 0.",
        ),
        "tanh": Activation(
            lambda Z: Z.tanh(),
            lambda Z, A: 1 - A.square(),
            flat="tanh is saturated here: its value is so near −1 or 1 that its slope rounds to 0.",
        ),
        "linear": Activation(lambda Z: Z, None),
        "leaky_relu": Activation(
            lambda Z: Z.above(0, Z, 0.01 * Z),
            lambda Z, A: Z.above(0, 1, 0.01),
            boundaries=(0.0,),
        ),
        "elu": Activation(
            lambda Z: Z.above(0, Z, Z.expm1()),
            lambda Z, A: Z.above(0, 1, Z.exp()),
            boundaries=(0.0,),
            flat="ELU is flat here: so far below 0 its slope e^Z rounds to 0.",
        ),
        "softplus": Activation(  # torch.nn.Softplus has two pieces: beyond 20 they differ by less than float32 can tell
            lambda Z: Z.above(20, Z, Z.increasing(lambda z: z.exp().log1p())),
            lambda Z, A: Z.above(20, 1, sigmoid(Z)),
            boundaries=(20.0,),
            flat="Softplus is flat here: so far below 0 its slope σ(Z) rounds to 0.",
            zero="So far below 0 log(1 + e^Z) rounds to 0.",
        ),
        "silu": Activation(
            lambda Z: Z * sigmoid(Z),
            lambda Z, A: sigmoid(Z) * (1 + Z * (1 - sigmoid(Z))),
            flat="SiLU is flat here: at the bottom of its dip, or so far below 0 that its slope rounds to 0.",
            zero="Z is 0, or so far below it that Z · σ(Z) rounds to 0.",
        ),
        "gelu": Activation(
            lambda Z: 0.5 * Z * (1 + _inner(Z).tanh()),
            lambda Z, A: (
                0.5 * (1 + _inner(Z).tanh())
                + 0.5 * Z * (1 - _inner(Z).tanh().square()) * SQRT_2_OVER_PI * (1 + 3 * 0.044715 * Z.square())
            ),
            flat="GELU is flat here: at the bottom of its dip, or so far below 0 that its slope rounds to 0.",
            zero="Z is 0, or so far below it that 1 + tanh(…) rounds to 0.",
        ),
        "softmax": Activation(
            _softmax,
            None,
            zero="So far below the greatest Z of its example e^Z rounds to 0 beside it.",
            product=lambda dA, A: A * (dA - (dA * A).total()),
        ),
    },
)


def spread(Z: Value) -> tuple[Value, Value]:
    """(Z − its mean over the batch, the variance of Z), of each unit."""
    centred = Z - Z.average()
    return centred, centred.square().average()


def root(var: Value) -> Value:
    """√(var + ε)."""
    return var.plus_positive(BATCH_NORM_EPS).sqrt()


def batch_norm(Z: Value, gamma: Value, beta: Value) -> Value:
    """γ x̂ + β; some take γ / √(var + ε) first, and β less the mean times that."""
    centred, var = spread(Z)
    scaled = gamma * (centred / root(var))
    shift = gamma / root(var) * Z.average()
    return (scaled + beta).via(scaled, 3).via(gamma / root(var) * Z, 2).via(shift, 3).via(beta, 1)


def batch_norm_backward(dN: Value, Z: Value, gamma: Value) -> tuple[Value, Value, Value]:
    """(dZ, dγ, dβ): dN and dZ are of the summed loss, dγ and dβ of the mean.

    Some go backward step by step, through the variance and then the mean of Z: there the mean of x̂, which is 0, is
    multiplied by dγ.
    """
    centred, var = spread(Z)
    x_hat, scale = centred / root(var), gamma / root(var)
    dgamma, dbeta = (dN * x_hat).rounded(2).average(), dN.average()
    inner = (dN - dbeta - x_hat * dgamma).beside(x_hat.average() * dgamma)
    inner = inner.via(dN, 8).via(dbeta, 8).via(x_hat * dgamma, 10)
    return scale * inner, dgamma, dbeta


def batch_norm_evaluated(Z: Value, gamma: Value, beta: Value, mean: Value, var: Value) -> Value:
    """γ (Z − mean) / √(var + ε) + β of what is remembered of the batches; some take γ / √(var + ε) first."""
    scale = gamma / root(var)
    return (scale * (Z - mean) + beta).via(scale * Z, 4).via(scale * mean, 4).via(beta, 2)


def running_mean(before: Value, Z: Value) -> Value:
    """0.9 of what it was, and 0.1 of the batch's."""
    return _mean(before, Z.average(), 1 - BATCH_NORM_MOMENTUM)


def running_var(before: Value, Z: Value) -> Value:
    """The same of the variance with m − 1 below."""
    centred, _ = spread(Z)
    return _mean(before, centred.square().average(less=1).rounded(2), 1 - BATCH_NORM_MOMENTUM)


RUNNING = {"running_mean": running_mean, "running_var": running_var}  # of what it was, and of Z

ScheduleRule: TypeAlias = Callable[[Any, int, Hyper], Any]
SCHEDULES: Registry[ScheduleRule] = Registry(  # of the first rate, the epoch from 0 and the options
    "schedule",
    {
        "constant": lambda lr, epoch, h: lr,
        "step": lambda lr, epoch, h: lr * h["gamma"] ** (epoch // h["step_size"]),
        "exponential": lambda lr, epoch, h: lr * h["gamma"] ** epoch,
        "cosine": lambda lr, epoch, h: (
            h["eta_min"] + (lr - h["eta_min"]) * (1 + np.cos(4 * np.arctan(np.longdouble(1)) * epoch / h["T_max"])) / 2
        ),
        "warmup": lambda lr, epoch, h: (
            lr * (h["start_factor"] + (h["end_factor"] - h["start_factor"]) * min(epoch / h["total_iters"], 1))
        ),
    },
)


def schedule_rate(name: str, lr: float, epoch: int, options: Hyper) -> Any:
    """In more digits than Python's own numbers have, where there are."""
    with np.errstate(over="ignore"):
        return SCHEDULES[name](np.longdouble(lr), epoch, {key: np.longdouble(value) for key, value in options.items()})


class Loss(NamedTuple):
    """Of A_L and Y, (outputs, m): what each element adds to the loss, and the gradient of their sum, dA_L.

    The cost is the mean over the m columns, or over all elements where `averages_outputs`. `extra` are roundings that
    people's forms of it add. `output` is what A_L is called, `zero` says why dA_L may be 0, and `note` what else is to
    be said. With the activation that it `fuses` with, dZ_L = A_L − Y, which `fused` gives after so many roundings.

    `logp(A)`, where Y chooses one of several classes, are the logarithms of their probabilities, of which the terms
    are made. `picked(A, Y)`, where A_L are probabilities, is that of the label: the loss cannot be told from one that
    is 0; the loss named `decides` can. `clamped` stands in for this loss where `clamp_acts`, of A_L and Y.
    """

    terms: Callable[[Value, Value], Value]
    slope: Callable[[Value, Value], Value]
    averages_outputs: bool
    extra: int
    output: str
    zero: str
    note: str = ""
    fuses: str = ""
    fused: Callable[[Value, Value, Any], Value] = lambda A, Y, roundings: A.minus(Y, roundings)
    logp: Callable[[Value], Value] | None = None
    picked: Callable[[Array, Array], Array] | None = None
    decides: str = ""
    clamped: Loss | None = None
    clamp_acts: Callable[[Array, Array], Array] | None = None

    def averaged(self, outputs: int) -> int:
        """Over how many outputs of an example the mean is taken: the tutorial's loss adds them up."""
        return outputs if self.averages_outputs else 1

    def cost(self, A: Value, Y: Array) -> Value:
        """The mean."""
        outputs, m = Y.shape
        return self.terms(A, Y).sum(extra=self.extra).over(m * self.averaged(outputs))

    def gradient(self, A: Value, Y: Array) -> Value:
        """dA_L, of m times the cost."""
        return self.slope(A, Y).over(self.averaged(len(Y)))


PROBABILITIES: dict[str, Any] = {
    "averages_outputs": False,
    "extra": 4,
    "output": "the prediction, Y_hat",
    "zero": "The prediction is the label, to the last digit.",
    "note": "As in torch.nn.BCELoss a logarithm is at least −100, and backward the denominator at least 1e-12.",
    "picked": lambda A, Y: np.where(Y == 1, A, 1 - A),
    "decides": "bce_with_logits",
}

# As torch.nn.BCELoss documents it: each logarithm at least −100, and backward (1−A)A at least 1e-12. It is not the
# mathematical loss where a clamp acts.
CLAMPED = Loss(
    lambda A, Y: -A.log().maximum(LOG_FLOOR).labelled(Y, A.log_complement().maximum(LOG_FLOOR)),
    lambda A, Y: ((A - Y) / ((1 - A) * A).maximum(DENOMINATOR_FLOOR)).rounded(2),
    **PROBABILITIES,
)


class Guard(NamedTuple):
    """Small numbers that people add against log 0 and division by 0: to A, to 1 − A, or to their product."""

    to_A: float = 0.0
    to_rest: float = 0.0
    to_product: float = 0.0


def guarded(loss: str, cost: Guard, gradient: Guard) -> Loss:
    """bce or nll with a guard in the logarithms of its cost, and one in the denominators of its gradient."""
    if loss == "nll":
        return LOSSES[loss]._replace(
            terms=lambda A, Y: (-_log(A + cost.to_A)).chosen(Y),
            slope=lambda A, Y: (-1 / (A + gradient.to_A)).rounded(3).chosen(Y, all_known=True),
            fuses="softmax" if gradient == Guard() else "",
        )

    def slope(A: Value, Y: Array) -> Value:
        if gradient.to_product:
            return ((A - Y) / ((1 - A) * A + gradient.to_product)).rounded(4)
        return (1 / (-A - gradient.to_A).labelled(Y, 1 - A + gradient.to_rest)).rounded(4)

    def terms(A: Value, Y: Array) -> Value:
        return -((A + cost.to_A).log()).labelled(Y, (1 - A + cost.to_rest).log())

    return Loss(terms, slope, **PROBABILITIES, fuses="sigmoid" if gradient == Guard() else "")


LOSSES = Registry(
    "loss",
    {
        "bce": Loss(
            lambda A, Y: -A.log().labelled(Y, A.log_complement()),
            lambda A, Y: (1 / (-A).labelled(Y, 1 - A)).rounded(3),
            **PROBABILITIES,
            fuses="sigmoid",
            clamped=CLAMPED,
            clamp_acts=lambda A, Y: (
                ((1 - A) * A < DENOMINATOR_FLOOR) | (np.where(Y == 1, A, 1 - A) < np.exp(LOG_FLOOR))
            ),
        ),
        "bce_with_logits": Loss(
            lambda Z, Y: (Z.maximum(0) - Z * Y + (-Z.magnitude()).increasing(lambda z: z.exp().log1p(), most=0)).via(
                Z, 2
            ),
            lambda Z, Y: (sigmoid(Z) - Y).rounded(3),
            averages_outputs=True,
            extra=1,
            output="the logits, which full_forward_propagation returns",
            zero="The probability σ(A) is the label, to the last digit.",
        ),
        "mse": Loss(
            lambda A, Y: (A - Y).square(),
            lambda A, Y: (2 * (A - Y)).rounded(2),
            averages_outputs=True,
            extra=1,
            output="the prediction, Y_hat",
            zero="The prediction is the target.",
        ),
        "nll": Loss(
            lambda A, Y: (-_log(A)).chosen(Y),
            lambda A, Y: (-1 / A).rounded(2).chosen(Y, all_known=True),  # torch divides 0 by A elsewhere
            averages_outputs=False,
            extra=1,
            output="the probabilities of the classes, Y_hat",
            zero="This is not the label's class: the loss looks at the probability of that alone.",
            fuses="softmax",
            logp=_log,
            fused=lambda A, Y, roundings: A.minus(Y, roundings).via(A, roundings),
            picked=lambda A, Y: np.where(Y == 1, A, 1),
            decides="cross_entropy",
        ),
        "cross_entropy": Loss(
            lambda A, Y: (-log_softmax(A)).chosen(Y),
            lambda A, Y: (_probabilities(A) - Y).rounded(3).via(_probabilities(A), 3),
            averages_outputs=False,
            extra=1,
            output="the logits of the classes, which full_forward_propagation returns",
            zero="The probability of the class is the label, 0 or 1, to the last digit.",
            logp=log_softmax,
        ),
    },
)


class Optimizer(NamedTuple):
    """Of θ, its gradient g and the step's number t: each part of the state after the step, and then θ after it.

    A part of the state is a function of θ, g, what it was before, t and the hyperparameters; `update` one of θ, g, the
    state after the step, t and the hyperparameters.
    """

    state: Callable[[Hyper], Mapping[str, StateRule]]
    update: Callable[[Value, Value, Mapping[str, Value], int, Hyper], Value]


StateRule: TypeAlias = Callable[[Value, Value, Value, int, Hyper], Value]


def _decayed(theta: Value, g: Value, h: Hyper) -> Value:
    """L2: the gradient of ½ weight_decay θ² is added."""
    return g + h["weight_decay"] * theta if h["weight_decay"] else g


def _mean(old: Value, new: Value, beta: float) -> Value:
    """β old + (1 − β) new, in this or another form: old + (1 − β)(new − old)."""
    return (beta * old + (1 - beta) * new).via((1 - beta) * old, 2).via((1 - beta) * new, 2)


def _momentum(theta: Value, g: Value, old: Value, t: int, h: Hyper) -> Value:
    g = _decayed(theta, g, h)
    return g if t == 1 else h["momentum"] * old + (1 - h["dampening"]) * g


def _sgd(theta: Value, g: Value, new: Mapping[str, Value], t: int, h: Hyper) -> Value:
    g = _decayed(theta, g, h)
    if h["momentum"]:
        v = new["momentum_buffer"]
        g = g + h["momentum"] * v if h["nesterov"] else v
    return theta - h["lr"] * g


def _over_root(theta: Value, g: Value, s: Value, h: Hyper) -> Value:
    return theta - h["lr"] * _decayed(theta, g, h) / s.sqrt().plus_positive(h["eps"])


def _adam(theta: Value, new: Mapping[str, Value], t: int, h: Hyper) -> Value:
    beta1, beta2 = h["betas"]
    root = (new["exp_avg_sq"].sqrt() / sqrt(1 - beta2**t)).plus_positive(h["eps"])
    return theta - (h["lr"] / (1 - beta1**t) * new["exp_avg"] / root).rounded()


def _moments(decay: Callable[[Value, Value, Hyper], Value]) -> Mapping[str, StateRule]:
    return {
        "exp_avg": lambda theta, g, old, t, h: _mean(old, decay(theta, g, h), h["betas"][0]),
        "exp_avg_sq": lambda theta, g, old, t, h: _mean(old, decay(theta, g, h).square(), h["betas"][1]),
    }


OPTIMIZERS = Registry(
    "optimizer",
    {
        "sgd": Optimizer(lambda h: {"momentum_buffer": _momentum} if h["momentum"] else {}, _sgd),
        "adagrad": Optimizer(
            lambda h: {"sum": lambda theta, g, old, t, h: old + _decayed(theta, g, h).square()},
            lambda theta, g, new, t, h: _over_root(theta, g, new["sum"], h),
        ),
        "rmsprop": Optimizer(
            lambda h: {
                "square_avg": lambda theta, g, old, t, h: _mean(
                    old, _decayed(theta, g, h).square(), h["alpha"]
                ).rounded()
            },
            lambda theta, g, new, t, h: _over_root(theta, g, new["square_avg"], h),
        ),
        "adam": Optimizer(lambda h: _moments(_decayed), lambda theta, g, new, t, h: _adam(theta, new, t, h)),
        "adamw": Optimizer(
            lambda h: _moments(lambda theta, g, h: g),
            lambda theta, g, new, t, h: _adam((1 - h["lr"] * h["weight_decay"]) * theta, new, t, h),
        ),
    },
)
