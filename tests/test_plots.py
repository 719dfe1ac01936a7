"""The axes of the charts."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from numpynet.views.plots import _scale


@pytest.mark.parametrize(
    ("values", "scale", "label"),
    [
        ([0.004, 0.007], "linear", "0.005"),
        ([0.002, 0.07], "log", "0.005"),
        ([4, 7], "linear", "6"),
        ([1e-18, 1e-12], "log", "1e−16"),
        ([], "linear", "0"),
    ],
)
def test_numbers_beside_an_axis_are_written_as_people_write_them(values: list[float], scale: str, label: str) -> None:
    figure = Figure()
    ax = figure.subplots()
    _scale(ax, values)
    ax.plot(range(len(values)), values)
    figure.draw_without_rendering()
    assert ax.get_yscale() == scale
    labels = [tick.label1.get_text() for tick in ax.yaxis.get_major_ticks()]
    assert label in labels
    assert not any(tick.label1.get_text() for tick in ax.yaxis.get_minor_ticks())
    assert not any("$" in text or "×" in text for text in labels)
