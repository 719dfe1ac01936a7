"""The functions of a course: what goes in, what comes out, and the other names that people give to the arguments."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from numpynet.definitions import ACTIVATIONS


@dataclass(frozen=True)
class Contract:
    """One function: its arguments and results by role, its definition, why it matters, and an example in numbers.

    `also` are arguments that some versions of it want besides.
    """

    arguments: tuple[str, ...]
    results: tuple[str, ...]
    formula: str
    matters: str
    example: str
    also: tuple[str, ...] = ()


WIDTHS = ("n_x", "n_h", "n_h2", "n_y")  # of a network of two layers or three, in the place of its architecture
CONTRACT: dict[str, Contract] = {
    "init_layers": Contract(
        ("nn_architecture", "seed"),
        ("params_values",),
        "layer by layer, first W (n_out, n_in), then b (n_out, 1), each 0.1 × randn after np.random.seed(seed)",
        "everything later starts from these numbers: other numbers train another network",
        "one layer from 2 inputs to 1 unit, seed 99: W1 = [[-0.0142, 0.2057]], b1 = [[0.0283]]",
        also=WIDTHS,
    ),
    "sigmoid": Contract(
        ("Z",),
        ("A",),
        "σ(Z) = 1 / (1 + e^−Z)",
        "the prediction is this function's value: it must be a probability",
        "σ(0) = 0.5, σ(2) = 0.880797, σ(−2) = 0.119203; σ(Z) + σ(−Z) = 1",
    ),
    "relu": Contract(
        ("Z",),
        ("A",),
        "max(0, Z), elementwise",
        "every hidden layer passes through it, forward and, in effect, back",
        "Z = [−2, 0, 3] gives [0, 0, 3]",
    ),
    "sigmoid_backward": Contract(
        ("dA", "Z"),
        ("dZ",),
        "dZ = dA · σ(Z) · (1 − σ(Z))",
        "the gradient of every layer starts from this one",
        "dA = 2, Z = 0: σ = 0.5, slope 0.25, dZ = 0.5; dA = 2, Z = 2: slope 0.104994, dZ = 0.209987",
    ),
    "relu_backward": Contract(
        ("dA", "Z"),
        ("dZ",),
        "dZ = dA where Z > 0, and 0 where Z ≤ 0",
        "it decides which units learn from which examples",
        "dA = [5, −6, 7, 8], Z = [1, 2, 0, −3] gives [5, −6, 0, 0]",
    ),
    "single_layer_forward_propagation": Contract(
        ("A_prev", "W", "b", "activation"),
        ("A", "Z"),
        "Z = W · A_prev + b, then A = g(Z); both are returned, A first",
        "a layer that computes something else makes every later number another one",
        "W = [[1, −2]], b = [[0.5]], A_prev = [[3], [1]]: Z = 3 − 2 + 0.5 = 1.5; relu gives A = 1.5",
    ),
    "full_forward_propagation": Contract(
        ("X", "params_values", "nn_architecture"),
        ("Y_hat", "memory"),
        "each layer's input goes into memory as A0 … A{L-1}, its Z as Z1 … ZL; the last A is returned",
        "backward propagation reads memory: what is filed wrongly there becomes a wrong gradient",
        "two layers on X: memory has A0 (X itself), Z1, A1 (layer 2's input) and Z2; A2 is Ŷ",
    ),
    "get_cost_value": Contract(
        ("Y_hat", "Y"),
        ("cost",),
        "−(1/m) · Σ [Y · log Ŷ + (1 − Y) · log(1 − Ŷ)]",
        "the cost is what you watch: wrong, it hides whether the network learns",
        "Ŷ = [0.8, 0.4], Y = [1, 0]: −(log 0.8 + log 0.6)/2 = (0.223144 + 0.510826)/2 = 0.366985",
        also=("params_values",),
    ),
    "convert_prob_into_class": Contract(
        ("probs",),
        ("classes",),
        "a new array: 1 where p > 0.5, 0 where p ≤ 0.5",
        "accuracy counts these classes",
        "[0.2, 0.5, 0.51] gives [0, 0, 1], and the argument is still [0.2, 0.5, 0.51]",
    ),
    "get_accuracy_value": Contract(
        ("Y_hat", "Y"),
        ("accuracy",),
        "the share of columns whose every class, after convert_prob_into_class, equals Y's",
        "a wrong accuracy praises or condemns the network for nothing",
        "Ŷ = [0.9, 0.2, 0.4], Y = [1, 0, 1]: classes [1, 0, 0], two of three columns are right: 0.666667",
    ),
    "single_layer_backward_propagation": Contract(
        ("dA", "W", "b", "Z", "A_prev", "activation"),
        ("dA_prev", "dW", "db"),
        "dZ = g′(Z) applied to dA; dW = dZ · A_prevᵀ / m, db = row sums of dZ / m, dA_prev = Wᵀ · dZ",
        "every weight is moved by these gradients",
        "one unit, relu, m = 2: dA = [2, −1], Z = [1, 3], A_prev = [4, 5], W = 0.5: dZ = [2, −1], "
        "dW = (8 − 5)/2 = 1.5, db = (2 − 1)/2 = 0.5, dA_prev = [1, −0.5]",
    ),
    "full_backward_propagation": Contract(
        ("Y_hat", "Y", "memory", "params_values", "nn_architecture"),
        ("grads_values",),
        "dA_L = −(Y/Ŷ − (1 − Y)/(1 − Ŷ)), then from layer L to 1: dA_l, W_l, b_l, Z_l, A_{l−1} give dW_l, db_l",
        "a layer that gets another layer's numbers learns the wrong thing",
        "Ŷ = 0.8: dA_L is −1/0.8 = −1.25 where Y = 1, and 1/0.2 = 5 where Y = 0; times 0.8 · 0.2 both become Ŷ − Y",
        also=("X", "learning_rate"),
    ),
    "update": Contract(
        ("params_values", "grads_values", "nn_architecture", "learning_rate"),
        ("params_values",),
        "θ ← θ − α · dθ for every W and b of every layer",
        "what is not updated never learns; what is updated wrongly learns something else",
        "W = 1, dW = 0.5, α = 0.1: W becomes 1 − 0.05 = 0.95; b likewise",
    ),
    "train": Contract(
        ("X", "Y", "nn_architecture", "epochs", "learning_rate", "verbose", "callback"),
        ("params_values",),
        "init_layers(nn_architecture, 2), then `epochs` times: forward, cost, accuracy, backward, update",
        "the loop decides whether the steps add up to learning",
        "epochs = 3: three updates, each from the weights that the one before returned",
        also=("n_h", "n_h2"),
    ),
}
_LAYERS = {
    "linear_forward": Contract(
        ("A_prev", "W", "b"),
        ("Z",),
        "Z = W · A_prev + b",
        "the layer's activation is taken of these numbers",
        "W = [[1, −2]], b = [[0.5]], A_prev = [[3], [1]]: Z = 3 − 2 + 0.5 = 1.5",
    ),
    "linear_backward": Contract(
        ("dZ", "A_prev", "W", "b"),
        ("dA_prev", "dW", "db"),
        "dW = dZ · A_prevᵀ / m, db = row sums of dZ / m, dA_prev = Wᵀ · dZ",
        "every weight is moved by these gradients",
        "one unit, m = 2: dZ = [2, −1], A_prev = [4, 5], W = 0.5: dW = (8 − 5)/2 = 1.5, db = (2 − 1)/2 = 0.5, "
        "dA_prev = [1, −0.5]",
    ),
    "loss_and_gradient": Contract(
        ("Z", "Y"),
        ("cost", "dZ"),
        "the mean of −log softmax(Z)[label], and its gradient, softmax(Z) less 1 at the label, divided by m",
        "every other gradient is made of this one",
        "two classes, Z = [0, 0], label 0: softmax = [0.5, 0.5], the loss is 0.693147, the gradient [−0.5, 0.5]",
    ),
}


def _of_activations() -> dict[str, Contract]:
    """What a course has for an activation of the table: its value, dZ = dA · g′(Z), and g′(Z) alone."""
    found = {}
    value, backward = CONTRACT["sigmoid"], CONTRACT["sigmoid_backward"]
    for name in ACTIVATIONS:
        if name == "linear":  # what is called so is a layer
            continue
        matters = CONTRACT["sigmoid" if name == "softmax" else "relu"].matters
        found[name] = replace(value, formula=f"A = {name}(Z)", matters=matters, example="")
        found[f"{name}_backward"] = replace(backward, formula=f"dZ = dA times the slope of {name} at Z", example="")
        if name != "softmax":
            matters = CONTRACT["relu_backward"].matters
            found[f"{name}_slope"] = Contract(("Z",), ("slope",), f"the slope of {name} at Z", matters, "")
    return {name: one for name, one in found.items() if name not in CONTRACT}


def _in_order(*names: str) -> dict[str, Contract]:
    return {name: {**CONTRACT, **_LAYERS}[name] for name in names}


OPERATIONS = {
    **_in_order("init_layers", "sigmoid", "relu", "sigmoid_backward", "relu_backward"),
    **_of_activations(),
    **_in_order("linear_forward", "single_layer_forward_propagation", "full_forward_propagation", "get_cost_value",
                "loss_and_gradient", "convert_prob_into_class", "get_accuracy_value", "linear_backward",
                "single_layer_backward_propagation", "full_backward_propagation", "update", "train"),
}  # fmt: skip

ALSO_CALLED: dict[str, tuple[str, ...]] = {
    "nn_architecture": ("nnarchitecture", "architecture", "layers", "arch", "nnlayers", "layersdims", "layerdims",
                        "network", "model", "nnarch", "nnstructure", "structure", "sizes", "layersizes", "dims",
                        "capas", "camadas", "couches", "katmanlar"),
    "seed": ("seed", "randomstate", "randomseed", "rng", "rs"),
    "Z": ("z", "x", "cache", "activationcache", "input", "inputs", "preactivation"),
    "dA": ("da", "dout", "grad", "upstream", "delta", "gradient", "dal"),
    "dZ": ("dz", "dout", "grad", "upstream", "delta", "gradient", "da"),
    "n_x": ("nx", "inputsize", "inputdim", "nin", "ninput", "ninputs", "nfeatures", "nx0", "inputs", "input",
            "girisboyutu", "nentradas", "nentrees", "tamanoentrada", "n0"),
    "n_h": ("nh", "hiddensize", "hiddendim", "nhidden", "hidden", "hiddenunits", "nhid", "numhidden", "nh1", "h1",
            "hidden1", "hiddensize1", "hidden1size", "nhidden1", "gizliboyut", "nocultas", "ncachees", "n1"),
    "n_h2": ("nh2", "h2", "hidden2", "hiddensize2", "hidden2size", "nhidden2"),
    "n_y": ("ny", "outputsize", "outputdim", "nout", "noutput", "noutputs", "numclasses", "nclasses", "output",
            "outputs", "cikisboyutu", "nsalidas", "nsaidas", "nsorties", "n2"),
    "A_prev": ("aprev", "a", "aprevious", "prev", "input", "inputs", "x", "previousa", "al1"),
    "W": ("w", "weights", "weight", "wl"),
    "b": ("b", "bias", "biases", "bl"),
    "activation": ("activation", "act", "activationname", "g", "nonlinearity"),
    "X": ("x", "xtrain", "inputs", "input", "data", "features", "entrada", "entradas", "entrees"),
    "params_values": ("params", "parameters", "weights", "param", "theta", "parameter", "paramsdict",
                      "parametros", "pesos", "poids", "parametreler"),
    "Y_hat": ("yhat", "al", "a", "ypred", "ypredicted", "predictions", "pred", "probs", "output", "prediction", "yh"),
    "Y": ("y", "ytrue", "labels", "targets", "ytrain", "target", "label", "truth", "onehoty", "yonehot", "onehot",
          "salida", "salidas", "saida", "saidas", "etiquetas", "attentes", "sorties"),
    "memory": ("memory", "cache", "caches", "cashe", "mem", "forwardcache", "store",
               "activations"),
    "grads_values": ("grads", "gradients", "grad", "gradsdict", "gradient",
                     "gradientes"),
    "learning_rate": ("learningrate", "lr", "alpha", "eta", "rate", "learning", "learnrate", "stepsize", "lrate",
                      "learingrate", "learningrte", "tasa", "tauxapprentissage", "tasaaprendizaje",
                      "taxaaprendizado", "taxaaprendizagem", "vitesse", "ogrenmeorani"),
    "probs": ("probs", "probabilities", "p", "yhat", "al", "predictions", "a", "prob", "probability", "x"),
    "epochs": ("epochs", "numiterations", "iterations", "niter", "nepochs", "numepochs", "epoch", "iters", "steps",
               "epocas", "epoques", "iterasyonsayisi", "iteraciones", "iteracoes"),
    "verbose": ("verbose", "printcost", "verbosity"),
    "callback": ("callback", "cb"),
}  # fmt: skip


def _plain(name: str) -> str:
    name = name.lower().replace("_", "")
    for ending in ("current", "curr", "values", "value", "function", "func", "fn"):
        if name.endswith(ending) and len(name) > len(ending):
            name = name.removesuffix(ending)
    return name


def activation_of(function: str) -> str:
    """The activation whose value or slope the function is."""
    return function.removesuffix("_backward").removesuffix("_slope")


def widths_in(roles: Sequence[str | None]) -> list[str]:
    """Of a network's widths those that the function is given by themselves."""
    return [role for role in WIDTHS if role in roles]


def depth_in(roles: Sequence[str | None]) -> int:
    """How many layers a network of such widths has; one output where that is not among them; 0 where none is."""
    widths = widths_in(roles)
    return len({*widths, "n_y"}) - 1 if "n_x" in widths else 0


def of_widths(widths: Sequence[int]) -> dict[str, int]:
    """The widths of a network's inputs and layers, each by its role."""
    return dict(zip(WIDTHS, (widths[0], widths[1], widths[min(2, len(widths) - 1)], widths[-1]), strict=True))


KEYED = {  # by the keys that are read from it: what a dict of matrices is
    "memory": "[ZA]",
    "params_values": "[Wb]",
    "grads_values": "d[Wb]",
}


def named_by_keys(function: str, parameters: Sequence[str], source: str) -> list[str]:
    """The parameters; one whose name says nothing, by the role of a dict of which such keys are read."""
    known, arguments = claimed(function, parameters), OPERATIONS[function].arguments
    taken = {role for role in arguments for one in known if means(one, role)}
    found = []
    for one in parameters:
        keys = rf"""\b{re.escape(one)}\[\s*[fF]?["']"""
        roles = (role for role, letters in KEYED.items() if re.search(keys + letters + r"""[\d"'{_]""", source))
        role = next(roles, None) if one not in known else None
        found.append(role if role in arguments and role not in taken else one)
    return found


def means(name: str, role: str) -> bool:
    """Whether something of this name is that argument."""
    return _plain(name) in (_plain(role), *ALSO_CALLED[role])


CACHED = {  # what a layer's cache holds, where its backward function gets one
    "single_layer_backward_propagation": ("W", "b", "Z", "A_prev"),
    "linear_backward": ("A_prev", "W", "b"),
}
CACHE_NAMES = re.compile(r"(\w+_|linear|layer)?(cache[sd]?|mem|memory|context|ctx|store)(_?l|\d)?", re.IGNORECASE)
BESIDE = {  # what a cost or a backward pass may be given besides: the factor of a penalty, the number of examples
    "λ": "lambd|lambda|lamda|lam|reg|regularization|reglambda|lambdareg|l2|l2lambda|l2reg|weightdecay",
    "m": "m|batch|batchsize|n|nexamples|numexamples|nsamples|numsamples",
}
WITH_BESIDE = ("get_cost_value", "linear_backward", "single_layer_backward_propagation", "full_backward_propagation")
ALPHA = {"leaky_relu": 0.01, "elu": 1.0}  # what an activation's own parameter is in the tables
ALPHA_NAMES = re.compile("alpha|slope|negativeslope|leak|leakiness|a")
OTHERS = re.compile(  # what no role is: a parameter of such a name wants something else
    "lambd|lamda|reg|l1|l2|alpha\\d|penalty|(mini)?batch|keep|drop|prob$|eps|beta|momentum|decay|rho|m$|n$|t$|i$|idx|mode|optim|as$|zs$"
    "|[xy](val|valid|validation|test|dev|cv)$|(weight)?init(iali[sz]ation|iali[sz]er|method|type|mode)?$|method|scheme|kind$"
)
DISPENSABLE = {"seed", "activation", "b", "verbose", "callback", "cache", *WIDTHS}  # the reference does without


def claimed(function: str, parameters: Sequence[str]) -> list[str]:
    """The parameters whose names say which argument of the contract they are; a learning rate says nothing."""
    contract = OPERATIONS[function]
    names = {
        name
        for role in (*contract.arguments, *contract.also)
        for name in (_plain(role), *ALSO_CALLED[role])
        if role != "learning_rate"
    }
    caches = [one for one in parameters if function in CACHED and CACHE_NAMES.fullmatch(one)]
    return [one for one in parameters if _plain(one) in names or one in caches]


DATA = {"x", "y", "xtrain", "ytrain", "data", "features", "labels"}


def roles_of(function: str, parameters: Sequence[str], required: int) -> list[str | None] | None:
    """The role of each positional argument that the checker will pass, by name where it can be, else by position.

    A parameter of their own that has a default has none.

    Of the roles that no name claims, those that the reference does without are given out last. None where a parameter
    without a default fits no argument of the contract.
    """
    contract = OPERATIONS[function]
    left = [*contract.arguments, *contract.also]
    plain = [_plain(parameter) for parameter in parameters]
    roles: list[str | None] = [None] * len(plain)
    if "self" in plain:  # of no class
        return None
    if function == "init_layers" and any(means(one, "X") or means(one, "Y") for one in DATA & {*plain}):
        return None  # it reads the widths off the data
    cached = CACHED.get(function, ())
    if required < len(set(contract.arguments) - DISPENSABLE):
        for position, name in enumerate(parameters):
            if cached and CACHE_NAMES.fullmatch(name):  # one cache holds them all
                roles[position] = "cache"
                left = [role for role in left if role not in cached]
                cached = ()

    def claim(fits: Callable[[str, str], bool]) -> None:
        for position, name in enumerate(plain):
            role = next((role for role in left if roles[position] is None and fits(name, role)), None)
            if role is not None:
                left.remove(role)
                roles[position] = role

    claim(lambda name, role: name == _plain(role))
    claim(lambda name, role: role == "A_prev" and name.endswith("prev"))
    claim(lambda name, role: name in ALSO_CALLED[role])
    for position, name in enumerate(plain if activation_of(function) in ALPHA else ()):
        if roles[position] is None and ALPHA_NAMES.fullmatch(name):
            roles[position] = "α"
    for position, name in enumerate(plain if function in WITH_BESIDE else ()):
        if roles[position] is None and position < required:
            roles[position] = next((role for role, names in BESIDE.items() if re.fullmatch(names, name)), None)
    if function == "update" and "learning_rate" in left:  # whatever it is called, it has a default
        own = [position for position, role in enumerate(roles)
               if role is None and position >= required and not OTHERS.match(plain[position])]  # fmt: skip
        if len(own) == 1 and {"params_values", "grads_values"} <= {*roles}:
            roles[own[0]] = "learning_rate"
            left.remove("learning_rate")
    unclaimed = [position for position, role in enumerate(roles)
                 if role is None and position < required and not OTHERS.match(plain[position])
                 and not re.match("act(ivation)?(s?$|deriv|prime|grad)", plain[position])]  # fmt: skip
    left = [role for role in left if role not in contract.also]
    given_out = sorted(left, key=DISPENSABLE.__contains__)[: len(unclaimed)]
    for position, role in zip(unclaimed, sorted(given_out, key=left.index), strict=False):
        roles[position] = role
    while roles and roles[-1] is None:
        roles.pop()  # a parameter of their own at the end keeps its default
    return roles if len(roles) >= required and None not in roles[:required] else None
