"""Somebody's file in a process of its own: started, limited, spoken to, and ended with all that it started."""

from __future__ import annotations

import base64
import contextlib
import functools
import importlib.util
import os
import secrets
import select
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import numpy as np

from numpynet.check.child import wire
from numpynet.check.child.matching import CONTRACT
from numpynet.printable import printable
from numpynet.reading import read_regular

StandIn = Callable[[list[Any], dict[str, Any]], Any]
CHILD = Path(__file__).resolve().parent / "child"
PACKAGES = Path(np.__file__).resolve().parent.parent
TOKEN = "NUMPYNET_CHILD"
START_SECONDS = 10.0
MOST_TEXT, MOST_PRINTED = 2000, 20_000  # signs of an exception that a stand-in raises; of what a call prints
NOTEBOOK_FACTOR = 8  # a notebook also holds its outputs
BOOT = "import sys; sys.path += {folders!r}; from child.worker import main; main()"


@dataclass(frozen=True)
class Limits:
    """What a session may use. `seconds` counts from its start, loading included."""

    seconds: float = 30.0
    call_seconds: float = 5.0
    memory_mib: int = 2048
    file_mib: int = 1
    source_mib: int = 1
    traffic_mib: int = 64  # of messages, both ways, in the whole session: what they hold stays in the checker's memory


@dataclass(frozen=True)
class Found:
    """One of the contract's functions in the file."""

    name: str
    theirs: str
    line: int
    parameters: tuple[str, ...]
    required: int
    unfinished: bool
    compared: tuple[str, ...] = ()


@dataclass(frozen=True)
class Loaded:
    """What loading the file gave: functions by the contract's names, and sentences for people."""

    functions: dict[str, Found]
    mapped: dict[str, str]
    skipped: tuple[str, ...]
    notes: tuple[str, ...]
    rebound: Mapping[str, str] = field(default_factory=dict)  # theirs → where what is not run defines it again


class LoadError(Exception):
    """The file cannot be loaded at all."""


@dataclass(frozen=True)
class Raised:
    """Why a call gave no value: `kind` is "exception", "timeout", "died" or "refused"."""

    kind: str
    text: str
    line: int | None


@dataclass(frozen=True)
class Odd:
    """A value that is no plain array, number, text, None, list, tuple or dict."""

    type_name: str


@dataclass(frozen=True)
class InPlace:
    """A stand-in's answer: write `value` into the dict at that positional argument, and return that dict."""

    argument: int
    value: dict[str, np.ndarray[Any, Any]]


@dataclass(frozen=True)
class Answer:
    """A call's value, its arguments as they are after it, what it printed, and how it called back."""

    value: Any
    arguments: tuple[Any, ...]
    raised: Raised | None
    named: Mapping[str, Any] = field(default_factory=dict)
    printed: str = ""
    called_back: tuple[tuple[int | str, ...], ...] = ()


class TooMuchError(ValueError):
    """A stand-in was asked for more than it will compute: the call ends with this text."""


class GoneError(Exception):
    """The child ended, or has to be ended."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind, self.text = kind, text


class Session:
    """A file loaded in a sandboxed child: `with Session(path) as session: session.call("relu", [Z])`.

    A child that ends or has to be ended is replaced at the next call. LoadError from `__enter__` where the file
    cannot be loaded; RuntimeError where the isolation asked for cannot be had.
    """

    loaded: Loaded
    isolation: str

    def __init__(
        self,
        path: Path,
        *,
        mapping: Mapping[str, str] = {},
        class_name: str | None = None,
        limits: Limits = Limits(),
        isolation: Literal["auto", "bubblewrap", "plain"] = "auto",
    ) -> None:
        self.path, self.mapping, self.class_name, self.limits = Path(path), dict(mapping), class_name, limits
        self.wanted = isolation
        self._child: Child | None = None
        self._next: Child | None = None
        self._end = 0.0
        self._source = b""
        self._traffic = Traffic(self.limits.traffic_mib)

    def __enter__(self) -> Session:
        self._source = read_source(self.path, self.limits)
        self.isolation = choose_isolation(self.wanted)
        self._end = time.monotonic() + self.limits.seconds
        try:
            self.loaded = self._start()
        except GoneError as error:
            self.close()
            raise LoadError(error.text) from None
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def prepare(self) -> None:
        """Start a process ahead, for when the next one is needed."""
        self._next = self._next or Child(self.isolation, self.limits, self._traffic)

    def renew(self) -> None:
        """The next call meets a fresh process: nothing is left there of the calls before."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def close(self) -> None:
        """End the child and everything that it started."""
        self.renew()
        if self._next is not None:
            self._next.kill()
            self._next = None

    def _start(self) -> Loaded:
        """A fresh child with the file loaded in it."""
        self.prepare()
        self._child, self._next = self._next, None
        assert self._child is not None
        request = {
            "source": base64.b64encode(self._source).decode("ascii"),
            "name": self.path.name,
            "mapping": self.mapping,
            "class": self.class_name,
            "seconds": self.limits.call_seconds,
        }
        limit = min(self._end, time.monotonic() + max(START_SECONDS, 2 * self.limits.call_seconds))
        try:
            message = self._child.load(request, limit)
            return loaded_of(message)
        except wire.WireError as error:
            raise GoneError("died", f"the child sent {error}") from None

    def call(
        self,
        theirs: str,
        args: Sequence[Any],
        kwargs: Mapping[str, Any] | None = None,
        stand_ins: Mapping[str, StandIn] | None = None,
        seconds: float | None = None,
        callback: str | None = None,
    ) -> Answer:
        """Call the file's function on copies of the arguments; `stand_ins` answer for functions that it calls.

        `callback` names a parameter that gets a function which notes how it is called.

        TypeError or ValueError where the arguments cannot be sent.
        """
        request = {
            "name": theirs,
            "args": encoded(list(args)),
            "kwargs": encoded(dict(kwargs or {})),
            "stand_ins": list(stand_ins or {}),
            "callback": callback,
        }
        within = self.limits.call_seconds if seconds is None else seconds
        try:
            if time.monotonic() >= self._end:
                raise GoneError("timeout", f"the {self.limits.seconds:g} s for the whole file are used up")
            self._traffic.check()
            if self._child is None:
                self._start()
            assert self._child is not None
            now = time.monotonic()
            text = f"did not end within {within:g} s"
            if self._end < now + within:
                text = f"did not end within the {self.limits.seconds:g} s for the whole file"
            message = self._child.call(request, min(self._end, now + within), text, stand_ins or {})
            try:
                return answer_of(message)
            except wire.WireError as error:
                raise GoneError("died", f"sent the checker {error}") from None
        except GoneError as error:
            self.renew()
            return Answer(None, (), Raised(error.kind, error.text, None))
        except LoadError as error:
            self.renew()
            return Answer(None, (), Raised("died", f"does not load a second time: {error}", None))
        except BaseException:
            self.close()
            raise


class Traffic:
    """How many bytes of messages a session may still exchange."""

    def __init__(self, mib: int) -> None:
        self.mib, self.left = mib, mib << 20

    def count(self, size: int) -> None:
        """GoneError where `size` bytes more are too many."""
        self.left -= size
        self.check()

    def check(self) -> None:
        """GoneError where nothing is left."""
        if self.left < 0:
            raise GoneError("timeout", f"the {self.mib} MiB of numbers exchanged for the whole file are used up")


class Child:
    """One process: its pipes, and the way to end it and all that it started."""

    def __init__(self, isolation: str, limits: Limits, traffic: Traffic) -> None:
        self.isolation, self.limits, self.traffic, self.number = isolation, limits, traffic, 0
        self.token = secrets.token_hex(16)
        self.work = Path(tempfile.mkdtemp(prefix="check-")).resolve() if isolation == "plain" else Path(WORK)
        theirs_in, self.sink = os.pipe()
        self.source, theirs_out = os.pipe()
        try:
            self.process = subprocess.Popen(
                command(isolation, limits, self.token, (theirs_in, theirs_out)),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs_in, theirs_out),
                env=environment(self.token),
                cwd=self.work if isolation == "plain" else "/",
                start_new_session=True,
            )
        except BaseException:
            os.close(self.sink)
            os.close(self.source)
            self._remove_work()
            raise
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        os.set_blocking(self.sink, False)
        os.set_blocking(self.source, False)

    def load(self, request: dict[str, Any], end: float) -> dict[str, Any]:
        """Have the file loaded: the child's message. LoadError with the line where the child ends on the way."""
        inside = self.isolation == "bubblewrap"
        start = {
            **request,
            "id": self._next(),
            "packages": INSIDE_PACKAGES if inside else str(PACKAGES),
            "code": INSIDE_CODE if inside else str(CHILD.parent),
            "work": str(self.work),
            "readable": readable(inside),
            "scipy": scipy_folder() is not None,
            "parent": 0 if inside else os.getpid(),
            "session": self.limits.seconds,
            "memory_mib": self.limits.memory_mib,
            "file_mib": self.limits.file_mib,
            "processes": 64 if inside else tasks() + 64,
        }
        line = 0
        try:
            self._send(wire.pack(start), end, "did not load in time")
            while True:
                message = self._receive(end, "did not end in time")
                if "at" not in message:
                    return message
                line = whole(message["at"])
        except GoneError as error:
            place = f"line {line} of the file, as it was loaded" if line else "the file, before its first line ran"
            raise LoadError(f"{place}: {error.text}") from None

    def call(self, request: dict[str, Any], end: float, late: str, stand_ins: Mapping[str, StandIn]) -> dict[str, Any]:
        """Send the request and answer what the stand-ins are asked: the child's message."""
        self._send(wire.pack({**request, "id": self._next()}), end, late)
        while True:
            message = self._receive(end, late)
            if "ask" not in message:
                return message
            name = message["ask"]
            if type(name) is not str or name not in stand_ins:
                raise GoneError("died", "asked the checker for a function that is not being stood in for")
            self._send(self._stood_in(message, stand_ins[name]), end, late)

    def _stood_in(self, message: dict[str, Any], stand_in: StandIn) -> bytes:
        """The frame with the stand-in's answer, or with what it raised."""
        try:
            arguments = wire.decode(message.get("args"), odd)
            named = wire.decode(message.get("kwargs"), odd)
            if type(arguments) is not list or type(named) is not dict:
                raise wire.WireError("malformed arguments")
        except wire.WireError as error:
            raise GoneError("died", f"sent the checker {error}") from None
        try:
            result = stand_in(arguments, named)
            if isinstance(result, InPlace):
                return wire.pack({"in_place": result.argument, "value": encoded(result.value)})
            return wire.pack({"value": encoded(result)})
        except TooMuchError as error:
            raise GoneError("died", str(error)) from None
        except Exception as error:  # of the function, or of sending what it returned
            text = error.args[0] if len(error.args) == 1 and type(error.args[0]) is str else str(error)
            return wire.pack({"raise": [type(error).__name__, text[:MOST_TEXT]]})

    def _next(self) -> int:
        self.number = secrets.randbits(53)
        return self.number

    def _send(self, data: bytes, end: float, late: str) -> None:
        self.traffic.count(len(data))
        view = memoryview(data)
        while view:
            self._wait(self.sink, select.POLLOUT, end, late)
            try:
                view = view[os.write(self.sink, view[: 1 << 16]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise self._ended() from None

    def _receive(self, end: float, late: str) -> dict[str, Any]:
        size = int.from_bytes(self._exactly(4, end, late), "big")
        if size > wire.MESSAGE_BYTES:
            raise GoneError("died", "sent the checker a message of a size that is not allowed")
        self.traffic.count(size)
        try:
            message = wire.unpack(self._exactly(size, end, late))
        except wire.WireError as error:
            raise GoneError("died", f"sent the checker {error}") from None
        if message.get("id") != self.number:
            raise GoneError("died", "sent the checker a message out of turn")
        return message

    def _exactly(self, size: int, end: float, late: str) -> bytes:
        data = bytearray()
        while len(data) < size:
            self._wait(self.source, select.POLLIN, end, late)
            try:
                piece = os.read(self.source, min(size - len(data), 1 << 16))
            except BlockingIOError:
                continue
            if not piece:
                raise self._ended()
            data += piece
        return bytes(data)

    def _wait(self, descriptor: int, event: int, end: float, late: str) -> None:
        left = end - time.monotonic()
        poll = select.poll()
        poll.register(descriptor, event)
        if left <= 0 or not poll.poll(left * 1000):
            raise GoneError("timeout", late)

    def _ended(self) -> GoneError:
        """How the process came to its end."""
        try:
            code = self.process.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            return GoneError("died", "closed the pipe to the checker")
        if self.isolation == "bubblewrap" and code > 128:
            code = 128 - code  # bubblewrap passes a signal on as a shell does
        if code < 0:
            words = (signal.strsignal(-code) or "unknown").lower()
            return GoneError("died", f"ended its process (signal {-code}, {words})")
        return GoneError("died", f"ended its process (exit code {code})")

    def kill(self) -> None:
        """End the process, its group, and every process that carries its token."""
        with contextlib.suppress(OSError):
            os.close(self.sink)
        with contextlib.suppress(OSError):
            os.close(self.source)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        for _ in range(50):  # bubblewrap's inner process ends a moment later; others may still be forking
            left = carriers(self.token)
            if not left:
                break
            for process in left:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(process, signal.SIGKILL)
            time.sleep(0.005)
        self._remove_work()

    def _remove_work(self) -> None:
        if self.isolation == "plain":
            remove_tree(self.work)


def remove_tree(root: Path) -> None:
    """Remove the folder however deep its folders are nested: each is moved up beside its parent first."""
    pending, number = [root], 0
    while pending:
        folder = pending.pop()
        with contextlib.suppress(OSError):
            folder.chmod(0o700)
            for entry in list(os.scandir(folder)):
                if entry.is_dir(follow_symlinks=False):
                    number += 1
                    pending.append(Path(entry.path).rename(root.with_name(f"{root.name}-{number}")))
                else:
                    Path(entry.path).unlink()
        with contextlib.suppress(OSError):
            folder.rmdir()


def read_source(path: Path, limits: Limits) -> bytes:
    """The file's bytes; LoadError unless it is a regular file of a bearable size that can be text."""
    most = limits.source_mib * (NOTEBOOK_FACTOR if path.suffix == ".ipynb" else 1) << 20
    try:
        data = read_regular(path, most)
    except ValueError as error:
        raise LoadError(str(error)) from None
    except OSError as error:
        raise LoadError(f"{path} cannot be read: {error.strerror}") from None
    if b"\0" in data:
        raise LoadError(f"{path} holds NUL bytes: expected Python source as text (UTF-8)")
    return data


# ── what the child says ─────────────────────────────────────────────────────────────────────────────────────────────


def encoded(value: Any) -> Any:
    """`wire.encode`; TypeError where something in it is no array, number, text, None, list, tuple or dict."""
    return wire.encode(value, strict=True)


def clean(text: Any, most: int = 500) -> str:
    """Text from the child on one line, printable; WireError unless it is text."""
    if type(text) is not str:
        raise wire.WireError("malformed text")
    return printable(text, most)


def odd(name: str) -> Odd:
    """The stand-in for a value that cannot travel."""
    return Odd(clean(name))


def whole(number: Any) -> int:
    """A line or a count; WireError unless it is one."""
    if type(number) is not int or not 0 <= number < 10**9:
        raise wire.WireError("a malformed number")
    return number


def loaded_of(message: dict[str, Any]) -> Loaded:
    """The child's message as Loaded; LoadError where it says that the file cannot be loaded."""
    if "error" in message:
        raise LoadError(clean(message["error"], 2000))
    match message:
        case {
            "functions": [*functions],
            "skipped": [*skipped],
            "notes": [*notes],
            "rebound": [*rebound],
        } if len(functions) <= 64:
            pass
        case _:
            raise wire.WireError("a malformed message")
    found = {}
    for item in functions:
        match item:
            case [str(ours), [str(theirs), line, [*parameters], required, bool(unfinished), [*compared]]] if (
                ours in CONTRACT
            ):
                names = tuple(clean(name) for name in parameters)
                texts = tuple(map(clean, compared))
                found[ours] = Found(ours, clean(theirs), whole(line), names, whole(required), unfinished, texts)
            case _:
                raise wire.WireError("a malformed function")
    mapped = {entry.theirs: ours for ours, entry in found.items() if entry.theirs != ours}
    again = {clean(one[0]): clean(one[1]) for one in rebound[:100] if type(one) is list and len(one) == 2}
    return Loaded(found, mapped, tuple(map(clean, skipped[:100])), tuple(map(clean, notes[:100])), again)


def answer_of(message: dict[str, Any]) -> Answer:
    """The child's message as an Answer."""
    match wire.decode(message.get("arguments"), odd):
        case [list(arguments), dict(named)]:
            pass
        case _:
            raise wire.WireError("malformed arguments")
    raised = None
    match message.get("raised"):
        case None:
            pass
        case {"kind": "exception" | "refused" as kind, "text": text, "line": line}:
            raised = Raised(kind, clean(text), None if line is None else whole(line))
        case _:
            raise wire.WireError("a malformed exception")
    printed, called_back = message.get("printed"), message.get("called_back")
    if type(printed) is not str or type(called_back) is not list or len(called_back) > 1000:
        raise wire.WireError("a malformed answer")
    calls = tuple(
        tuple(one if type(one) is int else clean(one, 40) for one in call[:4])
        for call in called_back
        if type(call) is list
    )
    value = wire.decode(message.get("value"), odd)
    return Answer(value, tuple(arguments), raised, named, printed[:MOST_PRINTED], calls)


# ── how the child is started ────────────────────────────────────────────────────────────────────────────────────────

WORK, INSIDE_CODE, INSIDE_PACKAGES = "/sandbox/work", "/sandbox/checker", "/sandbox/packages"


def environment(token: str) -> dict[str, str]:
    """The whole environment of the child."""
    values = {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        TOKEN: token,
    }
    if "OPENBLAS_CORETYPE" in os.environ:
        values["OPENBLAS_CORETYPE"] = os.environ["OPENBLAS_CORETYPE"]
    return values


@functools.cache
def scipy_folder() -> Path | None:
    """SciPy's folder, where it is installed beside NumPy."""
    spec = importlib.util.find_spec("scipy")
    folder = Path(spec.origin).resolve().parent if spec is not None and spec.origin else None
    return folder if folder is not None and folder.parent == PACKAGES else None


def package_folders() -> list[Path]:
    """NumPy's and SciPy's folders, and those of their libraries."""
    names = ["numpy", "numpy.libs"] + (["scipy", "scipy.libs"] if scipy_folder() else [])
    return [PACKAGES / name for name in names if (PACKAGES / name).is_dir()]


def readable(inside: bool) -> list[str]:
    """The folders that a file's code may read from, besides the standard library."""
    paths = sysconfig.get_paths(vars={"base": sys.base_prefix, "platbase": sys.base_prefix})
    packages = [f"{INSIDE_PACKAGES}/{folder.name}" if inside else str(folder) for folder in package_folders()]
    return [paths["stdlib"], paths["platstdlib"], *packages]


def interpreter() -> Path:
    """The Python below a virtual environment."""
    return Path(getattr(sys, "_base_executable", sys.executable) or sys.executable).resolve()


def command(isolation: str, limits: Limits, token: str, descriptors: tuple[int, int], code: str = "") -> list[str]:
    """The child's command line."""
    inside = isolation == "bubblewrap"
    folders = [INSIDE_CODE, INSIDE_PACKAGES] if inside else [str(CHILD.parent), str(PACKAGES)]
    python = [str(interpreter()), "-I", "-S", "-B", "-c", code or BOOT.format(folders=folders)]
    python += map(str, descriptors)
    return [*bubblewrap(limits, token), *python] if inside else python


def bubblewrap(limits: Limits, token: str) -> list[str]:
    """bubblewrap's arguments: no network, no capability, and only what Python and NumPy need, read-only."""
    arguments = [shutil.which("bwrap") or "bwrap", "--unshare-all", "--die-with-parent", "--new-session"]
    arguments += ["--cap-drop", "ALL", "--clearenv"]
    for name, value in environment(token).items():
        arguments += ["--setenv", name, value]
    for folder in ("/usr/lib", "/usr/lib64", "/usr/lib32"):
        if Path(folder).is_dir():
            arguments += ["--ro-bind", folder, folder]
    for folder in ("/lib", "/lib64", "/lib32"):
        if Path(folder).is_symlink():
            arguments += ["--symlink", str(Path(folder).readlink()), folder]
        elif Path(folder).is_dir():
            arguments += ["--ro-bind", folder, folder]
    for file in ("/etc/ld.so.cache", "/etc/alternatives"):
        if Path(file).exists():
            arguments += ["--ro-bind", file, file]
    stdlib = Path(sysconfig.get_paths(vars={"base": sys.base_prefix, "platbase": sys.base_prefix})["stdlib"]).resolve()
    libraries = [
        Path(sysconfig.get_config_var("LIBDIR") or "") / str(sysconfig.get_config_var(name))
        for name in ("INSTSONAME", "LDLIBRARY")
    ]
    needed = [interpreter(), stdlib, *(library for library in libraries if library.is_file())]
    for path in dict.fromkeys(needed):
        if not path.is_relative_to("/usr/lib"):
            arguments += ["--ro-bind", str(path), str(path)]
    masked = [stdlib / "site-packages", stdlib / "dist-packages", Path("/usr/lib/python3/dist-packages")]
    for path in masked:
        if path.is_dir():
            arguments += ["--tmpfs", str(path), "--remount-ro", str(path)]
    for path in package_folders():
        arguments += ["--ro-bind", str(path), f"{INSIDE_PACKAGES}/{path.name}"]
    arguments += ["--ro-bind", str(CHILD), f"{INSIDE_CODE}/child"]
    arguments += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
    arguments += ["--size", str(64 * limits.file_mib << 20), "--tmpfs", WORK, "--remount-ro", "/", "--chdir", WORK]
    return [*arguments, "--"]


@functools.cache
def bubblewrap_problem() -> str:
    """Empty where bubblewrap works here, else what is wrong with it."""
    if shutil.which("bwrap") is None:
        return "bwrap is not installed"
    code, token = f"import sys; sys.path += ['{INSIDE_PACKAGES}']; import numpy", secrets.token_hex(16)
    try:
        trial = subprocess.run(
            command("bubblewrap", Limits(), token, (0, 1), code),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=START_SECONDS,
            check=False,
            env=environment(token),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return "" if trial.returncode == 0 else trial.stderr.decode("utf-8", "replace").strip()[-300:] or "it fails"


def choose_isolation(wanted: str) -> str:
    """ "bubblewrap" or "plain"; RuntimeError where bubblewrap is asked for and does not work."""
    if wanted == "plain":
        return "plain"
    problem = bubblewrap_problem()
    if problem and wanted == "bubblewrap":
        raise RuntimeError(f"bubblewrap cannot be used: {problem}")
    return "plain" if problem else "bubblewrap"


def tasks() -> int:
    """How many processes and threads there are on this machine, for a limit that counts them all."""
    try:
        return int(Path("/proc/loadavg").read_text().split()[3].partition("/")[2])
    except (OSError, ValueError, IndexError):
        return 4096


def carriers(token: str) -> list[int]:
    """The processes whose environment holds the token."""
    mark = f"{TOKEN}={token}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*") if sys.platform.startswith("linux") else ():
        with contextlib.suppress(OSError):
            if mark in (folder / "environ").read_bytes():
                found.append(int(folder.name))
    return found
