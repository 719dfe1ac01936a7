"""Names, signatures, shapes and numbers of the tutorial."""

from __future__ import annotations

import inspect
import subprocess
import sys
from itertools import islice

import numpy as np
import pytest

import numpynet
from numpynet.activations import HIDDEN_ACTIVATIONS
from numpynet.types import Architecture, Array, Layer

SIGNATURES = {
    "init_layers": ["nn_architecture", "seed"],
    "sigmoid": ["Z"],
    "relu": ["Z"],
    "sigmoid_backward": ["dA", "Z"],
    "relu_backward": ["dA", "Z"],
    "single_layer_forward_propagation": ["A_prev", "W_curr", "b_curr", "activation"],
    "full_forward_propagation": ["X", "params_values", "nn_architecture"],
    "get_cost_value": ["Y_hat", "Y"],
    "convert_prob_into_class": ["probs"],
    "get_accuracy_value": ["Y_hat", "Y"],
    "single_layer_backward_propagation": ["dA_curr", "W_curr", "b_curr", "Z_curr", "A_prev", "activation"],
    "full_backward_propagation": ["Y_hat", "Y", "memory", "params_values", "nn_architecture"],
    "update": ["params_values", "grads_values", "nn_architecture", "learning_rate"],
    "train": ["X", "Y", "nn_architecture", "epochs", "learning_rate", "verbose", "callback"],
}
SMALL: Architecture = [
    {"input_dim": 2, "output_dim": 3, "activation": "relu"},
    {"input_dim": 3, "output_dim": 1, "activation": "sigmoid"},
]


@pytest.mark.parametrize(("name", "parameters"), SIGNATURES.items())
def test_signature_is_the_tutorials(name: str, parameters: list[str]) -> None:
    signature = inspect.signature(getattr(numpynet, name))
    positional = [p.name for p in signature.parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert positional == parameters
    assert all(p.default is not p.empty for p in signature.parameters.values() if p.kind is p.KEYWORD_ONLY)
    assert name in numpynet.__all__


def test_defaults_are_the_tutorials() -> None:
    defaults = {
        (name, parameter.name): parameter.default
        for name in SIGNATURES
        for parameter in inspect.signature(getattr(numpynet, name)).parameters.values()
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD and parameter.default is not parameter.empty
    }
    assert defaults == {
        ("init_layers", "seed"): 99,
        ("single_layer_forward_propagation", "activation"): "relu",
        ("single_layer_backward_propagation", "activation"): "relu",
        ("train", "verbose"): True,
        ("train", "callback"): None,
    }


def test_reference_architecture() -> None:
    widths = [(layer["input_dim"], layer["output_dim"], layer["activation"]) for layer in numpynet.NN_ARCHITECTURE]
    assert widths == [
        (2, 25, "relu"), (25, 50, "relu"), (50, 50, "relu"), (50, 25, "relu"), (25, 1, "sigmoid"),
    ]  # fmt: skip


@pytest.mark.parametrize("seed", [99, 2])
def test_init_layers_draws_from_the_legacy_stream(seed: int) -> None:
    np.random.seed(seed)
    expected = {}
    for layer_idx, layer in enumerate(numpynet.NN_ARCHITECTURE, start=1):
        expected[f"W{layer_idx}"] = np.random.randn(layer["output_dim"], layer["input_dim"]) * 0.1
        expected[f"b{layer_idx}"] = np.random.randn(layer["output_dim"], 1) * 0.1
    drawn = numpynet.init_layers(numpynet.NN_ARCHITECTURE, seed)
    assert list(drawn) == list(expected)
    for name, value in expected.items():
        np.testing.assert_array_equal(drawn[name], value)


def test_init_layers_leaves_the_global_stream_alone() -> None:
    np.random.seed(0)
    numpynet.init_layers(SMALL)
    after = np.random.rand()
    np.random.seed(0)
    assert after == np.random.rand()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("m", [1, 5])
def test_shapes_dtypes_and_untouched_arguments(dtype: str, m: int) -> None:
    stream = np.random.default_rng(0)
    X = stream.standard_normal((2, m)).astype(dtype)
    Y = stream.integers(0, 2, (1, m)).astype(dtype)
    params_values = {name: value.astype(dtype) for name, value in numpynet.init_layers(SMALL).items()}
    read_only = [X, Y, *params_values.values()]
    for array in read_only:
        array.setflags(write=False)

    Y_hat, memory = numpynet.full_forward_propagation(X, params_values, SMALL)
    assert Y_hat.shape == (1, m)
    assert {name: value.shape for name, value in memory.items()} == {
        "A0": (2, m), "Z1": (3, m), "A1": (3, m), "Z2": (1, m),
    }  # fmt: skip
    for array in (Y_hat, *memory.values()):
        array.setflags(write=False)
    assert type(numpynet.get_cost_value(Y_hat, Y)) is float
    assert type(numpynet.get_accuracy_value(Y_hat, Y)) is float
    grads_values = numpynet.full_backward_propagation(Y_hat, Y, memory, params_values, SMALL)
    assert {name: value.shape for name, value in grads_values.items()} == {
        f"d{name}": value.shape for name, value in params_values.items()
    }
    for array in (Y_hat, *memory.values(), *grads_values.values(), numpynet.convert_prob_into_class(Y_hat)):
        assert array.dtype == dtype

    params_values = {name: value.copy() for name, value in params_values.items()}
    same = dict(params_values)
    returned = numpynet.update(params_values, grads_values, SMALL, 0.5)
    assert returned is params_values
    assert all(returned[name] is same[name] for name in same), "update works in place"
    assert all(value.dtype == dtype for value in returned.values())


def test_whole_functions_are_the_composition_of_the_single_ones() -> None:
    stream = np.random.default_rng(1)
    X, Y = stream.standard_normal((2, 6)), stream.integers(0, 2, (1, 6))
    p = numpynet.init_layers(SMALL)
    A1, Z1 = numpynet.single_layer_forward_propagation(X, p["W1"], p["b1"])
    A2, Z2 = numpynet.single_layer_forward_propagation(A1, p["W2"], p["b2"], "sigmoid")
    Y_hat, memory = numpynet.full_forward_propagation(X, p, SMALL)
    for whole, part in ((Y_hat, A2), (memory["A0"], X), (memory["Z1"], Z1), (memory["A1"], A1), (memory["Z2"], Z2)):
        np.testing.assert_array_equal(whole, part)
    dA2 = numpynet.LOSSES["bce"].backward(A2, Y)
    dA1, dW2, db2 = numpynet.single_layer_backward_propagation(dA2, p["W2"], p["b2"], Z2, A1, "sigmoid")
    _, dW1, db1 = numpynet.single_layer_backward_propagation(dA1, p["W1"], p["b1"], Z1, X, "relu")
    grads = numpynet.full_backward_propagation(Y_hat, Y, memory, p, SMALL)
    for name, part in {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}.items():
        np.testing.assert_array_equal(grads[name], part)


def test_one_neuron_by_hand() -> None:
    # One unit, w = 2, b = −1, two examples x = 0.5 and x = 1, so z = 0 and z = 1; both have label 1.
    X, Y = np.array([[0.5, 1.0]]), np.array([[1.0, 1.0]])
    architecture: Architecture = [{"input_dim": 1, "output_dim": 1, "activation": "sigmoid"}]
    params_values = {"W1": np.array([[2.0]]), "b1": np.array([[-1.0]])}
    s1 = 1 / (1 + np.exp(-1))  # 0.7311
    Y_hat, memory = numpynet.full_forward_propagation(X, params_values, architecture)
    np.testing.assert_array_equal(memory["Z1"], [[0, 1]])
    np.testing.assert_array_equal(Y_hat, [[0.5, s1]])
    assert numpynet.get_cost_value(Y_hat, Y) == pytest.approx((np.log(2) - np.log(s1)) / 2, rel=1e-15)
    assert numpynet.get_accuracy_value(Y_hat, Y) == 0.5  # p = 0.5 is class 0
    # dZ = Ŷ − Y = (−0.5, s1 − 1); dW = (0.5 · −0.5 + 1 · (s1 − 1)) / 2; db = (−0.5 + s1 − 1) / 2
    grads = numpynet.full_backward_propagation(Y_hat, Y, memory, params_values, architecture)
    assert grads["dW1"][0, 0] == pytest.approx((-0.25 + s1 - 1) / 2, rel=1e-15)
    assert grads["db1"][0, 0] == pytest.approx((-0.5 + s1 - 1) / 2, rel=1e-15)
    numpynet.update(params_values, grads, architecture, 4.0)
    assert params_values["W1"][0, 0] == pytest.approx(2 - 2 * (-0.25 + s1 - 1), rel=1e-15)


def test_activations_at_their_edges() -> None:
    Z = np.array([-np.inf, -1000, -2, -0.0, 0, 3, 1000, np.nan])
    np.testing.assert_array_equal(numpynet.relu(Z), [0, 0, 0, 0, 0, 3, 1000, np.nan])
    np.testing.assert_array_equal(numpynet.relu_backward(np.full(8, 7.0), Z), [0, 0, 0, 0, 0, 7, 7, 7])
    np.testing.assert_array_equal(numpynet.sigmoid(np.array([-np.inf, -1000, 0, 1000, np.nan])), [0, 0, 0.5, 1, np.nan])


def test_classes_and_accuracy() -> None:
    probs = np.array([[0.0, 0.5, np.nextafter(0.5, 1), 1.0, np.nan]])
    np.testing.assert_array_equal(numpynet.convert_prob_into_class(probs), [[0, 0, 1, 1, np.nan]])
    Y_hat = np.array([[0.9, 0.2, 0.7, 0.4], [0.1, 0.3, 0.8, 0.6]])
    Y = np.array([[1, 0, 1, 1], [0, 1, 1, 1]])
    assert numpynet.get_accuracy_value(Y_hat, Y) == 0.5  # columns 0 and 2 have every class right


def test_labels_may_come_flat_but_never_scrambled() -> None:
    stream = np.random.default_rng(2)
    X, Y = stream.standard_normal((2, 4)), stream.integers(0, 2, (1, 4))
    p = numpynet.init_layers(SMALL)
    Y_hat, memory = numpynet.full_forward_propagation(X, p, SMALL)
    expected = numpynet.full_backward_propagation(Y_hat, Y, memory, p, SMALL)
    for shape in ((4,), (4, 1)):
        grads = numpynet.full_backward_propagation(Y_hat, Y.reshape(shape), memory, p, SMALL)
        np.testing.assert_array_equal(grads["dW1"], expected["dW1"])
    two = [SMALL[0], {**SMALL[1], "output_dim": 2}]
    p = numpynet.init_layers(two)  # type: ignore[arg-type]
    Y_hat, memory = numpynet.full_forward_propagation(X, p, two)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"Y has shape \(4, 2\): expected \(2, 4\)"):
        numpynet.full_backward_propagation(Y_hat, np.zeros((4, 2)), memory, p, two)  # type: ignore[arg-type]


def test_training_steps_are_what_train_runs() -> None:
    stream = np.random.default_rng(3)
    X, Y = stream.standard_normal((2, 20)), stream.integers(0, 2, (1, 20))
    *_, last = islice(numpynet.training_steps(X, Y, SMALL, 7, 0.5), 7)
    trained = numpynet.train(X, Y, SMALL, 7, 0.5, verbose=False)
    assert (last.epoch, list(last.params_values)) == (6, list(trained))
    for name, value in trained.items():
        np.testing.assert_array_equal(last.params_values[name], value)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("activation", HIDDEN_ACTIVATIONS)
def test_training_is_the_composition_of_its_functions(activation: str, dtype: str) -> None:
    """Bit for bit, and in the dtype of the data."""
    stream = np.random.default_rng(3)
    X = stream.standard_normal((2, 37)).astype(dtype)
    Y = stream.integers(0, 2, (1, 37))
    layers: list[Layer] = [{**SMALL[0], "activation": activation}, *SMALL[1:]]
    params_values = {name: value.astype(dtype) for name, value in numpynet.init_layers(layers, 2).items()}
    for step in numpynet.training_steps(X, Y, layers, 4, 0.3):
        Y_hat, memory = numpynet.full_forward_propagation(X, params_values, layers)
        grads_values = numpynet.full_backward_propagation(Y_hat, Y, memory, params_values, layers)
        assert step.cost == numpynet.get_cost_value(Y_hat, Y.astype(dtype))
        params_values = numpynet.update(params_values, grads_values, layers, 0.3)
        for name, value in params_values.items():
            assert step.params_values[name].dtype == dtype
            np.testing.assert_array_equal(step.params_values[name], value)


def test_no_gradient_of_the_input_is_computed_for_the_first_layer() -> None:
    dA, Z, X, W, b = np.ones((3, 7)), np.ones((3, 7)), np.ones((2, 7)), np.ones((3, 2)), np.ones((3, 1))
    assert numpynet.single_layer_backward_propagation(dA, W, b, Z, X)[0].shape == (2, 7)
    assert numpynet.single_layer_backward_propagation(dA, W, b, Z, X, first=True)[0].shape == (0, 7)


def test_train_prints_and_calls_back_every_50_epochs(capsys: pytest.CaptureFixture[str]) -> None:
    X, Y = np.array([[0.5, -1.0], [1.0, 2.0]]), np.array([[0, 1]])
    seen: list[tuple[int, dict[str, Array]]] = []
    numpynet.train(X, Y, SMALL, 101, 0.01, callback=lambda epoch, params_values: seen.append((epoch, params_values)))
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" - ")[0] for line in lines] == ["Iteration: 00000", "Iteration: 00050", "Iteration: 00100"]
    assert lines[1].startswith("Iteration: 00050 - cost: 0.6")
    assert lines[1].endswith(" - accuracy: 0.50000")
    assert [epoch for epoch, _ in seen] == [0, 50, 100]
    assert set(seen[0][1]) == {"W1", "b1", "W2", "b2"}
    numpynet.train(X, Y, SMALL, 101, 0.01, False)
    assert capsys.readouterr().out == ""


def test_import_needs_numpy_alone() -> None:
    program = """
import sys

class NumPyOnly:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names and top not in ("numpy", "numpynet"):
            raise ModuleNotFoundError(f"{name} is blocked", name=name)

sys.meta_path.insert(0, NumPyOnly())
import numpynet, numpynet.parity
numpynet.train(numpynet.init_layers([{"input_dim": 4, "output_dim": 2, "activation": "relu"}])["W1"].T[:2],
               [[0, 1]], [{"input_dim": 2, "output_dim": 1, "activation": "sigmoid"}], 1, 0.1)
import numpynet.__main__
numpynet.__main__.main()
"""
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert finished.stdout.startswith("Iteration: 00000"), finished.stderr
    assert finished.stderr == "numpynet: the command needs click: pip install 'numpynet[tools]'\n"
    assert finished.returncode == 2
