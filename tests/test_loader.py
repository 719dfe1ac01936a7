"""Files as they are found: what of them runs, which functions are found in them, and what is said about the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from numpynet.check.reader import Reader, Reading
from numpynet.sandbox import Answer, Limits, LoadError, Odd, Session
from numpynet.sandbox.session import Isolation

LOADING = Path(__file__).parent / "loading"
Z = np.array([[1.0, -2.0]])


def opened(file: str | Path, **reading: Any) -> Reader:
    return Reader(LOADING / file, Reading(isolation="plain", **reading), Limits())


def loaded(file: str | Path, **reading: Any) -> Reader:
    with opened(file, **reading) as reader:
        return reader


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "file.py"
    path.write_text(text)
    return path


def value(answer: Answer) -> Any:
    assert answer.raised is None, answer.raised
    return answer.value


# ── what runs ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_messy_file_says_what_is_not_run() -> None:
    found = loaded("messy.py")
    assert found.session.loaded.skipped == (
        "line 17: plt.style.use(...) is not run",
        "line 25: X, y = make_moons(...) is not run",
        "line 27: SHAPE = X.shape is not run (NameError: name 'X' is not defined)",
        "line 75: a for loop is not run",
        "line 78: an assert is not run",
        "line 79: params_values = train(...) is not run",
        "line 81: if __name__ == ... is not run",
    )
    assert found.notes == (
        "line 15 does not parse: invalid syntax; the definitions around it are checked",
        "line 47 does not parse: expected ':'; the definitions around it are checked",
        "numpy is never imported as np: it was supplied",
        "matplotlib is not here: an empty stand-in took its place",
        "tensorflow is not here: an empty stand-in took its place",
        "helper is not here: an empty stand-in took its place",
        "sklearn is not here: an empty stand-in took its place",
        "single_layer_backword_propogation is taken to be single_layer_backward_propagation",
        "fully_forward_propagation is taken to be full_forward_propagation",
        "compute_cost is taken to be get_cost_value",
        "update_parameters is taken to be update",
        "sigmoid_derivative is taken to be sigmoid_slope",
    )


def test_messy_file_finds_functions() -> None:
    functions = loaded("messy.py").functions
    assert {name: found.theirs for name, found in functions.items()} == {
        "init_layers": "init_layers",
        "sigmoid": "sigmoid",
        "relu": "relu",
        "sigmoid_slope": "sigmoid_derivative",
        "full_forward_propagation": "fully_forward_propagation",
        "get_cost_value": "compute_cost",
        "single_layer_backward_propagation": "single_layer_backword_propogation",
        "update": "update_parameters",
    }
    assert (functions["relu"].line, functions["relu"].parameters, functions["relu"].required) == (39, ("Z", "out"), 1)
    assert {name for name, found in functions.items() if found.unfinished} == {
        *("init_layers", "full_forward_propagation", "single_layer_backward_propagation", "update"),
    }


def test_messy_file_runs() -> None:
    with opened("messy.py") as reader:
        np.testing.assert_array_equal(value(reader.session.call("relu", [Z])), [[1, 0]])
        np.testing.assert_allclose(value(reader.session.call("sigmoid", [Z])), 1 / (1 + np.exp(-Z)))
        assert value(reader.session.call("compute_cost", [Z, Z])) == Odd("stand-in for tensorflow.reduce_mean()")


def test_stand_in_is_found_in_tables_and_defaults() -> None:
    stand_ins = {"relu": lambda arguments, named: 7, "sigmoid": lambda arguments, named: 8}
    with opened("messy.py") as reader:
        assert value(reader.session.call("by_table", [Z], stand_ins=stand_ins)) == (7, 8, 7)
        assert value(reader.session.call("by_table", [Z]))[0][0, 1] == 0


def test_long_list_of_what_is_not_run_is_cut(tmp_path: Path) -> None:
    skipped = loaded(written(tmp_path, "print(1)\n" * 30 + "def relu(Z): return Z")).session.loaded.skipped
    assert len(skipped) == 8
    assert skipped[-1] == "23 more statements, up to line 30, are not run"


@pytest.mark.parametrize(
    ("statement", "runs"),
    [
        ("a = 3", True),
        ("a: float = 2 ** 0.5", True),
        ("a = [n * 2 for n in range(3)]", True),
        ("a = np.zeros((2, 3), dtype=float).T", True),
        ("a = np.random.RandomState(3)", True),
        ("a = {'k': lambda: open('x')}", True),
        ("a = -1e-15", True),
        ("a = open('x')", False),
        ("a = np.loadtxt('x')", False),
        ("a = (lambda: 1)()", False),
        ("a = 10 ** 10 ** 10", False),
        ("a = __import__('os').system('x')", False),
        ("a = input()", False),
        ("with open('x') as a: pass", False),
        ("while True: a = 1", False),
    ],
)
def test_constants_run_and_work_does_not(statement: str, runs: bool, tmp_path: Path) -> None:
    found = loaded(written(tmp_path, f"import numpy as np\n{statement}\ndef relu(Z): return Z\n"))
    assert (found.session.loaded.skipped == ()) is runs


def test_definitions_under_if_and_try(tmp_path: Path) -> None:
    text = "if True:\n    def relu(Z): return 1\nelse:\n    def relu(Z): return 2\n"
    text += "try:\n    def sigmoid(Z): return 3\nexcept Exception:\n    pass\n"
    text += "if __name__ == '__main__':\n    def update(Z): return 4\n"
    with opened(written(tmp_path, text)) as reader:
        assert set(reader.functions) == {"relu", "sigmoid"}
        assert value(reader.session.call("relu", [1])) == 1


def test_bad_decorators_and_defaults_are_left_out(tmp_path: Path) -> None:
    text = "@nowhere\ndef relu(Z, n=missing, m=2): return (Z, n, m)\n@property\ndef sigmoid(Z): return 1\n"
    with opened(written(tmp_path, text)) as reader:
        assert value(reader.session.call("relu", [1])) == (1, None, 2)
        assert "decorators and defaults are left out" in reader.notes[0]
        assert "sigmoid" not in reader.functions


# ── notebooks and encodings ─────────────────────────────────────────────────────────────────────────────────────────


def test_notebook() -> None:
    with opened("lab.ipynb") as reader:
        assert set(reader.functions) == {"relu", "sigmoid"}
        assert reader.session.loaded.skipped == (
            "cell 4, line 4: relu(...) is not run",
            "cell 6, line 1: train(...) is not run",
        )
        assert reader.notes == ("cell 7, line 1 does not parse: invalid syntax; the definitions around it are checked",)
        np.testing.assert_array_equal(value(reader.session.call("relu", [Z])), [[1, 0]])
        raised = reader.session.call("sigmoid", [Z]).raised
        assert raised is not None
        assert raised.text == "NameError: name 'W' is not defined (cell 5, line 3)"


@pytest.mark.parametrize("text", ["{", "[]", '{"cells": 3}', '{"cells": [{"cell_type": "code"}]}'])
def test_notebook_that_is_none(text: str, tmp_path: Path) -> None:
    path = tmp_path / "lab.ipynb"
    path.write_text(text)
    with pytest.raises(LoadError, match="it is no notebook with code cells"):
        loaded(path)


@pytest.mark.parametrize("file", ["cookie.py", "mark.py"])
def test_encodings(file: str) -> None:
    with opened(file) as reader:
        assert value(reader.session.call("relu", [1])) == "€"
        assert reader.notes == ()


# ── what does not parse ─────────────────────────────────────────────────────────────────────────────────────────────


def test_class_with_a_broken_method_keeps_the_others() -> None:
    found = loaded("broken_class.py")
    assert {name: entry.theirs for name, entry in found.functions.items()} == {
        "relu": "Network.relu",
        "sigmoid_backward": "Network.sigmoid_backward",
    }
    assert found.notes[0].startswith("line 9 does not parse: '(' was never closed")
    assert found.notes[1].startswith("line 22 does not parse: Missing parentheses in call to 'print'")
    assert found.functions["sigmoid_backward"].line == 11


# ── which functions are found ───────────────────────────────────────────────────────────────────────────────────────


def test_methods() -> None:
    with opened("classes.py") as reader:
        assert reader.mapped == {
            "Activations.relu": "relu",
            "Activations.sigmoid": "sigmoid",
            "Network.sigmoid_backward": "sigmoid_backward",
            "Network.relu_backward": "relu_backward",
        }
        assert reader.functions["relu_backward"].parameters == ("dA", "Z")
        assert reader.session.loaded.skipped == ("line 14: print(...) is not run",)
        np.testing.assert_array_equal(value(reader.session.call("Activations.relu", [Z])), [[1, 0]])
        np.testing.assert_array_equal(value(reader.session.call("Network.sigmoid_backward", [Z, Z])), Z * (Z + 1))
        assert value(reader.session.call("Network.relu_backward", [Z, Z])) == "Network"


def test_stand_ins_for_methods() -> None:
    with opened("classes.py") as reader:
        seen = []

        def own(arguments: list[Any], named: dict[str, Any]) -> Any:
            seen.append(arguments)
            return 7

        assert value(reader.session.call("Network.sigmoid_backward", [2, 3], stand_ins={"Network.own": own})) == 14
        assert value(reader.session.call("Other.sigmoid_backward", [2, 3], stand_ins={"Other.own": own})) == 13
        assert seen == [[3], [3]]
        assert value(reader.session.call("Network.by_table", [3], stand_ins={"Activations.relu": own})) == (7, 7)
        assert value(reader.session.call("Network.sigmoid_backward", [2, 3])) == 8


def test_class_name_picks_the_class() -> None:
    assert loaded("classes.py", class_name="Other").mapped == {"Other.sigmoid_backward": "sigmoid_backward"}
    with pytest.raises(LoadError, match="no class Nowhere; the file has Activations, Network, Other"):
        loaded("classes.py", class_name="Nowhere")


def test_aliases_lambdas_and_near_names() -> None:
    with opened("aliases.py") as reader:
        assert reader.mapped == {
            "Sigmoid": "sigmoid",
            "relu_backwards": "relu_backward",
            "single_layer_forward_propogation": "single_layer_forward_propagation",
            "backward": "full_backward_propagation",
            "feed_forward": "full_forward_propagation",
        }
        assert reader.functions["relu"].line == 12
        assert reader.functions["sigmoid"].parameters == ("Z", "out")
        assert reader.functions["sigmoid"].required == 1
        np.testing.assert_array_equal(value(reader.session.call("relu", [Z])), [[1, 0]])
        stand_ins = {"relu": lambda arguments, named: 7}
        assert (
            value(reader.session.call("single_layer_forward_propogation", [Z, 1, 1, "relu"], stand_ins=stand_ins)) == 7
        )
        np.testing.assert_array_equal(value(reader.session.call("convert_prob_into_class", [Z])), Z)


def test_mapping_wins() -> None:
    found = loaded("aliases.py", mapping={"relu_backwardz": "relu_backward", "ReLU": "sigmoid"})
    assert found.functions["relu_backward"].theirs == "relu_backwardz"
    assert found.functions["sigmoid"].theirs == "ReLU"
    with pytest.raises(LoadError, match=r"no function nowhere; the file has ReLU, Sigmoid, relu"):
        loaded("aliases.py", mapping={"nowhere": "relu"})
    with pytest.raises(LoadError, match="swish is none of the functions that are checked: init_layers"):
        loaded("aliases.py", mapping={"ReLU": "swish"})


def test_forgotten_numpy() -> None:
    with opened("forgotten.py") as reader:
        np.testing.assert_array_equal(value(reader.session.call("relu", [Z])), [[1, 0]])
        assert reader.notes == ("numpy is never imported as np: it was supplied",)


def test_placeholders() -> None:
    functions = loaded("placeholders.py").functions
    assert {name for name, found in functions.items() if found.unfinished} == {"sigmoid", "relu", "update", "train"}


@pytest.mark.parametrize("name", ["selu", "update_plot", "plot_cost", "activate", "main"])
def test_other_things_are_not_near(name: str, tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=f"none of the functions.*{name}"):
        loaded(written(tmp_path, f"def {name}(Z): return Z"))


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("ReLU", "relu"),
        ("reluBackward", "relu_backward"),
        ("fullForwardPropagation", "full_forward_propagation"),
        ("L_model_forward", "full_forward_propagation"),
        ("forward_propagation", "full_forward_propagation"),
        ("backward_propogation", "full_backward_propagation"),
        ("single_layer_foward_propagation", "single_layer_forward_propagation"),
        ("initialize_parameters", "init_layers"),
        ("cost_function", "get_cost_value"),
        ("get_accuracy", "get_accuracy_value"),
        ("predict_class", "convert_prob_into_class"),
        ("train_model", "train"),
    ],
)
def test_usual_names(name: str, ours: str, tmp_path: Path) -> None:
    takes = (
        "Y_hat, Y"
        if ours in ("get_cost_value", "get_accuracy_value")
        else "dA, Z"
        if ours.endswith("_backward")
        else "Z"
    )
    assert loaded(written(tmp_path, f"def {name}({takes}): return 0")).mapped == {name: ours}


@pytest.mark.parametrize("isolation", ["plain", "auto"])
def test_scipy_is_there_where_it_is_installed(isolation: Isolation, tmp_path: Path) -> None:
    pytest.importorskip("scipy")
    path = written(tmp_path, "from scipy.special import expit as sigmoid\ndef relu(Z): return sigmoid(Z)\n")
    with Session(path, isolation=isolation) as session:
        assert value(session.call("relu", [0.0])) == 0.5
