"""Functions of a network that have a penalty, or dropout, besides: which these are, and what they are given.

The course behind them writes `backward_propagation_with_regularization(X, Y, cache, lambd)` beside the plain one, and
keeps in `cache` a tuple of named arrays. What is in it is read from the names by which they are unpacked.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from numpynet import names
from numpynet.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS
from numpynet.check.contract import BESIDE
from numpynet.check.reference import refer
from numpynet.check.result import Cause, FunctionGrade, Outcome
from numpynet.printable import listed, sentence
from numpynet.sandbox import Answer, Definition, Raised, Session
from numpynet.sandbox.launch import StandIn
from numpynet.types import Array, Parameters

ROLES = {
    "λ": BESIDE["λ"],
    "keep": r"keep_?prob\w*|keep|p_?keep|prob_?keep|keep_?rate",
    "parameters": r"param\w*|weights?|theta",
    "cache": r"\w*cache[sd]?|memory",
    "Y_hat": r"a\d?|al|y_?hat|y_?pred\w*|predictions?|probs",
    "X": r"x(_train)?|inputs?|data",
    "Y": r"y(_train|_true)?|labels?|targets?",
}
OTHER = "of which activation its slopes are is not known"
NAMED = r"(?i)([a-z]+?)_?(\d)"  # W1, D_2
M, INPUTS, HIDDEN = 50, 6, (40, 30, 20)


def roles_of(entry: Definition) -> dict[str, str] | None:
    """The role of each parameter that has one; None where one without a default has none, or two have the same."""
    found: dict[str, str] = {}
    for place, name in enumerate(entry.parameters):
        role = next((role for role, pattern in ROLES.items() if re.fullmatch(pattern, name.lower())), None)
        if role is None or role in found.values():
            if place < entry.required:
                return None
            continue
        found[name] = role
    return found


def entries(session: Session, pattern: str, needed: set[str]) -> list[tuple[Definition, dict[str, str]]]:
    """The file's functions of such a name whose arguments are known, those in `needed` among them."""
    found = []
    for one in session.loaded.functions.values():
        roles = None if one.owner or one.unfinished or not re.search(pattern, one.name.lower()) else roles_of(one)
        if roles is not None and needed <= {*roles.values()}:
            found.append((one, roles))
    return found


@dataclass(frozen=True)
class Network:
    """A network with sigmoid at its end, in columns, and what is computed with it: σ, g and their slopes exact."""

    X: Array
    Y: Array
    P: Parameters
    activation: str = "relu"

    @classmethod
    def of_depth(cls, depth: int) -> Network:
        """With so many layers, none as wide as another, nor as there are examples."""
        rng = np.random.default_rng(depth)
        widths = [INPUTS, *HIDDEN[: depth - 1], 1]
        P = {}
        for layer_idx, (n_in, n_out) in enumerate(pairwise(widths), start=1):
            P[names.W(layer_idx)] = rng.standard_normal((n_out, n_in)) / np.sqrt(n_in)
            P[names.b(layer_idx)] = 0.1 * rng.standard_normal((n_out, 1))
        return cls(rng.standard_normal((INPUTS, M)), (rng.random((1, M)) < 0.5).astype(float), P)

    def others(self) -> Iterator[Network]:
        """The same with every hidden activation, the usual one first."""
        return (replace(self, activation=one) for one in HIDDEN_ACTIVATIONS if one != "linear")

    @property
    def depth(self) -> int:
        """The number of layers."""
        return len(self.P) // 2

    def forward(self, factors: Mapping[int, Array | float]) -> dict[str, Array]:
        """X as A0, Z and A of every layer, A times the layer's factor: a mask of dropout."""
        found = {names.A(0): self.X}
        for k in range(1, self.depth + 1):
            Z = found[names.Z(k)] = self.P[names.W(k)] @ found[names.A(k - 1)] + self.P[names.b(k)]
            g = ACTIVATIONS["sigmoid" if k == self.depth else self.activation]
            found[names.A(k)] = g.forward(Z) * factors.get(k, 1.0)
        return found

    def backward(self, kept: Mapping[str, Array], factors: Mapping[int, Array | float]) -> dict[str, Array]:
        """dW and db of the mean cross-entropy; dA of a layer is multiplied by its factor."""
        dZ, found = kept[names.A(self.depth)] - self.Y, {}
        for k in range(self.depth, 0, -1):
            found[names.dW(k)] = dZ @ kept[names.A(k - 1)].T / M
            found[names.db(k)] = dZ.sum(axis=1, keepdims=True) / M
            if k > 1:
                dA = self.P[names.W(k)].T @ dZ * factors.get(k - 1, 1.0)
                dZ = ACTIVATIONS[self.activation].backward(dA, kept[names.Z(k - 1)])
        return found


@dataclass(frozen=True)
class Cache:
    """What a cache holds, by the names that the file has for it."""

    theirs: tuple[str, ...]
    is_dict: bool = False

    def filled(self, pool: Mapping[str, Array]) -> Any:
        """The cache with these arrays in it; None where it holds something else."""
        held = [pool.get(plain(one)) for one in self.theirs]
        if any(one is None for one in held):
            return None
        return dict(zip(self.theirs, held, strict=True)) if self.is_dict else tuple(held)

    def read(self, value: Any) -> dict[str, Array]:
        """What of it is in a value, by the names of a network's arrays; nothing where it is laid out otherwise."""
        if isinstance(value, Mapping):
            pairs = [*value.items()]
        elif isinstance(value, (tuple, list)) and len(value) == len(self.theirs) and not self.is_dict:
            pairs = [*zip(self.theirs, value, strict=True)]
        else:
            pairs = []
        return {name: one for key, one in pairs if (name := plain(str(key))) and isinstance(one, np.ndarray)}


def asked(session: Session, entry: Definition, roles: Mapping[str, str], given: Mapping[str, Any]) -> Answer:
    """The function's answer; for the course's helpers, where they are imported, the reference stands in."""
    helpers: dict[str, StandIn] = {
        "sigmoid": lambda args, _: refer("sigmoid", {"Z": args[0]}),
        "relu": lambda args, _: refer("relu", {"Z": args[0]}),
        "compute_cost": lambda args, _: refer("get_cost_value", {"Y_hat": args[0], "Y": args[1]}),
    }
    absent = {name: one for name, one in helpers.items() if session.contains(rf"import (\([^)]*|[^\n]*)\b{name}\b")}
    kwargs = {name: given[role] for name, role in roles.items() if role in given}
    try:
        return session.call(entry.theirs, [], kwargs, absent)
    except (TypeError, ValueError) as error:  # what the file returned before, and wants back now
        return Answer(None, (), Raised("refused", str(error), None))


def depth_in(session: Session, found: Sequence[Definition]) -> int:
    """The number of layers that are written out in the functions, 3 where they are in a loop; 0 for none, or many."""
    text = "".join(session.source_of(one.theirs) or "" for one in found)
    written = max((int(one) for one in re.findall(r"\b[Ww](\d)\b", text)), default=0)
    depth = written or 3 * bool(re.search(r"\bfor \w+ in ", text))
    return depth if 2 <= depth <= len(HIDDEN) + 1 else 0


def network_of(session: Session, entry: Definition, others: Sequence[Definition]) -> Network | None:
    """A network as deep as the function is written for; where it says nothing of it, as the others are."""
    depth = depth_in(session, [entry]) or depth_in(session, others)
    return Network.of_depth(depth) if depth else None


def kept_by_forward(session: Session, network: Network) -> tuple[Network, Any] | None:
    """What the file's own forward pass keeps, where that is right, and its network; None where there is none."""
    for entry, roles in entries(session, "forward|feed", {"X", "parameters"}):
        if {*roles.values()} == {"X", "parameters"}:
            value = asked(session, entry, roles, {"X": network.X, "parameters": network.P}).value
            for own in network.others() if isinstance(value, tuple) and len(value) == 2 else ():
                if near(value[0], own.forward({})[names.A(own.depth)]):
                    return own, value[1]
    return None


def unpacked(session: Session, entry: Definition, cache: str) -> Cache | None:
    """What a function reads from its argument `cache`: the names into which it is unpacked, or the keys of a dict."""
    tree = _tree(session, entry)
    for node in ast.walk(tree) if tree is not None else ():
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(target, ast.Tuple) and isinstance(node, ast.Assign) and getattr(node.value, "id", "") == cache:
            return Cache(tuple(one.id if isinstance(one, ast.Name) else "" for one in target.elts))
    keys = re.findall(rf"""\b{re.escape(cache)}\[["'](\w+)["']\]""", session.source_of(entry.theirs) or "")
    return Cache(tuple(dict.fromkeys(keys)), is_dict=True) if keys else None


def caches(
    session: Session, entry: Definition, roles: Mapping[str, str], network: Network,
    pool: Callable[[Network], Mapping[str, Array]],
) -> Iterator[tuple[Network, Any]]:  # fmt: skip
    """With every hidden activation the network, and what the function reads from its cache, out of the `pool`."""
    wanted = unpacked(session, entry, next(name for name, role in roles.items() if role == "cache"))
    for one in network.others() if wanted is not None else ():
        cache = wanted.filled(pool(one)) if wanted is not None else None
        if cache is not None:
            yield one, cache


def packed(session: Session, entry: Definition) -> Cache | None:
    """The names of what a forward pass puts into its cache, where that is a tuple."""
    tree = _tree(session, entry)
    for node in ast.walk(tree) if tree is not None else ():
        value = node.value if isinstance(node, (ast.Assign, ast.Return)) else None
        parts = value.elts if isinstance(value, ast.Tuple) else []
        inner = next((one.elts for one in parts if isinstance(one, ast.Tuple)), parts)
        if len(inner) > 2 and all(isinstance(one, ast.Name) for one in inner):
            return Cache(tuple(one.id for one in inner if isinstance(one, ast.Name)))
    return None


def _tree(session: Session, entry: Definition) -> ast.AST | None:
    try:
        return ast.parse(textwrap.dedent(session.source_of(entry.theirs) or ""))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def plain(name: str) -> str:
    """W1 for w1, W_1 or W1: the name of an array in a network; "" for what is none."""
    found = re.fullmatch(NAMED, name)
    letter = {"w": "W", "b": "b", "z": "Z", "a": "A", "d": "D"}.get(found[1].lower(), "") if found else ""
    return f"{letter}{found[2]}" if found and letter else "A0" if name in ("X", "x") else ""


def may_be_other(session: Session, entry: Definition) -> bool:
    """Whether its slopes may be those of an activation that is in no table, or has a parameter of its own."""
    source = (session.source_of(entry.theirs) or "").lower()
    shown = re.search(r"> *0|relu|tanh|sigmoid|power\(|\*\* *2", source)
    return shown is None or re.search(r"where\(|leak|alpha|(?<!r)elu\b|\*= *0?\.\d|maximum\(0?\.\d", source) is not None


def near(one: Any, other: Array) -> bool:
    """Whether it is this array, but for rounding."""
    return isinstance(one, np.ndarray) and one.shape == other.shape and bool(np.allclose(one, other, 1e-7, 1e-9))


def wrong(kind: str, row: FunctionGrade, says: str, why: str) -> FunctionGrade:
    """The row of what is wrong."""
    return replace(row, outcome=Outcome.FAIL, says=says, cause=Cause(kind, why), conventions=())


def first_off(off: Sequence[str]) -> tuple[str, str]:
    """What is seen and said of gradients of which these are not the slope of the cost, the last layer's first."""
    layer = names.layer_of(off[0])
    assert layer is not None
    says = f"{listed(off)} {'are' if len(off) > 1 else 'is'} not the slope of the cost"
    both = {names.dW(layer), names.db(layer)} <= {*off}
    where = f"{names.dA(layer)} or {names.dZ(layer)}" if both else off[0]
    return says, f"{sentence(says)} All that is above is right: the first mistake is in {where}."
