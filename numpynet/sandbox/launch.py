"""The child's process: started within its walls, spoken to through pipes, and ended with all that it started."""

from __future__ import annotations

import compileall
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
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from numpynet.sandbox.child import wire
from numpynet.sandbox.messages import GoneError, InPlace, LoadError, TooMuchError, encoded, odd, whole

StandIn = Callable[[list[Any], dict[str, Any]], Any]
CHILD = Path(__file__).resolve().parent / "child"
PACKAGES = Path(np.__file__).resolve().parent.parent
TOKEN = "NUMPYNET_CHILD"
START_SECONDS = 10.0
LONGEST = 1e6  # seconds that the system can wait
MOST_TEXT = 2000  # signs of an exception that a stand-in raises
BOOT = "import sys; sys.path += {folders!r}; from child.worker import main; main()"
TRUSTED = "none"  # the isolation of a file that somebody trusts


@dataclass(frozen=True)
class Limits:
    """What a session may use. `seconds` counts from its start, loading included."""

    seconds: float = 30.0
    call_seconds: float = 5.0
    memory_mib: int = 2048
    file_mib: int = 1
    source_mib: int = 1
    message_mib: int = 16
    traffic_mib: int = 64  # of messages, both ways, in the whole session: what they hold stays in the checker's memory


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
                env=environment(self.token) if isolation != TRUSTED else {**os.environ, TOKEN: self.token},
                cwd={"plain": self.work, TRUSTED: None}.get(isolation, "/"),
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
            "trusted": self.isolation == TRUSTED,
            "packages": INSIDE_PACKAGES if inside else str(PACKAGES),
            "code": INSIDE_CODE if inside else str(CHILD.parent),
            "work": str(self.work),
            "readable": readable(inside),
            "scipy": scipy_folder() is not None,
            "parent": 0 if inside else os.getpid(),
            "session": self.limits.seconds,
            "message_mib": self.limits.message_mib,
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
                view = view[os.write(self.sink, view[: 1 << 18]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise self._ended() from None

    def _receive(self, end: float, late: str) -> dict[str, Any]:
        size = int.from_bytes(self._exactly(4, end, late), "big")
        if size > self.limits.message_mib << 20:
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
                piece = os.read(self.source, min(size - len(data), 1 << 18))
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
        if left <= 0 or not poll.poll(min(left, LONGEST) * 1000):
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


@functools.cache
def compiled() -> None:
    """The child's modules, compiled once where the folder may be written: the child itself may write nothing."""
    if not sys.dont_write_bytecode:
        compileall.compile_dir(CHILD, quiet=2)


def command(isolation: str, limits: Limits, token: str, descriptors: tuple[int, int], code: str = "") -> list[str]:
    """The child's command line."""
    compiled()
    inside = isolation == "bubblewrap"
    if isolation == TRUSTED:
        return [sys.executable, "-c", BOOT.format(folders=[str(CHILD.parent)]), *map(str, descriptors)]
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
    """ "bubblewrap", "plain" or "none"; RuntimeError where bubblewrap is asked for and does not work."""
    if wanted in ("plain", TRUSTED):
        return wanted
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
