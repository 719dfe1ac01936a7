"""Speaks to the functions of one file: asks each for the answer to a case, and stands in for the others meanwhile.

What a function is given, and what it returns, is translated by the file's dialect. In which order a function returns its
numbers, and in what structure, is read off its own answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from numpynet import names
from numpynet.check.bearable import check_bearable
from numpynet.check.cases import TRAINING_SEED, Case, Maker
from numpynet.check.contract import DISPENSABLE, OPERATIONS, WIDTHS
from numpynet.check.dialect import HOLDS, Dialect, Keys, as_array, keys_of
from numpynet.check.reader import Reader
from numpynet.check.reference import refer
from numpynet.check.result import Called, Observation, right
from numpynet.check.template import Each, Leaf, Path, at, filled, held, is_known, leaves, named, names_in, repaired
from numpynet.check.traits import Trait
from numpynet.printable import listed, printable
from numpynet.sandbox import Answer, InPlace, Odd
from numpynet.problem import make_architecture
from numpynet.types import Architecture, Array

OF_THE_CASE = {"learning_rate", "nn_architecture"}
SCALARS = ("cost", "accuracy")
FORWARD_OF = {  # whose cache a backward function gets
    "single_layer_backward_propagation": "single_layer_forward_propagation",
    "linear_backward": "linear_forward",
}
LONGEST_NAME = 40


@dataclass(frozen=True)
class Manner:
    """How one function speaks: its traits, where in what it returns its numbers are, the keys of what it makes.

    `whole` is the structure that it returns, with names in the place of numbers; `shape` that of a cost; `activation`
    the one that it computes, where it is not told which.
    """

    traits: tuple[Trait, ...] = ()
    places: Mapping[str, Path] = field(default_factory=dict)
    whole: Any = None
    keys: Keys = field(default_factory=dict)
    shape: tuple[int, ...] | None = None
    activation: str = ""
    makes_new: bool = False  # update returns new weights, and leaves the old ones as they are

    @property
    def is_plain(self) -> bool:
        """Whether whoever calls the function need not know of it."""
        return not (self.traits or self.places or self.keys)


PLAIN = Manner()


@dataclass(frozen=True)
class Asked:
    """A case that was put to a function, and what came back."""

    case: Case
    given: Mapping[str, Any]
    answer: Answer
    called: tuple[Called, ...]
    held: Mapping[str, Any] | None = None  # the weights that the file's object keeps after it


class Speaker:
    """The functions of one file in its dialect. `manners` grow as the functions are judged."""

    def __init__(self, reader: Reader, dialect: Dialect, maker: Maker) -> None:
        self.reader, self.session, self.dialect, self.maker = reader, reader.session, dialect, maker
        self.found, self.roles = reader.functions, reader.roles
        self.manners: dict[str, Manner] = {}
        self.own_memory = dialect.own_memory  # backward propagation gets what the file's own forward filed
        self.repaired: set[str] = set()  # whose cache is taken as it should be, not as it is
        self.strict = False  # forward propagation must file all that the tutorial's does
        self.stuck = False
        self.case = Case("", {})  # that is being asked

    def manner(self, name: str) -> Manner:
        """How a function speaks, as far as it is known."""
        return self.manners.get(name, PLAIN)

    def speaking(self) -> Dialect:
        """The dialect, with the keys of the dicts that were seen to be made."""
        made = [self.manner(name).keys for name in ("init_layers", "full_forward_propagation", "full_backward_propagation")]
        keys = dict(self.dialect.keys)
        for one in made:
            keys |= one
        return replace(self.dialect, keys=keys)

    # ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def observe(
        self, name: str, manner: Manner | None = None, *, own: bool = False, quick: bool = False
    ) -> tuple[list[Observation], Manner]:
        """What the function returns for its cases, and the manner in which that is right, or nearly so."""
        manner = manner or self.manner(name)
        asked = self.asked(name, manner, own=own, quick=quick)
        plain = replace(manner, places={}, keys={})
        best = self._read_all(name, asked, plain), plain
        if not any(one.fails for one in best[0]):
            return best[0], self._named(name, asked, best[1])
        for other in self.learned(name, asked, plain):
            seen = self._read_all(name, asked, other)
            if _wrong(seen) < _wrong(best[0]):
                best = seen, other
        return best[0], self._named(name, asked, best[1])

    def asked(self, name: str, manner: Manner, *, own: bool = False, quick: bool = False) -> list[Asked]:
        """The function's cases, put to it in that manner."""
        found: list[Asked] = []
        for case in self.cases(name, manner):
            if quick and (len(found) == QUICK or case.raises):
                break
            if case.large and any(_is_wrong(self.read(name, one, manner)) for one in found if not one.case.raises):
                continue
            for trait in manner.traits:
                if trait.expected is not None and not case.raises and not case.nan:
                    case = replace(case, expected=trait.expected(name, case))
            for trait in manner.traits:
                if trait.arguments is not None:
                    case = replace(case, arguments=trait.arguments(name, case))
            found.append(self.ask(name, case, own=own))
            raised = found[-1].answer.raised
            if raised and raised.kind in ("timeout", "died"):
                break
        return found

    def cases(self, name: str, manner: Manner) -> Iterator[Case]:
        """Those that the function can be given."""
        takes = self.roles[name] or ()
        for case in self.maker.cases(name):
            if case.default and self._must_be_given(name, case.default):
                continue
            activation = case.arguments.get("activation")
            if "activation" in OPERATIONS[name].arguments and "activation" not in takes and (
                case.raises or activation != (manner.activation or "relu")
            ):  # fmt: skip
                continue
            layers = case.arguments.get("nn_architecture")
            if layers is not None and not self._can_express(name, layers):
                continue
            if name == "init_layers" and "seed" not in case.arguments and self._is_required(name, "seed"):
                continue
            yield case

    def _can_express(self, name: str, layers: Architecture) -> bool:
        two = "n_x" in (self.roles[name] or ())
        return self.dialect.can_express(layers) and (not two or len(layers) == 2)

    def _is_required(self, name: str, role: str) -> bool:
        roles = self.roles[name] or []
        return role in roles and roles.index(role) < self.found[name].required

    def _must_be_given(self, name: str, role: str) -> bool:
        return role not in (self.roles[name] or ()) or self._is_required(name, role)

    def ask(self, name: str, case: Case, *, own: bool = False) -> Asked:
        """One case; the reference stands in for the file's other functions, or with `own` they themselves."""
        log: list[Called] = []
        self.case = case
        others = {} if own else self.others(name, log)
        given = self.given(name, case)
        self._set_up(name, case)
        answer = self.raw(name, given, others)
        keeps = name == "update" and self.dialect.holder is not None and "params_values" not in (self.roles[name] or ())
        return Asked(case, given, answer, tuple(log), self.speaking().taken(self.session) if keeps else None)

    def raw(
        self,
        name: str,
        arguments: Mapping[str, Any],
        others: Mapping[str, Any] | None = None,
        callback: str | None = None,
    ) -> Answer:
        """Call a function of the file with arguments by role, each where the file wants it."""
        answer = self.reader.call(name, arguments, others, callback)
        self.stuck |= answer.raised is not None and answer.raised.kind in ("timeout", "died")
        return answer

    def _set_up(self, name: str, case: Case) -> None:
        """Make the object of a method's class for this network, and give it these weights, if it keeps them."""
        found, roles = self.found[name], self.roles[name] or ()
        kept = {"params_values", "nn_architecture"} & set(case.arguments) - set(roles)
        if found.kind != "method" or not kept:
            return
        dialect = self.speaking()
        if found.owner in self.reader.unmade and "nn_architecture" in case.arguments:
            self.session.make(found.owner, [dialect.theirs("nn_architecture", case.arguments["nn_architecture"])])
        if "params_values" in kept:
            dialect.give(self.session, case.arguments["params_values"])

    def given(self, name: str, case: Case) -> dict[str, Any]:
        """The case's arguments as the file wants them, by role."""
        roles, dialect, arguments = self.roles[name] or (), self.speaking(), dict(case.arguments)
        if name == "full_backward_propagation" and "X" in roles:
            arguments["X"] = arguments["memory"]["A0"]
        if name == "get_cost_value" and "params_values" in roles:
            arguments["params_values"] = {}
        given = {role: dialect.theirs(role, value) for role, value in arguments.items()}
        layers = arguments.get("nn_architecture")
        if layers:
            widths = [layers[0]["input_dim"], *(layer["output_dim"] for layer in layers)]
            given |= dict(zip(WIDTHS, (widths[0], widths[1], widths[-1]), strict=True))
        if "cache" in roles:
            given["cache"] = self._cache(name, arguments)
        if name == "full_backward_propagation":
            given["memory"] = self._memory(case)
        return given

    def _cache(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """What the forward function of the layer would have kept of these numbers."""
        forward = FORWARD_OF[name]
        theirs = self.speaking().theirs
        cache = self._kept_by(forward)
        if cache is not None and forward in self.repaired:
            cache = repaired(cache, NEEDED[name])
        if cache is not None and is_known(cache):
            pool = {**arguments, "Z": refer("linear_forward", dict(arguments)), **arguments}
            return filled(cache, pool, theirs)
        if forward in self.found and self.roles[forward] is not None:
            case = Case("", {role: arguments[role] for role in OPERATIONS[forward].arguments if role in arguments})
            value = self.raw(forward, self.given(forward, case), self.others(forward, [])).value
            if isinstance(value, (tuple, list)) and len(value) > 1:
                return value[1 if isinstance(value[0], np.ndarray) else 0]
        usual = CACHES[name]
        return filled(usual, arguments, theirs)

    def _kept_by(self, forward: str) -> Any:
        """What of a forward function's answer is its cache: all that is not its result."""
        whole = self.manner(forward).whole
        result = OPERATIONS[forward].results[0]
        if not isinstance(whole, tuple) or len(whole) != 2:
            return None
        rest = [item for item in whole if item != Leaf(result)]
        return rest[0] if len(rest) == 1 else None

    def _memory(self, case: Case) -> Any:
        """What forward propagation filed: built of the right numbers, or what the file's own returns."""
        arguments, dialect = case.arguments, self.speaking()
        L = len(arguments["nn_architecture"])
        pool = {**arguments["params_values"], **arguments["memory"], names.A(L): arguments["Y_hat"],
                "X": arguments["memory"]["A0"], "Y_hat": arguments["Y_hat"]}  # fmt: skip
        whole = self.manner("full_forward_propagation").whole
        place = self.manner("full_forward_propagation").places.get("memory", (1,))
        memory = at_template(whole, place)
        if memory is not None and not isinstance(memory, (Leaf, dict)) and not _has_layers((memory,)):
            cache = self._kept_by("single_layer_forward_propagation")
            if isinstance(memory, (list, Each)) and cache is not None and is_known(cache):
                memory = Each(_of_first_layer(cache))
        if not self.own_memory and memory is not None and is_known(memory) and not isinstance(memory, (Leaf, dict)):
            return filled(memory, pool, dialect.theirs, L)
        if self.own_memory:
            value = self.forward(case.arguments).value
            found = at(value, place) if place else value
            if isinstance(found, (dict, list, tuple)):
                return found
        return dialect.theirs("memory", {**arguments["memory"], names.A(L): arguments["Y_hat"]})

    def forward(self, arguments: Mapping[str, Any]) -> Answer:
        """The file's own forward propagation, with its own helpers."""
        forward = Case("", {"X": arguments["memory"]["A0"], **{role: arguments[role] for role in ("params_values", "nn_architecture")}})
        self._set_up("full_forward_propagation", forward)
        return self.raw("full_forward_propagation", self.given("full_forward_propagation", forward))

    # ── standing in ──────────────────────────────────────────────────────────────────────────────────────────────────

    def others(self, name: str, log: list[Called]) -> dict[str, Any]:
        """The reference in place of every other function that the file has."""
        tops = ("full_forward_propagation", "full_backward_propagation") if self.own_memory else ()
        return {
            found.theirs: self.stand_in(other, log)
            for other, found in self.found.items()
            if other != name and self.can_be_replaced(other) and other not in tops
        }

    def can_be_replaced(self, name: str) -> bool:
        """The reference can stand in for it: all that is needed is handed over, and what it returns is known."""
        roles = self.roles[name]
        if roles is None:
            return False
        known, whole = set(roles), self.manner(name).whole
        if "cache" in known:
            cache = self._kept_by(FORWARD_OF[name])
            if cache is None or not is_known(cache) or not NEEDED[name] <= set(names_in(cache)):
                return False
            known |= set(OPERATIONS[name].arguments)
        if name == "init_layers" and set(WIDTHS) <= known:
            known.add("nn_architecture")
        if name == "full_forward_propagation" and isinstance(whole, tuple) and not all(map(is_known, whole)):
            return False
        return set(OPERATIONS[name].arguments) - DISPENSABLE - OF_THE_CASE - {"Y_hat" if "memory" in known else ""} <= known

    def stand_in(self, name: str, log: list[Called]) -> Any:
        """What answers for a function: in its own way of speaking, by the reference."""
        found, roles, dialect, manner = self.found[name], self.roles[name] or [], self.speaking(), self.manner(name)

        def reply(args: list[Any], kwargs: dict[str, Any]) -> Any:
            given = dict(zip(roles, args, strict=False))
            for parameter, value in kwargs.items():
                if parameter in found.parameters[: len(roles)]:
                    given[roles[found.parameters.index(parameter)]] = value
            cache = given.pop("cache", None)
            ours = {role: dialect.ours(role, value) for role, value in given.items()}
            if "cache" in roles:
                ours |= held(self._kept_by(FORWARD_OF[name]), cache, dialect.ours)
            if "n_x" in ours:
                ours["nn_architecture"] = [ours.pop(role) for role in WIDTHS]
            if _are_widths(ours.get("nn_architecture")):
                ours["nn_architecture"] = make_architecture(ours["nn_architecture"], *self.maker.activations.values())
            if name == "full_backward_propagation" and "Y_hat" not in roles:
                ours["Y_hat"] = ours["memory"][names.A(len(self.case.arguments["nn_architecture"]))]
            if manner.activation:
                ours["activation"] = manner.activation
            for role in OF_THE_CASE:  # what the function does not hand over is as the case has it
                if role in OPERATIONS[name].arguments and role not in ours and role in self.case.arguments:
                    ours[role] = self.case.arguments[role]
            if name == "init_layers" and "seed" not in roles:
                ours["seed"] = TRAINING_SEED
            check_bearable(name, ours)
            log.append(Called(name, _kept(ours)))
            reference = next((one.reference for one in manner.traits if one.reference), refer)
            result = reference(name, dict(ours))
            log[-1] = replace(log[-1], result=result)
            return self._told(name, ours, result, args)

        return reply

    def _told(self, name: str, given: Mapping[str, Any], result: Any, args: Sequence[Any]) -> Any:
        """A result as the file's own function gives it."""
        dialect, manner, roles = self.speaking(), self.manner(name), OPERATIONS[name].results
        results = dict(zip(roles, result if len(roles) > 1 else (result,), strict=True))
        taken = self.roles[name] or []
        if name == "full_forward_propagation":
            last = names.A(len(given["nn_architecture"]))
            results["memory"] = {**results["memory"], last: results["Y_hat"]}
        if name == "update" and "params_values" in taken and not manner.makes_new:
            return InPlace(taken.index("params_values"), dialect.theirs("params_values", results["params_values"]))
        if manner.shape is not None:
            return np.reshape(result, manner.shape)
        if manner.whole is not None and not isinstance(manner.whole, (Leaf, dict)):
            pool = {**given, **{role: item for role, item in results.items() if role not in HOLDS}, "": args[0] if args else None}
            for role in HOLDS:
                pool |= results.get(role, {}) | given.get(role, {}) | {role: results.get(role)}
            pool.setdefault(names.A(len(given.get("nn_architecture", ()))), results.get("Y_hat"))
            return filled(manner.whole, pool, lambda role, value: dialect.theirs(role, value) if role else value, len(given.get("nn_architecture", ())))
        theirs = tuple(dialect.theirs(role, item) for role, item in results.items())
        return theirs if len(theirs) > 1 else theirs[0]

    def without(self, name: str, failing: Sequence[Observation]) -> str | None:
        """Where every failure is a call of another function whose arguments are not known: what is said of that."""
        for other, one in self.found.items():
            if self.roles[other] is None and other != name:
                if all(shown.raised and f"{one.name}()" in shown.raised.text for shown in failing):
                    return f"it cannot be judged without {one.theirs}, whose arguments are not known"
        return None

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _read_all(self, name: str, asked: Sequence[Asked], manner: Manner) -> list[Observation]:
        return [self.read(name, one, manner) for one in asked]

    def read(self, name: str, asked: Asked, manner: Manner) -> Observation:
        """The numbers of an answer, by the contract's names."""
        case, answer = asked.case, asked.answer
        if answer.raised is not None:
            return Observation(case, problem=answer.raised.text, raised=answer.raised, called=asked.called)
        changed = self._changed(name, asked)
        if case.raises:
            return Observation(case, changed=changed, called=asked.called)
        value, notes = answer.value, []
        if name == "update":
            value, notes = self._updated(asked)
        if value is None:
            return Observation(case, problem="it returns None", nothing=True, called=asked.called)
        items = self._items(name, value, manner)
        if isinstance(items, str):
            return Observation(case, problem=items, changed=changed, called=asked.called)
        seen = self._numbers(name, case, items, manner)
        return replace(seen, changed=changed, called=asked.called, notes=(*notes, *seen.notes))

    def _updated(self, asked: Asked) -> tuple[Any, list[str]]:
        """The weights after a step: what is returned, or what was left in the argument or the object."""
        roles, answer = self.roles["update"] or [], asked.answer
        if asked.held is not None:
            return dict(asked.held), []
        if answer.value is not None or "params_values" not in roles:
            return answer.value, []
        place = roles.index("params_values")
        after = answer.arguments[place] if place < len(answer.arguments) else None
        return after, ["it changes params_values in place and returns nothing"] if after is not None else []

    def _items(self, name: str, value: Any, manner: Manner) -> dict[str, Any] | str:
        """What was returned under each role; a sentence where there is too little of it."""
        roles = OPERATIONS[name].results
        if manner.places:
            return {role: at(value, path) for role, path in manner.places.items()}
        if len(roles) == 1:
            return {roles[0]: value[0] if isinstance(value, tuple) and len(value) == 1 else value}
        if not isinstance(value, (tuple, list)) or len(value) < len(roles):
            return f"it returns {_described(value)}, not {len(roles)} values"
        return dict(zip(roles, value, strict=False))

    def _numbers(self, name: str, case: Case, items: Mapping[str, Any], manner: Manner) -> Observation:
        values: dict[str, Array] = {}
        dialect = replace(self.speaking(), keys={**self.speaking().keys, **manner.keys})
        notes: list[str] = []
        for role, item in items.items():
            if role in HOLDS:
                found = self._dict_of(name, role, item, case, dialect)
                if isinstance(found, Observation):
                    return found
                if found is None:  # a layout of its own
                    case = replace(case, expected={key: one for key, one in case.expected.items() if key in values})
                    continue
                of_role = found
            else:
                of_role = {role: self._scalar(role, dialect.ours(role, item), notes)}
            for key, one in of_role.items():
                array = as_array(one)
                if array is not None:
                    values[str(key)] = array
                elif isinstance(one, Odd):
                    what = f"{printable(str(key), LONGEST_NAME)} is a {one.type_name}"
                    return Observation(case, problem=f"{what}, not a plain array of numbers")
        if name == "full_forward_propagation":
            case = replace(case, expected=self._filed(case, values))
        missing = [key for key in case.expected if key not in values]
        if missing:
            there = listed(values) if values else "nothing"
            return Observation(case, values, problem=f"{', '.join(missing)} missing; there is {there}")
        return Observation(case, values, notes=tuple(notes))

    def _filed(self, case: Case, values: Mapping[str, Array]) -> Mapping[str, Any]:
        """What must be in the memory: all of it, or what is there, as long as backward propagation needs no more."""
        there = {key: one for key, one in case.expected.items() if key in values}
        return case.expected if self.strict or len(there) < 2 else there

    def _dict_of(self, name: str, role: str, item: Any, case: Case, dialect: Dialect) -> Any:
        """A dict of a role by the tutorial's names; None where it has a layout of its own, or why it cannot be."""
        if role == "memory" and (dialect.opaque_memory or not isinstance(item, dict)):
            return self._by_template(item, case) if isinstance(item, (list, tuple)) or dialect.opaque_memory else None
        ours = dialect.ours(role, item)
        if not isinstance(ours, dict):
            return Observation(case, problem=f"{role} is {_described(item)}, not a dict")
        if role == "params_values" and name == "init_layers" and any(key not in case.expected for key in ours):
            seen = {key: array for key, one in ours.items() if (array := as_array(one)) is not None}
            return Observation(case, seen, f"the keys are {listed(item)}; expected {', '.join(case.expected)}")
        return ours

    def _by_template(self, item: Any, case: Case) -> Mapping[str, Any] | None:
        """The numbers of a memory that is no dict, where each of them is one of the step's."""
        pool = self._pool("full_forward_propagation", case)
        template = named(item, pool, self.speaking().ours)
        if not is_known(template):
            return None
        try:
            found = held(template, item, self.speaking().ours)
        except (LookupError, TypeError):
            return None
        kept = {key: one for key, one in found.items() if key in case.expected}
        return {**{key: one.value for key, one in case.expected.items() if key != "Y_hat"}, **kept}

    def _scalar(self, role: str, value: Any, notes: list[str]) -> Any:
        array = as_array(value)
        if role in SCALARS and array is not None and array.shape != () and array.size == 1:
            notes.append(f"the {role} has shape {array.shape}; the tutorial makes it a scalar")
            return array.reshape(())
        return value

    # ── learning ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def learned(self, name: str, asked: Sequence[Asked], manner: Manner = PLAIN) -> Iterator[Manner]:
        """Manners in which what was returned may be read, off what was returned itself."""
        seen: list[Manner] = []
        for one in asked:
            if one.answer.raised or one.case.raises or one.case.nan or one.answer.value is None:
                continue
            places = self._places(name, one)
            for keys in self._keys(name, one, places):
                other = replace(manner, places=places, keys=keys)
                if other not in seen and not other.is_plain:
                    seen.append(other)
                    yield other
            if len(seen) > MOST_LEARNED:
                return

    def _places(self, name: str, asked: Asked) -> dict[str, Path]:
        """Where in the answer each of the results is, by its numbers; empty where that is where it should be."""
        roles, value, dialect = OPERATIONS[name].results, asked.answer.value, self.speaking()
        if not isinstance(value, (tuple, list, dict)) or (len(roles) == 1 and roles[0] in HOLDS and isinstance(value, dict)):
            return {}
        there, found = leaves(value), {}
        for role in roles:
            exact = asked.case.expected.get(role)
            for path, leaf in there if role not in HOLDS and exact is not None else ():
                array = as_array(dialect.ours(role, leaf))
                if array is not None and role in SCALARS and array.size == 1:
                    array = array.reshape(())
                if path not in found.values() and right(array, exact):
                    found[role] = path
                    break
        tops = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
        for role in roles:
            if role in HOLDS:
                dicts = [(key,) for key, item in tops if isinstance(item, dict)]
                rest = [(key,) for key, item in tops if isinstance(item, (list, tuple, Odd)) and (key,) not in found.values()]
                found[role] = (dicts or rest or [()])[0]
        for number, role in enumerate(roles):
            if role not in found:
                free = [(key,) for key, item in tops if (key,) not in found.values() and not isinstance(item, (dict, list, tuple))]
                usual = (number,) if (number,) in free else next(iter(free), None)
                if usual is None:
                    continue
                found[role] = usual
        usual_places = {role: (number,) for number, role in enumerate(roles)}
        return {} if found == usual_places and len(roles) > 1 else found

    def _keys(self, name: str, asked: Asked, places: Mapping[str, Path]) -> list[Keys]:
        """The keys of the dict that the function makes, as its own answer has them."""
        role = next((role for role in OPERATIONS[name].results if role in HOLDS), None)
        if role is None or name in ("update", "train"):
            return [{}]
        path = places.get(role, () if len(OPERATIONS[name].results) == 1 else (1,))
        item = at(asked.answer.value, path)
        if not isinstance(item, dict):
            return [{}]
        keys = keys_of(item, role)
        first = keys.get("A", ("A", 0))
        return [keys, {**keys, "A": (first[0], first[1] - 1)}] if role == "memory" and keys.get("A") else [keys, {}]

    def _named(self, name: str, asked: Sequence[Asked], manner: Manner) -> Manner:
        """The manner with the structure of all that the function returns, and the shape of its cost."""
        useful = [one for one in asked if not one.answer.raised and not one.case.raises and one.answer.value is not None]
        if not useful:
            return manner
        found = [self._named_by(name, one, manner) for one in useful[:3]]
        return next((one for one in found if _has_layers(one.whole)), found[0])

    def _named_by(self, name: str, one: Asked, manner: Manner) -> Manner:
        value, roles = one.answer.value, OPERATIONS[name].results
        if name == "update" and "params_values" in (taken := self.roles[name] or []):
            place, after = taken.index("params_values"), one.answer.arguments
            kept = place < len(after) and not list(_differences("", one.given["params_values"], after[place]))
            return replace(manner, makes_new=kept)
        if roles[0] in SCALARS and isinstance(value, np.ndarray) and value.size == 1 and value.shape:
            return replace(manner, shape=value.shape)
        if name in ("init_layers", "update", "train", "full_backward_propagation"):
            return manner
        dialect = replace(self.speaking(), keys={**self.speaking().keys, **manner.keys})
        whole = named(value, self._pool(name, one.case), dialect.ours)
        usual = {role: (k,) for k, role in enumerate(roles)} if len(roles) > 1 else {}
        for role, path in (manner.places or usual).items():
            if role in HOLDS and isinstance(at(value, path), dict):
                whole = _put(whole, path, Leaf(role))
            elif role not in HOLDS and not isinstance(value, np.ndarray):
                whole = _put(whole, path, Leaf(role))
        return replace(manner, whole=whole)

    def _pool(self, name: str, case: Case) -> dict[str, Any]:
        """Every number that a structure of the function's may hold, by name."""
        pool: dict[str, Any] = {}
        for role, value in case.arguments.items():
            pool |= value if role in HOLDS else {role: value}
        results = {key: one.value for key, one in case.expected.items()}
        layers = case.arguments.get("nn_architecture")
        if name == "full_forward_propagation" and layers:
            results[names.A(len(layers))] = results.pop("Y_hat")
            pool.pop("X", None)
        return {**results, **pool}

    def _changed(self, name: str, asked: Asked) -> tuple[str, ...]:
        """The arguments that the function may only read, and changed."""
        found, roles, answer = self.found[name], self.roles[name] or [], asked.answer
        given = [role for role in roles if role in asked.given]
        after = dict(zip(given, answer.arguments, strict=False))
        after |= {
            role: answer.named[key] for role, key in zip(roles, found.parameters, strict=False) if key in answer.named
        }
        changed: list[str] = []
        for role, new in after.items():
            old = asked.given[role]
            if name == "update" and role == "params_values":
                continue
            if role == "params_values" and isinstance(old, dict) and isinstance(new, dict) and set(new) - set(old):
                changed.append(role)
            changed += _differences(role, old, new)
        return tuple(changed)


QUICK = 3  # cases that show whether a manner is worth more of them
MOST_LEARNED = 4
NEEDED = {"single_layer_backward_propagation": {"A_prev", "W", "Z"}, "linear_backward": {"A_prev", "W"}}
CACHES: dict[str, Any] = {
    "single_layer_backward_propagation": ((Leaf("A_prev"), Leaf("W"), Leaf("b")), Leaf("Z")),
    "linear_backward": (Leaf("A_prev"), Leaf("W"), Leaf("b")),
}


def _has_layers(template: Any) -> bool:
    """Whether a part of it is the same for every layer."""
    if isinstance(template, (tuple, list)):
        return any(map(_has_layers, template))
    return isinstance(template, Each)


def at_template(template: Any, path: Path) -> Any:
    """The part of a template at the path; None where there is none."""
    return at(template, path) if isinstance(template, (tuple, list, dict)) else None


def _of_first_layer(template: Any) -> Any:
    """A layer's template with the names that its numbers have in a network."""
    if isinstance(template, Leaf):
        return Leaf({"A_prev": "A0", "W": "W1", "b": "b1", "Z": "Z1", "A": "A1"}.get(template.name, template.name))
    if isinstance(template, dict):
        return {key: _of_first_layer(item) for key, item in template.items()}
    items = [_of_first_layer(item) for item in template]
    return tuple(items) if isinstance(template, tuple) else items


def _put(template: Any, path: Path, leaf: Leaf) -> Any:
    """The template with another part at the path."""
    if not path:
        return leaf
    if isinstance(template, dict):
        return {key: _put(item, path[1:], leaf) if key == path[0] else item for key, item in template.items()}
    if not isinstance(template, (tuple, list)):
        return template
    items = [_put(item, path[1:], leaf) if k == path[0] else item for k, item in enumerate(template)]
    return tuple(items) if isinstance(template, tuple) else items


def _wrong(seen: Sequence[Observation]) -> float:
    """How much of it is wrong: the share of the names, a call that fails otherwise as a whole one."""
    total = 0.0
    for one in seen:
        if one.fails:
            wrong = len(one.wrong())
            total += 1.5 if one.problem else 1.0 if not wrong else wrong / max(len(one.case.expected), 1)
    return total


def _is_wrong(one: Observation) -> bool:
    return one.fails


def _are_widths(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and all(type(one) is int for one in value)


def _differences(place: str, old: Any, new: Any) -> Iterator[str]:
    """Where what was handed over is no longer what it was. What was added to a dictionary is no difference."""
    if isinstance(old, np.ndarray):
        same = isinstance(new, np.ndarray) and old.shape == new.shape and np.array_equal(old, new, equal_nan=True)
        if not same:
            yield place
    elif isinstance(old, dict):
        for key, value in old.items():
            yield from _differences(f"{place}[{key!r}]", value, new.get(key) if isinstance(new, dict) else None)
    elif isinstance(old, (list, tuple)):
        if not isinstance(new, (list, tuple)) or len(new) != len(old):
            yield place
        else:
            for number, (one, other) in enumerate(zip(old, new, strict=True)):
                yield from _differences(f"{place}[{number}]", one, other)
    elif isinstance(old, (str, int)) and not (type(new) is type(old) and new == old):
        yield place


def _kept(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Of a call's arguments what a cause may be read from: numbers, names and arrays, not whatever else there is."""
    kept: dict[str, Any] = {}
    for role, value in arguments.items():
        if role in HOLDS and isinstance(value, dict):
            kept[role] = {key: item for key, item in value.items() if isinstance(item, np.ndarray)}
        elif isinstance(value, (int, float, np.ndarray)) or (isinstance(value, str) and len(value) <= LONGEST_NAME):
            kept[role] = value
        else:
            kept[role] = Odd(type(value).__name__)
    return kept


def _described(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, (tuple, list)):
        return f"{len(value)} values"
    return f"a {value.type_name}" if isinstance(value, Odd) else f"a {type(value).__name__}"


Reply = Callable[[list[Any], dict[str, Any]], Any]
