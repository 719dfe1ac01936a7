"""The verdicts on optimizers that are given parameters and gradients: functions, and methods of objects.

Whatever they remember is handed on from step to step, as they return it or write it into what they are given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from numpynet.check.objects.calls import ROLES, kinds_of, squeezed
from numpynet.check.objects.decays import LAMBDA, judge_decay
from numpynet.check.objects.textbook import Verdict, verdict
from numpynet.check.objects.thing import flat
from numpynet.check.result import GOOD, Cause, Cell, FunctionGrade, Outcome
from numpynet.printable import sentence
from numpynet.sandbox import Answer, Definition, Session
from numpynet.sandbox.messages import Kept
from numpynet.types import Array

STEPS = 4
OTHERWISE = 10  # times as far as the parameters went: it is something else
LAYERS = {"W1": (2, 2), "b1": (2, 1), "W2": (2, 2), "b2": (2, 1)}
NAMED = r"(?!.*(ascent|updategrad)).*(sgd|adam|momentum|rmsprop|adagrad|nesterov|optimi|update|descent|gd$|step|apply)"
SURELY = "param|weight|sgd|descent|optimi"  # in the name of what moves something
PROMISED = {"adam": "adam", "momentum": "momentum|nesterov|velocit", "rmsprop": "rmsprop", "adagrad": "adagrad"}
OTHERS = (
    "nadam|adamax|amsgrad|adamw|\bradam|_radam|adabelief|adadelta|without|no_?momentum"  # which promise something else
)
PARAMETERS = r"params?\w*|parameters?|weights?|thetas?|ws?|xs?|variables|p|var|values?|b|bias(es)?"
GRADIENTS = r"d(w|x|b|theta|params?)s?|\w*grads?\w*|gradients?|g|derivatives?"
CONFIG = r"config|conf|cfg|hyper\w*|options?|optim(izer)?config"
STATE = (
    r"[vsmhgru]|[vsm](t|\d|d?(w|b|x|theta|params?)\d?)|cache\w*|vel|velocit\w+|state\w*|memory|mem|moments?\w*|squares?"
    r"|(first|second)moments?|accum\w*|sq(avg|sum|grads?)\w*|expavg\w*|hist(ory)?|(w|b)(cache|velocity|moment\w*)"
    r"|grad(s|ient)?(squared|sq|cache|sum)\w*"
)
KNOWN: dict[str, tuple[str, Any]] = {  # of an argument: its name, squeezed, and what is handed over
    "rate": (ROLES["rate"], 0.0625),
    "beta1": ("(b(eta)?|rho|momentum|decay(rate)?|gamma)(1|one)", 0.7),
    "beta2": ("(b(eta)?|rho|momentum|decay(rate)?|gamma)(2|two)", 0.95),
    "betas": ("betas", (0.7, 0.95)),
    "beta": ("beta|momentum|mu|gamma|rho|(rms|velocity)?decay(rate)?|beta[mvs]|forget\\w*|discount", 0.8),
    "eps": ("eps\\w*", 1e-8),
    "decay": ("(weight|l2)decay|wd|lambd?a?|l2|reg\\w*", 0.0),
    "none": ("lrdecay", 0.0),
    "t": ("t|(time)?step|iter(ation)?s?|i|k|epoch|counter|count|numupdates|adamcounter", 1),
    "m": ("batchsize|minibatchsize|nsamples", 1),
    "layers": ("l|nlayers|numlayers|layers", 2),
}
FIRST = KNOWN["beta1"][0] + "|momentum|mu|betam|velocitydecay"  # of Adam's two β, whatever the other is called


def _role(name: str) -> str:
    return next((role for role, (pattern, _) in KNOWN.items() if re.fullmatch(pattern, squeezed(name))), "")


@dataclass
class Slots:
    """Of the arguments, by name: which are parameters, which gradients, which state, and what the others are given."""

    parameters: list[str] = field(default_factory=list)
    gradients: list[str] = field(default_factory=list)
    state: list[str] = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    keeps: bool = False  # the parameters: they are handed over once

    @classmethod
    def of(cls, entry: Definition, *, constructor: bool = False) -> Slots | None:
        """None where an argument without a default is none of these."""
        names, slots = entry.parameters, cls()
        lower = {squeezed(name): name for name in names}
        for short, name in lower.items():
            keys = (f"d{short}", f"grad{short}", f"{short}grad")
            own = next((lower[key] for key in keys if key in lower and key != "grads"), None)
            if own is not None and not re.fullmatch(GRADIENTS, short):
                slots.parameters.append(name)
                slots.gradients.append(own)
        for place, name in enumerate(names):
            short, role = squeezed(name), _role(name)
            if name in (*slots.parameters, *slots.gradients):
                continue
            if not slots.gradients and re.fullmatch(GRADIENTS, short) and (short != "g" or place < 2):
                slots.gradients.append(name)
            elif not slots.parameters and re.fullmatch(PARAMETERS, short):
                slots.parameters.append(name)
            elif role == "layers" and place >= entry.required:
                continue
            elif short == "decay" and {"beta", "beta1"} & {_role(one) for one in names if one != name}:
                slots.given[name] = 0.0
            elif role:
                slots.given[name], slots.roles[name] = KNOWN[role][1], role
            elif re.fullmatch(CONFIG, short) or re.fullmatch(STATE, short) or place < entry.required:
                if not re.fullmatch(f"{CONFIG}|{STATE}", short) and place < entry.required:
                    return None
                slots.state.append(name)
        return slots if constructor or len(slots.gradients) == max(1, len(slots.parameters)) else None

    def of_adam(self) -> Slots:
        """With two β, whatever they are called: a momentum is the first moment's, else the first of them."""
        betas = [name for name, role in self.roles.items() if role in ("beta", "beta1", "beta2")]
        betas += [name for name in self.given if name not in self.roles] if len(betas) == 1 else []  # a decay
        if len(betas) != 2:
            return self
        betas.sort(key=lambda name: (self.roles.get(name) == "beta2", not re.fullmatch(FIRST, squeezed(name))))
        roles = dict(zip(betas, ("beta1", "beta2"), strict=True))
        given = {name: KNOWN[role][1] for name, role in roles.items()}
        return replace(self, given=self.given | given, roles=self.roles | roles)

    def hyper(self) -> dict[str, float]:
        """The numbers that are known to be used."""
        found = {role: float(self.given[name]) for name, role in self.roles.items()
                 if role in ("rate", "beta1", "beta2", "beta")}  # fmt: skip
        if "betas" in self.roles.values():
            found |= {"beta1": 0.7, "beta2": 0.95}
        return found


# ── parameters in every shape ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Shape:
    """How the arrays by name travel: in one dict or list; or an array for each argument, or a list of it (`lists`)."""

    kind: str
    prefix: str = ""  # of a gradient's key

    def laid(self, arrays: Mapping[str, Array], slots: Sequence[str], prefix: str = "") -> dict[str, Any]:
        """The arguments by name."""
        if self.kind == "dict":
            return {slots[0]: {prefix + name: value for name, value in arrays.items()}}
        if self.kind == "list":
            return {slots[0]: list(arrays.values())}
        return {
            slot: [value] if self.kind == "lists" else value for slot, value in zip(slots, arrays.values(), strict=True)
        }

    def read(self, value: Any, names: Sequence[str]) -> dict[str, Array] | None:
        """The arrays by name of what came back for one argument."""
        found = {names[0]: value}
        if self.kind == "dict":
            found = {one: value[one] for one in names if one in value} if isinstance(value, Mapping) else {}
        elif self.kind != "array":
            found = dict(zip(names, value, strict=False)) if isinstance(value, (list, tuple)) else {}
        whole = len(found) == len(names) and all(isinstance(one, np.ndarray) for one in found.values())
        return found if whole else None


SHAPES = (Shape("dict", "d"), Shape("dict"), Shape("list"))  # of one argument
EACH = (Shape("array"), Shape("lists"))  # of several


def drawn(shapes: Mapping[str, tuple[int, ...]]) -> tuple[dict[str, Array], dict[str, Array]]:
    """Parameters, far from each other, and of every step their gradients: of both signs, and one that is always 0."""
    rng = np.random.default_rng(17)
    theta = {name: 10 * place + rng.uniform(1, 2, shape) for place, (name, shape) in enumerate(shapes.items())}
    grads = {name: rng.uniform(1, 8, (STEPS, *shape)) * rng.choice([-1, 1], (STEPS, *shape))
             for name, shape in shapes.items()}  # fmt: skip
    next(iter(grads.values())).reshape(STEPS, -1)[:, 1] = 0
    return theta, grads


def _drawn(shape: Shape, slots: Sequence[str]) -> tuple[dict[str, Array], dict[str, Array]]:
    """Of a dict or a list two layers; else an array for each argument, all of one shape."""
    return drawn(dict.fromkeys(slots, (2, 2)) if shape in EACH else LAYERS)


@dataclass
class Run:
    """Some steps: what each did to the arrays, by name; or why there are none."""

    moves: dict[str, Array] = field(default_factory=dict)
    G: dict[str, Array] = field(default_factory=dict)
    theta: dict[str, Array] = field(default_factory=dict)  # before each step
    raised: str = ""
    misshapen: str = ""
    lost: bool = False  # what it remembers did not come back
    filled_t: bool = False  # it looks for a t in what it is given


Ask = Callable[[Mapping[str, Any]], Answer]


def _walk(ask: Ask, slots: Slots, shape: Shape, start: Mapping[str, Any]) -> Run:
    """Steps from the same parameters, each handed what the one before left."""
    theta, grads = _drawn(shape, slots.parameters)
    state = {name: dict(value) if isinstance(value, dict) else value for name, value in start.items()}
    run, unmoved = Run(G=grads), set(slots.parameters)  # though they are returned
    moves: dict[str, list[Array]] = {name: [] for name in theta}
    before_each: dict[str, list[Array]] = {name: [] for name in theta}
    for t in range(STEPS):
        for name, value in theta.items():
            before_each[name].append(value)
        for _ in range(24):
            given = shape.laid(theta, slots.parameters) | slots.given | state
            given |= shape.laid({name: g[t] for name, g in grads.items()}, slots.gradients, shape.prefix)
            given |= {name: t + 1 for name, role in slots.roles.items() if role == "t"}
            answer = ask(given)
            key = re.match(r"KeyError: '(\w+)'", answer.raised.text) if answer.raised else None
            if key is None or t or not _filled(state, key[1], theta, shape):
                break
            run.filled_t = run.filled_t or _role(key[1]) == "t"
        if answer.raised is not None:
            return Run(raised=answer.raised.text)
        outs = list(answer.value) if isinstance(answer.value, tuple) else [answer.value]
        if shape.kind != "list" and isinstance(answer.value, list):
            outs = answer.value
        for slot in slots.parameters:
            names, returned = [slot] if shape in EACH else list(theta), any(one is not None for one in outs)
            inside = shape.read(answer.named.get(slot), names)
            found = _taken(outs, theta, shape, inside or {}, names) or inside
            if found is None:
                return Run(raised="where it leaves the parameters could not be found")
            if not returned or _far(found, theta)[1] > 0:
                unmoved.discard(slot)
            for name, value in found.items():
                if value.size < theta[name].size:
                    return Run(raised="where it leaves the parameters could not be found")
                if value.shape != theta[name].shape:
                    run.misshapen = f"{name}, {theta[name].shape} before, is {value.shape} after it"
                    return run
                moves[name].append(theta[name] - value)
                theta[name] = value if slots.keeps else theta[name]
        outs = [one for one in outs if not any(_equal(one, given[name]) for name in slots.gradients)]
        before = {name: dict(value) if isinstance(value, dict) else value for name, value in state.items()}
        run.lost |= not _handed_on(state, answer.named, outs)
        if run.filled_t:
            _count_on(state, before)
    run.lost |= bool(unmoved)
    run.moves = {name: np.array(values) for name, values in moves.items()}
    run.theta = {name: np.array(values) for name, values in before_each.items()}
    return run


def _far(found: Mapping[str, Array], theta: Mapping[str, Array]) -> tuple[bool, float]:
    """How far these are from the parameters, worse than all others where one has another shape."""
    alike = {name: one for name, one in found.items() if one.shape == theta[name].shape}
    return len(alike) < len(found), sum(
        float(np.nan_to_num(np.abs(one - theta[name]), nan=1.0).sum()) for name, one in alike.items()
    )


def _taken(
    outs: list[Any], theta: Mapping[str, Array], shape: Shape, inside: Mapping[str, Array], names: Sequence[str]
) -> dict[str, Array] | None:
    """Of what was returned the parameters, which are taken out: what is nearest to those that were given.

    None where they were written into what was given, `inside`, and what was returned is something else.
    """
    reads = [(place, found) for place, out in enumerate(outs) if (found := shape.read(out, names)) is not None]
    if not reads:
        return None
    place, found = min(reads, key=lambda one: _far(one[1], theta))
    written = _far(inside, theta)[1]
    if 0 < OTHERWISE * written < _far(found, theta)[1]:
        return None
    outs.pop(place)
    return found


def _handed_on(state: dict[str, Any], after: Mapping[str, Any], outs: Sequence[Any]) -> bool:
    """Put the new state in place of the old: what was written into it, else what was returned, in order.

    False where something was returned, or may be kept elsewhere, and which state it is is not known.
    """
    left = [one for one in outs if one is not None and not isinstance(one, (int, float))]
    many = len(left)
    if len(left) == 1 and isinstance(left[0], (tuple, list)) and len(left[0]) == len(state) > 1:
        left = list(left[0])
    known, returned = True, bool(left)
    written = {name: after[name] for name, before in state.items() if name in after and not _equal(after[name], before)}
    left = [one for one in left if not any(_equal(one, value) for value in written.values())]
    for name, before in state.items():
        if name in written:
            state[name] = written[name]
        elif re.fullmatch(CONFIG, squeezed(name)):
            place = next((k for k, one in enumerate(left) if _holds(one, before)), None)
            known = known and (place is not None or len(left) < len(state))
            state[name] = before if place is None else left.pop(place)
        elif left:
            state[name] = left.pop(0)
        else:
            known = known and not returned and before is not None
    return known and not (many > len(state) and any(one is not after.get(name) for name, one in state.items()))


def _holds(one: Any, before: Any) -> bool:
    """Whether it is this dict of numbers again, with more in it or not."""
    return isinstance(one, Mapping) and isinstance(before, Mapping) and before.keys() <= one.keys()


def _equal(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(_equal, one, other))
    return bool(np.array_equal(one, other))


def _count_on(state: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    """Put t of the next step into what it was put in, where the function leaves that to whoever calls it."""
    for name, value in state.items():
        for key in value if isinstance(value, dict) else ():
            old = before[name].get(key) if isinstance(before[name], dict) else None
            if _role(str(key)) == "t" and isinstance(old, (int, float)) and value[key] == old:
                value[key] = old + 1


def _filled(state: dict[str, Any], key: str, theta: Mapping[str, Array], shape: Shape) -> bool:
    """Put what is looked for, and is not there, into the dict among the state: a number that is known, else zeros."""
    for value in state.values():
        if isinstance(value, dict) and key not in value:
            like = next((one for name, one in theta.items() if key.endswith(name) or shape in EACH), None)
            role = _role(key)
            if like is None and not role:
                return False
            value[key] = KNOWN[role][1] if role else np.zeros_like(like)
            return True
    return False


def _starts(slots: Slots, shape: Shape, made: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """What it may be given as the state before the first step."""
    configs = {name: {"learning_rate": 0.0625, "beta1": 0.7, "beta2": 0.95, "momentum": 0.8, "decay_rate": 0.8}
               for name in slots.state if re.fullmatch(CONFIG, squeezed(name))}  # fmt: skip
    names = [name for name in slots.state if name not in configs]
    for value in made:
        parts = value if isinstance(value, (tuple, list)) and len(value) == len(names) > 1 else [value] * len(names)
        yield configs | dict(zip(names, parts, strict=False))
    zeros = {name: np.zeros_like(value) for name, value in _drawn(shape, slots.parameters)[0].items()}

    def with_zeros(prefix: str) -> dict[str, Any]:
        if shape in EACH:
            return {name: next(iter(shape.laid({name: np.zeros((2, 2))}, [name]).values())) for name in names}
        return {name: shape.laid(zeros, [name], prefix)[name] for name in names}

    yield configs | with_zeros(shape.prefix)
    if names:
        if shape.kind == "dict" and shape.prefix:
            yield configs | with_zeros("")
        yield configs | {name: {} for name in names}
        yield configs | dict.fromkeys(names)


# ── the verdicts ─────────────────────────────────────────────────────────────────────────────────────────────────────


def judge_optimizers(session: Session, known: Container[str]) -> list[FunctionGrade]:
    """Of what is called as optimizers are, but those that are known; and of what makes the state of functions."""
    every = [one for one in session.loaded.functions.values() if not one.unfinished and one.theirs not in known]
    free = [one for one in every if not one.owner]
    rows: list[FunctionGrade] = []
    for entry in every:
        slots = Slots.of(entry) if re.match(NAMED, squeezed(entry.name)) else None
        if slots is None:
            continue
        promised = promise(entry.theirs, slots)
        if entry.owner:
            owners, before = _made_as(session, entry), len(rows)
            for owner in owners:
                whole = _with_constructor(session, entry, slots, owner)
                if whole is not None:
                    promised = promise(f"{owner}.{entry.name}", slots)
                    whole = whole.of_adam() if promised == "adam" else whole
                    own = entry if owner == entry.owner else _only_method(session, owner)
                    runs = partial(_runs, _of_object(session, entry, owner), [])
                    row = _judge_moves(own or entry, promised, whole, runs)
                    rows.append(doubted(session, own or entry, row))
            if entry.owner not in owners and any(one.outcome in GOOD for one in rows[before:]):
                rows.append(FunctionGrade(entry.theirs, Outcome.PASS, entry.theirs, entry.line))
        elif slots.parameters:
            slots = slots.of_adam() if promised == "adam" else slots
            made, of_makers = _made(session, [one for one in free if _makes_state(one, promised)])
            rows += [row for row in of_makers if row not in rows]
            row = _judge_moves(entry, promised, slots, partial(_runs, _of_function(session, entry, slots), made))
            rows.append(doubted(session, entry, row))
    return rows


def doubted(session: Session, entry: Definition, row: FunctionGrade) -> FunctionGrade:
    """The row, unless it may remember, or count, in a way that these calls do not show."""
    others = [one for one in session.loaded.functions.values()
              if entry.owner and one.owner == entry.owner and not one.required
              and one.name not in (entry.name, "__init__", "zero_grad")]  # fmt: skip
    if row.cause is not None and (
        session.contains(r"\bid\(") or (others and re.search(r"\bt (is|stays)", row.cause.rationale))
    ):
        says = "it may remember, or count its steps, in a way that single calls do not show"
        return replace(row, outcome=Outcome.CANNOT_JUDGE, says=says, cause=None, cells=())
    return row


def _of_function(session: Session, entry: Definition, slots: Slots) -> Callable[[], Ask]:
    """Calls of the function; in a fresh process, if it may remember by itself."""

    def fresh() -> Ask:
        if not slots.state:
            session.renew()
        return lambda given: session.call(entry.theirs, [], given)

    return fresh


def _made_as(session: Session, entry: Definition) -> list[str]:
    """The classes whose objects have the method: its own, or, of an abstract one, those that inherit from it."""
    functions, bases = session.loaded.functions, session.bases()
    abstract = session.contains(rf"class {entry.owner}\b[^\n]*\b(ABC|ABCMeta)\b")
    heirs = [one for one, every in bases.items()
             if entry.owner in every[1:] and f"{one}.{entry.name}" not in functions]  # fmt: skip
    return heirs if abstract and heirs else [entry.owner]


def _only_method(session: Session, owner: str) -> Definition | None:
    """The one method that the class adds to what it inherits; None where there are several."""
    found = [one for one in session.loaded.functions.values() if one.owner == owner and one.name != "__init__"]
    return found[0] if len(found) == 1 else None


def _start_of(session: Session, owner: str) -> Definition | None:
    """The constructor, which may be inherited."""
    functions = session.loaded.functions
    starts = (functions.get(f"{one}.__init__") for one in session.bases().get(owner, [owner]))
    return next((one for one in starts if one is not None), None)


def _with_constructor(session: Session, entry: Definition, slots: Slots, owner: str) -> Slots | None:
    """The arguments of a method with those of its class's constructor; None where it is no optimizer's."""
    methods = [one for one in session.loaded.functions.values() if one.owner == entry.owner]
    start = _start_of(session, owner)
    made = Slots() if start is None else Slots.of(start, constructor=True)
    if made is None or any("forward" in kinds_of(one.name) for one in methods):
        return None
    parameters = slots.parameters or made.parameters
    if not parameters or (start is not None and set(start.parameters[: start.required]) & set(made.state)):
        return None
    return replace(slots, parameters=parameters, given=made.given | slots.given, roles=made.roles | slots.roles,
                   keeps=not slots.parameters)  # fmt: skip


def _of_object(session: Session, entry: Definition, owner: str) -> Callable[[], Ask]:
    """Calls of the method, of an object that is made at the first of them."""
    start = _start_of(session, owner)
    at_start = start.parameters if start is not None else ()

    def fresh() -> Ask:
        made: list[Kept] = []

        def ask(given: Mapping[str, Any]) -> Answer:
            if not made:
                answer = session.new(owner, [], {name: one for name, one in given.items() if name in at_start})
                if answer.raised is not None or answer.kept is None:
                    return answer
                made.append(answer.kept)
            given = {name: one for name, one in given.items() if name in entry.parameters}
            answer = session.method(made[0].value, entry.name, [], given, send="all")
            return replace(answer, named={**(session.fetch(made[0].named) or {}), **answer.named})

        return ask

    return fresh


def promise(name: str, slots: Slots) -> str:
    """The family that the name, or else the arguments, promise."""
    roles = set(slots.roles.values())
    named = next((family for family, pattern in PROMISED.items() if re.search(pattern, squeezed(name))), "")
    if re.search(OTHERS, name.lower()):
        return ""
    return named or ("adam" if {"beta1", "beta2"} <= roles else "")


def _runs(fresh: Callable[[], Ask], made: Sequence[Any], slots: Slots) -> Iterator[Run]:
    """The ways in which it can be called."""
    for shape in (*SHAPES, EACH[0]) if len(slots.gradients) == 1 else EACH:
        for start in _starts(slots, shape, made):
            yield _walk(fresh(), slots, shape, start)


def _judge_moves(
    entry: Definition, promised: str, slots: Slots, runs: Callable[[Slots], Iterator[Run]]
) -> FunctionGrade:
    """The verdict on the first of its runs that has steps; where it is right, on what it does with a weight decay."""
    base, still, raised = FunctionGrade(entry.theirs, Outcome.CANNOT_JUDGE, entry.theirs, entry.line), None, ""
    for run in runs(slots):
        if run.misshapen or any(move.any() for move in run.moves.values()):
            break
        raised = raised or run.raised
        still = still or (run if run.moves else None)
    else:
        if still is None:
            return said(base, Verdict(f"it raises {raised}" if ":" in raised else raised))
        run = still
    if run.misshapen:
        return said(base, Verdict(run.misshapen, f"{run.misshapen}: the gradient of another parameter is in it."))
    hyper, handed_t = slots.hyper(), "t" in slots.roles.values() or run.filled_t
    tried_with = [hyper, {role: one for role, one in hyper.items() if role == "rate"}]
    configured = any(re.fullmatch(CONFIG, squeezed(name)) for name in slots.state)
    if configured:  # where it looks for what is not there it has its own
        hyper = {role: value for role, (_, value) in KNOWN.items() if role in ("rate", "beta", "beta1", "beta2")}
        tried_with = [hyper, {"rate": hyper["rate"]}, {}]
    every = [verdict(promised, run.moves, run.G, one, handed_t=handed_t) for one in tried_with]
    told = next((one for one in every if not one.says), None) or next((one for one in every if one.why), every[0])
    if every[0].says and not told.says and not configured:
        unused = " and ".join(name for name, role in slots.roles.items() if role.startswith("beta"))
        told = Verdict(f"{unused} is not used", f"{unused} is not used: it reckons with another number.")
    if told.why and run.lost:
        told = Verdict("what it remembers could not be handed on from one step to the next")
    if told.why and run is still and not (promised or re.search(SURELY, squeezed(entry.theirs))):
        told = Verdict("the parameters stay where they are: whether it is to move them is not known")
    if told.why and re.search(OTHERS, entry.theirs.lower()):
        told = Verdict("an optimizer that is in no table")
    if not told.says and (decay := next((name for name, role in slots.roles.items() if role == "decay"), "")):
        used = tried_with[every.index(told)] if told in every else {}
        told = _with_decay(decay, told, promised, slots, runs, used, handed_t=handed_t)
    return said(base, told)


def _with_decay(
    name: str,
    told: Verdict,
    promised: str,
    slots: Slots,
    runs: Callable[[Slots], Iterator[Run]],
    hyper: Mapping[str, float],
    *,
    handed_t: bool,
) -> Verdict:
    """The verdict, with what is to be said of the weight decay that it takes as the argument `name`."""
    pulled = replace(slots, given=slots.given | {name: LAMBDA})
    run = next((one for one in runs(pulled) if any(move.any() for move in one.moves.values())), None)
    if run is None:
        return told._replace(note="; ".join(one for one in (told.note, f"tried with {name} = 0 alone") if one))
    found = judge_decay(name, promised, run.moves, run.theta, run.G, hyper, handed_t=handed_t)
    notes = "; ".join(one for one in (told.note, found.note) if one)
    return found if found.why else told._replace(note=notes)


def said(base: FunctionGrade, found: Verdict) -> FunctionGrade:
    """The verdict as a row."""
    if found.why:
        return replace(
            base, outcome=Outcome.FAIL, says=found.says, cause=Cause("optimizer", found.why), cells=found.cells
        )
    if found.says:
        return replace(base, says=found.says)
    outcome = Outcome.CONVENTION if found.note else Outcome.PASS
    return replace(base, outcome=outcome, conventions=(found.note,) if found.note else ())


# ── what makes the state ─────────────────────────────────────────────────────────────────────────────────────────────


def _makes_state(entry: Definition, promised: str) -> bool:
    short = squeezed(entry.name)
    pattern = PROMISED.get(promised, "adam|rms") + "|velocit|moment|optim|state|cache"
    of_another = any(re.search(p, short) for family, p in PROMISED.items() if family != promised)
    takes = entry.required == 1 and re.fullmatch(PARAMETERS, squeezed(entry.parameters[0]))
    return bool(re.match("init|zeros|create|make|get|setup", short) and re.search(pattern, short) and takes) and (
        not of_another or re.search(PROMISED.get(promised, "$^"), short) is not None
    )


def _made(session: Session, makers: Sequence[Definition]) -> tuple[list[Any], list[FunctionGrade]]:
    """The states that they make, and a verdict on each: zeros, shaped as the parameters are."""
    found, rows = [], []
    for entry in makers:
        for shape in (*SHAPES[1:], EACH[0]):
            theta, _ = _drawn(shape, ["W1"])
            answer = session.call(entry.theirs, list(shape.laid(theta, ["W1"]).values()))
            arrays = dict(flat(answer.value)) if answer.raised is None else {}
            if not arrays:
                continue
            base = FunctionGrade(entry.theirs, Outcome.PASS, entry.theirs, entry.line)
            says, cell = _off(arrays, theta)
            if says:
                base = said(base, Verdict(says, sentence(says), cells=cell))
            else:
                found.append(answer.value)
            rows.append(base)
            break
    return found, rows


def _off(arrays: Mapping[Any, Array], theta: Mapping[str, Array]) -> tuple[str, tuple[Cell, ...]]:
    """What is wrong with arrays that must be zeros, one or several for each parameter."""
    for path, value in arrays.items():
        name = next((one for one in theta if str(path[-1][1]).endswith(one)), "") if path else ""
        if value.ndim and value.any():
            cell = Cell("before the first step", str(path[-1][1]) if path else "state", (), float(value.flat[0]), 0.0)
            return "what is remembered does not start from 0", (cell,)
        if name and value.shape != theta[name].shape:
            return f"of {name} {theta[name].shape} it remembers {value.shape}", ()
    ends = [str(path[-1][1]) for path in arrays if path]
    has = [name for name in theta if any(end.endswith(name) for end in ends)]
    lacks = [name for name in theta if name not in has]
    return (f"there is nothing for {', '.join(lacks)}" if has and lacks else ""), ()
