"""Every tensor of a step in words: what it is, its formula, and the recipe of one element."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from numpynet import activations, losses, names, normalization
from numpynet.definitions import ACTIVATIONS, LOSSES, OPTIMIZERS, root
from numpynet.explain.model import GIVEN, Apply, Factor, Sum
from numpynet.explain.symbol import Formula, Symbol, latex_name
from numpynet.parity.step import EVALUATED, Step
from numpynet.parity.trace import Trace
from numpynet.types import Array


class Description(NamedTuple):
    """What is to be said of a quantity: see `Quantity`."""

    meaning: str
    rows: str
    columns: str
    formula: Formula = GIVEN
    recipe: Sum | Apply | None = None
    zero: str = ""


def descriptions(step: Step) -> dict[str, Description]:
    """Every quantity of the step: what is given, what each layer computes, the loss, and the helpers f′(Z) and ℓ."""
    described = {
        "A0": Description("the data X: each column is an example", "features", "examples"),
        "Y": Description("the labels", "outputs", "examples"),
    }
    for layer_idx in range(1, len(step.nn_architecture) + 1):
        described |= _forward(step, layer_idx) | _backward(step, layer_idx) | _update(step, layer_idx)
    described |= _loss(step)
    if not step.is_tutorials:
        described[EVALUATED] = Description(
            "the prediction in evaluation, by the weights before the step",
            "outputs", "examples",
            Formula(
                rf"{EVALUATED} = A_{{{len(step.nn_architecture)}}}",
                f"{EVALUATED} = {names.A(len(step.nn_architecture))} where {in_evaluation(step)}",
            ),
        )  # fmt: skip
    if step.schedule is not None:
        described[names.after("lr")] = Description(
            f"the learning rate of epoch {step.epoch + 1}, as {step.schedule.name} gives it", "", ""
        )
    return described if not step.absent else _without(step.absent, described)


def _without(absent: Sequence[str], described: dict[str, Description]) -> dict[str, Description]:
    """What comes of absent parameters is left out, but for dγ and dβ: they are the means that dZ has taken off."""
    for name in absent:
        neutral = 1 if names.kind(name) == "gamma" else 0
        described[name] = described[name]._replace(meaning=f"{described[name].meaning}: {neutral}, as there are none")
    return {
        name: one for name, one in described.items()
        if name in absent or names.kind(name) in ("dgamma", "dbeta")
        or names.parameter(names.of(name)) not in absent
    }  # fmt: skip


def _counted(i: int) -> tuple[str, str]:
    """What the rows and the columns of W{i} count."""
    return f"units of layer {i}", f"units of layer {i - 1}" if i > 1 else "features"


def _of_softmax(Z: str, units: str, count: int) -> dict[str, Description]:
    """What softmax is put together from: the greatest Z of each example, e^(Z − that), and the sum of those."""
    z = Symbol(Z)
    e, greatest = z.exponentials(), f"max({Z})"
    return {
        greatest: Description(
            f"the greatest {Z} of each example, taken off so that nothing overflows", "", "examples",
            Formula(rf"\max({latex_name(Z)})", f"{greatest}, over the {units}"),
        ),
        e.plain: Description(
            f"e to the power of {Z}, less the greatest", units, "examples",
            z.shifted().exp().equals(e.plain), Apply(z.shifted().exp()),
            f"So far below the greatest {Z} of its example it rounds to 0.",
        ),
        e.total().plain: Description(
            f"the sum of {e.plain} of each example", "", "examples",
            Formula(rf"\sum_k {latex_name(e.plain)}", f"{e.total().plain}, over the {units}"),
            Sum((Factor(e.plain, "kc"),), count, units),
        ),
    }  # fmt: skip


class Normal(NamedTuple):
    """The names of what batch norm computes of Z1 on its way to N1."""

    mean: str
    centred: str
    var: str
    x_hat: str

    @classmethod
    def of(cls, i: int) -> Normal:
        """In layer i."""
        Z = names.Z(i)
        return cls(f"mean({Z})", names.make("centred", i), f"var({Z})", names.make("xhat", i))

    @property
    def scale(self) -> Symbol:
        """√(var + ε)."""
        under: Symbol = root(Symbol(self.var))
        return under


def _normalized(step: Step, i: int, units: str) -> dict[str, Description]:
    """Batch norm, forward: the batch's mean and variance, what they make of Z, and what is remembered of them."""
    Z, N, m, at = names.Z(i), names.N(i), step.X.shape[1], Normal.of(i)
    gamma, beta, running_mean, running_var = (names.make(kind, i) for kind in names.NORMALIZATION)
    centred = Symbol(Z) - Symbol(at.mean)
    x_hat = Symbol(at.centred) / at.scale
    value = Symbol(gamma) * Symbol(at.x_hat) + Symbol(beta)
    unbiased = Symbol(at.var) * Symbol(m) / Symbol(m - 1)
    remembered = {
        running_mean: 0.9 * Symbol(running_mean) + 0.1 * Symbol(at.mean),
        running_var: 0.9 * Symbol(running_var) + 0.1 * unbiased,
    }
    return {
        gamma: Description(f"by how much batch norm scales, in layer {i}", units, ""),
        beta: Description(f"by how much batch norm shifts, in layer {i}", units, ""),
        at.mean: Description(
            f"the mean of {Z} over the batch", units, "",
            Formula(rf"\frac{{1}}{{m}} \sum_k {latex_name(Z)}^{{(k)}}", f"{at.mean} = Σ {Z} / m"),
            Sum((Factor(Z, "rk"),), m, "examples", divide=m),
        ),
        at.centred: Description(
            f"how far {Z} is from its mean", units, "examples", centred.equals(at.centred), Apply(centred),
        ),
        at.var: Description(
            f"the variance of {Z} over the batch", units, "",
            Formula(
                rf"\frac{{1}}{{m}} \sum_k \left({latex_name(at.centred)}^{{(k)}}\right)^2",
                f"{at.var} = Σ ({at.centred})^2 / m",
            ),
            Sum((Factor(at.centred, "rk"), Factor(at.centred, "rk")), m, "examples", divide=m),
        ),
        at.x_hat: Description(
            f"{Z} with mean 0 and variance 1", units, "examples", x_hat.equals(at.x_hat), Apply(x_hat),
        ),
        N: Description(f"what batch norm makes of {Z}", units, "examples", value.equals(N), Apply(value)),
        **{
            name: Description(f"what is remembered of the batches for evaluation, in layer {i}", units, "")
            for name in remembered
        },
        **{
            names.after(name): Description(
                f"{name} after the step", units, "", new.equals(names.after(name)), Apply(new)
            )
            for name, new in remembered.items()
        },
    }  # fmt: skip


def _dropped(step: Step, i: int, units: str) -> dict[str, Description]:
    """Dropout, forward."""
    A, D, mask, p = names.A(i), names.D(i), names.mask(i), step.nn_architecture[i - 1]["dropout"]
    return {
        mask: Description(
            f"0 where {A} is dropped, with probability {p:g}, else 1 / (1 − {p:g})", units, "examples",
            zero="This activation is dropped.",
        ),
        D: Description(
            f"the activations of layer {i} that are kept", units, "examples",
            Formula(rf"{latex_name(D)} = {latex_name(A)} \odot {latex_name(mask)}", f"{D} = {A} · {mask}"),
            Sum((Factor(A, "rc"), Factor(mask, "rc"))),
            "The activation is dropped, or was 0.",
        ),
    }  # fmt: skip


def _forward(step: Step, i: int) -> dict[str, Description]:
    Z, A, W, b, A_prev = names.Z(i), names.A(i), names.W(i), names.b(i), step.passed_on(i - 1)
    layer = step.nn_architecture[i - 1]
    units, before = _counted(i)
    f, last = ACTIVATIONS[layer["activation"]], i == len(step.nn_architecture)
    taken = step.activated(i)
    value = f.value(Symbol(taken))
    affine = Formula(rf"Z_{{{i}}} = W_{{{i}}} {latex_name(A_prev)} + b_{{{i}}}", f"{Z} = {W}·{A_prev} + {b}")
    products = Sum((Factor(W, "rk"), Factor(A_prev, "kc")), layer["input_dim"], before, plus=Factor(b, "r0"))
    return {
        **(_of_softmax(taken, units, layer["output_dim"]) if f.product else {}),
        W: Description(f"the weights of layer {i}", units, before),
        b: Description(f"the biases of layer {i}", units, ""),
        Z: Description(f"what layer {i} adds up", units, "examples", affine, products),
        **(_normalized(step, i, units) if layer.get("batch_norm") else {}),
        A: Description(
            LOSSES[step.loss].output if last else f"the activations of layer {i}", units, "examples",
            value.equals(A), Apply(value), f.zero,
        ),
        **(_dropped(step, i, units) if layer.get("dropout") else {}),
    }  # fmt: skip


def _backward(step: Step, i: int) -> dict[str, Description]:
    taken = step.activated(i)
    dZ, dA, dW, db, A_prev = names.d(taken), names.dA(i), names.dW(i), names.db(i), step.passed_on(i - 1)
    m = step.X.shape[1]
    (units, before), slope = _counted(i), names.slope(taken)
    activation = step.nn_architecture[i - 1]["activation"]
    f = ACTIVATIONS[activation]
    dot = f"Σ{dA}·{names.A(i)}"
    factor = Symbol(1) if f.slope is None else f.slope(Symbol(taken), Symbol(names.A(i)))
    latex = latex_name(taken)
    chain = Formula(rf"d{latex} = dA_{{{i}}} \odot f'({latex})", f"{dZ} = {dA} · {slope}")
    weights = Formula(
        rf"dW_{{{i}}} = \frac{{1}}{{m}}\, dZ_{{{i}}} {latex_name(A_prev)}^T", f"{dW} = dZ{i}·{A_prev}ᵀ / m"
    )
    biases = Formula(rf"db_{{{i}}} = \frac{{1}}{{m}} \sum_k dZ_{{{i}}}^{{(k)}}", f"{db} = Σ dZ{i} / m")
    meaning = f"gradient of the summed loss with respect to {taken}"
    if f.product is None:
        described = {
            slope: Description(
                f"the slope of {activation} at {taken}", units, "examples",
                factor.equals(slope), Apply(factor), f.flat,
            ),
            dZ: Description(meaning, units, "examples", chain, Sum((Factor(dA, "rc"), Factor(slope, "rc")))),
        }  # fmt: skip
    else:
        product = f.product(Symbol(dA), Symbol(names.A(i)))
        described = {
            dot: Description(
                f"what every unit's {dA} has taken off", "", "examples",
                Formula(latex_name(dot), f"{dot}, over the {units}"),
                Sum((Factor(dA, "kc"), Factor(names.A(i), "kc")), step.nn_architecture[i - 1]["output_dim"], units),
            ),
            dZ: Description(
                meaning, units, "examples", product.equals(dZ), Apply(product),
                "What comes in is the same as the sum that is taken off, or A is 0.",
            ),
        }  # fmt: skip
    if step.nn_architecture[i - 1].get("batch_norm"):
        described |= _normalized_back(step, i, units)
    dZ = names.dZ(i)
    described |= {
        dW: Description(
            f"gradient of the cost with respect to W{i}", units, before,
            weights, Sum((Factor(dZ, "rk"), Factor(A_prev, "ck")), m, "examples", divide=m),
        ),
        db: Description(
            f"gradient of the cost with respect to b{i}", units, "",
            biases, Sum((Factor(dZ, "rk"),), m, "examples", divide=m),
        ),
    }  # fmt: skip
    if i < len(step.nn_architecture):
        after, (units_after, _) = step.nn_architecture[i], _counted(i + 1)
        passed_on = step.passed_on(i)
        gradient, mask = names.d(passed_on), names.mask(i)
        if passed_on != names.A(i):
            described[dA] = Description(
                f"gradient of the summed loss with respect to A{i}", units, "examples",
                Formula(
                    rf"{latex_name(dA)} = {latex_name(gradient)} \odot {latex_name(mask)}",
                    f"{dA} = {gradient} · {mask}",
                ),
                Sum((Factor(gradient, "rc"), Factor(mask, "rc"))),
                "The activation was dropped: nothing flows back to it.",
            )  # fmt: skip
        described[gradient] = Description(
            f"gradient of the summed loss with respect to {passed_on}", units, "examples",
            Formula(rf"{latex_name(gradient)} = W_{{{i + 1}}}^T dZ_{{{i + 1}}}", f"{gradient} = W{i + 1}ᵀ·dZ{i + 1}"),
            Sum((Factor(names.W(i + 1), "kr"), Factor(names.dZ(i + 1), "kc")), after["output_dim"], units_after),
        )  # fmt: skip
    return described


def _normalized_back(step: Step, i: int, units: str) -> dict[str, Description]:
    """Batch norm, backward: dγ and dβ are the two means that dZ has taken off."""
    dN, dZ, m, at = names.d(names.N(i)), names.dZ(i), step.X.shape[1], Normal.of(i)
    dgamma, dbeta, gamma = names.make("dgamma", i), names.make("dbeta", i), names.make("gamma", i)
    inner = Symbol(dN) - Symbol(dbeta) - Symbol(at.x_hat) * Symbol(dgamma)
    value = Symbol(gamma) / at.scale * inner
    each, mean = f"{latex_name(dN)}^{{(k)}}", r"\frac{1}{m} \sum_k"
    return {
        dgamma: Description(
            f"gradient of the cost with respect to {gamma}", units, "",
            Formula(
                rf"{latex_name(dgamma)} = {mean} {each} {latex_name(at.x_hat)}^{{(k)}}",
                f"{dgamma} = Σ {dN}·{at.x_hat} / m",
            ),
            Sum((Factor(dN, "rk"), Factor(at.x_hat, "rk")), m, "examples", divide=m),
        ),
        dbeta: Description(
            f"gradient of the cost with respect to {names.make('beta', i)}", units, "",
            Formula(f"{latex_name(dbeta)} = {mean} {each}", f"{dbeta} = Σ {dN} / m"),
            Sum((Factor(dN, "rk"),), m, "examples", divide=m),
        ),
        dZ: Description(
            f"gradient of the summed loss with respect to {names.Z(i)}", units, "examples",
            value.equals(dZ), Apply(value),
        ),
    }  # fmt: skip


def _update(step: Step, i: int) -> dict[str, Description]:
    described: dict[str, Description] = {}
    (units, before), optimizer, hyper = _counted(i), OPTIMIZERS[step.optimizer], step.hyper
    learned = {names.W(i): before, names.b(i): ""}
    if step.nn_architecture[i - 1].get("batch_norm"):
        learned |= {names.make("gamma", i): "", names.make("beta", i): ""}
    for name, columns in learned.items():
        theta, g, now = Symbol(name), Symbol(names.d(name)), {}
        for key, rule in optimizer.state(hyper).items():
            old = names.kept(key, name)
            new = rule(theta, g, Symbol(old), step.t, hyper)
            now[key] = Symbol(names.after(old))
            described[old] = Description(f"what the optimizer remembers of {name}: zeros at first", units, columns)
            described[names.after(old)] = Description(
                f"what it remembers of {name} after the step", units, columns, new.equals(names.after(old)), Apply(new),
                f"The gradient is 0, and {old} was.",
            )  # fmt: skip
        after = optimizer.update(theta, g, now, step.t, hyper)
        formula = after.equals(names.after(name))
        if step.is_plain:
            latex = latex_name(name)
            formula = Formula(rf"{latex}' = {latex} - \alpha\, d{latex}", f"{name}' = {after.plain}")
        described[names.after(name)] = Description(f"{name} after the step", units, columns, formula, Apply(after))
    return described


def in_evaluation(step: Step) -> str:
    """What is different there, of what the network has."""
    normalized = any(layer.get("batch_norm") for layer in step.nn_architecture)
    words = ["dropout is left out"] * any(layer.get("dropout") for layer in step.nn_architecture)
    words += ["batch norm takes what it remembers of the batches instead of the batch's own"] * normalized
    return " and ".join(words)


def _loss(step: Step) -> dict[str, Description]:
    loss, L, m, outputs = LOSSES[step.loss], len(step.nn_architecture), step.X.shape[1], len(step.Y)
    computed, averaged = loss.clamped or loss, loss.averaged(outputs)
    A, Y = Symbol(names.A(L)), Symbol("Y")
    terms, gradient = computed.terms(A, Y), computed.slope(A, Y).over(averaged)
    described = {}
    if loss.logp is not None:
        units, logp = f"units of layer {L}", loss.logp(A)
        described = _of_softmax(A.plain, units, outputs) if "Σ" in logp.plain else {}
        described |= {
            "logp": Description(
                "the logarithms of the probabilities", units, "examples", logp.equals("logp"), Apply(logp),
                "The probability is 1, to the last digit.",
            ),
            "dlogp": Description(
                "gradient of the summed loss with respect to logp", units, "examples", (-Y).equals("dlogp"), Apply(-Y),
                "This is not the label's class.",
            ),
        }  # fmt: skip
        terms = Y * -Symbol("logp")
    described |= {
        "ℓ": Description(
            "what each element adds to the loss", "outputs", "examples",
            terms.equals("ℓ"), Apply(terms),
        ),
        names.dA(L): Description(
            f"gradient of the summed loss with respect to A{L}", f"units of layer {L}", "examples",
            gradient.equals(names.dA(L)), Apply(gradient), loss.zero,
        ),
    }  # fmt: skip
    share, latex_share = ("", "") if averaged == 1 else (f" / {averaged}", rf"\frac{{1}}{{{averaged}}}")
    each = r"\ell_k" if outputs == 1 else "L_k"
    if outputs > 1:
        described["L"] = Description(
            "the loss of each example", "", "examples",
            Formula(rf"{each} = {latex_share}\sum_o \ell_{{o,k}}", f"L = Σ over the outputs of ℓ{share}"),
            Sum((Factor("ℓ", "kc"),), outputs, "outputs", divide=averaged if averaged > 1 else None),
        )  # fmt: skip
    share_of_one = "ℓ" if outputs == 1 else "L"
    mean = Formula(rf"cost = \frac{{1}}{{m}} \sum_k {each}", f"cost = Σ {share_of_one} / m")
    recipe = Sum((Factor(share_of_one, "0k"),), m, "examples", divide=m)
    described["cost"] = Description("the mean loss", "", "", mean, recipe)
    return described


def given(step: Step, name: str, ours: Trace) -> Array:
    """What no trace holds: weights, labels, slopes, what softmax is made of, what an element adds to the cost."""
    if name in step.params_values:
        return step.params_values[name]
    if name in step.state:
        return step.state[name]
    if name == "Y":
        return step.Y
    L, layer_idx = len(step.nn_architecture), names.layer_of(name)
    if name == "dlogp":
        return -step.Y
    if name == "logp":
        A = ours.values[names.A(L)]
        return losses.log_softmax(A) if step.loss == "cross_entropy" else np.log(A)
    if name.startswith(("max(", "e(", "Σ")):
        return _of_columns(name, ours)
    if name.startswith(("mean(", "centred", "var(", "xhat")):
        return _of_rows(name, ours)
    if layer_idx is not None:
        backward = activations.ACTIVATIONS[step.nn_architecture[layer_idx - 1]["activation"]].backward
        Z = ours.values[step.activated(layer_idx)]
        return backward(np.ones_like(Z), Z)
    Y_hat, terms = ours.values[names.A(L)], np.empty_like(step.Y)
    is_chosen = LOSSES[step.loss].logp is not None
    if is_chosen:
        terms = -step.Y * given(step, "logp", ours)
    for at in np.ndindex(*terms.shape) if not is_chosen else ():
        terms[at] = losses.get_cost_value(Y_hat[at].reshape(1, 1), step.Y[at].reshape(1, 1), loss=step.loss)
    if name == "ℓ":
        return terms
    return np.asarray(terms.sum(axis=0, keepdims=True) / LOSSES[step.loss].averaged(len(step.Y)))


def _of_columns(name: str, ours: Trace) -> Array:
    """max(Z3), e(Z3), Σe(Z3), or ΣdA3·A3."""
    if "·" in name:
        dA, _, A = name.removeprefix("Σ").partition("·")
        return np.asarray(np.sum(ours.values[dA] * ours.values[A], axis=0, keepdims=True))
    Z = ours.values[name.partition("(")[2].removesuffix(")")]
    greatest = np.max(Z, axis=0, keepdims=True)
    if name.startswith("max("):
        return np.asarray(greatest)
    e = np.exp(Z - greatest)
    return e if name.startswith("e(") else np.asarray(np.sum(e, axis=0, keepdims=True))


def _of_rows(name: str, ours: Trace) -> Array:
    """mean(Z1), centred1, var(Z1), or xhat1."""
    Z = ours.values[names.Z(int(re.sub(r"\D", "", name)))]
    mean = np.mean(Z, axis=1, keepdims=True)
    var = np.mean((Z - mean) ** 2, axis=1, keepdims=True)
    if name.startswith("mean("):
        return np.asarray(mean)
    if name.startswith("centred"):
        return np.asarray(Z - mean)
    return var if name.startswith("var(") else normalization.normalize(Z, mean, var)
