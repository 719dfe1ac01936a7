"""A name in the place of a number: what a definition gives for it is a formula, as a line, as LaTeX and as a tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from math import inf
from typing import Any, NamedTuple, TypeAlias

from numpynet.definitions import WRITTEN

Tree: TypeAlias = "str | float | list[Any]"  # a name, a number, or an operation with its operands


class Formula(NamedTuple):
    """One formula as LaTeX and as a line of text."""

    latex: str
    plain: str


class Sign(NamedTuple):
    """How an operation is written: its operands put into `form`, in brackets where one binds less than it `needs`."""

    form: str
    binding: int
    needs: tuple[int, ...]


CHOICE, TERM, FACTOR, POWER, ATOM = range(5)
PLAIN = {
    "+": Sign("{} + {}", TERM, (TERM, TERM)),
    "−": Sign("{} − {}", TERM, (TERM, FACTOR)),
    "·": Sign("{} · {}", FACTOR, (FACTOR, FACTOR)),
    "/": Sign("{} / {}", FACTOR, (FACTOR, POWER)),
    "negative": Sign("−{}", FACTOR, (FACTOR,)),
    "square": Sign("{}^2", POWER, (ATOM,)),
    "sqrt": Sign("√({})", ATOM, (CHOICE,)),
    "exp": Sign("e^({})", ATOM, (CHOICE,)),
    "expm1": Sign("expm1({})", ATOM, (CHOICE,)),
    "log": Sign("log({})", ATOM, (CHOICE,)),
    "log1p": Sign("log1p({})", ATOM, (CHOICE,)),
    "log_complement": Sign("log1p(−{})", ATOM, (POWER,)),
    "tanh": Sign("tanh({})", ATOM, (CHOICE,)),
    "magnitude": Sign("|{}|", ATOM, (CHOICE,)),
    "maximum": Sign("max({}, {})", ATOM, (CHOICE, CHOICE)),
    "above": Sign("{2} if {0} > {1} else {3}", CHOICE, (TERM, TERM, TERM, CHOICE)),
    "labelled": Sign("{0} · {1} + (1 − {0}) · {2}", TERM, (ATOM, FACTOR, FACTOR)),
    "called": Sign("{0}({1})", ATOM, (ATOM, CHOICE)),
}
LATEX = PLAIN | {
    "−": Sign("{} - {}", TERM, (TERM, FACTOR)),
    "·": Sign(r"{}\,{}", FACTOR, (FACTOR, FACTOR)),
    "/": Sign(r"\frac{{{}}}{{{}}}", ATOM, (CHOICE, CHOICE)),
    "negative": Sign("-{}", FACTOR, (FACTOR,)),
    "sqrt": Sign(r"\sqrt{{{}}}", ATOM, (CHOICE,)),
    "exp": Sign("e^{{{}}}", ATOM, (CHOICE,)),
    "expm1": Sign("e^{{{}}} - 1", TERM, (CHOICE,)),
    "log": Sign(r"\log({})", ATOM, (CHOICE,)),
    "log1p": Sign(r"\log(1 + {})", ATOM, (TERM,)),
    "log_complement": Sign(r"\log(1 - {})", ATOM, (FACTOR,)),
    "tanh": Sign(r"\tanh({})", ATOM, (CHOICE,)),
    "maximum": Sign(r"\max({}, {})", ATOM, (CHOICE, CHOICE)),
    "above": Sign(
        r"\begin{{cases}}{2} & {0} > {1}\\{3} & {0} \le {1}\end{{cases}}", ATOM, (TERM, TERM, CHOICE, CHOICE)
    ),
    "labelled": Sign(r"{0}\,{1} + (1 - {0})\,{2}", TERM, (ATOM, FACTOR, FACTOR)),
}


class Symbol:
    """A formula under way: it has the operations of a value, and each gives the formula with that operation added."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree

    @property
    def plain(self) -> str:
        """As a line of text."""
        return _written(self.tree, PLAIN, lambda name: name)[0]

    @property
    def template(self) -> str:
        """The line with {} round each name."""
        return _written(self.tree, PLAIN, lambda name: f"{{{name}}}")[0]

    @property
    def latex(self) -> str:
        """As LaTeX."""
        return _written(self.tree, LATEX, latex_name)[0]

    @property
    def names(self) -> list[str]:
        """The names in it."""
        return list(dict.fromkeys(_names(self.tree)))

    def equals(self, left: str) -> Formula:
        """The formula with its left side."""
        return Formula(f"{latex_name(left)} = {self.latex}", f"{left} = {self.plain}")

    def _with(self, operation: str, *operands: Any) -> Symbol:
        return Symbol([operation, self.tree, *map(_tree, operands)])

    def __add__(self, other: Any) -> Symbol:
        """x + y."""
        return self._with("+", other)

    def __sub__(self, other: Any) -> Symbol:
        """x − y."""
        return self._with("−", other)

    def __rsub__(self, other: Any) -> Symbol:
        """y − x."""
        return Symbol(["−", _tree(other), self.tree])

    def __mul__(self, other: Any) -> Symbol:
        """x · y."""
        return self._with("·", other)

    def __radd__(self, other: Any) -> Symbol:
        """y + x."""
        return Symbol(["+", _tree(other), self.tree])

    def __rmul__(self, other: Any) -> Symbol:
        """y · x."""
        return Symbol(["·", _tree(other), self.tree])

    def __truediv__(self, other: Any) -> Symbol:
        """x / y."""
        return self._with("/", other)

    def __rtruediv__(self, other: Any) -> Symbol:
        """y / x."""
        return Symbol(["/", _tree(other), self.tree])

    def __neg__(self) -> Symbol:
        """−x."""
        return self._with("negative")

    def __getattr__(self, operation: str) -> Callable[[], Symbol]:
        """The operations of one operand, as the tables have them: exp, log, tanh …"""
        if operation not in PLAIN:
            raise AttributeError(operation)
        return lambda: self._with(operation)

    def times_complement(self) -> Symbol:
        """x · (1 − x)."""
        return self * (1 - self)

    def maximum(self, floor: float) -> Symbol:
        """max(floor, x)."""
        return Symbol(["maximum", _tree(floor), self.tree])

    def above(self, boundary: float, then: Any, otherwise: Any) -> Symbol:
        """`then` where x lies above the boundary, else `otherwise`."""
        return self._with("above", boundary, then, otherwise)

    def labelled(self, Y: Symbol, other: Symbol) -> Symbol:
        """Y x + (1 − Y) y."""
        return Symbol(["labelled", Y.tree, self.tree, other.tree])

    def shifted(self) -> Symbol:
        """x − max(x), the greatest of its column."""
        return self - Symbol(f"max({self.plain})")

    def exponentials(self) -> Symbol:
        """e(x), under a name of its own: it is used twice."""
        return Symbol(f"e({self.plain})")

    def total(self) -> Symbol:
        """Σ x over the column, under a name of its own."""
        return Symbol(f"Σ{self.plain.replace(' ', '')}")

    def log_total(self) -> Symbol:
        """log Σ e(x)."""
        return self.exponentials().total().log()

    def average(self, less: int = 0) -> Symbol:
        """The mean of x over the examples, under a name of its own."""
        return Symbol(f"mean({self.plain.replace(' ', '')})")

    def beside(self, other: Symbol) -> Symbol:
        """The same."""
        return self

    def plus_positive(self, constant: float) -> Symbol:
        """x + c."""
        return self + constant

    def within(self, least: float, most: float) -> Symbol:
        """The same."""
        return self

    def chosen(self, Y: Symbol, all_known: bool = False) -> Symbol:
        """Y x, for a label that is 0 or 1."""
        return Y * self

    def increasing(self, f: Callable[[Any], Any], sign: str = "", most: float = inf) -> Symbol:
        """f(x), or under its sign, with what that stands for as the last operand."""
        return Symbol(["called", sign, self.tree, f(self).tree]) if sign else f(self)

    def rounded(self, times: float = 1) -> Symbol:
        """The same: a formula does not round."""
        return self

    def via(self, other: Symbol, times: float) -> Symbol:
        """The same."""
        return self

    def over(self, n: int) -> Symbol:
        """x / n."""
        return self if n == 1 else self / n


def _tree(operand: Any) -> Tree:
    return operand.tree if isinstance(operand, Symbol) else operand


def _names(tree: Tree) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, list):
        for operand in tree[2 if tree[0] == "called" else 1 :]:
            yield from _names(operand)


def _written(tree: Tree, signs: dict[str, Sign], leaf: Callable[[str], str]) -> tuple[str, int]:
    """The text, and how tightly it binds."""
    if isinstance(tree, str):
        return leaf(tree), ATOM
    if isinstance(tree, list):
        sign, operands = signs[tree[0]], tree[1:]
        if tree[0] == "called":
            name = operands[0] if signs is PLAIN else LATEX_SIGNS[operands[0]]
            return sign.form.format(name, _written(operands[1], signs, leaf)[0]), sign.binding
        texts = []
        for operand, need in zip(operands, sign.needs, strict=True):
            text, binding = _written(operand, signs, leaf)
            texts.append(text if binding >= need else f"({text})")
        return sign.form.format(*texts), sign.binding
    if tree in WRITTEN:
        return WRITTEN[tree][signs is LATEX], ATOM
    text = str(int(tree)) if float(tree).is_integer() and abs(tree) < 1e16 else f"{float(tree):.12g}"
    minus = "−" if signs is PLAIN else "-"
    return text.replace("-", minus, 1) if tree < 0 else text, FACTOR if tree < 0 else ATOM


LATEX_SIGNS = {"σ": r"\sigma"}
LATEX_NAMES = {
    "gamma": r"\gamma", "beta": r"\beta", "xhat": r"\hat x", "centred": r"\text{centred}", "mask": r"\text{mask}",
    "running_mean": r"\text{running mean}", "running_var": r"\text{running var}",
}  # fmt: skip


def latex_name(name: str) -> str:
    """dW_{2} of dW2."""
    for sign, latex in (("′", "'"), ("ℓ", r"\ell"), ("Σ", r"\sum "), ("·", r"\,"), ("logp", r"\log p")):
        name = name.replace(sign, latex)
    name = re.sub(r"(\w+)\.", lambda found: rf"\text{{{found[1].replace('_', ' ')}}}\,", name)
    for word, latex in LATEX_NAMES.items():
        name = re.sub(rf"{word}(\d+)", lambda found, latex=latex: rf"{latex}_{{{found[1]}}}", name)  # type: ignore[misc]
    name = re.sub(r"^(mean|var)\(", r"\\text{\1}(", name)
    return re.sub(r"([A-Za-z])(\d+)", r"\1_{\2}", name)
