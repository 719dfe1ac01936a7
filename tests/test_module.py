"""Somebody's own torch module: read whatever its style, compared with NumPy, or refused in a sentence."""

from __future__ import annotations

import copy
import json
import re
import shlex
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from conftest import Finished
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from numpynet.explain.lesson import make_lesson
from numpynet.parity import Report, Step, compare, numpy_trace
from numpynet.parity.compare import WRONG
from numpynet.parity.drift import numpy_epochs
from numpynet.parity.loader import load_implementation
from torch_reference import ACTIVATIONS, ModuleError, ReadModule, torch_graph, torch_trace, trace_module
from torch_reference.state import bare, chain_of, with_state

MODULES = Path(__file__).parent / "modules"
STYLES, REFUSED = (load_implementation(MODULES / name) for name in ("styles.py", "refused.py"))
STREAM = np.random.default_rng(4)
X = STREAM.standard_normal((30, 4))
BINARY, CLASSES = STREAM.integers(0, 2, 30), STREAM.integers(0, 3, 30)
Command = Callable[..., Finished]


def made(name: str, file: Any = STYLES) -> Any:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        module = getattr(file, name)()
    assert isinstance(module, nn.Module)
    return module


def judged(model: Any, X: Any = X, Y: Any = BINARY, **options: Any) -> Report:
    trace = trace_module(model, X, Y, **options)
    return compare(numpy_trace(trace.step), trace)


STYLE: dict[str, tuple[list[str], Any, str]] = {
    "sequential": (["relu", "tanh", "sigmoid"], BINARY, "bce"),
    "nested": (["leaky_relu", "leaky_relu", "linear"], CLASSES, "cross_entropy"),
    "Attributes": (["relu", "tanh", "linear"], BINARY, "bce_with_logits"),
    "Methods": (["silu", "silu", "sigmoid"], BINARY[:, np.newaxis], "bce"),
    "Loop": (["elu", "elu", "linear"], X[:, :3], "mse"),
    "Functional": (["softplus", "sigmoid"], BINARY, "bce"),
    "flattens": (["gelu", "linear"], CLASSES, "cross_entropy"),
    "ends_in_softmax": (["relu", "softmax"], CLASSES, "nll"),
    "ends_in_log_softmax": (["relu", "linear"], CLASSES, "nll"),
    "without_biases": (["tanh", "linear"], CLASSES, "cross_entropy"),
    "InPlace": (["relu", "leaky_relu", "silu", "sigmoid"], np.stack([BINARY, 1 - BINARY], axis=1), "bce"),
    "data_parallel": (["relu", "tanh", "sigmoid"], BINARY, "bce"),
}


@pytest.mark.parametrize("style", STYLE)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_every_style_is_read_and_passes(style: str, dtype: torch.dtype) -> None:
    activations, Y, loss = STYLE[style]
    model = made(style).to(dtype)
    trace = trace_module(model, X, torch.from_numpy(Y), loss=loss, optimizer="adam", weight_decay=0.1)
    assert [layer["activation"] for layer in trace.step.nn_architecture] == activations
    assert str(trace.step.dtype) == str(dtype).removeprefix("torch.")
    report = compare(numpy_trace(trace.step), trace)
    report.raise_on_mismatch()
    assert {row.name for row in report.rows} == set(trace.step.shapes())
    assert all(row.outcome in ("pass", "kink") for row in report.rows)


def test_a_network_of_the_shape_of_images_is_flattened() -> None:
    judged(made("flattens"), X.reshape(30, 2, 2), CLASSES, loss="cross_entropy").raise_on_mismatch()


def test_what_is_read_is_what_the_module_holds() -> None:
    model = made("nested")
    model[0][0][1].running_mean.fill_(0.5)
    read = ReadModule(model)
    assert (read.name, read.shape, str(read.dtype), read.absent) == ("Sequential", (4,), "float32", ())
    layer = {"activation": "leaky_relu", "batch_norm": True, "dropout": 0.2}
    assert read.nn_architecture == [
        {"input_dim": 4, "output_dim": 6, **layer},
        {"input_dim": 6, "output_dim": 5, **layer},
        {"input_dim": 5, "output_dim": 3, "activation": "linear"},
    ]
    assert np.array_equal(read.params_values["running_mean1"], np.full((6, 1), 0.5, np.float32))
    assert np.array_equal(read.params_values["W3"], model[2].weight.detach().numpy())


def test_a_bias_that_does_not_exist_has_no_row() -> None:
    trace = trace_module(made("without_biases"), X, CLASSES, loss="cross_entropy", optimizer="adam")
    assert trace.step.absent == ("b1", "beta1", "gamma1", "b2")
    rows = [row.name for row in compare(numpy_trace(trace.step), trace).rows]
    assert "dW1" in rows
    assert "exp_avg.W2'" in rows
    assert not any("b1" in name or "b2" in name or "gamma" in name or "beta1" in name for name in rows)


def test_what_is_absent_stays_as_it_is() -> None:
    trace = trace_module(made("without_biases"), X, CLASSES, loss="cross_entropy")
    following = trace.step.following(trace.values)
    arrived = next(numpy_epochs(trace.step)).params_values
    for values in (following.params_values, arrived):
        assert not values["b1"].any()
        assert (values["gamma1"] == 1).all()
    assert following.params_values["W1"] is not trace.step.params_values["W1"]
    with pytest.raises(ValueError, match="b1 is absent, and not 0 everywhere"):
        Step(**{**vars(trace.step), "params_values": {**trace.step.params_values, "b1": np.ones((6, 1))}})
    with pytest.raises(ValueError, match="absent has 'W1': expected a b, gamma or beta"):
        Step(**{**vars(trace.step), "absent": ("W1",)})


def test_the_module_itself_is_left_as_it_is() -> None:
    model = made("nested")
    model[0][1].eval()
    model(torch.ones(5, 4)).sum().backward()
    before = copy.deepcopy(model.state_dict())
    gradients = [parameter.grad.clone() for parameter in model.parameters() if parameter.grad is not None]
    modes, stream = [one.training for one in model.modules()], torch.random.get_rng_state()
    judged(model, Y=CLASSES, loss="cross_entropy").raise_on_mismatch()
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    now = [parameter.grad for parameter in model.parameters()]
    assert all(one is not None and torch.equal(one, other) for one, other in zip(now, gradients, strict=True))
    assert [one.training for one in model.modules()] == modes
    assert torch.equal(torch.random.get_rng_state(), stream)
    assert not any(one._forward_hooks or one._forward_pre_hooks for one in model.modules())


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_a_compiled_module_runs_as_it_was_written() -> None:
    plain = made("sequential")
    nested = made("nested")
    nested[0] = torch.compile(nested[0])
    for model, Y, loss in ((torch.compile(plain), BINARY, "bce"), (nested, CLASSES, "cross_entropy")):
        report = judged(model, Y=Y, loss=loss)
        report.raise_on_mismatch()
        assert report.torch_maker == "Sequential"
    compiled: Any = torch.compile(plain)
    saved = compiled.state_dict()
    assert next(iter(saved)) == "_orig_mod.0.weight"
    other = made("sequential")
    with_state(other, {f"module.{name}": value + 1 for name, value in saved.items()}, "net.pt")
    assert torch.equal(other[0].weight, plain[0].weight + 1)


READABLE = "what can be read is a chain from the data to the prediction, each layer a Linear, then BatchNorm1d"
REASONS = {
    "Skip": f"the forward of Skip: torch.Tensor.add joins two ways from the data, a branch or a skip; {READABLE}",
    "Gate": "the forward of Gate: torch.Tensor.mul joins two ways",
    "Twice": f"a (Linear): a.weight is applied twice, and a layer of numpynet's once; {READABLE}",
    "Tied": "a (Linear): a.weight is applied twice",
    "Scaled": f"the forward of Scaled: torch.Tensor.mul is none of the operations that numpynet knows; {READABLE}",
    "Depends": "the forward of Depends turns a tensor into a number of Python's (__bool__)",
    "Unused": "c (Linear): c.weight has no part in the prediction",
    "Cut": "the forward of Cut: autograd does not trace what it returns back to the data",
    "AlwaysDrops": "the forward of AlwaysDrops drops in evaluation, too: give F.dropout training=self.training",
    "TwoPasses": "TwoPasses computes something else in evaluation than in training",
    "InAList": "a weight is no parameter of InAList, or computed from one: hold layers in an nn.ModuleList",
    "Pair": "the forward of Pair returns tuple: expected the prediction, one tensor",
    "Scaling": "the forward of Scaling: torch.Tensor.div joins two ways",
    "Breaks": "Breaks: the forward of Breaks raises AttributeError: 'Breaks' object has no attribute 'nothing' (refused.py",
    "OwnGradient": "the forward of OwnGradient: TwiceAsSteepBackward is an operation whose result cannot be seen",
    "frozen": "0.weight of Sequential is frozen (requires_grad=False)",
    "hooked": "0.weight of Sequential has a hook, which may change its gradient",
    "normed": "0 (ParametrizedLinear): a weight is no parameter of Sequential, or computed from one",
    "half": "in Sequential 0.weight is float32, 2.weight is float64: expected every parameter in float32",
}


@pytest.mark.parametrize("name", REASONS)
def test_what_is_no_chain_is_refused(name: str) -> None:
    with pytest.raises(ModuleError) as refused:
        ReadModule(made(name, REFUSED), (4,))
    assert str(refused.value).startswith(REASONS[name]) or REASONS[name] in str(refused.value)
    assert "\n" not in str(refused.value)


LAYERS: dict[str, tuple[list[nn.Module], str]] = {
    "activation before batch norm": ([nn.ReLU(), nn.BatchNorm1d(6)], "2 (BatchNorm1d): batch_norm after the relu of 1 (ReLU), in the same layer"),
    "dropout before the activation": ([nn.Dropout(0.5), nn.ReLU()], "2 (ReLU): relu after the dropout of 1 (Dropout)"),
    "two activations": ([nn.ReLU(), nn.Tanh()], "2 (Tanh): tanh after the relu of 1 (ReLU)"),
    "softmax within": ([nn.Softmax(dim=1)], "1 (Softmax): softmax may only end a network"),
    "slope": ([nn.LeakyReLU(0.2)], "1 (LeakyReLU) has negative_slope=0.2: numpynet's leaky_relu has negative_slope=0.01"),
    "alpha": ([nn.ELU(0.5)], "1 (ELU) has alpha=0.5: numpynet's elu has alpha=1.0"),
    "elu in place": ([nn.ELU(inplace=True)], "1 (ELU): elu in place takes its slope from its result: leave out inplace=True"),
    "beta": ([nn.Softplus(2.0)], "1 (Softplus) has beta=2.0: numpynet's softplus has beta=1.0"),
    "gelu": ([nn.GELU()], "1 (GELU) has approximate='none': numpynet's gelu has approximate='tanh'"),
    "selu": ([nn.SELU()], "1 (SELU) has alpha=1.67"),
    "relu6": ([nn.ReLU6()], "1 (ReLU6): torch.nn.functional.hardtanh is none of the operations"),
    "layer norm": ([nn.LayerNorm(6)], "1 (LayerNorm): torch.nn.functional.layer_norm is none of the operations"),
    "eps": ([nn.BatchNorm1d(6, eps=1e-3)], "1 (BatchNorm1d) takes eps=0.001: numpynet's batch norm 1e-05"),
    "momentum": ([nn.BatchNorm1d(6, momentum=0.2)], "1 (BatchNorm1d) takes momentum=0.2: numpynet's batch norm 0.1"),
    "no statistics": ([nn.BatchNorm1d(6, track_running_stats=False)], "1 (BatchNorm1d) has track_running_stats=False"),
    "convolution": ([nn.Unflatten(1, (2, 3)), nn.Conv1d(2, 2, 3, padding=1), nn.Flatten()], "2 (Conv1d): torch.nn.functional.conv1d"),
    "written over": ([nn.Sigmoid(), nn.Dropout(0.5, inplace=True)], "1 (Sigmoid): the result of sigmoid is needed for the backward pass"),
}  # fmt: skip


@pytest.mark.parametrize("what", LAYERS)
def test_layers_that_numpynet_has_not_are_refused_by_name(what: str) -> None:
    layers, reason = LAYERS[what]
    with pytest.raises(ModuleError) as refused:
        ReadModule(REFUSED.of(*layers), (4,))
    assert str(refused.value).startswith(reason)


def test_what_stands_at_the_wrong_end_is_refused() -> None:
    with pytest.raises(ModuleError, match=r"0 \(ReLU\): relu before the first Linear"):
        ReadModule(nn.Sequential(nn.ReLU(), nn.Linear(4, 1)), (4,))
    with pytest.raises(ModuleError, match=r"1 \(Dropout\): dropout after the last layer"):
        ReadModule(nn.Sequential(nn.Linear(4, 1), nn.Dropout(0.5)), (4,))
    with pytest.raises(ModuleError, match=r"1 \(Softmax\) has dim=0: numpynet's softmax has dim=1"):
        ReadModule(nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=0)), (4,))
    with pytest.raises(ModuleError, match=r"loss cross_entropy after log_softmax.*take nll"):
        judged(made("ends_in_log_softmax"), Y=CLASSES, loss="cross_entropy")
    with pytest.raises(ValueError, match=r"loss cross_entropy after softmax: .* squashed twice"):
        judged(made("ends_in_softmax"), Y=CLASSES, loss="cross_entropy")
    with pytest.raises(ModuleError, match=r"^1 \(Conv1d\) cannot be read: it is no Linear and no BatchNorm1d"):
        ReadModule(nn.Sequential(nn.Unflatten(1, (1, 8)), nn.Conv1d(1, 1, 3), nn.Flatten(), nn.Linear(6, 1)))
    with pytest.raises(ModuleError, match=r"0 \(Unflatten\) raises .*, when it is run on examples of 7 or 1 numbers$"):
        ReadModule(nn.Sequential(nn.Unflatten(1, (2, 2)), nn.Linear(7, 1)))
    for nothing in (nn.ReLU(), nn.Sequential()):
        with pytest.raises(ModuleError, match="has no parameters; what can be read"):
            ReadModule(nothing)


def test_one_batch_norm_of_two_layers_is_refused() -> None:
    norm = nn.BatchNorm1d(4, affine=False)
    with pytest.raises(ModuleError, match=r"1 \(BatchNorm1d\): 1.running_mean is applied twice"):
        ReadModule(nn.Sequential(nn.Linear(4, 4), norm, nn.ReLU(), nn.Linear(4, 4), norm))
    with pytest.raises(ModuleError, match=r"1 \(Dropout\) has p=1.0: it drops everything"):
        ReadModule(REFUSED.of(nn.Dropout(1.0)))
    with pytest.raises(ModuleError, match=r"2 \(Softmax\): softmax of \(4,\), without a dimension of units"):
        ReadModule(nn.Sequential(nn.Linear(4, 1), nn.Flatten(0), nn.Softmax(dim=-1)))


def test_a_submodule_that_is_never_called_is_noted() -> None:
    model = made("Attributes")
    model.act, model.loss, model.empty = nn.ReLU(), nn.MSELoss(), nn.ModuleList()
    assert judged(model, loss="bce_with_logits").notes == ("act (ReLU) is never called",)


class Planted(nn.Module):
    """Something is done to the first layer's Z that autograd does not record."""

    def __init__(self, mistake: Callable[[torch.Tensor], Any]) -> None:
        super().__init__()
        self.a, self.b, self.mistake = nn.Linear(4, 5), nn.Linear(5, 1), mistake

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        z = self.a(x)
        self.mistake(z)
        prediction: torch.Tensor = self.b(torch.tanh(z))
        return prediction


def in_secret(z: torch.Tensor) -> None:
    z.data *= 1.1


def doubled(z: torch.Tensor) -> None:
    z.register_hook(lambda gradient: 2 * gradient)  # type: ignore[no-untyped-call]


def no_grad(z: torch.Tensor) -> None:
    with torch.no_grad():
        z += 0.01


@pytest.mark.parametrize(("mistake", "row"), [(in_secret, "A1"), (no_grad, "A1"), (doubled, "dZ1"), (len, "")])
def test_what_autograd_does_not_record_turns_red(mistake: Callable[[torch.Tensor], Any], row: str) -> None:
    report = judged(Planted(mistake), loss="bce_with_logits")
    first = report.first_divergence
    assert (first.name if first else "") == row
    assert (report.outcome == "pass") == (row == "")


@settings(max_examples=15, deadline=None, derandomize=True)
@given(
    widths=st.lists(st.integers(1, 6), min_size=2, max_size=4),
    names=st.lists(st.sampled_from([name for name in ACTIVATIONS if name != "softmax"]), min_size=3, max_size=3),
    options=st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=3, max_size=3),
)
def test_any_chain_is_read_as_it_was_made(widths: list[int], names: list[str], options: list[Any]) -> None:
    layers: list[nn.Module] = []
    expected = []
    for i, (n_in, n_out) in enumerate(pairwise(widths)):
        bias, norm, drop = options[i]
        hidden = i < len(widths) - 2
        layers += [nn.Linear(n_in, n_out, bias=bias), *[nn.BatchNorm1d(n_out)] * norm]
        layers += [ACTIVATIONS[names[i]].module()] + [nn.Dropout(0.25)] * (drop and hidden)
        expected.append((n_in, n_out, names[i], norm, 0.25 * (drop and hidden)))
    model = nn.Sequential(*layers).double()
    stream = np.random.default_rng(0)
    report = judged(model, stream.standard_normal((9, widths[0])), stream.standard_normal((9, widths[-1])), loss="mse")
    assert not [row for row in report.rows if row.outcome in WRONG]
    read = ReadModule(model)
    assert expected == [
        (one["input_dim"], one["output_dim"], one["activation"], one.get("batch_norm", False), one.get("dropout", 0))
        for one in read.nn_architecture
    ]
    assert [name for name in read.absent if name[0] == "b"] == [
        f"b{i}" for i in range(1, len(widths)) if not options[i - 1][0]
    ]


# ── what else knows of an absent parameter ──────────────────────────────────────────────────────────────────────────────


def test_the_twin_lacks_what_the_module_lacks() -> None:
    for style in ("without_biases", "nested"):
        trace = trace_module(made(style), X, CLASSES, loss="cross_entropy", optimizer="adam")
        twin = torch_trace(trace.step)
        compare(numpy_trace(trace.step), twin).raise_on_mismatch()
        assert all(np.array_equal(twin.values[name], trace.values[name]) for name in trace.step.shapes())


def test_the_lesson_of_a_module_without_biases() -> None:
    model = made("without_biases").double()
    trace = trace_module(model, X[:5], CLASSES[:5], loss="cross_entropy", optimizer="adam")
    graph = torch_graph(trace.step)
    lesson = make_lesson(trace.step, trace, graph)
    assert lesson.outcome == "pass"
    assert [node.name for node in graph.nodes].count("MmBackward0") == 2
    assert not {"db1", "b1'", "gamma1'", "exp_avg.b2'"} & set(lesson.quantities)
    assert lesson.quantities["b1"].meaning.endswith(": 0, as there are none")
    assert "The module's layer has no bias: b1 is 0, and stays 0." in lesson.steps[0].notes
    node = next(node for node in graph.nodes if node.name == "MmBackward0")
    kept = {one.field: torch.from_numpy(one.value.T.copy()) for one in node.saved}
    found: dict[str, Any] = {"grad": torch.from_numpy((node.gradient_in.value.T / 5).astype(float)), **kept}
    exec(node.words.code, found)
    of_the_input, of_the_weights = node.gradients_out
    assert of_the_input is not None
    assert of_the_weights is not None
    np.testing.assert_allclose(found["grad_self"].T * 5, of_the_input.value, rtol=1e-12)
    np.testing.assert_allclose(found["grad_mat2"].T, trace.values["dW2"], rtol=1e-12)


# ── a state_dict ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_state_dict_alone_is_a_chain_in_the_order_of_the_file() -> None:
    model = made("nested")[:2].append(nn.Linear(5, 3))
    read = ReadModule(chain_of(nn.DataParallel(model).state_dict(), "net.pt", "tanh", "linear"))
    assert [(one["activation"], one.get("batch_norm")) for one in read.nn_architecture] == [
        ("tanh", True), ("tanh", True), ("linear", None)
    ]  # fmt: skip
    assert np.array_equal(read.params_values["gamma1"][:, 0], model[0][0][1].weight.detach().numpy())
    read = ReadModule(chain_of(made("without_biases").state_dict(), "net.pt", "relu", "linear"))
    assert read.absent == ("b1", "beta1", "gamma1", "b2")


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({"conv.weight": torch.ones(2, 3, 3, 3)}, "net.pt: conv has weight (2, 3, 3, 3): alone, a state_dict can be read"),
        ({"W1": torch.ones(2, 3), "b1": torch.ones(2)}, "net.pt: the file has W1 (2, 3), b1 (2,)"),
        ({"a.weight": torch.ones(2, 3), "a.bias": torch.ones(3)}, "net.pt: a has weight (2, 3), bias (3,)"),
        ({"ids.weight": torch.ones(2, 3, dtype=torch.int64)}, "net.pt: ids has weight (2, 3)"),
    ],
)  # fmt: skip
def test_a_state_dict_alone_of_something_else_is_refused(state: dict[str, torch.Tensor], reason: str) -> None:
    with pytest.raises(ModuleError) as refused:
        chain_of(state, "net.pt", "relu", "linear")
    assert str(refused.value).startswith(reason)


def test_prefixes_are_taken_off_where_all_names_have_them() -> None:
    one = torch.ones(1)
    assert list(bare({"module.module.a": one, "module.module.b": one})) == ["a", "b"]
    assert list(bare({"module.a": one, "b": one})) == ["module.a", "b"]
    assert list(bare({"_orig_mod.a._orig_mod.b": one})) == ["a.b"]


# ── the command ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def net(tmp_path: Path) -> Path:
    """A file with a class, and the state_dict of one of them beside it."""
    file = tmp_path / "net.py"
    file.write_text(
        "import torch\nfrom torch import nn\n\n\nclass Net(nn.Module):\n    def __init__(self):\n"
        "        super().__init__()\n        self.a = nn.Linear(2, 6, bias=False)\n        self.n = nn.BatchNorm1d(6)\n"
        "        self.d = nn.Dropout(0.2)\n        self.b = nn.Linear(6, 1)\n\n    def forward(self, x):\n"
        '        print("hello")\n        return self.b(self.d(torch.tanh(self.n(self.a(x))))).squeeze(-1)\n'
    )
    model = load_implementation(file).Net()
    with torch.no_grad():
        model.n.bias += 0.3
    torch.save(model.state_dict(), tmp_path / "net.pt")
    np.savez(tmp_path / "net.npz", **{name: value.numpy() for name, value in model.state_dict().items()})
    return file


@pytest.mark.parametrize("more", [(), ("--steps", 3, "--optimizer", "adam"), ("--epochs", 4, "--batch-size", 100)])
def test_command_compares_a_file(numpynet_command: Command, net: Path, more: tuple[object, ...]) -> None:
    finished = numpynet_command("compare", "--torch", net, "--json", *more)
    assert finished.code == 0, finished
    result = json.loads(finished.out)
    assert (result["outcome"], result["dtype"]) == ("pass", "float32")
    assert result["summary"]["module"] == "Net in net.py"
    assert "db1" not in [row["name"] for row in result["rows"]]
    assert result["summary"]["loss"] == "bce_with_logits"
    assert set(finished.err.split()) == {"hello"}


@pytest.mark.parametrize("style", STYLE)
def test_command_compares_every_style(numpynet_command: Command, style: str) -> None:
    file = f"{MODULES / 'styles.py'}:{style}"
    finished = numpynet_command("compare", "--torch", file, "--data", "random", "--examples", 40, "--json")
    assert finished.code == 0, finished
    assert json.loads(finished.out)["summary"]["module"].endswith(" in styles.py")


def test_command_takes_the_one_module_of_a_file(numpynet_command: Command, net: Path) -> None:
    net.write_text(net.read_text() + "\n\nclass Other(Net):\n    pass\n\n\nmodel = Other()\n")
    finished = numpynet_command("compare", "--torch", net)
    assert finished.code == 0, finished
    assert "| Other in net.py | torch" in finished.out


def test_command_explains_a_module(numpynet_command: Command, net: Path) -> None:
    finished = numpynet_command("explain", "--torch", net, "--state", "net.pt", "--node", "dW1")
    assert finished.code == 0, finished
    assert "MmBackward0" in finished.out
    assert set(finished.err.split()) == {"hello"}
    assert numpynet_command("explain", "--torch", net, "--html", "e.html").code == 0
    for style in ("ends_in_log_softmax", "InPlace"):
        finished = numpynet_command("explain", "--torch", f"{MODULES / 'styles.py'}:{style}", "--data", "random")
        assert finished.code == 0, finished


DOCUMENT = (Path(__file__).parent.parent / "docs" / "torch-modules.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", re.findall(r"^numpynet (.*)$", DOCUMENT, re.M))
def test_command_of_the_document_runs(numpynet_command: Command, net: Path, command: str) -> None:
    finished = numpynet_command(*shlex.split(command))
    assert finished.code == 0, finished


def test_command_puts_a_state_dict_in(numpynet_command: Command, net: Path) -> None:
    for file in ("net.pt", "net.npz"):
        finished = numpynet_command(
            "compare", "--torch", f"{net}:Net", "--state", file, "--examples", 50, "--html", "p.html"
        )
        assert finished.code == 0, finished
        assert "| Net in net.py | torch 2." in finished.out
        page = Path("p.html").read_text(encoding="utf-8")
        assert "Net in net.py" in page
    finished = numpynet_command("compare", "--state", "net.pt", "--activation", "tanh", "--output", "linear")
    assert finished.code == 0, finished
    assert "2-6-1 tanh, linear, batch norm, bce_with_logits" in finished.out


def test_command_says_what_is_wrong_with_the_call(numpynet_command: Command, net: Path, tmp_path: Path) -> None:
    source = net.read_text()
    (tmp_path / "two.py").write_text(source + "\n\nclass Other(Net):\n    pass\n\n\nnumber = 3\n")
    (tmp_path / "none.py").write_text("import torch\n")
    (tmp_path / "syntax.py").write_text("def (\n")
    (tmp_path / "raises.py").write_text("x = 1\n\n1 / 0\n")
    (tmp_path / "needs.py").write_text(
        source.replace("__init__(self)", "__init__(self, width)").replace(
            "super().__init__(width)", "super().__init__()"
        )
    )
    (tmp_path / "breaks.py").write_text(source.replace("self.n(", "self.m("))
    (tmp_path / "skip.py").write_text(source.replace("self.n(self.a(x))", "self.n(self.a(x)) + self.a(x)"))
    torch.save({"model": {}, "epoch": 3}, "checkpoint.pt")
    torch.save(nn.Linear(2, 1), "pickled.pt")
    torch.save({"a.weight": torch.ones(6, 3)}, "shapes.pt")
    state = load_implementation(net).Net().state_dict()
    torch.save({**state, "a.weight": torch.ones(6, 3)}, "wide.pt")
    for arguments, said in {
        ("--torch", "two.py"): "--torch: which module of two.py? it has Net, Other: say it as two.py:NAME",
        ("--torch", "two.py:Third"): "two.py has no 'Third'; it has Net, Other",
        ("--torch", "two.py:number"): "two.py:number is a int: expected an nn.Module",
        ("--torch", "none.py"): "it has neither a module nor a class of modules",
        ("--torch", "gone.py"): "gone.py: no such file",
        ("--torch", "net.pt"): "'net.pt': expected the .py file that makes the module",
        ("--torch", "syntax.py"): "syntax.py cannot be loaded: SyntaxError: invalid syntax (syntax.py, line 1)\n",
        ("--torch", "raises.py"): "raises.py cannot be loaded: ZeroDivisionError: division by zero (raises.py, line 3)",
        ("--torch", "needs.py"): "needs.py, called without arguments, raises TypeError",
        ("--torch", "breaks.py"): "AttributeError: 'Net' object has no attribute 'm' (breaks.py, line 15)",
        ("--torch", "skip.py"): "the forward of Net in skip.py: torch.Tensor.add joins two ways",
        ("--torch", "net.py", "--layers", "2-1"): "--torch brings its own network, in its own precision: leave out --layers",
        ("--torch", "net.py", "--dtype", "float64"): "leave out --dtype",
        ("--state", "net.pt", "--batch-norm"): "--state brings its own network, in its own precision: leave out --batch-norm",
        ("--torch", "net.py", "--data", "iris"): "the network has 2 inputs and 1 output: iris needs 4 inputs",
        ("--torch", "net.py", "--state", "checkpoint.pt"): "checkpoint.pt holds 'model', a dict: expected a state_dict",
        ("--torch", "net.py", "--state", "pickled.pt"): "save model.state_dict(), not the model",
        ("--torch", "net.py", "--state", "shapes.pt"): "shapes.pt has no n.weight: Net has a.weight, n.weight",
        ("--torch", "net.py", "--state", "wide.pt"): "wide.pt: a.weight has shape (6, 3): Net has (6, 2) there",
    }.items():  # fmt: skip
        finished = numpynet_command("compare", *arguments)
        assert finished.code == 2, (arguments, finished)
        assert said in finished.err, (arguments, finished.err)
        assert "Traceback" not in finished.err


def test_a_forward_that_changes_on_the_way_ends_in_a_sentence(numpynet_command: Command, net: Path) -> None:
    source = net.read_text().replace('        print("hello")\n', "        assert len(x) < 800, 'too many'\n")
    net.write_text(source)
    finished = numpynet_command("compare", "--torch", net)
    assert finished.code == 2
    assert "raises AssertionError: too many (net.py, line 14)" in finished.err
    net.write_text(source.replace("assert len(x) < 800, 'too many'", "x = x if len(x) < 800 else 2 * x"))
    finished = numpynet_command("compare", "--torch", net)
    assert finished.code == 2
    assert "torch.Tensor.mul is none of the operations" in finished.err


def test_a_red_module_ends_with_exit_code_1(numpynet_command: Command, net: Path) -> None:
    source = net.read_text().replace(
        "return self.b(self.d(torch.tanh(self.n(self.a(x)))))",
        "h = torch.tanh(self.n(self.a(x)))\n        h.data += 0.01\n        return self.b(self.d(h))",
    )
    net.write_text(source)
    finished = numpynet_command("compare", "--torch", net)
    assert finished.code == 1
    assert "First divergence: D1" in finished.out
    assert "torch-wrong: Net in net.py has D1[" in finished.out


def test_a_saturated_module_is_told_what_decides(numpynet_command: Command, tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(
        "from torch import nn\n\nmodel = nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())\nmodel[0].weight.data *= 1000\n"
    )
    finished = numpynet_command("compare", "--torch", "net.py")
    assert finished.code == 1
    assert "; without the module's last activation, --loss bce_with_logits decides" in " ".join(finished.out.split())


def test_a_dead_layer_is_no_pass(numpynet_command: Command, net: Path) -> None:
    net.write_text(
        net.read_text()
        .replace("torch.tanh(self.n(self.a(x)))", "torch.relu(self.n(self.a(x)) - 0)")
        .replace(" - 0", "")
    )
    state = dict(torch.load("net.pt", weights_only=True))
    state["n.bias"] -= 20
    torch.save(state, "dead.pt")
    finished = numpynet_command("compare", "--torch", net, "--state", "dead.pt")
    assert finished.code == 1
    assert "Start from other weights than those of Net in net.py" in finished.out
