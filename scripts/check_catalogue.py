"""How many mistakes `numpynet check` catches, blames on the right function alone, and explains.

    .venv/bin/python scripts/check_catalogue.py
    .venv/bin/python scripts/check_catalogue.py --set held-out --list

Every mistake is one change of `tests/implementations/tutorial.py`, written to a file and checked in the sandbox like
anybody's. `catalogue` (tests/catalogue.py) is what the checker was built with; `held-out` (tests/heldout.py) was
written apart, by reading the tutorial alone. Caught: some function fails. Blamed: the one that was changed, and no
other. Explained: a cause is given (whether it is the true one, `--list` shows beside what a tutor says). Placed: a line
is named; true: it is the changed one, or of an exception the one that raised it. Right rewrites
must not fail. Exit codes: 0 all caught and no right one failed, 1 not so, 2 the call was wrong, 130 interrupted.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import catalogue
import heldout
from grading import is_at_fault

from numpynet.check.grade import grade_file
from numpynet.check.result import FAILED, Outcome

RIGHT = ("equivalent", "convention")
SETS: dict[str, list[catalogue.Mistake | heldout.Heldout]] = {
    "catalogue": [*catalogue.MISTAKES],
    "held-out": [*heldout.HELDOUT],
}


class Checked(NamedTuple):
    """One file: what was changed where, what the checker failed, and the causes it gave."""

    id: str
    function: str
    right: bool
    failed: list[str]
    cause: str | None
    place: bool | None  # whether the line that it names is a changed one
    tutor: str


def checked(mistake: catalogue.Mistake | heldout.Heldout) -> Checked:
    """Grade the tutorial with this one change."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mine.py"
        path.write_text(mistake.source(), encoding="utf-8")
        grade = grade_file(path)
    failed = [one for one in grade.functions if one.outcome in FAILED]
    cause = next((one.cause.rationale for one in failed if one.cause), None)
    before = catalogue.TUTORIAL.read_text(encoding="utf-8")
    places = [one.outcome == Outcome.ERROR or is_at_fault(one.place, before, mistake.source())
              for one in failed if one.place]  # fmt: skip
    tutor = getattr(mistake, "cause", mistake.after)
    right = mistake.kind in RIGHT or mistake.id in (*catalogue.ANOTHER_WAY, *heldout.ANOTHER_WAY)
    names, place = [one.function for one in failed], all(places) if places else None
    return Checked(mistake.id, mistake.function, right, names, cause, place, tutor)


def leave_interrupts_to_the_parent() -> None:
    """Ctrl-C reaches every process; the parent ends the run."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def main() -> int:
    """Check the sets and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", choices=list(SETS), help="only this one (default: both)")
    parser.add_argument("--list", action="store_true", help="also print every mistake with the cause that was given")
    options = parser.parse_args()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    missed = 0
    print(
        f"{'set':12}{'mistakes':>10}{'caught':>8}{'blamed':>8}{'explained':>11}"
        f"{'placed':>8}{'true':>6}{'right ones':>12}{'failed':>8}"
    )
    for name in [options.set] if options.set else SETS:
        with multiprocessing.Pool(os.cpu_count() or 1, leave_interrupts_to_the_parent) as pool:
            rows = []
            for row in pool.imap(checked, SETS[name]):
                rows.append(row)
                if sys.stderr.isatty():
                    print(f"\r{name}: {len(rows)} of {len(SETS[name])}", end="", file=sys.stderr, flush=True)
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr)
        wrong = [row for row in rows if not row.right]
        fine = [row for row in rows if row.right]
        caught = [row for row in wrong if row.failed]
        blamed = [row for row in wrong if row.failed == [row.function]]
        explained = [row for row in blamed if row.cause]
        placed = [row.place for row in blamed if row.place is not None]
        failing = sum(bool(row.failed) for row in fine)
        print(
            f"{name:12}{len(wrong):10}{len(caught):8}{len(blamed):8}{len(explained):11}"
            f"{len(placed):8}{sum(placed):6}{len(fine):12}{failing:8}",
            flush=True,
        )
        missed += len(wrong) - len(caught) + failing
        for row in rows:
            if options.list:
                print(f"  {row.id:6}{', '.join(row.failed) or 'pass'}: {row.cause or '-'}  | {row.tutor}")
            elif row.failed != ([] if row.right else [row.function]):
                print(
                    f"  {row.id}: {', '.join(row.failed) or 'nothing'} failed; {row.function} was changed: {row.tutor}"
                )
    return 1 if missed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
