"""A lesson as text for a person, and as plain data for a program."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from itertools import zip_longest

import numpy as np
from rich.console import Console
from rich.text import Text

from numpynet import names
from numpynet.explain.element import beside, item, named, product, products_at, total_at, value_at
from numpynet.explain.lookup import find_steps
from numpynet.explain.model import Apply, Check, Kept, Lesson, LessonStep, Quantity, Sum
from numpynet.parity.compare import element
from numpynet.parity.differences import STEP
from numpynet.printable import counted
from numpynet.types import Array
from numpynet.views.words import ASCII, NARROWEST

HEADINGS = {
    "forward": "Forward",
    "backward": "Backward, in the order in which torch's engine ran",
    "update": "Update",
}
OTHERS = {"tape": "tape", "torch": "torch", "central": "central differences"}
LETTERS = str.maketrans({**ASCII, "ℓ": "loss"})
INDENT, GAP = 4, "   "
ROWS, COLUMNS, ELEMENTS = 8, 8, 48  # at most, of a tensor that is shown whole
FIRST = 4  # of a larger one's values
DIGITS, DECIMALS, LARGEST = 4, 7, 6  # significant digits; as a decimal number, at most so many places and so large


class Page:
    """The console, wrapped text in it, and ASCII where it knows no more."""

    def __init__(self, console: Console) -> None:
        self.console, self.width = console, max(NARROWEST, console.width) - 1
        self.plain = not (console.encoding or "").lower().startswith("utf")

    def letters(self, text: str) -> str:
        """The text in letters that the console has."""
        return _ascii(text) if self.plain else text

    def say(self, text: str, style: str = "", indent: int = 0) -> None:
        """A paragraph; what does not fit on its first line is indented further, and its columns are given up."""
        text = self.letters(text)
        if indent + len(text) > self.width:
            text = " ".join(text.split())
        lines = textwrap.wrap(
            text,
            self.width,
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + 2),
            break_on_hyphens=False,
        )
        self.console.print(Text("\n".join(lines), style=style), soft_wrap=True)

    def code(self, text: str, style: str = "") -> None:
        """Lines to copy, as they are: not indented, not wrapped."""
        self.console.print(Text(self.letters(text), style=style), soft_wrap=True)

    def tensors(self, labelled: Sequence[tuple[str, Quantity]]) -> None:
        """Small ones digit by digit, as many side by side as fit; of large ones a sentence."""
        row: list[list[str]] = []
        for label, quantity in labelled:
            small = _small(quantity.shape)
            block = [self.letters(line) for line in _matrix(label, quantity, self.width - INDENT)] if small else []
            if not small or sum(_width(other) + len(GAP) for other in row) + _width(block) > self.width - INDENT:
                self._side_by_side(row)
                row = []
            if small:
                row.append(block)
            else:
                self.say(f"{label}: {quantity.name} {quantity.shape}, {_summary(quantity.values['numpy'])}", "", INDENT)
        self._side_by_side(row)

    def _side_by_side(self, blocks: list[list[str]]) -> None:
        for cells in zip_longest(*blocks, fillvalue=""):
            line = GAP.join(cell.ljust(_width(block)) for cell, block in zip(cells, blocks, strict=True))
            self.console.print(Text(" " * INDENT + line.rstrip()), soft_wrap=True)


def print_lesson(console: Console, lesson: Lesson, node: str | None = None) -> None:
    """Every step in order, or those that `node` names; then what autograd saved, and whether all agree."""
    page, chosen = Page(console), {step.id for step in (lesson.steps if node is None else find_steps(lesson, node))}
    if node is None:
        _introduce(page, lesson)
    phase, plumbing = "", dict[str, int]()
    for number, step in enumerate(lesson.steps, start=1):
        if step.id not in chosen:
            continue
        if step.phase != phase:
            phase = step.phase
            page.say(HEADINGS[phase], "bold")
        if step.plumbing:
            _print_plumbing(page, step, number, plumbing)
        else:
            _print_step(page, lesson, step, number)
    if node is None:
        _conclude(page, lesson)
        _print_experiments(page, lesson)
    elif snippets := [step.snippet for step in lesson.steps if step.id in chosen and step.snippet]:
        page.say("The same in torch, to run. The model may be one of your own, with the same layers:", "bold")
        _print_before(page, lesson)
        for snippet in snippets:
            page.code(f"\n\n{snippet}")
    last = names.dW(len(lesson.step.nn_architecture))
    page.say(
        f"More: --node {last} for one step, --cell {last}[0,0] for one number, --html page.html for a page.", "dim"
    )


def _introduce(page: Page, lesson: Lesson) -> None:
    step = lesson.step
    layers = "-".join(map(str, (step.X.shape[0], *(layer["output_dim"] for layer in step.nn_architecture))))
    module = f"{lesson.module}, " if lesson.module else ""
    page.say(
        f"One training step of {module}{layers} on {counted(step.X.shape[1], 'example')}, {step.loss}, {step.dtype}. "
        "Columns are examples; W has a row for each unit of its layer, a column for each of the layer before. "
        "The digits are NumPy's, rounded; how far the others are from them is given as a share of the bound, which is "
        "what rounding alone allows: 0 is equal, 1 the most. Central differences have a wider bound of their own: "
        f"they are slopes over steps of {STEP:g}. dA and dZ are gradients of the summed loss, as in the NumPy code "
        "(the lab's); torch's and the tape's, of the mean loss, are multiplied by the number of examples."
    )


def _print_step(page: Page, lesson: Lesson, step: LessonStep, number: int) -> None:
    page.say(f"{number}  {_title(step)}", "bold cyan")
    page.say(step.what, "", INDENT)
    slopes = [name for name in step.reads if lesson.quantities[name].step == number - 1]
    for quantity in [lesson.quantities[name] for name in (*slopes, *step.made)]:
        listed = quantity.formula in step.formulas or quantity.name in slopes
        if listed and quantity.formula.plain != step.title:
            page.say(f"{quantity.formula.plain}: {quantity.meaning}", "", INDENT)
    if step.numpy is not None:
        page.say(f"NumPy: {step.numpy.title}, {step.numpy.file}", "", INDENT)
        for line, text in step.numpy.numbered():
            page.say(f"line {line}: {text}", "", INDENT + 2)
    for text in step.torch.source.splitlines() if step.torch else ():
        page.say(f"torch: {text}", "", INDENT)
    _print_saved(page, step)
    page.tensors(_flow(lesson, step))
    for name in step.made:
        quantity = lesson.quantities[name]
        if quantity.checks:
            page.say(_agreement(quantity), "bold red" if _fails(quantity) else "green", INDENT)


def _print_plumbing(page: Page, step: LessonStep, number: int, before: dict[str, int]) -> None:
    """In a few lines; in one where the same was explained before."""
    of = f": {', '.join(step.came_in)}" if step.came_in else ""
    if step.title in before:
        page.say(f"{number}  {_title(step)}{of}, as in {before[step.title]}", "cyan")
        return
    before[step.title] = number
    code = f". torch: {step.torch.source}" if step.torch else ""
    page.say(f"{number}  {_title(step)}{of}{code}", "cyan")
    page.say(step.what, "", INDENT)
    _print_saved(page, step)


def _print_saved(page: Page, step: LessonStep) -> None:
    tense = "saves" if step.phase == "forward" else "saved"
    for kept in step.saved:
        page.say(f"autograd {tense} {_saved(kept)}", "", INDENT)
    for note in step.notes:
        page.say(note, "", INDENT)


def _saved(kept: Kept) -> str:
    saved = kept.saved
    what = (
        f"{saved.field} = {saved.tensor or kept.quantity or 'a constant'}, shape {saved.shape}, {saved.bytes:,} bytes"
    )
    return f"{what}; NumPy {f'keeps it as {kept.kept}; ' if kept.kept else 'does not keep it: '}{kept.note}"


def _flow(lesson: Lesson, step: LessonStep) -> list[tuple[str, Quantity]]:
    """What goes in and comes out, each with its label."""
    into, out = ("gradient in", "gradient out") if step.phase == "backward" else ("in", "out")
    labelled = [
        *((into, name) for name in step.came_in),
        *((step.reading(name), name) for name in step.reads),
        *((out, name) for name in step.made),
    ]
    return [(label, lesson.quantities[name]) for label, name in labelled]


def _agreement(quantity: Quantity) -> str:
    """Each ratio at its worst element; what is not plainly a pass by its name, and without a ratio at the end."""
    parts, unmeasured = [], []
    for other, check in quantity.checks.items():
        outcome = "" if check.agrees else f" {check.outcome}"
        if check.ratio is None:
            unmeasured.append(f"; {OTHERS[other]}{outcome}, nothing to compare")
        else:
            where = f" at {element('', check.at)}" if check.ratio and check.at else ""
            sampled = check.judged < check.elements.allowed.size
            sample = f" ({check.judged:,} of {check.elements.allowed.size:,} elements)" if sampled else ""
            parts.append(f"{OTHERS[other]}{outcome} {check.ratio:.2g}{where}{sample}")
    agrees = all(check.agrees for check in quantity.checks.values())
    verb = "does NOT agree" if _fails(quantity) else "agrees" if agrees else "is not fully judged"
    return f"{quantity.name} {verb}: {', '.join(parts)} of the bound{''.join(unmeasured)}"


def _conclude(page: Page, lesson: Lesson) -> None:
    page.say(lesson.saved)
    open_ends = [q for q in lesson.quantities.values() if not all(check.agrees for check in q.checks.values())]
    for quantity in open_ends:
        page.say(f"{_agreement(quantity)}.", "bold red" if _fails(quantity) else "yellow")
    if not open_ends:
        page.say("All gradients agree: NumPy's, the tape's, torch's, and the central differences.", "bold green")


def _print_experiments(page: Page, lesson: Lesson) -> None:
    """What autograd does beyond the step: the words, the lines that were run, and what they printed."""
    experiments = lesson.experiments
    if not experiments.shown:
        return
    page.say("What else autograd does", "bold")
    page.say(
        f"{counted(len(experiments.shown), 'experiment')} in torch, each with what it printed. The network, where one "
        "is needed, is the one above, and so are the data. To run them put these lines before; the model may be one of "
        "your own, with the same layers:"
    )
    _print_before(page, lesson)
    for one in experiments.shown:
        page.say(one.title, "bold cyan")
        page.say(one.what, "", INDENT)
        page.code(one.code)
        page.say("It printed:", "", INDENT)
        page.code(one.printed, "green")


def _print_before(page: Page, lesson: Lesson) -> None:
    """The lines before any of those to copy: the network, its data and cost."""
    if not lesson.experiments.all_written:
        page.say("There are too many weights or data to be written out; others stand in for them.", "dim")
    page.code(lesson.experiments.model)
    page.code(f"\n{lesson.experiments.setup}")


def print_cell(console: Console, lesson: Lesson, name: str, index: tuple[int, int]) -> None:
    """How one element comes about, number by number, and who computed what."""
    page, quantity = Page(console), lesson.quantities[name]
    places = zip(("row", "column"), index, (quantity.rows, quantity.columns), strict=True)
    counted = ", ".join(f"{part} {at} ({what})" for part, at, what in places if what)
    page.say(f"{named(quantity, index)}: {quantity.meaning}", "bold cyan")
    if counted:
        page.say(counted, "", INDENT)
    page.say(quantity.formula.plain or "given, not computed", "", INDENT)
    if isinstance(quantity.recipe, Sum):
        _print_sum(page, lesson, quantity.recipe, index, value_at(quantity, index))
    elif isinstance(quantity.recipe, Apply):
        page.say(_filled(lesson, quantity.recipe, index, numbers=False), "", INDENT)
        numbers = _filled(lesson, quantity.recipe, index, numbers=True)
        result = _whole(value_at(quantity, index))
        page.say(f"= {numbers}" if numbers == result else f"= {numbers} = {result}", "", INDENT)
    if quantity.recipe is not None and value_at(quantity, index) == 0:
        for reason in _why_zero(lesson, name, index):
            page.say(reason, "yellow", INDENT)
    _print_makers(page, quantity, index)


def _print_sum(page: Page, lesson: Lesson, recipe: Sum, index: tuple[int, int], value: float) -> None:
    """Every product on a line, in columns; then their sum and what is done to it."""
    rows = [
        [str(k), *(named(*factor) for factor in factors), *(f"{value_at(*factor):.6g}" for factor in factors),
         f"{product(factors):.6g}"]
        for k, factors in enumerate(products_at(lesson, recipe, index))
    ]  # fmt: skip
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    n, summed = len(recipe.factors), any("k" in factor.at for factor in recipe.factors)
    if summed:
        page.say(f"k counts {recipe.over}:", "", INDENT)
    for row in rows:
        k, *cells = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        line = f"{' · '.join(cells[:n])} = {' · '.join(cells[n : 2 * n])}" + (f" = {cells[-1]}" if n > 1 else "")
        page.say(f"{k}  {line}" if summed else line, "", INDENT)
    if summed:
        _print_total(page, lesson, recipe, index, value)


def _print_total(page: Page, lesson: Lesson, recipe: Sum, index: tuple[int, int], value: float) -> None:
    total = total_at(lesson, recipe, index)
    page.say(f"sum = {total['sum']:.17g}", "", INDENT)
    if recipe.divide is not None:
        page.say(f"/ {recipe.divide} = {total['sum'] / recipe.divide:.17g}", "", INDENT)
    if recipe.plus is not None:
        bias = named(lesson.quantities[recipe.plus.name], recipe.plus.index(*index, 0))
        page.say(f"+ {bias} = {total['sum']:.6g} + {total['plus']:.6g} = {total['result']:.17g}", "", INDENT)
    if total["result"] != value:
        page.say("(in double precision; the makers round in their own order)", "", INDENT)


def _whole(value: float) -> str:
    """As many digits as tell it from its neighbours: in a formula, fewer might say that 1 − A is 0."""
    return str(int(value) if value.is_integer() and abs(value) < 1e6 else value).replace("-", "−").replace("e+", "e")


def _filled(lesson: Lesson, recipe: Apply, index: tuple[int, int], *, numbers: bool) -> str:
    """The template with the elements' names put in, or with their numbers: a negative one after a sign in brackets."""

    def put(name: str, after_sign: bool) -> str:
        quantity = lesson.quantities[name]
        at = beside(quantity, index)
        if not numbers:
            return named(quantity, at)
        text = _whole(value_at(quantity, at))
        return f"({text})" if after_sign and text.startswith("−") else text

    return recipe.filled(put)


def _why_zero(lesson: Lesson, name: str, index: tuple[int, int]) -> Iterator[str]:
    """Back to where the 0 comes from: of products the first, of its factors the one with a reason of its own."""
    quantity = lesson.quantities[name]
    recipe, here = quantity.recipe, named(quantity, index)
    if isinstance(recipe, Apply):
        inputs = [lesson.quantities[found] for found in recipe.names]
        places = [(one, beside(one, index)) for one in inputs]
        numbers = ", ".join(f"{named(*place)} = {value_at(*place):.6g}" for place in places)
        yield (
            f"{here} is 0. {quantity.zero} {numbers}" if quantity.zero else f"{here} is 0 for {numbers or 'any input'}"
        )
    elif isinstance(recipe, Sum):
        products = products_at(lesson, recipe, index)
        zeros = [factor for factor in products[0] if value_at(*factor) == 0]
        if any(map(product, products)) or not zeros or recipe.plus is not None:
            yield f"{here} is 0: what is multiplied and added up comes to 0."
            return
        reason, at = min(zeros, key=lambda factor: not factor[0].zero)
        which = "every product is 0; the first: " if len(products) > 1 else ""
        yield f"{here} is 0 because {which}{named(reason, at)} is 0."
        yield from _why_zero(lesson, reason.name, at)


def _print_makers(page: Page, quantity: Quantity, index: tuple[int, int]) -> None:
    values = {maker: f"{item(array, index):.17g}" for maker, array in quantity.values.items()}
    left = max(map(len, (*values, *quantity.checks)))
    right = max(map(len, values.values()))
    for maker in dict.fromkeys((*values, *quantity.checks)):
        label = "NumPy" if maker == "numpy" else maker
        line = f"{label.ljust(left)}  {values.get(maker, '').rjust(right)}"
        if maker in quantity.checks:
            line += f"  {_difference(quantity.checks[maker], index)}"
        page.say(line, "", INDENT)


def _difference(check: Check, index: tuple[int, int]) -> str:
    difference, allowed, ratio = (
        item(array, index) for array in (check.elements.difference, check.elements.allowed, check.elements.ratio)
    )
    if math.isnan(allowed):
        return "not computed for this element"
    if math.isinf(allowed):
        return "no finite bound: an activation changes its piece nearby, or the difference says too little here"
    return f"diff {difference:.2g}, bound {allowed:.2g}, ratio {ratio:.2g}"


def _title(step: LessonStep) -> str:
    return step.title if step.phase != "backward" or step.layer is None else f"{step.title}, layer {step.layer}"


def _fails(quantity: Quantity) -> bool:
    return any(check.fails for check in quantity.checks.values())


def _small(shape: tuple[int, ...]) -> bool:
    rows, columns = shape or (1, 1)
    return rows <= ROWS and columns <= COLUMNS and rows * columns <= ELEMENTS


def _summary(array: Array) -> str:
    first = ", ".join(f"{value:.{DIGITS}g}" for value in array.flat[:FIRST])
    zeros = f", {100 * np.mean(array == 0):.3g}% are 0" if np.any(array == 0) else ""
    return f"from {array.min():.{DIGITS}g} to {array.max():.{DIGITS}g}{zeros}; first {first}, …"


def _matrix(label: str, quantity: Quantity, width: int) -> list[str]:
    """The digits under a heading, with the indices of the rows and of as many columns as fit."""
    array = quantity.values["numpy"]
    if not array.ndim:
        return [f"{label}: {quantity.name} = {float(array):.{DIGITS}g}"]
    texts = _digits(array)
    wide = max(len(text) for row in texts for text in row)
    fits = max(1, (width - 1) // (wide + 2))
    lines = [f"{label}: {quantity.name} {quantity.shape}"]
    lines.append(" " + "".join(f"  {column:>{wide}}" for column in range(array.shape[1])[:fits]))
    lines += [f"{i}" + "".join(f"  {text:>{wide}}" for text in row[:fits]) for i, row in enumerate(texts)]
    left_out = array.shape[1] - fits
    return [*lines, f"… {counted(left_out, 'more column')}"] if left_out > 0 else lines


def _digits(array: Array) -> list[list[str]]:
    """All with as many decimals as the least of them needs, or with exponents; a 0 is 0."""
    sizes = np.abs(array[(array != 0) & np.isfinite(array)]).astype(float)
    least, greatest = (math.floor(math.log10(size)) for size in (sizes.min(), sizes.max())) if sizes.size else (0, 0)
    decimals = max(0, DIGITS - 1 - least)
    form = f".{decimals}f" if decimals <= DECIMALS and greatest < LARGEST else f".{DIGITS - 1}e"
    form = ".0f" if np.all(array == np.round(array)) and greatest < LARGEST else form
    return [["0" if value == 0 else format(value, form) for value in row] for row in array.tolist()]


def _width(block: Sequence[str]) -> int:
    return max(map(len, block), default=0)


def _ascii(text: str) -> str:
    return text.translate(LETTERS).encode("ascii", "replace").decode("ascii")
