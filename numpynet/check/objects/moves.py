"""The verdicts on what moves a network's weights: a step with gradients, a training."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from numpynet.check.objects.asked import RATE, RESHAPED, first_of, takes
from numpynet.check.objects.calls import ROLES, arguments_for, kinds_of, squeezed
from numpynet.check.objects.fits import GIVEN, alike, along, is_sum, not_along, paths_along, times
from numpynet.check.objects.longer import TINY, USUAL, Longer
from numpynet.check.objects.losses import LOSSES
from numpynet.check.objects.net import CLOSE, Net, near, numbers_for, weight_names
from numpynet.check.objects.order import is_late
from numpynet.check.objects.reach import reached
from numpynet.check.result import FAILED, GOOD, Outcome
from numpynet.sandbox import Definition, Session
from numpynet.sandbox.messages import Path
from numpynet.types import Array

if TYPE_CHECKING:
    from numpynet.check.objects.gradients import NetJudge

# In the code of a step that is not along the gradient: a square root of it, its sign, its length; what is cut off.
ADAPTIVE = (
    r"sqrt|\*\* ?\(?(0?\.5|1 ?/ ?2)|power\(.*, ?0?\.5|np\.sign|norm\(|adam|rms|adagrad|beta_?[12]|rprop"
    r"|clip.*(grad|\bd[wb]|delta)|(grad|\bd[wb]|delta).*clip"
)


class Moves:
    """Judges the step and the training of one network."""

    def __init__(self, judge: NetJudge) -> None:
        self.judged, self.net, self.thing, self.asked = judge, judge.net, judge.thing, judge.asked
        self.decays = False  # the step adds some times the weights

    def judge(self) -> bool:
        """Whether a training is right."""
        rows, kinds = self.judged.rows, self.net.kinds
        steps = [one for one in kinds.get("step", []) if one.theirs not in rows]
        trains = [*(one for one in steps if takes(one, "X")), *kinds.get("train", []), *self._free()]
        for entry in steps:
            if entry not in trains:
                self._step(entry)
        for entry in trains:
            if entry.theirs not in rows:
                try:
                    self._train(entry)
                except ValueError as error:
                    self.thing.put(self.net.start)
                    says = str(error) if str(error).startswith(RESHAPED) else "what it does is not understood"
                    self.judged.unknown(entry, says)
        return any(rows[entry.theirs].outcome in GOOD for entry in trains)

    def _free(self) -> Iterator[Definition]:
        """Functions that train the network that they are given, without that argument."""
        for one in self.thing.session.loaded.functions.values():
            first = squeezed(one.parameters[0]) if one.parameters else ""
            if not one.owner and "train" in kinds_of(one.name) and re.fullmatch("model|net|network|nn|mlp", first):
                yield replace(one, parameters=one.parameters[1:], required=one.required - 1)

    def _step(self, entry: Definition) -> None:
        """Right where each weight goes against its own gradient, all at the same rate."""
        fit, seen = self.judged.fit, self.judged.seen
        if fit is None or seen is None or seen.moved:
            self.judged.unknown(entry, "it needs gradients that are right, and none were found")
            return
        value = self.asked.again(seen).value
        wanted = [one for one in entry.parameters[: entry.required] if not re.fullmatch(ROLES["rate"], squeezed(one))]
        several = isinstance(value, (tuple, list)) and len(wanted) == len(value) > 1
        parts = list(value) if several else [value] * (value is not None)
        known: dict[str, Any] = {"rate": RATE, "epochs": 1, "off": False}
        known |= {f"grads{place}": part for place, part in enumerate(parts)}
        args = arguments_for(entry, known, [name for name in known if name.startswith("grads")])
        if args is None:
            self.judged.unknown(entry, "its arguments are not known")
            return
        done = self.thing.call(entry, args)
        if done.raised is not None:
            if needed := self._put_by_another(entry, done.raised.text):
                self.judged.unknown(entry, f"it needs {needed}, which another method puts into the object")
                return
            raises = done.raised.kind == "exception" and not entry.required
            self.judged.say(entry, Outcome.ERROR if raises else Outcome.CANNOT_JUDGE, f"it raises {done.raised.text}")
            return
        moved = self.asked.moved()
        gradients = {path: along(moved[path], values) for path, values in (seen.found or {}).items()}
        rates = {path: -times(moved[path], value) for path, value in gradients.items()}
        fitting = [
            rate
            for path, rate in rates.items()
            if rate and moved[path].size > 1 and near(moved[path], -rate * gradients[path])
        ]
        if not fitting:
            self.judged.unknown(entry, "its steps are not along the gradients: which optimizer it is, is not known")
            return
        rate = max(fitting, key=lambda k: sum(alike(k, other) for other in fitting))
        others = [path for path in moved if not near(moved[path], -rate * gradients[path])]
        decay = decay_in(self.net, moved, gradients, rate, others)
        if others and not decay:
            self.judged.wrong(entry, "step", self._not_moved(others, moved))
        elif (rate > 0) != (fit.factor > 0) and fit.loss == GIVEN and goes_down_errors(self.thing.session):
            self.judged.right(entry, "it adds the gradients: they must be those of target − output")
        elif (rate > 0) != (fit.factor > 0):
            why = "It adds the gradients: the cost grows. They are subtracted: W − α dW."
            self.judged.wrong(entry, "uphill", "it adds the gradients", why)
        else:
            self.decays = bool(decay)
            self.judged.right(entry, *[f"it adds {decay:.4g} times the weights: weight decay"] * bool(decay))

    def _put_by_another(self, entry: Definition, raised: str) -> str:
        """The attribute that the object lacks, where another of its methods assigns it."""
        lacks = re.search(r"object has no attribute '(\w+)'", raised)
        others = [self.thing.session.source_of(one.theirs) or "" for one in self.thing.methods() if one != entry]
        put = lacks is not None and any(re.search(rf"\bself\.{lacks[1]}\b[^=\n]*=[^=]", text) for text in others)
        return lacks[1] if lacks is not None and put else ""

    def _not_moved(self, others: Sequence[Path], moved: dict[Path, Array]) -> str:
        names, one = weight_names(others, ""), len(others) == 1
        if not any(moved[path].any() for path in others):
            return f"{names} {'is' if one else 'are'} never updated"
        right = [path for path in moved if path not in others]
        along = f"as {weight_names(right, '')} {'does' if len(right) == 1 else 'do'}"
        return f"{names} {'does' if one else 'do'} not go along the gradient, {along}"

    def _train(self, entry: Definition) -> None:
        """Right where at a tiny rate all that it does is a sum of the examples' gradients, whatever its batches."""
        used = [one.theirs for one in reached(self.thing, entry)]
        if wrong := [name for name, one in self.judged.rows.items() if one.outcome in FAILED and name in used]:
            self.judged.unknown(entry, f"it may be right: {wrong[0]} is wrong")
            return
        rates = numbers_for(self.thing, "rate")
        self.thing.put(dict.fromkeys(rates, TINY))
        seen = self.judged.seen
        raised = ""
        every = [seen.labels] if seen is not None and seen.labels is not None else [*self.asked.labels()]
        ways = [self.asked.known(labels) | {"Y2": labels} for labels in every]
        ways += [ways[0] | {"X": self.net.X[:, None], "Y": self.asked.Y[:, None], "Y2": self.asked.Y[:, None]}]
        for known in ways:  # at last each example as a row of its own
            self.asked.ahead()
            known |= {"rate": TINY, "reg": 0.0}
            if not any(re.fullmatch(ROLES["Y"], squeezed(one)) for one in entry.parameters):
                known["X"] = [(x[:, None], y[:, None]) for x, y in zip(self.net.X, self.asked.Y, strict=True)]
            args = arguments_for(entry, known | {"X2": known["X"]}, ("X", "Y"))
            answer = None if args is None else self.thing.call(entry, args)
            if args is not None and answer is not None and answer.raised is None:
                self._judge(entry, args, known, bool(rates))
                return
            raised = raised or (answer.raised.text if answer is not None and answer.raised else "")
        self.thing.put(self.net.start)
        self.judged.unknown(entry, f"it raises {raised}" if raised else "how it trains could not be found")

    def _judge(self, entry: Definition, args: Sequence[Any], known: Mapping[str, Any], kept_rate: bool) -> None:
        """The verdict on a training, after a first call."""
        moved, fit = self._all(self.asked.moved()), self.judged.fit
        loss = (
            fit.loss if fit is not None and self.judged.seen is not None and self.judged.seen.labels is not None else ""
        )
        held = (str(path[-1][1]) for path in self.thing.session.inside(self.thing.ref).values if path)
        penalty = any(re.fullmatch(ROLES["reg"], squeezed(one)) for one in (*entry.parameters, *held))
        penalty = penalty or self.decays or (fit is not None and bool(fit.decay or fit.signs))
        right = is_sum(self.net, self.asked.Y, moved, loss, penalty)
        if right and self._adds_up(entry, args):
            says = "every call goes farther than the one before, from the same weights: gradients add up"
            self.judged.wrong(
                entry, "adds-up", says, "Gradients are added to those of the call before: they are never set to 0."
            )
        elif right and self._is_late(entry, args):
            says = "the layers below are moved by weights that it has moved before"
            why = "The gradients of the layers below are made of weights that were updated before; they need the old."
            self.judged.wrong(entry, "late", says, why)
        elif right:
            longer = Longer(self.asked, entry, known, loss, penalty)
            if fault := longer.fault(self.doubt(entry)):
                self.judged.wrong(entry, "training", *fault)
            else:
                self.judged.right(entry)
        elif right is None:
            self.judged.unknown(entry, "how it trains could not be found")
        else:
            if doubt := self.doubt(entry):
                self.judged.unknown(entry, doubt)
                return
            parts = not_along(self.net, self.asked.Y, moved)
            names = weight_names(parts, "")
            has_rate = kept_rate or any(re.fullmatch(ROLES["rate"], squeezed(one)) for one in entry.parameters)
            others = [path for path in self.net.parameters if path not in parts]
            if not loss and parts and others:
                why = self._of_two_losses(moved) or (
                    f"{names} {'goes' if len(parts) == 1 else 'go'} where no example's gradient leads; "
                    f"{weight_names(others, '')} {'goes' if len(others) == 1 else 'go'} along it"
                )
                self.judged.wrong(entry, "training", why)
            elif loss and has_rate and (still := self._still(moved)):
                why = f"{weight_names(still, '')} {'is' if len(still) == 1 else 'are'} never updated"
                self.judged.wrong(entry, "training", why)
            elif loss and has_rate:
                why = (
                    "The weights go where no example's gradient leads: examples and labels may have lost their order, "
                    "or gradients are used that belong to others."
                )
                self.judged.wrong(
                    entry,
                    "training",
                    f"the weights do not go along the examples' gradients{names and f': {names}'}",
                    why,
                )
            else:
                self.judged.unknown(entry, "how it trains could not be found")

    def _of_two_losses(self, moved: Array) -> str:
        """That some of the weights go along one loss, the others along another, where they do."""
        along = {loss: {*paths_along(self.net, self.asked.Y, moved, loss)} for loss in LOSSES}
        for (loss, paths), (other, rest) in combinations(along.items(), 2):
            if paths and rest and not paths & rest and paths | rest == {*self.net.parameters}:
                names = [
                    weight_names([one for one in self.net.parameters if one in each], "") for each in (paths, rest)
                ]
                goes = "goes" if len(paths) == 1 else "go"
                both = f"the gradient of {loss}, {names[1]} along that of {other}: it must be one loss"
                return f"{names[0]} {goes} along {both}"
        return ""

    def doubt(self, entry: Definition) -> str:
        """Why a right training may move the weights otherwise than along a sum of the examples' gradients."""
        if self.net.couples:
            return "an example's predictions depend on the others of its batch, as with batch norm"
        sources = [self.thing.session.source_of(one.theirs) or "" for one in reached(self.thing, entry)]
        if any(re.search(ADAPTIVE, text.lower()) for text in sources):
            return "its steps may be those of an adaptive optimizer: these are not along the gradients"
        return ""

    def _still(self, moved: Array) -> list[Path]:
        """The weights that never moved, where others did."""
        still = [path for path, part in self.net.blocks() if not moved[part].any()]
        return still if len(still) < len(self.net.parameters) else []

    def _is_late(self, entry: Definition, args: Sequence[Any]) -> bool:
        """Whether one step on one example, at a usual rate, is made of weights that it has moved already."""
        m, rates = len(self.net.X), numbers_for(self.thing, "rate")
        moves = []
        for rate in (TINY, USUAL):
            self.thing.put(dict.fromkeys(rates, rate))
            given = [rate if type(one) is float and one == TINY else first_of(one, 1, m) for one in args]
            if self.thing.call(entry, given).raised is not None:
                self.asked.moved()
                return False
            moves.append(self.asked.moved())
        self.thing.put(dict.fromkeys(rates, TINY))
        tiny, large = moves
        return is_late(self.net, self.net.X[0], tiny, large, USUAL / TINY)

    def _adds_up(self, entry: Definition, args: Sequence[Any]) -> bool:
        """Whether of calls from the same weights each goes farther than the one before, by the same step."""
        steps = []
        for _ in range(3):
            if self.thing.call(entry, args).raised is not None:
                return False
            steps.append(self._all(self.asked.moved(all_back=False)))
        first, second = steps[1] - steps[0], steps[2] - steps[1]
        return near(second, first) and float(first @ steps[0]) > CLOSE * float(steps[0] @ steps[0])

    def _all(self, moved: dict[Path, Array]) -> Array:
        return np.concatenate([moved[path].ravel() for path in self.net.parameters])


def goes_down_errors(session: Session) -> bool:
    """Whether the file has a difference target − output, whose gradients are of the opposite sign."""
    target = r"(y|t|target|label|expected|desired|truth|actual)\w*(\[[^\]]*\])?"
    output = r"(out|pred|y_?hat|y_?pred|a\d|a\b|o\b|activ|forward|predict|feed)"
    called_so = any(
        re.fullmatch("errors?|err", one) for each in session.loaded.functions.values() for one in each.parameters
    )
    called_so = called_so or session.contains(r"\boutput\s*-\s*(final|pred)")
    return called_so or session.contains(rf"(?i)\b(self\.)?{target}\s*-\s*(self\.)?(\w+\.)?{output}")


def decay_in(
    net: Net, moved: Mapping[Path, Array], gradients: Mapping[Path, Array], rate: float, others: Sequence[Path]
) -> float:
    """How many times the weights a step adds to the gradients of these, W alone, as all the rest goes along them; 0
    where it is something else that they have more."""
    found = []
    for path in others:
        W, more = net.start[path].astype(float), -moved[path] / rate - gradients[path]
        decay = times(more, W)
        if not net.is_matrix(path) or not near(more, decay * W):
            return 0.0
        found.append(decay)
    same = found and all(alike(one, found[0]) for one in found) and found[0] * rate > 0
    return found[0] if same else 0.0
