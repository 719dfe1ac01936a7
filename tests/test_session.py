"""What a session can do besides calling: keep what a call returned, note calls, make objects, run what is trusted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from numpynet.sandbox import LoadError, Odd, Session
from numpynet.sandbox.session import Isolation

SOURCE = """
import numpy as np
from collections import namedtuple

Pair = namedtuple("Pair", "Z A")


class Cache:
    def __init__(self, Z):
        self.Z = Z


def forward(Z):
    return relu(Z), Cache(Z), {"Z": Z, "pair": Pair(Z, Z + 1)}


def backward(cache, dA):
    return dA * (cache.Z > 0)


def relu(Z):
    return np.maximum(0, Z)


TABLE = {"relu": (relu, 1)}


def by_table(Z):
    return TABLE["relu"][0](Z) + relu(Z=Z)


def spoil(Z):
    Z[:] = 7
    return None


class Network:
    def __init__(self, sizes, scale=1.0):
        self.W = scale * np.ones(sizes)
        self.act = self.relu

    def relu(self, Z):
        return np.maximum(0, Z) * self.W.sum()

    def forward(self, Z):
        return self.act(Z)
"""
Z = np.array([[1.0, -2.0]])


@pytest.fixture(params=["plain", "none"])
def session(request: pytest.FixtureRequest, tmp_path: Path) -> Session:
    (tmp_path / "mine.py").write_text(SOURCE, encoding="utf-8")
    isolation: Isolation = request.param
    return Session(tmp_path / "mine.py", isolation=isolation)


def test_what_is_kept_can_be_handed_on_whatever_it_is(session: Session) -> None:
    with session:
        answer = session.call("forward", [Z], keep=True)
        assert isinstance(answer.value[1], Odd)
        assert answer.kept is not None
        there = answer.kept.value
        np.testing.assert_array_equal(session.call("backward", [there.part(1), Z]).value, [[1.0, 0.0]])
        np.testing.assert_array_equal(session.fetch(there.part(2, "Z")), Z)
        np.testing.assert_array_equal(session.fetch(there.part(2, "pair", 1)), Z + 1)
        np.testing.assert_array_equal(session.above_zero(there.part(2))["Z"], Z > 0)
        assert session.fetch(there.part(2, "nothing")) is None
        session.forget(answer.kept.handle)
        assert session.call("relu", [Z]).raised is None
        assert session.fetch(there) is None
        assert session.call("backward", [there.part(1), Z]).raised is not None


def test_what_is_not_to_be_sent_is_not(session: Session) -> None:
    with session:
        quiet = session.call("forward", [Z], keep=True, send="nothing")
        assert (quiet.value, quiet.arguments, quiet.raised) == (None, (), None)
        assert session.call("relu", [Z], send="value").arguments == ()
        spoilt = session.call("spoil", [Z], keep=True)
        np.testing.assert_array_equal(spoilt.arguments[0], [[7.0, 7.0]])
        assert spoilt.kept is not None
        np.testing.assert_array_equal(session.fetch(spoilt.kept.arguments.part(0)), [[7.0, 7.0]])


def test_calls_are_noted_wherever_the_code_finds_the_function(session: Session) -> None:
    with session:
        answer = session.call("by_table", [Z], keep=True, record=["relu"])
        assert answer.recorded == ("relu", "relu")
        assert answer.kept is not None
        positional, named, result = answer.kept.call(0)
        np.testing.assert_array_equal(session.fetch(positional.part(0)), Z)
        np.testing.assert_array_equal(session.fetch(result), np.maximum(0, Z))
        assert session.fetch(named) == {}
        np.testing.assert_array_equal(session.fetch(answer.kept.call(1)[1].part("Z")), Z)
        assert session.call("by_table", [Z]).recorded == ()


def test_object_is_made_of_arguments_and_its_methods_are_noted(session: Session) -> None:
    with session:
        assert session.make("Network", [[2]], {"scale": 3.0}).raised is None
        answer = session.call("Network.forward", [Z], keep=True, record=["Network.relu"])
        np.testing.assert_array_equal(answer.value, np.maximum(0, Z) * 6)
        assert answer.recorded == ("Network.relu",)
        assert answer.kept is not None
        np.testing.assert_array_equal(session.fetch(answer.kept.call(0)[0].part(0)), Z)
        assert session.look("Network").value["W"].tolist() == [3.0, 3.0]
        session.put("Network", {"W": np.array([1.0])})
        np.testing.assert_array_equal(session.call("Network.forward", [Z]).value, np.maximum(0, Z))
        session.renew()  # another process: the object is made again
        np.testing.assert_array_equal(session.call("Network.forward", [Z]).value, np.maximum(0, Z) * 6)
        raised = session.make("Network", [], {"nothing": 1}).raised
        assert raised is not None
        assert "unexpected keyword argument 'nothing'" in raised.text


def test_trusted_file_runs_as_a_whole_with_what_is_installed(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(
        "import rich, helper_beside_it\nTABLE = {}\nfor name in ('a', 'b'):\n    TABLE[name] = helper_beside_it.value\n"
        "if TABLE:\n    def relu(Z): return TABLE\nif __name__ == '__main__':\n    raise SystemExit\n",
        encoding="utf-8",
    )
    (tmp_path / "helper_beside_it.py").write_text("value = 5", encoding="utf-8")
    with Session(path, isolation="none") as session:
        assert session.loaded.notes == ()
        assert session.call("relu", [Z]).value == {"a": 5, "b": 5}
    with Session(path, isolation="plain") as session:
        assert session.loaded.notes[0].startswith("rich is not here")
    path.write_text("x = 1\nraise ValueError('no')\n", encoding="utf-8")
    with pytest.raises(LoadError, match="line 2: ValueError: no"), Session(path, isolation="none"):
        pass


def test_stand_ins_that_took_part_are_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(
        "import torch\nfrom helpers import *\nfrom tqdm import tqdm\ndef relu(Z): return torch.relu(Z)\n"
        "def sigmoid(Z): return squash(Z)\ndef update(Z): return Z\n",
        encoding="utf-8",
    )
    with Session(path, isolation="plain") as session:
        assert session.call("relu", [Z]).stand_ins == ("torch.relu",)
        assert session.call("sigmoid", [Z]).stand_ins == ("helpers",)
        assert session.call("update", [Z]).stand_ins == ()
