"""`numpynet check` of a folder: each file as alone, in order, two at a time; an end at any time loses nothing."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from catalogue import MISTAKES
from conftest import IMPLEMENTATIONS, Finished, without_progress
from rich.console import Console

from numpynet.check.folder import Checked, summed
from numpynet.check.gather import Submission, gather
from numpynet.check.grade import grade_file
from numpynet.check.lanes import Lanes
from numpynet.check.reader import AS_IT_IS
from numpynet.check.record import Record, as_plain, digest, options_told, revived
from numpynet.check.result import Cause, FunctionGrade, Grade, Outcome
from numpynet.commands import options
from numpynet.sandbox import Limits
from numpynet.views.check import as_data
from numpynet.views.check_folder import WORDS, Lines
from numpynet.views.json import to_json

Command = Callable[..., Finished]
ROOT = Path(__file__).parent.parent
TINY = "import numpy as np\n\n\ndef relu(Z):\n    return np.maximum(0, Z)\n"
ENDLESS = "def relu(Z):\n    while True:\n        pass\n"
MARK = "NUMPYNET_TEST_OF_A_FOLDER"


def fill(folder: Path, **sources: str) -> Path:
    """The folder with files of these names."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
    return folder


def mistake(id: str) -> str:
    return next(one for one in MISTAKES if one.id == id).source()


# ── which files ──────────────────────────────────────────────────────────────────────────────────────────────────────


def names(*given: Path) -> list[str]:
    return [one.name for one in gather(given).submissions]


def test_files_below_a_folder_in_order_without_what_does_not_count(tmp_path: Path) -> None:
    folder = fill(tmp_path / "students", anna=TINY, ben=TINY, ignored=TINY)
    (folder / "ignored.py").rename(folder / "ignored.txt")
    for place in ("group", "__pycache__", ".ipynb_checkpoints", ".hidden", "group/deep.py"):
        fill(folder / place, carl=TINY)
    (folder / "group" / "lab.ipynb").write_text("{}")
    (folder / ".hidden.py").write_text(TINY)
    (folder / "loop").symlink_to(".")
    (folder / "again.py").symlink_to("ben.py")
    (folder / "out.py").symlink_to(tmp_path / "elsewhere.py")
    (folder / "outside").symlink_to(ROOT)
    assert names(folder) == ["anna.py", "ben.py", "group/carl.py", "group/deep.py/carl.py", "group/lab.ipynb"]
    assert [Path(link).name for link in gather([folder]).links] == ["out.py", "outside"]


def test_files_and_folders_together_each_once_and_told_apart(tmp_path: Path) -> None:
    one, two = fill(tmp_path / "one", main=TINY), fill(tmp_path / "two", main=TINY)
    assert names(two, one / "main.py", one, two) == [str(one / "main.py"), str(two / "main.py")]


def test_a_folder_that_cannot_be_read_is_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = fill(tmp_path, anna=TINY)
    shut = fill(folder / "shut", ben=TINY)
    opened = Path.iterdir

    def refused(path: Path) -> Any:
        if path == shut:
            raise PermissionError
        return opened(path)

    monkeypatch.setattr(Path, "iterdir", refused)
    assert names(folder) == ["anna.py", "shut"]
    assert grade_file(shut).outcome == "error"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["empty"], "empty: no .py or .ipynb file in this folder or below it"),
        (["mine.py", "empty"], "empty: no .py or .ipynb file"),
        (["mine.py", "nothing.py"], "'nothing.py' does not exist"),
        (["empty", "--jobs", "0"], "0 is not in the range"),
        (["mine.py", "--resume", "grades.json"], "expected a name that ends in .jsonl"),
        (["mine.py", "--resume", "nowhere/grades.jsonl"], "nowhere"),
        (["mine.py", "--resume", "grades.jsonl", "--trust"], "leave one of them out"),
        ([], "Missing argument"),
    ],
)
def test_wrong_calls(numpynet_command: Command, arguments: list[str], words: str) -> None:
    fill(Path(), mine=TINY)
    fill(Path("empty/below"))
    finished = numpynet_command("check", *arguments)
    assert (finished.code, finished.out) == (2, "")
    assert words in " ".join(finished.err.split())


# ── what is said ─────────────────────────────────────────────────────────────────────────────────────────────────────

ODD = "dora \N{BELL SYMBOL}[red]\nünal"
EXPECTED = {
    "anna.py": "fail", "ben.py": "fail", "broken.py": "error", f"{ODD}.py": "cannot-judge", "group/lab.ipynb": "pass",
    "group/s10.py": "fail", "pipe.py": "error", "right.py": "pass",
}  # fmt: skip


@pytest.fixture(scope="module")
def class_of(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder `students` of every kind, and what a run found: found.json, grades.jsonl."""
    folder = tmp_path_factory.mktemp("class")
    students = fill(folder / "students", anna=mistake("B23"), ben=mistake("B23"), broken="x = (", **{ODD: TINY})
    fill(students, right=(IMPLEMENTATIONS / "tutorial.py").read_text(encoding="utf-8"))
    fill(students / "group", s10=mistake("S10"))
    notebook = IMPLEMENTATIONS / "styles" / "notebook_with_magics.ipynb"
    (students / "group" / "lab.ipynb").write_bytes(notebook.read_bytes())
    os.mkfifo(students / "pipe.py")
    run = start(folder, "students", "--json", "--resume", "grades.jsonl")
    out, err = run.communicate(timeout=100)
    assert (run.returncode, without_progress(err)) == (1, "")
    (folder / "found.json").write_text(out, encoding="utf-8")
    return folder


def start(folder: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """`numpynet check ARGUMENTS`, started as its script would, with the signals that a shell gives it."""

    def signals_as_in_a_shell() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    inherited = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "numpynet", "check", *arguments],
        cwd=folder, env={**inherited, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", MARK: str(folder), **environment},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", preexec_fn=signals_as_in_a_shell,
    )  # fmt: skip


def at_work(folder: Path, command: bytes = b"") -> list[int]:
    """The processes that were started for what runs in the folder, with this in their command line."""
    mark, found = f"{MARK}={folder}".encode(), []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (place / "environ").read_bytes() and command in (place / "cmdline").read_bytes():
                found.append(int(place.name))
        except OSError:
            continue
    return found


def left_behind(folder: Path) -> list[int]:
    """Those that have not ended after a while."""
    end = time.monotonic() + 10
    while (found := at_work(folder)) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def test_json_has_every_file_as_alone_and_the_summary(class_of: Path) -> None:
    data = json.loads((class_of / "found.json").read_text(encoding="utf-8"))
    assert {one["path"]: one["outcome"] for one in data["files"]} == EXPECTED
    assert list(EXPECTED) == [one["path"] for one in data["files"]]
    for one in data["files"]:
        if one["path"] in ("anna.py", "pipe.py", "right.py"):
            alone = json.loads(to_json(as_data(grade_file(class_of / "students" / one["path"]), 1)))
            assert {**one, "problem": None} == {"path": one["path"], **alone, "problem": None}
    summary = data["summary"]
    assert [summary[name] for name in ("files", "right", "wrong", "cannot_judge", "cannot_load")] == [8, 2, 3, 1, 2]
    assert (summary["taken"], summary["not_run"]) == (0, 0)
    first, second = summary["functions"]
    assert (first["function"], first["files"]) == ("relu_backward", 2)
    sentence = "The mask is inverted: the gradient flows where the unit is off."
    assert first["causes"] == [{"id": "mask-inverted", "sentence": sentence, "files": 2}]
    assert second["causes"][0]["id"] == "m-off-by-one-db"


def lines_of(class_of: Path, *arguments: str, **environment: str) -> list[str]:
    """What is printed of the same folder, all taken from the record."""
    run = start(class_of, "students", "--resume", "grades.jsonl", *arguments, **environment)
    out, err = run.communicate(timeout=60)
    assert run.returncode == 1
    assert "7 of 8 files taken from grades.jsonl: unchanged, and not run again" in err
    return out.splitlines()


def test_lines_are_in_order_and_in_words(class_of: Path) -> None:
    lines = lines_of(class_of)
    for line, (path, outcome) in zip(lines, EXPECTED.items(), strict=False):
        assert line.startswith(path.replace("\n", " "))
        assert f"  {WORDS.get(outcome, outcome)}" in line
    assert lines[0].endswith("relu_backward: the mask is inverted: the gradient flows where the unit is off")
    assert "pipe.py is no regular file" in lines[6]
    assert lines[8] == "8 files: 2 right, 3 wrong, 1 cannot be judged, 2 cannot be loaded."
    assert lines[10:12] == [
        "   2  relu_backward",
        f"{2:>8}  mask-inverted    The mask is inverted: the gradient flows where the",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_sixty_columns_are_enough(class_of: Path, encoding: str) -> None:
    lines = lines_of(class_of, COLUMNS="60", PYTHONIOENCODING=encoding)
    assert max(map(len, lines)) < 60
    assert lines[0].endswith("…" if encoding == "utf-8" else "...")
    assert [line.split()[0] for line in lines[:2]] == ["anna.py", "ben.py"]


def test_a_reader_that_has_enough_ends_it(class_of: Path) -> None:
    run = start(class_of, "students", "--resume", "grades.jsonl")
    assert run.stdout is not None
    assert run.stderr is not None
    assert run.stdout.readline().startswith("anna.py")
    run.stdout.close()
    assert run.wait(30) in (-signal.SIGPIPE, 1)
    assert "Traceback" not in run.stderr.read()
    run.stderr.close()
    assert left_behind(class_of) == []


def test_long_names_keep_both_ends() -> None:
    console = Console(file=io.StringIO(), width=60, force_terminal=True, color_system=None)
    lines = Lines(console, [name := f"Anna Muster_{'1' * 40}_assignsubmission_file/lab.py"])
    lines.say(Checked(name, Grade("lab.py", "pass")))
    said = console.file.getvalue() if isinstance(console.file, io.StringIO) else ""
    assert said.startswith("Anna Must")
    assert "…" in said
    assert "le/lab.py  right" in said


def test_outcomes_that_are_not_known_are_no_verdict() -> None:
    grades = [Grade("x.py", outcome) for outcome in ("pass", "pass", "fail", "error", "cannot-judge", "skipped")]
    one = summed([Checked(f"{number}.py", grade) for number, grade in enumerate(grades)], files=7, taken=1)
    assert (one.right, one.wrong, one.cannot_judge, one.cannot_load, one.not_run) == (2, 1, 2, 1, 1)


def test_causes_are_counted_the_most_frequent_first() -> None:
    def failing(function: str, *causes: str) -> list[Checked]:
        every = [FunctionGrade(function, Outcome.FAIL, cause=Cause(one, f"{one}!")) for one in causes]
        return [Checked("x.py", Grade("x.py", "fail", (one,))) for one in every]

    unfinished = FunctionGrade("relu", Outcome.UNFINISHED, says="it has no body yet")
    checked = [*failing("update", "a", "b", "b"), Checked("y.py", Grade("y.py", "fail", (unfinished,)))]
    update, relu = summed(checked, 4, 0).functions
    assert [(one.id, one.files) for one in update.causes] == [("b", 2), ("a", 1)]
    assert [(one.id, one.sentence) for one in relu.causes] == [("unfinished", "it has no body yet.")]


def test_a_bar_makes_room_for_what_is_printed() -> None:
    console, said = Console(file=io.StringIO(), force_terminal=True, width=60), []
    with options._bar(console, "checking", 2) as progress:
        progress(1, "[/a name]", lambda: said.append("anna.py"))
    assert said == ["anna.py"]


# ── two at a time ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_endless_file_holds_up_nobody(tmp_path: Path) -> None:
    fill(tmp_path, a=ENDLESS, b=TINY, c=TINY, d=TINY)
    out, _ = start(tmp_path, ".", "--timeout", "4", "--resume", "grades.jsonl").communicate(timeout=60)
    finished = [json.loads(line)["path"] for line in (tmp_path / "grades.jsonl").read_text().splitlines()]
    assert sorted(finished) == ["a.py", "b.py", "c.py", "d.py"]
    assert finished[0] != "a.py"
    assert [line[:4] for line in out.splitlines()[:4]] == ["a.py", "b.py", "c.py", "d.py"]
    assert "4 s for the whole file" in out or "the time for the whole file is used" in out


def test_a_process_that_is_killed_costs_its_own_file_alone(tmp_path: Path) -> None:
    fill(tmp_path, a=ENDLESS, b=TINY)
    paths = [tmp_path / "a.py", tmp_path / "b.py"]
    with Lanes(1, AS_IT_IS, Limits()) as lanes:

        def kill_the_first() -> bool:
            for lane in lanes.busy:
                if lane.number == 0:
                    lane.process.kill()
            return False

        grades = dict(lanes.grades(paths, kill_the_first))
    assert grades[0].outcome == "cannot-judge"
    assert "perhaps for want of memory" in str(grades[0].problem)
    assert grades[1] == grade_file(paths[1])


def test_files_named_like_pythons_are_not_taken_for_them(tmp_path: Path) -> None:
    spoil = f"open({str(tmp_path / 'spoilt')!r}, 'w')\n"
    names = ("random", "signal", "numpy", "sitecustomize")
    fill(tmp_path, **dict.fromkeys(names, spoil + TINY))
    out, _ = start(tmp_path, ".").communicate(timeout=60)
    assert out.count("  cannot judge  ") == len(names)
    assert not (tmp_path / "spoilt").exists()


# ── ended on the way, and gone on with ───────────────────────────────────────────────────────────────────────────────


def wait_for_lines(path: Path, number: int) -> None:
    end = time.monotonic() + 60
    while not path.exists() or len(path.read_bytes().splitlines()) < number:
        assert time.monotonic() < end
        time.sleep(0.05)


def grades_in(folder: Path, *arguments: str) -> tuple[int, list[str], str]:
    """Exit code, lines, and what is said besides of a run with the record."""
    run = start(folder, "students", "--resume", "grades.jsonl", *arguments)
    out, err = run.communicate(timeout=60)
    return run.returncode, out.splitlines(), without_progress(err)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_what_was_finished_when_it_was_ended_is_kept(number: signal.Signals, tmp_path: Path) -> None:
    fill(tmp_path / "students", anna=TINY, ben=ENDLESS, carl=TINY)
    record = tmp_path / "grades.jsonl"
    run = start(tmp_path, "students", "--resume", "grades.jsonl")
    wait_for_lines(record, 2)
    told = time.monotonic()
    run.send_signal(number)
    out, err = run.communicate(timeout=30)
    assert time.monotonic() - told < 10
    assert left_behind(tmp_path) == []
    if number == signal.SIGINT:
        assert run.returncode == 130
        assert [line.split()[0] for line in out.splitlines()[:2]] == ["anna.py", "carl.py"]
        assert "3 files: 0 right, 0 wrong, 2 cannot be judged, 0 cannot be loaded, 1 not run." in out
        assert "to go on: numpynet check students --resume grades.jsonl" in err
    assert [json.loads(line)["path"] for line in record.read_text().splitlines()] == ["anna.py", "carl.py"]


def test_what_is_unchanged_is_taken_and_the_rest_is_checked(tmp_path: Path) -> None:
    students, record = fill(tmp_path / "students", anna=TINY, ben=TINY), tmp_path / "grades.jsonl"
    grades_in(tmp_path)
    fill(students, ben=f"{TINY}\n# another\n", carl=TINY)
    record.write_bytes(record.read_bytes() + b'{"path": "carl.py", "sha2')
    code, lines, said = grades_in(tmp_path)
    assert (code, lines[3]) == (1, "3 files: 0 right, 0 wrong, 3 cannot be judged, 0 cannot be loaded.")
    assert "the last line was cut off and is left alone; its file is checked again" in said
    assert "1 of 3 files taken from grades.jsonl" in said
    code, again, said = grades_in(tmp_path)
    assert (code, again) == (1, lines)
    assert "line 3 cannot be read" in said
    assert "3 of 3 files taken" in said


def test_ctrl_c_without_a_record_says_how_to_keep_one(tmp_path: Path) -> None:
    fill(tmp_path, anna=TINY, ben=ENDLESS)
    run = start(tmp_path, ".", "--json", "--jobs", "1")
    end = time.monotonic() + (60 if Path("/proc/self").exists() else 5)
    while not at_work(tmp_path, b"check.lane") and time.monotonic() < end:
        time.sleep(0.05)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=30)
    assert run.returncode == 130
    assert json.loads(out)["summary"]["not_run"] in (1, 2)
    assert "--json --jobs 1 --resume grades.jsonl" in err


def record_of(tmp_path: Path, seconds: float, lines: Sequence[str] = ()) -> Record:
    path = tmp_path / "grades.jsonl"
    if lines:
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return Record(path, options_told(AS_IT_IS, Limits(seconds)))


def test_a_grade_is_known_by_path_content_and_options(tmp_path: Path) -> None:
    one = Submission(fill(tmp_path, mine=mistake("C18")) / "mine.py", "mine.py")
    content, grade = digest(one.path, Limits()), grade_file(one.path)
    assert content is not None
    record_of(tmp_path, 30).add(one, content, grade)
    assert as_plain(record_of(tmp_path, 30).grade_of(one, content)) == as_plain(grade)  # of which a number is NaN
    assert record_of(tmp_path, 30).grade_of(one, "0" * 64) is None
    assert record_of(tmp_path, 30).grade_of(one, None) is None
    assert record_of(tmp_path, 20).grade_of(one, content) is None
    assert record_of(tmp_path, 30).grade_of(Submission(one.path, "theirs.py"), content) is None


def test_lines_that_say_nothing_are_counted(tmp_path: Path) -> None:
    told = options_told(AS_IT_IS, Limits(30.0))
    line: dict[str, Any] = {"path": "x.py", "sha256": "0", "options": told, "grade": as_plain(Grade("x.py", "pass"))}
    newer = {**line, "grade": {"file": "x.py", "outcome": "pass", "colour": "red"}}
    odd = {**line, "grade": {"file": ["x.py"], "outcome": None}}
    record = record_of(tmp_path, 30, [*map(json.dumps, [line, newer, odd, 3, [], {}]), "", "x"])
    assert (record.damaged, record.cut, len(record.known)) == ([2, 3, 4, 5, 6, 8], False, 1)


def test_a_grade_survives_json_with_all_that_it_holds(tmp_path: Path) -> None:
    grade = grade_file(fill(tmp_path, mine=mistake("S10")) / "mine.py")
    assert any(one.cells for one in grade.functions)
    assert revived(Grade, json.loads(json.dumps(as_plain(grade)))) == grade
    assert revived(float, "-inf") == float("-inf")
