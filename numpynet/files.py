"""Weights on disk, and files that are never half written."""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import math
import os
import stat
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from numpynet.printable import listed
from numpynet.reading import open_regular
from numpynet.training import starting_parameters
from numpynet.types import FLOAT_DTYPES, Architecture, Array, Layer, Parameters
from numpynet.validation import check_architecture, check_finite, check_pairing, check_shape

PART = ".part"
GUESSED = {"linear": "bce_with_logits", "softmax": "nll"}  # the loss that goes with a last layer
OPTIONS: dict[str, type] = {"batch_norm": bool, "dropout": float}  # of a layer
MOST_BYTES = 2**30  # of a file, and of what is in an archive
MOST_DIRECTORY = 2**20  # of an archive's list of what is in it
DIRECTORY_END = 2**16 + 22  # where that list's end may lie, from the end of the file


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
    """Trained weights with what their use needs: the architecture, the loss, and the classes' names, if there are any.

    With the scaler, where the data were standardised.
    """

    params_values: Parameters
    nn_architecture: Architecture
    scaler: Scaler | None = None
    loss: str = "bce"
    classes: tuple[str, ...] = ()

    @property
    def dtype(self) -> np.dtype:
        """float32 or float64."""
        return self.params_values["W1"].dtype


def check_weights(weights: object) -> None:
    """ValueError for parameters alone, and whatever else is no `Weights`."""
    if not isinstance(weights, Weights):
        raise ValueError(
            f"weights is a {type(weights).__name__}: expected numpynet.Weights(params_values, nn_architecture, "
            "loss=...), which load_weights returns, too"
        )


def write_beside(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write a temporary file in the same folder, then rename it: `path` is never seen half written.

    What an earlier run that was killed left of its own there is removed.
    """
    start = f".{path.name[:100]}."
    for left in path.parent.iterdir():
        if left.name.startswith(start) and left.name.endswith(PART):
            with contextlib.suppress(OSError), left.open("rb+") as file:
                if locked(file.fileno()):
                    left.unlink()
    handle, temporary = _temporary(path.parent, start)
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
            umask = os.umask(0)
            os.umask(umask)
            Path(temporary).chmod(0o666 & ~umask)
            file.flush()
            Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _temporary(folder: Path, start: str) -> tuple[int, str]:
    """A new file, locked while it is written: another run takes what is not locked for a leftover."""
    while True:
        handle, name = tempfile.mkstemp(dir=folder, prefix=start, suffix=PART)
        with contextlib.suppress(OSError):
            locked(handle)
        if os.fstat(handle).st_nlink:
            return handle, name
        os.close(handle)


def locked(descriptor: int) -> bool:
    """Lock the open file for as long as it is open; False where another has it, OSError where nothing is locked."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def claimed(path: Path) -> Iterator[Path]:
    """`path`, or the first of path-2, path-3 … that does not exist, held by an empty file from now on.

    No other run takes it meanwhile. The empty file goes where nothing was written over it; one that a killed run left
    is taken over.
    """
    for number in itertools.count(1):
        candidate = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
        created = False
        with contextlib.suppress(FileExistsError):
            candidate.open("x").close()
            created = True
        try:
            held = candidate.open("rb+")
        except OSError:
            if not os.path.lexists(candidate):
                raise
            continue  # not ours, or a folder
        try:
            ours = locked(held.fileno())
        except OSError:  # a file system without locks
            ours = created
        if ours and _is_empty(held.fileno(), candidate):
            break
        held.close()
    with held:
        try:
            yield candidate
        finally:
            if _is_empty(held.fileno(), candidate):
                candidate.unlink()


def _is_empty(descriptor: int, path: Path) -> bool:
    """Whether the open file is still the one of that name, regular and empty."""
    try:
        status = path.stat()
    except OSError:
        return False
    same = os.path.samestat(status, os.fstat(descriptor))
    return same and stat.S_ISREG(status.st_mode) and status.st_size == 0


def check_writable(folder: Path) -> None:
    """OSError unless a file can be made in the folder."""
    with tempfile.TemporaryFile(dir=folder):
        pass


def save_weights(path: Path | str, weights: Weights) -> None:
    """An .npz without pickle: W1, b1 …, `layers` (the widths), `activations`, `loss`; `classes`, `mean`, `scale`.

    `batch_norm` and `dropout`, an entry a layer, where there are any. ValueError where the name does not end in .npz.
    """
    check_weights(weights)
    path, layers = Path(path), weights.nn_architecture
    if path.suffix.lower() != ".npz":
        raise ValueError(f"{str(path)!r}: expected a name that ends in .npz")
    arrays: dict[str, Array] = {
        **weights.params_values,
        "layers": np.array([layers[0]["input_dim"], *(layer["output_dim"] for layer in layers)]),
        "activations": np.array([layer["activation"] for layer in layers]),
        "loss": np.array([weights.loss]),
    }
    for name, kind in OPTIONS.items():
        if any(layer.get(name) for layer in layers):
            arrays[name] = np.array([layer.get(name, 0) for layer in layers], kind)
    if weights.classes:
        arrays["classes"] = np.array(weights.classes)
    if weights.scaler is not None:
        arrays |= {"mean": weights.scaler.mean, "scale": weights.scaler.scale}
    write_beside(path, lambda file: np.savez(file, allow_pickle=False, **arrays))


def load_weights(path: Path | str) -> Weights:
    """What `save_weights` wrote. ValueError where it is something else; OSError where it cannot be read."""
    path = Path(path)
    arrays = read_npz(path, ("layers", "activations", "W1", "b1"))
    widths, activations = arrays["layers"], arrays["activations"]
    for name, array in arrays.items():
        texts = dict.fromkeys(("activations", "loss", "classes"), "U")
        kinds = {"layers": "iu", "batch_norm": "b", **texts}.get(name, "f")
        if array.dtype.kind not in kinds:
            wanted = {"iu": "whole numbers", "U": "names", "f": "floating-point numbers", "b": "true or false"}[kinds]
            raise ValueError(f"{path}: {name} has dtype {array.dtype}: expected {wanted}")
    check_shape(f"{path}: layers", widths, ("at least two widths",))
    check_shape(f"{path}: activations", activations, (len(widths) - 1,))
    nn_architecture: list[Layer] = [
        {"input_dim": int(n_in), "output_dim": int(n_out), "activation": str(name)}
        for n_in, n_out, name in zip(widths[:-1], widths[1:], activations, strict=True)
    ]
    for name, kind in OPTIONS.items():
        if name in arrays:
            check_shape(f"{path}: {name}", arrays[name], (len(widths) - 1,))
            for layer, value in zip(nn_architecture, arrays[name].tolist(), strict=True):
                if value:
                    layer[name] = kind(value)  # type: ignore[literal-required]
    check_architecture(nn_architecture)
    dtype = arrays["W1"].dtype
    if dtype not in FLOAT_DTYPES:
        raise ValueError(f"{path}: W1 has dtype {dtype}: expected float32 or float64")
    params_values = starting_parameters(arrays, nn_architecture, dtype)
    guessed = GUESSED.get(nn_architecture[-1]["activation"], "bce")  # of a file from before it was saved
    loss, classes = str(arrays.get("loss", np.array([guessed])).reshape(-1)[0]), arrays.get("classes", np.empty(0))
    check_pairing(nn_architecture, loss)
    told = {"loss": loss, "classes": tuple(map(str, classes.reshape(-1)))}
    if "mean" not in arrays:
        return Weights(params_values, nn_architecture, **told)  # type: ignore[arg-type]
    for name in ("mean", "scale"):
        check_shape(f"{path}: {name}", arrays.get(name, np.empty(0)), (nn_architecture[0]["input_dim"], 1))
        check_finite(f"{path}: {name}", arrays[name])
    if not (arrays["scale"] > 0).all():
        raise ValueError(f"{path}: scale is {arrays['scale'].min()} at its least: expected positive numbers")
    return Weights(params_values, nn_architecture, Scaler(arrays["mean"], arrays["scale"]), **told)  # type: ignore[arg-type]


def read_npz(path: Path, needed: tuple[str, ...]) -> Parameters:
    """Every array of an .npz file.

    ValueError where it is no .npz, is too large, holds pickles, or lacks a needed array; OSError where it is not read.
    """
    with open_regular(path, MOST_BYTES) as file:
        try:
            _check_archive(file)
            with np.load(file, allow_pickle=False) as archive:
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
        raise ValueError(f"{path} has no array {', '.join(missing)}; it has {listed(arrays)}")
    return arrays


def _check_archive(file: IO[bytes]) -> None:
    """ValueError where the archive would need more room than it may, before any of it is unpacked."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - DIRECTORY_END))
    _, found, end = file.read().rpartition(b"PK\5\6")
    directory = int.from_bytes(end[8:12], "little")
    if found and directory > MOST_DIRECTORY:
        raise ValueError(f"its list of arrays has {directory:,} bytes: expected at most {MOST_DIRECTORY:,}")
    with zipfile.ZipFile(file) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > MOST_BYTES:
            raise ValueError(f"unpacked, it has {unpacked:,} bytes: expected at most {MOST_BYTES:,}")
        for member in archive.infolist():
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise ValueError(f"{member.filename} is packed in a way that NumPy does not use")
            if member.filename.endswith(".npy"):
                with archive.open(member) as array:
                    _check_header(array, member)
    file.seek(0)


def _check_header(array: IO[bytes], member: zipfile.ZipInfo) -> None:
    """ValueError where an .npy's header promises more than there is: NumPy would make room for it first."""
    old = np.lib.format.read_magic(array) == (1, 0)
    shape, _, dtype = (np.lib.format.read_array_header_1_0 if old else np.lib.format.read_array_header_2_0)(array)
    if not dtype.hasobject and math.prod(shape) * dtype.itemsize > member.file_size:
        raise ValueError(f"{member.filename} has {member.file_size:,} bytes: too few for its shape, {shape}")
