"""What is said of a function that is right in no way: the cause, the evidence; or why nothing can be said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from numpynet.check.cases import CLASSES, Case
from numpynet.check.contract import OPERATIONS
from numpynet.check.diagnosis import explain, gist
from numpynet.check.doubt import refusals
from numpynet.check.evidence import cells_of, fine_of
from numpynet.check.manner import PLAIN, Manner
from numpynet.check.place import place_of
from numpynet.check.result import Cause, FunctionGrade, Observation, Outcome, Witness
from numpynet.check.snippet import to_copy
from numpynet.check.speaker import Speaker, due
from numpynet.check.witness import smallest


@dataclass(frozen=True)
class Wrong:
    """Tells of the functions of one file what is wrong with them."""

    speaker: Speaker

    def grade(self, name: str, base: FunctionGrade, seen: list[Observation], manner: Manner = PLAIN) -> FunctionGrade:
        """What is said of a function that is right in no way."""
        failing = [one for one in seen if one.fails]
        if any(one.raised and "for the whole file" in one.raised.text for one in failing) and len(seen) == 1:
            return replace(base, outcome=Outcome.CANNOT_JUDGE, says="the time for the whole file is used up")
        if (why := self._cannot_be_judged(name, failing)) is not None:
            return replace(base, outcome=Outcome.CANNOT_JUDGE, says=why)
        if manner.places and len(OPERATIONS[name].results) > 1:
            says = "returns its values in another order than the contract's"
            cause = Cause("returned-order", f"It {says}.", "")
            return replace(
                base, outcome=Outcome.FAIL, says=self._gist(name, failing) if failing else says, cause=cause,
                witness=self.witness(name, failing), place=place_of(self.speaker, name, seen, manner, cause),
            )  # fmt: skip
        nothing = [one for one in failing if one.nothing]
        if nothing and len(nothing) == len([one for one in seen if not one.case.raises]):
            return replace(base, outcome=Outcome.UNFINISHED, says="it returns None", cause=Cause(
                "returns-nothing", "It ends without returning anything."))  # fmt: skip
        likely = explain(name, seen)
        numbers = [one for one in failing if one.raised is None or one.case.raises]
        outcome = Outcome.FAIL if numbers else Outcome.ERROR
        return replace(
            base, outcome=outcome, says=self._gist(name, failing), cause=likely, cells=cells_of(failing),
            witness=self.witness(name, failing), fine=fine_of(seen),
            place=place_of(self.speaker, name, seen, manner, likely),
        )  # fmt: skip

    def _gist(self, name: str, failing: Sequence[Observation]) -> str:
        return gist(name, failing, self.speaker.speaking().theirs)

    def witness(self, name: str, failing: Sequence[Observation]) -> Witness | None:
        """The smallest example on which the function fails; none where it takes too long to be asked."""
        manner, roles = self.speaker.manner(name), self.speaker.roles[name] or ()
        if "n_x" in roles or (name == "train" and self.speaker.dialect.depth):  # only some networks can be asked of it
            return None
        if self.speaker.maker.loss == "nll" and self.speaker.maker.classes != CLASSES:  # none that is small
            return None

        def judge(case: Case) -> Observation:
            layers = case.arguments.get("nn_architecture")
            Y = case.arguments.get("Y")  # a file may count the classes by the greatest label
            lacks_one = self.speaker.dialect.numbered and Y is not None and not Y[-1].any()
            if lacks_one or (layers is not None and not self.speaker.can_express(name, layers)):
                return Observation(replace(case, expected={}))
            return self.speaker.read(name, self.speaker.ask(name, due(name, case, manner)), manner)

        found = None if self.speaker.stuck else smallest(name, judge, self.speaker.dialect.dtype, failing)
        if found is None:
            return None
        given = {role: value for role, value in found.given.items() if role in OPERATIONS[name].arguments}
        handed = self.speaker.given(name, Case("", given))
        return replace(found, numpy=to_copy(name, found, self.speaker.reader, self.speaker.speaking(), handed))

    def _cannot_be_judged(self, name: str, failing: Sequence[Observation]) -> str | None:
        """Why a failure says nothing of this function: what it needs is missing, has failed, or was never made."""
        if all(one.raised and one.raised.kind == "refused" for one in failing):
            return failing[0].raised.text if failing[0].raised else None
        if (needed := self._needs(failing)) is not None:
            return needed
        if (unknown := self.speaker.without(name, failing)) is not None:
            return unknown
        owner = self.speaker.found[name].owner
        if owner and all(one.raised and f"{owner}' object has no attribute" in one.raised.text for one in failing):
            if owner in self.speaker.reader.unmade:
                return f"it uses what {owner}.__init__ keeps in self, and __init__ needs arguments that nobody gave"
            return "it uses what another method keeps in self, which was not called before"
        refused = refusals(self.speaker.reader, name, failing)
        if refused and len(refused) == len([one for one in failing if not one.case.raises]):
            line = refused[0].raised.line if refused[0].raised else None
            return f"it refuses every input that is tried{f', in line {line}' if line else ''}: {refused[0].problem}"
        return None

    def _needs(self, failing: Sequence[Observation]) -> str | None:
        """What is not there, where every failure is for want of it: another function, a module."""
        if self.speaker.reader.stand_ins and all(one.raised or one.problem for one in failing):
            modules = ", ".join(dict.fromkeys(one.partition(".")[0] for one in self.speaker.reader.stand_ins))
            if all(
                "stand-in" in (one.problem or "") or (one.raised and "NameError" in one.raised.text) for one in failing
            ):
                return f"it needs {modules}, which is not here: put what it uses of it into the file, or give --trust"
        undefined = set()
        for one in failing:
            match = re.match(r"NameError: name '(\w+)' is not defined", one.raised.text) if one.raised else None
            undefined.add(match[1] if match else "")
        missing = [name for name in OPERATIONS if name in undefined and name not in self.speaker.found]
        if undefined and len(missing) == len(undefined):
            return f"it needs {missing[0]}, which is not in the file or does not parse"
        return None
