"""Data in the tutorial's layout, split into a training and a test part."""

from __future__ import annotations

import csv
import io
import itertools
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

import numpy as np

from numpynet.files import MOST_BYTES, Scaler, read_npz
from numpynet.printable import counted, listed
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
    """X (features, m) and Y (outputs, m) of both parts; the test part may be empty. `scaler` is what X went through.

    `targets` says what Y holds: "binary", labels 0 or 1; "classes", a single 1 a column; "real", any numbers.
    `classes` are the names of the classes, in order.
    """

    X_train: Array
    Y_train: Array
    X_test: Array
    Y_test: Array
    scaler: Scaler | None = None
    targets: str = "binary"
    classes: tuple[str, ...] = ()

    def scaled(self, scaler: Scaler) -> Dataset:
        """Both parts through `scaler`. ValueError where it is for another number of features."""
        if len(scaler.mean) != len(self.X_train):
            raise ValueError(f"the scaler is for {len(scaler.mean)} features; the data have {len(self.X_train)}")
        return replace(self, X_train=scaler(self.X_train), X_test=scaler(self.X_test), scaler=scaler)

    def astype(self, dtype: np.dtype) -> Dataset:
        """All four arrays in `dtype`."""
        arrays = {name: getattr(self, name).astype(dtype) for name in ("X_train", "Y_train", "X_test", "Y_test")}
        return replace(self, **arrays)

    def first(self, examples: int) -> Dataset:
        """Only the first so many training examples. ValueError where there are fewer."""
        m = self.X_train.shape[1]
        if examples > m:
            raise ValueError(f"{examples} examples: the data have {m} for training")
        return replace(self, X_train=self.X_train[:, :examples], Y_train=self.Y_train[:, :examples])

    def for_targets(self, targets: str) -> Dataset:
        """With Y as a loss of such targets takes it: two classes get an output each. ValueError where Y is numbers."""
        if targets == "real" or self.targets == targets:
            return replace(self, targets=targets)
        if self.targets == "real":
            raise ValueError("the targets are numbers: take the loss mse")
        if targets == "classes":
            if len(self.Y_train) > 1:
                raise ValueError("each row has several labels, not one of several classes: take the loss bce")
            Y = (np.concatenate([1 - Y, Y]) for Y in (self.Y_train, self.Y_test))
            return replace(self, Y_train=next(Y), Y_test=next(Y), targets=targets)
        return replace(self, targets=targets)  # an output a class, each a label of its own


def split(
    X: Array, y: Array, test: float = TEST_SHARE, targets: str = "binary", classes: Sequence[str] = ("0", "1")
) -> Dataset:
    """X (m, features) and y (m,) or (m, outputs), the share `test` set aside for the test (`random_state` 42).

    Classes are numbers from 0.
    """
    from sklearn.model_selection import train_test_split

    Y = y.reshape(len(y), -1)
    if targets == "classes":
        Y = (np.arange(len(classes)) == Y).astype(float)
    if len(X) == 1 or test == 0:
        return Dataset(X.T, Y.T, X[:0].T, Y[:0].T, None, targets, tuple(classes))
    try:
        X_train, X_test, Y_train, Y_test = train_test_split(X, Y, test_size=test, random_state=42)
    except ValueError:
        raise ValueError(f"a test of {test:g} of {len(X)} examples leaves none for training") from None
    return Dataset(X_train.T, Y_train.T, X_test.T, Y_test.T, None, targets, tuple(classes))


def moons(test: float = TEST_SHARE) -> Dataset:
    """Two interleaved half circles with noise 0.2: the tutorial's data, 900 + 100.

    Made once by `scikit_learns_moons` and kept in a file: to import scikit-learn takes longer than the rest.
    """
    if test != TEST_SHARE:
        return scikit_learns_moons(test)
    with np.load(MOONS) as arrays:
        return Dataset(**arrays, classes=("0", "1"))


def scikit_learns_moons(test: float = TEST_SHARE) -> Dataset:
    """The same, made anew."""
    from sklearn.datasets import make_moons

    X, y = make_moons(n_samples=EXAMPLES, noise=0.2, random_state=100)
    return split(X, y, test)


def circles(test: float = TEST_SHARE) -> Dataset:
    """A circle inside another, with noise 0.1: 900 + 100."""
    from sklearn.datasets import make_circles

    X, y = make_circles(n_samples=EXAMPLES, noise=0.1, factor=0.5, random_state=100)
    return split(X, y, test)


def _of_scikit_learn(name: str, test: float, scale: float | None = None) -> Dataset:
    """One of the data sets that scikit-learn ships, standardised on the training part, or multiplied by `scale`."""
    from sklearn import datasets

    bunch = getattr(datasets, f"load_{name}")()
    X, y = bunch.data * (scale or 1), bunch.target.astype(float)
    classes = [str(one) for one in getattr(bunch, "target_names", [])]
    targets = {0: "real", 2: "binary"}.get(len(classes), "classes")
    data = split(X, y, test, targets, classes)
    return data if scale else data.scaled(Scaler.fit(data.X_train))


def breast_cancer(test: float = TEST_SHARE) -> Dataset:
    """512 + 57 real tumours, 30 measurements each (Wisconsin Diagnostic, UCI), standardised on the training part."""
    return _of_scikit_learn("breast_cancer", test)


def digits(test: float = TEST_SHARE) -> Dataset:
    """1617 + 180 handwritten digits of 8 × 8 pixels, ten classes (UCI); a pixel is from 0 to 1."""
    return _of_scikit_learn("digits", test, scale=1 / 16)


def iris(test: float = TEST_SHARE) -> Dataset:
    """135 + 15 flowers, 4 measurements each, three classes (Fisher 1936), standardised on the training part."""
    return _of_scikit_learn("iris", test)


def wine(test: float = TEST_SHARE) -> Dataset:
    """160 + 18 wines, 13 measurements each, three classes (UCI), standardised on the training part."""
    return _of_scikit_learn("wine", test)


def diabetes(test: float = TEST_SHARE) -> Dataset:
    """397 + 45 patients, 10 measurements each; the target is a number, the progress of the illness in a year.

    B. Efron et al., "Least angle regression", 2004. Standardised, the target divided by 100: it is from 0.25 to 3.46.
    """
    data = _of_scikit_learn("diabetes", test)
    return replace(data, Y_train=data.Y_train / 100, Y_test=data.Y_test / 100)


DATASETS: Registry[Callable[..., Dataset]] = Registry(
    "data set",
    {
        "moons": moons,
        "circles": circles,
        "breast_cancer": breast_cancer,
        "digits": digits,
        "iris": iris,
        "wine": wine,
        "diabetes": diabetes,
    },
)


def random(features: int, outputs: int, m: int, seed: int, targets: str = "binary") -> Dataset:
    """Standard normal features; m examples for training, m/10 for the test.

    A label is the side of a random plane, a class that of the plane which is furthest below, a number the distance.
    """
    stream = np.random.default_rng(seed)
    planes = stream.standard_normal((outputs, features))
    X = stream.standard_normal((features, m + m // 10))
    far = planes @ X
    Y = far if targets == "real" else (far > 0 if targets == "binary" else far == far.max(axis=0)).astype(float)
    classes = {"real": (), "binary": ("0", "1")}.get(targets, tuple(map(str, range(outputs))))
    return Dataset(X[:, :m], Y[:, :m], X[:, m:], Y[:, m:], None, targets, classes)


MOST_CLASSES = 100


def from_file(path: Path, test: float = TEST_SHARE, targets: str | None = None) -> Dataset:
    """A .csv (header optional, the target last) or .npz (`X` of shape (m, features), `y`).

    The last column holds classes, as text or as whole numbers, or with `targets` "real" numbers.
    ValueError where a value is missing, not a number, NaN or infinite, or a target is no class; OSError where the file
    cannot be read.
    """
    readers = {".csv": _read_csv, ".npz": _read_npz}
    if path.suffix.lower() not in readers:
        raise ValueError(f"{path}: expected a .csv or .npz file, or one of random, {', '.join(DATASETS)}")
    X, y = readers[path.suffix.lower()](path)
    if X.ndim == 2 and X.shape[1] > MOST_FEATURES:
        raise ValueError(f"{path}: X has {X.shape[1]:,} features: expected at most {MOST_FEATURES:,}; choose some")
    if X.ndim != 2 or X.size == 0 or len(y) != len(X) or y.ndim > 2:
        raise ValueError(f"{path}: X has shape {X.shape}, y {y.shape}: expected (m, features) and (m,), m at least 1")
    check_finite(f"{path}: X", X)
    if targets == "real":
        return split(X, _as_numbers(path, y), test, "real", ())
    if y.ndim == 2:  # an output a column, each with labels of its own
        bad = np.argwhere((y != 0) & (y != 1))
        if len(bad):
            raise ValueError(f"{path}: y[{bad[0][0]}, {bad[0][1]}] is {y[tuple(bad[0])]}: expected 0 or 1")
        return split(X, y.astype(float), test)
    labels, classes = _as_classes(path, y)
    return split(X, labels, test, "binary" if len(classes) <= 2 else "classes", classes)


def _as_numbers(path: Path, y: Array) -> Array:
    if y.dtype.kind == "U":
        bad = next(cell for cell in y.reshape(-1) if not _is_number(cell))
        raise ValueError(f"{path}: a target is {str(bad)!r}: expected a number")
    check_finite(f"{path}: y", y)
    return y.astype(float)


def _as_classes(path: Path, y: Array) -> tuple[Array, tuple[str, ...]]:
    """The number of each example's class, and the classes' names in order: 0 and 1, where they are no others."""
    advice = "for targets that are numbers give --target regression"
    if y.dtype.kind != "U":
        bad = np.flatnonzero((y != np.rint(y)) | ~np.isfinite(y))
        if len(bad):
            raise ValueError(f"{path}: the label of example {bad[0]} is {y[bad[0]]}: expected a class; {advice}")
        if set(np.unique(y)) <= {0, 1}:
            return y.astype(float), ("0", "1")
    found, numbers = np.unique(y, return_inverse=True)
    if len(found) > MOST_CLASSES:
        raise ValueError(f"{path}: the labels are of {len(found):,} classes: expected at most {MOST_CLASSES}; {advice}")
    return numbers.astype(float), tuple(str(one) if y.dtype.kind == "U" else str(int(one)) for one in found)


def _read_npz(path: Path) -> tuple[Array, Array]:
    arrays = read_npz(path, ("X", "y"))
    for name, kinds in (("X", "fiub"), ("y", "fiubU")):
        if arrays[name].dtype.kind not in kinds:
            raise ValueError(f"{path}: {name} has dtype {arrays[name].dtype}: expected numbers")
    y = np.atleast_1d(arrays["y"])
    return arrays["X"].astype(float), y.reshape(-1) if y.ndim == 2 and 1 in y.shape else y


def read_table(path: Path, target: bool = True) -> tuple[Array, list[str]]:
    """The numbers of a .csv, (m, columns), without its header; with a `target` the last column's text apart."""
    numbers, width, rows, last, started = array("d"), 0, 0, [], False
    with io.TextIOWrapper(open_regular(path, MOST_BYTES), encoding="utf-8-sig", newline="") as file:
        try:
            for number, cells in enumerate(csv.reader(_lines(path, file)), start=1):
                if not cells:
                    continue
                is_first, started = not started, True
                if is_first and len(cells) == 1 and ";" in cells[0]:
                    raise ValueError(f"{path}, line {number} has semicolons: expected commas between the values")
                features = cells[:-1] if target else cells
                if is_first and not any(map(_is_number, cells)) and any(cell.strip() for cell in cells):
                    width = len(cells)  # a header has no number
                    continue
                numbers.extend(_numbers_of(path, number, features))
                last.append(cells[-1].strip())
                width, rows = width or len(cells), rows + 1
                if len(cells) != width:
                    raise ValueError(f"{path}, line {number} has {len(cells)} values: expected {width}")
                if target and not last[-1]:
                    raise ValueError(f"{path}, line {number} has no label in its last column: fill it, or leave it out")
                if len(numbers) > MOST_NUMBERS:
                    raise ValueError(
                        f"{path} has more than {MOST_NUMBERS:,} numbers, in {number:,} lines: give fewer of them"
                    )
        except (csv.Error, UnicodeDecodeError) as error:
            raise ValueError(f"{path} is not a .csv file: {error}") from error
    if width < 1 + target or not rows:
        what = "at least two values with commas between, the label last" if target else "numbers with commas between"
        raise ValueError(f"{path}: expected lines of {what}")
    return np.array(numbers).reshape(rows, width - target), last


def _numbers_of(path: Path, line: int, cells: list[str]) -> list[float]:
    try:
        return [float(cell) for cell in cells]
    except ValueError:
        column = next(number for number, cell in enumerate(cells, start=1) if not _is_number(cell))
        cell = cells[column - 1]
        if not cell.strip():
            raise ValueError(
                f"{path}, line {line}, column {column} is empty: a value is missing; fill it, or leave the line out"
            ) from None
        raise ValueError(
            f"{path}, line {line}: could not convert string to float: {cell!r}; commas go between numbers"
        ) from None


def _read_csv(path: Path) -> tuple[Array, Array]:
    X, last = read_table(path)
    if len(last) > 1 and not _is_number(last[0]) and all(map(_is_number, last[1:])):
        X, last = X[1:], last[1:]  # a header, of which the features' names are numbers
    return X, np.array([float(cell) for cell in last]) if all(map(_is_number, last)) else np.array(last)


def remarks(data: Dataset) -> list[str]:
    """What somebody may want to know of the data of a file, before hours are spent on them."""
    X = np.hstack([data.X_train, data.X_test])
    deviation, found = X.std(axis=1), []
    for index, column in enumerate(X, start=1):
        steps = np.diff(np.sort(column))
        if X.shape[1] > 8 and np.all(steps == 1):
            found.append(f"column {index} counts the rows: is it an index? It tells nothing of a new example.")
    constant = np.flatnonzero(deviation == 0) + 1
    if len(constant):
        found.append(f"the same value everywhere in column {listed(constant)}: it tells nothing.")
    uneven = deviation[deviation > 0]
    if data.scaler is None and len(uneven) > 1 and uneven.max() > 100 * uneven.min():
        found.append("the columns are of very different scales: --standardize brings all to mean 0, deviation 1.")
    if data.targets != "real" and len(np.unique(np.hstack([data.Y_train, data.Y_test]), axis=1).T) == 1:
        found.append("every label is of the same class: there is nothing to learn.")
    return found


def description(data: Dataset) -> str:
    """ "150 rows, 4 features, 3 classes (a: 50, b: 50, c: 50); 135 for training, 15 for the test"."""
    m, test = data.X_train.shape[1], data.X_test.shape[1]
    Y = np.hstack([data.Y_train, data.Y_test])
    if data.targets == "binary" and len(Y) > 1:
        what = f"{len(Y)} labels a row"
    elif data.targets == "real":
        what = f"targets from {Y.min():g} to {Y.max():g}"
    else:
        of_each = [int(np.sum(1 - Y)), int(np.sum(Y))] if len(Y) == 1 else [int(row.sum()) for row in Y]
        counts = zip(data.classes, of_each, strict=False)  # a file may have a single class
        what = f"{len(data.classes)} classes ({listed((f'{name}: {count:,}' for name, count in counts), 10)})"
    features = counted(len(data.X_train), "feature")
    return f"{counted(m + test, 'row')}, {features}, {what}; {m:,} for training, {test:,} for the test"


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
