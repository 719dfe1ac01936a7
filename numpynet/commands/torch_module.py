"""`--torch` and `--state`: somebody's own nn.Module, or its weights alone, in the place of torch's twin."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

import click

from numpynet.commands.options import EXISTING_FILE, CallError, problem_of, wrong_call
from numpynet.files import MOST_BYTES, Weights, read_npz
from numpynet.losses import LOSSES
from numpynet.memory import Need
from numpynet.parity.loader import load_implementation
from numpynet.parity.trace import said
from numpynet.printable import listed
from numpynet.problem import Problem
from numpynet.reading import open_regular

if TYPE_CHECKING:
    from torch import nn

    from torch_reference import ReadModule

Command = TypeVar("Command", bound=Callable[..., Any])
BROUGHT = ("layers", "activation", "output", "batch_norm", "dropout", "initializer", "dtype")
OF_STATE = ("activation", "output")  # what a state_dict alone does not say
DEFAULT_LOSS = {"softmax": "nll", "sigmoid": "bce"}


def torch_options(command: Command) -> Command:
    """--torch and --state."""
    of_torch = click.option(
        "--torch", "torch_file", metavar="FILE.py[:NAME]",
        help="Your own nn.Module in the place of torch's twin: a module, a class made without arguments, or a function "
        "that makes one. The file is run: only one you trust.",
    )  # fmt: skip
    of_state = click.option(
        "--state", "state_file", type=EXISTING_FILE, metavar="FILE.pt|npz",
        help="Its state_dict. Without --torch: the chain of Linear and BatchNorm1d in it, in their order there, with "
        "--activation and --output.",
    )  # fmt: skip
    return of_torch(of_state(command))


def chosen_module(
    torch_file: str | None, state_file: Path | None, weights_file: Path | None, options: dict[str, Any]
) -> ReadModule | None:
    """The module that was asked for, read; None where none was. A wrong call where it cannot be."""
    if torch_file is None and state_file is None:
        return None
    brought = [name for name in BROUGHT if torch_file is not None or name not in OF_STATE]
    given = [name for name in brought if options[name] is not None] + ["weights"] * (weights_file is not None)
    if given:
        option, left_out = "--torch" if torch_file else "--state", f"--{given[0].replace('_', '-')}"
        raise click.UsageError(f"{option} brings its own network, in its own precision: leave out {left_out}")
    from torch_reference import ReadModule
    from torch_reference.state import chain_of, with_state

    with wrong_call(), contextlib.redirect_stdout(sys.stderr), _seeded(options["seed"]):
        state = _state(state_file) if state_file else None
        if torch_file is None:
            assert state is not None
            assert state_file is not None
            width = next((value.shape[0] for value in reversed(state.values()) if value.dim()), 1)
            output = options["output"] or (LOSSES[options["loss"]].output if options["loss"] else None)
            model = chain_of(
                state,
                state_file.name,
                options["activation"] or "relu",
                output or ("linear" if width > 1 else "sigmoid"),
            )
            return ReadModule(model, name=state_file.name)
        path, model = _made(torch_file)
        if state is not None and state_file is not None:
            with_state(model, state, state_file.name)
        return ReadModule(model, name=f"{_kind(model)} in {path.name}")


def problem_with(module: ReadModule, options: dict[str, Any], need: Need) -> Problem:
    """The data that were asked for, with the module's network and weights, and a loss that goes with both."""
    last, loss = module.nn_architecture[-1], options["loss"]
    if loss is not None or module.chain.log_softmax:
        loss = module.loss(loss or "nll")
    elif last["activation"] == "linear" and last["output_dim"] > 1:
        loss = "cross_entropy"
    else:
        loss = DEFAULT_LOSS.get(last["activation"])
    weights = Weights(module.params_values, module.nn_architecture, loss=loss or "")  # "": the data say
    problem = problem_of(options | {"loss": loss}, weights, need)
    if problem.loss == "bce" and last["activation"] == "linear" and options["loss"] is None:
        problem = replace(problem, loss="bce_with_logits")
    return replace(problem, nn_architecture=module.nn_architecture)


def _state(path: Path) -> Any:
    """Tensors by name, of either kind of file."""
    import torch

    from torch_reference.state import load_state

    if path.suffix.lower() == ".npz":
        return {
            name: torch.from_numpy(array) for name, array in read_npz(path, ()).items() if array.dtype.kind in "fiu"
        }
    with open_regular(path, MOST_BYTES) as file:
        return load_state(file, path.name)


@contextlib.contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Weights that the file draws are those of the seed; torch's own stream goes on as if nothing had been drawn."""
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def _made(torch_file: str) -> tuple[Path, nn.Module]:
    """The file, and the module that is in it or is made by what is in it."""
    from torch import nn

    from torch_reference.recording import line_of

    path, name = _split(torch_file)
    try:
        file = load_implementation(path)
    except ImportError as error:
        line = line_of(error.__cause__) if error.__cause__ is not None else ""
        raise CallError(f"--torch: {error}{line}") from error
    found = vars(file).get(name) if name else _only(file, path)
    if name and name not in vars(file):
        raise CallError(f"--torch: {path} has no {name!r}; it has {_listed(file)}")
    if not isinstance(found, nn.Module) and callable(found):
        try:
            found = found()
        except (Exception, SystemExit) as error:
            raise CallError(
                f"--torch: {torch_file}, called without arguments, raises {said(error)}{line_of(error)}"
            ) from error
    if not isinstance(found, nn.Module):
        raise CallError(f"--torch: {torch_file} is a {type(found).__name__}: expected an nn.Module, or what makes one")
    return path, found


def _split(torch_file: str) -> tuple[Path, str]:
    """ "net.py:Net" as the path and the name."""
    before, _, name = torch_file.rpartition(":")
    path, name = (Path(before), name) if before and name.isidentifier() else (Path(torch_file), "")
    if path.suffix != ".py":
        raise CallError(
            f"--torch: {str(path)!r}: expected the .py file that makes the module, FILE.py or FILE.py:NAME; a pickled "
            "one is not opened: its state_dict goes to --state"
        )
    if not path.is_file():
        raise CallError(f"--torch: {path}: no such file")
    return path, name


def _modules(file: ModuleType) -> tuple[list[str], list[str]]:
    """The names of the modules in the file, and of the classes of modules that are defined there."""
    from torch import nn

    every = {name: value for name, value in vars(file).items() if not name.startswith("_")}
    instances = {id(value): name for name, value in every.items() if isinstance(value, nn.Module)}
    classes = [
        name for name, value in every.items()
        if isinstance(value, type) and issubclass(value, nn.Module) and value.__module__ == file.__name__
    ]  # fmt: skip
    return list(instances.values()), classes


def _only(file: ModuleType, path: Path) -> Any:
    """The one module in the file, else the one class of modules."""
    instances, classes = _modules(file)
    found = instances or classes
    if len(found) != 1:
        what = f"it has {_listed(file)}" if found else "it has neither a module nor a class of modules"
        raise CallError(f"--torch: which module of {path}? {what}: say it as {path}:NAME")
    return vars(file)[found[0]]


def _listed(file: ModuleType) -> str:
    instances, classes = _modules(file)
    return listed([*instances, *classes])


def _kind(model: nn.Module) -> str:
    from torch_reference.recording import unwrapped

    return type(unwrapped(model)).__name__
