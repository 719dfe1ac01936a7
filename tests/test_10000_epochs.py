"""The reference run, 10,000 epochs: alone, and beside torch."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from conftest import Finished

import numpynet
from numpynet.datasets import moons

Command = Callable[..., Finished]


@pytest.mark.slow
def test_10000_epochs_end_within_1e_13_and_098(numpynet_command: Command) -> None:
    result = json.loads(numpynet_command("compare", "--epochs", 10_000, "--every", 1000, "--json").out)
    assert result["outcome"] == "pass"
    assert max(row["max_abs"] for row in result["drift"]["rows"]) < 1e-13
    assert [final["test_accuracy"] for final in result["drift"]["final"].values()] == [0.98, 0.98]


@pytest.mark.slow
def test_reference_run_reaches_098_on_the_test_set() -> None:

    data = moons()
    assert data.X_train.shape == (2, 900)
    steps = list(numpynet.training_steps(data.X_train, data.Y_train, numpynet.NN_ARCHITECTURE, 10_000, 0.01))
    assert steps[0].cost == pytest.approx(0.6936, abs=5e-5)
    Y_hat, _ = numpynet.full_forward_propagation(data.X_train, steps[-1].params_values, numpynet.NN_ARCHITECTURE)
    assert numpynet.get_cost_value(Y_hat, data.Y_train) == pytest.approx(0.0743, abs=5e-5)
    assert numpynet.get_accuracy_value(Y_hat, data.Y_train) == pytest.approx(0.969, abs=5e-4)
    Y_hat, _ = numpynet.full_forward_propagation(data.X_test, steps[-1].params_values, numpynet.NN_ARCHITECTURE)
    assert numpynet.get_accuracy_value(Y_hat, data.Y_test) == 0.98
