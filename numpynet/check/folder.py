"""Many files checked, two at a time, each as if it were alone; and what is to be said of all of them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from numpynet.check.gather import Submission
from numpynet.check.lanes import Lanes
from numpynet.check.reader import Reading
from numpynet.check.record import Record, digest
from numpynet.check.result import FAILED, Cause, FunctionGrade, Grade
from numpynet.sandbox import Limits

RIGHT, WRONG, UNLOADED = "pass", "fail", "error"  # outcomes of a file; whatever else there is says nothing of it


@dataclass(frozen=True)
class Checked:
    """A file, by the path that is shown, and its grade."""

    path: str
    grade: Grade


@dataclass(frozen=True)
class CauseCount:
    """Why a function fails, the sentence that the first of the files got, and how many files got it."""

    id: str
    sentence: str
    files: int


@dataclass(frozen=True)
class FunctionCount:
    """In how many files a function fails, and why; the most frequent cause first."""

    function: str
    files: int
    causes: tuple[CauseCount, ...]


@dataclass(frozen=True)
class Summary:
    """How many files there are of each kind; `taken` of them were known before, `not_run` were not reached."""

    files: int
    right: int
    wrong: int
    cannot_judge: int
    cannot_load: int
    taken: int
    not_run: int
    functions: tuple[FunctionCount, ...]


class Conductor:
    """Has the files checked; `taken` is how many of them the record knows, and are not run again."""

    def __init__(
        self, submissions: Sequence[Submission], reading: Reading, limits: Limits, record: Record | None = None
    ) -> None:
        self.submissions, self.reading, self.limits, self.record = submissions, reading, limits, record
        self.contents: list[str | None] = []
        self.grades: dict[int, Grade] = {}
        for number, one in enumerate(submissions if record else ()):
            self.contents.append(digest(one.path, limits))
            if record and (grade := record.grade_of(one, self.contents[-1])) is not None:
                self.grades[number] = grade
        self.taken = len(self.grades)

    def check(
        self, jobs: int, stop: Callable[[], bool], progress: Callable[[int], object] = lambda done: None
    ) -> Generator[Checked, None, None]:
        """Each file as soon as it and all before it are finished; where it is to stop, the others that are."""
        left = [number for number in range(len(self.submissions)) if number not in self.grades]
        shown = 0
        with Lanes(jobs, self.reading, self.limits) as lanes:
            while shown in self.grades:
                yield self._checked(shown)
                shown += 1
            for place, grade in lanes.grades([self.submissions[number].path for number in left], stop):
                self._keep(left[place], grade)
                progress(len(self.grades) - self.taken)
                while shown in self.grades:
                    yield self._checked(shown)
                    shown += 1
        for number in sorted(self.grades):
            if number >= shown:
                yield self._checked(number)

    def _checked(self, number: int) -> Checked:
        return Checked(self.submissions[number].name, self.grades[number])

    def _keep(self, number: int, grade: Grade) -> None:
        """Written down at once, unless the file was changed meanwhile: then it is not known what was graded."""
        self.grades[number], one = grade, self.submissions[number]
        if self.record is not None:
            content = self.contents[number]
            if content is not None and content == digest(one.path, self.limits):
                self.record.add(one, content, grade)


def reason(one: FunctionGrade) -> Cause:
    """Why the function is not right: the cause that was found, or else what was seen of it."""
    return one.cause or Cause(str(one.outcome), f"{one.says}.")


def summed(checked: Sequence[Checked], files: int, taken: int) -> Summary:
    """The summary of what was checked, of so many files."""
    outcomes = Counter(str(one.grade.outcome) for one in checked)
    right, wrong, unloaded = outcomes[RIGHT], outcomes[WRONG], outcomes[UNLOADED]
    unjudged = len(checked) - right - wrong - unloaded
    return Summary(files, right, wrong, unjudged, unloaded, taken, files - len(checked), _functions(checked))


def _functions(checked: Sequence[Checked]) -> tuple[FunctionCount, ...]:
    """The functions that fail somewhere, the one that does most often first."""
    found: dict[str, list[Cause]] = {}
    for one in checked:
        for function in one.grade.functions:
            if function.outcome in FAILED:
                found.setdefault(function.function, []).append(reason(function))
    counts = [FunctionCount(name, len(causes), _causes(causes)) for name, causes in found.items()]
    return tuple(sorted(counts, key=lambda one: -one.files))


def _causes(causes: Sequence[Cause]) -> tuple[CauseCount, ...]:
    sentences = {cause.id: cause.rationale for cause in reversed(causes)}
    return tuple(CauseCount(id, sentences[id], files) for id, files in Counter(one.id for one in causes).most_common())
