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
    "sys._current_frames sys._current_exceptions sys.addaudithook webbrowser.open "
    "os.link os.symlink os.chmod os.chown os.chflags os.setxattr os.removexattr"
)
REFUSED_FAMILIES = ("socket.", "ctypes.", "syslog.", "winreg.")
REFUSED_MODULES = words(
    "_posixsubprocess _dbm _gdbm readline _posixshmem _sqlite3 _testcapi _testinternalcapi _ctypes_test "
    "_xxsubinterpreters _curses nis spwd"
)
CHANGING = words("os.mkdir os.remove os.rename os.rmdir os.truncate os.utime os.chdir")
LISTING = frozenset(("os.listdir", "os.scandir", "os.listxattr", "os.getxattr"))
DEVICES = ("/dev/null", "/dev/urandom", "/dev/random", "/dev/zero")
BLUNTED = words(
    "_memmove_addr _memset_addr _string_at_addr _cast_addr _wstring_at_addr dlopen dlsym memmove memset string_at "
    "wstring_at cast _cast PyObj_FromPtr call_function call_cdeclfunction pythonapi _dlopen CDLL PyDLL CFUNCTYPE "
    "PYFUNCTYPE CFuncPtr _CFuncPtr"
)
FILES = 64
# Of each machine: its audit number, its column in the table below, and seccomp, clone, tgkill, prlimit64.
MACHINES = {"x86_64": (0xC000003E, 1, 317, 56, 234, 302), "aarch64": (0xC00000B7, 2, 277, 220, 131, 261)}
# Always refused: the name, its number on x86-64, its number on ARM64.
REFUSED_CALLS = """
    fork 57 - | vfork 58 - | execve 59 221 | execveat 322 281 | kill 62 129 | tkill 200 130
    rt_sigqueueinfo 129 138 | rt_tgsigqueueinfo 297 240 | pidfd_send_signal 424 424 | pidfd_open 434 434
    pidfd_getfd 438 438 | ptrace 101 117 | process_vm_readv 310 270 | process_vm_writev 311 271
    process_madvise 440 440 | process_mrelease 448 448 | kcmp 312 272 | migrate_pages 256 238 | move_pages 279 239
    sched_setparam 142 118 | sched_setscheduler 144 119 | sched_setaffinity 203 122 | sched_setattr 314 274
    setpriority 141 140 | ioprio_set 251 30 | setrlimit 160 164 | socket 41 198 | connect 42 203 | link 86 -
    symlink 88 - | linkat 265 37 | symlinkat 266 36 | chmod 90 - | fchmod 91 52 | fchmodat 268 53
    fchmodat2 452 452 | chown 92 - | fchown 93 55 | lchown 94 - | fchownat 260 54 | setxattr 188 5
    lsetxattr 189 6 | fsetxattr 190 7 | mknod 133 - | mknodat 259 33 | open_by_handle_at 304 265 | shmget 29 194
    shmat 30 196 | shmctl 31 195 | semget 64 190 | msgget 68 186 | mq_open 240 180 | add_key 248 217
    request_key 249 218 | keyctl 250 219 | mount 165 40 | umount2 166 39 | chroot 161 51 | pivot_root 155 41
    unshare 272 97 | setns 308 268 | bpf 321 280 | perf_event_open 298 241 | userfaultfd 323 282
    io_uring_setup 425 425 | sethostname 170 161 | setdomainname 171 162 | clock_settime 227 112
    settimeofday 164 170 | clock_adjtime 305 266 | adjtimex 159 171 | syslog 103 116 | acct 163 89
    quotactl 179 60 | swapon 167 224 | swapoff 168 225 | reboot 169 142 | kexec_load 246 104 | init_module 175 105
    finit_module 313 273 | delete_module 176 106
"""


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
    """Linux on x86-64 and ARM64: the kernel refuses other processes, signals, scheduling, sockets, links, new limits.

    Below the audit hook: it also holds for what native code does. Threads are allowed.
    """
    machine = os.uname().machine
    if not sys.platform.startswith("linux") or machine not in MACHINES:
        return
    import ctypes

    architecture, column, seccomp, clone, tgkill, prlimit = MACHINES[machine]
    numbers = [call.split()[column] for line in REFUSED_CALLS.strip().splitlines() for call in line.split("|")]
    others = [int(number) for number in numbers if number != "-"]
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
            if event == "os.mkdir" and following(opened) > most:
                raise error(f"the checker does not allow more than {most} files")
        elif event in listing:
            check_paths(event, arguments, inside)
        elif event in ("fcntl.ioctl", "sqlite3.connect") or (event == "fcntl.fcntl" and arguments[1] in owners):
            raise error(f"the checker does not allow {event}")

    return hook
