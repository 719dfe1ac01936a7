"""`numpynet check` on files that mean harm: exit 1 and a sentence, in time, in little memory, and nothing left behind."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from conftest import IMPLEMENTATIONS

from numpynet.sandbox import launch

ROOT = Path(__file__).parent.parent
STEAL = Path(__file__).parent / "hostile" / "steal_memo.py"
TIMEOUT = 6
RETURNED = '        params_values["b" + str(layer_idx)] = np.random.randn(n_out, 1) * 0.1\n    return params_values'
SIGMOID = "    return 1 / (1 + np.exp(-Z))"
DIVIDED = "dW_curr = np.dot(dZ_curr, A_prev.T) / m"
LAYERS = "[{'input_dim': 50, 'output_dim': 50, 'activation': 'relu'}]"
BACKWARD = "        grads_values = full_backward_propagation(Y_hat, Y, cashe, params_values, nn_architecture)\n"
REMEMBERED = (
    BACKWARD,
    f"{BACKWARD}        if full_backward_propagation.__code__.co_name == 'ask':\n"
    "            FULL[key(Y_hat, Y, *params_values.values())] = grads_values\n",
)
FORGED = """import json, os, sys

def _forge(f):
    frame = sys._getframe(1)
    while frame is not None:
        for value in list(frame.f_locals.values()):
            if type(value).__name__ == "Worker":
                pipe, request = value.pipe, frame.f_locals.get("request")
                data = json.dumps({"id": request["id"], "functions": [["bogus", ["x", 1, [], 0, False, []]]],
                                   "classes": [], "skipped": [], "notes": [], "rebound": []}).encode()
                os.write(pipe.sink, (4 + len(data)).to_bytes(4, "big") + len(data).to_bytes(4, "big") + data)
        frame = frame.f_back
    return f

@_forge
def _z(): pass
"""


def key(text: str) -> tuple[str, str]:
    """init_layers also returns an array under that key."""
    return RETURNED, f"{RETURNED[: RETURNED.rindex('return')]}return {{**params_values, {text}: params_values['W1']}}"


def first(work: str) -> tuple[str, str]:
    """Beside stand-ins sigmoid does `work`, whatever comes of it, and then what it should."""
    lines = "".join(f"            {line}\n" for line in work.splitlines())
    asked = "    if relu.__code__.co_name == 'ask':\n        try:\n"
    return SIGMOID, f"{asked}{lines}        except Exception:\n            pass\n{SIGMOID}"


class Hostile(NamedTuple):
    """A change of the tutorial, a part of the sentence that it must cost, and what stands before it and after it."""

    change: tuple[str, str] | None
    says: str
    before: str = ""
    after: str = ""


# fmt: off
FILES: dict[str, Hostile] = {
    "a dict key of 200,000 digits": Hostile(key("'1' * 200_000 + 'x'"), "The keys are"),
    "a layer number of 5,000 digits": Hostile(key("'W' + '9' * 5000"), "The keys are"),
    "a surrogate in a key": Hostile(key(r"'\ud800'"), "The keys are"),
    "a surrogate in an exception": Hostile((SIGMOID, r"    raise ValueError('\ud800')"), "ValueError"),
    "escape sequences in the name of a type": Hostile((SIGMOID, r"    return type('\x1b[31mPWNED\u202e', (), {})()"), "not a plain array"),
    "escape sequences in a key": Hostile(key(r"'\x1b[2J\x1b[31mPWNED\x1b]0;title\x07'"), "PWNED"),
    "bidi signs in a key": Hostile(key(r"'\u202egnp.\u2066x'"), "The keys are"),
    "a key among many thousands": Hostile(key("**{f'x{k}' * 9: params_values['W1'] for k in range(5000)}, 'y'"), "more"),
    "folders nested deep": Hostile((SIGMOID, f"    import os\n    for _ in range(500):\n        os.mkdir('a')\n        os.chdir('a')\n{SIGMOID}"), "more than 64 files"),
    "a link out of the folder": Hostile((SIGMOID, f"    import os\n    os.symlink('/etc/passwd', 'x')\n{SIGMOID}"), "os.symlink"),
    "a hard link": Hostile((SIGMOID, f"    import os\n    os.link('x', 'y')\n{SIGMOID}"), "os.link"),
    "chmod": Hostile((SIGMOID, f"    import os\n    os.chmod('.', 0)\n{SIGMOID}"), "os.chmod"),
    "the parent's processors": Hostile((SIGMOID, f"    import os\n    os.sched_setaffinity(os.getppid(), {{0}})\n{SIGMOID}"), "Operation not permitted"),
    "the parent's scheduler": Hostile((SIGMOID, f"    import os\n    os.sched_setscheduler(os.getppid(), os.SCHED_BATCH, os.sched_param(0))\n{SIGMOID}"), "Operation not permitted"),
    "a stand-in that would train for hours": Hostile(first(f"train(np.ones((50, 200), np.int8), np.zeros((50, 200), np.int8), {LAYERS} * 10, 200, 0.01)"), "multiplications"),
    "a stand-in that would fill the memory": Hostile(first("single_layer_forward_propagation(np.ones((1, 16000)), np.ones((16000, 1)), np.ones((16000, 1)), 'sigmoid')"), "512,032,000 numbers"),
    "a stand-in for pairs of pairs": Hostile(first("relu_backward(np.ones((9000, 1)), np.ones((1, 9000)))"), "81,000,000 numbers"),
    "an array of no numbers and a long axis": Hostile(first("single_layer_forward_propagation(np.ones((0, 3)), np.ones((2**23, 0)), np.ones((2**23, 0)))"), "numbers"),
    "much, again and again": Hostile(first("for _ in range(10**6):\n    relu(np.ones((10**6, 1)))"), "used up"),
    "large answers to every question": Hostile(("    return A_curr, memory", "    return A_curr, {**memory, 'A99': np.ones(1_400_000)}"), "used up"),
    "a list with one long text": Hostile((SIGMOID, "    return ['x' * 10**6, *['a'] * 50_000]"), "there is nothing"),
    "printed numbers without end": Hostile(('"Iteration: {:05} - cost: {:.5f} - accuracy: {:.5f}".format(i, cost, accuracy)', "'Iteration: ' + '9' * 5000 + ' - cost: ' + '1' * 5000 + '.5'"), "mine.py: right"),
    "a text for a learning rate": Hostile(("grads_values, nn_architecture, learning_rate)\n        if i % 50", "grads_values, nn_architecture, 'fast')\n        if i % 50"), "train"),
    "a subclass that lies": Hostile((DIVIDED, "L = type('L', (np.ndarray,), {'tobytes': lambda s, *a: (np.asarray(s) / m).tobytes()})\n    dW_curr = np.dot(dZ_curr, A_prev.T).view(L)"), "not a plain array"),
    "torch inside a function": Hostile((DIVIDED, f"import torch\n    {DIVIDED}\n    dW_curr = torch.tensor(dW_curr)"), "needs torch"),
    "wrong only for many examples": Hostile((DIVIDED, "dW_curr = np.dot(dZ_curr, A_prev.T) / (m if m < 150 else 1)"), "m = 900"),
    "right only beside a stand-in": Hostile((DIVIDED, "dW_curr = np.dot(dZ_curr, A_prev.T) / (m if relu_backward.__code__.co_name == 'ask' else 1)"), "right alone"),
    "a forged list of functions": Hostile(None, "malformed", FORGED),
    "answers out of the stand-ins": Hostile(REMEMBERED, "right alone", after=STEAL.read_text(encoding="utf-8")),
}
# fmt: on
WATCHED = """
import json, re, resource, sys
from pathlib import Path
import numpynet.__main__
from numpynet.sandbox import launch
tokens, environment = [], launch.environment
launch.environment = lambda token: (tokens.append(token), environment(token))[1]
try:
    numpynet.__main__.main()
finally:
    status = Path("/proc/self/status")  # what getrusage says begins with the peak of the process that started this one
    found = re.search(r"VmHWM:\\s*(\\d+)", status.read_text() if status.exists() else "")
    peak = int(found[1]) if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    Path(WATCH).write_text(json.dumps({"tokens": tokens, "peak": peak}))
"""


class Ended(NamedTuple):
    """What a command on a pseudo-terminal left behind."""

    code: int
    text: str
    seconds: float
    watch: dict[str, Any]


def on_a_terminal(folder: Path, *arguments: str) -> Ended:
    """Run `numpynet ARGS` on a pseudo-terminal that knows no colours, in an empty folder for temporary files."""
    (folder / "tmp").mkdir(exist_ok=True)
    watch = folder / "watch.json"
    program = WATCHED.replace("WATCH", repr(str(watch)))
    environment = {
        **os.environ,
        "TMPDIR": str(folder / "tmp"),
        "TERM": "dumb",
        "NO_COLOR": "1",
        "COLUMNS": "200",
        "PYTHONPATH": str(ROOT),
    }
    ours, theirs = pty.openpty()
    started = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, env=environment, start_new_session=True,
    ) as process:  # fmt: skip
        os.close(theirs)
        said = bytearray()
        while True:
            ready, _, _ = select.select([ours], [], [], 0.2)
            try:
                piece = os.read(ours, 1 << 16) if ready else b""
            except OSError:  # the other end is closed
                break
            said += piece
            if not piece and process.poll() is not None:
                break
            assert time.monotonic() - started < 60, said.decode("utf-8", "replace")
    os.close(ours)
    seconds = time.monotonic() - started
    text = " ".join(said.decode("utf-8").split())
    return Ended(process.returncode, text, seconds, json.loads(watch.read_text()))


PWNED = "\x1b[31mPWNED\u202e"


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", f"{PWNED}.py"),
        ("check", "--class", PWNED, "mine.py"),
        ("check", "--map", f"{PWNED}=update", "mine.py"),
        ("compare", "--implementation", f"{PWNED}.py"),
        ("compare", "--layers", PWNED),
        ("compare", f"--{PWNED}"),
        (PWNED,),
        ("train", "--data", f"{PWNED}.csv"),
        ("train", "--epochs", "1", "--save", f"new{PWNED}.npz"),
        ("compare", "--weights", f"{PWNED}.npz"),
        ("explain", "--node", PWNED),
        ("explain", "--html", f"new{PWNED}.html"),
    ],
    ids=" ".join,
)
def test_names_and_contents_reach_no_terminal_raw(arguments: tuple[str, ...], tmp_path: Path) -> None:
    tutorial = (IMPLEMENTATIONS / "tutorial.py").read_text(encoding="utf-8")
    (tmp_path / "mine.py").write_text(tutorial, encoding="utf-8")
    (tmp_path / f"{PWNED}.py").write_text(tutorial.replace(DIVIDED, f"raise ValueError({PWNED!r})"), encoding="utf-8")
    (tmp_path / f"{PWNED}.csv").write_text(f"1,2,0\n1,{PWNED},1\n", encoding="utf-8")
    np.savez(tmp_path / f"{PWNED}.npz", allow_pickle=False, **{PWNED: np.zeros(3)})
    ended = on_a_terminal(tmp_path, *arguments)
    assert "PWNED" in ended.text
    assert "Traceback" not in ended.text
    assert all(sign.isprintable() for sign in ended.text), ended.text


def test_names_that_are_not_utf_8(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff.py")
    (tmp_path / name).write_text((IMPLEMENTATIONS / "tutorial.py").read_text(encoding="utf-8"), encoding="utf-8")
    for command in (("check",), ("compare", "--html", os.fsdecode(b"\xff.html"), "--implementation")):
        ended = on_a_terminal(tmp_path, *command, name)
        assert ended.code == 0, ended.text
        assert "\N{REPLACEMENT CHARACTER}.py" in ended.text


@pytest.fixture(params=["plain", "bubblewrap"])
def isolation(request: pytest.FixtureRequest) -> str:
    kind = str(request.param)
    if kind == "bubblewrap" and (problem := launch.bubblewrap_problem()):
        pytest.skip(f"bubblewrap cannot be used: {problem}")
    return kind


def source_of(hostile: Hostile) -> str:
    tutorial = (IMPLEMENTATIONS / "tutorial.py").read_text(encoding="utf-8")
    if hostile.change is not None:
        assert hostile.change[0] in tutorial
        tutorial = tutorial.replace(*hostile.change)
    return hostile.before + tutorial + hostile.after


def run_hostile(folder: Path, name: str, isolation: str) -> Ended:
    (folder / "mine.py").write_text(source_of(FILES[name]), encoding="utf-8")
    return on_a_terminal(folder, "check", "mine.py", "--timeout", str(TIMEOUT), "--isolation", isolation)


@pytest.fixture(scope="module")
def runs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[tuple[str, str], tuple[Path, Future[Ended]]]]:
    """Of every hostile file that this run is going to ask for, two at a time and ahead of the tests."""
    asked = [
        (str(item.callspec.params["name"]), str(item.callspec.params["isolation"]))
        for item in request.session.items
        if item.path == request.path and hasattr(item, "callspec") and "name" in item.callspec.params
    ]
    with ThreadPoolExecutor(2) as pool:
        started = {}
        for name, kind in asked:
            if kind == "plain" or not launch.bubblewrap_problem():
                folder = tmp_path_factory.mktemp("hostile")
                started[name, kind] = folder, pool.submit(run_hostile, folder, name, kind)
        yield started
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("name", FILES)
def test_hostile_files_cost_a_sentence(
    name: str, isolation: str, runs: dict[tuple[str, str], tuple[Path, Future[Ended]]]
) -> None:
    hostile, (folder, future) = FILES[name], runs[name, isolation]
    ended = future.result()
    assert "Traceback" not in ended.text
    assert "the checker itself failed" not in ended.text
    assert ended.code == (0 if hostile.says == "mine.py: right" else 1), ended.text
    assert hostile.says in ended.text
    assert all(sign.isprintable() for sign in ended.text), ended.text
    assert ended.seconds < TIMEOUT + 10
    assert ended.watch["peak"] < 1 << 20  # KiB
    assert ended.watch["tokens"]
    assert not any(launch.carriers(token) for token in ended.watch["tokens"])
    assert list((folder / "tmp").iterdir()) == []
