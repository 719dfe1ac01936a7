"""Charts, drawn by matplotlib into a file."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from numpynet.datasets import Dataset
from numpynet.files import write_beside
from numpynet.losses import LOSSES
from numpynet.network import full_forward_propagation
from numpynet.parity.drift import Drift
from numpynet.problem import Problem
from numpynet.types import Architecture, Array, Parameters

COLOURS = ("#0072B2", "#D55E00")  # told apart with any colour vision
MARKERS = ("o", "^")
INK = "#010203"  # stands for the colour of a page's text


LABELS = {
    "bce": "binary cross-entropy (nats)",
    "bce_with_logits": "binary cross-entropy (nats)",
    "nll": "negative log-likelihood (nats)",
    "cross_entropy": "cross-entropy (nats)",
    "mse": "mean squared error",
}


def plot_training(path: Path, costs: Sequence[float], problem: Problem, params_values: Parameters) -> None:
    """The cost over the epochs and, for two features and classes, the boundary among the training and test examples."""
    data, nn_architecture = problem.data, problem.nn_architecture
    plane = len(data.X_train) == 2 and len(data.Y_train) == 1 and data.targets == "binary"
    figure = Figure(figsize=(11, 4.5) if plane else (6, 4.5), layout="constrained")
    axes = figure.subplots(1, 2 if plane else 1, squeeze=False)[0]
    axes[0].plot(costs, color=COLOURS[0])
    axes[0].set(title="Cost", xlabel="epoch", ylabel=LABELS.get(problem.loss, problem.loss), ylim=(0, None))
    axes[0].grid(alpha=0.3)
    if plane:
        _boundary(axes[1], data, params_values, nn_architecture, LOSSES[problem.loss].prediction)
    write_beside(path, lambda file: figure.savefig(file, format=path.suffix[1:].lower(), dpi=150))


def _boundary(
    ax: Axes,
    data: Dataset,
    params_values: Parameters,
    nn_architecture: Architecture,
    prediction: Callable[[Array], Array],
) -> None:
    X = np.hstack([data.X_train, data.X_test])
    margin = 0.08 * (X.max(axis=1) - X.min(axis=1)) + 1e-6
    low, high = X.min(axis=1) - margin, X.max(axis=1) + margin
    across, up = np.meshgrid(np.linspace(low[0], high[0], 200), np.linspace(low[1], high[1], 200))
    grid = np.stack([across.ravel(), up.ravel()]).astype(X.dtype)
    Y_hat, _ = full_forward_propagation(grid, params_values, nn_architecture)
    probability = prediction(Y_hat).reshape(across.shape)
    ax.contourf(across, up, probability, levels=np.linspace(0, 1, 11), cmap="RdBu_r", alpha=0.45)
    ax.contour(across, up, probability, levels=[0.5], colors="black", linewidths=1)
    for X_part, Y_part, alpha, part in (
        (data.X_train, data.Y_train, 0.5, "training"),
        (data.X_test, data.Y_test, 1.0, "test"),
    ):
        for label in (0, 1):
            chosen = X_part[:, Y_part[0] == label]
            ax.scatter(
                chosen[0],
                chosen[1],
                s=18,
                marker=MARKERS[label],
                c=COLOURS[label],
                alpha=alpha,
                edgecolors="none" if part == "training" else "black",
                linewidths=0.7,
                label=f"class {label}, {part}",
            )
    ax.set(title="Decision boundary (probability of class 1 = 0.5)", xlabel="feature 1", ylabel="feature 2")
    ax.legend(fontsize="small", loc="upper right")


def plot_drift(path: Path, drift: Drift, dtype: str) -> None:
    """`drift_figure`, in a file."""
    figure = drift_figure(drift, dtype)
    write_beside(path, lambda file: figure.savefig(file, format=path.suffix[1:].lower(), dpi=150))


def drift_svg(drift: Drift, dtype: str) -> str:
    """`drift_figure` as an element of a page: in the colour of its text, on its background."""
    names = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
    look: dict[Any, Any] = dict.fromkeys(names, INK) | {"figure.facecolor": "none", "axes.facecolor": "none"}
    look["svg.fonttype"] = "none"  # letters, not outlines of letters
    image = io.StringIO()
    with rc_context(look):
        drift_figure(drift, dtype).savefig(image, format="svg", metadata={"Date": None})
    text = image.getvalue().replace(INK, "currentColor")
    return text[text.index("<svg") :]


def drift_figure(drift: Drift, dtype: str) -> Figure:
    """How far the weights of two free runs are apart over the epochs, absolutely and in units in the last place."""
    epochs = [row.epoch for row in drift.curve]
    figure = Figure(figsize=(11, 4.2), layout="constrained")
    panels = (
        ("greatest |difference| of a weight", [row.max_abs for row in drift.curve]),
        ("greatest difference in ulp", [row.max_ulp for row in drift.curve]),
    )
    for ax, (title, values) in zip(figure.subplots(1, 2), panels, strict=True):
        _scale(ax, [value for value in values if 0 < value < np.inf])
        drawn = [value or np.nan for value in values] if ax.get_yscale() == "log" else values
        ax.plot(epochs, drawn, color=COLOURS[0], marker=".", markersize=4)
        if drift.flip is not None:
            label = f"a ReLU took different sides: epoch {drift.flip.epoch}"
            ax.axvline(drift.flip.epoch, color=COLOURS[1], linestyle="--", label=label)
            ax.legend(fontsize="small")
        ax.set(title=title, xlabel="epoch")
        ax.grid(alpha=0.3)
    figure.suptitle(f"NumPy and PyTorch training freely from the same weights, {dtype}")
    return figure


def _scale(ax: Axes, values: Sequence[float]) -> None:
    """Logarithmic where the values have several sizes; the numbers beside it as people write them: 0.005, 6, 5e-17."""
    decades = np.log10(max(values) / min(values)) if values else 0
    if decades > 1:
        ax.set_yscale("log")
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if decades < 3 else (1,)))
        ax.yaxis.set_minor_formatter(NullFormatter())
    ax.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
