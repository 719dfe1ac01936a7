"""Speaks to the functions of one file: asks each for the answer to a case, and stands in for the others meanwhile.

What a function is given, and what it returns, is translated by the file's dialect. In which order and structure it
returns its numbers is read off its own answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from numpynet import names
from numpynet.activations import ACTIVATIONS
from numpynet.check.answers import Answers
from numpynet.check.bearable import check_bearable
from numpynet.check.cases import TRAINING_SEED, Case, Maker
from numpynet.check.contract import CACHE_NAMES, DISPENSABLE, OPERATIONS, activation_of, depth_in, of_widths, widths_in
from numpynet.check.dialect import HOLDS, LONGEST_NAME, Dialect
from numpynet.check.learning import Learner, has_layers
from numpynet.check.manner import FORWARD_OF, NEEDED, PLAIN, Asked, Manner
from numpynet.check.reader import Reader
from numpynet.check.reference import refer
from numpynet.check.result import Called, Observation
from numpynet.check.template import Each, Leaf, Path, at, filled, held, is_known, is_numbered, names_in, repaired
from numpynet.check.traits import FROM_OUTPUT
from numpynet.problem import make_architecture
from numpynet.sandbox import Answer, InPlace, Odd
from numpynet.types import Architecture

QUICK = 3  # cases that show whether a manner is worth more of them
OF_THE_CASE = {"learning_rate", "nn_architecture"}


class Speaker:
    """The functions of one file in its dialect. `manners` grow as the functions are judged."""

    def __init__(self, reader: Reader, dialect: Dialect, maker: Maker) -> None:
        self.reader, self.session, self.dialect, self.maker = reader, reader.session, dialect, maker
        self.found, self.roles = reader.functions, reader.roles
        self.manners: dict[str, Manner] = {}
        self.own_memory = False  # backward propagation gets what the file's own forward filed
        self.repaired: set[str] = set()  # whose cache is taken as it should be, not as it is
        self.paired: dict[str, int] = {}  # slopes whose cache is a pair of Z and A, with the place of Z in it
        self.stays: set[str] = set()  # for which nothing stands in
        self.strict = False  # forward propagation must file all that the tutorial's does
        self.stuck = False
        self.case, self.own = Case("", {}), False  # that is being asked, and whether with its own helpers

    def manner(self, name: str) -> Manner:
        """How a function speaks, as far as it is known."""
        return self.manners.get(name, PLAIN)

    def speaking(self) -> Dialect:
        """The dialect, with the keys of the dicts that were seen to be made."""
        made = [
            self.manner(name).keys for name in ("init_layers", "full_forward_propagation", "full_backward_propagation")
        ]
        if not any(made) and self.dialect.own_memory == self.own_memory:
            return self.dialect
        keys = dict(self.dialect.keys)
        for one in made:
            keys |= one
        return replace(self.dialect, keys=keys, own_memory=self.own_memory)

    # ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def observe(
        self, name: str, manner: Manner | None = None, *, own: bool = False, quick: bool = False
    ) -> tuple[list[Observation], Manner]:
        """What the function returns for its cases, and the manner in which that is right, or nearly so."""
        manner = manner or self.manner(name)
        asked = self.asked(name, manner, own=own, quick=quick)
        plain, learner = replace(manner, places={}, keys={}), Learner(self.speaking(), self.roles)
        best = self.read_all(name, asked, plain), plain
        for other in learner.learned(name, asked, plain) if any(one.fails for one in best[0]) else ():
            seen = self.read_all(name, asked, other)
            if amiss(seen) < amiss(best[0]):
                best = seen, other
        return best[0], learner.named(name, asked, best[1])

    def read(self, name: str, asked: Asked, manner: Manner) -> Observation:
        """The numbers of an answer, by the contract's names."""
        from_output = any(FROM_OUTPUT in other.traits for other in (manner, *self.manners.values()))
        return Answers(self.speaking(), self.found, self.roles, self.strict, from_output).read(name, asked, manner)

    def read_all(self, name: str, asked: Sequence[Asked], manner: Manner) -> list[Observation]:
        """The same of several."""
        return [self.read(name, one, manner) for one in asked]

    def asked(self, name: str, manner: Manner, *, own: bool = False, quick: bool = False) -> list[Asked]:
        """The function's cases, put to it in that manner."""
        found: list[Asked] = []
        for case in self.cases(name, manner):
            if quick and (len(found) == QUICK or case.raises):
                break
            if case.large and any(self.read(name, one, manner).fails for one in found if not one.case.raises):
                continue
            case = due(name, case, manner)
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
            if layers is not None and not self.can_express(name, layers):
                continue
            if self.dialect.numbered and "Y" in case.arguments and not case.arguments["Y"][-1].any():
                continue  # by the greatest label the file may count its classes
            if name == "init_layers" and "seed" not in case.arguments and self._is_required(name, "seed"):
                continue
            yield case

    def can_express(self, name: str, layers: Architecture) -> bool:
        """Whether the function can be asked for such a network."""
        roles = self.roles[name] or ()
        depth, one = depth_in(roles), "n_y" not in roles  # an output, which is written into it
        fits = not depth or (depth == len(layers) and (not one or layers[-1]["output_dim"] == 1))
        return self.dialect.can_express(layers) and fits

    def _is_required(self, name: str, role: str) -> bool:
        roles = self.roles[name] or []
        return role in roles and roles.index(role) < self.found[name].required

    def _must_be_given(self, name: str, role: str) -> bool:
        return role not in (self.roles[name] or ()) or self._is_required(name, role)

    def ask(self, name: str, case: Case, *, own: bool = False) -> Asked:
        """One case; the reference stands in for the file's other functions, or with `own` they themselves."""
        log: list[Called] = []
        self.case, self.own = case, own
        others = {} if own else self.others(name, log)
        given = self.given(name, case)
        self.set_up(name, case)
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

    def set_up(self, name: str, case: Case) -> None:
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
        if name == "get_cost_value" and "params_values" in roles:  # a penalty on them is then 0
            numbers = range(1, (self.dialect.depth or 3) + 1)
            zeros = {names.W: np.zeros((2, 2)), names.b: np.zeros((2, 1))}
            arguments["params_values"] = {make(k): zero for k in numbers for make, zero in zeros.items()}
        given = {role: dialect.theirs(role, value) for role, value in arguments.items()}
        self.reader.examples = next((arguments[role].shape[-1] for role in ("Y", "A_prev") if role in arguments), 1)
        given |= self.reader.beside(name)
        layers = arguments.get("nn_architecture")
        if layers:
            widths = [layers[0]["input_dim"], *(layer["output_dim"] for layer in layers)]
            given |= of_widths(widths)
        if "cache" in roles:
            given["cache"] = self._cache(name, arguments)
        if (kept := self._kept_of_its_own(name, arguments)) is not None:
            given["Z"] = kept
        if name in self.paired:
            A = ACTIVATIONS[activation_of(name)].forward(arguments["Z"])
            given["Z"] = (given["Z"], dialect.theirs("A", A))[:: 1 - 2 * self.paired[name]]
        if name == "full_backward_propagation":
            given["memory"] = self._memory(case)
        return given

    def _cache(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """What the forward function of the layer would have kept of these numbers."""
        forward = FORWARD_OF[name]
        theirs = self.speaking().theirs
        cache = self.kept_by(forward)
        if cache is not None and forward in self.repaired:
            cache = repaired(cache, NEEDED[name])
        if cache is not None and is_known(cache):
            pool = {**arguments, "Z": refer("linear_forward", dict(arguments)), **arguments}
            activation = arguments.get("activation") or self.manner(name).activation
            pool["A"] = ACTIVATIONS[activation].forward(pool["Z"]) if activation in ACTIVATIONS else pool["Z"]
            return filled(cache, pool, theirs)
        if forward in self.found and self.roles[forward] is not None:
            case = Case("", {role: arguments[role] for role in OPERATIONS[forward].arguments if role in arguments})
            value = self.raw(forward, self.given(forward, case), self.others(forward, [])).value
            if isinstance(value, (tuple, list)) and len(value) > 1:
                return value[1 if isinstance(value[0], np.ndarray) else 0]
        usual = (Leaf("A_prev"), Leaf("W"), Leaf("b"))
        return filled(usual if name == "linear_backward" else (usual, Leaf("Z")), arguments, theirs)

    def _kept_of_its_own(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """What the activation itself keeps for the way back, where that is neither Z nor A: a mask, Z and a slope."""
        forward = name.removesuffix("_backward")
        whole = self.manner(forward).whole
        roles, forward_roles = self.roles[name] or [], self.roles.get(forward)
        if forward == name or "Z" not in roles or not forward_roles or not isinstance(whole, tuple) or len(whole) != 2:
            return None
        theirs = self.found[name].parameters[roles.index("Z")]
        if whole[1] in (Leaf("Z"), Leaf("A")) or not CACHE_NAMES.fullmatch(theirs):
            return None
        value = self.raw(forward, self.given(forward, Case("", {"Z": arguments["Z"]}))).value
        return value[1] if isinstance(value, (tuple, list)) and len(value) == 2 else None

    def kept_by(self, forward: str) -> Any:
        """What of a forward function's answer is its cache: all that is not its result."""
        whole = self.manner(forward).whole
        result = OPERATIONS[forward].results[0]
        if not isinstance(whole, tuple) or len(whole) != 2:
            return None
        rest = [item for item in whole if item != Leaf(result)]
        return rest[0] if len(rest) == 1 else None

    def _memory_template(self) -> Any:
        """The structure of a memory that is no dict; None where there is none."""
        manner = self.manner("full_forward_propagation")
        memory = at_template(manner.whole, manner.places.get("memory", (1,)))
        if isinstance(memory, list) and not has_layers((memory,)):
            cache = self.kept_by("single_layer_forward_propagation")
            if cache is not None and is_known(cache):
                memory = Each(_of_first_layer(cache))
        if isinstance(memory, Each) and "single_layer_forward_propagation" in self.repaired:
            memory = Each(repaired(memory.of, {"A0", "W1", "b1", "Z1"}), memory.start)
        return None if isinstance(memory, (Leaf, dict)) else memory

    def _memory(self, case: Case) -> Any:
        """What forward propagation filed: built of the right numbers, or what the file's own returns."""
        arguments, dialect = case.arguments, self.speaking()
        L, template = len(arguments["nn_architecture"]), self._memory_template()
        whole = {**arguments["memory"], names.A(L): arguments["Y_hat"]}
        if not self.own_memory and template is not None and is_known(template):
            pool = {**arguments["params_values"], **whole, "X": arguments["memory"]["A0"], "Y_hat": arguments["Y_hat"]}
            return filled(template, pool, dialect.theirs, L)
        if self.own_memory:
            value, place = (
                self.forward(arguments).value,
                self.manner("full_forward_propagation").places.get("memory", (1,)),
            )
            found = at(value, place) if place else value
            if isinstance(found, (dict, list, tuple)):
                return found
        return dialect.theirs("memory", whole)

    def forward(self, arguments: Mapping[str, Any]) -> Answer:
        """The file's own forward propagation, with the helpers of the case that is being asked."""
        name = "full_forward_propagation"
        given = {
            "X": arguments["memory"]["A0"],
            **{role: arguments[role] for role in ("params_values", "nn_architecture")},
        }
        forward = Case("", given)
        self.set_up(name, forward)
        return self.raw(name, self.given(name, forward), {} if self.own else self.others(name, []))

    # ── standing in ──────────────────────────────────────────────────────────────────────────────────────────────────

    def others(self, name: str, log: list[Called]) -> dict[str, Any]:
        """The reference in place of every other function that the file has."""
        tops = ("full_forward_propagation", "full_backward_propagation") if self.own_memory else ()
        return {
            found.theirs: self.stand_in(other, log)
            for other, found in self.found.items()
            if other != name and self.can_be_replaced(other) and other not in tops and other not in self.stays
        }

    def can_be_replaced(self, name: str) -> bool:
        """The reference can stand in for it: all that is needed is handed over, and what it returns is known."""
        roles = self.roles[name]
        if roles is None or name in self.reader.spread:
            return False
        known, whole = set(roles), self.manner(name).whole
        if "cache" in known:
            cache = self.kept_by(FORWARD_OF[name])
            if cache is None or not is_known(cache) or not NEEDED[name] <= set(names_in(cache)):
                return False
            known |= set(OPERATIONS[name].arguments)
        if name == "full_backward_propagation" and {"W1", "b1"} <= set(names_in(self._memory_template() or ())):
            known.add("params_values")
        if name == "init_layers" and {"n_x", "n_h", "n_y"} <= known:
            known.add("nn_architecture")
        if name == "full_forward_propagation" and isinstance(whole, tuple) and not all(map(is_known, whole)):
            return False
        return (
            set(OPERATIONS[name].arguments) - DISPENSABLE - OF_THE_CASE - {"Y_hat" if "memory" in known else ""}
            <= known
        )

    def stand_in(self, name: str, log: list[Called]) -> Any:
        """What answers for a function: in its own way of speaking, by the reference."""
        found, roles, dialect, manner = self.found[name], self.roles[name] or [], self.speaking(), self.manner(name)

        def reply(args: list[Any], kwargs: dict[str, Any]) -> Any:
            given = {role: value for role, value in zip(roles, args, strict=False) if role}
            for parameter, value in kwargs.items():
                if parameter in found.parameters[: len(roles)] and (role := roles[found.parameters.index(parameter)]):
                    given[role] = value
            cache = given.pop("cache", None)
            if name in self.paired and isinstance(given.get("Z"), (tuple, list)):
                given["Z"] = given["Z"][self.paired[name]]
            ours = {role: dialect.ours(role, value) for role, value in given.items()}
            if "cache" in roles:
                ours |= held(self.kept_by(FORWARD_OF[name]), cache, dialect.ours)
            if isinstance(ours.get("memory"), (list, tuple)) or is_numbered(ours.get("memory")):
                ours |= self._unpacked(ours["memory"])
            if "n_x" in ours:
                ours["nn_architecture"] = [ours.pop(role) for role in widths_in([*ours])]
            if _are_widths(ours.get("nn_architecture")):
                ours["nn_architecture"] = make_architecture(
                    ours["nn_architecture"], self.maker.activations["r"], self.maker.activations["s"]
                )
            if name == "full_backward_propagation" and "Y_hat" not in roles:
                ours["Y_hat"] = ours["memory"][names.A(len(self.case.arguments["nn_architecture"]))]
            if manner.activation:
                ours["activation"] = manner.activation
            for role in OF_THE_CASE:  # what the function does not hand over is as the case has it
                if role in OPERATIONS[name].arguments and role not in ours and role in self.case.arguments:
                    ours[role] = self.case.arguments[role]
            ours["loss"] = self.maker.loss
            if name == "init_layers" and "seed" not in roles:
                ours["seed"] = TRAINING_SEED
            check_bearable(name, ours)
            log.append(Called(name, _kept(ours)))
            reference = next((one.reference for one in manner.traits if one.reference), refer)
            result = reference(name, dict(ours))
            log[-1] = replace(log[-1], result=result)
            return self._told(name, ours, result, args)

        return reply

    def _unpacked(self, memory: Any) -> dict[str, Any]:
        """A memory that is no dict by the tutorial's names, with the weights that it holds."""
        found = held(self._memory_template(), memory, self.speaking().ours)
        weights = {name: value for name, value in found.items() if name[0] in "Wb"}
        for k in range(1, len(weights) // 2 + 1):  # a layer that keeps its output for the way back
            needed = {"A_prev": found.get(names.A(k - 1)), "W": weights.get(names.W(k)), "b": weights.get(names.b(k))}
            if names.Z(k) not in found and all(value is not None for value in needed.values()):
                found[names.Z(k)] = refer("linear_forward", needed)
        memory = {name: value for name, value in found.items() if name not in weights}
        return {"memory": memory} | ({"params_values": weights} if weights else {})

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
            pool = {
                **given,
                **{role: item for role, item in results.items() if role not in HOLDS},
                "": args[0] if args else None,
            }
            for role in HOLDS:
                pool |= results.get(role, {}) | given.get(role, {}) | {role: results.get(role)}
            pool.setdefault(names.A(len(given.get("nn_architecture", ()))), results.get("Y_hat"))
            return filled(
                manner.whole,
                pool,
                lambda role, value: dialect.theirs(role, value) if role else value,
                len(given.get("nn_architecture", ())),
            )
        theirs = tuple(dialect.theirs(role, item) for role, item in results.items())
        return theirs if len(theirs) > 1 else theirs[0]

    def without(self, name: str, failing: Sequence[Observation]) -> str | None:
        """Where every failure is a call of another function whose arguments are not known: what is said of that."""
        for other, one in self.found.items():
            called = all(shown.raised and f"{one.name}()" in shown.raised.text for shown in failing)
            if self.roles[other] is None and other != name and called:
                return f"it cannot be judged without {one.theirs}, whose arguments are not known"
        return None


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


def amiss(seen: Sequence[Observation]) -> float:
    """How much of it is wrong: the share of the names, more where the shape is another; a call that fails otherwise."""
    total = 0.0
    for one in seen:
        if one.fails:
            wrong, due = one.wrong, one.case.expected
            values = {name: one.values[name] for name in wrong if name in one.values}
            misshapen = [name for name, value in values.items() if value.shape != due[name].value.shape]
            total += 1.5 if one.problem else 1.0 if not wrong else (len(wrong) + len(misshapen) / 2) / max(len(due), 1)
    return total


def _are_widths(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and all(type(one) is int for one in value)


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


def due(name: str, case: Case, manner: Manner) -> Case:
    """The case with what the function must come to in that manner."""
    for trait in manner.traits:
        if trait.expected is not None and not case.raises and not case.nan:
            case = replace(case, expected=trait.expected(name, case))
    return case
