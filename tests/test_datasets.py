"""The data that ship with the package are the ones that their library makes."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from numpynet.datasets import moons, scikit_learns_moons


@pytest.mark.parametrize("part", ["X_train", "Y_train", "X_test", "Y_test"])
def test_moons_are_scikit_learns(part: str) -> None:
    """To the last bit of the cosine: processors may round that bit in their own way."""
    ours, theirs = getattr(moons(), part), getattr(scikit_learns_moons(), part)
    assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=2.0**-51)


@pytest.mark.parametrize("command", ["compare", "explain", "train --epochs 1 --save w.npz", "check mine.py"])
def test_the_default_commands_need_no_scikit_learn(command: str, tmp_path: object) -> None:
    program = (
        "import sys; from numpynet.__main__ import main\n"
        f"sys.argv[1:] = {command.split()!r}\n"
        "try:\n    main()\nexcept SystemExit as end:\n    code = end.code\n"
        "assert code in (0, 2), code\n"
        "assert not [name for name in sys.modules if name.partition('.')[0] == 'sklearn']"
    )
    subprocess.run([sys.executable, "-c", program], cwd=str(tmp_path), check=True, capture_output=True)
