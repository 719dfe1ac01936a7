"""The families: what people write instead of any quantity, made from its right formula."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from numpynet.activations import ACTIVATIONS
from numpynet.check.readings.quantities import LAYER, LINEAR_BACK, LOSS_FORMULAS, SLOPE, Recipe
from numpynet.check.readings.rows import FORMS, ROWS
from numpynet.losses import LOSSES

EPSILONS = sorted({10.0**-k for k in range(1, 17)} | {0.05, 0.005, 5e-5, 5e-8, 2.220446049250313e-16})
TINY = 1e-5  # a guard of at most that is meant to change nothing
BOUNDS = (0.01, 0.1, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 16.0, 20.0, 25.0, 30.0, 32.0, 35.0, 40.0, 50.0,
          60.0, 80.0, 88.0, 100.0, 200.0, 250.0, 300.0, 500.0, 600.0, 700.0, 709.0)  # fmt: skip
FAR = 11.5  # σ(−11.5) is 1e-5: an argument that is held there moves σ by no more
FLAT = ("sigmoid", "tanh")  # at both ends
HELD = [("clip", "clipped to ±", "clip(Z, -{0}, {0})"), ("clip-below", "held from below at −", "fmax(-{0}, Z)"),
        ("clip-above", "held from above at ", "fmin({0}, Z)")]  # fmt: skip
PIECEWISE = ("relu", "leaky_relu", "linear")
DIVISORS = [  # (id, words, what an average is divided by)
    ("sign", "has the wrong sign", "-over"),
    ("mean-missing", "is not divided by m, the number of examples", "1"),
    ("half", "has a stray factor ½", "2 * over"),
    ("double", "has a stray factor 2", "over / 2"),
    ("mean-twice", "is divided by m once too often", "over * m"),
    ("m-off-by-one", "is divided by m − 1, not by m", "over * (m - 1) / m"),
    ("m-off-by-one", "is divided by m + 1, not by m", "over * (m + 1) / m"),
    ("m-of-axis-0", "is divided by n_in, A_prev.shape[0]: m is the number of columns", "n_in"),
    ("m-of-axis-0", "is divided by n_out: m is the number of columns", "n_out"),
    ("m-of-axis-0", "is divided by the number of outputs: m is the number of columns", "n"),
    ("m-of-axis-0", "is divided by all elements of A_prev: m is the number of columns", "n_in * m"),
    ("sign", "has the wrong sign, and is not divided by m", "-1"),
    ("root", "is divided by √m, not by m", "sqrt(m)"),
]
FACTORS = [  # (id, words, the factor)
    ("sign", "has the wrong sign", "-1"),
    ("half", "has a stray factor ½", "0.5"),
    ("double", "has a stray factor 2", "2"),
    ("mean-in-dA", "is divided by m: 1/m belongs in dW and db alone", "1 / m"),
    ("mean-missing", "is multiplied by m", "m"),
    ("scaled", "is divided by n_out", "1 / n_out"),
]
OVERFLOWS = "overflow", "Right in mathematics, but far out e^Z overflows: there the result is NaN, or 0."
CANCELS = "cancellation", ("The identity is right, but where the result is small it subtracts nearly equal numbers: "
                           "digits are lost.")  # fmt: skip
CALLED = {"p": "Ŷ", "s": "σ(Z)", "f": "The slope"}
SPELLED = [(r"\bp\b|Y_hat", "Ŷ"), (r"\bs\b", "σ(Z)"), (r" [*@] ", " · "), (r"\.T", "ᵀ"), ("-", "−"), (r" \*\* 2", "²")]


def spelled(node: ast.expr) -> str:
    """A part of a formula as it is printed."""
    text = ast.unparse(node)
    for pattern, word in SPELLED:
        text = re.sub(pattern, word, text)
    return text


class Replacing(ast.NodeTransformer):
    """Some nodes of a formula, by identity, each by another."""

    def __init__(self, other: dict[int, ast.expr]) -> None:
        self.other = other

    def visit(self, node: ast.AST) -> Any:
        """Another node, or the same with others in it."""
        return self.other.get(id(node)) or super().generic_visit(node)


def parsed(formula: str) -> tuple[list[ast.AST], Callable[[dict[int, ast.expr]], str]]:
    """The nodes of a formula from the outermost in, and what makes the formula with others in their places."""
    tree = ast.parse(formula, mode="eval")
    nodes = list(ast.walk(tree))
    places = {id(node): number for number, node in enumerate(nodes)}

    def made(other: dict[int, ast.expr]) -> str:
        again = list(ast.walk(copied := ast.parse(formula, mode="eval")))
        moved = {id(again[places[key]]): node for key, node in other.items()}
        return ast.unparse(Replacing(moved).visit(copied))

    return nodes, made


def changed(formula: str) -> Iterator[tuple[str, str, str]]:
    """A term or factor missing, a sign, an operation, a logarithm's base: one change each, the outermost first."""
    nodes, made = parsed(formula)
    for node in nodes:
        for id_, says, text in changes(node) if isinstance(node, (ast.BinOp, ast.Call)) else ():
            yield id_, says, made({id(node): ast.parse(text, mode="eval").body})


def changes(node: ast.BinOp | ast.Call) -> Iterator[tuple[str, str, str]]:
    """What one operation may be instead."""
    if isinstance(node, ast.Call):
        if ast.unparse(node.func) == "log":
            for base in (10, 2):
                text = f"A logarithm is to base {base}: the natural one is right."
                yield "log-base", text, f"log{base}({ast.unparse(node.args[0])})"
        return
    left, right, a, b = spelled(node.left), spelled(node.right), ast.unparse(node.left), ast.unparse(node.right)
    plus = isinstance(node.op, ast.Add)
    if isinstance(node.op, ast.Sub) and a == "1":
        yield "complement", f"{right} stands where 1 − {right} belongs.", f"({b})"
        yield "complement", f"1 + {right} stands where 1 − {right} belongs.", f"1 + {b}"
        yield "sign", f"{right} − 1 stands where 1 − {right} belongs.", f"({b}) - 1"
    elif isinstance(node.op, (ast.Add, ast.Sub)):
        if {"Y", "p"} <= {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}:
            sign = "+" if plus else "-"
            for term, text in (
                (left, f"{swapped(a, 'Y', 'p')} {sign} {b}"),
                (right, f"{a} {sign} {swapped(b, 'Y', 'p')}"),
            ):
                yield "roles-swapped", f"In the term {term} Y and Ŷ are swapped.", text
        yield "lost-term", f"The term {right} is missing.", a
        yield "lost-term", f"The term {left} is missing.", b if plus else f"-({b})"
        yield "term-sign", f"The term {right} has the wrong sign.", f"{a} {'-' if plus else '+'} {b}"
        yield "term-sign", f"The term {left} has the wrong sign.", f"-({a}) {'+' if plus else '-'} {b}"
    elif isinstance(node.op, ast.Mult):
        yield "lost-factor", f"The factor {right} is missing.", a
        yield "lost-factor", f"The factor {left} is missing.", b
        yield "upside-down", f"It divides by {right}: it must multiply.", f"({a}) / ({b})"
    elif isinstance(node.op, ast.Div) and b not in ("over", "n"):
        yield "lost-factor", f"The division by {right} is missing.", a
        yield "lost-factor", f"It multiplies by {right}: it must divide.", f"({a}) * ({b})"
        yield "upside-down", f"The quotient of {left} and {right} is upside down.", f"({b}) / ({a})"
    elif isinstance(node.op, ast.Pow):
        yield "lost-factor", f"{left} is not squared." if b == "2" else f"The exponent {right} is missing.", a


def guarded(formula: str, epsilon: float) -> Iterator[str]:
    """With ε in every place where people add one, a logarithm or a denominator: in all of them, and in each alone."""
    nodes, made = parsed(formula)
    places: list[ast.expr] = [n.args[0] for n in nodes if isinstance(n, ast.Call) and ast.unparse(n.func) == "log"]
    places += [n.right for n in nodes if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Div)]
    places = [place for place in places if not isinstance(place, ast.Constant)]
    more = {id(place): ast.parse(f"({ast.unparse(place)}) + {epsilon!r}", mode="eval").body for place in places}
    inner = [place for place in places if not any(other in ast.walk(place) for other in places if other is not place)]
    for chosen in ([inner] if len(inner) > 1 else []) + [[place] for place in places]:
        yield made({id(place): more[id(place)] for place in chosen})


def swapped(formula: str, one: str, other: str) -> str:
    """Two names in each other's places."""
    return re.sub(rf"\b({one}|{other})\b", lambda found: other if found[0] == one else one, formula)


def formulas_of(target: str, variant: str) -> list[str]:
    """How people write a quantity, the form that is computed here first where it is one of arithmetic."""
    known = LAYER | SLOPE | LINEAR_BACK | LOSS_FORMULAS.get(variant, {})
    forms = FORMS.get(f"{target}:{variant}") or FORMS.get(target, [])
    own = known.get(target, "g(")
    return forms or ([] if "g(" in own else [own])


@lru_cache(None)
def alternatives(target: str, variant: str = "") -> tuple[Recipe, ...]:
    """All that may stand in a quantity's place, the simplest in words first; `variant`: the activation or the loss."""
    return tuple(_alternatives(target, variant))


def _alternatives(target: str, variant: str) -> Iterator[Recipe]:
    if target in ("over", "by"):
        for id_, words, divisor in DIVISORS:
            yield Recipe(id_, words, target, divisor.replace("over", target))
        return
    if target not in ("dW", "db", "cost", "losses", "classes", "accuracy"):
        for id_, words, factor in FACTORS:
            yield Recipe(id_.replace("dA", target[:2]), f"{target} {words}.", target, f"{target} * ({factor})")
    for id_, says, expressions in [*ROWS.get(f"{target}:{variant}", []), *ROWS.get(target, [])]:
        for expression in expressions.split("; "):
            yield Recipe(id_, says, target, expression)
    if target in ("A", "dZ"):
        yield from others(target, variant)
    forms = formulas_of(target, variant)
    if target in ("losses", "dA"):
        text = "Ŷ is turned into classes first: it must be probabilities."
        yield Recipe("classes", text, target, re.sub(r"\bp\b", "((p > 0.5) * 1.0)", forms[0]))
        yield Recipe(
            "labels-inverted",
            "The classes are swapped: 1 − Y in the place of Y.",
            target,
            re.sub(r"\bY\b", "(1 - Y)", forms[0]),
        )
    for form in FORMS.get(f"dZ:{variant}", []) if target == "A" else []:
        yield Recipe(
            "derivative-instead", "It returns the slope g′(Z), not the value.", target, re.sub(r"\bdA\b", "1", form)
        )
    for form in forms:
        for base in ("10", "2") if "log(" in form else ():
            text = f"The logarithm is to base {base}: the natural one is right."
            yield Recipe("log-base", text, target, re.sub(r"\blog\(", f"log{base}(", form))
        if {"Y", "p"} <= set(re.findall(r"\w+", form)):
            text = "Y and Ŷ are swapped: it takes the labels for the prediction."
            yield Recipe("roles-swapped", text, target, swapped(form, "Y", "p"))
        for id_, says, text in changed(form):
            yield Recipe(id_, says, target, text)
        id_, says = CANCELS if re.search(r"- 1$|- 1\)|\+ 1\)$", form) else OVERFLOWS
        yield Recipe(id_, says, target, form)
    if target in ("losses", "dA"):
        yield from others(target, variant)
    for epsilon in EPSILONS:
        yield from around(target, variant, forms, epsilon)
    yield from held(target, variant)
    if variant not in PIECEWISE or target not in ("A", "dZ"):  # of those the pattern of the numbers says it
        for narrow in ("float32", "float16"):
            for name in dict.fromkeys(
                [*re.findall(r"\b[A-Za-z_]+\b", " ".join(forms)), *(["f", "dA"] * (target == "dZ"))]
            ):
                if name in ("W", "A_prev", "b", "dZ", "dA", "Z", "p", "Y", "s", "f"):
                    yield Recipe(
                        f"cast:{narrow}",
                        f"{CALLED.get(name, name)} is cast to {narrow} where {'the cost' if target == 'losses' else target} is computed: digits are lost.",
                        target,
                        re.sub(rf"\b{name}\b", f"{narrow}({name})", forms[0] if forms else "dA * f"),
                    )
            if target == "dA":
                yield Recipe(f"cast:{narrow}", f"dA is cast to {narrow}: digits are lost.", target, f"{narrow}(dA)")
    for digits in range(1, 13):
        yield Recipe(
            f"rounded:{digits}", f"{target} is rounded to {digits} decimals.", target, f"round({target}, {digits})"
        )
    yield Recipe("floored", f"{target} is rounded down to whole numbers (// is not /).", target, f"floor({target})")


def others(target: str, variant: str) -> Iterator[Recipe]:
    """Another function of the table in the place of this one."""
    for name in ACTIVATIONS if target in ("A", "dZ") else ():
        if name != variant and {name, variant} != {"relu", "leaky_relu"}:  # a fit says with which slope
            text = f"For '{variant}' it computes {name}{', its slope' if target == 'dZ' else ''}."
            for form in [f"{name}(Z)", *FORMS.get(f"A:{name}", [])] if target == "A" else [f"{name}_backward(dA, Z)"]:
                yield Recipe("other-activation", text, target, form)
    for name in LOSSES if target in ("losses", "dA") else ():
        if name != variant:
            formulas = LOSS_FORMULAS[name]
            form = re.sub(r"\bp\b", f"({formulas.get('p', 'Y_hat')})", formulas[target])
            words = f"This is the loss {name}" if target == "losses" else f"This is the gradient of the loss {name}"
            yield Recipe(f"other-loss:{name}", f"{words}: the contract wants {variant}.", target, form)


def around(target: str, variant: str, forms: list[str], epsilon: float) -> Iterator[Recipe]:
    """A small number that is added, or that keeps predictions away from 0 and 1."""
    small, shown = epsilon <= TINY, f"{epsilon:g}"
    text = f"{shown} is added in a logarithm or a denominator: what is near 0 becomes another number."
    for form in forms:
        for more in guarded(form, epsilon):
            yield Recipe(f"epsilon:{shown}", text, target, more, small)
    if target in ("losses", "dA"):
        text = f"{shown} is added to Ŷ."
        yield Recipe(f"epsilon:{shown}", text, target, re.sub(r"\bp\b", f"(p + {epsilon!r})", forms[0]), small)
        text = f"Ŷ is clipped to [{shown}, 1 − {shown}]: surely wrong predictions count too little."
        kept = re.sub(r"\bp\b", f"clip(p, {epsilon!r}, 1 - {epsilon!r})", forms[-1] if variant != "bce" else forms[0])
        yield Recipe(f"clip:{shown}", text, target, kept, small)
    if target == "cost":
        yield Recipe(f"offset:{shown}", f"A stray {shown} is added.", target, f"cost + {epsilon!r}", small)
    if target == "A" and variant in ("sigmoid", "softmax"):
        text = f"The result is clipped to [{shown}, 1 − {shown}]."
        yield Recipe(f"clip-result:{shown}", text, target, f"clip(A, {epsilon!r}, 1 - {epsilon!r})", small)
    if target == "A" and variant == "relu" and epsilon < 1:
        yield Recipe(
            f"threshold:{shown}", f"The threshold is {shown}: it must be 0.", target, f"where(Z > {epsilon!r}, Z, 0)"
        )
    if target == "dZ" and variant not in PIECEWISE:
        yield Recipe(
            f"eps-in-slope:{shown}",
            f"A stray {shown} is added to the slope: a derivative needs none.",
            target,
            f"dA * (f + {epsilon!r})",
            small,
        )
        yield Recipe(
            f"floor:{shown}",
            f"The slope is kept at {shown} or more: saturated units get too large a gradient.",
            target,
            f"dA * maximum(f, {epsilon!r})",
        )
        text = f"g(Z) is clipped to [{shown}, 1 − {shown}] before the slope is taken."
        yield Recipe(
            f"clip-A:{shown}",
            text,
            target,
            f"dA * clip(A, {epsilon!r}, 1 - {epsilon!r}) * (1 - clip(A, {epsilon!r}, 1 - {epsilon!r}))",
            small,
        )
    if target == "dZ":
        text = f"A stray {shown} is added: a derivative needs none."
        yield Recipe(f"eps:{shown}", text, target, f"dZ + {epsilon!r}", small)
    if target == "dZ" and variant == "relu":
        for c in (repr(epsilon), repr(-epsilon), "1.0"):
            text = f"The threshold is {float(c):g}: it must be exactly 0.".replace("-", "−", epsilon >= 0.01)
            yield Recipe(f"threshold:{c}", text, target, f"where(Z > {c}, dA, 0)")


def held(target: str, variant: str) -> Iterator[Recipe]:
    """Clipped to ±c: the result, or the argument."""
    for c in BOUNDS:
        if target in ("dZ", "dW", "db", "dA_prev", "Z", "dA"):
            yield Recipe(
                f"clip:{c:g}",
                f"{target} is clipped to ±{c:g}: the contract clips nothing.",
                target,
                f"clip({target}, -{c}, {c})",
            )
        if target == "dZ":
            yield Recipe(
                f"clip-dA:{c:g}",
                f"dA is clipped to ±{c:g}: backward propagation clips nothing.",
                target,
                f"back(clip(dA, -{c}, {c}), Z)",
            )
        for id_, words, ends in HELD if target in ("A", "dZ") and variant not in PIECEWISE else ():
            text = f"Z is {words}{c:g}: beyond, the value stays the same."
            inside = ends.format(c)
            form = f"back(dA, {inside})" if target == "dZ" else f"g({inside})"
            yield Recipe(f"{id_}:{c:g}", text, target, form, c >= FAR and variant in FLAT)
            exponent = next((form for form in formulas_of(target, variant) if "exp(" in form), None)
            if exponent and variant != "softmax":
                text = f"The exponent is {words}{c:g}: beyond, the exponential stays the same."
                safe = c >= FAR and (variant != "softplus" or id_ == "clip-below" or target == "dZ")
                form = re.sub(r"exp\((-?)Z\)", rf"exp(\1{inside})", exponent)
                yield Recipe(f"exponent-{id_}:{c:g}", text, target, form, safe)
    if target == "dZ" and variant == "relu":
        for c in (1.0, 6.0):
            yield Recipe(
                f"upper:{c:g}",
                f"Above Z = {c:g} the gradient is cut off: that is ReLU{c:g}.",
                target,
                f"where((Z > 0) & (Z < {c}), dA, 0)",
            )
