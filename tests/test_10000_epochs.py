"""The reference run, 10,000 epochs: beside torch."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from conftest import Finished

Command = Callable[..., Finished]


@pytest.mark.slow
def test_10000_epochs_end_within_1e_13_and_098(numpynet_command: Command) -> None:
    """Numpynet's side is the reference run: test_free_run_is_what_train_does."""
    result = json.loads(numpynet_command("compare", "--epochs", 10_000, "--every", 1000, "--json").out)
    assert result["outcome"] == "pass"
    assert max(row["max_abs"] for row in result["drift"]["rows"]) < 1e-13
    for side, final in result["drift"]["final"].items():
        assert result["drift"]["rows"][0][f"{side}_cost"] == pytest.approx(0.6936, abs=5e-5)
        assert final["cost"] == pytest.approx(0.0743, abs=5e-5)
        assert final["train_accuracy"] == pytest.approx(0.969, abs=5e-4)
        assert final["test_accuracy"] == 0.98
