"""Small arrays as text: 1, not 1.0, and no more digits than it takes to tell two numbers apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

DIGITS, MOST_DIGITS = 6, 17


def written(value: Any, digits: int = DIGITS) -> str:
    """[[1, 0.5]] of such an array; text as it is."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(written(item, digits) for item in value)}]"
    if isinstance(value, (bool, int, float, np.number)):
        return f"{float(value) + 0.0:.{digits}g}"  # + 0.0: no −0
    return str(value)


def digits_of(exact: Any, got: Any) -> int:
    """As many as it takes to tell the two apart, six at the least."""
    if isinstance(got, str) or np.shape(exact) != np.shape(got):
        return DIGITS
    return next((n for n in range(DIGITS, MOST_DIGITS) if written(exact, n) != written(got, n)), MOST_DIGITS)
