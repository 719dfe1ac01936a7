"""Somebody's file, read: which of its functions is which, and in what order each wants its arguments."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from numpynet import names
from numpynet.check.contract import ALPHA, activation_of, named_by_keys, roles_of
from numpynet.check.lists import lists_in
from numpynet.check.naming import NothingKnownError, find
from numpynet.check.spread import Spread, spread_in
from numpynet.printable import typed
from numpynet.sandbox import Answer, Definition, Limits, LoadError, Raised, Session
from numpynet.sandbox.launch import StandIn
from numpynet.sandbox.session import Isolation
from numpynet.types import Architecture

UNSENDABLE = "it cannot be given back what the file's own functions returned: only arrays, numbers and text can be sent"
UNKNOWN = "it takes every matrix by itself, and which is which could not be found out"
Arguments = tuple[Sequence[Any], Mapping[str, Any]]


@dataclass(frozen=True)
class Reading:
    """How somebody's file is to be read: `mapping` theirs → ours, the class that counts, what its object is made of.

    `isolation` is "none" for a file that its user trusts: then it runs with everything that is installed.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    class_name: str | None = None
    init: Arguments | None = None
    isolation: Isolation = "auto"


AS_IT_IS = Reading()

# Of the top level: a number of rows, or of columns where the rows are not counted, as in m, n = data.shape.
COUNTED = r"(?m)^(_ *, *)?{0} *(, *\w+ *)?= *([\w.]+\.shape\b|len\()"
BACK = "full_backward_propagation"
FAR = 2.0**30  # the rate of a backward pass that makes a step, too: beside so far a step the weights round nothing off


class Reader:
    """The file, open: `with Reader(path, AS_IT_IS, Limits()) as reader: reader.call("relu", {"Z": Z})`, or LoadError.

    `functions` are the file's by the contract's names, `roles` what each wants, in its own order: None where it is not
    known. `notes` is what is to be said of how it was read (`taken`: which of its names for which; `lacking`: what its
    objects want), `mapped` which of its names was taken for which.
    """

    def __init__(self, path: Path, reading: Reading, limits: Limits) -> None:
        self.path, self.reading = path, reading
        self.session = Session(path, limits=limits, isolation=reading.isolation)
        self.stand_ins: dict[str, None] = {}  # that took part in some call
        self.steps = False  # a backward pass has moved the weights
        self.examples = 1  # of the call to come, for a function that is given their number

    def __enter__(self) -> Reader:
        self.session.__enter__()
        try:
            self.read()
        except BaseException:
            self.session.close()
            raise
        return self

    def read(self) -> None:
        """Which functions of the loaded file are known. NothingKnownError where none is."""
        loaded, reading = self.session.loaded, self.reading
        self.functions, self.taken = self._found()
        sources = {name: self.session.source_of(one.theirs) or "" for name, one in self.functions.items()}
        self.spread: Mapping[str, Spread] = lists_in(self.functions, sources) or spread_in(self.functions, sources)
        self.functions |= {name: one.definition(self.functions[name]) for name, one in self.spread.items()}
        self.roles = {
            name: roles_of(name, named_by_keys(name, one.parameters, sources[name]), one.required)
            for name, one in self.functions.items()
        }
        self.roles |= {name: spread.roles(self.roles[name]) for name, spread in self.spread.items()}
        self.count = self._count(sources)
        self.mapped = {one.theirs: ours for ours, one in self.functions.items() if one.theirs != ours}
        broken = (f"{one}; the definitions around it are checked" for one in loaded.unparsed)
        self.notes = (*broken, *loaded.notes, *self.taken)
        self.notes += (f"{self.count} of the file's top level is taken to be the number of examples",) * bool(
            self.count
        )
        if reading.init is not None:
            self._make(*reading.init)
        self.lacking = tuple(
            f"{owner}.__init__ needs arguments that nobody gave: its methods run without what it keeps in self"
            for owner in self.unmade
        )
        self.notes += self.lacking

    def _count(self, sources: Mapping[str, str]) -> str:
        """The one name, neither argument nor assigned in them, by which functions divide, and which the top level
        counts by a shape; "" where there is none, or it may count something else than the examples."""
        found = set()
        for name, text in sources.items():
            own = {*self.functions[name].parameters, *re.findall(r"(?m)^ *(\w+) *(?:, *\w+ *)*=", text)}
            found |= {*re.findall(r"/ *\(?(?:\d\.? *\* *)?([A-Za-z_]\w*)\b(?![.(\[])", text)} - own
        counted = [one for one in found if self.session.contains(COUNTED.format(one))]
        return counted[0] if len(counted) == 1 else ""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.session.close()

    def _found(self) -> tuple[dict[str, Definition], tuple[str, ...]]:
        """The file's functions by the contract's names; LoadError where all that it has are modules of torch's."""
        loaded, reading = self.session.loaded, self.reading
        modules = set(loaded.torch)
        own = {theirs: one for theirs, one in loaded.functions.items() if one.owner not in modules}
        try:
            return find(replace(loaded, functions=own), reading.mapping, reading.class_name)
        except NothingKnownError as error:
            if modules and modules >= set(loaded.classes):
                raise LoadError(
                    f"{loaded.torch[-1]} is a module of torch's, and check judges NumPy: numpynet compare --torch "
                    f"{typed(self.path)}:{loaded.torch[-1]} compares it"
                ) from None
            if loaded.unparsed:
                raise NothingKnownError(f"{loaded.unparsed[0]}; and {error}") from None
            raise

    @property
    def owners(self) -> list[str]:
        """The classes whose methods are among the functions."""
        return sorted({one.owner for one in self.functions.values() if one.kind == "method"})

    @property
    def unmade(self) -> dict[str, Definition]:
        """Of these classes those whose object wants arguments that were not given, each with its `__init__`."""
        made = {owner: self.session.loaded.functions.get(f"{owner}.__init__") for owner in self.owners}
        return {
            owner: one for owner, one in made.items() if one is not None and one.required and self.reading.init is None
        }

    def _make(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """The object of the class, from `--init`."""
        owners = [self.reading.class_name] if self.reading.class_name else self.owners
        if len(owners) != 1:
            several = f"there are several, {', '.join(owners)}: name one with --class" if owners else "there is none"
            raise LoadError(f"--init gives arguments to the class whose methods are checked; {several}")
        answer = self.session.make(owners[0], args, kwargs)
        if answer.raised is not None:
            raise LoadError(f"{owners[0]} cannot be made of what --init gives: {answer.raised.text}")

    def made_for(self, nn_architecture: Architecture) -> bool:
        """Whether the objects that want an architecture, and nothing else, could be made of this one."""
        for owner, init in self.unmade.items():
            roles = roles_of("init_layers", init.parameters, init.required) or []
            if roles[: max(1, init.required)] != ["nn_architecture"]:  # what has a default may be anything
                return False
            if self.session.make(owner, [list(nn_architecture)]).raised is not None:
                return False
        return True

    def beside(self, name: str) -> dict[str, float]:
        """What the function is given besides, by role: no penalty, the number of examples, an activation's α."""
        every = {"λ": 0.0, "m": self.examples, "α": ALPHA.get(activation_of(name), 1.0)}
        every |= {"learning_rate": FAR} if name == BACK else {}
        return {role: value for role, value in every.items() if role in (self.roles[name] or ())}

    def call(
        self,
        name: str,
        arguments: Mapping[str, Any],
        stand_ins: Mapping[str, StandIn] | None = None,
        callback: str | None = None,
        **options: Any,
    ) -> Answer:
        """Call the file's function for one of the contract's, its arguments by role, each where the file wants it."""
        found, roles = self.functions[name], self.roles[name]
        assert roles is not None
        arguments = {**self.beside(name), **arguments}
        given = [role for role in roles if role is not None and role in arguments]
        positional = roles[: len(given)] == given
        args = [arguments[role] for role in given] if positional else []
        kwargs = {} if positional else {found.parameters[roles.index(role)]: arguments[role] for role in given}
        spread = self.spread.get(name)
        whole = spread.given(args, kwargs) if spread is not None else {}
        try:
            if spread is not None:
                args, kwargs = [], spread.unfolded(whole)
            if self.count:
                self.session.assign(self.count, self.examples)
            answer = self.session.call(found.theirs, args, kwargs, stand_ins, callback=callback, **options)
        except LookupError:
            return Answer(None, (), Raised("refused", UNKNOWN, None))
        except (TypeError, ValueError) as error:  # what the file returned before, and wants back now
            return Answer(None, (), Raised("refused", f"{UNSENDABLE} ({error})", None))
        self.stand_ins |= dict.fromkeys(answer.stand_ins)
        answer = answer if spread is None else spread.answer(answer, whole)
        if name != BACK or not self.makes_the_step:
            return answer
        theirs = found.parameters[roles.index("params_values")]
        moved = _by_its_step(answer, theirs, arguments["params_values"])
        self.steps |= moved is not answer
        return moved

    @property
    def makes_the_step(self) -> bool:
        """Whether the backward pass is given the rate, and the weights: then it may move these itself."""
        return {"learning_rate", "params_values"} <= {*(self.roles.get(BACK) or ())}


def _by_its_step(answer: Answer, theirs: str, weights: Any) -> Answer:
    """Of a backward pass that moves the weights, its argument `theirs`, and returns them or nothing: the gradients by
    which it did."""
    value = answer.named.get(theirs) if answer.value is None and answer.raised is None else answer.value
    if not isinstance(weights, Mapping) or not isinstance(value, Mapping) or {*value} != {*weights}:
        return answer
    arrays = {key: one for key, one in value.items() if isinstance(one, np.ndarray)}
    if all(np.abs(one).max(initial=0.0) < np.sqrt(FAR) for one in arrays.values()):
        return answer  # no step was made: these are the gradients
    moves = {key: (weights[key] - one) / FAR for key, one in arrays.items()}
    return replace(
        answer, value={names.d(key): one for key, one in moves.items()}, named={**answer.named, theirs: weights}
    )


def parse_init(text: str) -> Arguments:
    """The arguments of a constructor, literals only: "[2, 3, 1], seed=4". ValueError where it is something else."""
    try:
        call = ast.parse(f"f({text})", mode="eval").body
        if not isinstance(call, ast.Call) or any(keyword.arg is None for keyword in call.keywords):
            raise ValueError
        args = [ast.literal_eval(argument) for argument in call.args]
        kwargs = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        raise ValueError(
            f'{text!r}: expected the arguments of a constructor as Python literals, such as "[2, 3, 1], seed=4"'
        ) from None
    return args, kwargs
