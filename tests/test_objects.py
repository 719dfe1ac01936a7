"""Files whose network is made of classes: right ones in many hands, planted mistakes at the right method, hostile ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from grading import is_at_fault, prints
from object_mistakes import ALONE, LAYERS, SCORES, SIZES, Planted

from numpynet.check.grade import grade_file
from numpynet.check.objects import gradients, judge
from numpynet.check.objects.judge import Classes
from numpynet.check.objects.net import Net
from numpynet.check.objects.thing import make
from numpynet.check.result import FAILED, GOOD, FunctionGrade, Outcome
from numpynet.sandbox import Limits, Session

OBJECTS = Path(__file__).parent / "objects"
RIGHT = sorted(path for kind in ("sizes", "layers", "scores") for path in (OBJECTS / kind).glob("*.py"))
FEW = {"perceptron.py", "stochastic.py", "autoencoder.py"}  # of their methods one is understood, or none
# Mistakes of which something else is said: another method of the two that do not belong together, or nothing.
ELSEWHERE = {
    ("sizes/deep.py", "minus"),  # b is subtracted: all its gradients have the opposite sign, and the step adds these
    ("sizes/lists.py", "activation of layer"),  # forward uses another slope than backward: backward is said
    ("sizes/enlight.py", "slope"),  # without the last slope: right, of another loss
    ("sizes/regression.py", "not squared"),  # a loss that is known, too
    ("sizes/nielsen.py", "adds"),
    ("layers/torchlike.py", ""),  # the container goes through its layers in another order
    ("layers/nnfs.py", "1/m times"),  # dW is divided by m, db is, and dX is not: each is a way of its own
    ("layers/act_inside.py", ""),
    ("layers/act_inside.py", "has done that already"),
    ("layers/act_inside.py", "never updated"),
}
# Wrong helpers outside of the classes are the functions' verdicts; what needs them is not right either.
HELPERS = {"softmax", "relu", "relu_derivative", "relu_backward", "sigmoid_prime", "tanh_prime", "NeuralNet.tanh_prime",
           "Neural_Network.sigmoidPrime", "Net.act"}  # fmt: skip


def judged(path: Path, seconds: float = 60.0) -> list[FunctionGrade]:
    with Session(path, limits=Limits(seconds=seconds)) as session:
        return Classes(session).judge()


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_right_files_in_many_hands_are_not_accused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for part in (judge, gradients):
        monkeypatch.setattr(
            part, "UNFORESEEN", ()
        )  # what the judge does not understand would hide a mistake of its own
    grade = grade_file(path)
    assert not [one for one in grade.functions if one.outcome in FAILED], grade
    assert grade.outcome in ("pass", "cannot-judge")
    right = [one for one in grade.functions if one.outcome in GOOD]
    assert (len(right) >= 2) != (path.name in FEW), grade


WHOLLY = (
    *("layers/contained", "layers/generated", "layers/given_weights", "layers/kept_in_layer", "layers/moves_itself"),
    *("layers/of_functions", "layers/ones", "layers/single_precision", "sizes/cost_prime", "sizes/in_lists"),
    *("sizes/nielsen", "sizes/one_hot", "sizes/penalised", "sizes/by_name", "sizes/one_column", "sizes/in_batches"),
    *("layers/takes_labels", "layers/entropy_of_columns"),
)


@pytest.mark.parametrize("name", WHOLLY)
def test_every_method_is_judged_and_right(name: str) -> None:
    rows = judged(OBJECTS / f"{name}.py")
    assert rows
    assert not [one for one in rows if one.outcome not in GOOD]


PLANTED = [
    one for one in (*SIZES, *LAYERS, *SCORES) if (one.file, one.says) not in ELSEWHERE and one.method not in HELPERS
]


@pytest.mark.parametrize("planted", PLANTED, ids=lambda one: f"{one.file}-{one.method}-{one.says}"[:70])
def test_planted_mistakes_are_named(planted: Planted, tmp_path: Path) -> None:
    source = (OBJECTS / planted.file).read_text(encoding="utf-8")
    assert planted.old in source
    changed = source.replace(planted.old, planted.new)
    (tmp_path / "mine.py").write_text(changed, encoding="utf-8")
    wrong = {one.function: one for one in judged(tmp_path / "mine.py") if one.outcome in FAILED}
    assert planted.method in wrong
    assert wrong[planted.method].cause is not None
    assert wrong[planted.method].line
    if (witness := wrong[planted.method].witness) is not None and witness.numpy:
        assert not isinstance(witness.yours, str)
        assert prints(source, witness.numpy, witness.expected)
        assert prints(changed, witness.numpy, witness.yours)
    place = wrong[planted.method].place
    assert place is None or is_at_fault(place, source, changed)


@pytest.mark.parametrize("planted", ALONE, ids=lambda one: f"{one.file}-{one.method}-{one.says}"[:70])
def test_one_method_alone_is_accused(planted: Planted, tmp_path: Path) -> None:
    source = (OBJECTS / planted.file).read_text(encoding="utf-8")
    assert planted.old in source
    (tmp_path / "mine.py").write_text(source.replace(planted.old, planted.new), encoding="utf-8")
    rows = judged(tmp_path / "mine.py")
    assert [one.function for one in rows if one.outcome in FAILED] == [planted.method] * bool(planted.method)
    said = [one.cause.rationale if one.cause else one.says for one in rows if one.outcome not in GOOD]
    assert any(planted.says in one for one in said)


@pytest.mark.parametrize(
    ("file", "old", "new", "cause"),
    [
        ("sizes/deep.py", 'dZ = dA * (self.cache[f"Z{l-1}"] > 0)', "dZ = dA", "dW1: the slope of relu is missing"),
        (
            "sizes/regression.py",
            "(1 - self.hidden ** 2)",
            "(1 - self.hidden)",
            "1 − A stands in the place of the slope",
        ),
        ("sizes/regression.py", "back.sum(axis=0)", "back[0]", "is made of the first example alone"),
        ("sizes/regression.py", "back.sum(axis=0)", "back.sum() + 0 * back[0]", "is the same number for every unit"),
        ("sizes/softmax_mlp.py", "dw2 = a1.T @ dz2", "dw2 = -a1.T @ dz2", "w2 goes where no example's gradient leads"),
        ("sizes/tanh_everywhere.py", "", "", ""),
    ],
)
def test_a_cause_is_said_where_the_numbers_show_it(file: str, old: str, new: str, cause: str, tmp_path: Path) -> None:
    source = (OBJECTS / file).read_text(encoding="utf-8")
    assert old in source
    (tmp_path / "mine.py").write_text(source.replace(old, new), encoding="utf-8")
    said = [one.cause.rationale for one in judged(tmp_path / "mine.py") if one.cause is not None]
    assert len(said) == bool(cause)
    assert not cause or cause.lower() in said[0].lower()


def test_what_is_expected_is_the_gradient_of_its_own_cost(tmp_path: Path) -> None:
    source = (OBJECTS.parent / "courses" / "sizes" / "right_1.py").read_text(encoding="utf-8")
    wrong = source.replace("sigmoid_prime(self.zs[i])", "sigmoid_prime(self.activations[i + 1])")
    assert wrong != source
    (tmp_path / "mine.py").write_text(wrong, encoding="utf-8")
    (one,) = [one for one in judged(tmp_path / "mine.py") if one.outcome in FAILED]
    assert all(cell.expected and abs(cell.expected) < 10 * abs(cell.yours) for cell in one.cells)


def test_a_network_too_large_to_be_moved_by_hand_is_not_judged_by_its_biases(tmp_path: Path) -> None:
    source = (OBJECTS / "sizes" / "regression.py").read_text(encoding="utf-8")
    large = source.replace("n_features, n_hidden, n_outputs=1", "n_features=784, n_hidden=30, n_outputs=1")
    large = large.replace("(n_features, n_hidden))", "(784, 30))").replace("np.zeros(n_hidden)", "np.zeros(30)")
    large = large.replace("(n_hidden, n_outputs))", "(30, n_outputs))")
    (tmp_path / "mine.py").write_text(large, encoding="utf-8")
    assert not [one for one in judged(tmp_path / "mine.py") if one.outcome in GOOD]


def test_factor_of_a_slope_against_its_own_loss_is_told(tmp_path: Path) -> None:
    source = (OBJECTS / "layers" / "with_dropout.py").read_text(encoding="utf-8")
    assert "-self.delta, self.delta) / self.r.size" in source
    sevenfold = source.replace("-self.delta, self.delta) / self.r.size", "-self.delta, self.delta) * 7 / self.r.size")
    (tmp_path / "mine.py").write_text(sevenfold, encoding="utf-8")
    (one,) = [one for one in judged(tmp_path / "mine.py") if one.function == "Huber.backward"]
    assert one.conventions == ("it is the gradient of its own value times 7",)


def test_what_is_not_understood_is_one_method_s_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ValueError("an inhomogeneous shape")

    monkeypatch.setattr(gradients.NetJudge, "_cost", fails)
    rows = {one.function: one for one in judged(OBJECTS / "sizes" / "regression.py")}
    assert rows["Regressor.loss"].outcome == Outcome.CANNOT_JUDGE
    assert rows["Regressor.gradients"].outcome in GOOD


def test_exceptions_are_still_needed() -> None:
    planted = {(one.file, one.says) for one in (*SIZES, *LAYERS, *SCORES)}
    assert planted >= ELSEWHERE


def test_a_gradient_that_is_wrong_has_an_element_as_evidence() -> None:
    one = next(one for one in judged(OBJECTS.parent / "cases" / "c46.py") if one.outcome in FAILED)
    assert one.function == "Network.backpropagate"
    assert [cell.name for cell in one.cells] == ["dlayers[0]"]
    assert one.cells[0].yours != one.cells[0].expected


@pytest.mark.parametrize("name", ["endless", "garbage", "raises", "liar"])
def test_hostile_objects_accuse_nobody_and_end(name: str) -> None:
    judged(OBJECTS / "hostile" / f"{name}.py", seconds=6.0)


def test_slopes_by_hand_are_those_of_the_chain_rule() -> None:
    """A network of two layers with tanh and a linear output, worked out: dA/dW2 = A1, dA/dW1 = x (1 − A1²) W2."""
    with Session(OBJECTS / "sizes" / "regression.py") as session:
        thing = make(session, "Regressor", {"n_in": 3, "n_hidden": 5, "n_out": 2, "numbers": [3, 5, 2]})
        assert thing is not None
        X = np.random.default_rng(1).uniform(-1, 1, (4, 3))
        net = Net(thing, X)
        assert net.find(False)
        assert net.differentiate()
        weights = {str(path[-1][1]): value for path, value in net.start.items()}
        A1 = np.tanh(X @ weights["weights_hidden"] + weights["bias_hidden"])
        slope = np.ones_like(net.A)
        found = net.of_examples(slope)
        for path, part in net.blocks():
            if path[-1][1] == "weights_out":
                due = A1[:, :, None] * np.ones((1, 1, net.A.shape[1]))
            elif path[-1][1] == "weights_hidden":
                back = (1 - A1**2) * weights["weights_out"].sum(axis=1)
                due = X[:, :, None] * back[:, None, :]
            else:
                continue
            np.testing.assert_allclose(found[:, part], due.reshape(len(X), -1), rtol=1e-6, atol=1e-8)
