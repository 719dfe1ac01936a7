"""`numpynet gradcheck`: whether somebody's gradients are those of their cost, whatever their code looks like."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import numpy as np

from numpynet.commands.options import (
    EXISTING_FILE,
    MISMATCH,
    OK,
    CallError,
    Whole,
    json_option,
    progress_bar,
    wrong_call,
)
from numpynet.commands.somebodys import limits_of, reading_of, running_options
from numpynet.files import read_npz
from numpynet.parity.gradients import (
    GradientReport,
    ParameterRow,
    Structure,
    UnjudgeableError,
    by_name,
    check_gradients,
    gradients_by_name,
)
from numpynet.printable import listed
from numpynet.sandbox import Answer, LoadError, Odd, Session
from numpynet.sandbox.session import SEED
from numpynet.types import Array


@click.command()
@click.argument("file", type=EXISTING_FILE)
@click.option("--cost", required=True, metavar="NAME", help="A function of the parameters that returns one number.")
@click.option(
    "--gradients",
    required=True,
    metavar="NAME",
    help="A function of the parameters that returns their gradients, in the same form.",
)
@click.option(
    "--parameters",
    required=True,
    metavar="NAME|FILE.npz",
    help="A function without arguments, or a variable, that gives them: a dict of arrays, a list of arrays, or one "
    "array; or a file of them.",
)
@click.option("--seed", type=Whole(0, 2**32 - 1), default=0, show_default=True, help="Of the sample of large tensors.")
@running_options
@json_option  # fmt: skip
def gradcheck(
    file: Path, cost: str, gradients: str, parameters: str, seed: int, as_json: bool, **options: Any
) -> int:  # fmt: skip
    """Check gradients against their cost, as a black box: by central differences with bounds of their own.

    Nothing is asked of the code but three names. Of the file run imports, definitions and assignments, in a process of
    its own. Exit code 1: a gradient is wrong, or could not be judged.

    \b
    Examples:
      numpynet gradcheck mine.py --cost loss --gradients backward --parameters init
      numpynet gradcheck mine.py --cost loss --gradients backward --parameters weights.npz --json
    """
    from numpynet.views.console import echo, make_console
    from numpynet.views.gradients import print_report, report_data
    from numpynet.views.json import to_json

    reading = reading_of(options)
    session = Session(file, limits=limits_of(reading), isolation=reading.isolation, assigns=True)
    try:
        click.get_current_context().with_resource(session)
    except (LoadError, RuntimeError) as error:
        raise CallError(f"{file}: {error}") from error
    theirs = Functions(session, file, reading.class_name)
    if reading.init is not None:
        theirs.make(*reading.init)
    for option, name in (("--cost", cost), ("--gradients", gradients)):
        theirs.check(option, name)
    params, structure = theirs.parameters(parameters)
    with wrong_call():
        grads = gradients_by_name(gradients, theirs.called("--gradients", gradients, [structure(params)]), params)
        asked = 0

        def at(theta: dict[str, Array]) -> Any:
            nonlocal asked
            asked += 1
            progress(min(asked, about), "")
            # another seed the second time: of what NumPy draws at every call the check itself could not know
            value = theirs.called("--cost", cost, [structure(theta)], raising=True, seed=SEED + (asked == 2))
            if isinstance(value, Odd):
                raise UnjudgeableError(f"{cost} returned {value.type_name}: expected one number")
            numbers = [one for one in value if np.ndim(one) == 0] if isinstance(value, tuple) else []
            return numbers[0] if numbers else value  # what else it returns may be gradients, or a cache

        about = sum(8 * min(value.size, 400) for value in params.values()) + 40
        with progress_bar("costs", about) as progress:
            try:
                report = checked(at, params, grads, seed)
            except UnjudgeableError as error:
                echo(
                    to_json({"outcome": "cannot-judge", "problem": str(error)}) if as_json else f"Cannot judge: {error}"
                )
                return MISMATCH
    notes = session.loaded.notes
    if as_json:
        echo(to_json(report_data(report, notes)))
    else:
        print_report(make_console(highlight=False), report, notes)
    return OK if report.outcome == "pass" else MISMATCH


class Functions:
    """The file's functions, by the names that were given for them."""

    def __init__(self, session: Session, file: Path, class_name: str | None) -> None:
        self.session, self.file, self.owner = session, file, class_name
        if class_name is not None and class_name not in session.loaded.classes:
            raise CallError(f"--class: {file.name} has no class {class_name}; it has {listed(session.loaded.classes)}")

    def make(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """The object of the class."""
        if self.owner is None:
            raise CallError("--init gives arguments to a class: name it with --class")
        answer = self.session.make(self.owner, args, kwargs)
        if answer.raised is not None:
            raise CallError(f"{self.owner} cannot be made of what --init gives: {answer.raised.text}")

    def name(self, name: str) -> str | None:
        """The function as the file has it, a method of the class first."""
        found = self.session.loaded.functions
        return next((one for one in (f"{self.owner}.{name}", name) if one in found), None)

    def check(self, option: str, name: str) -> None:
        """CallError unless the file has a function that can be called with the parameters alone."""
        found = self.name(name)
        if found is None:
            there = listed(self.session.loaded.functions)
            raise CallError(f"{option} {name}: {self.file.name} has no such function; it has {there}")
        one = self.session.loaded.functions[found]
        if one.required > 1 or not one.parameters:
            raise CallError(
                f"{option} {name}: {found}({', '.join(one.parameters)}) must take the parameters, and nothing else: "
                "let the data stand in the file"
            )

    def called(self, option: str, name: str, args: Sequence[Any], *, raising: bool = False, seed: int = SEED) -> Any:
        """The value of a call; what it raised is a wrong call, or raised again."""
        found = self.name(name)
        assert found is not None
        return self._value(option, name, self.session.call(found, args, send="all", seed=seed), args, raising)

    def _value(self, option: str, name: str, answer: Answer, args: Sequence[Any], raising: bool) -> Any:
        if answer.raised is not None:
            line = f" ({self.file.name}, line {answer.raised.line})" if answer.raised.line else ""
            if raising:
                raised = "" if answer.raised.kind in ("timeout", "died") else "raised "
                raise UnjudgeableError(f"{name} {raised}{answer.raised.text}{line}")
            skipped = self.session.loaded.skipped if "NameError" in answer.raised.text else ()
            more = f"; {skipped[0]}: --trust runs the whole file" if skipped else ""
            raise CallError(f"{option} {name} raised {answer.raised.text}{line}{more}")
        if raising and not _same(list(answer.arguments), list(args)):
            raise UnjudgeableError(f"{name} changes the parameters that it is given: let it work on a copy")
        return answer.value

    def parameters(self, name: str) -> tuple[dict[str, Array], Structure]:
        """The parameters by name, and how the file's functions want them."""
        if name.endswith(".npz"):
            with wrong_call():
                return dict(read_npz(Path(name), ())), dict
        found = self.name(name)
        if found is None:
            answer = self.session.variable(name)
            if answer.raised is not None:
                there = listed(self.session.loaded.functions)
                raise CallError(
                    f"--parameters {name}: {self.file.name} has no such function or variable; it has {there}"
                )
        elif self.session.loaded.functions[found].required:
            raise CallError(f"--parameters {name}: {found} wants arguments: expected a function without any")
        else:
            answer = self.session.call(found, [])
        value = self._value("--parameters", name, answer, [], raising=False)
        params, structure = by_name(value)
        if not params:
            what = value.type_name if isinstance(value, Odd) else type(value).__name__
            raise CallError(
                f"--parameters {name} is a {what} without arrays of real numbers: expected a dict of them, a list of "
                "them, or one"
            )
        return params, structure


def checked(
    cost: Callable[[dict[str, Array]], Any], params: Mapping[str, Array], grads: Mapping[str, Any], seed: int
) -> GradientReport:
    """The report, with what is wrong already by its shape."""
    wrong = misfits(grads, params)
    others = [name for name in params if name not in {row.name for row in wrong}]
    if not others:
        return GradientReport(tuple(wrong))
    found = check_gradients(
        lambda theta: cost({**params, **theta}),
        {name: params[name] for name in others},
        {name: grads[name] for name in others},
        seed=seed,
    )
    return replace(found, rows=(*wrong, *found.rows))


def misfits(grads: Mapping[str, Any], params: Mapping[str, Array]) -> list[ParameterRow]:
    """The parameters whose gradient is not there, or has another shape: wrong without a look at the numbers."""
    rows = []
    for name, value in params.items():
        shape = np.shape(grads[name]) if name in grads else ()
        if name not in grads:
            how = "its gradient is not there"
        elif shape != value.shape:
            turned = ": it is transposed" if shape == value.shape[::-1] else ""
            how = f"its gradient has shape {shape}, expected {value.shape}{turned}"
        else:
            continue
        rows.append(ParameterRow(name, value.shape, "fail", 0, 0, 0, None, None, None, None, how))
    return rows


def _same(got: Any, want: Any) -> bool:
    """Whether arrays, in dicts and lists, are what they were."""
    if isinstance(want, dict):
        return isinstance(got, dict) and all(_same(got.get(key), one) for key, one in want.items())
    if isinstance(want, (list, tuple)):
        return len(got) == len(want) and all(map(_same, got, want))
    return np.array_equal(got, want)
