"""A file's grade: each function alone, the reference standing in for the others; then the step as a whole.

A function is blamed for what it does with right inputs and right helpers, so a mistake is blamed once. Where the whole
step of the file's own functions is right although a function is not the tutorial's, that is a convention.

Alone, a function meets inputs that the file's own bytes give, so that its report is the same from run to run; a file
could compute them, or ask the stand-ins for the answers. What is right alone is therefore tried once more in a fresh
process, without stand-ins, on inputs from a secret seed.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np

import numpynet
from numpynet import names
from numpynet.activations import ACTIVATIONS
from numpynet.check.bearable import check_bearable
from numpynet.check.cases import TRAINING_SEED, Case, Maker
from numpynet.check.contract import CONTRACT, DISPENSABLE
from numpynet.check.diagnosis import explain, gist
from numpynet.check.dialect import HOLDS, LONGEST_NAME, Dialect, as_array, keys_of
from numpynet.check.listen import Listener, StuckError, probe
from numpynet.check.reader import AS_IT_IS, UNSENDABLE, Reader, Reading
from numpynet.check.result import (
    FAILED,
    Called,
    Cause,
    Cell,
    FunctionGrade,
    Grade,
    Observation,
    Outcome,
    Witness,
    right,
)
from numpynet.check.snippet import to_copy
from numpynet.check.witness import smallest
from numpynet.parity.exact import Bounded
from numpynet.printable import listed, printable
from numpynet.sandbox import Answer, InPlace, Limits, LoadError, Odd, read_source
from numpynet.training import training_steps
from numpynet.types import Array, Parameters

REQUIRED = ("full_forward_propagation", "get_cost_value", "full_backward_propagation", "update")
REPORTED = (0, 50)
KEPT_IN_SELF = {"params_values", "nn_architecture"}
AHEAD = "get_cost_value"  # from here on the fresh process is started, which takes a moment
# What the checker's own code may fail with where a file returns what nobody thought of.
UNFORESEEN = (ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError)
WHOLE_STEPS = (0, 1)  # of the networks of `cases`


def grade_file(
    path: Path,
    reading: Reading = AS_IT_IS,
    *,
    limits: Limits | None = None,
    progress: Callable[[str], object] = lambda function: None,
) -> Grade:
    """Grade the file. OSError where it cannot be read; it is run in a process of its own, never in this one."""
    limits = limits or Limits()
    file = printable(path.name)
    try:
        seed = int.from_bytes(hashlib.sha256(read_source(path, limits)).digest()[:6], "big")
        with Reader(path, reading, limits) as reader, np.errstate(all="ignore"):
            return Grader(file, reader, seed, progress).grade()
    except LoadError as error:
        return Grade(file, "error", problem=printable(str(error)))
    except UNFORESEEN as error:
        return Grade(file, "error", problem=f"it cannot be judged: {_failed_on(error)}")


@dataclass(frozen=True)
class Way:
    """A function may be right in another way: what it is given then, what it must return, and what the others do."""

    says: str
    arguments: Callable[[str, Case], Mapping[str, Any]] | None = None
    expected: Callable[[str, Case], Mapping[str, Bounded]] | None = None
    reference: Callable[[str, dict[str, Any]], Any] | None = None
    own: bool = False
    always: bool = False  # also where the whole step is not right
    needs: str = ""  # a function that must have been found right in the same way before


class Grader:
    """Grades the functions of one loaded file."""

    def __init__(self, file: str, reader: Reader, seed: int, progress: Callable[[str], object]) -> None:
        self.file, self.reader, self.seed, self.progress = file, reader, seed, progress
        self.session, self.found, self.roles = reader.session, reader.functions, reader.roles
        self.order: dict[str, tuple[int, ...] | None] = {}
        self.shape: dict[str, tuple[int, ...]] = {}
        self.dialect, self.whole, self.stuck = Dialect(), False, False
        self.maker = Maker(self.dialect.dtype, seed)
        self.ways: dict[str, Way] = {}
        self.failed: set[str] = set()

    def grade(self) -> Grade:
        """All functions, in the contract's order."""
        self.dialect, self.whole = self._speaks()
        self.maker = Maker(self.dialect.dtype, self.seed)
        grades = []
        for name in CONTRACT:
            self.progress(name)
            if name == AHEAD and not self.failed:
                self.session.prepare()
            grades.append(self._judged(name))
            if grades[-1].outcome in (*FAILED, Outcome.SKIPPED):
                self.failed.add(name)
        if not self.failed:
            self.maker = Maker(self.dialect.dtype, secrets.randbits(64), long=True)
            self.session.renew()
            self.stuck = False
            sound = not self.whole or self._whole_step(self.dialect)[0] == 5 or self.stuck
            grades = [
                self._together(one, sound) if one.outcome in (Outcome.PASS, Outcome.CONVENTION) else one
                for one in grades
            ]
        lacking = {one.function for one in grades if one.outcome == Outcome.MISSING}
        failed = any(one.outcome in (*FAILED, Outcome.SKIPPED) for one in grades) or lacking & set(REQUIRED)
        if lacking and not self.whole:
            failed = True
        loaded = self.session.loaded
        return Grade(
            self.file,
            "fail" if failed else "pass",
            tuple(grades),
            tuple(self.dialect.sentences()),
            loaded.skipped,
            self.reader.notes,
            self.reader.mapped,
            self.session.isolation,
        )

    # ── how the file speaks ──────────────────────────────────────────────────────────────────────────────────────────

    def _speaks(self) -> tuple[Dialect, bool]:
        """The dialect that was heard, and whether all of the file's own step is right in it."""
        layers, listener = Maker(np.dtype(float), self.seed).step(0).nn_architecture, Listener(self.reader)
        try:
            start = listener.start(layers)
            if any(name not in self.found or self.roles[name] is None for name in REQUIRED):
                return Dialect(keys=start.keys), False
            heard = listener.hear(probe(layers)).dialect
        except StuckError:
            return Dialect(), False
        score, dialect = self._whole_step(Dialect(heard.rows, heard.transposed, heard.bias, heard.single, heard.keys))
        if self.stuck:
            return Dialect(), False
        if score == 5:
            return dialect, True
        keys = {
            kind: theirs
            for kind, theirs in dialect.keys.items()
            if kind in start.keys or (kind in ("dW", "db") and theirs[1] == start.keys.get(kind[1], (kind[1], 0))[1])
        }
        return replace(dialect, keys=keys, opaque_memory=False, own_memory=False, single=False), False

    def _whole_step(self, dialect: Dialect) -> tuple[float, Dialect]:
        """How far the file's own step is right in this dialect, of 5; and the dialect with the keys that it showed."""
        scores = []
        for number in WHOLE_STEPS:
            maker = Maker(dialect.dtype, self.maker.seed + number)
            step = maker.step(number)
            score, dialect = self._one_step(dialect, step, maker.quantities(step))
            scores.append(score)
            if score < 5:
                break
        return min(scores), dialect

    def _one_step(self, dialect: Dialect, step: Any, exact: Mapping[str, Bounded]) -> tuple[float, Dialect]:
        L, score = len(step.nn_architecture), 0.0
        P = {"params_values": step.params_values, "nn_architecture": step.nn_architecture}
        answer = self._call("full_forward_propagation", {"X": step.X, **P}, dialect, {})
        pair = answer.value
        if answer.raised or not isinstance(pair, (tuple, list)) or len(pair) < 2:
            return score, dialect
        at = next((k for k, item in enumerate(pair) if isinstance(item, np.ndarray)), None)
        if at is None:
            return score, dialect
        raw_Y_hat, raw_memory = pair[at], pair[1 - at if len(pair) == 2 else (1 if at == 0 else 0)]
        Y_hat = as_array(dialect.ours("Y_hat", raw_Y_hat))
        score += 0.1 + right(Y_hat, exact[names.A(L)])
        if isinstance(raw_memory, dict):
            keys = dict(dialect.keys) | keys_of(raw_memory, "memory")
            seen = replace(dialect, keys=keys).ours("memory", raw_memory)
            wanted = [names.A(k) for k in range(L)] + [names.Z(k) for k in range(1, L + 1)]
            arrays = [as_array(seen.get(name)) for name in wanted]
            there = all(
                array is not None and array.shape == exact[name].value.shape
                for array, name in zip(arrays, wanted, strict=True)
            )
            own_memory = not there or len(raw_memory) > len(wanted)
            dialect = replace(
                dialect, keys=keys if there else dialect.keys, opaque_memory=not there, own_memory=own_memory
            )
        else:
            dialect = replace(dialect, opaque_memory=True, own_memory=True)
        Y = {"Y_hat": step.Y, "Y": step.Y}
        backward = self._raw(
            "full_backward_propagation",
            {**{role: dialect.theirs(role, value) for role, value in (P | Y).items()},
             "Y_hat": raw_Y_hat, "memory": raw_memory},
        )  # fmt: skip
        if backward.raised or not isinstance(backward.value, dict):
            return score, dialect
        dialect = replace(dialect, keys=dict(dialect.keys) | keys_of(backward.value, "grads_values"))
        grads_values = dialect.ours("grads_values", backward.value)
        G = [as_array(grads_values.get(names.d(name))) for name in step.params_values]
        single = all(array is not None and array.dtype == np.float32 for array in (Y_hat, *G))
        dialect = replace(dialect, single=single)  # asked with float64, it answers in float32 throughout
        score += (
            0.1
            + sum(
                g is not None and g.shape == exact[names.d(name)].value.shape
                for g, name in zip(G, step.params_values, strict=True)
            )
            / len(G)
            * 0.5
        )
        update = self._raw(
            "update",
            {**{role: dialect.theirs(role, value) for role, value in P.items()}, "grads_values": backward.value,
             "learning_rate": step.learning_rate},
        )  # fmt: skip
        after = (
            update.value
            if update.value is not None
            else next((value for value in update.arguments if isinstance(value, dict)), None)
        )
        if update.raised or not isinstance(after, dict):
            return score, dialect
        after = dialect.ours("params_values", after)
        ends = all(right(as_array(after.get(name)), exact[names.after(name)]) for name in step.params_values)
        return (5.0 if ends and score >= 1.1 else score + 0.1), dialect

    # ── one function ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _judged(self, name: str) -> FunctionGrade:
        """The function's grade; where its answers are such that judging them fails, it cannot be judged."""
        try:
            return self._graded(name)
        except UNFORESEEN as error:
            found = self.found[name]
            says = f"it cannot be judged: {_failed_on(error)}"
            return FunctionGrade(name, Outcome.SKIPPED, found.theirs, found.line, says)

    def _graded(self, name: str) -> FunctionGrade:
        found = self.found.get(name)
        if found is None:
            return FunctionGrade(name, Outcome.MISSING, says="not in the file")
        base = FunctionGrade(name, Outcome.PASS, found.theirs, found.line)
        if found.unfinished:
            return replace(base, outcome=Outcome.UNFINISHED, says="it has no body yet")
        if (place := self.session.loaded.rebound.get(found.theirs)) is not None:
            says = f"{place} defines {found.theirs} again, in a statement that is not run: which counts is not known"
            return replace(base, outcome=Outcome.SKIPPED, says=says)
        if self.roles[name] is None:
            wanted = ", ".join(CONTRACT[name].arguments)
            given = listed(found.parameters)
            return replace(base, outcome=Outcome.ERROR, says=f"its arguments ({given}) do not fit ({wanted})")
        kept = KEPT_IN_SELF & set(CONTRACT[name].arguments) - set(self.roles[name] or ())
        if found.kind == "method" and kept:
            says = (
                f"it takes {' and '.join(sorted(kept))} out of self, where other networks cannot be put: numpynet "
                f"compare --implementation {self.file} judges a step of it"
            )
            return replace(base, outcome=Outcome.SKIPPED, says=says)
        self.stuck = False
        seen = self._observe(name)
        if any(one.raised and "for the whole file" in one.raised.text for one in seen) and len(seen) == 1:
            return replace(base, outcome=Outcome.SKIPPED, says="the time for the whole file is used up")
        seen, lenient = self._two_way(name, seen)
        failing = [one for one in seen if one.fails]
        notes = (*lenient, *dict.fromkeys(note for one in seen for note in one.notes))
        if not failing:
            return replace(base, outcome=Outcome.CONVENTION if notes else Outcome.PASS, conventions=notes)
        if (why := self._cannot_be_judged(name, failing)) is not None:
            return replace(base, outcome=Outcome.SKIPPED, says=why)
        order = None if self.stuck else self._other_order(name)
        if order is not None:
            self.order[name] = order
            says = "returns its values in another order than the contract's"
            if self.whole and not (
                name == "full_forward_propagation"
                and "train" in self.found
                and any(one.fails for one in self._observe("train"))
            ):
                return replace(base, outcome=Outcome.CONVENTION, conventions=(f"it {says}",))
            self.order[name] = None
            ordered = Cause("returned-order", f"It {says}.", "")
            witness = self._witness(name, failing)
            return replace(base, outcome=Outcome.FAIL, says=gist(name, failing), cause=ordered, witness=witness)
        spoils = all(one.changed and not one.wrong() for one in failing)  # what it returns is right as it is
        if not self.stuck and not spoils and not any((one.problem or "").startswith("it calls") for one in failing):
            for way in WAYS:
                if not (self.whole or way.always) or self._lacks(way, name):
                    continue
                again = self._observe(name, way)
                if not any(one.fails for one in again):
                    self.ways[name] = way
                    return replace(base, outcome=Outcome.CONVENTION, conventions=(way.says, *notes))
        nothing = [one for one in failing if one.nothing]
        if len(nothing) == len([one for one in seen if not one.case.raises]):
            return replace(base, outcome=Outcome.UNFINISHED, says="it returns None", cause=Cause(
                "returns-nothing", "It ends without returning anything."))  # fmt: skip
        cause = explain(name, seen)
        numbers = [one for one in failing if one.raised is None or one.case.raises]
        return replace(
            base,
            outcome=Outcome.FAIL if numbers else Outcome.ERROR,
            says=gist(name, failing),
            cause=cause,
            cells=_cells(failing),
            witness=self._witness(name, failing),
            fine=_fine(seen),
        )

    def _witness(self, name: str, failing: Sequence[Observation]) -> Witness | None:
        """The smallest example on which the function fails; none where it takes too long to be asked."""
        found = None if self.stuck else smallest(name, partial(self._one, name), self.dialect.dtype, failing)
        if found is None:
            return None
        return replace(found, numpy=to_copy(name, found, self.reader, self.dialect))

    def _needs(self, failing: Sequence[Observation]) -> str | None:
        """The contract's function that is missing from the file, where every failure is that its name is undefined."""
        undefined = {
            match[1]
            if one.raised and (match := re.match(r"NameError: name '(\w+)' is not defined", one.raised.text))
            else ""
            for one in failing
        }
        missing = [name for name in CONTRACT if name in undefined and name not in self.found]
        return missing[0] if len(missing) == len(undefined) else None

    def _cannot_be_judged(self, name: str, failing: Sequence[Observation]) -> str | None:
        """Why a failure says nothing of this function: what it needs is missing, has failed, or was never made."""
        if all(one.raised and one.raised.text.startswith(UNSENDABLE) for one in failing):
            return failing[0].raised.text if failing[0].raised else None
        if (needed := self._needs(failing)) is not None:
            return f"it needs {needed}, which is not in the file or does not parse"
        owner = self.found[name].theirs.rpartition(".")[0]
        stateful = owner and owner in self.reader.unmade
        if stateful and all(one.raised and "has no attribute" in one.raised.text for one in failing):
            return f"it uses what {owner}.__init__ keeps in self, and __init__ needs arguments that nobody gave"
        own = next((other for other in self.found if other in self.failed and not self._can_be_replaced(other)), None)
        return None if own is None else f"it cannot be judged without {own}, which failed and takes its own arguments"

    def _can_be_replaced(self, name: str) -> bool:
        """The reference can stand in for it: all that the contract needs is handed over."""
        return self.roles[name] is not None and set(CONTRACT[name].arguments) - DISPENSABLE <= set(
            self.roles[name] or []
        )

    def _together(self, one: FunctionGrade, sound: bool) -> FunctionGrade:
        """A function that is right alone must be right with the file's own others, on inputs that nobody could know.

        `sound`: the file's own step is right there, from forward to update, or it did not come to its end.
        """
        name, self.stuck = one.function, False
        if name == "update" and not sound:
            says = "the file's own step, from forward propagation to update, is right on some inputs and not on others"
            return replace(one, outcome=Outcome.FAIL, says=says, conventions=())
        seen, _ = self._two_way(name, self._observe(name, replace(self.ways.get(name, Way("")), own=True)))
        failing = [shown for shown in seen if shown.fails]
        if not failing and name == "train" and (said := self._misreported()):
            return replace(one, outcome=Outcome.FAIL, says=said[1], cause=Cause(*said), conventions=())
        if not failing:
            return one
        for way in WAYS if self.whole and not self.stuck else ():
            if self._lacks(way, name):
                continue
            again, _ = self._two_way(name, self._observe(name, replace(way, own=True)))
            if not any(shown.fails for shown in again):
                return replace(one, outcome=Outcome.CONVENTION, conventions=(*one.conventions, way.says))
        if failing[0].raised and "for the whole file" in failing[0].raised.text:
            says = f"{failing[0].raised.text}: alone it is right"
            return replace(one, outcome=Outcome.SKIPPED, says=says, conventions=())
        says = (
            "it is right alone, with the reference in the place of the file's other functions, but not with them, "
            f"in a fresh process and on new inputs: {gist(name, failing)}"
        )
        return replace(one, outcome=Outcome.FAIL, says=says, cells=_cells(failing), conventions=())

    def _lacks(self, way: Way, name: str) -> bool:
        """Whether the way makes no sense for the function, as another one did not go it."""
        return way.needs not in ("", name) and self.ways.get(way.needs) is not way

    def _two_way(self, name: str, seen: list[Observation]) -> tuple[list[Observation], tuple[str, ...]]:
        """A function that only asks for one name takes any other for the other one: a choice of two, not a mistake."""
        compared = set(self.found[name].compared) & set(ACTIVATIONS)
        if len(compared) != 1 or not any(one.case.raises and one.fails for one in seen):
            return seen, ()
        return [one for one in seen if not one.case.raises], (
            f"any activation but {compared.pop()} is taken for the other one",
        )

    def _misreported(self) -> tuple[str, str] | None:
        """What is wrong with what train prints and when it calls back: an id, and a sentence."""
        roles, found = self.roles["train"] or [], self.found["train"]
        maker = Maker(self.dialect.dtype, self.seed)
        given = dict(maker.cases("train")[1].arguments)
        given |= {"epochs": REPORTED[-1] + 1, "verbose": True, "learning_rate": 0.3}  # each epoch's cost is another
        theirs = {role: self.dialect.theirs(role, value) for role, value in given.items()}
        callback = found.parameters[roles.index("callback")] if "callback" in roles else None
        loud, others = self._raw("train", theirs, callback=callback), {}
        if loud.raised is not None and "get_cost_value" in self.shape:  # an array of one number cannot be printed so
            before, self.shape = self.shape, {}
            cost = self.found["get_cost_value"].theirs
            others = {theirs: reply for theirs, reply in self._others("train", [], refer).items() if theirs == cost}
            loud = self._raw("train", theirs, others, callback)
            self.shape = before
        if loud.raised is not None:
            return None if callback is None else ("reporting", f"With a callback it raises {loud.raised.text}.")
        epochs = [call[0] if call else None for call in loud.called_back]
        if callback and any(len(call) != 2 or type(call[0]) is not int for call in loud.called_back):
            return "callback-arguments", "The callback is not called with (epoch, params_values)."
        if callback and any(call[1] == "NoneType" for call in loud.called_back):
            return "callback-arguments", "The callback gets None in the place of params_values."
        if callback and epochs != list(REPORTED):
            return (
                "callback-epochs",
                f"The callback is called at epochs {epochs}: it must be every 50, {list(REPORTED)}.",
            )
        if "verbose" not in roles:
            return None
        if not loud.printed.strip():
            return "verbose", "With verbose=True it prints nothing."
        steps = list(training_steps(
            given["X"], given["Y"], given["nn_architecture"], given["epochs"], given["learning_rate"],
            params_values=reference_start(given["nn_architecture"], self.dialect.dtype),
        ))  # fmt: skip
        costs, shares = [step.cost for step in steps], [step.accuracy for step in steps]
        pattern = r"Iteration: *(\d{1,9}) *- *cost: *(\d{1,20}\.\d{1,20})(?: *- *accuracy: *(\d{1,20}\.\d{1,20}))?"
        lines = re.findall(pattern, loud.printed)
        for line_epoch, cost, accuracy in lines:
            if int(line_epoch) >= len(costs) or abs(float(cost) - costs[int(line_epoch)]) > 2e-5:
                there = costs[min(int(line_epoch), len(costs) - 1)]
                return "printed-cost", f"At epoch {int(line_epoch)} it prints the cost {cost}: there it is {there:.5f}."
            right_share = shares[int(line_epoch)]
            if accuracy and abs(float(accuracy) - right_share) > 2e-5:
                said = f"At epoch {int(line_epoch)} it prints the accuracy {accuracy}: there it is {right_share:.5f}."
                return "printed-accuracy", said
        if lines and [int(line_epoch) for line_epoch, *_ in lines] != list(REPORTED):
            return (
                "printed-epochs",
                f"It reports at epochs {[int(e) for e, *_ in lines]}: it must be every 50, {list(REPORTED)}.",
            )
        quiet = self._raw("train", theirs | {"verbose": False, "epochs": 1}, others, callback)
        if quiet.raised is None and quiet.printed.strip():
            return "verbose", "With verbose=False it prints all the same."
        if callback and quiet.raised is None and not quiet.called_back:
            return "callback-verbose", "The callback is called only when verbose is on."
        return None

    def _other_order(self, name: str) -> tuple[int, ...] | None:
        """The order of a function's several results in which all is right, if it is another one."""
        count = len(CONTRACT[name].results)
        if count == 1 or self.order.get(name):
            return None
        for order in list(permutations(range(count)))[1:]:
            self.order[name] = order
            if not any(one.fails for one in self._observe(name)):
                return order
            self.order[name] = None
        return None

    def _observe(self, name: str, way: Way | None = None) -> list[Observation]:
        observations: list[Observation] = []
        for case in self.maker.cases(name):
            if case.default and self._must_be_given(name, case.default):
                continue
            if case.large and any(one.fails and not one.case.raises for one in observations):
                continue
            if way is not None and way.expected is not None:
                case = replace(case, expected=way.expected(name, case))
            if way is not None and way.arguments is not None:
                case = replace(case, arguments=way.arguments(name, case))
            observations.append(self._one(name, case, way))
            if observations[-1].raised and observations[-1].raised.kind in ("timeout", "died"):
                break
        return observations

    def _must_be_given(self, name: str, role: str) -> bool:
        roles = self.roles[name] or []
        return role not in roles or roles.index(role) < self.found[name].required

    def _one(self, name: str, case: Case, way: Way | None = None) -> Observation:
        log: list[Called] = []
        reference = (way and way.reference) or refer
        others = {} if way is not None and way.own else self._others(name, log, reference)
        arguments = {role: self.dialect.theirs(role, value) for role, value in case.arguments.items()}
        if name == "full_backward_propagation" and "X" in (self.roles[name] or ()):
            arguments["X"] = self.dialect.theirs("X", case.arguments["memory"]["A0"])
        if name == "get_cost_value" and "params_values" in (self.roles[name] or ()):
            arguments["params_values"] = {}
        if name == "full_backward_propagation" and self.dialect.own_memory:
            forward = self._raw("full_forward_propagation", {
                role: self.dialect.theirs(role, value)
                for role, value in {**case.arguments, "X": case.arguments["memory"]["A0"]}.items()
            })  # fmt: skip
            if isinstance(forward.value, (tuple, list)) and len(forward.value) > 1:
                arguments["memory"] = forward.value[1]
        answer = self._raw(name, arguments, others)
        result = self._read(name, case, answer)
        if name == "train" and result.problem is None:
            result = replace(result, problem=_misreports(case, log))
        changed = () if answer.raised else self._changed(name, arguments, answer)
        after = self._after(name, arguments, answer) if changed else {}
        return replace(result, changed=changed, after=after, called=tuple(log))

    def _call(self, name: str, arguments: Mapping[str, Any], dialect: Dialect, others: Any) -> Answer:
        return self._raw(name, {role: dialect.theirs(role, value) for role, value in arguments.items()}, others)

    def _raw(
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

    def _others(self, name: str, log: list[Called], reference: Callable[[str, dict[str, Any]], Any]) -> dict[str, Any]:
        """The reference in place of every other function that the file has."""
        tops = ("full_forward_propagation", "full_backward_propagation") if self.dialect.own_memory else ()
        return {
            found.theirs: self._stand_in(other, log, reference)
            for other, found in self.found.items()
            if other != name and self._can_be_replaced(other) and other not in tops
        }

    def _stand_in(self, name: str, log: list[Called], reference: Callable[[str, dict[str, Any]], Any]) -> Any:
        found, roles, dialect = self.found[name], self.roles[name] or [], self.dialect

        def reply(args: list[Any], kwargs: dict[str, Any]) -> Any:
            given = dict(zip(roles, args, strict=False))
            for parameter, value in kwargs.items():
                if parameter in found.parameters[: len(roles)]:
                    given[roles[found.parameters.index(parameter)]] = value
            ours = {role: dialect.ours(role, value) for role, value in given.items()}
            check_bearable(name, ours)
            log.append(Called(name, _kept(ours)))
            result = reference(name, dict(ours))
            log[-1] = replace(log[-1], result=result)
            results = result if isinstance(result, tuple) else (result,)
            theirs = [dialect.theirs(role, item) for role, item in zip(CONTRACT[name].results, results, strict=True)]
            order = self.order.get(name)
            if name == "update" and "params_values" in roles:
                return InPlace(roles.index("params_values"), theirs[0])
            if len(theirs) == 1:
                return self._wrapped(name, theirs[0], args)
            return tuple(theirs[k] for k in np.argsort(order)) if order else tuple(theirs)

        return reply

    def _wrapped(self, name: str, result: Any, args: Sequence[Any]) -> Any:
        """A single result as the file's own function gives it: alone, or in a tuple with its argument as a cache."""
        if name in self.shape:
            result = np.reshape(result, self.shape[name])
        order = self.order.get(name)
        if not order:
            return result
        position, count = order
        items = [args[0] if args else None] * count
        items[position] = result
        return tuple(items)

    def _read(self, name: str, case: Case, answer: Answer) -> Observation:
        """The numbers of an answer, by the contract's names."""
        if answer.raised is not None:
            return Observation(case, problem=answer.raised.text, raised=answer.raised)
        if case.raises:
            return Observation(case)
        value, roles, notes = answer.value, CONTRACT[name].results, []
        if name == "update" and value is None and "params_values" in (self.roles[name] or []):
            after = answer.arguments[(self.roles[name] or []).index("params_values")] if answer.arguments else None
            if self.whole and after is not None and self._trained:
                value = after
                notes.append("it changes params_values in place and returns nothing")
        if value is None:
            return Observation(case, problem="it returns None", nothing=True)
        if len(roles) == 1:
            value, note = self._single(name, value, case)
            notes += note
            items: Sequence[Any] = (value,)
        else:
            if not isinstance(value, (tuple, list)) or len(value) < len(roles):
                return Observation(case, problem=f"it returns {_described(value)}, not {len(roles)} values")
            order = self.order.get(name) or range(len(roles))
            items = [value[k] for k in order]
        values: dict[str, Array] = {}
        for role, item in zip(roles, items, strict=True):
            ours = self.dialect.ours(role, item)
            if role in HOLDS:
                if role == "memory" and self.dialect.opaque_memory:
                    case = replace(case, expected={"Y_hat": case.expected["Y_hat"]})
                    continue
                if not isinstance(ours, dict):
                    return Observation(case, problem=f"{role} is {_described(item)}, not a dict")
                if role == "memory" and names.A(len(case.arguments["nn_architecture"])) in ours:
                    notes.append("memory also holds the last A")
                if role == "params_values" and name == "init_layers":
                    extra = [key for key in ours if key not in case.expected]
                    if extra:
                        seen = {key: array for key, one in ours.items() if (array := as_array(one)) is not None}
                        wanted = ", ".join(case.expected)
                        return Observation(case, seen, f"the keys are {listed(item)}; expected {wanted}")
                items_of = ours.items()
            else:
                items_of = {role: ours}.items()
            for key, one in items_of:
                array = as_array(one)
                if array is not None:
                    values[str(key)] = array
                elif isinstance(one, Odd):
                    what = f"{printable(str(key), LONGEST_NAME)} is a {one.type_name}"
                    return Observation(case, problem=f"{what}, not a plain array of numbers")
        missing = [key for key in case.expected if key not in values]
        if missing:
            there = listed(values) if values else "nothing"
            return Observation(case, values, problem=f"{', '.join(missing)} missing; there is {there}")
        return Observation(case, values, notes=tuple(notes))

    @cached_property
    def _trained(self) -> bool:
        """Whether the file's own train works with its own other functions."""
        own = Way("", own=True)
        return "train" in self.found and not any(
            self._one("train", case, own).fails for case in self.maker.cases("train")
        )

    def _single(self, name: str, value: Any, case: Case) -> tuple[Any, list[str]]:
        """The one result, out of a tuple where the file returns more; a cost or accuracy as a scalar."""
        notes = []
        role = CONTRACT[name].results[0]
        if isinstance(value, tuple) and value:
            wanted: Any = dict if role in HOLDS else (np.ndarray, float, int)
            position = next((k for k, item in enumerate(value) if isinstance(item, wanted)), 0)
            self.order[name] = (position, len(value))
            notes.append(f"it returns {len(value)} values; {role} is number {position + 1}")
            value = value[position]
        if role in ("cost", "accuracy"):
            array = as_array(value)
            if isinstance(value, np.ndarray) and value.size == 1:
                self.shape[name] = value.shape
            if array is not None and array.shape != () and array.size == 1:
                notes.append(f"the {role} has shape {array.shape}; the tutorial makes it a scalar")
                value = array.reshape(())
        return value, notes

    def _changed(self, name: str, arguments: Mapping[str, Any], answer: Answer) -> tuple[str, ...]:
        """The arguments that the function may only read, and changed."""
        changed: list[str] = []
        for role, new in self._handed_back(name, arguments, answer).items():
            old = arguments[role]
            if name == "update" and role == "params_values":
                continue
            if role == "params_values" and isinstance(old, dict) and isinstance(new, dict) and set(new) - set(old):
                changed.append(role)
            changed += _differences(role, old, new)
        return tuple(changed)

    def _handed_back(self, name: str, arguments: Mapping[str, Any], answer: Answer) -> dict[str, Any]:
        """The arguments by role as they are after the call."""
        found, roles = self.found[name], self.roles[name] or []
        given = [role for role in roles if role in arguments]
        after = dict(zip(given, answer.arguments, strict=False))
        return after | {
            role: answer.named[key] for role, key in zip(roles, found.parameters, strict=False) if key in answer.named
        }

    def _after(self, name: str, arguments: Mapping[str, Any], answer: Answer) -> dict[str, Any]:
        """The same in the tutorial's layout."""
        after = self._handed_back(name, arguments, answer)
        return {role: self.dialect.ours(role, value) for role, value in after.items()}


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


def _failed_on(error: BaseException) -> str:
    """What is said where the checker's own code fails on what a file returned."""
    return printable(
        "the checker itself failed on what the file returned or asked for: please report it with the file "
        f"({type(error).__name__}: {error})"
    )


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


def _misreports(case: Case, log: Sequence[Called]) -> str | None:
    """What train hands to the cost or the accuracy must be a prediction and the labels: it is what is printed."""
    for call in log:
        if call.function in ("get_cost_value", "get_accuracy_value"):
            Y_hat, Y = call.arguments.get("Y_hat"), call.arguments.get("Y")
            if (
                isinstance(Y_hat, np.ndarray)
                and isinstance(Y, np.ndarray)
                and not np.array_equal(Y, case.arguments["Y"])
            ):
                swapped = np.array_equal(Y_hat, case.arguments["Y"])
                what = "Y and Ŷ in the places of each other" if swapped else "other labels than Y"
                return f"it calls {call.function} with {what}"
    return None


def reference_start(layers: Any, dtype: np.dtype[Any]) -> Parameters:
    """The weights that training starts from."""
    return {name: value.astype(dtype) for name, value in numpynet.init_layers(layers, TRAINING_SEED).items()}


def _described(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, (tuple, list)):
        return f"{len(value)} values"
    return f"a {value.type_name}" if isinstance(value, Odd) else f"a {type(value).__name__}"


def refer(name: str, given: dict[str, Any]) -> Any:
    """What the contract's function returns for arguments by role; what it refuses, it refuses with its own words."""
    arrays = {role: value for role, value in given.items() if isinstance(value, np.ndarray)}
    for role, value in arrays.items():
        if value.dtype == np.float16:
            given[role] = value.astype(np.float32)
    if name in ("sigmoid", "relu", "sigmoid_backward", "relu_backward", "convert_prob_into_class"):
        for role in CONTRACT[name].arguments:
            given[role] = _numbers(name, role, given)
    function: Callable[..., Any] = getattr(numpynet, name)
    if name == "single_layer_backward_propagation" and not isinstance(given.get("b"), np.ndarray):
        given["b"] = np.zeros((len(given["W"]), 1))
    order = [role for role in CONTRACT[name].arguments if role in given]
    keywords = {
        {"W": "W_curr", "b": "b_curr", "Z": "Z_curr", "dA": "dA_curr"}.get(role, role)
        if name.startswith("single")
        else role: given[role]
        for role in order
    }
    if name == "train":
        keywords["verbose"] = False
        keywords.pop("callback", None)
    if name == "update":
        given["params_values"] = {key: np.array(value) for key, value in given["params_values"].items()}
        keywords["params_values"] = given["params_values"]
    return function(**keywords)


def _numbers(name: str, role: str, given: Mapping[str, Any]) -> Array:
    array = as_array(given.get(role))
    if array is None:
        raise TypeError(f"{name} was called without an array for {role}")
    return array


def _without_mean(name: str, given: dict[str, Any]) -> Any:
    result = refer(name, given)
    if name == "single_layer_backward_propagation":
        dA_prev, dW, db = result
        m = given["A_prev"].shape[1]
        return dA_prev, dW * m, db * m
    return result


def _mean_early(name: str, case: Case) -> Mapping[str, Bounded]:
    if name != "single_layer_backward_propagation" or case.raises:
        return case.expected
    m = case.arguments["A_prev"].shape[1]
    return {
        key: Bounded(one.value * m, one.allowed * m) if key in ("dW", "db") else one
        for key, one in case.expected.items()
    }


def _elements(name: str, case: Case) -> Mapping[str, Bounded]:
    if name != "get_accuracy_value":
        return case.expected
    share = np.mean((case.arguments["Y_hat"] > 0.5) == (case.arguments["Y"] == 1))
    return {"accuracy": Bounded(np.asarray(share), case.expected["accuracy"].allowed)}


def _ascent(name: str, case: Case) -> Mapping[str, Bounded]:
    if name == "full_backward_propagation":
        return {key: Bounded(-one.value, one.allowed) for key, one in case.expected.items()}
    if name == "update" and not case.raises:
        P = case.arguments["params_values"]
        return {key: Bounded(2 * P[key] - one.value, 2 * one.allowed) for key, one in case.expected.items()}
    return case.expected


def _already_dZ(name: str, given: dict[str, Any]) -> Any:
    if name == "single_layer_backward_propagation" and given.get("activation") == "sigmoid":
        return refer(name, {**given, "activation": "linear"})
    return refer(name, given)


def _expect_dZ(name: str, case: Case) -> Mapping[str, Bounded]:
    if name != "single_layer_backward_propagation" or case.raises or case.arguments.get("activation") != "sigmoid":
        return case.expected
    results = _already_dZ(name, dict(case.arguments))
    keys = ("dA_prev", "dW", "db")
    return {
        key: Bounded(value, one.allowed * 10 + 1e-13 * np.abs(value).max())
        for key, value, one in zip(keys, results, (case.expected[key] for key in keys), strict=True)
    }


SLOPES = ("sigmoid_backward", "relu_backward")


def _output_given(name: str, case: Case) -> Mapping[str, Any]:
    """A = g(Z) in the place of Z."""
    activation = name.removesuffix("_backward") if name in SLOPES else case.arguments.get("activation", "relu")
    if name not in (*SLOPES, "single_layer_backward_propagation") or activation not in ACTIVATIONS:
        return case.arguments
    return {**case.arguments, "Z": ACTIVATIONS[activation].forward(case.arguments["Z"])}


def _from_output(name: str, given: dict[str, Any]) -> Any:
    """What the slope of an output A, or a layer that gets A in Z's place, returns."""
    if name == "sigmoid_backward":
        A = _numbers(name, "Z", given)
        return _numbers(name, "dA", given) * A * (1 - A)
    if name == "single_layer_backward_propagation" and given.get("activation") == "sigmoid":
        given = {**given, "dA": _from_output("sigmoid_backward", given), "activation": "linear"}
    return refer(name, given)


WAYS = (
    Way("1/m is in the loss's gradient, not in dW and db", expected=_mean_early, reference=_without_mean),
    Way(
        "gradients have the opposite sign, and update adds them",
        expected=_ascent,
        needs="full_backward_propagation",
    ),
    Way(
        "dZ of the sigmoid layer is Ŷ − Y at once; its activation's slope is in it already",
        expected=_expect_dZ,
        reference=_already_dZ,
    ),
    Way(
        "it counts elements, not columns: the same with one output, more lenient with several",
        expected=_elements,
        always=True,
    ),
    Way("the slope is taken from the layer's output A, not from Z", arguments=_output_given, reference=_from_output),
    Way("it works with the file's own other functions, in a way of its own", own=True),
)


def _cells(failing: Sequence[Observation]) -> tuple[Cell, ...]:
    """The worst element of the first two inputs on which there are numbers to compare."""
    cells = []
    for one in failing:
        for name in one.wrong():
            value, exact = one.values.get(name), one.case.expected[name]
            if value is None or value.shape != exact.value.shape:
                continue
            with np.errstate(all="ignore"):
                error = np.abs(value.astype(np.longdouble) - exact.value) / np.maximum(exact.allowed, 1e-300)
            error = np.where(np.isnan(error), np.inf, error)
            finite = np.where(np.isfinite(np.asarray(value, dtype=float)), error, -1)
            at = np.unravel_index(int(np.argmax(finite if finite.max() > 1 else error)), error.shape)
            index = tuple(map(int, at))
            cells.append(Cell(one.case.label, name, index, float(value[index]), float(exact.value[index])))
            break
        if len(cells) == 2:
            break
    return tuple(cells)


def _fine(seen: Sequence[Observation]) -> tuple[str, ...]:
    """What is right about it on every input."""
    judged = [one for one in seen if not one.case.raises and not one.case.nan]
    if not judged or any(one.problem for one in judged):
        return ()
    fine: dict[str, bool] = {}
    for one in judged:
        wrong = set(one.wrong())
        for name in one.case.expected:
            kind = name.rstrip("0123456789")
            fine[kind] = fine.get(kind, True) and name not in wrong
    return tuple(name for name, good in fine.items() if good)
