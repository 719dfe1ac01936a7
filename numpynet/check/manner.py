"""How one function of a file speaks: in what order and structure, and how it differs from the tutorial's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from numpynet.check.cases import Case
from numpynet.check.dialect import Keys
from numpynet.check.result import Called
from numpynet.check.template import Path
from numpynet.check.traits import Trait
from numpynet.sandbox import Answer

FORWARD_OF = {  # whose cache a backward function gets
    "single_layer_backward_propagation": "single_layer_forward_propagation",
    "linear_backward": "linear_forward",
}
NEEDED = {"single_layer_backward_propagation": {"A_prev", "W", "Z"}, "linear_backward": {"A_prev", "W"}}


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
