"""A network's methods, called as its other methods want it: after a forward pass, with what is known of arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from numpynet.check.objects.calls import ROLES, arguments_for, squeezed
from numpynet.check.objects.net import Net, Predicted, numbers_for
from numpynet.check.objects.thing import flat, named
from numpynet.sandbox import Answer, Definition, Raised
from numpynet.sandbox.messages import Path
from numpynet.types import Array

FORWARD, UPSTREAM = ("X", "Y", "A", "cache"), ("G", "cache", "X")
SURELY = (  # the gradient from above, and nothing else
    r"dout|douts?|d?outputgrad\w*|gradout\w*|outgrad|dvalues|upstream\w*|da|dy|grad|gradoutput|outputerror|gradient"
)
RATE = 0.125
RESHAPED = "it changes the shape"
PENALTY = 0.1  # what multiplies a penalty on the weights


@dataclass(frozen=True)
class Seen:
    """One call for gradients: what was found by weight, whether the weights moved, what was returned; or raised.

    `labels` or `upstream` were given; `spoilt` says what of the examples the call changed.
    """

    entry: Definition
    labels: Any = None
    upstream: Array | None = None
    found: Mapping[Path, Sequence[Array]] | None = None
    moved: bool = False
    value: Any = None
    raised: Raised | None = None
    spoilt: str = ""


def labels_of(m: int) -> Array:
    """Of m examples, 0 or 1: other labels, read from the end."""
    return np.resize([0.0, 1, 1, 0, 1, 0, 0], m)


def first_of(value: Any, count: int, m: int) -> Any:
    """Of m examples, in rows, columns or a list, the first ones alone; anything else as it is."""
    if isinstance(value, np.ndarray) and value.ndim and len(value) == m:
        return value[:count]
    if isinstance(value, np.ndarray) and value.ndim == 2 and value.shape[1] == m:
        return value[:, :count]
    return value[:count] if isinstance(value, list) and len(value) == m else value


def takes(entry: Definition, role: str) -> bool:
    """Whether its first argument is called so."""
    return bool(entry.parameters) and re.fullmatch(ROLES[role], squeezed(entry.parameters[0])) is not None


def surely_upstream(entry: Definition) -> str:
    """The argument that is a gradient from above and nothing else; "" without one."""
    wanted = entry.parameters[: max(1, entry.required)]
    return next((one for one in wanted if re.fullmatch(SURELY, squeezed(one))), "")


def may_be_upstream(entry: Definition) -> bool:
    """Whether its first argument, or the only one, may be a gradient from above."""
    return takes(entry, "G") or bool(surely_upstream(entry)) or _is_alone(entry)


def order_of(entry: Definition, upstream: Array | None) -> tuple[str, ...]:
    """What its arguments are, where their names do not say so: an only one is no input."""
    if upstream is not None:
        return UPSTREAM
    return ("Y", *(role for role in FORWARD if role != "Y")) if _is_alone(entry) else FORWARD


def _is_alone(entry: Definition) -> bool:
    """Whether it wants one argument, whose name says nothing."""
    return entry.required == 1 and not any(takes(entry, role) for role in ("X", "Y", "A", "cache", "G"))


class Asked:
    """Calls the methods of one network; every call starts from the same weights."""

    def __init__(self, net: Net, predicted: Predicted) -> None:
        self.net, self.thing, self.predicted = net, net.thing, predicted
        self.penalty = PENALTY
        m, n = net.A.shape
        self.Y = (
            np.eye(n)[np.arange(m) % n]
            if n > 2
            else np.eye(n)[labels_of(m).astype(int)]
            if n > 1
            else labels_of(m)[:, None]
        )

    def ahead(self, weights: Mapping[Path, Array] | None = None) -> Any:
        """The forward pass, as the others want it to be done before; its predictions in the file's layout."""
        at = self.predicted
        found = self.net.outputs(at.entry, at.rows, at.single, {**self.net.start, **(weights or {})})
        return found.get((at.place, at.returned))

    def laid(self, A: Array) -> Array:
        """Rows of examples in the layout of the predictions."""
        shape: tuple[int, ...] = np.shape(np.asarray(self.ahead()))
        return A.reshape(shape) if self.predicted.rows_out or len(shape) == 1 else A.T.reshape(shape)

    def labels(self) -> Iterator[Any]:
        """The labels as somebody may want them: as the predictions, as the examples, or as numbers of classes."""
        at = self.predicted
        yield self.laid(self.Y)
        if at.rows != at.rows_out and not at.single:
            yield self.Y if at.rows else self.Y.T
        yield self.Y.argmax(axis=1) if self.Y.shape[1] > 1 else self.Y[:, 0].astype(int)

    def known(
        self, labels: Any, upstream: Array | None = None, weights: Mapping[Path, Array] | None = None
    ) -> dict[str, Any]:
        """What is known of arguments, by role; a forward pass has gone before."""
        at, net = self.predicted, self.net
        laid = None if upstream is None else self.laid(upstream)
        known = {"X": net.given(net.X, at.rows, at.single), "Y": labels, "rate": RATE, "epochs": 1, "m": len(net.X),
                 "n": len(net.X), "off": False, "reg": self.penalty, "A": self.ahead(weights), "G": laid}  # fmt: skip
        kept = net.answered
        if isinstance(kept, (tuple, list)) and len(kept) == 2 and at.returned and at.place and at.place[0][1] in (0, 1):
            known["cache"] = kept[1 - int(at.place[0][1])]
        return {role: value for role, value in known.items() if value is not None}

    def gradients(self, entry: Definition, labels: Any, upstream: Array | None = None) -> Seen:
        """What a backward pass leaves; the weights are put back."""
        args = arguments_for(entry, self.known(labels, upstream), order_of(entry, upstream))
        if args is None or (upstream is not None and not may_be_upstream(entry)):
            return Seen(entry, raised=Raised("exception", "its arguments are not known", None))
        before = self.thing.session.inside(self.thing.ref).values
        answer = self.thing.call(entry, args)
        if answer.raised is not None and labels is not None and upstream is None:
            self._after_cost(labels)
            answer = self.thing.call(entry, args)
        found, moved = ({}, False) if answer.raised else self.net.gathered(answer, before)
        spoilt = "" if answer.raised else self._spoilt(before)
        self.thing.put(self.net.start)
        complete = found if answer.raised is None and all(found.get(path) for path in self.net.parameters) else None
        return Seen(entry, labels, upstream, complete, moved, answer.value, answer.raised, spoilt)

    def again(self, seen: Seen) -> Answer:
        """The same backward pass once more, for its gradients to be there."""
        args = arguments_for(seen.entry, self.known(seen.labels, seen.upstream), order_of(seen.entry, seen.upstream))
        answer = self.thing.call(seen.entry, args or [])
        if answer.raised is not None and seen.upstream is None:
            self._after_cost(seen.labels)
            answer = self.thing.call(seen.entry, args or [])
        return answer

    def twice(self, seen: Seen) -> Mapping[Path, Sequence[Array]]:
        """What the same backward pass leaves when it is called twice."""
        known = self.known(seen.labels, seen.upstream)
        args = arguments_for(seen.entry, known, order_of(seen.entry, seen.upstream)) or []
        before = self.thing.session.inside(self.thing.ref).values
        answers = [self.thing.call(seen.entry, args) for _ in range(2)]
        found, _ = ({}, False) if answers[1].raised else self.net.gathered(answers[1], before)
        self.thing.put(self.net.start)
        return found

    def _after_cost(self, labels: Any) -> None:
        """Some want the cost to be asked for before the gradients."""
        for cost in self.net.kinds.get("cost", []):
            self.cost(cost, labels)

    def _spoilt(self, before: Mapping[Path, Any]) -> str:
        """What of the examples that the object keeps is changed."""
        X = self.net.given(self.net.X, self.predicted.rows, self.predicted.single)
        held = [path for path, value in before.items() if isinstance(value, np.ndarray) and np.array_equal(value, X)
                and not re.search("grad|delta|^d", named(path))]  # fmt: skip
        after = self.thing.session.inside(self.thing.ref).values if held else {}
        now = {path: after[path] for path in held if isinstance(after.get(path), np.ndarray)}
        changed = (path for path, value in now.items() if value.shape == X.shape and not np.array_equal(value, X))
        return next((f"it changes the examples in {named(path)}, in place" for path in changed), "")

    def cost(self, entry: Definition, labels: Any, weights: Mapping[Path, Array] | None = None) -> float | None:
        """The object's own cost, with other weights if they are given."""
        known = self.known(labels, weights=weights)
        args = arguments_for(entry, known, ("X", "Y") if takes(entry, "X") else ("A", "Y"))
        answer = None if args is None else self.thing.call(entry, args)
        values = [] if answer is None or answer.raised else [value for _, value in flat(answer.value)]
        return float(values[0].ravel()[0]) if values and values[0].size == 1 and np.isfinite(values[0]).all() else None

    def cost_alone(self, entry: Definition, labels: Any) -> float | None:
        """The object's own cost without a penalty."""
        held = self._penalties()
        self.thing.put(dict.fromkeys(held, 0.0))
        self.penalty = 0.0
        value = self.cost(entry, labels)
        self.thing.put(dict.fromkeys(held, PENALTY))
        self.penalty = PENALTY
        return value

    def _penalties(self) -> list[Path]:
        """Where the object holds what multiplies its penalty, as it was put there."""
        inside = self.thing.session.inside(self.thing.ref).values
        return [path for path in numbers_for(self.thing, "reg") if inside[path] == PENALTY]

    def with_penalty(self, entry: Definition) -> str:
        """What a sentence on the method's penalty begins with: the number that it was given, and under which name."""
        wanted = [one for one in entry.parameters if re.fullmatch(ROLES["reg"], squeezed(one))]
        names = [*wanted, *map(named, self._penalties())]
        return f"with {names[0]} = {PENALTY:g} " if names else ""

    def slope_of_cost(self, entry: Definition, labels: Any) -> Array | None:
        """How the object's own cost moves with every weight."""
        due = []
        for path in self.net.parameters:
            for index in np.ndindex(self.net.start[path].shape):
                up, down = (
                    self.cost(entry, labels, self.net.shifted(path, index, h)) for h in (self.net.h, -self.net.h)
                )
                if up is None or down is None:
                    return None
                due.append((up - down) / (2 * self.net.h))
        self.thing.put(self.net.start)
        return np.array(due) if np.any(due) else None

    def moved(self, *, all_back: bool = True) -> dict[Path, Array]:
        """How far each weight is from where it started; it is put back, and `all_back` what else the object holds.

        ValueError where a weight has another shape now.
        """
        after, start = self.thing.arrays(), self.net.start
        now = {path: np.asarray(after.get(path, start[path]), float) for path in self.net.parameters}
        self.thing.put({path: value for path, value in start.items() if all_back or path in now})
        other = next((path for path, value in now.items() if value.shape != start[path].shape), None)
        if other is not None:
            raise ValueError(f"{RESHAPED} of {named(other)}")
        return {path: value - start[path] for path, value in now.items()}
