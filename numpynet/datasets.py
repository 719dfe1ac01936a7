"""Two-class data in the tutorial's layout, split into a training and a test part."""

from __future__ import annotations

import csv
import io
import itertools
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

import numpy as np

from numpynet.files import MOST_BYTES, Scaler, read_npz
from numpynet.reading import open_regular
from numpynet.registry import Registry
from numpynet.types import Array
from numpynet.validation import check_finite

EXAMPLES = 1000
MOONS = Path(__file__).parent / "moons.npz"
TEST_SHARE = 0.1
MOST_FEATURES, MOST_NUMBERS = 100_000, 50_000_000  # of a file; MNIST's 60,000 pictures have 47 million
MOST_LINE = 640 * MOST_FEATURES


@dataclass(frozen=True)
class Dataset:
    """X (features, m) and Y (outputs, m) of both parts; the test part may be empty. `scaler` is what X went through."""

    X_train: Array
    Y_train: Array
    X_test: Array
    Y_test: Array
    scaler: Scaler | None = None

    def scaled(self, scaler: Scaler) -> Dataset:
        """Both parts through `scaler`. ValueError where it is for another number of features."""
        if len(scaler.mean) != len(self.X_train):
            raise ValueError(f"the scaler is for {len(scaler.mean)} features; the data have {len(self.X_train)}")
        return replace(self, X_train=scaler(self.X_train), X_test=scaler(self.X_test), scaler=scaler)

    def astype(self, dtype: np.dtype) -> Dataset:
        """All four arrays in `dtype`."""
        arrays = {name: getattr(self, name).astype(dtype) for name in ("X_train", "Y_train", "X_test", "Y_test")}
        return replace(self, **arrays)

    def first(self, batch: int) -> Dataset:
        """Only the first `batch` training examples. ValueError where there are fewer."""
        m = self.X_train.shape[1]
        if batch > m:
            raise ValueError(f"a batch of {batch} examples: the data have {m} for training")
        return replace(self, X_train=self.X_train[:, :batch], Y_train=self.Y_train[:, :batch])


def split(X: Array, y: Array) -> Dataset:
    """X (m, features) and y (m,) or (m, outputs), one tenth set aside for the test (`random_state` 42)."""
    from sklearn.model_selection import train_test_split

    Y = y.reshape(len(y), -1)
    if len(X) == 1:
        return Dataset(X.T, Y.T, X[:0].T, Y[:0].T)
    X_train, X_test, Y_train, Y_test = train_test_split(X, Y, test_size=TEST_SHARE, random_state=42)
    return Dataset(X_train.T, Y_train.T, X_test.T, Y_test.T)


def moons() -> Dataset:
    """Two interleaved half circles with noise 0.2: the tutorial's data, 900 + 100.

    Made once by `scikit_learns_moons` and kept in a file: to import scikit-learn takes longer than the rest.
    """
    with np.load(MOONS) as arrays:
        return Dataset(**arrays)


def scikit_learns_moons() -> Dataset:
    """The same, made anew."""
    from sklearn.datasets import make_moons

    return split(*make_moons(n_samples=EXAMPLES, noise=0.2, random_state=100))


def circles() -> Dataset:
    """A circle inside another, with noise 0.1: 900 + 100."""
    from sklearn.datasets import make_circles

    return split(*make_circles(n_samples=EXAMPLES, noise=0.1, factor=0.5, random_state=100))


def breast_cancer() -> Dataset:
    """512 + 57 real tumours, 30 measurements each (Wisconsin Diagnostic, UCI), standardised on the training part."""
    from sklearn.datasets import load_breast_cancer

    data = split(*load_breast_cancer(return_X_y=True))
    return data.scaled(Scaler.fit(data.X_train))


DATASETS: Registry[Callable[[], Dataset]] = Registry(
    "data set", {"moons": moons, "circles": circles, "breast_cancer": breast_cancer}
)


def random(features: int, outputs: int, m: int, seed: int) -> Dataset:
    """Standard normal features; a label is the side of a random plane; m examples for training, m/10 for the test."""
    stream = np.random.default_rng(seed)
    planes = stream.standard_normal((outputs, features))
    X = stream.standard_normal((features, m + m // 10))
    Y = (planes @ X > 0).astype(float)
    return Dataset(X[:, :m], Y[:, :m], X[:, m:], Y[:, m:])


def from_file(path: Path) -> Dataset:
    """A .csv (header optional, last column the label) or .npz (`X` of shape (m, features), `y`).

    ValueError where a value is missing, not a number, NaN or infinite, or a label is neither 0 nor 1; OSError where
    the file cannot be read.
    """
    readers = {".csv": _read_csv, ".npz": _read_npz}
    if path.suffix.lower() not in readers:
        raise ValueError(f"{path}: expected a .csv or .npz file, or one of random, {', '.join(DATASETS)}")
    X, y = readers[path.suffix.lower()](path)
    if X.ndim == 2 and X.shape[1] > MOST_FEATURES:
        raise ValueError(f"{path}: X has {X.shape[1]:,} features: expected at most {MOST_FEATURES:,}; choose some")
    if X.ndim != 2 or X.size == 0 or len(y) != len(X):
        raise ValueError(f"{path}: X has shape {X.shape}, y {y.shape}: expected (m, features) and (m,), m at least 1")
    check_finite(f"{path}: X", X)
    bad = np.argwhere((y != 0) & (y != 1))
    if len(bad):
        raise ValueError(f"{path}: the label of example {bad[0][0]} is {y[tuple(bad[0])]}: expected 0 or 1")
    return split(X, y)


def _read_npz(path: Path) -> tuple[Array, Array]:
    arrays = read_npz(path, ("X", "y"))
    for name in ("X", "y"):
        if arrays[name].dtype.kind not in "fiub":
            raise ValueError(f"{path}: {name} has dtype {arrays[name].dtype}: expected numbers")
    return arrays["X"].astype(float), np.atleast_1d(arrays["y"]).astype(float)


def _read_csv(path: Path) -> tuple[Array, Array]:
    numbers, width, rows = array("d"), 0, 0
    with io.TextIOWrapper(open_regular(path, MOST_BYTES), encoding="utf-8-sig", newline="") as file:
        try:
            for number, cells in enumerate(csv.reader(_lines(path, file)), start=1):
                if not cells:
                    continue
                try:
                    numbers.extend([float(cell) for cell in cells])
                except ValueError as error:
                    if number > 1 or any(map(_is_number, cells)):  # a header has no number
                        raise ValueError(f"{path}, line {number}: {error}; commas go between numbers") from None
                    continue
                width, rows = width or len(cells), rows + 1
                if len(cells) != width:
                    raise ValueError(f"{path}, line {number} has {len(cells)} values: expected {width}")
                if len(numbers) > MOST_NUMBERS:
                    raise ValueError(
                        f"{path} has more than {MOST_NUMBERS:,} numbers, in {number:,} lines: give fewer of them"
                    )
        except (csv.Error, UnicodeDecodeError) as error:
            raise ValueError(f"{path} is not a .csv file: {error}") from error
    if width < 2:
        raise ValueError(f"{path}: expected lines of at least two numbers with commas between, the label last")
    table = np.array(numbers).reshape(rows, width)
    return table[:, :-1], table[:, -1]


def _lines(path: Path, file: TextIO) -> Iterator[str]:
    """The lines, none of them of more columns than there may be."""
    for number in itertools.count(1):
        line = file.readline(MOST_LINE + 1)
        if not line:
            return
        if len(line) > MOST_LINE:
            raise ValueError(f"{path}, line {number} has more than {MOST_LINE:,} characters: is it a .csv file?")
        if (columns := line.count(",") + 1) > MOST_FEATURES + 1:
            raise ValueError(
                f"{path}, line {number} has {columns:,} values: expected at most {MOST_FEATURES:,} features and a "
                "label; choose some of the columns"
            )
        yield line


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
