"""Which of a file's functions is which of the contract's: by mapping, by name, as a method, by a near name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence

from numpynet.check.contract import ALSO_CALLED, CONTRACT, OPERATIONS, claimed
from numpynet.check.spread import matrix_of
from numpynet.definitions import ACTIVATIONS
from numpynet.printable import listed
from numpynet.sandbox.messages import Definition, Loaded, LoadError

# Other people's names for the same thing, in lower case and without underscores.
USUAL = {
    "init_layers": "initializeparameters initparameters initializeparametersdeep initparams initializeparams "
    "initweights initializeweights initializelayers initlayer initlayers initialize initialise init",
    "sigmoid": "sigmoidforward sigmoidactivation sigmoidfunction logistic sigm",
    "relu": "reluforward reluactivation relufunction rectifiedlinear",
    "sigmoid_backward": "sigmoidbackprop sigmoidbackwards sigmoidbackwardpropagation backwardsigmoid "
    "sigmoidderivative sigmoidgradient sigmoidprime sigmoidderiv dsigmoid",
    "relu_backward": "relubackprop relubackwards relubackwardpropagation backwardrelu reluderivative relugradient "
    "reluprime reluderiv drelu",
    "single_layer_forward_propagation": "singlelayerforward linearactivationforward layerforward singleforward "
    "singlelayerforwardprop singleforwardpropagation forwardsinglelayer onelayerforward layerforwardpropagation "
    "forward",
    "full_forward_propagation": "fullyforwardpropagation forwardpropagation forwardprop fullforward fullforwardprop "
    "modelforward lmodelforward fullforwardpass networkforward forwardpass feedforward forwardpropagate forward",
    "get_cost_value": "computecost costfunction getcost calculatecost cost crossentropy computeloss getloss "
    "costvalue crossentropycost binarycrossentropy calculateloss lossfunction calccost crossentropyloss getlossvalue "
    "loss lossfn costfn bce bceloss binarycrossentropyloss mse mseloss meansquarederror",
    "convert_prob_into_class": "predictclass convertprobtoclass probtoclass probintoclass "
    "convertprobabilitiesintoclass convertprobintoclasses probabilitiestoclasses convertintoclass",
    "get_accuracy_value": "getaccuracy accuracy computeaccuracy calculateaccuracy accuracyvalue calcaccuracy "
    "accuracyscore",
    "single_layer_backward_propagation": "singlelayerbackward linearactivationbackward layerbackward singlebackward "
    "singlelayerbackwardprop singlebackwardpropagation backwardsinglelayer onelayerbackward layerbackwardpropagation "
    "singlelayerbackpropagation backward",
    "full_backward_propagation": "fullybackwardpropagation backwardpropagation backwardprop fullbackward "
    "fullbackwardprop modelbackward lmodelbackward fullbackpropagation fullbackprop networkbackward backwardpass "
    "backpropagation backprop backpropagate backward",
    "update": "updateparameters updateparams updateweights updatevalues updateparameter gradientdescentstep "
    "applygradients updateparametersvalues step sgd sgdstep gradientdescent",
    "train": "trainmodel trainnetwork fit trainnn trainnetworkmodel training lmodel nnmodel llayermodel lmodeltrain "
    "twolayermodel",
    "linear_forward": "affineforward denseforward fcforward linear affine dense",
    "linear_backward": "affinebackward densebackward fcbackward lineargradient affinegradient",
    "loss_and_gradient": "softmaxloss softmaxcrossentropy softmaxcrossentropyloss softmaxlosswithgradient",
}
ELSEWHERE = {  # in Spanish, Portuguese, French, Italian, German and Turkish, without accents
    "init_layers": "inicializarparametros inicializarpesos inicializar initialisation initialisationpoids "
    "initialiserparametres inizializzaparametri inizializzapesi parametreleribaslat parametrelerbaslat",
    "full_forward_propagation": "propagacionadelante propagacionhaciaadelante propagacaodireta propagacaoparafrente "
    "propagationavant propagazioneinavanti vorwaertspropagation ileriyayilim",
    "get_cost_value": "calcularcosto calcularperdida calcularcusto calcularperda entropiacruzada calculcout "
    "calculercout calcolacosto hatahesapla maliyethesapla",
    "full_backward_propagation": "retropropagacion propagacionatras propagacionhaciaatras retropropagacao "
    "retropropagation propagationarriere retropropagazione rueckwaertspropagation geriyayilim",
    "update": "actualizarparametros actualizarpesos atualizarparametros atualizarpesos miseajour aggiornaparametri "
    "aggiornapesi parametreleriguncelle agirliklariguncelle",
    "train": "entrenar entrenarmodelo treinar treinarmodelo entrainer entrainement addestra egit",
    "sigmoid_slope": "derivadasigmoide sigmoidederivada sigmoidturevi deriveesigmoide",
    "relu_slope": "derivadarelu reluderivada reluturevi deriveerelu",
}
for _name in ELSEWHERE.keys() & USUAL.keys():
    USUAL[_name] += f" {ELSEWHERE[_name]}"
for _name in ACTIVATIONS:
    if _name != "linear":
        _flat = _name.replace("_", "")
        USUAL.setdefault(_name, f"{_flat}forward {_flat}activation {_flat}function")
        USUAL.setdefault(
            f"{_name}_backward",
            " ".join(f"{_flat}{word}" for word in ("derivative", "gradient", "prime", "grad", "deriv", "backprop"))
            + f" d{_flat} backward{_flat} der{_flat}",
        )
        _slope = USUAL[f"{_name}_backward"] + f" {_flat}backward"  # takes Z alone
        USUAL[f"{_name}_slope"] = f"{_slope} {ELSEWHERE.get(f'{_name}_slope', '')}".strip()
USUAL = {name: USUAL[name] for name in OPERATIONS if name in USUAL}
# What is called so is meant only if it takes as many arguments: a network's pass has no W.
AT_LEAST = {
    "single_layer_forward_propagation": 3,
    "single_layer_backward_propagation": 2,
    "linear_forward": 3,
    "linear_backward": 2,
    "loss_and_gradient": 2,
    "get_cost_value": 2,
    "get_accuracy_value": 2,
}
MORE = [name for name in OPERATIONS if name not in CONTRACT]  # for which none but a usual name is taken
NEAR, SHORTEST = 0.84, 6  # of a name that is taken for another
LAST = ("forward", "backward")  # of a layer only if the whole network's are called otherwise
ANYTHING = ("initialize", "initialise", "init")  # a network only if it is given one's widths, or nothing
STEPS = ("step", "sgd", "sgdstep", "gradientdescent")  # of a network only if it is given dW1, db1 …
RANK = 1e-3  # of a usual name, for each that is more usual
DIRECTION = re.compile("forward|backward")


class NothingKnownError(LoadError):
    """The file has no function of a course; it may have classes."""


def find(
    loaded: Loaded, mapping: Mapping[str, str], class_name: str | None
) -> tuple[dict[str, Definition], tuple[str, ...]]:
    """The file's function for each of the contract's names: by `mapping`, the same name, a method, a near name.

    And what is to be said about it. LoadError where there is none, or no such class or function.
    """
    inventory = {theirs: one for theirs, one in loaded.functions.items() if not _is_abstract(one, loaded)}
    notes = []
    if class_name is not None and class_name not in loaded.classes:
        raise LoadError(f"there is no class {class_name}; the file has {_all(loaded.classes)}")
    found: dict[str, Definition] = {}
    for theirs, ours in mapping.items():
        if ours not in USUAL:
            raise LoadError(f"{ours} is none of the functions that are checked: {', '.join(USUAL)}")
        matches = [entry for entry in inventory.values() if theirs in (entry.theirs, entry.name)]
        if not matches:
            raise LoadError(f"there is no function {theirs}; the file has {_all(list(inventory))}")
        if ours in found:
            raise LoadError(f"{ours} is mapped to two functions: {found[ours].theirs} and {theirs}")
        found[ours] = min(matches, key=lambda entry: entry.theirs != theirs)
    chosen = [class_name] if class_name else _by_use(inventory, loaded.classes)
    owners = [*chosen, ""] if class_name else ["", *chosen]
    taken = {entry.theirs for entry in found.values()}
    for owner in owners:
        for entry in inventory.values():
            if entry.owner == owner and entry.name in USUAL and entry.theirs not in taken and _takes(entry, entry.name):
                found.setdefault(entry.name, entry)
    taken = {entry.theirs for entry in found.values()}
    exact = {entry.name for entry in found.values()}
    candidates = []
    for entry in inventory.values():
        if entry.theirs in taken or entry.name in exact or entry.owner not in owners:
            continue
        for ours in USUAL:
            score = _likeness(entry, ours)
            if score >= NEAR and ours not in found:
                candidates.append((-score, owners.index(entry.owner), entry.line, ours, entry))
    for _, _, _, ours, entry in sorted(candidates, key=lambda candidate: candidate[:3]):
        if ours not in found and entry.theirs not in taken:
            found[ours] = entry
            taken.add(entry.theirs)
            notes.append(f"{entry.theirs} is taken to be {ours}")
    if not found:
        every = _all([*inventory, *loaded.classes])
        raise NothingKnownError(f"none of the functions that are checked is in the file; it defines {every}")
    return {ours: found[ours] for ours in USUAL if ours in found}, tuple(notes)


def _is_abstract(entry: Definition, loaded: Loaded) -> bool:
    """Whether it is a method without a body, and another class has one of the name with a body."""
    others = (one for one in loaded.functions.values() if one.owner and one.owner != entry.owner)
    written = any(one.name == entry.name and not one.unfinished for one in others)
    return bool(entry.owner) and entry.unfinished and written


def _by_use(inventory: Mapping[str, Definition], classes: Sequence[str]) -> list[str]:
    """The classes, the one with the most of the contract's functions first."""
    counts = dict.fromkeys(classes, 0)
    for entry in inventory.values():
        if entry.owner in counts and entry.name in USUAL:
            counts[entry.owner] += 1
    return sorted(classes, key=lambda name: -counts[name])


def _squeezed(name: str) -> str:
    """Lower case, without underscores, the usual misspellings put right."""
    name = name.lower().replace("_", "")
    return name.replace("propogation", "propagation").replace("backword", "backward").replace("foward", "forward")


def _likeness(entry: Definition, ours: str) -> float:
    """2 for the same name, nearly 1 for a usual other one, else difflib's ratio, which must reach `NEAR`."""
    short, usual = _squeezed(entry.name), USUAL[ours].split()
    if _is_of_an_activation(entry, ours):
        return 0.0
    if short == _squeezed(ours) and not _is_of_another_kind(entry, ours):
        return 2.0
    if not _takes(entry, ours) or (entry.owner and short in ELSEWHERE.get(ours, "").split()):
        return 0.0
    if short in usual:
        rank = 0.1 if short in LAST and ours.startswith("single") else RANK * usual.index(short)
        return 1.0 - rank
    if len(short) < SHORTEST or ours in MORE or set(DIRECTION.findall(short)) != set(DIRECTION.findall(ours)):
        return 0.0
    if not claimed(ours, entry.parameters) and entry.parameters:
        return 0.0
    return difflib.SequenceMatcher(None, short, _squeezed(ours)).ratio()


def _takes(entry: Definition, ours: str) -> bool:
    """Whether it takes as many arguments as what is called so, and such as are called what they are called there."""
    if _is_of_another_kind(entry, ours):
        return False
    of_network = entry.owner and (len(entry.parameters) < 2 or entry.parameters[0] in ("X", "x"))
    if ours in ("get_cost_value", "get_accuracy_value") and of_network:
        return False  # it predicts itself, or has predicted
    if _is_of_an_activation(entry, ours):
        return False
    if _squeezed(entry.name) in ANYTHING and (entry.owner or len(claimed(ours, entry.parameters)) < entry.required):
        return False
    if _squeezed(entry.name) in STEPS and not any((matrix_of(one) or " ")[0][0] == "d" for one in entry.parameters):
        return False
    if _squeezed(entry.name) in LAST and entry.owner and len(claimed(ours, entry.parameters)) < entry.required:
        return False  # of a layer, a cell, an operation: every class may have a method of that name
    return len(entry.parameters) >= AT_LEAST.get(ours, 0)


def _is_of_another_kind(entry: Definition, ours: str) -> bool:
    """Whether it is a slope where a slope times dA is meant, or the other way round."""
    activation, _, way = ours.rpartition("_")
    return activation in ACTIVATIONS and way in ("slope", "backward") and _is_slope_alone(entry) != (way == "slope")


def _is_slope_alone(entry: Definition) -> bool:
    """Whether it takes no gradient from above: it wants Z alone, and by its names nothing else is meant."""
    names = [_squeezed(one) for one in entry.parameters]
    means_more = "back" in entry.name.lower() or not {*ALSO_CALLED["dA"]}.isdisjoint(names[:1])
    return entry.required <= 1 and not (names[1:] and means_more)


def _is_of_an_activation(entry: Definition, ours: str) -> bool:
    """Whether a linear_backward(dA, Z) is that of the activation that changes nothing, not of a layer."""
    return ours == "linear_backward" and len(entry.parameters) == 2 and _squeezed(entry.parameters[1]) == "z"


def _all(names: Sequence[str]) -> str:
    return listed(names) if names else "no definitions"
