"""The verdicts on objects without weights: an activation, a loss, each beside the slopes of its own values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from numpynet.check.objects.asked import SURELY
from numpynet.check.objects.calls import ROLES, arguments_for, kinds_of, squeezed
from numpynet.check.objects.example import DIGITS
from numpynet.check.objects.fits import alike, times
from numpynet.check.objects.losses import LOSSES, factors, softmax
from numpynet.check.objects.net import ACTIVATIONS, CLOSE, H_SINGLE, H, near
from numpynet.check.objects.thing import Thing, flat
from numpynet.check.result import FAILED, GOOD, Cause, Cell, FunctionGrade, Outcome, Witness
from numpynet.sandbox import Answer, Definition, Ref, Session
from numpynet.types import Array

SHAPE = (5, 3)
FAR = 7  # times as far from each other as probabilities are
NAMES = {
    "sigmoid": "sigmoid|logistic",
    "relu": "relu|rectifier",
    "tanh": "tanh",
    "softmax": "softmax",
}  # of activations
AROUND = (
    r"(layer|activation|act|function|func|fn|unit|node|op|module|class|my|custom|simple|numpy|np|\d)*"  # such a name
)
FAMILIES = {  # of losses: what is in its name, and which of the table are meant
    "mse|square|quadratic|l2": ("the squared error",),
    "bce|binary|logloss": ("binary cross-entropy", "binary cross-entropy of logits"),
    "cross|entropy|nll|cce": (
        *("cross-entropy", "cross-entropy of softmax", "binary cross-entropy", "cross-entropy of log-probabilities"),
    ),
}
OUTPUTS = r"a|a_?\d|out(put)?s?|activations?|activated|y|s|p|result"  # of an activation
SCORES = "inputs?|logits|scores|z|x"  # what softmax is made of
SLOPES = r"_?(prime|derivative|deriv|grad|gradient|backward)$|^(d_?)(?=\w{3})"  # of a function of the rest of the name
MAKES: dict[str, Callable[[Array], Array]] = {"of softmax": softmax, "of logits": ACTIVATIONS["sigmoid"]}
OF_LABELS = "it takes labels"
PERHAPS = "it may be given its own output, and not its input"
NOT_ITS = "it is in no table, and its slope is not shown to be that of its values"
NO_TABLE = "a function that is in no table; the slopes are its slopes"


@dataclass(frozen=True)
class Part:
    """A method of an object, or a function, and how it is called."""

    entry: Definition
    ask: Callable[[Sequence[Any]], Answer]
    thing: Thing | None = None

    @property
    def is_backward(self) -> bool:
        """Whether it takes a gradient back; else what it returns is the slope alone."""
        if self.entry.required == 1:
            return re.search("back|bprop", self.entry.name.lower()) is not None
        return self.entry.required > 1 or any(re.fullmatch(ROLES["G"], squeezed(one)) for one in self.entry.parameters)


def parts_of(thing: Thing) -> list[Part]:
    """The object's methods."""

    def method(entry: Definition) -> Part:
        return Part(entry, lambda args: thing.call(entry, args), thing)

    return [method(entry) for entry in thing.methods()]


def pairs_of(session: Session) -> Iterator[list[Part]]:
    """Functions outside of classes that are a loss and its slope by their names: mse and mse_prime."""
    free = {one.name: one for one in session.loaded.functions.values() if not one.owner and not one.unfinished}

    def function(entry: Definition) -> Part:
        return Part(entry, lambda args: session.call(entry.theirs, args))

    for name, entry in free.items():
        ending = re.search(SLOPES, name.lower())
        partner = free.get(name[: ending.start()] or name[ending.end() :]) if ending else None
        if partner is not None and partner.required == entry.required == 2:
            yield [function(partner), function(entry)]


def functions_of(session: Session) -> dict[str, Ref]:
    """An activation outside of classes, and its slope, for an object that is made of such."""
    free = {one.name: one for one in session.loaded.functions.values() if not one.owner and one.required == 1}
    for name in free:
        ending = re.search(SLOPES, name.lower())
        partner = (name[: ending.start()] or name[ending.end() :]) if ending else ""
        kept = [session.variable(one, keep=True).kept for one in (partner, name)] if partner in free else []
        if all(kept) and kept:
            return {role: one.value for role, one in zip(("function", "slope"), kept, strict=True) if one is not None}
    return {}


class Leaf:
    """Judges the parts of one activation or loss; `name` is what it is called."""

    def __init__(self, name: str, parts: Sequence[Part]) -> None:
        self.name, self.rows = squeezed(name), list[FunctionGrade]()
        self.shape, self.read = SHAPE, ""
        kinds = {part.entry.theirs: kinds_of(part.entry.name) for part in parts}
        if parts and not parts[0].entry.owner:
            kinds = {parts[0].entry.theirs: {"cost"}, parts[1].entry.theirs: {"backward"}}
        values = [part for kind in ("forward", "cost") for part in parts if kind in kinds[part.entry.theirs]]
        self.forward = next((part for part in values if part.entry.required in (1, 2)), None)
        others = [part for part in parts if part is not self.forward]
        slopes = [part for part in others if "backward" in kinds[part.entry.theirs]]
        slopes += [part for part in others if part.entry.name.lower().startswith("deriv")]
        self.backward = slopes[0] if slopes else None

    def judge(self) -> list[FunctionGrade]:
        """The verdicts; none on what is not understood."""
        if self.forward is not None and self.forward.entry.required == 1:
            self._activation(self.forward)
        elif self.forward is not None:
            self._loss(self.forward)
        return self.rows

    def _right(self, part: Part, *notes: str) -> None:
        self._say(part, Outcome.CONVENTION if notes else Outcome.PASS, conventions=notes)

    def _wrong(self, part: Part, kind: str, says: str, why: str, *cells: Cell) -> None:
        self._say(part, Outcome.FAIL, says, cause=Cause(kind, why), cells=cells)

    def _unknown(self, part: Part, says: str) -> None:
        self._say(part, Outcome.CANNOT_JUDGE, says)

    def _say(self, part: Part, outcome: Outcome, says: str = "", **more: Any) -> None:
        self.rows.append(FunctionGrade(part.entry.theirs, outcome, part.entry.theirs, part.entry.line, says, **more))

    # ── activations ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _activation(self, forward: Part) -> None:
        Z = np.random.default_rng(12).uniform(-2, 2, self.shape)
        A = _value(forward, [Z])
        if A is not None and A.shape == Z.shape == SHAPE and near(A, softmax(Z.ravel()).reshape(SHAPE)):
            self.shape = (len(Z), 1)  # of one example at a time
            self._activation(forward)
            alone = "it is given one example at a time: of several its sum runs over all of them"
            self.rows = [replace(one, outcome=Outcome.CONVENTION, conventions=(*one.conventions, alone))
                         if one.function == forward.entry.theirs and one.outcome in GOOD else one
                         for one in self.rows]  # fmt: skip
            return
        if A is None or A.shape != Z.shape:
            return
        known = {name: of(Z) for name, of in ACTIVATIONS.items()} | {"softmax over columns": softmax(Z.T).T}
        read = self.read = next((name for name, due in known.items() if near(A, due)), "")
        named = (name for name, pattern in NAMES.items() if re.fullmatch(f"{AROUND}({pattern}){AROUND}", self.name))
        meant = next(named, "")
        cut = meant == "relu" and not near(A[Z > 0], Z[Z > 0])  # no leaky one
        if meant and not read.startswith(meant) and (cut or not self._belong_together(forward, Z, A)):
            why = f"Its values are not those of {meant}."
            self._wrong(forward, "activation", f"it is not {meant}", why, _cell("A", A, known[meant]))
        elif read or self.backward is not None:
            self._right(forward, *[NO_TABLE] * (not read))
        if self.backward is not None:
            G = self._upstream(self.backward)
            due = self._moved_by_hand(forward, Z, G)
            if due is not None:
                _value(forward, [Z])
                self._back(self.backward, Z, A, G, due, read or meant, meant)
                if not read and self.rows[0].outcome in GOOD and self.rows[-1].outcome not in GOOD:
                    slope = self.rows.pop()
                    self.rows = [
                        replace(self.rows[0], outcome=Outcome.CANNOT_JUDGE, says=NOT_ITS, conventions=()),
                        slope,
                    ]

    def _belong_together(self, forward: Part, Z: Array, A: Array) -> bool:
        """Whether the backward pass is the slope of these values, so that another function is meant than the name's."""
        if self.backward is None:
            return False
        G = self._upstream(self.backward)
        due = self._moved_by_hand(forward, Z, G)
        _value(forward, [Z])
        found = None if due is None else self._asked_back(self.backward, Z, G)
        return found is not None and due is not None and near(found, due)

    def _upstream(self, back: Part) -> Array:
        """A gradient from above: 1 where none is taken."""
        return np.random.default_rng(11).uniform(-1, 1, self.shape) if back.is_backward else np.ones(self.shape)

    def _moved_by_hand(self, forward: Part, Z: Array, G: Array) -> Array | None:
        answer = forward.ask([Z])
        single = any(value.dtype == np.float32 for _, value in flat(answer.value))
        return _moved_by_hand(lambda Z: _value(forward, [Z]), Z, G, H_SINGLE if single else H)

    def _asked_back(self, back: Part, Z: Array, G: Array) -> Array | None:
        roles = {"G": G, "rate": 0.1, "cache": Z, "X": Z, "Z": Z}
        args = arguments_for(back.entry, roles, ("G", "cache") if back.is_backward else ("Z",))
        answer = back.ask(args) if args is not None else None
        return None if answer is None or answer.raised is not None else _gradient(back, answer, Z.shape)

    def _back(self, back: Part, Z: Array, A: Array, G: Array, due: Array, read: str, meant: str) -> None:
        """Of an activation's slope: right where it is that of its own values, or of those that it should have."""
        roles = {"G": G, "rate": 0.1, "cache": Z, "X": Z, "Z": Z}
        args = arguments_for(back.entry, roles, ("G", "cache") if back.is_backward else ("Z",))
        answer = back.ask(args) if args is not None else None
        if answer is None or answer.raised is not None:
            raised = answer.raised if answer is not None else None
            self._unknown(back, f"it raises {raised.text}" if raised else "its arguments are not known")
            return
        found = _gradient(back, answer, Z.shape)
        ought = _moved_by_hand(ACTIVATIONS[meant], Z, G) if meant else None
        if found is None:
            self._unknown(back, "it returns no array of the shape of its input")
        elif near(found, due) or (ought is not None and near(found, ought)):
            self._right(back)
        elif not back.is_backward and (read.startswith("softmax") or (back.entry.required and not read)):
            self._unknown(back, "of what it is the slope could not be found")
        elif (other := self._otherwise(back, Z, A, G, due, read)) is not None:
            if PERHAPS in other:
                self._unknown(back, PERHAPS)
            else:
                self._right(back, *other)
        elif self._takes_labels(back) and (fused := _of_labels(found, due, A, G, read)):
            self._right(back, fused)
        elif self._takes_labels(back):
            self._unknown(back, "it takes labels, and of which loss its gradient is could not be found")
        elif near(found, G) and read.startswith("softmax"):
            self._right(back, "the gradient passes through: the loss has softmax's slope")
        elif self.rows[-1].outcome == Outcome.FAIL:
            self._unknown(back, f"it may be right: {self.rows[-1].function} is wrong")
        elif not back.is_backward:
            at = ", neither at what it is given nor at its output" if back.entry.required else ""
            why = f"It is not the slope of its own forward pass{at}."
            self._wrong(back, "slope", "it is not the slope", why, _cell("slope", found, due))
        else:
            says = "it is not the gradient from above times the slope"
            self._wrong(back, "slope", says, _because(found, due, G, Z, A), _cell("dZ", found, due))
            self._show(back)

    def _takes_labels(self, back: Part) -> bool:
        """Whether what it takes in the place of a gradient is called as labels are."""
        wanted = back.entry.parameters[: back.entry.required]
        return len(wanted) == 1 and re.fullmatch(ROLES["Y"], squeezed(wanted[0])) is not None

    def _otherwise(self, back: Part, Z: Array, A: Array, G: Array, due: Array, read: str) -> list[str] | None:
        """How else it is right: given its own output, or as the slope alone; None where it is not."""
        entry, alone = back.entry, back.entry.required == 1
        wanted = [one for one in entry.parameters[: entry.required] if not re.fullmatch(SURELY, squeezed(one))]
        if len(wanted) != 1 or entry.required > 2 or read.startswith("softmax") or self.forward is None:
            return None
        slope = self._moved_by_hand(self.forward, Z, np.ones(Z.shape)) if alone else due
        ways = [(one, found) for one in (Z, A) if (found := self._given(back, one, G)) is not None]
        fitting = [one for one, found in ways if slope is not None and near(found, slope)]
        if not fitting:
            return None
        turned = self._given(back, fitting[0][::-1], G[::-1])
        if slope is None or turned is None or not near(turned, slope[::-1]):
            return None  # it does not ask what it is given
        said = ["it is the slope alone, which its caller must multiply"] * alone
        if fitting[0] is Z:
            return said
        if squeezed(wanted[0]) == "z":
            return None
        return [*said, "it takes its own output" if re.fullmatch(OUTPUTS, squeezed(wanted[0])) else PERHAPS]

    def _given(self, back: Part, value: Array, G: Array) -> Array | None:
        """What it makes of its input or output, and of a gradient from above where it takes one by that name."""
        names = back.entry.parameters[: back.entry.required]
        args = [G if re.fullmatch(SURELY, squeezed(one)) else value for one in names]
        answer = back.ask(args)
        return None if answer.raised is not None else _gradient(back, answer, G.shape)

    def _show(self, back: Part) -> None:
        """The same on two whole numbers, where it shows there."""
        Z, G = (np.reshape(one, (1, 2) if self.shape == SHAPE else (2, 1)) for one in ([1.0, -2.0], [2.0, 1.0]))
        assert self.forward is not None
        forward = self.forward
        due = self._moved_by_hand(forward, Z, G)
        found = self._asked_back(back, Z, G) if due is not None and _value(forward, [Z]) is not None else None
        if due is not None and found is not None and not near(found, due):
            expected = {"dZ": np.round(due, DIGITS)}
            self.rows[-1] = replace(self.rows[-1], witness=Witness({"Z": Z, "dA": G}, expected, {"dZ": found}, ("dZ",)))

    # ── losses ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _loss(self, forward: Part) -> None:
        A = np.random.default_rng(13).uniform(0.15, 0.85, SHAPE)
        if re.search("cross|nll|cce", self.name) and not re.search("softmax|binary|bce", self.name):
            A = A / A.sum(axis=1, keepdims=True)
        Y = np.eye(3)[[0, 1, 2, 0, 1]]
        tried = ((A, Y), (A.T, Y.T), (A, Y.argmax(axis=1)))
        fitting = [one for one in tried if _cost(forward, *one) is not None]
        if not fitting:
            return
        with np.errstate(all="ignore"):
            sums = {loss: float(of(A, Y).sum()) for loss, (of, _) in LOSSES.items()}
        sums |= {"the root of the squared error": float(np.sqrt(((A - Y) ** 2).mean()))}
        of_all = factors(*SHAPE)

        def loss_of(value: float) -> str:
            known = (loss for loss, number in sums.items() for one in of_all if np.isclose(value, number * one, CLOSE))
            return next(known, "")

        reads = [(loss_of(_cost(forward, *one) or 0.0), one) for one in fitting]
        read, (given, labels) = next((row for row in reads if row[0]), reads[0])  # examples are rows, or columns
        value = _cost(forward, given, labels) or 0.0
        meant = next((losses for pattern, losses in FAMILIES.items() if re.search(pattern, self.name)), ())
        half = read == "cross-entropy" and "binary cross-entropy" in meant[:1]
        of_scores = "softmax" in self.name and re.fullmatch(SCORES, squeezed(forward.entry.parameters[0])) is not None
        bare = read == "cross-entropy" and of_scores
        if (read and not half and not bare) or not meant:
            self._right(forward, *["a loss that is in no table"] * (not read))
        elif self.backward is not None and self._is_its_slope(forward, self.backward, given, labels):
            self._right(forward, "a loss that is in no table; its backward pass is its slope")
        else:
            functions = forward.thing.session.loaded.functions if forward.thing is not None else {}
            made = functions.get(f"{forward.entry.owner}.__init__")
            called = " ".join((self.name, *(made.parameters if made is not None else ())))
            if re.search("weight|focal|smooth|balanc", called.lower()):
                self._unknown(forward, "it may have weights or smoothed labels: which loss it is is not known")
                return
            due = min((sums[loss] * one for loss in meant for one in of_all), key=lambda one: abs(one - abs(value)))
            why = f"Its value is not that of {meant[0]}, nor a multiple of it."
            why = f"Its value has the opposite sign of {loss}." if (loss := loss_of(-value)) else why
            if half:
                why = "The term (1 − Y) · log(1 − Ŷ) is missing."
                due = value / sums["cross-entropy"] * sums["binary cross-entropy"]
            if bare:
                why = "It is the cross-entropy of the scores that it is given: softmax is left out."
                due = value / sums["cross-entropy"] * sums["cross-entropy of softmax"]
            self._wrong(forward, "cost", f"it is not {meant[0]}", why, Cell("five examples", "cost", (), value, due))
        if self.backward is not None:
            other = {"binary cross-entropy": "cross-entropy", "cross-entropy": "binary cross-entropy"}.get(read)
            slopes = [slope(A, Y) for loss, (_, slope) in LOSSES.items() if loss != other] if "entropy" in read else []
            slopes = slopes if given.shape == SHAPE else [one.T for one in slopes]
            self._slope_of_loss(forward, self.backward, given, labels, slopes, read)
            if self.rows[0].outcome in FAILED and self.rows[-1].outcome in FAILED and len(self.rows) > 1:
                self.rows.pop()
                self._unknown(self.backward, f"it may be right: {self.rows[0].function} is wrong")

    def _is_its_slope(self, forward: Part, back: Part, given: Array, labels: Array) -> bool:
        """Whether the backward pass is that of the loss's own values."""
        own, found = _slopes(forward, back, given, labels)
        k = times(found, own) if own is not None and found is not None else 0.0
        is_own = own is not None and found is not None and k > 0 and near(found, k * own)
        return is_own and self._stays(forward, back, given, labels, k)

    def _stays(
        self,
        forward: Part,
        back: Part,
        given: Array,
        labels: Array,
        k: float,
        makes: Callable[[Array], Array] = np.copy,
    ) -> bool:
        """Whether the backward pass is as many times the slope at other predictions, too; it is given what `makes` does
        of them."""
        other = given[::-1, ::-1]
        own, found = _slopes(forward, back, other, labels, makes(other))
        return own is None or found is None or near(found, k * own)

    def _slope_of_loss(
        self, forward: Part, back: Part, given: Array, labels: Array, slopes: list[Array], read: str
    ) -> None:
        """Right where it is that of its own value, or of an entropy of the table, any number of times."""
        own, found = _slopes(forward, back, given, labels)
        if own is None or found is None:
            self._unknown(back, "of which loss it is the slope could not be found")
            return
        handed: Callable[[Array], Array] = np.copy
        if makes := next((of for name, of in MAKES.items() if read.endswith(name)), None):
            slopes = []  # its value takes scores
            _, other = _slopes(forward, back, given, labels, makes(given))
            twice = squeezed(forward.entry.parameters[0]) == squeezed((*back.entry.parameters, "")[0])
            if other is not None and not near(found, times(found, own) * own) and near(other, times(other, own) * own):
                if twice:
                    says = "the value takes scores, and makes probabilities of them; the slope takes probabilities"
                    self._unknown(back, says)
                    return
                found, handed = other, makes
        fitting = [(k, due) for due in (own, *slopes) if (k := times(found, due)) and near(found, k * due)]
        if fitting and fitting[0][0] > 0:
            k = fitting[0][0]
            far = FAR * (given - given.mean())
            more, then = _slopes(forward, back, far, labels) if "error" in read else (None, None)
            if fitting[0][1] is own and not self._stays(forward, back, given, labels, k, handed):
                why = "Moving a prediction by hand moves its own loss otherwise, and not always by the same factor."
                self._wrong(back, "slope", "it is not the gradient of its own loss", why, _cell("dA", found, own))
            elif more is not None and then is not None and not near(then, k * more):
                why = "Where a prediction is farther from its label, moving it by hand moves its own loss otherwise."
                self._wrong(back, "slope", "it is not the gradient of its own loss", why, _cell("dA", then, more))
            else:
                told = not alike(k, 1) and near(found, k * own) and _is_number(forward, given, labels)
                of = zip(("examples", "outputs"), SHAPE, strict=True)
                by = next((f"the number of {one}" for one, n in of if alike(k, n)), f"{k:.4g}")
                self._right(back, *[f"it is the gradient of its own value times {by}"] * told)
        elif fitting and sum(bool(re.fullmatch(ROLES["Y"], squeezed(one))) for one in back.entry.parameters) == 2:
            self._unknown(back, "which of its arguments is the prediction is not known")
        elif fitting:
            why = "The gradient has the opposite sign: a step against it goes where the loss grows."
            self._wrong(back, "opposite", "it has the opposite sign", why, _cell("dA", found, -found))
        elif read:
            why = "Moving a prediction by hand moves its own loss otherwise."
            self._wrong(back, "slope", "it is not the gradient of its own loss", why, _cell("dA", found, own))
        else:
            self._unknown(back, "it is not the gradient of its own loss, which is in no table")


def _value(part: Part, args: Sequence[Any]) -> Array | None:
    """What it returned, else what the object now holds as its output."""
    answer = part.ask(args)
    if answer.raised is not None:
        return None
    found = [value for _, value in flat(answer.value)]
    if not found and part.thing is not None:
        held = part.thing.arrays().items()
        found = [value for path, value in held if re.search("^out|^a$|^y$|result", squeezed(str(path[-1][1])))]
    return found[0].astype(float) if found and np.isfinite(found[0]).all() else None


def _gradient(part: Part, answer: Answer, shape: tuple[int, ...]) -> Array | None:
    """What was returned in the shape of the input; else what the object now holds in that shape, by its name."""
    found = [value for _, value in flat(answer.value) if value.shape == shape]
    if not found and part.thing is not None:
        held = ((path, value) for path, value in part.thing.arrays().items() if value.shape == shape)
        found = [value for path, value in held if re.search("^d|grad|delta", squeezed(str(path[-1][1])))]
    return found[0].astype(float) if found else None


def _of_labels(found: Array, due: Array, A: Array, Y: Array, read: str) -> str:
    """Of which loss the gradient is that an output layer makes of labels; "" where that is not known."""
    ends = read.startswith(("softmax", "sigmoid"))
    for of, name in (((A - Y), "cross-entropy"), (due / Y * (A - Y), "the squared error")):
        if (name != "cross-entropy" or ends) and near(found, times(found, of) * of) and times(found, of) > 0:
            return f"{OF_LABELS}: the slope of {name} is in it"
    return ""


def _is_number(forward: Part, A: Array, labels: Array) -> bool:
    """Whether the loss is one number, and not one for each example."""
    args = arguments_for(forward.entry, {"A": A, "Y": labels, "X": A}, ("A", "Y"))
    value = None if args is None else _value(forward, args)
    return value is not None and value.size == 1


def _slopes(
    forward: Part, back: Part, given: Array, labels: Array, made: Array | None = None
) -> tuple[Array | None, Array | None]:
    """The slope of a loss by its predictions, moved by hand, and what its backward pass says, given what is `made`."""

    def cost(A: Array) -> Array | None:
        value = _cost(forward, A, labels)
        return None if value is None else np.asarray(value)

    own = _moved_by_hand(cost, given, np.ones(()))
    _cost(forward, given, labels)
    order = ("A", "Y", "G") if back.entry.required == 1 else ("A", "Y")  # of two the first is the prediction
    handed = given if made is None else made
    args = arguments_for(back.entry, {"A": handed, "Y": labels, "G": 1.0, "X": handed}, order)
    answer = back.ask(args) if args is not None else None
    return own, None if answer is None or answer.raised is not None else _gradient(back, answer, given.shape)


def _cost(forward: Part, A: Array, Y: Array) -> float | None:
    args = arguments_for(forward.entry, {"A": A, "Y": Y, "X": A}, ("A", "Y"))
    value = None if args is None else _value(forward, args)
    return None if value is None or value.size not in (1, len(A), A.shape[-1]) else float(value.sum())


def _moved_by_hand(of: Callable[[Array], Array | None], Z: Array, G: Array, h: float = H) -> Array | None:
    """The gradient from above times the slope: every Z is moved by hand."""
    due = np.zeros(Z.shape)
    for index in np.ndindex(Z.shape):
        step = np.zeros(Z.shape)
        step[index] = h
        up, down = of(Z + step), of(Z - step)
        if up is None or down is None or up.shape != G.shape or down.shape != G.shape:
            return None
        due[index] = float((G * (up - down)).sum() / (2 * h))
    return due


def _because(found: Array, due: Array, G: Array, Z: Array, A: Array) -> str:
    slope = due / G
    for other, why in (
        (slope, "The gradient that comes from above is left out: it is multiplied by the slope."),
        (G, "The slope is left out: the gradient from above is returned as it came."),
        (G * A, "The gradient is multiplied by the activation A; it must be its slope."),
        (G * Z, "The gradient is multiplied by Z; it must be the slope at Z."),
        (G * (1 - slope), "It passes where it must stop, and stops where it must pass."),
        (-due, "It has the opposite sign."),
        (G / np.where(slope == 0, np.nan, slope), "The gradient is divided by the slope; it is multiplied by it."),
    ):
        if near(found, other):
            return why
    return "It is not the gradient from above times the slope of its own forward pass."


def _cell(name: str, found: Array, due: Array) -> Cell:
    """The element that is farthest off."""
    index = tuple(int(i) for i in np.unravel_index(int(np.abs(found - due).argmax()), due.shape))
    return Cell("five examples", name, index, float(found[index]), float(due[index]))
