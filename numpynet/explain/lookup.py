"""What a user names, found in a lesson; else an error that lists what there is."""

from __future__ import annotations

import difflib
import re
import textwrap

from numpynet.explain.element import Index
from numpynet.explain.model import Lesson, LessonStep
from numpynet.registry import UnknownNameError


def find_steps(lesson: Lesson, node: str) -> list[LessonStep]:
    """The steps that make the tensor `node`, or read it where it is given; the step of that id; torch's nodes so named.

    UnknownNameError where there is none.
    """
    named = [step for number, step in enumerate(lesson.steps, start=1) if node in (step.id, step.title, str(number))]
    if named:
        return named
    names = [step.title for step in lesson.steps if step.phase == "backward"]
    ids = [step.id for step in lesson.steps if step.phase != "forward"]
    name = _known(lesson, node, {"nodes": list(dict.fromkeys(names)), "steps": ids})
    made = [step for step in lesson.steps if name in step.made]
    maker = lesson.quantities[name].step
    if made or maker is not None:
        return made or [lesson.steps[maker or 0]]
    reading = [step for step in lesson.steps if name in (*step.came_in, *step.reads)]
    formulas = {other: quantity.formula.plain for other, quantity in lesson.quantities.items()}
    return reading or [step for step in lesson.steps if any(name in formulas[made] for made in step.made)]


def parse_cell(lesson: Lesson, text: str) -> tuple[str, Index]:
    """The tensor and the indices of "dW2[0,1]"; ValueError or UnknownNameError where that is no element."""
    written, bracket, indices = text.strip().partition("[")
    name = _known(lesson, written.strip(), {})
    shape = lesson.quantities[name].shape
    if not shape and not bracket:
        return name, (0, 0)
    found = re.fullmatch(r"\s*(-?\d+)\s*,\s*(-?\d+)\s*\]", indices)
    if found is None:
        raise ValueError(f"{text}: expected two indices, {name}[row,column]")
    row, column = int(found[1]), int(found[2])
    rows, columns = shape or (1, 1)
    if not (0 <= row < rows and 0 <= column < columns):
        raise ValueError(
            f"{name}[{row}, {column}] is out of range: {name} has shape {shape}, "
            f"rows 0 to {rows - 1}, columns 0 to {columns - 1}"
        )
    return name, (row, column)


def _known(lesson: Lesson, written: str, others: dict[str, list[str]]) -> str:
    """The quantity's name, which may be written in ASCII: f'(Z1). UnknownNameError lists them, and the `others`."""
    by_ascii = {_typed(name): name for name in lesson.quantities}
    if _typed(written) in by_ascii:
        return by_ascii[_typed(written)]
    kinds = {"tensors": list(lesson.quantities)} | others
    by_lower = {name.lower(): name for names in kinds.values() for name in names}
    close = difflib.get_close_matches(written.lower(), by_lower, n=1)
    hint = f"; did you mean {by_lower[close[0]]}?" if close else ""
    lists = [
        textwrap.fill(f"{kind}: {', '.join(names)}", 79, subsequent_indent="  ", break_on_hyphens=False)
        for kind, names in kinds.items()
    ]
    raise UnknownNameError("\n".join((f"{written}: nothing here has this name{hint}", *lists)))


def _typed(name: str) -> str:
    """A name as a keyboard has it."""
    return name.replace("′", "'").replace("ℓ", "loss").replace("Σ", "sum ").replace("·", "*")
