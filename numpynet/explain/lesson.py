"""A training step as a lesson: its operations in the order they ran, three implementations, every number's origin."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from numpynet import names
from numpynet.explain.model import Check, Lesson, Quantity
from numpynet.explain.quantities import given
from numpynet.explain.steps import Teller
from numpynet.parity.compare import Elements, Outcome, Report, compare_each
from numpynet.parity.differences import central_differences
from numpynet.parity.graph import NO_EXPERIMENTS, Experiments, Graph
from numpynet.parity.step import Step
from numpynet.parity.trace import Trace, numpy_trace, tape_trace

TORCH, TAPE, CENTRAL = "torch", "tape", "central"


@np.errstate(all="ignore")
def make_lesson(step: Step, torch_trace: Trace, graph: Graph, experiments: Experiments = NO_EXPERIMENTS) -> Lesson:
    """The lesson of the step; torch's trace, graph and experiments are of the same step."""
    ours, traces = numpy_trace(step), {TAPE: tape_trace(step), TORCH: torch_trace}
    reports = dict(zip(traces, compare_each(ours, list(traces.values()), elements=True), strict=True))
    teller = Teller(step, graph, ours, reports[TORCH])
    steps = [*teller.forward(), *teller.backward(), teller.update()]
    makers: dict[str, int] = {}
    for number, told in enumerate(steps):
        for name in (*told.made, *(name for name in told.reads if names.kind(name) == "f′")):
            makers.setdefault(name, number)
    checks = _checks(step, reports, ours)
    quantities = {}
    for name, description in teller.described.items():
        values = {"numpy": ours.values[name] if name in ours.values else given(step, name, ours)}
        values |= {maker: trace.values[name] for maker, trace in traces.items() if name in trace.values}
        quantities[name] = Quantity(
            name, values=values, checks=checks.get(name, {}), step=makers.get(name), **description._asdict()
        )
    return Lesson(step, steps, quantities, graph, torch_trace.maker if torch_trace.somebodys else "", experiments)


def _checks(step: Step, reports: Mapping[str, Report], ours: Trace) -> dict[str, dict[str, Check]]:
    checks: dict[str, dict[str, Check]] = {}
    for other, report in reports.items():
        for row in report.rows:
            if row.name in report.elements:
                check = Check(report.elements[row.name], str(row.outcome), row.fails, row.ratio, row.index)
                checks.setdefault(row.name, {})[other] = check
    for name, central in central_differences(step).items():
        if name not in checks:  # the gradient of what the network lacks
            continue
        alone = reports[TORCH].elements[name].first
        elements = Elements(np.abs(ours.values[name] - central.value), central.allowed + alone, alone)
        checks[name][CENTRAL] = _central(elements, reports[TORCH])
    return checks


def _central(elements: Elements, report: Report) -> Check:
    """The verdict on the elements that have a derivative, in a step of which `report` says what regime it is in."""
    ratio = np.where(np.isfinite(elements.allowed), elements.ratio, -1)
    at = tuple(map(int, np.unravel_index(np.argmax(ratio), ratio.shape)))
    judged, outcome = bool(ratio[at] >= 0 or np.isnan(ratio[at])), Outcome.PASS
    if not 0 <= ratio[at] <= 1:
        regimes = {Outcome.SATURATED: report.saturated, Outcome.CLAMPED: report.clamped, Outcome.KINK: report.kinks}
        otherwise = Outcome.NUMPY_WRONG if judged else Outcome.KINK
        outcome = next((regime for regime, places in regimes.items() if places), otherwise)
    fails = outcome in (Outcome.NUMPY_WRONG, Outcome.SATURATED)
    return Check(elements, str(outcome), fails, float(ratio[at]) if judged else None, at if judged else None)
