"""What `check` says of loops of training: in batches, with a rate of their own, with arguments of their own."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from grading import graded, graded_ahead

from numpynet.check.result import FAILED, FunctionGrade, Grade, Outcome

LAB = """import numpy as np

def init_layers(nn_architecture, seed=99):
    np.random.seed(seed)
    params_values = {}
    for k, layer in enumerate(nn_architecture, start=1):
        params_values[f"W{k}"] = np.random.randn(layer["output_dim"], layer["input_dim"]) * 0.1
        params_values[f"b{k}"] = np.random.randn(layer["output_dim"], 1) * 0.1
    return params_values

def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))

def relu(Z):
    return np.maximum(0, Z)

def sigmoid_backward(dA, Z):
    return dA * sigmoid(Z) * (1 - sigmoid(Z))

def relu_backward(dA, Z):
    return dA * (Z > 0)

def full_forward_propagation(X, params_values, nn_architecture):
    memory, A = {}, X
    for k, layer in enumerate(nn_architecture, start=1):
        memory[f"A{k - 1}"] = A
        memory[f"Z{k}"] = params_values[f"W{k}"] @ A + params_values[f"b{k}"]
        A = {"relu": relu, "sigmoid": sigmoid}[layer["activation"]](memory[f"Z{k}"])
    return A, memory

def get_cost_value(Y_hat, Y):
    return -np.mean(Y * np.log(Y_hat) + (1 - Y) * np.log(1 - Y_hat))

def full_backward_propagation(Y_hat, Y, memory, params_values, nn_architecture):
    grads_values, dA = {}, -(Y / Y_hat - (1 - Y) / (1 - Y_hat))
    for k, layer in reversed(list(enumerate(nn_architecture, start=1))):
        dZ = {"relu": relu_backward, "sigmoid": sigmoid_backward}[layer["activation"]](dA, memory[f"Z{k}"])
        grads_values[f"dW{k}"] = dZ @ memory[f"A{k - 1}"].T / dZ.shape[1]
        grads_values[f"db{k}"] = dZ.mean(axis=1, keepdims=True)
        dA = params_values[f"W{k}"].T @ dZ
    return grads_values

def update(params_values, grads_values, nn_architecture, learning_rate):
    return {key: value - learning_rate * grads_values["d" + key] for key, value in params_values.items()}

"""
STEP = """\
    Y_hat, memory = full_forward_propagation(x, params_values, nn_architecture)
    cost = get_cost_value(Y_hat, y)
    grads_values = full_backward_propagation(Y_hat, y, memory, params_values, nn_architecture)
    params_values = update(params_values, grads_values, nn_architecture, learning_rate)"""
IN_ORDER = "for k in range(0, m, batch_size):\n    x, y = X[:, k:k + batch_size], Y[:, k:k + batch_size]\n"
SHUFFLED = (
    "order = np.random.permutation(m)\n"
    "for k in range(0, m, batch_size):\n"
    "    idx = order[k:k + batch_size]\n"
    "    x, y = X[:, idx], Y[:, idx]\n"
)
HELPER = """
def random_mini_batches(X, Y, size, seed):
    np.random.seed(seed)
    order = list(np.random.permutation(X.shape[1]))
    X, Y = X[:, order], Y[:, order]
    return [(X[:, k:k + size], Y[:, k:k + size]) for k in range(0, X.shape[1], size)]
"""
BY_HELPER = "for x, y in random_mini_batches(X, Y, batch_size, epoch):\n"
BY_HAND = "    for key in params_values:\n        params_values[key] = params_values[key] - learning_rate * grads_values['d' + key]"
PLAIN = textwrap.dedent(STEP).replace("(x,", "(X,").replace("Y_hat, y", "Y_hat, Y")

LEARN = (LAB + """
def learn(x, y, params_values, nn_architecture, learning_rate):
""" + STEP + "\n    return params_values\n").replace("full_", "my_").replace("update", "my_step")  # fmt: skip


def train(epoch: str, helper: str = "", more: str = "batch_size=4") -> str:
    """The lab's file with a train of its own: what it does in an epoch."""
    return f"""{LAB}{helper}
def train(X, Y, nn_architecture, epochs, learning_rate, {more}):
    params_values = init_layers(nn_architecture, 2)
    m = X.shape[1]
    for epoch in range(epochs):
{textwrap.indent(epoch, "        ")}
    return params_values
"""


RIGHT = {
    "in order": train(IN_ORDER + STEP),
    "shuffled": train(SHUFFLED + STEP),
    "by a helper": train(BY_HELPER + STEP, HELPER),
    "one example at a time": train("for k in range(m):\n    x, y = X[:, [k]], Y[:, [k]]\n" + STEP),
    "more than there are": train(IN_ORDER + STEP, more="batch_size=256"),
    "updated by hand": train(SHUFFLED + STEP.rpartition("\n")[0] + "\n" + BY_HAND),
    "all examples, shuffled": train(
        "order = np.random.permutation(m)\nx, y = X[:, order], Y[:, order]\n" + textwrap.dedent(STEP)
    ),
    "the cost of all after an epoch": train(
        SHUFFLED + STEP + "\ncost = get_cost_value(full_forward_propagation(X, params_values, nn_architecture)[0], Y)"
    ),
}  # fmt: skip
WRONG = {
    "labels in the old order": (train(SHUFFLED.replace("Y[:, idx]", "Y[:, k:k + batch_size]") + STEP), "batch-labels"),
    "labels of the first batch": (
        train(IN_ORDER + "    y = Y[:, :x.shape[1]]\n" + STEP), "batch-labels",
    ),
    "a helper that shuffles X alone": (
        train(BY_HELPER.replace("random_mini_batches", "cut") + STEP,
              HELPER.replace("X, Y = X[:, order], Y[:, order]", "X = X[:, order]").replace("random_mini_batches", "cut")),
        "batch-labels",
    ),
    "all shuffled but the labels": (
        train("x, y = X[:, np.random.permutation(m)], Y\n" + textwrap.dedent(STEP)), "reordered",
    ),
    "one epoch too many": (train(IN_ORDER + STEP).replace("range(epochs)", "range(epochs + 1)"), "step-count"),
    "starts again": (train("params_values = init_layers(nn_architecture, 2)\n" + SHUFFLED + STEP), "starts-again"),
}  # fmt: skip
UNKNOWN = {
    "a rate that decays": (train(SHUFFLED + STEP + "\nlearning_rate = learning_rate * 0.9"), "learning rate"),
    "a rate that decays, without batches": (train(PLAIN + "\nlearning_rate = learning_rate * 0.9"), "learning rates"),
    "batches that are drawn": (train(SHUFFLED.replace("order[k:k + batch_size]", "np.random.choice(m, 4)") + STEP), "may be meant"),
    "the last examples left out": (train(IN_ORDER.replace("(0, m,", "(0, m - 3,") + STEP), "may be meant"),
    "the gradients of the first batch": (
        train(SHUFFLED + STEP.replace("grads_values, nn", "first, nn").replace("    params", "    first = first or grads_values\n    params"))
        .replace("    m = X", "    first, m = None, X"), "whose gradients",
    ),
    "a whole step in a function": (
        train(SHUFFLED + "    params_values = learn(x, y, params_values, nn_architecture, learning_rate)",
              LEARN), "could not be watched",
    ),
}  # fmt: skip
IN_ONE = ("all examples, shuffled",)  # whose steps are those of all examples in any order
MODEL = """
class MLP:
    def __init__(self, n_in, n_out):
        self.W, self.dW = np.random.randn(n_in, n_out), 0

    def parameters(self):
        return [self.W]

def train(model, X, y, epochs=100, lr=0.1):
    parameters = model.parameters()
    for _ in range(epochs):
        for p in parameters:
            p -= lr * X.T @ (X @ p - y) / len(X)
    return model
"""
ITS_OWN = {
    "a model": "import numpy as np\n" + MODEL,
    "a model in the lab": LAB + MODEL,
    "its own widths": LAB + """
def train(X, Y, net, epochs=10, lr=0.1):
    weights = [np.random.randn(n_in, n_out) for n_in, n_out in zip(net[:-1], net[1:])]
    for _ in range(epochs):
        A = [X]
        for W in weights:
            A.append(sigmoid(A[-1] @ W))
        d = (A[-1] - Y) / len(X)
        for k in reversed(range(len(weights))):
            weights[k], d = weights[k] - lr * A[k].T @ d, d @ weights[k].T * A[k] * (1 - A[k])
    return weights
""",
}  # fmt: skip
TRUE = {
    "a name that is not there": (train(PLAIN.replace("(Y_hat, Y)", "(Y_hat, y)")), "NameError"),
    "one argument too few": (train(PLAIN.replace("params_values, nn_architecture)\ncost", "params_values)\ncost")), "TypeError"),
    "after a start without a seed": (
        train(PLAIN.replace("Y_hat, Y, memory,", "Y_hat, Y, memory['A'],")).replace("(nn_architecture, 2)", "(nn_architecture)"),
        "KeyError",
    ),
}  # fmt: skip
SOURCES = {**RIGHT, **ITS_OWN, **{name: one for name, (one, _) in {**WRONG, **UNKNOWN, **TRUE}.items()}}


@pytest.fixture(scope="module")
def grades(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Grade]]]:
    asked = [item.callspec.params.get("name") for item in request.session.items
             if item.path == request.path and hasattr(item, "callspec")]  # fmt: skip
    with graded_ahead(
        tmp_path_factory.mktemp("grades"), {name: SOURCES[name] for name in asked if name in SOURCES}
    ) as ahead:
        yield ahead


def of_train(grade: Grade) -> FunctionGrade:
    return next(one for one in grade.functions if one.function == "train")


@pytest.mark.parametrize("name", RIGHT)
def test_batches_with_their_own_labels_are_right(name: str, grades: dict[str, Future[Grade]]) -> None:
    grade = grades[name].result()
    assert (grade.outcome, of_train(grade).cause) == ("pass", None), grade
    assert name in IN_ONE or any("in batches" in one for one in of_train(grade).conventions)


@pytest.mark.parametrize("name", WRONG)
def test_batches_with_other_labels_are_wrong(name: str, grades: dict[str, Future[Grade]]) -> None:
    one = of_train(grades[name].result())
    assert one.outcome == Outcome.FAIL, one
    assert one.cause is not None
    assert one.cause.id == WRONG[name][1]


def test_a_helper_that_is_known_by_its_name_is_blamed_alone(tmp_path: Path) -> None:
    helper = HELPER.replace("X, Y = X[:, order], Y[:, order]", "X = X[:, order]")
    grade = graded(tmp_path, train(BY_HELPER + STEP, helper))
    assert [one.theirs for one in grade.functions if one.outcome == Outcome.FAIL] == ["random_mini_batches"]
    assert of_train(grade).says == "it may be right: random_mini_batches is wrong"


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_cannot_be_followed_is_not_judged(name: str, grades: dict[str, Future[Grade]]) -> None:
    one = of_train(grades[name].result())
    assert (one.outcome, one.cause) == (Outcome.CANNOT_JUDGE, None), one
    assert UNKNOWN[name][1] in one.says


@pytest.mark.parametrize("name", ITS_OWN)
def test_arguments_that_are_something_else_are_no_evidence(name: str, grades: dict[str, Future[Grade]]) -> None:
    one = of_train(grades[name].result())
    assert (one.outcome, one.cause) == (Outcome.CANNOT_JUDGE, None), one
    assert "what it is to be given" in one.says


@pytest.mark.parametrize("name", TRUE)
def test_what_raises_whatever_it_is_given_is_wrong(name: str, grades: dict[str, Future[Grade]]) -> None:
    one = of_train(grades[name].result())
    assert one.outcome == Outcome.ERROR, one
    assert TRUE[name][1] in one.says
    assert one.cause is None or "seed" not in one.cause.rationale


MODEL_OF_TWO_LAYERS = (Path(__file__).parent / "cases" / "c50.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("before", "after"),
    [("num_iterations):", "num_iterations - 1):"), ("(X, W1, b1, 'relu')", "(X, W1, b1, 'sigmoid')")],
)
def test_mistake_in_a_model_that_takes_three_widths_is_found(before: str, after: str, tmp_path: Path) -> None:
    assert MODEL_OF_TWO_LAYERS.count(before) == 1
    grade = graded(tmp_path, MODEL_OF_TWO_LAYERS.replace(before, after))
    assert [one.theirs for one in grade.functions if one.outcome in FAILED] == ["two_layer_model"]
