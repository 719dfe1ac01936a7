"""A file that means harm, or that is broken beyond use, costs one clear sentence and little time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
import pytest

from numpynet.check.reader import Reader, Reading
from numpynet.sandbox import Answer, InPlace, Limits, LoadError, Odd, Session, launch
from numpynet.sandbox.child import wire

Isolation: TypeAlias = Literal["bubblewrap", "plain"]
HERE = Path(__file__).parent
HOSTILE = HERE / "hostile"
TUTORIAL = HERE / "implementations" / "tutorial.py"
ROOT = HERE.parent
QUICK = Limits(seconds=20, call_seconds=1.0, memory_mib=1024)
Z = np.array([[1.0, -2.0]])


@pytest.fixture(params=["plain", "bubblewrap"])
def isolation(request: pytest.FixtureRequest) -> Isolation:
    kind: Isolation = request.param
    if kind == "bubblewrap" and (problem := launch.bubblewrap_problem()):
        pytest.skip(f"bubblewrap cannot be used: {problem}")
    return kind


@pytest.fixture(autouse=True)
def nothing_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No process of any child of the test is alive after it."""
    tokens = []
    environment = launch.environment

    def recorded(token: str) -> dict[str, str]:
        tokens.append(token)
        return environment(token)

    monkeypatch.setattr(launch, "environment", recorded)
    yield
    for token in set(tokens):
        assert launch.carriers(token) == []


def call(file: str, name: str, isolation: Isolation, *more: Any, limits: Limits = QUICK) -> Answer:
    """One call in a session of its own, and after it one more: the session goes on."""
    start = time.monotonic()
    with Session(HOSTILE / file, limits=limits, isolation=isolation) as session:
        answer = session.call(name, [Z, *more])
        assert time.monotonic() - start < limits.call_seconds + 3
        assert session.call("no_such_function", []).raised is not None
    assert time.monotonic() - start < limits.call_seconds + 4
    return answer


def raised(answer: Answer) -> tuple[str, str]:
    assert answer.raised is not None, answer
    return answer.raised.kind, answer.raised.text


# ── time, memory, disk, output ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["relu", "sigmoid", "update", "train", "relu_backward"])
def test_endless_function_times_out(name: str, isolation: Isolation) -> None:
    assert raised(call("endless.py", name, isolation))[0] in ("timeout", "exception")


def test_timeout_says_how_long(isolation: Isolation) -> None:
    assert raised(call("endless.py", "relu", isolation)) == ("timeout", "did not end within 1 s")


def test_endless_constant_and_default_are_left_out(isolation: Isolation) -> None:
    with Session(HOSTILE / "endless_constant.py", limits=QUICK, isolation=isolation) as session:
        assert "SLOW" in session.loaded.skipped[0]
        assert "def relu" in session.loaded.notes[0]
        np.testing.assert_array_equal(session.call("relu", [Z]).value, [[1.0, -0.0]])


def test_endless_constant_that_catches_the_alarm(isolation: Isolation) -> None:
    start = time.monotonic()
    limits = Limits(seconds=3, call_seconds=1)
    with (
        pytest.raises(LoadError, match=r"line 11.*did not end"),
        Session(HOSTILE / "endless_stubborn.py", limits=limits, isolation=isolation),
    ):
        pass
    assert time.monotonic() - start < 5


def test_exit_while_loading(isolation: Isolation) -> None:
    with (
        pytest.raises(LoadError, match=r"line 4.*ended its process \(exit code 0\)"),
        Session(HOSTILE / "exit_default.py", limits=QUICK, isolation=isolation),
    ):
        pass


def test_session_limit_holds_over_calls(isolation: Isolation) -> None:
    start = time.monotonic()
    with Session(HOSTILE / "endless.py", limits=Limits(seconds=2), isolation=isolation) as session:
        first, second = session.call("relu", [Z]), session.call("relu", [Z])
    assert raised(first) == ("timeout", "did not end within the 2 s for the whole file")
    assert raised(second) == ("timeout", "the 2 s for the whole file are used up")
    assert time.monotonic() - start < 4


@pytest.mark.parametrize("name", ["relu", "update"])
def test_memory_flood(name: str, isolation: Isolation) -> None:
    kind, text = raised(call("floods.py", name, isolation, limits=Limits(memory_mib=512)))
    assert kind == "died" or "Memory" in text


def test_disk_flood_ends_at_the_limit(isolation: Isolation) -> None:
    assert "File too large" in raised(call("floods.py", "sigmoid", isolation))[1]


def test_flood_of_files_is_refused(isolation: Isolation) -> None:
    assert raised(call("floods.py", "train", isolation)) == ("refused", "the checker does not allow more than 64 files")


def test_output_flood_goes_nowhere(isolation: Isolation, capfd: pytest.CaptureFixture[str]) -> None:
    np.testing.assert_array_equal(call("floods.py", "sigmoid_backward", isolation).value, Z)
    assert capfd.readouterr() == ("", "")


def test_flood_of_threads(isolation: Isolation) -> None:
    assert raised(call("floods.py", "relu_backward", isolation))[0] in ("timeout", "exception", "died")


# ── processes ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "name",
    [
        *("relu", "sigmoid", "update", "train", "sigmoid_backward", "relu_backward", "get_cost_value", "init_layers"),
        *("full_forward_propagation", "get_accuracy_value", "full_backward_propagation", "convert_prob_into_class"),
    ],
)
def test_processes_signals_and_sockets_are_refused(name: str, isolation: Isolation) -> None:
    kind, text = raised(call("processes.py", name, isolation))
    assert (kind, text[:26]) == ("refused", "the checker does not allow")


@pytest.mark.parametrize(
    ("name", "kind", "text"),
    [
        ("relu", "died", "ended its process (exit code 0)"),
        ("sigmoid", "died", "ended its process (signal 11, segmentation fault)"),
        ("train", "died", "ended its process (signal 6, aborted)"),
        ("get_cost_value", "died", "ended its process (signal 14, alarm clock)"),
        ("update", "exception", "SystemExit: 3"),
        ("sigmoid_backward", "exception", "Rude: no Exception"),
        ("relu_backward", "exception", "KeyboardInterrupt"),
    ],
)
def test_endings_are_told_apart(name: str, kind: str, text: str, isolation: Isolation) -> None:
    assert raised(call("exits.py", name, isolation)) == (kind, text)


@pytest.mark.parametrize("name", ["init_layers", "get_accuracy_value"])
def test_what_lingers_is_ended(name: str, isolation: Isolation) -> None:
    np.testing.assert_array_equal(call("exits.py", name, isolation).value, Z)


def test_killed_parent_leaves_no_child(isolation: Isolation, tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from numpynet import sandbox\n"
        f"with sandbox.Session(Path({str(HOSTILE / 'endless.py')!r}), isolation={isolation!r}) as session:\n"
        "    print(session._child.token, flush=True)\n"
        "    session.call('relu', [1])\n"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    )
    assert parent.stdout is not None
    token = parent.stdout.readline().strip()
    time.sleep(0.3)
    assert launch.carriers(token)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    end = time.monotonic() + 2
    while launch.carriers(token) and time.monotonic() < end:
        time.sleep(0.02)
    assert launch.carriers(token) == []


def test_interrupt_ends_the_child(isolation: Isolation) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in a suite started in the background
    try:
        interrupt_a_session(isolation)
    finally:
        signal.signal(signal.SIGINT, before)


def interrupt_a_session(isolation: Isolation) -> None:
    with Session(HOSTILE / "endless.py", isolation=isolation) as session:
        timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            session.call("relu", [Z])
        timer.join()
        assert session._child is None


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="system calls are filtered on Linux")
@pytest.mark.parametrize(
    "work",
    [
        "os.fork()",
        "os.kill(os.getppid(), 0)",
        "os.execv('/bin/true', ['true'])",
        "subprocess.run(['true'])",
        "socket.socket()",
        "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))",
    ],
)
def test_kernel_refuses_without_the_hook(work: str) -> None:
    program = (
        "import os, resource, socket, subprocess, threading\n"
        "from numpynet.sandbox.child import guard\n"
        "guard.die_with_parent(0); guard.refuse_system_calls()\n"
        "thread = threading.Thread(target=print, args=('thread',)); thread.start(); thread.join()\n"
        "resource.getrlimit(resource.RLIMIT_CORE)\n"
        f"try: {work}\n"
        "except (PermissionError, ValueError): print('refused')\n"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    assert finished.stdout == "thread\nrefused\n"


# ── what it raises, returns, patches and writes ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("relu", "Sly: (its text cannot be had)"),
        ("sigmoid", "ValueError: xxxxx"),
        ("update", "RecursionError: maximum recursion depth"),
        ("relu_backward", "ValueError: \N{REPLACEMENT CHARACTER}[2J"),
        ("sigmoid_backward", "Strange"),
    ],
)
def test_exceptions_are_one_short_line(name: str, start: str, isolation: Isolation) -> None:
    kind, text = raised(call("exceptions.py", name, isolation))
    assert (kind, text[: len(start)]) == ("exception", start)
    assert len(text) < 500
    assert text.isprintable()
    text.encode()


@pytest.mark.parametrize("name", ["train", "get_cost_value"])
def test_recursion_without_end(name: str, isolation: Isolation) -> None:
    assert raised(call("exceptions.py", name, isolation))[0] in ("died", "timeout", "exception")


def test_small_recursion_limit(isolation: Isolation) -> None:
    np.testing.assert_array_equal(call("exceptions.py", "init_layers", isolation).value, Z)


def test_odd_values_are_named(isolation: Isolation) -> None:
    assert call("values.py", "relu", isolation).value == Odd("Yes")
    assert call("values.py", "sigmoid", isolation).value == Odd("array of object")
    names = [odd.type_name for odd in call("values.py", "update", isolation).value]
    assert names == [
        *("matrix", "MaskedArray", "Text", "Number", "Table", "Liar", "complex", "int of more than 64 bits"),
        *("bytes", "set", "module", "builtin_function_or_method"),
    ]
    assert all(isinstance(odd, Odd) for odd in call("values.py", "get_cost_value", isolation).value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("train", "it returned more than 16 MiB of numbers"),
        ("relu_backward", "it returned a value nested more than 16 levels deep"),
        ("sigmoid_backward", "it returned more than 100000 values"),
    ],
)
def test_values_too_large_are_refused(name: str, text: str, isolation: Isolation) -> None:
    assert raised(call("values.py", name, isolation)) == ("refused", text)


def test_arguments_too_deep_are_refused(isolation: Isolation) -> None:
    assert "it left in its arguments" in raised(call("values.py", "convert_prob_into_class", isolation, []))[1]


def test_plain_values_arrive_as_they_are(isolation: Isolation) -> None:
    nan, inf, zero, single, truth, long, turned, swapped, empty, pair, table = call(
        "values.py", "init_layers", isolation
    ).value
    assert np.isnan(nan)
    assert inf == np.inf
    assert np.signbit(zero)
    assert (single.dtype, single.shape, truth.dtype, long.dtype) == (np.float32, (), np.bool_, np.float64)
    np.testing.assert_array_equal(turned, np.arange(6).reshape(2, 3).T)
    np.testing.assert_array_equal(swapped, np.arange(3, dtype=np.float32))
    assert (empty.shape, pair, table) == ((0, 3), (1, 2), {1: "a", "b": (None, True)})


def test_text_arrives_interned(isolation: Isolation) -> None:
    with Session(HOSTILE / "values.py", isolation=isolation) as session:
        key = "".join(["re", "lu"])
        assert session.call("get_accuracy_value", [key, {"activation": key}]).value is True


@pytest.mark.parametrize("name", ["relu", "update", "train", "relu_backward"])
def test_patches_do_not_reach_the_checker(name: str, isolation: Isolation, capfd: pytest.CaptureFixture[str]) -> None:
    with Session(HOSTILE / "patches.py", limits=QUICK, isolation=isolation) as session:
        expected = np.maximum(0, Z) if name == "relu" else Z
        for _ in range(2):
            answer = session.call(name, [Z])
            if answer.raised is None:
                np.testing.assert_array_equal(answer.value, expected)
        assert raised(session.call("sigmoid", [Z]))[0] == "exception"
    assert capfd.readouterr() == ("", "")


def test_patched_frames_cost_only_the_child(isolation: Isolation) -> None:
    with Session(HOSTILE / "patches.py", limits=QUICK, isolation=isolation) as session:
        assert session.call("sigmoid_backward", [Z]).raised is not None
        np.testing.assert_array_equal(session.call("train", [Z]).value, Z)


def test_random_numbers_repeat(isolation: Isolation) -> None:
    with Session(HOSTILE / "patches.py", isolation=isolation) as session:
        first, second = (session.call("random_numbers", [Z]).value for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("name", ["relu", "sigmoid", "update", "train", "relu_backward", "init_layers"])
def test_forged_frames_end_the_child(name: str, isolation: Isolation) -> None:
    kind, text = raised(call("pipes.py", name, isolation))
    assert kind == "died"
    assert text.startswith(("sent the checker", "closed the pipe", "ended its process"))


@pytest.mark.parametrize("name", ["sigmoid_backward", "get_cost_value"])
def test_forged_frames_with_the_right_number_do_not_reach_later_calls(name: str, isolation: Isolation) -> None:
    with Session(HOSTILE / "pipes.py", limits=QUICK, isolation=isolation) as session:
        session.call(name, [Z])
        time.sleep(0.4)
        second, third = session.call("honest", [Z]), session.call("honest", [Z])
        assert raised(second)[0] == "died"
        np.testing.assert_array_equal(third.value, Z + 1)


# ── files and modules ───────────────────────────────────────────────────────────────────────────────────────────────

SOURCE = str(ROOT / "numpynet" / "activations.py")


def test_numpynet_and_torch_are_stand_ins(isolation: Isolation) -> None:
    answer = call("imports.py", "relu", isolation)
    assert isinstance(answer.value, Odd)
    assert isinstance(call("imports.py", "update", isolation).value, Odd)
    assert "No module named 'numpynet'" in raised(call("imports.py", "sigmoid", isolation))[1]


@pytest.mark.parametrize(
    "name",
    ["train", "relu_backward", "init_layers", "get_cost_value", "get_accuracy_value", "full_forward_propagation"],
)
def test_files_outside_cannot_be_used(name: str, isolation: Isolation) -> None:
    assert raised(call("imports.py", name, isolation, SOURCE))[0] == "refused"
    assert Path(SOURCE).is_file()


def test_modules_outside_cannot_be_imported(isolation: Isolation) -> None:
    assert raised(call("imports.py", "sigmoid_backward", isolation, str(ROOT)))[0] in ("refused", "exception")
    extension = next(Path(np.__file__).parent.parent.glob("*/**/*.so"))
    for path in (str(extension), SOURCE):
        answer = call("imports.py", "full_backward_propagation", isolation, path)
        assert answer.raised is not None or isinstance(answer.value, Odd)


def test_own_folder_can_be_used(isolation: Isolation) -> None:
    assert call("imports.py", "convert_prob_into_class", isolation, SOURCE).value == "fine"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\0" * 100, "NUL"),
        (b"x = 1\n" * 2_000_000, "12,000,000 bytes: expected at most 1,048,576"),
        (b"", "the file is empty"),
        (b"  \n\n", "the file is empty"),
        (bytes(range(1, 256)) * 50, r"^line 1 does not parse: invalid non-printable character U\+0001$"),
        ("def relu(Z): return Z".encode("utf-16"), "NUL"),
        (b"x = 1", "^it defines no function and no class: there is nothing to check$"),
        (b"def other(): pass", "other"),
        (b"(" * 5000, "^line 1 does not parse: too many nested parentheses$"),
        (b"x = " + b"-" * 100_000 + b"1", "."),
    ],
)
def test_files_that_cannot_be_loaded(data: bytes, text: str, isolation: Isolation, tmp_path: Path) -> None:
    file = tmp_path / "file.py"
    file.write_bytes(data)
    with pytest.raises(LoadError, match=text), Reader(file, Reading(isolation=isolation), QUICK):
        pass


def test_paths_that_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.py")
    for path in (tmp_path / "missing.py", tmp_path, tmp_path / "fifo.py", Path("/dev/zero")):
        with pytest.raises(LoadError), Session(path):
            pass


def test_latin_1(isolation: Isolation, tmp_path: Path) -> None:
    file = tmp_path / "file.py"
    file.write_bytes("def relu(Z):\n    'Größe'\n    return Z\n".encode("latin-1"))
    with Session(file, isolation=isolation) as session:
        assert "Latin-1" in session.loaded.notes[0]
        np.testing.assert_array_equal(session.call("relu", [Z]).value, Z)


# ── stand-ins ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_stand_in_answers_and_is_taken_back(isolation: Isolation) -> None:
    layer = [np.ones((2, 1)), np.ones((3, 2)), np.ones((3, 1)), "relu"]
    with Session(TUTORIAL, isolation=isolation) as session:
        name = "single_layer_forward_propagation"
        stood_in = session.call(name, layer, stand_ins={"relu": lambda arguments, named: arguments[0] * 7})
        np.testing.assert_array_equal(stood_in.value[0], np.full((3, 1), 21.0))
        np.testing.assert_array_equal(session.call(name, layer).value[0], np.full((3, 1), 3.0))


def test_stand_in_raises_in_the_child(isolation: Isolation) -> None:
    class OwnError(Exception):
        pass

    def key(arguments: list[Any], named: dict[str, Any]) -> Any:
        raise KeyError("W1")

    def own(arguments: list[Any], named: dict[str, Any]) -> Any:
        raise OwnError("no")

    with Session(TUTORIAL, isolation=isolation) as session:
        assert raised(session.call("sigmoid_backward", [Z, Z], stand_ins={"sigmoid": key}))[1] == "KeyError: 'W1'"
        assert raised(session.call("sigmoid_backward", [Z, Z], stand_ins={"sigmoid": own}))[1] == "RuntimeError: no"


def test_stand_in_writes_in_place(isolation: Isolation) -> None:
    architecture = [{"input_dim": 2, "output_dim": 1, "activation": "sigmoid"}]
    seen = []

    def update(arguments: list[Any], named: dict[str, Any]) -> InPlace:
        seen.append(arguments[0]["W1"].copy())
        return InPlace(0, {"W1": arguments[0]["W1"] + 1, "b1": np.zeros((1, 1))})

    with Session(TUTORIAL, isolation=isolation) as session:
        answer = session.call(
            "train", [np.ones((2, 3)), np.ones((1, 3)), architecture, 3, 0.1, False], stand_ins={"update": update}
        )
    np.testing.assert_array_equal(seen[2], seen[0] + 2)
    np.testing.assert_array_equal(answer.value["W1"], seen[0] + 3)


def test_arguments_are_copies_and_come_back_changed(isolation: Isolation) -> None:
    values, grads = {"W1": np.ones((1, 1)), "b1": np.ones((1, 1))}, {"dW1": np.ones((1, 1)), "db1": np.ones((1, 1))}
    with Session(TUTORIAL, isolation=isolation) as session:
        answer = session.call("update", [values, grads], {"nn_architecture": [{}], "learning_rate": 0.5})
    np.testing.assert_array_equal(values["W1"], [[1.0]])
    np.testing.assert_array_equal(answer.arguments[0]["W1"], [[0.5]])


def test_line_of_an_exception(isolation: Isolation) -> None:
    with Session(TUTORIAL, isolation=isolation) as session:
        answer = session.call("relu_backward", [Z, np.ones(3)])
    assert answer.raised is not None
    assert answer.raised.line == 33


# ── the wire ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "value",
    [
        {"a": ["f8", [2], "AAAA"]},
        {"a": ["O8", [1], "AAAAAAAAAAA="]},
        {"a": ["f8", [-1], ""]},
        {"a": ["f8", [2**62, 2**62], ""]},
        {"a": ["b1", [1], "Ag=="]},
        {"a": ["f8", [1.0], "AAAAAAAAAAA="]},
        {"a": ["f8", [True], "AAAAAAAAAAA="]},
        {"a": ["f8", [1], "AAAA*AAAAAAA="]},
        {"a": ["f8", [0] * 64, ""]},
        {"l": 1},
        {"l": [], "t": []},
        {"d": [[1.5, 1]]},
        {"d": [["a"]]},
        {"f": "1e400"},
        {"o": 1},
        {"p": []},
        {"i": 1},
        [],
        2**64,
    ],
)
def test_malformed_values_are_refused(value: Any) -> None:
    with pytest.raises(wire.WireError):
        wire.decode(value, Odd)


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b"[1]", b'{"a": NaN}', b"\xff", b"{}x", b"{" * 10**6, b'{"a":' * 2000]
)
def test_malformed_messages_are_refused(body: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.unpack(body)
