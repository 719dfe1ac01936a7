"""A lesson as plain data, for `--json`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpynet.explain.element import Index, beside, product, products_at, total_at, value_at
from numpynet.explain.model import Apply, Lesson, LessonStep, Quantity


def as_data(lesson: Lesson, steps: Sequence[LessonStep], cell: tuple[str, Index] | None = None) -> dict[str, Any]:
    """The steps for `--json`, and the quantities that they and the cell mention."""
    kept = [one.quantity for step in steps for one in step.saved if one.quantity is not None]
    names = [name for step in steps for name in (*step.came_in, *step.reads, *step.made)] + kept
    names += [] if cell is None else [cell[0]]
    data = {
        "outcome": lesson.outcome,
        **({"module": lesson.module} if lesson.module else {}),
        "steps": [_step_data(step) for step in steps],
        "quantities": {name: _quantity_data(lesson.quantities[name]) for name in dict.fromkeys(names)},
        "experiments": {
            "model": lesson.experiments.model,
            "setup": lesson.experiments.setup,
            "shown": [vars(one) for one in lesson.experiments.shown],
        },
    }
    return data if cell is None else {**data, "cell": _cell_data(lesson, *cell)}


def _step_data(step: LessonStep) -> dict[str, Any]:
    code = step.numpy
    lines = [] if code is None else [{"line": line, "code": text} for line, text in code.numbered()]
    return {
        **{key: getattr(step, key) for key in ("id", "phase", "layer", "title", "what", "plumbing")},
        "formulas": [formula.plain for formula in step.formulas],
        "numpy": None if code is None else {"function": code.title, "place": code.place, "lines": lines},
        "torch": None if step.torch is None else {"code": step.torch.source},
        "saved": [
            {"field": one.saved.field, "tensor": one.quantity, "shape": one.saved.shape, "bytes": one.saved.bytes,
             "kept": one.kept, "note": one.note}
            for one in step.saved
        ],
        "in": step.came_in, "reads": step.reads, "out": step.made, "notes": step.notes,
        "snippet": step.snippet,
    }  # fmt: skip


def _quantity_data(quantity: Quantity) -> dict[str, Any]:
    return {
        "shape": quantity.shape,
        "meaning": quantity.meaning,
        "formula": quantity.formula.plain,
        "values": {maker: array.tolist() for maker, array in quantity.values.items()},
        "checks": {
            other: {"outcome": check.outcome, "ratio": check.ratio, "at": check.at}
            for other, check in quantity.checks.items()
        },
    }


def _cell_data(lesson: Lesson, name: str, index: tuple[int, int]) -> dict[str, Any]:
    quantity = lesson.quantities[name]
    data = {"name": name, "index": index, "value": value_at(quantity, index)}
    recipe = quantity.recipe
    if isinstance(recipe, Apply):
        read = [lesson.quantities[one] for one in recipe.names]
        names = {one.name: value_at(one, beside(one, index)) for one in read}
        return {**data, "template": recipe.template, "names": names}
    if recipe is None:
        return data
    products = [
        {
            "factors": [{"name": one.name, "index": at, "value": value_at(one, at)} for one, at in factors],
            "product": product(factors),
        }
        for factors in products_at(lesson, recipe, index)
    ]
    return {**data, "products": products, **total_at(lesson, recipe, index)}
