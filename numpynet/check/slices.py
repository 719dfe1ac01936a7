"""Which statements of a function a value came through, read off its syntax tree; nothing is run.

The statements are walked in order, loops a few times, branches both. Of every variable, and of what stands under the
keys of a dict, it is known then which statements it is made of: its backward slice.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeAlias

ANY = "*"  # a key of which only the beginning is known ends so: "dW*"
OWN = ""  # what came before all keys
ROUNDS, MOST = 8, 100_000
NAMES, READS, COMPUTES, ASKS = range(4)
READING = {  # calls that hand on what they get
    "append", "array", "asarray", "copy", "dict", "enumerate", "float", "int", "items", "len", "list", "range",
    "reshape", "reversed", "squeeze", "str", "tuple", "zip",
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """What gives a value: the lines of the statement, where in it, and what it `does`.

    NAMES and READS hand on what they get, as `A = X` and `m = A.shape[1]`; ASKS has another function of the file in it.
    """

    line: int
    last: int
    column: int
    does: int = field(compare=False)


Steps: TypeAlias = frozenset[Step]
Flow: TypeAlias = Mapping[str, Steps]  # what a value came through, by key; OWN is for all of it
NONE: Steps = frozenset()


def whole(flow: Flow) -> Steps:
    """What came through any key."""
    return NONE.union(*flow.values())


def part(flow: Flow, key: str) -> Steps:
    """What may stand under the key."""
    return NONE.union(*(steps for other, steps in flow.items() if other == OWN or fits(other, key)))


def fits(one: str, other: str) -> bool:
    """Whether the two keys may be the same."""
    short, long = sorted((one.removesuffix(ANY), other.removesuffix(ANY)), key=len)
    return short == long or (long.startswith(short) and f"{short}{ANY}" in (one, other))


def joined(*flows: Flow) -> Flow:
    """What came through any of them."""
    keys = dict.fromkeys(chain.from_iterable(flows))
    return {key: NONE.union(*(flow.get(key, NONE) for flow in flows)) for key in keys}


class Slices:
    """The slices of one function: of what is `returned`, and of what is `handed` to others, by (callee, place or name).

    `known` are the texts that parameters have; `helpers` functions that are right, `others` those of which that is not
    known. `spoilt` are by parameter the steps that change it in place. SyntaxError where `text` is no function,
    ValueError where it takes too long.
    """

    def __init__(
        self,
        text: str,
        known: Mapping[str, str] | None = None,
        helpers: Collection[str] = (),
        others: Collection[str] = (),
    ) -> None:
        self.shift, self.known, self.helpers, self.others = int(text[:1].isspace()), known or {}, helpers, others
        tree = ast.walk(ast.parse("if 1:\n" + text if self.shift else text))
        function = next((one for one in tree if isinstance(one, (ast.FunctionDef, ast.Lambda))), None)
        if function is None:
            raise SyntaxError("no function")
        names = [one.arg for one in ast.walk(function.args) if isinstance(one, ast.arg)]
        self.variables: dict[str, Flow] = {name: {} for name in names}
        self.same = {name: (name, NONE) for name in names}  # a variable → whose object it is, and what named it so
        self.returned: dict[int, Flow] = {}
        self.returns = set[Step]()
        self.handed: dict[tuple[str, int | str], Flow] = {}
        self.spoilt: dict[str, set[Step]] = {}
        self.under = NONE  # conditions and loops
        self.effort = 0
        body = function.body
        self.run(body if isinstance(body, list) else [ast.copy_location(ast.Return(body), body)])

    def made_of(self) -> Steps:
        """All that what is returned came through."""
        return NONE.union(*map(whole, self.returned.values()))

    # ── statements ───────────────────────────────────────────────────────────────────────────────────────────────────

    def run(self, body: Iterable[ast.AST]) -> None:
        """The statements, one after another."""
        for node in body:
            match node:
                case ast.Assign(targets=targets, value=value):
                    for target in targets:
                        self.assign(node, target, value)
                case (
                    ast.AnnAssign(target=target, value=ast.expr() as value) | ast.AugAssign(target=target, value=value)
                ):
                    self.assign(node, target, value)
                case ast.Return(value=ast.expr() as value):
                    self.returns.add(self.step(node, node, NAMES))
                    for number, one in enumerate(value.elts if isinstance(value, ast.Tuple) else [value]):
                        flow = self.value(one) if one is value and isinstance(one, ast.Name) else self.made(one, node)
                        self.returned[number] = joined(self.returned.get(number, {}), flow)
                case ast.Expr(value=ast.Call(func=func) as call) if name_of(func) != "print":
                    self.call_alone(call, func)
                case ast.If(test=test, body=then, orelse=other):
                    decided = self.decided(test)
                    bodies = [then, other] if decided is None else [then if decided else other]
                    self.branches(NONE if decided is not None else whole(self.made(test, test)), *bodies)
                case ast.For(iter=over, body=then) | ast.While(test=over, body=then):
                    for _ in range(ROUNDS):  # for what one round hands to the next
                        before = self.variables
                        flow = self.value(over) if self.does(over) != COMPUTES else self.made(over, over)
                        self.bind(getattr(node, "target", None), flow)
                        self.branches(whole(flow), then, [])
                        if self.variables == before:
                            break
                case ast.FunctionDef(name=name):
                    self.variables[name] = {OWN: whole(self.value(node)) | {self.step(node, node, COMPUTES)}}
                case _:  # with, try, match
                    self.run(one for one in ast.iter_child_nodes(node) if not isinstance(one, ast.expr))

    def branches(self, test: Steps, *bodies: list[ast.stmt]) -> None:
        """Each of them, from the same state; what holds after it may be any one's."""
        self.spend(len(self.variables))
        above, before, after = self.under, self.variables, []
        self.under = above | test
        for body in bodies:
            self.variables = dict(before)
            self.run(body)
            after.append(self.variables)
        self.under = above
        names = dict.fromkeys(chain.from_iterable(after))
        self.variables = {name: joined(*(one.get(name, {}) for one in after)) for name in names}

    def assign(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign, target: ast.expr, value: ast.expr) -> None:
        """One target of an assignment, or each of several that are written out on both sides."""
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            for one, of_it in zip(target.elts, value.elts, strict=True):
                self.assign(node, one, of_it)
            return
        adds = isinstance(node, ast.AugAssign)
        computes = adds or (isinstance(target, ast.Subscript) and self.does(target.slice) == COMPUTES)
        flow = self.made(value, node, COMPUTES if computes else self.does(value))
        if adds or isinstance(target, ast.Subscript):
            self.spoils(node, target)
        self.bind(target, joined(self.value(target), flow) if adds else flow)
        if isinstance(target, ast.Name) and not adds:
            name, key = path_of(value) or ("", OWN)
            source, named = self.same.get(name, ("", NONE))
            self.same[target.id] = source, named | ({self.step(node, value, NAMES)} if key == OWN else NONE)

    def call_alone(self, call: ast.Call, func: ast.expr) -> None:
        """A call whose result is not used: it may change what it gets, as `layers.append(W)` does."""
        steps = whole(self.made(call, call))
        for one in [func.value] if isinstance(func, ast.Attribute) else call.args:
            if (place := path_of(one)) is not None and place[0] in self.variables:
                self.spoils(call, one)
                updated = isinstance(func, ast.Attribute) and func.attr == "update"
                more = joined(*map(self.value, call.args)) if updated else {}
                self.variables[place[0]] = joined(self.variables[place[0]], {ANY if not updated else OWN: steps}, more)

    def bind(self, target: ast.expr | None, flow: Flow) -> None:
        """Give the target its value."""
        match target:
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                for one in targets:
                    self.bind(one, {OWN: whole(flow)})
            case ast.expr() if (place := path_of(target)) is not None:
                root, key = place
                if key == OWN:
                    self.variables[root] = flow
                    return
                before, steps = self.variables.get(root, {}), whole(flow)
                if isinstance(target, ast.Subscript):
                    steps |= whole(self.value(target.slice))
                self.variables[root] = {**before, key: steps | (before.get(key, NONE) if key.endswith(ANY) else NONE)}

    def spoils(self, node: ast.AST, target: ast.expr) -> None:
        """What happens in place to a parameter: this statement, or what made another name for it."""
        name, named = self.same.get((path_of(target) or ("", OWN))[0], ("", NONE))
        self.spoilt.setdefault(name, set()).update(named or {self.step(node, node, COMPUTES)})

    # ── expressions ──────────────────────────────────────────────────────────────────────────────────────────────────

    def step(self, statement: ast.AST, node: ast.AST, does: int) -> Step:
        """What the node of the statement does, as a step."""
        line, last = getattr(statement, "lineno", 0), getattr(statement, "end_lineno", 0)
        asks = any(isinstance(one, (ast.Name, ast.Attribute)) and name_of(one) in self.others for one in ast.walk(node))
        does = ASKS if asks else does
        return Step(line - self.shift, last - self.shift, getattr(node, "col_offset", 0), does)

    def made(self, node: ast.expr, statement: ast.AST, does: int | None = None) -> Flow:
        """The value with the step that makes it; of a dict that is written out, a step for each key."""
        if isinstance(node, ast.Dict):
            named = zip(node.keys, node.values, strict=True)
            return joined({}, *({key_of(key): whole(self.made(one, one, does))} for key, one in named))
        step = self.step(statement, node, self.does(node) if does is None else does)
        return joined(self.value(node), {OWN: self.under | {step}})

    def value(self, node: ast.AST) -> Flow:
        """What an expression is made of."""
        self.spend(1)
        match node:
            case ast.Name() | ast.Attribute() if (name := dotted(node)) in self.variables:
                return self.variables[name]
            case ast.Dict():
                return self.made(node, node)
            case ast.Subscript(value=of, slice=index):
                return {OWN: part(self.value(of), key_of(index)) | whole(self.value(index))}
            case ast.Call(func=ast.Attribute(value=of, attr="copy" | "items"), args=[]) | ast.Call(
                ast.Name("dict"), [of]
            ):
                return self.value(of)
            case ast.Call(func=func, args=arguments, keywords=keywords):
                given: dict[int | str, ast.expr] = {one.arg or ANY: one.value for one in keywords}
                given |= enumerate(arguments)
                steps = whole(self.value(func))
                for place, one in given.items():
                    key, does = (name_of(func), place), COMPUTES if isinstance(one, ast.Call) else self.does(one)
                    flow = self.made(one, one, does) if self.helps(func) else self.value(one)
                    self.handed[key] = joined(self.handed.get(key, {}), flow)
                    steps |= whole(flow)
                return {OWN: steps}
        return {OWN: NONE.union(*(whole(self.value(one)) for one in ast.iter_child_nodes(node)))}

    def spend(self, effort: int) -> None:
        """ValueError where it has been too much."""
        self.effort += effort
        if self.effort > MOST:
            raise ValueError("the function takes too long to be read")

    # ── what a part of the text says ─────────────────────────────────────────────────────────────────────────────────

    def decided(self, test: ast.expr) -> bool | None:
        """What comparing a parameter that is known with a text gives."""
        match test:
            case ast.Compare(ast.Name(id=name), [ast.Eq()], [ast.Constant(value=text)]) if name in self.known:
                return self.known[name] == text
        return None

    def helps(self, func: ast.expr) -> bool:
        """Whether a helper is called: by its name, by another one, or out of a dict."""
        steps = whole(self.value(func)) if isinstance(func, (ast.Name, ast.Subscript)) else NONE
        renamed = bool(self.helpers and steps) and all(one.does != COMPUTES for one in steps)
        return renamed or name_of(func) in self.helpers

    def does(self, node: ast.AST | None) -> int:
        """Whether it computes; or reads a shape or a key, counts layers, hands on; or only names something."""
        match node:
            case ast.Name():
                return NAMES
            case ast.Constant() | ast.JoinedStr():
                return READS
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.FloorDiv(), right=ast.Constant(value=int())):
                parts = [left]
            case ast.BinOp() if key_of(node) != ANY:
                return READS
            case ast.Attribute(value=of, attr=name) if name != "T":
                parts = [of]
            case ast.Subscript(value=of, slice=index):
                parts = [of, index]
            case ast.Call(func=func, args=arguments, keywords=keywords) if self.helps(func) or name_of(func) in READING:
                if not all(one.arg == "copy" or self.helps(func) for one in keywords):
                    return COMPUTES
                parts = [getattr(func, "value", func), *arguments, *(one.value for one in keywords)]
            case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Dict(values=items):
                parts = [*items]
            case ast.Compare(left=left, comparators=[ast.Constant(value=str())]):
                parts = [left]
            case _:
                return COMPUTES
        return max((READS, *map(self.does, parts)))


def dotted(node: ast.AST) -> str:
    """`self.params` of a name or an attribute of one; else nothing."""
    if isinstance(node, ast.Attribute):
        return f"{of}.{node.attr}" if (of := dotted(node.value)) else ""
    return node.id if isinstance(node, ast.Name) else ""


def name_of(func: ast.expr) -> str:
    """What is called, without what it belongs to."""
    return func.attr if isinstance(func, ast.Attribute) else dotted(func)


def key_of(node: ast.expr | None) -> str:
    """A key, as far as it is written out: `dW1`, `dW*` for `"dW" + str(k)`, `*`."""
    match node:
        case ast.Constant(value=value):
            return str(value)
        case ast.JoinedStr([ast.Constant(str(begin)), *_]) | ast.BinOp(left=ast.Constant(str(begin))):
            return begin.partition("%")[0] + ANY
        case ast.BinOp(left=ast.BinOp() as left):
            return key_of(left)
    return ANY


def path_of(node: ast.expr) -> tuple[str, str] | None:
    """The variable and the first key on the way from it: `("grads", "dW*")`."""
    key = OWN
    while isinstance(node, ast.Subscript):
        key, node = key_of(node.slice), node.value
    return (name, key) if (name := dotted(node)) else None
