"""Lessons on the first examples of the suite's problems."""

from __future__ import annotations

from functools import cache

from problems import step

from numpynet.explain.lesson import make_lesson
from numpynet.explain.model import Lesson
from numpynet.parity import Step
from torch_reference import draw, torch_graph, torch_trace


def first_examples(problem: str, dtype: str = "float64", examples: int = 4) -> Step:
    """The problem's step, with fewer examples."""
    return step(problem, dtype).on(slice(examples)).drawn_by(draw)


@cache
def lesson(problem: str, dtype: str = "float64", examples: int = 4) -> Lesson:
    """The lesson of that step."""
    given = first_examples(problem, dtype, examples)
    return make_lesson(given, torch_trace(given), torch_graph(given))
