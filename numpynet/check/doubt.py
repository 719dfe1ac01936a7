"""When a failure says more about the question than about the function: it then proves nothing.

A function may refuse a network that its author never meant it for; may be handed what its course hands it in another
form; may belong to a course that is not known at all. What it returns there is no evidence against it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from numpynet.check.contract import OPERATIONS, claimed, means
from numpynet.check.reader import Reader
from numpynet.check.result import FAILED, GOOD, FunctionGrade, Observation, Outcome
from numpynet.check.spread import HOLDERS
from numpynet.check.traits import OPPOSITE

ITS_OWN = ("NameError", "UnboundLocalError", "ZeroDivisionError")  # wrong whatever a function is given
ARRANGED = {"params_values", "grads_values", "memory", "nn_architecture", "A_prev", "W", "dA_prev", "dW"}
OF_SIGMOID = {"sigmoid_slope", "sigmoid_backward", "full_backward_propagation"}  # its slopes, and what uses them
BY_THEMSELVES = "every matrix by itself"
OF_LABELS, ENOUGH = ("get_cost_value", "get_accuracy_value"), 3  # labels come in many forms
# Of what no list, dict or array has: the file's functions hand on objects of a class of its own.
OBJECT = re.compile(
    r"'(list|dict|tuple|int|str)' object has no attribute "
    rf"'(?!({'|'.join(sorted({*dir(np.ndarray), *dir(list), *dir(dict), *dir(str)}))})')"
    rf"|'int' object has no attribute '({'|'.join(sorted({*dir(str)} - {*dir(np.ndarray)}))})'"  # it wants a text
)
HANDED = re.compile(  # a mask, or labels, in another form; a dict where something else is meant
    r"IndexError: (arrays used as indices must be|only integers, slices|shape mismatch: indexing arrays)"
    r"|TypeError: .* cannot be interpreted as an integer"
)
MISSING = re.compile(r"KeyError: '(\w+)'")
SINGLY = (
    *("get_cost_value", "linear_backward", "single_layer_backward_propagation", "full_backward_propagation"),
    "full_forward_propagation",
)
EXAMPLES = r"\bfor \w+, *\w+ in (zip\(|\w*(data|samples|batch|set|examples|pairs)\b)"  # one after the other
MISMATCH = "shape mismatch|broadcast together|not aligned|matmul|non-broadcastable"
PRODUCT = r"dot\(|@|matmul|einsum|sum\("  # what adds up over the examples
SINGLE = "it seems to be for one example at a time, and is given several"
NONE = "it returns None"
ABSTRACT = "NotImplementedError"  # of a method that others take the place of
FORWARD = "full_forward_propagation"
LARGE = 8  # a size that none of the networks has that are tried
MANY = 3  # functions that fail so are no mistakes: the file hands something else from one to the other
UNPACKED = re.compile(r"ValueError: (not enough|too many) values to unpack")
STRUCTURE = re.compile(r"it returns .*, not \d+ values|.* is .*, not an? |the keys are |.* missing; there is ")


def refusals(reader: Reader, name: str, seen: Sequence[Observation]) -> list[Observation]:
    """What the file itself turns away: several outputs, by an assertion; an activation that is nowhere in it."""
    return [one for one in seen if not one.case.raises and _is_refusal(reader, name, one)]


def accepted(reader: Reader, name: str, seen: list[Observation]) -> list[Observation]:
    """Without what the file refuses, where it accepts something; a note says so."""
    seen = _of_one_output(seen)
    refused = refusals(reader, name, seen)
    kept = [one for one in seen if one not in refused]
    if not refused or all(one.case.raises for one in kept):
        return seen
    line = refused[0].raised.line if refused[0].raised else None
    note = (
        f"it refuses some of the inputs that are tried{f' (line {line})' if line else ''}: it is judged on the others"
    )
    return [replace(kept[0], notes=(*kept[0].notes, note)), *kept[1:]]


def _of_one_output(seen: list[Observation]) -> list[Observation]:
    """Without several outputs, where these alone raise, and one output does not: the file is written for one."""
    failing = [one for one in seen if one.fails]
    several = [one for one in seen if _outputs(one.case.arguments) > 1]
    kept = [one for one in seen if one not in several]
    of_one = [one for one in kept if not one.case.raises and _outputs(one.case.arguments) == 1]
    raised = failing and all(one in several and one.raised and one.raised.kind == "exception" for one in failing)
    if not raised or not of_one or not any(one.values for one in of_one):
        return seen
    return [replace(kept[0], notes=(*kept[0].notes, "it is written for one output")), *kept[1:]]


def _is_refusal(reader: Reader, name: str, one: Observation) -> bool:
    if one.raised is None or one.raised.kind != "exception":
        return False
    if one.raised.text.startswith("AssertionError"):
        return _outputs(one.case.arguments) > 1  # it is written for one
    takes = set(reader.roles[name] or ())
    layers = one.case.arguments.get("nn_architecture") or () if "nn_architecture" in takes else ()
    asked = {layer["activation"] for layer in layers if isinstance(layer, Mapping)}
    asked |= {one.case.arguments.get("activation")} - {None} if "activation" in takes else set()
    if any(not _has(reader, activation) for activation in asked):
        return True
    return UNPACKED.match(one.raised.text) is not None and _unpacks_an_argument(reader, name, one)


def _outputs(arguments: Mapping[str, Any]) -> int:
    """How many outputs the network has, or the labels."""
    if layers := arguments.get("nn_architecture"):
        return int(layers[-1]["output_dim"])
    Y = arguments.get("Y")
    return len(Y) if isinstance(Y, np.ndarray) and Y.ndim == 2 else 1


def _has(reader: Reader, activation: str) -> bool:
    """Whether the file names the activation in its code: as text, or as something that it defines."""
    return reader.session.mentions(activation) or reader.session.contains(rf"(?i)def {activation}|\b{activation} *=")


def _unpacks_an_argument(reader: Reader, name: str, one: Observation) -> bool:
    """Whether the statement that failed takes one of the function's own arguments apart: `n_x, n_h, n_y = dims`."""
    found, text = reader.functions[name], reader.session.source_of(reader.functions[name].theirs)
    if text is None or one.raised is None or one.raised.line is None or found.line is None:
        return False
    lines, place = text.split("\n"), one.raised.line - found.line
    if not 0 <= place < len(lines):
        return False
    right = re.fullmatch(r"\s*[\w, ()]+=\s*(\w+)\s*", lines[place].partition("#")[0])
    return right is not None and right[1] in found.parameters


def unproven(
    reader: Reader, grades: Mapping[str, FunctionGrade], seen: Mapping[str, Sequence[Observation]], rows: bool
) -> dict[str, FunctionGrade]:
    """Those that failed without a number to compare, where no other function shows that the course is the file's;
    `rows` is whether its examples are rows.

    An exception, or an answer of another structure, is a mistake only where the arguments are what the function's
    author meant them to be: where another function takes or returns the same, be its numbers right or wrong.
    """
    found = {}
    formal = [name for name, one in grades.items() if _failed_formally(name, one, seen.get(name, ()))]
    for name in formal:
        one, needed = grades[name], _arranged(reader, grades[name], name)
        others = {also for also, other in grades.items() if also != name and other.outcome in GOOD}
        known = others | {
            also for also, other in grades.items() if other.outcome == Outcome.FAIL and also not in formal
        }
        mismatch = re.search(MISMATCH, one.says)  # of this a step says nothing: it is the same in every layout
        shown = set().union(*(_structures(reader, also) for also in known if not (mismatch and also == "update")))
        of_labels = name in OF_LABELS and (len(others) < ENOUGH or "IndexError" in one.says)  # of classes by number
        few = not others or of_labels
        handed = OBJECT.search(one.says) or HANDED.search(one.says) or _is_filed(reader, name, one.says)
        beside = name != FORWARD and FORWARD in formal and mismatch  # examples may be rows in both
        if beside or len(formal) >= MANY or ABSTRACT in one.says or handed or few or not needed <= shown:
            says = f"it is not known what it is to be given and to return: {one.says}"
            found[name] = FunctionGrade(name, Outcome.CANNOT_JUDGE, one.theirs, one.line, says)
    train = grades.get("train")
    if found and train is not None and train.outcome == Outcome.ERROR and not train.says.startswith(ITS_OWN):
        says = f"it needs {next(iter(found.values())).theirs}, which could not be judged: {train.says}"
        found["train"] = FunctionGrade("train", Outcome.CANNOT_JUDGE, train.theirs, train.line, says)
    back, update = (grades.get(name) for name in ("full_backward_propagation", "update"))
    no_step = update is None or update.outcome in (Outcome.MISSING, Outcome.CANNOT_JUDGE)
    if back is not None and OPPOSITE.says in back.conventions and no_step:
        says = "its gradients have the opposite sign: right where a step adds them, and no update is known"
        found[back.function] = FunctionGrade(back.function, Outcome.CANNOT_JUDGE, back.theirs, back.line, says)
    if says := _bipolar(grades.get("sigmoid"), seen.get("sigmoid", ())):
        odd = grades["sigmoid"]
        called = f"{(odd.theirs or '').rpartition('.')[2]}("
        found["sigmoid"] = FunctionGrade("sigmoid", Outcome.CANNOT_JUDGE, odd.theirs, odd.line, says)
        for name, one in grades.items():
            calls = called in (reader.session.source_of(one.theirs or "") or "")
            if one.outcome in FAILED and (calls or name in OF_SIGMOID):
                says = f"it needs {odd.theirs}, which could not be judged"
                found.setdefault(name, FunctionGrade(name, Outcome.CANNOT_JUDGE, one.theirs, one.line, says))
    for name in OPERATIONS.keys() & grades.keys() - found.keys():
        one = grades[name]
        if one.outcome in FAILED and (says := _otherwise(reader, name, one, rows) or _of_another(reader, grades, one)):
            found[name] = FunctionGrade(name, Outcome.CANNOT_JUDGE, one.theirs, one.line, says)
        if one.outcome in FAILED and one.says.startswith(NONE) and _fills_its_object(reader, name):
            says = "it returns nothing: what it writes into its object could not be judged"
            found[name] = FunctionGrade(name, Outcome.CANNOT_JUDGE, one.theirs, one.line, says)
    return found


def _bipolar(one: FunctionGrade | None, seen: Sequence[Observation]) -> str:
    """That it is the sigmoid whose values lie around 0, if it is."""
    pairs = [(shown.values.get("A"), shown.case.expected["A"].value) for shown in seen if "A" in shown.case.expected]
    for scale, shift, text in ((2, -1, "2 σ(Z) − 1"), (1, -0.5, "σ(Z) − 0.5")):
        if one is not None and one.outcome in FAILED and pairs and all(
            value is not None and value.shape == A.shape and np.allclose(value, scale * A + shift, atol=1e-6)
            for value, A in pairs
        ):  # fmt: skip
            return f"it is {text}, with values on both sides of 0: right where that is meant, and no probability"
    return ""


def _otherwise(reader: Reader, name: str, one: FunctionGrade, rows: bool) -> str:
    """Why it may be right all the same, in its own lines or in those around it."""
    source = reader.session.source_of(one.theirs or "") or ""
    lacking = re.search(r"NameError: name '(\w+)' is not defined", one.says)
    if lacking and _is_assigned_outside(reader, lacking[1]):
        return f"it uses {lacking[1]}, which a statement of the file that is not run defines"
    if size := _written_in(reader, one.says):
        return f"it is written for a size of {size}: {one.says}"
    if name == FORWARD and re.search(f"has shape|{MISMATCH}", one.says) and _turns_its_input(reader, source):
        return f"its examples may be rows where they are given, and columns inside: {one.says}"
    if name in reader.spread and re.search("missing; there is nothing|values, not a dict", one.says):
        return "it returns lists or arrays, and which of them is which could not be found out"
    if name == FORWARD and re.search(r"Y_hat\b.* missing; there is A0", one.says):
        return f"it returns what it keeps of the layers, and its prediction is among that: {one.says}"
    if one.cause is not None and one.cause.rationale.startswith("For '") and _has_activation_of_its_own(reader, name):
        return "which activation it has where it is given none is not known"
    if re.search(MISMATCH, one.says):
        if word := next((word for word in ("m", "n") if word != reader.count and _is_from_outside(word, source)), ""):
            return f"it divides by {word}, which is not its own, and what labels it is to be given is not known"
        if re.search(rf"\b[yY]\w*\.(T\b|shape\[{int(rows)}\])", source):
            return f"its labels may be laid out otherwise than its predictions: {one.says}"
    swapped = one.cause is not None and "Y and Ŷ are swapped: it takes" in one.cause.rationale
    if swapped and not claimed(name, reader.functions[name].parameters):
        return "it is not known which of its arguments are the labels, and which the predictions"
    if name == "get_accuracy_value" and "truth value of an array" in one.says:
        return "it compares its arguments one by one: it is not known whether it is to be given lists"
    if name == "full_backward_propagation" and re.search(r"db\d has shape \(\d+,\)", one.says):
        step = reader.functions.get("update")
        if step is not None and "reshape" in (reader.session.source_of(step.theirs) or ""):
            return f"{step.theirs} may give them another shape: {one.says}"
    stops = any(
        re.search("tol|patien|early|thresh|^eps|min_?delta", one.lower()) for one in reader.functions[name].parameters
    )
    if name == "train" and stops and re.search(r"\bbreak\b", source):
        return f"it may stop before the last epoch: {one.says}"
    if name == "full_backward_propagation" and re.search(MISMATCH, one.says) and not re.search(PRODUCT, source):
        return f"{SINGLE}: {one.says}"
    turned = re.search(r"\b[yY]\w*\.T\b", source)
    if name == "full_backward_propagation" and turned and re.search(r"d[Wb]\d has shape", one.says):
        return f"its labels may be laid out otherwise than its predictions: {one.says}"
    key = MISSING.search(one.says)
    if key and name == "init_layers" and re.search("in|out|dim|size|unit|node|neuron|activation", key[1]):
        return f"a layer of its architecture has {key[1]}, of which it is not known what it is"
    if re.search(f"has shape|{MISMATCH}", one.says) and is_for_one_example(reader, name, source):
        if name == "get_cost_value":
            return f"it returns a number for each element or example, and what is made of them is not known: {one.says}"
        return SINGLE
    return ""


def _is_assigned_outside(reader: Reader, name: str) -> bool:
    """Whether a statement assigns it that is in no function."""
    pattern = rf"(?m)^[ \t]*(\w+ *, *)*{name} *(, *\w+ *)*=[^=]"
    texts = (reader.session.source_of(one) or "" for one in reader.session.loaded.functions)
    return reader.session.counts(pattern) > sum(len(re.findall(pattern, text)) for text in texts)


def _written_in(reader: Reader, says: str) -> str:
    """A size that does not fit, and is written into the file where arrays are made or shaped; "" where none is."""
    sizes = re.findall(r"\b(\d+)\b", " ".join(re.findall(r"\((\d[\d, ]*)\)", says))) if "shape" in says else []
    made = r"(zeros|ones|eye|empty|full|identity|reshape|range)\([^\n]*\b"
    return next((one for one in sizes if int(one) >= LARGE and reader.session.contains(rf"{made}{one}\b")), "")


def _has_activation_of_its_own(reader: Reader, name: str) -> bool:
    """Whether it has an argument for its activation, which it is not given."""
    handed = reader.functions[name].parameters[: len(reader.roles[name] or ())]
    return any(means(one, "activation") for one in reader.functions[name].parameters if one not in handed)


def _turns_its_input(reader: Reader, source: str) -> bool:
    """Whether forward propagation transposes the X that it is given, and the file its labels."""
    roles = reader.roles[FORWARD] or []
    theirs = reader.functions[FORWARD].parameters[roles.index("X")] if "X" in roles else "X"
    turned = re.search(rf"\b{re.escape(theirs)}\.(T\b|transpose)", source)
    return turned is not None and reader.session.contains(r"\b[yY]\w*\.(T\b|transpose)")


def _is_from_outside(word: str, source: str) -> bool:
    """Whether a function divides by what is neither its argument nor assigned in it."""
    own = rf"\b{word}\b *(,[\w ,]+)?=[^=]|\(([^)]*, *)?{word} *[,)=]"
    return re.search(rf"/ *{word}\b", source) is not None and re.search(own, source) is None


def is_for_one_example(reader: Reader, name: str, source: str) -> bool:
    """Whether it makes outer products, or neither adds up nor divides by a number of examples."""
    if name not in SINGLY or "outer(" in source:
        return name in SINGLY
    divides = re.search(r"/ *(m|n|\w+\.shape)\b|mean\(", source)
    adds_up, loops = re.search(r"sum\(|ones", source), reader.session.contains(EXAMPLES)
    if name.startswith("full"):
        return loops and not divides and not adds_up and re.search(r"\.T\b|transpose", source) is not None
    for_each = name == "get_cost_value" and re.search(r"sum\(.*axis", source) is not None
    return not divides and (loops or not adds_up or for_each)


def _of_another(reader: Reader, grades: Mapping[str, FunctionGrade], one: FunctionGrade) -> str:
    """Where it raises in the lines of another function, which could not be judged: that it needs that one."""
    forward = grades.get(FORWARD)
    if (
        forward is not None and forward.outcome == Outcome.CANNOT_JUDGE and MISSING.search(one.says)
        and one.function == "full_backward_propagation"
    ):  # fmt: skip
        return f"it needs what {forward.theirs} keeps, which could not be judged: {one.says}"
    line = re.search(r", line (\d+)( |$)", one.says)
    if one.outcome != Outcome.ERROR or line is None:
        return ""
    unknown = {other.theirs for other in grades.values() if other.outcome == Outcome.CANNOT_JUDGE}
    for theirs in unknown - {one.theirs, None}:
        found, text = reader.session.loaded.functions.get(theirs or ""), reader.session.source_of(theirs or "")
        if found is not None and text and found.line <= int(line[1]) < found.line + len(text.splitlines()):
            return f"it needs {theirs}, which could not be judged: {one.says}"
    return ""


def _is_filed(reader: Reader, name: str, says: str) -> bool:
    """Whether the key that is missing is one under which the file itself files something."""
    key = MISSING.search(says)
    if key is None:
        return False
    letters = re.fullmatch("([Wb])\\d", key[1]) if name == "full_backward_propagation" else None
    made = letters is not None and reader.session.contains(
        rf"\[[fF]?['\"]{letters[1]}(\{{[^}}]*\}})?['\"][^\]=]*\] *=[^=]"
    )
    return made or reader.session.contains(rf"['\"]{key[1]}['\"] *(:|\] *=[^=])")


def _fills_its_object(reader: Reader, name: str) -> bool:
    """Whether it is a method that writes to self."""
    found = reader.functions[name]
    writes = re.search(r"\bself\.\w+(\[.+\])? *[-+*/]?=(?!=)", reader.session.source_of(found.theirs) or "")
    return found.kind == "method" and writes is not None


def _failed_formally(name: str, one: FunctionGrade, seen: Sequence[Observation]) -> bool:
    if name not in OPERATIONS or one.outcome not in FAILED or one.outcome == Outcome.UNFINISHED:
        return False
    failing = [shown for shown in seen if shown.fails and not shown.case.raises]
    if failing:
        return all(map(_is_formal, failing))
    raised = one.outcome == Outcome.ERROR and not one.says.startswith(ITS_OWN)
    return raised or STRUCTURE.match(one.says) is not None


def _arranged(reader: Reader, one: FunctionGrade, name: str) -> set[str]:
    """What people arrange in many ways, of what it is given where it raises, else of what it returns."""
    taken = {role for role in reader.roles[name] or () if role}
    arranged = taken if one.outcome == Outcome.ERROR else set(OPERATIONS[name].results)
    return _as_taken(reader, name, ARRANGED & arranged)


def _structures(reader: Reader, name: str) -> set[str]:
    """What the function is given and returns that people arrange in many ways."""
    if name not in OPERATIONS:
        return set()
    found = {*(role for role in reader.roles[name] or () if role), *OPERATIONS[name].results}
    return _as_taken(reader, name, ARRANGED & found)


def _as_taken(reader: Reader, name: str, arranged: set[str]) -> set[str]:
    """The same, of a function that has every matrix by itself: that shows nothing of dicts, but of the layout."""
    return (arranged - {*HOLDERS}) | {BY_THEMSELVES} if name in reader.spread and arranged & {*HOLDERS} else arranged


def _is_formal(one: Observation) -> bool:
    """No number is wrong: it raised something that may be of the question, or returned another structure."""
    if one.raised is not None:
        return one.raised.kind == "exception" and not one.raised.text.startswith(ITS_OWN)
    return one.problem is not None and STRUCTURE.match(one.problem) is not None
