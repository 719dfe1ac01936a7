"""In which dialect a file's functions are to be judged: heard on a whole step, or in which most are right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from numpynet import names
from numpynet.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS
from numpynet.check.cases import CLASSES, Maker
from numpynet.check.contract import widths_in
from numpynet.check.dialect import Dialect
from numpynet.check.listen import ALL, ENDS_IN, LAYOUTS, NUMBERED, Heard, Listener, StuckError, meant, near, probe
from numpynet.check.manner import FORWARD_OF, Manner
from numpynet.check.reader import Reader
from numpynet.check.result import FLOAT32, SINGLE, Observation, is_near
from numpynet.check.speaker import Speaker
from numpynet.check.traits import FROM_OUTPUT, MEAN_EARLY, Trait
from numpynet.problem import make_architecture
from numpynet.types import Architecture

REQUIRED = ("full_forward_propagation", "get_cost_value", "full_backward_propagation", "update")
TELLING = (  # what the layout of the numbers can be seen in
    "single_layer_forward_propagation", "linear_forward", "full_forward_propagation", "get_cost_value",
    "get_accuracy_value", "linear_backward", "single_layer_backward_propagation", "full_backward_propagation",
    "loss_and_gradient", "softmax",
)  # fmt: skip
ENOUGH = 2  # functions that are right in the layout of the initial weights: then one may be wrong
MOST_OF = 4  # functions of which all return float32, but for one
ANY_LAYER = r"""["'][Ww]["'] *\+|[fF]["'][Ww]\{|["'][Ww](%|\{\})"""  # a key that is made of the layer's number
MOST_CLASSES = 27  # letters, and digits before
AGAIN = 11  # the seed of a second step
WIDTHS_HEARD = (4, 5, 6, 2, 1)


@dataclass(frozen=True)
class Settled:
    """The dialect, and whether all of the file's own step is right in it; the activations that it has."""

    dialect: Dialect
    whole: bool
    activations: dict[str, str]
    more: tuple[str, ...] = ()
    loss: str = "bce"
    classes: int = CLASSES

    def asked(self) -> Architecture:
        """A small network as the file is asked for it."""
        hidden, output = (self.dialect.theirs("activation", self.activations[letter]) for letter in "rs")
        outputs = self.classes if self.loss == "nll" else 1
        widths = [3, 4, 2, 3, 2][: self.dialect.depth or 3]
        return make_architecture([*widths, outputs], hidden, output)

    def maker(self, seed: int, long: bool = False) -> Maker:
        """The cases that can be put to such a file."""
        maker = Maker(self.dialect.dtype, seed, long)
        maker.activations, maker.more = dict(self.activations), self.more
        maker.loss, maker.classes = self.loss, self.classes
        return maker


def settle(reader: Reader, seed: int) -> Settled:
    """How the file is to be spoken to."""
    listener = Listener(reader)
    asked = [name for name in REQUIRED if name in reader.functions or name != "get_cost_value"]
    has_step = all(reader.roles.get(name) is not None for name in asked)
    depth = _depth(reader)
    widths = [*WIDTHS_HEARD] if not depth else [*WIDTHS_HEARD[:depth], 1]
    hidden, outputs = _hidden(reader), _outputs(reader)
    heard, start, classes = None, Dialect(), _classes(reader)
    output, loss = outputs[0], ENDS_IN[outputs[0]]
    for name in outputs:
        layers = make_architecture([*widths[:-1], classes if name == "softmax" else 1], hidden, name)
        try:
            start = listener.start(layers)
            other = _heard(reader, listener, layers, ENDS_IN[name]) if has_step else None
        except StuckError:
            break
        if heard is None or (other and other.right > heard.right):
            heard, output, loss = other, name, ENDS_IN[name]
        if heard and heard.right:
            break
    dialect, right = (heard.dialect, heard.right) if heard else (start, 0.0)
    forward = reader.roles.get("full_forward_propagation") or ("nn_architecture",)
    told = "nn_architecture" in forward and not dialect.sized  # a list of widths says nothing of activations
    if heard and heard.right:
        layers = meant(make_architecture(widths, hidden, output), dialect)
        hidden = layers[0]["activation"] if len(layers) > 1 else hidden
        output = layers[-1]["activation"]
        dialect = dialect if told else replace(dialect, activations={})  # nobody asks for any
        loss = ENDS_IN.get(output, ENDS_IN["sigmoid"])
    dialect = replace(dialect, depth=depth, uniform="" if told or dialect.holder else hidden)
    activations = {"r": hidden, "s": output}
    known = {hidden, output, "linear", *dialect.activations}
    more = tuple(name for name in HIDDEN_ACTIVATIONS if name not in known and _has(reader, name))
    if right >= ALL:
        return Settled(dialect, True, activations, more, loss, classes)
    dialect = replace(dialect, ascent=False, single=False)
    maker = Settled(dialect, False, activations, more, loss, classes).maker(seed)
    if reader.session.contains(FLOAT32) and _is_single(reader, dialect, maker):
        dialect = replace(dialect, single=True)
        maker = Settled(dialect, False, activations, more, loss, classes).maker(seed)
    voted = _by_votes(reader, dialect, start, maker, listener.has_seen)
    settled = Settled(voted, False, activations, more, loss, classes)
    return _with_its_own_activation(reader, settled, seed) if voted.uniform else settled


def _with_its_own_activation(reader: Reader, settled: Settled, seed: int) -> Settled:
    """With those activations with which its forward propagation is right: none asks for them."""
    name = "full_forward_propagation"
    if reader.roles.get(name) is None or reader.functions[name].unfinished:
        return settled
    bent = reader.session.contains(r"(?i)exp\(|max|tanh|where\(|relu|sigmoid|> *0")  # else it is linear on purpose
    others = [one for one in HIDDEN_ACTIVATIONS if one not in (settled.activations["r"], "linear" * bent)]
    named = reader.session.contains("(?i)softmax|sigmoid")
    usual = settled.activations["s"]
    outputs = dict.fromkeys((usual, *(_outputs(reader) if named else ("softmax", "linear"))))
    fallback = settled
    for output, hidden in product(outputs, (settled.activations["r"], *others)):
        dialect = replace(settled.dialect, uniform=hidden)
        loss = settled.loss if output == usual else ENDS_IN.get(output, ENDS_IN["sigmoid"])
        trial = replace(settled, dialect=dialect, activations={"r": hidden, "s": output}, loss=loss)
        seen, _ = Speaker(reader, trial.dialect, trial.maker(seed)).observe(name, quick=True, own=True)
        deep = any(len(one.case.arguments["nn_architecture"]) > 1 for one in seen)
        if deep and not any(one.fails for one in seen):
            return trial
        if hidden == settled.activations["r"] and output != usual and _ends_in(output, seen):
            fallback = trial  # a layer before may be wrong
    return fallback


def _ends_in(output: str, seen: Sequence[Observation]) -> bool:
    """Whether its predictions are the activation's of its own last Z, whatever that is."""
    found = []
    for one in seen:
        Z = one.values.get(names.Z(len(one.case.arguments["nn_architecture"])))
        Y_hat = one.values.get("Y_hat")
        found += [] if Z is None or Y_hat is None else [near(Y_hat, ACTIVATIONS[output].forward(Z))]
    return bool(found) and all(found)


def _heard(reader: Reader, listener: Listener, asked: Architecture, loss: str) -> Heard:
    """How the file speaks of this network: if it is right as a whole, even with another activation than asked."""
    heard = _on_two_steps(listener, asked, loss)
    if heard.right >= ALL:
        return heard
    freely = Listener(reader, free=True)
    freely.start(asked)
    other = _on_two_steps(freely, asked, loss)
    return other if other.right >= ALL else heard


def _on_two_steps(listener: Listener, asked: Architecture, loss: str) -> Heard:
    """What is heard on one step; what is all right there must be so on another, too: numbers may agree by chance."""
    heard = listener.hear(probe(asked, loss))
    if heard.right < ALL:
        return heard
    again = listener.hear(probe(asked, loss, seed=AGAIN))
    return heard if again.right >= ALL else replace(heard, right=again.right)


def _classes(reader: Reader) -> int:
    """How many classes labels of 0 and 1 are made for, where that is written into the file."""
    sized = r"(\w+\.(size|shape\[\d\])|len\([^)\n]*\)|m|n)"
    for number in range(2, MOST_CLASSES):
        made = rf"eye\( *{number} *\)|zeros\(\( *({sized} *, *{number}|{number} *, *{sized}) *\)"
        if reader.session.contains(made):
            return number
    return CLASSES


def _hidden(reader: Reader) -> str:
    """What the hidden layers can be asked to have."""
    every = ["relu", *(name for name in HIDDEN_ACTIVATIONS if name not in ("relu", "sigmoid", "linear")), "sigmoid"]
    named = [name for name in every if reader.session.mentions(name)]
    written = r"|np\.maximum\("
    called = [name for name in every if reader.session.contains(rf"\b{name}\w*\({written * (name == 'relu')}")]
    usual = named if named[:1] not in ([], ["sigmoid"]) else [*called, *named]  # "sigmoid", else relu
    return usual[0] if usual else "sigmoid" if reader.session.contains(r"exp\( *-") else "relu"


def _outputs(reader: Reader) -> list[str]:
    """What the last layer can have, the likeliest first."""
    if not reader.session.contains("(?i)softmax"):
        return ["sigmoid"]
    return ["softmax", "sigmoid"] if reader.session.contains("(?i)sigmoid") else ["softmax"]


def _has(reader: Reader, name: str) -> bool:
    """Whether the file can be asked for the activation by name."""
    return reader.session.mentions(name) and name in ACTIVATIONS


def _depth(reader: Reader) -> int:
    """The number of layers, where it is written into the file; 0 where it is not."""
    widths = widths_in(reader.roles.get("init_layers") or ())
    if {"n_x", "n_h", "n_y"} <= {*widths}:
        forward = reader.roles.get("full_forward_propagation") or ()
        return 0 if "nn_architecture" in forward else len(widths) - 1
    session = reader.session
    if reader.spread:
        return max(one.layers for one in reader.spread.values())
    written = (k for k in range(1, 5) if session.mentions(f"[Ww]{k}") or session.contains(rf"\bself\.[Ww]{k}\b"))
    depth = max(written, default=0)
    top = reader.functions.get("full_forward_propagation")
    source = session.source_of(top.theirs) or "" if top is not None else ""
    least = 2 if re.search(r"\bfor\b", source) else 1
    return 0 if session.mentions("[Ww]0") or depth < least or re.search(ANY_LAYER, source) else depth


def _is_single(reader: Reader, dialect: Dialect, maker: Maker) -> bool:
    """Whether most functions return float32 although they are given float64: one that does so alone is wrong."""
    speaker, found = Speaker(reader, dialect, maker), list[bool]()
    for name in (*ACTIVATIONS, *(f"{one}_backward" for one in ACTIVATIONS), *TELLING, "init_layers", "update"):
        if name in reader.functions and reader.roles[name] is not None and not reader.functions[name].unfinished:
            seen, _ = speaker.observe(name, own=True, quick=True)
            kinds = {value.dtype for one in seen for value in one.values.values() if value.ndim}
            found += [kinds == {np.dtype(np.float32)}] * bool(kinds)
    return len(found) >= MOST_OF and sum(found) >= len(found) - 1


def _by_votes(reader: Reader, heard: Dialect, start: Dialect, maker: Maker, starts: bool) -> Dialect:
    """The layout in which most functions are right alone, the initial weights among them; of several the first."""

    def is_start(dialect: Dialect) -> bool:
        return (dialect.transposed, dialect.bias) == (start.transposed, start.bias)

    telling = [name for name in TELLING if name in reader.functions and reader.roles[name] is not None]
    single = reader.session.contains(FLOAT32)
    best, most = heard, -1.0
    numbered = maker.loss == "nll" and reader.session.contains(NUMBERED)
    for dialect in _candidates(heard, start, numbered):
        speaker, votes = Speaker(reader, dialect, maker), 0.5 * (is_start(dialect) if starts else 0)
        for name in telling:
            if reader.functions[name].unfinished:
                continue
            mine: list[tuple[Trait, ...]] = [(), *((one,) for one in (MEAN_EARLY, FROM_OUTPUT) if name in one.of)]
            for repaired, traits in product((False, True) if name in FORWARD_OF else (False,), mine):
                speaker.repaired = {FORWARD_OF[name]} if repaired else set()
                seen, manner = speaker.observe(name, Manner(traits=traits), quick=True)
                if seen and not any(one.fails and not (single and _is_rounded(one)) for one in seen):
                    votes += 1
                    speaker.manners[name] = manner
                    break
                if any(map(_shows_the_layout, seen)):
                    votes += 0.5  # whatever else is wrong
        if votes > most:
            best, most = dialect, votes
        allowed = 1 if starts and is_start(dialect) and votes >= ENOUGH else 0
        if votes >= len(telling) - allowed or speaker.stuck:
            break
    return best


def _shows_the_layout(one: Observation) -> bool:
    """Whether the first Z is right, or the gradient of the last W."""
    depth = len(one.case.arguments.get("nn_architecture", ()))
    return any(name in one.values and name not in one.wrong for name in (names.Z(1), names.dW(depth)))


def _is_rounded(one: Observation) -> bool:
    """Whether it is right but for rounding to float32."""
    return not (one.problem or one.changed or one.case.raises or one.case.nan) and is_near(one, SINGLE)


def _candidates(heard: Dialect, start: Dialect, numbered: bool) -> Iterator[Dialect]:
    """The way that was heard; then every layout, with the tutorial's keys of the weights, as their own are learned;
    all of them again with labels that are numbers, where these may be `numbered`."""
    heard = replace(heard, keys={kind: one for kind, one in start.keys.items() if kind in ("W", "b")})
    seen = [heard]
    yield heard
    for by_number in (False, True) if numbered else (False,):
        for rows, transposed, bias in ((heard.rows, heard.transposed, heard.bias), *LAYOUTS):
            dialect = replace(heard, rows=rows, transposed=transposed, bias=bias, numbered=by_number)
            if dialect not in seen:
                seen.append(dialect)
                yield dialect
