"""The types that signatures share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NotRequired, TypeAlias, TypedDict

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
Parameters: TypeAlias = dict[str, Array]
Value: TypeAlias = Any  # what the definitions are written in: it has +, ·, exp, …
FLOAT_DTYPES = (np.dtype(np.float32), np.dtype(np.float64))
WIDER = {np.dtype(np.float32): np.float64, np.dtype(np.float64): np.longdouble}


class Layer(TypedDict):
    """One layer of `nn_architecture`: Z, then batch norm if it is asked for, the activation, and dropout if it is."""

    input_dim: int
    output_dim: int
    activation: str
    batch_norm: NotRequired[bool]
    dropout: NotRequired[float]


Architecture: TypeAlias = Sequence[Layer]
