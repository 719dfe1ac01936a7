"""Two makers beside each other: judged steps, each from one start, and free runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial, reduce
from typing import Any

import numpynet
from numpynet.parity.compare import Report, compare, worse, worst
from numpynet.parity.drift import ALL, Drift, Epoch, Evaluation, drift, numpy_epochs, numpy_evaluation
from numpynet.parity.step import Draw, Step, UndefinedStepError, draw
from numpynet.parity.trace import Trace, implementation_error, numpy_trace
from numpynet.training import Batches
from numpynet.types import Array

Progress = Callable[[int], object]
QUIET: Progress = lambda done: None  # noqa: E731
NEVER: Callable[[], bool] = lambda: False  # noqa: E731


@dataclass(frozen=True)
class Maker:
    """Whoever can be asked for the trace of a step, for epochs from it without end, and for an evaluation of it.

    `draw` says what dropout keeps. In epochs the second maker's has the say.
    """

    trace: Callable[[Step], Trace]
    epochs: Callable[[Step, Batches, Draw], Iterator[Epoch]]
    evaluate: Callable[[Step, Array, Array], Evaluation]
    draw: Draw = draw
    implementation: Any = None


def numpy_maker(implementation: Any = numpynet) -> Maker:
    """`numpynet`, or any module that has the tutorial's functions."""
    return Maker(
        partial(numpy_trace, implementation=implementation),
        partial(numpy_epochs, implementation=implementation),
        partial(numpy_evaluation, implementation=implementation),
        implementation=implementation,
    )


@dataclass(frozen=True)
class Setting:
    """What was computed, and with what. `options` are the initializer, batch norm, dropout and the schedule, if any."""

    data: str
    examples: int
    layers: str
    activations: Sequence[str]
    learning_rate: float
    optimizer: str
    hyperparameters: Mapping[str, Any]
    batch_size: int | None
    loss: str
    dtype: str
    options: Mapping[str, Any]
    versions: Mapping[str, str]
    threads: Mapping[str, int]


@dataclass(frozen=True)
class Comparison:
    """A report on so many judged steps; of a free run its drift and where both arrived, too.

    `stopped` says why a free run ended early, and `interrupted` that it was asked to. `advice` says what to type where
    nothing could differ in some tensor, `seed_with_signal` with which seed it can.
    """

    setting: Setting
    report: Report
    steps: int
    drift: Drift | None = None
    final: Mapping[str, Evaluation] = field(default_factory=dict)
    stopped: str = ""
    interrupted: bool = False
    advice: str = ""
    seed_with_signal: int | None = None

    @property
    def outcome(self) -> str:
        """ "pass" or "fail"."""
        return "fail" if self.stopped else self.report.outcome

    @property
    def numbers(self) -> int:
        """How many were compared."""
        return sum(row.compared for row in self.report.rows)

    @property
    def bit_identical(self) -> int:
        """How many of them are the same in both."""
        return sum(row.identical for row in self.report.rows)


def judged_steps(
    step: Step, ours: Maker, theirs: Maker, steps: int, *, elements: bool = False, progress: Progress = QUIET
) -> Report:
    """The worst of `steps` steps, each taken by both from the weights that the second had after the step before.

    UndefinedStepError, with the step's number, where the second's loss is not defined.
    """

    def reports(step: Step) -> Iterator[Report]:
        for number in range(1, steps + 1):
            try:
                step = step.drawn_by(theirs.draw)
                second = theirs.trace(step)
                yield compare(ours.trace(step), second, elements=elements)
                progress(number)
                if number < steps:
                    step = step.following(second.values)
            except UndefinedStepError as error:
                raise UndefinedStepError(f"step {number}: {error}") from error

    return worst(reports(step))


def free_run(
    step: Step,
    ours: Maker,
    theirs: Maker,
    test: tuple[Array, Array],
    epochs: int,
    every: int,
    batches: Batches = ALL,
    *,
    elements: bool = False,
    progress: Progress = QUIET,
    stop: Callable[[], bool] = NEVER,
) -> tuple[Drift, dict[str, Evaluation]]:
    """Both for `epochs` epochs from the same weights, or until `stop`; where they arrive, on the `test` data, too."""

    def judge(start: Step, chosen: Sequence[Any]) -> Report:
        """The first and the last step of an epoch, which may have a smaller batch."""
        reports, now = [], start.on(chosen[0])
        for number, columns in enumerate(chosen):
            now = replace(now, X=start.X[:, columns], Y=start.Y[:, columns], kept={}).drawn_by(theirs.draw)
            second = theirs.trace(now)
            if number in (0, len(chosen) - 1):
                reports.append(compare(ours.trace(now), second, elements=elements))
            if number < len(chosen) - 1:
                now = now.following(second.values, same_epoch=True)
        return reduce(worse, reports)

    drifted = drift(
        step,
        ours.epochs(step, batches, theirs.draw),
        theirs.epochs(step, batches, theirs.draw),
        judge,
        epochs,
        every,
        batches,
        progress,
        stop,
    )
    with implementation_error(ours.implementation, f"after {drifted.epochs} epochs, a check of the weights"):
        arrived = step.starting_from(drifted.numpy_weights)
    return drifted, {
        "numpy": ours.evaluate(arrived, *test),
        "torch": theirs.evaluate(step.starting_from(drifted.torch_weights), *test),
    }
