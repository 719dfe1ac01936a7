"""The names of quantities: read as they are made, and made in one place."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from problems import REFERENCE, step

from numpynet import names

PACKAGES = [Path(__file__).parent.parent / name for name in ("numpynet", "torch_reference", "scripts")]
SPEAKS_THE_LABS_LANGUAGE = {"names.py"} | {  # these are read as the lab writes them
    f"{name}.py" for name in ("network", "optimizers", "dropout", "normalization")
}
MADE = re.compile(r"""[^r]f"(?:d?[WbZA]\{[^{}"]+\}'?|d\{[^{}"]+\}|\{[^{}"]+\}'|f′\(.*)["]""")


@pytest.mark.parametrize("layer", [1, 2, 10, 123])
@pytest.mark.parametrize(
    ("make", "kind", "phase"),
    [
        (names.W, "W", "forward"),
        (names.b, "b", "forward"),
        (names.Z, "Z", "forward"),
        (names.A, "A", "forward"),
        (lambda layer: names.slope(names.Z(layer)), "f′", "forward"),
        (lambda layer: names.slope(names.N(layer)), "f′", "forward"),
        (names.N, "N", "forward"),
        (names.D, "D", "forward"),
        (names.mask, "mask", "forward"),
        (lambda layer: names.d(names.D(layer)), "dD", "backward"),
        (lambda layer: names.make("dgamma", layer), "dgamma", "backward"),
        (lambda layer: names.make("dbeta", layer), "dbeta", "backward"),
        (lambda layer: names.after(names.make("running_var", layer)), "running_var'", "update"),
        (lambda layer: names.kept("exp_avg", names.make("gamma", layer)), "exp_avg.gamma", "forward"),
        (names.dW, "dW", "backward"),
        (names.db, "db", "backward"),
        (names.dZ, "dZ", "backward"),
        (names.dA, "dA", "backward"),
        (lambda layer: names.after(names.W(layer)), "W'", "update"),
    ],
)
def test_a_name_is_read_as_it_was_made(make: Callable[[int], str], kind: str, phase: str, layer: int) -> None:
    name = make(layer)
    assert (names.kind(name), names.layer_of(name), names.phase(name)) == (kind, layer, phase)


@pytest.mark.parametrize("name", ["cost", "Y", "ℓ", "L", "", "W", "W1x", "xW1", "dcost"])
def test_what_has_no_layer_is_its_own_kind(name: str) -> None:
    assert (names.kind(name), names.layer_of(name)) == (name, None)


def test_every_name_of_a_step_is_known() -> None:
    given = step(REFERENCE, "float64")
    assert {names.kind(name) for name in given.shapes()} == {
        "A", "Z", "cost", "dA", "dZ", "dW", "db", "W'", "b'",
    }  # fmt: skip
    assert list(given.params_values) == [make(i) for i in range(1, 6) for make in (names.W, names.b)]
    assert names.of("dW3") == names.of("W3'") == "W3"


@pytest.mark.parametrize(
    "file",
    sorted(file for folder in PACKAGES for file in folder.rglob("*.py") if file.name not in SPEAKS_THE_LABS_LANGUAGE),
    ids=lambda file: file.name,
)
def test_names_are_made_in_one_place(file: Path) -> None:
    assert MADE.findall(file.read_text(encoding="utf-8")) == []


def test_a_name_that_is_made_elsewhere_is_seen() -> None:
    for line in (' f"dW{layer_idx}"', '(f"d{name}")', '[f"{name}\'"]', ' f"f′(Z{i})"'):
        assert MADE.findall(line)
    assert not MADE.findall(' rf"dZ_{{{i}}}" f"{name}: {value}"')
