"""Weights on disk, and files that are never half written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from numpynet.training import starting_parameters
from numpynet.types import FLOAT_DTYPES, Architecture, Array, Layer, Parameters
from numpynet.validation import check_architecture, check_finite, check_shape


@dataclass(frozen=True)
class Scaler:
    """x → (x − mean) / scale, one value a feature: both (features, 1)."""

    mean: Array
    scale: Array

    @classmethod
    def fit(cls, X: Array) -> Scaler:
        """Mean and standard deviation of each row of X (features, m); a constant feature is only centred."""
        deviation = X.std(axis=1, keepdims=True)
        return cls(X.mean(axis=1, keepdims=True), np.where(deviation > 0, deviation, 1))

    def __call__(self, X: Array) -> Array:
        """X, (features, m), scaled."""
        scaled: Array = (X - self.mean) / self.scale
        return scaled


@dataclass(frozen=True)
class Weights:
    """Trained weights with what their use needs: the architecture and, where the data were standardised, the scaler."""

    params_values: Parameters
    nn_architecture: Architecture
    scaler: Scaler | None = None

    @property
    def dtype(self) -> np.dtype:
        """float32 or float64."""
        return self.params_values["W1"].dtype


def write_beside(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write a temporary file in the same folder, then rename it: `path` is never seen half written."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def check_writable(folder: Path) -> None:
    """OSError unless a file can be made in the folder."""
    with tempfile.TemporaryFile(dir=folder):
        pass


def save_weights(path: Path, weights: Weights) -> None:
    """An .npz without pickle: W1, b1 …, `layers` (the widths), `activations`, and `mean`, `scale` if there are any."""
    layers = weights.nn_architecture
    arrays: dict[str, Array] = {
        **weights.params_values,
        "layers": np.array([layers[0]["input_dim"], *(layer["output_dim"] for layer in layers)]),
        "activations": np.array([layer["activation"] for layer in layers]),
    }
    if weights.scaler is not None:
        arrays |= {"mean": weights.scaler.mean, "scale": weights.scaler.scale}
    write_beside(path, lambda file: np.savez(file, allow_pickle=False, **arrays))


def load_weights(path: Path) -> Weights:
    """What `save_weights` wrote. ValueError where it is something else; OSError where it cannot be read."""
    arrays = read_npz(path, ("layers", "activations", "W1", "b1"))
    widths, activations = arrays["layers"], arrays["activations"]
    for name, array in arrays.items():
        kinds = {"layers": "iu", "activations": "U"}.get(name, "f")
        if array.dtype.kind not in kinds:
            wanted = {"iu": "whole numbers", "U": "names", "f": "floating-point numbers"}[kinds]
            raise ValueError(f"{path}: {name} has dtype {array.dtype}: expected {wanted}")
    check_shape(f"{path}: layers", widths, ("at least two widths",))
    check_shape(f"{path}: activations", activations, (len(widths) - 1,))
    nn_architecture: list[Layer] = [
        {"input_dim": int(n_in), "output_dim": int(n_out), "activation": str(name)}
        for n_in, n_out, name in zip(widths[:-1], widths[1:], activations, strict=True)
    ]
    check_architecture(nn_architecture)
    dtype = arrays["W1"].dtype
    if dtype not in FLOAT_DTYPES:
        raise ValueError(f"{path}: W1 has dtype {dtype}: expected float32 or float64")
    params_values = starting_parameters(arrays, nn_architecture, dtype)
    if "mean" not in arrays:
        return Weights(params_values, nn_architecture)
    for name in ("mean", "scale"):
        check_shape(f"{path}: {name}", arrays.get(name, np.empty(0)), (nn_architecture[0]["input_dim"], 1))
        check_finite(f"{path}: {name}", arrays[name])
    if not (arrays["scale"] > 0).all():
        raise ValueError(f"{path}: scale is {arrays['scale'].min()} at its least: expected positive numbers")
    return Weights(params_values, nn_architecture, Scaler(arrays["mean"], arrays["scale"]))


def read_npz(path: Path, needed: tuple[str, ...]) -> Parameters:
    """Every array of an .npz file. ValueError where it is no .npz, holds pickles, or lacks a needed array."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise ValueError("a single array")
            arrays = dict(archive)
            for name, array in arrays.items():
                if not isinstance(array, np.ndarray):
                    raise ValueError(f"{name} is no array")
    except OSError:
        raise
    except Exception as error:  # a damaged archive fails in many ways
        detail = "" if "pickle" in str(error) else f": {error}"  # NumPy's advice to allow pickles is not ours
        raise ValueError(f"{path} is not an .npz file of plain arrays{detail}") from error
    missing = [name for name in needed if name not in arrays]
    if missing:
        raise ValueError(f"{path} has no array {', '.join(missing)}; it has {', '.join(arrays) or 'none'}")
    return arrays
