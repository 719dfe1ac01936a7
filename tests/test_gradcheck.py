"""`numpynet gradcheck`: any code's gradients against its cost, in a process of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import Finished

Command = Callable[..., Finished]
SOURCE = """
import numpy as np

X = np.random.RandomState(1).randn(30, 2)
y = np.random.RandomState(2).randint(0, 2, (30, 1))


def start():
    r = np.random.RandomState(0)
    return {"W1": r.randn(2, 4), "b1": np.zeros(4), "W2": r.randn(4, 1), "b2": np.zeros(1)}


def forward(p):
    h = np.tanh(X @ p["W1"] + p["b1"])
    return h, 1 / (1 + np.exp(-(h @ p["W2"] + p["b2"])))


def loss(p):
    _, q = forward(p)
    return -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q))


def gradients(p):
    h, q = forward(p)
    e = (q - y) / 30
    back = e @ p["W2"].T * (1 - h**2)
    return {"dW1": X.T @ back, "db1": back.sum(0), "dW2": h.T @ e, "db2": e.sum(0)}


def both(p):
    return loss(p), gradients(p)


def as_list():
    return list(start().values())


def loss_of_list(ps):
    return loss(dict(zip(start(), ps)))


def gradients_of_list(ps):
    return tuple(gradients(dict(zip(start(), ps))).values())


class Model:
    def __init__(self, scale):
        self.scale = scale

    def cost(self, w):
        return float(np.sum((w - self.scale) ** 2))

    def slope(self, w):
        return 2 * (w - self.scale)


w0 = np.array([0.5, 2.0])
for _ in range(2):
    late = 3


def uses_late(p):
    return late * loss(p)


def two(p, more):
    return loss(p)


def raising(p):
    return p["W9"]


def restless(p):
    return loss(p) + np.random.default_rng().random()


def drawing(p):
    return loss(p) * (1 + np.random.rand())


def greedy(p):
    p["W1"] *= 0.5
    return loss(p)


def complex_cost(p):
    return loss(p) * 1j


def nan_cost(p):
    return float("nan")


def objects(p):
    return np.array([None])


def wide(p):
    return {name: value.astype(complex) for name, value in gradients(p).items()}
"""
RIGHT = ("--cost", "loss", "--gradients", "gradients", "--parameters", "start")


@pytest.fixture
def gradcheck(numpynet_command: Command, tmp_path: Path) -> Command:
    (tmp_path / "mine.py").write_text(SOURCE, encoding="utf-8")
    return lambda *arguments: numpynet_command("gradcheck", "mine.py", *arguments)


def test_right_gradients_pass(gradcheck: Command) -> None:
    finished = gradcheck(*RIGHT)
    assert finished.code == 0
    assert finished.out.splitlines()[:5] == [
        "W1: 8 elements right", "b1: 4 elements right", "W2: 4 elements right", "b2: 1 element right",
        "4 of 4 gradients are right: pass",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("h.T @ e,", "h.T @ e * 30,", "it is 30 times what it should be"),
        ("back.sum(0)", "-back.sum(0)", "it has the opposite sign"),
        ("X.T @ back,", "0 * X.T @ back,", "it is 0 everywhere"),
    ],
)
def test_wrong_gradient_is_named_with_the_way(
    gradcheck: Command, tmp_path: Path, before: str, after: str, said: str
) -> None:
    assert before in SOURCE
    (tmp_path / "mine.py").write_text(SOURCE.replace(before, after), encoding="utf-8")
    finished = gradcheck(*RIGHT)
    assert finished.code == 1
    assert said in finished.out
    assert "3 of 4 gradients are right: fail" in finished.out
    data = json.loads(gradcheck(*RIGHT, "--json").out)
    assert data["outcome"] == "fail"
    assert [row["outcome"] for row in data["rows"]].count("fail") == 1


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("X.T @ back,", "(X.T @ back).T,", "W1: its gradient has shape (4, 2), expected (2, 4): it is transposed"),
        ('"db1": back.sum(0), ', "", "b1: its gradient is not there"),
        ("back.sum(0)", "back.sum(0)[:2]", "b1: its gradient has shape (2,), expected (4,)"),
    ],
)
def test_gradient_of_another_shape_is_wrong(
    gradcheck: Command, tmp_path: Path, before: str, after: str, said: str
) -> None:
    assert before in SOURCE
    (tmp_path / "mine.py").write_text(SOURCE.replace(before, after), encoding="utf-8")
    finished = gradcheck(*RIGHT)
    assert finished.code == 1
    assert said in finished.out
    assert "3 of 4 gradients are right: fail" in finished.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("--cost", "both", "--gradients", "both", "--parameters", "start"),
        ("--cost", "loss_of_list", "--gradients", "gradients_of_list", "--parameters", "as_list"),
        ("--cost", "cost", "--gradients", "slope", "--parameters", "w0", "--class", "Model", "--init", "3.0"),
        ("--cost", "Model.cost", "--gradients", "Model.slope", "--parameters", "w0", "--class", "Model", "--init", "1"),
        ("--cost", "loss", "--gradients", "gradients", "--parameters", "start.npz"),
        (*RIGHT, "--isolation", "plain"),
        (*RIGHT, "--trust"),
    ],
)
def test_any_form_is_taken(gradcheck: Command, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    np.savez(tmp_path / "start.npz", W1=np.ones((2, 4)) / 3, b1=np.zeros(4), W2=np.ones((4, 1)), b2=np.zeros(1))
    finished = gradcheck(*arguments)
    assert finished.code == 0, finished


def test_what_stands_in_a_loop_needs_trust(gradcheck: Command) -> None:
    late = ("--cost", "uses_late", "--gradients", "gradients", "--parameters", "start")
    finished = gradcheck(*late)
    assert finished.code == 1
    assert "Cannot judge: uses_late raised NameError: name 'late' is not defined (mine.py, line" in finished.out
    assert "it is 1/3 of what it should be" in gradcheck(*late, "--trust").out


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        ("raising", "raising raised KeyError: 'W9' (mine.py, line"),
        ("restless", "for the same parameters: seed what it draws"),
        ("drawing", "for the same parameters: seed what it draws"),
        ("greedy", "greedy changes the parameters that it is given"),
        ("complex_cost", "complex_cost returned complex128: expected one number"),
        ("nan_cost", "cost is nan: expected a finite number"),
        ("objects", "expected one number"),
        ("forward", "cost returned tuple: expected one number"),
    ],
)
def test_cost_that_cannot_be_asked_cannot_be_judged(gradcheck: Command, cost: str, said: str) -> None:
    arguments = ("--cost", cost, *RIGHT[2:])
    finished = gradcheck(*arguments)
    assert finished.code == 1
    assert "Cannot judge: " in finished.out
    assert said in finished.out
    assert json.loads(gradcheck(*arguments, "--json").out)["outcome"] == "cannot-judge"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--cost", "lose", *RIGHT[2:]), "--cost lose: mine.py has no such function; it has start, forward, loss"),
        (("--cost", "two", *RIGHT[2:]), "two(p, more) must take the parameters, and nothing else"),
        (("--cost", "start", *RIGHT[2:]), "start() must take the parameters, and nothing else"),
        (("--cost", "loss", "--gradients", "forward", "--parameters", "start"), "--gradients forward returned a tuple"),
        (
            ("--cost", "loss", "--gradients", "wide", "--parameters", "start"),
            "expected the gradients of W1, b1, W2, b2",
        ),
        (("--cost", "loss", "--gradients", "gradients", "--parameters", "loss"), "loss wants arguments"),
        (("--cost", "loss", "--gradients", "gradients", "--parameters", "none"), "no such function or variable"),
        (("--cost", "loss", "--gradients", "gradients", "--parameters", "late"), "no such function or variable"),
        (("--cost", "loss", "--gradients", "raising", "--parameters", "start"), "--gradients raising raised KeyError"),
        (("--cost", "loss", "--gradients", "gradients", "--parameters", "gone.npz"), "gone.npz"),
        ((*RIGHT, "--class", "Nobody"), "mine.py has no class Nobody; it has Model"),
        ((*RIGHT, "--init", "1"), "name it with --class"),
        (
            (*RIGHT, "--class", "Model", "--init", "open('x')"),
            "expected the arguments of a constructor as Python literals",
        ),
        ((*RIGHT, "--trust", "--isolation", "plain"), "leave out --isolation plain"),
        (RIGHT[:4], "Missing option '--parameters'"),
    ],
)
def test_wrong_call_says_why(gradcheck: Command, arguments: tuple[str, ...], said: str) -> None:
    finished = gradcheck(*arguments)
    assert finished.code == 2, finished
    assert said in " ".join(finished.err.split())


def test_file_is_run_isolated(gradcheck: Command, tmp_path: Path) -> None:
    harm = SOURCE.replace(
        "    _, q = forward(p)\n    return -", "    open('spoilt', 'w')\n    _, q = forward(p)\n    return -"
    )
    (tmp_path / "mine.py").write_text(
        harm.replace("open('spoilt'", f"open({str(tmp_path / 'spoilt')!r}"), encoding="utf-8"
    )
    finished = gradcheck(*RIGHT, "--isolation", "plain")
    assert finished.code == 1
    assert "does not allow writing" in finished.out
    assert not (tmp_path / "spoilt").exists()
