"""Whether train's steps add up, from its own start, with its own helpers or right ones; what it prints, and when."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np

import numpynet
from numpynet.check.batches import IN_BATCHES, in_batches, labels_due, sees_all
from numpynet.check.cases import LONG, TRAINING_SEED, Case, Maker
from numpynet.check.contract import OPERATIONS
from numpynet.check.diagnosis import explain, gist
from numpynet.check.doubt import ITS_OWN, accepted
from numpynet.check.evidence import cells_of, fine_of
from numpynet.check.learning import Learner
from numpynet.check.manner import PLAIN, Asked, Manner
from numpynet.check.oracle import passed_through
from numpynet.check.place import place_of
from numpynet.check.reader import UNSENDABLE
from numpynet.check.result import Called, Cause, FunctionGrade, Observation, Outcome
from numpynet.check.speaker import Speaker
from numpynet.check.wrong import Wrong
from numpynet.parity.exact import Bounded
from numpynet.sandbox import Odd
from numpynet.training import training_steps
from numpynet.types import Array, Parameters

REPORTED = (0, 50)
NAME = "train"
GUARDED = 1e-4  # of a weight, that guards of 1e-5 may move in so few epochs
LINE = r"Iteration: *(\d{1,9}) *- *cost: *(\d{1,20}\.\d{1,20})(?: *- *accuracy: *(\d{1,20}\.\d{1,20}))?"


def judge(speaker: Speaker, base: FunctionGrade, *, own: bool = False, guarded: bool = False) -> FunctionGrade:
    """The grade of train; `own`: with the file's own other functions, of which some may be `guarded`."""
    roles = speaker.roles[NAME] or []
    seen, notes = _seen(speaker, own)
    if guarded:
        seen = [replace(one, case=replace(one.case, expected=_loosely(one.case.expected))) for one in seen]
    if not seen and not own:
        says = "from its start predictions become 0 or 1: what it should come to is not known"
        return replace(base, outcome=Outcome.CANNOT_JUDGE, says=says, conventions=())
    failing = [one for one in seen if one.fails]
    if failing and (of_batches := _of_batches(speaker, base, failing, own)) is not None:
        return of_batches
    if failing and not own and all(_is_raised_elsewhere(speaker, one) for one in failing):
        together, notes = _seen(speaker, own=True)  # some of them may be right in a way of their own, all together
        if together and not any(one.fails for one in together):
            seen, failing = together, []
    if not failing and own and (said := _misreported(speaker)):
        return replace(base, outcome=Outcome.FAIL, says=said[1], cause=Cause(*said), conventions=())
    if not failing:
        conventions = (*base.conventions, *notes)
        return replace(
            base,
            outcome=Outcome.CONVENTION if conventions else base.outcome,
            conventions=tuple(dict.fromkeys(conventions)),
        )
    if (why := _cannot(speaker, failing, roles, own)) is not None:
        return replace(base, outcome=Outcome.CANNOT_JUDGE, says=why, conventions=())
    cause = explain(NAME, seen)
    outcome = Outcome.FAIL if any(one.raised is None for one in failing) else Outcome.ERROR
    says = gist(NAME, failing)
    if own and not speaker.reader.spread:
        says = f"it is right with right helpers, but not with the file's own, on new inputs: {says}"
    return replace(
        base, outcome=outcome, says=says, cause=cause, cells=cells_of(failing), fine=fine_of(seen), conventions=(),
        witness=None if own else Wrong(speaker).witness(NAME, failing),
        place=place_of(speaker, NAME, seen, PLAIN, cause),
    )  # fmt: skip


def _is_raised_elsewhere(speaker: Speaker, one: Observation) -> bool:
    """Whether another function of the file raised, called by train or by what train calls."""
    found, text = speaker.found[NAME], speaker.session.source_of(speaker.found[NAME].theirs)
    if one.raised is None or one.raised.line is None or found.line is None or text is None:
        return False
    return not found.line <= one.raised.line < found.line + len(text.splitlines())


def _of_batches(
    speaker: Speaker, base: FunctionGrade, failing: Sequence[Observation], own: bool
) -> FunctionGrade | None:
    """The grade of a train that goes through the examples in batches; None where it does not.

    What it comes to is not known before: each of its calls is looked at instead, with right helpers.
    """
    if own and any(one.raised for one in failing):
        return None
    if own:
        asked = [speaker.ask(NAME, one.case) for one in failing if one.case.arguments["epochs"] < LONG[0]]
        failing = [one for one in _read(speaker, asked)[0] if one.fails]
    found = [in_batches(one) for one in failing if one.raised is None or one.raised.kind == "exception"]
    said = [one for one in found if one is not None]
    wrong = next((one for one in said if one.cause), None)
    if wrong is not None:
        place = None if own else place_of(speaker, NAME, failing, PLAIN, wrong.cause)
        return replace(base, outcome=Outcome.FAIL, says=wrong.says, cause=wrong.cause, conventions=(), place=place)
    unknown = next((one.says for one in said if one.says), "")
    if not said and any(one.wrong and not sees_all(one) for one in failing) and _has_batches(speaker):
        unknown = "it trains in batches, and what it makes of them could not be watched"
    if unknown:
        return replace(base, outcome=Outcome.CANNOT_JUDGE, says=unknown, conventions=())
    if len(said) < len(found) or not found:
        return None
    return replace(base, outcome=Outcome.CONVENTION, conventions=tuple(dict.fromkeys((*base.conventions, IN_BATCHES))))


def _has_batches(speaker: Speaker) -> bool:
    """Whether its text speaks of batches, or draws examples."""
    text = speaker.session.source_of(speaker.found[NAME].theirs) or ""
    return re.search(r"(?i)batch|permutation|shuffle|randint|choice", text) is not None


def _loosely(expected: Mapping[str, Bounded]) -> dict[str, Bounded]:
    """What a guard in each of the steps may make of it."""
    return {key: Bounded(one.value, one.allowed + GUARDED * (np.abs(one.value) + 1)) for key, one in expected.items()}


def _cannot(speaker: Speaker, failing: Sequence[Observation], roles: Sequence[str | None], own: bool) -> str | None:
    """Why nothing can be said, if so."""
    raised = failing[0].raised
    if raised and "for the whole file" in raised.text:
        return f"{raised.text}: alone it is right" if own else "the time for the whole file is used up"
    if all(one.raised and one.raised.text.startswith(UNSENDABLE) for one in failing):
        return raised.text if raised else None
    undefined = re.match(r"NameError: name '(\w+)' is not defined", raised.text) if raised else None
    if undefined and undefined[1] in OPERATIONS and undefined[1] not in speaker.found:
        return f"it needs {undefined[1]}, which is not in the file or does not parse"
    if (unknown := speaker.without(NAME, failing)) is not None:
        return unknown
    called = {call.function for one in failing for call in one.called}
    if not own and all(map(_is_of_its_arguments, failing)):
        return f"it is not known what it is to be given: it raises {failing[0].problem}"
    rates = [call.arguments.get("learning_rate") for call in failing[0].called if call.function == "update"]
    if any(rate != rates[0] for rate in rates):
        return (
            f"it takes its steps at other learning rates than the {failing[0].case.arguments['learning_rate']:g} given"
        )
    own_rate = any(rate is not None and rate != failing[0].case.arguments["learning_rate"] for rate in rates)
    if "learning_rate" not in roles and ("update" not in called or own_rate):
        return "its learning rate is not among its arguments: what it should come to is not known"
    shows_start = {"init_layers", "update"} & (set(speaker.found) if own else called)
    if not shows_start and all(one.raised is None and not one.problem for one in failing):
        return "from which weights it starts is not known"
    owner = speaker.found[NAME].owner
    if owner and owner in speaker.reader.unmade and raised and "has no attribute" in raised.text:
        return f"it uses what {owner}.__init__ keeps in self, and __init__ needs arguments that nobody gave"
    return None


def _is_of_its_arguments(one: Observation) -> bool:
    """Whether it raised, before any other function took what it made of its arguments, what may be for their sake."""
    if one.raised is None or one.raised.kind != "exception" or one.raised.text.startswith(ITS_OWN):
        return False
    if re.match(r"TypeError: [\w.]+\(\) (missing|takes|got)", one.raised.text):
        return False
    if one.called and _is_swapped(one.called[-1]):
        return False
    return not any(call.result is not None and call.function != "init_layers" for call in one.called)


def _is_swapped(call: Called) -> bool:
    """Whether it was handed the layers in the place of the weights, and these in the place of the layers."""
    weights, layers = (call.arguments.get(role) for role in ("params_values", "nn_architecture"))
    return (
        isinstance(weights, Odd) and weights.type_name in ("list", "tuple")
        and isinstance(layers, Odd) and layers.type_name == "dict"
    )  # fmt: skip


def _seen(speaker: Speaker, own: bool) -> tuple[list[Observation], tuple[str, ...]]:
    """Its trainings; where it starts from other weights than the tutorial's, judged from those."""
    roles, notes = speaker.roles[NAME] or [], []
    if own and "learning_rate" not in roles:
        return [], ()
    asked = speaker.asked(NAME, PLAIN, own=own)
    seen, manner = _read(speaker, asked)
    if any(one.wrong for one in seen):
        restarted = [found for one in asked if (found := _from_its_start(speaker, one, own)) is not None]
        again = [speaker.read(NAME, one, manner) for one, _ in restarted]
        drawn = any(call.function == "init_layers" for one in asked for call in one.called)
        if not any(one.fails for one in again) or not (own or drawn) or (own and speaker.reader.spread):
            seen, notes = again, [said for _, said in restarted[:1] if said]
    seen = accepted(speaker.reader, NAME, seen)
    return [replace(one, problem=one.problem or _misreports(one.case, one.called)) for one in seen], tuple(notes)


def _read(speaker: Speaker, asked: Sequence[Asked]) -> tuple[list[Observation], Manner]:
    """What came back, in the manner in which the weights are found in it."""
    seen = speaker.read_all(NAME, asked, PLAIN)
    if not any(one.fails for one in seen):
        return seen, PLAIN
    manner = next(Learner(speaker.speaking(), speaker.roles).learned(NAME, asked), PLAIN)
    return speaker.read_all(NAME, asked, manner), manner


def _from_its_start(speaker: Speaker, asked: Asked, own: bool) -> tuple[Asked, str] | None:
    """The same training with what it must come to from the weights that it starts from.

    None where that is not known: from a start so far out predictions become 0 or 1, and clamps and rounding decide.
    """
    case, starts = asked.case, [call for call in asked.called if call.function == "init_layers"]
    X, Y, layers = (case.arguments[role] for role in ("X", "Y", "nn_architecture"))
    start: Parameters | None = None
    said = ""
    if own:
        start = _own_start(speaker, case, asked.given)
        said = "it starts from the file's own weights"
    elif starts:
        seed = starts[0].arguments.get("seed", 99 if "seed" in (speaker.roles["init_layers"] or ()) else TRAINING_SEED)
        start = dict(starts[0].result) if isinstance(starts[0].result, dict) else None
        said = f"it starts from seed {seed}; the tutorial's train from seed {TRAINING_SEED}"
    elif (first := _first_step(asked)) is not None:
        start = {name: np.asarray(value, X.dtype) for name, value in first.items()}
        said = "it starts from the file's own weights"
    if start is None:
        return asked, ""
    epochs, rate, loss = case.arguments["epochs"], case.arguments["learning_rate"], speaker.maker.loss
    if own and speaker.dialect.loss:
        loss, rate = speaker.dialect.loss, rate * speaker.dialect.scale.of(X.shape[1], len(Y))
    passed = list(passed_through(X, Y, layers, epochs, rate, start=start, loss=loss))
    if loss != "mse" and any(_is_sure(numpynet.full_forward_propagation(X, one, layers)[0]) for one in passed):
        return None
    room = 1e-13 if X.dtype == np.float64 else 1e-5
    expected = {name: Bounded(value.astype(float), room * (np.abs(value) + 0.1)) for name, value in passed[-1].items()}
    return replace(asked, case=replace(case, expected=expected)), said


def _first_step(asked: Asked) -> Mapping[str, Any] | None:
    """The weights that it first hands to update."""
    first = next((call.arguments.get("params_values") for call in asked.called if call.function == "update"), None)
    weights = asked.case.expected if isinstance(first, dict) else {}
    return first if weights and first is not None and {*first} == {*weights} else None


def _is_sure(Y_hat: Array) -> bool:
    """Whether a prediction is so near 0 or 1 that clamps and rounding decide what it teaches."""
    surely = 1e-9 if Y_hat.dtype == np.float64 else 1e-4
    return not bool(np.all((Y_hat > surely) & (Y_hat < 1 - surely)))


def _own_start(speaker: Speaker, case: Case, given: Mapping[str, Any]) -> Parameters | None:
    """What its own init_layers returned in that training, or what its own update was given first."""
    name = next((one for one in ("init_layers", "update") if one in speaker.found), None)
    if name is None:
        return None
    if name in speaker.reader.spread:  # what a call was given may be other numbers by now, changed in place
        layers = {"nn_architecture": case.arguments["nn_architecture"]}
        drawn = speaker.reader.call(name, speaker.given(name, Case("", layers))) if name == "init_layers" else None
        return _as_weights(speaker, drawn.value) if drawn is not None else None
    theirs, roles = speaker.found[name].theirs, speaker.roles[name] or []
    answer = speaker.reader.call(NAME, given, keep=True, record=[theirs], send="nothing")
    if answer.kept is None or theirs not in answer.recorded:
        return None
    positional, named, result = answer.kept.call(answer.recorded.index(theirs))
    if name == "update" and "params_values" in roles:
        place = roles.index("params_values")
        found = speaker.session.fetch(positional.part(place))
        found = speaker.session.fetch(named.part(speaker.found[name].parameters[place])) if found is None else found
    else:
        found = speaker.session.fetch(result)
    return _as_weights(speaker, found)


def _as_weights(speaker: Speaker, found: Any) -> Parameters | None:
    """By the tutorial's names; None where they are no weights."""
    ours = speaker.speaking().ours("params_values", found)
    if not isinstance(ours, dict) or not all(isinstance(value, np.ndarray) for value in ours.values()):
        return None
    return {name: value.astype(speaker.dialect.dtype) for name, value in ours.items()}


def _misreports(case: Case, log: Sequence[Called]) -> str | None:
    """What train hands to the cost or the accuracy must be a prediction and the labels: it is what is printed."""
    every: Array = case.arguments["Y"]
    for call, due in labels_due(log, case.arguments["X"], every):
        Y_hat, Y = call.arguments["Y_hat"], call.arguments.get("Y")
        if call.function not in ("get_cost_value", "get_accuracy_value") or not isinstance(Y, np.ndarray):
            continue
        if np.array_equal(Y_hat, every) and not np.array_equal(Y, every):
            return f"it calls {call.function} with Y and Ŷ in the places of each other"
        if due is not None and not np.array_equal(Y, every) and not np.array_equal(Y, due):
            return f"it calls {call.function} with other labels than Y"
    return None


def _misreported(speaker: Speaker) -> tuple[str, str] | None:
    """What is wrong with what train prints and when it calls back: an id, and a sentence."""
    roles, found = speaker.roles[NAME] or [], speaker.found[NAME]
    maker = Maker(speaker.dialect.dtype, speaker.maker.seed)
    maker.activations, maker.loss = speaker.maker.activations, speaker.maker.loss
    later = islice(maker.cases(NAME), 1, None)
    case = next((case for case in later if speaker.dialect.can_express(case.arguments["nn_architecture"])), None)
    if case is None:
        return None
    given = dict(case.arguments) | {"epochs": REPORTED[-1] + 1, "verbose": True, "learning_rate": 0.3}
    theirs = speaker.given(NAME, Case("", given))
    callback = found.parameters[roles.index("callback")] if "callback" in roles else None
    loud, others = speaker.raw(NAME, theirs, callback=callback), {}
    if (
        loud.raised is not None and speaker.manner("get_cost_value").shape
    ):  # an array of one number cannot be printed so
        plain = {**speaker.manners, "get_cost_value": Manner()}
        before, speaker.manners = speaker.manners, plain
        cost = speaker.found["get_cost_value"].theirs
        others = {theirs: reply for theirs, reply in speaker.others(NAME, []).items() if theirs == cost}
        loud = speaker.raw(NAME, theirs, others, callback)
        speaker.manners = before
    if loud.raised is not None:
        return None if callback is None else ("reporting", f"With a callback it raises {loud.raised.text}.")
    if callback and (said := _called_back(loud.called_back)):
        return said
    if "verbose" not in roles:
        return None
    if not loud.printed.strip():
        quiet = speaker.raw(NAME, theirs | {"verbose": False}, others, callback)
        if quiet.raised is None and quiet.printed.strip():
            return "verbose", "With verbose=True it prints nothing, with verbose=False it does."
        return None  # it may report later, or nothing whatever it is asked
    if (said := _printed(speaker, given, loud.printed)) is not None:
        return said
    quiet = speaker.raw(NAME, theirs | {"verbose": False, "epochs": 1}, others, callback)
    others_print = _others_print(speaker)
    if not others_print and quiet.raised is None and quiet.printed.strip() and _same_lines(loud.printed, quiet.printed):
        return "verbose", "With verbose=False it prints all the same."
    if callback and quiet.raised is None and not quiet.called_back:
        return "callback-verbose", "The callback is called only when verbose is on."
    return None


def _others_print(speaker: Speaker) -> bool:
    """Whether a function that it calls prints by itself."""
    own = speaker.session.source_of(speaker.found[NAME].theirs) or ""
    texts = (speaker.session.source_of(name) or "" for name, one in speaker.session.loaded.functions.items()
             if name != speaker.found[NAME].theirs and re.search(rf"\b{re.escape(one.name)}\(", own))  # fmt: skip
    return any(re.search(r"\bprint *\(", text) for text in texts)


def _same_lines(loud: str, quiet: str) -> bool:
    """Whether what is printed unasked is what is printed when it is asked for: a progress bar is not."""
    return quiet.strip().splitlines()[0] in loud and re.search(r"\d\.\d{3}", quiet) is not None


def _called_back(calls: Sequence[Sequence[Any]]) -> tuple[str, str] | None:
    epochs = [call[0] if call else None for call in calls]
    if any(len(call) != 2 or type(call[0]) is not int for call in calls):
        return "callback-arguments", "The callback is not called with (epoch, params_values)."
    if any(call[1] == "NoneType" for call in calls):
        return "callback-arguments", "The callback gets None in the place of params_values."
    if epochs != list(REPORTED):
        return "callback-epochs", f"The callback is called at epochs {epochs}: it must be every 50, {list(REPORTED)}."
    return None


def _printed(speaker: Speaker, given: Mapping[str, Any], printed: str) -> tuple[str, str] | None:
    """A line that does not say what is so, of those that have the tutorial's form."""
    lines = re.findall(LINE, printed)
    grade = speaker.manner("get_cost_value")
    if not lines or grade.traits:
        return None
    layers = given["nn_architecture"]
    one = Case("", {**given, "epochs": 1})
    start = _own_start(speaker, one, speaker.given(NAME, one)) or {
        name: value.astype(speaker.dialect.dtype) for name, value in numpynet.init_layers(layers, TRAINING_SEED).items()
    }
    costs, shares, sure = [], [], _is_sure(numpynet.full_forward_propagation(given["X"], start, layers)[0])
    for step in training_steps(
        given["X"], given["Y"], layers, given["epochs"], given["learning_rate"], params_values=start,
        loss=speaker.maker.loss,
    ):  # fmt: skip
        costs.append(step.cost)
        shares.append(step.accuracy)
        sure = sure or _is_sure(numpynet.full_forward_propagation(given["X"], step.params_values, layers)[0])
    if sure:
        return None
    for line_epoch, cost, accuracy in lines:
        if int(line_epoch) >= len(costs) or abs(float(cost) - costs[int(line_epoch)]) > 2e-5:
            there = costs[min(int(line_epoch), len(costs) - 1)]
            return "printed-cost", f"At epoch {int(line_epoch)} it prints the cost {cost}: there it is {there:.5f}."
        right_share = shares[int(line_epoch)]
        if accuracy and abs(float(accuracy) - right_share) > 2e-5:
            said = f"At epoch {int(line_epoch)} it prints the accuracy {accuracy}: there it is {right_share:.5f}."
            return "printed-accuracy", said
    if [int(line_epoch) for line_epoch, *_ in lines] != list(REPORTED):
        epochs = [int(epoch) for epoch, *_ in lines]
        return "printed-epochs", f"It reports at epochs {epochs}: it must be every 50, {list(REPORTED)}."
    return None
