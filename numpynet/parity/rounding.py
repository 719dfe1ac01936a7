"""How far rounding alone can move each number of a step: one formula an operation, in the order of the trace.

Notation: u, the unit roundoff (2⁻²⁴, 2⁻⁵³). E_x, elementwise, bounds |computed x − exact x|; it is 0 for the inputs of
an operation judged alone. κ(n) = n·u bounds the relative error of a sum or dot product of n terms in any order, blocked
or not, with or without fused multiply-add: C.-P. Jeannerod and S. M. Rump, "Improved error bounds for inner products in
floating-point arithmetic", SIAM J. Matrix Anal. Appl. 34 (2013). exp, log, log1p and tanh have errors of so many u as
`Constants` says; tests measure them on the running machine. Everything is computed in float64.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from numpynet.parity.oracle import is_fused
from numpynet.parity.step import Step
from numpynet.registry import Registry
from numpynet.types import Array

Error = Array | float


@dataclass(frozen=True)
class Constants:
    """What an implementation's rounding depends on: relative errors of its elementary functions in units of u,
    `output` the roundings on the way from the prediction to dZ_L, `mean` 1 where dZ already carries the factor 1/m.
    """

    u: float
    slack: float
    tiny: float
    exp: float
    log: float
    log1p: float
    tanh: float
    output: float
    mean: int


def constants(dtype: np.dtype[Any], arithmetic: str) -> Constants:
    """For float32 or float64, of "numpy", "torch", or "tape": NumPy's functions, and gradients of the mean as torch's.

    From NumPy's validation sets (float32: exp 3, log 4, tanh 2 ulp; float64: 1, 1, 2) and SLEEF's functions of 1.0 ulp,
    plus half an ulp each. `slack` stands for the second-order terms that the formulas leave out.
    """
    single = dtype == np.float32
    u, slack, tiny = float(np.finfo(dtype).eps) / 2, 1 + (1e-3 if single else 1e-6), float(np.finfo(dtype).tiny)
    if arithmetic == "torch":
        return Constants(u, slack, tiny, exp=2, log=2, log1p=2, tanh=2, output=9, mean=1)
    exp, log, log1p, tanh = (7, 9, 5, 5) if single else (3, 3, 3, 5)
    tape = arithmetic == "tape"  # divides by m at the start, not at the end: one rounding more on the way to dZ_L
    return Constants(u, slack, tiny, exp, log, log1p, tanh, output=6 + tape, mean=int(tape))


def affine(W: Array, A: Array, b: Array, E_A: Error, c: Constants) -> Array:
    """E of Z = W A + b, W (n_out, n), A (n, m): |W| E_A + κ(n+1) (|W| |A| + |b|)."""
    k = kappa(W.shape[1] + 1, c)
    E_Z: Array = np.abs(W) @ (E_A + k * np.abs(A)) + k * np.abs(b)
    return E_Z


def relu(Z: Array, E_Z: Error, c: Constants) -> Array:
    """E of max(0, Z), elementwise: E_Z where Z > 0, else what may stick out above 0."""
    return np.where(Z > 0, E_Z, np.minimum(E_Z, np.maximum(0, Z + E_Z)))


def relu_gradient(dA: Array, Z: Array, E_dA: Error, E_Z: Error, c: Constants) -> Array:
    """E of dA · (Z > 0), elementwise: E_dA on the side taken; choosing a side rounds nothing."""
    return (Z > 0) * E_dA


def sigmoid(Z: Array, E_Z: Error, c: Constants) -> Array:
    """E of s = σ(Z), elementwise: min(¼, e^−x₀) E_Z + s((1−s) c_exp + 2) u, x₀ = max(0, |Z| − E_Z) (σ′ ≤ e^−|Z|)."""
    s, rest = _sigmoids(Z)
    return np.asarray(np.minimum(0.25, np.exp(-_nearest(Z, E_Z))) * E_Z + s * (rest * c.exp + 2) * c.u)


def sigmoid_gradient(dA: Array, Z: Array, E_dA: Error, E_Z: Error, c: Constants) -> Array:
    """E of dA · s(1−s), elementwise: E_dA (|g′| + e_g) + |dA| e_g, e_g = min(0.0963, e^−x₀) E_Z + that of s(1−s).

    s(1−s) computed from s with error e_s = s((1−s) c_exp + 2) u: e_s(|1−2s| + e_s) + 3u s(1−s). |σ″| ≤ 0.0963.
    """
    s, rest = _sigmoids(Z)
    e_s = s * (rest * c.exp + 2) * c.u + c.tiny  # e^−Z may overflow, or s underflow, before dA multiplies it
    e_g = np.minimum(0.0963, np.exp(-_nearest(Z, E_Z))) * E_Z + e_s * (np.abs(1 - 2 * s) + e_s) + 3 * c.u * s * rest
    return np.asarray(E_dA * (s * rest + e_g) + np.abs(dA) * e_g)


def tanh(Z: Array, E_Z: Error, c: Constants) -> Array:
    """E of t = tanh(Z), elementwise: min(1, 4e^−2x₀) E_Z + c_tanh u |t|, x₀ = max(0, |Z| − E_Z) (tanh′ ≤ 4e^−2|Z|)."""
    return np.asarray(np.minimum(1, 4 * np.exp(-2 * _nearest(Z, E_Z))) * E_Z + c.tanh * c.u * np.abs(np.tanh(Z)))


def tanh_gradient(dA: Array, Z: Array, E_dA: Error, E_Z: Error, c: Constants) -> Array:
    """E of dA · (1 − t²), elementwise: E_dA (|g′| + e_g) + |dA| e_g, e_g = min(0.77, 8e^−2x₀) E_Z + that of 1 − t².

    1 − t² computed from t with error e_t = c_tanh u |t|: 2|t| e_t + e_t² + u t² + 2u |1 − t²|. |tanh″| ≤ 0.77.
    """
    t = np.abs(np.tanh(Z))
    slope, e_t = (1 - t) * (1 + t), c.tanh * c.u * t
    e_g = np.minimum(0.77, 8 * np.exp(-2 * _nearest(Z, E_Z))) * E_Z
    e_g = e_g + 2 * t * e_t + np.square(e_t) + c.u * np.square(t) + 2 * c.u * slope
    return np.asarray(E_dA * (slope + e_g) + np.abs(dA) * e_g)


def linear(Z: Array, E_Z: Error, c: Constants) -> Array:
    """E of A = Z, elementwise: E_Z."""
    return E_Z + np.zeros(Z.shape)


def linear_gradient(dA: Array, Z: Array, E_dA: Error, E_Z: Error, c: Constants) -> Array:
    """E of dZ = dA, elementwise: E_dA."""
    return E_dA + np.zeros(Z.shape)


def bce(A: Array, rest: Array, Y: Array, E_A: Error, c: Constants) -> Array:
    """E of the cost −mean(Y log A + (1−Y) log(1−A)); A, 1−A, Y (outputs, m); the mean is over the m columns.

    With r = E_A/p for the p = A or 1−A that the label picks: r/(1−r) + c_log u |log p|, and another u where 1−A is
    formed first; summation adds κ(m·outputs + 4) mean|log p|.
    """
    p = np.where(Y == 1, A, rest)
    r = E_A / p + c.u * (Y != 1)
    log_p = np.abs(np.log(p))
    per_column = (_amplified(r) + max(c.log, c.log1p) * c.u * log_p + kappa(A.size + 4, c) * log_p).sum()
    return np.asarray(per_column / A.shape[1])


def bce_gradient(A: Array, rest: Array, Y: Array, E_A: Error, c: Constants) -> Array:
    """E of dA_L = −Y/A + (1−Y)/(1−A), elementwise: (1/p)(r/(1−r) + 3u) + 3u |dA|, with p and r as for the cost."""
    p = np.where(Y == 1, A, rest)
    return (_amplified(E_A / p) + 6 * c.u) / p


def bce_with_logits(Z: Array, rest: Array, Y: Array, E_Z: Error, c: Constants) -> Array:
    """E of the mean over all of Z, (outputs, m), of ℓ = max(z, 0) − zY + log1p(e^−|z|); `rest` is not used.

    Per element |s−Y| E_Z + E_Z²/8 (ℓ″ ≤ ¼) + 1.01u (3|z| + (c_exp + 6) log1p e^−|z|); the mean adds κ(m·outputs + 1) ℓ.
    """
    s, complement = _sigmoids(Z)
    tail = np.log1p(np.exp(-np.abs(Z)))
    loss = np.maximum(Z, 0) - Z * Y + tail
    E = np.where(Y == 1, complement, s) * E_Z + np.square(E_Z) / 8 + 1.01 * c.u * (3 * np.abs(Z) + (c.exp + 6) * tail)
    return np.asarray(np.mean(E + kappa(Z.size + 1, c) * loss))


def bce_with_logits_gradient(Z: Array, rest: Array, Y: Array, E_Z: Error, c: Constants) -> Array:
    """E of dA_L = (σ(z) − Y)/outputs, elementwise, Z (outputs, m): (E of σ(z) + 4u|s−Y|)/outputs; `rest` is unused."""
    s, complement = _sigmoids(Z)
    return (sigmoid(Z, E_Z, c) + 4 * c.u * np.where(Y == 1, complement, s)) / len(Z)


def fused_output(A: Array, rest: Array, Y: Array, E_A: Error, c: Constants) -> Array:
    """E of dZ_L = A − Y, elementwise: E_A + k u |A − Y|. Not E_dA · σ′: far too loose at saturation."""
    return E_A + c.output * c.u * np.where(Y == 1, rest, A)


def weight_gradient(dZ: Array, A: Array, E_dZ: Error, E_A: Error, c: Constants) -> Array:
    """E of dW = dZ Aᵀ/m, dZ (n_out, m), A (n_in, m): (E_dZ(|A| + E_A)ᵀ + |dZ| E_Aᵀ + κ(m+1) |dZ||A|ᵀ) / m."""
    m = dZ.shape[1]
    E_dW = (E_dZ + kappa(m + 1, c) * np.abs(dZ)) @ np.abs(A).T
    if isinstance(E_A, np.ndarray):
        E_dW = E_dW + (np.abs(dZ) + E_dZ) @ E_A.T
    return np.asarray(E_dW / m)


def bias_gradient(dZ: Array, E_dZ: Error, c: Constants) -> Array:
    """E of db = Σ dZ / m over the columns of dZ (n_out, m): (Σ E_dZ + κ(m+1) Σ|dZ|) / m."""
    m = dZ.shape[1]
    return np.asarray((kappa(m + 1, c) * np.abs(dZ) + E_dZ).sum(axis=1, keepdims=True) / m)


def input_gradient(W: Array, dZ: Array, E_dZ: Error, c: Constants) -> Array:
    """E of dA_prev = Wᵀ dZ, W (n_out, n_in), dZ (n_out, m): |W|ᵀ E_dZ + κ(n_out) |W|ᵀ|dZ|; κ(n_out + 1) for torch."""
    E_dA: Array = np.abs(W).T @ (E_dZ + kappa(W.shape[0] + c.mean, c) * np.abs(dZ))
    return E_dA


def update(W: Array, dW: Array, alpha: float, E_dW: Error, c: Constants) -> Array:
    """E of W′ = W − α dW, elementwise: |α| E_dW + 2u |α dW| + u |W′|: the product, α itself, and the sum."""
    return np.asarray(np.abs(alpha) * E_dW + 2 * c.u * np.abs(alpha * dW) + c.u * np.abs(W - alpha * dW))


ACTIVATIONS = Registry(
    "activation",
    {
        "relu": (relu, relu_gradient),
        "sigmoid": (sigmoid, sigmoid_gradient),
        "tanh": (tanh, tanh_gradient),
        "linear": (linear, linear_gradient),
    },
)
EXACT: tuple[Callable[..., Array], ...] = (relu, relu_gradient, linear, linear_gradient)  # no rounding of their own
LOSSES = Registry(
    "loss",
    {
        "bce": (bce, bce_gradient),
        "bce_with_logits": (bce_with_logits, bce_with_logits_gradient),
    },
)


def bounds(
    step: Step, values: Mapping[str, Array], c: Constants, own: bool, sides: Mapping[str, Array] | None = None
) -> dict[str, Array]:
    """E of every quantity whose inputs are in `values`, which are in the oracle's precision.

    `own`: the values are one implementation's, and each operation is judged alone (incoming E = 0). Otherwise they are
    the oracle's, and errors add up along the step. A bound that cannot be computed is infinite.
    """
    E: dict[str, Array] = {}
    near = {name: value.astype(np.float64, copy=False) for name, value in values.items()}
    theta = {name: value.astype(np.float64, copy=False) for name, value in step.params_values.items()}
    layers = list(enumerate(step.nn_architecture, start=1))
    L = len(layers)

    def has(*names: str) -> bool:
        return all(name in near for name in names)

    def incoming(name: str) -> Error:
        return 0.0 if own else E[name]

    def keep(name: str, bound: Array, exact: bool = False) -> None:
        E[name] = bound = np.asarray(bound)
        if not exact:
            bound *= c.slack
            bound += c.tiny
        bound[np.isnan(bound)] = np.inf

    keep("A0", np.zeros(step.X.shape), exact=True)
    for i, layer in layers:
        if has(f"A{i - 1}"):
            W, b = theta[f"W{i}"], theta[f"b{i}"]
            keep(f"Z{i}", affine(W, near[f"A{i - 1}"], b, incoming(f"A{i - 1}"), c))
        if has(f"Z{i}"):
            value, _ = ACTIVATIONS[layer["activation"]]
            keep(f"A{i}", value(near[f"Z{i}"], incoming(f"Z{i}"), c), exact=value in EXACT)
    if has(f"A{L}"):
        prediction = near[f"A{L}"], (1 - values[f"A{L}"]).astype(np.float64), step.Y, incoming(f"A{L}"), c
        cost, output_gradient = LOSSES[step.loss]
        keep("cost", cost(*prediction))
        keep(f"dA{L}", output_gradient(*prediction))
    for i, layer in reversed(layers):
        if i == L and is_fused(step, values if own else None) and has(f"A{i}"):
            keep(f"dZ{i}", fused_output(*prediction))
        elif has(f"dA{i}", f"Z{i}"):
            _, gradient = ACTIVATIONS[layer["activation"]]
            Z = sides.get(f"Z{i}", near[f"Z{i}"]) if sides and gradient in EXACT else near[f"Z{i}"]
            dZ = gradient(near[f"dA{i}"], Z, incoming(f"dA{i}"), incoming(f"Z{i}"), c)
            keep(f"dZ{i}", dZ, exact=gradient in EXACT)
        if has(f"dZ{i}"):
            dZ, E_dZ = near[f"dZ{i}"], incoming(f"dZ{i}")
            if has(f"A{i - 1}"):
                keep(f"dW{i}", weight_gradient(dZ, near[f"A{i - 1}"], E_dZ, incoming(f"A{i - 1}"), c))
            keep(f"db{i}", bias_gradient(dZ, E_dZ, c))
            if i > 1:
                keep(f"dA{i - 1}", input_gradient(theta[f"W{i}"], dZ, E_dZ, c))
    for name, weight in theta.items():
        if has(f"d{name}"):
            keep(f"{name}'", update(weight, near[f"d{name}"], step.learning_rate, incoming(f"d{name}"), c))
    return E


def kappa(n: int, c: Constants) -> float:
    """κ(n) = n·u."""
    return n * c.u


def _amplified(r: Array) -> Array:
    """r/(1−r), the relative error of 1/p and the absolute one of log p, where p is off by r·p; infinite from r = 1."""
    return np.where(r < 1, r / (1 - r), np.inf)


def _nearest(Z: Array, E_Z: Error) -> Array:
    """The least |Z| that an error of E_Z leaves possible."""
    return np.asarray(np.maximum(0, np.abs(Z) - E_Z))


def _sigmoids(Z: Array) -> tuple[Array, Array]:
    return 1 / (1 + np.exp(-Z)), 1 / (1 + np.exp(Z))
