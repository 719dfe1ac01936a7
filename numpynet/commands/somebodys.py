"""Somebody's file on the command line: how it is to be read, and what of it can be compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from numpynet.commands.options import CallError
from numpynet.printable import listed
from numpynet.problem import Problem

if TYPE_CHECKING:
    from numpynet.check.implementation import Implementation
    from numpynet.check.reader import Reader, Reading
    from numpynet.sandbox import Limits

Command = TypeVar("Command", bound=Callable[..., Any])
SECONDS, NO_LIMIT = 60.0, 1e9  # of one call of a file that is isolated; of one that is trusted
MEMORY_MIB, TRAFFIC_MIB = 16_384, 1 << 20


MAP = click.option(
    "--map", "mapping", multiple=True, metavar="THEIRS=OURS",
    help="A function of the file and the tutorial's name for it; may be repeated.",
)  # fmt: skip
RUNNING = (
    click.option("--class", "class_name", metavar="NAME", help="The class that holds the functions as methods."),
    click.option(
        "--init", metavar="ARGS",
        help="What an object of that class is made of, as Python literals: '[2, 3, 1], seed=4'.",
    ),
    click.option(
        "--trust", is_flag=True,
        help="Run the whole file as Python would, with everything that is installed and with your rights, not "
        "isolated. Only for a file that you would run yourself.",
    ),
    click.option(
        "--isolation", type=click.Choice(["auto", "bubblewrap", "plain"]), default="auto", show_default=True,
        help="bubblewrap: no network, no files, its own processes. plain: limits and a guard inside Python.",
    ),
)  # fmt: skip


def running_options(command: Command) -> Command:
    """How somebody's file is run: the same options wherever one is."""
    for option in reversed(RUNNING):
        command = option(command)
    return command


def reading_options(command: Command) -> Command:
    """The same, and which of its functions is which."""
    return MAP(running_options(command))


def reading_of(options: dict[str, Any]) -> Reading:
    """The options, taken out of the others and checked."""
    import shutil

    from numpynet.check.contract import CONTRACT, OPERATIONS
    from numpynet.check.reader import Reading, parse_init

    mapping = options.pop("mapping", ())
    class_name, init, trust, isolation = (options.pop(name) for name in ("class_name", "init", "trust", "isolation"))
    for part in mapping:
        if part.count("=") != 1 or part.startswith("=") or part.endswith("="):
            raise click.UsageError(f"--map {part}: expected THEIRS=OURS")
    pairs = dict(part.split("=") for part in mapping)
    if len(pairs) < len(mapping):
        raise click.UsageError("--map: one of the file's functions is named twice")
    if unknown := [ours for ours in pairs.values() if ours not in OPERATIONS]:
        raise click.UsageError(f"--map: {unknown[0]} is none of {', '.join(CONTRACT)}")
    if isolation == "bubblewrap" and shutil.which("bwrap") is None:
        raise click.UsageError("--isolation bubblewrap: bwrap is not installed (Debian: apt install bubblewrap)")
    if trust and isolation != "auto":
        raise click.UsageError(f"--trust runs the file without isolation: leave out --isolation {isolation}")
    try:
        arguments = parse_init(init) if init is not None else None
    except ValueError as error:
        raise click.UsageError(f"--init {error}") from error
    return Reading(pairs, class_name, arguments, "none" if trust else isolation)


def asks_for_reading(options: dict[str, Any]) -> list[str]:
    """Which of these options were given."""
    given = {"--map": options["mapping"], "--class": options["class_name"], "--init": options["init"],
             "--trust": options["trust"], "--isolation": options["isolation"] != "auto"}  # fmt: skip
    return [name for name, value in given.items() if value]


def limits_of(reading: Reading) -> Limits:
    """What a file may use that is called many times over."""
    from numpynet.sandbox import Limits
    from numpynet.sandbox.launch import TRUSTED

    seconds = NO_LIMIT if reading.isolation == TRUSTED else SECONDS
    return Limits(NO_LIMIT, seconds, MEMORY_MIB, message_mib=64, traffic_mib=TRAFFIC_MIB)


def open_file(file: Path, reading: Reading) -> Reader:
    """The file, read until the command ends; CallError where it cannot be, or lacks what a step needs."""
    from numpynet.check.reader import Reader
    from numpynet.parity.trace import REQUIRED
    from numpynet.sandbox import LoadError

    limits = limits_of(reading)
    try:
        reader = click.get_current_context().with_resource(Reader(file, reading, limits))
    except LoadError as error:
        raise CallError(f"{file}: {error}") from error
    except RuntimeError as error:  # the isolation that was asked for cannot be had
        raise CallError(str(error)) from error
    missing = [name for name in REQUIRED if name not in reader.functions]
    if owners := _without_gradients(reader):
        raise CallError(
            f"{file.name}: compare hands gradients from the backward pass to the update, and no method of "
            f"{listed(owners)} takes any: it cannot be compared. numpynet check {file} judges classes; "
            "docs/your-file.md has the functions that compare calls; without --implementation, torch is compared with "
            "numpynet's own"
        )
    if missing:
        raise CallError(
            f"{file.name} has no function {', '.join(missing)}; it has {listed(reader.session.loaded.functions)}: "
            f"say which is meant with --map THEIRS={missing[0]}. numpynet gradcheck checks the gradients of any code"
        )
    for name in REQUIRED:
        if reader.roles[name] is None:
            one = reader.functions[name]
            called = f"{one.theirs}({', '.join(one.parameters)})"
            raise CallError(
                f"{file.name}: {called} is taken to be {name}; what it wants is not known. numpynet gradcheck checks "
                "the gradients of any code"
            )
    return reader


def _without_gradients(reader: Reader) -> list[str]:
    """The classes that hold the file's forward or backward pass, where nothing in the file may take their gradients."""
    from numpynet.check.contract import roles_of

    found = reader.functions
    passes = [found[name] for name in ("full_forward_propagation", "full_backward_propagation") if name in found]
    owners = sorted({one.owner for one in passes if one.kind == "method"})
    known = {one.theirs for name, one in found.items() if name != "update"}
    others = [one for theirs, one in reader.session.loaded.functions.items() if theirs not in known]
    methods = [one for one in others if one.owner in owners and not one.name.startswith("__")]
    free = [one for one in others if not one.owner]
    functions = [one for one in free if "grads_values" in (roles_of("update", one.parameters, one.required) or ())]
    return [] if functions or any(one.required for one in methods) else owners


def _asked_for(problem: Problem, options: list[str]) -> str:
    """What the options ask for, beside what the file has."""
    activations = listed(dict.fromkeys(layer["activation"] for layer in problem.nn_architecture))
    verb = "asks" if len(options) == 1 else "ask"
    network = f"{problem.layers} with {activations} and {problem.loss} in {problem.data.X_train.dtype}"
    return f"; {listed(options)} {verb} for {network}"


def compared(
    reader: Reader,
    problem: Problem,
    options: dict[str, Any],
    loaded: Callable[[dict[str, Any]], Problem],
    brought_by: str,
) -> tuple[Problem, Implementation]:
    """The problem on which the file is compared, and the file behind the tutorial's functions.

    What nobody asked for is as the file has it: its activations, its loss, its depth, float32; `loaded` makes the
    problem of other options, unless the network is `brought_by` another. CallError where it differs from what was asked
    for.
    """
    from numpynet.check.fit import LacksError, fit

    asked = {name for name in ("layers", "activation", "output", "loss", "dtype") if options[name] is not None}
    free = {"layers", "activation", "loss", "dtype"} - asked - ({"activation"} if "output" in asked else set())
    if brought_by:
        free = {"dtype"} - asked if brought_by == "--weights" else set()
    try:
        found = fit(reader, problem.nn_architecture, problem.loss, problem.data.X_train.dtype, free)
    except LacksError as error:
        named = [brought_by] if brought_by else [f"--{name}" for name in sorted(asked)]
        raise CallError(f"{error}{_asked_for(problem, named) if named else ''}") from error
    if found.layers != problem.layers or found.dtype != problem.data.X_train.dtype:
        layers = {} if brought_by else {"layers": found.layers}
        problem = loaded({**options, **layers, "dtype": str(found.dtype)})
    return replace(problem, nn_architecture=found.nn_architecture, loss=found.loss), found.implementation
