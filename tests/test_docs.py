"""README.md and docs/: every command and every program runs as it stands, every link leads somewhere."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from catalogue import MISTAKES
from conftest import IMPLEMENTATIONS, Finished
from problems import REFERENCE, step
from test_gradcheck import SOURCE as GRADIENTS

import numpynet
from numpynet.check.grade import grade_file
from numpynet.parity import compare, numpy_trace
from numpynet.parity.exact import FUNCTIONS
from numpynet.parity.loader import load_implementation
from numpynet.views.words import outcomes
from torch_reference import torch_trace

ROOT = Path(__file__).parent.parent
FILES = [*ROOT.glob("*.md"), *sorted((ROOT / "docs").glob("*.md"))]
TEXTS = {file.name: file.read_text(encoding="utf-8") for file in FILES}
TUTORIAL = (IMPLEMENTATIONS / "tutorial.py").read_text(encoding="utf-8")
NET = "from torch import nn\n\n\nclass Net(nn.Sequential):\n    def __init__(self):\n        super().__init__(nn.Linear(2, 5), nn.Tanh(), nn.Linear(5, 1))\n"
BESIDE_MINE = "from torch import nn\n\nnet = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1), nn.Sigmoid())\n"
ON_PATH = r"(?:(?:\.venv/bin/)?numpynet (?=[a-z])|scripts/(?=compare\b))"


def commands(text: str) -> list[str]:
    """What is given to `numpynet`, in the text's lines and in its blocks."""
    found = re.findall(rf"`{ON_PATH}([^`]*)`", text)
    for block in re.findall(r"^```console\n(.*?)^```", text, re.M | re.S):
        found += re.findall(rf"^(?:\$ )?{ON_PATH}(.*)", block, re.M)
    return [" ".join(command.split("  #")[0].split()) for command in found]


def shortened(command: str) -> str:
    """With two epochs or steps in the place of many."""
    command = re.sub("--(epochs|steps) [0-9]+", r"--\1 2", command)
    return f"{command} --epochs 2" if command.startswith("train") and "--epochs" not in command else command


WANTS_A_FILE = ("check", "gradcheck", "predict")
COMMANDS = sorted(
    {
        shortened(command)
        for name, text in TEXTS.items()
        if name != "CHANGELOG.md"
        for command in commands(text)
        if command not in WANTS_A_FILE and "mish" not in command  # which tests/test_house.py adds
    }
)


@pytest.mark.parametrize("command", COMMANDS)
def test_command_of_the_documents_runs(numpynet_command: Callable[..., Finished], command: str) -> None:
    Path("students").mkdir()
    for path in ("mine.py", "students/anna.py"):
        Path(path).write_text(GRADIENTS if command.startswith("gradcheck") else TUTORIAL, encoding="utf-8")
    Path("net.py").write_text(BESIDE_MINE if "--implementation" in command else NET, encoding="utf-8")
    if "net.pt" in command:
        torch.save(load_implementation(Path("net.py")).Net().state_dict(), "net.pt")
    if "--weights weights.npz" in command:
        assert numpynet_command("train", "--epochs", 2).code == 0
    Path("mine.csv").write_text("1,2,a\n3,1,b\n2,2,c\n5,0,a\n", encoding="utf-8")
    Path("new.csv").write_text("x,y\n1,2\n3,1\n", encoding="utf-8")
    finished = numpynet_command(*shlex.split(command))
    refused = "--output softmax" in command
    assert finished.code == (2 if refused else 0), finished.err
    assert not refused or "squashed twice" in finished.err


def test_there_are_commands() -> None:
    assert "compare --implementation mine.py" in COMMANDS
    assert all(commands(TEXTS[name]) for name in TEXTS if name not in ("CHANGELOG.md", "speed.md"))


@pytest.mark.parametrize("name", TEXTS)
def test_scripts_of_the_documents_have_these_options(name: str) -> None:
    for script, arguments in re.findall(r"(scripts/\w+\.py)([^`#\n]*)", TEXTS[name]):
        source = (ROOT / script).read_text(encoding="utf-8")
        assert all(f'"{option}"' in source for option in re.findall(r"--\w+", arguments)), (script, arguments)
    for file in re.findall(r"`[^`]*?\b((?:tests|numpynet|torch_reference)/[\w/]+\.py)", TEXTS[name]):
        assert (ROOT / file).is_file(), file


PROGRAMS = [
    (name, *found)
    for name, text in TEXTS.items()
    for found in re.findall(r"```python\n(.*?)```\n\n(?:It prints|输出)\n\n```text\n(.*?)```", text, re.S)
]


@pytest.mark.parametrize(("name", "program", "printed"), PROGRAMS, ids=[name for name, *_ in PROGRAMS])
def test_program_of_the_documents_prints_what_it_is_said_to(
    name: str,
    program: str,
    printed: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(program, name, "exec"), {})
    assert capsys.readouterr().out == printed


def test_every_program_is_run() -> None:
    """The README's by tests/test_readme.py, those of a row by tests/test_house.py."""
    rest = {name: text.count("```python\n") for name, text in TEXTS.items() if "```python\n" in text}
    for name, *_ in PROGRAMS:
        rest[name] -= 1
    assert {name: count for name, count in rest.items() if count} == {"README.md": 1, "house.md": 3}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_link_leads_somewhere(file: Path) -> None:
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", TEXTS[file.name]):
        path = file.parent / target if target else file
        assert path.is_file(), target
        titles = re.findall(r"^#+ (.*)", path.read_text(encoding="utf-8"), re.M) if anchor else []
        assert not anchor or anchor in [re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles]


def rows(text: str, beginning: str) -> list[list[str]]:
    """The cells of a table, below its head."""
    table = text.partition(beginning)[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


@pytest.mark.parametrize(
    ("table", "told"),
    [("ACTIVATIONS", True), ("LOSSES", True), ("OPTIMIZERS", True), ("INITIALIZERS", False), ("SCHEDULES", False)],
)
def test_the_course_has_every_row(table: str, told: bool) -> None:
    """And, where it changes the backward pass or what is made of it, a command that shows it."""
    course = TEXTS["course.md"]
    defaults = ("relu", "bce", "sgd")
    for name in getattr(numpynet, table):
        assert re.search(rf"^\|.*`{name}[,`]", course, re.M), name
        option = rf"--(?:activation|loss|optimizer) {name}\b|--loss nll" if name == "softmax" else rf"-- {name}\b"
        option = option.replace("-- ", "--(?:activation|loss|optimizer) ")
        assert not told or name in defaults or any(re.search(option, one) for one in commands(course)), name


PLANTED = rows(TEXTS["teaching.md"], "| Plant: write …")


@pytest.mark.parametrize(("wrong", "right", "first", "said"), PLANTED, ids=[row[2].strip("`") for row in PLANTED])
def test_the_lessons_answers_are_true(tmp_path: Path, wrong: str, right: str, first: str, said: str) -> None:
    wrong, right, first = (cell.strip("`") for cell in (wrong, right, first))
    assert TUTORIAL.count(right) == 1
    path = tmp_path / "mine.py"
    path.write_text(TUTORIAL.replace(right, wrong), encoding="utf-8")
    given = step(REFERENCE, "float64")
    report = compare(numpy_trace(given, load_implementation(path)), torch_trace(given))
    assert report.first_divergence is not None
    assert report.first_divergence.name == first
    causes = [one.cause.rationale for one in grade_file(path).functions if one.cause]
    assert len(causes) == 1
    assert said in " ".join(causes[0].split())


def test_there_are_mistakes_to_plant() -> None:
    assert len(PLANTED) == 6


def test_the_papers_figures() -> None:
    paper = TEXTS["tolerances.md"]
    right = sum(mistake.kind in ("equivalent", "convention") for mistake in MISTAKES)
    assert f"Of {len(MISTAKES)} mistakes and rewrites" in paper
    assert f"all\n{len(MISTAKES) - right} mistakes are caught" in paper
    assert f"none of the {right} right ones is" in paper
    functions = ("exp", "expm1", "log", "log1p", "tanh")
    assert rows(paper, "| | exp | expm1") == [
        [f"{library}, {dtype}", *(str(errors[name]) for name in functions)]
        for (library, dtype), errors in FUNCTIONS.items()
    ]


def test_commands_has_every_outcome_in_the_words_of_the_pages() -> None:
    for meaning, ones in outcomes().items():
        assert f"| {', '.join(f'`{one}`' for one in ones)} | {meaning} |\n" in TEXTS["commands.md"]
