"""What the child may not do: resource limits, and an audit hook that a file's code cannot take out again.

The hook stops accidents and ordinary mischief; the wall that holds against an expert is bubblewrap's, around it.
"""

from __future__ import annotations

import errno
import itertools
import os
import posix
import resource
import signal
import stat
import struct
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any


def words(text: str) -> frozenset[str]:
    """The words of the text."""
    return frozenset(text.split())


REFUSED = words(
    "os.fork os.forkpty os.exec os.posix_spawn os.spawn os.system os.startfile os.kill os.killpg signal.pthread_kill "
    "subprocess.Popen pty.spawn resource.setrlimit resource.prlimit gc.get_objects gc.get_referrers gc.get_referents "
    "sys._current_frames sys._current_exceptions sys.addaudithook webbrowser.open"
)
REFUSED_FAMILIES = ("socket.", "ctypes.", "syslog.", "winreg.")
REFUSED_MODULES = words(
    "_posixsubprocess _dbm _gdbm readline _posixshmem _sqlite3 _testcapi _testinternalcapi _ctypes_test "
    "_xxsubinterpreters _curses nis spwd"
)
CHANGING = words(
    "os.chmod os.chown os.chflags os.link os.symlink os.mkdir os.remove os.rename os.rmdir os.truncate os.utime "
    "os.setxattr os.removexattr os.chdir"
)
LISTING = frozenset(("os.listdir", "os.scandir", "os.listxattr", "os.getxattr"))
DEVICES = ("/dev/null", "/dev/urandom", "/dev/random", "/dev/zero")
BLUNTED = words(
    "_memmove_addr _memset_addr _string_at_addr _cast_addr _wstring_at_addr dlopen dlsym memmove memset string_at "
    "wstring_at cast _cast PyObj_FromPtr call_function call_cdeclfunction pythonapi _dlopen CDLL PyDLL CFUNCTYPE "
    "PYFUNCTYPE CFuncPtr _CFuncPtr"
)
FILES = 64
# Of each machine: its audit number; seccomp, clone, tgkill, prlimit64; and what is always refused: fork, vfork, execve,
# execveat, kill, tkill, rt_sigqueueinfo, rt_tgsigqueueinfo, pidfd_send_signal, pidfd_open, ptrace, process_vm_readv,
# process_vm_writev, socket, connect, setrlimit, mount, umount2, chroot, pivot_root, unshare, setns, bpf,
# perf_event_open, userfaultfd, io_uring_setup, mknod, mknodat, sethostname, setdomainname, clock_settime, settimeofday,
# setpriority, clock_adjtime, adjtimex (some machines lack some of them).
SYSTEM_CALLS = {
    "x86_64": (
        *(0xC000003E, 317, 56, 234, 302),
        *(57, 58, 59, 322, 62, 200, 129, 297, 424, 434, 101, 310, 311, 41, 42, 160, 165, 166, 161, 155, 272, 308, 321),
        *(298, 323, 425, 133, 259, 170, 171, 227, 164, 141, 305, 159),
    ),
    "aarch64": (
        *(0xC00000B7, 277, 220, 131, 261),
        *(221, 281, 129, 130, 138, 240, 424, 434, 117, 270, 271, 198, 203, 164, 40, 39, 51, 41, 97, 268, 280),
        *(241, 282, 425, 33, 161, 162, 112, 170, 140, 266, 171),
    ),
}


class RefusedError(PermissionError):
    """The sandbox does not allow it."""


def limit_resources(seconds: float, memory_mib: int, file_mib: int, processes: int) -> None:
    """Address space, CPU time, file size, descriptors, cores and (not for root) processes, as far as the system can."""
    cpu = int(seconds) + 2
    limits = {
        "RLIMIT_AS": memory_mib << 20,
        "RLIMIT_CPU": cpu,
        "RLIMIT_FSIZE": file_mib << 20,
        "RLIMIT_NOFILE": 64,
        "RLIMIT_CORE": 0,
    }
    if os.getuid() != 0:
        limits["RLIMIT_NPROC"] = processes
    for name, limit in limits.items():
        try:
            kind = getattr(resource, name)
            hard = resource.getrlimit(kind)[1]
            limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
            resource.setrlimit(kind, (limit, limit))
        except (AttributeError, ValueError, OSError):
            pass  # macOS knows no RLIMIT_AS


def die_with_parent(parent: int) -> None:
    """Linux: SIGKILL for this process as soon as its parent is gone; no new privileges from here on."""
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    set_death_signal, set_no_new_privileges = 1, 38
    prctl = ctypes.CDLL(None).prctl
    prctl(set_death_signal, int(signal.SIGKILL), 0, 0, 0)
    prctl(set_no_new_privileges, 1, 0, 0, 0)
    if parent and os.getppid() != parent:
        os._exit(1)


def refuse_system_calls() -> None:
    """Linux on x86-64 and ARM64: the kernel refuses processes, signals to others, sockets and new limits.

    Below the audit hook: it also holds for what native code does. Threads are allowed.
    """
    machine = os.uname().machine
    if not sys.platform.startswith("linux") or machine not in SYSTEM_CALLS:
        return
    import ctypes

    architecture, seccomp, clone, tgkill, prlimit, *others = SYSTEM_CALLS[machine]
    allow, no_permission, not_there = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
    load, equal, at_least, has, answer = 0x20, 0x15, 0x35, 0x45, 0x06
    number, arch, first, third, clone3, thread = 0, 4, 16, 32, 435, 0x10000
    program = [
        (load, 0, 0, arch), (equal, 1, 0, architecture), (answer, 0, 0, no_permission), (load, 0, 0, number),
        (at_least, 0, 1, 0x40000000), (answer, 0, 0, no_permission),
        (equal, 0, 1, clone3), (answer, 0, 0, not_there),  # the C library then uses clone, whose flags can be read
    ]  # fmt: skip
    for call in others:
        program += [(equal, 0, 1, call), (answer, 0, 0, no_permission)]
    program += [
        (equal, 0, 4, clone), (load, 0, 0, first), (has, 1, 0, thread),
        (answer, 0, 0, no_permission), (answer, 0, 0, allow),
        (equal, 0, 4, tgkill), (load, 0, 0, first), (equal, 1, 0, os.getpid()),
        (answer, 0, 0, no_permission), (answer, 0, 0, allow),
        (equal, 0, 6, prlimit), (load, 0, 0, third), (equal, 0, 2, 0), (load, 0, 0, third + 4), (equal, 1, 0, 0),
        (answer, 0, 0, no_permission), (answer, 0, 0, allow),
        (answer, 0, 0, allow),
    ]  # fmt: skip
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in program))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(program), ctypes.addressof(code)))
    set_filter, all_threads = 1, 1
    ctypes.CDLL(None).syscall(seccomp, set_filter, all_threads, header)


def blunt() -> None:
    """Take away what reaches memory or starts programs without an audit event."""

    def refuse(*arguments: Any, **named: Any) -> Any:
        raise RefusedError("the checker does not allow programs and memory to be reached this way")

    stub = ModuleType("_posixsubprocess")
    sys.modules["_posixsubprocess"] = stub
    vars(stub)["fork_exec"] = refuse
    for module in ("_ctypes", "ctypes"):
        for name in BLUNTED & set(vars(sys.modules.get(module, stub))):
            setattr(sys.modules[module], name, refuse)
    for module in ("numpy._core._internal", "numpy.ctypeslib", "numpy.ctypeslib._ctypeslib"):
        if module in sys.modules:
            vars(sys.modules[module])["ctypes"] = None


def install_hook(readable: tuple[str, ...], work: str) -> None:
    """Refuse, from now on: programs, signals, sockets, ctypes, and files outside `readable` and the `work` folder."""
    sys.addaudithook(make_hook(readable, work))


def make_hook(readable: tuple[str, ...], work: str) -> Callable[[str, tuple[Any, ...]], None]:
    """The hook. It holds all that it needs in cells, so that no later change to a module reaches it."""
    refused, families, modules, changing, listing = REFUSED, REFUSED_FAMILIES, REFUSED_MODULES, CHANGING, LISTING
    devices, error, kind, exact_bytes, exact_text, number = DEVICES, RefusedError, type, bytes, str, int
    subclass, following, missing, wrong = issubclass, next, OSError, ValueError
    startswith, split, rfind, as_text, decoded = str.startswith, str.split, str.rfind, str.__str__, bytes.decode
    read_link, current, status, is_folder = posix.readlink, posix.getcwd, posix.stat, stat.S_ISDIR
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    opened, most, pop, extend = itertools.count(1), FILES, list.pop, list.extend
    owners = (8, 10, 15)  # F_SETOWN, F_SETSIG, F_SETOWN_EX: signals to another process
    inside_work = work + "/"
    inside = (*[folder + "/" for folder in readable], inside_work)

    def text_of(path: Any) -> str:
        if subclass(kind(path), exact_text):
            return as_text(path)  # of a subclass, the characters that the system will see
        if kind(path) is exact_bytes:
            return decoded(path, "utf-8", "surrogateescape")
        raise error("the checker does not allow a path of this type")

    def real(path: str) -> str:
        pending = split(path if startswith(path, "/") else current() + "/" + path, "/")[::-1]
        done, links = "", 0
        while pending:
            part = pop(pending)
            if part == "..":
                done = done[: max_of(rfind(done, "/"))]
            elif part not in ("", "."):
                try:
                    target = read_link(done + "/" + part)
                except (missing, wrong):
                    done += "/" + part
                    continue
                links += 1
                if links > 40:
                    raise error("the checker does not allow a chain of links")
                if startswith(target, "/"):
                    done = ""
                extend(pending, split(target, "/")[::-1])
        return done or "/"

    def max_of(index: int) -> int:
        return index if index > 0 else 0

    def check_open(path: Any, mode: Any, flags: Any) -> None:
        if kind(path) is number:
            return
        place = real(text_of(path))
        if place in devices:
            return
        if flags & writing:
            if place != work and not startswith(place, inside_work):  # the folder itself: a file without a name
                raise error(f"the checker does not allow writing to {place[:200]}")
            if following(opened) > most:
                raise error(f"the checker does not allow more than {most} files")
            return
        if place != work and not startswith(place, inside):
            raise error(f"the checker does not allow reading {place[:200]}")
        try:
            folder = mode is None and is_folder(status(place).st_mode)
        except missing:
            return
        if folder:  # a path relative to a folder's descriptor could not be told from one relative to the work folder
            raise error("the checker does not allow opening a folder")

    def check_paths(event: str, arguments: tuple[Any, ...], places: tuple[str, ...]) -> None:
        for path in arguments:
            if kind(path) is exact_bytes or subclass(kind(path), exact_text):
                place = real(text_of(path))
                if not startswith(place + "/", places):
                    raise error(f"the checker does not allow {event} on {place[:200]}")

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            check_open(*arguments)
        elif event == "import":
            name, file = arguments[:2]
            if name in modules:
                raise error(f"the checker does not allow importing {name}")
            if file is not None and not startswith(real(text_of(file)), inside):
                raise error(f"the checker does not allow importing {name} from its file")
        elif event in refused or startswith(event, families):
            raise error(f"the checker does not allow {event}")
        elif event in changing:
            check_paths(event, arguments, (inside_work,))
        elif event in listing:
            check_paths(event, arguments, inside)
        elif event in ("fcntl.ioctl", "sqlite3.connect") or (event == "fcntl.fcntl" and arguments[1] in owners):
            raise error(f"the checker does not allow {event}")

    return hook
