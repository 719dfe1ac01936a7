"""Somebody's own module, run and watched: what autograd recorded, each result before anything was written over it.

What a forward pass really computed stands in autograd's graph, however its code is written: modules, functions,
methods, in place. The numbers and who asked for them are noted on the way, by a mode that sees every call of torch's.
"""

from __future__ import annotations

import contextlib
import inspect
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import torch
from torch import nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from numpynet import names
from numpynet.parity.trace import said

Recorded: TypeAlias = torch.autograd.graph.Node
INTO_PYTHON = {  # what a forward pass does with such a number depends on the data
    *(getattr(torch.Tensor, f"__{name}__") for name in ("bool", "int", "float", "index", "complex", "array")),
    *(getattr(torch.Tensor, name) for name in ("item", "tolist", "numpy", "equal", "allclose", "is_nonzero")),
    *(torch.equal, torch.allclose, torch.is_nonzero),
}
WITH_OPTIONS: dict[Any, inspect.Signature] = {
    function: inspect.signature(function) for function in (functional.dropout, functional.batch_norm)
}
UNCALLED = (nn.ModuleList, nn.ModuleDict, nn.ParameterList, nn.ParameterDict, nn.modules.loss._Loss)
FOLDERS = [Path(file).parent for file in (torch.__file__, names.__file__, __file__)]


class ModuleError(ValueError):
    """A module, or a file of its weights, that cannot be read: a sentence that names the place and the way out."""


@dataclass(frozen=True)
class Made:
    """What an operation returned, the function of torch's that was called, and the submodule that called it.

    `options` are the arguments by name where autograd does not record all of them: of dropout and of batch norm.
    """

    value: torch.Tensor
    function: Callable[..., Any]
    place: str
    options: Mapping[str, Any]


class Watched:
    """A private copy of a module, of which each run is recorded. ModuleError where it cannot be copied."""

    def __init__(self, model: nn.Module, name: str) -> None:
        self.name = name
        self.module = copied(model)
        self.parameters = dict(self.module.named_parameters())
        self.buffers = dict(self.module.named_buffers())
        self.running: list[str] = []
        self.called: set[str] = set()
        for dotted, submodule in self.module.named_modules():
            place = self.place(dotted)
            submodule.register_forward_pre_hook(self._entered(dotted, place), prepend=True)
            submodule.register_forward_hook(self._left)

    def place(self, dotted: str) -> str:
        """ "fc1 (Linear)"; of the module itself "the forward of Net"."""
        kind = type(self.module.get_submodule(dotted)).__name__
        return f"{dotted.replace('_orig_mod.', '')} ({kind})" if dotted else f"the forward of {self.name}"

    def never_called(self) -> list[str]:
        """A sentence for each submodule, without parameters of its own, that no run so far has called."""
        idle = [
            dotted
            for dotted, one in self.module.named_modules()
            if dotted not in self.called and not isinstance(one, UNCALLED)
            and not list(one.parameters()) and not list(one.children())
        ]  # fmt: skip
        return [f"{self.place(dotted)} is never called" for dotted in idle]

    def _entered(self, dotted: str, place: str) -> Callable[..., None]:
        def enter(*_: object) -> None:
            self.running.append(place)
            self.called.add(dotted)

        return enter

    def _left(self, *_: object) -> None:
        self.running.pop()

    def run(self, X: torch.Tensor, training: bool) -> Recording:
        """A forward pass of the copy for X, (m, …). ModuleError where it raises, or returns no tensor."""
        self.module.train(training)
        self.running.clear()
        recording = Recording(self, X, training)
        with _eagerly():
            try:
                with recording:
                    output = self.module(recording.X)
            except (KeyboardInterrupt, ModuleError):
                raise
            except BaseException as error:
                last = self.running[-1] if self.running else self.place("")
                raise ModuleError(f"{self.name}: {last} raises {said(error)}{line_of(error)}") from error
        if not isinstance(output, torch.Tensor):
            raise ModuleError(f"{self.place('')} returns {type(output).__name__}: expected the prediction, one tensor")
        recording.output = output
        return recording


class Recording(TorchFunctionMode):
    """The nodes of autograd's graph in one run, each with what it `made`; the data are the leaf behind `start`."""

    def __init__(self, watched: Watched, X: torch.Tensor, training: bool) -> None:
        super().__init__()
        self.watched, self.training = watched, training
        self.X = X.detach().clone().requires_grad_().clone()  # a leaf could not be written over
        self.start, self.value = self.X.grad_fn, self.X.detach().clone()
        self.made: dict[Recorded, Made] = {}
        self.output: torch.Tensor = self.X

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Call the function, and note down what it made."""
        place, keywords = self.watched.running[-1] if self.watched.running else self.watched.place(""), kwargs or {}
        if function in INTO_PYTHON and not any(one is args[0] for one in self.watched.buffers.values() if args):
            raise ModuleError(
                f"{place} turns a tensor into a number of Python's ({function.__name__}): what it computes may depend "
                "on the data, and one run does not show it all; leave that out of the forward pass"
            )
        options = WITH_OPTIONS[function].bind(*args, **keywords) if function in WITH_OPTIONS else None
        result = function(*args, **keywords)
        if isinstance(result, torch.Tensor) and result.grad_fn is not None and result.grad_fn not in self.made:
            if options is not None:
                options.apply_defaults()
            given = {} if options is None else options.arguments
            self.made[result.grad_fn] = Made(result.detach().clone(), function, place, given)
        return result


def unwrapped(model: nn.Module) -> nn.Module:
    """The module inside nn.DataParallel and torch.compile."""
    while True:
        inside = getattr(model, "_orig_mod", None)
        if isinstance(model, (nn.DataParallel, nn.parallel.DistributedDataParallel)):
            inside = model.module
        if not isinstance(inside, nn.Module):
            return model
        model = inside


def line_of(error: BaseException) -> str:
    """ " (net.py, line 12)", the last line of somebody's own on the way to the error; "" where there is none."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith("<") and not any(map(Path(frame.filename).is_relative_to, FOLDERS))
    ]
    return f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""


def copied(model: nn.Module) -> nn.Module:
    """A copy on the CPU of what is inside nn.DataParallel and torch.compile, without gradients.

    ModuleError where it cannot be made, or would not do what the module does.
    """
    model = unwrapped(model)
    name = type(model).__name__
    if isinstance(model, torch.jit.ScriptModule):
        raise ModuleError(f"{name} is a {type(model).__name__}, whose operations cannot be seen: give the nn.Module")
    for dotted, parameter in model.named_parameters():
        if isinstance(parameter, nn.UninitializedParameter):
            raise ModuleError(f"{dotted} of {name} has no shape yet: run the module once, on any data of its width")
        if not parameter.requires_grad:
            raise ModuleError(f"{dotted} of {name} is frozen (requires_grad=False): numpynet trains every parameter")
        if parameter._backward_hooks:
            raise ModuleError(f"{dotted} of {name} has a hook, which may change its gradient: take it off")
    try:
        copy = deepcopy(model).cpu()
    except Exception as error:
        raise ModuleError(f"{name} cannot be copied: {said(error)}") from error
    copy.zero_grad(set_to_none=True)
    return copy


@contextlib.contextmanager
def _eagerly() -> Iterator[None]:
    """What was compiled runs as it was written; without torch._dynamo, which takes seconds to import, nothing was."""
    if "torch._dynamo" not in sys.modules:
        yield
        return
    with torch.compiler.set_stance("force_eager"):
        yield
