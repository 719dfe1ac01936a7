"""The verdicts on a network in one object: its forward pass, its gradients, its cost, and what moves its weights."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from numpynet.check.objects.asked import RATE, UPSTREAM, Asked, Seen, surely_upstream, takes
from numpynet.check.objects.blame import excused
from numpynet.check.objects.calls import arguments_for, squeezed
from numpynet.check.objects.example import example_of
from numpynet.check.objects.fits import GIVEN, Fit, alike, because, by_m, fit_of_slope, fitted, signs_in, times
from numpynet.check.objects.losses import LOSSES, factors, slopes_of
from numpynet.check.objects.moves import Moves
from numpynet.check.objects.net import CLOSE, Net, near, weight_names
from numpynet.check.objects.predicted import judge_classes
from numpynet.check.objects.reach import reached
from numpynet.check.objects.thing import UNFORESEEN, flat, full_name, named
from numpynet.check.objects.why import why
from numpynet.check.result import FAILED, GOOD, Cause, Cell, FunctionGrade, Outcome, Witness
from numpynet.printable import sentence
from numpynet.sandbox import Definition
from numpynet.sandbox.messages import Path
from numpynet.types import Array

DRAWS = "the forward pass draws random numbers, as dropout does"
MORE = 1.01  # times as much: no rounding
TOGETHER = "do not belong together"
UNREAD = "its predictions are not those of layers with a known activation"
BELOW = r"d(inputs?|x|aprev)|grad(ient)?(inputs?|x)|(inputs?|x)grad(ient)?"  # what is kept for the layer below


class NetJudge:
    """Judges the methods of one network. `fit` and `seen` are of gradients that are right, `missed` of wrong ones."""

    def __init__(self, net: Net) -> None:
        assert net.forward is not None
        self.net, self.thing, self.asked = net, net.thing, Asked(net, net.forward)
        self.forward = net.forward.entry
        self.rows: dict[str, FunctionGrade] = {}
        self.fit: Fit | None = None
        self.seen: Seen | None = None
        self.tried: Seen | None = None
        self.missed: dict[str, Fit] = {}

    def judge(self) -> list[FunctionGrade]:
        """All methods that are known; those on which nothing can be said are left out."""
        self._forward()
        for entry in (*self.net.kinds.get("backward", []), *self._both()):
            before = self.rows.get(entry.theirs)
            if before is None or (entry.theirs == self.forward.theirs and before.outcome not in FAILED):
                of_loss = entry.required == 2 and takes(entry, "A") and not takes(entry, "X")
                self._tries(self._gradients, entry)
                if of_loss and entry.theirs in self.rows and self.rows[entry.theirs].outcome not in (*GOOD, *FAILED):
                    self._tries(self._slope_of_loss, entry)
        for entry in self.net.kinds.get("cost", []):
            before = self.rows.get(entry.theirs)
            if before is None or (before.outcome in GOOD and self.fit is not None):
                self._tries(self._cost, entry)
                if before is not None and self.rows[entry.theirs].outcome not in FAILED:
                    self.rows[entry.theirs] = before
        trained = Moves(self).judge()
        self._order(trained)
        for entry in self.net.kinds.get("forward", []):
            if re.search("predict|class", entry.name.lower()) and entry.theirs not in self.rows:
                self._tries(self._classes, entry)
        if self.rows[self.forward.theirs].says == UNREAD and (self.fit is not None or trained):
            self.right(self.forward, "a network that is not read; its gradients are those of its predictions")
        if self.rows[self.forward.theirs].outcome in FAILED:
            says = f"it may be right: {self.forward.theirs} is wrong"
            for name, one in self.rows.items():
                if name != self.forward.theirs and (one.outcome in FAILED or TOGETHER in one.says):
                    self.rows[name] = excused(one, says)
        return list(self.rows.values())

    def _order(self, trained: bool) -> None:
        """Gradients returned as lists of which one is in another order: right only where a step puts that right."""
        seen, steps = self.seen, [*self.net.kinds.get("step", []), *self.net.kinds.get("train", [])]
        rows = [self.rows[one.theirs] for one in steps if one.theirs in self.rows]
        if seen is None or self.fit is None or self.fit.decay or any(one.outcome in GOOD for one in rows):
            return
        orders = [*orders_of(self.net, seen.value, self.fit.due)]
        if trained or len({*orders}) < 2 or self.rows[seen.entry.theirs].outcome not in GOOD:
            return
        says = "of its lists of gradients one begins with the first layer, another with the last"
        if any(one.outcome == Outcome.CANNOT_JUDGE for one in rows):
            self.unknown(seen.entry, says)
        else:
            self.wrong(seen.entry, "order", says)

    def _tries(self, judge: Callable[[Definition], None], entry: Definition) -> None:
        """The verdict on one method, whatever that returns."""
        try:
            judge(entry)
        except UNFORESEEN:
            self.thing.put(self.net.start)
            self.unknown(entry, "what it returns is not understood")

    def say(self, entry: Definition, outcome: Outcome, says: str = "", **more: Any) -> None:
        """One verdict."""
        self.rows[entry.theirs] = FunctionGrade(entry.theirs, outcome, entry.theirs, entry.line, says, **more)

    def right(self, entry: Definition, *notes: str) -> None:
        """It is right, in another way where there are notes."""
        self.say(entry, Outcome.CONVENTION if notes else Outcome.PASS, conventions=notes)

    def wrong(self, entry: Definition, kind: str, says: str, cause: str = "", *cells: Cell) -> None:
        """It is wrong; the cause in a sentence is what is said, where there is no other."""
        if self.net.draws:
            self.unknown(entry, DRAWS)
            return
        text = cause or sentence(says)
        self.say(entry, Outcome.FAIL, says, cause=Cause(kind, text), cells=cells)

    def unknown(self, entry: Definition, says: str) -> None:
        """It cannot be judged."""
        self.say(entry, Outcome.CANNOT_JUDGE, says)

    # ── the forward pass ─────────────────────────────────────────────────────────────────────────────────────────────

    def _forward(self) -> None:
        weights = {full_name(path) for path in self.net.parameters}
        biases = [path for path in self.net.idle if _weight_of(full_name(path)) in weights]
        if biases:
            says = f"{weight_names(biases, '')} can be any numbers, and the predictions stay the same"
            self.wrong(self.forward, "idle-bias", says, f"The bias is forgotten: {says}.")
        elif self.net.reads_as():
            self.right(self.forward)
        elif self.net.mixes:
            why = (
                "The exponentials are divided by a sum over the examples, too; it must be that over one example alone."
            )
            self.wrong(self.forward, "softmax", "an example's predictions do not add up to 1", why)
        else:
            self.unknown(self.forward, UNREAD)

    def _classes(self, entry: Definition) -> None:
        """Of predictions on both sides of a threshold, if there are such."""
        at, predictions, values = self.asked.predicted, [], []
        for scale in () if at.single else (0.3, -0.3, 1, -1, 3, -3, 9, -9):
            A = self.net.predicts(scale * self.net.X)
            args = arguments_for(entry, {"X": self.net.given(scale * self.net.X, at.rows, at.single)}, ("X",))
            answer = None if args is None else self.thing.call(entry, args)
            if A is None or answer is None or answer.raised is not None:
                return
            predictions.append(A)
            values.append(answer.value)
        row = judge_classes(entry, values, predictions)
        if row is not None and row.outcome in FAILED and self.net.draws:
            self.unknown(entry, DRAWS)
        elif row is not None:
            self.rows[entry.theirs] = row

    # ── gradients ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _both(self) -> Iterator[Definition]:
        """Methods for the cost that take the examples: they may return gradients, too."""
        for entry in self.net.kinds.get("cost", []):
            if len(entry.parameters) >= 2 and takes(entry, "X"):
                yield entry

    def _gradients(self, entry: Definition) -> None:
        """Right where they are the gradients of a loss of the network's own predictions."""
        found = list(self._fits(entry))
        last_weight = self.net.parameters[-1]  # what is wrong at the output is wrong in every layer below
        own = {self._reads_cost(one.labels) for _, one in found if one.labels is not None}
        fit, seen = max(
            found,
            key=lambda one: (
                *(one[0].right, last_weight not in one[0].wrong, (one[0].factor < 0) == one[1].moved),
                one[0].loss in own,
            ),
            default=(None, None),
        )
        last = None
        if fit is None or fit.wrong:
            last = self.asked.gradients(entry, None, np.random.default_rng(3).uniform(-1, 1, self.net.A.shape))
            if last.found is not None and last.upstream is not None:
                other = fit_of_slope(self.net, last.found, GIVEN, last.upstream)
                if fit is None or other.right > fit.right or (not fit.right and surely_upstream(entry)):
                    fit, seen = other, last
        if fit is None or seen is None:
            if entry not in self.net.kinds.get("cost", []) and not (last and self._keeps_other_inputs(last)):
                self.unknown(entry, self._why(self.tried))
            return
        if fit.loss == GIVEN:
            if fit.wrong and self._keeps_other_inputs(seen):
                return
            if not fit.wrong and (why := self._hands_down(fit, seen)):
                self.wrong(entry, "dX", why)
                return
        self._judge(entry, fit, seen)

    def _slope_of_loss(self, entry: Definition) -> None:
        """Right where it is how a known loss moves with the predictions that it is given with labels."""
        labels = self.asked.laid(self.asked.Y)
        args = arguments_for(entry, self.asked.known(labels), ("A", "Y"))
        answer = None if args is None else self.thing.call(entry, args)
        values = [] if answer is None or answer.raised is not None else [value for _, value in flat(answer.value)]
        for _, slope in slopes_of(self.net.A):
            with np.errstate(all="ignore"):
                due = self.asked.laid(slope(self.net.A, self.asked.Y))
            for value in values:
                if value.shape == due.shape and (k := times(value, due)) > 0 and near(value, k * due):
                    self.right(entry)
                    return

    def _fits(self, entry: Definition) -> Iterator[tuple[Fit, Seen]]:
        for labels in self.asked.labels():
            seen = self.asked.gradients(entry, labels)
            self.tried = seen if self.tried is None or self.tried.entry != entry or seen.raised is None else self.tried
            for loss, slope in slopes_of(self.net.A) if seen.found is not None else ():
                with np.errstate(all="ignore"):
                    due = slope(self.net.A, self.asked.Y)
                yield fit_of_slope(self.net, seen.found or {}, loss, due), seen

    def _judge(self, entry: Definition, fit: Fit, seen: Seen) -> None:
        """The verdict on gradients that were found."""
        own = None
        if fit.wrong or (fit.decay and self._reads_cost(seen.labels) is None):
            own = self.own_cost(seen)
        if own is not None and not own.wrong:
            is_cost = entry in self.net.kinds.get("cost", [])
            down = not is_cost and fit.loss in LOSSES and (fit.factor < 0) == seen.moved
            if not fit.wrong and not down and own.factor * fit.factor < 0:
                falls = "it falls where the loss grows" if is_cost else "they belong to a cost of the opposite sign"
                self.wrong(entry, "opposite", falls, "The cost and its gradients have opposite signs.")
                return
            fit = own
        if not fit.wrong and own is not None and own.wrong and self._is_of_one_output(fit, own):
            own = None
        if not fit.wrong and own is not None and own.wrong and not own.decay:
            own = own if self._reads_cost_alone(seen.labels) else None  # else it is the cost that is in no table
        if signs := signs_in(self.net, seen.found or {}, fit):
            fit = replace(fit, wrong=(), right=len(self.net.parameters), signs=signs)
        if fit.wrong and (doubt := self._doubt(entry, seen)):
            self.unknown(entry, doubt)
            return
        if fit.wrong or (fit.decay and not fit.signs and own is not None and own.wrong):
            known = self.net.read is not None and self._reads_cost_alone(seen.labels)
            if not fit.right and own is not None and not own.right and fit.loss != GIVEN and not known:
                self.unknown(entry, f"{own.loss} and these gradients {TOGETHER}: one of them is wrong")
            elif fit.right or own is not None or fit.loss == GIVEN:
                penalty = ""
                alike_in_all = own is not None and {*filter(self.net.is_matrix, self.net.parameters)} <= {*own.wrong}
                if not fit.wrong and own is not None and own.decay and alike(own.factor, 1) and alike_in_all:
                    due = fit.decay - own.decay
                    penalty = (
                        f"The penalty adds {fit.decay:.4g} times the weights to their gradients; by the penalty in its "
                        f"own cost these are {due:.4g} times."
                    )
                more = 1 if self._reads_cost(seen.labels) is None and known else 0  # its own cost has a penalty
                of_table = fit.wrong and fit.right and (own is None or len(own.wrong) >= len(fit.wrong) + more)
                self._not_gradients(entry, fit if of_table else own or fit, seen, penalty)
            else:
                self.unknown(entry, "of which loss its gradients are could not be found")
            return
        if seen.spoilt:
            self.wrong(entry, "in-place", seen.spoilt, f"I{seen.spoilt[1:]}: the next pass meets others.")
            return
        if self.fit is None or seen.labels is not None:
            self.fit, self.seen = fit, seen
        if (fit.factor < 0) == seen.moved:
            given = self.asked.with_penalty(entry)
            notes = [f"{given}it adds {abs(fit.decay):.4g} times the weights: weight decay"] * bool(fit.decay)
            notes += [f"it adds {abs(fit.signs):.4g} times the signs of the weights: an L1 penalty"] * bool(fit.signs)
            added = weight_names(self._added_up(seen))
            notes += [f"each call adds {added} to those of the call before: somebody must set them to 0"] * bool(added)
            self.right(entry, *notes)
        elif seen.moved and fit.loss == GIVEN:
            self.right(entry, "it moves up the gradient that it is given: that must be of the opposite sign")
        elif seen.moved:
            self._not_gradients(entry, fit, seen, "It moves up the gradient: every weight goes where the loss grows.")
        elif self.net.kinds.get("step") or self.net.kinds.get("train"):
            self.right(entry, "its gradients have the opposite sign")
        else:
            self.unknown(
                entry, "its gradients have the opposite sign: right where a step adds them, and it has no step"
            )

    def _doubt(self, entry: Definition, seen: Seen) -> str:
        """Why what is right may leave something else than gradients."""
        if seen.moved and (doubt := Moves(self).doubt(entry)):
            return doubt
        values = np.abs(np.concatenate([one[0].ravel() for one in (seen.found or {}).values() if one]))
        cut = [float(one) for text in self._lines(entry) for one in re.findall(r"clip\(.*?([\d.]+)\)", text)]
        greatest = values.max(initial=0.0)
        at_once = np.sum(np.isclose(values, greatest, rtol=1e-9)) > 1
        if cut and greatest and (at_once or any(alike(greatest, k * one) for one in cut for k in (1, RATE))):
            return "it cuts its gradients off where they are large: what they are without that could not be found out"
        return ""

    def _lines(self, entry: Definition) -> list[str]:
        """The lines of the method and of all that it calls."""
        return [self.thing.session.source_of(one.theirs) or "" for one in reached(self.thing, entry)]

    def _added_up(self, seen: Seen) -> list[Path]:
        """The weights of whose gradients the same call once more leaves more than before."""
        again, before = {} if seen.moved else self.asked.twice(seen), seen.found or {}
        found = []
        for path in self.net.parameters if again and before else ():
            one, other = (values[path][0] if values.get(path) else np.zeros(0) for values in (again, before))
            k = times(one, other) if one.shape == other.shape else 0.0
            if k > MORE and near(one, k * other):
                found.append(path)
        return found

    def _is_of_one_output(self, fit: Fit, own: Fit) -> bool:
        """Whether its own cost and its gradients, penalty and all, belong together with one output: a mean over all
        elements and a division by the number of examples are the same then."""
        if fit.loss not in LOSSES or not own.factor:
            return False
        slopes = {path: [due / own.factor] for path, due in own.due.items()}
        with np.errstate(all="ignore"):
            cost = fit_of_slope(self.net, slopes, fit.loss, LOSSES[fit.loss][1](self.net.A, self.asked.Y))
        outputs = self.net.A.shape[1]
        fits = not cost.wrong and cost.factor and alike(cost.decay, fit.decay)
        return bool(fits) and any(alike(fit.factor / cost.factor, one) for one in (outputs, 1 / outputs))

    def _not_gradients(self, entry: Definition, fit: Fit, seen: Seen, cause: str = "") -> None:
        """What is wrong, with the worst element of each of two arrays."""
        fit, found = _downhill(fit, seen), seen.found or {}
        paths = fit.wrong or tuple(self.net.parameters)
        names, right = weight_names(paths), [path for path in self.net.parameters if path not in paths]
        others = f" ({weight_names(right)} {'is' if len(right) == 1 else 'are'} right)" if right else ""
        says = f"{names}: not the gradient of {fit.loss} by the network's own predictions{others}"
        cells = []
        for path in paths[:2]:
            value, due = (found[path] or [np.zeros(0)])[0], fit.due.get(path, np.zeros(1))
            if value.shape == due.shape and np.isfinite(value).all():
                index = tuple(int(i) for i in np.unravel_index(int(np.abs(value - due).argmax()), due.shape))
                cells.append(Cell("small weights", weight_names([path]), index, float(value[index]), float(due[index])))
        plainly = (
            f"{names} {'is' if len(paths) == 1 else 'are'} wrong: moving a weight by hand moves {fit.loss} otherwise."
        )
        cause = cause or because(fit, found, len(self.net.A)) or self._mistake(fit, seen) or plainly
        self.wrong(entry, "gradient", says, cause, *cells)
        self.missed[entry.theirs] = fit

    def example(self, entry: Definition, missed: Fit) -> Witness | None:
        """Gradients that are wrong here as they were on the large network: of the same loss, by the same weights."""
        upstream = np.random.default_rng(3).integers(1, 3, self.net.A.shape).astype(float)
        asked = (self.asked.gradients(entry, labels) for labels in self.asked.labels())
        for seen in [self.asked.gradients(entry, None, upstream)] if missed.loss == GIVEN else asked:
            found = {path: values[0] for path, values in (seen.found or {}).items()}
            due = self._due(seen, missed) if found and all(np.isfinite(one).all() for one in found.values()) else None
            if due is None:
                continue
            fitting = ((path, value) for path, value in found.items() if value.shape == due[path].shape)
            wrong = [path for path, value in fitting if not near(value, due[path])]
            ratios = [times(found[path], due[path]) for path in wrong if missed.loss == GIVEN]
            if wrong and set(wrong) <= set(missed.wrong) and not any(by_m(one, len(self.net.X)) for one in ratios):
                return example_of(self.net, seen, due, wrong)
        return None

    def _due(self, seen: Seen, missed: Fit) -> Mapping[Path, Array] | None:
        """The right gradients, of the loss and as many times as on the large network; None where that is not known."""
        if missed.loss not in (*LOSSES, GIVEN):
            own = self.own_cost(seen)
            if own is None:
                return None
            times_it = (missed.factor or 1.0) / (own.factor or 1.0)
            return {path: times_it * value for path, value in own.due.items()}
        slope = seen.upstream
        if slope is None:
            slope = LOSSES[missed.loss][1](self.net.A, self.asked.Y)
        fit = fit_of_slope(self.net, seen.found or {}, missed.loss, slope)
        return _downhill(fit, seen).due if fit.factor else None

    def _mistake(self, fit: Fit, seen: Seen) -> str:
        """What stands in the place of a slope or an input, where it can be seen."""
        found = {
            path: [value - fit.decay * self.net.start[path] * self.net.is_matrix(path) for value in values]
            for path, values in (seen.found or {}).items()
        }
        loss = fit.loss if fit.loss in LOSSES else self._reads_cost(seen.labels) or ""
        if loss in LOSSES:
            with np.errstate(all="ignore"):
                slope = LOSSES[loss][1](self.net.A, self.asked.Y)
            return why(self.net, slope, fit.wrong, found)
        return why(self.net, seen.upstream, fit.wrong, found) if seen.upstream is not None else ""

    def _hands_down(self, fit: Fit, seen: Seen) -> str:
        """What is wrong with the gradient for the layer below, where one is returned."""
        at, X = self.asked.predicted, self.net.X
        if seen.upstream is None:
            return ""
        known = (1, 1 / len(X), len(X))
        if not seen.moved and not any(alike(abs(fit.factor), one) for one in known):
            return f"the gradients are {fit.factor:.4g} times what they must be"
        by_inputs = self.net.by_inputs(seen.upstream)
        if by_inputs is None:
            return ""
        due = self.net.given(by_inputs, at.rows, at.single)
        found = [value.astype(float) for _, value in flat(seen.value) if value.shape == due.shape]
        found = found or self._kept_for_below(seen, due.shape)
        opposite = fit.factor < 0 and not seen.moved  # where its gradients are, what it hands down may be, too
        if not found or any(
            near(value, k * due) or (opposite and near(value, -k * due)) for value in found for k in known
        ):
            return ""
        if any(near(value, -k * due) for value in found for k in known):
            return "what it hands down, the gradient by its input, has the opposite sign"
        after = ": it is made of weights that were moved before" if seen.moved else ""
        return f"what it hands down, the gradient by its input, is not that of its own output{after}"

    def _kept_for_below(self, seen: Seen, shape: tuple[int, ...]) -> list[Array]:
        """What the object keeps as the gradient by its input, by its name."""
        self.asked.again(seen)
        held = self.thing.session.inside(self.thing.ref).values.items()
        found = [value.astype(float) for path, value in held
                 if len(path) == 1 and isinstance(value, np.ndarray) and value.shape == shape
                 and re.fullmatch(BELOW, squeezed(str(path[-1][1])))]  # fmt: skip
        self.thing.put(self.net.start)
        return found

    def _keeps_other_inputs(self, seen: Seen) -> bool:
        """Whether the gradients are right once its input stands where the forward pass filed something else."""
        if seen.upstream is None:
            return False
        at, known = self.asked.predicted, self.asked.known(None, seen.upstream)
        held = self.thing.session.inside(self.thing.ref).values
        for path, value in held.items():
            if not path or path in self.net.start or not isinstance(value, np.ndarray):
                continue
            if not re.search("input|prev|^x", squeezed(str(path[-1][1]))):
                continue
            self.asked.ahead()
            self.thing.put({path: self.net.given(self.net.X, at.rows, at.single)})
            answer = self.thing.call(seen.entry, arguments_for(seen.entry, known, UPSTREAM) or [])
            found, _ = ({}, False) if answer.raised else self.net.gathered(answer, held)
            self.thing.put(self.net.start)
            if found and all(found.values()) and not fit_of_slope(self.net, found, GIVEN, seen.upstream).wrong:
                says = (
                    f"it files something else than its input in {named(path)}; with that, {seen.entry.theirs} is right"
                )
                self.wrong(self.forward, "files", says)
                self.right(seen.entry)
                return True
        return False

    def _why(self, seen: Seen | None) -> str:
        if seen is None or seen.raised is None:
            return "where it leaves the gradients could not be found"
        return (
            f"it raises {seen.raised.text}"
            if seen.raised.kind == "exception" and ":" in seen.raised.text
            else seen.raised.text
        )

    # ── the cost ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def own_cost(self, seen: Seen) -> Fit | None:
        """How far the gradients are those of the object's own cost; None without one."""
        for entry in self.net.kinds.get("cost", []):
            if seen.labels is None or self.asked.cost(entry, seen.labels) is None:
                continue
            due = self.asked.slope_of_cost(entry, seen.labels)
            if due is not None:
                fit = fitted(self.net, seen.found or {}, f"its own {entry.name}", due)
                return replace(fit, wrong=_not_plainly(self.net, fit, seen)) if fit.decay else fit
        return None

    def _reads_cost(self, labels: Any, entry: Definition | None = None) -> str | None:
        """Which known loss the object's own cost is, by its value; "" where it has none."""
        costs = self.net.kinds.get("cost", []) if entry is None else [entry]
        for one in costs if labels is not None else ():
            if loss := self._is_loss(self.asked.cost(one, labels)):
                return loss
        return None if costs else ""

    def _reads_cost_alone(self, labels: Any, entry: Definition | None = None) -> str:
        """Which known loss its own cost is without its penalty; "" where it is none."""
        costs = self.net.kinds.get("cost", []) if entry is None else [entry]
        values = (self.asked.cost_alone(one, labels) for one in (costs if labels is not None else ()))
        return next((loss for value in values if (loss := self._is_loss(value))), "")

    def _is_loss(self, value: float | None) -> str:
        """The known loss that has this value, or a multiple of it that people take; "" where none has."""
        for loss, number in self._sums().items() if value is not None else ():
            if any(np.isclose(value or 0.0, number * k, rtol=CLOSE) for k in factors(*self.net.A.shape)):
                return loss
        return ""

    def _sums(self) -> dict[str, float]:
        """The known losses of the predictions, summed up."""
        A, Y = self.net.A, self.asked.Y
        with np.errstate(all="ignore"):
            sums = {loss: float(of(A, Y).sum()) for loss, (of, _) in LOSSES.items()}
        return sums | {"the root of the squared error": float(np.sqrt(((A - Y) ** 2).mean()))}

    def _cost(self, entry: Definition) -> None:
        """Right where its value is that of a known loss, or where the gradients are its gradients."""
        loss = self.fit.loss if self.fit is not None else ""
        for labels in self.asked.labels():
            value = self.asked.cost(entry, labels)
            if value is None:
                continue
            sums = self._sums()
            read = self._reads_cost(labels, entry) or self._reads_cost_alone(labels, entry) or None
            if read == "cross-entropy" and loss == "binary cross-entropy":
                why = "The term of the labels 0, (1 − Y) log(1 − A), is missing."
                cell = Cell("small weights", "cost", (), value, sums[loss] * value / sums[read])
                self.wrong(entry, "cost", f"it is not the {loss}, of which the gradients are", why, cell)
                return
            if read is not None:
                self.right(entry)
                return
            own = self.own_cost(self.seen) if self.seen is not None else None
            if own is None or self.seen is None:
                continue
            if not own.wrong and (own.factor < 0) != self.seen.moved:
                self.wrong(entry, "opposite", "it falls where the loss grows", "The cost has the opposite sign.")
                return
            if not own.wrong:
                self.right(entry, "a loss that is in no table; the gradients are its gradients")
                return
            if self.fit is not None and self._is_of_one_output(self.fit, own):
                self.right(entry)
                return
            if self._is_meant(entry, loss):
                due = min((sums[loss] * k for k in factors(*self.net.A.shape)), key=lambda one: abs(one - value))
                says = f"it is not {loss}, of which the gradients are, and they are not its gradients"
                self.wrong(
                    entry, "cost", says, f"The cost is not {loss}.", Cell("small weights", "cost", (), value, due)
                )
                return
        self.unknown(entry, "which loss it is could not be found")

    def _is_meant(self, entry: Definition, loss: str) -> bool:
        """Whether its lines have the logarithm, or the square, of the loss whose gradients are right."""
        source = self.thing.session.source_of(entry.theirs) or ""
        return ("log" in source and "cross-entropy" in loss) or (
            loss == "the squared error" and re.search(r"\*\* ?2|square", source) is not None
        )


def orders_of(net: Net, value: Any, due: Mapping[Path, Array]) -> Iterator[int]:
    """Of each list of gradients that was returned whether it goes as the weights do, 1, or the other way round, −1."""
    kept: dict[Path, list[Path]] = {}
    for path in net.parameters:
        if path and path[-1][0] == "i":
            kept.setdefault(path[:-1], []).append(path)
    lists: dict[Path, list[Array]] = {}
    for path, one in flat(value):
        lists.setdefault(path[:-1], []).append(one)
    for group, found in product(kept.values(), lists.values()):
        for order in (1, -1) if len(group) == len(found) > 1 else ():
            pairs = [*zip(group, found[::order], strict=True)]
            if all(one.shape == due[path].shape and near(one, due[path]) for path, one in pairs):
                yield order


def _not_plainly(net: Net, fit: Fit, seen: Seen) -> tuple[Path, ...]:
    """The weights whose gradients are not those of a cost that has all of the penalty."""
    least = max(net.least(one) for one in fit.due.values())
    found = seen.found or {}
    return tuple(path for path, due in fit.due.items() if not any(near(value, due, least) for value in found[path]))


def _downhill(fit: Fit, seen: Seen) -> Fit:
    """Where some weights move up the gradient, and all others down, those that move up are wrong."""
    others = tuple(path for path in fit.due if path not in fit.wrong)
    found = seen.found or {}
    if not seen.moved or fit.factor <= 0 or not all(near(found[path][0], -fit.due[path]) for path in fit.wrong):
        return fit
    due = {path: -value for path, value in fit.due.items()}
    return replace(fit, factor=-fit.factor, wrong=others, right=len(fit.wrong), due=due)


def _weight_of(bias: str) -> str:
    """The name of the weight that a bias of this name goes with: W1 of b1, weights.0 of biases.0."""
    for ours, weight in (("biases", "weights"), ("bias", "weight"), ("b", "W"), ("b", "w")):
        before, found, after = bias.rpartition(ours)
        if found:
            return before + weight + after
    return ""
