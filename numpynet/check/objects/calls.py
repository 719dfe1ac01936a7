"""What a method of somebody's class is asked for, and with what: read off the names, as a person would."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from numpynet.sandbox import Definition

KINDS = {  # of a method, by its name without underscores at its ends, in lower case
    "forward": r"(__call__|call|forward\w*|feed_?forward\w*|predict_proba\w*|predict|propagate|query|think|activate|f_?pass|run|infer\w*"
    r"|ileri_?\w*|propag(?!\w*(back|atras|tras|arriere|indietro|rueck))\w*|pasada_?adelante|predire|prever|predecir|tahmin\w*)",
    "backward": r"(retroprop\w*|geri_?\w*|backward\w*|back_?prop\w*|gradients?|grads?|bprop|(compute|calc\w*|get)_?grad\w*|b_?pass|prime|delta"
    r"|(cost|loss)(_?func(tion)?)?_?(prime|grad(ient)?s?|deriv\w*))",
    "cost": r"(fn|(\w*_)?(loss|cost|error|objective|criterion)(_?function|_?func|_value|_fn)?)",
    "step": r"(step|update\w*|apply(_?(grad\w*|steps?|updates?))?|optimi[sz]e\w*)",
    "train": r"(entren\w*|treina\w*|entrain\w*|egit\w*|addestra\w*|fit\w*|train\w*|learn\w*|partial_fit|sgd|epoch)",
}
ROLES = {  # of an argument, by its name in lower case without underscores
    "X": r"x\w?|xs|input\w*|training(data|inputs|set|setinputs)|minibatch|train(data|inputs)|data|features|batch|xtrain|xbatch|images?|samples?|a0|inp|entradas?",
    "Y": r"y|ys|yt|t|y(true|train|batch|onehot|hot|oh|enc|encoded)|onehot|labels?|targets?\w*|truth|expected|desired\w*|actual|salidas?|yreal|outputs|train(ing)?(set)?(outputs|labels)",
    "X2": r"x(val|test|valid|dev)",
    "Y2": r"y(val|test|valid|dev)",
    "A": r"yhat|ypred\w*|preds?|predictions?|predicted|output(activations?)?|a?out|o|a|a2|a3|al|p|probs?|yp|scores|logits|z",
    "rate": r"lr|learningrate|alpha|eta|rate|stepsize|tasa|l?rate",
    "epochs": r"\w*(epoch|iter)\w*|(n|num)?steps",
    "m": r"size|(mini)?batchsize|bs|minibatch(size)?",
    "n": r"n|m|(n|num|total)?_?(examples|samples|train(ing)?|data)|(dataset|trainingset)size",
    "G": r"d\w{0,2}|dl?d\w{1,5}|dl(oss)?|dout|grad|gradout\w*|outputgrad\w*|gradoutput|doutput|delta|upstream\w*|\w*error|dvalues|gradient|g",
    "cache": r"cache\w*|memory|mem|activations|store|hidden\w*",
    "reg": r"reg|lambda|lambd|lmbda|lmbd|lam|l2|(weight)?decay|reg(ularization)?(strength|rate|lambda)?",
    "off": r"verbose|printcost|print\w*|plot|shuffle|training|train",
}
LABELS = r"t|ytrue|labels?|targets?\w*|truth|expected|desired\w*|actual|onehot"  # a y beside these is the prediction
MADE = {  # what a constructor wants
    "W": r"w\d?|weights?",
    "b": r"b\d?|bias(es)?",
    "n_in": r"(?!.*(act|hidden|out)).*(nin|in(put)?s?(_?(size|dim|features|nodes|units))?$|input|fanin|previous|prev|nx|nfeatures|features|^d$|^i$)",
    "n_hidden": r".*(hid.*|nh$|^h$)",
    "n_out": r"(?!.*(act|drop)).*(out.*|units|neurons|ny$|fan_?out|classes|nodes|^o$|^n$|^c$)",
    "sizes": r".*(sizes|dims|arch|structure|topology|shape|layers|nodes)",
    "rate": ROLES["rate"],
    "activation": r".*(activation|act|nonlin).*",
    "X": r"x|input|data",
    "Y": r"y|target|labels?|output",
    "small": r".*(std|scale|reg|lambda|momentum|decay|l2|beta|keep|p$|rate$).*",
    "seed": r".*(seed|state|rng).*",
    "epochs": ROLES["epochs"],
    "m": ROLES["m"],
}  # fmt: skip


def squeezed(name: str) -> str:
    """In lower case, without underscores."""
    return name.replace("_", "").lower()


def kinds_of(name: str) -> set[str]:
    """For what a method of this name may be meant."""
    short = name.lower() if name.startswith("__") else name.strip("_").lower()
    return {kind for kind, pattern in KINDS.items() if re.fullmatch(pattern, short)}


def arguments_for(entry: Definition, known: Mapping[str, Any], order: Sequence[str]) -> list[Any] | None:
    """The positional arguments of a call: by name, else what is left of `order`. None where one is not known.

    What has a default keeps it from the first argument on that nothing is known for.
    """
    roles: list[str | None] = [None] * len(entry.parameters)
    short = [squeezed(one) for one in entry.parameters]
    if "y" in short and "A" in order and "A" in known and not any(re.fullmatch(ROLES["X"], one) for one in short):
        roles[short.index("y")] = "A" if any(re.fullmatch(LABELS, one) for one in short) else None
    for place, parameter in enumerate(short):
        for role in dict.fromkeys((*order, "rate", "epochs", "m", "n", "off", "X2", "Y2", "reg")):
            fits = re.fullmatch(ROLES.get(role, role), parameter)
            if role in known and role not in roles and roles[place] is None and fits:
                roles[place] = role
                break
    left = [role for role in order if role in known and role not in roles]
    for place in range(entry.required):
        if roles[place] is None:
            if not left:
                return None
            roles[place] = left.pop(0)
    while roles and roles[-1] is None:
        roles.pop()
    end = roles.index(None) if None in roles else len(roles)
    return [known[role] for role in roles[:end] if role is not None]


def _with_a_list(way: list[Any] | dict[str, Any], wanted: Sequence[str], n_hidden: int) -> list[Any] | dict[str, Any]:
    """The same with a list of hidden widths in the place of one."""
    several = [re.fullmatch(MADE["n_hidden"], squeezed(one)) is not None for one in wanted]
    if isinstance(way, dict):
        return {
            name: [n_hidden] if name in wanted and several[wanted.index(name)] else one for name, one in way.items()
        }
    return [[n_hidden] if many else one for one, many in zip(way, several, strict=True)]


def constructors(entry: Definition | None, known: Mapping[str, Any]) -> list[list[Any] | dict[str, Any]]:
    """Ways to call a constructor, the likeliest first: positional arguments, or named ones."""
    if entry is None:
        return [[]]
    wanted = entry.parameters[: entry.required]
    named = [next((known[role] for role, pattern in MADE.items()
                   if role in known and re.fullmatch(pattern, squeezed(one))), None) for one in wanted]  # fmt: skip
    slopes = [one for one in wanted if re.search(r"prime$|deriv(ative)?$|grad$|^d_?(act|f)", one.lower())]
    if slopes and "function" in known and len(wanted) == 2:
        return [[known["slope" if one in slopes else "function"] for one in wanted]]
    ways: list[list[Any] | dict[str, Any]] = [named] if all(one is not None for one in named) else []
    sized = {one: known[role] for one in entry.parameters for role in ("n_in", "n_hidden", "n_out")
             if re.fullmatch(MADE[role], squeezed(one)) and role in known}  # fmt: skip
    if len(sized) > 1 and set(wanted) <= set(sized) and not (ways and len(sized) == len(wanted)):
        ways.insert(0, sized)
    if "n_hidden" in known and any(re.fullmatch(MADE["n_hidden"], squeezed(one)) for one in wanted):
        ways += [_with_a_list(way, wanted, known["n_hidden"]) for way in ways]
    numbers = known["numbers"]
    if len(wanted) == 1 and "sizes" in known:
        ways.append([known["sizes"]])
    if 0 < len(wanted) <= len(numbers):
        ways.append(list(numbers[: len(wanted)]))
    if "sizes" in known and wanted:
        ways += [[known["sizes"], *rest] for rest in ([0.1], ["sigmoid"], [0.1, 1]) if len(rest) == len(wanted) - 1]
    with_rate = [one for one in entry.parameters[entry.required :] if re.fullmatch(ROLES["rate"], squeezed(one))]
    return ([*ways, []] if not wanted else ways) + [[]] * (not ways and bool(with_rate))
