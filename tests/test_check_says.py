"""What `check` says of a file that does not parse, that raises, that it cannot judge, or of which it judges a part."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import IMPLEMENTATIONS, Finished

from numpynet.printable import sentence

Command = Callable[..., Finished]
NET = """import numpy as np


class Net:
    def __init__(self, n_inputs, n_hidden, n_outputs):
        self.W1, self.b1 = np.ones((n_inputs, n_hidden)), np.zeros(n_hidden)
        self.W2, self.b2 = np.ones((n_hidden, n_outputs)), np.zeros(n_outputs)

    def forward(self, X):
        self.X, self.H = X, np.tanh(X @ self.W1 + self.b1)
        return 1 / (1 + np.exp(-(self.H @ self.W2 + self.b2)))

    def backward(self, Y):
        return Y
"""
BOX = """import numpy as np

X = np.linspace(0, 1, 5)


def init():
    return {"w": np.ones(1)}


def loss(params):
    return float(np.mean((params["w"] * X - 1) ** 2))


def grads(params):
    return {"w": np.array([np.mean(2 * (params["w"] * X - 1) * X)])}
"""


def report(command: Command, name: str, text: str, *arguments: str) -> str:
    """What is printed, with single blanks."""
    Path(name).write_text(text, encoding="utf-8")
    return " ".join(command("check", name, *arguments).out.split())


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("mine.py", "def f(:\n", "mine.py: error. line 1 does not parse: invalid syntax"),
        ("mine.py", "x = 1\n", "mine.py: error. it defines no function and no class"),
        ("notes.md", "# Notes\n\nbuy milk\n", "notes.md: error. it is no Python: line 3 does not parse: invalid syntax"),
        ("mine.py", "def other(): pass\ndef f(:\n", "line 2 does not parse: invalid syntax; and none of the functions"),
        ("net.py", "from torch import nn\nnet = nn.Sequential(nn.Linear(2, 1))\n", "numpynet compare --torch net.py:net"),
        ("net.py", "import torch.nn as nn\nclass Net(nn.Module):\n    def forward(self, x): return x\n", "--torch net.py:Net"),
    ],
    ids=["no function parses", "no function", "no Python", "the rest is not known", "torch", "torch class"],
)  # fmt: skip
def test_what_is_no_file_for_check_is_said(numpynet_command: Command, name: str, text: str, words: str) -> None:
    assert words in report(numpynet_command, name, text)


@pytest.mark.parametrize(("attribute", "is_told"), [("nn_architecture", True), ("plan", False)])
def test_what_a_method_reads_from_self_is_said_where_its_names_say_so(
    numpynet_command: Command, attribute: str, is_told: bool
) -> None:
    text = (
        "import numpy as np\n\nclass Net:\n    def __init__(self, plan, name):\n        self.WORD = plan.of(name)\n\n"
        "    def init_layers(self):\n        return {f'W{k}': np.zeros(w) for k, w in enumerate(self.WORD)}\n\n"
        "    def relu(self, Z):\n        return np.maximum(0, Z)\n"
    )
    out = report(numpynet_command, "mine.py", text.replace("WORD", attribute))
    assert ("It reads nn_architecture from self" in out) == is_told
    assert ("On which inputs it can be tried is not known" in out) != is_told


def test_what_does_not_parse_is_said_first(numpynet_command: Command) -> None:
    out = report(numpynet_command, "mine.py", NET.replace("def forward(self, X):", "def forward(self, X)"))
    assert out.startswith("✗ line 9 does not parse: expected ':'. Mend that first")
    assert "could not be found out" not in out
    assert "cannot judge before it parses: Net.backward" in out


def test_a_file_that_does_not_parse_is_not_right(numpynet_command: Command) -> None:
    right = (IMPLEMENTATIONS / "tutorial.py").read_text(encoding="utf-8")
    assert "mine.py: cannot judge. " in report(numpynet_command, "mine.py", right + "\n\ndef plot(:\n    pass\n")


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ("np.tanh", "np.tahn", 10, "Net(3, 5, 2).forward(X) with X of shape (7, 3) raises "
         "AttributeError: module 'numpy' has no attribute 'tahn'"),
        ("X @ self.W1", "self.W1 @ X.T @ X", 10, "raises ValueError: matmul"),
        ("np.zeros(n_hidden)", "np.zero(n_hidden)", 6, "Net(3, 5, 2) raises AttributeError"),
    ],
    ids=["forward", "shapes", "constructor"],
)  # fmt: skip
def test_what_a_class_raises_is_shown(
    numpynet_command: Command, before: str, after: str, line: int, words: str
) -> None:
    out = report(numpynet_command, "mine.py", NET.replace(before, after))
    assert words in out
    assert f"line {line}: self." in out
    assert "Net.backward, line 13: cannot judge It cannot be tried as long as" in out


def test_gradcheck_is_advised_where_it_runs(numpynet_command: Command) -> None:
    out = report(numpynet_command, "box.py", BOX)
    command = "numpynet gradcheck box.py --cost loss --gradients grads --parameters init"
    assert command in out
    assert numpynet_command(*command.split()[1:]).code == 0
    without_start = report(numpynet_command, "box.py", BOX.replace("def init()", "def init(seed)"))
    assert "numpynet gradcheck box.py" not in without_start
    assert "docs/gradients.md" in without_start


def test_what_was_not_looked_at_is_listed(numpynet_command: Command) -> None:
    text = (IMPLEMENTATIONS / "tutorial.py").read_text(encoding="utf-8")
    text = text.replace("return np.maximum(0, Z)", "return clipped(Z)")
    text += "\n\ndef clipped(Z):\n    return np.maximum(0, Z)\n\n\ndef model(X):\n    return helper(X)\n\n\ndef helper(X):\n    return X\n"
    out = report(numpynet_command, "mine.py", text)
    assert "not looked at: model, helper" in out
    assert json.loads(numpynet_command("check", "mine.py", "--json").out)["unread"] == ["model", "helper"]


@pytest.mark.parametrize(
    ("says", "shown"),
    [("it raises", "It raises."), ("b_hid is never updated", "b_hid is never updated."), ("bias stays", "bias stays.")],
)
def test_names_keep_their_case(says: str, shown: str) -> None:
    assert sentence(says) == shown
