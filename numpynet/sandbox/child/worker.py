"""The child's side: load one file, answer calls of its functions, until the pipe ends. Started by `sandbox.py`."""

from __future__ import annotations

import builtins
import contextlib
import functools
import importlib
import importlib.util
import os
import random
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from . import guard, inside, loader, source, wire
from .rebinding import Rebinding

globals()["__builtins__"] = dict(vars(builtins))  # the functions below keep theirs, whatever a file does to its own

read, write, leave = os.read, os.write, os._exit
seed, seed_random, thread = np.random.seed, random.seed, threading.get_ident
set_trace, set_profile, set_recursion, set_timer = sys.settrace, sys.setprofile, sys.setrecursionlimit, signal.setitimer
partial, real_timer, ndarray = functools.partial, signal.ITIMER_REAL, np.ndarray
RECURSION = 1000
LOAD_SECONDS = 2.0  # for one statement at the top level
MOST_PRINTED, MOST_CALLS, MOST_RECORDED, MOST_FUNCTIONS, COPIED = 20_000, 500, 10_000, 1000, 4


class Pipe:
    """Frames in, frames out. The process ends where the parent is gone."""

    def __init__(self, source: int, sink: int) -> None:
        self.source, self.sink = source, sink

    def receive(self) -> dict[str, Any]:
        """The next message."""
        size = int.from_bytes(self._exactly(4), "big")
        if size > wire.MESSAGE_BYTES:
            leave(70)
        return wire.unpack(self._exactly(size))

    def _exactly(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            piece = read(self.source, min(size - len(data), 1 << 20))
            if not piece:
                leave(0)
            data += piece
        return bytes(data)

    def send(self, message: dict[str, Any]) -> None:
        """Write the whole frame."""
        data = memoryview(wire.pack(message))
        while data:
            data = data[write(self.sink, data) :]


def no_odd(name: str) -> Any:
    """The parent sends nothing odd."""
    raise wire.WireError(name)


def name_of(value: Any) -> str:
    """What the parent is told of a value that cannot travel."""
    if type(value) is loader.StandIn:
        return f"stand-in for {value.__name__}"
    return wire.name_of(value)


class Printed:
    """What a call prints, as far as it is kept."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.left = MOST_PRINTED

    def write(self, text: str) -> int:
        """Keep the text."""
        if type(text) is str and self.left > 0:
            self.parts.append(text[: self.left])
            self.left -= len(text)
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""

    def isatty(self) -> bool:
        """No terminal."""
        return False


def recorder(calls: list[list[Any]]) -> Callable[..., None]:
    """A callback that notes what it is called with: whole numbers as they are, of anything else the type."""

    def callback(*arguments: Any, **named: Any) -> None:
        if len(calls) < MOST_CALLS:
            every = (*arguments, *named.values())
            calls.append([one if type(one) is int else name_of(one)[:40] for one in every[:4]])

    return callback


class Worker:
    """The loaded file, and what it takes to call its functions."""

    def __init__(self, pipe: Pipe) -> None:
        self.pipe = pipe
        self.main_thread = thread()
        self.instances: dict[str, Any] = {}
        self.made: dict[str, tuple[list[Any], dict[str, Any]]] = {}  # owner → what its instance is made of
        self.kept: dict[int, Any] = {}
        self.exceptions = {
            name: kind
            for name, kind in vars(builtins).items()
            if isinstance(kind, type) and issubclass(kind, Exception)
        }
        self.loading: loader.Loading

    def load(self, request: Mapping[str, Any], available: frozenset[str] | None) -> dict[str, Any]:
        """Load the file: the message with what was found."""
        trusted = request["trusted"]
        try:
            self.loading = loader.load(
                wire.from_base64(request["source"]),
                request["name"],
                available,
                None if trusted else min(LOAD_SECONDS, request["seconds"]),
                lambda line: self.pipe.send({"id": request["id"], "at": line}),
                request["assigns"],
            )
        except source.LoadingError as error:
            return {"error": str(error)}
        except BaseException as error:
            return {"error": f"the file cannot be loaded: {loader.described(error)}"}
        self.made = {
            owner: (wire.decode(args, no_odd), wire.decode(kwargs, no_odd)) for owner, args, kwargs in request["made"]
        }
        return {
            "functions": [
                [
                    *(entry.name, entry.owner, entry.kind, entry.line, list(entry.parameters), entry.required),
                    *(entry.unfinished, list(entry.compared)),
                ]
                for entry in list(self.loading.inventory.values())[:MOST_FUNCTIONS]
            ],
            "classes": self.loading.classes[:MOST_FUNCTIONS],
            "skipped": loader.grouped(self.loading.left, self.loading.source),
            "notes": self.loading.notes,
            "unparsed": self.loading.unparsed,
            "torch": self.loading.torch[:MOST_FUNCTIONS],
            "rebound": list(map(list, self.loading.rebound.items())),
        }

    def call(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Call a function: the message with its value, the arguments after the call, and what was raised."""
        for handle in request["forget"]:
            self.kept.pop(handle, None)
        undo = Rebinding([])
        active = [True]
        raised = None
        value = None
        called_back: list[list[Any]] = []
        recorded: list[tuple[str, list[Any], dict[str, Any], Any]] = []
        arguments: list[Any] = []
        named: dict[str, Any] = {}
        loader.StandIn.used.clear()
        printed = Printed()
        before, sys.stdout = sys.stdout, printed
        try:
            arguments = wire.decode(request["args"], no_odd, self.part)
            named = wire.decode(request["kwargs"], no_odd, self.part)
            if request["callback"] is not None:
                named[request["callback"]] = recorder(called_back)
            seed(request["seed"])
            seed_random(request["seed"])
            others = {theirs: self.stand_in(theirs, request["id"], active) for theirs in request["stand_ins"]}
            others |= {theirs: self.recording(theirs, recorded, active) for theirs in request["record"]}
            undo = self.rebound(others)
            target = self.target(request["op"], request["name"])
            seed(request["seed"])
            seed_random(request["seed"])
            value = target(*arguments, **named)
        except BaseException as error:
            set_trace(None)
            raised = self.raised(error)
            if raised["text"].startswith("NameError"):
                loader.StandIn.used.update(dict.fromkeys(self.loading.starred))
        finally:
            sys.stdout = before
            set_trace(None)
            set_profile(None)
            set_timer(real_timer, 0)
            set_recursion(RECURSION)
            active.clear()
            undo.restore()
        if request["keep"] is not None:
            self.kept[request["keep"]] = [value, recorded, arguments, named]
        answer: dict[str, Any] = {"value": None, "arguments": wire.encode([[], {}])}
        if request["send"] != "nothing":
            try:
                answer["value"] = wire.encode(value, named=name_of)
            except wire.WireError as error:
                raised = {"kind": "refused", "text": f"it returned {error}", "line": None}
        if request["send"] == "all":
            try:
                after = {name: value for name, value in named.items() if name != request["callback"]}
                answer["arguments"] = wire.encode([arguments, after], named=name_of)
            except wire.WireError as error:
                raised = raised or {"kind": "refused", "text": f"it left in its arguments {error}", "line": None}
        answer["raised"] = raised
        answer["printed"] = "".join(printed.parts)
        answer["called_back"] = called_back
        answer["recorded"] = [theirs for theirs, *_ in recorded]
        answer["stand_ins"] = list(loader.StandIn.used)[:MOST_CALLS]
        return answer

    def part(self, handle: int, path: list[Any]) -> Any:
        """What is kept under the handle, or a part of it."""
        value = self.kept[handle]
        for key in path:
            value = value[key]
        return value

    def raised(self, error: BaseException) -> dict[str, Any]:
        """The kind, the text and the deepest line in the file."""
        kind, text = "exception", loader.described(error)
        seen = 0
        cause: BaseException | None = error
        while cause is not None and seen < 10:
            if type(cause) is guard.RefusedError:
                kind, text = "refused", str(cause.args[0])
                break
            cause, seen = BaseException.__getattribute__(cause, "__context__"), seen + 1
        line = None
        trace = BaseException.__getattribute__(error, "__traceback__")
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self.loading.name:
                line = trace.tb_lineno
            trace = trace.tb_next
        if line is not None and self.loading.source.cells:
            text = f"{text} ({self.loading.source.place(line)})"
        return {"kind": kind, "text": text, "line": line}

    def target(self, op: str, theirs: str) -> Callable[..., Any]:
        """What a request runs: the file's function, a method of its class's one instance, or work on that instance."""
        if op == "value":
            return lambda value: value
        if op == "variable":
            return lambda: self.loading.namespace[theirs]
        if op == "assign":
            return lambda value: self.loading.namespace.update({theirs: value})
        if op == "source":
            entry = self.loading.inventory[theirs]
            return lambda: "\n".join(self.loading.source.text.split("\n")[entry.line - 1 : max(entry.line, entry.end)])
        if op == "cell":
            return lambda: self.loading.source.cell(self.loading.inventory[theirs].line)
        if op == "above_zero":
            return lambda found: {name: value > 0 for name, value in found.items() if type(value) is ndarray}
        if op in ("new", "bases", "parts", "place", "method"):
            return self.on_objects(op, theirs)
        if op == "make":
            return partial(self.make, theirs)
        if op == "look":
            return lambda: dict(vars(self.instance(theirs)))
        if op == "put":
            return lambda values: self.instance(theirs).__dict__.update(values)
        namespace = self.loading.namespace
        owner, _, name = theirs.rpartition(".")
        if not owner:
            found: Callable[..., Any] = namespace[name]
            return found
        method = self.loading.inventory.get(theirs)
        if method is None or method.kind != "method":
            return getattr(namespace[owner], name)  # type: ignore[no-any-return]
        return getattr(self.instance(owner), name)  # type: ignore[no-any-return]

    def on_objects(self, op: str, theirs: str) -> Callable[..., Any]:
        """Work on objects that are kept, of which there may be several of a class."""
        namespace, classes = self.loading.namespace, self.loading.classes
        if op == "new":
            return lambda *arguments, **named: namespace[theirs](*arguments, **named)
        if op == "bases":
            mro = type.__dict__["__mro__"].__get__
            return lambda: {
                name: [kind.__name__ for kind in mro(namespace[name]) if kind.__name__ in classes]
                for name in classes
                if isinstance(namespace[name], type)
            }
        if op == "parts":
            return lambda thing: inside.parts(thing, self.loading.module.__name__)
        if op == "place":
            return inside.place_all
        return lambda thing, *arguments, **named: getattr(thing, theirs)(*arguments, **named)

    def make(self, owner: str, *arguments: Any, **named: Any) -> None:
        """The class's one instance, made of these arguments."""
        self.instances[owner] = self.loading.namespace[owner](*arguments, **named)

    def instance(self, owner: str) -> Any:
        """The class's instance: made of what was given for it, else by `cls()`, else without `__init__`."""
        if owner not in self.instances:
            made = self.loading.namespace[owner]
            try:
                arguments, named = self.made.get(owner, ([], {}))
                self.instances[owner] = made(*arguments, **named)
            except Exception:
                self.instances[owner] = made.__new__(made)
        return self.instances[owner]

    def without_self(self, theirs: str) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
        """Takes the object or the class off a call's arguments, where the function is a method that gets one."""
        owner, entry = theirs.rpartition(".")[0], self.loading.inventory.get(theirs)
        if entry is None or entry.kind not in ("method", "class"):
            return lambda arguments: arguments
        holder: Any = self.loading.namespace.get(owner)

        def stripped(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
            bound = arguments and (arguments[0] is holder or isinstance(arguments[0], holder))
            return arguments[1:] if bound else arguments

        return stripped

    def recording(self, theirs: str, recorded: list[Any], active: list[bool]) -> Callable[..., Any]:
        """The function itself; each call of it is noted, with copies of the arguments and of the result."""
        original, own, main = self.original(theirs), self.without_self(theirs), self.main_thread

        def noted(*arguments: Any, **named: Any) -> Any:
            if not active or thread() != main or len(recorded) >= MOST_RECORDED:
                return original(*arguments, **named)
            given = [copied(value) for value in own(arguments)], {key: copied(item) for key, item in named.items()}
            place = len(recorded)
            recorded.append((theirs, *given, None))
            result = original(*arguments, **named)
            recorded[place] = (theirs, *given, copied(result))
            return result

        noted.__name__, noted.__qualname__ = theirs.rpartition(".")[2], theirs
        return noted

    def stand_in(self, theirs: str, call: int, active: list[bool]) -> Callable[..., Any]:
        """A function that asks the parent; once the call is over, the file's own again."""
        entry = self.loading.inventory.get(theirs)
        original, own = self.original(theirs), self.without_self(theirs)
        pipe, main, parameters = self.pipe, self.main_thread, entry.parameters if entry else ()
        exceptions = self.exceptions

        def ask(*arguments: Any, **named: Any) -> Any:
            if not active or thread() != main:
                return original(*arguments, **named)
            arguments = own(arguments)
            pipe.send(
                {
                    "id": call,
                    "ask": theirs,
                    "args": wire.encode(list(arguments), named=name_of),
                    "kwargs": wire.encode(named, named=name_of),
                }
            )
            reply = pipe.receive()
            if "raise" in reply:
                kind, text = reply["raise"]
                raise exceptions.get(kind, RuntimeError)(text)
            value = wire.decode(reply["value"], no_odd)
            if "in_place" not in reply:
                return value
            place = reply["in_place"]
            return fill(arguments[place] if place < len(arguments) else named[parameters[place]], value)

        ask.__name__, ask.__qualname__ = theirs.rpartition(".")[2], theirs
        return ask

    def original(self, theirs: str) -> Any:
        """The function itself, out of its staticmethod or classmethod."""
        owner, _, name = theirs.rpartition(".")
        if not owner:
            return self.loading.namespace[name]
        for kind in self.loading.namespace[owner].__mro__:
            if name in vars(kind):
                held = vars(kind)[name]
                return held.__func__ if type(held) in (staticmethod, classmethod) else held
        raise KeyError(theirs)

    def rebound(self, others: Mapping[str, Callable[..., Any]]) -> Rebinding:
        """Each in the place of the file's function of that name, until it is restored."""
        rebinding = Rebinding([(self.original(theirs), other) for theirs, other in others.items()])
        if others:
            for owner in {theirs.rpartition(".")[0] for theirs in others}:  # made before, so that its tables are found
                if any(entry.owner == owner and entry.kind == "method" for entry in self.loading.inventory.values()):
                    self.instance(owner)
            module = self.loading.module.__name__
            made = [one[0] for one in self.kept.values() if getattr(type(one[0]), "__module__", None) == module]
            rebinding.namespace(self.loading.namespace, [*self.instances.values(), *made])
        return rebinding


def copied(value: Any, depth: int = 0) -> Any:
    """The value with its arrays copied, also inside lists, tuples and dicts."""
    kind = type(value)
    if kind is ndarray:
        return value.copy()
    if depth == COPIED or kind not in (list, tuple, dict):
        return value
    if kind is dict:
        return {key: copied(item, depth + 1) for key, item in value.items()}
    return kind([copied(item, depth + 1) for item in value])


def fill(target: Any, value: Mapping[Any, Any]) -> Any:
    """Write the arrays into the dict: in place where shapes agree, else by assignment; return the dict."""
    for key, array in value.items():
        held = target.get(key)
        if type(held) is ndarray and held.shape == array.shape:
            held[...] = array
        else:
            target[key] = array
    return target


class SciPyFinder:
    """Finds SciPy beside NumPy, and nothing else of what is installed there."""

    def __init__(self, packages: str) -> None:
        self.folder = f"{packages}/scipy"

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """The module's spec, or None."""
        if name != "scipy":
            return None
        place = f"{self.folder}/__init__.py"
        return importlib.util.spec_from_file_location(name, place, submodule_search_locations=[self.folder])


def confined(request: Mapping[str, Any]) -> frozenset[str]:
    """The walls go up around this process; what may be imported inside."""
    packages, work = request["packages"], os.path.realpath(request["work"])
    sys.path[:] = [folder for folder in sys.path if folder not in (packages, request["code"])]
    available = set(sys.stdlib_module_names) | {"numpy"}
    if request["scipy"]:
        available.add("scipy")
        sys.meta_path.append(SciPyFinder(packages))
        if b"scipy" in wire.from_base64(request["source"]):
            with contextlib.suppress(ImportError):
                importlib.import_module("scipy._lib._ccallback")  # needs what `guard.blunt` takes away
    os.chdir(work)
    guard.die_with_parent(request["parent"])
    readable = {os.path.realpath(folder) for folder in (*sys.path, *request["readable"]) if folder}
    for name in [name for name in sys.modules if name in PRIVATE or name.partition(".")[0] in PRIVATE]:
        del sys.modules[name]  # a file that changes these changes its own copies
    guard.limit_resources(request["session"], request["memory_mib"], request["file_mib"], request["processes"])
    guard.refuse_system_calls()
    guard.blunt()
    guard.install_hook(tuple(sorted(readable)), work)
    return frozenset(available)


def main() -> None:
    """Serve until the pipe ends: `worker SOURCE SINK`."""
    source, sink = map(int, sys.argv[-2:])
    os.environ.pop("NUMPYNET_CHILD", None)  # the checker finds its children by it; it is nothing for the file
    os.set_inheritable(source, False)
    os.set_inheritable(sink, False)
    pipe = Pipe(source, sink)
    request = pipe.receive()
    wire.allow(request["message_mib"])
    if request["trusted"]:
        sys.path.append(request["folder"])  # for the helpers beside the file; there it hides nothing
    available = None if request["trusted"] else confined(request)
    worker = Worker(pipe)
    pipe.send({"id": request["id"], **worker.load(request, available)})
    while True:
        request = pipe.receive()
        pipe.send({"id": request["id"], **worker.call(request)})


PRIVATE = frozenset(("child", "json", "ast", "base64", "difflib", "tokenize", "__main__"))
